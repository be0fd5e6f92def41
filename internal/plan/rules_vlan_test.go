package plan

import "testing"

func TestVLANRules(t *testing.T) {
	t.Parallel()
	microsoft := func(changes ...string) []string { return append(before("traffic", microsoftPeering), changes...) }
	second := func(changes ...string) []string { return append(before("traffic", secondCircuit), changes...) }
	const qinq = "{outer: 7, inner: 100}"
	// onQinQ puts two circuits with outer tags on a QinQ port.
	onQinQ := func(first, second string, changes ...string) []string {
		return twoDirect(append([]string{"encapsulation: dot1q", "encapsulation: qinq", "vlan: 400", "vlan: " + first, "vlan: 500", "vlan: " + second}, changes...)...)
	}

	for _, c := range []ruleCase{
		{"nothing is wrong", nil, nil},

		{"VLAN 4095", []string{"vlan: 100", "vlan: 4095"}, []string{"ER040 error 4095"}},
		{"VLAN 0", []string{"vlan: 100", "vlan: 0"}, []string{"ER040 error 0"}},
		{"a negative VLAN", []string{"vlan: 100", "vlan: -5"}, []string{"ER040 error -5"}},
		{"an outer tag out of range", []string{"vlan: 100", "vlan: {outer: 5000, inner: 100}"}, []string{"ER040 error 5000"}},
		{"on one link", []string{"interface: eth2", "interface: eth2, vlan: 70000"}, []string{"ER040 error 70000"}},
		{"on the other link", []string{"interface: eth1", "interface: eth1, vlan: 70000"}, []string{"ER040 error 70000"}},
		{"on both peerings", microsoft("vlan: 300", "vlan: 0", "vlan: 100", "vlan: 0"), []string{"ER040 error 0", "ER040 error 0"}},
		{"one outer tag of two peerings out of range", microsoft("vlan: 300", "vlan: {outer: 5000, inner: 300}", "vlan: 100", "vlan: "+qinq), []string{"ER040 error 5000"}},
		{"the other outer tag out of range", microsoft("vlan: 300", "vlan: {outer: 7, inner: 300}", "vlan: 100", "vlan: {outer: 5000, inner: 100}"), []string{"ER040 error 5000"}},
		{"the largest VLAN", []string{"vlan: 100", "vlan: 4094"}, nil},

		{"two VLANs of one peering", []string{"interface: eth2", "interface: eth2, vlan: 101"}, []string{"ER041 error 101"}},
		{"two VLANs, and the primary's is its own", []string{"interface: eth1", "interface: eth1, vlan: 101"}, []string{"ER041 error 100"}},
		{"two VLANs that the provider translates", []string{"interface: eth2", "interface: eth2, vlan: 101", "location", "tagTranslation: true\n    location"}, []string{"ER041 warning 101"}},
		{"two outer tags of one peering", []string{"vlan: 100", "vlan: " + qinq, "interface: eth2", "interface: eth2, vlan: {outer: 8, inner: 100}"}, nil},

		{"two peerings with VLANs of their own", microsoft(), nil},
		{"two peerings of one VLAN", microsoft("vlan: 300", "vlan: 100"), []string{"ER042 error 100"}},
		{"two peerings of one VLAN under one outer tag", microsoft("vlan: 300", "vlan: "+qinq, "vlan: 100", "vlan: "+qinq), []string{"ER042 error 100"}},
		{"one VLAN on one link", microsoft("interface: eth1, ipv4: 203", "interface: eth1, vlan: 100, ipv4: 203"), []string{"ER041 error 300", "ER042 error 100"}},

		{"VLANs of their own on a dot1q port", twoDirect(), nil},
		{"one VLAN twice on a dot1q port", twoDirect("vlan: 500", "vlan: 400"), []string{"ER043 error 400"}},
		{"one VLAN twice in a circuit is ER042's", direct("traffic:\n", "    microsoft:\n      vlan: 400\n      primary: {ipv4: 20.0.0.0/30}\n      secondary: {ipv4: 20.0.0.4/30}\ntraffic:\n"), []string{"ER042 error 400"}},
		{"one VLAN on a port and elsewhere", direct("vlan: 400", "vlan: 100"), nil},

		{"outer tags of their own", onQinQ("{outer: 1, inner: 9}", "{outer: 2, inner: 9}"), nil},
		{"one outer tag twice", onQinQ("{outer: 1, inner: 8}", "{outer: 1, inner: 9}"), []string{"ER044 error 1"}},
		{"no outer tag", direct("encapsulation: dot1q", "encapsulation: qinq"), []string{"ER044 error 400"}},
		{"two outer tags", onQinQ("{outer: 1, inner: 9}", "{outer: 2, inner: 9}", "secondary: {ipv4", "secondary: {vlan: {outer: 3, inner: 9}, ipv4"), []string{"ER044 error 3"}},
		{"an outer tag out of range", onQinQ("{outer: 0, inner: 9}", "{outer: 5000, inner: 9}"), []string{"ER040 error 0", "ER040 error 5000"}},

		{"one tag and two", onQinQ("{outer: 1, inner: 9}", "500"), []string{"ER046 error 500"}},
		{"two tags on a dot1q port that has a circuit", twoDirect("vlan: 400", "vlan: "+qinq), []string{"ER046 error 100"}},

		{"one tag and two in one circuit", direct("traffic:\n", "    microsoft:\n      vlan: {outer: 7, inner: 300}\n      primary: {ipv4: 20.0.0.0/30}\n      secondary: {ipv4: 20.0.0.4/30}\ntraffic:\n"), []string{"ER046 error 300"}},

		{"no VLAN on one of two peerings", microsoft("      vlan: 300\n", "", "vlan: 100", "vlan: "+qinq), []string{"ER047 error microsoft"}},
		{"no VLAN", []string{"      vlan: 100\n", ""}, []string{"ER047 error private"}},
		{"no VLAN on one link", []string{"      vlan: 100\n", "", "interface: eth2", "interface: eth2, vlan: 100"}, []string{"ER047 error primary"}},
		{"an empty VLAN", []string{"vlan: 100", "vlan:"}, []string{"ER047 error private"}},
		{"a VLAN on each link", []string{"      vlan: 100\n", "", "interface: eth1", "interface: eth1, vlan: 100", "interface: eth2", "interface: eth2, vlan: 100"}, nil},

		{"both links on one port", []string{"{router: ce2, interface: eth2", "{router: ce1, interface: eth1"}, []string{"ER048 error eth1"}},
		{"both links on one port with two outer tags", []string{"vlan: 100", "vlan: " + qinq, "{router: ce2, interface: eth2", "{router: ce1, interface: eth1, vlan: {outer: 8, inner: 100}"}, nil},
		{"two circuits on one port", second("interface: eth3", "interface: eth1", "vlan: 200", "vlan: 100"), []string{"ER048 error eth1"}},
		{"two circuits on one port with two tags", second("interface: eth3", "interface: eth1"), nil},
		{"two circuits on unknown routers", second("{router: ce1, interface: eth1", "{router: ce8, interface: eth1", "{router: ce1, interface: eth3", "{router: ce8, interface: eth1", "vlan: 200", "vlan: 100"), nil},
		{"two circuits on no interface", second("interface: eth1, ", "", "interface: eth3, ", "", "vlan: 200", "vlan: 100"), nil},
		{"two circuits with a tag out of range", second("interface: eth3", "interface: eth1", "vlan: 200", "vlan: 0", "vlan: 100", "vlan: 0"), []string{"ER040 error 0", "ER040 error 0"}},
		{"one port in two pairs", twoDirect("vlan: 500", "vlan: 400", "port: pair\n    location: Oslo\n    bandwidth: 5Gbps\n    private:\n      vlan: 400\n      primary: {ipv4: 172.16.3", "port: more\n    location: Oslo\n    bandwidth: 5Gbps\n    private:\n      vlan: 400\n      primary: {ipv4: 172.16.3",
			"directPorts:\n", "directPorts:\n  more:\n    speed: 10Gbps\n    encapsulation: dot1q\n    primary: {router: ce1, interface: xe-0/0/1}\n    secondary: {router: ce2, interface: xe-0/0/9}\n"), []string{"ER048 error xe-0/0/1"}},
		{"both Direct ports on one port", direct("{router: ce2, interface: xe-0/0/2}", "{router: ce1, interface: xe-0/0/1}"), []string{"ER048 error xe-0/0/1"}},

		{"an outer tag on a dot1q port", direct("vlan: 400", "vlan: "+qinq), []string{"ER049 error 7"}},
		{"one peering with one tag, one with two", microsoft("vlan: 300", "vlan: {outer: 7, inner: 300}"), []string{"ER049 error 300"}},
		{"two outer tags on one link", microsoft("vlan: 300", "vlan: {outer: 8, inner: 300}", "vlan: 100", "vlan: "+qinq), []string{"ER049 error 8"}},
		{"one outer tag on each link", microsoft("vlan: 300", "vlan: {outer: 7, inner: 300}", "vlan: 100", "vlan: "+qinq), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.run(t, (*facts).checkVLANs)
		})
	}
}
