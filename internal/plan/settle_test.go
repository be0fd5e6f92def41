package plan

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// twoVPNs is an intent with two VPNs to one VNet behind a circuit.
const twoVPNs = `apiVersion: ercfg/v1
kind: Intent
metadata: {name: acme}
onprem:
  networks:
    a: {prefixes: [10.1.0.0/16]}
    b: {prefixes: [10.2.0.0/16]}
azure:
  vnets:
    hub:
      prefixes: [10.200.0.0/16]
      region: eastus
      gatewaySubnet: 10.200.255.0/27
      vpnGateway: {sku: VpnGw2AZ, policy: custom, instances: [{name: a, public: 203.0.113.10, bgp: 10.200.255.4}]}
routers:
  r1: {platform: ios-xe, asn: 65001, routerID: 10.9.0.1, loopback: {interface: Loopback0, ipv4: 10.9.0.1/32}}
circuits:
  er-a:
    model: exchange
    location: London
    bandwidth: 1Gbps
    private:
      vlan: 100
      primary: {router: r1, interface: GigabitEthernet0/0/1, ipv4: 172.16.0.0/30}
      secondary: {router: r1, interface: GigabitEthernet0/0/2, ipv4: 172.16.0.4/30}
vpns:
  x1:
    vnet: hub
    underlay: internet
    psk: env:VPN_PSK
    ike: {encryption: aes256, integrity: sha256, dhGroup: 14}
    esp: {encryption: gcmaes256, integrity: gcmaes256, pfsGroup: 14}
    tunnels: [{router: r1, instance: a, interface: Tunnel1, sourceAddress: 198.51.100.18, nextHop: 198.51.100.17}]
  x2:
    vnet: hub
    underlay: internet
    psk: env:VPN_PSK
    ike: {encryption: aes256, integrity: sha256, dhGroup: 14}
    esp: {encryption: gcmaes256, integrity: gcmaes256, pfsGroup: 14}
    tunnels: [{router: r1, instance: a, interface: Tunnel2, sourceAddress: 198.51.100.22, nextHop: 198.51.100.21}]
traffic:
  - {name: one, onprem: [a], azure: [hub], prefer: [er-a, x1, x2]}
  - {name: two, onprem: [b], azure: [hub], prefer: [er-a, x2]}
`

// Two backups in one order for one statement and in another for the other give
// a VNet two numbers on one session: destination routing has one.
func TestBackupsOfTwoOrders(t *testing.T) {
	t.Parallel()
	_, diags := Resolve(load(t, "site.yaml", []byte(twoVPNs)), Env{Today: today})
	if !strings.Contains(codes(diags), "ER924×1") {
		t.Errorf("findings %s, want ER924 once", codes(diags))
	}
	same := strings.Replace(twoVPNs, "prefer: [er-a, x2]", "prefer: [er-a, x1, x2]", 1)
	if _, diags := Resolve(load(t, "site.yaml", []byte(same)), Env{Today: today}); strings.Contains(codes(diags), "ER924") {
		t.Errorf("findings %s with one order", codes(diags))
	}
}

// A service that is bounded by prefixes is asked for before one of the same
// community that is not, also where it has the lower local-preference.
func TestBoundedServicesFirst(t *testing.T) {
	t.Parallel()
	groups := []importGroup{
		{preference: 200, kind: byCommunity},
		{preference: 150, kind: byCommunity, within: &service{}},
		{preference: 100, kind: byPrefix},
		{preference: 200, kind: byPrefix},
	}
	var got []int
	for i := range groups {
		place := 0
		for j := range groups {
			if compareImports(groups[j], groups[i]) < 0 {
				place++
			}
		}
		got = append(got, place)
	}
	if diff := cmp.Diff([]int{3, 2, 1, 0}, got); diff != "" {
		t.Errorf("places (-want +got):\n%s", diff)
	}
}

// Below the routes to a gateway lies a discard of its subnet, so that nothing
// of the tunnels runs another way; over it no next hop resolves. FRR has none
// for a backup: there it would keep a dead tunnel's paths.
func TestLastResort(t *testing.T) {
	t.Parallel()
	head, rest, _ := strings.Cut(twoVPNs, "  x2:")
	_, traffic, _ := strings.Cut(rest, "traffic:")
	same := head + "traffic:" + strings.NewReplacer("[er-a, x1, x2]", "[er-a, x1]", "[er-a, x2]", "[er-a, x1]").Replace(traffic)
	frr := strings.NewReplacer("platform: ios-xe", "platform: frr", "Loopback0", "lo", "GigabitEthernet0/0/", "eth", "Tunnel", "vti").Replace(same)
	for _, tt := range []struct {
		name, text       string
		discard, guarded bool
	}{
		{"IOS-XE", same, true, true},
		{"a backup on FRR", frr, false, false},
		{"encrypted on FRR", strings.ReplaceAll(frr, "[er-a, x1]", "[x1]"), true, false},
		{"a gateway subnet that is not given", strings.Replace(same, "      gatewaySubnet: 10.200.255.0/27\n", "", 1), false, false},
	} {
		p, diags := Resolve(load(t, "site.yaml", []byte(tt.text)), Env{Today: today})
		if p == nil {
			t.Fatalf("%s: %v", tt.name, diags)
		}
		r := &p.Routers[0]
		discards := 0
		for _, x := range r.Routes {
			if x.Discard && x.Prefix.String() == "10.200.255.0/27" {
				discards++
			}
		}
		if got := discards == 1; got != tt.discard || discards > 1 {
			t.Errorf("%s: %d discards of the gateway subnet, want %t", tt.name, discards, tt.discard)
		}
		if got := len(r.Resolution) == 1; got != tt.guarded {
			t.Errorf("%s: next hops kept off the discard: %t, want %t", tt.name, got, tt.guarded)
		}
	}
}
