package expressroute

import (
	"fmt"
	"net/netip"
)

// SplitLinkBlock halves a peering's block: a /29 into two /30, a /125 into two
// /126. The low half is the primary link's. Any other length, host bits, and
// an IPv4 address in IPv6 form are errors that name the block. Source:
// expressroute-routing.md.
func SplitLinkBlock(block netip.Prefix) (primary, secondary netip.Prefix, err error) {
	if err := checkLink(block, 29, 125); err != nil {
		return netip.Prefix{}, netip.Prefix{}, err
	}
	bits := block.Bits() + 1
	return netip.PrefixFrom(block.Addr(), bits), netip.PrefixFrom(offset(block.Addr(), 4), bits), nil
}

// LinkAddresses returns the two addresses of a link: the customer holds the
// first usable one of its /30 or /126, Microsoft the second. Any other length,
// host bits, and an IPv4 address in IPv6 form are errors that name the subnet.
// Source: expressroute-routing.md.
func LinkAddresses(link netip.Prefix) (ours, microsofts netip.Addr, err error) {
	if err := checkLink(link, 30, 126); err != nil {
		return netip.Addr{}, netip.Addr{}, err
	}
	return offset(link.Addr(), 1), offset(link.Addr(), 2), nil
}

// checkLink refuses what has not the length of its family or has host bits.
func checkLink(p netip.Prefix, bits4, bits6 int) error {
	want := bits6
	if p.Addr().Is4() {
		want = bits4
	}
	switch {
	case p.Addr().Is4In6():
		return fmt.Errorf("%s is an IPv4 prefix in IPv6 form", p)
	case p.Bits() != want:
		return fmt.Errorf("%s is no /%d", p, want)
	case p != p.Masked():
		return fmt.Errorf("%s has host bits: the subnet is %s", p, p.Masked())
	}
	return nil
}

// offset adds n to the last byte, which checkLink leaves room for.
func offset(a netip.Addr, n byte) netip.Addr {
	b := a.AsSlice()
	b[len(b)-1] += n
	out, _ := netip.AddrFromSlice(b)
	return out
}
