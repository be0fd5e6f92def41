package confdiff

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ercfg/ercfg/internal/frrtest"
)

// impactBase is a router with one session to Microsoft, under BFD, in the words
// of our rendering.
const impactBase = `frr defaults traditional
hostname ce
!
ip route 10.10.0.0/16 blackhole 250
!
interface eth1
 description a
 ip address 10.0.0.1/29
exit
!
interface lo
 ip address 192.0.2.1/32
exit
!
router bgp 65010
 bgp router-id 192.0.2.1
 no bgp default ipv4-unicast
 bgp route-map delay-timer 1
 neighbor 10.0.0.2 remote-as 12076
 neighbor 10.0.0.2 description a
 neighbor 10.0.0.2 bfd
 neighbor 10.0.0.2 bfd profile LAB-BFD
 neighbor 10.0.0.2 timers 10 30
 neighbor 10.0.0.2 timers connect 1
 !
 address-family ipv4 unicast
  network 10.10.0.0/16
  neighbor 10.0.0.2 activate
  neighbor 10.0.0.2 maximum-prefix 1000 80 warning-only
  neighbor 10.0.0.2 route-map LAB-IN in
  neighbor 10.0.0.2 route-map LAB-OUT out
  maximum-paths 1
 exit-address-family
exit
!
ip prefix-list LAB-OURS seq 10 permit 10.10.0.0/16
ip prefix-list LAB-VNETS seq 10 permit 10.1.0.0/16 le 24
!
bgp community-list standard LAB-COMMUNITIES seq 10 permit 12076:51004
!
route-map LAB-IN permit 10
 match ip address prefix-list LAB-VNETS
 set local-preference 200
exit
!
route-map LAB-IN deny 65535
exit
!
route-map LAB-OUT permit 10
 match ip address prefix-list LAB-OURS
exit
!
route-map LAB-OUT deny 65535
exit
!
bfd
 profile LAB-BFD
  transmit-interval 310
  receive-interval 310
 exit
 !
exit
!
`

// impactEdge is the other end.
const impactEdge = `frr defaults traditional
hostname msee
!
interface eth1
 ip address 10.0.0.2/29
exit
!
router bgp 12076
 bgp router-id 192.0.2.9
 no bgp ebgp-requires-policy
 no bgp default ipv4-unicast
 no bgp network import-check
 neighbor 10.0.0.1 remote-as 65010
 neighbor 10.0.0.1 bfd
 neighbor 10.0.0.1 timers connect 1
 !
 address-family ipv4 unicast
  network 10.1.0.0/16
  neighbor 10.0.0.1 activate
 exit-address-family
exit
!
`

// An impactCase changes impactBase: one text gives way to another.
type impactCase struct {
	name     string
	old, new string
	// down says that the session cannot come up until the change is undone.
	down bool
	// unused says that no session uses what the change takes, so that the daemon
	// does less than the table says.
	unused bool
}

// wholly stands for the text that is left when all lines with the old one go.
const wholly = "\x00"

// edit makes the change in a text.
func (tt impactCase) edit(text string) string {
	if tt.new != wholly {
		return strings.Replace(text, tt.old, tt.new, 1)
	}
	return strings.Join(slices.DeleteFunc(strings.SplitAfter(text, "\n"), func(line string) bool { return strings.Contains(line, tt.old) }), "")
}

// impactCases are a line of each kind, and a few of some.
var impactCases = []impactCase{
	{name: "description of a neighbor", old: " neighbor 10.0.0.2 description a\n", new: " neighbor 10.0.0.2 description b\n"},
	{name: "description of an interface", old: " description a\n ip", new: " description b\n ip"},
	{name: "timers", old: "timers 10 30", new: "timers 20 60"},
	{name: "no timers", old: " neighbor 10.0.0.2 timers 10 30\n"},
	{name: "retry", old: "timers connect 1\n", new: "timers connect 5\n"},
	{name: "password", old: "description a\n neighbor", new: "description a\n neighbor 10.0.0.2 password Abcdefgh1\n neighbor", down: true},
	{name: "remote AS", old: "remote-as 12076", new: "remote-as 12077", down: true},
	{name: "shutdown", old: "description a\n neighbor", new: "description a\n neighbor 10.0.0.2 shutdown\n neighbor", down: true},
	{name: "no neighbor", old: "neighbor 10.0.0.2 ", new: wholly, down: true},
	{name: "another neighbor", old: " !\n address-family", new: " neighbor 10.0.0.4 remote-as 12076\n !\n address-family", unused: true},
	{name: "update source that is used anyway", old: " !\n address-family", new: " neighbor 10.0.0.2 update-source 10.0.0.1\n !\n address-family"},
	{name: "another update source", old: " !\n address-family", new: " neighbor 10.0.0.2 update-source 192.0.2.1\n !\n address-family", down: true},
	{name: "no BFD", old: " neighbor 10.0.0.2 bfd\n neighbor 10.0.0.2 bfd profile LAB-BFD\n"},
	{name: "no BFD profile", old: " neighbor 10.0.0.2 bfd profile LAB-BFD\n"},
	{name: "another BFD profile", old: "bfd profile LAB-BFD", new: "bfd profile LAB-NEW"},
	{name: "BFD multiplier", old: "  transmit-interval 310\n", new: "  detect-multiplier 5\n  transmit-interval 310\n"},
	{name: "BFD intervals", old: "  transmit-interval 310\n  receive-interval 310\n", new: "  transmit-interval 400\n  receive-interval 400\n"},
	{name: "new BFD profile", old: "bfd\n profile LAB-BFD\n", new: "bfd\n profile LAB-NEW\n exit\n !\n profile LAB-BFD\n"},
	{name: "not activated", old: "  neighbor 10.0.0.2 activate\n  neighbor 10.0.0.2 maximum-prefix 1000 80 warning-only\n  neighbor 10.0.0.2 route-map LAB-IN in\n  neighbor 10.0.0.2 route-map LAB-OUT out\n", down: true},
	{name: "next hop self", old: "  neighbor 10.0.0.2 activate\n", new: "  neighbor 10.0.0.2 activate\n  neighbor 10.0.0.2 next-hop-self\n"},
	{name: "maximum prefix", old: "maximum-prefix 1000 80", new: "maximum-prefix 500 80"},
	{name: "no maximum prefix", old: "  neighbor 10.0.0.2 maximum-prefix 1000 80 warning-only\n"},
	{name: "multihop", old: " !\n address-family", new: " neighbor 10.0.0.2 ebgp-multihop 2\n !\n address-family", down: true},
	{name: "passive", old: " !\n address-family", new: " neighbor 10.0.0.2 passive\n !\n address-family"},
	{name: "another policy in", old: "route-map LAB-IN in", new: "route-map LAB-OUT in"},
	{name: "no policy in", old: "  neighbor 10.0.0.2 route-map LAB-IN in\n"},
	{name: "another policy out", old: "route-map LAB-OUT out", new: "route-map LAB-IN out"},
	{name: "another network", old: "  network 10.10.0.0/16\n", new: "  network 10.10.0.0/16\n  network 10.11.0.0/16\n"},
	{name: "more paths", old: "  maximum-paths 1\n", new: "  maximum-paths 2\n  maximum-paths ibgp 2\n"},
	{name: "redistribution", old: "  network 10.10.0.0/16\n", new: "  network 10.10.0.0/16\n  redistribute ospf route-map LAB-OUT\n"},
	{name: "IPv6", old: " exit-address-family\nexit\n", new: " exit-address-family\n !\n address-family ipv6 unicast\n  network 2001:db8::/32\n  maximum-paths 1\n exit-address-family\nexit\n"},
	{name: "IPv6 over the session", old: " exit-address-family\nexit\n", new: " exit-address-family\n !\n address-family ipv6 unicast\n  neighbor 10.0.0.2 activate\n exit-address-family\nexit\n"},
	{name: "another address beside", old: " ip address 10.0.0.1/29\n", new: " ip address 10.0.0.1/29\n ip address 10.0.9.1/29\n ipv6 address 2001:db8:9::1/64\n", unused: true},
	{name: "router ID", old: "router-id 192.0.2.1\n", new: "router-id 192.0.2.7\n"},
	{name: "log", old: " no bgp default ipv4-unicast\n", new: " bgp log-neighbor-changes\n no bgp default ipv4-unicast\n"},
	{name: "default family", old: " no bgp default ipv4-unicast\n", unused: true},
	{name: "entry of a prefix list", old: "ip prefix-list LAB-VNETS seq 10", new: "ip prefix-list LAB-VNETS seq 5 permit 10.2.0.0/16\nip prefix-list LAB-VNETS seq 10"},
	{name: "entry of a community list", old: "permit 12076:51004\n", new: "permit 12076:51004\nbgp community-list standard LAB-COMMUNITIES seq 20 permit 12076:51005\n"},
	{name: "entry of a policy", old: "route-map LAB-IN deny", new: "route-map LAB-IN permit 20\n match community LAB-COMMUNITIES\n set as-path prepend 65010\nexit\n!\nroute-map LAB-IN deny"},
	{name: "preference", old: "set local-preference 200", new: "set local-preference 150"},
	{name: "another anchor", old: "ip route 10.10.0.0/16 blackhole 250\n", new: "ip route 10.10.0.0/16 blackhole 250\nip route 10.12.0.0/16 blackhole 250\n"},
	{name: "distance of an anchor", old: "blackhole 250", new: "blackhole 200"},
	{name: "route", old: "ip route 10.10.0.0/16 blackhole 250\n", new: "ip route 10.10.0.0/16 blackhole 250\nip route 10.13.0.0/16 10.0.0.2\n"},
	{name: "address of the link", old: "ip address 10.0.0.1/29", new: "ip address 10.0.9.3/29", down: true},
	{name: "address of the loopback", old: "ip address 192.0.2.1/32", new: "ip address 192.0.2.8/32", unused: true},
	{name: "next hop groups", old: "hostname ce\n", new: "hostname ce\nno zebra nexthop kernel enable\n"},
}

// A session as its two ends tell it.
type session struct {
	Established bool
	Dropped     int // by the edge: our own count goes with the neighbor
	Epoch       int // when the edge saw it come up, in seconds, give or take one
	Hold        int // agreed on, in milliseconds
	Updates     int // received by us
	BFD         string
}

// pair is two routers and the link between them.
type pair struct {
	t        testing.TB
	ce, edge *frrtest.Router
	marks    int
	text     string // what our router prints at the start
	base     Config
	state    session // as it was seen last
}

// newPair starts them.
func newPair(t testing.TB) *pair {
	t.Helper()
	frrtest.Need(t)
	n := frrtest.New(t)
	p := &pair{t: t, ce: n.Router("ce"), edge: n.Router("msee")}
	n.Link(p.ce, "eth1", p.edge, "eth1")
	p.ce.Start(impactBase)
	p.edge.Start(impactEdge)
	return p
}

// look asks both ends.
func (p *pair) look() session {
	p.t.Helper()
	type neighbor struct {
		BgpState              string
		ConnectionsDropped    int
		Epoch                 int `json:"bgpTimerUpEstablishedEpoch"`
		BgpTimerHoldTimeMsecs int
		MessageStats          struct{ UpdatesRecv int }
		PeerBfdInfo           struct{ Status string }
	}
	var there, here map[string]neighbor
	p.edge.VtyshJSON("show bgp neighbors 10.0.0.1 json", &there)
	// A neighbor that is gone is no object of this shape, and no session.
	if err := json.Unmarshal([]byte(p.ce.Vtysh("show bgp neighbors 10.0.0.2 json")), &here); err != nil {
		here = nil
	}
	a, b := there["10.0.0.1"], here["10.0.0.2"]
	return session{
		Established: a.BgpState == "Established" && b.BgpState == "Established",
		Dropped:     a.ConnectionsDropped, Epoch: a.Epoch, Hold: b.BgpTimerHoldTimeMsecs,
		Updates: b.MessageStats.UpdatesRecv, BFD: b.PeerBfdInfo.Status,
	}
}

// up waits for the session and, where there is BFD, for BFD.
func (p *pair) up() session {
	p.t.Helper()
	var s session
	frrtest.WaitFor(p.t, time.Minute, "session up", func() (bool, string) {
		s = p.look()
		return s.Established && (s.BFD == "" || s.BFD == "Up"), fmt.Sprintf("%+v", s)
	})
	return s
}

// heard counts the packets of BFD that we have received.
func (p *pair) heard() int {
	p.t.Helper()
	var peers []struct {
		Input int `json:"control-packet-input"`
	}
	p.ce.VtyshJSON("show bfd peers counters json", &peers)
	if len(peers) == 0 {
		return 0
	}
	return peers[0].Input
}

// detection is more packets of BFD than may be missing.
const detection = 4

// mark lets the edge announce a route, and waits until it has come over the
// session that was there before, or until that one is gone. With guarded, more
// packets of BFD come, too, than it waits for.
func (p *pair) mark(before session, guarded bool) session {
	p.t.Helper()
	p.marks++
	route := fmt.Sprintf("network 10.1.%d.0/24", p.marks)
	from := 0
	if guarded {
		from = p.heard()
	}
	p.typed(p.edge, []string{"router bgp 12076", "address-family ipv4 unicast", route})
	var s session
	frrtest.WaitFor(p.t, time.Minute, "marker "+route, func() (bool, string) {
		s = p.look()
		same := s.Established && s.Updates > before.Updates && (s.BFD == "" || s.BFD == "Up")
		return s.Dropped > before.Dropped || same && (!guarded || s.BFD == "" || p.heard() >= from+detection), fmt.Sprintf("%+v", s)
	})
	return s
}

// drop waits until the edge has lost the session, and fails the test if it does
// not.
func (p *pair) drop(what string) session {
	p.t.Helper()
	var s session
	frrtest.WaitFor(p.t, time.Minute, what+" drops the session", func() (bool, string) {
		s = p.look()
		return s.Dropped > p.state.Dropped, fmt.Sprintf("%+v", s)
	})
	return s
}

// typed types commands.
func (p *pair) typed(r *frrtest.Router, commands []string) {
	p.t.Helper()
	args := []string{"vtysh", "-c", "configure terminal"}
	for _, c := range commands {
		args = append(args, "-c", strings.TrimSpace(c))
	}
	if said, err := r.Exec(p.t.Context(), args...); err != nil || said != "" {
		p.t.Errorf("%s\n%s%v", strings.Join(commands, "\n"), said, err)
	}
}

// config is what our router prints.
func (p *pair) config() Config {
	p.t.Helper()
	c, err := Read(FRR, []byte(p.ce.RunningConfig()))
	if err != nil {
		p.t.Fatal(err)
	}
	return c
}

// TestImpactLive measures the table of FRR on its daemons: each kind of line that
// ercfg renders comes, goes and changes on a router with a session in use, by
// ercfg's own commands. What is called harmless drops nothing, agrees on nothing
// anew and leaves BFD up; what is called a reset drops the session. Two pairs of
// routers share the cases, because most of the time they wait.
func TestImpactLive(t *testing.T) {
	t.Parallel()
	const pairs = 2
	for i := range pairs {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			p := newPair(t)
			p.state = p.up()
			p.text, p.base = p.ce.RunningConfig(), p.config()
			for k, tt := range impactCases {
				if (k+k/pairs)%pairs == i {
					p.measure(tt)
				}
			}
			if i == 1 {
				p.passwords()
				p.limit()
			}
		})
	}
}

// measure makes one change, and takes it back.
func (p *pair) measure(tt impactCase) {
	p.t.Helper()
	if !strings.Contains(p.text, tt.old) {
		p.t.Fatalf("%s: the router prints no %q:\n%s", tt.name, tt.old, p.text)
	}
	want, err := Read(FRR, []byte(tt.edit(p.text)))
	if err != nil {
		p.t.Fatal(err)
	}
	p.change(tt.name, want, p.base, tt.unused, tt.down)
	now := p.config()
	if tt.down { // nothing is in use that the way back could hurt
		p.typed(p.ce, commands(p.base, now, all(p.base, now)))
		p.state = p.up()
		return
	}
	p.change(tt.name+", back", p.base, now, tt.unused, false)
}

// What the table calls measured is measured: a case has such a line.
func TestImpactMeasured(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{"neighbor * maximum-prefix …": true} // see limit
	base, err := Read(FRR, []byte(impactBase))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range impactCases {
		other, err := Read(FRR, []byte(tt.edit(impactBase)))
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range slices.Concat(all(other, base), all(base, other)) {
			for _, c := range turns(FRR, d) {
				if r, ok := impactRuleOf(FRR, c.statement, c.turn); ok {
					seen[r.pattern] = true
				}
			}
		}
	}
	for _, r := range frrImpacts {
		if strings.HasPrefix(r.Evidence, frrMeasured) && !strings.HasPrefix(r.Evidence, frrMeasured+" with an IPv4") && !seen[r.pattern] {
			t.Errorf("%q: no case has it", r.pattern)
		}
	}
}

// change brings our router from have to want, and holds what it did against the
// table.
func (p *pair) change(name string, want, have Config, unused, down bool) {
	p.t.Helper()
	before := p.state
	differences := all(want, have)
	lines := commands(want, have, differences)
	if len(lines) == 0 {
		p.t.Fatalf("%s: no commands", name)
	}
	var worst Impact
	for _, d := range differences {
		if i := impactOf(FRR, d); i.Class >= worst.Class {
			worst = i
		}
	}
	p.typed(p.ce, lines)
	guarded := strings.Contains(strings.Join(lines, "\n"), "bfd")
	var after session
	if worst.Class >= SessionReset && !unused {
		after = p.drop(name)
	} else {
		after = p.mark(before, guarded)
	}
	dropped := after.Dropped - before.Dropped
	switch {
	case worst.Reason == unknownImpact.Reason:
		p.t.Errorf("%s: the table does not know it", name)
	case worst.Class < SessionReset && dropped > 0:
		p.t.Errorf("%s: the table says %s (%s), and %d drop", name, worst.Class, worst.Reason, dropped)
	case worst.Class < SessionReset && (after.Epoch > before.Epoch+1 || after.Hold != before.Hold):
		p.t.Errorf("%s: the table says %s (%s); before %+v, after %+v", name, worst.Class, worst.Reason, before, after)
	}
	p.t.Logf("%s: %s, %d dropped", name, worst.Class, dropped)
	if p.state = after; dropped > 0 && !down {
		p.state = p.up()
	}
}

// passwords measures a key that changes, and one that goes, on a session that has
// one at both ends.
func (p *pair) passwords() {
	p.t.Helper()
	theirs := func(line string) []string { return []string{"router bgp 12076", line} }
	ours := func(line string) []string { return []string{"router bgp 65010", line} }
	p.typed(p.edge, theirs("neighbor 10.0.0.1 password Abcdefgh1"))
	p.typed(p.ce, ours("neighbor 10.0.0.2 password Abcdefgh1"))
	for _, line := range []string{"neighbor 10.0.0.2 password Abcdefgh2", "no neighbor 10.0.0.2 password"} {
		p.state = p.up()
		p.typed(p.ce, ours(line))
		p.drop(line)
		p.typed(p.ce, ours("neighbor 10.0.0.2 password Abcdefgh1"))
	}
	p.state = p.up()
}

// limit measures a limit that is passed already. Nothing comes after it: the
// session stays down until somebody clears it.
func (p *pair) limit() {
	p.t.Helper()
	line := "neighbor 10.0.0.2 maximum-prefix 1"
	p.typed(p.ce, []string{"router bgp 65010", "address-family ipv4 unicast", line})
	p.drop(line)
}
