package confdiff

import (
	"cmp"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// frrOpener returns a line that opens a context as the box prints it.
func frrOpener(kind frrKind, text string) string {
	if kind != frrFamily && kind != frrBGP && kind != frrPeer {
		return text
	}
	words := strings.Fields(text)
	switch kind {
	case frrFamily:
		if len(words) == 2 && words[1] != "l2vpn" {
			words = append(words, "unicast")
		}
	case frrBGP:
		if len(words) > 2 {
			words[2] = frrASN(words[2])
		}
		if i := slices.Index(words, "as-notation"); i > 0 {
			words = words[:i]
		}
	case frrPeer:
		if n := len(words); n > 2 && words[n-2] == "vrf" && words[n-1] == "default" {
			words = words[:n-2]
		}
		frrAddresses(words)
	}
	return strings.Join(words, " ")
}

// frrSpell returns a command of a context as the box prints it. Source of each
// rule: what FRR 8.4.4 prints after it has read the other spelling.
func frrSpell(kind frrKind, words []string) []string {
	free := frrFreeText(words)
	frrAddresses(words[:free])
	if kind == frrTop && len(words) > 1 && words[0] == "ip" && (words[1] == "as-path" || strings.HasSuffix(words[1], "community-list")) {
		words[0] = "bgp" // before FRR 7.3
	}
	if free == len(words) {
		switch kind {
		case frrTop, frrVRF:
			words = frrSpellTop(words)
		case frrBGP:
			words = frrSpellNeighbor(words)
		case frrFamily:
			words = frrSpellFamily(words)
		case frrRouteMap:
			words = frrSpellRouteMap(words)
		}
	}
	return words
}

// frrJoin is words with a blank between them: text itself, where it is just
// that.
func frrJoin(text string, words []string) string {
	at := 0
	for i, word := range words {
		if i > 0 {
			if at >= len(text) || text[at] != ' ' {
				return strings.Join(words, " ")
			}
			at++
		}
		if !strings.HasPrefix(text[at:], word) {
			return strings.Join(words, " ")
		}
		at += len(word)
	}
	if at != len(text) {
		return strings.Join(words, " ")
	}
	return text
}

// frrFreeText is the index of the first word that is a person's own text or a
// pattern.
func frrFreeText(words []string) int {
	for i, word := range words[:min(len(words), 5)] {
		switch word {
		case "description", "remark", "message", "motd":
			return i + 1
		case "access-list":
			if i > 0 && words[i-1] == "as-path" {
				return i + 1
			}
		case "hostname", "domainname", "log":
			if i == 0 {
				return 1
			}
		}
	}
	return len(words)
}

// frrAddresses writes IPv6 addresses and prefixes in words as RFC 5952 does. An
// IPv4 address has one spelling.
func frrAddresses(words []string) {
	for i, word := range words {
		colon := strings.IndexByte(word, ':')
		if colon < 0 || strings.IndexByte(word[colon+1:], ':') < 0 {
			continue
		}
		address, bits, prefix := strings.Cut(word, "/")
		if a, err := netip.ParseAddr(address); err == nil {
			words[i] = a.String()
			if prefix {
				words[i] += "/" + bits
			}
		}
	}
}

// frrSpellTop spells static routes and lists.
func frrSpellTop(words []string) []string {
	if len(words) < 3 {
		return words
	}
	switch {
	case words[0] == "access-list", words[0] == "ipv6" && words[1] == "access-list":
		frrMaskAll(words)
	case words[1] == "route" && (words[0] == "ip" || words[0] == "ipv6"):
		return frrSpellRoute(words)
	case words[1] == "prefix-list":
		frrMaskAll(words)
		if n := len(words); n > 6 && words[n-4] == "le" && words[n-2] == "ge" {
			words[n-4], words[n-3], words[n-2], words[n-1] = "ge", words[n-1], "le", words[n-3]
		}
	}
	return words
}

// frrSpellRoute spells a static route: prefix, not mask; no distance of 1.
func frrSpellRoute(words []string) []string {
	if p, ok := frrPrefixOf(words[2], words[min(3, len(words)-1)]); ok && len(words) > 4 {
		words = slices.Delete(words, 3, 4)
		words[2] = p
	}
	frrMaskAll(words[:3])
	for i := 3; i < len(words); i++ {
		if strings.EqualFold(words[i], "null0") {
			words[i] = "Null0"
		}
	}
	options := []string{"tag", "table", "label", "color", "vrf", "nexthop-vrf", "segments"}
	for i := 4; i < len(words); i++ {
		if words[i] == "1" && !slices.Contains(options, words[i-1]) {
			return slices.Delete(words, i, i+1)
		}
	}
	return words
}

// frrRouteVRF returns a static route that names its VRF at the end without the
// name, and the name: the box prints it in the VRF's context.
func frrRouteVRF(words []string) (rest []string, vrf string) {
	if len(words) < 6 || words[1] != "route" || words[0] != "ip" && words[0] != "ipv6" {
		return words, ""
	}
	i := slices.Index(words, "vrf")
	if i < 0 || i+1 >= len(words) {
		return words, ""
	}
	return slices.Delete(slices.Clone(words), i, i+2), words[i+1]
}

// frrMaskAll takes the host bits off every prefix in words.
func frrMaskAll(words []string) {
	for i, word := range words {
		if strings.IndexByte(word, '/') < 0 {
			continue
		}
		if p, err := netip.ParsePrefix(word); err == nil {
			words[i] = p.Masked().String()
		}
	}
}

// frrPrefixOf is the prefix of an IPv4 address and its mask.
func frrPrefixOf(address, mask string) (string, bool) {
	a, err := netip.ParseAddr(address)
	m, err2 := netip.ParseAddr(mask)
	if err != nil || err2 != nil || !a.Is4() || !m.Is4() {
		return "", false
	}
	bits, done := 0, false
	for _, b := range m.AsSlice() {
		for bit := byte(0x80); bit > 0; bit >>= 1 {
			if b&bit == 0 {
				done = true
			} else if done {
				return "", false // a wildcard or a hole
			} else {
				bits++
			}
		}
	}
	return netip.PrefixFrom(a, bits).Masked().String(), true
}

// frrClass is the prefix of an IPv4 network by its class, which FRR takes where
// a network has no mask.
func frrClass(address string) (string, bool) {
	a, err := netip.ParseAddr(address)
	if err != nil || !a.Is4() {
		return "", false
	}
	bits := 24
	switch first := a.As4()[0]; {
	case first < 128:
		bits = 8
	case first < 192:
		bits = 16
	}
	return netip.PrefixFrom(a, bits).Masked().String(), true
}

// frrSpellNeighbor spells what a neighbor has outside of address families.
func frrSpellNeighbor(words []string) []string {
	if len(words) < 3 || words[0] != "neighbor" {
		return words
	}
	switch words[2] {
	case "remote-as", "local-as":
		if len(words) > 3 {
			words[3] = frrASN(words[3])
		}
	case "ebgp-multihop":
		if len(words) == 3 {
			return append(words, "255")
		}
	case "bfd":
		if len(words) == 6 && words[3][0] >= '0' && words[3][0] <= '9' {
			return words[:3] // the values are those of the BFD peer
		}
	case "timers":
		for i := 3; i < len(words); i++ {
			words[i] = frrNumber(words[i])
		}
	}
	return words
}

// frrBare is the line that the box prints in front of an option of a neighbor's
// BFD, whether the text has it or not; empty for any other line.
func frrBare(kind frrKind, text string) string {
	if kind != frrBGP || !strings.HasPrefix(text, "neighbor ") {
		return ""
	}
	i := strings.Index(text, " bfd ")
	if i < 0 || strings.Count(text[:i], " ") != 1 {
		return ""
	}
	return text[:i+len(" bfd")]
}

// frrSpellFamily spells a command of an address family.
func frrSpellFamily(words []string) []string {
	switch words[0] {
	case "network", "aggregate-address":
		return frrSpellNetwork(words)
	case "neighbor":
		return frrSpellFamilyNeighbor(words)
	}
	return words
}

// frrSpellNetwork writes the prefix of a network without a mask in dots.
func frrSpellNetwork(words []string) []string {
	switch n := len(words); {
	case n > 3 && words[2] == "mask":
		if p, ok := frrPrefixOf(words[1], words[3]); ok {
			words[1] = p
			return slices.Delete(words, 2, 4)
		}
	case n > 2 && words[0] == "aggregate-address":
		if p, ok := frrPrefixOf(words[1], words[2]); ok {
			words[1] = p
			return slices.Delete(words, 2, 3)
		}
	case n > 1 && words[0] == "network":
		if p, ok := frrClass(words[1]); ok {
			words[1] = p
		}
	}
	frrMaskAll(words[:min(len(words), 2)])
	return words
}

// frrSpellFamilyNeighbor spells what a neighbor has in an address family.
func frrSpellFamilyNeighbor(words []string) []string {
	if len(words) < 4 {
		return words
	}
	switch words[2] {
	case "next-hop-self":
		if words[3] == "all" {
			words[3] = "force"
		}
	case "allowas-in":
		if words[3] == "3" {
			return words[:3]
		}
	case "maximum-prefix":
		if len(words) > 4 && words[4] == "75" { // per cent, when it warns
			return slices.Delete(words, 4, 5)
		}
	}
	return words
}

// frrSpellRouteMap spells a command of a route map.
func frrSpellRouteMap(words []string) []string {
	switch {
	case words[0] == "continue" && len(words) == 2:
		return []string{"on-match", "goto", words[1]}
	case len(words) > 2 && words[0] == "set" && words[1] == "community":
		frrSortCommunities(words[2:])
	case len(words) > 3 && words[0] == "set" && words[1] == "as-path" && words[2] == "prepend":
		for i := 3; i < len(words); i++ {
			words[i] = frrASN(words[i])
		}
	}
	return words
}

// frrSortCommunities sorts communities as the box does, by number. Those with a
// name have the highest; additive comes last.
func frrSortCommunities(words []string) {
	rank := func(word string) uint64 {
		high, low, pair := strings.Cut(word, ":")
		h, err := strconv.ParseUint(high, 10, 16)
		l, err2 := strconv.ParseUint(low, 10, 16)
		switch {
		case word == "additive":
			return 2 << 32
		case !pair || err != nil || err2 != nil:
			return 1 << 32
		}
		return h<<16 | l
	}
	slices.SortStableFunc(words, func(a, b string) int { return cmp.Compare(rank(a), rank(b)) })
}

// frrASN writes an AS number in dotted notation plainly: 1.10 is 65546. FRR
// takes it from release 9 on.
func frrASN(word string) string {
	high, low, dotted := strings.Cut(word, ".")
	h, err := strconv.ParseUint(high, 10, 16)
	l, err2 := strconv.ParseUint(low, 10, 16)
	if !dotted || err != nil || err2 != nil {
		return word
	}
	return strconv.FormatUint(h<<16|l, 10)
}

// frrNumber writes a number without zeros in front.
func frrNumber(word string) string {
	if n, err := strconv.ParseUint(word, 10, 32); err == nil {
		return strconv.FormatUint(n, 10)
	}
	return word
}
