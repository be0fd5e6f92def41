// Package twin makes every router of an intent one of the same platform. A
// router of another vendor becomes its twin: the lab runs an FRR in its place,
// and tests and pages show one design in the words of three vendors.
//
// In comes a parsed intent, which is changed in place; out go the names of the
// twins, or a plan and what the platform cannot express. A twin keeps what
// decides a path: addresses, AS numbers, tags and units, policies, timers, BFD,
// MD5 keys, and every name that the user chose. Its interfaces, its release and
// its family are the platform's. A router that runs the platform already stays
// as written.
//
// A twin does not keep what plan leaves to a platform. FRR cannot be told which
// routes next hops must not resolve over: a twin there has no such policy, so
// that a dead router's paths may stay until the iBGP hold time, and it discards
// a gateway subnet only where the tunnels come first. A prediction for twins is
// therefore made from their own plan, never from that of the intent as written.
//
// The package reads no clock, no file and no secret, and writes no intent back.
package twin

import (
	"slices"
	"time"

	"github.com/ercfg/ercfg/internal/diag"
	"github.com/ercfg/ercfg/internal/intent"
	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/render"
)

// Resolve makes every router of doc one of the platform and resolves the plan
// for today. The findings are those of the plan and of the platform; where one
// is an error, nothing of the plan is to be rendered: it may be nil. A caller
// that can read secrets calls Document, plan.Resolve and render.Check itself.
func Resolve(doc *intent.Document, platform plan.Platform, today time.Time) (*plan.Plan, diag.List) {
	Document(doc, platform)
	p, diags := plan.Resolve(doc, plan.Env{Today: today})
	if p == nil {
		return nil, diags
	}
	return p, append(diags, render.Check(p)...)
}

// WithoutMACsec leaves the Direct ports of doc in clear, and returns the names
// of the pairs that were not, sorted. A lab has to: MACsec is no part of FRR
// (ER950), and what plays a port there is a wire inside one kernel. BGP, BFD and
// the MTU inside are the same without it, so no path depends on it. A waiver of a
// finding about MACsec is idle afterwards, and plan says so.
func WithoutMACsec(doc *intent.Document) []string {
	var cleared []string
	for i := range doc.Intent.DirectPorts {
		if e := &doc.Intent.DirectPorts[i]; e.Value.MACsec != nil {
			e.Value.MACsec = nil
			cleared = append(cleared, e.Name.V)
		}
	}
	slices.Sort(cleared)
	return cleared
}

// Document makes every router of doc one of the platform, and returns the names
// of those that were of another one, sorted: the twins. A twin has the default
// release and family; a Junos one that ends a tunnel is an SRX, as an MX has no
// IPsec without services. Interfaces get the platform's names, one for one on
// each router.
func Document(doc *intent.Document, platform plan.Platform) []string {
	in := doc.Intent
	twins := make(map[string]*names) // by router; nil: nothing of its changes
	var changed []string
	for i := range in.Routers {
		if r := &in.Routers[i]; r.Value.Platform.V != platform.String() {
			twins[r.Name.V] = &names{platform: platform, loopback: r.Value.Loopback}
			changed = append(changed, r.Name.V)
		}
	}
	slices.Sort(changed)
	renameLinks(in, twins)
	renameTunnels(in, twins)
	for i := range in.Routers {
		if n := twins[in.Routers[i].Name.V]; n != nil {
			router(&in.Routers[i].Value, n)
		}
	}
	for i := range in.Onprem.Networks {
		originate(in.Onprem.Networks[i].Value.Originate, platform)
	}
	return changed
}

// renameLinks names the interfaces of links, and then those of Direct ports.
func renameLinks(in *intent.Intent, twins map[string]*names) {
	for _, l := range links(in) {
		if n := twins[l.Router.V]; n != nil {
			l.Interface.V = n.port(l.Interface.V)
		}
	}
	for i := range in.DirectPorts {
		for _, p := range []*intent.Port{in.DirectPorts[i].Value.Primary, in.DirectPorts[i].Value.Secondary} {
			if p == nil {
				continue
			}
			if n := twins[p.Router.V]; n != nil {
				p.Interface.V = n.directPort(p.Interface.V)
			}
		}
	}
}

// renameTunnels names the tunnels and their sources, after the links: a tunnel
// may be sourced from one.
func renameTunnels(in *intent.Intent, twins map[string]*names) {
	for i := range in.VPNs {
		for j := range in.VPNs[i].Value.Tunnels {
			t := &in.VPNs[i].Value.Tunnels[j]
			n := twins[t.Router.V]
			if n == nil {
				continue
			}
			t.Interface.V = n.tunnel(t.Interface.V)
			if t.Source.Set() {
				t.Source.V = n.source(t.Source.V)
			}
		}
	}
}

// router changes what a router says of itself, last: a tunnel's source may be
// named after the loopback.
func router(r *intent.Router, n *names) {
	r.Platform.V = n.platform.String()
	r.Version, r.Model = intent.At[string]{}, intent.At[string]{}
	if n.platform == plan.Junos && n.tunnels > 0 {
		r.Model = intent.At[string]{V: plan.SRX.String(), Pos: r.Platform.Pos}
	}
	if r.Loopback != nil {
		r.Loopback.Interface.V = words(n.platform).loopback
	}
	for i := range r.VRFs {
		for j := range r.VRFs[i].Value.Neighbors {
			if c := &r.VRFs[i].Value.Neighbors[j].Interface; c.Set() {
				c.V = n.customer(c.V)
			}
		}
	}
	for i := range r.InterfaceIndex {
		r.InterfaceIndex[i].Name.V = n.again(r.InterfaceIndex[i].Name.V)
	}
	originate(r.Originate, n.platform)
}

// originate gives OSPF the process number that only IOS-XE asks for.
func originate(o *intent.Originate, platform plan.Platform) {
	if o != nil && platform == plan.IOSXE && o.Redistribute.V == "ospf" && !o.Process.Set() {
		o.Process = intent.At[int]{V: 1, Pos: o.Pos}
	}
}

// links returns the links that name an interface, by circuit: those of the
// private peering first.
func links(in *intent.Intent) []*intent.Link {
	var out []*intent.Link
	for i := range in.Circuits {
		c := &in.Circuits[i].Value
		for _, p := range []*intent.Peering{c.Private, c.Microsoft} {
			if p == nil {
				continue
			}
			for _, l := range []*intent.Link{p.Primary, p.Secondary} {
				if l != nil && l.Interface.Set() {
					out = append(out, l)
				}
			}
		}
	}
	return out
}
