package render

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/ercfg/ercfg/internal/plan"
)

// iosxeStatic is one static route.
type iosxeStatic struct{ Command, Prefix, NextHop, Origin string }

// iosxeStaticBlock is one family's static routes, which IOS-XE prints apart.
type iosxeStaticBlock struct{ Routes []iosxeStatic }

// iosxeTracked is a next hop whose routes live while BFD does.
type iosxeTracked struct{ Command, Interface, NextHop, Origin string }

// iosxeStatics lists the routes by family, the global table before the VRFs,
// then by prefix.
func iosxeStatics(r *plan.Router) []iosxeStaticBlock {
	var out []iosxeStaticBlock
	for _, f := range [...]plan.Family{plan.IPv4, plan.IPv6} {
		var block iosxeStaticBlock
		for _, table := range tables(r) {
			block.Routes = append(block.Routes, iosxeTable(r, table, f)...)
		}
		if len(block.Routes) > 0 {
			out = append(out, block)
		}
	}
	return out
}

// iosxeTable lists the routes of one table and family.
func iosxeTable(r *plan.Router, table plan.Name, f plan.Family) []iosxeStatic {
	discard := "Null0 " + strconv.Itoa(discardDistance)
	command := ipWord(f) + " route"
	if table != "" {
		command += " vrf " + table
	}
	var routes []plan.Route
	for _, o := range statics(r, table, f) {
		routes = append(routes, plan.Route{Prefix: o.Prefix, NextHop: o.NextHop, Discard: o.How == plan.Anchor, Origin: o.Origin})
	}
	for i := range r.Routes {
		if t := &r.Routes[i]; t.VRF == table && plan.FamilyOf(t.Prefix.Addr()) == f {
			routes = append(routes, *t)
		}
	}
	slices.SortStableFunc(routes, func(a, b plan.Route) int {
		return cmp.Or(a.Prefix.Addr().Compare(b.Prefix.Addr()), cmp.Compare(a.Prefix.Bits(), b.Prefix.Bits()))
	})
	out := make([]iosxeStatic, len(routes))
	for i := range routes {
		t := &routes[i]
		out[i] = iosxeStatic{command, iosxeDestination(t.Prefix), discard, t.Origin}
		switch {
		case t.Discard:
		case t.Interface == "":
			out[i].NextHop = iosxeAddr(t.NextHop)
		case !t.NextHop.IsValid():
			out[i].NextHop = t.Interface
		default:
			out[i].NextHop = t.Interface + " " + iosxeAddr(t.NextHop)
		}
	}
	return out
}

// iosxeTrackedRoutes lists the next hops that BFD watches, each once for its
// interface, which also says the VRF. A route without an interface cannot be
// tracked so.
func iosxeTrackedRoutes(r *plan.Router) []iosxeTracked {
	var out []iosxeTracked
	for i := range r.Routes {
		t := &r.Routes[i]
		if !t.BFD.On() || t.Interface == "" || !t.NextHop.IsValid() {
			continue
		}
		tracked := iosxeTracked{ipWord(plan.FamilyOf(t.Prefix.Addr())) + " route static bfd", t.Interface, iosxeAddr(t.NextHop), t.BFD.Origin}
		if !slices.ContainsFunc(out, func(o iosxeTracked) bool { return o.Interface == tracked.Interface && o.NextHop == tracked.NextHop }) {
			out = append(out, tracked)
		}
	}
	return out
}
