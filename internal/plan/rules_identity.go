package plan

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/ercfg/ercfg/internal/bgp"
	"github.com/ercfg/ercfg/internal/diag"
	"github.com/ercfg/ercfg/internal/expressroute"
	"github.com/ercfg/ercfg/internal/intent"
)

// The rules about what a router is called by others, about addresses that stand
// where something else answers, and about fields that do nothing.
const (
	identityShared   diag.Code = "ER940"
	addressMisplaced diag.Code = "ER941"
	bothLinksShut    diag.Code = "ER942"
	modelNotJunos    diag.Code = "ER944"
)

// checkIdentities wants each router to have an identity of its own: a router
// ID in its AS, and loopback addresses anywhere.
func (f *facts) checkIdentities() {
	type identity struct {
		asn bgp.ASN
		id  netip.Addr
	}
	ids, loopbacks := make(map[identity]*router, len(f.routers)), make(map[netip.Addr]*router, len(f.routers))
	for _, r := range f.routers {
		if id := r.routerID; id.V.Is4() {
			f.checkRouterID(r)
			key := identity{r.asn.V, id.V}
			if first := ids[key]; first != nil && r.asn.Set() {
				f.fault(identityShared, id.Pos, fmt.Sprintf("%s and %s of AS %s share the router ID %s", first.name.V, r.name.V, r.asn.V, id.V), "a router drops what carries its own ID: write the router's own loopback address", first.routerID.Pos)
			}
			keep(ids, key, r)
		}
		for _, family := range []Family{IPv4, IPv6} {
			lo := r.loopbackAt(family)
			if !lo.V.IsValid() {
				continue
			}
			if first := loopbacks[lo.V]; first != nil {
				f.fault(identityShared, lo.Pos, fmt.Sprintf("%s and %s share the loopback address %s", first.name.V, r.name.V, lo.V), "sessions to it end on either of them: give every router an address of its own", first.loopbackAt(family).Pos)
			}
			keep(loopbacks, lo.V, r)
		}
		if m := r.in.Model; m.Set() && r.in.Platform.Set() && r.platform != Junos {
			f.warn(modelNotJunos, m.Pos, fmt.Sprintf("model %s has no meaning on %s, which runs %s", m.V, r.name.V, r.platform), "take it away, or write platform: junos", r.in.Platform.Pos)
		}
	}
}

// checkRouterID wants an address that a host can have (RFC 4271 §6.2): the
// neighbor answers any other one with a notification.
func (f *facts) checkRouterID(r *router) {
	id := r.routerID.V
	if id.IsUnspecified() || id.IsLoopback() || id.As4()[0] >= 224 { // multicast, reserved, broadcast
		f.fault(identityShared, r.routerID.Pos, fmt.Sprintf("%s of %s can be no router ID", id, r.name.V), "write the IPv4 address of the loopback")
	}
}

// loopbackAt is a loopback address with its place.
func (r *router) loopbackAt(f Family) intent.At[netip.Addr] {
	return [...]intent.At[netip.Addr]{r.loopback4, r.loopback6}[f]
}

// checkElsewhere reports addresses of the LAN that lie in the subnet of a link
// or in a VNet, where the LAN does not answer. It looks at the global table:
// in a VRF the same address is another one.
func (f *facts) checkElsewhere(t *addressTables) {
	var spans []span[*link]
	for l, slot := range f.subnets() {
		if l.peering.vrf == "" {
			spans = append(spans, span[*link]{l.subnet[slot], l})
		}
	}
	links := newSpace(spans)
	onLink := func(a netip.Addr, pos diag.Pos, what string) bool {
		if !a.IsValid() {
			return false
		}
		l, found := links.covering(hostOf(a))
		if found {
			f.fault(addressMisplaced, pos, fmt.Sprintf("%s, %s, lies in %s, the %s link of %s", a, what, l.V, l.of.position, l.of.peering.path), "only the router and Microsoft answer there: write an address of the LAN", l.Pos)
		}
		return found
	}
	for _, r := range f.routers {
		for _, family := range []Family{IPv4, IPv6} {
			lo := r.loopbackAt(family)
			if !lo.V.IsValid() || onLink(lo.V, lo.Pos, "the loopback of "+r.name.V) {
				continue
			}
			// Where the loopback is the router's end of a session with that VNet's
			// gateway, ER169 says it.
			v, found := t.spaces[""].covering(hostOf(lo.V))
			if found && !slices.ContainsFunc(r.tunnels, func(t *tunnel) bool { return t.vpn.vnet == v.of && !t.onLink() }) {
				f.fault(addressMisplaced, lo.Pos, fmt.Sprintf("%s, the loopback of %s, lies in %s of VNet %s", lo.V, r.name.V, v.V, v.of.name.V), "Azure owns that space: write an address of the LAN", v.Pos)
			}
		}
		if o := r.in.Originate; o != nil {
			f.checkVia(o, onLink, "the next hop of "+r.name.V)
		}
		for i := range r.in.IBGP {
			in := r.in.IBGP[i].Address
			// What is no address has been reported when the mesh was made.
			if a, err := netip.ParseAddr(in.V); err == nil {
				onLink(a, in.Pos, "the iBGP peer of "+r.name.V)
			}
		}
	}
	for _, n := range f.networks {
		if o := n.in.Originate; o != nil {
			f.checkVia(o, onLink, "the next hop of network "+n.name.V)
		}
	}
}

func (f *facts) checkVia(o *intent.Originate, onLink func(netip.Addr, diag.Pos, string) bool, what string) {
	for _, v := range o.Via {
		if a, err := netip.ParseAddr(v.V); err == nil {
			onLink(a, v.Pos, what)
		}
	}
}

// checkOnpremSpace reports on-premises prefixes that no network can route.
func (f *facts) checkOnpremSpace() {
	for _, n := range f.networks {
		for _, p := range n.prefixes {
			if expressroute.IsUnroutable(p.V) {
				f.fault(addressMisplaced, p.Pos, fmt.Sprintf("%s of network %s lies in space that is never routed", p.V, n.name.V), "loopback, link-local, multicast and \"this network\" addresses stay where they are: take the prefix out")
			}
		}
	}
}

// checkShutdown reports a peering whose every link is shut.
func (f *facts) checkShutdown(p *peering) {
	links := p.both()
	if len(links) == 0 {
		return
	}
	for _, l := range links {
		if !l.shutdown {
			return
		}
	}
	var related []diag.Pos
	for _, l := range links[1:] {
		related = append(related, l.in.Shutdown.Pos)
	}
	f.warn(bothLinksShut, links[0].in.Shutdown.Pos, fmt.Sprintf("every link of %s is shut: it carries nothing", p.path), "drain one link at a time, or take the path out of prefer", related...)
}
