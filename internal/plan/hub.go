package plan

import (
	"net/netip"
	"slices"

	"github.com/ercfg/ercfg/internal/diag"
	"github.com/ercfg/ercfg/internal/intent"
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
	specific map[*statement]bool        // reported: Azure would use their VPN now
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
				h = &hub{has: make(map[*vnet]bool), asked: asked, specific: make(map[*statement]bool)}
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
