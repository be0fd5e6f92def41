package plan

import (
	"fmt"

	"github.com/ercfg/ercfg/internal/bgp"
	"github.com/ercfg/ercfg/internal/diag"
	"github.com/ercfg/ercfg/internal/expressroute"
	"github.com/ercfg/ercfg/internal/intent"
)

// The rules about communities: fact sheet §6.
const (
	unknownCommunity diag.Code = "ER084"
	wrongPeering     diag.Code = "ER085"
	untaggedVNet     diag.Code = "ER086"
	noRouteFilter    diag.Code = "ER087"
	no365In21Vianet  diag.Code = "ER088"
)

// Codes beside the rules: what would be accepted by nothing that Azure sends.
const (
	noCustomValue   diag.Code = "ER947" // matched by community, and the VNet has none
	onlyMicrosoft   diag.Code = "ER954" // a VNet over a Microsoft peering only
	customOnVirtual diag.Code = "ER955" // Virtual WAN sets no custom value (W)
)

// checkCommunities reports communities that Microsoft does not send, or not
// where they are matched.
func (f *facts) checkCommunities(uses map[*peering][]use) {
	for _, v := range f.vnets {
		f.checkCustomCommunity(v)
	}
	for _, s := range f.services {
		for _, c := range s.communities {
			f.checkServiceCommunity(c)
		}
	}
	for _, c := range f.circuits {
		for _, p := range c.peerings() {
			if p.microsoft {
				filter := f.routeFilter(p)
				f.checkRouteFilter(p, filter, uses[p])
				f.check21Vianet(p, filter, uses[p])
			} else {
				f.checkPrivateCommunities(p, uses[p])
			}
		}
	}
}

// checkCustomCommunity judges what a VNet is tagged with.
func (f *facts) checkCustomCommunity(v *vnet) {
	c := v.community
	if !c.Set() || v.in.Community.V == "" {
		return
	}
	const hint = `Azure's form is "12076:2xxxx"; 20000 to 49999 is what is commonly used`
	known := expressroute.ClassifyCommunity(c.V)
	switch {
	case !known.On(expressroute.PrivatePeering):
		f.fault(wrongPeering, c.Pos, fmt.Sprintf("%s (%s) stands for a public service, and %s is reached by private peering", c.V, known.Text, v.name.V), hint)
	case known.Kind != expressroute.CustomCommunity:
		f.warn(unknownCommunity, c.Pos, fmt.Sprintf("%s is no custom community: %s", c.V, known.Text), hint)
	}
}

// checkServiceCommunity judges what is matched on Microsoft peering.
func (f *facts) checkServiceCommunity(c intent.At[bgp.Community]) {
	known := expressroute.ClassifyCommunity(c.V)
	switch {
	case !known.On(expressroute.MicrosoftPeering):
		f.fault(wrongPeering, c.Pos, fmt.Sprintf("%s (%s) never comes on Microsoft peering", c.V, known.Text), fmt.Sprintf("a region's public services have %d plus the region's number", expressroute.MicrosoftRegionBase))
	case !known.Known:
		f.warn(unknownCommunity, c.Pos, fmt.Sprintf("%s is unknown: %s", c.V, known.Text), "check it against Get-AzBgpServiceCommunity; newer regions are missing in ercfg's table")
	}
}

// checkPrivateCommunities reports service sets that a private peering never
// brings, and VNets without the tag that it is to be matched by.
func (f *facts) checkPrivateCommunities(p *peering, uses []use) {
	for _, u := range uses {
		for _, name := range u.statement.in.Azure {
			s := f.serviceByName[name.V]
			if s == nil || f.vnetByName[name.V] != nil || len(s.communities) == 0 {
				continue
			}
			f.fault(wrongPeering, name.Pos, fmt.Sprintf("the services %s are wanted on the private peering %s, which never brings %s", name.V, p.path, s.communities[0].V), "prefer a Microsoft peering: CIRCUIT.microsoft", s.name.Pos)
		}
		if p.in.MatchBy.V != "community" {
			continue
		}
		for _, v := range u.statement.vnets {
			if !v.community.Set() {
				f.warn(untaggedVNet, p.in.MatchBy.Pos, fmt.Sprintf("%s is matched by community on %s and has no custom one", v.name.V, p.path), "Azure tags a VNet, with its region's 12076:50xxx, too, only after a custom value is set: give it community, or write matchBy: prefixes", v.name.Pos)
			}
		}
	}
}

// routeFilter parses the communities of a peering's filter in Azure.
func (f *facts) routeFilter(p *peering) []intent.At[bgp.Community] {
	var out []intent.At[bgp.Community]
	for _, a := range p.in.RouteFilter {
		if c := f.community(a); c.Set() && a.V != "" {
			f.checkServiceCommunity(c)
			out = append(out, c)
		}
	}
	return out
}

// checkRouteFilter reports a Microsoft peering that brings no routes, and
// services that its filter leaves out.
func (f *facts) checkRouteFilter(p *peering, filter []intent.At[bgp.Community], uses []use) {
	if created := p.circuit.created.V; !created.IsZero() && created.Before(expressroute.RouteFilterSince()) {
		return
	}
	if len(p.in.RouteFilter) == 0 {
		f.warn(noRouteFilter, p.in.Pos, fmt.Sprintf("%s has no route filter: it will bring no routes", p.path), "attach a route filter in Azure and write its communities: routeFilter: [...]")
		return
	}
	allowed := make(map[bgp.Community]bool, len(filter))
	for _, c := range filter {
		allowed[c.V] = true
	}
	for _, u := range uses {
		for _, s := range u.statement.services {
			for _, c := range s.communities {
				if !allowed[c.V] && expressroute.ClassifyCommunity(c.V).On(expressroute.MicrosoftPeering) {
					f.warn(noRouteFilter, c.Pos, fmt.Sprintf("%s is not in the route filter of %s: none of its routes will come", c.V, p.path), "add it to the filter in Azure and to routeFilter", p.in.RouteFilter[0].Pos)
				}
			}
		}
	}
}

// check21Vianet reports Microsoft 365 beside a region of the cloud that
// 21Vianet runs. A circuit belongs to one cloud, so a region tells which.
func (f *facts) check21Vianet(p *peering, filter []intent.At[bgp.Community], uses []use) {
	all := filter
	for _, u := range uses {
		for _, s := range u.statement.services {
			all = append(all, s.communities...)
		}
	}
	var region diag.Pos
	for _, c := range all {
		if expressroute.Is21Vianet(c.V) {
			region = c.Pos
			break
		}
	}
	if region.IsZero() {
		return
	}
	for _, c := range all {
		if known := expressroute.ClassifyCommunity(c.V); known.Microsoft365 {
			f.fault(no365In21Vianet, c.Pos, fmt.Sprintf("%s (%s) does not exist in the cloud of 21Vianet, to which %s leads", c.V, known.Text, p.path), "Microsoft 365 in China is reached over the Internet: take it out", region)
		}
	}
}

// checkVNetPaths reports VNets that no path of their statements can bring, and
// custom values that Azure does not set.
func (f *facts) checkVNetPaths() {
	for _, v := range f.vnets {
		if v.community.Set() && v.in.VirtualWAN.V {
			f.warn(customOnVirtual, v.community.Pos, fmt.Sprintf("%s hangs on a Virtual WAN hub, where a custom community is not set on its routes", v.name.V), "match its prefixes: write matchBy: prefixes, and take community away", v.in.VirtualWAN.Pos)
		}
	}
	type match struct {
		vnet    *vnet
		peering *peering
	}
	seen := make(map[match]bool)
	for _, s := range f.statements {
		if s.publicOnly() {
			for _, name := range s.in.Azure {
				if v := f.vnetByName[name.V]; v != nil {
					f.fault(onlyMicrosoft, name.Pos, fmt.Sprintf("the VNet %s is wanted over %s only, and a Microsoft peering never brings a VNet", name.V, s.paths[0].name.V), "prefer a private peering or a VPN, or list a service set under azure", v.name.Pos)
				}
			}
			continue
		}
		for _, p := range s.circuits() {
			if p.peering.microsoft || p.peering.in.MatchBy.V != "community" {
				continue
			}
			for _, v := range s.vnets {
				if m := (match{v, p.peering}); !v.in.Community.Set() && !seen[m] {
					seen[m] = true
					f.fault(noCustomValue, v.name.Pos, fmt.Sprintf("%s has no community, and %s accepts nothing without one", v.name.V, p.peering.path), `write community: "12076:2xxxx" as Azure has it, or matchBy: prefixes on the peering`, p.peering.in.MatchBy.Pos)
				}
			}
		}
	}
}

// publicOnly reports whether every path of the statement is a Microsoft
// peering.
func (s *statement) publicOnly() bool {
	for _, p := range s.paths {
		if p.vpn != nil || !p.peering.microsoft {
			return false
		}
	}
	return len(s.paths) > 0
}
