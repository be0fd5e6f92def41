// Package render turns a plan into configurations, one per router, each in the
// words of its vendor and in the form that the router prints back.
//
// In comes a plan; out go artifacts, and findings about what a vendor cannot
// express. The package decides no policy: it looks up nothing, defaults
// nothing, reads no file but the embedded templates, and never sees the value
// of a secret.
package render

import (
	"bytes"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/ercfg/ercfg/internal/artifact"
	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/secret"
)

// Options choose among forms of one configuration. The zero value is the
// default.
type Options struct {
	Junos    JunosStyle
	Annotate bool // put the intent path that made a line in a comment before it
}

// JunosStyle is one of the two forms that Junos loads.
type JunosStyle uint8

// Set commands, and the curly-brace text of "show configuration".
const (
	Set JunosStyle = iota
	Braces
)

// String returns the word of the command line.
func (s JunosStyle) String() string { return [...]string{"set", "text"}[s] }

// All renders every router of p, in the order of the plan. An error is a
// template that does not fit its view.
func All(p *plan.Plan, o Options) ([]artifact.Config, error) {
	packs, err := loadPacks(p, o)
	if err != nil {
		return nil, err
	}
	out := make([]artifact.Config, len(p.Routers))
	errs := make([]error, len(p.Routers))
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(p.Routers)) {
		wg.Go(func() {
			var w writer
			for i := int(next.Add(1) - 1); i < len(p.Routers); i = int(next.Add(1) - 1) {
				r := &p.Routers[i]
				out[i], errs[i] = router(p.Name, r, packs[r.Platform], o, &w)
			}
		})
	}
	wg.Wait()
	for i, err := range errs { // one broken template breaks every router: the first says it
		if err != nil {
			return nil, fmt.Errorf("render %s: %w", p.Routers[i].Name, err)
		}
	}
	return out, nil
}

// loadPacks parses the packs of the platforms that p has, once for all routers.
func loadPacks(p *plan.Plan, o Options) (map[plan.Platform]*pack, error) {
	packs := make(map[plan.Platform]*pack)
	for i := range p.Routers {
		platform := p.Routers[i].Platform
		if packs[platform] != nil {
			continue
		}
		loaded, err := loadPack(platform, o.Annotate)
		if err != nil {
			return nil, err
		}
		packs[platform] = loaded
	}
	return packs, nil
}

// A writer is the scratch space of one worker.
type writer struct{ section, text bytes.Buffer }

// router renders one router. name is the plan's and begins every object name.
func router(name string, r *plan.Router, p *pack, o Options, w *writer) (artifact.Config, error) {
	c := artifact.Config{Router: r.Name, Platform: r.Platform.String(), Secrets: secrets(r)}
	var view any
	var companions any
	switch r.Platform {
	case plan.IOSXE:
		c.Name = r.Name + ".ios-xe.cfg"
		view = iosxe(name, r)
	case plan.Junos:
		c.Name = r.Name + ".junos.set"
		view = junos(name, r)
		if o.Junos == Braces {
			c.Name = r.Name + ".junos.conf"
		}
	case plan.FRR:
		c.Name = r.Name + ".frr.conf"
		v := frr(name, r)
		view, companions = v, v.Linux
	}
	text, err := p.text(view, w)
	if err != nil {
		return artifact.Config{}, err
	}
	switch flat := r.Platform == plan.Junos && o.Junos == Set; {
	case !flat && !o.Annotate:
		c.Text = string(text)
	default:
		lines := splitLines(text)
		if flat {
			if lines, err = flatten(lines); err != nil {
				return artifact.Config{}, err
			}
		}
		c.Text = joinLines(lines, o.Annotate, commentsOf(r.Platform, o))
		if o.Annotate {
			c.Lines = lines
		}
	}
	c.Companions, err = p.files(r.Name, companions, w)
	return c, err
}

// secrets lists the references whose placeholders the router's text or one of
// its companions holds.
func secrets(r *plan.Router) []secret.Ref {
	var out refs
	for i := range r.Links {
		for j := range r.Links[i].Sessions {
			out.add(r.Links[i].Sessions[j].MD5)
		}
	}
	for i := range r.VRFs {
		for j := range r.VRFs[i].Customers {
			out.add(r.VRFs[i].Customers[j].MD5)
		}
	}
	for i := range r.IBGP {
		out.add(r.IBGP[i].MD5)
	}
	for i := range r.Tunnels {
		out.add(r.Tunnels[i].IPsec.PSK)
	}
	for i := range r.Ports {
		out.add(r.Ports[i].MACsec.CKN)
		out.add(r.Ports[i].MACsec.CAK)
	}
	return out.sorted()
}
