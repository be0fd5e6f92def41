package emulator

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// An iosxePolicy is the policies of one session in a configuration that does not
// change any more.
type iosxePolicy struct {
	root    *iosxeBlock
	in, out string // route maps; empty: none
}

func newIOSXEPolicy(root *iosxeBlock, vrf string, addr netip.Addr) *iosxePolicy {
	p := &iosxePolicy{root: root}
	family := "address-family ipv6"
	if addr.Is4() {
		family = "address-family ipv4"
	}
	if vrf != "" {
		family += " vrf " + vrf
	}
	for _, bgp := range root.begins("router bgp") {
		f := bgp.find(family)
		if f == nil {
			continue
		}
		for _, b := range f.begins("neighbor " + iosxeAddr(addr) + " route-map") {
			words := iosxeFields(b.line)
			if words[4] == "in" {
				p.in = words[3]
			} else {
				p.out = words[3]
			}
		}
	}
	return p
}

// accepts judges a route that comes. Without a policy all are taken, at the
// default local-preference (Cisco, BGP Command Reference, bgp default
// local-preference).
func (p *iosxePolicy) accepts(o Offer) (uint32, bool) {
	const usual = 100
	if p.in == "" {
		return usual, true
	}
	entry := p.matching(p.in, o)
	if entry == nil {
		return 0, false
	}
	for _, b := range entry.begins("set local-preference") {
		n, _ := strconv.ParseUint(strings.TrimPrefix(b.line, "set local-preference "), 10, 32)
		return uint32(n), true
	}
	return usual, true
}

func (p *iosxePolicy) sends(o Offer) bool { return p.out == "" || p.matching(p.out, o) != nil }

// matching is the entry of a route map that permits a route; nil: one denies it,
// or none matches, or there is no such route map (Cisco, Protocol-Independent
// Command Reference, route-map; that a route map which is not there denies is not
// documented).
func (p *iosxePolicy) matching(name string, o Offer) *iosxeBlock {
	for _, e := range p.root.begins("route-map " + name) { // in the order of their numbers
		if p.matches(e, o) {
			if iosxeFields(e.line)[2] == "permit" {
				return e
			}
			return nil
		}
	}
	return nil
}

// matches reports whether a route meets every kind of match of an entry; of one
// kind any will do.
func (p *iosxePolicy) matches(entry *iosxeBlock, o Offer) bool {
	kinds := map[string]bool{}
	for _, b := range entry.begins("match") {
		words := strings.Fields(b.line)
		if len(words) < 3 {
			continue
		}
		kind, names, hit := words[1], words[2:], false
		switch kind {
		case "ip", "ipv6":
			names = words[min(4, len(words)):]
			hit = (kind == "ip") == o.Prefix.Addr().Is4() && slices.ContainsFunc(names, func(n string) bool { return p.listed(kind, n, o.Prefix) })
		case "community":
			hit = slices.ContainsFunc(names, func(n string) bool { return p.marked(n, o.Communities) })
		}
		kinds[kind] = kinds[kind] || hit
	}
	for _, hit := range kinds {
		if !hit {
			return false
		}
	}
	return true
}

// listed asks a prefix list. One that is not there permits all (push.md: lore, not
// measured).
func (p *iosxePolicy) listed(kind, name string, q netip.Prefix) bool {
	entries := p.root.begins(kind + " prefix-list " + name)
	for _, e := range entries { // in the order of their numbers
		words := strings.Fields(e.line)
		if len(words) > 6 && iosxeCovers(words[6:], q) {
			return words[5] == "permit"
		}
	}
	return len(entries) == 0
}

// iosxeCovers reports whether a prefix is the one of an entry, or a part of it
// within the lengths that follow (Cisco, BGP Command Reference, ip prefix-list).
func iosxeCovers(words []string, q netip.Prefix) bool {
	p, err := netip.ParsePrefix(words[0])
	if err != nil || !p.Contains(q.Addr()) || q.Bits() < p.Bits() {
		return false
	}
	least, most := p.Bits(), p.Bits()
	for i := 1; i+1 < len(words); i += 2 {
		n, _ := strconv.Atoi(words[i+1])
		switch words[i] {
		case "ge":
			least, most = n, q.Addr().BitLen()
		case "le":
			most = n
		}
	}
	return q.Bits() >= least && q.Bits() <= most
}

// marked asks a community list: any entry of it whose communities the route has.
func (p *iosxePolicy) marked(name string, have []string) bool {
	for _, e := range p.root.begins("ip community-list standard " + name) {
		words := strings.Fields(e.line)
		if len(words) > 5 && !slices.ContainsFunc(words[5:], func(c string) bool { return !slices.Contains(have, c) }) {
			return words[4] == "permit"
		}
	}
	return false
}
