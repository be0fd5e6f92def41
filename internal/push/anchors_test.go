package push

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ercfg/ercfg/internal/plan"
)

// What lies inside of an anchor counts if it is neither a discard nor a loopback.
func TestHolds(t *testing.T) {
	t.Parallel()
	v4, v6 := anchor{"", netip.MustParsePrefix("10.10.0.0/16")}, anchor{"BLUE", netip.MustParsePrefix("2001:db8:10::/48")}
	const head = `Codes: L - local, C - connected, S - static, R - RIP, M - mobile, B - BGP
       D - EIGRP, EX - EIGRP external, O - OSPF, IA - OSPF inter area
Gateway of last resort is 192.0.2.1 to network 0.0.0.0

`
	junos := func(destination, hop string) string {
		return `{"route-information": [{"route-table": [{"table-name": [{"data": "inet.0"}], "rt": [{"rt-destination": [{"data": "` + destination +
			`"}], "rt-entry": [{"active-tag": [{"data": "*"}], ` + hop + `}]}]}]}]}`
	}
	iosxe := func(_ anchor, output string) (bool, error) { return readIOSXEHolds(output) }
	for _, tt := range []struct {
		name   string
		read   func(anchor, string) (bool, error)
		a      anchor
		output string
		want   bool
		fails  bool
	}{
		{"IOS-XE, nothing", iosxe, v4, head, false, false},
		{"IOS-XE, the anchor and the loopback", iosxe, v4, head + "      10.0.0.0/8 is variably subnetted, 2 subnets, 2 masks\nS        10.10.0.0/16 is directly connected, Null0\nC        10.10.255.1/32 is directly connected, Loopback0\n", false, false},
		{"IOS-XE, connected", iosxe, v4, head + "S        10.10.0.0/16 is directly connected, Null0\nC        10.10.1.0/24 is directly connected, Vlan10\n", true, false},
		{"IOS-XE, OSPF between areas, in two lines", iosxe, v4, head + "O IA     10.10.2.0/24 \n           [110/2] via 10.10.9.1, 00:00:11, TenGigabitEthernet0/0/7.2000\n", true, false},
		{"IOS-XE, IPv6 discard", iosxe, v6, "IPv6 Routing Table - BLUE - 9 entries\nS   2001:DB8:10::/48 [250/0]\n     via Null0, directly connected\n", false, false},
		{"IOS-XE, IPv6", iosxe, v6, "IPv6 Routing Table - BLUE - 9 entries\nS   2001:DB8:10::/48 [250/0]\n     via Null0, directly connected\nOE2 2001:DB8:10:1::/64 [110/20], tag 7\n     via FE80::1, Vlan10\n", true, false},
		{"IOS-XE, no such VRF", iosxe, v6, "% IPv6 routing table BLUE does not exist\n", false, true},
		{"Junos, nothing", readJunosHolds, v4, "", false, false},
		{"Junos, a discard", readJunosHolds, v4, junos("10.10.0.0/16", `"nh-type": [{"data": "Discard"}]`), false, false},
		{"Junos, the loopback", readJunosHolds, v4, junos("10.10.255.1/32", `"nh": [{"via": [{"data": "lo0.0"}]}]`), false, false},
		{"Junos, OSPF", readJunosHolds, v4, junos("10.10.1.0/24", `"nh": [{"to": [{"data": "10.10.9.1"}], "via": [{"data": "ae0.0"}]}]`), true, false},
		{"Junos, what is shorter", readJunosHolds, v4, junos("10.0.0.0/8", `"nh": [{"to": [{"data": "10.10.9.1"}], "via": [{"data": "ae0.0"}]}]`), false, false},
		{"Junos, a refusal", readJunosHolds, v4, "error: syntax error", false, true},
		{"FRR, nothing", readFRRHolds, v4, "{}", false, false},
		{"FRR, a refusal", readFRRHolds, v4, "% Unknown command", false, true},
	} {
		got, err := tt.read(tt.a, tt.output)
		if got != tt.want || (err != nil) != tt.fails {
			t.Errorf("%s: %v, %v", tt.name, got, err)
		}
	}
}

// The commands in the words of each vendor.
func TestHoldsCommands(t *testing.T) {
	t.Parallel()
	v4, v6 := anchor{"", netip.MustParsePrefix("10.10.0.0/16")}, anchor{"BLUE", netip.MustParsePrefix("2001:db8:10::/48")}
	for _, tt := range [][2]string{
		{iosxeHoldsCommand(v4), "show ip route 10.10.0.0 255.255.0.0 longer-prefixes"},
		{iosxeHoldsCommand(v6), "show ipv6 route vrf BLUE 2001:db8:10::/48 longer-prefixes"},
		{junosHoldsCommand(v4), "show route table inet.0 10.10.0.0/16 active-path | display json | no-more"},
		{junosHoldsCommand(v6), "show route table BLUE.inet6.0 2001:db8:10::/48 active-path | display json | no-more"},
		{frrHoldsCommand(v4), "show ip route 10.10.0.0/16 longer-prefixes json"},
		{frrHoldsCommand(v6), "show ipv6 route vrf BLUE 2001:db8:10::/48 longer-prefixes json"},
	} {
		if tt[0] != tt[1] {
			t.Errorf("%s, want %s", tt[0], tt[1])
		}
	}
}

// Anchors that the router has already are not looked at again.
func TestNewAnchors(t *testing.T) {
	t.Parallel()
	for _, bare := range []bool{false, true} {
		_, ce1, ce2 := pairRun(t, bare)
		for _, x := range []*router{ce1, ce2} {
			var want []anchor
			for _, o := range x.plan.Origins {
				if bare && o.How == plan.Anchor {
					want = append(want, anchor{o.VRF, o.Prefix})
				}
			}
			if got := x.newAnchors(); !slices.Equal(got, want) || bare && len(want) == 0 {
				t.Errorf("%s, bare %t: %v, want %v", x.plan.Name, bare, got, want)
			}
		}
	}
}

// A live FRR router tells what lies inside of an anchor.
func TestFRRHolds(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	d := frrOn(t, e)
	v4, v6 := anchor{"", netip.MustParsePrefix("10.199.0.0/16")}, anchor{"", netip.MustParsePrefix("2001:db8:199::/48")}
	for _, step := range []struct {
		name     string
		commands []string
		seen     [2]string // in zebra's tables
		want     bool
	}{
		{"nothing", nil, [2]string{}, false},
		{"the anchor alone", []string{"vtysh -c 'configure terminal' -c 'ip route 10.199.0.0/16 blackhole 250' -c 'ipv6 route 2001:db8:199::/48 blackhole 250'"},
			[2]string{"10.199.0.0/16", "2001:db8:199::/48"}, false},
		{"a loopback", []string{"ip address add 10.199.255.1/32 dev lo", "ip address add 2001:db8:199:ffff::1/128 dev lo"}, [2]string{"10.199.255.1/32", "2001:db8:199:ffff::1/128"}, false},
		{"a route of the LAN", []string{"ip route add 10.199.1.0/24 dev mgmt", "ip route add 2001:db8:199:1::/64 dev mgmt"}, [2]string{"10.199.1.0/24", "2001:db8:199:1::/64"}, true},
	} {
		for _, c := range step.commands {
			e.on(e.ce, "sh", "-ec", c)
		}
		waitFor(t, time.Minute, "zebra knows of "+step.name, func() bool {
			tables := e.on(e.ce, "vtysh", "-c", "show ip route", "-c", "show ipv6 route")
			return strings.Contains(tables, step.seen[0]) && strings.Contains(tables, step.seen[1])
		})
		for _, a := range []anchor{v4, v6} {
			if got, err := d.holds(t.Context(), a); err != nil || got != step.want {
				t.Errorf("%s: %s: %v, %v", step.name, a, got, err)
			}
		}
	}
}
