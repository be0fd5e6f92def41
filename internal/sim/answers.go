package sim

import (
	"net/netip"
	"slices"

	"github.com/ercfg/ercfg/internal/bgp"
	"github.com/ercfg/ercfg/internal/expressroute"
	"github.com/ercfg/ercfg/internal/plan"
)

// An answer is a prefix on-premises as Azure hears it over one session.
type answer struct {
	prefix  netip.Prefix
	session int
	origin  *plan.Origination
	vpn     bool
	weight  int
	length  int // of the AS path, without a drain's
}

// statementAnswers are what Azure hears of p: for each VNet of the statement,
// and for each part of p that goes a way of its own.
func (a *azure) statementAnswers(s *plan.Statement, p netip.Prefix) [][]answer {
	var out [][]answer
	if len(s.Services) > 0 {
		out = append(out, a.answers(edge, p))
	}
	for _, v := range s.VNets {
		if !a.speaks(v, plan.FamilyOf(p.Addr())) {
			continue
		}
		for _, part := range a.parts(v, p) {
			out = append(out, a.answers(v, part))
		}
	}
	return out
}

// speaks reports whether a VNet has addresses of a family.
func (a *azure) speaks(vnet string, family plan.Family) bool {
	return slices.ContainsFunc(a.vnets[vnet].Prefixes, func(p netip.Prefix) bool { return plan.FamilyOf(p.Addr()) == family })
}

// parts splits p where a VNet hears more-specific prefixes of it that no
// statement of its own has: the halves of technique more-specifics, and what
// another VNet's statements put on a path that this one hears, too. Where other
// statements have all of p, it goes as theirs.
func (a *azure) parts(vnet string, p netip.Prefix) []netip.Prefix {
	all := a.hears(vnet).inside(p)
	own := slices.DeleteFunc(slices.Clone(all), func(q netip.Prefix) bool { return a.asked[vnetPrefix{vnet, q}] })
	switch {
	case !covered(p, all):
		return append(own, p)
	case len(own) == 0:
		return all
	}
	return own
}

// covered reports whether the parts of p leave nothing of it.
func covered(p netip.Prefix, parts []netip.Prefix) bool {
	if slices.ContainsFunc(parts, func(q netip.Prefix) bool { return holds(q, p) }) {
		return true
	}
	if p.IsSingleIP() || !slices.ContainsFunc(parts, func(q netip.Prefix) bool { return holds(p, q) }) {
		return false
	}
	low := netip.PrefixFrom(p.Addr(), p.Bits()+1)
	return covered(low, parts) && covered(upper(p), parts)
}

// upper is the upper half of p.
func upper(p netip.Prefix) netip.Prefix {
	b := p.Addr().AsSlice()
	b[p.Bits()/8] |= 0x80 >> (p.Bits() % 8)
	addr, _ := netip.AddrFromSlice(b)
	return netip.PrefixFrom(addr, p.Bits()+1)
}

// A hearing is all that a VNet, or Microsoft's edge, hears of on-premises.
type hearing struct {
	by     map[netip.Prefix][]answer
	sorted []netip.Prefix
}

// edge is how the hearing of Microsoft's edge is called; no VNet has the name.
const edge = ""

// hears is what a VNet hears, or the edge. It is made once.
func (a *azure) hears(vnet string) *hearing {
	if h := a.hearings[vnet]; h != nil {
		return h
	}
	sessions := a.ofVNet[vnet]
	if vnet == edge {
		sessions = a.microsoft
	}
	h := &hearing{by: make(map[netip.Prefix][]answer)}
	for _, i := range sessions {
		s := &a.m.sessions[i]
		for _, ad := range s.advertised {
			p := ad.origin.Prefix
			if _, known := h.by[p]; !known {
				h.sorted = append(h.sorted, p)
			}
			if length, ok := a.pathLength(s, ad); ok {
				h.by[p] = append(h.by[p], answer{prefix: p, session: i, origin: ad.origin, vpn: s.tunnel >= 0, weight: s.weight[vnet], length: length})
			}
		}
	}
	slices.SortFunc(h.sorted, netip.Prefix.Compare)
	a.hearings[vnet] = h
	return h
}

// answers lists what is heard of p, longest prefix first.
func (a *azure) answers(vnet string, p netip.Prefix) []answer {
	h := a.hears(vnet)
	var out []answer
	for bits := p.Bits(); bits >= 0; bits-- {
		out = append(out, h.by[netip.PrefixFrom(p.Addr(), bits).Masked()]...)
	}
	return out
}

// inside lists the prefixes in p, but for p itself, that are heard of.
func (h *hearing) inside(p netip.Prefix) []netip.Prefix {
	first, _ := slices.BinarySearchFunc(h.sorted, p, netip.Prefix.Compare)
	var out []netip.Prefix
	for _, q := range h.sorted[first:] {
		if !p.Contains(q.Addr()) {
			break
		}
		if q != p && holds(p, q) {
			out = append(out, q)
		}
	}
	return out
}

// pathLength is the AS path's as Azure compares it. Azure drops a path with its
// own AS number in it (RFC 4271 §9.1.2), and on Microsoft peering takes private
// ones out (expressroute-routing.md).
func (a *azure) pathLength(s *session, ad advert) (int, bool) {
	own := a.m.p.Routers[a.m.tables[s.table].router].ASN
	n := 0
	for _, asn := range append([]bgp.ASN{own}, ad.prepend...) {
		switch {
		case asn == s.RemoteASN || asn == expressroute.MicrosoftASN:
			return 0, false
		case s.link >= 0 && a.m.links[s.link].Microsoft && asn.IsPrivate():
		default:
			n++
		}
	}
	return n, true
}
