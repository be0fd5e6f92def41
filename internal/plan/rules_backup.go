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

// A role is what a statement has a VPN for.
type role uint8

const (
	noRole    role = iota
	backup         // behind the last circuit
	encrypted      // before the first circuit, or without one
)

// role is that of the path at i. A circuit has none, and a VPN between two
// circuits, which no two local-preferences can place.
func (s *statement) role(i int) role {
	if s.paths[i].vpn == nil {
		return noRole
	}
	isCircuit := func(p *path) bool { return p.peering != nil }
	before, behind := slices.ContainsFunc(s.paths[:i], isCircuit), slices.ContainsFunc(s.paths[i:], isCircuit)
	switch {
	case !before:
		return encrypted
	case !behind:
		return backup
	}
	return noRole
}

// A duty is a VPN in one statement.
type duty struct {
	statement *statement
	steer     *steer
	role      role
}

func (d duty) vpn() *vpn     { return d.steer.path.vpn }
func (d duty) pos() diag.Pos { return d.steer.path.name.Pos }

// A hub is a VNet with a VPN gateway, the VNets that use its gateways, and
// what Azure hears there: a circuit brings all its prefixes to every VNet on
// it.
type hub struct {
	vnets    []*vnet
	has      map[*vnet]bool         // of vnets
	asked    map[*vnet][]*statement // of every VNet, in their order
	duties   []duty                 // in the order of the statements
	peerings []*peering
	carries  map[*peering]*space[*path] // of the prefixes that it advertises
	circuits *space[*path]              // of all peerings
	tunnels  *space[*path]              // of all VPNs
	behind   map[*vpn][]*peering        // the private peerings that a backup VPN stands behind
}

// hubs lists the VNets that VPNs of some statement end in.
func (f *facts) hubs() []*hub {
	of := make(map[*vnet]*hub)
	asked := make(map[*vnet][]*statement)
	for _, s := range f.statements {
		for _, v := range s.vnets {
			asked[v] = append(asked[v], s)
		}
		steers := f.steering(s)
		for i := range steers {
			v := steers[i].path.vpn
			if v == nil || v.vnet == nil {
				continue
			}
			h := of[v.vnet]
			if h == nil {
				h = &hub{has: make(map[*vnet]bool), asked: asked}
				h.add(v.vnet)
				of[v.vnet] = h
			}
			h.duties = append(h.duties, duty{s, &steers[i], s.role(i)})
			for _, x := range s.vnets {
				h.add(x)
			}
		}
	}
	if len(of) == 0 {
		return nil
	}
	joins, uses := f.joins(), f.uses()
	carries := make(map[*peering]*space[*path])
	var out []*hub
	for _, v := range f.vnets {
		if h := of[v]; h != nil {
			h.listen(joins, uses, carries)
			out = append(out, h)
		}
	}
	return out
}

func (h *hub) add(v *vnet) {
	if !h.has[v] {
		h.has[v] = true
		h.vnets = append(h.vnets, v)
	}
}

// listen fills in what the hub hears.
func (h *hub) listen(joins joins, uses map[*peering][]use, carries map[*peering]*space[*path]) {
	h.carries = carries
	var circuits, tunnels []span[*path]
	for _, v := range h.vnets {
		for _, c := range joins.ofVNet[v] {
			p := c.private
			if slices.Contains(h.peerings, p) {
				continue
			}
			h.peerings = append(h.peerings, p)
			if carries[p] == nil {
				carries[p] = newSpace(p.advertises(uses[p]))
			}
			circuits = append(circuits, carries[p].all...)
		}
	}
	for _, d := range h.duties {
		for _, n := range d.statement.networks {
			for _, p := range n.prefixes {
				tunnels = append(tunnels, span[*path]{p, d.steer.path})
			}
		}
	}
	h.circuits, h.tunnels, h.behind = newSpace(circuits), newSpace(tunnels), h.before()
}

// advertises lists what the peering brings to Azure, and by which entry of
// prefer.
func (p *peering) advertises(uses []use) []span[*path] {
	var out []span[*path]
	for _, u := range uses {
		for prefix := range u.advertised() {
			out = append(out, span[*path]{prefix, u.steer.path})
		}
		if p.in.AdvertiseDefault.V {
			out = append(out, span[*path]{intent.At[netip.Prefix]{V: defaultIPv4, Pos: p.in.AdvertiseDefault.Pos}, u.steer.path})
		}
	}
	return out
}

// exactly returns the span that equals p.
func (s *space[T]) exactly(p netip.Prefix) (span[T], bool) {
	i, found := slices.BinarySearchFunc(s.all, p, func(x span[T], p netip.Prefix) int { return comparePrefixes(x.V, p) })
	if !found {
		return span[T]{}, false
	}
	return s.all[i], true
}

// checkVPNDesign reports VPNs whose place in prefer is not what the network
// would make of it, in either direction.
func (f *facts) checkVPNDesign() {
	if len(f.vpns) == 0 {
		return
	}
	for _, s := range f.statements {
		f.checkRoles(s)
	}
	circuits, heard := f.preferredCircuits(), f.hearing()
	for _, h := range f.hubs() {
		f.checkBackup(h)
		f.checkEncrypted(h, circuits)
		f.checkOthers(h, heard)
	}
}

// checkRoles reports what a VPN cannot be in one statement.
func (f *facts) checkRoles(s *statement) {
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
		f.checkVPNFamily(s, p, s.role(i))
	}
}

// checkVPNFamily reports IPv6 that a VPN is to carry: a gateway carries IPv4.
func (f *facts) checkVPNFamily(s *statement, p *path, r role) {
	for _, x := range s.prefixes() {
		if FamilyOf(x.V.Addr()) == IPv4 {
			continue
		}
		if r == encrypted {
			f.fault(vpnCarriesIPv6, x.Pos, fmt.Sprintf("statement %s sends %s over the VPN %s", s.name, x.V, p.vpn.name.V), "an Azure VPN gateway carries IPv4 only: put the IPv6 prefix into a statement over a circuit", p.name.Pos)
		} else if slices.ContainsFunc(s.circuits(), func(c *path) bool { return c.peering.carries(IPv6) }) {
			f.warn(vpnCarriesIPv6, p.name.Pos, fmt.Sprintf("the VPN %s is no backup for the IPv6 prefixes of statement %s", p.vpn.name.V, s.name), "an Azure VPN gateway carries IPv4 only: a second circuit backs up both", x.Pos)
			return
		}
	}
}

// prefixes lists what a statement joins, on-premises first.
func (s *statement) prefixes() []intent.At[netip.Prefix] {
	var out []intent.At[netip.Prefix]
	for _, n := range s.networks {
		out = append(out, n.prefixes...)
	}
	for _, v := range s.vnets {
		out = append(out, v.prefixes...)
	}
	return out
}

// checkBackup reports a backup that carries traffic while the circuits are
// there, or none when they are not.
func (f *facts) checkBackup(h *hub) {
	first := h.encryptedDuties()
	backs := false
	for _, d := range h.duties {
		if d.role == backup {
			f.checkBackupPreference(d, first)
			backs = true
		}
	}
	if !backs {
		return
	}
	f.checkSpecifics(h)
	f.checkCover(h)
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
// number of a VNet, whichever statement says it.
func (h *hub) encryptedDuties() map[served]duty {
	out := make(map[served]duty)
	for _, d := range h.duties {
		if d.role != encrypted {
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
