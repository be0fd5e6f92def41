package render

import (
	"cmp"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/ercfg/ercfg/internal/bgp"
	"github.com/ercfg/ercfg/internal/ether"
	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/secret"
)

// handmade is a plan with what no golden intent needs at once: every
// protocol of redistribution in both families, links of one family, several
// tags on one port, sessions of one peering that differ, limits of every kind.
// Its values are legal for the vendors and for nothing else.
func handmade(t testing.TB) *plan.Plan {
	t.Helper()
	p := &plan.Plan{Name: "hand-made", Routers: []plan.Router{
		handmadeRouter(t, "ios", plan.IOSXE, plan.MX, plan.Version{Major: 17, Minor: 12, Text: "17.12"}, "Loopback0", "Port-channel1", "TwentyFiveGigE0/0/1"),
		handmadeRouter(t, "mx", plan.Junos, plan.MX, plan.Version{Major: 23, Minor: 4, Text: "23.4R1"}, "lo0.5", "ae1", "xe-0/0/1:3"),
		handmadeRouter(t, "srx", plan.Junos, plan.SRX, plan.Version{Major: 23, Minor: 4, Text: "23.4"}, "lo0", "reth0", "ge-0/0/1"),
		handmadeRouter(t, "linux", plan.FRR, plan.MX, plan.Version{Major: 8, Minor: 4, Text: "8.4"}, "lo", "enp1s0-x", "wan0"),
	}}
	p.Routers[2].Loopback.Zone = "trust"
	for i, names := range []struct{ tunnel, outside, customer, direct1, direct2 string }{
		{"Tunnel", "GigabitEthernet0/0/0", "GigabitEthernet0/0/2.7", "HundredGigE0/1/0", "HundredGigE0/2/0"},
		{"", "", "ge-0/0/2.7", "et-0/1/0", "et-0/2/0"}, // an MX ends no tunnel
		{"st0.", "ge-0/0/0.0", "ge-0/0/2.7", "", ""},
		{"vti", "eth0", "eth2.7", "", ""}, // MACsec is outside FRR
	} {
		r := &p.Routers[i]
		handmadeVRFs(t, r, names.customer)
		handmadeCommunities(r)
		if names.tunnel != "" {
			handmadeTunnels(t, r, names.tunnel, names.outside)
		}
		if names.direct1 != "" {
			handmadePorts(t, r, names.direct1, names.direct2)
		}
		handmadeFlow(r)
	}
	return p
}

func handmadeRouter(t testing.TB, name string, platform plan.Platform, model plan.Model, version plan.Version, loopback, port1, port2 string) plan.Router {
	t.Helper()
	md5, err := secret.ParseRef("file:keys/hand made.txt")
	if err != nil {
		t.Fatal(err)
	}
	bfd := plan.BFD{Interval: 750 * time.Millisecond, Multiplier: 4, Origin: "bfd"}
	session := func(family plan.Family, local, neighbor string, hold int, md5 secret.Ref, limit plan.MaxPrefixes) plan.Session {
		suffix := [...]string{"-V4", "-V6"}[family]
		s := plan.Session{
			Family: family, Local: netip.MustParseAddr(local), Neighbor: netip.MustParseAddr(neighbor), RemoteASN: 12076, Description: "two  blanks",
			Timers: plan.Timers{Keepalive: time.Duration(hold/3) * time.Second, Hold: time.Duration(hold) * time.Second, Origin: "timers"},
			MD5:    md5, MaxPrefixes: limit, Import: "HAND-MADE-IN" + suffix, Export: "HAND-MADE-OUT" + suffix, Origin: "link",
		}
		return s
	}
	prefix := netip.MustParsePrefix
	r := plan.Router{
		Name: name, Platform: platform, Model: model, Version: version, ASN: 4200000001, RouterID: netip.MustParseAddr("192.0.2.1"), Origin: "router",
		Loopback:  plan.Loopback{Interface: loopback, IPv4: netip.MustParseAddr("192.0.2.1"), IPv6: netip.MustParseAddr("2001:db8::1"), Origin: "loopback"},
		Multipath: plan.Multipath{EBGP: 4, IBGP: 3, Origin: "multipath"},
		Links: []plan.Link{
			{
				Path: "er-a", Interface: port1, Unit: 100, Tag: ether.Tag{Outer: 900, Inner: 100}, IPv4: prefix("10.0.0.1/30"), MTUBytes: 1400, BFD: bfd,
				Description: "plain-description", Zone: "azure", Origin: "link",
				Sessions: []plan.Session{session(plan.IPv4, "10.0.0.1", "10.0.0.2", 12, md5, plan.MaxPrefixes{Count: 10, WarnPercent: 75, Restart: 7 * time.Minute, Origin: "limit"})},
			},
			{
				Path: "er-a", Interface: port1, Unit: 101, Tag: ether.Tag{Outer: 900, Inner: 101}, IPv4: prefix("10.0.0.5/30"), MTUBytes: 1500,
				Description: "x", Zone: "azure", Origin: "link",
				Sessions: []plan.Session{session(plan.IPv4, "10.0.0.5", "10.0.0.6", 60, secret.Ref{}, plan.MaxPrefixes{})},
			},
			{
				Path: "er-a.microsoft", Interface: port2, Unit: 102, Tag: ether.Tag{Inner: 102}, IPv6: prefix("2001:db8:0:1::1/126"), MTUBytes: 1400,
				Zone: "dmz", Origin: "link",
				Sessions: []plan.Session{session(plan.IPv6, "2001:db8:0:1::1", "2001:db8:0:1::2", 30, secret.Ref{}, plan.MaxPrefixes{Count: 10, WarnPercent: 75, Origin: "limit"})},
			},
		},
		IBGP: []plan.IBGP{
			{Family: plan.IPv4, Local: netip.MustParseAddr("192.0.2.1"), Neighbor: netip.MustParseAddr("192.0.2.2"), Timers: plan.Timers{Keepalive: 10 * time.Second, Hold: 30 * time.Second}, Import: "HAND-MADE-IN-V4", Export: "HAND-MADE-OUT-V4", Origin: "ibgp"},
		},
		PrefixLists: []plan.PrefixList{
			{Name: "HAND-MADE-V4", Family: plan.IPv4, Entries: []plan.PrefixEntry{{Seq: 10, Prefix: prefix("0.0.0.0/0")}, {Seq: 20, Prefix: prefix("10.1.0.0/16")}}, Origin: "list"},
			{Name: "HAND-MADE-V6", Family: plan.IPv6, Entries: []plan.PrefixEntry{{Seq: 10, Prefix: prefix("2001:db8:ab::/48")}}, Origin: "list"},
		},
		Policies: []plan.Policy{
			handmadePolicy("HAND-MADE-IN-V4", plan.IPv4, plan.Term{LocalPreference: 4294967295}),
			handmadePolicy("HAND-MADE-IN-V6", plan.IPv6, plan.Term{LocalPreference: 1}),
			handmadePolicy("HAND-MADE-OUT-V4", plan.IPv4, plan.Term{Prepend: []bgp.ASN{4200000001, 65000}, NextHopSelf: true}),
			handmadePolicy("HAND-MADE-OUT-V6", plan.IPv6, plan.Term{Protocol: "ospf"}),
		},
	}
	r.Links[0].Sessions[0].BFD = bfd
	for i, o := range []plan.Origination{
		{Prefix: prefix("0.0.0.0/0"), How: plan.Network},
		{Prefix: prefix("10.0.0.0/8"), How: plan.Anchor},
		{Prefix: prefix("10.1.0.0/16"), How: plan.Via, NextHop: netip.MustParseAddr("10.9.9.9")},
		{Prefix: prefix("172.16.0.0/16"), How: plan.Network},
		{Prefix: prefix("192.168.5.0/24"), How: plan.Network},
		{Prefix: prefix("192.168.0.0/16"), How: plan.Network},
		{Prefix: prefix("10.2.0.0/16"), How: plan.Learned},
		{Prefix: prefix("2001:db8:ab::/48"), How: plan.Anchor},
		{Prefix: prefix("2001:db8:ac::/48"), How: plan.Via, NextHop: netip.MustParseAddr("2001:db8::99")},
		{Prefix: prefix("::/0"), How: plan.Network},
		{Prefix: prefix("10.16.0.0/16"), How: plan.Redistribute, Protocol: "isis", Filter: "HAND-MADE-FROM-V4"},
		{Prefix: prefix("10.17.0.0/16"), How: plan.Redistribute, Protocol: "ospf", Process: "7", Filter: "HAND-MADE-FROM-V4"},
		{Prefix: prefix("10.18.0.0/16"), How: plan.Redistribute, Protocol: "ospf", Process: "7", Filter: "HAND-MADE-FROM-V4"},
		{Prefix: prefix("10.19.0.0/16"), How: plan.Redistribute, Protocol: "static", Filter: "HAND-MADE-FROM-V4"},
		{Prefix: prefix("10.20.0.0/16"), How: plan.Redistribute, Protocol: "connected", Filter: "HAND-MADE-FROM-V4"},
		{Prefix: prefix("2001:db8:ad::/48"), How: plan.Redistribute, Protocol: "ospf", Process: "7", Filter: "HAND-MADE-FROM-V6"},
		{Prefix: prefix("2001:db8:ae::/48"), How: plan.Redistribute, Protocol: "isis", Filter: "HAND-MADE-FROM-V6"},
	} {
		o.Origin = "origination." + string(rune('a'+i))
		r.Origins = append(r.Origins, o)
	}
	r.Resolution = []plan.Resolution{{Family: plan.IPv4, Policy: "HAND-MADE-NEXTHOP-V4", Origin: "ibgp"}}
	r.Policies = append(r.Policies, plan.Policy{Name: "HAND-MADE-NEXTHOP-V4", Family: plan.IPv4, Origin: "ibgp", Terms: []plan.Term{
		{Seq: 10, Deny: true, Match: "HAND-MADE-V4", Protocol: "static", Origin: "ibgp"}, {Seq: 20, Protocol: "connected", Origin: "ibgp"}, {Seq: 30, Origin: "ibgp"},
	}})
	r.Policies = append(r.Policies, handmadePolicy("HAND-MADE-FROM-V4", plan.IPv4, plan.Term{}), handmadePolicy("HAND-MADE-FROM-V6", plan.IPv6, plan.Term{}))
	return r
}

// handmadePolicy is one term on the family's list, and the final deny.
func handmadePolicy(name string, family plan.Family, term plan.Term) plan.Policy {
	term.Seq, term.Match, term.Origin = 10, "HAND-MADE"+[...]string{"-V4", "-V6"}[family], "policy"
	return plan.Policy{Name: name, Family: family, Origin: "policy", Terms: []plan.Term{term, {Seq: 65535, Deny: true, Origin: "policy"}}}
}

// handmadeVRFs adds two VRFs to r: RED takes part in VPNs and has customers,
// one of them with BFD on the interface; BLUE has its links alone. Its links
// come after r's own, on the same port as the last of them. Two iBGP sessions
// carry VPN routes: one of them nothing else.
func handmadeVRFs(t testing.TB, r *plan.Router, customer string) {
	t.Helper()
	target := func(text string) bgp.RouteTarget {
		out, err := bgp.ParseRouteTarget(text)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	rd, err := bgp.ParseRD("192.0.2.1:301")
	if err != nil {
		t.Fatal(err)
	}
	addr, prefix := netip.MustParseAddr, netip.MustParsePrefix
	session := func(family plan.Family, local, neighbor string, asn bgp.ASN) plan.Session {
		suffix := [...]string{"-V4", "-V6"}[family]
		return plan.Session{
			Family: family, Local: addr(local), Neighbor: addr(neighbor), RemoteASN: asn, Timers: plan.Timers{Keepalive: 10 * time.Second, Hold: 30 * time.Second, Origin: "timers"},
			Import: "HAND-MADE-IN" + suffix, Export: "HAND-MADE-OUT" + suffix, Origin: "vrf.session",
		}
	}
	bfd := plan.BFD{Interval: 300 * time.Millisecond, Multiplier: 3, Origin: "vrf.bfd"}
	withBFD := session(plan.IPv4, "10.64.0.1", "10.64.0.2", 65010)
	withBFD.BFD, withBFD.Description = bfd, "customer A"
	withBFD.MaxPrefixes = plan.MaxPrefixes{Count: 100, WarnPercent: 80, Restart: 5 * time.Minute, Origin: "vrf.limit"}
	r.VRFs = []plan.VRF{
		{Name: "BLUE", Families: [2]bool{plan.IPv4: true}, Multipath: plan.Multipath{EBGP: 1, IBGP: 1, Origin: "vrf.multipath"}, Origin: "vrf.blue"},
		{
			Name: "RED", RD: rd, Import: []bgp.RouteTarget{target("64500:301"), target("64500:999")}, Export: []bgp.RouteTarget{target("64500:301")},
			Families: [2]bool{true, true}, Multipath: plan.Multipath{EBGP: 2, IBGP: 2, Origin: "vrf.multipath"}, Origin: "vrf.red",
			Customers: []plan.Customer{
				{Session: withBFD, Interface: customer},
				{Session: session(plan.IPv6, "2001:db8:64::1", "2001:db8:64::2", 65011)},
			},
		},
	}
	port := r.Links[len(r.Links)-1].Interface
	red := plan.Link{
		Path: "er-red", VRF: "RED", Interface: port, Unit: 200, Tag: ether.Tag{Inner: 200}, IPv4: prefix("10.0.0.1/30"), IPv6: prefix("2001:db8:0:2::1/126"), MTUBytes: 1500, BFD: bfd,
		Description: "in RED", Zone: "red", Origin: "vrf.link",
		Sessions: []plan.Session{session(plan.IPv4, "10.0.0.1", "10.0.0.2", 12076), session(plan.IPv6, "2001:db8:0:2::1", "2001:db8:0:2::2", 12076)},
	}
	red.Sessions[0].BFD = bfd
	blue := plan.Link{
		Path: "er-blue", VRF: "BLUE", Interface: port, Unit: 201, Tag: ether.Tag{Inner: 201}, IPv4: prefix("10.0.0.1/30"), MTUBytes: 1500, Zone: "blue", Origin: "vrf.link",
		Sessions: []plan.Session{session(plan.IPv4, "10.0.0.1", "10.0.0.2", 12076)},
	}
	r.Links = append(r.Links, red, blue)
	vpn := func(neighbor, policy string, vpn ...plan.Family) plan.IBGP {
		out := plan.IBGP{
			Family: plan.IPv4, Local: addr("192.0.2.1"), Neighbor: addr(neighbor), Timers: plan.Timers{Keepalive: 10 * time.Second, Hold: 30 * time.Second, Origin: "timers"},
			VPN: vpn, Origin: "ibgp.vpn",
		}
		if policy != "" {
			out.Import, out.Export, out.Communities = "HAND-MADE-IN"+policy, "HAND-MADE-OUT"+policy, true
		}
		return out
	}
	r.IBGP = append(r.IBGP, vpn("192.0.2.3", "", plan.IPv4, plan.IPv6), vpn("192.0.2.4", "-V4", plan.IPv4))
	for _, o := range []plan.Origination{
		{VRF: "BLUE", Prefix: prefix("10.66.0.0/16"), How: plan.Anchor},
		{VRF: "RED", Prefix: prefix("10.64.0.0/14"), How: plan.Anchor},
		{VRF: "RED", Prefix: prefix("10.65.0.0/16"), How: plan.Via, NextHop: addr("10.64.0.2")},
		{VRF: "RED", Prefix: prefix("10.67.0.0/16"), How: plan.Redistribute, Protocol: "connected", Filter: "HAND-MADE-FROM-V4"},
		{VRF: "RED", Prefix: prefix("2001:db8:64::/48"), How: plan.Anchor},
	} {
		o.Origin = "vrf.origination"
		r.Origins = append(r.Origins, o)
	}
	r.Routes = append(r.Routes, plan.Route{VRF: "RED", Prefix: prefix("10.70.0.9/32"), NextHop: addr("10.0.0.2"), Interface: red.Subinterface(), BFD: bfd, Local: addr("10.0.0.1"), Origin: "vrf.route"})
}

// handmadeCommunities adds Microsoft peering to r's third link and to its
// second: lists of communities, prefix lists that take what lies inside, and
// policies that ask both. The third link rewrites what is marked otherwise than
// two values, the second everything.
func handmadeCommunities(r *plan.Router) {
	prefix := netip.MustParsePrefix
	r.Communities = []plan.CommunityList{
		{Name: "HAND-MADE-ENTRA", Members: []bgp.Community{12076<<16 | 5060}, Origin: "community"},
		{Name: "HAND-MADE-WEU", Members: []bgp.Community{12076<<16 | 51002, 12076<<16 | 52002, 12076<<16 | 53002}, Origin: "community"},
	}
	r.PrefixLists = append(r.PrefixLists,
		plan.PrefixList{Name: "HAND-MADE-WITHIN-V4", Family: plan.IPv4, OrLonger: true, Origin: "within", Entries: []plan.PrefixEntry{
			{Seq: 10, Prefix: prefix("0.0.0.0/0"), Origin: "within"}, {Seq: 20, Prefix: prefix("203.0.113.0/24"), Origin: "within"}, {Seq: 30, Prefix: prefix("203.0.114.1/32"), Origin: "within"},
		}},
		plan.PrefixList{Name: "HAND-MADE-WITHIN-V6", Family: plan.IPv6, OrLonger: true, Origin: "within", Entries: []plan.PrefixEntry{
			{Seq: 10, Prefix: prefix("2001:db8:ff::/48"), Origin: "within"}, {Seq: 20, Prefix: prefix("2001:db8:ff::1/128"), Origin: "within"},
		}},
	)
	r.Policies = append(r.Policies,
		plan.Policy{Name: "HAND-MADE-SERVICES-V4", Family: plan.IPv4, Origin: "services", Terms: []plan.Term{
			{Seq: 10, Deny: true, Match: "HAND-MADE-V4", Origin: "services"},
			{Seq: 20, Match: "HAND-MADE-WITHIN-V4", Communities: "HAND-MADE-ENTRA", LocalPreference: 200, Origin: "services"},
			{Seq: 30, Communities: "HAND-MADE-WEU", LocalPreference: 150, Origin: "services"},
			{Seq: 65535, Deny: true, Origin: "services"},
		}},
		plan.Policy{Name: "HAND-MADE-SERVICES-V6", Family: plan.IPv6, Origin: "services", Terms: []plan.Term{
			{Seq: 10, Match: "HAND-MADE-WITHIN-V6", Communities: "HAND-MADE-WEU", LocalPreference: 200, Origin: "services"},
			{Seq: 65535, Deny: true, Origin: "services"},
		}},
	)
	r.Links[1].Sessions[0].Import, r.Links[2].Sessions[0].Import = "HAND-MADE-SERVICES-V4", "HAND-MADE-SERVICES-V6"
	r.Links[1].Microsoft, r.Links[1].Remark, r.Links[1].RemarkOrigin = true, true, "dscp"
	r.Links[2].Microsoft, r.Links[2].Remark, r.Links[2].RemarkOrigin, r.Links[2].DSCP = true, true, "dscp", []int{10, 46}
}

// handmadeTunnels adds tunnels of every kind to r, whose names are tunnel and a
// number, and the routes that hold their far ends. Two of one VPN share their
// proposals; the third has its inside in RED and its outside on a link in BLUE
// and waits; the fourth comes from the loopback; the fifth is IKEv1 without
// perfect forward secrecy or a limit by volume.
func handmadeTunnels(t testing.TB, r *plan.Router, tunnel, outside string) {
	t.Helper()
	psk, err := secret.ParseRef("env:VPN_PSK")
	if err != nil {
		t.Fatal(err)
	}
	addr, prefix := netip.MustParseAddr, netip.MustParsePrefix
	session := func(local, neighbor string) plan.Session {
		return plan.Session{
			Local: addr(local), Neighbor: addr(neighbor), RemoteASN: 65515, Timers: plan.Timers{Keepalive: 60 * time.Second, Hold: 180 * time.Second, Origin: "vpn.timers"},
			Import: "HAND-MADE-IN-V4", Export: "HAND-MADE-OUT-V4", Origin: "vpn.session",
		}
	}
	far := func(neighbor string) plan.Session {
		s := session("192.0.2.1", neighbor)
		s.Multihop, s.Loopback = 255, true
		return s
	}
	ipsec := plan.IPsec{
		IKEVersion: 2, PSK: psk, PSKOrigin: "vpn.psk", DPD: 45 * time.Second, Origin: "vpn",
		IKE: plan.IKEProposal{Encryption: "aes256", Integrity: "sha256", DHGroup: 14, Lifetime: 28800 * time.Second, Origin: "vpn.ike"},
		ESP: plan.ESPProposal{Encryption: "gcmaes256", Integrity: "gcmaes256", PFSGroup: 14, Lifetime: 27000 * time.Second, Kilobytes: 102400000, Origin: "vpn.esp"},
	}
	waiting := ipsec
	waiting.Passive = true
	waiting.IKE = plan.IKEProposal{Encryption: "gcmaes256", Integrity: "sha384", DHGroup: 20, Lifetime: 28800 * time.Second, Origin: "vpn.ike"}
	waiting.ESP.Encryption, waiting.ESP.Integrity, waiting.ESP.PFSGroup = "aes256", "sha256", 20
	old := ipsec
	old.IKEVersion = 1
	old.IKE.Encryption, old.IKE.Integrity, old.IKE.DHGroup = "aes128", "sha1", 2
	old.ESP.Encryption, old.ESP.Integrity, old.ESP.PFSGroup, old.ESP.Kilobytes = "des3", "sha1", 0, 0
	inside := session("169.254.21.1", "169.254.21.2")
	inside.Passive = true
	blue := r.Links[len(r.Links)-1]
	r.Tunnels = []plan.Tunnel{
		{Path: "s2s-a", Instance: "a", Description: "s2s-a, instance a", Source: outside, Local: addr("198.51.100.18"), Remote: addr("203.0.113.10"), IPsec: ipsec, Session: far("10.60.255.4")},
		{Path: "s2s-a", Instance: "b", Description: "s2s-a, instance b", Source: outside, Local: addr("198.51.100.18"), Remote: addr("203.0.113.11"), IPsec: ipsec, Session: far("10.60.255.5")},
		{
			Path: "ipsec-b", Instance: "a", Source: blue.Subinterface(), Local: blue.IPv4.Addr(), Remote: addr("10.70.255.6"), Inside: prefix("169.254.21.1/30"),
			VRF: "RED", OutsideVRF: blue.VRF, IPsec: waiting, Session: inside,
		},
		{
			Path: "ipsec-d", Instance: "a", Source: r.Loopback.Interface, Local: r.Loopback.IPv4, Remote: addr("10.70.255.7"), Inside: prefix("169.254.21.5/30"),
			OutsideZone: r.Loopback.Zone, IPsec: waiting, Session: session("169.254.21.5", "169.254.21.6"),
		},
		{Path: "old-c", Instance: "a", Source: outside, Local: addr("198.51.100.18"), Remote: addr("203.0.113.12"), IPsec: old, Session: far("10.61.255.4")},
	}
	for i := range r.Tunnels {
		d := &r.Tunnels[i]
		d.Interface, d.Zone, d.MTUBytes, d.MSSBytes, d.Origin = tunnel+strconv.Itoa(i+1), "azure", 1400, 1350, "vpn.tunnel"
		if d.Session.Loopback {
			r.Routes = append(r.Routes, plan.Route{Prefix: netip.PrefixFrom(d.Session.Neighbor, 32), Interface: d.Interface, Origin: "vpn.route"})
		}
	}
	r.Tunnels[2].Zone = "red"
	bfd := r.Links[0].BFD
	for _, route := range []plan.Route{
		{VRF: blue.VRF, Prefix: prefix("10.70.255.6/32"), NextHop: addr("10.0.0.2"), Interface: blue.Subinterface()},
		{Prefix: prefix("10.70.255.7/32"), Discard: true},
		{Prefix: prefix("10.70.255.7/32"), NextHop: addr("10.0.0.2"), Interface: r.Links[0].Subinterface(), BFD: bfd, Local: addr("10.0.0.1")},
		{Prefix: prefix("10.70.255.7/32"), NextHop: addr("10.0.0.6"), Interface: r.Links[1].Subinterface()},
		{Prefix: prefix("10.70.255.8/32"), NextHop: addr("10.0.0.2"), Interface: r.Links[0].Subinterface(), BFD: bfd, Local: addr("10.0.0.1")},
		{Prefix: prefix("203.0.113.10/32"), NextHop: addr("198.51.100.17")},
	} {
		route.Origin = "vpn.pin"
		r.Routes = append(r.Routes, route)
	}
	slices.SortStableFunc(r.Routes, func(a, b plan.Route) int {
		return cmp.Or(cmp.Compare(a.VRF, b.VRF), a.Prefix.Addr().Compare(b.Prefix.Addr()), cmp.Compare(a.Prefix.Bits(), b.Prefix.Bits()), cmp.Compare(a.Interface, b.Interface))
	})
}

// handmadePorts adds two ports with MACsec to r.
func handmadePorts(t testing.TB, r *plan.Router, first, second string) {
	t.Helper()
	ref := func(text string) secret.Ref {
		out, err := secret.ParseRef(text)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	r.Ports = []plan.Port{
		{Interface: first, Pair: "ams-pair", Position: plan.Primary, Origin: "port", MACsec: plan.MACsec{Cipher: "gcm-aes-xpn-256", CKN: ref("file:ams.ckn"), CAK: ref("file:ams.cak"), SCI: true, Origin: "port.macsec"}},
		{Interface: second, Pair: "dub-pair", Position: plan.Secondary, Origin: "port", MACsec: plan.MACsec{Cipher: "gcm-aes-128", CKN: ref("env:DUB_CKN"), CAK: ref("env:DUB_CAK"), Origin: "port.macsec"}},
	}
}

// handmadeFlow turns flow export on.
func handmadeFlow(r *plan.Router) {
	r.Flow = plan.Flow{
		Protocol: "ipfix", Collector: netip.MustParseAddr("10.80.1.50"), Port: 2055, Source: r.Loopback.IPv4, SourceInterface: r.Loopback.Interface,
		Sampling: 1000, Active: 60 * time.Second, Inactive: 15 * time.Second, Origin: "telemetry",
	}
}

// handmadeFiles writes the rendering of the handmade plan for a checker that
// wants files.
func handmadeFiles(t *testing.T, ext string) []string {
	t.Helper()
	dir := t.TempDir()
	var out []string
	for _, style := range []JunosStyle{Set, Braces} {
		for _, c := range render(t, handmade(t), Options{Junos: style}) {
			if !strings.HasSuffix(c.Name, ext) || strings.HasSuffix(c.Name, ".frr.conf") {
				continue
			}
			name := filepath.Join(dir, c.Name)
			if err := os.WriteFile(name, []byte(c.Text), 0o600); err != nil {
				t.Fatal(err)
			}
			out = append(out, name)
		}
	}
	if len(out) == 0 {
		t.Fatalf("nothing handmade ends in %s", ext)
	}
	return out
}

// Each vendor's words for what the goldens do not show. A line with ~ in front
// must be absent.
func TestHandmade(t *testing.T) {
	t.Parallel()
	texts := make(map[string]string)
	for _, c := range render(t, handmade(t), Options{}) {
		texts[c.Router] = "\n" + c.Text
		for _, f := range c.Companions {
			texts[f.Name] = "\n" + f.Text
		}
	}
	for _, c := range []struct {
		router string
		lines  []string
	}{
		{"ios", []string{
			"ipv6 unicast-routing",
			"interface Port-channel1.100\n description plain-description\n encapsulation dot1Q 900 second-dot1q 100\n ip flow monitor HAND-MADE-V4-IN sampler HAND-MADE input\n ip flow monitor HAND-MADE-V4-OUT sampler HAND-MADE output\n ip address 10.0.0.1 255.255.255.252\n no ip redirects\n no ip proxy-arp\n ip mtu 1400\n bfd interval 750 min_rx 750 multiplier 4\n no bfd echo\n!",
			"interface TwentyFiveGigE0/0/1.102\n encapsulation dot1Q 102\n ipv6 flow monitor HAND-MADE-V6-IN sampler HAND-MADE input\n ipv6 flow monitor HAND-MADE-V6-OUT sampler HAND-MADE output\n no ip address\n no ip redirects\n no ip proxy-arp\n ip mtu 1400\n ipv6 address 2001:DB8:0:1::1/126\n ipv6 mtu 1400\n service-policy output HAND-MADE-DSCP-2\n!",
			" neighbor 2001:DB8:0:1::2 description two blanks",
			" neighbor 10.0.0.2 password <file:keys/hand%20made.txt>",
			"  neighbor 10.0.0.2 next-hop-self",
			"  neighbor 10.0.0.2 maximum-prefix 10 restart 7",
			"  neighbor 2001:DB8:0:1::2 maximum-prefix 10 warning-only",
			"~  neighbor 10.0.0.6 maximum-prefix",
			"  network 0.0.0.0\n  network 10.0.0.0\n  network 10.1.0.0 mask 255.255.0.0\n  network 172.16.0.0\n  network 192.168.5.0\n  network 192.168.0.0 mask 255.255.0.0\n  redistribute connected route-map HAND-MADE-FROM-V4\n  redistribute static route-map HAND-MADE-FROM-V4\n  redistribute ospf 7 match internal external 1 external 2 nssa-external 1 nssa-external 2 route-map HAND-MADE-FROM-V4\n  redistribute isis level-1-2 route-map HAND-MADE-FROM-V4\n  neighbor",
			" address-family ipv6\n  redistribute ospf 7 match internal external 1 external 2 nssa-external 1 nssa-external 2 route-map HAND-MADE-FROM-V6\n  redistribute isis level-1-2 route-map HAND-MADE-FROM-V6\n" +
				"  maximum-paths 4\n  maximum-paths ibgp 3\n  network 2001:DB8:AB::/48\n  network 2001:DB8:AC::/48\n  network ::/0\n  neighbor",
			"  neighbor 2001:DB8:0:1::2 maximum-prefix 10 warning-only\n exit-address-family",
			"  maximum-paths 4\n  maximum-paths ibgp 3\n exit-address-family\n !\n address-family vpnv4\n  neighbor 192.0.2.3 activate\n  neighbor 192.0.2.3 send-community extended\n  neighbor 192.0.2.4 activate\n  neighbor 192.0.2.4 send-community both\n exit-address-family\n !\n address-family ipv6\n",
			"ip route static bfd Port-channel1.100 10.0.0.2\nip route static bfd TwentyFiveGigE0/0/1.200 10.0.0.2\nip route 10.0.0.0 255.0.0.0 Null0 250\nip route 10.1.0.0 255.255.0.0 10.9.9.9\nip route 10.60.255.4 255.255.255.255 Tunnel1\n",
			"ip route 10.70.255.7 255.255.255.255 Null0 250\nip route 10.70.255.7 255.255.255.255 Port-channel1.100 10.0.0.2\nip route 10.70.255.7 255.255.255.255 Port-channel1.101 10.0.0.6\n",
			"ip route vrf RED 10.65.0.0 255.255.0.0 10.64.0.2\nip route vrf RED 10.70.0.9 255.255.255.255 TwentyFiveGigE0/0/1.200 10.0.0.2\n!\nipv6 route 2001:DB8:AB::/48 Null0 250\nipv6 route 2001:DB8:AC::/48 2001:DB8::99\nipv6 route vrf RED 2001:DB8:64::/48 Null0 250\n!",
			"ip prefix-list HAND-MADE-V4 seq 10 permit 0.0.0.0/0\n",
			"ip prefix-list HAND-MADE-WITHIN-V4 seq 10 permit 0.0.0.0/0 le 32\nip prefix-list HAND-MADE-WITHIN-V4 seq 20 permit 203.0.113.0/24 le 32\nip prefix-list HAND-MADE-WITHIN-V4 seq 30 permit 203.0.114.1/32\n",
			"ipv6 prefix-list HAND-MADE-WITHIN-V6 seq 10 permit 2001:DB8:FF::/48 le 128\nipv6 prefix-list HAND-MADE-WITHIN-V6 seq 20 permit 2001:DB8:FF::1/128\n",
			"ip bgp-community new-format\n!\nip community-list standard HAND-MADE-ENTRA permit 12076:5060\n!\nip community-list standard HAND-MADE-WEU permit 12076:51002\nip community-list standard HAND-MADE-WEU permit 12076:52002\n",
			"route-map HAND-MADE-SERVICES-V4 permit 20\n match ip address prefix-list HAND-MADE-WITHIN-V4\n match community HAND-MADE-ENTRA\n set local-preference 200\n!\nroute-map HAND-MADE-SERVICES-V4 permit 30\n match community HAND-MADE-WEU\n",
			"vrf definition BLUE\n !\n address-family ipv4\n exit-address-family\n!\nvrf definition RED\n rd 192.0.2.1:301\n !\n address-family ipv4\n  route-target export 64500:301\n  route-target import 64500:301\n  route-target import 64500:999\n exit-address-family\n !\n address-family ipv6\n  route-target export",
			"interface TwentyFiveGigE0/0/1.200\n description in RED\n encapsulation dot1Q 200\n vrf forwarding RED\n",
			" address-family vpnv6\n  neighbor 192.0.2.3 activate\n  neighbor 192.0.2.3 send-community extended\n exit-address-family\n !\n address-family ipv4 vrf BLUE\n",
			" address-family ipv6 vrf RED\n  maximum-paths 2\n  maximum-paths ibgp 2\n  network 2001:DB8:64::/48\n  neighbor 2001:DB8:0:2::2 remote-as 12076\n",
			"  neighbor 10.64.0.2 remote-as 65010\n  neighbor 10.64.0.2 description customer A\n  neighbor 10.64.0.2 timers 10 30\n  neighbor 10.64.0.2 fall-over bfd\n  neighbor 10.64.0.2 activate\n",
			"  neighbor 10.64.0.2 maximum-prefix 100 80 restart 5\n  neighbor 169.254.21.2 remote-as 65515\n  neighbor 169.254.21.2 transport connection-mode passive\n",
			"interface GigabitEthernet0/0/2.7\n bfd interval 300 min_rx 300 multiplier 3\n no bfd echo\n!",
			" neighbor 10.60.255.4 remote-as 65515\n neighbor 10.60.255.4 ebgp-multihop 255\n neighbor 10.60.255.4 update-source Loopback0\n neighbor 10.60.255.4 timers 60 180\n",
			"~  neighbor 192.0.2.3 route-map",
			"  neighbor 192.0.2.4 activate\n  neighbor 192.0.2.4 send-community\n  neighbor 192.0.2.4 next-hop-self\n",
			"~  neighbor 192.0.2.2 send-community",
			"interface Tunnel1\n description s2s-a, instance a\n ip flow monitor HAND-MADE-V4-IN sampler HAND-MADE input\n ip flow monitor HAND-MADE-V4-OUT sampler HAND-MADE output\n ip unnumbered Loopback0\n ip mtu 1400\n ip tcp adjust-mss 1350\n tunnel source 198.51.100.18\n tunnel mode ipsec ipv4\n tunnel destination 203.0.113.10\n tunnel protection ipsec profile HAND-MADE-S2S-A\n!",
			"interface Tunnel3\n vrf forwarding RED\n ip flow monitor HAND-MADE-V4-IN sampler HAND-MADE input\n ip flow monitor HAND-MADE-V4-OUT sampler HAND-MADE output\n ip address 169.254.21.1 255.255.255.252\n ip mtu 1400\n ip tcp adjust-mss 1350\n tunnel source 10.0.0.1\n tunnel mode ipsec ipv4\n tunnel destination 10.70.255.6\n tunnel vrf BLUE\n tunnel protection ipsec profile HAND-MADE-IPSEC-B\n!",
			"crypto ikev2 proposal HAND-MADE-S2S-A\n encryption aes-cbc-256\n integrity sha256\n group 14\n!\ncrypto ikev2 proposal HAND-MADE-IPSEC-B\n encryption aes-gcm-256\n prf sha384\n group 20\n!",
			"crypto ikev2 policy HAND-MADE-10-0-0-1-BLUE\n match fvrf BLUE\n match address local 10.0.0.1\n proposal HAND-MADE-IPSEC-B\n!",
			"crypto ikev2 keyring HAND-MADE-S2S-A\n peer a\n  address 203.0.113.10\n  pre-shared-key <env:VPN_PSK>\n !\n peer b\n  address 203.0.113.11\n  pre-shared-key <env:VPN_PSK>\n !\n!",
			"crypto ikev2 profile HAND-MADE-S2S-A\n match address local 198.51.100.18\n match identity remote address 203.0.113.10 255.255.255.255\n match identity remote address 203.0.113.11 255.255.255.255\n authentication remote pre-share\n authentication local pre-share\n keyring local HAND-MADE-S2S-A\n lifetime 28800\n dpd 45 5 periodic\n no config-exchange request\n!",
			"crypto ipsec transform-set HAND-MADE-S2S-A esp-gcm 256\n mode tunnel\n!\ncrypto ipsec transform-set HAND-MADE-IPSEC-B esp-aes 256 esp-sha256-hmac\n mode tunnel\n!",
			"crypto ipsec profile HAND-MADE-IPSEC-B\n set security-association lifetime kilobytes 102400000\n set security-association lifetime seconds 27000\n set transform-set HAND-MADE-IPSEC-B\n set pfs group20\n set ikev2-profile HAND-MADE-IPSEC-B\n responder-only\n!",
			"crypto keyring HAND-MADE-OLD-C\n local-address 198.51.100.18\n pre-shared-key address 203.0.113.12 key <env:VPN_PSK>\n!\ncrypto isakmp policy 9010\n encryption aes\n hash sha\n authentication pre-share\n group 2\n lifetime 28800\n!\ncrypto isakmp profile HAND-MADE-OLD-C\n keyring HAND-MADE-OLD-C\n match identity address 203.0.113.12 255.255.255.255\n keepalive 45 retry 5\n local-address 198.51.100.18\n!",
			"crypto ipsec profile HAND-MADE-OLD-C\n set security-association lifetime kilobytes disable\n set security-association lifetime seconds 27000\n set transform-set HAND-MADE-OLD-C\n set isakmp-profile HAND-MADE-OLD-C\n!",
			"key chain HAND-MADE-AMS-PAIR macsec\n key <file:ams.ckn>\n  cryptographic-algorithm aes-256-cmac\n  key-string <file:ams.cak>\n!",
			"mka policy HAND-MADE-X256\n macsec-cipher-suite gcm-aes-xpn-256\n ssci-based-on-sci\n!\nmka policy HAND-MADE-G128\n macsec-cipher-suite gcm-aes-128\n!",
			"interface HundredGigE0/1/0\n mka policy HAND-MADE-X256\n mka pre-shared-key key-chain HAND-MADE-AMS-PAIR\n macsec\n!\ninterface HundredGigE0/2/0\n mka policy HAND-MADE-G128\n mka pre-shared-key key-chain HAND-MADE-DUB-PAIR\n macsec disable-sci\n macsec\n!",
			"~ macsec dot1q-in-clear",
			"class-map match-any HAND-MADE-DSCP-2\n match dscp af11 ef\n!\npolicy-map HAND-MADE-DSCP\n class class-default\n  set dscp default\n!\npolicy-map HAND-MADE-DSCP-2\n class HAND-MADE-DSCP-2\n class class-default\n  set dscp default\n!",
			"flow exporter HAND-MADE\n destination 10.80.1.50\n source Loopback0\n transport udp 2055\n export-protocol ipfix\n template data timeout 60\n option interface-table timeout 60\n option sampler-table timeout 60\n!\nflow monitor HAND-MADE-V4-IN\n exporter HAND-MADE\n cache timeout active 60\n record HAND-MADE-V4-IN\n!",
			"sampler HAND-MADE\n mode random 1 out-of 1000\n!",
			"snmp ifmib ifindex persist\n!",
			" set local-preference 4294967295",
			" set as-path prepend 4200000001 65000",
			"~ match source-protocol ospf",
			"  bgp nexthop route-map HAND-MADE-NEXTHOP-V4\n  network",
			"route-map HAND-MADE-NEXTHOP-V4 deny 10\n match ip address prefix-list HAND-MADE-V4\n match source-protocol static\n!\nroute-map HAND-MADE-NEXTHOP-V4 permit 20\n match source-protocol connected\n!\nroute-map HAND-MADE-NEXTHOP-V4 permit 30\n!",
		}},
		{"mx", []string{
			"set interfaces ae1 flexible-vlan-tagging",
			"set interfaces ae1 unit 100 description plain-description",
			"set interfaces ae1 unit 100 vlan-tags outer 900 inner 100",
			"set interfaces ae1 unit 100 family inet mtu 1400",
			"set interfaces xe-0/0/1:3 vlan-tagging",
			"set interfaces xe-0/0/1:3 unit 102 family inet6 mtu 1400",
			"set interfaces ae1 unit 101 family inet mtu 1500",
			"set interfaces lo0 unit 5 family inet6 address 2001:db8::1/128",
			"~set interfaces lo0 unit 5 family inet mtu",
			"set policy-options policy-statement HAND-MADE-OUT-V4 term 10 then as-path-prepend \"4200000001 65000\"",
			"set policy-options policy-statement HAND-MADE-OUT-V4 term 10 then next-hop self",
			"set policy-options policy-statement HAND-MADE-OUT-V6 term 10 from protocol ospf3",
			"~set policy-options policy-statement HAND-MADE-FROM",
			"set policy-options policy-statement HAND-MADE-NEXTHOP-V4 term 10 from protocol static\nset policy-options policy-statement HAND-MADE-NEXTHOP-V4 term 10 from prefix-list HAND-MADE-V4\nset policy-options policy-statement HAND-MADE-NEXTHOP-V4 term 10 then reject\nset policy-options policy-statement HAND-MADE-NEXTHOP-V4 term 20 from protocol direct\nset policy-options policy-statement HAND-MADE-NEXTHOP-V4 term 20 then accept\nset policy-options policy-statement HAND-MADE-NEXTHOP-V4 then accept\n",
			"set routing-options resolution rib inet.0 import HAND-MADE-NEXTHOP-V4",
			"set routing-options rib inet6.0 static route 2001:db8:ab::/48 discard",
			"set routing-options rib inet6.0 static route 2001:db8:ab::/48 preference 250",
			"set routing-options rib inet6.0 static route 2001:db8:ac::/48 next-hop 2001:db8::99\nset routing-options rib inet6.0 static route 2001:db8:ac::/48 resolve",
			"set routing-options static route 10.1.0.0/16 next-hop 10.9.9.9\nset routing-options static route 10.1.0.0/16 resolve",
			"set policy-options policy-statement HAND-MADE-LOAD-BALANCE then load-balance per-packet\nset policy-options policy-statement HAND-MADE-NEXTHOP-V4 term 10",
			"~set routing-options static route 10.2.0.0/16",
			"set protocols bgp group HAND-MADE-ER-A-V4 authentication-key \"<file:keys/hand%20made.txt>\"",
			"set protocols bgp group HAND-MADE-ER-A-V4 family inet unicast prefix-limit teardown 75 idle-timeout 7",
			"set protocols bgp group HAND-MADE-ER-A-V4-2 family inet unicast\n",
			"~set protocols bgp group HAND-MADE-ER-A-V4-2 authentication-key",
			"set protocols bgp group HAND-MADE-ER-A-MICROSOFT-V6 family inet6 unicast prefix-limit maximum 10",
			"~set protocols bgp group HAND-MADE-ER-A-MICROSOFT-V6 family inet6 unicast prefix-limit teardown",
			"set protocols bgp precision-timers",
			"set protocols bgp group HAND-MADE-IBGP-V4 local-address 192.0.2.1",
			"~set protocols bgp group HAND-MADE-IBGP-V4 peer-as",
			"~set security zones",
			"~set security ike",
			"set security macsec connectivity-association HAND-MADE-AMS-PAIR cipher-suite gcm-aes-xpn-256\nset security macsec connectivity-association HAND-MADE-AMS-PAIR security-mode static-cak\nset security macsec connectivity-association HAND-MADE-AMS-PAIR include-sci\nset security macsec connectivity-association HAND-MADE-AMS-PAIR pre-shared-key ckn <file:ams.ckn>\nset security macsec connectivity-association HAND-MADE-AMS-PAIR pre-shared-key cak \"<file:ams.cak>\"\n",
			"~set security macsec connectivity-association HAND-MADE-DUB-PAIR include-sci",
			"set security macsec interfaces et-0/1/0 connectivity-association HAND-MADE-AMS-PAIR",
			"set chassis fpc 0 sampling-instance HAND-MADE-FLOW\nset services flow-monitoring version-ipfix template HAND-MADE-FLOW-V4 flow-active-timeout 60",
			"set forwarding-options sampling instance HAND-MADE-FLOW input rate 1000\nset forwarding-options sampling instance HAND-MADE-FLOW family inet output flow-server 10.80.1.50 port 2055",
			"set forwarding-options sampling instance HAND-MADE-FLOW family inet6 output inline-jflow source-address 192.0.2.1",
			"set interfaces xe-0/0/1:3 unit 102 family inet6 filter output HAND-MADE-DSCP-10-46-V6\nset interfaces xe-0/0/1:3 unit 102 family inet6 sampling input\nset interfaces xe-0/0/1:3 unit 102 family inet6 sampling output\n",
			"set firewall family inet filter HAND-MADE-DSCP-NONE-V4 term 20 then dscp 0\nset firewall family inet filter HAND-MADE-DSCP-NONE-V4 term 20 then accept\n",
			"set policy-options policy-statement HAND-MADE-SERVICES-V4 term 20 from community HAND-MADE-ENTRA-12076-5060\nset policy-options policy-statement HAND-MADE-SERVICES-V4 term 20 from prefix-list-filter HAND-MADE-WITHIN-V4 orlonger\n",
			"set policy-options community HAND-MADE-WEU-12076-52002 members 12076:52002",
			"set routing-instances BLUE instance-type virtual-router",
			"~set routing-instances BLUE vrf-table-label",
			"set routing-instances RED routing-options multipath\n",
			"set routing-instances RED protocols bgp group HAND-MADE-CE-V4 bfd-liveness-detection minimum-interval 300",
			"set routing-instances RED vrf-import HAND-MADE-VRF-RED-IMPORT\nset routing-instances RED vrf-export HAND-MADE-VRF-RED-EXPORT\nset routing-instances RED vrf-table-label\n",
			"set protocols bgp group HAND-MADE-IBGP-VPN-V4 family inet-vpn unicast\nset protocols bgp group HAND-MADE-IBGP-VPN-V4 family inet6-vpn unicast\nset protocols bgp group HAND-MADE-IBGP-VPN-V4 neighbor 192.0.2.3\n",
			"~set protocols bgp group HAND-MADE-IBGP-VPN-V4 family inet unicast",
			"set protocols bgp group HAND-MADE-IBGP-VPN-V4-2 import HAND-MADE-VPN-ROUTES\nset protocols bgp group HAND-MADE-IBGP-VPN-V4-2 import HAND-MADE-IN-V4\n",
			"~set policy-options policy-statement HAND-MADE-VPN-ROUTES then",
		}},
		{"srx", []string{
			"set security zones security-zone azure interfaces reth0.100 host-inbound-traffic protocols bgp",
			"set security zones security-zone dmz interfaces ge-0/0/1.102 host-inbound-traffic system-services ping",
			"set security zones security-zone trust host-inbound-traffic system-services ike\nset security zones security-zone trust host-inbound-traffic protocols bgp\nset security zones security-zone trust interfaces lo0.0\n",
			"set security zones security-zone azure interfaces reth0.101 host-inbound-traffic system-services ike",
			"~set security zones security-zone dmz interfaces ge-0/0/1.102 host-inbound-traffic system-services ike",
			"set security zones security-zone azure interfaces st0.1 host-inbound-traffic system-services ping\nset security zones security-zone azure interfaces st0.1 host-inbound-traffic protocols bgp\nset security zones security-zone azure interfaces st0.2",
			"set security ike policy HAND-MADE-S2S-A proposals HAND-MADE-S2S-A\nset security ike policy HAND-MADE-S2S-A pre-shared-key ascii-text \"<env:VPN_PSK>\"\n",
			"~set security ike proposal HAND-MADE-IPSEC-B authentication-algorithm",
			"set security ike gateway HAND-MADE-IPSEC-D-A external-interface lo0.0\nset security ike gateway HAND-MADE-IPSEC-D-A local-address 192.0.2.1\nset security ike gateway HAND-MADE-IPSEC-D-A version v2-only\n",
			"set security ike policy HAND-MADE-OLD-C mode main",
			"set security ike gateway HAND-MADE-OLD-C-A version v1-only",
			"set security ipsec proposal HAND-MADE-S2S-A protocol esp\nset security ipsec proposal HAND-MADE-S2S-A encryption-algorithm aes-256-gcm\nset security ipsec proposal HAND-MADE-S2S-A lifetime-seconds 27000\nset security ipsec proposal HAND-MADE-S2S-A lifetime-kilobytes 102400000\n",
			"~set security ipsec policy HAND-MADE-OLD-C perfect-forward-secrecy",
			"set security ipsec vpn HAND-MADE-IPSEC-B-A establish-tunnels responder-only",
			"set security flow tcp-mss ipsec-vpn mss 1350",
			"set interfaces st0 unit 1 family inet mtu 1400\nset interfaces st0 unit 1 family inet sampling input",
			"~set interfaces st0 unit 1 family inet address",
			"set interfaces st0 unit 3 family inet address 169.254.21.1/30",
			"set routing-options static route 10.60.255.4/32 next-hop st0.1",
			"set routing-options static route 10.70.255.7/32 discard\nset routing-options static route 10.70.255.7/32 qualified-next-hop 10.0.0.2 preference 5\nset routing-options static route 10.70.255.7/32 qualified-next-hop 10.0.0.2 bfd-liveness-detection minimum-interval 750",
			"set routing-options static route 203.0.113.10/32 next-hop 198.51.100.17\nset routing-options static route 203.0.113.10/32 resolve",
			"set routing-instances BLUE routing-options static route 10.70.255.6/32 next-hop 10.0.0.2\n",
			"set protocols bgp group HAND-MADE-S2S-A-V4 multihop ttl 255\nset protocols bgp group HAND-MADE-S2S-A-V4 local-address 192.0.2.1\n",
			"set routing-instances RED protocols bgp group HAND-MADE-IPSEC-B-V4 neighbor 169.254.21.2 passive",
			"~set security zones security-zone trust interfaces lo0.0 host-inbound-traffic",
			"~set security zones security-zone azure host-inbound-traffic",
		}},
		{"linux", []string{
			"ip route 10.0.0.0/8 blackhole 250\nip route 10.1.0.0/16 10.9.9.9\n",
			"ip route 203.0.113.10/32 198.51.100.17\nipv6 route 2001:db8:ab::/48 blackhole 250\nipv6 route 2001:db8:ac::/48 2001:db8::99\n!",
			"interface wan0.201\n ip address 10.0.0.1/30\nexit\n!\ninterface vti3\n ip address 169.254.21.1/30\nexit\n!\ninterface wan0.200\n description in RED\n ip address 10.0.0.1/30\n ipv6 address 2001:db8:0:2::1/126\nexit\n!\ninterface enp1s0-x.100\n",
			"interface enp1s0-x.101\n description x\n ip address 10.0.0.5/30\nexit\n!\ninterface lo\n ip address 192.0.2.1/32\n ipv6 address 2001:db8::1/128\nexit\n!\ninterface vti1\n description s2s-a, instance a\nexit\n!",
			"interface wan0.102\n ipv6 address 2001:db8:0:1::1/126\nexit\n!",
			"ip route 10.60.255.5/32 vti2\nip route 10.61.255.4/32 vti5\nip route 10.70.255.7/32 10.0.0.2 enp1s0-x.100\nip route 10.70.255.7/32 10.0.0.6 enp1s0-x.101\nip route 10.70.255.7/32 blackhole 250\nip route 10.70.255.8/32 10.0.0.2 enp1s0-x.100\nip route 203.0.113.10/32 198.51.100.17\n",
			"vrf BLUE\n ip route 10.66.0.0/16 blackhole 250\n ip route 10.70.255.6/32 10.0.0.2 wan0.201\nexit-vrf\n!\nvrf RED\n ip route 10.64.0.0/14 blackhole 250\n",
			" neighbor 10.60.255.4 ebgp-multihop 255\n neighbor 10.60.255.4 update-source 192.0.2.1\n neighbor 10.60.255.4 timers 60 180\n",
			" neighbor 169.254.21.2 remote-as 65515\n neighbor 169.254.21.2 passive\n neighbor 169.254.21.2 timers 60 180\n",
			" address-family ipv4 vpn\n  neighbor 192.0.2.3 activate\n  neighbor 192.0.2.4 activate\n exit-address-family\n !\n address-family ipv6 unicast\n",
			" address-family ipv6 vpn\n  neighbor 192.0.2.3 activate\n exit-address-family\nexit\n!\nrouter bgp 4200000001 vrf BLUE\n bgp router-id 192.0.2.1\n",
			"~  neighbor 192.0.2.3 route-map",
			"  maximum-paths 1\n  maximum-paths ibgp 1\n exit-address-family\nexit\n!\nrouter bgp 4200000001 vrf RED\n",
			"  maximum-paths 2\n  maximum-paths ibgp 2\n  label vpn export auto\n  rd vpn export 192.0.2.1:301\n  rt vpn import 64500:301 64500:999\n  rt vpn export 64500:301\n  export vpn\n  import vpn\n exit-address-family\n",
			"bgp community-list standard HAND-MADE-WEU seq 20 permit 12076:52002\n",
			"ip prefix-list HAND-MADE-WITHIN-V4 seq 20 permit 203.0.113.0/24 le 32\nip prefix-list HAND-MADE-WITHIN-V4 seq 30 permit 203.0.114.1/32\n",
			"ipv6 prefix-list HAND-MADE-WITHIN-V6 seq 10 permit 2001:db8:ff::/48 le 128\nipv6 prefix-list HAND-MADE-WITHIN-V6 seq 20 permit 2001:db8:ff::1/128\n",
			"route-map HAND-MADE-SERVICES-V4 permit 20\n match community HAND-MADE-ENTRA\n match ip address prefix-list HAND-MADE-WITHIN-V4\n set local-preference 200\nexit\n!",
			"bfd\n profile HAND-MADE-BFD-300X3\n exit\n !\n profile HAND-MADE-BFD-750X4\n",
			" neighbor 10.0.0.2 bfd\n neighbor 10.0.0.2 bfd profile HAND-MADE-BFD-750X4\n",
			"~ neighbor 10.0.0.6 bfd",
			"~route-map HAND-MADE-NEXTHOP",
			"~ match source-protocol",
			"  redistribute ospf6 route-map HAND-MADE-FROM-V6\n  redistribute isis route-map HAND-MADE-FROM-V6\n",
			"  neighbor 10.0.0.2 maximum-prefix 10 restart 7\n  neighbor 10.0.0.2 route-map",
			" profile HAND-MADE-BFD-750X4\n  detect-multiplier 4\n  transmit-interval 750\n  receive-interval 750\n exit\n !\nexit\n!",
		}},
		{"linux.frr.vlans", []string{
			"vrf BLUE 14685\nvrf RED 14620\n\nparent enp1s0-x 1504\nvlan enp1s0-x enp1s0-x.s900 900 1504\nvlan enp1s0-x.s900 enp1s0-x.100 100 1400 - 55858\nvlan enp1s0-x.s900 enp1s0-x.101 101 1500 - 33477\n",
			"parent wan0 1500\nvlan wan0 wan0.102 102 1400 - 38348\nvlan wan0 wan0.200 200 1500 RED 31031\nvlan wan0 wan0.201 201 1500 BLUE 53412\n",
		}},
		{"linux.frr.tunnels", []string{
			"tunnel vti1 47281 1400 - - 47281\ntunnel vti2 14424 1400 - - 14424\ntunnel vti3 42043 1400 wan0.201 RED 42043\ntunnel vti4 30138 1400 - - 30138\n",
		}},
		{"linux.frr.tunnels.service", []string{"After=ercfg-vlans.service\nWants=sys-subsystem-net-devices-wan0.201.device\nAfter=sys-subsystem-net-devices-wan0.201.device\nBefore=frr.service strongswan.service\n", "WantedBy=frr.service strongswan.service\n"}},
		{"linux.frr.strongswan.service.conf", []string{"ExecStart=\nExecStart=/usr/sbin/ip vrf exec BLUE /usr/sbin/charon-systemd\n"}},
		{"linux.frr.swanctl.conf", []string{
			"    # s2s-a, instance a\n    vti1 {\n        version = 2\n        local_addrs = 198.51.100.18\n        remote_addrs = 203.0.113.10\n        proposals = aes256-sha256-modp2048\n",
			"        proposals = aes256gcm16-prfsha384-ecp384\n",
			"        dpd_delay = 45s\n",
			"        rekey_time = 25920s\n        over_time = 2880s\n        reauth_time = 0\n        keyingtries = 0\n",
			"                if_id_in = 47281\n                if_id_out = 47281\n                esp_proposals = aes256gcm16-modp2048\n                rekey_time = 24300s\n                life_time = 27000s\n                rekey_bytes = 94371840000\n                life_bytes = 104857600000\n                start_action = start\n",
			"                esp_proposals = 3des-sha1\n                rekey_time = 24300s\n                life_time = 27000s\n                start_action = start\n",
			"                # The gateway makes the tunnel.\n                start_action = none\n                close_action = none\n                dpd_action = clear\n",
			"    ike-vti1 {\n        id-local = 198.51.100.18\n        id-remote = 203.0.113.10\n        secret = \"<env:VPN_PSK>\"\n    }\n",
		}},
		{"linux.frr.nft", []string{
			"		iifname \"vti3\" tcp flags syn tcp option maxseg size set 1350\n",
			"		oifname \"enp1s0-x.101\" ip dscp != { 0 } ip dscp set 0\n",
			"		oifname \"wan0.102\" ip6 dscp != { 0, 10, 46 } ip6 dscp set 0\n",
			"		elements = { \"enp1s0-x.100\", \"enp1s0-x.101\", \"wan0.102\", \"wan0.200\", \"wan0.201\", \"vti1\", \"vti2\", \"vti3\", \"vti4\", \"vti5\" }\n",
			"		numgen random mod 1000 == 0 log group 2055 queue-threshold 1\n",
		}},
		{"linux.frr.uacctd.conf", []string{
			"uacctd_ext_sampling_rate: 1000\n", "nfprobe_version[ercfg]: 10\nnfprobe_receiver[ercfg]: 10.80.1.50:2055\nnfprobe_source_ip[ercfg]: 192.0.2.1\n",
			"nfprobe_timeouts[ercfg]: tcp=15:tcp.rst=5:tcp.fin=5:udp=15:icmp=15:general=15:maxlife=60:expint=5\n",
		}},
		{"linux.frr.vlans.service", []string{`After=sys-subsystem-net-devices-enp1s0\x2dx.device`, "Before=frr.service", "ExecReload=/usr/local/sbin/ercfg-vlans", "WantedBy=frr.service", "~RequiredBy="}},
		{"linux.frr.daemons", []string{"bgpd=yes\nbfdd=yes\nospfd=yes\nospf6d=yes\nisisd=yes\n\n", "isisd_options=\"  -A 127.0.0.1\"\n", "~pimd"}},
		{"linux.frr.sysctl", []string{"net.ipv4.ip_forward = 1", "net.ipv6.conf.all.forwarding = 1", "net.ipv6.fib_multipath_hash_policy = 1", "net.ipv4.tcp_l3mdev_accept = 0", "# VPN routes travel with MPLS labels"}},
	} {
		for _, line := range c.lines {
			absent, is := strings.CutPrefix(line, "~")
			if strings.Contains(texts[c.router], "\n"+absent) == is {
				t.Errorf("%s: want %q in\n%s", c.router, line, texts[c.router])
			}
		}
	}
}
