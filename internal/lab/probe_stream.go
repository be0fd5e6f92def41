//go:build linux

package lab

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/sim"
)

// maxStreams bounds the streams of a lab: 64 make 6,400 packets a second, a
// tenth of what one core forwards through the nodes.
const maxStreams = 64

// A stream is a series of packets from one host to another, in one direction.
type stream struct {
	direction sim.Direction
	from, to  *Node
	source    netip.Addr
	target    netip.Addr
	// entry is the router that the LAN hands the packets to, and mark what
	// makes the host's kernel do so; empty and 0 from Azure, whose own routing
	// decides.
	entry string
	mark  int
}

// key tells streams apart: two statements may share one.
type streamKey struct {
	source, target netip.Addr
	entry          string
}

// A probe is what is sent for one flow of the prediction: indices into the
// streams, by direction.
type probe struct {
	statement *plan.Statement
	family    plan.Family
	streams   [2][]int
}

// probesOf lists the streams that show where the traffic of every statement
// goes: from each prefix on-premises to each of the VNets and back, in each
// family, to Azure once through every router at which the LAN hands it over. It
// lists what has no host in the lab, too, and why.
func (l *Lab) probesOf(p *plan.Plan, services []serviceHost) (streams []stream, probes []probe, omitted []string) {
	known := make(map[streamKey]int)
	for i := range p.Statements {
		s := &p.Statements[i]
		for _, family := range []plan.Family{plan.IPv4, plan.IPv6} {
			one := probe{statement: s, family: family}
			for _, st := range l.streamsOf(s, family, services) {
				key := streamKey{st.source, st.target, st.entry}
				at, ok := known[key]
				if !ok {
					if len(streams) == maxStreams {
						omitted = append(omitted, fmt.Sprintf("traffic %s: %s to %s: the lab sends %d streams at most", s.Name, st.source, st.target, maxStreams))
						continue
					}
					at = len(streams)
					known[key] = at
					streams = append(streams, st)
				}
				one.streams[st.direction] = append(one.streams[st.direction], at)
			}
			if len(one.streams[sim.ToAzure])+len(one.streams[sim.FromAzure]) > 0 {
				probes = append(probes, one)
			}
		}
	}
	return streams, probes, omitted
}

// streamsOf lists the streams of one statement in one family.
func (l *Lab) streamsOf(s *plan.Statement, family plan.Family, services []serviceHost) []stream {
	var out []stream
	for _, network := range s.Networks {
		site := l.Node("site-" + network)
		if site == nil {
			continue
		}
		both := func(here, there netip.Addr, azure *Node) {
			for _, entry := range l.Entries(network) {
				out = append(out, stream{sim.ToAzure, site, azure, here, there, entry, l.Mark(network, entry)})
			}
			out = append(out, stream{direction: sim.FromAzure, from: azure, to: site, source: there, target: here})
		}
		for _, here := range hostsOf(site, family) {
			for _, vnet := range s.VNets {
				if gateway := l.Node("gw-" + vnet); gateway != nil {
					for _, there := range l.hostsFor(s, vnet, gateway, family) {
						both(here, there, gateway)
					}
				}
			}
			for _, service := range services {
				if slices.Contains(s.Services, service.name) && plan.FamilyOf(service.host) == family {
					both(here, service.host, l.Node(microsoft))
				}
			}
		}
	}
	return out
}

// hostsFor are the hosts of a VNet that a statement's traffic goes to. A prefix
// for the gateways alone has none of it, unless the statement has no other.
func (l *Lab) hostsFor(s *plan.Statement, vnet string, n *Node, family plan.Family) []netip.Addr {
	all := hostsOf(n, family)
	i := slices.IndexFunc(l.plan.VNets, func(v plan.VNet) bool { return v.Name == vnet })
	subnet := l.plan.VNets[i].Gateway.Subnet
	if !subnet.IsValid() || !slices.ContainsFunc(s.Azure, func(p netip.Prefix) bool { return !subnet.Overlaps(p) || p.Bits() < subnet.Bits() }) {
		return all
	}
	return slices.DeleteFunc(all, subnet.Contains)
}

func hostsOf(n *Node, family plan.Family) []netip.Addr {
	return slices.DeleteFunc(slices.Clone(n.Hosts), func(a netip.Addr) bool { return plan.FamilyOf(a) != family })
}

// A serviceHost is the host that stands for a service in one family, and the
// route that the Microsoft edge announces for it.
type serviceHost struct {
	name  string
	host  netip.Addr
	offer plan.Offer
}

// serviceHosts lists the hosts of services, in the order of node microsoft: by
// service and family. One that is bounded to prefixes of the other family has
// none.
func (l *Lab) serviceHosts(p *plan.Plan) []serviceHost {
	n := l.Node(microsoft)
	if n == nil {
		return nil
	}
	hosts := n.Hosts
	var out []serviceHost
	for i := range p.Services {
		s := &p.Services[i]
		for _, family := range []plan.Family{plan.IPv4, plan.IPv6} {
			at := slices.IndexFunc(s.Prefixes, func(p netip.Prefix) bool { return plan.FamilyOf(p.Addr()) == family })
			if at < 0 && len(s.Prefixes) > 0 || len(hosts) == 0 || plan.FamilyOf(hosts[0]) != family {
				continue
			}
			one := serviceHost{name: s.Name, host: hosts[0]}
			one.offer.Communities = s.Communities
			if one.offer.Prefix, _ = hosts[0].Prefix([...]int{24, 48}[family]); at >= 0 {
				one.offer.Prefix = s.Prefixes[at]
			}
			hosts = hosts[1:]
			out = append(out, one)
		}
	}
	return out
}
