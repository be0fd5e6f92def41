//go:build linux

package lab

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/ercfg/ercfg/internal/plan"
)

// A site is what the host of an on-premises network is told. Its LAN hands
// traffic to several routers at once; a probe that carries [Lab.Mark] of one of
// them enters there and nowhere else. Without a mark, all entries share.
type site struct {
	name    string
	hosts   []netip.Addr
	entries []string // routers
	// nextHops are addresses that routers have static routes by (plan.Via) for
	// this network: the host has them too.
	nextHops []netip.Addr
}

// firstMark is the mark of the first entry, and the number of its routing table.
const firstMark = 100

// Entries returns the routers to which the LAN hands the traffic of a network:
// those of the plan, or all routers that the paths of its statements end on.
func (l *Lab) Entries(network string) []string {
	if l.plan == nil {
		return nil
	}
	for i := range l.plan.Networks {
		if l.plan.Networks[i].Name == network {
			return entries(l.plan, &l.plan.Networks[i])
		}
	}
	return nil
}

// Mark returns the firewall mark (SO_MARK, socket(7)) with which a packet of a
// network's host enters at a router, of either family; 0: it is no entry of the
// network.
func (l *Lab) Mark(network, router string) int {
	at := slices.Index(l.Entries(network), router)
	if at < 0 {
		return 0
	}
	return firstMark + at
}

// entries lists the routers of a network's traffic, in the order of the intent.
func entries(p *plan.Plan, network *plan.OnpremNetwork) []string {
	if len(network.At) > 0 {
		return network.At
	}
	var out []string
	add := func(router string) {
		if !slices.Contains(out, router) {
			out = append(out, router)
		}
	}
	for i := range p.Statements {
		s := &p.Statements[i]
		if !slices.Contains(s.Networks, network.Name) {
			continue
		}
		for _, path := range s.Prefer {
			for j := range p.Circuits {
				for _, peering := range p.Circuits[j].Peerings {
					for _, link := range peering.Links {
						if peering.Path == path {
							add(link.Router)
						}
					}
				}
			}
			for j := range p.VPNs {
				for _, t := range p.VPNs[j].Tunnels {
					if p.VPNs[j].Name == path {
						add(t.Router)
					}
				}
			}
		}
	}
	slices.Sort(out)
	return out
}

// addSites adds the hosts of on-premises networks.
func (n *network) addSites() {
	taken := make(map[netip.Addr]bool)
	for _, prefix := range usedBy(n.plan) {
		if prefix.IsSingleIP() {
			taken[prefix.Addr()] = true
		}
	}
	for i := range n.plan.Networks {
		network := &n.plan.Networks[i]
		s := &site{name: "site-" + network.Name, entries: entries(n.plan, network)}
		for _, prefix := range network.Prefixes {
			if host := hostIn(prefix, n.othersIn(prefix), taken, 10); host.IsValid() {
				s.hosts = append(s.hosts, host)
				taken[host] = true
			}
		}
		for j := range n.plan.Routers {
			for _, o := range n.plan.Routers[j].Origins {
				if o.How == plan.Via && slices.Contains(network.Prefixes, o.Prefix) && !slices.Contains(s.nextHops, o.NextHop) {
					s.nextHops = append(s.nextHops, o.NextHop)
				}
			}
		}
		n.sites[network.Name] = s
		n.add(Node{Name: s.name, Kind: Site, Of: network.Name, Hosts: s.hosts})
	}
}

// othersIn lists the on-premises prefixes that lie in prefix and are longer.
func (n *network) othersIn(prefix netip.Prefix) []netip.Prefix {
	var out []netip.Prefix
	for i := range n.plan.Networks {
		for _, other := range n.plan.Networks[i].Prefixes {
			if other.Bits() > prefix.Bits() && prefix.Overlaps(other) {
				out = append(out, other)
			}
		}
	}
	return out
}

// hostIn returns an address of prefix that is in none of others and not taken:
// the offset-th, or one after it, or of a small prefix any. None is the zero
// address. A default route stands for the Internet, and its host is there.
func hostIn(prefix netip.Prefix, others []netip.Prefix, taken map[netip.Addr]bool, offset int) netip.Addr {
	if prefix.Bits() == 0 {
		if prefix.Addr().Is4() {
			prefix = netip.MustParsePrefix("192.88.99.0/24")
		} else {
			prefix = netip.MustParsePrefix("2001:db8:ffff::/48")
		}
	}
	for _, start := range []int{offset, 0} {
		a := prefix.Addr()
		if start == 0 && prefix.Addr().BitLen()-prefix.Bits() > 1 {
			start = 1 // the first address is the network's
		}
		for range start {
			a = a.Next()
		}
		for range 1 << 12 {
			if !a.IsValid() || !prefix.Contains(a) {
				break
			}
			in := slices.IndexFunc(others, func(o netip.Prefix) bool { return o.Contains(a) })
			switch {
			case in >= 0:
				a = lastOf(others[in]).Next()
			case taken[a] || a.Is4() && a == lastOf(prefix) && !prefix.IsSingleIP():
				a = a.Next()
			default:
				return a
			}
		}
	}
	return netip.Addr{}
}

// lastOf is the highest address of a prefix.
func lastOf(p netip.Prefix) netip.Addr {
	raw := p.Masked().Addr().AsSlice()
	for bit := p.Bits(); bit < len(raw)*8; bit++ {
		raw[bit/8] |= 1 << (7 - bit%8)
	}
	a, _ := netip.AddrFromSlice(raw)
	return a
}

// setup is the input of ip -batch that makes the site's addresses and tables.
func (s *site) setup(n *network) string {
	var b strings.Builder
	own := n.lan[s.name]
	fmt.Fprintf(&b, "address add %s dev %s\naddress add %s dev %[2]s\n", own.v4, lanPort, own.v6)
	addresses := append(slices.Clone(s.hosts), s.nextHops...)
	if n.collectorSite == s {
		addresses = append(addresses, n.collector)
	}
	for _, a := range addresses {
		fmt.Fprintf(&b, "address add %s dev lo\n", netip.PrefixFrom(a, a.BitLen()))
	}
	// The prefix of length 0 says which family a line of the batch is of.
	for _, all := range []string{"0.0.0.0/0", "::/0"} {
		shared := "route add " + all
		for i, router := range s.entries {
			hop := n.lan[router].v4.Addr()
			if all == "::/0" {
				hop = n.lan[router].v6.Addr()
			}
			fmt.Fprintf(&b, "route add %s via %s dev %s table %d\n", all, hop, lanPort, firstMark+i)
			fmt.Fprintf(&b, "rule add from %s fwmark %d lookup %[2]d\n", all, firstMark+i)
			shared += fmt.Sprintf(" nexthop via %s dev %s", hop, lanPort)
		}
		if len(s.entries) > 0 {
			b.WriteString(shared + "\n")
		}
	}
	return b.String()
}
