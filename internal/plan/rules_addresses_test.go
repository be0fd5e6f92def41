package plan

import (
	"fmt"
	"testing"

	"github.com/ercfg/ercfg/internal/intent"
)

func TestAddressRules(t *testing.T) {
	t.Parallel()
	const primary, secondary = "ipv4: 172.16.0.0/30", "ipv4: 172.16.0.4/30"
	// block takes the links' own subnets away and gives the peering one.
	block := func(block string, changes ...string) []string {
		return append([]string{", " + primary, "", ", " + secondary, "", "vlan: 100", "vlan: 100\n      " + block}, changes...)
	}
	ipv6 := func(a, b string) []string {
		return []string{primary, primary + `, ipv6: "` + a + `"`, secondary, secondary + `, ipv6: "` + b + `"`}
	}
	links := func(a, b string) []string {
		return []string{"eth1, ipv4: 172.16.0.0/30", "eth1, ipv4: " + a, "eth2, ipv4: 172.16.0.4/30", "eth2, ipv4: " + b}
	}
	microsoft := func(changes ...string) []string {
		return append([]string{"traffic:\n", microsoftPeering, "203.0.113.0/30", "20.0.0.0/30", "203.0.113.4/30", "20.0.0.4/30"}, changes...)
	}
	second := func(changes ...string) []string { return append(before("traffic", secondCircuit), changes...) }
	vrf := func(changes ...string) []string {
		return append(second("      vlan: 200", "      vrf: BLUE\n      vlan: 200"), changes...)
	}
	// blue puts er-b, a network and a VNet into a VRF of their own.
	blue := func(network, vnet string, changes ...string) []string {
		return vrf(append(changes, "networks:\n", "networks:\n    lab: {prefixes: ["+network+"]}\n", "vnets:\n", "vnets:\n    far: {prefixes: ["+vnet+"]}\n",
			"traffic:\n", "traffic:\n  - {name: blue, onprem: [lab], azure: [far], prefer: [er-b]}\n")...)
	}
	reach := func(block string, changes ...string) []string {
		return second(append(changes, "location: London", "globalReach: {with: er-b, block: "+block+"}")...)
	}

	for _, c := range []ruleCase{
		{"nothing is wrong", nil, nil},

		{"a /31", []string{"172.16.0.0/30", "172.16.0.0/31"}, []string{"ER020 error 172.16.0.0/31"}},
		{"a /29 on a link", []string{"172.16.0.4/30", "172.16.0.8/29"}, []string{"ER020 error 172.16.0.8/29"}},
		{"IPv6 under ipv4", []string{primary, `ipv4: "2001:db8::/126"`}, []string{"ER020 error 2001:db8::/126"}},
		{"a /29 for both", block("ipv4: 172.16.0.0/29"), nil},
		{"a /28 for both", block("ipv4: 172.16.0.0/28"), []string{"ER020 error 172.16.0.0/28"}},
		{"IPv6 under the peering's ipv4", block(`ipv4: "2001:db8::/125"`), []string{"ER020 error 2001:db8::/125"}},
		{"IPv6 under ipv4 of two circuits", second("ipv4: 172.16.0.0/30", `ipv4: "2001:db8::/126"`, "ipv4: 172.16.1.0/30", `ipv4: "2001:db8::/126"`), []string{"ER020 error 2001:db8::/126", "ER020 error 2001:db8::/126", "ER028 error 2001:db8::/126"}},
		{"no subnet on one link", []string{", " + secondary, ""}, []string{"ER020 error secondary"}},
		{"what is no prefix is reported elsewhere", []string{"172.16.0.0/30", "172.16.0.0"}, nil},

		{"/126 twice", ipv6("2001:db8::/126", "2001:db8::4/126"), nil},
		{"a /127", ipv6("2001:db8::/127", "2001:db8::4/126"), []string{"ER021 error 2001:db8::/127"}},
		{"a /64", ipv6("2001:db8::/64", "2001:db8:1::/126"), []string{"ER021 error 2001:db8::/64"}},
		{"IPv4 under ipv6", ipv6("172.16.9.0/30", "2001:db8:1::/126"), []string{"ER021 error 172.16.9.0/30"}},
		{"a /125 for both", block(`ipv6: "2001:db8::/125"`), nil},
		{"a /124 for both", block(`ipv6: "2001:db8::/124"`), []string{"ER021 error 2001:db8::/124"}},

		{"the right addresses", []string{primary, primary + ", address: 172.16.0.1, neighbor: 172.16.0.2"}, nil},
		{"the addresses the other way round", []string{primary, primary + ", address: 172.16.0.2, neighbor: 172.16.0.1"}, []string{"ER023 error 172.16.0.2", "ER024 error 172.16.0.1"}},
		{"the high half", []string{secondary, secondary + ", address: 172.16.0.5, neighbor: 172.16.0.2"}, []string{"ER024 error 172.16.0.2"}},
		{"an address of the block", block("ipv4: 172.16.0.0/29", "interface: eth2", "interface: eth2, address: 172.16.0.6"), []string{"ER023 error 172.16.0.6"}},
		{"an address without a subnet", []string{primary, primary + `, address: "2001:db8::1"`}, []string{"ER023 error 2001:db8::1"}},
		{"IPv6 addresses", append(ipv6("2001:db8::/126", "2001:db8::4/126"), "interface: eth1", `interface: eth1, address: "2001:db8::1", neighbor: "2001:db8::3"`), []string{"ER024 error 2001:db8::3"}},
		{"an address in a subnet of the wrong size", links("172.16.0.0/28", "172.16.1.0/30"), []string{"ER020 error 172.16.0.0/28"}},

		{"one subnet on both links", links("172.16.0.0/30", "172.16.0.0/30"), []string{"ER025 error 172.16.0.0/30"}},
		{"one link inside the other", links("172.16.0.0/24", "172.16.0.4/30"), []string{"ER020 error 172.16.0.0/24", "ER025 error 172.16.0.4/30"}},
		{"one IPv6 subnet on both links", ipv6("2001:db8::/126", "2001:db8::/126"), []string{"ER025 error 2001:db8::/126"}},

		{"halves swapped", links("172.16.0.4/30", "172.16.0.0/30"), []string{"ER026 error 172.16.0.4/30"}},
		{"IPv6 halves swapped", ipv6("2001:db8::4/126", "2001:db8::/126"), []string{"ER026 error 2001:db8::4/126"}},
		{"what is no /30 is no half", links("172.16.0.4/31", "172.16.0.0/30"), []string{"ER020 error 172.16.0.4/31"}},
		{"nor is the other one", links("172.16.0.4/30", "172.16.0.0/31"), []string{"ER020 error 172.16.0.0/31"}},
		{"not halves of one block", links("172.16.0.8/30", "172.16.0.4/30"), nil},
		{"a block and its halves", []string{"vlan: 100", "vlan: 100\n      ipv4: 172.16.0.0/29"}, nil},
		{"a block and its halves swapped", append(links("172.16.0.4/30", "172.16.0.0/30"), "vlan: 100", "vlan: 100\n      ipv4: 172.16.0.0/29"), []string{"ER026 error 172.16.0.4/30", "ER026 error 172.16.0.0/30"}},
		{"a block and another subnet", append(links("172.16.9.0/30", "172.16.0.4/30"), "vlan: 100", "vlan: 100\n      ipv4: 172.16.0.0/29"), []string{"ER026 error 172.16.9.0/30"}},

		{"a link in a VNet", links("10.200.0.0/30", "172.16.0.4/30"), []string{"ER027 error 10.200.0.0/30"}},
		{"a VNet in a link's space", links("10.200.0.0/14", "172.16.0.4/30"), []string{"ER020 error 10.200.0.0/14", "ER027 error 10.200.0.0/14"}},
		{"a block in a VNet", block("ipv4: 10.200.0.0/29"), []string{"ER027 error 10.200.0.0/29"}},
		{"a VNet that no statement names", []string{"vnets:\n", "vnets:\n    idle: {prefixes: [172.16.0.0/24]}\n"}, []string{"ER027 error 172.16.0.0/30", "ER027 error 172.16.0.4/30"}},
		{"a VNet of another VRF", blue("10.2.0.0/16", "172.16.0.0/24"), nil},
		{"a VNet of the same VRF", blue("10.2.0.0/16", "172.16.1.0/24"), []string{"ER027 error 172.16.1.0/30", "ER027 error 172.16.1.4/30"}},
		{"a VNet of both VRFs", blue("10.2.0.0/16", "172.16.1.0/24", "[hub]", "[hub, far]"), []string{"ER027 error 172.16.1.0/30", "ER027 error 172.16.1.4/30"}},
		{"a VNet of both VRFs, met in the global table", blue("10.2.0.0/16", "172.16.0.0/24", "[hub]", "[hub, far]"), []string{"ER027 error 172.16.0.0/30", "ER027 error 172.16.0.4/30"}},
		{"Azure's own address", links("168.63.129.16/30", "172.16.0.4/30"), []string{"ER027 error 168.63.129.16/30", "ER031 error 168.63.129.16/30"}},

		{"a subnet of two circuits", second("172.16.1.0/30", "172.16.0.0/30"), []string{"ER028 error 172.16.0.0/30"}},
		{"a subnet of two circuits on other links", second("172.16.1.4/30", "172.16.0.0/30"), []string{"ER028 error 172.16.0.0/30"}},
		{"a block of two circuits", second(block("ipv4: 172.16.1.0/29")...), []string{"ER028 error 172.16.1.0/30", "ER028 error 172.16.1.4/30"}},
		{"a subnet in two VRFs", vrf("172.16.1.0/30", "172.16.0.0/30"), nil},
		{"nested on one router", second("172.16.1.0/30", "172.16.0.0/28"), []string{"ER028 error 172.16.0.0/30", "ER020 error 172.16.0.0/28"}},
		{"nested on one router in two VRFs", vrf("172.16.1.0/30", "172.16.0.0/28"), []string{"ER020 error 172.16.0.0/28"}},
		{"nested on two routers", second("172.16.1.4/30", "172.16.0.0/28", "172.16.0.4/30", "172.16.0.20/30"), []string{"ER020 error 172.16.0.0/28"}},
		{"a public subnet in two VRFs", append(vrf(), microsoft("172.16.1.0/30", "20.0.0.4/30")...), []string{"ER028 error 20.0.0.4/30"}},
		{"a public subnet in two VRFs, Microsoft's later", vrf("172.16.0.4/30", "20.0.0.0/30", "    private:\n      vrf", "    microsoft:\n      vrf", "172.16.1.0/30", "20.0.0.0/30", "172.16.1.4/30", "20.0.0.4/30"), []string{"ER028 error 20.0.0.0/30"}},

		{"a public subnet in two VRFs, and no private peering", vrf("    private:\n", "    microsoft:\n", "    private:\n", "    microsoft:\n", "172.16.0.0/30", "20.0.0.0/30", "172.16.0.4/30", "20.0.0.4/30", "172.16.1.0/30", "20.0.0.0/30", "172.16.1.4/30", "20.0.1.4/30"), []string{"ER028 error 20.0.0.0/30"}},

		{"public space", microsoft(), nil},
		{"private space", microsoft("20.0.0.4/30", "192.168.0.0/30"), []string{"ER029 error 192.168.0.0/30"}},
		{"shared space", microsoft("20.0.0.4/30", "100.64.0.0/30"), []string{"ER029 error 100.64.0.0/30"}},
		{"link-local space", microsoft("20.0.0.4/30", "169.254.0.0/30"), []string{"ER029 error 169.254.0.0/30"}},
		{"documentation space", before("traffic", microsoftPeering), []string{"ER029 warning 203.0.113.0/30", "ER029 warning 203.0.113.4/30"}},
		{"ULA", microsoft("20.0.0.4/30", `20.0.0.4/30, ipv6: "fd00::/126"`), []string{"ER029 error fd00::/126"}},
		{"private peering takes public space", links("20.0.0.0/30", "203.0.113.4/30"), nil},

		{"link-local space on private peering", links("169.254.7.0/30", "169.254.7.4/30"), []string{"ER030 warning 169.254.7.0/30", "ER030 warning 169.254.7.4/30"}},

		{"loopback space", links("127.0.0.0/30", "172.16.0.4/30"), []string{"ER031 error 127.0.0.0/30"}},
		{"multicast and reserved space", links("224.0.0.0/30", "240.0.0.0/30"), []string{"ER031 error 224.0.0.0/30", "ER031 error 240.0.0.0/30"}},
		{"this network", links("0.1.0.0/30", "172.16.0.4/30"), []string{"ER031 error 0.1.0.0/30"}},
		{"unusable space on Microsoft peering is one mistake", microsoft("20.0.0.4/30", "127.0.0.0/30"), []string{"ER031 error 127.0.0.0/30"}},

		{"a VNet in link-local space", []string{"10.200.0.0/16", "169.254.10.0/24"}, []string{"ER032 error 169.254.10.0/24"}},
		{"a VNet that holds Azure's own address", []string{"10.200.0.0/16", "168.63.0.0/16"}, []string{"ER032 error 168.63.0.0/16"}},
		{"a VNet in shared space", []string{"10.200.0.0/16", "100.64.0.0/16"}, nil},

		{"the same prefix on both sides", []string{"10.1.0.0/16", "10.200.0.0/16"}, []string{"ER033 error 10.200.0.0/16"}},
		{"on-premises inside of a VNet", []string{"10.1.0.0/16", "10.200.7.0/24"}, []string{"ER033 error 10.200.7.0/24"}},
		{"on-premises around a VNet", []string{"10.1.0.0/16", "10.0.0.0/8"}, []string{"ER033 info 10.0.0.0/8"}},
		{"inside of a VNet of another VRF", blue("10.200.7.0/24", "10.2.0.0/16"), nil},
		{"inside of a VNet of its VRF", blue("10.2.7.0/24", "10.2.0.0/16"), []string{"ER033 error 10.2.7.0/24"}},
		{"a network that no statement names", []string{"networks:\n", "networks:\n    idle: {prefixes: [10.200.0.0/24]}\n"}, []string{"ER033 error 10.200.0.0/24"}},

		{"two VNets overlap", []string{"vnets:\n", "vnets:\n    far: {prefixes: [10.200.128.0/17]}\n"}, []string{"ER034 error 10.200.128.0/17"}},
		{"two VNets are equal", []string{"vnets:\n", "vnets:\n    far: {prefixes: [10.200.0.0/16]}\n"}, []string{"ER034 error 10.200.0.0/16"}},
		{"two VNets overlap in two VRFs", blue("10.2.0.0/16", "10.200.128.0/17"), nil},
		{"on-premises networks may nest", []string{"networks:\n", "networks:\n    part: {prefixes: [10.1.9.0/24]}\n"}, nil},

		{"a block for Global Reach", reach("192.168.9.0/29"), nil},
		{"a /30 for Global Reach", reach("192.168.9.0/30"), []string{"ER035 error 192.168.9.0/30"}},
		{"an IPv6 block for Global Reach", reach(`"2001:db8:9::/125"`), nil},
		{"a block in a VNet's space", reach("10.200.0.0/29"), []string{"ER035 error 10.200.0.0/29"}},
		{"a block in on-premises space", reach("10.1.0.0/29"), []string{"ER035 error 10.1.0.0/29"}},
		{"a block under a default route", reach("192.168.9.0/29", "10.1.0.0/16", "0.0.0.0/0"), []string{"ER033 info 0.0.0.0/0"}},
		{"a block of the links", reach("172.16.1.0/29"), []string{"ER035 error 172.16.1.0/29"}},
		{"a block of a link in the circuit's VRF", vrf("location: Paris", "globalReach: {with: er-a, block: 172.16.1.0/29}"), []string{"ER035 error 172.16.1.0/29"}},
		{"a block of a link in another VRF", vrf("location: Paris", "globalReach: {with: er-a, block: 172.16.0.0/29}"), nil},
		{"a block of a circuit without private peering", second("location: Paris", "globalReach: {with: er-a, block: 192.168.9.0/29}", "    private:\n      vlan: 200", "    microsoft:\n      vlan: 200", "172.16.1.0/30", "20.0.0.0/30", "172.16.1.4/30", "20.0.0.4/30"), nil},
		{"a block that is no prefix", reach("192.168.9.0"), []string{"ER905 error 192.168.9.0"}},
		{"one block at both ends", reach("192.168.9.0/29", "location: Paris", "globalReach: {with: er-a, block: 192.168.9.0/29}"), nil},
		{"one block of two connections", reach("192.168.9.0/29", "location: Paris", "globalReach: {with: er-c, block: 192.168.9.0/29}"), []string{"ER035 error 192.168.9.0/29"}},

		{"a link's subnet is advertised", []string{"[10.1.0.0/16]", "[10.1.0.0/16, 172.16.0.4/30]"}, []string{"ER037 warning 172.16.0.4/30"}},
		{"a link's address is advertised", []string{"[10.1.0.0/16]", "[10.1.0.0/16, 172.16.0.1/32]"}, []string{"ER037 warning 172.16.0.1/32"}},
		{"another circuit's link is advertised", second("[10.1.0.0/16]", "[172.16.1.0/30]"), []string{"ER037 warning 172.16.1.0/30"}},
		{"the links' block is advertised", block("ipv4: 172.16.0.0/29", "[10.1.0.0/16]", "[172.16.0.0/29]"), []string{"ER037 warning 172.16.0.0/29"}},
		{"a supernet of links is advertised", []string{"[10.1.0.0/16]", "[172.16.0.0/12]"}, nil},
		{"a link of another VRF", vrf("[10.1.0.0/16]", "[172.16.1.0/30]"), nil},
		{"advertised to nobody", []string{"[10.1.0.0/16]", "[10.1.0.0/16]}\n    idle: {prefixes: [172.16.0.0/30]"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.run(t, (*facts).checkAddresses)
		})
	}
}

// Thousands of circuits with one subnet give one finding each, and soon.
func TestAddressRulesAreLinear(t *testing.T) {
	t.Parallel()
	const n = 5000
	at := func(v string, line int) intent.At[string] {
		a := intent.At[string]{V: v}
		a.Pos.Line = line + 1
		return a
	}
	in := &intent.Intent{}
	for i := range n {
		line := 10 * i
		link := func(router, subnet string, line int) *intent.Link {
			return &intent.Link{Router: at(router, line), Interface: at("eth0", line), IPv4: at(subnet, line)}
		}
		name := fmt.Sprint("er", i)
		in.Routers = append(in.Routers, intent.Entry[intent.Router]{Name: at(fmt.Sprint("r", i), line)})
		in.Circuits = append(in.Circuits, intent.Entry[intent.Circuit]{Name: at(name, line), Value: intent.Circuit{Private: &intent.Peering{
			Primary: link("r0", "172.16.0.0/30", line+1), Secondary: link(fmt.Sprint("r", i), "172.16.0.4/30", line+2),
		}}})
		in.Azure.VNets = append(in.Azure.VNets, intent.Entry[intent.VNet]{Name: at(name, line+3), Value: intent.VNet{Prefixes: []intent.At[string]{at("10.0.0.0/8", line+4)}}})
	}
	f := gather(&intent.Document{Intent: in}, Env{Today: today})
	f.checkModel()
	f.checkVLANs()
	f.diags = nil
	f.checkAddresses()
	if got, want := codes(f.diags), fmt.Sprintf("ER034×%d ER028×%d", n-1, 2*(n-1)); got != want {
		t.Errorf("findings %q, want %q", got, want)
	}
}
