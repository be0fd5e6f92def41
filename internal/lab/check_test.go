//go:build linux

package lab

import (
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ercfg/ercfg/internal/bgp"
	"github.com/ercfg/ercfg/internal/plan"
)

// edgeRouter is a router with policies of every kind: by exact prefix, by what
// lies in it, by community; with a local-preference, with prepends, with none.
func edgeRouter() *plan.Router {
	prefix := netip.MustParsePrefix
	return &plan.Router{
		Name: "ce1", ASN: 65010,
		Origins: []plan.Origination{
			{Prefix: prefix("10.10.0.0/16")}, {Prefix: prefix("10.11.8.0/21"), How: plan.Network},
			{Prefix: prefix("10.12.0.0/16"), How: plan.Learned}, {Prefix: prefix("10.13.0.0/16")}, {Prefix: prefix("2001:db8:1::/48")},
		},
		PrefixLists: []plan.PrefixList{
			{Name: "CAMPUS", Family: plan.IPv4, Entries: []plan.PrefixEntry{{Prefix: prefix("10.10.0.0/16")}, {Prefix: prefix("10.11.8.0/21")}}},
			{Name: "SHORT", Family: plan.IPv4, Entries: []plan.PrefixEntry{{Prefix: prefix("10.10.0.0/16")}}},
			{Name: "HUB", Family: plan.IPv4, OrLonger: true, Entries: []plan.PrefixEntry{{Prefix: prefix("10.100.0.0/16")}}},
			{Name: "HUB", Family: plan.IPv6, Entries: []plan.PrefixEntry{{Prefix: prefix("2001:db8:a000::/48")}}},
		},
		Communities: []plan.CommunityList{{Name: "STORAGE", Members: []bgp.Community{1, 2}}},
		Policies: []plan.Policy{
			{Name: "IN", Family: plan.IPv4, Terms: []plan.Term{
				{Seq: 10, Match: "HUB", LocalPreference: 200}, {Seq: 20, Communities: "STORAGE"}, {Seq: 65535, Deny: true},
			}},
			{Name: "IN", Family: plan.IPv6, Terms: []plan.Term{{Seq: 10, Match: "HUB"}, {Seq: 65535, Deny: true}}},
			{Name: "OUT", Family: plan.IPv4, Terms: []plan.Term{
				{Seq: 10, Match: "SHORT", Prepend: []bgp.ASN{65010, 65010}}, {Seq: 20, Match: "CAMPUS"}, {Seq: 65535, Deny: true},
			}},
		},
	}
}

func TestAccepted(t *testing.T) {
	t.Parallel()
	prefix := netip.MustParsePrefix
	offers := []plan.Offer{
		{Prefix: prefix("10.200.0.0/16")}, {Prefix: prefix("10.100.4.0/24")}, {Prefix: prefix("10.100.0.0/16")}, {Prefix: prefix("20.1.0.0/16"), Communities: []bgp.Community{2}},
		{Prefix: prefix("20.2.0.0/16"), Communities: []bgp.Community{3}}, {Prefix: prefix("10.0.0.0/8")}, {Prefix: prefix("2001:db8:a000::/48")}, {Prefix: prefix("2001:db8:a000:1::/64")},
	}
	for _, c := range []struct {
		name    string
		session plan.Session
		want    []string
	}{
		{"IPv4", plan.Session{RemoteASN: 12076, Import: "IN"}, []string{"10.100.0.0/16 preference 200 path 12076", "10.100.4.0/24 preference 200 path 12076", "20.1.0.0/16 path 12076"}},
		{"IPv6", plan.Session{Family: plan.IPv6, RemoteASN: 12076, Import: "IN"}, []string{"2001:db8:a000::/48 path 12076"}},
		{"no such policy", plan.Session{RemoteASN: 12076, Import: "NONE"}, nil},
		{"shut down", plan.Session{RemoteASN: 12076, Import: "IN", Shutdown: true}, nil},
	} {
		if diff := cmp.Diff(c.want, accepted(edgeRouter(), &c.session, offers)); diff != "" {
			t.Errorf("%s: -want +got:\n%s", c.name, diff)
		}
	}
}

func TestAdvertised(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		session plan.Session
		want    []string
	}{
		{"what the policy lets out, with its prepends", plan.Session{Export: "OUT"}, []string{"10.10.0.0/16 path 65010 65010 65010", "10.11.8.0/21 path 65010"}},
		{"IPv6 has no policy", plan.Session{Family: plan.IPv6, Export: "OUT"}, nil},
		{"shut down", plan.Session{Export: "OUT", Shutdown: true}, nil},
	} {
		if diff := cmp.Diff(c.want, advertised(edgeRouter(), &c.session)); diff != "" {
			t.Errorf("%s: -want +got:\n%s", c.name, diff)
		}
	}
}

func TestPlannedSession(t *testing.T) {
	t.Parallel()
	timers := func(keepalive, hold time.Duration) plan.Timers {
		return plan.Timers{Keepalive: keepalive * time.Second, Hold: hold * time.Second}
	}
	for _, c := range []struct {
		name    string
		session plan.Session
		theirs  time.Duration
		want    string
	}{
		{"ours are shorter", plan.Session{Timers: timers(10, 30)}, 180 * time.Second, "Established, keepalive 10 s, hold 30 s, no BFD"},
		{"theirs are shorter", plan.Session{Timers: timers(60, 180)}, 9 * time.Second, "Established, keepalive 3 s, hold 9 s, no BFD"},
		{"BFD", plan.Session{Timers: timers(60, 180), BFD: plan.BFD{Interval: 500 * time.Millisecond, Multiplier: 4}}, 180 * time.Second, "Established, keepalive 60 s, hold 180 s, BFD up on eth1.100, single hop, 500 ms x 4, theirs 300 ms x 3"},
		{"shut down", plan.Session{Timers: timers(60, 180), Shutdown: true}, 180 * time.Second, "Idle (Admin)"},
	} {
		if got := planned(&c.session, c.theirs, "eth1.100").String(); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// BIRD 2.0.12's words: two protocols, a route that is BIRD's own, one prefix from
// two neighbors.
func TestReadBIRD(t *testing.T) {
	t.Parallel()
	const protocols = `BIRD 2.0.12 ready.
Name       Proto      Table      State  Since         Info
direct1    Direct     ---        up     21:27:37.043  
  Channel ipv4
    State:          UP

peer0      BGP        ---        up     21:27:45.043  Established   
  BGP state:          Established
    Neighbor address: 10.255.10.1
    Neighbor AS:      4200000010

peer1      BGP        ---        up     21:27:43.043  Established   
    Neighbor address: 2001:db8:ff:10::1

peer2      BGP        ---        up     21:27:43.043  Established   
    Neighbor address: 100.64.1.2
`
	const routes = `BIRD 2.0.12 ready.
Table master4:
10.40.0.0/14         unicast [peer0 21:27:45.532] * (100) [AS4200000010i]
	via 10.255.10.1 on er
	Type: BGP univ
	BGP.as_path: 4200000010 4200000010
	BGP.next_hop: 10.255.10.1
                     unicast [peer2 21:27:45.532] (100) [AS65515i]
	via 100.64.1.2 on az1
	BGP.as_path: 65515
100.64.1.0/30        unicast [direct1 21:27:37.057] * (240)
	dev az1
	Type: device univ

Table master6:
2001:db8:1000::/40   unicast [peer1 21:27:43.814] * (100) [AS4200000010i]
	via fe80::1 on er
	BGP.as_path: 4200000010
`
	want := map[netip.Addr][]string{
		netip.MustParseAddr("10.255.10.1"):       {"10.40.0.0/14 path 4200000010 4200000010"},
		netip.MustParseAddr("100.64.1.2"):        {"10.40.0.0/14 path 65515"},
		netip.MustParseAddr("2001:db8:ff:10::1"): {"2001:db8:1000::/40 path 4200000010"},
	}
	got := readBIRD(protocols, routes)
	if len(got) != len(want) {
		t.Errorf("%d neighbors, want %d", len(got), len(want))
	}
	for peer, lines := range want {
		if diff := cmp.Diff(lines, got[peer]); diff != "" {
			t.Errorf("%s: -want +got:\n%s", peer, diff)
		}
	}
}
