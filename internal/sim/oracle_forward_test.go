package sim_test

import (
	"cmp"
	"net/netip"
	"slices"

	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/sim"
)

// A trip is where packets go: the union over whatever may carry them.
type trip struct {
	legs      map[sim.Leg]bool
	lost, tie bool
	tunnelled bool // some of it goes through a tunnel
}

func (t *trip) add(l sim.Leg) {
	if t.legs == nil {
		t.legs = map[sim.Leg]bool{}
	}
	t.legs[l] = true
}

// forward follows a packet from a table to Azure. It reports whether any route
// matched.
func (o *oracle) forward(s *speaker, to netip.Addr, t *trip) bool {
	return o.hop(s, to, t, nil)
}

func (o *oracle) hop(s *speaker, to netip.Addr, t *trip, been []*speaker) bool {
	if s == nil || slices.Contains(been, s) {
		t.lost = true
		return false
	}
	been = append(been, s)
	for bits := to.BitLen(); bits >= 0; bits-- {
		prefix, _ := to.Prefix(bits)
		var discard, found bool
		for i := range s.router.Routes {
			r := &s.router.Routes[i]
			switch {
			case r.VRF != s.vrfName || r.Prefix != prefix:
			case r.Discard:
				discard = true
			default:
				found = o.static(s.router, r, t) || found
			}
		}
		if found {
			return true
		}
		paths, tie := s.installed(key{"", prefix})
		for _, p := range paths {
			t.tie = t.tie || tie
			switch {
			case p.session == nil || p.session.from.role == customerRole || p.origin.role == reflectorRole || s.onprem(prefix):
				t.lost = true // the LAN's own
				if bits == 0 {
					return false // its default, which may lead to the Internet
				}
			case !p.session.external:
				o.hop(p.origin, to, t, been)
			case p.session.link != nil:
				t.add(o.linkLeg(s.router.Name, p.session.link))
			default:
				o.tunnelLegs(s.router, p.session.tunnel, o.outerTo, t)
			}
		}
		if len(paths) > 0 {
			return true
		}
		if discard {
			t.lost = true
			return true
		}
	}
	t.lost = true
	return false
}

// onprem reports whether a prefix is on-premises: it may come from another
// router of ours.
func (s *speaker) onprem(p netip.Prefix) bool {
	return slices.ContainsFunc(s.router.Origins, func(o plan.Origination) bool { return o.VRF == s.vrfName && o.Prefix == p })
}

// static follows a static route, and reports whether it can be used.
func (o *oracle) static(r *plan.Router, route *plan.Route, t *trip) bool {
	for i := range r.Links {
		if l := &r.Links[i]; route.Interface == l.Subinterface() && l.VRF == route.VRF {
			at := linkKey{l.Path, l.Position}
			// FRR does not track a static route by BFD (fact sheet §22).
			tracked := route.BFD.On() && r.Platform != plan.FRR
			if o.links[at] || tracked && (o.silent[at] || o.noBFD[at]) {
				return false
			}
			t.add(o.linkLeg(r.Name, l))
			return true
		}
	}
	for i := range r.Tunnels {
		if l := &r.Tunnels[i]; route.Interface == l.Interface && l.VRF == route.VRF {
			if !o.up[tunnelKey{l.Path, l.Instance, r.Name}] {
				return false
			}
			o.tunnelLegs(r, l, o.outerTo, t)
			return true
		}
	}
	t.add(sim.Leg{Path: sim.Internet})
	return true
}

func (o *oracle) linkLeg(router string, l *plan.Link) sim.Leg {
	return sim.Leg{Path: l.Path, Router: router, Position: l.Position, Dead: o.drained[linkKey{l.Circuit, l.Position}] || o.silent[linkKey{l.Path, l.Position}]}
}

// tunnelLegs adds a tunnel, once for each link that it rides on.
func (o *oracle) tunnelLegs(r *plan.Router, tunnel *plan.Tunnel, outer map[tunnelKey]*trip, t *trip) {
	t.tunnelled = true
	under := outer[tunnelKey{tunnel.Path, tunnel.Instance, r.Name}]
	if under == nil {
		return // not known yet, and not asked for: whoever asks sees tunnelled
	}
	t.tie = t.tie || under.tie
	for l := range under.legs {
		leg := sim.Leg{Path: tunnel.Path, Router: r.Name, Instance: tunnel.Instance, Of: len(o.vpn(tunnel.Path).Tunnels), Shared: o.shared(tunnel), Dead: l.Dead}
		if o.vpn(tunnel.Path).Underlay != "" {
			leg.Over, leg.OverPosition = l.Path, l.Position
		}
		t.add(leg)
	}
}

// fromVNet is Azure's choice for a packet out of a VNet: longest prefix, ER
// before VPN, weight, AS path, ECMP (fact sheet §8). It reports whether a route
// matched.
func (o *oracle) fromVNet(n *plan.VNet, to netip.Addr, t *trip) bool {
	for bits := to.BitLen(); bits >= 0; bits-- {
		prefix, _ := to.Prefix(bits)
		var circuits, vpns []*path
		weights := map[*path]int{}
		for _, s := range o.speakers {
			for session, p := range s.heard[key{"", prefix}] {
				switch s.role {
				case mseeRole:
					if c, on := o.connection(n, session.link.Path); on {
						circuits = append(circuits, p)
						weights[p] = c.Weight
					}
				case gatewayRole:
					if o.hearsVPN(n, session.tunnel.Path) {
						vpns = append(vpns, p)
					}
				}
			}
		}
		if len(circuits) > 0 {
			best := slices.MinFunc(circuits, func(a, b *path) int { return cmp.Compare(weights[b], weights[a]) })
			circuits = slices.DeleteFunc(circuits, func(p *path) bool { return weights[p] < weights[best] })
			o.shortest(circuits, t)
			return true
		}
		if len(vpns) > 0 {
			o.shortest(vpns, t)
			return true
		}
	}
	t.lost = true
	return false
}

// fromMicrosoft is the way from Microsoft's services to a public address.
func (o *oracle) fromMicrosoft(to netip.Addr, t *trip) bool {
	for bits := to.BitLen(); bits >= 0; bits-- {
		prefix, _ := to.Prefix(bits)
		var heard []*path
		for _, s := range o.msees {
			for session, p := range s.heard[key{"", prefix}] {
				if session.link.Microsoft {
					heard = append(heard, p)
				}
			}
		}
		if len(heard) > 0 {
			o.shortest(heard, t)
			return true
		}
	}
	return false
}

// shortest adds all paths with the shortest AS path, as Azure's gateway sees
// it: behind a drained MSEE it is longer.
func (o *oracle) shortest(paths []*path, t *trip) {
	length := func(p *path) int { return len(p.asns) + p.session.to.extra }
	best := slices.MinFunc(paths, func(a, b *path) int { return cmp.Compare(length(a), length(b)) })
	for _, p := range paths {
		if length(p) > length(best) {
			continue
		}
		if router := p.session.from.router; p.session.link != nil {
			t.add(o.linkLeg(router.Name, p.session.link))
		} else {
			o.tunnelLegs(router, p.session.tunnel, o.outerOf, t)
		}
	}
}

func (t *trip) join(o *trip) {
	for l := range o.legs {
		t.add(l)
	}
	t.lost, t.tie = t.lost || o.lost, t.tie || o.tie
}

// shared reports whether a second router has a tunnel to the instance.
func (o *oracle) shared(tunnel *plan.Tunnel) bool {
	routers := map[string]bool{}
	for _, t := range o.vpn(tunnel.Path).Tunnels {
		if t.Instance == tunnel.Instance {
			routers[t.Router] = true
		}
	}
	return len(routers) > 1
}

// connection is how a VNet hangs on a peering.
func (o *oracle) connection(n *plan.VNet, path string) (plan.Connection, bool) {
	i := slices.IndexFunc(n.Connections, func(c plan.Connection) bool { return c.Path == path })
	if i < 0 {
		return plan.Connection{}, false
	}
	return n.Connections[i], true
}
