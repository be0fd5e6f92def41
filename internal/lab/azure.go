//go:build linux

package lab

import (
	"fmt"
	"net/netip"
	"slices"
	"time"

	"github.com/ercfg/ercfg/internal/bgp"
	"github.com/ercfg/ercfg/internal/expressroute"
	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/secret"
)

// Numbers of Azure's side.
const (
	// gatewayASN is that of every ExpressRoute gateway. An MSEE takes it out of the
	// path before a customer sees it. Source: vpn-gateway-vpn-faq.md.
	gatewayASN bgp.ASN = 65515
	// servicesASN stands for everything behind Microsoft peering; MSEEs take it out
	// of the path, too. It is Microsoft's own public number.
	servicesASN bgp.ASN = 8075
	// drainPrepends is how often an MSEE that is drained puts 12076 in front.
	// Source: planned-maintenance.md.
	drainPrepends = 8
	// gatewayKeepalive is that of a VPN gateway. Source: vpn-gateway-vpn-faq.md.
	gatewayKeepalive = 60 * time.Second
	// vpnPreference and erPreference are the local-preference of what a VNet hears
	// from a VPN gateway and from ExpressRoute; the weight of the connection is
	// added to the second. So an equal prefix goes by ExpressRoute, and there by
	// weight, then by the path. Source: expressroute-optimize-routing.md.
	vpnPreference = 100
	erPreference  = 1000
)

// A speaker is a node of Azure's side, whatever software it runs.
type speaker struct {
	name   string
	kind   Kind
	asn    bgp.ASN
	id     netip.Addr
	ports  []port
	own    []netip.Addr // on lo
	routes []route
	peers  []peer
	// origins are the prefixes that it announces as its own.
	origins []origin
	setup   []string // lines of ip -batch
}

// A port is an interface and its addresses.
type port struct {
	name  string
	addrs []netip.Prefix
}

// A route is a static one, to an address or out of an interface.
type route struct {
	prefix netip.Prefix
	to     string
}

// An origin is a prefix of a VNet or service with its communities.
type origin struct {
	prefix      netip.Prefix
	communities []bgp.Community
}

// A role says who the neighbor is, and so what is told and believed.
type role uint8

const (
	customer       role = iota // a customer's router on private peering or at the other end of a tunnel
	publicCustomer             // a customer's router on Microsoft peering
	gateway                    // node gw-VNET
	services                   // node microsoft
	edge                       // an MSEE
	vpnGateway                 // node vpn-VNET-INSTANCE
)

// A peer is one BGP session of a speaker.
type peer struct {
	role      role
	addr      netip.Addr
	local     netip.Addr
	asn       bgp.ASN
	port      string // interface
	md5       secret.Ref
	bfd       bool
	keepalive time.Duration // zero: the session is inside Azure, and BFD guards it
	hold      time.Duration
	multihop  bool // from an address on lo
	passive   bool
	weight    int // of the connection, from gateway to edge
}

// addAzure adds Azure's side: the MSEEs, and then what is behind them.
func (n *network) addAzure() {
	for i := range n.plan.VNets {
		n.addGateway(&n.plan.VNets[i])
	}
	n.addServices()
	for i := range n.plan.Circuits {
		for _, position := range []plan.Position{plan.Primary, plan.Secondary} {
			n.addEdge(&n.plan.Circuits[i], position)
		}
	}
	for i := range n.plan.VPNs {
		n.addVPN(&n.plan.VPNs[i])
	}
}

// speaker adds a node of Azure's side, or returns the one that is there.
func (n *network) speaker(node Node, asn bgp.ASN) *speaker {
	if s := n.speakers[node.Name]; s != nil {
		return s
	}
	s := &speaker{name: node.Name, kind: node.Kind, asn: asn, id: n.pool.routerID(len(n.speakers) + 1)}
	n.speakers[node.Name] = s
	n.add(node)
	return s
}

// addGateway adds the gateway of a VNet: the ExpressRoute gateway, the fabric
// and the VNet's hosts in one. A real gateway can take a minute to leave a dead
// MSEE (about-expressroute-virtual-network-gateways.md); inside the lab's Azure
// BFD sees it in a second, so that what is measured is the customer's part.
func (n *network) addGateway(v *plan.VNet) {
	taken := make(map[netip.Addr]bool)
	var others []netip.Prefix
	if v.Gateway.Subnet.IsValid() {
		others = append(others, v.Gateway.Subnet)
	}
	for _, g := range v.Gateway.Instances {
		taken[g.BGP], taken[g.Private] = true, true
	}
	var hosts []netip.Addr
	for _, prefix := range v.Prefixes {
		// Azure keeps the first four addresses of every subnet. A space that is the
		// gateways' own has its host among them.
		host := hostIn(prefix, others, taken, 4)
		if !host.IsValid() {
			host = hostIn(prefix, nil, taken, 4)
		}
		if host.IsValid() {
			hosts = append(hosts, host)
			taken[host] = true
		}
	}
	s := n.speaker(Node{Name: "gw-" + v.Name, Kind: Gateway, Of: v.Name, Hosts: hosts}, gatewayASN)
	s.own = hosts
	for _, prefix := range v.Prefixes {
		s.origins = append(s.origins, origin{prefix, v.Communities})
	}
}

// addServices adds the node that has every service, where a circuit has a
// Microsoft peering. A service that the plan bounds has its first prefix of each
// family; for any other one is made up. No packet leaves the namespaces.
func (n *network) addServices() {
	if !slices.ContainsFunc(n.plan.Circuits, func(c plan.Circuit) bool {
		return slices.ContainsFunc(c.Peerings, func(p plan.CircuitPeering) bool { return p.Microsoft })
	}) {
		return
	}
	var hosts []netip.Addr
	var origins []origin
	used := usedBy(n.plan)
	taken := make(map[netip.Addr]bool)
	for i := range n.plan.VNets {
		for _, g := range n.plan.VNets[i].Gateway.Instances {
			taken[g.Public] = true
		}
	}
	for i, service := range n.plan.Services {
		for _, family := range []plan.Family{plan.IPv4, plan.IPv6} {
			at := slices.IndexFunc(service.Prefixes, func(p netip.Prefix) bool { return plan.FamilyOf(p.Addr()) == family })
			var prefix netip.Prefix
			switch {
			case at >= 0:
				prefix = service.Prefixes[at]
			case len(service.Prefixes) > 0:
				continue
			default:
				prefix = madeUp(family, i, used)
			}
			if host := hostIn(prefix, nil, taken, 4); host.IsValid() {
				hosts = append(hosts, host)
				taken[host] = true
			}
			origins = append(origins, origin{prefix, service.Communities})
		}
	}
	s := n.speaker(Node{Name: microsoft, Kind: Services, Hosts: hosts}, servicesASN)
	s.own, s.origins = hosts, origins
}

// madeUp returns a public prefix for the nth service, out of space that is
// Microsoft's (20.0.0.0/8 in part, 2603:1000::/24).
func madeUp(family plan.Family, nth int, used []netip.Prefix) netip.Prefix {
	for i := 0; ; i++ {
		prefix := netip.PrefixFrom(netip.AddrFrom4([4]byte{20, byte(190 + i), byte(nth), 0}), 24)
		if family == plan.IPv6 {
			prefix = netip.PrefixFrom(netip.AddrFrom16([16]byte{0x26, 0x03, 0x10, 0, byte(i), byte(nth)}), 48)
		}
		if i == 60 || !slices.ContainsFunc(used, prefix.Overlaps) {
			return prefix
		}
	}
}

// addEdge adds the MSEE of a circuit at a position, where a link ends on it.
func (n *network) addEdge(c *plan.Circuit, position plan.Position) {
	name := fmt.Sprintf("msee-%s-%c", c.Name, position.String()[0])
	for i := range c.Peerings {
		peering := &c.Peerings[i]
		for _, end := range peering.Links {
			if end.Position != position {
				continue
			}
			s := n.speaker(Node{Name: name, Kind: MSEE, Of: c.Name, Position: position}, expressroute.MicrosoftASN)
			n.addLink(s, n.router(end.Router), end.Link)
			if peering.Microsoft {
				n.join(s, n.speakers[microsoft], 0)
				continue
			}
			for j := range n.plan.VNets {
				v := &n.plan.VNets[j]
				for _, connection := range v.Connections {
					if connection.Path == peering.Path {
						n.join(s, n.speakers["gw-"+v.Name], connection.Weight)
					}
				}
			}
		}
	}
}

// router returns the router of that name; the plan has it.
func (n *network) router(name string) *plan.Router {
	return &n.plan.Routers[slices.IndexFunc(n.plan.Routers, func(r plan.Router) bool { return r.Name == name })]
}

// addLink joins an MSEE and a router by a link of the plan. An MSEE offers BFD
// of 300 ms x 3 on IPv4, and 60 s and 180 s, whatever the customer has.
// Source: expressroute-bfd.md, expressroute-routing.md.
func (n *network) addLink(s *speaker, r *plan.Router, at int) {
	link := &r.Links[at]
	p := port{name: "er"}
	role := customer
	if link.Microsoft {
		p.name, role = "erm", publicCustomer
	}
	for _, session := range link.Sessions {
		bits := link.IPv4.Bits()
		if session.Family == plan.IPv6 {
			bits = link.IPv6.Bits()
		}
		p.addrs = append(p.addrs, netip.PrefixFrom(session.Neighbor, bits))
		s.peers = append(s.peers, peer{
			role: role, addr: session.Local, local: session.Neighbor, asn: r.ASN, port: p.name,
			md5: session.MD5, bfd: session.Family == plan.IPv4, keepalive: 60 * time.Second, hold: 180 * time.Second,
		})
	}
	s.ports = append(s.ports, p)
	n.wires = append(n.wires, wire{
		Wire: Wire{A: r.Name, IfA: link.Subinterface(), B: s.name, IfB: p.name, Link: link.Origin},
		mtuA: link.MTUBytes, onBridge: true,
	})
}

// join joins two speakers inside Azure: a session of each family, guarded by BFD.
// a is an MSEE or a VPN gateway, b what is behind it.
func (n *network) join(a, b *speaker, weight int) {
	endA, endB := n.pool.wire(n.inside())
	portA, portB := fmt.Sprintf("az%d", len(a.ports)), fmt.Sprintf("az%d", len(b.ports))
	a.ports = append(a.ports, port{portA, []netip.Prefix{endA.v4, endA.v6}})
	b.ports = append(b.ports, port{portB, []netip.Prefix{endB.v4, endB.v6}})
	roleOf := map[Kind]role{MSEE: edge, VPN: vpnGateway, Gateway: gateway, Services: services}
	for _, pair := range [][2]netip.Addr{{endA.v4.Addr(), endB.v4.Addr()}, {endA.v6.Addr(), endB.v6.Addr()}} {
		// A VPN gateway carries IPv4 alone, and Microsoft's network carries its outer
		// packets by the routes of addUnderlay.
		if a.kind == VPN && (pair[0].Is6() || b.kind == Services) {
			continue
		}
		a.peers = append(a.peers, peer{role: roleOf[b.kind], addr: pair[1], local: pair[0], asn: b.asn, port: portA, bfd: true})
		b.peers = append(b.peers, peer{role: roleOf[a.kind], addr: pair[0], local: pair[1], asn: a.asn, port: portB, bfd: true, weight: weight})
	}
	n.wires = append(n.wires, wire{Wire: Wire{A: a.name, IfA: portA, B: b.name, IfB: portB}})
}

// inside counts the wires inside Azure.
func (n *network) inside() int {
	count := 0
	for _, w := range n.wires {
		if n.speakers[w.A] != nil && n.speakers[w.B] != nil {
			count++
		}
	}
	return count
}
