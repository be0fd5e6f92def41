package plan

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Two intents in which the rules about AS numbers, sessions, timers and design
// find nothing; their tests change one thing in them. Both have two circuits
// on the same two routers.
const (
	twoPrivate = `apiVersion: ercfg/v1
kind: Intent
metadata: {name: acme}
onprem:
  networks:
    campus: {prefixes: [10.1.0.0/16, "2001:db8:1::/48"]}
azure:
  vnets:
    hub: {prefixes: [10.200.0.0/16], expressRouteGateway: {fastPath: true}}
routers:
  ce1: {platform: frr, asn: 65010, routerID: 10.1.255.1, ibgp: [{router: ce2}]}
  ce2: {platform: frr, asn: 65010, routerID: 10.1.255.2}
circuits:
  er-a:
    model: exchange
    location: London
    bandwidth: 1Gbps
    private:
      vlan: 100
      primary: {router: ce1, interface: eth1, ipv4: 172.16.0.0/30, ipv6: "2001:db8:ff::/126"}
      secondary: {router: ce2, interface: eth1, ipv4: 172.16.0.4/30, ipv6: "2001:db8:ff::4/126"}
  er-b:
    model: exchange
    location: Newport
    bandwidth: 1Gbps
    private:
      vlan: 200
      primary: {router: ce1, interface: eth2, ipv4: 172.16.0.8/30, ipv6: "2001:db8:ff::8/126"}
      secondary: {router: ce2, interface: eth2, ipv4: 172.16.0.12/30, ipv6: "2001:db8:ff::c/126"}
traffic:
  - {name: all, onprem: [campus], azure: [hub], prefer: [er-a, er-b]}
`
	twoMicrosoft = `apiVersion: ercfg/v1
kind: Intent
metadata: {name: acme}
onprem:
  networks:
    pool: {prefixes: [192.88.99.0/27], public: true}
azure:
  services:
    weu: {communities: ["12076:51002"]}
routers:
  ce1: {platform: frr, asn: 199524, routerID: 10.1.255.1, ibgp: [{router: ce2}]}
  ce2: {platform: frr, asn: 199524, routerID: 10.1.255.2}
circuits:
  er-a:
    model: exchange
    sku: premium
    bandwidth: 1Gbps
    microsoft:
      vlan: 100
      primary: {router: ce1, interface: eth1, ipv4: 198.51.100.0/30}
      secondary: {router: ce2, interface: eth1, ipv4: 198.51.100.4/30}
      routeFilter: ["12076:51002"]
      advertisedPublicPrefixes: [192.88.99.0/27]
  er-b:
    model: exchange
    sku: premium
    bandwidth: 1Gbps
    microsoft:
      vlan: 200
      primary: {router: ce1, interface: eth2, ipv4: 198.51.100.8/30}
      secondary: {router: ce2, interface: eth2, ipv4: 198.51.100.12/30}
      routeFilter: ["12076:51002"]
      advertisedPublicPrefixes: [192.88.99.0/27]
traffic:
  - {name: saas, onprem: [pool], azure: [weu], prefer: [er-a.microsoft, er-b.microsoft]}
`
)

// A change is one intent with something wrong, and what a check says of it.
type change struct {
	name    string
	text    string
	changes []string // old, new, old, new, …; everywhere
	want    []string // "ER050 error 12067": code, severity, what stands there
}

// each runs check on every intent.
func each(t *testing.T, check func(*facts), tests []change) {
	t.Helper()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, found(t, tt.text, check, tt.changes...)); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

// found changes an intent, runs one check, and lists what it finds in the
// order of the file. Findings that read alike are counted.
func found(t *testing.T, text string, check func(*facts), changes ...string) []string {
	t.Helper()
	for i := 0; i+1 < len(changes); i += 2 {
		if !strings.Contains(text, changes[i]) {
			t.Fatalf("the intent has no %q", changes[i])
		}
		text = strings.ReplaceAll(text, changes[i], changes[i+1])
	}
	f := gather(load(t, "site.yaml", []byte(text)), Env{Today: today})
	if len(f.diags) > 0 {
		t.Fatalf("the intent has other faults: %v", f.diags)
	}
	check(f)
	lines := strings.Split(text, "\n")
	var out []string
	count := make(map[string]int)
	for _, d := range f.diags.Sorted() {
		if d.Pos.IsZero() {
			t.Errorf("%s has no place: %s", d.Code, d.Summary)
			continue
		}
		for _, r := range d.Related {
			if r.IsZero() {
				t.Errorf("%s has a related place that is none: %s", d.Code, d.Summary)
			}
		}
		there := lines[d.Pos.Line-1][d.Pos.Column-1:]
		if end := strings.IndexAny(there, ",}]"); end > 0 {
			there = there[:end]
		}
		finding := fmt.Sprintf("%s %s %s", d.Code, d.Severity, strings.TrimSuffix(strings.Split(there, ": ")[0], ":"))
		if count[finding]++; count[finding] == 1 {
			out = append(out, finding)
		}
	}
	for i, finding := range out {
		if n := count[finding]; n > 1 {
			out[i] = fmt.Sprintf("%s ×%d", finding, n)
		}
	}
	return out
}

func TestRulesOfASNs(t *testing.T) {
	t.Parallel()
	asn := func(old, now string) []string { return []string{"asn: " + old, "asn: " + now} }
	each(t, (*facts).checkASNs, []change{
		{"nothing", twoPrivate, nil, nil},
		{"nothing on Microsoft peering", twoMicrosoft, nil, nil},
		{"the MSEE's own number", twoPrivate, []string{"vlan: 100", "mseeASN: 12076\n      vlan: 100"}, nil},
		{"not the MSEE's", twoPrivate, []string{"vlan: 100", "mseeASN: 12067\n      vlan: 100"}, []string{"ER050 error 12067"}},
		{"below the reserved", twoPrivate, asn("65010", "65514"), nil},
		{"the first reserved", twoPrivate, asn("65010", "65515"), []string{"ER051 error 65515 ×2"}},
		{"the last reserved", twoPrivate, asn("65010", "65520"), []string{"ER051 error 65520 ×2"}},
		{"above the reserved", twoPrivate, asn("65010", "65521"), nil},
		{"Microsoft's own", twoPrivate, asn("65010", "12076"), []string{"ER052 error 12076 ×2"}},
		{"zero", twoPrivate, asn("65010", "0"), []string{"ER052 error 0 ×2"}},
		{"AS_TRANS", twoPrivate, asn("65010", "23456"), []string{"ER052 error 23456 ×2"}},
		{"the last of 16 bits", twoPrivate, asn("65010", "65535"), []string{"ER052 error 65535 ×2"}},
		{"32-bit documentation", twoPrivate, asn("65010", "65551"), []string{"ER052 error 65551 ×2"}},
		{"32 bits", twoPrivate, asn("65010", "65552"), nil},
		{"the very last", twoPrivate, asn("65010", "4294967295"), []string{"ER052 error 4294967295 ×2"}},
		{"documentation", twoPrivate, asn("65010", "64496"), []string{"ER053 warning 64496 ×2"}},
		{"documentation on Microsoft peering", twoMicrosoft, asn("199524", "64511"), []string{"ER053 error 64511 ×2"}},
		{"a router without links", twoPrivate, []string{"circuits:", "  rr: {platform: frr, asn: 65515, routerID: 10.1.255.3}\ncircuits:"}, nil},
		{"private on Microsoft peering", twoMicrosoft, append(asn("199524", "65010"), ", er-b.microsoft]", "]"), []string{"ER054 warning 65010 ×2"}},
		{"derived prepend is stripped", twoMicrosoft, asn("199524", "65010"), []string{"ER054 warning 65010 ×2", "ER055 error er-b.microsoft"}},
		{"halves in place of the prepend", twoMicrosoft, append(asn("199524", "65010"), "er-b.microsoft]", "er-b.microsoft], technique: more-specifics"), []string{"ER054 warning 65010 ×2"}},
		{"counted prepend is stripped", twoMicrosoft, append(asn("199524", "65010"), "er-b.microsoft]", "er-b.microsoft], prepend: {er-b.microsoft: 7}"), []string{"ER054 warning 65010 ×2", "ER055 error 7"}},
		{"no prepend", twoMicrosoft, append(asn("199524", "65010"), "er-b.microsoft]", "er-b.microsoft], prepend: {er-b.microsoft: 0}"), []string{"ER054 warning 65010 ×2"}},
		{"listed prepend is stripped", twoMicrosoft, []string{"er-b.microsoft]", "er-b.microsoft], prepend: {er-b.microsoft: [199524, 65010, 65010]}"}, []string{"ER055 error 65010"}},
		{"listed and own", twoMicrosoft, append(asn("199524", "65010"), "er-b.microsoft]", "er-b.microsoft], prepend: {er-b.microsoft: [65010]}"), []string{"ER054 warning 65010 ×2", "ER055 error 65010"}},
		{"the customer's public number", twoMicrosoft, []string{"vlan: 100", "customerASN: 199525\n      vlan: 100", "er-b.microsoft]", "er-b.microsoft], prepend: {er-a.microsoft: [199525]}"}, nil},
		{"a private customer number", twoMicrosoft, []string{"vlan: 100", "customerASN: 65010\n      vlan: 100"}, []string{"ER056 error 65010"}},
		{"a documentation customer number", twoMicrosoft, []string{"vlan: 100", "customerASN: 64500\n      vlan: 100"}, []string{"ER056 error 64500"}},
		{"no customer's number", twoMicrosoft, []string{"vlan: 100", "customerASN: 23456\n      vlan: 100", "vlan: 200", "customerASN: 12076\n      vlan: 200"}, []string{"ER056 error 23456", "ER056 error 12076"}},
		{"a customer number on private peering", twoPrivate, []string{"vlan: 100", "customerASN: 65010\n      vlan: 100"}, nil},
		{"prepend of Microsoft's", twoPrivate, []string{"er-b]", "er-b], prepend: {er-b: [65010, 12076]}"}, []string{"ER057 error 12076"}},
		{"prepend of the gateway's on a link", twoPrivate, []string{"er-b]", "er-b], prepend: {er-b.primary: [65515]}"}, []string{"ER057 error 65515"}},
		{"prepend of Microsoft's on a tunnel", twoPrivate, []string{"[10.200.0.0/16]", "[10.200.0.0/16], vpnGateway: {instances: [{name: a, public: 203.0.113.10, private: 10.200.255.4, bgp: 169.254.21.2}]}", "er-b]", "er-b, tunnel], prepend: {tunnel: [12076, 65011]}", "traffic:", "vpns:\n  tunnel: {vnet: hub, underlay: internet, psk: env:PSK, tunnels: [{router: ce1, instance: a, interface: Tunnel1}]}\ntraffic:"}, []string{"ER057 error 12076", "ER058 warning 65011"}},
		{"prepend of the own number on a tunnel", twoPrivate, []string{"[10.200.0.0/16]", "[10.200.0.0/16], vpnGateway: {instances: [{name: a, public: 203.0.113.10, private: 10.200.255.4, bgp: 169.254.21.2}]}", "er-b]", "er-b, tunnel], prepend: {tunnel: [65010, 65010]}", "traffic:", "vpns:\n  tunnel: {vnet: hub, underlay: internet, psk: env:PSK, tunnels: [{router: ce1, instance: a, interface: Tunnel1}]}\ntraffic:"}, nil},
		{"prepend of another's", twoPrivate, []string{"er-b]", "er-b], prepend: {er-b: [65010, 65011, 65011]}"}, []string{"ER058 warning 65011"}},
		{"prepend of the other circuit's router only", twoPrivate, []string{"frr, asn: 65010, routerID: 10.1.255.2", "frr, asn: 65012, routerID: 10.1.255.2", "er-b]", "er-b], prepend: {er-b.secondary: [65012]}"}, nil},
		{"prepend of documentation on Microsoft peering", twoMicrosoft, []string{"er-b.microsoft]", "er-b.microsoft], prepend: {er-b.microsoft: [64500]}"}, []string{"ER053 error 64500"}},
		{"prepend of the own number", twoPrivate, []string{"er-b]", "er-b], prepend: {er-b: [65010, 65010]}"}, nil},
	})
}
