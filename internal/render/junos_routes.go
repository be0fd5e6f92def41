package render

import (
	"net/netip"
	"strconv"
	"time"

	"github.com/ercfg/ercfg/internal/plan"
)

// junosStatic is everything that a table says of one prefix: Junos has one
// statement for it, however many routes the plan has.
type junosStatic struct {
	Prefix     string
	Line       string // the only attribute, which Junos prints beside the prefix; empty: a block
	Discard    bool
	NextHop    string // one or several; empty: Qualified, or a discard
	Qualified  []junosQualified
	Resolve    bool   // a next hop may be recursive
	Preference string // of a discard
	Origin     string
}

// junosQualified is a next hop with attributes of its own.
type junosQualified struct {
	Name          string // address, or the interface of an unnumbered tunnel
	Preference    string // beside a discard, which takes the prefix's
	BFDInterval   int    // milliseconds; 0: untracked
	BFDMultiplier int
	BFDOrigin     string
	Bare          bool // has none
	Origin        string
}

// junosPreference is what a static route has by itself (Juniper, Protocol-
// Independent Routing Properties User Guide, Route Preferences).
const junosPreference = "5"

// junosStatics returns the static routes of family f in table: anchors and
// routes to the LAN, then those that hold the far ends of tunnels.
func junosStatics(r *plan.Router, table plan.Name, f plan.Family) []junosStatic {
	var order []netip.Prefix
	hops := make(map[netip.Prefix][]plan.Route)
	add := func(h plan.Route) {
		if _, ok := hops[h.Prefix]; !ok {
			order = append(order, h.Prefix)
		}
		hops[h.Prefix] = append(hops[h.Prefix], h)
	}
	for _, o := range statics(r, table, f) {
		add(plan.Route{Prefix: o.Prefix, NextHop: o.NextHop, Discard: o.How == plan.Anchor, Origin: o.Origin})
	}
	for i := range r.Routes {
		if h := &r.Routes[i]; h.VRF == table && plan.FamilyOf(h.Prefix.Addr()) == f {
			add(*h)
		}
	}
	out := make([]junosStatic, 0, len(order))
	for _, p := range order {
		out = append(out, junosStaticOf(p, hops[p]))
	}
	return out
}

// junosStaticOf puts the routes to one prefix into one statement. A tracked
// next hop needs a statement of its own; then, and beside a discard, which
// takes the only place for plain ones, all have one, so that they stay equal.
//
// Where the plan names the interface of a next hop, the text does not: it is
// the one whose subnet holds the next hop, as long as the route is not allowed
// to be recursive.
func junosStaticOf(prefix netip.Prefix, hops []plan.Route) junosStatic {
	out := junosStatic{Prefix: prefix.String(), Origin: hops[0].Origin}
	var names []string
	tracked := false
	for i := range hops {
		h := &hops[i]
		if h.Discard {
			out.Discard, out.Preference = true, strconv.Itoa(discardDistance)
			continue
		}
		q := junosQualifiedOf(h)
		out.Qualified, names = append(out.Qualified, q), append(names, q.Name)
		tracked = tracked || h.BFD.On()
		out.Resolve = out.Resolve || h.Interface == ""
	}
	switch {
	case out.Discard:
		for i := range out.Qualified {
			out.Qualified[i].Preference, out.Qualified[i].Bare = junosPreference, false
		}
	case !tracked && out.Resolve:
		out.NextHop, out.Qualified = junosList(names), nil
	case !tracked:
		out.Line, out.Qualified = "next-hop "+junosList(names), nil
	}
	return out
}

func junosQualifiedOf(h *plan.Route) junosQualified {
	q := junosQualified{Name: h.Interface, Bare: !h.BFD.On(), Origin: h.Origin}
	if h.NextHop.IsValid() {
		q.Name = h.NextHop.String()
	}
	if h.BFD.On() {
		q.BFDInterval, q.BFDMultiplier, q.BFDOrigin = int(h.BFD.Interval/time.Millisecond), h.BFD.Multiplier, h.BFD.Origin
	}
	return q
}
