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

// The rules about a VPN before the circuits: fact sheet §11.
const (
	sentInClear  diag.Code = "ER135"
	vpnTooWide   diag.Code = "ER136"
	fallsBack    diag.Code = "ER137"
	clearWins    diag.Code = "ER138"
	othersFollow diag.Code = "ER154"
)

// splitHint says how prefixes are to be shared between a VPN and circuits.
const splitHint = "split them: the VPN's prefixes on the VPN alone, on circuits a prefix that covers them, or nothing"

// checkEncrypted reports what would leave in clear although a VPN comes first.
func (f *facts) checkEncrypted(h *hub, circuits map[*vnet]preferred) {
	for _, d := range h.duties {
		if d.role != encrypted {
			continue
		}
		f.checkClearPreference(d, circuits)
		f.checkSplit(h, d)
	}
}

// A preferred is the circuit with the highest local-preference for a VNet.
type preferred struct {
	statement *statement
	steer     *steer
	number    uint32
	pos       diag.Pos // of an override
}

// preferredCircuits finds it for each VNet.
func (f *facts) preferredCircuits() map[*vnet]preferred {
	out := make(map[*vnet]preferred)
	for _, s := range f.statements {
		steers := f.steering(s)
		for i := range steers {
			c := &steers[i]
			if c.path.peering == nil || c.path.peering.microsoft || len(c.path.peering.both()) == 0 {
				continue
			}
			number, pos := c.highest()
			for _, v := range s.vnets {
				if before, ok := out[v]; !ok || number > before.number {
					out[v] = preferred{s, c, number, pos}
				}
			}
		}
	}
	return out
}

// checkClearPreference reports a circuit that wins on-premises over the VPN
// before it, be it in another statement for the same VNet.
func (f *facts) checkClearPreference(d duty, circuits map[*vnet]preferred) {
	number := d.steer.preference[Primary]
	for _, v := range d.statement.vnets {
		c, ok := circuits[v]
		if !ok || c.number < number || c.steer.path.peering.vrf != d.vpn().vrf {
			continue
		}
		f.fault(clearWins, cmp.Or(d.steer.preferencePos[Primary], c.pos, d.pos()), fmt.Sprintf("%s reaches %s with local-preference %d and the VPN %s of statement %s with %d", c.steer.path.peering.path, v.name.V, c.number, d.vpn().name.V, d.statement.name, number),
			"packets would leave in clear: give the VPN the higher number, or leave preference out", c.steer.path.name.Pos)
		if f.outweighed == nil {
			f.outweighed = make(map[*vpn]bool)
		}
		f.outweighed[d.vpn()] = true
		return
	}
}

// checkSplit compares what the VPN carries with what circuits carry to the
// same VNets. One prefix has one finding, and falling back to a cover one for
// the statement.
func (f *facts) checkSplit(h *hub, d duty) {
	fall := fallback{hub: h, statement: d.statement}
	// A VPN that is a backup elsewhere may have a cover of its own; what Azure
	// would use now is said there.
	before := h.behind[d.vpn()]
	backs := len(before) > 0 && d.backsUp()
	for _, n := range d.statement.networks {
		for _, p := range n.prefixes {
			if !p.V.Addr().Is4() {
				continue
			}
			if same, ok := h.circuits.exactly(p.V); ok {
				f.fault(sentInClear, p.Pos, fmt.Sprintf("%s is on %s and on the VPN %s", p.V, same.of.peering.path, d.vpn().name.V), "Azure prefers the circuit and answers in clear: "+splitHint, d.pos(), same.of.name.Pos)
				continue
			}
			if inner, ok := h.circuits.within(p.V); ok && !backs {
				f.fault(vpnTooWide, p.Pos, fmt.Sprintf("%s on the VPN %s holds %s, which %s carries", p.V, d.vpn().name.V, inner.V, inner.of.peering.path), "Azure answers the longer prefix in clear: "+splitHint, d.pos(), inner.Pos)
				continue
			}
			if _, said := h.overridden(before, p.V); said && backs {
				continue
			}
			fall.add(p)
		}
	}
	f.checkFallsBack(d, fall)
}

// A fallback is what a statement's circuits, or others, carry of its prefixes
// when the tunnels are down.
type fallback struct {
	hub       *hub
	statement *statement
	listed    []exposed // by circuits that the statement lists
	other     []exposed // by circuits that it does not
}

// An exposed prefix is what a circuit covers.
type exposed struct {
	prefix intent.At[netip.Prefix]
	cover  span[*path]
}

// add notes the circuits that cover p.
func (b *fallback) add(p intent.At[netip.Prefix]) {
	listed, other := exposed{prefix: p}, exposed{prefix: p}
	for _, c := range b.hub.peerings {
		cover, ok := b.hub.carries[c].covering(p.V)
		if !ok {
			continue
		}
		if slices.ContainsFunc(b.statement.paths, func(x *path) bool { return x.peering == c }) {
			listed.cover = cover
		} else {
			other.cover = cover
		}
	}
	if listed.cover.of != nil {
		b.listed = append(b.listed, listed)
	}
	if other.cover.of != nil {
		b.other = append(b.other, other)
	}
}

// checkFallsBack reports that Azure answers in clear when the tunnels are
// down: an error where the statement does not list the circuit.
func (f *facts) checkFallsBack(d duty, b fallback) {
	name := d.vpn().name.V
	report := func(severity func(diag.Code, diag.Pos, string, string, ...diag.Pos), found []exposed, hint string) {
		cover, words := found[0].cover, make([]string, 0, 2)
		places := []diag.Pos{cover.Pos}
		for _, c := range found[:min(len(found), 2)] {
			words = append(words, c.prefix.V.String())
			places = append(places, c.prefix.Pos)
		}
		if more := len(found) - len(words); more > 0 {
			words[1] += fmt.Sprintf(" and %d more", more)
		}
		severity(fallsBack, d.pos(), fmt.Sprintf("with the tunnels of %s down, %s takes %s of statement %s in clear, for it carries %s", name, cover.of.peering.path, strings.Join(words, ", "), d.statement.name, cover.V), hint, places...)
	}
	switch {
	case len(b.other) > 0:
		report(f.fault, b.other, fmt.Sprintf("the statement does not list that circuit: list it behind %s where clear text may be, or advertise nothing there that covers them", name))
	case len(b.listed) > 0:
		report(f.warn, b.listed, "where clear text must not be, leave the circuit out of the statement and advertise nothing there that covers them")
	}
}

// checkOthers reports, once for each VPN and VNet, that routing goes by
// destination: what comes first for one on-premises prefix does so for all.
func (f *facts) checkOthers(h *hub, heard map[*router]*router) {
	said := make(map[served]bool)
	carried := make(map[*vpn]*space[struct{}])
	for _, d := range h.duties {
		if d.role != encrypted || h.specific[d.statement] {
			continue
		}
		if carried[d.vpn()] == nil {
			carried[d.vpn()] = h.carried(d.vpn())
		}
		for _, v := range d.statement.vnets {
			if key := (served{d.vpn(), v}); !said[key] {
				said[key] = f.checkOther(h, d, v, carried[d.vpn()], heard)
			}
		}
	}
}

// carried are the on-premises prefixes of a VPN.
func (h *hub) carried(v *vpn) *space[struct{}] {
	var out []span[struct{}]
	for _, d := range h.duties {
		if d.vpn() != v {
			continue
		}
		for _, n := range d.statement.networks {
			for _, p := range n.prefixes {
				out = append(out, span[struct{}]{At: p})
			}
		}
	}
	return newSpace(out)
}

// checkOther looks for a statement that reaches v over a circuit beside the
// VPN, and reports the first.
func (f *facts) checkOther(h *hub, d duty, v *vnet, carried *space[struct{}], heard map[*router]*router) bool {
	only := len(d.statement.circuits()) == 0
	for _, s := range h.asked[v] {
		if s == d.statement || s.vrf() != d.vpn().vrf || !s.meets(d.steer.path, heard) {
			continue
		}
		outside, found := s.outside(carried)
		if !found && !only {
			continue
		}
		name := d.vpn().name.V
		summary := fmt.Sprintf("for %s every packet takes the VPN %s first", v.name.V, name)
		if found {
			summary += fmt.Sprintf(": those of %s (statement %s) leave encrypted and are answered in clear", outside.V, s.name)
		}
		if only {
			summary += fmt.Sprintf("; with all its tunnels down, those of statement %s leave in clear over %s, one way", d.statement.name, s.circuits()[0].peering.path)
		}
		f.warn(othersFollow, d.pos(), summary, "give the protected networks a VNet or a VRF of their own, or protect everything", s.pos)
		return true
	}
	return false
}

// outside finds an IPv4 prefix of the statement's networks that lies in none
// of a space.
func (s *statement) outside(carried *space[struct{}]) (intent.At[netip.Prefix], bool) {
	for _, n := range s.networks {
		for _, p := range n.prefixes {
			if _, ok := carried.covering(p.V); !ok && p.V.Addr().Is4() {
				return p, true
			}
		}
	}
	return intent.At[netip.Prefix]{}, false
}

// meets reports whether the statement has a private peering on a router that
// hears one of the path's.
func (s *statement) meets(vpn *path, heard map[*router]*router) bool {
	for _, c := range s.circuits() {
		if c.peering.microsoft {
			continue
		}
		for _, l := range c.peering.both() {
			if slices.ContainsFunc(vpn.vpn.tunnels, func(t *tunnel) bool {
				return t.router != nil && l.router != nil && heard[t.router] == heard[l.router]
			}) {
				return true
			}
		}
	}
	return false
}

// hearing finds which routers hear each other over iBGP, be it through others:
// those have one router in common here. A router outside the intent joins all
// of its AS that peer with one.
func (f *facts) hearing() map[*router]*router {
	number := make(map[*router]int, len(f.routers))
	for i, r := range f.routers {
		number[r] = i
	}
	groups := newUnion(len(f.routers))
	outside := make(map[bgp.ASN]*router)
	for _, r := range f.routers {
		for i := range r.in.IBGP {
			peer := f.routerByName[r.in.IBGP[i].Router.V]
			if !r.in.IBGP[i].Router.Set() {
				keep(outside, r.asn.V, r)
				peer = outside[r.asn.V]
			}
			if peer != nil && peer.asn.V == r.asn.V {
				groups.join(number[r], number[peer])
			}
		}
	}
	out := make(map[*router]*router, len(f.routers))
	for i, r := range f.routers {
		out[r] = f.routers[groups.root(i)]
	}
	return out
}
