package plan

import (
	"net/netip"

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
func (i imported) encrypted() bool { return i.steer.first }

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

// advertises reports whether the edge may carry n: where the links of a
// Microsoft peering have pools of their own, the other link's stays off.
func (e *edge) advertises(n *network) bool {
	if e.link == nil {
		return true
	}
	for _, pool := range e.link.peering.pools() {
		if pool.names[0].V == n.name.V {
			return pool.links[e.link.position]
		}
	}
	return true
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
