// Package fleet writes large intents for tests and benchmarks. It is for tests
// only.
package fleet

import (
	"fmt"
	"net/netip"
	"strings"
)

// Intent writes an intent of n circuits with two routers each, three vendors in
// turn, both families, BFD and iBGP, every circuit with a site and a VNet of
// its own. It holds 8,192 circuits at most: the addresses of their links come
// from 172.16.0.0/15.
func Intent(n int) []byte {
	var b strings.Builder
	b.WriteString("apiVersion: ercfg/v1\nkind: Intent\nmetadata: {name: fleet}\nonprem:\n  networks:\n")
	for i := range n {
		fmt.Fprintf(&b, "    site-%d: {prefixes: [10.%d.%d.0/24, %q]}\n", i, i>>8, i&255, ipv6("2001:db8:%x::/48", i+1))
	}
	b.WriteString("azure:\n  vnets:\n")
	for i := range n {
		fmt.Fprintf(&b, "    vnet-%d: {prefixes: [10.%d.%d.0/24, %q], region: westeurope}\n", i, 64+i>>8, i&255, ipv6("2001:db8:a000:%x::/64", i+1))
	}
	b.WriteString("routers:\n")
	for i := range 2 * n {
		p := platforms[i%len(platforms)]
		fmt.Fprintf(&b, "  ce%d:\n    platform: %s\n    version: %q\n    asn: %d\n    routerID: 10.128.%d.%d\n", i, p.name, p.version, 4200000000+i/2, i>>8&255, i&255)
		fmt.Fprintf(&b, "    loopback: {interface: %s, ipv4: 10.128.%d.%d/32, ipv6: %q}\n", p.loopback, i>>8&255, i&255, ipv6("2001:db8:b000::%x/128", i+1))
		if i%2 == 0 {
			fmt.Fprintf(&b, "    ibgp: [{router: ce%d}]\n", i+1)
		}
	}
	b.WriteString("circuits:\n")
	for i := range n {
		fmt.Fprintf(&b, "  er-%d:\n    model: exchange\n    provider: Equinix\n    location: Amsterdam\n    sku: premium\n    bandwidth: 1Gbps\n    private:\n      vlan: %d\n", i, 100+i%3900)
		for side, name := range []string{"primary", "secondary"} {
			r := 2*i + side
			fmt.Fprintf(&b, "      %s: {router: ce%d, interface: %s, ipv4: 172.%d.%d.%d/30, ipv6: %q}\n", name, r, platforms[r%len(platforms)].port,
				16+r>>14, r>>6&255, r<<2&255, ipv6("2001:db8:c000:%x::%x/126", i, 4*side))
		}
		b.WriteString("      md5: env:ER_MD5\n      timers: {keepalive: 20s, hold: 60s}\n      bfd: {interval: 300ms, multiplier: 3}\n")
	}
	b.WriteString("traffic:\n")
	for i := range n {
		fmt.Fprintf(&b, "  - {name: site-%d, onprem: [site-%d], azure: [vnet-%d], prefer: [er-%d]}\n", i, i, i, i)
	}
	return []byte(b.String())
}

var platforms = []struct{ name, version, loopback, port string }{
	{"ios-xe", "17.12", "Loopback0", "TenGigabitEthernet0/0/1"},
	{"junos", "23.4", "lo0", "xe-0/0/1"},
	{"frr", "8.4", "lo", "eth1"},
}

// ipv6 writes a prefix in its canonical form, which an intent wants.
func ipv6(format string, args ...any) string {
	return netip.MustParsePrefix(fmt.Sprintf(format, args...)).String()
}
