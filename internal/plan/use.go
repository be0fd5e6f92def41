package plan

import (
	"fmt"
	"slices"

	"github.com/ercfg/ercfg/internal/intent"
)

// checkPeerASN reports a peering whose links end in two AS numbers: Azure
// stores one peer ASN for both (expressroute-howto-routing-portal-resource-manager.md).
// Two routers are named once. Where they are to have an iBGP session, that has
// been said to lack one AS.
func (f *facts) checkPeerASN() {
	said := f.ibgpSessions().between
	for _, c := range f.circuits {
		for _, p := range c.peerings() {
			a, b := p.links[Primary], p.links[Secondary]
			if a == nil || b == nil || a.router == nil || b.router == nil {
				continue
			}
			if x, y := a.router.asn, b.router.asn; x.V != y.V && x.Set() && y.Set() {
				if said[sessionEnds{a: a.router, b: b.router}] || said[sessionEnds{a: a.router, b: b.router, vpn: true}] {
					continue
				}
				said[sessionEnds{a: a.router, b: b.router}], said[sessionEnds{a: b.router, b: a.router}] = true, true
				f.fault(twoPeerASNs, p.in.Pos, fmt.Sprintf("the links of %s end in AS %s and AS %s", p.path, x.V, y.V), "a peering has one peer ASN in Azure: give both routers the same AS number", x.Pos, y.Pos)
			}
		}
	}
}

// checkNames reports two peerings whose objects on a router would have one
// name: er-a.microsoft and a circuit er-a-microsoft.
func (f *facts) checkNames() {
	first := make(map[string]*peering)
	for _, c := range f.circuits {
		for _, p := range c.peerings() {
			if before := first[p.tag()]; before != nil {
				f.fault(nameClash, c.name.Pos, fmt.Sprintf("%s and %s would give their objects one name, %s", before.path, p.path, p.tag()), "rename the circuit", before.circuit.name.Pos)
			}
			first[p.tag()] = p
		}
	}
}

// checkUse reports circuits that no statement uses (their sessions come up and
// every route is refused) and routers that no path ends on.
func (f *facts) checkUse() {
	used, vpns, unknown := make(map[*peering]bool), make(map[*vpn]bool), false
	// A circuit without a peering, which is reported, may be meant to end on the
	// router that nothing ends on; and so may a link that names none.
	open := slices.ContainsFunc(f.circuits, func(c *circuit) bool {
		return len(c.peerings()) == 0 || slices.ContainsFunc(c.peerings(), func(p *peering) bool {
			return slices.ContainsFunc(p.both(), func(l *link) bool { return l.router == nil })
		})
	})
	for _, s := range f.statements {
		// A path that nothing defines may be meant for the circuit that nothing
		// uses.
		unknown = unknown || len(s.paths) < len(s.in.Prefer)
		for _, p := range s.paths {
			used[p.peering], vpns[p.vpn] = true, true
		}
	}
	for _, c := range f.circuits {
		for _, p := range c.peerings() {
			if !used[p] && !unknown {
				f.warn(unusedName, c.name.Pos, fmt.Sprintf("no statement of traffic uses %s", p.path), "its sessions come up and carry nothing; list it under prefer")
			}
		}
	}
	for _, v := range f.vpns {
		if !vpns[v] && !unknown {
			f.warn(unusedName, v.name.Pos, fmt.Sprintf("no statement of traffic uses %s", v.name.V), "its sessions come up and carry nothing; list it under prefer")
		}
	}
	ports := make(map[string]bool)
	for i := range f.in.DirectPorts {
		for _, p := range []*intent.Port{f.in.DirectPorts[i].Value.Primary, f.in.DirectPorts[i].Value.Secondary} {
			if p != nil {
				ports[p.Router.V] = true
			}
		}
	}
	for _, r := range f.routers {
		if len(r.links) == 0 && len(r.tunnels) == 0 && !ports[r.name.V] && !open {
			f.warn(unusedName, r.name.Pos, fmt.Sprintf("no circuit or VPN ends on %s", r.name.V), "it is rendered with BGP and no session with Azure: take it away, or reach it over ibgp by address")
		}
	}
}
