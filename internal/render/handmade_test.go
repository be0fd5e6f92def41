package render

import (
	"net/netip"
	"os"
	"path/filepath"
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
			"interface Port-channel1.100\n description plain-description\n encapsulation dot1Q 900 second-dot1q 100\n ip address 10.0.0.1 255.255.255.252\n no ip redirects\n no ip proxy-arp\n ip mtu 1400\n bfd interval 750 min_rx 750 multiplier 4\n no bfd echo\n!",
			"interface TwentyFiveGigE0/0/1.102\n encapsulation dot1Q 102\n no ip address\n no ip redirects\n no ip proxy-arp\n ip mtu 1400\n ipv6 address 2001:DB8:0:1::1/126\n ipv6 mtu 1400\n!",
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
			"  maximum-paths 4\n  maximum-paths ibgp 3\n exit-address-family\n !\n address-family ipv6",
			"ip route 10.0.0.0 255.0.0.0 Null0 250\nip route 10.1.0.0 255.255.0.0 10.9.9.9\n!\nipv6 route 2001:DB8:AB::/48 Null0 250\nipv6 route 2001:DB8:AC::/48 2001:DB8::99\n!",
			"ip prefix-list HAND-MADE-V4 seq 10 permit 0.0.0.0/0",
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
			"~set security",
		}},
		{"srx", []string{
			"set security zones security-zone azure interfaces reth0.100 host-inbound-traffic protocols bgp",
			"set security zones security-zone dmz interfaces ge-0/0/1.102 host-inbound-traffic system-services ping",
			"set security zones security-zone trust host-inbound-traffic protocols bgp\nset security zones security-zone trust interfaces lo0.0\n",
			"~set security zones security-zone trust interfaces lo0.0 host-inbound-traffic",
			"~set security zones security-zone azure host-inbound-traffic",
		}},
		{"linux", []string{
			"ip route 10.0.0.0/8 blackhole 250\nip route 10.1.0.0/16 10.9.9.9\nipv6 route 2001:db8:ab::/48 blackhole 250\nipv6 route 2001:db8:ac::/48 2001:db8::99\n!",
			"interface enp1s0-x.101\n description x\n ip address 10.0.0.5/30\nexit\n!\ninterface lo\n ip address 192.0.2.1/32\n ipv6 address 2001:db8::1/128\nexit\n!\ninterface wan0.102\n ipv6 address 2001:db8:0:1::1/126\nexit\n!",
			" neighbor 10.0.0.2 bfd\n neighbor 10.0.0.2 bfd profile HAND-MADE-BFD-750X4\n",
			"~ neighbor 10.0.0.6 bfd",
			"~route-map HAND-MADE-NEXTHOP",
			"~ match source-protocol",
			"  redistribute ospf6 route-map HAND-MADE-FROM-V6\n  redistribute isis route-map HAND-MADE-FROM-V6\n",
			"  neighbor 10.0.0.2 maximum-prefix 10 restart 7\n  neighbor 10.0.0.2 route-map",
			"bfd\n profile HAND-MADE-BFD-750X4\n  detect-multiplier 4\n  transmit-interval 750\n  receive-interval 750\n exit\n !\nexit\n!",
		}},
		{"linux.frr.vlans", []string{
			"parent enp1s0-x 1504\nvlan enp1s0-x enp1s0-x.s900 900 1504\nvlan enp1s0-x.s900 enp1s0-x.100 100 1400\nvlan enp1s0-x.s900 enp1s0-x.101 101 1500\n",
			"parent wan0 1400\nvlan wan0 wan0.102 102 1400\n",
		}},
		{"linux.frr.vlans.service", []string{`After=sys-subsystem-net-devices-enp1s0\x2dx.device`, "Before=frr.service", "ExecReload=/usr/local/sbin/ercfg-vlans", "WantedBy=frr.service", "~RequiredBy="}},
		{"linux.frr.daemons", []string{"bgpd=yes\nbfdd=yes\nospfd=yes\nospf6d=yes\nisisd=yes\n\n", "isisd_options=\"  -A 127.0.0.1\"\n", "~pimd"}},
		{"linux.frr.sysctl", []string{"net.ipv4.ip_forward = 1", "net.ipv6.conf.all.forwarding = 1", "net.ipv6.fib_multipath_hash_policy = 1"}},
	} {
		for _, line := range c.lines {
			absent, is := strings.CutPrefix(line, "~")
			if strings.Contains(texts[c.router], "\n"+absent) == is {
				t.Errorf("%s: want %q in\n%s", c.router, line, texts[c.router])
			}
		}
	}
}
