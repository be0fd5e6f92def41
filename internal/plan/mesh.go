package plan

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/ercfg/ercfg/internal/bgp"
	"github.com/ercfg/ercfg/internal/diag"
	"github.com/ercfg/ercfg/internal/intent"
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
	for _, m := range d.vpnMeshes {
		d.vpnRoutes(m)
	}
	d.meshRoutes()
	d.checkDefaults()
	said := d.ibgpSessions()
	for _, s := range d.statements {
		d.checkMesh(s, said)
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

// vpnRoutes collects what a mesh of VPN routes carries: the families that its
// VRFs have in use, IPv4 where they have none, and the communities that a policy
// in one of them matches, which have to travel along.
func (d *deriver) vpnRoutes(m *mesh) {
	if m.families[IPv4] || m.families[IPv6] {
		return // done for another of its routers
	}
	for _, r := range m.routers {
		for _, v := range r.vrfs {
			used := d.vrfFamilies(r, v)
			m.families[IPv4], m.families[IPv6] = m.families[IPv4] || used[IPv4], m.families[IPv6] || used[IPv6]
			for _, e := range d.at[place{r, v.name.V}] {
				for to, wishes := range e.imports {
					if to.community != 0 {
						least(m.communities, to.community, wishes[0].origin)
					}
				}
			}
		}
	}
	m.families[IPv4] = m.families[IPv4] || !m.families[IPv6]
}

// meshRoutes collects what each mesh carries: the destinations of every
// statement with an edge on one of its routers, and the on-premises prefixes
// that a router is to learn.
func (d *deriver) meshRoutes() {
	for _, s := range d.statements {
		if s.vrf() != "" {
			continue
		}
		for _, r := range s.routers() {
			for _, v := range s.vnets {
				for _, prefix := range v.prefixes {
					least(d.meshes[r].azure, prefix.V, v.origin)
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
				least(m.communities, to.community, wishes[0].origin)
			case to.isDefault() && m.families[FamilyOf(to.prefix.Addr())]:
				least(m.azure, to.prefix, wishes[0].origin)
			}
		}
		for prefix, origin := range d.reached(e) {
			least(m.azure, prefix, origin)
		}
	}
	for at, table := range d.origins {
		for prefix, o := range table {
			if o.How == Learned && at.vrf == "" {
				least(d.meshes[at.router].learned, prefix, o.Origin)
			}
		}
	}
}

// least keeps the smallest origin of a key, so that the order of a map never
// shows.
func least[K comparable](set map[K]string, key K, origin string) {
	if before, ok := set[key]; !ok || origin < before {
		set[key] = origin
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
func (d *deriver) checkMesh(s *statement, said sessions) {
	if s.apart() {
		return // ER945 says that its paths do not belong together
	}
	all := s.routers()
	vpn, kind, needs := s.vrf() != "", "", ""
	if vpn {
		kind, needs = ", family: vpn", "; VPN routes need MPLS between the two, which is the LAN's"
	}
	for i, a := range all {
		for _, b := range all[:i] {
			if a.asn.V == b.asn.V && a.role == CE && b.role == CE && !said.join(a, b, vpn) {
				d.fault(noIBGP, s.pos, fmt.Sprintf("%s and %s carry statement %s in AS %s and have no iBGP session", b.name.V, a.name.V, s.name, a.asn.V),
					fmt.Sprintf("write ibgp: [{router: %s%s}] on %s, or give both a route reflector by address%s", a.name.V, kind, b.name.V, needs), b.name.Pos, a.name.Pos)
			}
		}
	}
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
