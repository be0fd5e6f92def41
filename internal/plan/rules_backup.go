package plan

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"

	"github.com/ercfg/ercfg/internal/diag"
	"github.com/ercfg/ercfg/internal/intent"
)

// The rules about a VPN behind the circuits: fact sheet §9.
const (
	backupWins       diag.Code = "ER130"
	backupSpecific   diag.Code = "ER131"
	notBackedUp      diag.Code = "ER132"
	backupOfServices diag.Code = "ER133"
	vpnCarriesIPv6   diag.Code = "ER144"
	vpnBetween       diag.Code = "ER953" // neither before the circuits nor behind them
)

// checkVPNDesign reports VPNs whose place in prefer is not what the network
// would make of it, in either direction.
func (f *facts) checkVPNDesign() {
	if len(f.vpns) == 0 {
		return
	}
	dual := f.dualStack()
	for _, s := range f.statements {
		f.checkRoles(s, dual)
	}
	circuits, heard := f.preferredCircuits(), f.hearing()
	for _, h := range f.hubs() {
		f.checkBackup(h)
		f.checkEncrypted(h, circuits)
		f.checkOthers(h, heard)
	}
}

// checkRoles reports what a VPN cannot be in one statement.
func (f *facts) checkRoles(s *statement, dual map[*vnet]bool) {
	saas := slices.IndexFunc(s.paths, func(p *path) bool { return p.peering != nil && p.peering.microsoft })
	for i, p := range s.paths {
		if p.vpn == nil {
			continue
		}
		switch {
		case saas >= 0:
			f.fault(backupOfServices, p.name.Pos, fmt.Sprintf("statement %s has the VPN %s beside %s", s.name, p.vpn.name.V, s.paths[saas].peering.path), "a VPN ends in a VNet and backs up private peering only: name another Microsoft peering, or none", s.paths[saas].name.Pos)
		case len(s.services) > 0 && len(s.vnets) == 0:
			f.fault(backupOfServices, p.name.Pos, fmt.Sprintf("statement %s has the VPN %s for the service set %s", s.name, p.vpn.name.V, s.services[0].name.V), "a VPN ends in a VNet: services come over Microsoft peering, or over the Internet", s.services[0].name.Pos)
		case s.role(i) == noRole:
			f.fault(vpnBetween, p.name.Pos, fmt.Sprintf("statement %s has the VPN %s between two circuits", s.name, p.vpn.name.V), "Azure prefers any circuit to a VPN: put it before the first circuit (encrypted) or behind the last one (backup)", s.circuits()[0].name.Pos)
		}
		f.checkVPNFamily(s, p, s.role(i), dual)
		f.checkVPNLinks(s, p)
	}
}

// checkVPNLinks reports keys of preference and prepend that mean one link of a
// VPN, which has none: the tunnels of a VPN are equal.
func (f *facts) checkVPNLinks(s *statement, p *path) {
	check := func(key intent.At[string]) {
		for _, pos := range []Position{Primary, Secondary} {
			if p.isLink(key.V, pos) {
				f.fault(unknownName, key.Pos, fmt.Sprintf("the VPN %s of statement %s has no %s link", p.vpn.name.V, s.name, pos), fmt.Sprintf("its tunnels share their numbers: write %s", p.vpn.name.V), p.name.Pos)
			}
		}
	}
	for _, e := range s.in.Preference {
		check(e.Name)
	}
	for _, e := range s.in.Prepend {
		check(e.Name)
	}
}

// dualStack finds the VNets that a statement reaches over IPv6, by a circuit
// that comes first.
func (f *facts) dualStack() map[*vnet]bool {
	out := make(map[*vnet]bool)
	for _, s := range f.statements {
		if len(s.paths) == 0 || s.paths[0].peering == nil || !s.paths[0].peering.carries(IPv6) {
			continue
		}
		for _, v := range s.vnets {
			out[v] = true
		}
	}
	return out
}

// checkVPNFamily reports IPv6 that a VPN is to carry: a gateway carries IPv4.
func (f *facts) checkVPNFamily(s *statement, p *path, r role, dual map[*vnet]bool) {
	for _, x := range s.ipv6(r == encrypted, dual) {
		if r == encrypted {
			f.fault(vpnCarriesIPv6, x.Pos, fmt.Sprintf("statement %s sends %s over the VPN %s", s.name, x.V, p.vpn.name.V), "an Azure VPN gateway carries IPv4 only: put the IPv6 prefix into a statement over a circuit", p.name.Pos)
		} else if slices.ContainsFunc(s.circuits(), func(c *path) bool { return c.peering.carries(IPv6) }) {
			f.warn(vpnCarriesIPv6, p.name.Pos, fmt.Sprintf("the VPN %s is no backup for the IPv6 prefixes of statement %s", p.vpn.name.V, s.name), "an Azure VPN gateway carries IPv4 only: a second circuit backs up both", x.Pos)
			return
		}
	}
}

// ipv6 lists the IPv6 prefixes that a statement joins, on-premises first. Only
// says to leave out those of VNets that another statement reaches over IPv6.
func (s *statement) ipv6(only bool, dual map[*vnet]bool) []intent.At[netip.Prefix] {
	var out []intent.At[netip.Prefix]
	add := func(prefixes []intent.At[netip.Prefix]) {
		for _, p := range prefixes {
			if p.V.Addr().Is6() {
				out = append(out, p)
			}
		}
	}
	for _, n := range s.networks {
		add(n.prefixes)
	}
	for _, v := range s.vnets {
		if !only || !dual[v] {
			add(v.prefixes)
		}
	}
	return out
}

// checkBackup reports a backup that carries traffic while the circuits are
// there, or none when they are not.
func (f *facts) checkBackup(h *hub) {
	backs := slices.ContainsFunc(h.duties, func(d duty) bool { return d.role == backup })
	if backs {
		f.checkSpecifics(h)
	}
	first := h.encryptedDuties()
	for _, d := range h.duties {
		if d.role == backup {
			f.checkBackupPreference(d, first)
		}
	}
	if backs {
		f.checkCover(h)
	}
}

// before lists the private peerings that each backup VPN stands behind.
func (h *hub) before() map[*vpn][]*peering {
	out := make(map[*vpn][]*peering)
	for _, d := range h.duties {
		if d.role != backup {
			continue
		}
		for _, c := range d.statement.circuits() {
			if !c.peering.microsoft && !slices.Contains(out[d.vpn()], c.peering) {
				out[d.vpn()] = append(out[d.vpn()], c.peering)
			}
		}
	}
	return out
}

// A served is a VPN towards one VNet.
type served struct {
	vpn  *vpn
	vnet *vnet
}

// encryptedDuties finds where a VPN comes first. Packets follow the best
// number of a VNet, whichever statement says it. A statement that is to back up
// what it would carry now has been reported.
func (h *hub) encryptedDuties() map[served]duty {
	out := make(map[served]duty)
	for _, d := range h.duties {
		if d.role != encrypted || h.specific[d.statement] {
			continue
		}
		for _, v := range d.statement.vnets {
			if before, ok := out[served{d.vpn(), v}]; !ok || d.steer.preference[Primary] > before.steer.preference[Primary] {
				out[served{d.vpn(), v}] = d
			}
		}
	}
	return out
}

// checkBackupPreference reports a circuit that is not preferred to the VPN
// behind it.
func (f *facts) checkBackupPreference(d duty, first map[served]duty) {
	v := d.steer
	number, at, related := v.preference[Primary], cmp.Or(v.preferencePos[Primary], d.pos()), []diag.Pos(nil)
	why := ""
	for _, x := range d.statement.vnets {
		if e, ok := first[served{d.vpn(), x}]; ok && e.steer.preference[Primary] > number {
			number, related = e.steer.preference[Primary], []diag.Pos{e.pos()}
			why = fmt.Sprintf(", because statement %s prefers it for %s", e.statement.name, x.name.V)
		}
	}
	steers := f.steering(d.statement)
	for i := range steers {
		c := &steers[i]
		if c.path.peering == nil || len(c.path.peering.both()) == 0 {
			continue
		}
		low, pos := c.lowest()
		if low > number {
			continue
		}
		if v.preferencePos[Primary].IsZero() {
			at = cmp.Or(pos, d.pos())
		}
		hint := "the VPN would win on-premises: give the circuit the higher number, or leave preference out"
		if why != "" {
			hint = "a VNet has one order: make the VPN first everywhere, or reach the protected networks' VNet over a VPN of its own"
		}
		f.fault(backupWins, at, fmt.Sprintf("in statement %s %s has local-preference %d and the VPN %s behind it %d%s", d.statement.name, c.path.peering.path, low, d.vpn().name.V, number, why), hint, append(placed(c.path.name.Pos), related...)...)
		return
	}
}

// lowest is the lowest local-preference of a circuit's links, and where it is
// written.
func (st *steer) lowest() (uint32, diag.Pos) { return st.extreme(-1) }

// highest is the highest one.
func (st *steer) highest() (uint32, diag.Pos) { return st.extreme(1) }

func (st *steer) extreme(sign int) (number uint32, pos diag.Pos) {
	for i, l := range st.path.peering.both() {
		n := st.preference[l.position]
		if i == 0 || cmp.Compare(n, number) == sign {
			number, pos = n, st.preferencePos[l.position]
		}
	}
	return number, pos
}

// overridden reports whether p of the VPN is more specific than what one of
// the peerings carries, while no circuit carries p itself.
func (h *hub) overridden(peerings []*peering, p netip.Prefix) (span[*path], bool) {
	if _, equal := h.circuits.exactly(p); equal {
		return span[*path]{}, false
	}
	for _, c := range peerings {
		if outer, ok := h.carries[c].covering(p); ok {
			return outer, true
		}
	}
	return span[*path]{}, false
}

// checkSpecifics reports prefixes of a backup VPN that Azure prefers to the
// circuit's while that is up. A statement that has the VPN before a circuit
// wants just that.
func (f *facts) checkSpecifics(h *hub) {
	for _, d := range h.duties {
		v := d.vpn()
		if !d.backsUp() {
			continue
		}
		for _, n := range d.statement.networks {
			for _, p := range n.prefixes {
				if outer, ok := h.overridden(h.behind[v], p.V); ok {
					h.specific[d.statement] = true
					f.fault(backupSpecific, p.Pos, fmt.Sprintf("the VPN %s carries %s and %s, before it, only %s", v.name.V, p.V, outer.of.peering.path, outer.V),
						"the longest prefix wins: Azure would use the VPN now. Put the circuit before the VPN in its statement, or leave the VPN out", d.pos(), outer.Pos)
				}
			}
		}
	}
}

// backsUp reports whether the statement does not ask for the VPN in spite of
// a circuit.
func (d duty) backsUp() bool {
	return d.role == backup || d.role == encrypted && len(d.statement.circuits()) == 0
}

// checkCover lists what only circuits carry to VNets that have a backup.
func (f *facts) checkCover(h *hub) {
	said := make(map[diag.Pos]bool)
	for _, v := range h.vnets {
		for _, s := range h.asked[v] {
			if !f.onCircuit(s) {
				continue
			}
			for _, n := range s.networks {
				for _, p := range n.prefixes {
					if _, ok := h.tunnels.covering(p.V); ok || !p.V.Addr().Is4() || said[p.Pos] {
						continue
					}
					said[p.Pos] = true
					f.warn(notBackedUp, p.Pos, fmt.Sprintf("no VPN carries %s of network %s: it has no backup when the circuits fail", p.V, n.name.V), "list the VPN behind the circuits of statement "+s.name, s.pos)
				}
			}
		}
	}
}

// onCircuit reports whether the statement's networks are advertised on a
// private peering.
func (f *facts) onCircuit(s *statement) bool {
	return slices.ContainsFunc(f.steering(s), func(st steer) bool {
		return st.path.peering != nil && !st.path.peering.microsoft && st.advertises
	})
}
