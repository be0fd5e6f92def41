//go:build linux

package lab

import (
	"context"
	"encoding/json"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/ercfg/ercfg/internal/artifact"
	"github.com/ercfg/ercfg/internal/plan"
)

// The ends of the names of the companion files that flow export takes, and where
// a node has them.
const (
	nftCompanion    = ".nft"
	uacctdCompanion = ".uacctd.conf"
	nftFile         = "/run/ercfg.nft"
	uacctdFile      = "/run/uacctd.conf"
)

// exporterLimit bounds the start of an exporter: it looks for its own address, and
// then asks the kernel for the samples.
const exporterLimit = 15 * time.Second

// A flowLoad is what a router's flow export takes; the zero value is none.
type flowLoad struct {
	nft, uacctd string     // the companion files
	source      netip.Addr // of the exports: the exporter wants it at its start
}

// flowLoadOf takes the flow export of a router from its artifact.
func flowLoadOf(r *plan.Router, c artifact.Config) flowLoad {
	if !r.Flow.On() {
		return flowLoad{}
	}
	file := func(suffix string) string {
		i := slices.IndexFunc(c.Companions, func(f artifact.File) bool { return strings.HasSuffix(f.Name, suffix) })
		if i < 0 {
			return ""
		}
		return c.Companions[i].Text
	}
	return flowLoad{file(nftCompanion), file(uacctdCompanion), r.Flow.Source}
}

// hasExporter reports whether this machine has pmacct's uacctd.
func hasExporter() bool {
	_, err := lookPath("uacctd")
	return err == nil
}

// addCollector gives the address that the routers export to a place on the LAN:
// the host of the network that it is in, or else of the first one. Its owner's LAN
// would have it somewhere.
func (n *network) addCollector() {
	for i := range n.plan.Routers {
		if flow := &n.plan.Routers[i].Flow; flow.On() {
			n.collector = flow.Collector
		}
	}
	if !n.collector.IsValid() {
		return
	}
	longest := -2 // of the prefixes that hold it; -1: none of a network's does
	for i := range n.plan.Networks {
		bits := -1
		for _, prefix := range n.plan.Networks[i].Prefixes {
			if prefix.Contains(n.collector) {
				bits = max(bits, prefix.Bits())
			}
		}
		if bits > longest {
			longest, n.collectorSite = bits, n.sites[n.plan.Networks[i].Name]
		}
	}
	if n.collectorSite != nil {
		n.node(n.collectorSite.name).Collector = n.collector
	}
}

// startExporters starts the flow export of every router that has one, and says
// which. Without pmacct the lab comes up without, and says that.
func (n *network) startExporters(ctx context.Context, loads map[string]load, say func(format string, args ...any)) error {
	var routers []string
	for i := range n.plan.Routers {
		if r := &n.plan.Routers[i]; loads[r.Name].flow.uacctd != "" {
			routers = append(routers, r.Name)
		}
	}
	switch {
	case len(routers) == 0:
		return nil
	case n.collectorSite == nil:
		say("no flow export: the lab has no network on-premises to put the collector in")
		return nil
	case !hasExporter():
		say("no flow export: uacctd is not here; apt-get install pmacct, and ercfg lab up again")
		return nil
	}
	err := n.each(func(node *Node) error {
		if !slices.Contains(routers, node.Name) {
			return nil
		}
		return node.startExporter(ctx, loads[node.Name].flow)
	})
	if err == nil {
		say("flow export to %s (node %s): uacctd on %s", n.collector, n.collectorSite.name, strings.Join(routers, ", "))
	}
	return err
}

// startExporter loads the rules that sample and starts uacctd, when FRR has put its
// source address on. It is ready when the kernel has it down as the reader of its
// NFLOG group. It ends with the node: it heeds no SIGTERM while no packet comes.
func (n *Node) startExporter(ctx context.Context, f flowLoad) error {
	group := keyOf(f.uacctd, "uacctd_group")
	if group == "" {
		return fmt.Errorf("%s: uacctd.conf names no uacctd_group", n.Name)
	}
	if err := n.writeFile(nftFile, f.nft); err != nil {
		return err
	}
	if err := n.writeFile(uacctdFile, f.uacctd); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, exporterLimit)
	defer cancel()
	script := `nft -f "$1"
until ip -o address show to "$3" | grep -q .; do sleep 0.1; done
uacctd -f "$2" </dev/null >/run/uacctd.log 2>&1
until awk -v group="$4" '$1 == group { found = 1 } END { exit !found }' /proc/net/netfilter/nfnetlink_log; do sleep 0.1; done`
	source := "0.0.0.0/0"
	if f.source.IsValid() {
		source = f.source.String()
	}
	if _, err := n.Exec(ctx, "/bin/sh", "-ec", script, "sh", nftFile, uacctdFile, source, group); err != nil {
		log, _ := n.Exec(context.WithoutCancel(ctx), "cat", "/run/uacctd.log")
		return fmt.Errorf("%s: flow export does not start: %w\n%s", n.Name, err, log)
	}
	return nil
}

// keyOf is the value of a key in a configuration of pmacct; empty: it has none.
func keyOf(conf, key string) string {
	for line := range strings.Lines(conf) {
		if value, ok := strings.CutPrefix(line, key+":"); ok {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// Interfaces are the interfaces of every router by their numbers (ifIndex, RFC
// 2863), which the kernel gives and flow records tell: router, number, name.
func (l *Lab) Interfaces(ctx context.Context) (map[string]map[uint32]string, error) {
	out := make(map[string]map[uint32]string)
	for i := range l.Nodes {
		n := &l.Nodes[i]
		if n.Kind != Router {
			continue
		}
		text, err := n.inNet(ctx, "", "ip", "-json", "link", "show")
		if err != nil {
			return nil, err
		}
		var links []struct {
			Index uint32 `json:"ifindex"`
			Name  string `json:"ifname"`
		}
		if err := json.Unmarshal([]byte(text), &links); err != nil {
			return nil, fmt.Errorf("%s: ip -json link: %w", n.Name, err)
		}
		out[n.Name] = make(map[uint32]string, len(links))
		for _, link := range links {
			out[n.Name][link.Index] = link.Name
		}
	}
	return out, nil
}

// indexOf is the number that the intent gives an interface of a router; 0: the
// kernel chooses.
func indexOf(p *plan.Plan, router, name string) int {
	r := routerOf(p, router)
	if r == nil {
		return 0
	}
	for _, x := range r.Indexes {
		if x.Interface == name {
			return x.Number
		}
	}
	return 0
}
