package plan

import (
	"net/netip"
	"testing"
)

func TestRulesOfInterfaces(t *testing.T) {
	t.Parallel()
	text := example(t, "03-vpn-backup")
	linux := []string{
		"platform: ios-xe", "platform: frr", `version: "17.9"`, `version: "8.4"`, "Loopback0", "lo", "TenGigabitEthernet0/0/1", "eth1", "TenGigabitEthernet0/0/2", "eth2",
		"GigabitEthernet0/0/0", "eth0", "Tunnel2", "vti2",
	}
	named := func(name string) []string {
		return append(linux[:len(linux):len(linux)], "interface: Tunnel1", "interface: "+name)
	}
	ports := func(second string) []string {
		return []string{"circuits:\n", "directPorts:\n  dp-a: {speed: 10Gbps, encapsulation: qinq, primary: {router: ce1, interface: xe1}, secondary: {router: ce1, interface: xe2}}\n" +
			"  dp-b: {speed: 10Gbps, encapsulation: qinq, primary: {router: ce1, interface: " + second + "}, secondary: {router: ce1, interface: xe4}}\ncircuits:\n"}
	}
	each(t, (*facts).checkTaken, []change{
		{"nothing", text, nil, nil},
		{"a tunnel of its own", text, named("vti1"), nil},
		{"the port under a link", text, named("eth1"), []string{"ER969 error eth1"}},
		{"a link", text, named("eth2.320"), []string{"ER969 error eth2.320"}},
		{"the source of the tunnel", text, named("eth0"), []string{"ER969 error eth0"}},
		{"the loopback", text, named("lo"), []string{"ER969 error lo"}},
		{"a VRF on Linux", text, append(named("CORE"), "    loopback:", "    vrfs: {CORE: {}}\n    loopback:"), []string{"ER969 error CORE"}},
		{"a VRF elsewhere is no interface", text, []string{"interface: Tunnel1", "interface: CORE", "    loopback:", "    vrfs: {CORE: {}}\n    loopback:"}, nil},
		{"two port pairs", text, ports("xe3"), nil},
		{"one port of two pairs", text, ports("xe2"), []string{"ER969 error xe2"}},
	})
}

func TestLastAddr(t *testing.T) {
	t.Parallel()
	for prefix, want := range map[string]string{
		"169.254.21.1/30": "169.254.21.3", "10.0.0.9/32": "10.0.0.9", "10.0.0.8/31": "10.0.0.9", "10.1.2.3/8": "10.255.255.255", "0.0.0.0/0": "255.255.255.255",
	} {
		if got := lastAddr(netip.MustParsePrefix(prefix)); got.String() != want {
			t.Errorf("the last address of %s is %s, want %s", prefix, got, want)
		}
	}
}

func TestRulesOfServices(t *testing.T) {
	t.Parallel()
	text := example(t, "03-vpn-backup")
	with := func(prefix string) []string {
		return []string{"azure:\n", "azure:\n  services:\n    weu: {communities: [\"12076:51002\"], prefixes: [" + prefix + "]}\n"}
	}
	each(t, (*facts).checkServices, []change{
		{"no prefix", text, []string{"azure:\n", "azure:\n  services:\n    weu: {communities: [\"12076:51002\"]}\n"}, nil},
		{"public space", text, with(`203.0.113.0/24, 13.0.0.0/8, "2603:1000::/25", "2600::/16"`), nil},
		{"the default route", text, with("0.0.0.0/0"), []string{"ER965 error 0.0.0.0/0"}},
		{"the default route of IPv6", text, with(`"::/0"`), []string{`ER965 error "::/0"`}},
		{"a half of the Internet", text, with("128.0.0.0/1"), []string{"ER965 error 128.0.0.0/1"}},
		{"more than Microsoft has", text, with("12.0.0.0/7"), []string{"ER965 error 12.0.0.0/7"}},
		{"more than Microsoft has, IPv6", text, with(`"2600::/15"`), []string{`ER965 error "2600::/15"`}},
		{"private space", text, with("172.16.0.0/16"), []string{"ER965 error 172.16.0.0/16"}},
		{"local space of IPv6", text, with(`"fd00::/32"`), []string{`ER965 error "fd00::/32"`}},
		{"a part of the LAN", text, append(with("20.1.2.0/24"), "prefixes: [10.51.0.0/16]", "prefixes: [20.1.0.0/16]"), []string{"ER965 error 20.1.2.0/24"}},
		{"around the LAN", text, append(with("20.0.0.0/8"), "prefixes: [10.51.0.0/16]", "prefixes: [20.1.0.0/16]"), []string{"ER965 error 20.0.0.0/8"}},
		{"beside a LAN that is everywhere", text, append(with("20.0.0.0/8"), "prefixes: [10.51.0.0/16]", "prefixes: [0.0.0.0/0]"), nil},
	})
}
