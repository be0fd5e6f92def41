package render

import (
	"slices"
	"strconv"
	"strings"

	"github.com/ercfg/ercfg/internal/plan"
)

// junosFilterFamily is the filters of one family.
type junosFilterFamily struct {
	Name    string // inet, inet6
	Filters []junosFilter
}

// junosFilter keeps some DSCP values of what goes out and sets all others to
// 0. A rewrite rule cannot: it goes by forwarding class, which is the owner's.
// MX line cards set the value in a filter from MPC on; a DPC takes the text and
// does not apply it (Juniper, dscp (Multifield Classifier)).
type junosFilter struct {
	Name   string
	Word   string // dscp, traffic-class
	Keep   string // one value or several; empty: none
	Origin string
}

func junosFilters(prefix string, r *plan.Router) []junosFilterFamily {
	out := []junosFilterFamily{{Name: "inet"}, {Name: "inet6"}}
	for i := range r.Links {
		l := &r.Links[i]
		if !l.Remark {
			continue
		}
		f := junosFilter{Origin: l.RemarkOrigin}
		if len(l.DSCP) > 0 {
			f.Keep = junosList(decimals(l.DSCP))
		}
		for family, used := range [...]bool{plan.IPv4: l.IPv4.IsValid(), plan.IPv6: l.IPv6.IsValid()} {
			to := &out[family]
			f.Name, f.Word = junosFilterName(prefix, l.DSCP, plan.Family(family)), [...]string{"dscp", "traffic-class"}[family]
			if used && !slices.ContainsFunc(to.Filters, func(o junosFilter) bool { return o.Name == f.Name }) {
				to.Filters = append(to.Filters, f)
			}
		}
	}
	for i := range out {
		slices.SortStableFunc(out[i].Filters, func(a, b junosFilter) int { return strings.Compare(a.Name, b.Name) })
	}
	return slices.DeleteFunc(out, func(f junosFilterFamily) bool { return len(f.Filters) == 0 })
}

// junosFilterName says in the name what is kept: links that keep the same
// share a filter.
func junosFilterName(prefix string, keep []int, f plan.Family) string {
	words := append([]string{prefix, "DSCP"}, decimals(keep)...)
	if len(keep) == 0 {
		words = append(words, "NONE")
	}
	return strings.Join(words, "-") + junosSuffix(f)
}

func decimals(list []int) []string {
	out := make([]string, len(list))
	for i, n := range list {
		out[i] = strconv.Itoa(n)
	}
	return out
}
