package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ercfg/ercfg/docs"
	"github.com/ercfg/ercfg/internal/diag"
	"github.com/ercfg/ercfg/internal/intent"
	"github.com/ercfg/ercfg/internal/plan"
)

// Two intents without a finding; a case makes one mistake in one of them.
const (
	edgeIntent = `apiVersion: ercfg/v1
kind: Intent
metadata: {name: acme}
onprem: {networks: {campus: {prefixes: [10.1.0.0/16]}, site: {prefixes: [10.2.0.0/16]}}}
azure: {vnets: {hub: {prefixes: [10.200.0.0/16]}, lab: {prefixes: [10.201.0.0/16]}}}
routers:
  pe1:
    platform: ios-xe
    role: pe
    asn: 65010
    routerID: 10.9.255.1
    loopback: {interface: Loopback0, ipv4: 10.9.255.1/32}
    ibgp: [{router: pe2, family: vpn}]
    vrfs:
      PROD: {rd: "10.9.255.1:1", import: ["65010:1"], export: ["65010:1"]}
      LAB: {rd: "10.9.255.1:2", import: ["65010:2"], export: ["65010:2"], neighbors: [{address: 10.2.0.2, asn: 65001}]}
  pe2:
    platform: junos
    role: pe
    asn: 65010
    routerID: 10.9.255.2
    loopback: {interface: lo0, ipv4: 10.9.255.2/32}
    ibgp: [{router: pe1, family: vpn}]
    vrfs:
      PROD: {rd: "10.9.255.2:1", import: ["65010:1"], export: ["65010:1"]}
      LAB: {rd: "10.9.255.2:2", import: ["65010:2"], export: ["65010:2"]}
directPorts:
  pair: {speed: 10Gbps, encapsulation: dot1q, primary: {router: pe1, interface: TenGigabitEthernet0/1/0}, secondary: {router: pe2, interface: xe-0/1/0}}
circuits:
  er-a:
    model: direct
    port: pair
    location: London
    bandwidth: 1Gbps
    private:
      vrf: PROD
      vlan: 100
      primary: {ipv4: 172.16.0.0/30}
      secondary: {ipv4: 172.16.0.4/30}
  er-b:
    model: exchange
    location: Newport
    bandwidth: 1Gbps
    private:
      vrf: LAB
      vlan: 200
      primary: {router: pe1, interface: GigabitEthernet0/0/1, ipv4: 172.16.1.0/30}
      secondary: {router: pe2, interface: xe-0/0/1, ipv4: 172.16.1.4/30}
traffic:
  - {name: prod, onprem: [campus], azure: [hub], prefer: [er-a]}
  - {name: lab, onprem: [site], azure: [lab], prefer: [er-b]}
`
	publicIntent = `apiVersion: ercfg/v1
kind: Intent
metadata: {name: acme}
onprem:
  networks:
    campus: {prefixes: [10.9.0.0/16]}
    pool: {prefixes: [192.88.99.0/27], public: true, nat: [campus]}
azure: {services: {weu: {communities: ["12076:51002"]}}}
routers:
  ce1: {platform: frr, asn: 199524, routerID: 10.1.255.1, loopback: {interface: lo, ipv4: 10.1.255.1/32}, ibgp: [{router: ce2}]}
  ce2: {platform: frr, asn: 199524, routerID: 10.1.255.2, loopback: {interface: lo, ipv4: 10.1.255.2/32}}
circuits:
  er-a:
    model: exchange
    sku: premium
    bandwidth: 1Gbps
    microsoft:
      vlan: 100
      primary: {router: ce1, interface: eth1, ipv4: 195.2.0.0/30}
      secondary: {router: ce2, interface: eth1, ipv4: 195.2.0.4/30}
      routeFilter: ["12076:51002"]
      advertisedPublicPrefixes: [192.88.99.0/27]
traffic:
  - {name: saas, onprem: [pool], azure: [weu], prefer: [er-a.microsoft]}
`
)

// One mistake is one finding: what follows from it is not said beside it.
func TestOneMistake(t *testing.T) {
	t.Parallel()
	privateB := edgeIntent[strings.Index(edgeIntent, "    private:\n      vrf: LAB"):strings.Index(edgeIntent, "traffic:")]
	for _, tt := range []struct {
		name, text string
		old, now   string
		want       string // code and what stands at the place
	}{
		{"none at the edge", edgeIntent, "", "", ""},
		{"none towards the public", publicIntent, "", "", ""},
		{"a peering that is gone", edgeIntent, "    private:\n      vrf: PROD", "    public:\n      vrf: PROD", "ER001 public:"},
		{"a circuit without a peering", edgeIntent, privateB, "", "ER002 er-b:"},
		{"Direct without a port", edgeIntent, "    port: pair\n", "", "ER905 er-a:"},
		{"an unknown port", edgeIntent, "port: pair", "port: pear", "ER904 pear"},
		{"a pair without a secondary port", edgeIntent, ", secondary: {router: pe2, interface: xe-0/1/0}", "", "ER901 pair: {speed: 10Gbps"},
		{"a provider's circuit on a port", edgeIntent, "model: direct", "model: exchange", "ER905 pair"},
		{"a provider's circuit on a port with MACsec", strings.Replace(edgeIntent, "encapsulation: dot1q", "encapsulation: dot1q, macsec: {cipher: gcm-aes-xpn-256, ckn: env:CKN, cak: env:CAK}", 1), "model: direct", "model: exchange", "ER180 pair"},
		{"a link without ends", edgeIntent, "{router: pe2, interface: xe-0/0/1, ipv4", "{ipv4", "ER905 secondary: {ipv4: 172.16.1.4/30}"},
		{"one AS number", edgeIntent, "asn: 65010\n    routerID: 10.9.255.2", "asn: 65011\n    routerID: 10.9.255.2", "ER905 pe2"},
		{"an AS number that is none", edgeIntent, "asn: 65010\n    routerID: 10.9.255.2", "asn: \"70000.1\"\n    routerID: 10.9.255.2", `ER905 "70000.1"`},
		{"a statement in two VRFs", edgeIntent, "prefer: [er-a]", "prefer: [er-a, er-b]", "ER945 er-b]}"},
		{"one target in place of a list", edgeIntent, `import: ["65010:2"]`, `import: "65010:2"`, `ER901 "65010:2"`},
		{"one path in place of a list", edgeIntent, "prefer: [er-a]", "prefer: er-a", "ER901 er-a}"},
		{"one neighbor in place of a list", edgeIntent, "neighbors: [{address: 10.2.0.2, asn: 65001}]", "neighbors: {address: 10.2.0.2, asn: 65001}", "ER901 {address: 10.2.0.2"},
		{"a typo in a key", publicIntent, "routeFilter:", "routeFilters:", "ER902 routeFilters: [\"12076:51002\"]"},
		{"a typo in another", edgeIntent, "neighbors:", "neighbours:", "ER902 neighbours: [{address: 10.2.0.2"},
		{"yes for true", publicIntent, "public: true", "public: yes", "ER901 yes"},
		{"a pool that the Internet has", publicIntent, "nat: [campus]", "nat: [campus], internet: [192.88.99.0/27]", "ER193 192.88.99.0/27]}"},
		{"a pool of itself", publicIntent, "nat: [campus]", "nat: [pool]", "ER978 pool]}"},
		{"two VRFs that differ in case", edgeIntent, `LAB: {rd: "10.9.255.2:2"`, "Lab: {rd: \"10.9.255.2:3\", import: [\"65010:3\"], export: [\"65010:3\"]}\n      LAB: {rd: \"10.9.255.2:2\"", `ER977 LAB: {rd: "10.9.255.2:2"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if !strings.Contains(tt.text, tt.old) {
				t.Fatalf("the intent has no %q", tt.old)
			}
			text := strings.Replace(tt.text, tt.old, tt.now, 1)
			if diff := cmp.Diff(tt.want, said(text)); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

// said lists the errors and warnings about an intent: the code and what stands
// at the place, up to a comma.
func said(text string) string {
	doc, diags := intent.Read([]intent.File{{Name: "f", Data: []byte(text)}})
	in := &loaded{doc: doc, findings: diags}
	in.check(func() diag.List {
		_, found := plan.Resolve(doc, plan.Env{Today: time.Date(2026, 11, 26, 0, 0, 0, 0, time.UTC), Rules: ruleCodes})
		return found
	})
	lines := strings.Split(text, "\n")
	var out []string
	for _, d := range in.findings {
		if d.Severity != diag.Info {
			there, _, _ := strings.Cut(lines[d.Pos.Line-1][d.Pos.Column-1:], ",")
			out = append(out, fmt.Sprintf("%s %s", d.Code, there))
		}
	}
	return strings.Join(out, "; ")
}

// A word of the list leads to its page.
func TestExplainFindsAll(t *testing.T) {
	t.Parallel()
	for _, r := range docs.All() {
		var out strings.Builder
		if err := (&app{stdout: &out}).explain(r.Code); err != nil || out.String() != r.Page {
			t.Errorf("explain %s: %v, %q", r.Code, err, out.String())
		}
	}
}
