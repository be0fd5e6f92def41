package render

import (
	"cmp"
	"net/netip"
	"slices"
	"strconv"

	"github.com/ercfg/ercfg/internal/plan"
)

// frrStatic is one static route: "ip route 10.0.0.0/8 blackhole 250".
type frrStatic struct {
	Command, Prefix, Via, Origin string

	prefix   netip.Prefix
	distance int
}

// frrDiscard is an anchor's next hop and its distance.
func frrDiscard() string { return "blackhole " + strconv.Itoa(discardDistance) }

// frrDistance is what a static route has by itself. Distances sort the routes
// to one prefix.
const frrDistance = 1

// frrStatics lists the static routes of table: by family, length, address and
// distance, as FRR prints them. FRR 8.4 cannot make one depend on BFD.
func frrStatics(r *plan.Router, table plan.Name) []frrStatic {
	var out []frrStatic
	add := func(p netip.Prefix, via string, origin string) {
		s := frrStatic{ipWord(plan.FamilyOf(p.Addr())) + " route", p.String(), via, origin, p, frrDistance}
		if via == frrDiscard() {
			s.distance = discardDistance
		}
		out = append(out, s)
	}
	for _, f := range [...]plan.Family{plan.IPv4, plan.IPv6} {
		for _, o := range statics(r, table, f) {
			if o.How == plan.Via {
				add(o.Prefix, o.NextHop.String(), o.Origin)
			} else {
				add(o.Prefix, frrDiscard(), o.Origin)
			}
		}
	}
	for i := range r.Routes {
		if x := &r.Routes[i]; x.VRF == table {
			add(x.Prefix, frrVia(x), x.Origin)
		}
	}
	slices.SortStableFunc(out, func(a, b frrStatic) int {
		return cmp.Or(cmp.Compare(plan.FamilyOf(a.prefix.Addr()), plan.FamilyOf(b.prefix.Addr())), cmp.Compare(a.prefix.Bits(), b.prefix.Bits()),
			a.prefix.Addr().Compare(b.prefix.Addr()), cmp.Compare(a.distance, b.distance))
	})
	return out
}

// frrVia is where a route leads: next hop, interface, or both.
func frrVia(x *plan.Route) string {
	switch {
	case x.Discard:
		return frrDiscard()
	case !x.NextHop.IsValid():
		return x.Interface
	case x.Interface == "":
		return x.NextHop.String()
	}
	return x.NextHop.String() + " " + x.Interface
}
