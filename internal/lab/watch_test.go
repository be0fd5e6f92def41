//go:build linux

package lab

import (
	"net/netip"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/sim"
)

// handmade is a lab on paper: a circuit whose links end on one router, a VPN over
// the Internet and a VPN that rides on the circuit.
func handmade() (*Lab, *plan.Plan, []stream) {
	addr := netip.MustParseAddr
	p := &plan.Plan{
		Routers: []plan.Router{{
			Name: "ce1",
			Links: []plan.Link{
				{Path: "er", Circuit: "er", Position: plan.Primary, Interface: "eth1", Unit: 100, Origin: "circuits.er.private.primary"},
				{Path: "er", Circuit: "er", Position: plan.Secondary, Interface: "eth2", Unit: 100, Origin: "circuits.er.private.secondary"},
			},
			Tunnels: []plan.Tunnel{
				{Path: "net", Instance: "a", Interface: "vti1", Origin: "vpns.net.tunnels.0"},
				{Path: "over", Instance: "b", Interface: "vti2", Local: addr("192.0.2.1"), Remote: addr("198.51.100.1"), Origin: "vpns.over.tunnels.0"},
			},
		}},
		Circuits: []plan.Circuit{{Name: "er", Peerings: []plan.CircuitPeering{{Path: "er"}}}},
		VPNs:     []plan.VPN{{Name: "net", Tunnels: make([]plan.VPNTunnel, 2)}, {Name: "over", Underlay: "er", Tunnels: make([]plan.VPNTunnel, 1)}},
	}
	l := &Lab{
		Nodes: []Node{
			{Name: "ce1", Kind: Router}, {Name: "msee-er-p", Kind: MSEE}, {Name: "msee-er-s", Kind: MSEE},
			{Name: "vpn-hub-a", Kind: VPN}, {Name: "vpn-hub-b", Kind: VPN}, {Name: provider, Kind: Provider},
		},
		Wires: []Wire{
			{A: "ce1", IfA: "eth1.100", B: "msee-er-p", IfB: "er", Link: "circuits.er.private.primary", PortA: "a1", PortB: "b1"},
			{A: "ce1", IfA: "eth2.100", B: "msee-er-s", IfB: "er", Link: "circuits.er.private.secondary", PortA: "a2", PortB: "b2"},
			{A: "ce1", IfA: "vti1", B: "vpn-hub-a", IfB: "tun1", Link: "vpns.net.tunnels.0", Tunnel: "veth", PortA: "a3", PortB: "b3"},
			{A: "ce1", IfA: "vti2", B: "vpn-hub-b", IfB: "tun2", Link: "vpns.over.tunnels.0", Tunnel: "vxlan"},
			{A: "ce1", IfA: "lan0", B: provider, IfB: "lan1"},
		},
		plan: p,
	}
	streams := []stream{
		{direction: sim.ToAzure, source: addr("10.0.0.1"), target: addr("10.1.0.1"), entry: "ce1"},
		{direction: sim.FromAzure, source: addr("10.1.0.1"), target: addr("10.0.0.1")},
	}
	return l, p, streams
}

// Where each counter is and what it matches: links at the MSEE, tunnels over the
// Internet at the gateway, tunnels on a link by both ends and the port inside.
func TestWatchRules(t *testing.T) {
	t.Parallel()
	l, p, streams := handmade()
	w := l.newWatch(p, streams)
	want := map[string][]string{
		"msee-er-p": {
			`add rule inet ercfg_lab from iifname "er" udp dport 40000 counter comment "0"`,
			`add rule inet ercfg_lab to oifname "er" udp dport 40001 counter comment "1"`,
			`add rule inet ercfg_lab from iifname "er" ip saddr 192.0.2.1 ip daddr 198.51.100.1 udp dport 4789 @th,416,16 40000 counter comment "2"`,
			`add rule inet ercfg_lab to oifname "er" ip saddr 198.51.100.1 ip daddr 192.0.2.1 udp dport 4789 @th,416,16 40001 counter comment "3"`,
		},
		"msee-er-s": {
			`add rule inet ercfg_lab from iifname "er" udp dport 40000 counter comment "4"`,
			`add rule inet ercfg_lab to oifname "er" udp dport 40001 counter comment "5"`,
			`add rule inet ercfg_lab from iifname "er" ip saddr 192.0.2.1 ip daddr 198.51.100.1 udp dport 4789 @th,416,16 40000 counter comment "6"`,
			`add rule inet ercfg_lab to oifname "er" ip saddr 198.51.100.1 ip daddr 192.0.2.1 udp dport 4789 @th,416,16 40001 counter comment "7"`,
		},
		"vpn-hub-a": {
			`add rule inet ercfg_lab from iifname "tun1" udp dport 40000 counter comment "8"`,
			`add rule inet ercfg_lab to oifname "tun1" udp dport 40001 counter comment "9"`,
		},
	}
	got := make(map[string][]string)
	for n, rules := range w.rules {
		got[n.Name] = rules
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rules (-want +got):\n%s", diff)
	}
	over := sim.Leg{Path: "over", Router: "ce1", Instance: "b", Of: 1, Over: "er", OverPosition: plan.Secondary}
	if got := w.counters[6]; got != (counter{0, over}) {
		t.Errorf("counter 6 is %+v", got)
	}
	if got := w.counters[9]; got != (counter{1, sim.Leg{Path: "net", Router: "ce1", Instance: "a", Of: 2}}) {
		t.Errorf("counter 9 is %+v", got)
	}
}

func TestReadCounters(t *testing.T) {
	t.Parallel()
	const text = `{"nftables": [{"metainfo": {"version": "1.0.6"}}, {"table": {"family": "inet", "name": "ercfg_lab"}},
{"rule": {"chain": "from", "comment": "1", "expr": [{"match": {"op": "==", "right": 40001}}, {"counter": {"packets": 7, "bytes": 364}}]}},
{"rule": {"chain": "to", "comment": "0", "expr": [{"counter": {"packets": 3, "bytes": 156}}]}}]}`
	got := make([]uint64, 3)
	if err := readCounters([]byte(text), got); err != nil {
		t.Fatal(err)
	}
	if want := []uint64{3, 7, 0}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	for _, wrong := range []string{"", `{"nftables": [{"rule": {"comment": "3", "expr": []}}]}`, `{"nftables": [{"rule": {"comment": "mine", "expr": []}}]}`} {
		if err := readCounters([]byte(wrong), got); err == nil {
			t.Errorf("%q is read", wrong)
		}
	}
}

// Counters become the legs of a prediction, and what was lost is told apart: on a
// dead leg, or without any path.
func TestResultOf(t *testing.T) {
	t.Parallel()
	link := func(p plan.Position) sim.Leg { return sim.Leg{Path: "er", Router: "ce1", Position: p} }
	tunnel := sim.Leg{Path: "net", Router: "ce1", Instance: "a", Of: 1}
	both := sim.Result{Legs: []sim.Leg{link(plan.Primary), link(plan.Secondary)}}
	deadPrimary := func(l sim.Leg) bool { return l.Path == "er" && l.Position == plan.Primary }
	dead := link(plan.Primary)
	dead.Dead = true
	none := func(sim.Leg) bool { return false }
	for _, c := range []struct {
		name      string
		trips     []trip
		want      sim.Result
		encrypted bool
		dead      func(sim.Leg) bool
		text      string
		agrees    bool
	}{
		{"both links", []trip{{map[sim.Leg]uint64{link(plan.Primary): 30, link(plan.Secondary): 34}, loss{sent: 64}}}, both, false, none, "er(P∥S)", true},
		{"one link where two were predicted", []trip{{map[sim.Leg]uint64{link(plan.Secondary): 64}, loss{sent: 64}}}, both, false, none, "er(S)", false},
		{"two streams are united", []trip{{map[sim.Leg]uint64{link(plan.Secondary): 64}, loss{sent: 64}}, {map[sim.Leg]uint64{link(plan.Primary): 64}, loss{sent: 64}}}, both, false, none, "er(P∥S)", true},
		{"a packet at the edge of the window", []trip{{map[sim.Leg]uint64{link(plan.Primary): 30, link(plan.Secondary): 34}, loss{lost: 2, sent: 64}}}, both, false, none, "er(P∥S)", true},
		{"one stream has no path", []trip{{map[sim.Leg]uint64{link(plan.Primary): 30, link(plan.Secondary): 34}, loss{sent: 64}}, {nil, loss{lost: 64, sent: 64}}}, both, false, none, "er(P∥S), none", false},
		{"no path at all", []trip{{nil, loss{lost: 64, sent: 64}}}, sim.Result{Lost: true}, false, none, "none", true},
		{"no path is predicted in other words", []trip{{nil, loss{lost: 64, sent: 64}}}, sim.Result{}, false, none, "none", true},
		{"no host may send", nil, sim.Result{Lost: true}, false, none, "none", true},
		{"clear text", []trip{{map[sim.Leg]uint64{link(plan.Primary): 64}, loss{sent: 64}}}, sim.Result{Legs: []sim.Leg{{Path: "er", Router: "ce1", Clear: true}}}, true, none, "er(P) CLEAR TEXT", true},
		{"a tunnel is never clear text", []trip{{map[sim.Leg]uint64{tunnel: 64}, loss{sent: 64}}}, sim.Result{Legs: []sim.Leg{tunnel}}, true, none, "net", true},
		{"a dead end", []trip{{map[sim.Leg]uint64{link(plan.Primary): 64}, loss{lost: 64, sent: 64}}}, sim.Result{Legs: []sim.Leg{dead}}, false, deadPrimary, "er(P) DEAD END", true},
		{"a dead end that nobody predicted", []trip{{map[sim.Leg]uint64{link(plan.Primary): 64}, loss{lost: 64, sent: 64}}}, sim.Result{Legs: []sim.Leg{link(plan.Primary)}}, false, deadPrimary, "er(P) DEAD END", false},
		{"any of two will do", []trip{{map[sim.Leg]uint64{link(plan.Secondary): 64}, loss{sent: 64}}}, sim.Result{Legs: both.Legs, Tie: true}, false, none, "er(S)", true},
		{"a third one will not", []trip{{map[sim.Leg]uint64{tunnel: 64}, loss{sent: 64}}}, sim.Result{Legs: both.Legs, Tie: true}, false, none, "net", false},
		{"none of two will not", []trip{{nil, loss{lost: 64, sent: 64}}}, sim.Result{Legs: both.Legs, Tie: true}, false, none, "none", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := resultOf(c.trips, c.want, c.encrypted, c.dead)
			if text := got.String(); text != c.text {
				t.Errorf("%s, want %s", text, c.text)
			}
			if agrees(c.want, got) != c.agrees {
				t.Errorf("agrees: %t, want %t", !c.agrees, c.agrees)
			}
		})
	}
}
