package plan

import (
	"slices"

	"github.com/ercfg/ercfg/internal/bgp"
)

// What a drained link's routes look like: worse than any other path, both ways.
const (
	// drainedPreference is below every local-preference that a plan gives.
	drainedPreference = 10
	// drainedPrepends is how often our AS number is prepended: as often as Microsoft
	// prepends its own when it drains an MSEE for maintenance (fact sheet §14).
	drainedPrepends = 8
)

// Drained is p with one link of a router drained: its sessions stay, its routes lose
// to any other path in both directions. A link is the index into the router's
// Links. What is not the link's own is shared with p.
func (p *Plan) Drained(router string, link int) *Plan {
	at := slices.IndexFunc(p.Routers, func(r Router) bool { return r.Name == router })
	out := *p
	out.Routers = slices.Clone(p.Routers)
	r := &out.Routers[at]
	r.Policies = slices.Clone(r.Policies)
	for _, s := range r.Links[link].Sessions {
		for i := range r.Policies {
			pol := &r.Policies[i]
			if pol.Family != s.Family || pol.Name != s.Import && pol.Name != s.Export {
				continue
			}
			pol.Terms = slices.Clone(pol.Terms)
			for j := range pol.Terms {
				t := &pol.Terms[j]
				switch {
				case t.Deny:
				case pol.Name == s.Import:
					t.LocalPreference = drainedPreference
				default:
					t.Prepend = slices.Repeat([]bgp.ASN{r.ASN}, drainedPrepends)
				}
			}
		}
	}
	return &out
}

// Drainable reports whether a link has policies of its own: one that other sessions
// use, too, cannot drain it alone.
func (r *Router) Drainable(link int) bool {
	var own []Name
	for _, s := range r.Links[link].Sessions {
		own = append(own, s.Import, s.Export)
	}
	for i := range r.Links {
		for _, s := range r.Links[i].Sessions {
			if i != link && (slices.Contains(own, s.Import) || slices.Contains(own, s.Export)) {
				return false
			}
		}
	}
	return len(own) > 0 && !slices.Contains(own, "")
}
