package emulator

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// A junosRoute is a route on its way through a policy.
type junosRoute struct {
	prefix      netip.Prefix
	protocol    string // bgp, static, direct
	communities []string
	preference  uint32
	path        []uint32
}

// A junosVerdict is what a policy says of a route.
type junosVerdict uint8

const (
	junosUndecided junosVerdict = iota
	junosAccepted
	junosRejected
)

// junosJudge asks policies one after the other, each term by term in its order; the
// first accept or reject holds (Routing Policies User Guide, "How a Routing Policy Is
// Evaluated"). The caller knows what the protocol does with what none has decided.
func junosJudge(config *junosNode, policies []string, r *junosRoute) junosVerdict {
	for _, name := range policies {
		policy := config.find("policy-options", "policy-statement", name)
		if policy == nil {
			return junosRejected
		}
		terms := policy.orNew("term").kids
		last := &junosNode{} // what stands beside the terms comes behind them
		for _, k := range policy.kids {
			if k.word == "from" || k.word == "then" {
				last.kids = append(last.kids, k)
			}
		}
		for _, term := range append(slices.Clone(terms), last) {
			if !r.meets(config, term.orNew("from")) {
				continue
			}
			then := term.orNew("then")
			if v := r.change(config, then); v != junosUndecided {
				return v
			}
			if then.value("next") == "policy" {
				break
			}
		}
	}
	return junosUndecided
}

// meets reports whether a route meets all conditions of a from; of one condition with
// several values one must hold, and of prefixes any (Routing Policies User Guide,
// "Routing Policy Match Conditions").
func (r *junosRoute) meets(config, from *junosNode) bool {
	prefixes, listed := false, false
	for _, k := range from.kids {
		hit := false
		for _, v := range k.kids {
			switch k.word {
			case "protocol":
				hit = hit || v.word == r.protocol
			case "community":
				hit = hit || r.bears(config, v.word)
			case "prefix-list":
				hit = hit || slices.Contains(junosPrefixes(config, v.word), r.prefix)
			case "prefix-list-filter":
				hit = hit || slices.ContainsFunc(junosPrefixes(config, v.word), func(p netip.Prefix) bool { return junosWithin(r.prefix, p, v.first()) })
			case "route-filter":
				p, err := netip.ParsePrefix(v.word)
				hit = hit || err == nil && junosWithin(r.prefix, p, v.first())
			}
		}
		switch k.word {
		case "prefix-list", "prefix-list-filter", "route-filter":
			prefixes, listed = prefixes || hit, true
		default:
			if !hit {
				return false
			}
		}
	}
	return prefixes || !listed
}

// first is the first word below a node.
func (n *junosNode) first() string {
	if len(n.kids) == 0 {
		return ""
	}
	return n.kids[0].word
}

// junosPrefixes are those of a prefix list.
func junosPrefixes(config *junosNode, name string) []netip.Prefix {
	var out []netip.Prefix
	for _, w := range config.values("policy-options", "prefix-list", name) {
		if p, err := netip.ParsePrefix(w); err == nil {
			out = append(out, p.Masked())
		}
	}
	return out
}

// junosWithin is a match type of a prefix (Routing Policies User Guide, "Understanding
// Route Filters").
func junosWithin(route, p netip.Prefix, how string) bool {
	inside := p.Contains(route.Addr()) && route.Bits() >= p.Bits()
	switch word, length, _ := strings.Cut(how, " "); word {
	case "orlonger":
		return inside
	case "longer":
		return inside && route.Bits() > p.Bits()
	case "upto":
		n, err := strconv.Atoi(strings.TrimPrefix(length, "/"))
		return inside && err == nil && route.Bits() <= n
	}
	return route == p.Masked()
}

// bears reports whether a route has all members of a named community.
func (r *junosRoute) bears(config *junosNode, name string) bool {
	members := config.values("policy-options", "community", name, "members")
	for _, m := range members {
		if !slices.Contains(r.communities, junosBare(m)) {
			return false
		}
	}
	return len(members) > 0
}

// change does what a then says.
func (r *junosRoute) change(config, then *junosNode) junosVerdict {
	verdict := junosUndecided
	for _, k := range then.kids {
		switch k.word {
		case "accept":
			verdict = junosAccepted
		case "reject":
			verdict = junosRejected
		case "local-preference":
			if n, err := strconv.ParseUint(k.first(), 10, 32); err == nil {
				r.preference = uint32(n)
			}
		case "as-path-prepend":
			for _, w := range slices.Backward(strings.Fields(junosBare(k.first()))) {
				if n, err := strconv.ParseUint(w, 10, 32); err == nil {
					r.path = append([]uint32{uint32(n)}, r.path...)
				}
			}
		case "community":
			for _, v := range k.kids {
				r.recolor(config, strings.Fields(v.word))
			}
		}
	}
	return verdict
}

// recolor adds, sets or deletes the members of a named community.
func (r *junosRoute) recolor(config *junosNode, words []string) {
	if len(words) != 2 {
		return
	}
	members := config.values("policy-options", "community", words[1], "members")
	switch words[0] {
	case "set":
		r.communities = slices.Clone(members)
	case "add":
		r.communities = append(slices.Clone(r.communities), members...)
	case "delete":
		r.communities = slices.DeleteFunc(slices.Clone(r.communities), func(c string) bool { return slices.Contains(members, c) })
	}
}
