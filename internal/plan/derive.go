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
	"github.com/ercfg/ercfg/internal/intent"
)

// derive makes the plan out of the facts. It reports what only shows when the
// statements meet: two numbers for one prefix, routers that cannot hear each
// other, two objects of one name.
func (f *facts) derive() *Plan {
	d := deriver{facts: f, prefix: strings.ToUpper(f.name), tables: make(map[*link]*tables), origins: make(map[*router]map[netip.Prefix]Origination)}
	d.read()
	d.settle()
	d.mesh()
	d.checkLearned()
	p := &Plan{Name: f.name, Description: f.line(f.in.Metadata.Description), Ticket: f.line(f.in.Metadata.Ticket), Owner: f.line(f.in.Metadata.Owner)}
	p.Routers = d.planRouters()
	slices.SortFunc(p.Routers, func(a, b Router) int { return strings.Compare(a.Name, b.Name) })
	d.planCircuits(p)
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

// A deriver holds what the statements say of each link and router.
type deriver struct {
	*facts
	prefix    string // of every object name
	tables    map[*link]*tables
	origins   map[*router]map[netip.Prefix]Origination
	supernets *space[struct{}] // of everything that is advertised, but for defaults
	meshes    map[*router]*mesh
	adjacent  map[*router][]adjacency
}

// tables are the decisions of one link: what it accepts, what it advertises.
type tables struct {
	imports map[netip.Prefix][]imported
	exports map[netip.Prefix][]exported
}

// imported is one statement's wish for an Azure prefix on a link.
type imported struct {
	steer     *steer
	statement *statement
	position  Position
	origin    string
}

func (i imported) preference() uint32 { return i.steer.preference[i.position] }

// exported is one statement's wish for an on-premises prefix on a link.
type exported struct {
	prepend   []bgp.ASN
	statement *statement
	network   *network // nil: the default route, or a half
	origin    string
}

var (
	defaultIPv4 = netip.MustParsePrefix("0.0.0.0/0")
	defaultIPv6 = netip.MustParsePrefix("::/0")
)

// read goes over the statements once and notes every wish.
func (d *deriver) read() {
	for _, c := range d.circuits {
		for _, p := range c.peerings() {
			for _, l := range p.both() {
				d.tables[l] = &tables{imports: make(map[netip.Prefix][]imported), exports: make(map[netip.Prefix][]exported)}
			}
		}
	}
	for _, s := range d.statements {
		steers := d.steering(s)
		for i := range steers {
			st := &steers[i]
			d.supplySteer(s, st)
			if st.path.peering == nil {
				d.originateAll(s, d.tunnelRouters(st.path), false)
				continue
			}
			var routers []*router
			for _, l := range st.path.peering.both() {
				d.readImports(s, st, l)
				d.readExports(s, st, l)
				if l.router != nil {
					routers = append(routers, l.router)
				}
			}
			d.originateAll(s, routers, st.halves)
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
	if st.path.peering != nil && st.advertises && st.prependPos[Primary].IsZero() {
		for pos := range st.prepend {
			if len(st.prepend[pos]) > 0 {
				d.derived(s.origin+".prepend."+name+"."+Position(pos).String(), fmt.Sprint(len(st.prepend[pos])), "own AS prepended on export")
			}
		}
	}
}

// wants reports whether the link has a session that carries p.
func (l *link) wants(p netip.Prefix) bool { return l.has(FamilyOf(p.Addr())) }

func (d *deriver) readImports(s *statement, st *steer, l *link) {
	t := d.tables[l]
	add := func(p netip.Prefix, origin string) {
		if l.wants(p) {
			t.imports[p] = append(t.imports[p], imported{st, s, l.position, origin})
		}
	}
	for _, v := range s.vnets {
		for _, p := range v.prefixes {
			add(p.V, v.origin)
		}
	}
	if l.peering.in.AcceptDefault.V {
		add(defaultIPv4, l.peering.origin+".acceptDefault")
		add(defaultIPv6, l.peering.origin+".acceptDefault")
	}
}

func (d *deriver) readExports(s *statement, st *steer, l *link) {
	if !st.advertises {
		return
	}
	t := d.tables[l]
	add := func(p netip.Prefix, n *network, origin string) {
		if l.wants(p) {
			t.exports[p] = append(t.exports[p], exported{st.prepend[l.position], s, n, origin})
		}
	}
	for _, n := range s.networks {
		for _, p := range n.prefixes {
			add(p.V, n, n.origin)
			if st.halves {
				for _, half := range d.halves(s, p.V) {
					add(half, nil, s.origin+".technique")
				}
			}
		}
	}
	if l.peering.in.AdvertiseDefault.V {
		add(defaultIPv4, nil, l.peering.origin+".advertiseDefault")
		add(defaultIPv6, nil, l.peering.origin+".advertiseDefault")
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

// originateAll brings every prefix of the statement into BGP on routers.
func (d *deriver) originateAll(s *statement, routers []*router, halves bool) {
	for _, r := range routers {
		table := d.origins[r]
		if table == nil {
			table = make(map[netip.Prefix]Origination)
			d.origins[r] = table
		}
		for _, n := range s.networks {
			for _, p := range n.prefixes {
				d.originateOne(table, r, n, p.V, n.origin)
				if halves {
					for _, half := range d.halves(s, p.V) {
						d.originateOne(table, r, n, half, s.origin+".technique")
					}
				}
			}
		}
		for _, l := range r.links {
			if l.peering.in.AdvertiseDefault.V {
				for _, p := range []netip.Prefix{defaultIPv4, defaultIPv6} {
					// Never an anchor: a discarding default would swallow what the
					// real default carries.
					if l.wants(p) {
						table[p] = Origination{Prefix: p, How: Network, Origin: l.peering.origin + ".advertiseDefault"}
					}
				}
			}
		}
	}
}

func (d *deriver) originateOne(table map[netip.Prefix]Origination, r *router, n *network, p netip.Prefix, origin string) {
	if _, ok := table[p]; ok || !r.uses(FamilyOf(p.Addr())) {
		return
	}
	o := r.originate
	if n.originate != nil {
		o = *n.originate
	}
	family := FamilyOf(p.Addr())
	if p.Bits() == 0 {
		o.how = Network
	}
	out := Origination{Prefix: p, How: o.how, Origin: origin}
	switch o.how {
	case Via:
		out.NextHop = o.via[family]
		if !out.NextHop.IsValid() {
			d.fault(originateGap, o.pos, fmt.Sprintf("originate names no %s next hop for %s on %s", family, p, r.name.V), "via takes one address of each family, as a list")
		}
	case Redistribute:
		out.Protocol = o.protocol
		out.Filter = d.filter(o.protocol, family)
		if o.process > 0 {
			out.Process = fmt.Sprint(o.process)
		}
		if o.protocol == "ospf" && o.process == 0 && r.platform == IOSXE {
			d.fault(originateGap, o.pos, fmt.Sprintf("IOS-XE redistributes OSPF by process number, and %s has none", r.name.V), "write originate: {redistribute: ospf, process: 1}")
		}
	}
	table[p] = out
}

// uses reports whether the router has a session of family f with an MSEE, or
// none at all (its VPN sessions are IPv4).
func (r *router) uses(f Family) bool {
	for _, l := range r.links {
		if l.has(f) {
			return true
		}
	}
	return len(r.links) == 0 && f == IPv4
}

func (d *deriver) tunnelRouters(p *path) []*router {
	var out []*router
	for _, t := range p.vpn.tunnels {
		if t.router != nil && !slices.Contains(out, t.router) {
			out = append(out, t.router)
		}
	}
	return out
}

// object names something on a router after the intent and what it is for.
func (d *deriver) object(family Family, parts ...string) Name {
	n := len(d.prefix) + len("-V4")
	for _, p := range parts {
		n += 1 + len(p)
	}
	name := make([]byte, 0, n)
	name = append(name, d.prefix...)
	for _, p := range parts {
		name = append(append(name, '-'), p...)
	}
	return string(append(name, [...]string{"-V4", "-V6"}[family]...))
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

func resolved(s *statement) Statement {
	out := Statement{Name: s.name}
	for _, n := range s.networks {
		for _, p := range n.prefixes {
			out.Onprem = append(out.Onprem, p.V)
		}
	}
	for _, v := range s.vnets {
		for _, p := range v.prefixes {
			out.Azure = append(out.Azure, p.V)
		}
	}
	for _, p := range s.paths {
		out.Prefer = append(out.Prefer, p.path())
	}
	slices.SortFunc(out.Onprem, comparePrefixes)
	slices.SortFunc(out.Azure, comparePrefixes)
	out.Onprem, out.Azure = slices.Compact(out.Onprem), slices.Compact(out.Azure)
	return out
}

// comparePrefixes orders IPv4 before IPv6, then by address, then shorter first.
func comparePrefixes(a, b netip.Prefix) int {
	return cmp.Or(a.Addr().Compare(b.Addr()), cmp.Compare(a.Bits(), b.Bits()))
}

// settle decides every wish that more than one statement has for a prefix on
// a link, and reports where they contradict.
func (d *deriver) settle() {
	var advertised []span[struct{}]
	firsts := d.firsts()
	for _, c := range d.circuits {
		for _, p := range c.peerings() {
			for _, l := range p.both() {
				t := d.tables[l]
				for prefix, wishes := range t.imports {
					t.imports[prefix] = d.settleImport(l, prefix, wishes, firsts[prefix])
				}
				for prefix, wishes := range t.exports {
					d.settleExport(l, prefix, wishes)
					if prefix.Bits() > 0 { // a default covers everything and says nothing
						advertised = append(advertised, span[struct{}]{At: intent.At[netip.Prefix]{V: prefix}})
					}
				}
			}
		}
	}
	d.supernets = newSpace(advertised)
}

// firsts lists, for each Azure prefix, the circuits that some statement puts
// first, where there is more than one.
func (d *deriver) firsts() map[netip.Prefix][]imported {
	out := make(map[netip.Prefix][]imported)
	for _, c := range d.circuits {
		for _, p := range c.peerings() {
			for _, l := range p.both() {
				for prefix, wishes := range d.tables[l].imports {
					for _, w := range wishes {
						if prefix.Bits() > 0 && w.steer.rank == 0 && !slices.ContainsFunc(out[prefix], func(o imported) bool { return o.steer.path.peering == w.steer.path.peering }) {
							out[prefix] = append(out[prefix], w)
						}
					}
				}
			}
		}
	}
	for prefix, list := range out {
		if len(list) < 2 {
			delete(out, prefix)
			continue
		}
		// Two circuits of one router cannot both be home: destination routing
		// on it follows one.
		for i, a := range list {
			for _, b := range list[:i] {
				if a.preferenceDerived() && b.preferenceDerived() && shareRouter(a.steer.path.peering, b.steer.path.peering) {
					d.fault(contradiction, a.statement.pos, fmt.Sprintf("statements %s and %s want different first circuits for %s, and both circuits end on one router", b.statement.name, a.statement.name, prefix),
						"a router follows one order per destination: give both statements the same order, or end the circuits on different routers", b.statement.pos)
				}
			}
		}
	}
	return out
}

func (i imported) preferenceDerived() bool { return i.steer.preferencePos[i.position].IsZero() }

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

// settleImport returns the one wish that holds for prefix on l.
func (d *deriver) settleImport(l *link, prefix netip.Prefix, wishes []imported, firsts []imported) []imported {
	if prefix.Bits() == 0 {
		// As on export: the default belongs to the peering.
		best := slices.MaxFunc(wishes, func(a, b imported) int { return cmp.Compare(a.preference(), b.preference()) })
		return []imported{best}
	}
	best := wishes[0]
	for _, w := range wishes[1:] {
		if w.preference() == best.preference() {
			continue
		}
		// Two sites share a VNet, each with its own circuit first: every such
		// circuit is a home circuit, and eBGP over iBGP does the rest.
		home := len(firsts) > 1 && w.preferenceDerived() && best.preferenceDerived() &&
			slices.ContainsFunc(firsts, func(o imported) bool { return o.steer.path.peering == l.peering })
		if !home {
			d.fault(contradiction, w.statement.pos, fmt.Sprintf("statements %s and %s give %s local-preference %d and %d on %s", best.statement.name, w.statement.name, prefix, best.preference(), w.preference(), l.origin),
				"on-premises routing is by destination: give both statements the same order of paths for this VNet", best.statement.pos)
			return wishes[:1]
		}
		if w.preference() > best.preference() {
			best = w
		}
	}
	return []imported{best}
}

func (d *deriver) settleExport(l *link, prefix netip.Prefix, wishes []exported) {
	if prefix.Bits() == 0 {
		// The default belongs to the peering, not to a statement: it leaves as
		// the best statement does.
		slices.SortStableFunc(wishes, func(a, b exported) int { return cmp.Compare(len(a.prepend), len(b.prepend)) })
		return
	}
	for _, w := range wishes[1:] {
		if !slices.Equal(w.prepend, wishes[0].prepend) {
			d.fault(contradiction, w.statement.pos, fmt.Sprintf("statements %s and %s prepend %s %d and %d times on %s", wishes[0].statement.name, w.statement.name, prefix, len(wishes[0].prepend), len(w.prepend), l.origin),
				"a prefix has one AS path on a session: give both statements the same order of circuits, or say the same prepend", wishes[0].statement.pos)
			return
		}
	}
}

// preferenceOf is the settled local-preference of prefix on l; false where l
// does not accept it.
func (d *deriver) preferenceOf(l *link, prefix netip.Prefix) (uint32, bool) {
	w := d.tables[l].imports[prefix]
	if len(w) == 0 {
		return 0, false
	}
	return w[0].preference(), true
}
