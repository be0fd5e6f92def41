package plan

import (
	"cmp"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/ercfg/ercfg/internal/bgp"
	"github.com/ercfg/ercfg/internal/diag"
)

// planRouter makes one router's slice of the plan.
func (d *deriver) planRouter(r *router) Router {
	out := Router{
		Name: r.name.V, Platform: r.platform, Version: r.version, Model: r.model, Role: r.role,
		ASN: r.asn.V, RouterID: r.routerID.V, Origin: r.origin,
	}
	if lo := r.in.Loopback; lo != nil {
		out.Loopback = Loopback{Interface: lo.Interface.V, IPv4: r.loopback4.V, IPv6: r.loopback6.V, Origin: r.origin + ".loopback"}
	}
	// In the order of the router, not of the intent: list names must not depend
	// on where a circuit stands in a mapping.
	links := slices.SortedFunc(slices.Values(r.links), func(a, b *link) int {
		return cmp.Or(compareNatural(a.iface.V, b.iface.V), cmp.Compare(a.unit, b.unit), strings.Compare(a.origin, b.origin))
	})
	for _, l := range links {
		if l.peering.microsoft || l.peering.vrf != "" || l.peering.circuit.model == "direct" {
			continue // reported as not rendered yet
		}
		out.Links = append(out.Links, d.planLink(l, &out))
	}
	if r.stateful() && len(out.Links) > 0 {
		out.Loopback.Zone = cmp.Or(r.zone, out.Links[0].Zone)
	}
	d.origination(r, &out)
	d.ibgp(r, &out)
	d.resolution(&out)
	d.multipath(r, &out)
	d.finish(r, &out)
	return out
}

// planLink makes one subinterface, its sessions and their policies.
func (d *deriver) planLink(l *link, out *Router) Link {
	p := l.peering
	link := Link{
		Path: p.path, Circuit: p.circuit.name.V, Position: l.position, Description: l.description(),
		Interface: l.iface.V, Unit: l.unit, Tag: l.tag, MTUBytes: p.mtu.V, BFD: p.bfd, Zone: l.zone, Origin: l.origin,
	}
	if !l.has(IPv4) {
		link.BFD = BFD{} // Microsoft offers BFD on IPv4 sessions only (fact sheet §0)
	}
	for _, family := range []Family{IPv4, IPv6} {
		if !l.has(family) {
			continue
		}
		address := netip.PrefixFrom(l.ours[family], l.subnet[family].V.Bits())
		s := Session{
			Family: family, Local: l.ours[family], Neighbor: l.msee[family], RemoteASN: p.mseeASN.V,
			Description: Label(fmt.Sprintf("%s %s %s MSEE", p.circuit.name.V, p.kind(), l.position)),
			Timers:      p.timers[family], MD5: p.md5.V, MD5Origin: p.origin + ".md5", MaxPrefixes: p.maxPrefix[family], Shutdown: l.shutdown,
			Import: d.object(family, p.tag(), l.position.tag(), "IN"),
			Export: d.object(family, p.tag(), l.position.tag(), "OUT"),
			Origin: l.origin,
		}
		if family == IPv4 {
			link.IPv4, s.BFD = address, link.BFD
		} else {
			link.IPv6 = address
		}
		d.importPolicy(l, s, out)
		d.exportPolicy(l, s, out)
		link.Sessions = append(link.Sessions, s)
	}
	return link
}

// description tells an operator what the subinterface is for.
func (l *link) description() Label {
	text := fmt.Sprintf("ExpressRoute %s %s %s", l.peering.circuit.name.V, l.peering.kind(), l.position)
	for _, s := range []string{l.peering.circuit.in.Provider.V, l.peering.circuit.in.Location.V} {
		if s != "" && len(text)+2+len(s) <= maxLabel {
			text += ", " + s
		}
	}
	return Label(text)
}

// importPolicy accepts the Azure prefixes of the link's statements, grouped by
// local-preference, best first.
func (d *deriver) importPolicy(l *link, s Session, out *Router) {
	policy := Policy{Name: s.Import, Family: s.Family, Origin: l.origin}
	groups := make(map[importGroup]map[netip.Prefix]string)
	why := make(map[importGroup]string)
	for prefix, wishes := range d.tables[l].imports {
		if FamilyOf(prefix.Addr()) != s.Family {
			continue
		}
		g := importGroup{preference: wishes[0].preference(), isDefault: prefix.Bits() == 0}
		if groups[g] == nil {
			groups[g] = make(map[netip.Prefix]string)
		}
		groups[g][prefix] = wishes[0].origin
		if o := wishes[0].statement.origin; why[g] == "" || o < why[g] {
			why[g] = o
		}
	}
	order := slices.SortedFunc(maps.Keys(groups), func(a, b importGroup) int {
		return cmp.Or(cmp.Compare(b.preference, a.preference), compareBool(a.isDefault, b.isDefault))
	})
	for _, g := range order {
		what := "VNETS"
		if g.isDefault {
			what = "DEFAULT"
		}
		name := d.list(out, groups[g], s.Family, l.peering.tag(), what, "LP"+strconv.Itoa(int(g.preference)))
		policy.Terms = append(policy.Terms, Term{Match: name, LocalPreference: g.preference, Origin: why[g]})
	}
	out.Policies = append(out.Policies, policy.closed())
}

// An importGroup is a set of prefixes that a link accepts in one way.
type importGroup struct {
	preference uint32
	isDefault  bool
}

// An exportGroup is a set of prefixes that leave a link in one way.
type exportGroup struct {
	kind     string // DEFAULT, SPECIFICS or SUPERNETS
	protocol string // of redistributed prefixes
	prepend  string // as text, so that the group can be a map key
}

// exportPolicy advertises the statements' prefixes: supernets and specifics in
// lists of their own, by prepend.
func (d *deriver) exportPolicy(l *link, s Session, out *Router) {
	policy := Policy{Name: s.Export, Family: s.Family, Origin: l.origin}
	groups := make(map[exportGroup]map[netip.Prefix]string)
	terms := make(map[exportGroup]Term)
	for prefix, wishes := range d.tables[l].exports {
		if FamilyOf(prefix.Addr()) != s.Family {
			continue
		}
		w := wishes[0]
		g := exportGroup{kind: d.kind(prefix), protocol: d.origins[l.router][prefix].Protocol, prepend: asnText(w.prepend)}
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
	order := make([]exportGroup, 0, len(groups))
	for g := range groups {
		order = append(order, g)
	}
	slices.SortFunc(order, func(a, b exportGroup) int {
		return cmp.Or(cmp.Compare(len(terms[a].Prepend), len(terms[b].Prepend)), strings.Compare(a.kind, b.kind),
			strings.Compare(a.protocol, b.protocol), strings.Compare(a.prepend, b.prepend))
	})
	for _, g := range order {
		t := terms[g]
		parts := []string{l.peering.tag(), g.kind}
		if g.protocol != "" {
			parts = append(parts, strings.ToUpper(g.protocol))
		}
		if len(t.Prepend) > 0 {
			parts = append(parts, "PREPEND"+strconv.Itoa(len(t.Prepend)))
		}
		t.Match = d.list(out, groups[g], s.Family, parts...)
		policy.Terms = append(policy.Terms, t)
	}
	out.Policies = append(out.Policies, policy.closed())
}

// kind tells an operator what a list of advertised prefixes holds.
func (d *deriver) kind(p netip.Prefix) string {
	switch {
	case p.Bits() == 0:
		return "DEFAULT"
	case d.supernets.nests(p):
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

// origination sorts what the router brings into BGP and makes the filters of
// redistribution.
func (d *deriver) origination(r *router, out *Router) {
	filters := make(map[exportFilter]map[netip.Prefix]string)
	for _, o := range d.origins[r] {
		out.Origins = append(out.Origins, o)
		if o.How == Redistribute {
			key := exportFilter{o.Protocol, FamilyOf(o.Prefix.Addr())}
			if filters[key] == nil {
				filters[key] = make(map[netip.Prefix]string)
			}
			filters[key][o.Prefix] = o.Origin
		}
	}
	slices.SortFunc(out.Origins, func(a, b Origination) int { return comparePrefixes(a.Prefix, b.Prefix) })
	for key, set := range filters {
		list := d.list(out, set, key.family, "FROM", strings.ToUpper(key.protocol))
		policy := Policy{Name: d.filter(key.protocol, key.family), Family: key.family, Origin: r.origin + ".originate"}
		policy.Terms = []Term{{Match: list, Origin: policy.Origin}}
		out.Policies = append(out.Policies, policy.closed())
	}
}

// exportFilter is what one redistribution takes out of a protocol.
type exportFilter struct {
	protocol string
	family   Family
}

// filter names the policy that picks prefixes out of a protocol.
func (d *deriver) filter(protocol string, family Family) Name {
	return d.object(family, "FROM", strings.ToUpper(protocol))
}

// resolution refuses to resolve iBGP next hops over anchors that cover them:
// the discard route would keep a dead router's paths alive.
func (d *deriver) resolution(out *Router) {
	if out.Platform == FRR {
		// `ip nht bgp route-map` also starves the import check of `network`
		// and withdraws the anchors (seen on FRR 8.4): there the short iBGP
		// timers have to do.
		return
	}
	families := []Family{IPv4, IPv6}
	if out.Platform == IOSXE {
		families = families[:1] // the vendor documents `bgp nexthop route-map` for IPv4 only
	}
	for _, family := range families {
		anchors := make(map[netip.Prefix]string)
		for _, o := range out.Origins {
			covers := slices.ContainsFunc(out.IBGP, func(n IBGP) bool { return o.Prefix.Contains(n.Neighbor) })
			if o.How == Anchor && FamilyOf(o.Prefix.Addr()) == family && covers {
				anchors[o.Prefix] = o.Origin
			}
		}
		list := d.list(out, anchors, family, "ANCHORS")
		if list == "" {
			continue
		}
		name := d.object(family, "NEXTHOP")
		out.Policies = append(out.Policies, Policy{Name: name, Family: family, Origin: out.Origin + ".ibgp", Terms: []Term{
			{Seq: 10, Deny: true, Match: list, Protocol: "static", Origin: out.Origin + ".ibgp"},
			{Seq: 20, Origin: out.Origin + ".ibgp"},
		}})
		out.Resolution = append(out.Resolution, Resolution{Family: family, Policy: name, Origin: out.Origin + ".ibgp"})
	}
}

// multipath counts the equal paths that the router may have for one Azure
// prefix: over its own links, and over the routers of its mesh. Every level of
// local-preference counts, not only the best one: a standby circuit has two
// links, too, and carries everything when its turn comes.
func (d *deriver) multipath(r *router, out *Router) {
	out.Multipath = Multipath{EBGP: 1, IBGP: 1, Origin: r.origin}
	m := d.meshes[r]
	for prefix := range m.azure {
		own, routers := make(map[uint32]int), make(map[uint32]int)
		for _, peer := range m.routers {
			counted := make(map[uint32]bool)
			for _, l := range peer.links {
				n, ok := d.preferenceOf(l, prefix)
				if !ok {
					continue
				}
				if peer == r {
					own[n]++
				}
				if !counted[n] {
					routers[n]++
					counted[n] = true
				}
			}
		}
		for n := range routers {
			out.Multipath.EBGP = max(out.Multipath.EBGP, own[n])
			if len(out.IBGP) > 0 {
				out.Multipath.IBGP = max(out.Multipath.IBGP, routers[n])
			}
		}
	}
}

// finish sorts lists and policies, and reports two links of one subinterface.
func (d *deriver) finish(r *router, out *Router) {
	slices.SortStableFunc(out.PrefixLists, func(a, b PrefixList) int {
		return cmp.Or(cmp.Compare(a.Family, b.Family), strings.Compare(a.Name, b.Name))
	})
	slices.SortStableFunc(out.Policies, func(a, b Policy) int { return strings.Compare(a.Name, b.Name) })
	seen := make(map[string]*link, len(r.links))
	for _, l := range r.links {
		key := fmt.Sprintf("%s.%d", l.iface.V, l.unit)
		// Equal tags are the fault, and another rule's finding.
		if before := seen[key]; before != nil && l.iface.V != "" && l.unit > 0 && before.tag != l.tag {
			places := []diag.Pos{before.tagPos}
			d.fault(unitClash, l.in.Pos, fmt.Sprintf("%s and %s would both be subinterface %s of %s", before.origin, l.origin, key, r.name.V), "give one of them a number of its own: unit: N", places...)
		}
		seen[key] = l
	}
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// compareNatural orders names as routers do: xe-0/0/2 before xe-0/0/10.
func compareNatural(a, b string) int {
	for a != "" && b != "" {
		na, nb := digits(a), digits(b)
		if na > 0 && nb > 0 {
			x, y := strings.TrimLeft(a[:na], "0"), strings.TrimLeft(b[:nb], "0")
			if c := cmp.Or(cmp.Compare(len(x), len(y)), strings.Compare(x, y)); c != 0 {
				return c
			}
			a, b = a[na:], b[nb:]
			continue
		}
		if a[0] != b[0] {
			return cmp.Compare(a[0], b[0])
		}
		a, b = a[1:], b[1:]
	}
	return cmp.Compare(len(a), len(b))
}

// digits is the length of the number that s begins with.
func digits(s string) int {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}
