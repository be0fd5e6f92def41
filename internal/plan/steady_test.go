package plan

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ercfg/ercfg/internal/bgp"
)

// sharedNames are intents in which one prefix, or one community, has two
// origins: two networks and two services name it.
var sharedNames = []string{`apiVersion: ercfg/v1
kind: Intent
metadata: {name: acme}
onprem: {networks: {lan-a: {prefixes: [10.1.0.0/16]}, lan-b: {prefixes: [10.1.0.0/16]}}}
azure: {vnets: {hub: {prefixes: [10.200.0.0/16]}, lab: {prefixes: [10.201.0.0/16]}}}
routers:
  ce1: {platform: frr, asn: 65010, routerID: 10.1.255.1, originate: learned, loopback: {interface: lo, ipv4: 10.1.255.1/32}, ibgp: [{address: 10.1.255.9}]}
  ce2: {platform: frr, asn: 65010, routerID: 10.1.255.2, originate: learned, loopback: {interface: lo, ipv4: 10.1.255.2/32}, ibgp: [{address: 10.1.255.9}]}
circuits:
  er-a: {model: exchange, location: London, bandwidth: 1Gbps, private: {vlan: 100, primary: {router: ce1, interface: eth1, ipv4: 172.16.0.0/30}, secondary: {router: ce1, interface: eth2, ipv4: 172.16.0.4/30}}}
  er-b: {model: exchange, location: Newport, bandwidth: 1Gbps, private: {vlan: 100, primary: {router: ce2, interface: eth1, ipv4: 172.16.1.0/30}, secondary: {router: ce2, interface: eth2, ipv4: 172.16.1.4/30}}}
traffic:
  - {name: one, onprem: [lan-a], azure: [hub], prefer: [er-a]}
  - {name: two, onprem: [lan-b], azure: [lab], prefer: [er-b]}
`, `apiVersion: ercfg/v1
kind: Intent
metadata: {name: saas}
onprem: {networks: {pool: {prefixes: [203.0.113.128/27], public: true}}}
azure:
  services:
    some: {communities: ["12076:5060"], prefixes: [20.50.0.0/16]}
    all: {communities: ["12076:5060"]}
routers:
  ce1: {platform: frr, asn: 199524, routerID: 198.18.0.1, loopback: {interface: lo, ipv4: 198.18.0.1/32}, ibgp: [{address: 198.18.0.9}]}
circuits:
  er-a:
    model: exchange
    location: London
    sku: premium
    bandwidth: 1Gbps
    microsoft:
      vlan: 600
      primary: {router: ce1, interface: eth1, ipv4: 198.51.100.0/30}
      secondary: {router: ce1, interface: eth2, ipv4: 198.51.100.4/30}
      routeFilter: ["12076:5060"]
      advertisedPublicPrefixes: [203.0.113.128/27]
traffic:
  - {name: saas, onprem: [pool], azure: [some, all], prefer: [er-a.microsoft]}
`}

// The same intent gives the same plan every time, the origin of each line
// included: no order of a map shows.
func TestSamePlanEachTime(t *testing.T) {
	t.Parallel()
	texts := sharedNames
	files, err := filepath.Glob("../render/testdata/*/intent.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(data))
	}
	same := cmp.Options{
		cmp.Comparer(func(a, b netipAddr) bool { return a == b }), cmp.Comparer(func(a, b netipPrefix) bool { return a == b }),
		cmp.Comparer(func(a, b secretRef) bool { return a == b }), cmp.Comparer(func(a, b bgp.RouteDistinguisher) bool { return a == b }),
		cmp.Comparer(func(a, b bgp.RouteTarget) bool { return a == b }),
	}
	for _, text := range texts {
		doc := load(t, "site.yaml", []byte(text))
		first, diags := Resolve(doc, Env{Today: today})
		if first == nil {
			t.Fatal(diags)
		}
		for range 10 {
			again, _ := Resolve(doc, Env{Today: today})
			if diff := cmp.Diff(first, again, same); diff != "" {
				t.Errorf("%s: another plan (-first +again):\n%s", first.Name, diff)
				break
			}
		}
	}
}

// A VPN whose policies would have the names of a link's, of iBGP's or of a
// customer's is refused.
func TestPolicyNamesOfVPNs(t *testing.T) {
	t.Parallel()
	head, rest, _ := strings.Cut(twoVPNs, "  x2:")
	_, traffic, _ := strings.Cut(rest, "traffic:")
	one := head + "traffic:" + strings.NewReplacer("[er-a, x1, x2]", "[er-a, x1]", "[er-a, x2]", "[er-a, x1]").Replace(traffic)
	for name, want := range map[string]string{"x1": "", "er-a-primary": "ER921", "ibgp-x": ""} {
		_, diags := Resolve(load(t, "site.yaml", []byte(strings.ReplaceAll(one, "x1", name))), Env{Today: today})
		if got := strings.Contains(codes(diags), "ER921"); got != (want != "") {
			t.Errorf("a VPN called %s: findings %s", name, codes(diags))
		}
	}
}
