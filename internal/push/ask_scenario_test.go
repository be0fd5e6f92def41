package push

import (
	"slices"
	"strings"
	"testing"

	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/sim"
)

// A knock says of a session whether it is down: of a link, or of a tunnel, or neither
// inside of the network.
type knock func(r *plan.Router, l *plan.Link, t *plan.Tunnel, family plan.Family) bool

// knocked are the facts of all routers of p, every session up but those that down picks.
func knocked(p *plan.Plan, down knock) map[string]Facts {
	out := make(map[string]Facts)
	for i := range p.Routers {
		r := &p.Routers[i]
		var f Facts
		add := func(vrf plan.Name, s *plan.Session, isDown bool) {
			peer := Peer{VRF: vrf, Addr: s.Neighbor, State: Established, Shut: s.Shutdown}
			if isDown || s.Shutdown {
				peer.State = "Active"
			}
			f.Peers = append(f.Peers, peer)
		}
		for j := range r.Links {
			for k := range r.Links[j].Sessions {
				s := &r.Links[j].Sessions[k]
				add(r.Links[j].VRF, s, down(r, &r.Links[j], nil, s.Family))
			}
		}
		for j := range r.Tunnels {
			add(r.Tunnels[j].VRF, &r.Tunnels[j].Session, down(r, nil, &r.Tunnels[j], r.Tunnels[j].Session.Family))
		}
		for j := range r.IBGP {
			add("", &plan.Session{Neighbor: r.IBGP[j].Neighbor}, false)
		}
		for j := range r.VRFs {
			for k := range r.VRFs[j].Customers {
				add(r.VRFs[j].Name, &r.VRFs[j].Customers[k].Session, false)
			}
		}
		out[r.Name] = f
	}
	return out
}

// of is the knock that a failure is.
func of(f sim.Failure) knock {
	return func(_ *plan.Router, l *plan.Link, t *plan.Tunnel, family plan.Family) bool {
		switch f.Kind {
		case sim.LinkDown:
			return l != nil && l.Path == f.Path && l.Position == f.Position
		case sim.IPv6Down:
			return l != nil && l.Path == f.Path && l.Position == f.Position && family == plan.IPv6
		case sim.BFDDown:
			return l != nil && l.Path == f.Path && l.Position == f.Position && family == plan.IPv4
		case sim.CircuitDown:
			return l != nil && l.Circuit == f.Path
		case sim.VPNDown:
			return t != nil && t.Path == f.Path
		}
		return false
	}
}

// Of every golden plan: what fails is found again by its name, and where nothing fails
// nothing is found.
func TestScenarioOf(t *testing.T) {
	t.Parallel()
	found := make(map[sim.Kind]int)
	for name, p := range goldenPlans(t) {
		none := func(*plan.Router, *plan.Link, *plan.Tunnel, plan.Family) bool { return false }
		if s, notes := ScenarioOf(p, knocked(p, none)); s.Name() != "normal" || len(notes) > 0 {
			t.Errorf("%s: nothing is down, and it is %s: %q", name, s.Name(), notes)
		}
		for _, f := range sim.Failures(p) {
			down, want := of(f), f.Name
			switch f.Kind {
			case sim.TunnelDown:
				down = func(r *plan.Router, _ *plan.Link, x *plan.Tunnel, _ plan.Family) bool {
					return x != nil && x.Path == f.Path && x.Instance == f.Instance && r.Name == f.Router
				}
			case sim.VPNDown: // with one tunnel it is that one
				if i := slices.IndexFunc(p.VPNs, func(v plan.VPN) bool { return v.Name == f.Path }); len(p.VPNs[i].Tunnels) == 1 {
					continue
				}
			case sim.LinkDown, sim.CircuitDown:
				if alone(p, f) {
					continue
				}
			case sim.IPv6Down, sim.BFDDown:
				if len(linkOf(p, f).Sessions) == 1 { // its only session is the link
					want = f.Path + "." + f.Position.String()
				}
			default:
				continue // no session of ours tells
			}
			if shutLink(p, f) {
				continue
			}
			s, notes := ScenarioOf(p, knocked(p, down))
			if s.Name() != want || len(notes) > 0 {
				t.Errorf("%s: %s is down, and it is %s: %q", name, f.Name, s.Name(), notes)
			}
			found[f.Kind]++
		}
	}
	for _, kind := range []sim.Kind{sim.LinkDown, sim.BFDDown, sim.IPv6Down, sim.CircuitDown, sim.TunnelDown, sim.VPNDown} {
		if found[kind] == 0 {
			t.Errorf("no %s was tried", kind)
		}
	}
}

// alone reports whether a circuit has one link only.
func alone(p *plan.Plan, f sim.Failure) bool {
	n := 0
	for i := range p.Circuits {
		for _, peering := range p.Circuits[i].Peerings {
			if p.Circuits[i].Name == f.Path || peering.Path == f.Path {
				n += len(peering.Links)
			}
		}
	}
	return n == 1
}

func linkOf(p *plan.Plan, f sim.Failure) *plan.Link {
	for i := range p.Routers {
		for j := range p.Routers[i].Links {
			if l := &p.Routers[i].Links[j]; l.Path == f.Path && l.Position == f.Position {
				return l
			}
		}
	}
	return &plan.Link{}
}

// shutLink reports whether the plan itself shuts a session down that a failure would.
func shutLink(p *plan.Plan, f sim.Failure) bool {
	for i := range p.Routers {
		for j := range p.Routers[i].Links {
			l := &p.Routers[i].Links[j]
			if l.Circuit == f.Path || l.Path == f.Path {
				if slices.ContainsFunc(l.Sessions, func(s plan.Session) bool { return s.Shutdown }) {
					return true
				}
			}
		}
	}
	return false
}

// Two failures are one scenario, in the order of sim; and what is not as planned and
// fails nothing is told.
func TestScenarioOfNotes(t *testing.T) {
	t.Parallel()
	p := goldenPlans(t)["07-two-sites-standby-telemetry"]
	facts := knocked(p, func(r *plan.Router, l *plan.Link, x *plan.Tunnel, _ plan.Family) bool {
		return x != nil && x.Instance == "b" || l != nil && l.Path == "er-lon" && l.Position == plan.Secondary
	})
	if s, notes := ScenarioOf(p, facts); s.Name() != "er-lon.secondary + s2s-emea.b" || len(notes) > 0 {
		t.Errorf("%s, %q", s.Name(), notes)
	}
	if s, err := sim.ParseScenario(p, "s2s-emea.b,er-lon.secondary"); err != nil || s.Name() != "er-lon.secondary + s2s-emea.b" {
		t.Errorf("sim has another order: %s, %v", s.Name(), err)
	}

	delete(facts, "ce-vpn")
	s, notes := ScenarioOf(p, facts)
	if s.Name() != "er-lon.secondary" || len(notes) != 1 || !strings.Contains(notes[0], "ce-vpn was not asked") {
		t.Errorf("%s, %q", s.Name(), notes)
	}

	facts = knocked(p, func(*plan.Router, *plan.Link, *plan.Tunnel, plan.Family) bool { return false })
	lon := facts["ce-lon"]
	for i := range lon.Peers {
		if lon.Peers[i].Addr.String() == "10.80.255.2" {
			lon.Peers[i].State = "Active"
		}
	}
	s, notes = ScenarioOf(p, facts)
	if s.Name() != "normal" || len(notes) != 1 || !strings.Contains(notes[0], "ce-lon") || !strings.Contains(notes[0], "10.80.255.2") {
		t.Errorf("an iBGP session is down: %s, %q", s.Name(), notes)
	}

	// Of a router that was not asked nothing is known to be down, and a scenario is in the
	// order of sim, whatever was found first.
	delete(facts, "ce-ams")
	if s, _ := ScenarioOf(p, facts); s.Name() != "normal" {
		t.Errorf("a router that was not asked: %s", s.Name())
	}
	mixed := knocked(p, func(_ *plan.Router, l *plan.Link, _ *plan.Tunnel, _ plan.Family) bool {
		return l != nil && (l.Path == "er-ams" || l.Position == plan.Primary)
	})
	if s, _ := ScenarioOf(p, mixed); s.Name() != "er-lon.primary + er-ams" {
		t.Errorf("a circuit and a link of another: %s", s.Name())
	}
	one := *p
	one.VPNs = []plan.VPN{p.VPNs[0]}
	one.VPNs[0].Tunnels = one.VPNs[0].Tunnels[:1]
	tunnel := func(_ *plan.Router, _ *plan.Link, x *plan.Tunnel, _ plan.Family) bool {
		return x != nil && x.Instance == "a"
	}
	if s, _ := ScenarioOf(&one, knocked(p, tunnel)); s.Name() != "s2s-emea.a" {
		t.Errorf("the only tunnel of a VPN: %s", s.Name())
	}

	// A router that has none of the sessions carries none of the links.
	facts["ce-ams"] = Facts{}
	if s, _ := ScenarioOf(p, facts); s.Name() != "er-ams" {
		t.Errorf("a router without sessions: %s", s.Name())
	}

	// An IPv4 session without BFD may fail alone, too; and one that the plan shuts does not
	// fail.
	p = goldenPlans(t)["dual-stack-one-ce"]
	for i := range p.Routers[0].Links {
		p.Routers[0].Links[i].BFD = plan.BFD{}
	}
	facts = knocked(p, of(sim.Failure{Kind: sim.BFDDown, Path: "er-reston", Position: plan.Primary}))
	if s, _ := ScenarioOf(p, facts); s.Name() != "er-reston.primary:bfd" {
		t.Errorf("IPv4 alone, without BFD: %s", s.Name())
	}
	p.Routers[0].Links[0].Sessions[0].Shutdown = true
	s, notes = ScenarioOf(p, knocked(goldenPlans(t)["dual-stack-one-ce"], of(sim.Failure{Kind: sim.TunnelDown})))
	if s.Name() != "normal" || len(notes) != 1 || !strings.Contains(notes[0], "the plan shuts it down") {
		t.Errorf("up although it is shut: %s, %q", s.Name(), notes)
	}
}
