package render_test

import (
	"cmp"
	"math/rand/v2"
	"net/netip"
	"slices"

	"github.com/ercfg/ercfg/internal/bgp"
	"github.com/ercfg/ercfg/internal/plan"
)

// A probe is a route that policies are asked about, without the place that it
// comes from.
type probe struct {
	prefix      netip.Prefix
	communities []bgp.Community
}

// from makes a route of it. Only BGP brings communities along.
func (p probe) from(place string) route {
	r := route{p.prefix, place, p.communities}
	if !r.bgp() {
		r.communities = nil
	}
	return r
}

// probes are the routes on which policies are compared. Their prefixes are
// those that the plan names, their halves and the prefix around them, the
// default routes, and random ones, inside of the named ones and anywhere; the
// named ones come with every set of communities.
func probes(p *plan.Plan) []probe {
	sets := communitySets(p)
	named := namedPrefixes(p)
	near := slices.Clone(named)
	random := rand.New(rand.NewPCG(12076, 65515))
	for _, n := range named {
		if n.Bits() > 0 {
			near = append(near, netip.PrefixFrom(n.Addr(), n.Bits()-1))
		}
		if n.Bits() < n.Addr().BitLen() {
			near = append(near, netip.PrefixFrom(n.Addr(), n.Bits()+1), netip.PrefixFrom(flip(n.Addr(), n.Bits()), n.Bits()+1))
		}
	}
	var out []probe
	for _, prefix := range sorted(near) {
		for _, set := range sets {
			out = append(out, probe{prefix, set})
		}
	}
	var far []netip.Prefix
	for range 250 {
		n := named[random.IntN(len(named))]
		far = append(far, scramble(random, n, n.Bits()), scramble(random, n, 0))
	}
	for i, prefix := range sorted(far) {
		out = append(out, probe{prefix, sets[i%len(sets)]})
	}
	return out
}

// sorted puts prefixes in order, without host bits, each once.
func sorted(list []netip.Prefix) []netip.Prefix {
	for i := range list {
		list[i] = list[i].Masked()
	}
	slices.SortFunc(list, func(a, b netip.Prefix) int {
		return cmp.Or(a.Addr().Compare(b.Addr()), cmp.Compare(a.Bits(), b.Bits()))
	})
	return slices.Compact(list)
}

// namedPrefixes are those that the plan has anywhere, and the default routes.
func namedPrefixes(p *plan.Plan) []netip.Prefix {
	named := []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0"), netip.MustParsePrefix("::/0")}
	for _, s := range p.Statements {
		named = append(append(named, s.Onprem...), s.Azure...)
	}
	for _, r := range p.Routers {
		for _, l := range r.Links {
			named = append(named, l.IPv4, l.IPv6)
		}
		for _, t := range r.Tunnels {
			named = append(named, t.Inside, host(t.Remote), host(t.Session.Neighbor))
		}
		named = append(named, host(r.Loopback.IPv4), host(r.Loopback.IPv6))
		for _, x := range r.Routes {
			named = append(named, x.Prefix)
		}
		for _, l := range r.PrefixLists {
			for _, e := range l.Entries {
				named = append(named, e.Prefix)
			}
		}
	}
	return sorted(slices.DeleteFunc(named, func(p netip.Prefix) bool { return !p.IsValid() }))
}

// host is the prefix of one address; invalid for none.
func host(a netip.Addr) netip.Prefix { return netip.PrefixFrom(a, a.BitLen()) }

// communitySets are what a route may carry: nothing, each community that the
// plan names, each two of them, and one that it does not name. A plan without
// communities needs only the first.
func communitySets(p *plan.Plan) [][]bgp.Community {
	var known []bgp.Community
	for _, r := range p.Routers {
		for _, l := range r.Communities {
			known = append(known, l.Members...)
		}
	}
	slices.Sort(known)
	known = slices.Compact(known)
	sets := [][]bgp.Community{nil}
	if len(known) == 0 {
		return sets
	}
	for i, c := range known {
		sets = append(sets, []bgp.Community{c})
		for _, other := range known[i+1:] {
			sets = append(sets, []bgp.Community{c, other})
		}
	}
	return append(sets, []bgp.Community{foreignCommunity}, []bgp.Community{foreignCommunity, known[0]})
}

// foreignCommunity is 65000:1, which no intent names.
const foreignCommunity bgp.Community = 65000<<16 | 1

// scramble returns a random prefix of the family of p that shares its first
// bits.
func scramble(random *rand.Rand, p netip.Prefix, bits int) netip.Prefix {
	addr := p.Addr()
	for i := bits; i < addr.BitLen(); i++ {
		if random.IntN(2) == 1 {
			addr = flip(addr, i)
		}
	}
	return netip.PrefixFrom(addr, bits+random.IntN(addr.BitLen()-bits+1))
}

// flip changes one bit of an address.
func flip(a netip.Addr, bit int) netip.Addr {
	bytes := a.AsSlice()
	bytes[bit/8] ^= 0x80 >> (bit % 8)
	out, _ := netip.AddrFromSlice(bytes)
	return out
}
