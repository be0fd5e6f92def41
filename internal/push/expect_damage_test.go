package push

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// A scene is one router of a golden plan, before and after a change that may have
// gone wrong.
type scene struct {
	before, now Facts
	effects
}

// peer is a session now, by its place in the plan.
func (s *scene) peer(i int) *Peer { return &s.now.Peers[i] }

// both changes a session before and now.
func (s *scene) both(i int, do func(*Peer)) {
	do(&s.before.Peers[i])
	do(&s.now.Peers[i])
}

// on marks a session in one of the effects.
func (s *scene) on(i int, sets ...map[Neighbor]bool) {
	for _, set := range sets {
		set[Neighbor{s.now.Peers[i].VRF, s.now.Peers[i].Addr}] = true
	}
}

func down(p *Peer) { *p = Peer{VRF: p.VRF, Addr: p.Addr, State: "Active", Drops: p.Drops} }

func unused(p *Peer) {
	for i := range p.Routes {
		p.Routes[i].Best = false
	}
}

func used(preference uint32) func(p *Peer) {
	return func(p *Peer) {
		for i := range p.Routes {
			p.Routes[i].Best, p.Routes[i].LocalPreference = true, preference
		}
	}
}

// services are routes of Microsoft peering, which the plan knows by community alone.
func services(p *Peer) {
	for _, text := range []string{"20.38.0.0/16", "20.60.0.0/16"} {
		p.Routes = append(p.Routes, Route{Prefix: netip.MustParsePrefix(text), Best: true})
	}
}

const someone = "198.51.100.77"

// foreign adds a session that is not in the plan to both readings.
func foreign(s *scene) *Peer {
	p := Peer{Addr: netip.MustParseAddr(someone), State: Established, Up: time.Hour}
	s.before.Peers = append(s.before.Peers, p)
	p.Up += time.Minute
	s.now.Peers = append(s.now.Peers, p)
	return s.peer(len(s.now.Peers) - 1)
}

// damages are what goes wrong, one at a time, and what is said of it. Fails are the
// names of the tests that do not pass, without the path in brackets; says is in the
// line of one of all; it ends in a line feed where no note may follow.
var damages = []struct {
	name, plan, router string
	damage             func(s *scene)
	fails              []string
	says               string
}{
	{"a session goes down", "two-ce-private", "ce1", func(s *scene) { down(s.peer(0)) }, []string{"session with 172.16.200.2"}, "Active, wanted: Established"},
	{"a session was down and is not touched", "two-ce-private", "ce1", func(s *scene) { s.both(0, down) }, nil, "down before, too, and not touched by this change"},
	{"a session was down and is touched", "two-ce-private", "ce1", func(s *scene) { s.both(0, down); s.on(0, s.touched) }, []string{"session with 172.16.200.2"}, "Active"},
	{"a new session does not come up", "two-ce-private", "ce1", func(s *scene) {
		s.before.Peers = s.before.Peers[1:]
		down(s.peer(0))
		s.on(0, s.touched)
	}, []string{"session with 172.16.200.2"}, "Active"},
	{"a session is gone", "two-ce-private", "ce1", func(s *scene) { s.now.Peers = s.now.Peers[1:] }, []string{"session with 172.16.200.2"}, "no such session"},
	{"a person has shut a session down before", "two-ce-private", "ce1", func(s *scene) {
		s.both(0, func(p *Peer) { down(p); p.Shut = true })
		s.on(0, s.touched)
	}, nil, "shut down on the router before"},
	{"a session is shut down now", "two-ce-private", "ce1", func(s *scene) { down(s.peer(0)); s.peer(0).Shut = true }, []string{"session with 172.16.200.2"}, "shut down, wanted: Established"},
	{"iBGP goes down", "two-ce-private", "ce1", func(s *scene) { down(s.peer(1)) }, []string{"session with 10.10.255.2"}, "Active"},
	{"a session was reset: counted", "two-ce-private", "ce1", func(s *scene) { s.peer(0).Drops = 1 }, []string{"session with 172.16.200.2"}, "was reset meanwhile"},
	{"a session was made anew: its counter begins again", "two-ce-private", "ce1", func(s *scene) {
		s.both(0, func(p *Peer) { p.Up = 0 })
		s.before.Peers[0].Drops = 3
	}, []string{"session with 172.16.200.2"}, "was reset meanwhile"},
	{"the timers are not told", "two-ce-private", "ce1", func(s *scene) { s.peer(0).Hold = 0 }, nil, "not told (no verdict: the router does not tell what was agreed)"},
	{"a session was reset: its age", "two-ce-private", "ce1", func(s *scene) { s.peer(0).Drops, s.peer(0).Up = -1, 20*time.Second }, []string{"session with 172.16.200.2"}, "was reset meanwhile"},
	{"a young session was reset", "two-ce-private", "ce1", func(s *scene) {
		s.both(0, func(p *Peer) { p.Drops = -1 })
		s.before.Peers[0].Up, s.peer(0).Up = 5*time.Second, 20*time.Second
	}, []string{"session with 172.16.200.2"}, "was reset meanwhile"},
	{"a session was made anew", "two-ce-private", "ce1", func(s *scene) { s.peer(0).Up = 20 * time.Second }, []string{"session with 172.16.200.2"}, "was reset meanwhile"},
	{"a session that has just come up before", "two-ce-private", "ce1", func(s *scene) {
		s.before.Peers[0].Up, s.peer(0).Up = time.Second, 50*time.Second
	}, nil, "session with 172.16.200.2 (er-london primary): Established\n"},
	{"a session was reset as predicted", "two-ce-private", "ce1", func(s *scene) { s.peer(0).Drops = 1; s.on(0, s.touched, s.resets) }, nil, "was reset, as predicted"},
	{"old timers", "two-ce-private", "ce1", func(s *scene) {
		s.both(0, func(p *Peer) { p.Hold, p.Keepalive = 180*time.Second, 60*time.Second })
		s.on(0, s.touched)
	}, []string{"timers with 172.16.200.2"}, "hold 180 s, keepalive 60 s, wanted: hold 30 s, keepalive 10 s"},
	{"old timers that wait", "two-ce-private", "ce1", func(s *scene) {
		s.both(0, func(p *Peer) { p.Hold, p.Keepalive = 180*time.Second, 60*time.Second })
		s.on(0, s.touched, s.waits)
	}, nil, "wait for the session's next reset"},
	{"wrong timers that are not the old ones", "two-ce-private", "ce1", func(s *scene) { s.peer(0).Hold = 90 * time.Second; s.on(0, s.touched, s.waits) }, []string{"timers with 172.16.200.2"}, "hold 90 s"},
	{"Azure offers 180 s", "two-ce-private", "ce1", func(s *scene) { s.peer(0).Hold = 9 * time.Second }, []string{"timers with 172.16.200.2"}, "hold 9 s"},
	{"wrong keepalive", "two-ce-private", "ce1", func(s *scene) { s.peer(0).Keepalive = 3 * time.Second }, []string{"timers with 172.16.200.2"}, "keepalive 3 s"},
	{"the other end of iBGP offers less", "two-ce-private", "ce1", func(s *scene) { s.peer(1).Hold = 9 * time.Second }, nil, "the other end offers less"},
	{"iBGP with a longer hold time", "two-ce-private", "ce1", func(s *scene) { s.peer(1).Hold = 90 * time.Second }, []string{"timers with 10.10.255.2"}, "hold 90 s"},
	{"BFD down", "two-ce-private", "ce1", func(s *scene) { s.now.BFD[0].Up = false }, []string{"BFD with 172.16.200.2"}, "down, single hop"},
	{"no BFD", "two-ce-private", "ce1", func(s *scene) { s.now.BFD = nil }, []string{"BFD with 172.16.200.2"}, "none"},
	{"multihop BFD", "two-ce-private", "ce1", func(s *scene) { s.now.BFD[0].Multihop = true }, []string{"BFD with 172.16.200.2"}, "multihop"},
	{"BFD on another interface", "two-ce-private", "ce1", func(s *scene) { s.now.BFD[0].Interface = "TenGigabitEthernet0/0/2.150" }, []string{"BFD with 172.16.200.2"}, "0/0/2.150"},
	{"BFD on an interface in short", "two-ce-private", "ce1", func(s *scene) { s.now.BFD[0].Interface = "Te0/0/1.150" }, nil, "Te0/0/1.150"},
	{"slow BFD", "two-ce-private", "ce1", func(s *scene) { s.now.BFD[0].Interval = time.Second }, []string{"BFD with 172.16.200.2"}, "1 s x 3"},
	{"BFD with another multiplier", "two-ce-private", "ce1", func(s *scene) { s.now.BFD[0].Multiplier = 5 }, []string{"BFD with 172.16.200.2"}, "300 ms x 5"},
	{"BFD for another protocol", "two-ce-private", "ce1", func(s *scene) { s.now.BFD[0].Client = "OSPF" }, []string{"BFD with 172.16.200.2"}, "for OSPF"},
	{"BFD of a customer, slower", "pe-customers", "pe2", func(s *scene) { s.now.BFD[2].Interval = time.Second }, nil, "the other end is slower"},
	{"a route that the policy refuses", "two-ce-private", "ce1", func(s *scene) {
		p := s.peer(0)
		p.Routes = append(p.Routes, Route{Prefix: netip.MustParsePrefix("10.10.0.0/16")})
	}, []string{"routes from 172.16.200.2"}, "accepts, against CONTOSO-LONDON-ER-LONDON-PRIMARY-IN-V4, 10.10.0.0/16"},
	{"wrong local-preference", "two-ce-private", "ce1", func(s *scene) { s.peer(0).Routes[0].LocalPreference = 100 }, []string{"routes from 172.16.200.2"}, "another local-preference"},
	{"a VNet is gone", "two-ce-private", "ce1", func(s *scene) { s.peer(0).Routes = s.peer(0).Routes[1:] }, []string{"routes from 172.16.200.2"}, "is without 10.100.0.0/16"},
	{"a VNet was never there", "two-ce-private", "ce1", func(s *scene) {
		s.both(0, func(p *Peer) { p.Routes = p.Routes[1:] })
	}, nil, "not announced, before neither: 10.100.0.0/16"},
	{"another router tells a route no more", "two-ce-private", "ce1", func(s *scene) { s.peer(1).Routes = nil; s.on(1, s.touched) }, nil, "routes from 10.10.255.2: 0 routes"},
	{"an anchor is not sent", "two-ce-private", "ce1", func(s *scene) {
		s.both(0, func(p *Peer) { p.Sent = p.Sent[1:] })
		s.on(0, s.touched)
	}, []string{"routes to 172.16.200.2"}, "does not send 10.10.0.0/16"},
	{"an anchor was not sent before either", "two-ce-private", "ce1", func(s *scene) { s.both(0, func(p *Peer) { p.Sent = p.Sent[1:] }) }, nil, "not so before either, and not touched"},
	{"a leak", "two-ce-private", "ce1", func(s *scene) {
		s.peer(0).Sent = append(s.peer(0).Sent, netip.MustParsePrefix("10.100.0.0/16"))
	}, []string{"routes to 172.16.200.2"}, "sends, against CONTOSO-LONDON-ER-LONDON-PRIMARY-OUT-V4, 10.100.0.0/16"},
	{"a route of the IGP that was not sent before", "originate", "r-frr", func(s *scene) {
		s.both(0, func(p *Peer) { p.Sent = p.Sent[:2] })
		s.on(0, s.touched)
	}, nil, "for the site has to bring it"},
	{"a route of the IGP that is sent no more", "originate", "r-frr", func(s *scene) { s.peer(0).Sent = s.peer(0).Sent[:2] }, []string{"routes to 172.18.44.10"}, "sends no more"},
	{"a customer is told no more", "pe-customers", "pe2", func(s *scene) { s.peer(3).Sent = nil }, []string{"routes to 10.62.0.6 in VRF BLUE"}, "sends no more 10.34.0.0/16"},
	{"the secondary is used", "dual-stack-one-ce", "ce1", func(s *scene) { unused(s.peer(0)) }, nil, "1 of the 2 that are equal"},
	{"the tunnel is used", "03-vpn-backup", "ce1", func(s *scene) {
		unused(s.peer(0))
		unused(s.peer(1))
		used(0)(s.peer(2))
	}, []string{"best path to 10.60.0.0/16"}, "10.60.255.4"},
	{"the tunnel is used, for the links are down", "03-vpn-backup", "ce1", func(s *scene) {
		s.both(0, down)
		s.both(1, down)
		s.both(2, used(0))
		s.both(3, used(0))
		s.on(2, s.touched)
	}, nil, "best path to 10.60.0.0/16: 10.60.255.4 (s2s-frankfurt a) and 10.60.255.5 (s2s-frankfurt b)\n"},
	{"the tunnel is used, for the links never brought the prefix", "03-vpn-backup", "ce1", func(s *scene) {
		s.both(0, func(p *Peer) { p.Routes = nil })
		s.both(1, func(p *Peer) { p.Routes = nil })
		s.both(2, used(0))
		s.on(2, s.touched)
	}, nil, "(no verdict: what is predicted does not bring the prefix)\n"},
	{"one link is used, for the other is down", "03-vpn-backup", "ce1", func(s *scene) { s.both(0, down); s.on(1, s.touched) }, nil, "best path to 10.60.0.0/16: 172.20.5.6 (er-frankfurt secondary)\n"},
	{"another router's, which is worse, in the place of one's own", "two-ce-private", "ce1", func(s *scene) {
		unused(s.peer(0))
		used(150)(s.peer(1))
	}, []string{"best path to 10.100.0.0/16", "best path to 10.101.0.0/20"}, "10.10.255.2, local-preference 150"},
	{"IPv6 is down on one link", "dual-stack-one-ce", "ce1", func(s *scene) { s.both(1, down); s.on(3, s.touched) }, nil, "best path to 2001:db8:a000::/48: 2001:db8:ff:10::6 (er-reston secondary)\n"},
	{"no neighbor's route is used", "03-vpn-backup", "ce1", func(s *scene) { unused(s.peer(0)); unused(s.peer(1)) }, []string{"best path to 10.60.0.0/16"}, "none of the router's own"},
	{"own route over a better one of another router", "standby-circuit", "ce-ams", func(s *scene) { used(0)(s.peer(0)); unused(s.peer(2)) }, []string{"best path to 10.90.0.0/16"}, "wanted: another router"},
	{"own route, for the other router has another preference", "standby-circuit", "ce-ams", func(s *scene) {
		used(0)(s.peer(0))
		used(120)(s.peer(2))
		unused(s.peer(2))
	}, nil, "no verdict: the other router does not send it as planned"},
	{"another router's, which should be worse", "standby-circuit", "ce-lon", func(s *scene) {
		unused(s.peer(0))
		unused(s.peer(2))
		s.peer(4).Routes = []Route{{Prefix: netip.MustParsePrefix("10.90.0.0/16"), Best: true, LocalPreference: 150}}
	}, []string{"best path to 10.90.0.0/16"}, "10.80.255.2, local-preference 150"},
	{"another router's, which has not been changed yet", "standby-circuit", "ce-lon", func(s *scene) {
		unused(s.peer(0))
		unused(s.peer(2))
		s.peer(4).Routes = []Route{{Prefix: netip.MustParsePrefix("10.90.0.0/16"), Best: true, LocalPreference: 300}}
	}, nil, "no verdict: the other router does not prefer it less"},
	{"Microsoft's services are all gone", "05-microsoft-peering", "ce-ams", func(s *scene) { services(&s.before.Peers[0]) }, []string{"routes from 198.51.100.2"}, "none of 2 routes from before is left"},
	{"one of Microsoft's services is gone", "05-microsoft-peering", "ce-ams", func(s *scene) {
		s.both(0, services)
		s.peer(0).Routes = s.peer(0).Routes[1:]
	}, nil, "routes from 198.51.100.2 (er-ams.microsoft primary): 1 route"},
	{"a foreign session goes down", "two-ce-private", "ce1", func(s *scene) { down(foreign(s)) }, []string{"session with " + someone + ", which is not in the plan"}, "it was up before"},
	{"a foreign session is gone", "two-ce-private", "ce1", func(s *scene) { foreign(s); s.now.Peers = s.now.Peers[:2] }, []string{"session with " + someone + ", which is not in the plan"}, "no such session"},
	{"a foreign session is reset", "two-ce-private", "ce1", func(s *scene) { foreign(s).Up = 5 * time.Second }, []string{"session with " + someone + ", which is not in the plan"}, "was reset meanwhile"},
	{"a foreign session stays", "two-ce-private", "ce1", func(s *scene) { foreign(s) }, nil, "1 session up as before"},
	{"a foreign session was down before", "two-ce-private", "ce1", func(s *scene) { foreign(s); s.both(2, down) }, nil, "session with 172.16.200.2"},
	{"a session that ends with the change", "two-ce-private", "ce1", func(s *scene) {
		foreign(s)
		s.on(2, s.touched, s.resets)
		s.now.Peers = s.now.Peers[:2]
	}, nil, "1 session ends with this change"},
}

func TestJudgeDamaged(t *testing.T) {
	t.Parallel()
	plans := goldenPlans(t)
	for _, tt := range damages {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			o := newOracle(plans[tt.plan])
			r := o.router(tt.router)
			before := newPerfect(o.p).facts(r)
			s := &scene{before, later(before, time.Minute), effects{touched: map[Neighbor]bool{}, resets: map[Neighbor]bool{}, waits: map[Neighbor]bool{}}}
			tt.damage(s)
			var fails []string
			said := false
			results := o.judge(r, s.before, s.now, s.effects, time.Minute)
			for _, result := range results {
				if name, _, _ := strings.Cut(result.Name, " ("); !result.Pass {
					fails = append(fails, name)
				}
				said = said || strings.Contains(result.String()+"\n", tt.says)
			}
			if diff := cmp.Diff(tt.fails, fails); diff != "" || !said {
				t.Errorf("says %q: %v (-want +got):\n%s%v", tt.says, said, diff, results)
			}
		})
	}
}

// A session that the plan shuts down has to be there, and shut down.
func TestJudgeShut(t *testing.T) {
	t.Parallel()
	p := goldenPlans(t)["dual-stack-one-ce"]
	r := &p.Routers[0]
	r.Links[0].Sessions[0].Shutdown = true
	good := newPerfect(p).facts(r)
	for _, tt := range []struct {
		name string
		do   func(*Peer)
		pass bool
	}{
		{"shut down", func(*Peer) {}, true},
		{"up", func(p *Peer) { p.State, p.Shut = Established, false }, false},
		{"down by itself", func(p *Peer) { p.Shut = false }, false},
	} {
		now := later(good, time.Minute)
		tt.do(&now.Peers[0])
		for _, result := range newOracle(p).judge(r, good, now, effects{}, time.Minute) {
			if want := tt.pass || !strings.HasPrefix(result.Name, "session with 10.255.10.2"); result.Pass != want {
				t.Errorf("%s: %+v", tt.name, result)
			}
		}
	}
}

func TestSameInterface(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		a, b string
		want bool
	}{
		{"TenGigabitEthernet0/0/1.150", "TenGigabitEthernet0/0/1.150", true},
		{"Te0/0/1.150", "TenGigabitEthernet0/0/1.150", true},
		{"TenGigabitEthernet0/0/1.150", "Te0/0/1.150", true},
		{"Te0/0/1.151", "TenGigabitEthernet0/0/1.150", false},
		{"GigabitEthernet0/0/1.150", "TenGigabitEthernet0/0/1.150", false},
		{"0/0/1.150", "TenGigabitEthernet0/0/1.150", false},
		{"", "eth1", false},
		{"lo", "lo", true},
	} {
		if got := sameInterface(tt.a, tt.b); got != tt.want {
			t.Errorf("%q, %q: %v", tt.a, tt.b, got)
		}
	}
}
