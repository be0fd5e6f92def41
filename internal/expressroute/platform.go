package expressroute

import "net/netip"

// IsPlatformAddress reports whether p overlaps 168.63.129.16/32, by which
// every virtual machine reaches Azure's own DNS, DHCP and health probes. A
// route to it from on-premises would take them away. Source:
// virtual-network/virtual-networks-faq.md.
func IsPlatformAddress(p netip.Prefix) bool { return overlapsAny(p, v4(168, 63, 129, 16, 32)) }
