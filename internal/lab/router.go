//go:build linux

package lab

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/ercfg/ercfg/internal/artifact"
	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/secret"
)

// routerText is what a router of the plan loads: the text of its artifact with
// the secrets in their places and not a word changed, and then its LAN.
func (n *network) routerText(r *plan.Router, c artifact.Config, secrets func(secret.Ref) (secret.Value, error)) (string, error) {
	text := c.Text
	for _, ref := range c.Secrets {
		value, err := secrets(ref)
		if err != nil {
			return "", fmt.Errorf("%s: %w", r.Name, err)
		}
		text = strings.ReplaceAll(text, ref.Placeholder(), value.Reveal())
	}
	return text + n.lanText(r), nil
}

// lanText is what the owner of a LAN has on a router beside our text: an address,
// an IGP for the loopbacks, and routes to the hosts. A host's route is longer
// than any anchor, so that no anchor swallows its traffic.
func (n *network) lanText(r *plan.Router) string {
	own := n.lan[r.Name]
	var b strings.Builder
	fmt.Fprintf(&b, "interface %s\n ip address %s\n ipv6 address %s\nexit\n!\n%s", lanPort, own.v4, own.v6, ospfOn(lanPort))
	if r.Loopback.Interface != "" {
		fmt.Fprintf(&b, "interface %s\n ip ospf area 0\n ip ospf passive\n ipv6 ospf6 area 0\n ipv6 ospf6 passive\nexit\n!\n", r.Loopback.Interface)
	}
	b.WriteString(ospf(r.RouterID, "") + tunnelSources(r))
	for _, network := range n.plan.Networks {
		s := n.sites[network.Name]
		for _, host := range s.hosts {
			b.WriteString(staticRoute(netip.PrefixFrom(host, host.BitLen()), n.lan[s.name].via(host)))
		}
		for _, hop := range s.nextHops {
			b.WriteString(staticRoute(netip.PrefixFrom(hop, hop.BitLen()), n.lan[s.name].via(hop)))
		}
	}
	if n.collectorSite != nil {
		b.WriteString(staticRoute(netip.PrefixFrom(n.collector, n.collector.BitLen()), n.lan[n.collectorSite.name].via(n.collector)))
	}
	for _, o := range r.Origins {
		switch {
		case o.How == plan.Network, o.How == plan.Redistribute && o.Protocol == "static":
			// Stands in for the route that the LAN brings; worse than any.
			b.WriteString(staticRoute(o.Prefix, "blackhole 251"))
		case o.How == plan.Redistribute && o.Protocol == "connected":
			word := "ip"
			if o.Prefix.Addr().Is6() {
				word = "ipv6"
			}
			fmt.Fprintf(&b, "interface %s\n %s address %s\nexit\n!\n", lanPort, word, netip.PrefixFrom(lastOf(o.Prefix), o.Prefix.Bits()))
		}
	}
	return b.String()
}

// tunnelSources gives the tunnels that ride on links the addresses that they are
// sourced from, where those are not in our text: the interface is its owner's.
func tunnelSources(r *plan.Router) string {
	ours := []netip.Addr{r.Loopback.IPv4}
	for i := range r.Links {
		ours = append(ours, r.Links[i].IPv4.Addr())
	}
	var b strings.Builder
	for i := range r.Tunnels {
		t := &r.Tunnels[i]
		if slices.Contains(ours, t.Local) {
			continue
		}
		name := t.Source
		if name == "" {
			name = "lo"
		}
		ours = append(ours, t.Local)
		fmt.Fprintf(&b, "interface %s\n ip address %s\nexit\n!\n", name, hostPrefix(t.Local))
	}
	return b.String()
}

// via is the end's address of the family of a.
func (e lanEnd) via(a netip.Addr) string {
	if a.Is4() {
		return e.v4.Addr().String()
	}
	return e.v6.Addr().String()
}

// staticRoute is a line of frr.conf.
func staticRoute(prefix netip.Prefix, to string) string {
	word := "ip"
	if prefix.Addr().Is6() {
		word = "ipv6"
	}
	return fmt.Sprintf("%s route %s %s\n", word, prefix, to)
}

// siteText is what the host of a network loads where a router takes prefixes of
// it from the LAN's OSPF: it is the neighbor that has them. Empty: no router
// does.
func (n *network) siteText(network *plan.OnpremNetwork) string {
	routes := ""
	for i := range n.plan.Routers {
		for _, o := range n.plan.Routers[i].Origins {
			line := staticRoute(o.Prefix, "blackhole 251")
			inside := slices.ContainsFunc(network.Prefixes, func(p netip.Prefix) bool { return p.Overlaps(o.Prefix) && p.Bits() <= o.Prefix.Bits() })
			if o.How == plan.Redistribute && o.Protocol == "ospf" && inside && !strings.Contains(routes, line) {
				routes += line
			}
		}
	}
	if routes == "" {
		return ""
	}
	own := n.lan["site-"+network.Name]
	return routes + ospfOn(lanPort) + ospf(own.v4.Addr(), " redistribute static\n")
}

// ospfOn makes an interface one of the LAN's OSPF, for both families. Its
// neighbors are missed after four seconds. Point to multipoint needs no election
// of a designated router, which takes as long again; ospf6d 8.4 has no such word.
func ospfOn(name string) string {
	return fmt.Sprintf("interface %s\n ip ospf area 0\n ip ospf hello-interval 1\n ip ospf dead-interval 4\n ip ospf network point-to-multipoint\n ipv6 ospf6 area 0\n ipv6 ospf6 hello-interval 1\n ipv6 ospf6 dead-interval 4\nexit\n!\n", name)
}

// ospf is the LAN's OSPF, for both families, with more lines for each. A new
// neighbor is told at once, and not five seconds after the one before.
func ospf(id netip.Addr, more string) string {
	return fmt.Sprintf("router ospf\n ospf router-id %[1]s\n timers throttle lsa all 0\n%[2]sexit\n!\nrouter ospf6\n ospf6 router-id %[1]s\n%[2]sexit\n!\n", id, more)
}
