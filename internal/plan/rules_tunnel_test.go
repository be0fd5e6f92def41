package plan

import "testing"

// microsoftToo gives the first example's router a Microsoft peering, of which a
// statement uses services.
var microsoftToo = []string{
	"azure:\n", "    pool: {prefixes: [192.88.99.0/27], public: true}\nazure:\n  services:\n    weu: {communities: [\"12076:51002\"]}\n",
	"vpns:\n", `  er-saas:
    model: exchange
    bandwidth: 1Gbps
    sku: premium
    microsoft:
      vlan: 500
      primary:   {router: ce1, interface: TenGigabitEthernet0/0/3, ipv4: 198.51.100.64/30}
      secondary: {router: ce1, interface: TenGigabitEthernet0/0/4, ipv4: 198.51.100.68/30}
      routeFilter: ["12076:51002"]
      advertisedPublicPrefixes: [192.88.99.0/27]
vpns:
`,
	"traffic:\n", "traffic:\n  - {name: saas, onprem: [pool], azure: [weu], prefer: [er-saas.microsoft]}\n",
}

func TestRulesOfTunnels(t *testing.T) {
	t.Parallel()
	overInternet, overPrivate := example(t, "03-vpn-backup"), example(t, "04-encrypted-over-private")
	var pin = "ER938 warning er-zurich.private"
	with := func(parts ...[]string) []string {
		var out []string
		for _, p := range parts {
			out = append(out, p...)
		}
		return out
	}
	noNextHop := []string{", nextHop: 198.51.100.17}", "}"}
	// The tunnels ride on the Microsoft peering.
	saas := with(microsoftToo, []string{"underlay: internet", "underlay: er-saas.microsoft", "198.51.100.18", "192.88.99.1"}, noNextHop)
	said := func(word string) []string { return []string{"psk:", "internetFallback: " + word + "\n    psk:"} }
	// An inside of its own for each tunnel of the first example.
	inside := []string{
		"bgp: 10.60.255.4", "bgp: 169.254.21.2", "bgp: 10.60.255.5", "bgp: 169.254.21.6",
		"interface: Tunnel1", "interface: Tunnel1, inside: 169.254.21.1/30", "interface: Tunnel2", "interface: Tunnel2, inside: 169.254.21.5/30",
	}
	unnumbered := []string{", inside: 169.254.21.1/30", "", ", inside: 169.254.21.5/30", "", "bgp: 169.254.21.2", "bgp: 10.70.255.30", "bgp: 169.254.21.6", "bgp: 10.70.255.31", "sourceAddress: 10.20.255.1", "sourceAddress: 10.20.255.9"}
	other := func(source string) []string {
		return []string{"sourceAddress: 10.20.255.1, inside: 169.254.21.5", "sourceAddress: " + source + ", inside: 169.254.21.5", "circuits:\n", "  ce2: {platform: junos, model: srx, asn: 65060, routerID: 10.20.255.2, loopback: {interface: lo0, ipv4: 10.20.255.2/32}, ibgp: [{router: ce1}]}\ncircuits:\n", "{router: ce1, instance: b,", "{router: ce2, instance: b,"}
	}
	// The gateways' space is a VNet of its own in the intent.
	gateways := []string{
		"      region: switzerlandnorth\n      gatewaySubnet:", "      region: switzerlandnorth\n    gateways:\n      prefixes: [10.71.255.0/27]\n      region: switzerlandnorth\n      gatewaySubnet:",
		"10.70.255", "10.71.255", "vnet: vault", "vnet: gateways", "onprem: [zurich], azure: [vault]", "onprem: [zurich], azure: [gateways]",
	}
	each(t, (*facts).checkTunnels, []change{
		{"nothing", overInternet, nil, nil},
		{"a private peering", overPrivate, nil, []string{pin}},

		{"no next hop and no Microsoft peering", overInternet, noNextHop, nil},
		{"a Microsoft peering and next hops", overInternet, microsoftToo, nil},
		{"a Microsoft peering and no next hop", overInternet, with(microsoftToo, noNextHop), []string{"ER134 error {router ×2"}},
		{"a Microsoft peering on a router of another AS", overInternet, with(microsoftToo, noNextHop, []string{"router: ce1, interface: TenGigabitEthernet0/0/3", "router: ce2, interface: eth3", "router: ce1, interface: TenGigabitEthernet0/0/4", "router: ce2, interface: eth4", "circuits:", "  ce2: {platform: frr, asn: 65051, routerID: 10.50.255.2}\ncircuits:"}), []string{"ER134 error {router ×2"}},
		{"a Microsoft peering on another router of the AS", overInternet, with(microsoftToo, noNextHop, []string{"router: ce1, interface: TenGigabitEthernet0/0/3", "router: ce2, interface: eth3", "router: ce1, interface: TenGigabitEthernet0/0/4", "router: ce2, interface: eth4", "circuits:", "  ce2: {platform: frr, asn: 65050, routerID: 10.50.255.2}\ncircuits:"}), []string{"ER134 error {router ×2"}},
		{"the outside in a VRF", overInternet, with(microsoftToo, noNextHop, []string{"interface: Tunnel", "vrf: INTERNET, interface: Tunnel"}), nil},

		{"a source that nobody advertises", overPrivate, []string{"sourceAddress: 10.20.255.1", "sourceAddress: 10.21.255.1"}, []string{pin, "ER139 error 10.21.255.1 ×2"}},
		{"a source that the VPN alone advertises", overPrivate, []string{"[er-zurich]}", "[ipsec-zurich]}"}, []string{pin, "ER139 error 10.20.255.1 ×2"}},
		{"no source address", overPrivate, []string{", sourceAddress: 10.20.255.1", ""}, []string{pin}},
		{"a source in the pool", overInternet, with(saas, said("true")), nil},
		{"a source beside the pool", overInternet, with(saas, said("true"), []string{"sourceAddress: 192.88.99.1", "sourceAddress: 192.88.99.33"}), []string{"ER139 error 192.88.99.33 ×2"}},
		{"a source in a pool that is not registered", overInternet, with(saas, said("true"), []string{"advertisedPublicPrefixes: [192.88.99.0/27]", "advertisedPublicPrefixes: [192.88.100.0/27]"}), []string{"ER139 error 192.88.99.1 ×2"}},

		{"the peer is the far end", overPrivate, []string{", inside: 169.254.21.1/30", "", "bgp: 169.254.21.2", "bgp: 10.70.255.6", "sourceAddress: 10.20.255.1", "sourceAddress: 10.20.255.9"}, []string{"ER140 error 10.70.255.6", pin}},
		{"the peer is the far end, and the tunnel begins on the loopback", overPrivate, []string{", inside: 169.254.21.1/30", "", "bgp: 169.254.21.2", "bgp: 10.70.255.6"}, []string{"ER140 error 10.70.255.6", pin}},
		{"a router without the circuit", overPrivate, other("10.20.255.2"), []string{pin, "ER140 error ce2"}},
		{"a router without the circuit and a gateway subnet apart", overPrivate, with(other("10.20.255.2"), []string{"prefixes: [10.70.0.0/16]", "prefixes: [10.70.0.0/17, 10.70.255.0/27]"}), nil},
		{"a gateway subnet apart", overPrivate, []string{"prefixes: [10.70.0.0/16]", "prefixes: [10.70.0.0/17, 10.70.255.0/27]"}, nil},
		{"the outside in a VRF of its own", overPrivate, []string{"interface: st0", "vrf: UNDERLAY, interface: st0"}, []string{"ER967 error UNDERLAY ×2"}},
		{"the outside in the VRF of its peering", overPrivate, []string{"    private:\n", "    private:\n      vrf: UNDERLAY\n", ", er-zurich]", "]", "interface: st0", "vrf: UNDERLAY, interface: st0", "sourceAddress: 10.20.255.1", "sourceAddress: 10.20.255.9"}, nil},
		{"the outside in a VRF, begun on the global loopback", overPrivate, []string{"    private:\n", "    private:\n      vrf: UNDERLAY\n", ", er-zurich]", "]"}, []string{"ER941 error 10.20.255.1 ×2"}},
		{"an Internet tunnel begun on a link", overInternet, []string{"sourceAddress: 198.51.100.18", "sourceAddress: 172.20.5.1"}, []string{"ER941 error 172.20.5.1 ×2"}},
		{"the outside in the global table", overPrivate, []string{"    private:\n", "    private:\n      vrf: UNDERLAY\n", ", er-zurich]", "]", "interface: st0", "vrf: X, interface: st0"}, []string{"ER967 error X ×2"}},

		{"the next hop is the source", overInternet, []string{"nextHop: 198.51.100.17", "nextHop: 198.51.100.18"}, []string{"ER941 error 198.51.100.18 ×2"}},
		{"the next hop is ours on a link", overInternet, []string{"nextHop: 198.51.100.17", "nextHop: 172.20.5.1"}, []string{"ER941 error 172.20.5.1 ×2"}},
		{"the next hop is Microsoft's", overInternet, with(microsoftToo, []string{"nextHop: 198.51.100.17", "nextHop: 198.51.100.66"}), []string{"ER941 error 198.51.100.66 ×2"}},
		{"the next hop in another VRF", overInternet, []string{"nextHop: 198.51.100.17", "vrf: INTERNET, nextHop: 172.20.5.2"}, nil},

		{"the gateways in a VNet of their own", overPrivate, gateways, nil},
		{"the gateways in a VNet that the tunnels bring, too", overPrivate, with(gateways, []string{"azure: [vault], prefer: [ipsec-zurich", "azure: [vault, gateways], prefer: [ipsec-zurich"}), nil},
		{"the gateways in a wider VNet that the tunnels bring, too", overPrivate, with(gateways, []string{"azure: [vault], prefer: [ipsec-zurich", "azure: [vault, gateways], prefer: [ipsec-zurich", "prefixes: [10.71.255.0/27]", "prefixes: [10.71.255.0/26]"}), []string{pin}},
		{"no statement reaches the gateways", overPrivate, with(gateways, []string{"azure: [gateways], prefer: [er-zurich]", "azure: [vault], prefer: [er-zurich]"}), []string{"ER139 error a", "ER139 error b"}},
		{"a default reaches the gateways", overPrivate, with(gateways, []string{"azure: [gateways], prefer: [er-zurich]", "azure: [vault], prefer: [er-zurich]", "    private:\n", "    private:\n      acceptDefault: true\n"}), nil},

		{"one instance without a tunnel", overInternet, []string{"{router: ce1, instance: b,", "{router: ce1, instance: a,", "bgp: 10.60.255.4", "bgp: 10.60.255.4", "Tunnel2, source: GigabitEthernet0/0/0, sourceAddress: 198.51.100.18", "Tunnel2, source: GigabitEthernet0/0/0, sourceAddress: 198.51.100.19"}, []string{"ER168 error s2s-frankfurt", "ER176 error a"}},
		{"one instance at all", overInternet, []string{"          - {name: b, public: 203.0.113.11, bgp: 10.60.255.5}\n", "", "      - {router: ce1, instance: b, interface: Tunnel2, source: GigabitEthernet0/0/0, sourceAddress: 198.51.100.18, nextHop: 198.51.100.17}\n", ""}, nil},
		{"one tunnel", overInternet, []string{"      - {router: ce1, instance: b, interface: Tunnel2, source: GigabitEthernet0/0/0, sourceAddress: 198.51.100.18, nextHop: 198.51.100.17}\n", ""}, []string{"ER168 error s2s-frankfurt"}},
		{"each router has one tunnel", overPrivate, other("10.20.255.2"), []string{pin, "ER140 error ce2"}},
		{"one peer for two instances", overInternet, []string{"bgp: 10.60.255.5", "bgp: 10.60.255.4"}, []string{"ER168 error 10.60.255.4"}},

		{"the tunnel begins on the loopback", overInternet, []string{"sourceAddress: 198.51.100.18", "sourceAddress: 10.50.255.1"}, []string{"ER169 error 10.50.255.1 ×2"}},
		{"a loopback in the VNet", overInternet, []string{"ipv4: 10.50.255.1/32", "ipv4: 10.60.0.1/32"}, []string{"ER169 error 10.60.0.1/32"}},
		{"an inside in the VNet", overInternet, []string{"interface: Tunnel1", "interface: Tunnel1, inside: 10.60.255.6/28"}, []string{"ER169 error 10.60.255.6/28"}},
		{"the loopback begins a tunnel with an inside", overInternet, with(inside, []string{"sourceAddress: 198.51.100.18", "sourceAddress: 10.50.255.1"}), nil},

		{"APIPA", overInternet, inside, nil},
		{"an APIPA peer out of range", overPrivate, []string{"169.254.21.1/30", "169.254.23.1/30", "169.254.21.2", "169.254.23.2"}, []string{"ER170 error 169.254.23.2", pin}},
		{"an APIPA peer below the range", overPrivate, []string{"169.254.21.1/30", "169.254.20.253/30", "169.254.21.2", "169.254.20.254"}, []string{"ER170 error 169.254.20.254", pin}},
		{"an APIPA peer out of range and not inside", overPrivate, []string{"169.254.21.2", "169.254.23.2"}, []string{"ER170 error 169.254.23.2", pin}},
		{"the last APIPA subnet", overPrivate, []string{"169.254.21.1/30", "169.254.22.253/30", "169.254.21.2", "169.254.22.254"}, []string{pin}},
		{"an inside out of range", overPrivate, []string{"169.254.21.1/30", "169.254.23.1/30"}, []string{pin, "ER170 error 169.254.23.1/30"}},
		{"an inside that does not hold the APIPA peer", overPrivate, []string{"169.254.21.1/30", "169.254.21.9/30"}, []string{pin, "ER173 error 169.254.21.9/30"}},
		{"no inside and an APIPA peer", overPrivate, []string{", inside: 169.254.21.1/30", ""}, []string{pin, "ER173 error a"}},

		{"waiting for an APIPA peer", overInternet, with(inside, []string{"instance: a,", "instance: a, passive: true,"}), []string{"ER171 error true"}},
		{"waiting for another peer", overInternet, []string{"instance: a,", "instance: a, passive: true,"}, nil},
		{"not waiting", overInternet, with(inside, []string{"instance: a,", "instance: a, passive: false,"}), nil},

		{"Virtual WAN over the circuit", overPrivate, []string{"region:", "virtualWAN: true\n      region:"}, []string{"ER172 error 169.254.21.2", "ER172 error 169.254.21.6", pin}},
		{"Virtual WAN over the circuit with its own peers", overPrivate, with(unnumbered, []string{"region:", "virtualWAN: true\n      region:"}), []string{pin}},
		{"Virtual WAN over the Internet", overInternet, with(inside, []string{"region:", "virtualWAN: true\n      region:"}), nil},

		{"no loopback", overInternet, []string{"    loopback: {interface: Loopback0, ipv4: 10.50.255.1/32}\n", ""}, []string{"ER173 error ce1 ×2"}},
		{"the inside in a VRF", overInternet, []string{"    private:\n", "    private:\n      vrf: CORE\n", "    loopback: {", "    vrfs: {CORE: {rd: \"10.50.255.1:1\"}}\n    loopback: {"}, []string{"ER173 error ce1 ×2"}},
		{"a loopback of IPv6", overInternet, []string{"ipv4: 10.50.255.1/32", "ipv6: \"2001:db8::1/128\""}, []string{"ER173 error ce1 ×2"}},
		{"no loopback and APIPA", overInternet, with(inside, []string{"    loopback: {interface: Loopback0, ipv4: 10.50.255.1/32}\n", ""}), nil},

		{"two routers begin on one address", overPrivate, other("10.20.255.1"), []string{pin, "ER140 error ce2", "ER176 error 10.20.255.1"}},
		{"two tunnels to one instance", overPrivate, []string{"{router: ce1, instance: b,", "{router: ce1, instance: a,", "169.254.21.5/30", "169.254.21.3/29", "169.254.21.1/30", "169.254.21.1/29"}, []string{"ER168 error ipsec-zurich", pin, "ER176 error 10.20.255.1", "ER966 error 169.254.21.3/29"}},
		{"one inside for two instances", overInternet, with(inside, []string{"inside: 169.254.21.5/30", "inside: 169.254.21.1/29", "inside: 169.254.21.1/30", "inside: 169.254.21.1/29"}), []string{"ER176 error 169.254.21.1/29"}},
		{"one subnet inside two tunnels", overInternet, with(inside, []string{"inside: 169.254.21.5/30", "inside: 169.254.21.5/29", "inside: 169.254.21.1/30", "inside: 169.254.21.1/29"}), []string{"ER966 error 169.254.21.5/29"}},
		{"the first address of the subnet inside", overInternet, with(inside, []string{"inside: 169.254.21.1/30", "inside: 169.254.21.0/30"}), []string{"ER966 error 169.254.21.0/30"}},
		{"the last address of the subnet inside", overInternet, with(inside, []string{"inside: 169.254.21.1/30", "inside: 169.254.21.3/30"}), []string{"ER966 error 169.254.21.3/30"}},
		{"the peer is the last address", overInternet, with(inside, []string{"bgp: 169.254.21.2", "bgp: 169.254.21.3"}), []string{"ER966 error 169.254.21.1/30"}},
		{"the peer's own address inside", overInternet, with(inside, []string{"inside: 169.254.21.1/30", "inside: 169.254.21.2/30"}), []string{"ER966 error 169.254.21.2/30"}},
		{"two addresses inside", overInternet, with(inside, []string{"inside: 169.254.21.1/30", "inside: 169.254.21.3/31"}), nil},
		{"one address inside, an APIPA peer", overInternet, with(inside, []string{"inside: 169.254.21.1/30", "inside: 169.254.21.1/32"}), []string{"ER173 error 169.254.21.1/32"}},
		{"one address inside, another peer", overInternet, []string{"interface: Tunnel1", "interface: Tunnel1, inside: 10.50.254.1/32"}, nil},
		{"an address inside that nobody has", overInternet, []string{"interface: Tunnel1", "interface: Tunnel1, inside: 127.0.0.5/30"}, []string{"ER966 error 127.0.0.5/30"}},

		{"over Microsoft peering, nothing said", overInternet, saas, []string{"ER946 warning er-saas.microsoft"}},
		{"over Microsoft peering, allowed", overInternet, with(saas, said("true")), nil},
		{"over Microsoft peering, forbidden", overInternet, with(saas, said("false")), []string{"ER946 error false"}},
		{"over Microsoft peering, forbidden and held", overInternet, with(saas, said("false"), []string{`communities: ["12076:51002"]`, `communities: ["12076:51002"], prefixes: [203.0.113.0/27]`}), nil},
		{"over Microsoft peering, one end held", overInternet, with(saas, said("false"), []string{`communities: ["12076:51002"]`, `communities: ["12076:51002"], prefixes: [203.0.113.10/32]`}), []string{"ER946 error false"}},
		{"over Microsoft peering, both ends alone", overInternet, with(saas, said("false"), []string{`communities: ["12076:51002"]`, `communities: ["12076:51002"], prefixes: [203.0.113.10/32, 203.0.113.11/32]`}), []string{"ER946 error false"}},
		{"over Microsoft peering, one end in a prefix", overInternet, with(saas, said("false"), []string{`communities: ["12076:51002"]`, `communities: ["12076:51002"], prefixes: [203.0.113.8/30, 203.0.113.11/32]`, "public: 203.0.113.11", "public: 203.0.113.12"}), []string{"ER946 error false"}},
		{"over Microsoft peering, both ends in a prefix", overInternet, with(saas, said("false"), []string{`communities: ["12076:51002"]`, `communities: ["12076:51002"], prefixes: [203.0.113.8/30, 203.0.113.11/32]`}), nil},
		{"over the Internet, whatever is said", overInternet, said("false"), nil},
	})
}
