package plan

import (
	"strings"
	"testing"
)

// A VPN's names are looked up, and what a gateway does not take is refused.
// The changes stand in twoSites with a VPN on r1; what the sites themselves
// find is left out.
func TestRulesOfVPNs(t *testing.T) {
	t.Parallel()
	const vpn = "vpns:\n  s2s: {vnet: hub, underlay: internet, psk: env:PSK, ike: {encryption: aes256, integrity: sha256, dhGroup: 14}, esp: {encryption: gcmaes256, integrity: gcmaes256, pfsGroup: 14}, tunnels: [{router: r1, instance: a, interface: Tunnel1}]}\ntraffic:\n"
	base := []string{
		"hub: {prefixes: [10.200.0.0/16], region: eastus}", "hub: {prefixes: [10.200.0.0/16], region: eastus, vpnGateway: {asn: 65515, policy: custom, instances: [{name: a, public: 203.0.113.10, private: 10.200.255.4, bgp: 10.200.255.30}]}}",
		"    far:", "    off: {prefixes: [10.202.0.0/16], region: eastus}\n    far:",
		"traffic:\n", vpn, "prefer: [er-a, er-b]", "prefer: [er-a, er-b, s2s]",
	}
	tests := []struct {
		name    string
		changes []string
		want    string
	}{
		{"nothing", nil, ""},
		{"an unknown VNet", []string{"vnet: hub", "vnet: hup"}, "ER904×1"},
		{"an unknown router", []string{"[{router: r1, instance", "[{router: r9, instance"}, "ER904×1"},
		{"an unknown instance", []string{"instance: a", "instance: c"}, "ER904×1"},
		{"a VNet without a gateway", []string{"vnet: hub", "vnet: off"}, "ER904×1"},
		{"an underlay of no kind", []string{"underlay: internet", "underlay: er-a"}, "ER904×1"},
		{"an underlay that is no peering", []string{"underlay: internet", "underlay: er-a.microsoft"}, "ER904×1"},
		{"a private peering as underlay", []string{"underlay: internet", "underlay: er-a.private"}, "ER938×1"},
		{"the default AS number of a gateway", []string{"asn: 65515, ", ""}, ""},
		{"another AS number where a circuit goes", []string{"asn: 65515", "asn: 65020"}, "ER060×1"},
		{"another AS number where none goes", []string{"asn: 65515", "asn: 65020", "azure: [hub]", "azure: [off]"}, ""},
		{"another AS number beside a written gateway", []string{"asn: 65515", "asn: 65020", "region: eastus", "expressRouteGateway: {sku: ErGw2AZ}, region: eastus", "azure: [hub]", "azure: [off]"}, "ER060×1"},
		{"an AS number that circuits refuse, too", []string{"ios-xe, asn: 65001", "ios-xe, asn: 12076", "frr, asn: 65001", "frr, asn: 12076"}, "ER052×2"},
		{"an AS number for documentation", []string{"ios-xe, asn: 65001", "ios-xe, asn: 64500", "frr, asn: 65001", "frr, asn: 64500"}, "ER059×1 ER053×2"},
		{"IPv6 over a VPN alone", []string{"[10.1.0.0/16]", "[10.1.0.0/16, \"2001:db8:1::/48\"]", "prefer: [er-a, er-b, s2s]", "prefer: [s2s]"}, "ER144×1"},
		{"BFD switched off", []string{"psk: env:PSK", "psk: env:PSK, bfd: false"}, ""},
		{"one timer", []string{"psk: env:PSK", "psk: env:PSK, timers: {keepalive: 60s, hold: 90s}"}, "ER109×1"},
		{"timers in minutes", []string{"psk: env:PSK", "psk: env:PSK, timers: {keepalive: 1m, hold: 3m}"}, ""},
		{"a large tunnel with the default clamp", []string{"psk: env:PSK", "psk: env:PSK, mtu: 1500"}, ""},
		{"a large clamp on a tunnel that fits", []string{"psk: env:PSK", "psk: env:PSK, mtu: 1400, mss: 1351"}, "ER123×1"},
		{"a gateway subnet with room", []string{"region: eastus, vpnGateway", "gatewaySubnet: 10.200.255.0/27, region: eastus, vpnGateway"}, ""},
		{"a gateway subnet without room", []string{"region: eastus, vpnGateway", "gatewaySubnet: 10.200.255.16/28, region: eastus, vpnGateway", "private: 10.200.255.4", "private: 10.200.255.20"}, "ER141×1"},
		{"a small gateway subnet that no circuit reaches", []string{"region: eastus, vpnGateway", "gatewaySubnet: 10.200.255.16/28, region: eastus, vpnGateway", "private: 10.200.255.4", "private: 10.200.255.20", "azure: [hub]", "azure: [off]"}, ""},
		{"a small gateway subnet without a VPN gateway", []string{"far: {prefixes: [10.201.0.0/16]", "far: {gatewaySubnet: 10.201.255.0/28, prefixes: [10.201.0.0/16]"}, ""},
		{"a Basic gateway", []string{"{asn: 65515", "{sku: Basic, asn: 65515"}, "ER142×1"},
		{"a Basic gateway under private tunnels", []string{"{asn: 65515", "{sku: Basic, asn: 65515", "underlay: internet", "underlay: er-a.private"}, "ER142×1 ER938×1"},
		{"a gateway without zones", []string{"{asn: 65515", "{sku: VpnGw2, asn: 65515"}, ""},
		{"a gateway without zones under private tunnels", []string{"{asn: 65515", "{sku: VpnGw2, asn: 65515", "underlay: internet", "underlay: er-a.private"}, "ER143×1 ER938×1"},
		{"a gateway with zones under private tunnels", []string{"{asn: 65515", "{sku: VpnGw5AZ, asn: 65515", "underlay: internet", "underlay: er-a.private"}, "ER938×1"},
		{"a hub of Virtual WAN under private tunnels", []string{"{asn: 65515", "{sku: ScaleUnit, asn: 65515", "region: eastus, vpnGateway", "virtualWAN: true, region: eastus, vpnGateway", "underlay: internet", "underlay: er-a.private"}, "ER938×1"},
		{"4000 prefixes", []string{"[10.1.0.0/16]", "[" + many(4000, IPv4) + "]", "prefer: [er-a, er-b, s2s]", "prefer: [s2s]", "azure: [hub]", "azure: [off]"}, ""},
		{"4001 prefixes", []string{"[10.1.0.0/16]", "[" + many(4001, IPv4) + "]", "prefer: [er-a, er-b, s2s]", "prefer: [s2s]", "azure: [hub]", "azure: [off]"}, "ER175×1"},
		{"4001 prefixes, one of them twice", []string{"[10.1.0.0/16]", "[" + many(4000, IPv4) + ", 10.2.0.0/24]", "prefer: [er-a, er-b, s2s]", "prefer: [s2s]", "azure: [hub]", "azure: [off]"}, ""},
		{"a clamp that a small tunnel has no room for", []string{"psk: env:PSK", "psk: env:PSK, mtu: 1380, mss: 1341"}, "ER123×1"},
		{"a clamp that a small tunnel has room for", []string{"psk: env:PSK", "psk: env:PSK, mtu: 1380, mss: 1340"}, ""},
		{"a SKU of nobody", []string{"{asn: 65515", "{sku: ErGw1AZ, asn: 65515"}, "ER905×1"},
		{"a SKU of nobody under private tunnels", []string{"{asn: 65515", "{sku: ErGw1AZ, asn: 65515", "underlay: internet", "underlay: er-a.private"}, "ER905×1 ER938×1"},
		{"a SKU in another case", []string{"{asn: 65515", "{sku: vpngw1az, asn: 65515"}, ""},
		{"a gateway subnet of another VNet", []string{"region: eastus, vpnGateway", "gatewaySubnet: 10.201.255.0/27, region: eastus, vpnGateway"}, "ER968×1"},
		{"a gateway subnet that is wider than the VNet", []string{"region: eastus, vpnGateway", "gatewaySubnet: 10.200.0.0/15, region: eastus, vpnGateway"}, "ER968×1"},
		{"a gateway subnet of a Virtual WAN", []string{"region: eastus, vpnGateway", "virtualWAN: true, gatewaySubnet: 10.201.255.0/27, region: eastus, vpnGateway"}, ""},
		{"addresses beside the gateway subnet", []string{"region: eastus, vpnGateway", "gatewaySubnet: 10.200.254.0/27, region: eastus, vpnGateway"}, "ER968×2"},
		{"an APIPA peer beside the gateway subnet", []string{"region: eastus, vpnGateway", "gatewaySubnet: 10.200.255.0/28, region: eastus, vpnGateway", "bgp: 10.200.255.30", "bgp: 169.254.21.2", "interface: Tunnel1", "interface: Tunnel1, inside: 169.254.21.1/30", "azure: [hub]", "azure: [off]"}, ""},
		{"a public address that is private", []string{"public: 203.0.113.10", "public: 10.200.255.4"}, "ER968×1"},
		{"a tunnel that begins in the VNet", []string{"interface: Tunnel1", "interface: Tunnel1, sourceAddress: 10.200.1.1"}, "ER968×1"},
		{"a tunnel over the circuit that begins in the VNet", []string{"interface: Tunnel1", "interface: Tunnel1, sourceAddress: 10.200.1.1", "underlay: internet", "underlay: er-a.private"}, "ER938×1 ER968×1"},
		{"a VPN called like a circuit", []string{"  s2s:", "  er-b:", ", s2s]", ", er-b]"}, "ER903×2"},
		{"a VPN with the name of a Microsoft peering", []string{"  s2s:", "  er-a-microsoft:", ", s2s]", ", er-a-microsoft]"}, ""},
		{"too low beside a circuit, and another number elsewhere", []string{"prefer: [er-a, er-b, s2s]", "prefer: [s2s]", "azure: [far], prefer: [er-b, er-a]", "azure: [hub], prefer: [s2s, er-b], preference: {s2s: 150}"}, "ER929×1 ER154×1 ER138×1"},
		{"two instances of one name", []string{"instances: [{name: a", "instances: [{name: a, public: 203.0.113.11, bgp: 10.200.255.31}, {name: a"}, "ER903×1"},
		{"two instances of one public address", []string{"instances: [{name: a", "instances: [{name: b, public: 203.0.113.10, bgp: 10.200.255.31}, {name: a", "[{router: r1, instance: a, interface: Tunnel1}]", "[{router: r1, instance: a, interface: Tunnel1}, {router: r1, instance: b, interface: Tunnel2}]"}, "ER168×1"},
		{"two instances of one private address", []string{"instances: [{name: a", "instances: [{name: b, public: 203.0.113.11, private: 10.200.255.4, bgp: 10.200.255.31}, {name: a", "[{router: r1, instance: a, interface: Tunnel1}]", "[{router: r1, instance: a, interface: Tunnel1}, {router: r1, instance: b, interface: Tunnel2}]"}, "ER168×1"},
		{"IPv6 at the gateway", []string{"public: 203.0.113.10, private: 10.200.255.4, bgp: 10.200.255.30", `public: "2001:db8::1", private: "2001:db8::2", bgp: "2001:db8::3"`}, "ER905×3"},
		{"IPv6 at the tunnel", []string{"interface: Tunnel1", `interface: Tunnel1, sourceAddress: "2001:db8::1", nextHop: "2001:db8::2"`}, "ER905×2"},
		{"one link of a VPN", []string{"prefer: [er-a, er-b, s2s]", "prefer: [er-a, er-b, s2s], preference: {s2s.primary: 90}, prepend: {s2s.secondary: 1}"}, "ER904×2"},
		{"a large clamp on a large tunnel", []string{"psk: env:PSK", "psk: env:PSK, mtu: 1401, mss: 1351"}, "ER122×1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, diags := resolve(t, append(base[:len(base):len(base)], tt.changes...)...)
			if got := own(diags); got != tt.want {
				t.Errorf("findings %q, want %q: %v", got, tt.want, diags)
			}
		})
	}
}

// A VPN's name is its part of object names, as a peering's path is.
func TestVPNNames(t *testing.T) {
	t.Parallel()
	text := strings.NewReplacer(microsoftToo...).Replace(example(t, "03-vpn-backup"))
	for name, want := range map[string]string{"s2s": "", "er-frankfurt-microsoft": "", "er-saas-microsoft": "ER921×1", "er-saas": "ER903×1"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := gather(load(t, "site.yaml", []byte(strings.ReplaceAll(text, "s2s-frankfurt", name))), Env{Today: today})
			if got := codes(f.diags); got != want {
				t.Errorf("findings %q, want %q: %v", got, want, f.diags)
			}
		})
	}
}

// The clamp follows the MTU where nobody writes it.
func TestDefaultMSS(t *testing.T) {
	t.Parallel()
	for keys, want := range map[string]int{"": 1350, ", mtu: 1390": 1350, ", mtu: 1380": 1340, ", mtu: 576": 536, ", mtu: 1380, mss: 1300": 1300} {
		t.Run(keys, func(t *testing.T) {
			t.Parallel()
			f := gather(load(t, "site.yaml", []byte(strings.ReplaceAll(example(t, "03-vpn-backup"), "dpd: 45s", "dpd: 45s\n    "+strings.ReplaceAll(strings.TrimPrefix(keys, ", "), ", ", "\n    ")))), Env{Today: today})
			if got := f.vpns[0].mss; got != want {
				t.Errorf("MSS %d, want %d", got, want)
			}
		})
	}
}
