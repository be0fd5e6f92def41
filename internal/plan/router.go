package plan

import (
	"cmp"
	"fmt"
	"iter"
	"net/netip"
	"slices"
	"strings"

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
		out.Links = append(out.Links, d.planLink(l, &out))
	}
	d.planTunnels(r, &out)
	if r.stateful() {
		switch {
		case r.zone != "":
			out.Loopback.Zone = r.zone
		case len(out.Links) > 0:
			out.Loopback.Zone = out.Links[0].Zone
		case len(out.Tunnels) > 0:
			out.Loopback.Zone = out.Tunnels[0].Zone
		}
	}
	d.planVRFs(r, &out)
	d.planPorts(r, &out)
	d.origination(r, &out)
	d.ibgp(r, &out)
	d.planRoutes(r, &out)
	d.resolution(&out)
	out.Multipath = d.multipath(place{router: r})
	d.planFlow(r, &out)
	out.Indexes = planIndexes(r)
	d.finish(r, &out)
	return out
}

// planIndexes are the interface indexes that the intent gives.
func planIndexes(r *router) []Index {
	var out []Index
	for _, e := range r.in.InterfaceIndex {
		if e.Value.V > 0 {
			out = append(out, Index{Interface: e.Name.V, Number: e.Value.V, Origin: r.origin + ".interfaceIndex." + e.Name.V})
		}
	}
	slices.SortFunc(out, func(a, b Index) int { return compareNatural(a.Interface, b.Interface) })
	return out
}

// planLink makes one subinterface, its sessions and their policies.
func (d *deriver) planLink(l *link, out *Router) Link {
	p := l.peering
	link := Link{
		Path: p.path, Circuit: p.circuit.name.V, Microsoft: p.microsoft, VRF: p.vrf, Position: l.position, Description: l.description(),
		Interface: l.iface.V, Unit: l.unit, Tag: l.tag, MTUBytes: p.mtu.V, BFD: p.bfd, Zone: l.zone, Origin: l.origin,
	}
	if p.microsoft && p.in.DSCP != nil {
		link.Remark, link.RemarkOrigin = true, p.origin+".dscp"
		for _, v := range p.in.DSCP {
			link.DSCP = append(link.DSCP, v.V)
		}
		slices.Sort(link.DSCP)
		link.DSCP = slices.Compact(link.DSCP)
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
		e := d.linkEdge(l)
		d.importPolicy(e, s.Import, family, out)
		d.exportPolicy(e, s.Export, family, out)
		link.Sessions = append(link.Sessions, s)
	}
	return link
}

// linkEdge is the edge of a link.
func (d *deriver) linkEdge(l *link) *edge {
	for _, e := range d.paths[l.peering] {
		if e.link == l {
			return e
		}
	}
	panic("plan: a link without an edge: " + l.origin)
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

// origination sorts what the router brings into BGP and makes the filters of
// redistribution.
func (d *deriver) origination(r *router, out *Router) {
	filters := make(map[exportFilter]map[netip.Prefix]string)
	tables := []string{""}
	for _, v := range r.vrfs {
		tables = append(tables, v.name.V)
	}
	for _, vrf := range tables {
		for _, o := range d.origins[place{r, vrf}] {
			out.Origins = append(out.Origins, o)
			if o.How == Redistribute {
				key := exportFilter{vrf, o.Protocol, FamilyOf(o.Prefix.Addr())}
				if filters[key] == nil {
					filters[key] = make(map[netip.Prefix]string)
				}
				filters[key][o.Prefix] = o.Origin
			}
		}
	}
	slices.SortFunc(out.Origins, func(a, b Origination) int {
		return cmp.Or(strings.Compare(a.VRF, b.VRF), comparePrefixes(a.Prefix, b.Prefix))
	})
	for key, set := range filters {
		list := d.list(out, set, key.family, vrfTag(key.vrf), "FROM", strings.ToUpper(key.protocol))
		policy := Policy{Name: d.filter(key.vrf, key.protocol, key.family), Family: key.family, Origin: r.origin + ".originate"}
		policy.Terms = []Term{{Match: list, Origin: policy.Origin}}
		out.Policies = append(out.Policies, policy.closed())
	}
}

// exportFilter is what one redistribution takes out of a protocol.
type exportFilter struct {
	vrf, protocol string
	family        Family
}

// filter names the policy that picks prefixes out of a protocol.
func (d *deriver) filter(vrf, protocol string, family Family) Name {
	return d.object(family, vrfTag(vrf), "FROM", strings.ToUpper(protocol))
}

// resolution refuses to resolve next hops over anchors and discards that cover
// them: the discard route would keep the paths of a dead router or tunnel alive.
func (d *deriver) resolution(out *Router) {
	if out.Platform == FRR {
		// `ip nht bgp route-map` also starves the import check of `network`
		// and withdraws the anchors (seen on FRR 8.4): there the short iBGP
		// timers have to do.
		return
	}
	origin := out.Origin
	if len(out.IBGP) > 0 {
		origin += ".ibgp"
	}
	families := []Family{IPv4, IPv6}
	if out.Platform == IOSXE {
		families = families[:1] // the vendor documents `bgp nexthop route-map` for IPv4 only
	}
	for _, family := range families {
		anchors := make(map[netip.Prefix]string)
		for _, o := range out.Origins {
			covers := slices.ContainsFunc(out.IBGP, func(n IBGP) bool { return n.Import != "" && o.Prefix.Contains(n.Neighbor) })
			if o.How == Anchor && o.VRF == "" && FamilyOf(o.Prefix.Addr()) == family && covers {
				anchors[o.Prefix] = o.Origin
			}
		}
		for i := range out.Routes {
			o := &out.Routes[i]
			covers := slices.ContainsFunc(out.Tunnels, func(t Tunnel) bool { return o.Prefix.Contains(t.Session.Neighbor) })
			if o.Discard && o.VRF == "" && FamilyOf(o.Prefix.Addr()) == family && covers {
				anchors[o.Prefix] = o.Origin
			}
		}
		list := d.list(out, anchors, family, "ANCHORS")
		if list == "" {
			continue
		}
		name := d.object(family, "NEXTHOP")
		out.Policies = append(out.Policies, Policy{Name: name, Family: family, Origin: origin, Terms: []Term{
			{Seq: 10, Deny: true, Match: list, Protocol: "static", Origin: origin},
			{Seq: 20, Origin: origin},
		}})
		out.Resolution = append(out.Resolution, Resolution{Family: family, Policy: name, Origin: origin})
	}
}

// A level is a destination at one local-preference: its paths are equal.
type level struct {
	to         destination
	preference uint32
}

// levels yields those of a destination. One circuit may know a VNet by its
// community and another by its prefixes: they are the same paths.
func (d *deriver) levels(to destination, preference uint32) iter.Seq[level] {
	return func(yield func(level) bool) {
		known := d.byCommunity[to.community]
		if to.community == 0 || len(known) == 0 {
			yield(level{to, preference})
			return
		}
		for _, p := range known {
			if !yield(level{destination{prefix: p}, preference}) {
				return
			}
		}
	}
}

// A meshTable is a routing table as the routers of a mesh share it.
type meshTable struct {
	mesh *mesh
	vrf  string
}

// spreads counts, for each table of each mesh, on how many of its routers the
// widest level has paths.
func (d *deriver) spreads() map[meshTable]int {
	out := make(map[meshTable]int)
	routers := make(map[meshTable]map[level]int)
	for at, edges := range d.at {
		if at.router == nil {
			continue
		}
		key := meshTable{d.meshOf(at), at.vrf}
		if routers[key] == nil {
			routers[key] = make(map[level]int)
		}
		counted := make(map[level]bool)
		for _, e := range edges {
			for to, wishes := range e.imports {
				for one := range d.levels(to, wishes[0].preference()) {
					counted[one] = true
				}
			}
		}
		for n := range counted {
			routers[key][n]++
			out[key] = max(out[key], routers[key][n])
		}
	}
	return out
}

// multipath counts the equal paths that a place may have for one destination:
// over its own links and tunnels, and over the routers of its mesh. Every level
// of local-preference counts, not only the best one: a standby circuit has two
// links, too, and carries everything when its turn comes.
func (d *deriver) multipath(at place) Multipath {
	out := Multipath{EBGP: 1, IBGP: 1, Origin: at.router.origin}
	own := make(map[level]int)
	for _, e := range d.at[at] {
		paths := 1
		if e.vpn != nil {
			paths = e.tunnels()
		}
		for to, wishes := range e.imports {
			for n := range d.levels(to, wishes[0].preference()) {
				own[n] += paths
				out.EBGP = max(out.EBGP, own[n])
			}
		}
	}
	peers := d.adjacent[at.router]
	if at.vrf != "" {
		peers = d.vpnPeers[at.router]
	}
	if len(peers) > 0 {
		out.IBGP = max(1, d.spread[meshTable{d.meshOf(at), at.vrf}])
	}
	return out
}

// finish sorts lists and policies, and reports two links of one subinterface,
// two tunnels of one interface, and two policies of one name.
func (d *deriver) finish(r *router, out *Router) {
	slices.SortStableFunc(out.PrefixLists, func(a, b PrefixList) int {
		return cmp.Or(cmp.Compare(a.Family, b.Family), strings.Compare(a.Name, b.Name))
	})
	slices.SortStableFunc(out.Communities, func(a, b CommunityList) int { return strings.Compare(a.Name, b.Name) })
	slices.SortStableFunc(out.Policies, func(a, b Policy) int { return strings.Compare(a.Name, b.Name) })
	d.checkPolicyNames(r, out)
	seen := make(map[string]*link, len(r.links))
	for _, l := range r.links {
		key := l.subinterface()
		// Equal tags are the fault, and another rule's finding.
		if before := seen[key]; before != nil && l.iface.V != "" && l.unit > 0 && before.tag != l.tag {
			places := []diag.Pos{before.tagPos}
			d.fault(unitClash, l.in.Pos, fmt.Sprintf("%s and %s would both be subinterface %s of %s", before.origin, l.origin, key, r.name.V), "give one of them a number of its own: unit: N", places...)
		}
		seen[key] = l
	}
	ends := make(map[string]*tunnel, len(r.tunnels))
	for _, t := range r.tunnels {
		if before := ends[t.iface.V]; before != nil && t.iface.V != "" {
			d.fault(unitClash, t.iface.Pos, fmt.Sprintf("%s and %s would both be interface %s of %s", before.origin, t.origin, t.iface.V, r.name.V), "give every tunnel an interface of its own", before.iface.Pos)
		}
		ends[t.iface.V] = t
	}
}

// checkPolicyNames reports a VPN whose policies would have the name of another
// path's, of iBGP's or of a customer's: on the router they would be one.
func (d *deriver) checkPolicyNames(r *router, out *Router) {
	for i := 1; i < len(out.Policies); i++ {
		name := out.Policies[i].Name
		if name != out.Policies[i-1].Name {
			continue
		}
		at := r.name.Pos
		for _, t := range r.tunnels {
			if name == d.object(IPv4, t.vpn.tag(), "IN") || name == d.object(IPv4, t.vpn.tag(), "OUT") {
				at = t.vpn.name.Pos
			}
		}
		d.fault(nameClash, at, fmt.Sprintf("two policies on %s would have one name, %s", r.name.V, name), "rename the VPN: its name, and what stands behind it, is that of a circuit's link, of iBGP or of a VRF's customers", r.name.Pos)
	}
}

// btoi is 1 for true.
func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
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
