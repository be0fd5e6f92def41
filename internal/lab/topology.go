//go:build linux

package lab

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/ercfg/ercfg/internal/plan"
)

// provider and microsoft are the nodes of which a lab has one at most.
const (
	provider  = "provider"
	microsoft = "microsoft"
	lanPort   = "lan0" // of a router or a site
)

// A network is a lab on paper: what is to be made and what each node is to be
// told. It is values alone, and the same for the same plan.
type network struct {
	plan    *plan.Plan
	options Options
	ride    string // how a tunnel that rides on links is played: gre or vxlan
	nodes   []Node
	wires   []wire
	pool    pool
	// speakers are the nodes of Azure's side, by name.
	speakers map[string]*speaker
	lan      map[string]lanEnd // of routers and sites, by name
	sites    map[string]*site  // by on-premises network
	// collector is the address that flows are exported to, and collectorSite the
	// host that has it; zero and nil: no telemetry.
	collector     netip.Addr
	collectorSite *site
}

// A wire is a Wire with what only its making needs.
type wire struct {
	Wire
	mtuA         int        // bytes; 0: the kernel's default
	local        netip.Addr // of a tunnel that rides: its two ends
	remote       netip.Addr
	number       int  // of a tunnel that rides, from 1
	onBridge     bool // through node provider
	lan, standIn bool // one end at a port of node provider
	index        int  // of IfA, as the intent numbers it; 0: the kernel does
}

// lanEnd is where a node is on the LAN.
type lanEnd struct{ v4, v6 netip.Prefix }

// design lays out the network of p.
func design(p *plan.Plan, o Options, ride string) (*network, error) {
	if err := expressible(p); err != nil {
		return nil, err
	}
	n := &network{
		plan: p, options: o, ride: ride,
		speakers: make(map[string]*speaker), lan: make(map[string]lanEnd), sites: make(map[string]*site),
	}
	var err error
	if n.pool, err = newPool(p); err != nil {
		return nil, err
	}
	n.add(Node{Name: provider, Kind: Provider})
	for i := range p.Routers {
		n.add(Node{Name: p.Routers[i].Name, Kind: Router, Of: p.Routers[i].Name})
	}
	n.addAzure()
	n.addSites()
	n.addCollector()
	n.addLAN()
	if len(n.nodes) > MaxNodes {
		return nil, fmt.Errorf("%d nodes (routers, MSEEs, gateways, hosts) are more than the %d that a lab may have", len(n.nodes), MaxNodes)
	}
	for i := range n.nodes {
		for j := range n.nodes[:i] {
			if n.nodes[i].Name == n.nodes[j].Name {
				return nil, fmt.Errorf("two nodes of the lab are called %s: rename the router", n.nodes[i].Name)
			}
		}
	}
	n.plugIn()
	for i := range n.wires {
		n.wires[i].index = indexOf(p, n.wires[i].A, n.wires[i].IfA)
	}
	return n, n.checkInterfaces()
}

// expressible says what of a plan the lab has no form for.
func expressible(p *plan.Plan) error {
	var all []error
	var vrfs []string
	for i := range p.Routers {
		r := &p.Routers[i]
		if r.Platform != plan.FRR {
			all = append(all, fmt.Errorf("router %s is %s: the lab runs FRR, or an FRR twin", r.Name, r.Platform))
		}
		if len(r.VRFs) > 0 {
			vrfs = append(vrfs, r.Name)
		}
		for _, o := range r.Origins {
			if o.How == plan.Redistribute && !slices.Contains([]string{"ospf", "static", "connected"}, o.Protocol) {
				all = append(all, fmt.Errorf("router %s redistributes %s: the LAN of the lab speaks OSPF", r.Name, o.Protocol))
				break
			}
		}
	}
	if len(vrfs) > 0 {
		all = append(all, fmt.Errorf("the lab has no VRFs yet, and there are some on %s: ercfg paths predicts the intent as it is; the lab takes a copy of it without them (docs/reference/lab.md)", strings.Join(vrfs, ", ")))
	}
	return errors.Join(all...)
}

// add adds a node.
func (n *network) add(node Node) { n.nodes = append(n.nodes, node) }

// node returns the node of that name; there is one.
func (n *network) node(name string) *Node {
	return &n.nodes[slices.IndexFunc(n.nodes, func(node Node) bool { return node.Name == name })]
}

// addLAN puts every router and every site on one segment.
func (n *network) addLAN() {
	count := 0
	for _, node := range n.nodes {
		if node.Kind != Router && node.Kind != Site {
			continue
		}
		count++
		n.lan[node.Name] = n.pool.lan(count)
		n.wires = append(n.wires, wire{
			Wire: Wire{A: node.Name, IfA: lanPort, B: provider, IfB: fmt.Sprintf("lan%d", count)}, lan: true,
		})
	}
}

// plugIn gives the wires with a bridge their ports, and the interfaces that a
// router's plan names and nothing is behind a port of node provider: a
// loopback that is not lo, the way to the Internet.
func (n *network) plugIn() {
	count := 0
	for i := range n.wires {
		if w := &n.wires[i]; w.onBridge {
			count++
			w.PortA, w.PortB = fmt.Sprintf("a%d", count), fmt.Sprintf("b%d", count)
		}
	}
	for i := range n.plan.Routers {
		r := &n.plan.Routers[i]
		names := []string{r.Loopback.Interface}
		for j := range r.Tunnels {
			names = append(names, r.Tunnels[j].Source)
		}
		for j := range r.Routes {
			names = append(names, r.Routes[j].Interface)
		}
		for _, name := range names {
			if name == "" || name == "lo" || n.wired(r.Name, name) {
				continue
			}
			count++
			n.wires = append(n.wires, wire{Wire: Wire{A: r.Name, IfA: name, B: provider, IfB: fmt.Sprintf("s%d", count)}, standIn: true})
		}
	}
}

// wired reports whether a node has an interface of that name.
func (n *network) wired(node, name string) bool {
	return slices.ContainsFunc(n.wires, func(w wire) bool { return w.A == node && w.IfA == name || w.B == node && w.IfB == name })
}

// checkInterfaces refuses what Linux cannot call an interface (IFNAMSIZ is 16,
// with its final zero), and two of one name.
func (n *network) checkInterfaces() error {
	seen := make(map[[2]string]bool)
	for _, w := range n.wires {
		for _, end := range [][2]string{{w.A, w.IfA}, {w.B, w.IfB}} {
			if len(end[1]) > 15 || strings.ContainsAny(end[1], "/ ") {
				return fmt.Errorf("%s: Linux has no interface called %s", end[0], end[1])
			}
			if seen[end] {
				return fmt.Errorf("%s: two interfaces are called %s", end[0], end[1])
			}
			seen[end] = true
		}
	}
	return nil
}

// A pool is address space that the plan does not use, for the LAN and for the
// wires inside Azure: an IPv4 /16 and an IPv6 /48.
type pool struct{ v4, v6 netip.Prefix }

// newPool looks for space among what is private or shared (RFC 6598, RFC 2544,
// RFC 1918, RFC 4193).
func newPool(p *plan.Plan) (pool, error) {
	used := usedBy(p)
	var out pool
	free := func(format string, from, to int) netip.Prefix {
		for i := from; i <= to; i++ {
			candidate := netip.MustParsePrefix(fmt.Sprintf(format, i))
			if !slices.ContainsFunc(used, candidate.Overlaps) {
				return candidate
			}
		}
		return netip.Prefix{}
	}
	for _, c := range []struct {
		format   string
		from, to int
	}{{"100.%d.0.0/16", 64, 127}, {"198.%d.0.0/16", 18, 19}, {"172.%d.0.0/16", 16, 31}, {"10.%d.0.0/16", 0, 255}} {
		if out.v4 = free(c.format, c.from, c.to); out.v4.IsValid() {
			break
		}
	}
	out.v6 = free("fd65:7263:%x::/48", 1, 0xffff)
	if !out.v4.IsValid() || !out.v6.IsValid() {
		return out, errors.New("the intent uses all private addresses: the lab has none left for its own wires")
	}
	return out, nil
}

// usedBy lists the address space of a plan. A default route is no use of it all.
func usedBy(p *plan.Plan) []netip.Prefix {
	var out []netip.Prefix
	add := func(prefixes ...netip.Prefix) {
		for _, prefix := range prefixes {
			if prefix.IsValid() && prefix.Bits() > 0 {
				out = append(out, prefix.Masked())
			}
		}
	}
	host := func(addrs ...netip.Addr) {
		for _, a := range addrs {
			if a.IsValid() {
				add(netip.PrefixFrom(a, a.BitLen()))
			}
		}
	}
	for i := range p.Networks {
		add(p.Networks[i].Prefixes...)
	}
	for i := range p.VNets {
		add(p.VNets[i].Prefixes...)
		add(p.VNets[i].Gateway.Subnet)
		for _, g := range p.VNets[i].Gateway.Instances {
			host(g.Public, g.Private, g.BGP)
		}
	}
	for i := range p.Services {
		add(p.Services[i].Prefixes...)
	}
	for i := range p.Routers {
		r := &p.Routers[i]
		host(r.RouterID, r.Loopback.IPv4, r.Loopback.IPv6, r.Flow.Collector, r.Flow.Source)
		for _, l := range r.Links {
			add(l.IPv4, l.IPv6)
		}
		for _, t := range r.Tunnels {
			add(t.Inside)
			host(t.Local, t.Remote, t.Session.Local, t.Session.Neighbor)
		}
		for _, s := range r.IBGP {
			host(s.Local, s.Neighbor)
		}
		for _, o := range r.Origins {
			add(o.Prefix)
			host(o.NextHop)
		}
		for _, route := range r.Routes {
			add(route.Prefix)
			host(route.NextHop)
		}
	}
	return out
}

// lan returns the addresses of the nth node on the LAN, from 1: of the pool's
// first /24 and first /64. MaxNodes is less than a /24 holds.
func (p pool) lan(nth int) lanEnd {
	v4, v6 := p.v4.Addr().As4(), p.v6.Addr().As16()
	v4[3], v6[15] = byte(nth), byte(nth)
	return lanEnd{netip.PrefixFrom(netip.AddrFrom4(v4), 24), netip.PrefixFrom(netip.AddrFrom16(v6), 64)}
}

// wire returns the two ends of the nth wire inside Azure, from 0: a /30 and a
// /126 each, above those of the LAN.
func (p pool) wire(nth int) (a, b lanEnd) {
	v4, v6 := p.v4.Addr().As4(), p.v6.Addr().As16()
	v4[2], v4[3] = byte(1+nth/64), byte(nth%64*4)
	v6[6], v6[7], v6[15] = byte((nth+1)>>8), byte(nth+1), 0
	end := func(host byte) lanEnd {
		four, six := v4, v6
		four[3] += host
		six[15] += host
		return lanEnd{netip.PrefixFrom(netip.AddrFrom4(four), 30), netip.PrefixFrom(netip.AddrFrom16(six), 126)}
	}
	return end(1), end(2)
}

// routerID returns an address of the pool that is on no wire, for the nth speaker.
func (p pool) routerID(nth int) netip.Addr {
	v4 := p.v4.Addr().As4()
	v4[2], v4[3] = 255, byte(nth)
	return netip.AddrFrom4(v4)
}
