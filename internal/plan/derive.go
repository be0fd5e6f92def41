package plan

import (
	"cmp"
	"fmt"
	"net/netip"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/ercfg/ercfg/internal/bgp"
)

// derive makes the plan out of the facts. It reports what only shows when the
// statements meet: two numbers for one prefix, routers that cannot hear each
// other, two objects of one name.
func (f *facts) derive() *Plan {
	d := deriver{facts: f, prefix: strings.ToUpper(f.name), origins: make(map[place]map[netip.Prefix]Origination), byCommunity: make(map[bgp.Community][]netip.Prefix)}
	for _, v := range d.vnets {
		if c := v.community.V; c != 0 {
			d.byCommunity[c] = append(d.byCommunity[c], sortedPrefixes(v.prefixes)...)
		}
	}
	d.edgeAll()
	d.reachAll()
	d.read()
	d.settle()
	d.mesh()
	d.spread = d.spreads()
	d.checkLearned()
	p := &Plan{Name: f.name, Description: f.line(f.in.Metadata.Description), Ticket: f.line(f.in.Metadata.Ticket), Owner: f.line(f.in.Metadata.Owner)}
	p.Routers = d.planRouters()
	slices.SortFunc(p.Routers, func(a, b Router) int { return strings.Compare(a.Name, b.Name) })
	d.planCircuits(p)
	d.planVPNs(p)
	d.planAzure(p)
	for _, s := range f.statements {
		p.Statements = append(p.Statements, resolved(s))
	}
	return p
}

// planRouters makes every router's slice of the plan. Routers do not depend on
// each other, so it fans out over them and joins before it returns, as
// render.All does: a third of the time of a large intent is spent here.
func (d *deriver) planRouters() []Router {
	out := make([]Router, len(d.routers))
	workers := make([]facts, min(runtime.GOMAXPROCS(0), len(d.routers)))
	var next atomic.Int64
	var wg sync.WaitGroup
	for i := range workers {
		// A worker reads what all share and keeps its own findings.
		workers[i] = *d.facts
		workers[i].diags = nil
		own := *d
		own.facts = &workers[i]
		wg.Go(func() {
			for n := int(next.Add(1) - 1); n < len(out); n = int(next.Add(1) - 1) {
				out[n] = own.planRouter(own.routers[n])
			}
		})
	}
	wg.Wait()
	for i := range workers {
		d.diags = append(d.diags, workers[i].diags...)
	}
	return out
}

// A deriver holds what the statements say of each edge and router.
type deriver struct {
	*facts
	prefix      string // of every object name
	edges       []*edge
	at          map[place][]*edge
	paths       map[any][]*edge         // by *peering or *vpn
	reach       map[*circuit][]*circuit // the far circuits of Global Reach
	origins     map[place]map[netip.Prefix]Origination
	onprem      map[string]map[netip.Prefix]string // by VRF: every prefix of a statement → origin
	supernets   map[string]*space[struct{}]        // by VRF: everything that is advertised, but for defaults
	meshes      map[*router]*mesh                  // of unicast routes in the global table
	vpnMeshes   map[*router]*mesh                  // of VPN routes
	adjacent    map[*router][]adjacency
	vpnPeers    map[*router][]adjacency
	byCommunity map[bgp.Community][]netip.Prefix // of VNets
	spread      map[meshTable]int                // on how many routers of a mesh equal paths end
	first       map[*vpn]bool                    // before every circuit of some statement
}

var (
	defaultIPv4 = netip.MustParsePrefix("0.0.0.0/0")
	defaultIPv6 = netip.MustParsePrefix("::/0")
)

// read goes over the statements once and notes every wish.
func (d *deriver) read() {
	d.onprem, d.first = make(map[string]map[netip.Prefix]string), make(map[*vpn]bool)
	for _, s := range d.statements {
		d.readOnprem(s)
		steers := d.steering(s)
		for i := range steers {
			st := &steers[i]
			d.supplySteer(s, st)
			if st.first {
				d.first[st.path.vpn] = true
			}
			var seen []*router
			for _, e := range d.edgesOf(st.path) {
				d.readImports(s, st, e)
				d.readExports(s, st, e)
				if e.router != nil && !slices.Contains(seen, e.router) {
					seen = append(seen, e.router)
					d.originateAll(s, e, st.halves)
				}
			}
		}
	}
}

// readOnprem notes what is on-premises in the statement's VRF.
func (d *deriver) readOnprem(s *statement) {
	set := d.onprem[s.vrf()]
	if set == nil {
		set = make(map[netip.Prefix]string)
		d.onprem[s.vrf()] = set
	}
	for _, n := range s.networks {
		for _, p := range n.prefixes {
			if p.V.Bits() > 0 {
				set[p.V] = n.origin
			}
		}
	}
}

// supplySteer keeps the derived numbers for `ercfg show`.
func (d *deriver) supplySteer(s *statement, st *steer) {
	if !d.explain {
		return
	}
	name := st.path.name.V
	if st.preferencePos[Primary].IsZero() {
		d.derived(s.origin+".preference."+name, fmt.Sprint(st.preference[Primary]), "local-preference on import")
	}
	if st.path.vpn != nil {
		if st.prependPos[Primary].IsZero() && st.times > 0 {
			d.derived(s.origin+".prepend."+name, fmt.Sprint(st.times), "own AS prepended on export")
		}
		return
	}
	if st.advertises && st.prependPos[Primary].IsZero() {
		for pos := range st.prepend {
			if len(st.prepend[pos]) > 0 {
				d.derived(s.origin+".prepend."+name+"."+Position(pos).String(), fmt.Sprint(len(st.prepend[pos])), "own AS prepended on export")
			}
		}
	}
}

// readImports notes which destinations the statement accepts on an edge.
func (d *deriver) readImports(s *statement, st *steer, e *edge) {
	add := func(to destination, origin string) {
		if to.community != 0 || e.wants(to.prefix) {
			e.imports[to] = append(e.imports[to], imported{st, s, e.position(), origin})
		}
	}
	byCommunity := e.link != nil && e.link.peering.byCommunity()
	for _, v := range s.vnets {
		if byCommunity {
			if c := v.community; c.V != 0 {
				add(destination{community: c.V}, v.origin+".community")
			}
			continue
		}
		for _, p := range v.prefixes {
			// The gateways' own space stays with the circuit, which then carries
			// the tunnels whatever becomes of its links.
			if e.vpn != nil && e.vpn.underPrivate() && v.ownSpace(p.V) {
				continue
			}
			add(destination{prefix: p.V}, v.origin)
		}
	}
	if e.link == nil {
		return
	}
	if e.link.peering.microsoft {
		for _, service := range s.services {
			for _, c := range service.communities {
				add(destination{community: c.V, within: service.bounds()}, service.origin)
			}
		}
	}
	if e.link.peering.in.AcceptDefault.V {
		add(destination{prefix: defaultIPv4}, e.link.peering.origin+".acceptDefault")
		add(destination{prefix: defaultIPv6}, e.link.peering.origin+".acceptDefault")
	}
}

// readExports notes which prefixes the statement advertises on an edge.
func (d *deriver) readExports(s *statement, st *steer, e *edge) {
	if !st.advertises {
		return
	}
	prepend := st.prependOn(e)
	add := func(p netip.Prefix, n *network, origin string) {
		if e.wants(p) {
			e.exports[p] = append(e.exports[p], exported{prepend, s, n, origin})
		}
	}
	for _, n := range s.networks {
		if !e.advertises(n) {
			continue
		}
		for _, p := range n.prefixes {
			add(p.V, n, n.origin)
			if st.halves {
				for _, half := range d.halves(s, p.V) {
					add(half, nil, s.origin+".technique")
				}
			}
		}
	}
	if e.link != nil && e.link.peering.in.AdvertiseDefault.V {
		add(defaultIPv4, nil, e.link.peering.origin+".advertiseDefault")
		add(defaultIPv6, nil, e.link.peering.origin+".advertiseDefault")
	}
}

// halves splits p into its two more-specific halves. A host route has none.
func (d *deriver) halves(s *statement, p netip.Prefix) []netip.Prefix {
	if p.IsSingleIP() {
		d.fault(cannotHalve, s.in.Technique.Pos, fmt.Sprintf("%s has no more-specific halves", p), "use technique: prepend, or a network with a shorter prefix")
		return nil
	}
	h := halve(p)
	return h[:]
}

// checkHalves reports halves that nothing would bring into BGP: the LAN has the
// whole prefix, and where the routing table is what is announced from, a half
// is not in it. Azure would see the same aggregate on every circuit.
func (d *deriver) checkHalves(s *statement, at place, n *network, p netip.Prefix) {
	o := at.router.originates(n)
	if o.how == Anchor || o.how == Via {
		return
	}
	d.fault(originateGap, s.in.Technique.Pos, fmt.Sprintf("statement %s announces the halves of %s, which originate: %s does not bring into BGP on %s", s.name, p, o.how, at.router.name.V),
		"write originate: anchor for the network, or {via: ADDRESS}; or use technique: prepend", n.name.Pos)
}

// originateAll brings every prefix of the statement into BGP where e lies.
func (d *deriver) originateAll(s *statement, e *edge, halves bool) {
	at := e.place()
	table := d.origins[at]
	if table == nil {
		table = make(map[netip.Prefix]Origination)
		d.origins[at] = table
	}
	for _, n := range s.networks {
		for _, p := range n.prefixes {
			d.originateOne(table, at, n, p.V, n.origin)
			if halves {
				d.checkHalves(s, at, n, p.V)
				for _, half := range d.halves(s, p.V) {
					d.originateOne(table, at, n, half, s.origin+".technique")
				}
			}
		}
	}
	for _, other := range d.at[at] {
		if other.link == nil || !other.link.peering.in.AdvertiseDefault.V {
			continue
		}
		for _, p := range []netip.Prefix{defaultIPv4, defaultIPv6} {
			// Never an anchor: a discarding default would swallow what the
			// real default carries.
			if other.wants(p) {
				table[p] = Origination{VRF: at.vrf, Prefix: p, How: Network, Origin: other.link.peering.origin + ".advertiseDefault"}
			}
		}
	}
}

func (d *deriver) originateOne(table map[netip.Prefix]Origination, at place, n *network, p netip.Prefix, origin string) {
	family := FamilyOf(p.Addr())
	if _, ok := table[p]; ok || !d.uses(at, family) {
		return
	}
	o := at.router.originates(n)
	if p.Bits() == 0 {
		o.how = Network
	}
	out := Origination{VRF: at.vrf, Prefix: p, How: o.how, Origin: origin}
	switch o.how {
	case Via:
		out.NextHop = o.via[family]
		if !out.NextHop.IsValid() {
			d.fault(originateGap, o.pos, fmt.Sprintf("originate names no %s next hop for %s on %s", family, p, at.router.name.V), "via takes one address of each family, as a list")
		}
	case Redistribute:
		out.Protocol = o.protocol
		out.Filter = d.filter(at.vrf, o.protocol, family)
		if o.process > 0 {
			out.Process = fmt.Sprint(o.process)
		}
		if o.protocol == "ospf" && o.process == 0 && at.router.platform == IOSXE {
			d.fault(originateGap, o.pos, fmt.Sprintf("IOS-XE redistributes OSPF by process number, and %s has none", at.router.name.V), "write originate: {redistribute: ospf, process: 1}")
		}
	}
	table[p] = out
}

// object names something on a router after the intent and what it is for.
func (d *deriver) object(family Family, parts ...string) Name {
	return d.name(parts...) + [...]string{"-V4", "-V6"}[family]
}

// name joins the intent's name and parts; an empty part is left out.
func (d *deriver) name(parts ...string) Name {
	n := len(d.prefix) + len("-V4")
	for _, p := range parts {
		n += 1 + len(p)
	}
	name := make([]byte, 0, n)
	name = append(name, d.prefix...)
	for _, p := range parts {
		if p != "" {
			name = append(append(name, '-'), p...)
		}
	}
	return string(name)
}

// tag is a path's part of an object name.
func (p *peering) tag() string { return strings.ToUpper(strings.ReplaceAll(p.path, ".", "-")) }

// tag is a position's part of an object name.
func (p Position) tag() string { return [...]string{"PRIMARY", "SECONDARY"}[p] }

// kind is the peering's word in descriptions.
func (p *peering) kind() string {
	if p.microsoft {
		return "microsoft"
	}
	return "private"
}

// planCircuits fills the plan's circuits, which point at the routers' links.
func (d *deriver) planCircuits(p *Plan) {
	place := make(map[string]CircuitLink)
	for _, r := range p.Routers {
		for i, l := range r.Links {
			place[l.Origin] = CircuitLink{Position: l.Position, Router: r.Name, Link: i}
		}
	}
	for _, c := range d.circuits {
		out := Circuit{Name: c.name.V, Provider: d.label(c.in.Provider), Location: d.label(c.in.Location), BandwidthMbps: c.mbps.V}
		for _, in := range c.peerings() {
			peering := CircuitPeering{Path: in.path, Microsoft: in.microsoft, VRF: in.vrf}
			for _, l := range in.both() {
				if at, ok := place[l.origin]; ok {
					peering.Links = append(peering.Links, at)
				}
			}
			out.Peerings = append(out.Peerings, peering)
		}
		p.Circuits = append(p.Circuits, out)
	}
	slices.SortFunc(p.Circuits, func(a, b Circuit) int { return strings.Compare(a.Name, b.Name) })
}

// planVPNs fills the plan's VPNs, which point at the routers' tunnels.
func (d *deriver) planVPNs(p *Plan) {
	place := make(map[string]VPNTunnel)
	for _, r := range p.Routers {
		for i, t := range r.Tunnels {
			place[t.Origin] = VPNTunnel{Instance: t.Instance, Router: r.Name, Tunnel: i}
		}
	}
	for _, v := range d.vpns {
		out := VPN{Name: v.name.V, VNet: v.in.VNet.V, VRF: v.vrf}
		if v.underlay != nil {
			out.Underlay = v.underlay.path
		}
		for _, t := range v.tunnels {
			if at, ok := place[t.origin]; ok {
				out.Tunnels = append(out.Tunnels, at)
			}
		}
		p.VPNs = append(p.VPNs, out)
	}
	slices.SortFunc(p.VPNs, func(a, b VPN) int { return strings.Compare(a.Name, b.Name) })
}

func resolved(s *statement) Statement {
	out := Statement{Name: s.name, VRF: s.vrf(), Origin: s.origin}
	for _, n := range s.networks {
		out.Networks = append(out.Networks, n.name.V)
		for _, p := range n.prefixes {
			out.Onprem = append(out.Onprem, p.V)
		}
	}
	for _, v := range s.vnets {
		out.VNets = append(out.VNets, v.name.V)
		for _, p := range v.prefixes {
			out.Azure = append(out.Azure, p.V)
		}
	}
	for _, service := range s.services {
		out.Services = append(out.Services, service.name.V)
		for _, c := range service.communities {
			out.Communities = append(out.Communities, c.V)
		}
	}
	for _, p := range s.paths {
		out.Prefer = append(out.Prefer, p.path())
	}
	slices.SortFunc(out.Onprem, comparePrefixes)
	slices.SortFunc(out.Azure, comparePrefixes)
	slices.Sort(out.Communities)
	out.Onprem, out.Azure, out.Communities = slices.Compact(out.Onprem), slices.Compact(out.Azure), slices.Compact(out.Communities)
	return out
}

// comparePrefixes orders IPv4 before IPv6, then by address, then shorter first.
func comparePrefixes(a, b netip.Prefix) int {
	return cmp.Or(a.Addr().Compare(b.Addr()), cmp.Compare(a.Bits(), b.Bits()))
}
