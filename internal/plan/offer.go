package plan

import (
	"net/netip"
	"slices"
	"time"

	"github.com/ercfg/ercfg/internal/bgp"
)

// An Offer is a prefix that Azure announces on a session.
type Offer struct {
	Prefix      netip.Prefix
	Communities []bgp.Community
}

// OffersOn lists what an MSEE announces on a link's private peering: the VNets
// that have a connection to it, in the order of the plan.
func (p *Plan) OffersOn(l *Link) []Offer {
	var out []Offer
	for i := range p.VNets {
		v := &p.VNets[i]
		if slices.ContainsFunc(v.Connections, func(c Connection) bool { return c.Path == l.Path }) {
			for _, prefix := range v.Prefixes {
				out = append(out, Offer{prefix, v.Communities})
			}
		}
	}
	return out
}

// OffersIn lists what a VPN gateway announces in a tunnel: its VNet, and every
// VNet that a statement reaches by the VPN, in the order of the plan. It sends no
// communities.
func (p *Plan) OffersIn(t *Tunnel) []Offer {
	vnets := make(map[string]bool)
	for i := range p.VPNs {
		if p.VPNs[i].Name == t.Path {
			vnets[p.VPNs[i].VNet] = true
		}
	}
	for i := range p.Statements {
		if s := &p.Statements[i]; slices.Contains(s.Prefer, t.Path) {
			for _, v := range s.VNets {
				vnets[v] = true
			}
		}
	}
	var out []Offer
	for i := range p.VNets {
		if vnets[p.VNets[i].Name] {
			for _, prefix := range p.VNets[i].Prefixes {
				out = append(out, Offer{Prefix: prefix})
			}
		}
	}
	return out
}

// Agreed are the hold time and keepalive of a session whose other end offers a
// hold time: the lower one, and a third of it at most (RFC 4271 §4.2, §10).
func (t Timers) Agreed(theirs time.Duration) (hold, keepalive time.Duration) {
	hold = min(t.Hold, theirs)
	return hold, min(t.Keepalive, hold/3)
}
