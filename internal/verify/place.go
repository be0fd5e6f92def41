package verify

import (
	"maps"
	"net/netip"
	"slices"

	"github.com/ercfg/ercfg/internal/ether"
	"github.com/ercfg/ercfg/internal/plan"
)

// PlaceOptions are what is known of the routers beside their plan.
type PlaceOptions struct {
	// Asked are the interfaces by router and ifIndex, as the routers told when they were
	// asked.
	Asked map[string]map[uint32]string
}

// A Placer tells which router of the plan an exporter is, and which leg an interface
// of it. It learns the names that exporters tell, so that it is used by one goroutine
// at a time; several tallies may share it.
//
// An interface is looked up by its index first: as the intent, the exporter's option
// data, and the router itself name it. Where two of them contradict each other none is
// believed. VLAN tags come next, and last a next hop, which is a hint.
type Placer struct {
	plan       *plan.Plan
	classifier *classifier
	legs       []Leg  // in the order of the plan
	tables     []int  // of the classifier, by leg
	pairs      []bool // by leg: its router chooses a leg by addresses alone
	exporters  map[netip.Addr]exporter
	routers    []placed
	peerings   []peering
	circuits   map[string][]peering // by name in lower case
	all        []int                // the tables that have statements
	others     int                  // interfaces that are kept and are no leg's
	named      []int                // routers whose exporter has named the last of their legs, since somebody looked
}

// An exporter is who sends from an address.
type exporter struct {
	router int    // of the plan; -1: two have the address
	by     string // what it is recognised by
}

// placed is one router and its interfaces.
type placed struct {
	legs     []legEnd
	indexes  indexes
	ports    []port
	tables   []int // that its traffic may be in
	platform plan.Platform
	flow     plan.Flow
}

// A port is a physical interface and the legs that have subinterfaces of it.
type port struct {
	name string // canonical
	legs []legEnd
}

// A legEnd is the router's own end of a leg.
type legEnd struct {
	leg       int32
	name      string       // canonical
	tag       ether.Tag    // zero: a tunnel
	neighbors []netip.Addr // MSEE's, gateway's
}

// A peering is a circuit's, for records that do not tell the link.
type peering struct {
	microsoft bool
	leg       int32
	tags      []ether.Tag // of its links
}

// NewPlacer makes a Placer of a plan.
func NewPlacer(p *plan.Plan, o PlaceOptions) *Placer {
	out := &Placer{plan: p, classifier: newClassifier(p), routers: make([]placed, len(p.Routers)), circuits: make(map[string][]peering)}
	for i, t := range out.classifier.tables {
		if t.statements {
			out.all = append(out.all, i)
		}
	}
	out.placeLegs()
	out.exporters = exporters(p)
	for i := range p.Routers {
		r, to := &p.Routers[i], &out.routers[i]
		for _, index := range r.Indexes {
			to.name(ByIntent, uint32(index.Number), index.Interface)
		}
		for _, number := range slices.Sorted(maps.Keys(o.Asked[r.Name])) {
			to.name(ByAsking, number, o.Asked[r.Name][number])
		}
	}
	return out
}

// placeLegs numbers the legs in the order of the plan, and hands each router its own.
func (p *Placer) placeLegs() {
	index := make(map[string]int, len(p.plan.Routers))
	for i := range p.plan.Routers {
		r := &p.plan.Routers[i]
		index[r.Name] = i
		p.routers[i].platform, p.routers[i].flow = r.Platform, r.Flow
	}
	for i := range p.plan.Circuits {
		c := &p.plan.Circuits[i]
		for j := range c.Peerings {
			p.placePeering(&c.Peerings[j], index)
		}
		p.circuits[fold(c.Name)] = p.peerings[len(p.peerings)-len(c.Peerings):]
	}
	for i := range p.plan.VPNs {
		v := &p.plan.VPNs[i]
		for _, to := range v.Tunnels {
			r := index[to.Router]
			t := &p.plan.Routers[r].Tunnels[to.Tunnel]
			leg := p.add(Leg{Path: v.Name, Router: to.Router, Instance: to.Instance}, t.VRF, byAddresses(&p.plan.Routers[r]))
			p.routers[r].add(legEnd{leg: leg, name: canonical(p.routers[r].platform, t.Interface), neighbors: []netip.Addr{t.Session.Neighbor}}, p.tables[leg])
		}
	}
}

func (p *Placer) placePeering(of *plan.CircuitPeering, index map[string]int) {
	whole := peering{microsoft: of.Microsoft}
	for _, to := range of.Links {
		r := index[to.Router]
		l := &p.plan.Routers[r].Links[to.Link]
		leg := p.add(Leg{Path: of.Path, Router: to.Router, Position: to.Position}, l.VRF, byAddresses(&p.plan.Routers[r]))
		end := legEnd{leg: leg, name: canonical(p.routers[r].platform, l.Subinterface()), tag: l.Tag}
		for i := range l.Sessions {
			end.neighbors = append(end.neighbors, l.Sessions[i].Neighbor)
		}
		p.routers[r].add(end, p.tables[leg])
		p.routers[r].addPort(canonical(p.routers[r].platform, l.Interface), end)
		whole.tags = append(whole.tags, l.Tag)
	}
	whole.leg = p.add(Leg{Path: of.Path, Whole: true}, of.VRF, false)
	p.peerings = append(p.peerings, whole)
}

// add numbers a leg. Two tunnels of one router to one instance are one.
func (p *Placer) add(l Leg, vrf plan.Name, pairs bool) int32 {
	if i := slices.Index(p.legs, l); i >= 0 {
		return int32(i)
	}
	p.legs, p.tables, p.pairs = append(p.legs, l), append(p.tables, p.classifier.tableOf(vrf)), append(p.pairs, pairs)
	return int32(len(p.legs) - 1)
}

// byAddresses reports whether a router chooses among equal paths by the addresses of a
// packet alone, so that all flows between two hosts take one link. IOS-XE does by itself,
// and ercfg renders nothing else; an SRX looks at the protocol besides.
// Source: Cisco IOS IP Switching Command Reference, ip cef load-sharing algorithm
// (universal); Junos OS, Understanding ECMP Flow-Based Forwarding.
func byAddresses(r *plan.Router) bool {
	return r.Platform == plan.IOSXE || r.Platform == plan.Junos && r.Model == plan.SRX
}

func (r *placed) add(e legEnd, table int) {
	r.legs = append(r.legs, e)
	if !slices.Contains(r.tables, table) {
		r.tables = append(r.tables, table)
	}
}

func (r *placed) addPort(name string, e legEnd) {
	i := slices.IndexFunc(r.ports, func(p port) bool { return p.name == name })
	if i < 0 {
		i, r.ports = len(r.ports), append(r.ports, port{name: name})
	}
	r.ports[i].legs = append(r.ports[i].legs, e)
}

// A spot is where a record's packets left or entered a router.
type spot struct {
	kind spotKind
	rung Rung // of a leg
	leg  int32
	port int32 // of the router; own: the leg's own interface, and not the port under it
}

// own is the port of a leg's own interface.
const own = -1

func (s spot) exact() bool { return s.kind == onLeg && s.port == own }

// A spotKind says how much is known of a spot.
type spotKind uint8

// The kinds of spot.
const (
	unknown spotKind = iota // nobody can tell
	onLeg
	noLeg  // an interface that is known, and towards something else
	onPort // a physical port under several legs
)

// A side is what a record tells of the packets' ingress or egress.
type side struct {
	index   uint32
	tags    Tags
	nextHop netip.Addr // of an egress
}

// place finds the spot of one side of a record by the ladder of rungs. The result is
// no port: one under several legs is unknown where no tag tells which.
func (p *Placer) place(router int, s side) spot {
	r := &p.routers[router]
	among := r.legs
	if len(among) == 0 {
		return spot{kind: noLeg}
	}
	if s.index != 0 {
		at := r.indexes.find(s.index)
		switch {
		case at.kind == noLeg:
			return at
		case at.kind == onLeg && at.exact():
			if s.tags != (Tags{}) && s.tags != r.indexes.lastTags {
				if r.outdated(at, s) {
					return spot{}
				}
				r.indexes.lastTags = s.tags
			}
			return at
		case at.kind != unknown:
			if among = r.ports[at.port].legs; at.kind == onLeg && (s.tags == Tags{} || tagged(among[0].tag, s.tags)) {
				return at
			}
		}
	}
	if s.tags != (Tags{}) {
		if leg := byTags(among, s.tags); leg >= 0 {
			return spot{kind: onLeg, rung: ByVLAN, leg: leg}
		}
	}
	if s.nextHop.IsValid() && !s.nextHop.IsUnspecified() {
		if leg := byNeighbor(among, s.nextHop); leg >= 0 {
			return spot{kind: onLeg, rung: ByNextHop, leg: leg}
		}
	}
	return spot{}
}

// byTags finds the only leg that has a frame's tags; -1: none has, or several have.
func byTags(legs []legEnd, tags Tags) int32 {
	found := int32(-1)
	for i := range legs {
		if !tagged(legs[i].tag, tags) {
			continue
		}
		if found >= 0 && found != legs[i].leg {
			return -1
		}
		found = legs[i].leg
	}
	return found
}

// tagged reports whether a frame of a link may show tags. An exporter that tells one
// tag only of a frame with two means the outer one, unless it says otherwise.
func tagged(link ether.Tag, tags Tags) bool {
	outer, inner := uint16(link.Outer), uint16(link.Inner)
	switch {
	case link == ether.Tag{}:
		return false
	case tags.Outer != 0 && tags.Inner != 0:
		return outer == tags.Outer && inner == tags.Inner
	case outer == 0:
		return inner == tags.Outer+tags.Inner // one of which is 0
	case tags.Outer != 0:
		return outer == tags.Outer
	}
	return inner == tags.Inner
}

// byNeighbor finds the only leg whose far end has an address; -1: none or several.
func byNeighbor(legs []legEnd, a netip.Addr) int32 {
	found := int32(-1)
	for i := range legs {
		if !slices.Contains(legs[i].neighbors, a) {
			continue
		}
		if found >= 0 && found != legs[i].leg {
			return -1
		}
		found = legs[i].leg
	}
	return found
}
