package plan

import (
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ercfg/ercfg/internal/diag"
	"github.com/ercfg/ercfg/internal/intent"
)

// twoSites is an intent that resolves without a finding but the warning that
// each circuit ends on one router (ER010), which own leaves out; the tests
// below change one thing in it.
const twoSites = `apiVersion: ercfg/v1
kind: Intent
metadata: {name: acme}
onprem:
  networks:
    a: {prefixes: [10.1.0.0/16]}
    b: {prefixes: [10.2.0.0/16]}
azure:
  vnets:
    hub: {prefixes: [10.200.0.0/16], region: eastus}
    far: {prefixes: [10.201.0.0/16], region: eastus}
routers:
  r1: {platform: ios-xe, asn: 65001, routerID: 10.9.0.1, loopback: {interface: Loopback0, ipv4: 10.9.0.1/32}, ibgp: [{router: r2}]}
  r2: {platform: frr, asn: 65001, routerID: 10.9.0.2, loopback: {interface: lo, ipv4: 10.9.0.2/32}}
circuits:
  er-a:
    model: exchange
    location: London
    bandwidth: 1Gbps
    private:
      vlan: 100
      primary: {router: r1, interface: Gi0/0/1, ipv4: 172.16.0.0/30}
      secondary: {router: r1, interface: Gi0/0/2, ipv4: 172.16.0.4/30}
  er-b:
    model: exchange
    location: Newport
    bandwidth: 1Gbps
    private:
      vlan: 100
      primary: {router: r2, interface: eth1, ipv4: 172.16.0.8/30}
      secondary: {router: r2, interface: eth2, ipv4: 172.16.0.12/30}
traffic:
  - {name: one, onprem: [a], azure: [hub], prefer: [er-a, er-b]}
  - {name: two, onprem: [b], azure: [far], prefer: [er-b, er-a]}
`

// own lists the findings that twoSites itself does not have.
func own(diags diag.List) string {
	return codes(slices.DeleteFunc(slices.Clone(diags), func(d diag.Diagnostic) bool { return d.Code == "ER010" }))
}

// resolve resolves twoSites after changes: old, new, old, new, …
func resolve(t *testing.T, changes ...string) (*Plan, diag.List) {
	t.Helper()
	text := twoSites
	for i := 0; i+1 < len(changes); i += 2 {
		if !strings.Contains(text, changes[i]) {
			t.Fatalf("the intent has no %q", changes[i])
		}
		text = strings.Replace(text, changes[i], changes[i+1], 1)
	}
	return Resolve(load(t, "site.yaml", []byte(text)), Env{Today: today})
}

func TestResolveFindings(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		changes []string
		want    string
	}{
		{"nothing is wrong", nil, ""},
		{"two sites share a VNet", []string{"azure: [far]", "azure: [hub]"}, ""},
		{"two orders on one router", []string{"azure: [far]", "azure: [hub]", "primary: {router: r2, interface: eth1", "primary: {router: r1, interface: Gi0/0/3"}, "ER924×1"},
		{"an override makes two numbers", []string{"azure: [far], prefer: [er-b, er-a]", "azure: [hub], prefer: [er-b, er-a], preference: {er-a: 120}"}, "ER924×2"},
		{"two prepends of one prefix", []string{"onprem: [b]", "onprem: [a]"}, "ER924×4"},
		{"no iBGP", []string{", ibgp: [{router: r2}]", ""}, "ER923×2"},
		{"a route reflector outside will do", []string{"ibgp: [{router: r2}]", "ibgp: [{address: 10.9.0.9}]", "ipv4: 10.9.0.2/32}", "ipv4: 10.9.0.2/32}, ibgp: [{address: 10.9.0.9}]"}, ""},
		{"no loopback", []string{"loopback: {interface: lo, ipv4: 10.9.0.2/32}", "role: ce"}, "ER925×1"},
		{"iBGP between two AS", []string{"frr, asn: 65001", "frr, asn: 65002"}, "ER905×1"},
		{"iBGP between two AS, at both ends and of both families", []string{"ipv4: 10.9.0.2/32}", "ipv4: 10.9.0.2/32}, ibgp: [{router: r1}, {router: r1, family: vpn}]", "frr, asn: 65001", "frr, asn: 65002"}, "ER905×1"},
		{"iBGP with an AS number that is none", []string{"frr, asn: 65001", "frr, asn: \"70000.1\""}, "ER905×1"},
		{"one peering and iBGP in two AS", []string{"frr, asn: 65001", "frr, asn: 65002", "secondary: {router: r2, interface: eth2", "secondary: {router: r1, interface: Gi0/0/3"}, "ER905×1"},
		{"iBGP with itself", []string{"ibgp: [{router: r2}]", "ibgp: [{router: r2}, {router: r1}]"}, "ER905×1"},
		{"the ends of iBGP differ", []string{"ipv4: 10.9.0.2/32}", "ipv4: 10.9.0.2/32}, ibgp: [{router: r1, md5: env:X}]"}, "ER924×1"},
		{"one peering in two AS", []string{"secondary: {router: r2, interface: eth2", "secondary: {router: r3, interface: eth2", "circuits:\n", "  r3: {platform: frr, asn: 65003, routerID: 10.9.0.3}\ncircuits:\n"}, "ER930×1"},
		{"two peerings in two AS", []string{"secondary: {router: r2, interface: eth2", "secondary: {router: r3, interface: eth2", "secondary: {router: r1, interface: Gi0/0/2", "secondary: {router: r3, interface: eth4", "primary: {router: r1", "primary: {router: r2", "interface: Gi0/0/1", "interface: eth3", "circuits:\n", "  r3: {platform: frr, asn: 65003, routerID: 10.9.0.3}\ncircuits:\n"}, "ER929×1 ER930×1"},
		{"one subinterface twice", []string{"interface: Gi0/0/2", "interface: Gi0/0/1", "vlan: 100\n", "vlan: {outer: 7, inner: 8}\n"}, "ER048×1"},
		{"one outer tag of two circuits", []string{"vlan: 100\n", "vlan: {outer: 7, inner: 8}\n", "vlan: 100\n", "vlan: {outer: 7, inner: 9}\n", "router: r2, interface: eth1", "router: r1, interface: Gi0/0/1"}, "ER922×1"},
		{"a circuit that an unknown path may mean", []string{"  - {name: two, onprem: [b], azure: [far], prefer: [er-b, er-a]}\n", "", "prefer: [er-a, er-b]", "prefer: [er-a, er-x]"}, "ER904×1"},
		{"learned from nobody", []string{", ibgp: [{router: r2}]", "", "ios-xe, asn: 65001", "ios-xe, role: pe, asn: 65001"}, "ER928×1"},
		{"a network that is learned from nobody", []string{", ibgp: [{router: r2}]", "", "ios-xe, asn: 65001", "ios-xe, role: pe, originate: network, asn: 65001", "[10.1.0.0/16]", "[10.1.0.0/16], originate: learned"}, "ER928×2"},
		{"learned over iBGP", []string{"platform: ios-xe,", "platform: ios-xe, originate: learned,"}, ""},
		{"learned over VPN routes", []string{"ibgp: [{router: r2}]", "ibgp: [{router: r2, family: vpn}]", "ios-xe, asn", "ios-xe, role: pe, asn"}, "ER928×1"},
		{"learned from one that learns, too", []string{"10.1.0.0/16]", "10.1.0.0/16], originate: learned"}, "ER928×2"},
		{"learned from the CE of a customer", []string{"ibgp: [{router: r2}]", "vrfs: {A: {rd: \"10.9.0.1:1\", neighbors: [{address: 10.3.0.2, asn: 65003}]}}", "ios-xe, asn", "ios-xe, role: pe, asn"}, "ER928×1 ER973×1"},
		{"learned in a VRF over unicast routes", []string{"vlan: 100", "vlan: 100\n      vrf: A", "ios-xe, asn", "ios-xe, role: pe, vrfs: {A: {rd: \"65001:1\"}}, asn", "prefer: [er-a, er-b]", "prefer: [er-a]", "prefer: [er-b, er-a]", "prefer: [er-b]"}, "ER928×1"},
		{"learned in a VRF from its CE", []string{"vlan: 100", "vlan: 100\n      vrf: A", "ios-xe, asn", "ios-xe, role: pe, vrfs: {A: {rd: \"65001:1\", neighbors: [{address: 10.3.0.2, asn: 65003}]}}, asn", "prefer: [er-a, er-b]", "prefer: [er-a]", "prefer: [er-b, er-a]", "prefer: [er-b]"}, ""},
		{"learned in a VRF from the CE of another", []string{"vlan: 100", "vlan: 100\n      vrf: A", "ios-xe, asn", "ios-xe, role: pe, vrfs: {A: {rd: \"65001:1\"}, B: {rd: \"65001:2\", neighbors: [{address: 10.3.0.2, asn: 65003}]}}, asn", "prefer: [er-a, er-b]", "prefer: [er-a]", "prefer: [er-b, er-a]", "prefer: [er-b]"}, "ER928×1 ER973×1"},
		{"learned in a VRF over VPN routes", []string{"{router: r2}", "{router: r2}, {router: r2, family: vpn}", "vlan: 100", "vlan: 100\n      vrf: A", "ios-xe, asn", "ios-xe, role: pe, vrfs: {A: {rd: \"65001:1\", import: [\"65001:1\"], export: [\"65001:1\"]}}, asn", "prefer: [er-a, er-b]", "prefer: [er-a]", "prefer: [er-b, er-a]", "prefer: [er-b]"}, ""},
		{"a statement in two VRFs", []string{"vlan: 100", "vlan: 100\n      vrf: A", "ios-xe, asn", "ios-xe, vrfs: {A: {rd: \"65001:1\"}}, asn", "prefer: [er-b, er-a]", "prefer: [er-b]", "azure: [far]", "azure: [hub]"}, "ER945×1"},
		{"an interface index twice", []string{"ipv4: 10.9.0.2/32}", "ipv4: 10.9.0.2/32}, interfaceIndex: {eth1.100: 7, eth2.100: 7}"}, "ER905×1"},
		{"an interface index of zero", []string{"ipv4: 10.9.0.2/32}", "ipv4: 10.9.0.2/32}, interfaceIndex: {eth1.100: 0}"}, "ER905×1"},
		{"interface indexes", []string{"ipv4: 10.9.0.2/32}", "ipv4: 10.9.0.2/32}, interfaceIndex: {eth1.100: 7, eth2.100: 8}"}, ""},
		{"the public peering that is gone", []string{"    private:\n      vlan: 100", "    public:\n      vlan: 100", "  - {name: two, onprem: [b], azure: [far], prefer: [er-b, er-a]}\n", "", "hub: {", "hub: {connections: {er-a: {weight: 10}}, "}, "ER001×1"},
		{"a circuit without a peering", []string{"  er-b:\n", "  er-c: {model: exchange, location: Newport, bandwidth: 1Gbps}\n  er-b:\n", "prefer: [er-a, er-b]", "prefer: [er-a, er-b, er-c]", "circuits:\n", "  r3: {platform: frr, asn: 65001, routerID: 10.9.0.3}\ncircuits:\n"}, "ER002×1"},
		{"IPv6 that no path carries", []string{"[10.1.0.0/16]", "[10.1.0.0/16, \"2001:db8:1::/48\"]"}, "ER939×1"},
		{"IPv6 in the VNets that no path carries", []string{"[10.200.0.0/16]", "[10.200.0.0/16, \"2001:db8:200::/48\"]"}, "ER939×1"},
		{"IPv6 of which an unknown path may be meant", []string{"[10.1.0.0/16]", "[10.1.0.0/16, \"2001:db8:1::/48\"]", "prefer: [er-a, er-b]", "prefer: [er-a, er-x]"}, "ER904×1"},
		{"IPv6 over a subnet of the wrong size", []string{"[10.1.0.0/16]", "[10.1.0.0/16, \"2001:db8:1::/48\"]", "172.16.0.0/30", "172.16.0.0/30, ipv6: \"2001:db8:ff::/64\""}, "ER939×1 ER021×1"},
		{"IPv6 that two statements of one circuit lack", []string{"[10.200.0.0/16]", "[10.200.0.0/16, \"2001:db8:200::/48\"]", "prefer: [er-b, er-a]", "prefer: [er-a]", "azure: [far]", "azure: [hub]", "prefer: [er-a, er-b]", "prefer: [er-a]"}, "ER939×1 ER929×1"},
		{"halves that nothing brings into BGP", []string{"prefer: [er-a, er-b]", "technique: more-specifics, prefer: [er-a, er-b]", "routerID: 10.9.0.1", "routerID: 10.9.0.1, originate: network"}, "ER928×1"},
		{"halves that anchors bring into BGP", []string{"prefer: [er-a, er-b]", "technique: more-specifics, prefer: [er-a, er-b]"}, ""},
		{"one router ID twice", []string{"routerID: 10.9.0.2", "routerID: 10.9.0.1"}, "ER940×1"},
		{"one loopback twice", []string{"ipv4: 10.9.0.2/32", "ipv4: 10.9.0.1/32"}, "ER940×1"},
		{"a loopback on a link", []string{"ipv4: 10.9.0.2/32", "ipv4: 172.16.0.1/32"}, "ER941×1"},
		{"a loopback on a link of a VRF", []string{"ipv4: 10.9.0.2/32", "ipv4: 172.16.0.1/32", "vlan: 100", "vlan: 100\n      vrf: A", "ios-xe, asn", "ios-xe, vrfs: {A: {rd: \"65001:1\"}}, asn", "prefer: [er-a, er-b]", "prefer: [er-a]", "prefer: [er-b, er-a]", "prefer: [er-b]"}, ""},
		{"a loopback in a VNet", []string{"ipv4: 10.9.0.2/32", "ipv4: 10.200.0.1/32"}, "ER941×1"},
		{"a model without Junos", []string{"platform: frr,", "platform: frr, model: mx,"}, "ER944×1"},
		{"one router ID in two AS", []string{", ibgp: [{router: r2}]", "", "frr, asn: 65001", "frr, asn: 65002", "routerID: 10.9.0.2", "routerID: 10.9.0.1"}, ""},
		{"a router ID of this network", []string{"routerID: 10.9.0.1", "routerID: 0.0.0.0"}, "ER940×1"},
		{"the broadcast address as router ID", []string{"routerID: 10.9.0.1", "routerID: 255.255.255.255"}, "ER940×1"},
		{"a loopback address as router ID", []string{"routerID: 10.9.0.1", "routerID: 127.0.0.1"}, "ER940×1"},
		{"the largest router ID", []string{"routerID: 10.9.0.1", "routerID: 223.255.255.255"}, ""},
		{"one address space of a VNet twice", []string{"[10.200.0.0/16]", "[10.200.0.0/16, 10.200.0.0/16]"}, "ER034×1"},
		{"loopback space on-premises", []string{"[10.1.0.0/16]", "[10.1.0.0/16, 127.0.0.0/9]"}, "ER941×1"},
		{"a small MTU without IPv6", []string{"vlan: 100\n", "vlan: 100\n      mtu: 1279\n"}, "ER121×1"},
		{"the only link is shut", []string{"location: London", "location: London\n    waiveSingleLink: true", "172.16.0.0/30}", "172.16.0.0/30, shutdown: true}", "      secondary: {router: r1, interface: Gi0/0/2, ipv4: 172.16.0.4/30}\n", ""}, "ER003×1 ER942×1"},
		{"one link is shut", []string{"ipv4: 172.16.0.0/30", "ipv4: 172.16.0.0/30, shutdown: true"}, ""},
		{"an unknown router", []string{"router: r2, interface: eth1", "router: r9, interface: eth1"}, "ER904×1"},
		{"an unknown path", []string{"prefer: [er-a, er-b]", "prefer: [er-a, er-x]"}, "ER904×1"},
		{"an unknown network and VNet", []string{"onprem: [a]", "onprem: [x]", "azure: [hub]", "azure: [y]"}, "ER904×2"},
		{"a LAN hand-over at an unknown router", []string{"{prefixes: [10.1.0.0/16]}", "{prefixes: [10.1.0.0/16], at: [r9]}"}, "ER904×1"},
		{"a connection of an unknown path", []string{"hub: {", "hub: {connections: {er-x: {weight: 10}}, "}, "ER904×1"},
		{"Global Reach to an unknown circuit", []string{"bandwidth: 1Gbps\n", "bandwidth: 1Gbps\n    globalReach: {with: er-x, block: 192.168.9.0/29}\n"}, "ER904×1 ER089×1"},
		{"Global Reach to itself", []string{"bandwidth: 1Gbps\n", "bandwidth: 1Gbps\n    globalReach: {with: er-a, block: 192.168.9.0/29}\n"}, "ER905×1 ER089×1"},
		{"an unknown NAT pool", []string{"{prefixes: [10.1.0.0/16]}", "{prefixes: [10.1.0.0/16], nat: [c]}"}, "ER904×1"},
		{"a path twice", []string{"prefer: [er-a, er-b]", "prefer: [er-a, er-a]"}, "ER903×1"},
		{"a preference for no path", []string{"prefer: [er-a, er-b]", "prefer: [er-a, er-b], preference: {er-c: 100}"}, "ER904×1"},
		{"a preference of zero", []string{"prefer: [er-a, er-b]", "prefer: [er-a, er-b], preference: {er-b: 0}"}, "ER905×1"},
		{"two orders on one router and a default", []string{"primary: {router: r2, interface: eth1", "primary: {router: r1, interface: Gi0/0/3", "vlan: 100\n", "vlan: 100\n      acceptDefault: true\n"}, ""},
		{"a router that no path ends on", []string{"circuits:\n", "  r3: {platform: frr, asn: 65001, routerID: 10.9.0.3}\ncircuits:\n"}, "ER929×1"},
		{"a circuit without a statement", []string{"  - {name: two, onprem: [b], azure: [far], prefer: [er-b, er-a]}\n", "", "prefer: [er-a, er-b]", "prefer: [er-a]"}, "ER929×1"},
		{"halves of a host route", []string{"10.1.0.0/16", "10.1.0.1/32", "prefer: [er-a, er-b]", "prefer: [er-a, er-b], technique: more-specifics"}, "ER927×1"},
		{"host bits", []string{"10.1.0.0/16", "10.1.0.1/16"}, "ER022×1"},
		{"a prefix that is none", []string{"10.1.0.0/16", "10.1.0.0"}, "ER905×1"},
		{"a router ID that is none", []string{"routerID: 10.9.0.1", "routerID: ten"}, "ER905×1"},
		{"redistribution without a process", []string{"platform: ios-xe,", "platform: ios-xe, originate: {redistribute: ospf},"}, "ER928×1"},
		{"a next hop of the wrong family", []string{"platform: ios-xe,", `platform: ios-xe, originate: {via: "2001:db8::1"},`}, "ER928×2"},
		{"a question mark in a provider's name", []string{"location: London", "location: London\n    provider: 'Acme?'"}, "ER908×1"},
		{"a password in place of a reference", []string{"vlan: 100\n", "vlan: 100\n      md5: hunter2\n"}, "ER906×1"},
		{"a second statement of one name", []string{"name: two", "name: one"}, "ER903×1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p, diags := resolve(t, tt.changes...)
			if got := own(diags); got != tt.want {
				t.Errorf("findings %q, want %q: %v", got, tt.want, diags)
			}
			if (p == nil) != diags.HasErrors() {
				t.Errorf("a plan comes with no error and only then: plan %v, findings %v", p != nil, diags)
			}
			for _, d := range diags {
				if strings.Contains(d.Summary+d.Hint, "hunter2") {
					t.Errorf("a finding repeats a secret: %v", d)
				}
			}
		})
	}
}

func TestWaivers(t *testing.T) {
	t.Parallel()
	idle := []string{"  - {name: two, onprem: [b], azure: [far], prefer: [er-b, er-a]}\n", "", "prefer: [er-a, er-b]", "prefer: [er-a]"}
	waiver := func(rule, where, until string) []string {
		return append(slices.Clone(idle), "traffic:\n", "waivers: [{rule: "+rule+", where: "+where+", reason: planned, until: "+until+"}]\ntraffic:\n")
	}
	tests := []struct {
		name, rule, where, until string
		want                     string
	}{
		{"holds on its last day", "ER929", "circuits.er-b", "2026-11-26", ""},
		{"covers what lies below", "ER929", "circuits", "2027-01-01", ""},
		{"is not a prefix of a name", "ER929", "circuits.er", "2027-01-01", "ER929×1 ER907×1"},
		{"has ended", "ER929", "circuits.er-b", "2026-11-25", "ER929×1 ER907×1"},
		{"fits another rule", "ER011", "circuits.er-b", "2027-01-01", "ER929×1 ER907×1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, diags := resolve(t, waiver(tt.rule, tt.where, tt.until)...)
			diags = slices.DeleteFunc(diags, func(d diag.Diagnostic) bool { return d.Code != "ER929" && d.Code != badWaiver })
			if got := own(diags); got != tt.want {
				t.Errorf("findings %q, want %q: %v", got, tt.want, diags)
			}
		})
	}
	said := []struct{ name, rule, where, want string }{
		{"an unknown rule", "ER992", "circuits.er-b", "no rule is called ER992: did you mean ER929?"},
		{"a place that is near one", "ER929", "circuits.er-c", "circuits.er-c names nothing in the intent: did you mean circuits.er-b?"},
		{"a place below one that is there", "ER010", "circuits.er-a.private.tertiary", "circuits.er-a.private.tertiary names nothing in the intent: did you mean circuits.er-a.private.secondary.router?"},
		{"a place of a rule that is silent", "ER011", "circuits.er-b.privat", "circuits.er-b.privat names nothing in the intent: the intent has circuits.er-b, and not what follows"},
		{"a place of no section", "ER011", "circus", "circus names nothing in the intent: write a path such as circuits.NAME.private"},
		{"a finding that is gone", "ER011", "traffic.one", "no finding of ER011 at traffic.one needs this waiver: take it away"},
		{"an item without a name", "ER011", "routers.r1.ibgp.0", "no finding of ER011 at routers.r1.ibgp.0 needs this waiver: take it away"},
	}
	for _, tt := range said {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			text := twoSites
			for i, changes := 0, waiver(tt.rule, tt.where, "2027-01-01"); i < len(changes); i += 2 {
				text = strings.Replace(text, changes[i], changes[i+1], 1)
			}
			_, diags := Resolve(load(t, "site.yaml", []byte(text)), Env{Today: today, Rules: func() []string { return []string{"ER010", "ER011", "ER929"} }})
			var got []string
			for _, d := range diags {
				if d.Code == badWaiver {
					got = append(got, d.Summary+": "+d.Hint)
				}
			}
			if diff := cmp.Diff([]string{tt.want}, got); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
	t.Run("an error stays an error", func(t *testing.T) {
		t.Parallel()
		_, diags := resolve(t, "azure: [hub]", "azure: [nowhere]", "traffic:\n", "waivers: [{rule: ER904, where: traffic.one, reason: no, until: 2030-01-01}]\ntraffic:\n")
		if got, want := own(diags), "ER907×1 ER904×1"; got != want {
			t.Errorf("findings %q, want %q: %v", got, want, diags)
		}
	})
}

// Each way of steering gives the numbers of the design's two tables.
func TestSteering(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		changes []string
		policy  string // router and policy
		want    string
	}{
		{"the better circuit", nil, "r1 ACME-ER-A-PRIMARY-IN-V4", "10.200.0.0/16 lp 200; 10.201.0.0/16 lp 150"},
		{"the worse circuit", nil, "r2 ACME-ER-B-SECONDARY-IN-V4", "10.201.0.0/16 lp 200; 10.200.0.0/16 lp 150"},
		{"prepends on the worse circuit", nil, "r2 ACME-ER-B-PRIMARY-OUT-V4", "10.2.0.0/16; 10.1.0.0/16 prepend 3"},
		{"home circuits", []string{"azure: [far]", "azure: [hub]"}, "r2 ACME-ER-B-PRIMARY-IN-V4", "10.200.0.0/16 lp 200"},
		{"primary first", []string{"prefer: [er-a, er-b]", "prefer: [er-a, er-b], links: primary-first"}, "r2 ACME-ER-B-SECONDARY-OUT-V4", "10.2.0.0/16; 10.1.0.0/16 prepend 4"},
		{"primary first keeps the preference", []string{"prefer: [er-a, er-b]", "prefer: [er-a, er-b], links: primary-first"}, "r1 ACME-ER-A-SECONDARY-IN-V4", "10.200.0.0/16 lp 200; 10.201.0.0/16 lp 150"},
		{"halves on the better", []string{"prefer: [er-a, er-b]", "prefer: [er-a, er-b], technique: more-specifics"}, "r1 ACME-ER-A-PRIMARY-OUT-V4", "10.1.0.0/17, 10.1.128.0/17; 10.1.0.0/16; 10.2.0.0/16 prepend 3"},
		{"the aggregate on the worse", []string{"prefer: [er-a, er-b]", "prefer: [er-a, er-b], technique: more-specifics"}, "r2 ACME-ER-B-PRIMARY-OUT-V4", "10.1.0.0/16, 10.2.0.0/16"},
		{"a preference of the user", []string{"prefer: [er-a, er-b]", "prefer: [er-a, er-b], preference: {er-b: 90}"}, "r2 ACME-ER-B-PRIMARY-IN-V4", "10.201.0.0/16 lp 200; 10.200.0.0/16 lp 90"},
		{"a prepend of the user on one link", []string{"prefer: [er-a, er-b]", "prefer: [er-a, er-b], prepend: {er-b.secondary: 5, er-b: 1}"}, "r2 ACME-ER-B-SECONDARY-OUT-V4", "10.2.0.0/16; 10.1.0.0/16 prepend 5"},
		{"a nested network is a specific", []string{"10.2.0.0/16", "10.1.5.0/24"}, "r2 ACME-ER-B-PRIMARY-OUT-V4", "10.1.5.0/24; 10.1.0.0/16 prepend 3"},
		{"a default is advertised where asked", []string{"vlan: 100\n", "vlan: 100\n      advertiseDefault: true\n"}, "r1 ACME-ER-A-PRIMARY-OUT-V4", "0.0.0.0/0; 10.1.0.0/16; 10.2.0.0/16 prepend 3"},
		{"a default is accepted where asked, in a list of its own", []string{"vlan: 100\n", "vlan: 100\n      acceptDefault: true\n"}, "r1 ACME-ER-A-PRIMARY-IN-V4", "10.200.0.0/16 lp 200; 0.0.0.0/0 lp 200; 10.201.0.0/16 lp 150"},
		{"iBGP carries Azure's prefixes", nil, "r1 ACME-IBGP-OUT-V4", "10.200.0.0/16, 10.201.0.0/16 self"},
		{"iBGP refuses on-premises prefixes", nil, "r1 ACME-IBGP-IN-V4", "10.200.0.0/16, 10.201.0.0/16"},
		{"unless they are learned", []string{"platform: ios-xe,", "platform: ios-xe, originate: learned,"}, "r1 ACME-IBGP-IN-V4", "10.200.0.0/16, 10.201.0.0/16; 10.1.0.0/16, 10.2.0.0/16"},
		{"which is what a router has that originates them", []string{"platform: ios-xe,", "platform: ios-xe, originate: learned,"}, "r2 ACME-IBGP-OUT-V4", "10.200.0.0/16, 10.201.0.0/16 self; 10.1.0.0/16, 10.2.0.0/16 self"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p, diags := resolve(t, tt.changes...)
			if p == nil {
				t.Fatal(diags)
			}
			router, policy, _ := strings.Cut(tt.policy, " ")
			if got := describe(p, router, policy); got != tt.want {
				t.Errorf("%s is %q, want %q", tt.policy, got, tt.want)
			}
		})
	}
}

// A standby circuit's links share the load when its turn comes: every level of
// preference counts for multipath.
func TestMultipath(t *testing.T) {
	t.Parallel()
	apart := []string{"secondary: {router: r2, interface: eth2", "secondary: {router: r3, interface: eth2",
		"circuits:\n", "  r3: {platform: junos, asn: 65001, routerID: 10.9.0.3, loopback: {interface: lo0, ipv4: 10.9.0.3/32}, ibgp: [{router: r1}, {router: r2}]}\ncircuits:\n"}
	tests := []struct {
		name    string
		changes []string
		router  string
		want    Multipath
	}{
		{"active circuit on one router", []string{"azure: [far]", "azure: [hub]"}, "r1", Multipath{EBGP: 2, IBGP: 2}},
		{"one knows the VNet by its community, the other by its prefix", []string{"azure: [far]", "azure: [hub]", "hub: {", "hub: {community: \"12076:20010\", ", "      primary: {router: r2", "      matchBy: community\n      primary: {router: r2"}, "r1", Multipath{EBGP: 2, IBGP: 2}},
		{"standby circuit on one router", []string{"  - {name: two, onprem: [b], azure: [far], prefer: [er-b, er-a]}\n", ""}, "r2", Multipath{EBGP: 2, IBGP: 1}},
		{"standby circuit over two routers", append([]string{"  - {name: two, onprem: [b], azure: [far], prefer: [er-b, er-a]}\n", ""}, apart...), "r1", Multipath{EBGP: 2, IBGP: 2}},
		{"one link of it", append([]string{"  - {name: two, onprem: [b], azure: [far], prefer: [er-b, er-a]}\n", ""}, apart...), "r3", Multipath{EBGP: 1, IBGP: 2}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p, diags := resolve(t, tt.changes...)
			if p == nil {
				t.Fatal(diags)
			}
			i := slices.IndexFunc(p.Routers, func(r Router) bool { return r.Name == tt.router })
			got := p.Routers[i].Multipath
			if got.Origin = ""; got != tt.want {
				t.Errorf("%s has %+v, want %+v", tt.router, got, tt.want)
			}
		})
	}
}

// describe writes what a policy accepts: its terms with the prefixes that they
// match, without the final deny.
func describe(p *Plan, router, name string) string {
	var out []string
	for _, r := range p.Routers {
		for _, pol := range r.Policies {
			if r.Name != router || pol.Name != name {
				continue
			}
			for _, term := range pol.Terms[:len(pol.Terms)-1] {
				var prefixes []string
				for _, l := range r.PrefixLists {
					if l.Name == term.Match {
						for _, e := range l.Entries {
							prefixes = append(prefixes, e.Prefix.String())
						}
					}
				}
				text := strings.Join(prefixes, ", ")
				if term.LocalPreference > 0 {
					text += " lp " + itoa(int(term.LocalPreference))
				}
				if len(term.Prepend) > 0 {
					text += " prepend " + itoa(len(term.Prepend))
				}
				if term.NextHopSelf {
					text += " self"
				}
				out = append(out, text)
			}
			if last := pol.Terms[len(pol.Terms)-1]; !last.Deny || last.Match != "" {
				out = append(out, "NO FINAL DENY")
			}
		}
	}
	return strings.Join(out, "; ")
}

// Every policy of every case ends in a term that denies everything, but for
// the one that only says which routes resolve next hops.
func TestEveryPolicyEndsInDeny(t *testing.T) {
	t.Parallel()
	p, _ := resolve(t)
	for _, r := range p.Routers {
		resolution := make(map[Name]bool)
		for _, x := range r.Resolution {
			resolution[x.Policy] = true
		}
		for _, pol := range r.Policies {
			last := pol.Terms[len(pol.Terms)-1]
			if denies := last.Deny && last.Match == ""; denies == resolution[pol.Name] {
				t.Errorf("%s %s ends in %+v", r.Name, pol.Name, last)
			}
		}
	}
}

// nests agrees with the obvious model: compare with every other prefix. A
// default route, which settle keeps out of the space, nests in nothing.
func TestNests(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		var all []netip.Prefix
		for range 30 {
			a := netip.AddrFrom4([4]byte{10, byte(rng.IntN(4)), byte(rng.IntN(4)) << 6, 0})
			all = append(all, netip.PrefixFrom(a, rng.IntN(20)+6).Masked())
		}
		var spans []span[struct{}]
		for _, p := range all {
			spans = append(spans, span[struct{}]{At: intent.At[netip.Prefix]{V: p}})
		}
		c := newSpace(spans)
		all = append(all, defaultIPv4)
		for _, p := range all {
			want := slices.ContainsFunc(all, func(q netip.Prefix) bool { return q.Bits() > 0 && q.Bits() < p.Bits() && q.Contains(p.Addr()) })
			if got := c.nests(p); got != want {
				t.Fatalf("nests(%s) = %v among %v", p, got, all)
			}
		}
	}
}

func TestCompareNatural(t *testing.T) {
	t.Parallel()
	got := []string{"xe-0/0/10", "eth2", "xe-0/0/2", "eth10", "TenGigabitEthernet0/0/1", "xe-0/0/02", "xe-0/0"}
	slices.SortFunc(got, compareNatural)
	want := []string{"TenGigabitEthernet0/0/1", "eth2", "eth10", "xe-0/0", "xe-0/0/2", "xe-0/0/02", "xe-0/0/10"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// What the intent numbers is in the plan, as routers order interfaces.
func TestIndexes(t *testing.T) {
	t.Parallel()
	p, diags := resolve(t, "ipv4: 10.9.0.2/32}", "ipv4: 10.9.0.2/32}, interfaceIndex: {eth10.100: 7, eth2.100: 8}")
	if p == nil {
		t.Fatal(diags)
	}
	want := []Index{{"eth2.100", 8, "routers.r2.interfaceIndex.eth2.100"}, {"eth10.100", 7, "routers.r2.interfaceIndex.eth10.100"}}
	if diff := cmp.Diff(want, p.Routers[1].Indexes); diff != "" || p.Routers[0].Indexes != nil {
		t.Errorf("indexes (-want +got):\n%s; of r1: %v", diff, p.Routers[0].Indexes)
	}
}
