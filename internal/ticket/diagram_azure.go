package ticket

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/ercfg/ercfg/internal/plan"
)

// addGateways draws one VPN gateway per VNet that a VPN leads to.
func (s *sketch) addGateways() {
	nodes := make(map[string]int)
	for i := range s.plan.VPNs {
		v := &s.plan.VPNs[i]
		to, ok := nodes[v.VNet]
		if !ok {
			to = s.node(gatewayNode(v.VNet, s.gatewayOf(v.VNet)))
			nodes[v.VNet] = to
		}
		s.paths[v.Name] = to
		for _, t := range v.Tunnels {
			s.Edges = append(s.Edges, Edge{
				Kind: TunnelEdge, From: s.routers[t.Router], To: to, Port: s.instance(to, t.Instance),
				Label:     tunnelLabel(&s.router(t.Router).Tunnels[t.Tunnel], s.underlay(v.Underlay)),
				Preferred: s.first[v.Name],
			})
		}
	}
}

func (s *sketch) gatewayOf(vnet string) plan.VPNGateway {
	for i := range s.plan.VNets {
		if s.plan.VNets[i].Name == vnet {
			return s.plan.VNets[i].Gateway
		}
	}
	return plan.VPNGateway{}
}

// instance is the port of an instance of a gateway.
func (s *sketch) instance(gateway int, name string) int {
	ports := &s.Nodes[gateway].Ports
	i := slices.IndexFunc(*ports, func(p Port) bool { return p.Name == "instance "+name })
	if i < 0 {
		i = len(*ports)
		*ports = append(*ports, Port{Name: "instance " + name})
	}
	return i
}

func gatewayNode(vnet string, g plan.VPNGateway) Node {
	out := Node{Kind: GatewayNode, Name: "VPN gateway", Notes: []string{"of VNet " + vnet, "AS " + g.ASN.String()}}
	for _, instance := range g.Instances {
		port := Port{Name: "instance " + instance.Name}
		for _, a := range []netip.Addr{instance.Public, instance.Private} {
			if a.IsValid() {
				port.Notes = append(port.Notes, a.String())
			}
		}
		out.Ports = append(out.Ports, port)
	}
	return out
}

// underlay says what a VPN's tunnels run over.
func (s *sketch) underlay(path string) string {
	for i := range s.plan.Circuits {
		for _, peering := range s.plan.Circuits[i].Peerings {
			if peering.Path != path {
				continue
			}
			if peering.Microsoft {
				return s.plan.Circuits[i].Name + " Microsoft peering"
			}
			return s.plan.Circuits[i].Name + " private peering"
		}
	}
	return "the Internet"
}

func tunnelLabel(t *plan.Tunnel, underlay string) []string {
	return []string{
		t.Path + " instance " + t.Instance,
		"IPsec over " + underlay,
		t.Interface + " · " + t.Local.String() + " – " + t.Remote.String(),
		sessionWords(t.VRF, []plan.Session{t.Session}),
		"BGP " + t.Session.Local.String() + " – " + t.Session.Neighbor.String(),
	}
}

// addVNets joins each VNet to the circuits it is connected to, and to the
// gateways whose tunnels carry its traffic.
func (s *sketch) addVNets() {
	for i := range s.plan.VNets {
		v := &s.plan.VNets[i]
		w := ways{sketch: s, to: s.node(Node{Kind: VNetNode, Name: v.Name, Notes: shortList(v.Prefixes, spelled)})}
		for _, c := range v.Connections {
			w.add(c.Path, fmt.Sprintf("%s · weight %d", c.Path, c.Weight))
		}
		for j := range s.plan.VPNs {
			if s.plan.VPNs[j].VNet == v.Name {
				w.add(s.plan.VPNs[j].Name, s.plan.VPNs[j].Name)
			}
		}
		for j := range s.plan.Statements {
			if st := &s.plan.Statements[j]; slices.Contains(st.VNets, v.Name) {
				w.follow(st.Prefer)
			}
		}
	}
}

// addServices joins each service to the circuits whose Microsoft peering
// carries its traffic.
func (s *sketch) addServices() {
	for i := range s.plan.Services {
		v := &s.plan.Services[i]
		w := ways{sketch: s, to: s.node(Node{Kind: ServiceNode, Name: v.Name, Notes: shortList(v.Communities, spelled)})}
		for j := range s.plan.Statements {
			if st := &s.plan.Statements[j]; slices.Contains(st.Services, v.Name) {
				w.follow(st.Prefer)
			}
		}
	}
}

// Ways are the edges that lead into a node of Azure, each to a port of its own.
type ways struct {
	*sketch
	to int
}

// follow adds the paths of a statement, and marks the first as preferred.
func (w *ways) follow(prefer []string) {
	for i, path := range prefer {
		if edge := w.add(path, path); edge != nil && i == 0 {
			edge.Preferred = true
		}
	}
}

// add is the edge of a path, which is made where there is none. A path that
// ends nowhere in the plan has none.
func (w *ways) add(path, label string) *Edge {
	for i := range w.Edges {
		e := &w.Edges[i]
		if e.Kind == ConnectionEdge && e.To == w.to && w.named(e, path) {
			return e
		}
	}
	from, ok := w.paths[path]
	if !ok {
		return nil
	}
	n := &w.Nodes[w.to]
	n.Ports = append(n.Ports, Port{Name: label})
	w.Edges = append(w.Edges, Edge{Kind: ConnectionEdge, From: from, To: w.to, Port: len(n.Ports) - 1, Label: []string{label}})
	return &w.Edges[len(w.Edges)-1]
}

func (w *ways) named(e *Edge, path string) bool {
	name, _, _ := strings.Cut(e.Label[0], " ")
	return name == path
}
