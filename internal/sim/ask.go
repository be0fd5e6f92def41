package sim

import (
	"net/netip"
	"slices"

	"github.com/ercfg/ercfg/internal/bgp"
	"github.com/ercfg/ercfg/internal/plan"
)

// An ask is the traffic of one statement in one family, or of one tunnel's
// outside: where it enters, what it goes to, and what Azure sends back to.
type ask struct {
	statement int // of the plan; -1: a tunnel's outside
	family    plan.Family
	isDefault bool
	microsoft bool    // between services and public pools; without a circuit it takes the Internet
	encrypted bool    // a VPN comes first
	entries   [][]int // routing tables, for each network
	targets   []target
	answers   [][]answer // one list for each VNet and prefix on-premises: longest prefix first
	elements  []int      // that may change the answer, ascending
}

// A target is a destination in Azure: the BGP routes that hold it, longest
// prefix first.
type target struct {
	prefix netip.Prefix // zero: a service whose prefixes nobody knows
	dests  []*dest
}

// A dest is a route of Azure's as the routers of one VRF may hear it.
type dest struct {
	prefix netip.Prefix // zero: known by communities only
	offers []offer
	tables []int // of offers, each once
	route  route
}

// An offer is a route that a session brings in.
type offer struct {
	session    int
	preference uint32
	asn        bgp.ASN // the first of the AS path: two paths of one AS and length are equal
}

// defaultPreference is BGP's local-preference where no policy sets one: that of
// IOS-XE, Junos and FRR alike.
const defaultPreference = 100

// prepare makes every ask, and finds what may change its answer.
func (m *model) prepare() {
	a := newAzure(m)
	for i := range m.tunnels {
		m.tunnels[i].outside = a.outside(i)
	}
	m.clusters = a.cluster()
	for i := range m.p.Statements {
		m.asks = append(m.asks, a.asks(i)...)
	}
	m.touches = make([][]int, m.elements())
	for i := range m.asks {
		m.asks[i].elements = a.elements(&m.asks[i])
		for _, e := range m.asks[i].elements {
			m.touches[e] = append(m.touches[e], i)
		}
	}
}

// asks makes those of one statement: one per family, and one per family in which
// a circuit of it advertises a default route.
func (a *azure) asks(i int) []ask {
	s := &a.m.p.Statements[i]
	var out []ask
	for _, family := range []plan.Family{plan.IPv4, plan.IPv6} {
		q := ask{statement: i, family: family, microsoft: len(s.Services) > 0, encrypted: a.vpnFirst(s)}
		for _, v := range s.VNets {
			for _, p := range a.spaces(s, v) {
				if plan.FamilyOf(p.Addr()) == family {
					q.targets = append(q.targets, a.target(s.VRF, p))
				}
			}
		}
		for _, service := range s.Services {
			q.targets = append(q.targets, a.serviceTargets(s.VRF, service, family)...)
		}
		ours := slices.ContainsFunc(s.Onprem, func(p netip.Prefix) bool { return plan.FamilyOf(p.Addr()) == family })
		if !ours || len(q.targets) == 0 {
			continue
		}
		q.entries = a.entries(s)
		for _, p := range s.Onprem {
			if plan.FamilyOf(p.Addr()) == family {
				q.answers = append(q.answers, a.statementAnswers(s, p)...)
			}
		}
		out = append(out, q)
		if q := a.defaultAsk(i, family); len(q.answers) > 0 {
			out = append(out, q)
		}
	}
	return out
}

// spaces are a VNet's prefixes that a statement's traffic goes to. A prefix for
// the gateways alone is none of them, unless the statement has no other: it is
// there for the tunnels.
func (a *azure) spaces(s *plan.Statement, vnet string) []netip.Prefix {
	v := a.vnets[vnet]
	gateways := func(p netip.Prefix) bool { return v.Gateway.Subnet.IsValid() && holds(v.Gateway.Subnet, p) }
	if slices.ContainsFunc(s.Azure, func(p netip.Prefix) bool { return !gateways(p) }) {
		return slices.DeleteFunc(slices.Clone(v.Prefixes), gateways)
	}
	return v.Prefixes
}

// vpnFirst reports whether a statement's traffic is to be encrypted.
func (a *azure) vpnFirst(s *plan.Statement) bool {
	return len(s.Prefer) > 0 && slices.ContainsFunc(a.m.p.VPNs, func(v plan.VPN) bool { return v.Name == s.Prefer[0] })
}

// defaultAsk is the VNets' way to the Internet, where a circuit of the statement
// advertises a default route.
func (a *azure) defaultAsk(i int, family plan.Family) ask {
	s := &a.m.p.Statements[i]
	q := ask{statement: i, family: family, isDefault: true, encrypted: a.vpnFirst(s)}
	all := netip.PrefixFrom([...]netip.Addr{netip.IPv4Unspecified(), netip.IPv6Unspecified()}[family], 0)
	for _, v := range s.VNets {
		if list := a.answers(v, all); len(list) > 0 && a.speaks(v, family) {
			q.answers = append(q.answers, list)
		}
	}
	return q
}

// target lists the routes that may lead to p: its own, and those of VNets that
// hold it.
func (a *azure) target(vrf string, p netip.Prefix) target {
	out := target{prefix: p}
	for bits := p.Bits(); bits >= 0; bits-- {
		wide := netip.PrefixFrom(p.Addr(), bits).Masked()
		if len(a.byPrefix[wide]) > 0 {
			out.dests = append(out.dests, a.dest(vrf, wide))
		}
	}
	return out
}

// serviceTargets are the destinations of a service: each of its communities, in
// each prefix that bounds it.
func (a *azure) serviceTargets(vrf, name string, family plan.Family) []target {
	service := a.services[name]
	bounds := service.Prefixes
	if len(bounds) == 0 {
		bounds = []netip.Prefix{{}}
	}
	var out []target
	for _, c := range service.Communities {
		for _, p := range bounds {
			if p.IsValid() && plan.FamilyOf(p.Addr()) != family {
				continue
			}
			out = append(out, target{prefix: p, dests: []*dest{a.serviceDest(vrf, name, c, p, family)}})
		}
	}
	return out
}

// entries are the routing tables to which the LAN hands a statement's traffic,
// for each of its networks.
func (a *azure) entries(s *plan.Statement) [][]int {
	var out [][]int
	for _, n := range s.Networks {
		var tables []int
		add := func(router int) {
			if t, ok := a.m.tableOf[place{router, s.VRF}]; ok && !slices.Contains(tables, t) {
				tables = append(tables, t)
			}
		}
		for _, r := range a.networks[n].At {
			add(a.m.routers[r])
		}
		if len(a.networks[n].At) == 0 {
			for _, o := range a.ofNetwork[n] {
				for _, path := range o.Prefer {
					for _, session := range a.m.ofPath[path] {
						add(a.m.router(session))
					}
				}
			}
		}
		slices.Sort(tables)
		if !slices.ContainsFunc(out, func(o []int) bool { return slices.Equal(o, tables) }) {
			out = append(out, tables)
		}
	}
	return out
}

// elements finds what may change an ask's answer.
func (a *azure) elements(q *ask) []int {
	m := a.m
	var out []int
	of := func(s int) {
		out = append(out, m.routerElement(m.router(s)))
		switch at := &m.sessions[s]; {
		case at.link >= 0:
			out = append(out, m.linkElement(at.link))
		default:
			out = append(out, m.clusters[m.tunnels[at.tunnel].cluster].elements...)
		}
	}
	for _, t := range slices.Concat(q.entries...) {
		out = append(out, m.routerElement(m.tables[t].router))
		for _, r := range m.tables[t].routes {
			if l := m.linkOn(m.tables[t].router, r.Interface); l >= 0 {
				out = append(out, m.linkElement(l))
			}
		}
	}
	for _, t := range q.targets {
		for _, d := range t.dests {
			for _, o := range d.offers {
				of(o.session)
			}
		}
	}
	for _, list := range q.answers {
		for _, ans := range list {
			of(ans.session)
			if ans.origin.How == plan.Learned {
				for _, n := range m.tables[m.sessions[ans.session].table].neighbors {
					out = append(out, m.routerElement(m.tables[n.table].router))
				}
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
