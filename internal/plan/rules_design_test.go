package plan

import (
	"slices"
	"strings"
	"testing"

	"github.com/ercfg/ercfg/internal/diag"
	"github.com/ercfg/ercfg/internal/intent"
)

func TestRulesOfDesign(t *testing.T) {
	t.Parallel()
	statement := func(text string) []string { return []string{"er-b]", "er-b], " + text} }
	weights := func(text string) []string {
		return []string{"{fastPath: true}", "{fastPath: true}, connections: {" + text + "}"}
	}
	third := []string{"er-b]", "er-b, er-c]", "traffic:", `  er-c:
    model: exchange
    bandwidth: 1Gbps
    private:
      vlan: 300
      primary: {router: ce1, interface: eth3, ipv4: 172.16.0.16/30}
      secondary: {router: ce2, interface: eth3, ipv4: 172.16.0.20/30}
traffic:`}
	noIPv6 := []string{`, ipv6: "2001:db8:ff::8/126"`, "", `, ipv6: "2001:db8:ff::c/126"`, ""}
	pe := []string{"platform: frr", "role: pe, platform: frr", ", ibgp: [{router: ce2}]", ""}
	srx := []string{"platform: frr", "platform: junos, model: srx"}
	oneSRX := append([]string{"router: ce2, interface: eth", "router: ce1, interface: xe-0/0/"}, srx...)
	with := func(parts ...[]string) []string {
		var out []string
		for _, p := range parts {
			out = append(out, p...)
		}
		return out
	}
	each(t, (*facts).checkDesign, []change{
		{"nothing", twoPrivate, nil, nil},
		{"nothing on Microsoft peering", twoMicrosoft, nil, nil},
		{"numbers of the user's own", twoPrivate, statement("preference: {er-a: 300, er-b: 120}, prepend: {er-b: 5}"), nil},
		{"more specifics need no prepend", twoPrivate, statement("technique: more-specifics, prepend: {er-b: 0}"), nil},
		{"three circuits", twoPrivate, third, nil},

		{"no prepend", twoPrivate, statement("prepend: {er-b: 0}"), []string{"ER145 error 0", "ER147 warning 0"}},
		{"as many prepends on both", twoPrivate, statement("prepend: {er-a: 3}"), []string{"ER145 error 3", "ER147 warning 3"}},
		{"more prepends on the better", twoPrivate, statement("prepend: {er-a: [65010, 65010, 65010, 65010]}"), []string{"ER145 error 65010"}},
		{"no prepend on one link of the standby", twoPrivate, statement("prepend: {er-b.primary: 0}"), []string{"ER145 error 0", "ER147 warning 0", "ER151 warning 0"}},
		{"preferences in order and no prepend", twoPrivate, statement("preference: {er-b: 120}, prepend: {er-b: 0}"), []string{"ER145 error 0", "ER147 warning 0"}},
		{"no prepend and no VNet to weigh", twoMicrosoft, []string{"er-b.microsoft]", "er-b.microsoft], prepend: {er-b.microsoft: 0}"}, []string{"ER145 error 0", "ER147 warning 0"}},
		{"equal preferences", twoPrivate, statement("preference: {er-b: 200}"), []string{"ER145 error 200"}},
		{"preferences the other way round", twoPrivate, statement("preference: {er-b: 210}"), []string{"ER145 error 210"}},
		{"both the other way round", twoPrivate, statement("preference: {er-b: 210}, prepend: {er-a: 3, er-b: 0}"), []string{"ER145 error 210"}},
		{"neither direction in order", twoPrivate, statement("preference: {er-b: 200}, prepend: {er-b: 0}"), []string{"ER147 warning 0"}},
		{"the second and the third", twoPrivate, with(third, []string{"er-c]}", "er-c], preference: {er-c: 150}}"}), []string{"ER145 error 150"}},
		{"weights in place of prepends", twoPrivate, with(statement("prepend: {er-b: 0}"), weights("er-a: {weight: 10}")), nil},
		{"weights of one VNet only", twoPrivate, with(statement("prepend: {er-b: 0}"), weights("er-a: {weight: 10}"), []string{"routers:", "    far: {prefixes: [10.201.0.0/16]}\nrouters:", "[hub]", "[hub, far]"}), []string{"ER145 error 0", "ER147 warning 0"}},
		{"behind a tunnel nothing is advertised", twoPrivate, with(statement("prepend: {er-b: 0}"), []string{"[10.200.0.0/16]", "[10.200.0.0/16], vpnGateway: {instances: [{name: a, public: 203.0.113.10, private: 10.200.255.4, bgp: 169.254.21.2}]}", "prefer: [er-a", "prefer: [tunnel, er-a", "traffic:", "vpns:\n  tunnel: {vnet: hub, underlay: er-a.private, psk: env:PSK, tunnels: [{router: ce1, instance: a, interface: Tunnel1}]}\ntraffic:"}), nil},

		{"the standby has no IPv6 for the aggregate", twoPrivate, with(noIPv6, statement("technique: more-specifics")), []string{"ER146 error er-b"}},
		{"one link of the standby has it", twoPrivate, with(noIPv6[:2], statement("technique: more-specifics")), nil},
		{"the standby's IPv6 subnets are another rule's", twoPrivate, with([]string{`ff::8/126"`, `ff::8/127"`, `ff::c/126"`, `ff::c/127"`}, statement("technique: more-specifics")), nil},
		{"no IPv6 prefix to halve", twoPrivate, with(noIPv6, []string{`, "2001:db8:1::/48"`, ""}, statement("technique: more-specifics")), nil},
		{"prepends need no aggregate", twoPrivate, noIPv6, nil},

		{"weights in order", twoPrivate, weights("er-a: {weight: 20}, er-b: {weight: 10}"), nil},
		{"equal weights", twoPrivate, weights("er-a: {weight: 10}, er-b: {weight: 10}"), nil},
		{"weights against the order", twoPrivate, weights("er-a: {weight: 10}, er-b.private: {weight: 20}"), []string{"ER148 warning 20"}},
		{"a weight on the standby only", twoPrivate, weights("er-b: {weight: 1}"), []string{"ER148 warning 1"}},
		{"weights of paths that nobody uses", twoPrivate, with(weights("er-b: {weight: 1}"), []string{"[er-a, er-b]", "[er-a]"}), nil},

		{"two routers without iBGP", twoPrivate, pe, []string{"ER149 warning private ×2"}},
		{"a session with a router outside at both", twoPrivate, with(pe, []string{"asn: 65010", "asn: 65010, ibgp: [{address: 10.1.255.9}]"}), nil},
		{"two CEs without iBGP are ER923's", twoPrivate, []string{", ibgp: [{router: ce2}]", ""}, nil},
		{"a session with a router outside at one", twoPrivate, []string{"platform: frr", "role: pe, platform: frr", "{router: ce2}", "{address: 10.1.255.9}"}, []string{"ER149 warning private ×2"}},
		{"VPN routes only", twoPrivate, []string{"platform: frr", "role: pe, platform: frr", "{router: ce2}", "{router: ce2, family: vpn}"}, []string{"ER149 warning private ×2"}},
		{"no VPN routes for a VRF of two CEs", twoPrivate, []string{"vlan:", "vrf: A\n      vlan:", "asn: 65010", "asn: 65010, vrfs: {A: {rd: \"65010:1\"}}"}, []string{"ER149 warning private ×2"}},
		{"VPN routes for a VRF", twoPrivate, []string{"{router: ce2}", "{router: ce2, family: vpn}", "vlan:", "vrf: A\n      vlan:", "asn: 65010", "asn: 65010, vrfs: {A: {rd: \"65010:1\"}}"}, nil},
		{"passive links need no multipath", twoPrivate, with(pe, statement("links: primary-first")), []string{"ER151 warning primary-first"}},

		{"two firewalls", twoPrivate, srx, []string{"ER150 warning private ×2"}},
		{"a firewall and a router", twoPrivate, []string{"ce1: {platform: frr", "ce1: {platform: junos, model: srx"}, []string{"ER150 warning private ×2"}},
		{"one firewall", twoPrivate, oneSRX, nil},
		{"two zones of one firewall", twoPrivate, with(oneSRX, []string{`ipv6: "2001:db8:ff::/126"`, `zone: a, ipv6: "2001:db8:ff::/126"`}), []string{"ER150 warning a"}},
		{"one zone of another name", twoPrivate, with(oneSRX, []string{"ipv4:", "zone: a, ipv4:"}), nil},

		{"a passive link of a VPN alone", twoVRFs, []string{"prefer: [er-a, s2s]", "links: primary-first, prefer: [s2s]"}, nil},
		{"a passive link of a peering", twoPrivate, []string{"vlan: 100", "links: primary-first\n      vlan: 100"}, []string{"ER151 warning primary-first"}},
		{"a passive link by prepend", twoPrivate, statement("prepend: {er-b.secondary: 4}"), []string{"ER151 warning 4"}},
		{"a prepend beside links that are passive already", twoPrivate, statement("links: primary-first, prepend: {er-b: 4}"), []string{"ER151 warning primary-first"}},

		{"one location without the claim", twoPrivate, []string{"location: Newport", "location: London"}, nil},
		{"one location", twoPrivate, []string{"location: Newport", "location: london", "name: acme", "name: acme, resiliency: maximum"}, []string{"ER152 warning london"}},
		{"two locations", twoPrivate, []string{"name: acme", "name: acme, resiliency: maximum"}, nil},
		{"two locations of three", twoPrivate, with(third, []string{"er-c:\n", "er-c:\n    location: London\n", "name: acme", "name: acme, resiliency: maximum"}), nil},
		{"one provider", twoPrivate, []string{"location:", "provider: Equinix\n    location:", "name: acme", "name: acme, resiliency: maximum"}, []string{"ER152 warning Equinix"}},
		{"one circuit", twoPrivate, []string{"[er-a, er-b]", "[er-a]", "name: acme", "name: acme, resiliency: maximum"}, nil},
		{"no location", twoMicrosoft, []string{"name: acme", "name: acme, resiliency: maximum"}, nil},
	})
}

// Rules pass over what is missing or no value: others report it. A finding
// without a place, or about circuits that nothing is known of, says nothing.
func TestRulesPassOverGaps(t *testing.T) {
	t.Parallel()
	for name, changes := range map[string][]string{
		"no router":        {"router: ce1, ", ""},
		"unknown routers":  {"router: ce", "router: pe"},
		"nobody to steer":  {"router: ce", "router: pe", "er-b]", "er-b], prepend: {er-b: 0}"},
		"nothing to steer": {"      primary", "      # primary", "      secondary", "      # secondary", "er-b]", "er-b], prepend: {er-b: 0}"},
		"no secondary":     {"      secondary", "      # secondary"},
		"no subnets":       {"ipv4: 172.16.0", "mtu: 172.16.0"},
		"no statement":     {"traffic:\n", "traffic: []\n#"},
		"no AS number":     {"asn: 65010", "asn: many"},
		"unknown names":    {"onprem: [campus], azure: [hub]", "onprem: [x], azure: [y]"},
		"unknown paths":    {"[er-a, er-b]", "[x, y]"},
		"bad timers":       {"vlan: 100", "timers: {keepalive: soon, hold: [1]}\n      vlan: 100"},
		"half of timers":   {"vlan: 100", "timers: {hold: 30s}\n      vlan: 100"},
		"bad prefixes":     {"10.1.0.0/16", "10.1.0.0", "10.200.0.0/16", "hub"},
		"bad overrides":    {"er-b]", "er-b], prepend: {er-b: [x], er-b.secondary: [x, y], er-a: lots}, preference: {er-b: high}"},
		"bad communities":  {"fastPath: true}", "fastPath: true}, community: 7"},
		"bad MTU":          {"vlan: 100", "mtu: jumbo\n      vlan: 100"},
		"bad route filter": {"private:", "microsoft:", "vlan: 100", "routeFilter: [x, 7]\n      vlan: 100"},
		"bad connections":  {"fastPath: true}", "fastPath: true}, connections: {er-a: {weight: x}, er-x: {weight: 1}, er-b: {}}"},
		"no circuits":      {"circuits:", "x-circuits:"},
		"bad Global Reach": {"location: London", "location: London\n    globalReach: {with: er-x, block: x}"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := gatherBroken(t, changes)
			f.checkASNs()
			f.checkSessions()
			f.checkTimers()
			f.checkDesign()
			for _, d := range f.diags {
				if d.Pos.IsZero() || slices.Contains([]diag.Code{oneDirection, passiveLink, unknownCommunity, mtuTooSmall}, d.Code) {
					t.Errorf("%s: %s at %v", d.Code, d.Summary, d.Pos)
				}
			}
		})
	}
}

// gatherBroken gathers an intent that need not fit the schema.
func gatherBroken(t *testing.T, changes []string) *facts {
	t.Helper()
	text := twoPrivate
	for i := 0; i+1 < len(changes); i += 2 {
		text = strings.ReplaceAll(text, changes[i], changes[i+1])
	}
	doc, diags := intent.Parse([]intent.File{{Name: "site.yaml", Data: []byte(text)}})
	if doc == nil {
		t.Fatalf("no intent: %v", diags)
	}
	return gather(doc, Env{Today: today})
}
