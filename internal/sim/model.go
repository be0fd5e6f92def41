package sim

import (
	"net/netip"
	"slices"

	"github.com/ercfg/ercfg/internal/bgp"
	"github.com/ercfg/ercfg/internal/plan"
)

// A model is a plan with numbers in place of names: routers, links and tunnels
// by their order in the plan, routing tables, sessions with Azure, and who
// tells whom over iBGP. It is made once and only read.
type model struct {
	p       *plan.Plan
	routers map[string]int
	links   []link
	// firstLink is the first of each router's links; they stand together.
	firstLink   []int
	firstTunnel []int            // as firstLink
	ofCircuit   map[string][]int // links
	tunnels     []tunnel
	tables      []table
	tableOf     map[place]int
	sessions    []session
	ofPath      map[string][]int // sessions, by their path
	clusters    []cluster        // of tunnels whose fates hang together
	asks        []ask            // what Predict asks, in the order of the report
	touches     [][]int          // by element: the asks that it may change
}

// A place names a routing table.
type place struct {
	router int
	vrf    string
}

// A link is one ExpressRoute subinterface.
type link struct {
	*plan.Link
	router int
}

// A tunnel is one tunnel of a VPN.
type tunnel struct {
	*plan.Tunnel
	router  int
	vpn     *plan.VPN
	cluster int
	outside ask // the way from and to its far end, as an ask of its own
}

// shared reports whether another router has a tunnel to the same instance.
func (t *tunnel) shared() bool {
	n := 0
	for _, o := range t.vpn.Tunnels {
		if o.Instance == t.Instance {
			n++
		}
	}
	return n > 1
}

// A table is one routing table of a router.
type table struct {
	place
	sessions  []int // with Azure
	origins   []*plan.Origination
	routes    []*plan.Route
	neighbors []neighbor
	multipath plan.Multipath
	outside   bool // has neighbors that the intent does not describe
	rd        bgp.RouteDistinguisher
}

// A session is one session with an MSEE or a VPN gateway, in one family.
type session struct {
	*plan.Session
	table  int
	link   int // -1: a tunnel
	tunnel int // -1: a link
	path   string
	weight map[string]int // of the connections, by VNet; nil: nobody's
	in     policy
	// advertised is what the export policy lets through of what the table brings
	// into BGP.
	advertised []advert
}

// An advert is a prefix as a session carries it to Azure.
type advert struct {
	origin  *plan.Origination
	prepend []bgp.ASN
}

// A neighbor is another routing table that tells this one its routes over iBGP,
// directly or through a reflector outside of the intent.
type neighbor struct {
	table       int
	family      plan.Family
	export      policy // theirs
	in          policy // ours
	communities bool   // are sent along
	reflector   string // empty: a session of their own
}

// newModel reads a plan. Everything that the plan names exists: it was
// resolved.
func newModel(p *plan.Plan) *model {
	m := &model{p: p, routers: make(map[string]int, len(p.Routers)), tableOf: make(map[place]int), ofPath: make(map[string][]int), ofCircuit: make(map[string][]int)}
	policies := make([]policies, len(p.Routers))
	for i := range p.Routers {
		r := &p.Routers[i]
		m.routers[r.Name] = i
		policies[i] = readPolicies(r)
		m.addTables(i, r)
	}
	vpns := make(map[string]*plan.VPN, len(p.VPNs))
	for i := range p.VPNs {
		vpns[p.VPNs[i].Name] = &p.VPNs[i]
	}
	for i := range p.Routers {
		r := &p.Routers[i]
		m.firstLink, m.firstTunnel = append(m.firstLink, len(m.links)), append(m.firstTunnel, len(m.tunnels))
		for j := range r.Links {
			l := &r.Links[j]
			m.ofCircuit[l.Circuit] = append(m.ofCircuit[l.Circuit], len(m.links))
			m.links = append(m.links, link{l, i})
			for k := range l.Sessions {
				m.addSession(session{Session: &l.Sessions[k], table: m.tableOf[place{i, l.VRF}], link: len(m.links) - 1, tunnel: -1, path: l.Path}, policies[i])
			}
		}
		for j := range r.Tunnels {
			t := &r.Tunnels[j]
			m.tunnels = append(m.tunnels, tunnel{Tunnel: t, router: i, vpn: vpns[t.Path]})
			m.addSession(session{Session: &t.Session, table: m.tableOf[place{i, t.VRF}], link: -1, tunnel: len(m.tunnels) - 1, path: t.Path}, policies[i])
		}
	}
	m.firstLink, m.firstTunnel = append(m.firstLink, len(m.links)), append(m.firstTunnel, len(m.tunnels))
	m.meet(policies)
	m.prepare()
	return m
}

// addTables makes a router's routing tables: the global one and one per VRF.
func (m *model) addTables(i int, r *plan.Router) {
	add := func(vrf string, multipath plan.Multipath) *table {
		m.tableOf[place{i, vrf}] = len(m.tables)
		m.tables = append(m.tables, table{place: place{i, vrf}, multipath: multipath})
		return &m.tables[len(m.tables)-1]
	}
	add("", r.Multipath)
	for j := range r.VRFs {
		v := &r.VRFs[j]
		t := add(v.Name, v.Multipath)
		t.outside, t.rd = len(v.Customers) > 0, v.RD
	}
	for j := range r.Origins {
		o := &r.Origins[j]
		t := &m.tables[m.tableOf[place{i, o.VRF}]]
		t.origins = append(t.origins, o)
	}
	for j := range r.Routes {
		o := &r.Routes[j]
		t := &m.tables[m.tableOf[place{i, o.VRF}]]
		t.routes = append(t.routes, o)
	}
}

func (m *model) addSession(s session, known policies) {
	s.in = known.policy(s.Import)
	export := known.policy(s.Export)
	t := &m.tables[s.table]
	for _, o := range t.origins {
		if plan.FamilyOf(o.Prefix.Addr()) != s.Family {
			continue
		}
		if term := export.decide(route{prefix: o.Prefix, protocol: o.Protocol}); term != nil {
			s.advertised = append(s.advertised, advert{o, term.Prepend})
		}
	}
	t.sessions = append(t.sessions, len(m.sessions))
	m.ofPath[s.path] = append(m.ofPath[s.path], len(m.sessions))
	m.sessions = append(m.sessions, s)
}

// meet notes who tells whom over iBGP.
func (m *model) meet(known []policies) {
	type client struct {
		router int
		ibgp   *plan.IBGP
	}
	clients := make(map[string][]client) // by address of a peer outside
	for i := range m.p.Routers {
		r := &m.p.Routers[i]
		for j := range r.IBGP {
			b := &r.IBGP[j]
			if _, inside := m.routers[b.Peer]; !inside {
				clients[b.Peer] = append(clients[b.Peer], client{i, b})
				m.hasOutside(i, b)
			}
		}
	}
	join := func(us, them int, b, back *plan.IBGP, reflector string) {
		if b.Import != "" && back.Import != "" && b.Family == back.Family {
			m.tell(m.tableOf[place{us, ""}], neighbor{table: m.tableOf[place{them, ""}], family: b.Family, export: known[them].policy(back.Export), in: known[us].policy(b.Import), communities: back.Communities, reflector: reflector})
		}
		for _, family := range b.VPN {
			if slices.Contains(back.VPN, family) {
				m.meetVRFs(us, them, family, back.Communities, reflector)
			}
		}
	}
	for i := range m.p.Routers {
		r := &m.p.Routers[i]
		for j := range r.IBGP {
			b := &r.IBGP[j]
			them, inside := m.routers[b.Peer]
			if !inside {
				for _, c := range clients[b.Peer] {
					if c.router != i {
						join(i, c.router, b, c.ibgp, b.Peer)
					}
				}
				continue
			}
			peer := &m.p.Routers[them]
			if k := slices.IndexFunc(peer.IBGP, func(o plan.IBGP) bool { return o.Peer == r.Name && o.Neighbor == b.Local }); k >= 0 {
				join(i, them, b, &peer.IBGP[k], "")
			}
		}
	}
}

// hasOutside notes that a router hears of on-premises prefixes from somebody
// whom the intent does not describe.
func (m *model) hasOutside(router int, b *plan.IBGP) {
	for i := range m.tables {
		t := &m.tables[i]
		if t.router == router && (t.vrf == "" && b.Import != "" || t.vrf != "" && len(b.VPN) > 0) {
			t.outside = true
		}
	}
}

// meetVRFs joins the VRFs of two routers by their route targets (RFC 4364 §4.3).
func (m *model) meetVRFs(us, them int, family plan.Family, communities bool, reflector string) {
	for i := range m.p.Routers[us].VRFs {
		v := &m.p.Routers[us].VRFs[i]
		for j := range m.p.Routers[them].VRFs {
			w := &m.p.Routers[them].VRFs[j]
			if slices.ContainsFunc(v.Import, func(t bgp.RouteTarget) bool { return slices.Contains(w.Export, t) }) {
				m.tell(m.tableOf[place{us, v.Name}], neighbor{table: m.tableOf[place{them, w.Name}], family: family, export: anything, in: anything, communities: communities, reflector: reflector})
			}
		}
	}
}

// tell adds a neighbor once: two reflectors bring one route twice.
func (m *model) tell(to int, n neighbor) {
	t := &m.tables[to]
	if !slices.ContainsFunc(t.neighbors, func(o neighbor) bool {
		return o.table == n.table && o.family == n.family && (o.reflector == n.reflector || o.reflector == "")
	}) {
		t.neighbors = append(t.neighbors, n)
	}
}

// Elements are what can fail, numbered: routers, then links, then tunnels.
func (m *model) routerElement(i int) int { return i }
func (m *model) linkElement(i int) int   { return len(m.p.Routers) + i }
func (m *model) tunnelElement(i int) int { return len(m.p.Routers) + len(m.links) + i }
func (m *model) elements() int           { return len(m.p.Routers) + len(m.links) + len(m.tunnels) }

// linkAt is the link of a path; -1: none.
func (m *model) linkAt(path string, position plan.Position) int {
	for _, s := range m.ofPath[path] {
		if l := m.sessions[s].link; l >= 0 && m.links[l].Position == position {
			return l
		}
	}
	return -1
}

// linkOn is the link on an interface of a router; -1: none.
func (m *model) linkOn(router int, iface string) int {
	for l := m.firstLink[router]; l < m.firstLink[router+1]; l++ {
		if m.links[l].Subinterface() == iface {
			return l
		}
	}
	return -1
}

// router is the number of the router that session s ends on.
func (m *model) router(s int) int { return m.tables[m.sessions[s].table].router }

// holds reports whether wide holds narrow or is it.
func holds(wide, narrow netip.Prefix) bool {
	return wide.Bits() <= narrow.Bits() && wide.Contains(narrow.Addr())
}
