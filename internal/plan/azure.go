package plan

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/ercfg/ercfg/internal/expressroute"
	"github.com/ercfg/ercfg/internal/intent"
)

// planAzure fills in what stands at both ends of the paths: the networks of the
// LAN, and VNets and services with what Azure knows of them.
func (d *deriver) planAzure(p *Plan) {
	for _, n := range d.networks {
		out := OnpremNetwork{Name: n.name.V, Prefixes: sortedPrefixes(n.prefixes), Origin: n.origin}
		for _, r := range n.in.At {
			out.At = append(out.At, r.V)
		}
		slices.Sort(out.At)
		p.Networks = append(p.Networks, out)
	}
	joins, weights, hosts := d.joins(), d.weights(), d.gatewayHosts()
	for _, v := range d.vnets {
		out := VNet{Name: v.name.V, Prefixes: sortedPrefixes(v.prefixes), Origin: v.origin}
		if v.community.V != 0 {
			out.Communities = append(out.Communities, v.community.V)
			if region, ok := expressroute.RegionByCode(v.in.Region.V); ok {
				out.Communities = append(out.Communities, region.PrivateCommunity())
			}
			slices.Sort(out.Communities)
		}
		// Its own connections come first: a circuit may be on both.
		for _, of := range append([]*vnet{v}, hosts[v]...) {
			for _, c := range joins.ofVNet[of] {
				if !slices.ContainsFunc(out.Connections, func(o Connection) bool { return o.Path == c.private.path }) {
					out.Connections = append(out.Connections, Connection{Path: c.private.path, Weight: weights[of][c.private].V})
				}
			}
		}
		slices.SortFunc(out.Connections, func(a, b Connection) int { return strings.Compare(a.Path, b.Path) })
		if len(v.instances) > 0 {
			out.Gateway = VPNGateway{ASN: v.gatewayASN.V, Subnet: v.gatewaySubnet.V}
			for _, i := range v.instances {
				out.Gateway.Instances = append(out.Gateway.Instances, Instance{Name: i.in.Name.V, Public: i.public.V, Private: i.private.V, BGP: i.bgp.V})
			}
			slices.SortFunc(out.Gateway.Instances, func(a, b Instance) int { return strings.Compare(a.Name, b.Name) })
		}
		p.VNets = append(p.VNets, out)
	}
	for _, s := range d.services {
		out := Service{Name: s.name.V, Prefixes: sortedPrefixes(s.prefixes), Origin: s.origin}
		for _, c := range s.communities {
			out.Communities = append(out.Communities, c.V)
		}
		slices.Sort(out.Communities)
		p.Services = append(p.Services, out)
	}
	slices.SortFunc(p.Networks, func(a, b OnpremNetwork) int { return strings.Compare(a.Name, b.Name) })
	slices.SortFunc(p.VNets, func(a, b VNet) int { return strings.Compare(a.Name, b.Name) })
	slices.SortFunc(p.Services, func(a, b Service) int { return strings.Compare(a.Name, b.Name) })
}

// gatewayHosts lists, for each VNet, the others whose gateways it uses: a statement
// names it together with a VPN of theirs (gateway transit), and then their circuits
// bring its prefixes, too.
func (f *facts) gatewayHosts() map[*vnet][]*vnet {
	out := make(map[*vnet][]*vnet)
	for _, s := range f.statements {
		for _, p := range s.paths {
			if p.vpn == nil || p.vpn.vnet == nil {
				continue
			}
			for _, v := range s.vnets {
				if host := p.vpn.vnet; host != v && !slices.Contains(out[v], host) {
					out[v] = append(out[v], host)
				}
			}
		}
	}
	return out
}

// sortedPrefixes are the values of list, ascending.
func sortedPrefixes(list []intent.At[netip.Prefix]) []netip.Prefix {
	out := make([]netip.Prefix, len(list))
	for i, p := range list {
		out[i] = p.V
	}
	slices.SortFunc(out, comparePrefixes)
	return out
}
