package verify

import (
	"cmp"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/sim"
)

// notServices are what no Microsoft service has: private, shared, link-local and
// multicast space (RFC 1918, 6598, 3927, 5771, 4193, 4291). A service that is bounded
// by no prefix is anywhere but there.
func notServices() []netip.Prefix {
	var out []netip.Prefix
	for _, s := range []string{"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "127.0.0.0/8", "224.0.0.0/4", "fc00::/7", "fe80::/10", "ff00::/8"} {
		out = append(out, netip.MustParsePrefix(s))
	}
	return out
}

// A draft gathers the prefixes of one VRF before a table is made of them.
type draft struct {
	vrf        plan.Name
	statements bool
	prefixes   map[netip.Prefix]*entry
}

// An entry is one prefix, and whose it is. Lists hold statements.
type entry struct {
	prefix   netip.Prefix
	control  bool
	homely   bool // of a network on-premises, whether or not of a statement
	onprem   []int32
	vnets    []int32
	services []int32
	notVNets []int32 // whose shorter prefixes do not mean what lies here
	nowhere  []int32 // whose services are anywhere, but not here
	above    *entry  // the longest other prefix that holds this one
}

func (d *draft) at(p netip.Prefix) *entry {
	e := d.prefixes[p]
	if e == nil {
		e = &entry{prefix: p}
		d.prefixes[p] = e
	}
	return e
}

// drafts gathers every VRF of p, sorted by name.
func drafts(p *plan.Plan) []*draft {
	all := make(map[plan.Name]*draft)
	of := func(vrf plan.Name) *draft {
		if all[vrf] == nil {
			all[vrf] = &draft{vrf: vrf, prefixes: make(map[netip.Prefix]*entry)}
		}
		return all[vrf]
	}
	for i := range p.Routers {
		gatherRouter(&p.Routers[i], of)
	}
	vnets, services := make(map[string]*plan.VNet), make(map[string]*plan.Service)
	for i := range p.VNets {
		vnets[p.VNets[i].Name] = &p.VNets[i]
	}
	for i := range p.Services {
		services[p.Services[i].Name] = &p.Services[i]
	}
	for i := range p.Statements {
		s := &p.Statements[i]
		d := of(s.VRF)
		d.statements = true
		for _, prefix := range s.Onprem {
			e := d.at(prefix)
			e.homely, e.onprem = true, append(e.onprem, int32(i))
		}
		d.gatherVNets(i, s, vnets)
		for _, name := range s.Services {
			d.gatherService(i, services[name], p)
		}
	}
	return slices.SortedFunc(maps.Values(all), func(a, b *draft) int { return strings.Compare(a.vrf, b.vrf) })
}

// gatherRouter enters the addresses that routers, MSEEs and gateways speak from, and
// the networks that a router announces.
func gatherRouter(r *plan.Router, of func(plan.Name) *draft) {
	control := func(vrf plan.Name, addrs ...netip.Addr) {
		for _, a := range addrs {
			if a.IsValid() {
				of(vrf).at(netip.PrefixFrom(a, a.BitLen())).control = true
			}
		}
	}
	control("", r.Loopback.IPv4, r.Loopback.IPv6)
	for i := range r.IBGP {
		control("", r.IBGP[i].Local, r.IBGP[i].Neighbor)
	}
	for i := range r.Links {
		l := &r.Links[i]
		of(l.VRF)
		for j := range l.Sessions {
			control(l.VRF, l.Sessions[j].Local, l.Sessions[j].Neighbor)
		}
	}
	for i := range r.Tunnels {
		t := &r.Tunnels[i]
		control(t.OutsideVRF, t.Local, t.Remote)
		control(t.VRF, t.Session.Local, t.Session.Neighbor)
	}
	for i := range r.VRFs {
		for j := range r.VRFs[i].Customers {
			c := &r.VRFs[i].Customers[j]
			control(r.VRFs[i].Name, c.Local, c.Neighbor)
		}
	}
	for i := range r.Origins {
		if o := &r.Origins[i]; o.Prefix.Bits() > 0 {
			of(o.VRF).at(o.Prefix.Masked()).homely = true
		}
	}
}

// gatherVNets enters a statement's VNets. A prefix for the gateways alone is there
// for the tunnels, and no traffic of the statement, unless it has no other: as sim
// takes it.
func (d *draft) gatherVNets(i int, s *plan.Statement, vnets map[string]*plan.VNet) {
	gateways := func(v *plan.VNet, p netip.Prefix) bool {
		g := v.Gateway.Subnet
		return g.IsValid() && g.Bits() <= p.Bits() && g.Contains(p.Addr())
	}
	other := false
	for _, name := range s.VNets {
		v := vnets[name]
		other = other || slices.ContainsFunc(v.Prefixes, func(p netip.Prefix) bool { return !gateways(v, p) })
	}
	for _, name := range s.VNets {
		v := vnets[name]
		for _, p := range v.Prefixes {
			if e := d.at(p); other && gateways(v, p) {
				e.notVNets = append(e.notVNets, int32(i))
			} else {
				e.vnets = append(e.vnets, int32(i))
			}
		}
	}
}

// gatherService enters a service of a statement. One without prefixes is anywhere but
// in VNets and where no service can be.
func (d *draft) gatherService(i int, s *plan.Service, p *plan.Plan) {
	for _, prefix := range s.Prefixes {
		e := d.at(prefix)
		e.services = append(e.services, int32(i))
	}
	if len(s.Prefixes) > 0 {
		return
	}
	for _, all := range []netip.Addr{netip.IPv4Unspecified(), netip.IPv6Unspecified()} {
		e := d.at(netip.PrefixFrom(all, 0))
		e.services = append(e.services, int32(i))
	}
	for _, prefix := range notServices() {
		e := d.at(prefix)
		e.nowhere = append(e.nowhere, int32(i))
	}
	for j := range p.VNets {
		for _, prefix := range p.VNets[j].Prefixes {
			e := d.at(prefix)
			e.nowhere = append(e.nowhere, int32(i))
		}
	}
}

// table makes the look-up: every prefix gets the candidates of those above it, too.
func (d *draft) table(defaults map[Traffic]bool) *table {
	t := &table{vrf: d.vrf, statements: d.statements}
	// Shorter prefixes first, so that those above are known. Neighbors follow each other,
	// and so they lie in memory: they are often of one statement.
	entries := slices.SortedFunc(maps.Values(d.prefixes), func(a, b *entry) int {
		return cmp.Or(cmp.Compare(a.prefix.Bits(), b.prefix.Bits()), a.prefix.Addr().Compare(b.prefix.Addr()))
	})
	for i, e := range entries {
		if above, ok := t.marks.LookupPrefix(e.prefix); ok {
			e.above = entries[above.end]
		}
		t.ends = append(t.ends, e.end(defaults))
		t.marks.Insert(e.prefix, t.ends[i].mark(int32(i)))
	}
	return t
}

// mark is the short form of an end, which is the table's number i.
func (e *end) mark(i int32) mark {
	only := func(list []match) int32 {
		switch len(list) {
		case 0:
			return nobody
		case 1:
			return list[0].statement
		}
		return several
	}
	return mark{
		end: i, onprem: only(e.onprem), azure: only(e.azure),
		traits: traits{vnet: len(e.azure) == 1 && e.azure[0].vnet, control: e.control, homely: e.homely, defaults: len(e.defaults) > 0},
	}
}

// end gathers the candidates of a prefix.
func (e *entry) end(defaults map[Traffic]bool) end {
	out := end{control: e.control}
	home, cloud := -1, -1 // the longest prefix of either end
	noVNet, nowhere := make(map[int32]bool), make(map[int32]bool)
	for at := e; at != nil; at = at.above {
		bits := at.prefix.Bits()
		if at.homely {
			home, out.homely = max(home, bits), true
		}
		if len(at.vnets)+len(at.services) > 0 {
			cloud = max(cloud, bits)
		}
		out.onprem = appendMatches(out.onprem, at.onprem, bits, false, nil)
		out.azure = appendMatches(out.azure, at.vnets, bits, true, noVNet)
		if bits > 0 {
			out.azure = appendMatches(out.azure, at.services, bits, false, nil)
		} else {
			out.azure = appendMatches(out.azure, at.services, bits, false, nowhere)
		}
		for _, s := range at.notVNets {
			noVNet[s] = true
		}
		for _, s := range at.nowhere {
			nowhere[s] = true
		}
	}
	switch {
	case cloud > home:
		out.onprem = nil
	case home > cloud:
		out.azure = nil
	}
	out.defaults = defaultRows(out.azure, plan.FamilyOf(e.prefix.Addr()), defaults)
	for _, list := range [][]match{out.onprem, out.azure} {
		slices.SortFunc(list, func(a, b match) int { return cmp.Compare(a.statement, b.statement) })
	}
	return out
}

// appendMatches adds the statements that no longer prefix has added, and that are not
// blocked.
func appendMatches(list []match, statements []int32, bits int, vnet bool, blocked map[int32]bool) []match {
	for _, s := range statements {
		if !blocked[s] && !slices.ContainsFunc(list, func(m match) bool { return m.statement == s }) {
			list = append(list, match{statement: s, bits: int16(bits), vnet: vnet})
		}
	}
	return list
}

// defaultRows are the rows of what a VNet sends to the Internet: of every statement
// that has the longest prefix, because it is one way, whichever statement is asked.
func defaultRows(azure []match, family plan.Family, defaults map[Traffic]bool) []int32 {
	var out []int32
	var longest int16
	for _, m := range azure {
		if t := (Traffic{Statement: int(m.statement), Family: family, Direction: sim.FromAzure, Default: true}); m.vnet && defaults[t] {
			if m.bits > longest {
				longest, out = m.bits, nil
			}
			if m.bits == longest {
				out = append(out, row(t))
			}
		}
	}
	slices.Sort(out)
	return out
}
