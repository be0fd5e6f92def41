package push

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/ercfg/ercfg/internal/frrtest"
)

// factsBase is a router with what the reader has to tell apart: two sessions that
// bring the same routes, one of them with one route at a lower preference; one that
// is shut; one that is not activated, and stays idle; one for IPv6; two in a VRF.
// BFD is slower at one end than at the other, and on one link there is none.
const factsBase = `frr defaults traditional
hostname ce
!
ip route 10.10.0.0/16 blackhole 250
ipv6 route 2001:db8:10::/48 blackhole 250
!
interface eth1
 ip address 10.0.0.1/30
 ipv6 address 2001:db8:ff::1/126
exit
!
interface eth2
 ip address 10.0.0.5/30
exit
!
interface eth3
 ip address 10.0.1.1/30
 ipv6 address 2001:db8:ff:1::1/126
exit
!
router bgp 65010
 bgp router-id 192.0.2.1
 no bgp default ipv4-unicast
 bgp route-map delay-timer 1
 neighbor 10.0.0.2 remote-as 12076
 neighbor 10.0.0.2 bfd
 neighbor 10.0.0.2 bfd profile SLOW
 neighbor 10.0.0.2 timers 10 30
 neighbor 10.0.0.2 timers connect 1
 neighbor 10.0.0.6 remote-as 12076
 neighbor 10.0.0.6 timers connect 1
 neighbor 10.0.0.9 remote-as 12076
 neighbor 10.0.0.9 shutdown
 neighbor 10.0.0.13 remote-as 12076
 neighbor 2001:db8:ff::2 remote-as 12076
 neighbor 2001:db8:ff::2 bfd
 neighbor 2001:db8:ff::2 timers connect 1
 !
 address-family ipv4 unicast
  network 10.10.0.0/16
  neighbor 10.0.0.2 activate
  neighbor 10.0.0.2 route-map IN in
  neighbor 10.0.0.2 route-map OUT out
  neighbor 10.0.0.6 activate
  neighbor 10.0.0.6 route-map LOWER in
  neighbor 10.0.0.6 route-map OUT out
  neighbor 10.0.0.9 activate
  maximum-paths 2
 exit-address-family
 !
 address-family ipv6 unicast
  network 2001:db8:10::/48
  neighbor 2001:db8:ff::2 activate
  neighbor 2001:db8:ff::2 route-map IN6 in
  neighbor 2001:db8:ff::2 route-map OUT out
 exit-address-family
exit
!
router bgp 65010 vrf RED
 bgp router-id 192.0.2.1
 no bgp default ipv4-unicast
 neighbor 10.0.1.2 remote-as 12076
 neighbor 10.0.1.2 bfd
 neighbor 10.0.1.2 timers connect 1
 neighbor 2001:db8:ff:1::2 remote-as 12076
 neighbor 2001:db8:ff:1::2 timers connect 1
 !
 address-family ipv4 unicast
  neighbor 10.0.1.2 activate
  neighbor 10.0.1.2 route-map IN in
  neighbor 10.0.1.2 route-map OUT out
 exit-address-family
 !
 address-family ipv6 unicast
  neighbor 2001:db8:ff:1::2 activate
  neighbor 2001:db8:ff:1::2 route-map IN6 in
  neighbor 2001:db8:ff:1::2 route-map OUT out
 exit-address-family
exit
!
ip prefix-list ONE seq 10 permit 10.1.4.0/24
ip prefix-list OURS seq 10 permit 10.10.0.0/16
ip prefix-list VNETS seq 10 permit 10.1.0.0/16 le 24
!
ipv6 prefix-list OURS6 seq 10 permit 2001:db8:10::/48
!
route-map IN permit 10
 match ip address prefix-list VNETS
 set local-preference 200
exit
!
route-map LOWER permit 10
 match ip address prefix-list ONE
 set local-preference 150
exit
!
route-map LOWER permit 20
 match ip address prefix-list VNETS
 set local-preference 200
exit
!
route-map IN6 permit 10
exit
!
route-map OUT permit 10
 match ip address prefix-list OURS
exit
!
route-map OUT permit 20
 match ipv6 address prefix-list OURS6
exit
!
bfd
 profile SLOW
  transmit-interval 310
  receive-interval 320
 exit
 !
exit
`

// factsEdge is the other end of all of them.
const factsEdge = `frr defaults traditional
hostname msee
!
interface eth1
 ip address 10.0.0.2/30
 ipv6 address 2001:db8:ff::2/126
exit
!
interface eth2
 ip address 10.0.0.6/30
exit
!
interface eth3
 ip address 10.0.1.2/30
 ipv6 address 2001:db8:ff:1::2/126
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
 neighbor 10.0.0.5 remote-as 65010
 neighbor 10.0.0.5 timers connect 1
 neighbor 10.0.1.1 remote-as 65010
 neighbor 10.0.1.1 bfd
 neighbor 10.0.1.1 timers connect 1
 neighbor 2001:db8:ff::1 remote-as 65010
 neighbor 2001:db8:ff::1 bfd
 neighbor 2001:db8:ff::1 timers connect 1
 neighbor 2001:db8:ff:1::1 remote-as 65010
 neighbor 2001:db8:ff:1::1 timers connect 1
 !
 address-family ipv4 unicast
  network 10.1.0.0/16
  network 10.1.4.0/24
  network 10.2.0.0/16
  neighbor 10.0.0.1 activate
  neighbor 10.0.0.5 activate
  neighbor 10.0.1.1 activate
 exit-address-family
 !
 address-family ipv6 unicast
  network 2001:db8:1::/48
  neighbor 2001:db8:ff::1 activate
  neighbor 2001:db8:ff:1::1 activate
 exit-address-family
exit
!
`

// factsQuestion asks for every neighbor, and for some that are not there.
var factsQuestion = Question{Neighbors: []Neighbor{
	neighborOf("10.0.0.2"), neighborOf("10.0.0.6"), neighborOf("10.0.0.9"), neighborOf("10.0.0.13"), neighborOf("2001:db8:ff::2"),
	neighborOf("RED", "10.0.1.2"), neighborOf("RED", "2001:db8:ff:1::2"), neighborOf("10.0.0.77"), neighborOf("RED", "10.0.0.2"), neighborOf("NONE", "10.0.0.2"),
}}

// factsWanted are the facts of it. How often a session went down while the daemons
// started is not told, and neither is which of two equal routes is the best one:
// both are in use.
func factsWanted() Facts {
	prefixes := func(texts ...string) (out []netip.Prefix) {
		for _, text := range texts {
			out = append(out, netip.MustParsePrefix(text))
		}
		return out
	}
	routes := func(preference uint32, texts ...string) (out []Route) {
		for _, p := range prefixes(texts...) {
			out = append(out, Route{Prefix: p, Best: true, LocalPreference: preference})
		}
		return out
	}
	up := func(n Neighbor, hold, keepalive time.Duration, routes []Route, sent ...string) Peer {
		return Peer{VRF: n.VRF, Addr: n.Addr, State: Established, Hold: hold, Keepalive: keepalive, Routes: routes, Sent: prefixes(sent...)}
	}
	bfd := func(n Neighbor, iface string, interval time.Duration) BFDPeer {
		return BFDPeer{VRF: n.VRF, Addr: n.Addr, Interface: iface, Up: true, Interval: interval, Multiplier: 3, Client: "BGP"}
	}
	n := factsQuestion.Neighbors
	lower := append(routes(200, "10.1.0.0/16"), Route{Prefix: netip.MustParsePrefix("10.1.4.0/24"), LocalPreference: 150})
	v4, v6 := routes(200, "10.1.0.0/16", "10.1.4.0/24"), routes(100, "2001:db8:1::/48")
	return Facts{
		Peers: []Peer{
			up(n[0], 30*time.Second, 10*time.Second, v4, "10.10.0.0/16"),
			up(n[1], 180*time.Second, 60*time.Second, lower, "10.10.0.0/16"),
			{Addr: n[2].Addr, State: "Idle", Shut: true},
			{Addr: n[3].Addr, State: "Idle"},
			up(n[4], 180*time.Second, 60*time.Second, v6, "2001:db8:10::/48"),
			up(n[5], 180*time.Second, 60*time.Second, v4),
			up(n[6], 180*time.Second, 60*time.Second, v6),
		},
		BFD: []BFDPeer{bfd(n[0], "eth1", 320*time.Millisecond), bfd(n[4], "eth1", 300*time.Millisecond), bfd(n[5], "eth3", 300*time.Millisecond)},
	}
}

// frrFactsNow asks a router's own daemons.
func frrFactsNow(r *frrtest.Router) (Facts, error) {
	var outputs []string
	for _, c := range frrFactCommands(factsQuestion) {
		outputs = append(outputs, r.Vtysh(c))
	}
	return readFRRFacts(factsQuestion, outputs)
}

// The daemons of FRR say what the reader makes of it.
func TestFRRFactsLive(t *testing.T) {
	t.Parallel()
	n := frrtest.New(t)
	ce, edge := n.Router("ce"), n.Router("msee")
	ce.VRF("RED")
	for _, link := range []string{"eth1", "eth2", "eth3"} {
		n.Link(ce, link, edge, link)
	}
	ce.Enslave("eth3", "RED")
	ce.Start(ce.InVRFs(factsBase))
	edge.Start(factsEdge)
	var got Facts
	frrtest.WaitFor(t, time.Minute, "facts", func() (bool, string) {
		f, err := frrFactsNow(ce)
		if err != nil {
			t.Fatal(err)
		}
		got = f
		ignored := cmpopts.IgnoreFields(Peer{}, "Up", "Drops")
		diff := cmp.Diff(factsWanted(), f, ignored, cmpopts.EquateComparable(netip.Addr{}, netip.Prefix{}), cmpopts.EquateEmpty())
		return diff == "", diff
	})
	for _, p := range got.Peers {
		if p.Drops < 0 || p.Up > time.Minute || (p.Up > 0) != (p.State == Established) {
			t.Errorf("%s: up %v, dropped %d times", p.Addr, p.Up, p.Drops)
		}
	}
	before := got.Peer(factsQuestion.Neighbors[0]).Drops
	ce.Vtysh("clear bgp 10.0.0.2")
	frrtest.WaitFor(t, time.Minute, "one drop more", func() (bool, string) {
		f, err := frrFactsNow(ce)
		if err != nil {
			t.Fatal(err)
		}
		p := f.Peer(factsQuestion.Neighbors[0])
		return p.Drops == before+1, fmt.Sprintf("%d after %d", p.Drops, before)
	})
}

// A router without BGP has no sessions, and a daemon that is not there is no answer.
func TestFRRFactsLiveNone(t *testing.T) {
	t.Parallel()
	r := frrtest.New(t).Router("ce")
	r.StartDaemons()
	f, err := frrFactsNow(r)
	if err != nil || len(f.Peers) > 0 || len(f.BFD) > 0 {
		t.Errorf("a router without BGP: %+v, %v", f, err)
	}
}
