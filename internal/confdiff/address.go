package confdiff

import (
	"math/bits"
	"net/netip"
	"slices"
	"strings"
)

// addressOf is the address that a statement of an interface sets, with its
// length.
func addressOf(platform string, s Statement) (netip.Prefix, bool) {
	words := strings.Fields(s.Text(platform))
	i := slices.Index(words, "address")
	if i < 0 || i+1 == len(words) {
		return netip.Prefix{}, false
	}
	if p, err := netip.ParsePrefix(words[i+1]); err == nil {
		return p, true
	}
	a, err := netip.ParseAddr(words[i+1])
	if err != nil || i+2 == len(words) {
		return netip.Prefix{}, false
	}
	return masked(a, words[i+2])
}

// prefixOf is the prefix of a static route or a network statement.
func prefixOf(o Object) (netip.Prefix, bool) {
	words := strings.Fields(strings.Replace(o.Name, " mask ", " ", 1))
	for i, w := range words {
		if p, err := netip.ParsePrefix(w); err == nil {
			return p, true
		}
		if a, err := netip.ParseAddr(w); err == nil && i+1 < len(words) {
			return masked(a, words[i+1])
		}
	}
	return netip.Prefix{}, false
}

// Route is the VRF (empty: the global table) and the prefix of a static route. Of another
// object the prefix is not valid.
func (o Object) Route() (vrf string, prefix netip.Prefix) {
	if o.Kind != StaticRoute {
		return "", netip.Prefix{}
	}
	prefix, _ = prefixOf(o)
	first, _, _ := strings.Cut(o.Name, " ")
	_, notPrefix := netip.ParsePrefix(first)
	if _, notAddr := netip.ParseAddr(first); notPrefix != nil && notAddr != nil {
		vrf = first
	}
	return vrf, prefix
}

// masked is an address with a mask in dotted form.
func masked(a netip.Addr, mask string) (netip.Prefix, bool) {
	m, err := netip.ParseAddr(mask)
	if err != nil || !m.Is4() || !a.Is4() {
		return netip.Prefix{}, false
	}
	length := 0
	for _, b := range m.As4() {
		length += bits.OnesCount8(b)
	}
	return netip.PrefixFrom(a, length), true
}
