package sim_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/ercfg/ercfg/internal/sim"
)

// Predict and the oracle agree where random plans seldom lead, alone and with
// any two failures.
func TestPredictAgainstOracleInCorners(t *testing.T) {
	t.Parallel()
	for _, tt := range corners {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			agree(t, tt.intent, 2)
		})
	}
}

// And on every intent that is a file: the matrix, faulty ones, two reflectors that
// bring one route twice, a VNet that uses another one's gateways.
func TestPredictAgainstOracleInFiles(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no intents: %v", err)
	}
	for _, file := range files {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			agree(t, string(text), 1)
		})
	}
}

// agree fails where Predict and the oracle differ on an intent.
func agree(t *testing.T, intent string, depth int) {
	t.Helper()
	p := resolve(t, intent)
	if p == nil {
		t.Fatal("the intent does not resolve")
	}
	scenarios := sim.Scenarios(p, depth)
	for i, got := range sim.Predict(p, scenarios).Outcomes {
		o := newOracle(p, scenarios[i], 1)
		o.settle()
		if diff := o.disagree(got); diff != "" {
			t.Fatalf("%s:\n%s", got.Scenario.Name(), diff)
		}
	}
}

var corners = []struct{ name, intent string }{
	{"a VNet without the family sends no traffic of it", `apiVersion: ercfg/v1
kind: Intent
metadata: {name: corner}
onprem: {networks: {lan-a: {prefixes: [10.1.0.0/16, "2001:db8:1::/48"]}}}
azure:
  vnets:
    hub: {prefixes: [10.100.0.0/16, "2001:db8:a100::/48"], connections: {er-a: {weight: 20}}}
    spoke: {prefixes: [10.110.0.0/16]}
routers: {ce1: {platform: frr, asn: 65010, routerID: 10.1.255.1, loopback: {interface: lo, ipv4: 10.1.255.1/32}}}
circuits:
  er-a: {model: exchange, bandwidth: 1Gbps, private: {vlan: 100, primary: {router: ce1, interface: eth1, ipv4: 172.16.0.0/30, ipv6: "2001:db8:fe:1::/126"}, secondary: {router: ce1, interface: eth2, ipv4: 172.16.0.4/30, ipv6: "2001:db8:fe:1::4/126"}}}
  er-b: {model: exchange, bandwidth: 1Gbps, private: {vlan: 101, primary: {router: ce1, interface: eth3, ipv4: 172.16.1.0/30, ipv6: "2001:db8:fe:2::/126"}, secondary: {router: ce1, interface: eth4, ipv4: 172.16.1.4/30, ipv6: "2001:db8:fe:2::4/126"}}}
traffic:
  - {name: one, onprem: [lan-a], azure: [hub, spoke], prefer: [er-b, er-a]}
`},
	{"a half that another network has, too", `apiVersion: ercfg/v1
kind: Intent
metadata: {name: corner}
onprem: {networks: {lan: {prefixes: [10.1.0.0/16]}, half: {prefixes: [10.1.128.0/17]}}}
azure: {vnets: {hub: {prefixes: [10.100.0.0/16]}}}
routers: {ce1: {platform: frr, asn: 65010, routerID: 10.1.255.1, loopback: {interface: lo, ipv4: 10.1.255.1/32}}}
circuits:
  er-a: {model: exchange, bandwidth: 1Gbps, private: {vlan: 100, primary: {router: ce1, interface: eth1, ipv4: 172.16.0.0/30}, secondary: {router: ce1, interface: eth2, ipv4: 172.16.0.4/30}}}
  er-b: {model: exchange, bandwidth: 1Gbps, private: {vlan: 101, primary: {router: ce1, interface: eth3, ipv4: 172.16.1.0/30}, secondary: {router: ce1, interface: eth4, ipv4: 172.16.1.4/30}}}
traffic:
  - {name: one, onprem: [lan], azure: [hub], prefer: [er-b, er-a], technique: more-specifics}
  - {name: half, onprem: [half], azure: [hub], prefer: [er-b, er-a]}
`},
	{"a network that is halves of another one", `apiVersion: ercfg/v1
kind: Intent
metadata: {name: corner}
onprem: {networks: {lan: {prefixes: [10.1.0.0/16]}, half: {prefixes: [10.1.0.0/17, 10.1.128.0/17]}}}
azure: {vnets: {hub: {prefixes: [10.100.0.0/16]}}}
routers: {ce1: {platform: frr, asn: 65010, routerID: 10.1.255.1, loopback: {interface: lo, ipv4: 10.1.255.1/32}}}
circuits:
  er-a: {model: exchange, bandwidth: 1Gbps, private: {vlan: 100, primary: {router: ce1, interface: eth1, ipv4: 172.16.0.0/30}, secondary: {router: ce1, interface: eth2, ipv4: 172.16.0.4/30}}}
traffic:
  - {name: one, onprem: [lan], azure: [hub], prefer: [er-a], links: primary-first}
  - {name: half, onprem: [half], azure: [hub], prefer: [er-a]}
`},
	{"a tunnel whose way is decided by a tie: three equal paths where two are installed", `apiVersion: ercfg/v1
kind: Intent
metadata: {name: corner}
onprem: {networks: {lan: {prefixes: [10.1.0.0/16]}, inner: {prefixes: [10.1.30.0/24]}}}
azure:
  vnets:
    hub: {prefixes: [10.100.0.0/16], community: "12076:20010"}
    spoke:
      prefixes: [10.110.0.0/16]
      community: "12076:20011"
      gatewaySubnet: 10.110.255.0/27
      vpnGateway: {sku: VpnGw2AZ, instances: [{name: a, private: 10.110.255.6, bgp: 169.254.22.2}]}
routers: {ce1: {platform: frr, asn: 65010, routerID: 10.1.255.1, loopback: {interface: lo, ipv4: 10.1.255.1/32}}}
circuits:
  er-a: {model: exchange, bandwidth: 1Gbps, private: {vlan: 100, primary: {router: ce1, interface: eth1, ipv4: 172.16.0.0/30}, secondary: {router: ce1, interface: eth2, ipv4: 172.16.0.4/30}}}
  er-b: {model: exchange, bandwidth: 1Gbps, private: {vlan: 101, matchBy: community, primary: {router: ce1, interface: eth3, ipv4: 172.16.1.0/30}, secondary: {router: ce1, interface: eth4, ipv4: 172.16.1.4/30}}}
vpns:
  vpn-y:
    vnet: spoke
    underlay: er-b.private
    psk: env:PSK
    tunnels:
      - {router: ce1, instance: a, interface: vti1, source: lo, sourceAddress: 10.1.255.1, inside: 169.254.22.1/30}
traffic:
  - {name: one, onprem: [lan], azure: [hub, spoke], prefer: [er-a, er-b], preference: {er-b.secondary: 200}}
  - {name: inner, onprem: [inner], azure: [hub], prefer: [vpn-y]}
`},
	{"a tunnel whose end another peering brings than the one that it is to ride on", `apiVersion: ercfg/v1
kind: Intent
metadata: {name: corner}
onprem: {networks: {lan: {prefixes: [10.1.0.0/16]}, pool: {prefixes: [203.0.113.64/28], public: true}}}
azure:
  vnets:
    hub: {prefixes: [10.100.0.0/16], gatewaySubnet: 10.100.255.0/27, vpnGateway: {sku: VpnGw2AZ, instances: [{name: a, public: 192.0.2.10, bgp: 169.254.21.2}]}}
  services:
    gateways: {communities: ["12076:51002"], prefixes: [192.0.2.0/26]}
routers: {ce1: {platform: frr, asn: 199524, routerID: 10.1.255.1, loopback: {interface: lo, ipv4: 10.1.255.1/32}}}
circuits:
  er-a: {model: exchange, sku: premium, bandwidth: 1Gbps, microsoft: {vlan: 200, routeFilter: ["12076:51002"], advertisedPublicPrefixes: [203.0.113.64/28], primary: {router: ce1, interface: eth1, ipv4: 198.51.100.0/30}, secondary: {router: ce1, interface: eth2, ipv4: 198.51.100.4/30}}}
  er-b: {model: exchange, sku: premium, bandwidth: 1Gbps, microsoft: {vlan: 201, routeFilter: ["12076:51002"], advertisedPublicPrefixes: [203.0.113.64/28], primary: {router: ce1, interface: eth3, ipv4: 198.51.100.8/30}, secondary: {router: ce1, interface: eth4, ipv4: 198.51.100.12/30}}}
vpns:
  vpn-x:
    vnet: hub
    underlay: er-b.microsoft
    internetFallback: true
    psk: env:PSK
    tunnels:
      - {router: ce1, instance: a, interface: vti1, source: lo, sourceAddress: 203.0.113.65, inside: 169.254.21.1/30}
traffic:
  - {name: one, onprem: [lan], azure: [hub], prefer: [vpn-x]}
  - {name: saas, onprem: [pool], azure: [gateways], prefer: [er-a.microsoft]}
`},
}
