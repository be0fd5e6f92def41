package plan

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/ercfg/ercfg/internal/diag"
	"github.com/ercfg/ercfg/internal/expressroute"
	"github.com/ercfg/ercfg/internal/intent"
)

// The rules about what a tunnel rides on and what it ends on: fact sheet §9,
// §10 and §11.
const (
	endpointUnpinned  diag.Code = "ER134"
	sourceUnreachable diag.Code = "ER139"
	tunnelInItself    diag.Code = "ER140"
	tooFewTunnels     diag.Code = "ER168"
	peerMisplaced     diag.Code = "ER169"
	peerOutOfRange    diag.Code = "ER170"
	passivePeer       diag.Code = "ER171"
	peerOnVirtualWAN  diag.Code = "ER172"
	peerUnreachable   diag.Code = "ER173"
	outsideElsewhere  diag.Code = "ER967" // the outside in another table than what it rides on
	endShared         diag.Code = "ER176"
	pinIgnoresDrain   diag.Code = "ER938" // a static route to the endpoint (W)
	mayLeaveCircuit   diag.Code = "ER946" // a tunnel that may move to the Internet
)

// checkTunnels reports tunnels that do not come up, that come up over another
// path than was meant, or that are fewer than the gateway's instances.
func (f *facts) checkTunnels() {
	if len(f.vpns) == 0 {
		return
	}
	saas, uses, links := f.onMicrosoft(), f.uses(), f.linkSpaces()
	for _, v := range f.vnets {
		f.checkInstances(v)
	}
	for _, v := range f.vpns {
		f.checkEveryInstance(v)
		sources, held := v.sources(uses), v.held(uses)
		for _, t := range v.tunnels {
			f.checkOutside(t)
			f.checkPinned(t, saas, links)
			f.checkSource(t, sources)
			f.checkHeld(t, held)
			f.checkPeer(t, f.checkRecursion(t))
		}
		f.checkPin(v)
		f.checkFallback(v, uses)
	}
	f.checkSharedEnds()
	f.checkInsides()
}

// onMicrosoft lists the VRFs that Microsoft peering brings Microsoft's public
// prefixes to, or a private peering a default, and the first peering of each.
// Between routers of two ASes the LAN may carry them, and no intent says whether
// it does.
func (f *facts) onMicrosoft() map[string]*peering {
	out := make(map[string]*peering)
	for _, c := range f.circuits {
		if c.microsoft != nil {
			keep(out, c.microsoft.vrf, c.microsoft)
		}
		if c.private != nil && c.private.in.AcceptDefault.V {
			keep(out, c.private.vrf, c.private)
		}
	}
	return out
}

// checkOutside reports a tunnel whose own packets are in another routing table
// than the peering that they ride on.
func (f *facts) checkOutside(t *tunnel) {
	p := t.vpn.underlay
	if p == nil || t.outside == p.vrf {
		return
	}
	f.fault(outsideElsewhere, t.in.VRF.Pos, fmt.Sprintf("the outside of this tunnel of %s lies in %s, and %s, which it rides on, in %s", t.vpn.name.V, vrfText(t.outside), p.path, vrfText(p.vrf)),
		"leave vrf out, which is the peering's; to keep the circuit apart from the tunnel's inside, give the peering a vrf", p.in.Pos)
}

// checkPinned reports a tunnel over the Internet whose far end Microsoft
// peering may attract: it dies with the circuit that it is the backup of. A
// next hop that is not the Internet's does the same.
func (f *facts) checkPinned(t *tunnel, saas map[string]*peering, links map[string]*space[*link]) {
	if t.vpn.in.Underlay.V != "internet" {
		return
	}
	if a := t.local; a.V.IsValid() {
		if l, ok := links[t.outside].covering(hostOf(a.V)); ok {
			f.fault(addressMisplaced, a.Pos, fmt.Sprintf("%s, where the tunnel of %s begins, lies in %s, the %s link of %s", a.V, t.vpn.name.V, l.V, l.of.position, l.of.peering.path), "nobody on the Internet answers to it, and it fails with the link: write the address of the Internet interface", l.Pos)
			return
		}
	}
	if a := t.nextHop; a.Set() {
		if a.V.IsValid() && a.V == t.local.V {
			f.fault(addressMisplaced, a.Pos, fmt.Sprintf("%s is where the tunnel of %s begins and the next hop to its far end", a.V, t.vpn.name.V), "write the address of the Internet's router", t.local.Pos)
		} else if l, ok := links[t.outside].covering(hostOf(a.V)); ok {
			f.fault(addressMisplaced, a.Pos, fmt.Sprintf("%s, the next hop of the tunnel of %s, lies in %s, the %s link of %s", a.V, t.vpn.name.V, l.V, l.of.position, l.of.peering.path), "the tunnel would ride on the circuit and fail with it: write the address of the Internet's router", l.Pos)
		}
		return
	}
	if p := saas[t.outside]; p != nil {
		f.fault(endpointUnpinned, t.in.Pos, fmt.Sprintf("this tunnel of %s has no nextHop, and %s brings a route to the gateway's public address on-premises", t.vpn.name.V, p.path),
			"the tunnel would ride on the circuit and fail with it: write nextHop: ADDRESS of the Internet's router", p.in.Pos)
	}
}

// held are the prefixes that the VPN's private peering brings on-premises. One
// that takes the default brings everything.
func (v *vpn) held(uses map[*peering][]use) *space[*vnet] {
	var spans []span[*vnet]
	for _, u := range uses[v.underlay] {
		for _, x := range u.statement.vnets {
			for _, p := range x.prefixes {
				spans = append(spans, span[*vnet]{p, x})
			}
		}
		if v.underlay.in.AcceptDefault.V {
			spans = append(spans, span[*vnet]{At: intent.At[netip.Prefix]{V: defaultIPv4}})
		}
	}
	return newSpace(spans)
}

// checkHeld reports a far end on private peering to which no route leads: no
// statement takes it in over the circuit, and no static route holds it.
func (f *facts) checkHeld(t *tunnel, held *space[*vnet]) {
	p := t.vpn.underlay
	if !t.vpn.underPrivate() || !t.remote.V.IsValid() || f.needsPin(t) {
		return
	}
	if _, ok := held.covering(hostOf(t.remote.V)); !ok {
		f.fault(sourceUnreachable, t.in.Instance.Pos, fmt.Sprintf("%s, where the tunnel of %s ends, lies in no VNet that a statement reaches over %s", t.remote.V, t.vpn.name.V, p.path),
			fmt.Sprintf("write a statement from the network of the tunnel's near end to the gateways' VNet over %s", p.path), t.remote.Pos)
	}
}

// sources are the prefixes in which a tunnel over the VPN's peering may have
// its near end, so that Azure finds the way back.
func (v *vpn) sources(uses map[*peering][]use) *space[*path] {
	if v.underlay == nil {
		return nil
	}
	registered := newSpace(v.underlay.registered())
	var spans []span[*path]
	for _, u := range uses[v.underlay] {
		for p := range u.advertised() {
			if _, ok := registered.covering(p.V); ok || !v.underlay.microsoft {
				spans = append(spans, span[*path]{p, u.steer.path})
			}
		}
	}
	return newSpace(spans)
}

// registered are the prefixes that Microsoft takes on a Microsoft peering.
// What is none is reported where they are judged.
func (p *peering) registered() []span[struct{}] {
	var out []span[struct{}]
	for _, a := range p.in.AdvertisedPublicPrefixes {
		if prefix, err := netip.ParsePrefix(a.V); err == nil {
			out = append(out, span[struct{}]{At: intent.At[netip.Prefix]{V: prefix.Masked(), Pos: a.Pos}})
		}
	}
	return out
}

// checkSource reports a near end that Azure cannot answer over the peering.
func (f *facts) checkSource(t *tunnel, sources *space[*path]) {
	a, p := t.local, t.vpn.underlay
	if r := t.router; r != nil && t.outside != "" && (p == nil || p.vrf == t.outside) && a.V.IsValid() && a.V == r.loopback4.V {
		f.fault(addressMisplaced, a.Pos, fmt.Sprintf("%s, where the tunnel of %s begins, is the loopback of %s in the global table, and its outside lies in VRF %s", a.V, t.vpn.name.V, r.name.V, t.outside), "a tunnel begins on an address of that VRF: give it a loopback of its own there, or an address of a link", r.loopback4.Pos)
		return
	}
	if f.sourceInVNet(t) || p == nil || !a.V.IsValid() {
		return
	}
	if _, ok := sources.covering(hostOf(a.V)); ok {
		return
	}
	hint := fmt.Sprintf("list a network that holds it in a statement over %s; the circuit must be its first path, or it does not advertise it", p.path)
	if p.microsoft {
		hint = fmt.Sprintf("advertise a prefix that holds it on %s, and register that among its advertisedPublicPrefixes", p.path)
	}
	f.fault(sourceUnreachable, a.Pos, fmt.Sprintf("%s, where the tunnel of %s begins, lies in no prefix that %s advertises", a.V, t.vpn.name.V, p.path), hint, p.in.Pos)
}

// checkRecursion reports a far end that would be reached through the tunnel
// itself, and whether the BGP peer is the reason.
func (f *facts) checkRecursion(t *tunnel) bool {
	v := t.vpn
	if t.gateway == nil || t.outside != v.vrf {
		return false
	}
	switch {
	case t.peer.V.IsValid() && t.peer.V == t.remote.V && !t.onLink():
		f.fault(tunnelInItself, t.peer.Pos, fmt.Sprintf("%s is the BGP peer of instance %s and the far end of its tunnel", t.peer.V, t.gateway.in.Name.V), "the route to the peer leads into the tunnel, and the tunnel's own packets follow it: give the gateway APIPA peer addresses (169.254.21.0–169.254.22.255)", t.remote.Pos)
		return true
	case f.needsPin(t) && t.router != nil && !t.router.on(v.underlay):
		f.fault(tunnelInItself, t.in.Router.Pos, fmt.Sprintf("%s has no link of %s, and the way to %s leads through the tunnel as soon as it is up", t.router.name.V, v.underlay.path, t.remote.V),
			fmt.Sprintf("end the tunnel on a router of %s, put its outside into a VRF of its own, or give the gateway subnet an address space of its own in the VNet", v.underlay.path), v.in.Underlay.Pos)
	}
	return false
}

// on reports whether the peering has a link on the router.
func (r *router) on(p *peering) bool {
	return slices.ContainsFunc(r.links, func(l *link) bool { return l.peering == p })
}

// checkPin warns of a far end that a static route holds: Microsoft drains a
// link by a longer AS path, which no static route follows.
func (f *facts) checkPin(v *vpn) {
	for _, t := range v.tunnels {
		if f.needsPin(t) && t.router != nil && t.router.on(v.underlay) {
			f.warn(pinIgnoresDrain, v.in.Underlay.Pos, fmt.Sprintf("static routes hold the gateway's addresses of %s on the links of %s and do not follow when Microsoft drains one", v.name.V, v.underlay.path),
				"where the gateway subnet is an address space of its own, list it among the VNet's prefixes, or as a VNet that only circuits reach: then BGP holds them")
			return
		}
	}
}

// checkFallback judges a tunnel over Microsoft peering when its circuit fails:
// the gateway's public address is on the Internet, too.
func (f *facts) checkFallback(v *vpn, uses map[*peering][]use) {
	p, said := v.underlay, v.in.InternetFallback
	switch {
	case p == nil || !p.microsoft || said.V:
		return
	case !said.Set():
		f.warn(mayLeaveCircuit, v.in.Underlay.Pos, fmt.Sprintf("when %s fails, the tunnels of %s move to the Internet where its routes lead to the gateway", p.path, v.name.V), "write internetFallback: true where that is meant, and internetFallback: false where it must not be")
		return
	}
	for _, u := range uses[p] {
		for _, s := range u.statement.services {
			if len(s.prefixes) == 0 {
				f.fault(mayLeaveCircuit, said.Pos, fmt.Sprintf("the tunnels of %s are to stay off the Internet, and service set %s on %s has no prefixes: a route that it brings may be wider than the discard, which then wins over it", v.name.V, s.name.V, p.path),
					"write prefixes at every service set of this peering, the widest around the gateway", s.name.Pos)
				return
			}
		}
	}
	for _, t := range v.tunnels {
		if a := t.remote; a.V.IsValid() {
			if _, ok := f.widestBound(t); !ok {
				f.fault(mayLeaveCircuit, said.Pos, fmt.Sprintf("nothing keeps the tunnels of %s off the Internet when %s fails: no service set of its statements has a prefix around %s", v.name.V, p.path, a.V),
					fmt.Sprintf("accept a service set with prefixes: [PREFIX] on %s, shorter than /32; a discard route for it then waits behind the circuit's", p.path), a.Pos)
				return
			}
		}
	}
}

// checkInstances reports BGP peer addresses that the gateway cannot have, and
// instances that one address stands for.
func (f *facts) checkInstances(v *vnet) {
	for _, g := range v.instances {
		if a := g.bgp; expressroute.IsAPIPA(a.V) && !expressroute.ValidAPIPA(a.V) {
			f.fault(peerOutOfRange, a.Pos, fmt.Sprintf("%s is no APIPA address that a VPN gateway takes", a.V), "write one of 169.254.21.0–169.254.22.255, as the gateway has it")
		}
	}
	for _, x := range []struct {
		what string
		of   func(*instance) intent.At[netip.Addr]
	}{
		{"BGP peer address", func(g *instance) intent.At[netip.Addr] { return g.bgp }},
		{"public address", func(g *instance) intent.At[netip.Addr] { return g.public }},
		{"private address", func(g *instance) intent.At[netip.Addr] { return g.private }},
	} {
		seen := make(map[netip.Addr]*instance)
		for _, g := range v.instances {
			a := x.of(g)
			if !a.V.IsValid() {
				continue
			}
			if before := seen[a.V]; before != nil {
				f.fault(tooFewTunnels, a.Pos, fmt.Sprintf("instances %s and %s of the VPN gateway of %s have one %s, %s", before.in.Name.V, g.in.Name.V, v.name.V, x.what, a.V), "each instance has one of its own: write both, as the gateway shows them", x.of(before).Pos)
			}
			keep(seen, a.V, g)
		}
	}
}

// checkEveryInstance reports instances that no tunnel of a VPN ends on: when
// Azure takes the other ones down, the VPN is down.
func (f *facts) checkEveryInstance(v *vpn) {
	if v.vnet == nil || len(v.tunnels) == 0 { // no tunnel at all is the schema's finding
		return
	}
	var without []string
	var places []diag.Pos
	for _, g := range v.vnet.instances {
		if !slices.ContainsFunc(v.tunnels, func(t *tunnel) bool { return t.in.Instance.V == g.in.Name.V }) {
			without = append(without, g.in.Name.V)
			places = append(places, g.in.Name.Pos)
		}
	}
	// A tunnel whose instance nothing defines may be meant for one of these.
	unknown := slices.ContainsFunc(v.tunnels, func(t *tunnel) bool { return t.gateway == nil })
	if len(without) > 0 && !unknown {
		f.fault(tooFewTunnels, v.name.Pos, fmt.Sprintf("no tunnel of the VPN %s ends on instance %s of the gateway of %s", v.name.V, strings.Join(without, ", "), v.vnet.name.V), "an active/active gateway loses one instance at a time: write a tunnel to each", places...)
	}
}

// checkPeer reports ends of the BGP session inside the tunnel that do not
// come together. In a tunnel that is recursive by its peer, where our end lies
// is no second fault.
func (f *facts) checkPeer(t *tunnel, recursive bool) {
	peer, ours := t.peer.V, t.ours()
	if t.router == nil || t.vpn.vnet == nil || !peer.IsValid() {
		return
	}
	apipa := expressroute.IsAPIPA(peer)
	f.checkInside(t, apipa)
	if apipa && t.in.Passive.V {
		f.fault(passivePeer, t.in.Passive.Pos, fmt.Sprintf("%s waits for %s to begin the session", t.router.name.V, peer), "a gateway never begins one with an APIPA peer: take passive away", t.peer.Pos)
	}
	if apipa && t.vpn.vnet.in.VirtualWAN.V && t.vpn.underPrivate() {
		f.fault(peerOnVirtualWAN, t.peer.Pos, fmt.Sprintf("%s is an APIPA peer on the Virtual WAN of %s, and %s rides on private peering", peer, t.vpn.vnet.name.V, t.vpn.name.V), "write the hub gateway's own BGP address, and leave inside out", t.vpn.in.Underlay.Pos)
	}
	switch {
	case recursive, !ours.IsValid(), apipa && !t.onLink():
	case t.onLink():
		f.checkOurs(t, ours, t.inside.Pos)
	default:
		f.checkOurs(t, ours, t.router.loopback4.Pos)
	}
}

// checkInside reports a session that cannot form. An APIPA peer is in the
// subnet inside the tunnel; any other one is reached from the loopback.
func (f *facts) checkInside(t *tunnel, apipa bool) {
	a, peer := t.inside.V.Addr(), t.peer.V
	switch {
	case expressroute.IsAPIPA(a) && !expressroute.ValidAPIPA(a) && (!apipa || expressroute.ValidAPIPA(peer)):
		f.fault(peerOutOfRange, t.inside.Pos, fmt.Sprintf("%s is no APIPA address that a VPN gateway takes as its peer", a), "write one of 169.254.21.0–169.254.22.255, as the connection has it")
	case apipa && !expressroute.ValidAPIPA(peer):
		// The peer is the fault, and reported where it stands.
	case apipa && !t.onLink() && (a.IsValid() || !t.inside.Set()):
		f.fault(peerUnreachable, cmp.Or(t.inside.Pos, t.in.Instance.Pos), fmt.Sprintf("the APIPA peer %s is not in the subnet inside the tunnel", peer), "the gateway speaks from there to an APIPA address only: write inside: ADDRESS/30 of the subnet that the connection has", t.peer.Pos)
	case !apipa && !t.onLink() && t.vpn.vrf != "":
		f.fault(peerUnreachable, t.in.Router.Pos, fmt.Sprintf("the inside of the VPN %s lies in VRF %s, and the loopback of %s in the global table", t.vpn.name.V, t.vpn.vrf, t.router.name.V),
			"a session in a VRF cannot begin on it: set APIPA addresses on the connection in Azure, and write inside: 169.254.21.1/30", t.peer.Pos)
	case !apipa && !t.onLink() && t.router.loopback4.Pos.IsZero():
		f.fault(peerUnreachable, t.in.Router.Pos, fmt.Sprintf("%s has no IPv4 loopback, and %s of the VPN %s is not in a subnet inside the tunnel", t.router.name.V, peer, t.vpn.name.V),
			"the session with such a peer begins on the loopback: write loopback: {interface: NAME, ipv4: ADDRESS/32} on the router", t.peer.Pos)
	}
}

// checkOurs reports a BGP address of ours that the gateway refuses.
func (f *facts) checkOurs(t *tunnel, ours netip.Addr, at diag.Pos) {
	if ours == t.local.V {
		f.fault(peerMisplaced, t.local.Pos, fmt.Sprintf("%s is where the tunnel of %s begins and our BGP address inside it", ours, t.vpn.name.V), "the gateway would send the tunnel's own packets into it: begin the tunnel on another address, or give it an APIPA subnet inside", at)
	}
	for _, p := range t.vpn.vnet.prefixes {
		if p.V.Contains(ours) {
			f.fault(peerMisplaced, at, fmt.Sprintf("%s, our BGP address on the VPN %s, lies in %s of VNet %s", ours, t.vpn.name.V, p.V, t.vpn.vnet.name.V), "Azure owns that space: write an address of the LAN, or an APIPA one", p.Pos)
		}
	}
}

// An end is what one address stands for at a VPN gateway. The instance is nil
// where any is meant.
type end struct {
	gateway  *vnet
	instance *instance
	addr     netip.Addr
}

// checkSharedEnds reports tunnels that a gateway cannot tell apart. Two tunnels
// of one router to two instances may begin on one address and share a loopback.
func (f *facts) checkSharedEnds() {
	local, ours := make(map[end]*tunnel), make(map[end]*tunnel)
	// shares notes the tunnel's end and returns the first other tunnel on it.
	shares := func(ends map[end]*tunnel, t *tunnel, a netip.Addr, tied bool) *tunnel {
		if !a.IsValid() {
			return nil
		}
		whole, one := end{t.vpn.vnet, nil, a}, end{t.vpn.vnet, t.gateway, a}
		defer func() { keep(ends, whole, t); keep(ends, one, t) }()
		if before := ends[whole]; before != nil && (tied || before.router != t.router) {
			return before
		}
		return ends[one]
	}
	for _, v := range f.vpns {
		for _, t := range v.tunnels {
			if v.vnet == nil || t.router == nil || t.gateway == nil {
				continue
			}
			begun := shares(local, t, t.local.V, false)
			// An address inside belongs to one tunnel alone. Two loopbacks of one
			// address are another rule's finding.
			peered := shares(ours, t, t.ours(), t.onLink())
			switch {
			case begun != nil:
				f.fault(endShared, t.local.Pos, fmt.Sprintf("two tunnels to %s begin on %s", v.vnet.name.V, t.local.V), "the gateway tells devices apart by that address: give each tunnel to an instance its own", begun.local.Pos)
			case peered == nil:
			case t.onLink():
				f.fault(endShared, t.inside.Pos, fmt.Sprintf("two tunnels to %s have %s inside", v.vnet.name.V, t.ours()), "each session needs a BGP address of its own", peered.inside.Pos)
			case peered.router == t.router:
				f.fault(endShared, t.in.Instance.Pos, fmt.Sprintf("two tunnels of %s to instance %s of %s share the session from its loopback", t.router.name.V, t.gateway.in.Name.V, v.vnet.name.V), "one session cannot have two tunnels: keep one, or give both APIPA subnets inside", peered.in.Instance.Pos)
			}
		}
	}
}
