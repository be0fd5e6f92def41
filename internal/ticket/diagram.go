package ticket

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/ercfg/ercfg/internal/expressroute"
	"github.com/ercfg/ercfg/internal/plan"
)

// A Diagram is the picture of a plan as a graph: routers, circuits with both
// MSEEs, VPN gateways, VNets, and the links and tunnels between them.
type Diagram struct {
	Name  string // of the intent
	Nodes []Node // by kind, then in the order of the plan
	Edges []Edge // by kind, then in the order of the plan
}

// A NodeKind says what a node is, and so the column that it stands in.
type NodeKind string

// The kinds, from left to right.
const (
	NetworkNode   NodeKind = "network"
	CustomersNode NodeKind = "customers" // CEs behind a VRF of a router
	RouterNode    NodeKind = "router"
	CircuitNode   NodeKind = "circuit" // its ports are the MSEEs
	GatewayNode   NodeKind = "gateway" // of a VPN; its ports are the instances
	VNetNode      NodeKind = "vnet"    // its ports are the ways into it
	ServiceNode   NodeKind = "service" // as a VNet
)

// A Node is a box of the picture.
type Node struct {
	Kind  NodeKind
	Name  string
	Notes []string // lines below the name
	Ports []Port
}

// lines are the text of a node whose ports are lines, too.
func (n *Node) lines() []string {
	out := append([]string{n.Name}, n.Notes...)
	for _, p := range n.Ports {
		out = append(out, p.Name)
	}
	return out
}

// framed reports whether the ports of n are boxes in its own.
func (n *Node) framed() bool { return n.Kind == CircuitNode || n.Kind == GatewayNode }

// A Port is a part of a node where edges end.
type Port struct {
	Name  string
	Notes []string
}

// An EdgeKind says what an edge is.
type EdgeKind string

// The kinds of edges. All but IBGPEdge lead from left to right.
const (
	AttachEdge     EdgeKind = "attach" // a network or CEs to a router
	LinkEdge       EdgeKind = "link"   // a router to an MSEE
	TunnelEdge     EdgeKind = "tunnel" // a router to an instance of a VPN gateway
	ConnectionEdge EdgeKind = "connection"
	IBGPEdge       EdgeKind = "ibgp"
)

// An Edge joins two nodes, which are indexes into Diagram.Nodes.
type Edge struct {
	Kind     EdgeKind
	From, To int
	Port     int      // of To; -1: the node itself
	Label    []string // lines; the first names the edge
	// Preferred holds where some statement puts the edge's path first and no other
	// link of the path goes before it.
	Preferred bool
}

const (
	// A list is cut after so many members, and says how many more there are.
	mostListed = 3
	// A network at more routers than that says so in words: edges to all of them
	// would hide everything else. So do more iBGP sessions than that.
	mostAttached = 8
	mostIBGP     = 12
)

// A sketch is a diagram in the making.
type sketch struct {
	Diagram
	plan    *plan.Plan
	routers map[string]int // nodes by name
	paths   map[string]int // circuits and gateways by the path that ends there
	first   map[string]bool
}

// newDiagram makes the picture of p.
func newDiagram(p *plan.Plan) Diagram {
	s := &sketch{Diagram: Diagram{Name: p.Name}, plan: p, routers: make(map[string]int), paths: make(map[string]int), first: make(map[string]bool)}
	for i := range p.Statements {
		if prefer := p.Statements[i].Prefer; len(prefer) > 0 {
			s.first[prefer[0]] = true
		}
	}
	for i := range p.Routers {
		s.routers[p.Routers[i].Name] = s.node(Node{Kind: RouterNode, Name: p.Routers[i].Name, Notes: routerNotes(&p.Routers[i])})
	}
	s.addNetworks()
	s.addCustomers()
	s.addCircuits()
	s.addGateways()
	s.addVNets()
	s.addServices()
	s.addIBGP()
	return s.Diagram
}

func (s *sketch) node(n Node) int {
	s.Nodes = append(s.Nodes, n)
	return len(s.Nodes) - 1
}

func routerNotes(r *plan.Router) []string {
	out := []string{"AS " + r.ASN.String(), r.Platform.String() + " " + r.Version.Text}
	if r.RouterID.IsValid() {
		out = append(out, "ID "+r.RouterID.String())
	}
	if len(r.VRFs) > 0 {
		out = append(out, "VRF "+shortJoined(r.VRFs, func(v plan.VRF) string { return v.Name }))
	}
	return out
}

// shortJoined joins the first words of a list and counts the others.
func shortJoined[T any](list []T, word func(T) string) string {
	return strings.Join(shortList(list, word), ", ")
}

// shortList is the first words of a list, and how many others there are.
func shortList[T any](list []T, word func(T) string) []string {
	var out []string
	for i, v := range list {
		if i == mostListed && len(list) > mostListed+1 {
			return append(out, fmt.Sprintf("and %d more", len(list)-i))
		}
		out = append(out, word(v))
	}
	return out
}

func spelled[T fmt.Stringer](v T) string { return v.String() }

// addNetworks joins each network to the routers that the LAN hands it to.
func (s *sketch) addNetworks() {
	for i := range s.plan.Networks {
		n := &s.plan.Networks[i]
		at := s.routersOf(n)
		node := Node{Kind: NetworkNode, Name: n.Name, Notes: shortList(n.Prefixes, spelled)}
		if len(at) > mostAttached {
			node.Notes = append(node.Notes, fmt.Sprintf("at %d routers", len(at)))
			at = nil
		}
		from := s.node(node)
		for _, r := range at {
			s.Edges = append(s.Edges, Edge{Kind: AttachEdge, From: from, To: r, Port: -1, Label: []string{n.Name + " at " + s.Nodes[r].Name}})
		}
	}
}

// routersOf are the routers of a network: those it names, or those of its
// statements' paths.
func (s *sketch) routersOf(n *plan.OnpremNetwork) []int {
	found := make(map[int]bool)
	for _, name := range n.At {
		found[s.routers[name]] = true
	}
	for i := range s.plan.Statements {
		st := &s.plan.Statements[i]
		if len(n.At) > 0 || !slices.Contains(st.Networks, n.Name) {
			continue
		}
		for _, path := range st.Prefer {
			for _, router := range s.ends(path) {
				found[s.routers[router]] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// ends are the routers that a path ends on.
func (s *sketch) ends(path string) []string {
	var out []string
	for i := range s.plan.Circuits {
		for _, peering := range s.plan.Circuits[i].Peerings {
			for _, l := range peering.Links {
				if peering.Path == path {
					out = append(out, l.Router)
				}
			}
		}
	}
	for i := range s.plan.VPNs {
		for _, t := range s.plan.VPNs[i].Tunnels {
			if s.plan.VPNs[i].Name == path {
				out = append(out, t.Router)
			}
		}
	}
	return out
}

// addCustomers stands the CEs of a VRF where networks stand.
func (s *sketch) addCustomers() {
	for i := range s.plan.Routers {
		for _, v := range s.plan.Routers[i].VRFs {
			if len(v.Customers) == 0 {
				continue
			}
			from := s.node(Node{Kind: CustomersNode, Name: "CEs of VRF " + v.Name, Notes: shortList(v.Customers, func(c plan.Customer) string {
				return c.Neighbor.String() + ", AS " + c.RemoteASN.String()
			})})
			s.Edges = append(s.Edges, Edge{Kind: AttachEdge, From: from, To: s.routers[s.plan.Routers[i].Name], Port: -1, Label: []string{"CEs of VRF " + v.Name + " at " + s.plan.Routers[i].Name}})
		}
	}
}

// addCircuits draws a circuit with both MSEEs, whether or not links end on both.
func (s *sketch) addCircuits() {
	for i := range s.plan.Circuits {
		c := &s.plan.Circuits[i]
		node := Node{Kind: CircuitNode, Name: c.Name, Notes: nonEmpty(string(c.Provider), string(c.Location))}
		if c.BandwidthMbps > 0 {
			node.Notes = append(node.Notes, bandwidth(c.BandwidthMbps))
		}
		for _, position := range []plan.Position{plan.Primary, plan.Secondary} {
			node.Ports = append(node.Ports, Port{Name: position.String() + " MSEE", Notes: []string{"AS " + expressroute.MicrosoftASN.String()}})
		}
		to := s.node(node)
		for _, peering := range c.Peerings {
			s.paths[peering.Path] = to
			best := s.best(&peering)
			for _, l := range peering.Links {
				link := &s.router(l.Router).Links[l.Link]
				s.Edges = append(s.Edges, Edge{
					Kind: LinkEdge, From: s.routers[l.Router], To: to, Port: int(l.Position), Label: linkLabel(link),
					Preferred: s.first[peering.Path] && inService(link) && rankOf(s.router(l.Router), link) == best,
				})
			}
		}
	}
}

func (s *sketch) router(name string) *plan.Router {
	i := slices.IndexFunc(s.plan.Routers, func(r plan.Router) bool { return r.Name == name })
	return &s.plan.Routers[i]
}

// nonEmpty are those that are not empty.
func nonEmpty(list ...string) []string {
	return slices.DeleteFunc(list, func(w string) bool { return w == "" })
}

func bandwidth(mbps int) string {
	if mbps%1000 == 0 {
		return strconv.Itoa(mbps/1000) + " Gbps"
	}
	return strconv.Itoa(mbps) + " Mbps"
}

// A linkRank orders the links of one peering, best first: what the router prefers,
// and what it tells Azure to avoid.
type linkRank struct {
	preference int // the highest local preference, negated
	prepended  int // the shortest prepend of what is announced
}

// best is the rank of the links of a peering that go before the others. A link
// whose sessions are shut down carries nothing.
func (s *sketch) best(p *plan.CircuitPeering) linkRank {
	var ranks []linkRank
	for _, l := range p.Links {
		if r := s.router(l.Router); inService(&r.Links[l.Link]) {
			ranks = append(ranks, rankOf(r, &r.Links[l.Link]))
		}
	}
	if len(ranks) == 0 {
		return linkRank{}
	}
	return slices.MinFunc(ranks, func(a, b linkRank) int {
		return cmp.Or(cmp.Compare(a.preference, b.preference), cmp.Compare(a.prepended, b.prepended))
	})
}

func inService(l *plan.Link) bool {
	return slices.ContainsFunc(l.Sessions, func(s plan.Session) bool { return !s.Shutdown })
}

func rankOf(r *plan.Router, l *plan.Link) linkRank {
	const none = 1 << 16
	out := linkRank{prepended: none}
	for i := range l.Sessions {
		for _, policy := range r.Policies {
			for _, term := range policy.Terms {
				if policy.Name == l.Sessions[i].Import {
					out.preference = min(out.preference, -int(term.LocalPreference))
				}
				if policy.Name == l.Sessions[i].Export && !term.Deny {
					out.prepended = min(out.prepended, len(term.Prepend))
				}
			}
		}
	}
	return out
}

func linkLabel(l *plan.Link) []string {
	out := []string{
		l.Path + " " + l.Position.String(),
		l.Subinterface() + " · VLAN " + l.Tag.String(),
		sessionWords(l.VRF, l.Sessions),
	}
	for i := range l.Sessions {
		out = append(out, addresses(&l.Sessions[i])...)
	}
	return out
}

// addresses are ours and the neighbor's, on two lines where one would be cut.
func addresses(s *plan.Session) []string {
	const longest = 40 // characters of a line of hexadecimal digits that a label has room for
	local, neighbor := s.Local.String(), s.Neighbor.String()
	if len(local)+len(neighbor) > longest {
		return []string{local, "– " + neighbor}
	}
	return []string{local + " – " + neighbor}
}

// sessionWords say what holds for all sessions of a link or a tunnel.
func sessionWords(vrf plan.Name, sessions []plan.Session) string {
	bfd := "no BFD"
	var without []string
	for i := range sessions {
		if b := sessions[i].BFD; b.On() {
			bfd = fmt.Sprintf("BFD %d ms × %d", b.Interval.Milliseconds(), b.Multiplier)
		} else {
			without = append(without, familyName(sessions[i].Family))
		}
	}
	if len(without) < len(sessions) && len(without) > 0 {
		bfd += ", none on " + strings.Join(without, ", ")
	}
	out := []string{bfd}
	if vrf != "" {
		out = append(out, "VRF "+vrf)
	}
	if !slices.ContainsFunc(sessions, func(s plan.Session) bool { return !s.Shutdown }) {
		out = append(out, "shut down")
	}
	return strings.Join(out, " · ")
}
