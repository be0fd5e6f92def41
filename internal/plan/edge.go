package plan

import (
	"net/netip"
	"slices"

	"github.com/ercfg/ercfg/internal/bgp"
)

// A place is a routing table of a router; the empty VRF is the global one.
type place struct {
	router *router
	vrf    string
}

// An edge is where a router meets Azure and filters routes: one link, or the
// tunnels of one VPN on one router, which share their policies.
type edge struct {
	link    *link // nil: a VPN
	vpn     *vpn  // nil: a link
	router  *router
	imports map[destination][]imported
	exports map[netip.Prefix][]exported
}

// A destination is what an edge accepts: a prefix, or whatever carries a
// community, but for what lies outside of the service's prefixes.
type destination struct {
	prefix    netip.Prefix
	community bgp.Community // zero: by prefix
	within    *service      // nil: anywhere
}

// isDefault reports whether the destination is a default route.
func (d destination) isDefault() bool { return d.community == 0 && d.prefix.Bits() == 0 }

func (d destination) String() string {
	if d.community != 0 {
		return "community " + d.community.String()
	}
	return d.prefix.String()
}

// imported is one statement's wish for a destination on an edge.
type imported struct {
	steer     *steer
	statement *statement
	position  Position
	origin    string
}

func (i imported) preference() uint32 { return i.steer.preference[i.position] }

// encrypted reports whether the wish is for a VPN before every circuit.
func (i imported) encrypted() bool { return i.steer.path.vpn != nil && i.steer.first }

func (i imported) preferenceDerived() bool { return i.steer.preferencePos[i.position].IsZero() }

// exported is one statement's wish for an on-premises prefix on an edge.
type exported struct {
	prepend   []bgp.ASN
	statement *statement
	network   *network // nil: the default route, or a half
	origin    string
}

// edgeAll makes the edges of every peering and VPN, in the order of the
// intent.
func (d *deriver) edgeAll() {
	d.at, d.paths = make(map[place][]*edge), make(map[any][]*edge)
	add := func(path any, e *edge) {
		e.imports, e.exports = make(map[destination][]imported), make(map[netip.Prefix][]exported)
		d.edges = append(d.edges, e)
		d.at[e.place()] = append(d.at[e.place()], e)
		d.paths[path] = append(d.paths[path], e)
	}
	for _, c := range d.circuits {
		for _, p := range c.peerings() {
			for _, l := range p.both() {
				add(p, &edge{link: l, router: l.router})
			}
		}
	}
	d.reach = make(map[*circuit][]*circuit)
	for _, c := range d.circuits {
		if far := d.reachedBy(c); far != nil {
			d.join(c, far)
			d.join(far, c)
		}
	}
	for _, v := range d.vpns {
		seen := make(map[*router]bool)
		for _, t := range v.tunnels {
			if t.router != nil && !seen[t.router] {
				seen[t.router] = true
				add(v, &edge{vpn: v, router: t.router})
			}
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

// edgesOf are the edges of a path.
func (d *deriver) edgesOf(p *path) []*edge {
	if p.vpn != nil {
		return d.paths[p.vpn]
	}
	return d.paths[p.peering]
}

// place is the routing table that the edge's routes are in.
func (e *edge) place() place {
	if e.vpn != nil {
		return place{e.router, e.vpn.vrf}
	}
	return place{e.router, e.link.peering.vrf}
}

// has reports whether the edge has a session of family f. An Azure VPN gateway
// has none for IPv6.
func (e *edge) has(f Family) bool {
	if e.vpn != nil {
		return f == IPv4
	}
	return e.link.has(f)
}

// wants reports whether the edge has a session that carries p.
func (e *edge) wants(p netip.Prefix) bool { return e.has(FamilyOf(p.Addr())) }

// position tells which of a path's numbers are the edge's.
func (e *edge) position() Position {
	if e.vpn != nil {
		return Primary
	}
	return e.link.position
}

// tag is the path's part of an object name.
func (e *edge) tag() string {
	if e.vpn != nil {
		return e.vpn.tag()
	}
	return e.link.peering.tag()
}

// origin is where the intent describes the edge.
func (e *edge) origin() string {
	if e.vpn != nil {
		return e.vpn.origin
	}
	return e.link.origin
}

// pools reports whether the edge may advertise n: where the links of a
// Microsoft peering have pools of their own, the other link's stays off.
func (e *edge) pools(n *network) bool {
	if e.link == nil || e.link.peering.in.NAT == nil {
		return true
	}
	nat := e.link.peering.in.NAT
	listed := [2]bool{}
	for _, name := range nat.Primary {
		listed[Primary] = listed[Primary] || name.V == n.name.V
	}
	for _, name := range nat.Secondary {
		listed[Secondary] = listed[Secondary] || name.V == n.name.V
	}
	return listed[Primary] == listed[Secondary] || listed[e.link.position]
}

// uses reports whether a place has a session of family f with Azure.
func (d *deriver) uses(at place, f Family) bool {
	for _, e := range d.at[at] {
		if e.has(f) {
			return true
		}
	}
	return false
}

// byCommunity reports whether Azure's prefixes are recognised by community.
func (p *peering) byCommunity() bool { return p.microsoft || p.in.MatchBy.V == "community" }

// bounds is the service where it accepts only some prefixes, else nil.
func (s *service) bounds() *service {
	if len(s.prefixes) == 0 {
		return nil
	}
	return s
}

// underPrivate reports whether the tunnels ride on private peering.
func (v *vpn) underPrivate() bool { return v.underlay != nil && !v.underlay.microsoft }

// brings are the prefixes that a VPN over private peering takes in: those of
// the VNets of its statements, but for a gateway's own space, which stays with
// the circuit.
func (f *facts) brings(v *vpn) *space[*vnet] {
	if f.brought == nil {
		spans := make(map[*vpn][]span[*vnet])
		for _, s := range f.statements {
			for _, p := range s.paths {
				if p.vpn == nil || !p.vpn.underPrivate() {
					continue
				}
				for _, n := range s.vnets {
					for _, prefix := range n.prefixes {
						if !n.ownSpace(prefix.V) {
							spans[p.vpn] = append(spans[p.vpn], span[*vnet]{prefix, n})
						}
					}
				}
			}
		}
		f.brought = make(map[*vpn]*space[*vnet], len(spans))
		for v, list := range spans {
			f.brought[v] = newSpace(list)
		}
	}
	return f.brought[v]
}

// needsPin reports whether the way to the tunnel's far end has to be held by a
// static route: it lies in a prefix that the tunnel itself brings, in the same
// routing table.
func (f *facts) needsPin(t *tunnel) bool {
	if !t.vpn.underPrivate() || t.outside != t.vpn.vrf || !t.remote.V.IsValid() {
		return false
	}
	_, brought := f.brings(t.vpn).covering(hostOf(t.remote.V))
	return brought
}
