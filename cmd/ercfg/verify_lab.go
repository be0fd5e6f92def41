//go:build linux

package main

import (
	"context"
	"net"
	"path/filepath"

	"github.com/ercfg/ercfg/internal/lab"
	"github.com/ercfg/ercfg/internal/plan"
)

// labTemplates is where the templates of a lab's exporters are kept, as long as it is up.
func labTemplates(intent string) string { return filepath.Join(labsDir, intent, lab.FlowTemplates) }

// labDiffers reports whether the lab of an intent was built from another state of it.
func labDiffers(p *plan.Plan) bool {
	dir := filepath.Join(labsDir, p.Name)
	_, up := lab.Open(dir, nil)
	_, same := lab.Open(dir, p)
	return up == nil && same != nil
}

// labBroken is what is broken in the lab of an intent on purpose, and in which
// scenario it is for that; both are empty where nothing is, or nobody knows.
func labBroken(intent string) (text, scenario string) {
	l, err := openLab(intent)
	if err != nil {
		return "", ""
	}
	broken, err := l.Broken()
	if err != nil || broken == nil {
		return "", ""
	}
	return broken.String(), broken.Scenario
}

// openLab opens the lab of an intent.
func openLab(intent string) (*lab.Lab, error) {
	if err := lab.NeedRoot(); err != nil {
		return nil, err
	}
	return lab.Open(filepath.Join(labsDir, intent), nil)
}

// labSockets opens UDP sockets where the collector of a lab is.
func labSockets(intent string, addresses []string, each int) ([]*net.UDPConn, error) {
	l, err := openLab(intent)
	if err != nil {
		return nil, err
	}
	var out []*net.UDPConn
	for _, address := range addresses {
		sockets, err := l.Listen(address, each)
		if err != nil {
			for _, c := range out {
				_ = c.Close()
			}
			return nil, err
		}
		out = append(out, sockets...)
	}
	return out, nil
}

// labRouters are the interfaces of a lab's routers by their numbers, and the routers
// whose flow export runs.
func labRouters(ctx context.Context, intent string) (interfaces map[string]map[uint32]string, exporting []string, err error) {
	l, err := openLab(intent)
	if err != nil {
		return nil, nil, err
	}
	if interfaces, err = l.Interfaces(ctx); err != nil {
		return nil, nil, err
	}
	exporting, err = l.Exporting(ctx)
	return interfaces, exporting, err
}
