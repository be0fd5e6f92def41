package push

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/ercfg/ercfg/internal/confdiff"
	"github.com/ercfg/ercfg/internal/plan"
)

// A session of an earlier circuit goes where what stays carries the traffic, and stays
// where nothing else does.
func TestStrands(t *testing.T) {
	t.Parallel()
	old := Neighbor{Addr: netip.MustParseAddr("172.16.201.2")}
	const line = " neighbor 172.16.201.2 "
	for _, tt := range []struct {
		name   string
		end    string // description of the session that goes
		down   bool   // the session of the circuit that stays, on ce1
		other  func(*router)
		damage func(*router) // of ce1
		why    string
	}{
		{name: "both links carry", end: "er-old private primary MSEE"},
		{name: "the other router's link carries", end: "er-old private primary MSEE", down: true},
		{name: "none carries", end: "er-old private primary MSEE", down: true, other: bringsNothing,
			why: "the session with 172.16.201.2 (er-old private primary MSEE), which is up, would go, and nothing else carries campus-to-hub now: bring up er-london first"},
		{name: "a tunnel, and none carries", end: "s2s a VPN gateway", down: true, other: bringsNothing, why: "s2s a VPN gateway"},
		{name: "the other router says nothing", end: "er-old private primary MSEE", down: true, other: func(x *router) { x.err = errLost }},
		{name: "the other router is only asked, and says nothing", end: "er-old private primary MSEE", down: true, other: func(x *router) { x.asked, x.err = true, errLost },
			why: "nobody knows whether anything else carries campus-to-hub now, because ce2 cannot be asked (the session is lost): push without --only, or without --prune"},
		{name: "the other router is not asked", end: "er-old private primary MSEE", down: true, other: func(x *router) { x.run.routers = x.run.routers[:1] },
			why: "because ce2 was not asked"},
		{name: "the other router is not asked, and this one's link carries", end: "er-old private primary MSEE", other: func(x *router) { x.run.routers = x.run.routers[:1] }},
		{name: "Microsoft peering", end: "er-old microsoft primary MSEE", down: true, other: bringsNothing},
		{name: "a customer's", end: "BLUE CE 172.16.201.2", down: true, other: bringsNothing},
		{name: "it is down itself", end: "er-old private primary MSEE", down: true, other: bringsNothing, damage: func(x *router) { down(x.before.Peer(old)) }},
		{name: "the change opens the circuit that stays", end: "er-old private primary MSEE", other: bringsNothing, damage: func(x *router) {
			x.before.Peers = x.before.Peers[len(x.before.Peers)-1:] // but for the old one
			platform, text := goldenConfig(t, "two-ce-private/ce1.ios-xe.cfg")
			x.change = confdiff.Between(readConfig(t, platform, text), x.have, confdiff.Options{Intent: x.run.plan.Name, Prune: true})
			x.change.Differences = append(x.change.Differences, confdiff.Difference{Object: confdiff.Object{Kind: confdiff.Neighbor, Name: "172.16.200.2"}, Missing: x.have.Statements[:1]})
		}},
	} {
		r, ce1, ce2 := pairRun(t, false)
		platform, text := goldenConfig(t, "two-ce-private/ce1.ios-xe.cfg")
		had := strings.Replace(text, "router bgp 65010\n", "router bgp 65010\n"+line+"remote-as 12076\n"+line+"description "+tt.end+"\n", 1)
		had = strings.Replace(had, "  neighbor 172.16.200.2 activate\n", "  neighbor 172.16.200.2 activate\n  neighbor 172.16.201.2 activate\n  neighbor 172.16.201.2 route-map CONTOSO-LONDON-ER-OLD-PRIMARY-IN-V4 in\n", 1)
		ce1.have = readConfig(t, platform, had)
		ce1.farEnds = farEnds(ce1.have)
		ce1.change = confdiff.Between(readConfig(t, platform, text), ce1.have, confdiff.Options{Intent: r.plan.Name, Prune: true})
		ce1.before.Peers = append(ce1.before.Peers, Peer{Addr: old.Addr, State: Established})
		if tt.down {
			down(ce1.before.Peer(Neighbor{Addr: netip.MustParseAddr("172.16.200.2")}))
		}
		if tt.other != nil {
			tt.other(ce2)
		}
		if tt.damage != nil {
			tt.damage(ce1)
		}
		err := ce1.strands(t.Context())
		if (err == nil) != (tt.why == "") || err != nil && !strings.Contains(err.Error(), tt.why) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.why)
		}
	}
}

// A link that gets another address takes the old one away under its session. While that is
// up --prune has to take it away with the address, and nothing is begun without.
func TestOrphans(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name        string
		prune, down bool
		why         string
	}{
		{name: "without prune", why: "the session with 172.16.207.2 (er-london private primary MSEE), which is up, would end with the address of TenGigabitEthernet0/0/1.150 and stay configured: --prune takes it away"},
		{name: "with prune", prune: true},
		{name: "the old session is down", down: true},
	} {
		r, ce1, _ := pairRun(t, false)
		platform, text := goldenConfig(t, "two-ce-private/ce1.ios-xe.cfg")
		ce1.have = readConfig(t, platform, strings.ReplaceAll(text, "172.16.200.", "172.16.207."))
		ce1.farEnds = farEnds(ce1.have)
		ce1.change = confdiff.Between(readConfig(t, platform, text), ce1.have, confdiff.Options{Intent: r.plan.Name, Prune: tt.prune})
		p := ce1.before.Peer(Neighbor{Addr: netip.MustParseAddr("172.16.200.2")})
		if p.Addr = netip.MustParseAddr("172.16.207.2"); tt.down {
			down(p)
		}
		if err := ce1.lastPath(t.Context()); (err == nil) != (tt.why == "") || err != nil && err.Error() != tt.why {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.why)
		}
	}
}

// bringsNothing takes all routes from a router's sessions.
func bringsNothing(x *router) {
	for i := range x.before.Peers {
		x.before.Peers[i].Routes = nil
	}
}

// The router whose link carries a circuit alone comes after the one whose link does not,
// and a link that gets another address is used as long as the old far end is up.
func TestAlone(t *testing.T) {
	t.Parallel()
	_, ce1, ce2 := pairRun(t, false)
	if ce1.alone() || ce2.alone() {
		t.Error("both carry")
	}
	msee := Neighbor{Addr: netip.MustParseAddr("172.16.200.6")}
	down(ce2.before.Peer(msee))
	if !ce1.alone() || ce2.alone() {
		t.Error("only ce1's carries")
	}
	moved := Neighbor{Addr: netip.MustParseAddr("172.16.207.2")}
	ce2.before.Peers = append(ce2.before.Peers, Peer{Addr: moved.Addr, State: Established})
	ce2.farEnds = map[string]string{moved.Addr.String(): "er-london private secondary MSEE"}
	if ce1.alone() || !ce2.carries(plan.CircuitLink{}) {
		t.Error("ce2's carries from its old address")
	}
}
