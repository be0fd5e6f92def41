package push

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/sim"
)

// ScenarioOf says which scenario of p the state of its routers amounts to: a link or a
// tunnel whose sessions are all down has failed, and where a link has lost the session
// of one family that one alone has. Facts are by router. A router that is not among them
// is taken to be as planned, and a note says so; others tell of what is not as planned
// and of which no scenario knows. Both are in the order of the plan. What the far end
// does, such as a drained MSEE, no router of ours tells.
func ScenarioOf(p *plan.Plan, facts map[string]Facts) (sim.Scenario, []string) {
	s := sight{p: p, facts: facts, all: sim.Failures(p)}
	for i := range p.Routers {
		if r := &p.Routers[i]; !s.knows(r.Name) {
			s.note("%s was not asked: its sessions are taken to be as planned", r.Name)
		}
	}
	for i := range p.Circuits {
		s.circuit(&p.Circuits[i])
	}
	for i := range p.VPNs {
		s.vpn(&p.VPNs[i])
	}
	for i := range p.Routers {
		s.others(&p.Routers[i])
	}
	slices.SortStableFunc(s.failures, func(a, b sim.Failure) int { return s.place(a) - s.place(b) })
	return sim.Scenario{Failures: s.failures}, s.notes
}

// A sight is what is seen of a plan's sessions.
type sight struct {
	p        *plan.Plan
	facts    map[string]Facts
	all      []sim.Failure
	failures []sim.Failure
	notes    []string
}

func (s *sight) knows(router string) bool { _, ok := s.facts[router]; return ok }

func (s *sight) note(format string, args ...any) {
	s.notes = append(s.notes, fmt.Sprintf(format, args...))
}

// place is where a failure stands among all that p knows.
func (s *sight) place(f sim.Failure) int {
	if i := slices.Index(s.all, f); i >= 0 {
		return i
	}
	return len(s.all)
}

// fail finds the failure of a kind that has its fields, with the name that a person
// writes. The sole one that the plan may not list is that of an IPv4 session without
// BFD.
func (s *sight) fail(f sim.Failure) {
	i := slices.IndexFunc(s.all, func(o sim.Failure) bool { o.Name = ""; return o == f })
	if i < 0 {
		f.Name = f.Path + "." + f.Position.String() + ":" + f.Kind.String()
		s.failures = append(s.failures, f)
		return
	}
	s.failures = append(s.failures, s.all[i])
}

// down reports whether a session that the plan wants up is not. A session that is up
// although the plan shuts it down is noted.
func (s *sight) down(router string, vrf plan.Name, session *plan.Session, of string) bool {
	f := s.facts[router]
	n := Neighbor{vrf, session.Neighbor}
	peer := f.Peer(n)
	up := isUp(peer)
	if session.Shutdown {
		if up {
			s.note("%s: the session with %s (%s) is up, and the plan shuts it down", router, n.name(), of)
		}
		return false
	}
	return !up
}

// circuit finds the links of a circuit that have failed.
func (s *sight) circuit(c *plan.Circuit) {
	type place struct {
		path     string
		position plan.Position
	}
	var dead []place
	links := 0
	for _, peering := range c.Peerings {
		for _, l := range peering.Links {
			links++
			if !s.knows(l.Router) {
				continue
			}
			switch wanted, down := s.link(l); {
			case len(down) == 0:
			case len(down) == wanted:
				dead = append(dead, place{peering.Path, l.Position})
			case down[0] == plan.IPv6:
				s.fail(sim.Failure{Kind: sim.IPv6Down, Path: peering.Path, Position: l.Position})
			default:
				s.fail(sim.Failure{Kind: sim.BFDDown, Path: peering.Path, Position: l.Position})
			}
		}
	}
	if len(dead) == links && links > 1 {
		s.fail(sim.Failure{Kind: sim.CircuitDown, Path: c.Name})
		return
	}
	for _, d := range dead {
		s.fail(sim.Failure{Kind: sim.LinkDown, Path: d.path, Position: d.position})
	}
}

// link counts the sessions that the plan wants up on a link, and lists the families of
// those that are down.
func (s *sight) link(l plan.CircuitLink) (wanted int, down []plan.Family) {
	link := &planRouter(s.p, l.Router).Links[l.Link]
	for i := range link.Sessions {
		session := &link.Sessions[i]
		if s.down(l.Router, link.VRF, session, link.Path+"."+link.Position.String()) {
			down = append(down, session.Family)
		}
		if !session.Shutdown {
			wanted++
		}
	}
	return wanted, down
}

// planRouter is one that the plan has.
func planRouter(p *plan.Plan, name string) *plan.Router {
	i := slices.IndexFunc(p.Routers, func(r plan.Router) bool { return r.Name == name })
	return &p.Routers[i]
}

// vpn finds the tunnels of a VPN that have failed.
func (s *sight) vpn(v *plan.VPN) {
	var dead []plan.VPNTunnel
	for _, t := range v.Tunnels {
		if !s.knows(t.Router) {
			continue
		}
		tunnel := &planRouter(s.p, t.Router).Tunnels[t.Tunnel]
		if s.down(t.Router, tunnel.VRF, &tunnel.Session, v.Name+"."+t.Instance) {
			dead = append(dead, t)
		}
	}
	if len(dead) == len(v.Tunnels) && len(dead) > 1 {
		s.fail(sim.Failure{Kind: sim.VPNDown, Path: v.Name})
		return
	}
	for _, t := range dead {
		s.fail(sim.Failure{Kind: sim.TunnelDown, Path: v.Name, Instance: t.Instance, Router: t.Router})
	}
}

// others notes the sessions inside of the network that are down.
func (s *sight) others(r *plan.Router) {
	if !s.knows(r.Name) {
		return
	}
	f := s.facts[r.Name]
	var down []string
	for _, w := range wantedOf(s.p, r) {
		if w.azure() || w.shut {
			continue
		}
		if peer := f.Peer(w.Neighbor); !isUp(peer) {
			down = append(down, w.Neighbor.name())
		}
	}
	if len(down) > 0 {
		s.note("%s: sessions inside of the network are down, of which no scenario knows: %s", r.Name, strings.Join(down, ", "))
	}
}
