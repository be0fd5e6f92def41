package plan

import "testing"

// twoVRFs has two circuits in two VRFs of two PEs with a VPN session between
// them, and a customer's session on each.
const twoVRFs = `apiVersion: ercfg/v1
kind: Intent
metadata: {name: acme}
onprem:
  networks:
    campus: {prefixes: [10.1.0.0/16]}
azure:
  vnets:
    hub: {prefixes: [10.200.0.0/16], vpnGateway: {instances: [{name: a, public: 203.0.113.10, private: 10.200.255.4, bgp: 169.254.21.2}]}}
routers:
  pe1:
    platform: ios-xe
    role: pe
    asn: 65010
    routerID: 10.1.255.1
    ibgp: [{router: pe2, family: vpn}]
    vrfs:
      PROD: {rd: "10.1.255.1:1", import: ["65010:1"], export: ["65010:1"], neighbors: [{address: 10.1.0.2, asn: 65001, interface: GigabitEthernet0/0/3, bfd: {multiplier: 3}}]}
      DEV: {rd: "10.1.255.1:2", import: ["65010:2"], export: ["65010:2"]}
      OUTSIDE: {}
  pe2:
    platform: junos
    role: pe
    asn: 65010
    routerID: 10.1.255.2
    vrfs:
      PROD: {rd: "10.1.255.2:1", import: ["65010:1"], export: ["65010:1"], neighbors: [{address: 10.1.0.6, asn: 65001, bfd: {multiplier: 3}}]}
      DEV: {rd: "10.1.255.2:2", import: ["65010:2"], export: ["65010:2"]}
circuits:
  er-a:
    model: exchange
    bandwidth: 1Gbps
    private:
      vrf: PROD
      vlan: 100
      primary: {router: pe1, interface: GigabitEthernet0/0/1, ipv4: 172.16.0.0/30}
      secondary: {router: pe2, interface: xe-0/0/1, ipv4: 172.16.0.4/30}
  er-b:
    model: exchange
    bandwidth: 1Gbps
    private:
      vrf: DEV
      vlan: 200
      primary: {router: pe1, interface: GigabitEthernet0/0/1, ipv4: 172.16.1.0/30}
      secondary: {router: pe2, interface: xe-0/0/1, ipv4: 172.16.1.4/30}
vpns:
  s2s: {vnet: hub, underlay: internet, psk: env:PSK, tunnels: [{router: pe1, instance: a, interface: Tunnel1, vrf: OUTSIDE}]}
traffic:
  - {name: prod, onprem: [campus], azure: [hub], prefer: [er-a, s2s]}
  - {name: dev, onprem: [campus], azure: [hub], prefer: [er-b]}
`

func TestRulesOfVRFs(t *testing.T) {
	t.Parallel()
	apart := []string{"    ibgp: [{router: pe2, family: vpn}]\n", ""}
	noRD := func(router string) []string {
		return []string{`PROD: {rd: "10.1.255.` + router + `:1", `, "PROD: {"}
	}
	with := func(parts ...[]string) []string {
		var out []string
		for _, p := range parts {
			out = append(out, p...)
		}
		return out
	}
	each(t, (*facts).checkVRFs, []change{
		{"nothing", twoVRFs, nil, nil},
		{"nothing in the global table", twoPrivate, nil, nil},

		{"circuits in two VRFs", twoVRFs, []string{"prefer: [er-a, s2s]", "prefer: [er-a, er-b, s2s]"}, []string{"ER945 error er-b"}},
		{"a circuit in the global table", twoVRFs, []string{"      vrf: DEV\n", "", "prefer: [er-b]", "prefer: [er-b, er-a]"}, []string{"ER945 error er-a"}},
		{"a VPN with statements in two VRFs", twoVRFs, []string{"prefer: [er-b]", "prefer: [er-b, s2s]"}, []string{"ER945 error s2s"}},
		{"a VPN alone in the other statement", twoVRFs, []string{"prefer: [er-b]", "prefer: [s2s]"}, nil},

		{"a VRF that one router lacks", twoVRFs, []string{"      DEV: {rd: \"10.1.255.2:2\", import: [\"65010:2\"], export: [\"65010:2\"]}\n", ""}, []string{"ER904 error DEV"}},
		{"a typo in the peering's VRF", twoVRFs, []string{"vrf: DEV", "vrf: DVE"}, []string{"ER904 error DVE ×2"}},
		{"a typo in the tunnel's VRF", twoVRFs, []string{"vrf: OUTSIDE", "vrf: OUTSIED"}, []string{"ER904 error OUTSIED"}},
		{"a tunnel in a router without the VRF", twoVRFs, []string{"routers:", "routers:\n  ce3: {platform: frr, asn: 65010, routerID: 10.1.255.3}", "tunnels: [{router: pe1", "tunnels: [{router: ce3", ", vrf: OUTSIDE", ""}, []string{"ER904 error ce3"}},
		{"a tunnel over a peering in a VRF", twoVRFs, []string{"underlay: internet", "underlay: er-b.private", ", vrf: OUTSIDE", ""}, nil},
		{"a tunnel over a peering whose VRF its router lacks", twoVRFs, []string{"routers:", "routers:\n  ce3: {platform: frr, asn: 65010, routerID: 10.1.255.3, vrfs: {PROD: {}}}", "tunnels: [{router: pe1", "tunnels: [{router: ce3", "underlay: internet", "underlay: er-b.private", ", vrf: OUTSIDE", ""}, []string{"ER904 error er-b.private"}},

		{"no RD on IOS-XE", twoVRFs, with(noRD("1"), apart), []string{"ER948 error PROD"}},
		{"no RD on Junos", twoVRFs, with(noRD("2"), apart), nil},
		{"no RD with VPN routes", twoVRFs, noRD("2"), []string{"ER948 error PROD"}},
		{"no RD with a route reflector outside", twoVRFs, with(noRD("2"), apart, []string{"    routerID: 10.1.255.2\n", "    routerID: 10.1.255.2\n    ibgp: [{address: 10.1.255.9, family: vpn}]\n"}), []string{"ER948 error PROD"}},
		{"no RD with unicast iBGP", twoVRFs, with(noRD("2"), []string{", family: vpn", ""}), nil},
		{"no targets", twoVRFs, []string{`, import: ["65010:2"], export: ["65010:2"]`, ""}, []string{"ER948 error DEV ×2"}},
		{"no target to export", twoVRFs, []string{`, export: ["65010:2"]`, ""}, []string{"ER948 error DEV ×2"}},
		{"no targets and no VPN routes", twoVRFs, with([]string{`, import: ["65010:2"], export: ["65010:2"]`, ""}, apart), nil},
		{"a VRF of tunnels alone", twoVRFs, []string{"OUTSIDE: {}", "OUTSIDE: {}\n      SPARE: {}"}, nil},
		{"a VRF with nothing but a customer", twoVRFs, []string{"OUTSIDE: {}", "OUTSIDE: {neighbors: [{address: 10.2.0.2, asn: 65002}]}"}, []string{"ER948 error OUTSIDE ×2"}},

		{"one RD on two routers", twoVRFs, []string{`rd: "10.1.255.2:2"`, `rd: "10.1.255.1:2"`}, []string{`ER963 warning "10.1.255.1:2"`}},
		{"one RD on two VRFs of a router", twoVRFs, []string{`rd: "10.1.255.1:2"`, `rd: "10.1.255.1:1"`}, []string{`ER974 error "10.1.255.1:1"`}},
		{"one RD on two VRFs of a router without VPN routes", twoVRFs, with([]string{`rd: "10.1.255.2:2"`, `rd: "10.1.255.2:1"`}, apart), []string{`ER974 error "10.1.255.2:1"`}},

		{"targets that nobody has", twoVRFs, []string{`rd: "10.1.255.2:2", import: ["65010:2"], export: ["65010:2"]`, `rd: "10.1.255.2:2", import: ["65010:3"], export: ["65010:3"]`}, []string{`ER975 warning "65010:3"`}},
		{"targets of a hub and a spoke", twoVRFs, []string{`rd: "10.1.255.2:2", import: ["65010:2"], export: ["65010:2"]`, `rd: "10.1.255.2:2", import: ["65010:2"], export: ["65010:3"]`}, nil},
		{"targets the other way round", twoVRFs, []string{`rd: "10.1.255.1:2", import: ["65010:2"], export: ["65010:2"]`, `rd: "10.1.255.1:2", import: ["65010:4"], export: ["65010:3"]`, `rd: "10.1.255.2:2", import: ["65010:2"], export: ["65010:2"]`, `rd: "10.1.255.2:2", import: ["65010:3"], export: ["65010:4"]`}, nil},
		{"a VRF that exports to itself alone", twoVRFs, []string{`rd: "10.1.255.2:2", import: ["65010:2"], export: ["65010:2"]`, `rd: "10.1.255.2:2", import: ["65010:3", "65010:4"], export: ["65010:4", "65010:3", "65010:3"]`}, []string{`ER975 warning "65010:3"`}},
		{"targets that nobody has, of a VRF without a statement", twoVRFs, []string{`rd: "10.1.255.2:2", import: ["65010:2"], export: ["65010:2"]`, `rd: "10.1.255.2:2", import: ["65010:3"], export: ["65010:3"]`, "  - {name: dev, onprem: [campus], azure: [hub], prefer: [er-b]}\n", ""}, nil},
		{"targets that nobody has, without VPN routes", twoVRFs, with([]string{`rd: "10.1.255.2:2", import: ["65010:2"], export: ["65010:2"]`, `rd: "10.1.255.2:2", import: ["65010:3"], export: ["65010:3"]`}, apart), nil},

		{"Junos' own name", twoVRFs, []string{"OUTSIDE", "master"}, nil},
		{"the global table's name", twoVRFs, []string{"OUTSIDE", "default"}, []string{"ER977 error default"}},
		{"the management port's VRF", twoVRFs, []string{"OUTSIDE", "Mgmt-intf"}, []string{"ER977 error Mgmt-intf"}},
		{"Junos' own name on Junos", twoVRFs, with([]string{"DEV", "master"}, apart), []string{"ER977 error master"}},
		{"FRR's own name on FRR", twoVRFs, with([]string{"DEV", "main", "platform: junos", "platform: frr", "xe-0/0/1", "eth1", ", bfd: {multiplier: 3}}", "}"}, apart), []string{"ER977 error main"}},
		{"the name of a port on FRR", twoVRFs, with([]string{"DEV", "eth1", "platform: junos", "platform: frr", "xe-0/0/1", "eth1"}, apart), []string{"ER977 error eth1"}},
		{"the name of a port on IOS-XE", twoVRFs, []string{"OUTSIDE", "Port1", "GigabitEthernet0/0/1", "Port1"}, nil},
		{"two names that differ in case", twoVRFs, []string{"OUTSIDE", "Prod"}, []string{"ER977 error Prod"}},

		{"BFD without an interface", twoVRFs, []string{", interface: GigabitEthernet0/0/3", ""}, []string{"ER948 error bfd"}},
		{"neither BFD nor an interface", twoVRFs, []string{", interface: GigabitEthernet0/0/3, bfd: {multiplier: 3}", ", bfd: false"}, nil},
	})
}

func TestRulesOfVNetPaths(t *testing.T) {
	t.Parallel()
	custom := []string{"prefixes: [10.200.0.0/16]", `prefixes: [10.200.0.0/16], community: "12076:20010"`}
	match := []string{"vlan: 100", "matchBy: community\n      vlan: 100"}
	vnet := []string{"  services:\n", "  vnets: {hub: {prefixes: [10.200.0.0/16]}}\n  services:\n"}
	each(t, (*facts).checkVNetPaths, []change{
		{"nothing", twoPrivate, nil, nil},
		{"nothing on Microsoft peering", twoMicrosoft, nil, nil},
		{"matched without a value", twoPrivate, match, []string{"ER947 error hub"}},
		{"matched without a value in two statements", twoPrivate, append([]string{"traffic:", "traffic:\n  - {name: more, onprem: [campus], azure: [hub], prefer: [er-a, er-b]}"}, match...), []string{"ER947 error hub"}},
		{"matched with one", twoPrivate, append(custom, match...), nil},
		{"matched with one that is no community", twoPrivate, append([]string{"prefixes: [10.200.0.0/16]", `prefixes: [10.200.0.0/16], community: "12076:56000"`}, match...), nil},
		{"a value on Virtual WAN", twoPrivate, append(custom, "community:", "virtualWAN: true, community:"), []string{`ER955 warning "12076:20010"`}},
		{"Virtual WAN", twoPrivate, []string{"prefixes: [10.200.0.0/16]", "prefixes: [10.200.0.0/16], virtualWAN: true"}, nil},
		{"a VNet over Microsoft peering", twoMicrosoft, append([]string{"azure: [weu]", "azure: [weu, hub]"}, vnet...), []string{"ER954 error hub"}},
		{"a VNet that no statement lists", twoMicrosoft, vnet, nil},
	})
}

func TestRulesOfReachASNs(t *testing.T) {
	t.Parallel()
	reach := func(from, to string) []string {
		return []string{"  " + from + ":\n", "  " + from + ":\n    globalReach: {with: " + to + ", block: 192.168.100.0/29}\n"}
	}
	apart := []string{"router: ce1, interface: eth2", "router: ce3, interface: eth2", "router: ce2, interface: eth2", "router: ce3, interface: eth3",
		"circuits:", "  ce3: {platform: frr, asn: 65011, routerID: 10.1.255.3}\ncircuits:"}
	each(t, (*facts).checkReachASNs, []change{
		{"nothing", twoPrivate, nil, nil},
		{"one AS", twoPrivate, reach("er-a", "er-b"), []string{"ER153 warning er-b"}},
		{"one AS from both ends", twoPrivate, append(reach("er-a", "er-b"), reach("er-b", "er-a")...), []string{"ER153 warning er-b"}},
		{"two ASes", twoPrivate, append(apart, reach("er-a", "er-b")...), nil},
	})
}
