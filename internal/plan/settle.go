package plan

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"

	"github.com/ercfg/ercfg/internal/intent"
)

// settle decides every wish that more than one statement has on an edge, and
// reports where they contradict.
func (d *deriver) settle() {
	advertised := make(map[string][]span[struct{}])
	firsts := d.firsts()
	for _, e := range d.edges {
		vrf := e.place().vrf
		for to, wishes := range e.imports {
			e.imports[to] = d.settleImport(e, to, wishes, firsts[d.wanted(vrf, to)])
		}
		for prefix, wishes := range e.exports {
			d.settleExport(e, prefix, wishes)
			if prefix.Bits() > 0 { // a default covers everything and says nothing
				advertised[vrf] = append(advertised[vrf], span[struct{}]{At: intent.At[netip.Prefix]{V: prefix}})
			}
		}
	}
	d.supernets = make(map[string]*space[struct{}], len(advertised))
	for vrf, spans := range advertised {
		d.supernets[vrf] = newSpace(spans)
	}
}

// wanted is a destination in a VRF.
type wanted struct {
	vrf string
	to  destination
}

// wanted is the key of a destination: of a VNet's community the VNet's first
// prefix, as another circuit may know the VNet by its prefixes.
func (d *deriver) wanted(vrf string, to destination) wanted {
	for one := range d.levels(to, 0) {
		return wanted{vrf, one.to}
	}
	return wanted{vrf, to}
}

// firsts lists, for each destination, the circuits that some statement puts
// first, where there is more than one.
func (d *deriver) firsts() map[wanted][]imported {
	out := make(map[wanted][]imported)
	for _, e := range d.edges {
		if e.link == nil {
			continue
		}
		for to, wishes := range e.imports {
			if to.isDefault() {
				continue
			}
			key := d.wanted(e.place().vrf, to)
			for _, w := range wishes {
				if w.steer.rank == 0 && !slices.ContainsFunc(out[key], func(o imported) bool { return o.steer.path.peering == w.steer.path.peering }) {
					out[key] = append(out[key], w)
				}
			}
		}
	}
	for key, list := range out {
		if len(list) < 2 {
			delete(out, key)
			continue
		}
		// Two circuits of one router cannot both be home: destination routing
		// on it follows one.
		for i, a := range list {
			for _, b := range list[:i] {
				if a.preferenceDerived() && b.preferenceDerived() && !a.statement.apart() && !b.statement.apart() && shareRouter(a.steer.path.peering, b.steer.path.peering) {
					d.fault(contradiction, a.statement.pos, fmt.Sprintf("statements %s and %s want different first circuits for %s, and both circuits end on one router", b.statement.name, a.statement.name, key.to),
						"a router follows one order per destination: give both statements the same order, or end the circuits on different routers", b.statement.pos)
				}
			}
		}
	}
	return out
}

func shareRouter(a, b *peering) bool {
	for _, l := range a.both() {
		for _, m := range b.both() {
			if l.router != nil && l.router == m.router {
				return true
			}
		}
	}
	return false
}

// settleImport returns the one wish that holds for a destination on e.
func (d *deriver) settleImport(e *edge, to destination, wishes []imported, firsts []imported) []imported {
	higher := func(a, b imported) int { return cmp.Compare(a.preference(), b.preference()) }
	if to.isDefault() {
		// As on export: the default belongs to the peering.
		return []imported{slices.MaxFunc(wishes, higher)}
	}
	best := wishes[0]
	for _, w := range wishes[1:] {
		if w.preference() == best.preference() {
			continue
		}
		switch derived := w.preferenceDerived() && best.preferenceDerived(); {
		case e.vpn != nil && d.outweighed[e.vpn]:
			// Its number is too low beside a circuit's, which ER138 says.
		case derived && e.vpn != nil && w.encrypted() != best.encrypted():
			// First for one statement and backup of another: on-premises follows
			// the first, and a rule says what that means for the other.
		case derived && e.link != nil && len(firsts) > 1 && slices.ContainsFunc(firsts, func(o imported) bool { return o.steer.path.peering == e.link.peering }):
			// Two sites share a VNet, each with its own circuit first: every such
			// circuit is a home circuit, and eBGP over iBGP does the rest.
		case w.statement.apart() || best.statement.apart():
			// ER945 says that one of them cannot be.
		default:
			d.fault(contradiction, w.statement.pos, fmt.Sprintf("statements %s and %s give %s local-preference %d and %d on %s", best.statement.name, w.statement.name, to, best.preference(), w.preference(), e.origin()),
				"on-premises routing is by destination: give both statements the same order of paths for this VNet", best.statement.pos)
			return wishes[:1]
		}
		if higher(w, best) > 0 {
			best = w
		}
	}
	return []imported{best}
}

func (d *deriver) settleExport(e *edge, prefix netip.Prefix, wishes []exported) {
	if prefix.Bits() == 0 {
		// The default belongs to the peering, not to a statement: it leaves as
		// the best statement does.
		slices.SortStableFunc(wishes, func(a, b exported) int { return cmp.Compare(len(a.prepend), len(b.prepend)) })
		return
	}
	for _, w := range wishes[1:] {
		if !slices.Equal(w.prepend, wishes[0].prepend) && !w.statement.apart() && !wishes[0].statement.apart() {
			d.fault(contradiction, w.statement.pos, fmt.Sprintf("statements %s and %s prepend %s %d and %d times on %s", wishes[0].statement.name, w.statement.name, prefix, len(wishes[0].prepend), len(w.prepend), e.origin()),
				"a prefix has one AS path on a session: give both statements the same order of circuits, or say the same prepend", wishes[0].statement.pos)
			return
		}
	}
}
