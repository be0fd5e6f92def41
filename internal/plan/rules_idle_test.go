package plan

import (
	"os"
	"testing"
)

func TestRulesOfIdleKeys(t *testing.T) {
	t.Parallel()
	peering := func(keys string) []string { return []string{"vlan: 100\n", "vlan: 100\n      " + keys + "\n"} }
	vpn := func(keys string) []string { return []string{"psk: env:PSK", "psk: env:PSK, " + keys} }
	srx := []string{"platform: junos", "platform: junos\n    model: srx"}
	statement := func(keys string) []string { return []string{"name: all,", "name: all, " + keys + ","} }
	alone := []string{"prefer: [er-a, s2s]", "prefer: [s2s]"}
	each(t, (*facts).checkIdle, []change{
		{"nothing on private peering", twoPrivate, nil, nil},
		{"nothing on Microsoft peering", twoMicrosoft, nil, nil},
		{"nothing in VRFs", twoVRFs, nil, nil},

		{"a route filter on private peering", twoPrivate, peering(`routeFilter: ["12076:51002"]`), []string{`ER976 warning "12076:51002"`}},
		{"registered prefixes on private peering", twoPrivate, peering("advertisedPublicPrefixes: [192.0.2.0/24]"), []string{"ER976 warning 192.0.2.0/24"}},
		{"a customer AS on private peering", twoPrivate, peering("customerASN: 65010"), []string{"ER976 warning 65010"}},
		{"a customer AS on Microsoft peering", twoMicrosoft, peering("customerASN: 199524"), nil},
		{"prefixes on Microsoft peering", twoMicrosoft, peering("matchBy: prefixes"), []string{"ER976 warning prefixes"}},
		{"communities on Microsoft peering", twoMicrosoft, peering("matchBy: community"), nil},
		{"prefixes on private peering", twoPrivate, peering("matchBy: prefixes"), nil},

		{"a VLAN that both links replace", twoPrivate, []string{"router: ce1, interface: eth1,", "router: ce1, interface: eth1, vlan: 101,", "router: ce2, interface: eth1,", "router: ce2, interface: eth1, vlan: 101,"}, []string{"ER976 warning vlan"}},
		{"a VLAN that one link replaces", twoPrivate, []string{"router: ce1, interface: eth1,", "router: ce1, interface: eth1, vlan: 101,"}, nil},

		{"a port of a provider's circuit", twoPrivate, []string{"bandwidth: 1Gbps\n", "bandwidth: 1Gbps\n    port: pair\n"}, []string{"ER976 warning pair ×2"}},

		{"a zone on FRR", twoPrivate, []string{"interface: eth1,", "interface: eth1, zone: azure,"}, []string{"ER976 warning azure ×2"}},
		{"a zone on an MX", twoVRFs, []string{"interface: xe-0/0/1,", "interface: xe-0/0/1, zone: azure,"}, []string{"ER976 warning azure ×2"}},
		{"a zone on an SRX", twoVRFs, append([]string{"interface: xe-0/0/1,", "interface: xe-0/0/1, zone: azure,"}, srx...), nil},
		{"a zone of a loopback", twoVRFs, []string{"    routerID: 10.1.255.2\n", "    routerID: 10.1.255.2\n    loopback: {interface: lo0, ipv4: 10.1.255.2/32, zone: trust}\n"}, []string{"ER976 warning trust"}},
		{"a zone of a tunnel", twoVRFs, []string{"interface: Tunnel1", "interface: Tunnel1, zone: vpn"}, []string{"ER976 warning vpn"}},

		{"a next hop over the Internet", twoVRFs, []string{"interface: Tunnel1", "interface: Tunnel1, nextHop: 198.51.100.1"}, nil},
		{"a next hop over a circuit", twoVRFs, []string{"interface: Tunnel1", "interface: Tunnel1, nextHop: 198.51.100.1", "underlay: internet", "underlay: er-a.private"}, []string{"ER976 warning 198.51.100.1"}},
		{"a fallback to the Internet from it", twoVRFs, vpn("internetFallback: false"), []string{"ER976 warning false"}},
		{"a fallback to the Internet from a private address", twoVRFs, append(vpn("internetFallback: true"), "underlay: internet", "underlay: er-a.private"), []string{"ER976 warning true"}},

		{"an exporter without telemetry", twoPrivate, []string{"routerID: 10.1.255.2", "routerID: 10.1.255.2, exporter: 10.1.255.2"}, []string{"ER976 warning 10.1.255.2"}},
		{"an exporter with telemetry", twoPrivate, []string{"routerID: 10.1.255.2", "routerID: 10.1.255.2, exporter: 10.1.255.2", "traffic:", "telemetry: {protocol: ipfix, collector: {host: 10.1.0.9, port: 2055}}\ntraffic:"}, nil},
		{"an address beside a router", twoPrivate, []string{"[{router: ce2}]", "[{router: ce2, address: 10.1.255.2}]"}, []string{"ER976 warning 10.1.255.2"}},

		{"an order of links", twoPrivate, statement("links: primary-first"), nil},
		{"an order of links without a circuit", twoVRFs, append(alone, "name: prod,", "name: prod, links: primary-first,"), []string{"ER976 warning primary-first"}},
		{"halves for two circuits", twoPrivate, statement("technique: more-specifics"), nil},
		{"halves for one circuit", twoPrivate, append(statement("technique: more-specifics"), "prefer: [er-a, er-b]", "prefer: [er-a]"), []string{"ER976 warning more-specifics"}},
	})
}

// Every example and every golden's intent means what it says.
func TestExamplesAreNotIdle(t *testing.T) {
	t.Parallel()
	for _, name := range intentFiles(t) {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		f := gather(load(t, name, text), Env{Today: today})
		if f.checkIdle(); len(f.diags) > 0 {
			t.Errorf("%s: %v", name, f.diags)
		}
	}
}
