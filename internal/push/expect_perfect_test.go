package push

import (
	"net/netip"
	"slices"
	"time"

	"github.com/ercfg/ercfg/internal/expressroute"
	"github.com/ercfg/ercfg/internal/plan"
)

// A perfect network is every router's live state when all is as planned. It is made
// by a model of its own: local-preference decides, then one's own neighbor.
type perfect struct {
	p     *plan.Plan
	ranks map[string]map[destinationOf]uint32 // by router: the best local-preference of its own neighbors
}

type destinationOf struct {
	vrf    string
	prefix netip.Prefix
}

func newPerfect(p *plan.Plan) *perfect {
	f := &perfect{p, make(map[string]map[destinationOf]uint32)}
	for i := range p.Routers {
		r := &p.Routers[i]
		ranks := make(map[destinationOf]uint32)
		for j := range r.Links {
			l := &r.Links[j]
			for k := range l.Sessions {
				f.rank(r, ranks, l.VRF, &l.Sessions[k], p.OffersOn(l))
			}
		}
		for j := range r.Tunnels {
			t := &r.Tunnels[j]
			f.rank(r, ranks, t.VRF, &t.Session, p.OffersIn(t))
		}
		f.ranks[r.Name] = ranks
	}
	return f
}

func (f *perfect) rank(r *plan.Router, ranks map[destinationOf]uint32, vrf string, s *plan.Session, offers []plan.Offer) {
	for _, o := range offers {
		if lp, ok := accepted(r, s, o); ok {
			to := destinationOf{vrf, o.Prefix}
			ranks[to] = max(ranks[to], lp)
		}
	}
}

// accepted is the local-preference of an offer that a session's policy takes.
func accepted(r *plan.Router, s *plan.Session, o plan.Offer) (uint32, bool) {
	t := r.Decide(s.Import, o.Prefix, o.Communities)
	if t == nil || s.Shutdown || plan.FamilyOf(o.Prefix.Addr()) != s.Family {
		return 0, false
	}
	if t.LocalPreference == 0 {
		return 100, true
	}
	return t.LocalPreference, true
}

// told are the local-preferences of what another router has best over its own
// neighbors and tells over iBGP.
func (f *perfect) told(other string, to destinationOf) (uint32, bool) {
	mine, ok := f.ranks[other][to]
	if !ok {
		return 0, false
	}
	for i := range f.p.Routers {
		r := &f.p.Routers[i]
		joined := slices.ContainsFunc(r.IBGP, func(b plan.IBGP) bool { return slices.Contains(f.behind(r, &b), other) })
		if joined && f.ranks[r.Name][to] > mine {
			return 0, false
		}
	}
	return mine, true
}

// behind are the routers whose routes an iBGP session brings: its peer, or the other
// clients of a reflector outside of the plan.
func (f *perfect) behind(r *plan.Router, b *plan.IBGP) []string {
	var clients []string
	for i := range f.p.Routers {
		o := &f.p.Routers[i]
		if o.Name == b.Peer {
			return []string{b.Peer}
		}
		if o.Name != r.Name && slices.ContainsFunc(o.IBGP, func(c plan.IBGP) bool { return c.Peer == b.Peer }) {
			clients = append(clients, o.Name)
		}
	}
	return clients
}

// facts are one router's.
func (f *perfect) facts(r *plan.Router) Facts {
	var out Facts
	for i := range r.Links {
		l := &r.Links[i]
		for j := range l.Sessions {
			s := &l.Sessions[j]
			out.Peers = append(out.Peers, f.peer(r, l.VRF, s, expressroute.MSEEHold, f.p.OffersOn(l)))
			if s.BFD.On() {
				out.BFD = append(out.BFD, BFDPeer{VRF: l.VRF, Addr: s.Neighbor, Interface: l.Subinterface(), Up: true, Interval: max(s.BFD.Interval, expressroute.BFDInterval), Multiplier: s.BFD.Multiplier, Client: "BGP"})
			}
		}
	}
	for i := range r.Tunnels {
		t := &r.Tunnels[i]
		out.Peers = append(out.Peers, f.peer(r, t.VRF, &t.Session, expressroute.VPNHold, f.p.OffersIn(t)))
	}
	for i := range r.VRFs {
		for j := range r.VRFs[i].Customers {
			c := &r.VRFs[i].Customers[j]
			peer := f.peer(r, r.VRFs[i].Name, &c.Session, c.Timers.Hold, nil)
			for to := range f.ranks[r.Name] {
				if to.vrf == peer.VRF && r.Decide(c.Export, to.prefix, nil) != nil {
					peer.Sent = append(peer.Sent, to.prefix)
				}
			}
			slices.SortFunc(peer.Sent, netip.Prefix.Compare)
			out.Peers = append(out.Peers, peer)
			if c.BFD.On() {
				out.BFD = append(out.BFD, BFDPeer{VRF: peer.VRF, Addr: c.Neighbor, Interface: c.Interface, Up: true, Interval: c.BFD.Interval, Multiplier: c.BFD.Multiplier})
			}
		}
	}
	for i := range r.IBGP {
		out.Peers = append(out.Peers, f.inside(r, &r.IBGP[i]))
	}
	return out
}

// inside is an iBGP session.
func (f *perfect) inside(r *plan.Router, b *plan.IBGP) Peer {
	peer := Peer{Addr: b.Neighbor, State: Established, Hold: b.Timers.Hold, Keepalive: b.Timers.Keepalive, Up: time.Hour}
	for _, other := range f.behind(r, b) {
		for to := range f.ranks[other] {
			lp, ok := f.told(other, to)
			if ok && to.vrf == "" && r.Decide(b.Import, to.prefix, nil) != nil && peer.route(to.prefix) == nil {
				peer.Routes = append(peer.Routes, Route{Prefix: to.prefix, Best: lp > f.ranks[r.Name][to], LocalPreference: lp})
			}
		}
	}
	slices.SortFunc(peer.Routes, func(a, b Route) int { return a.Prefix.Compare(b.Prefix) })
	return peer
}

// peer is a session with Azure or a customer.
func (f *perfect) peer(r *plan.Router, vrf string, s *plan.Session, theirs time.Duration, offers []plan.Offer) Peer {
	if s.Shutdown {
		return Peer{VRF: vrf, Addr: s.Neighbor, State: "Idle", Shut: true}
	}
	peer := Peer{VRF: vrf, Addr: s.Neighbor, State: Established, Up: time.Hour}
	peer.Hold, peer.Keepalive = s.Timers.Agreed(theirs)
	for _, o := range offers {
		lp, ok := accepted(r, s, o)
		if !ok || slices.ContainsFunc(peer.Routes, func(r Route) bool { return r.Prefix == o.Prefix }) {
			continue
		}
		to := destinationOf{vrf, o.Prefix}
		best := lp == f.ranks[r.Name][to]
		for i := range r.IBGP {
			for _, other := range f.behind(r, &r.IBGP[i]) {
				theirs, ok := f.told(other, to)
				best = best && (!ok || vrf != "" || theirs <= lp)
			}
		}
		peer.Routes = append(peer.Routes, Route{Prefix: o.Prefix, Best: best, LocalPreference: lp})
	}
	slices.SortFunc(peer.Routes, func(a, b Route) int { return a.Prefix.Compare(b.Prefix) })
	for i := range r.Origins {
		if o := &r.Origins[i]; theirs > 0 && o.VRF == vrf && plan.FamilyOf(o.Prefix.Addr()) == s.Family && r.Decide(s.Export, o.Prefix, nil) != nil {
			peer.Sent = append(peer.Sent, o.Prefix)
		}
	}
	return peer
}

// later is the same state some time on.
func later(f Facts, elapsed time.Duration) Facts {
	out := Facts{Peers: slices.Clone(f.Peers), BFD: slices.Clone(f.BFD)}
	for i := range out.Peers {
		p := &out.Peers[i]
		p.Routes, p.Sent = slices.Clone(p.Routes), slices.Clone(p.Sent)
		if p.Up > 0 {
			p.Up += elapsed
		}
	}
	return out
}
