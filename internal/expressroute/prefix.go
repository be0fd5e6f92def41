package expressroute

import "net/netip"

// IsAzureForbidden reports whether p overlaps what Azure refuses as address
// space of a VNet: 224.0.0.0/4, 255.255.255.255/32, 127.0.0.0/8,
// 169.254.0.0/16 and 168.63.129.16/32. 100.64.0.0/10 is allowed, and no IPv6
// prefix is listed. A link subnet in 169.254.0.0/16 works with some providers
// (IsLinkLocal). Source: virtual-network/virtual-networks-faq.md.
func IsAzureForbidden(p netip.Prefix) bool {
	return overlapsAny(p, v4(224, 0, 0, 0, 4), v4(255, 255, 255, 255, 32), v4(127, 0, 0, 0, 8), v4(169, 254, 0, 0, 16), v4(168, 63, 129, 16, 32))
}

// IsDocumentation reports whether p lies in space for examples, which never
// passes Microsoft's check of ownership: 192.0.2.0/24, 198.51.100.0/24,
// 203.0.113.0/24 (RFC 5737), 2001:db8::/32 (RFC 3849), 3fff::/20 (RFC 9637).
func IsDocumentation(p netip.Prefix) bool {
	for _, space := range []netip.Prefix{
		v4(192, 0, 2, 0, 24), v4(198, 51, 100, 0, 24), v4(203, 0, 113, 0, 24),
		v6(0x20, 0x01, 0x0d, 0xb8, 32), v6(0x3f, 0xff, 0, 0, 20),
	} {
		if p.Bits() >= space.Bits() && space.Contains(p.Addr()) {
			return true
		}
	}
	return false
}

// IsPublicPeeringForbidden reports whether p cannot be public space that a
// customer owns, as Microsoft peering wants it for links and for what is
// advertised. IPv4: p overlaps RFC 1918, 100.64.0.0/10 or another block of the
// special-purpose registry (this network, loopback, link-local, IETF protocol
// assignments, benchmarking, multicast, 240.0.0.0/4). IPv6: p is not wholly in
// 2000::/3, all that IANA has opened for global unicast (RFC 4291 §2.4), so
// ULA, link-local and multicast are out. Documentation space is not forbidden
// (IsDocumentation). A default route overlaps everything and is forbidden.
// Source: expressroute-routing.md; RFC 6890.
func IsPublicPeeringForbidden(p netip.Prefix) bool {
	if p.Addr().Is6() {
		global := v6(0x20, 0, 0, 0, 3)
		return p.Bits() < global.Bits() || !global.Contains(p.Addr())
	}
	return overlapsAny(p,
		v4(10, 0, 0, 0, 8), v4(172, 16, 0, 0, 12), v4(192, 168, 0, 0, 16), v4(100, 64, 0, 0, 10),
		v4(0, 0, 0, 0, 8), v4(127, 0, 0, 0, 8), v4(169, 254, 0, 0, 16), v4(192, 0, 0, 0, 24),
		v4(198, 18, 0, 0, 15), v4(224, 0, 0, 0, 4), v4(240, 0, 0, 0, 4))
}

// IsUnusableLink reports whether p overlaps space in which no link can be:
// 0.0.0.0/8, 127.0.0.0/8, 224.0.0.0/3 and Azure's own 168.63.129.16; of IPv6
// the unspecified and the loopback address, link-local (whose subnets are /64,
// RFC 4291 §2.5.6) and multicast. Source: virtual-network/virtual-networks-faq.md.
func IsUnusableLink(p netip.Prefix) bool {
	return overlapsAny(p,
		v4(0, 0, 0, 0, 8), v4(127, 0, 0, 0, 8), v4(224, 0, 0, 0, 3), v4(168, 63, 129, 16, 32),
		v6(0, 0, 0, 0, 127), v6(0xfe, 0x80, 0, 0, 10), v6(0xff, 0, 0, 0, 8))
}

// IsLinkLocal reports whether p overlaps 169.254.0.0/16. Microsoft does not
// forbid it for links of a private peering, and some exchange providers use it.
func IsLinkLocal(p netip.Prefix) bool { return overlapsAny(p, v4(169, 254, 0, 0, 16)) }

// IsUnroutable reports whether p lies in space that no network routes, so that
// it can be nobody's on-premises prefix: 0.0.0.0/8, 127.0.0.0/8,
// 169.254.0.0/16, 224.0.0.0/4, fe80::/10, ff00::/8. What contains such space,
// as the default route does, is routable. Source: RFC 6890; RFC 4291 §2.4.
func IsUnroutable(p netip.Prefix) bool {
	for _, space := range []netip.Prefix{
		v4(0, 0, 0, 0, 8), v4(127, 0, 0, 0, 8), v4(169, 254, 0, 0, 16), v4(224, 0, 0, 0, 4),
		v6(0xfe, 0x80, 0, 0, 10), v6(0xff, 0, 0, 0, 8),
	} {
		if p.Bits() >= space.Bits() && space.Contains(p.Addr()) {
			return true
		}
	}
	return false
}

func overlapsAny(p netip.Prefix, spaces ...netip.Prefix) bool {
	for _, s := range spaces {
		if p.Overlaps(s) {
			return true
		}
	}
	return false
}

func v4(a, b, c, d byte, bits int) netip.Prefix {
	return netip.PrefixFrom(netip.AddrFrom4([4]byte{a, b, c, d}), bits)
}

// v6 takes the first four bytes; no block above needs more.
func v6(a, b, c, d byte, bits int) netip.Prefix {
	return netip.PrefixFrom(netip.AddrFrom16([16]byte{a, b, c, d}), bits)
}
