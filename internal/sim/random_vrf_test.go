package sim_test

import (
	"fmt"
	"strings"
)

// writeUnder writes an intent whose tunnels ride on a circuit in a VRF of its
// own; the inside is in the global table.
func (d *draft) writeUnder() {
	two, backup := d.chance(2), d.chance(2)
	second := 1
	if two {
		second = 2
	}
	d.printf(`apiVersion: ercfg/v1
kind: Intent
metadata: {name: rnd}
onprem:
  networks:
    lan: {prefixes: [10.1.0.0/16]}
    inner: {prefixes: [10.1.30.0/24%s]}
    ends: {prefixes: [172.16.0.0/29]}
azure:
  vnets:
    hub: {prefixes: [10.100.0.0/16]}
    gateways:
      prefixes: [10.109.0.0/26]
      gatewaySubnet: 10.109.0.0/26
      vpnGateway: {sku: VpnGw2AZ, policy: custom, instances: [{name: a, private: 10.109.0.6, bgp: 169.254.21.2}, {name: b, private: 10.109.0.7, bgp: 169.254.21.6}]}
routers:
`, d.maybe(2, ", 10.20.0.0/16"))
	for i := range second {
		d.printf("  ce%d: {platform: frr, asn: 65010, routerID: 10.1.255.%d, loopback: {interface: lo, ipv4: 10.1.255.%d/32}, vrfs: {UNDER: {%s}}", i+1, i+1, i+1, d.under(i, two))
		if i > 0 {
			d.printf(", ibgp: [{router: ce1}, {router: ce1, family: vpn}]")
		}
		d.printf("}\n")
	}
	d.printf("circuits:\n  er-a: {model: exchange, location: London, bandwidth: 1Gbps, private: {vlan: 100, vrf: UNDER%s, primary: {router: ce1, interface: eth1, ipv4: 172.16.0.0/30}, secondary: {router: ce%d, interface: eth2, ipv4: 172.16.0.4/30}}}\n", d.maybe(3, ", bfd: false"), second)
	if backup {
		d.printf("  er-b: {model: exchange, location: Dublin, bandwidth: 1Gbps, private: {vlan: 101, primary: {router: ce1, interface: eth3, ipv4: 172.16.1.0/30}, secondary: {router: ce%d, interface: eth4, ipv4: 172.16.1.4/30}}}\n", second)
	}
	d.printf(`vpns:
  vpn-x:
    vnet: gateways
    underlay: er-a.private
    psk: env:PSK
    ike: {encryption: aes256, integrity: sha256, dhGroup: 14}
    esp: {encryption: gcmaes256, integrity: gcmaes256, pfsGroup: 14}
    tunnels:
      - {router: ce1, instance: a, interface: vti1, source: eth1.100, sourceAddress: 172.16.0.1, inside: 169.254.21.1/30}
      - {router: ce%d, instance: b, interface: vti2, source: eth2.100, sourceAddress: 172.16.0.5, inside: 169.254.21.5/30}
traffic:
  - {name: ends, onprem: [ends], azure: [gateways], prefer: [er-a]}
`, second)
	inner := []string{"vpn-x"}
	if backup {
		d.printf("  - {name: lan, onprem: [lan], azure: [hub], prefer: [er-b]%s}\n", d.maybe(2, ", links: primary-first"))
		if d.chance(2) {
			inner = append(inner, "er-b")
		}
	}
	d.printf("  - {name: inner, onprem: [inner], azure: [hub], prefer: [%s]}\n", strings.Join(inner, ", "))
}

// under is a VRF's distinguisher and targets, which one router
// does not need.
func (d *draft) under(router int, two bool) string {
	targets := `, import: ["64900:9"], export: ["64900:9"]`
	if !two {
		targets = d.maybe(2, targets)
	}
	return fmt.Sprintf(`rd: "10.1.255.%d:9"`, router+1) + targets
}

// writeTwoVRFs writes an intent of two VRFs on the same provider edge routers,
// with the same addresses in both.
func (d *draft) writeTwoVRFs() {
	routers := 1 + d.IntN(3)
	reflector, learned := d.chance(2), d.chance(2)
	d.printf(`apiVersion: ercfg/v1
kind: Intent
metadata: {name: rnd}
onprem:
  networks:
    prod: {prefixes: [10.1.0.0/16]}
    dev: {prefixes: [10.1.0.0/16, 10.2.0.0/16]}
azure:
  vnets:
    prod: {prefixes: [10.100.0.0/16]}
    dev: {prefixes: [10.100.0.0/16]}
routers:
`)
	for i := range routers {
		d.printf("  pe%d: {platform: junos, role: pe, asn: 64620, routerID: 10.9.255.%d, loopback: {interface: lo0, ipv4: 10.9.255.%d/32}, vrfs: {", i+1, routers-i, i+1)
		for j, name := range []string{"PROD", "DEV"} {
			ce := ""
			if i == 0 || d.chance(2) {
				ce = fmt.Sprintf(", neighbors: [{address: 10.99.%d.%d, asn: 65301%s}]", j, 4*i+2, d.maybe(2, ", prefixes: [10.1.0.0/16]"))
			}
			distinguisher := fmt.Sprintf("10.9.255.%d:%d", i+1, j)
			if d.chance(4) {
				distinguisher = fmt.Sprintf("64620:%d", j)
			}
			d.printf(`%s: {rd: "%s", import: ["64620:%d"], export: ["64620:%d"]%s}%s`, name, distinguisher, j, j, ce, []string{", ", ""}[j])
		}
		d.printf("}")
		if !learned {
			d.printf(", originate: anchor")
		}
		var peers []string
		for j := range i {
			if !reflector {
				peers = append(peers, fmt.Sprintf("{router: pe%d, family: vpn}", j+1))
			}
		}
		if reflector {
			peers = append(peers, "{address: 10.9.254.1, family: vpn}")
		}
		if len(peers) > 0 {
			d.printf(", ibgp: [%s]", strings.Join(peers, ", "))
		}
		d.printf("}\n")
	}
	d.printf("circuits:\n")
	for i, name := range []string{"er-a", "er-b", "er-c", "er-d"} {
		d.printf("  %s: {model: exchange, location: London, bandwidth: 1Gbps, private: {vlan: %d, vrf: %s%s, primary: {router: pe%d, interface: xe-0/0/1, ipv4: 172.16.%d.0/30}, secondary: {router: pe%d, interface: xe-0/0/2, ipv4: 172.16.%d.4/30}}}\n",
			name, 100+i, []string{"PROD", "DEV"}[i%2], d.maybe(4, ", links: primary-first"), 1+d.IntN(routers), i, 1+d.IntN(routers), i)
	}
	d.printf("traffic:\n  - {name: prod, onprem: [prod], azure: [prod], prefer: [er-a, er-c]}\n  - {name: dev, onprem: [dev], azure: [dev], prefer: [er-b, er-d]%s}\n", d.maybe(3, ", preference: {er-d: 200}"))
}
