// Package retarget makes every router of an intent one of another platform, so
// that tests and pages can show one design in the words of three vendors. It is
// for tests only.
//
// In comes a parsed intent, which is changed in place; out go a plan and what
// the platform cannot express. Addresses, tags, units and names that the user
// chose stay.
package retarget

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ercfg/ercfg/internal/diag"
	"github.com/ercfg/ercfg/internal/intent"
	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/render"
)

// Resolve makes every router of doc one of the platform and resolves the plan
// for today. The findings are those of the plan and of the platform; where one
// is an error, nothing of the plan is to be rendered: it may be nil.
func Resolve(doc *intent.Document, platform plan.Platform, today time.Time) (*plan.Plan, diag.List) {
	Document(doc, platform)
	p, diags := plan.Resolve(doc, plan.Env{Today: today})
	if p == nil {
		return nil, diags
	}
	return p, append(diags, render.Check(p)...)
}

// Document makes every router of doc one of the platform, in its default
// release and family; a Junos router that ends a tunnel is an SRX, as an MX has
// no IPsec without services. Interfaces get the platform's names, one for one
// on each router.
func Document(doc *intent.Document, platform plan.Platform) {
	in := doc.Intent
	renamed := make(map[string]*names)
	for i := range in.Routers {
		renamed[in.Routers[i].Name.V] = &names{platform: platform, loopback: in.Routers[i].Value.Loopback}
	}
	ofRouter := func(name string) *names {
		if renamed[name] == nil { // a router that the intent does not have: plan says so
			renamed[name] = &names{platform: platform}
		}
		return renamed[name]
	}
	for _, l := range links(in) {
		l.Interface.V = ofRouter(l.Router.V).port(l.Interface.V)
	}
	for i := range in.DirectPorts {
		for _, p := range []*intent.Port{in.DirectPorts[i].Value.Primary, in.DirectPorts[i].Value.Secondary} {
			if p != nil {
				p.Interface.V = ofRouter(p.Router.V).directPort(p.Interface.V)
			}
		}
	}
	for i := range in.VPNs {
		for j := range in.VPNs[i].Value.Tunnels {
			t := &in.VPNs[i].Value.Tunnels[j]
			n := ofRouter(t.Router.V)
			t.Interface.V = n.tunnel(t.Interface.V)
			if t.Source.Set() {
				t.Source.V = n.source(t.Source.V)
			}
		}
	}
	for i := range in.Routers {
		router(&in.Routers[i].Value, renamed[in.Routers[i].Name.V])
	}
	for i := range in.Onprem.Networks {
		originate(in.Onprem.Networks[i].Value.Originate, platform)
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

// names are the interfaces of one router: what they were called, and what the
// platform calls them.
type names struct {
	platform  plan.Platform
	loopback  *intent.Loopback // as written
	old, new  []string         // pairs
	ports     int
	directs   int
	tunnels   int
	loopbacks int
	sources   int
	clients   int
}

// A vocabulary is the form of a platform's names.
type vocabulary struct {
	loopback string
	unit     string // of the loopback, where it ends a tunnel
	port     string // of the nth link, from 1
	direct   string // of the nth Direct port, from 1
	tunnel   string // of the nth tunnel, from 1
	another  string // of the nth loopback beside the router's own, from 10; empty: an address of the own one
	source   string // of the nth way to the Internet, from 0
	customer string // of the nth customer, from 0
}

func words(p plan.Platform) vocabulary {
	switch p {
	case plan.IOSXE:
		return vocabulary{"Loopback0", "", "TenGigabitEthernet0/0/%d", "HundredGigE0/%d/0", "Tunnel%d", "Loopback%d", "GigabitEthernet0/0/%d", "GigabitEthernet0/3/%d"}
	case plan.Junos:
		return vocabulary{"lo0", ".0", "xe-0/0/%d", "et-0/%d/0", "st0.%d", "", "ge-0/0/%d.0", "ge-0/3/%d.0"}
	case plan.FRR:
		return vocabulary{"lo", "", "eth%d", "ens%d", "vti%d", "dummy%d", "wan%d", "cust%d"}
	}
	panic(fmt.Sprintf("retarget: no names of platform %d", uint8(p)))
}

// again is the new name of an interface that has one, with its unit; any other
// stays.
func (n *names) again(old string) string {
	base, unit, _ := strings.Cut(old, ".")
	if i := slices.Index(n.old, old); i >= 0 {
		return n.new[i]
	}
	if i := slices.Index(n.old, base); i >= 0 && unit != "" {
		return n.new[i] + "." + unit
	}
	return old
}

// rename gives old the next name of a form, once.
func (n *names) rename(old, form string, count *int, first int) string {
	if slices.Contains(n.old, old) {
		return n.again(old)
	}
	name := fmt.Sprintf(form, first+*count)
	*count++
	n.old, n.new = append(n.old, old), append(n.new, name)
	return name
}

func (n *names) port(old string) string { return n.rename(old, words(n.platform).port, &n.ports, 1) }

func (n *names) directPort(old string) string {
	return n.rename(old, words(n.platform).direct, &n.directs, 1)
}

func (n *names) tunnel(old string) string {
	return n.rename(old, words(n.platform).tunnel, &n.tunnels, 1)
}

func (n *names) customer(old string) string {
	return n.rename(old, words(n.platform).customer, &n.clients, 0)
}

// source is what a tunnel is sourced from: the router's loopback, another one,
// an ExpressRoute subinterface, or a way to the Internet.
func (n *names) source(old string) string {
	v := words(n.platform)
	base, unit, _ := strings.Cut(old, ".")
	switch own := n.loopback; {
	case own != nil && (old == own.Interface.V || strings.TrimSuffix(old, ".0") == own.Interface.V):
		return v.loopback + v.unit
	case strings.HasPrefix(strings.ToLower(base), "lo") && v.another == "":
		return v.loopback + v.unit // Junos has one loopback unit in a routing instance
	case strings.HasPrefix(strings.ToLower(base), "lo"):
		return n.rename(old, v.another, &n.loopbacks, 10)
	case slices.Contains(n.old, base) && unit != "":
		return n.again(old)
	}
	return n.rename(old, v.source, &n.sources, 0)
}
