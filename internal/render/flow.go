package render

import "github.com/ercfg/ercfg/internal/plan"

// flowFamilies lists the families of the links and tunnels.
func flowFamilies(r *plan.Router) []plan.Family {
	var used [2]bool
	for i := range r.Links {
		used[plan.IPv4] = used[plan.IPv4] || r.Links[i].IPv4.IsValid()
		used[plan.IPv6] = used[plan.IPv6] || r.Links[i].IPv6.IsValid()
	}
	var out []plan.Family
	if used[plan.IPv4] || len(r.Tunnels) > 0 {
		out = append(out, plan.IPv4)
	}
	if used[plan.IPv6] {
		out = append(out, plan.IPv6)
	}
	return out
}
