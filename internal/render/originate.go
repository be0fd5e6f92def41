package render

import (
	"cmp"
	"slices"

	"github.com/ercfg/ercfg/internal/plan"
)

// A redistribution is one protocol that a family takes prefixes from.
type redistribution struct {
	Source string // the vendor's words
	Policy string
	Origin string
}

// redistributions returns the protocols that table redistributes in family f,
// each once, in the order in which IOS-XE and FRR print them.
func redistributions(r *plan.Router, table plan.Name, f plan.Family, words func(*plan.Origination) string) []redistribution {
	var found []*plan.Origination
	for i := range r.Origins {
		o := &r.Origins[i]
		if o.How == plan.Redistribute && o.VRF == table && plan.FamilyOf(o.Prefix.Addr()) == f &&
			!slices.ContainsFunc(found, func(seen *plan.Origination) bool {
				return seen.Protocol == o.Protocol && seen.Process == o.Process
			}) {
			found = append(found, o)
		}
	}
	order := []string{"connected", "static", "ospf", "isis"}
	slices.SortFunc(found, func(a, b *plan.Origination) int {
		return cmp.Or(cmp.Compare(slices.Index(order, a.Protocol), slices.Index(order, b.Protocol)), cmp.Compare(a.Process, b.Process))
	})
	out := make([]redistribution, len(found))
	for i, o := range found {
		out[i] = redistribution{words(o), o.Filter, o.Origin}
	}
	return out
}

// networks returns the prefixes of family f that a network command brings into
// table.
func networks(r *plan.Router, table plan.Name, f plan.Family) []*plan.Origination {
	var out []*plan.Origination
	for i := range r.Origins {
		o := &r.Origins[i]
		if o.VRF != table || plan.FamilyOf(o.Prefix.Addr()) != f {
			continue
		}
		switch o.How {
		case plan.Anchor, plan.Via, plan.Network:
			out = append(out, o)
		case plan.Learned, plan.Redistribute:
		}
	}
	return out
}

// discardDistance makes an anchor worse than the route of any IGP.
const discardDistance = 250

// statics returns the anchors and the static routes to the LAN of family f in
// table.
func statics(r *plan.Router, table plan.Name, f plan.Family) []*plan.Origination {
	var out []*plan.Origination
	for i := range r.Origins {
		o := &r.Origins[i]
		if o.VRF == table && plan.FamilyOf(o.Prefix.Addr()) == f && (o.How == plan.Anchor || o.How == plan.Via) {
			out = append(out, o)
		}
	}
	return out
}
