package plan

import (
	"cmp"
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/ercfg/ercfg/internal/bgp"
)

// An importGroup is a set of destinations that an edge accepts in one way.
type importGroup struct {
	preference uint32
	kind       importKind
	within     *service // of byCommunity
}

type importKind uint8

// Communities come last: what they match is known only to Azure, and what must
// never come in is refused before them.
const (
	byPrefix importKind = iota
	defaultRoute
	byCommunity
)

// importPolicy accepts the destinations of the edge's statements, grouped by
// local-preference, best first.
func (d *deriver) importPolicy(e *edge, name Name, family Family, out *Router) {
	policy := Policy{Name: name, Family: family, Origin: e.origin()}
	groups := make(map[importGroup]map[destination]string)
	why := make(map[importGroup]string)
	for to, wishes := range e.imports {
		if to.community == 0 && FamilyOf(to.prefix.Addr()) != family {
			continue
		}
		g := importGroup{preference: wishes[0].preference(), within: to.within}
		switch {
		case to.community != 0:
			g.kind = byCommunity
		case to.isDefault():
			g.kind = defaultRoute
		}
		if groups[g] == nil {
			groups[g] = make(map[destination]string)
		}
		groups[g][to] = wishes[0].origin
		if o := wishes[0].statement.origin; why[g] == "" || o < why[g] {
			why[g] = o
		}
	}
	refused := false
	for _, g := range slices.SortedFunc(maps.Keys(groups), compareImports) {
		term := Term{LocalPreference: g.preference, Origin: why[g]}
		rank := "LP" + strconv.Itoa(int(g.preference))
		switch g.kind {
		case byPrefix, defaultRoute:
			set := make(map[netip.Prefix]string, len(groups[g]))
			for to, origin := range groups[g] {
				set[to.prefix] = origin
			}
			term.Match = d.list(out, set, family, e.tag(), [...]string{"VNETS", "DEFAULT"}[g.kind], rank)
		case byCommunity:
			service := ""
			if g.within != nil {
				service = strings.ToUpper(g.within.name.V)
				if term.Match = d.within(out, g.within, family, e.tag(), "WITHIN", service); term.Match == "" {
					continue // the service has no prefix of the family
				}
			}
			if !refused {
				policy.Terms = append(policy.Terms, d.refuse(out, e.place().vrf, family)...)
				refused = true
			}
			set := make(map[bgp.Community]string, len(groups[g]))
			for to, origin := range groups[g] {
				set[to.community] = origin
			}
			term.Communities = d.communityList(out, set, e.tag(), "COMMUNITIES", service, rank)
		}
		policy.Terms = append(policy.Terms, term)
	}
	policy.Terms = append(policy.Terms, d.reachTerms(e, family, out)...)
	out.Policies = append(out.Policies, policy.closed())
}

func compareImports(a, b importGroup) int {
	name := func(g importGroup) string {
		if g.within == nil {
			return ""
		}
		return g.within.name.V
	}
	// A service that is bounded by prefixes comes before those that are not: they
	// would take its routes, whatever their local-preference.
	return cmp.Or(compareBool(a.kind == byCommunity, b.kind == byCommunity), compareBool(a.within == nil, b.within == nil),
		cmp.Compare(b.preference, a.preference), cmp.Compare(a.kind, b.kind), strings.Compare(name(a), name(b)))
}

// refuse are the terms in front of whatever is accepted by community: no
// default route, and nothing that is on-premises.
func (d *deriver) refuse(out *Router, vrf string, family Family) []Term {
	origin := out.Origin
	terms := []Term{{
		Deny: true, Origin: origin,
		Match: d.list(out, map[netip.Prefix]string{[...]netip.Prefix{defaultIPv4, defaultIPv6}[family]: origin}, family, vrfTag(vrf), "REFUSED", "DEFAULT"),
	}}
	if own := d.listOf(out, d.onprem[vrf], family, true, vrfTag(vrf), "REFUSED", "ONPREM"); own != "" {
		terms = append(terms, Term{Deny: true, Match: own, Origin: origin})
	}
	return terms
}

// vrfTag is a VRF's part of an object name.
func vrfTag(vrf string) string { return strings.ToUpper(vrf) }

// within lists the prefixes that bound a service.
func (d *deriver) within(out *Router, s *service, family Family, parts ...string) Name {
	set := make(map[netip.Prefix]string, len(s.prefixes))
	for _, p := range s.prefixes {
		set[p.V] = s.origin + ".prefixes"
	}
	return d.listOf(out, set, family, true, parts...)
}

// reachTerms accept what the far circuits of Global Reach advertise, without a
// local-preference of ours. Beside a WAN of the site's own the platforms choose
// by their distances: IOS-XE and FRR put eBGP before an IGP, Junos after it.
func (d *deriver) reachTerms(e *edge, family Family, out *Router) []Term {
	set := d.reached(e)
	if len(set) == 0 {
		return nil
	}
	name := d.list(out, set, family, e.tag(), "REACH")
	if name == "" {
		return nil
	}
	return []Term{{Match: name, Origin: e.link.peering.circuit.origin + ".globalReach"}}
}

// reachAll notes which circuits Global Reach joins.
func (d *deriver) reachAll() {
	d.reach = make(map[*circuit][]*circuit)
	for _, c := range d.circuits {
		if far := d.reachedBy(c); far != nil {
			d.join(c, far)
			d.join(far, c)
		}
	}
}

// reachedBy is the far circuit of c's Global Reach; nil where c says none.
func (d *deriver) reachedBy(c *circuit) *circuit {
	if c.in.GlobalReach == nil {
		return nil
	}
	if far := d.circuitByName[c.in.GlobalReach.With.V]; far != c {
		return far
	}
	return nil
}

// join notes that Global Reach joins two circuits, which both ends may say.
func (d *deriver) join(c, far *circuit) {
	if far.private != nil && !slices.Contains(d.reach[c], far) {
		d.reach[c] = append(d.reach[c], far)
	}
}

// reached are the prefixes that come to a private peering over Global Reach:
// what the far circuit's own AS advertises there. An AS drops what it has sent
// itself (RFC 4271 §9.1.2), so equal AS numbers bring nothing.
func (d *deriver) reached(e *edge) map[netip.Prefix]string {
	if e.link == nil || e.link.peering.microsoft || e.router == nil {
		return nil
	}
	var out map[netip.Prefix]string
	for _, far := range d.reach[e.link.peering.circuit] {
		for _, other := range d.paths[far.private] {
			if other.router == nil || other.router.asn.V == e.router.asn.V {
				continue
			}
			for prefix, wishes := range other.exports {
				if _, own := e.exports[prefix]; own || prefix.Bits() == 0 {
					continue
				}
				if out == nil {
					out = make(map[netip.Prefix]string)
				}
				out[prefix] = wishes[0].origin
			}
		}
	}
	return out
}

// An exportGroup is a set of prefixes that leave an edge in one way.
type exportGroup struct {
	kind     string // DEFAULT, PUBLIC, SPECIFICS or SUPERNETS
	protocol string // of redistributed prefixes
	prepend  string // as text, so that the group can be a map key
}

// exportPolicy advertises the statements' prefixes: supernets and specifics in
// lists of their own, by prepend.
func (d *deriver) exportPolicy(e *edge, name Name, family Family, out *Router) {
	policy := Policy{Name: name, Family: family, Origin: e.origin()}
	groups := make(map[exportGroup]map[netip.Prefix]string)
	terms := make(map[exportGroup]Term)
	for prefix, wishes := range e.exports {
		if FamilyOf(prefix.Addr()) != family {
			continue
		}
		w := wishes[0]
		g := exportGroup{kind: d.kind(e, prefix), protocol: d.origins[e.place()][prefix].Protocol, prepend: asnText(w.prepend)}
		if groups[g] == nil {
			groups[g] = make(map[netip.Prefix]string)
			terms[g] = Term{Prepend: w.prepend, Protocol: g.protocol, Origin: w.statement.origin}
		}
		groups[g][prefix] = w.origin
		if t := terms[g]; w.statement.origin < t.Origin {
			t.Origin = w.statement.origin
			terms[g] = t
		}
	}
	order := slices.SortedFunc(maps.Keys(groups), func(a, b exportGroup) int {
		return cmp.Or(cmp.Compare(len(terms[a].Prepend), len(terms[b].Prepend)), strings.Compare(a.kind, b.kind),
			strings.Compare(a.protocol, b.protocol), strings.Compare(a.prepend, b.prepend))
	})
	for _, g := range order {
		t := terms[g]
		parts := []string{e.tag(), g.kind}
		if g.protocol != "" {
			parts = append(parts, strings.ToUpper(g.protocol))
		}
		if len(t.Prepend) > 0 {
			parts = append(parts, "PREPEND"+strconv.Itoa(len(t.Prepend)))
		}
		t.Match = d.list(out, groups[g], family, parts...)
		policy.Terms = append(policy.Terms, t)
	}
	out.Policies = append(out.Policies, policy.closed())
}

// kind tells an operator what a list of advertised prefixes holds.
func (d *deriver) kind(e *edge, p netip.Prefix) string {
	switch {
	case p.Bits() == 0:
		return "DEFAULT"
	case e.link != nil && e.link.peering.microsoft:
		return "PUBLIC"
	case d.supernets[e.place().vrf].nests(p):
		return "SPECIFICS"
	}
	return "SUPERNETS"
}

func asnText(list []bgp.ASN) string {
	out := make([]string, len(list))
	for i, a := range list {
		out[i] = a.String()
	}
	return strings.Join(out, " ")
}

// list adds a list of exact prefixes; see listOf.
func (d *deriver) list(out *Router, set map[netip.Prefix]string, family Family, parts ...string) Name {
	return d.listOf(out, set, family, false, parts...)
}

// listOf adds a prefix list, named after parts, and returns its name; "" where
// the set has no prefix of the family: an empty list permits everything on FRR.
// A list that stands there already is used again. Where two edges want
// different lists of one name, the later one gets a number.
func (d *deriver) listOf(out *Router, set map[netip.Prefix]string, family Family, orLonger bool, parts ...string) Name {
	var prefixes []netip.Prefix
	for p := range set {
		if FamilyOf(p.Addr()) == family {
			prefixes = append(prefixes, p)
		}
	}
	if len(prefixes) == 0 {
		return ""
	}
	slices.SortFunc(prefixes, comparePrefixes)
	l := PrefixList{Family: family, OrLonger: orLonger, Entries: make([]PrefixEntry, len(prefixes))}
	for i, p := range prefixes {
		l.Entries[i] = PrefixEntry{Seq: 10 * (i + 1), Prefix: p, Origin: set[p]}
	}
	l.Origin = l.Entries[0].Origin
	for n := 1; ; n++ {
		if l.Name = d.object(family, parts...); n > 1 {
			l.Name = d.object(family, append(slices.Clone(parts), strconv.Itoa(n))...)
		}
		same := slices.IndexFunc(out.PrefixLists, func(o PrefixList) bool { return o.Name == l.Name })
		if same < 0 {
			out.PrefixLists = append(out.PrefixLists, l)
			return l.Name
		}
		if out.PrefixLists[same].OrLonger == orLonger && slices.EqualFunc(out.PrefixLists[same].Entries, l.Entries, func(a, b PrefixEntry) bool { return a.Prefix == b.Prefix }) {
			return l.Name
		}
	}
}

// communityList adds a list of communities as listOf adds one of prefixes. Both
// families of a session's policies share it.
func (d *deriver) communityList(out *Router, set map[bgp.Community]string, parts ...string) Name {
	l := CommunityList{Members: slices.Sorted(maps.Keys(set))}
	l.Origin = set[l.Members[0]]
	for n := 1; ; n++ {
		if l.Name = d.name(parts...); n > 1 {
			l.Name = d.name(append(slices.Clone(parts), strconv.Itoa(n))...)
		}
		same := slices.IndexFunc(out.Communities, func(o CommunityList) bool { return o.Name == l.Name })
		if same < 0 {
			out.Communities = append(out.Communities, l)
			return l.Name
		}
		if slices.Equal(out.Communities[same].Members, l.Members) {
			return l.Name
		}
	}
}

// closed numbers the terms and ends the policy in deny.
func (p Policy) closed() Policy {
	for i := range p.Terms {
		p.Terms[i].Seq = 10 * (i + 1)
	}
	p.Terms = append(p.Terms, Term{Seq: finalSeq, Deny: true, Origin: p.Origin})
	return p
}

// finalSeq is the number of a policy's last term: the largest that IOS-XE and
// FRR take, so that there is always room before it.
const finalSeq = 65535
