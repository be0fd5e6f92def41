package plan

import (
	"strings"
	"testing"
)

// network adds an on-premises network to an example, statement a line of
// traffic.
func addNetwork(text string) []string {
	return []string{"onprem:\n  networks:\n", "onprem:\n  networks:\n    " + text + "\n"}
}

func addStatement(text string) []string {
	return []string{"traffic:\n", "traffic:\n  - {" + text + "}\n"}
}

func TestRulesOfBackups(t *testing.T) {
	t.Parallel()
	one, two := example(t, "03-vpn-backup"), example(t, "07-two-sites-standby-telemetry")
	with := func(parts ...[]string) []string {
		var out []string
		for _, p := range parts {
			out = append(out, p...)
		}
		return out
	}
	statement := func(text string) []string { return []string{"s2s-frankfurt]}", "s2s-frankfurt]" + text + "}"} }
	dual := []string{"prefixes: [10.50.0.0/16]", `prefixes: [10.50.0.0/16, "2001:db8:50::/48"]`}
	links := []string{"ipv4: 172.20.5.0/30", `ipv4: 172.20.5.0/30, ipv6: "2001:db8:ff::/126"`, "ipv4: 172.20.5.4/30", `ipv4: 172.20.5.4/30, ipv6: "2001:db8:ff::4/126"`}
	each(t, (*facts).checkVPNDesign, []change{
		{"nothing", one, nil, nil},
		{"nothing with two circuits", two, nil, nil},
		{"a VPN alone", one, []string{"[er-frankfurt, s2s-frankfurt]", "[s2s-frankfurt]"}, nil},

		{"the VPN preferred", one, statement(", preference: {s2s-frankfurt: 300}"), []string{"ER130 error 300"}},
		{"as good as the circuit", one, statement(", preference: {s2s-frankfurt: 200}"), []string{"ER130 error 200"}},
		{"just below the circuit", one, statement(", preference: {s2s-frankfurt: 199}"), nil},
		{"the circuit worse than the VPN", one, statement(", preference: {er-frankfurt: 100}"), []string{"ER130 error 100"}},
		{"one link worse than the VPN", one, statement(", preference: {er-frankfurt.secondary: 90}"), []string{"ER130 error 90"}},
		{"the standby circuit worse than the VPN", two, []string{"s2s-emea]}", "s2s-emea], preference: {er-ams: 90}}"}, []string{"ER130 error 90"}},
		{"first elsewhere for the same VNet", one, with(addNetwork("lab: {prefixes: [10.52.0.0/16]}"), addStatement("name: lab, onprem: [lab], azure: [hub], prefer: [s2s-frankfurt]")), []string{"ER154 warning s2s-frankfurt", "ER130 error s2s-frankfurt"}},

		{"a specific on the VPN alone", one, with(addNetwork("lab: {prefixes: [10.50.9.0/24]}"), addStatement("name: lab, onprem: [lab], azure: [spoke], prefer: [s2s-frankfurt]"), []string{"    hub:\n", "    spoke: {prefixes: [10.61.0.0/16]}\n    hub:\n"}), []string{"ER131 error 10.50.9.0/24"}},
		{"the same specific on both", one, with(addNetwork("lab: {prefixes: [10.50.9.0/24]}"), addStatement("name: lab, onprem: [lab], azure: [hub], prefer: [er-frankfurt, s2s-frankfurt]")), nil},
		{"a supernet on the VPN alone is a backup, too", one, with(addNetwork("all: {prefixes: [10.48.0.0/13]}"), addStatement("name: all, onprem: [all], azure: [spoke], prefer: [s2s-frankfurt]"), []string{"    hub:\n", "    spoke: {prefixes: [10.61.0.0/16]}\n    hub:\n"}), nil},
		{"a specific that another circuit carries", two, with(addNetwork("lab: {prefixes: [10.80.9.0/24]}"), addStatement("name: lab, onprem: [lab], azure: [emea-hub], prefer: [er-ams, s2s-emea]"), []string{"er-lon, er-ams, s2s-emea", "er-lon, s2s-emea"}), nil},
		{"a specific on the VPN alone, to the same VNet", one, with(addNetwork("lab: {prefixes: [10.50.9.0/24]}"), addStatement("name: lab, onprem: [lab], azure: [hub], prefer: [s2s-frankfurt]")), []string{"ER131 error 10.50.9.0/24"}},
		{"one link of a VPN", one, statement(", preference: {s2s-frankfurt.primary: 90}"), []string{"ER904 error s2s-frankfurt.primary"}},
		{"the other link of a VPN", one, statement(", prepend: {s2s-frankfurt.secondary: 1}"), []string{"ER904 error s2s-frankfurt.secondary"}},

		{"no VPN for one network", one, with(addNetwork("lab: {prefixes: [10.52.0.0/16]}"), addStatement("name: lab, onprem: [lab], azure: [hub], prefer: [er-frankfurt]")), []string{"ER132 warning 10.52.0.0/16"}},
		{"a cover on the VPN", one, with(addNetwork("lab: {prefixes: [10.50.7.0/24]}"), addStatement("name: lab, onprem: [lab], azure: [hub], prefer: [er-frankfurt]")), nil},
		{"no VPN for another VNet", one, with(addNetwork("lab: {prefixes: [10.52.0.0/16]}"), addStatement("name: lab, onprem: [lab], azure: [spoke], prefer: [er-frankfurt]"), []string{"    hub:\n", "    spoke: {prefixes: [10.61.0.0/16]}\n    hub:\n"}), nil},

		{"IPv6 with a backup", one, with(dual, links), []string{"ER144 warning s2s-frankfurt"}},
		{"IPv6 in the VNet with a backup", one, with(links, []string{"prefixes: [10.60.0.0/16]", `prefixes: [10.60.0.0/16, "2001:db8:60::/48"]`}), []string{"ER144 warning s2s-frankfurt"}},
		{"IPv6 that no circuit carries is another rule's", one, dual, nil},
		{"IPv6 on the VPN alone", one, with(dual, []string{"[er-frankfurt, s2s-frankfurt]", "[s2s-frankfurt]"}), []string{`ER144 error "2001:db8:50::/48"`}},

		{"IPv6 in the VNet of a VPN alone", one, []string{"prefixes: [10.60.0.0/16]", `prefixes: [10.60.0.0/16, "2001:db8:60::/48"]`, "[er-frankfurt, s2s-frankfurt]", "[s2s-frankfurt]"}, []string{`ER144 error "2001:db8:60::/48"`}},
		{"IPv6 in the VNet that a circuit reaches, too", one, with(links, addNetwork("lab: {prefixes: [10.52.0.0/16]}"), addStatement("name: lab, onprem: [lab], azure: [hub], prefer: [er-frankfurt]"), []string{"prefixes: [10.60.0.0/16]", `prefixes: [10.60.0.0/16, "2001:db8:60::/48"]`, "[er-frankfurt, s2s-frankfurt]", "[s2s-frankfurt]"}), []string{"ER154 warning s2s-frankfurt"}},

		{"between two circuits", two, []string{"er-lon, er-ams, s2s-emea", "er-lon, s2s-emea, er-ams"}, []string{"ER953 error s2s-emea"}},
		{"a backup of services", one, with(microsoftToo, []string{"[er-saas.microsoft]", "[er-saas.microsoft, s2s-frankfurt]"}), []string{"ER133 error s2s-frankfurt"}},
		{"services over a VPN", one, with(microsoftToo, []string{"[er-saas.microsoft]", "[s2s-frankfurt]"}), []string{"ER133 error s2s-frankfurt"}},
		{"a VPN over Microsoft peering", one, with(microsoftToo, []string{"underlay: internet", "underlay: er-saas.microsoft"}), nil},
	})
}

func TestRulesOfEncryption(t *testing.T) {
	t.Parallel()
	text := example(t, "04-encrypted-over-private")
	with := func(parts ...[]string) []string {
		var out []string
		for _, p := range parts {
			out = append(out, p...)
		}
		return out
	}
	payroll := func(text string) []string {
		return []string{"[ipsec-zurich, er-zurich]}", "[ipsec-zurich, er-zurich]" + text + "}"}
	}
	const falls, others = "ER137 warning ipsec-zurich", "ER154 warning ipsec-zurich"
	alone := []string{"[ipsec-zurich, er-zurich]", "[ipsec-zurich]"}
	apart := []string{"zurich:  {prefixes: [10.20.0.0/16]}", "zurich:  {prefixes: [10.20.255.0/24]}"}
	nobody := []string{"  - {name: everything-else, onprem: [zurich], azure: [vault], prefer: [er-zurich]}\n", ""}
	each(t, (*facts).checkVPNDesign, []change{
		{"as it is", text, nil, []string{falls, others}},
		{"protect everything", text, with(nobody, alone), nil},
		{"the circuit behind, which carries nothing", text, nobody, nil},

		{"the same prefix on both", text, []string{"onprem: [zurich]", "onprem: [zurich, payroll]"}, []string{"ER135 error 10.20.30.0/24", "ER135 error 10.20.31.0/24", others}},
		{"the same prefix on both by another name", text, []string{"zurich:  {prefixes: [10.20.0.0/16]}", "zurich:  {prefixes: [10.20.30.0/24]}"}, []string{"ER135 error 10.20.30.0/24"}},
		{"a half on the circuit", text, with(apart, addNetwork("wide: {prefixes: [10.20.30.0/23]}"), addStatement("name: wide, onprem: [wide], azure: [vault], prefer: [er-zurich, er-b], technique: more-specifics"), []string{"vpns:\n", `  er-b:
    model: exchange
    bandwidth: 1Gbps
    private:
      vlan: 340
      primary:   {router: ce1, interface: xe-0/0/3, ipv4: 172.20.6.8/30}
      secondary: {router: ce1, interface: xe-0/0/4, ipv4: 172.20.6.12/30}
vpns:
`}), []string{"ER135 error 10.20.30.0/24", "ER135 error 10.20.31.0/24", others}},
		{"the VPN is wider", text, []string{"zurich:  {prefixes: [10.20.0.0/16]}", "zurich:  {prefixes: [10.20.30.128/25]}"}, []string{"ER136 error 10.20.30.0/24"}},

		{"encryption that must not be given up", text, alone, []string{"ER137 error ipsec-zurich", others}},
		{"apart", text, apart, []string{others}},
		{"apart, and must not be given up", text, with(apart, alone), []string{others}},
		{"a default route covers everything", text, with(apart, []string{"vlan: 330", "advertiseDefault: true\n      vlan: 330"}), []string{falls, others}},
		{"a cover towards another VNet of the circuit", text, with(apart, addNetwork("wide: {prefixes: [10.20.0.0/17]}"), addStatement("name: wide, onprem: [wide], azure: [spoke], prefer: [er-zurich]"), []string{"    vault:\n", "    spoke: {prefixes: [10.71.0.0/16]}\n    vault:\n"}), []string{falls, others}},

		{"the circuit preferred", text, payroll(", preference: {er-zurich: 250}"), []string{falls, others, "ER138 error 250"}},
		{"the VPN not preferred", text, payroll(", preference: {ipsec-zurich: 200}"), []string{falls, others, "ER138 error 200"}},
		{"the circuit preferred elsewhere", text, []string{"prefer: [er-zurich]}", "prefer: [er-zurich], preference: {er-zurich: 260}}"}, []string{falls, others, "ER138 error 260"}},
		{"one link preferred elsewhere", text, []string{"prefer: [er-zurich]}", "prefer: [er-zurich], preference: {er-zurich.primary: 260}}"}, []string{falls, others, "ER138 error 260"}},
		{"just above the circuit", text, payroll(", preference: {ipsec-zurich: 201}"), []string{falls, others}},

		{"others within the VPN's", text, []string{"zurich:  {prefixes: [10.20.0.0/16]}", "zurich:  {prefixes: [10.20.30.0/25]}"}, []string{"ER136 error 10.20.30.0/24"}},
		{"others to another VNet", text, with([]string{"onprem: [zurich], azure: [vault]", "onprem: [zurich], azure: [spoke]", "    vault:\n", "    spoke: {prefixes: [10.71.0.0/16]}\n    vault:\n"}, apart), nil},
		{"others on a router that does not hear this one", text, with(apart, []string{
			"circuits:", "  ce2: {platform: frr, asn: 65060, routerID: 10.20.255.2}\ncircuits:", "vpns:\n", `  er-b:
    model: exchange
    bandwidth: 1Gbps
    private:
      vlan: 340
      primary:   {router: ce2, interface: eth3, ipv4: 172.20.6.8/30}
      secondary: {router: ce2, interface: eth4, ipv4: 172.20.6.12/30}
vpns:
`, "prefer: [er-zurich]", "prefer: [er-b]"}), nil},
		{"IPv6 on an encrypted path", text, with(apart, []string{"10.20.31.0/24]", `"2001:db8:31::/48"]`}), []string{`ER144 error "2001:db8:31::/48"`, others}},
	})
}

// A router hears another one through any number of others, and through one
// outside of the intent.
func TestHearing(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		changes []string
		want    bool
	}{
		"a session":                     {nil, true},
		"no session":                    {[]string{", ibgp: [{router: r2}]", ""}, false},
		"through a third":               {[]string{"ibgp: [{router: r2}]", "ibgp: [{router: r3}]", "circuits:", "  r3: {platform: frr, asn: 65001, routerID: 10.9.0.3, ibgp: [{router: r2}]}\ncircuits:"}, true},
		"through a third of another AS": {[]string{"ibgp: [{router: r2}]", "ibgp: [{router: r3}]", "circuits:", "  r3: {platform: frr, asn: 65003, routerID: 10.9.0.3, ibgp: [{router: r2}]}\ncircuits:"}, false},
		"through one outside":           {[]string{"ibgp: [{router: r2}]", "ibgp: [{address: 10.9.0.9}]", "ipv4: 10.9.0.2/32}", "ipv4: 10.9.0.2/32}, ibgp: [{address: 10.9.0.8}]"}, true},
		"one end has a session outside": {[]string{"ibgp: [{router: r2}]", "ibgp: [{address: 10.9.0.9}]"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := gather(load(t, "site.yaml", []byte(strings.NewReplacer(tt.changes...).Replace(twoSites))), Env{Today: today})
			heard := f.hearing()
			if got := heard[f.routerByName["r1"]] == heard[f.routerByName["r2"]]; got != tt.want {
				t.Errorf("r1 hears r2: %t, want %t", got, tt.want)
			}
		})
	}
}
