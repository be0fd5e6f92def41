package plan

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/ercfg/ercfg/internal/bgp"
	"github.com/ercfg/ercfg/internal/diag"
	"github.com/ercfg/ercfg/internal/expressroute"
	"github.com/ercfg/ercfg/internal/intent"
	"github.com/ercfg/ercfg/internal/secret"
)

// A mesh is a set of routers that hear each other over iBGP, and what they
// tell each other.
type mesh struct {
	routers     []*router
	families    [2]bool
	azure       map[netip.Prefix]string  // prefix → origin
	communities map[bgp.Community]string // of what has no prefixes in the intent → origin
	learned     map[netip.Prefix]string  // on-premises prefixes that come over iBGP
}

// An adjacency is one iBGP session as one router sees it.
type adjacency struct {
	peer   *router // nil: outside of the intent
	addr   netip.Addr
	in     *intent.IBGP
	origin string
}

// mesh unites the routers and checks that those of one AS and one statement
// have a session. Unicast routes of the global table and VPN routes travel on
// sessions of their own kind.
func (d *deriver) mesh() {
	d.checkOneAS()
	d.adjacent, d.meshes = d.unite(false)
	d.vpnPeers, d.vpnMeshes = d.unite(true)
	for r, m := range d.meshes {
		for _, e := range d.at[place{router: r}] {
			m.families[IPv4] = m.families[IPv4] || e.has(IPv4)
			m.families[IPv6] = m.families[IPv6] || e.has(IPv6)
		}
	}
	d.meshRoutes()
	d.checkDefaults()
	for _, s := range d.statements {
		d.checkMesh(s)
	}
}

// unite finds the sessions that carry VPN routes, or the others, and the sets
// of routers that they join.
func (d *deriver) unite(vpn bool) (map[*router][]adjacency, map[*router]*mesh) {
	adjacent := make(map[*router][]adjacency)
	groups := newUnion(len(d.routers))
	number := make(map[*router]int, len(d.routers))
	for i, r := range d.routers {
		number[r] = i
	}
	outside := make(map[netip.Addr]int) // address → a router that peers with it
	for _, r := range d.routers {
		for i := range r.in.IBGP {
			in := &r.in.IBGP[i]
			origin := fmt.Sprintf("%s.ibgp.%d", r.origin, i)
			if (in.Family.V == "vpn") != vpn {
				continue
			}
			switch {
			case in.Router.Set():
				d.adjoin(adjacent, r, in, origin)
				if peer := d.routerByName[in.Router.V]; peer != nil {
					groups.join(number[r], number[peer])
				}
			case in.Address.Set():
				if a := d.addr(in.Address).V; a.IsValid() {
					adjacent[r] = append(adjacent[r], adjacency{addr: a, in: in, origin: origin})
					if first, ok := outside[a]; ok {
						groups.join(number[r], first)
					} else {
						outside[a] = number[r]
					}
				}
			default:
				d.fault(badValue, in.Pos, "an iBGP peer has neither router nor address", "write router: NAME, or address: ADDRESS for a router outside of this intent")
			}
		}
	}
	meshes := make(map[*router]*mesh, len(d.routers))
	byRoot := make(map[int]*mesh)
	for i, r := range d.routers {
		root := groups.root(i)
		m := byRoot[root]
		if m == nil {
			m = &mesh{azure: make(map[netip.Prefix]string), communities: make(map[bgp.Community]string), learned: make(map[netip.Prefix]string)}
			byRoot[root] = m
		}
		m.routers = append(m.routers, r)
		meshes[r] = m
	}
	return adjacent, meshes
}

// checkOneAS reports iBGP between two AS numbers, once for two routers: an entry
// may stand at both ends, and of both families.
func (d *deriver) checkOneAS() {
	said := make(map[[2]*router]bool)
	for _, r := range d.routers {
		for i := range r.in.IBGP {
			in := &r.in.IBGP[i]
			peer := d.routerByName[in.Router.V]
			if peer == nil || peer.asn.V == r.asn.V || !peer.asn.Set() || !r.asn.Set() || said[[2]*router{r, peer}] {
				continue
			}
			said[[2]*router{r, peer}], said[[2]*router{peer, r}] = true, true
			d.fault(badValue, in.Router.Pos, fmt.Sprintf("%s has AS %s and %s has AS %s; iBGP is inside one AS", r.name.V, r.asn.V, peer.name.V, peer.asn.V), "take the entry away, or give both routers one AS number", r.asn.Pos, peer.asn.Pos)
		}
	}
}

// adjoin notes the session between r and the router that in names, at both
// ends, once.
func (d *deriver) adjoin(adjacent map[*router][]adjacency, r *router, in *intent.IBGP, origin string) {
	peer := d.router(in.Router)
	switch {
	case peer == nil:
		return
	case peer == r:
		d.fault(badValue, in.Router.Pos, fmt.Sprintf("%s peers with itself", r.name.V), "name another router")
		return
	case peer.asn.V != r.asn.V && peer.asn.Set() && r.asn.Set():
		return // checkOneAS has said it
	}
	for _, a := range adjacent[r] {
		if a.peer == peer {
			if a.in.MD5.V != in.MD5.V || timersOf(a.in) != timersOf(in) {
				d.fault(contradiction, in.Pos, fmt.Sprintf("the two ends of the iBGP session %s - %s differ", r.name.V, peer.name.V), "say md5 and timers at one end, or the same at both", a.in.Pos)
			}
			return
		}
	}
	adjacent[r] = append(adjacent[r], adjacency{peer: peer, in: in, origin: origin})
	adjacent[peer] = append(adjacent[peer], adjacency{peer: r, in: in, origin: origin})
}

func timersOf(in *intent.IBGP) [2]string {
	if in.Timers == nil {
		return [2]string{}
	}
	return [2]string{in.Timers.Keepalive.V, in.Timers.Hold.V}
}

// meshRoutes collects what each mesh carries: the destinations of every
// statement with an edge on one of its routers, and the on-premises prefixes
// that a router is to learn.
func (d *deriver) meshRoutes() {
	for _, s := range d.statements {
		if s.vrf() != "" {
			continue
		}
		for _, p := range s.paths {
			for _, r := range d.pathRouters(p) {
				for _, v := range s.vnets {
					for _, prefix := range v.prefixes {
						d.meshes[r].azure[prefix.V] = v.origin
					}
				}
			}
		}
	}
	for _, e := range d.edges {
		m := d.meshes[e.router]
		if m == nil || e.place().vrf != "" {
			continue
		}
		for to, wishes := range e.imports {
			switch {
			case to.community != 0:
				m.communities[to.community] = wishes[0].origin
			case to.isDefault() && m.families[FamilyOf(to.prefix.Addr())]:
				m.azure[to.prefix] = wishes[0].origin
			}
		}
		for prefix, origin := range d.reached(e) {
			m.azure[prefix] = origin
		}
	}
	for at, table := range d.origins {
		for prefix, o := range table {
			if o.How == Learned && at.vrf == "" {
				d.meshes[at.router].learned[prefix] = o.Origin
			}
		}
	}
}

// checkLearned reports routers that are to have prefixes in BGP already, and no
// neighbor who could have sent them: nothing would ever be advertised. Routes of
// a VRF come over sessions of family vpn or from the VRF's own neighbors; to the
// global table the site may hand on what it has from any neighbor.
func (d *deriver) checkLearned() {
	learned := make(map[*router]Origination) // the first that nobody sends
	for at, table := range d.origins {
		if at.router == nil || d.hearsOfPrefixes(at) {
			continue
		}
		for _, o := range table {
			if o.How != Learned || d.hearsOf(at, o.Prefix) {
				continue
			}
			before, ok := learned[at.router]
			if !ok || cmp.Or(strings.Compare(o.VRF, before.VRF), comparePrefixes(o.Prefix, before.Prefix)) < 0 {
				learned[at.router] = o
			}
		}
	}
	for _, r := range d.routers {
		o, ok := learned[r]
		if !ok {
			continue
		}
		at := cmp.Or(r.originate.pos, r.in.Role.Pos)
		if r.originate.how != Learned || at.IsZero() { // a network says so
			at = r.name.Pos
		}
		where, hint := "", "name the neighbor that sends it under ibgp, by address; a router of the intent sends what it originates itself"
		if o.VRF != "" {
			where, hint = " in VRF "+o.VRF, "name the neighbor that sends it: under ibgp with family: vpn, or as a neighbor of the VRF"
		}
		d.fault(originateGap, at, fmt.Sprintf("%s has %s learned%s, and nobody to learn it from", r.name.V, o.Prefix, where),
			hint+"; or write originate: network, where it is in the routing table", r.name.Pos)
	}
}

// hearsOfPrefixes reports whether a neighbor in a place sends on-premises
// prefixes. An entry of ibgp that names nobody is reported by itself.
func (d *deriver) hearsOfPrefixes(at place) bool {
	r := at.router
	if at.vrf == "" {
		return slices.ContainsFunc(d.adjacent[r], func(a adjacency) bool { return a.peer == nil }) ||
			slices.ContainsFunc(r.in.IBGP, func(in intent.IBGP) bool { return in.Family.V != "vpn" && d.routerByName[in.Router.V] == nil })
	}
	if v := r.vrf(at.vrf); v == nil || len(v.neighbors) > 0 {
		return true // a VRF that the router lacks is reported by name
	}
	return len(d.vpnPeers[r]) > 0 || slices.ContainsFunc(r.in.IBGP, func(in intent.IBGP) bool { return in.Family.V == "vpn" })
}

// hearsOf reports whether a router of the intent sends the prefix: one that
// brings it into BGP itself.
func (d *deriver) hearsOf(at place, prefix netip.Prefix) bool {
	return at.vrf == "" && slices.ContainsFunc(d.adjacent[at.router], func(a adjacency) bool {
		o, ok := d.origins[place{router: a.peer}][prefix]
		return ok && a.peer != nil && o.How != Learned
	})
}

// pathRouters are the routers that end a path, each once.
func (d *deriver) pathRouters(p *path) []*router {
	var out []*router
	for _, e := range d.edgesOf(p) {
		if e.router != nil && !slices.Contains(out, e.router) {
			out = append(out, e.router)
		}
	}
	return out
}

// transitLeak is the rule about routes of one Azure path that reach another.
const transitLeak diag.Code = "ER081"

// checkDefaults reports a default route that is accepted from one peering and
// advertised on another, where routers tell each other their routes: exact
// lists cannot tell Azure's default from the site's own.
func (d *deriver) checkDefaults() {
	type table struct {
		mesh *mesh
		vrf  string
	}
	accepted := make(map[table]*peering)
	for _, advertise := range []bool{false, true} {
		for _, e := range d.edges {
			if e.link == nil || e.router == nil {
				continue
			}
			p, at := e.link.peering, table{d.meshOf(e.place()), e.place().vrf}
			switch {
			case !advertise && p.in.AcceptDefault.V:
				accepted[at] = p
			case advertise && p.in.AdvertiseDefault.V && accepted[at] != nil:
				from := accepted[at]
				d.fault(transitLeak, p.in.AdvertiseDefault.Pos, fmt.Sprintf("the default route that %s accepts would be advertised on %s", from.path, p.path),
					"accept it or advertise it, not both among routers that hear each other", from.in.AcceptDefault.Pos)
			}
		}
	}
}

// meshOf are the routers that hear of the routes in a place.
func (d *deriver) meshOf(at place) *mesh {
	if at.vrf != "" {
		return d.vpnMeshes[at.router]
	}
	return d.meshes[at.router]
}

// checkMesh reports routers of one AS and one statement without an iBGP
// session: local-preference decides across routers only over iBGP. A PE has
// its own ways to its core.
func (d *deriver) checkMesh(s *statement) {
	if s.apart() {
		return // ER945 says that its paths do not belong together
	}
	var all []*router
	for _, p := range s.paths {
		for _, r := range d.pathRouters(p) {
			if !slices.Contains(all, r) {
				all = append(all, r)
			}
		}
	}
	sessions, kind, needs := d.adjacent, "", ""
	if s.vrf() != "" {
		sessions, kind, needs = d.vpnPeers, ", family: vpn", "; VPN routes need MPLS between the two, which is the LAN's"
	}
	for i, a := range all {
		for _, b := range all[:i] {
			if a.asn.V == b.asn.V && a.role == CE && b.role == CE && !hears(sessions, a, b) {
				d.fault(noIBGP, s.pos, fmt.Sprintf("%s and %s carry statement %s in AS %s and have no iBGP session", b.name.V, a.name.V, s.name, a.asn.V),
					fmt.Sprintf("write ibgp: [{router: %s%s}] on %s, or give both a route reflector by address%s", a.name.V, kind, b.name.V, needs), b.name.Pos, a.name.Pos)
			}
		}
	}
}

// hears reports whether a and b have a session, or each one with a router
// outside (a route reflector of the same cluster may have several addresses).
func hears(sessions map[*router][]adjacency, a, b *router) bool {
	outsideA := slices.ContainsFunc(sessions[a], func(x adjacency) bool { return x.peer == nil })
	outsideB := slices.ContainsFunc(sessions[b], func(x adjacency) bool { return x.peer == nil })
	return (outsideA && outsideB) || slices.ContainsFunc(sessions[a], func(x adjacency) bool { return x.peer == b })
}

// ibgp makes r's iBGP sessions: one per neighbor and family in use. VPN routes
// share the session of a neighbor's unicast routes.
func (d *deriver) ibgp(r *router, out *Router) {
	m := d.meshes[r]
	for _, a := range d.adjacent[r] {
		for _, family := range []Family{IPv4, IPv6} {
			if !m.carries(family) || (a.peer == nil && FamilyOf(a.addr) != family) {
				continue
			}
			if s, ok := d.session(r, a, family); ok {
				s.Import, s.Export, s.Communities = d.object(family, "IBGP", "IN"), d.object(family, "IBGP", "OUT"), len(m.communities) > 0
				out.IBGP = append(out.IBGP, s)
			}
		}
	}
	for _, a := range d.vpnPeers[r] {
		family := IPv4
		if a.peer == nil {
			family = FamilyOf(a.addr)
		}
		s, ok := d.session(r, a, family)
		if !ok {
			continue
		}
		s.VPN, s.Communities = d.vpnFamilies(r), d.vpnCommunities(r)
		at := slices.IndexFunc(out.IBGP, func(o IBGP) bool { return o.Neighbor == s.Neighbor })
		if at < 0 {
			out.IBGP = append(out.IBGP, s)
			continue
		}
		if o := &out.IBGP[at]; o.MD5 != s.MD5 || o.Timers.Keepalive != s.Timers.Keepalive || o.Timers.Hold != s.Timers.Hold {
			d.fault(contradiction, a.in.Pos, fmt.Sprintf("the iBGP session %s - %s carries VPN routes, too, and its two entries differ", r.name.V, s.Peer), "one session has one key and one set of timers: say them the same at both entries")
		}
		out.IBGP[at].VPN, out.IBGP[at].Communities = s.VPN, out.IBGP[at].Communities || s.Communities
	}
	slices.SortFunc(out.IBGP, func(a, b IBGP) int { return a.Neighbor.Compare(b.Neighbor) })
	for _, family := range []Family{IPv4, IPv6} {
		if slices.ContainsFunc(out.IBGP, func(n IBGP) bool { return n.Family == family && n.Import != "" }) {
			d.ibgpPolicies(m, family, out)
		}
	}
}

// vpnCommunities reports whether a policy in a VRF of r's VPN mesh matches
// communities, which then have to travel with the VPN routes.
func (d *deriver) vpnCommunities(r *router) bool {
	for _, peer := range d.vpnMeshes[r].routers {
		for _, v := range peer.vrfs {
			for _, e := range d.at[place{peer, v.name.V}] {
				for to := range e.imports {
					if to.community != 0 {
						return true
					}
				}
			}
		}
	}
	return false
}

// session is one end of an iBGP session, without what it carries.
func (d *deriver) session(r *router, a adjacency, family Family) (IBGP, bool) {
	timers := Timers{Keepalive: expressroute.IBGPKeepalive, Hold: expressroute.IBGPHold, Origin: a.origin}
	if a.in.Timers != nil {
		timers = Timers{Keepalive: d.seconds(a.in.Timers.Keepalive), Hold: d.seconds(a.in.Timers.Hold), Origin: a.origin + ".timers"}
	}
	var md5 secret.Ref
	if a.in.MD5.Set() {
		md5 = d.secret(a.in.MD5).V
	}
	local, neighbor, name := r.loopback(family), a.addr, a.addr.String()
	if a.peer != nil {
		neighbor, name = a.peer.loopback(family), a.peer.name.V
		if !neighbor.IsValid() {
			d.lacks(a.peer, family, a.in)
		}
	}
	if !local.IsValid() {
		d.lacks(r, family, a.in)
	}
	return IBGP{Family: family, Peer: name, Local: local, Neighbor: neighbor, Description: Label("iBGP " + name), Timers: timers, MD5: md5, Origin: a.origin},
		local.IsValid() && neighbor.IsValid()
}

// vpnFamilies are the families that the VRFs of r's VPN mesh have in use, IPv4
// where they have none.
func (d *deriver) vpnFamilies(r *router) []Family {
	var used [2]bool
	for _, peer := range d.vpnMeshes[r].routers {
		for _, v := range peer.vrfs {
			families := d.vrfFamilies(peer, v)
			used[IPv4], used[IPv6] = used[IPv4] || families[IPv4], used[IPv6] || families[IPv6]
		}
	}
	switch {
	case used[IPv4] && used[IPv6]:
		return []Family{IPv4, IPv6}
	case used[IPv6]:
		return []Family{IPv6}
	}
	return []Family{IPv4}
}

func (d *deriver) lacks(r *router, family Family, in *intent.IBGP) {
	d.fault(noLoopback, in.Pos, fmt.Sprintf("the iBGP session needs an %s loopback on %s", family, r.name.V), fmt.Sprintf("write loopback: {interface: NAME, %s: ADDRESS}", family), r.name.Pos)
}

func (r *router) loopback(f Family) netip.Addr {
	return [2]netip.Addr{r.loopback4.V, r.loopback6.V}[f]
}

// carries reports whether the mesh has sessions of a family at all.
func (m *mesh) carries(f Family) bool {
	if m.families[f] {
		return true
	}
	return f == IPv4 && !m.families[IPv6]
}

// ibgpPolicies accept the Azure prefixes both ways, and inbound the
// on-premises prefixes that are learned; everything else is refused.
func (d *deriver) ibgpPolicies(m *mesh, family Family, out *Router) {
	vnets := d.list(out, m.azure, family, "IBGP", "VNETS")
	learned := d.list(out, m.learned, family, "IBGP", "ONPREM")
	in := Policy{Name: d.object(family, "IBGP", "IN"), Family: family, Origin: out.Origin + ".ibgp"}
	export := Policy{Name: d.object(family, "IBGP", "OUT"), Family: family, Origin: out.Origin + ".ibgp"}
	for _, match := range []Name{vnets, learned} {
		if match != "" {
			in.Terms = append(in.Terms, Term{Match: match, Origin: in.Origin})
		}
	}
	if vnets != "" {
		// Junos exports any active route that matches; what the router holds for
		// reasons of its own (a static default) is not Azure's.
		export.Terms = append(export.Terms, Term{Match: vnets, Protocol: "bgp", NextHopSelf: true, Origin: export.Origin})
	}
	if own := d.sent(m, out, family); len(own) > 0 {
		list := d.list(out, own, family, "IBGP", "ONPREM")
		export.Terms = append(export.Terms, Term{Match: list, NextHopSelf: true, Origin: export.Origin})
	}
	if len(m.communities) > 0 {
		list := d.communityList(out, m.communities, "IBGP", "COMMUNITIES")
		in.Terms = append(append(in.Terms, d.refuse(out, "", family)...), Term{Communities: list, Origin: in.Origin})
		export.Terms = append(export.Terms, Term{Communities: list, Protocol: "bgp", NextHopSelf: true, Origin: export.Origin})
	}
	out.Policies = append(out.Policies, in.closed(), export.closed())
}

// sent are the on-premises prefixes that a router of the mesh is to learn and
// this one brings into BGP itself.
func (d *deriver) sent(m *mesh, out *Router, family Family) map[netip.Prefix]string {
	var set map[netip.Prefix]string
	for i := range out.Origins {
		o := &out.Origins[i]
		if _, wanted := m.learned[o.Prefix]; !wanted || o.VRF != "" || o.How == Learned || FamilyOf(o.Prefix.Addr()) != family {
			continue
		}
		if set == nil {
			set = make(map[netip.Prefix]string)
		}
		set[o.Prefix] = o.Origin
	}
	return set
}

// A union is a disjoint-set forest over the numbers 0 to n-1.
type union []int

func newUnion(n int) union {
	u := make(union, n)
	for i := range u {
		u[i] = i
	}
	return u
}

func (u union) root(i int) int {
	for u[i] != i {
		u[i] = u[u[i]]
		i = u[i]
	}
	return i
}

func (u union) join(i, j int) { u[u.root(i)] = u.root(j) }
