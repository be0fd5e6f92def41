package sim

import (
	"net/netip"
	"slices"

	"github.com/ercfg/ercfg/internal/bgp"
	"github.com/ercfg/ercfg/internal/plan"
)

// An azure knows which sessions hear of what.
type azure struct {
	m         *model
	ofNetwork map[string][]*plan.Statement
	ofVNet    map[string][]int // sessions on which the VNet is announced
	vnets     map[string]*plan.VNet
	byPrefix  map[netip.Prefix][]*plan.VNet
	services  map[string]*plan.Service
	networks  map[string]*plan.OnpremNetwork
	microsoft []int // sessions of Microsoft peerings
	dests     map[destKey]*dest
	asked     map[vnetPrefix]bool // by a statement
	hearings  map[string]*hearing // by VNet
}

type vnetPrefix struct {
	vnet   string
	prefix netip.Prefix // on-premises
}

type destKey struct {
	vrf       string
	prefix    netip.Prefix
	service   string
	community bgp.Community
}

func newAzure(m *model) *azure {
	a := &azure{
		m: m, ofNetwork: make(map[string][]*plan.Statement), ofVNet: make(map[string][]int), vnets: make(map[string]*plan.VNet), byPrefix: make(map[netip.Prefix][]*plan.VNet),
		services: make(map[string]*plan.Service), networks: make(map[string]*plan.OnpremNetwork), dests: make(map[destKey]*dest), asked: make(map[vnetPrefix]bool), hearings: make(map[string]*hearing),
	}
	for i := range m.sessions {
		s := &m.sessions[i]
		if s.link >= 0 && m.links[s.link].Microsoft {
			a.microsoft = append(a.microsoft, i)
		}
	}
	for i := range m.p.Services {
		a.services[m.p.Services[i].Name] = &m.p.Services[i]
	}
	for i := range m.p.Networks {
		n := &m.p.Networks[i]
		a.networks[n.Name] = n
	}
	for i := range m.p.Statements {
		s := &m.p.Statements[i]
		for _, n := range s.Networks {
			a.ofNetwork[n] = append(a.ofNetwork[n], s)
		}
		for _, v := range s.VNets {
			for _, p := range s.Onprem {
				a.asked[vnetPrefix{v, p}] = true
			}
		}
	}
	heard := a.vpnsOf()
	for i := range m.p.VNets {
		v := &m.p.VNets[i]
		a.vnets[v.Name] = v
		for _, p := range v.Prefixes {
			a.byPrefix[p] = append(a.byPrefix[p], v)
		}
		for _, c := range v.Connections {
			a.connect(v.Name, c)
		}
		for _, vpn := range heard[v.Name] {
			a.ofVNet[v.Name] = append(a.ofVNet[v.Name], a.m.ofPath[vpn]...)
		}
	}
	return a
}

// connect has a VNet hear a peering, with the weight of its connection.
func (a *azure) connect(vnet string, c plan.Connection) {
	for _, i := range a.m.ofPath[c.Path] {
		s := &a.m.sessions[i]
		a.ofVNet[vnet] = append(a.ofVNet[vnet], i)
		if s.weight == nil {
			s.weight = make(map[string]int)
		}
		s.weight[vnet] = c.Weight
	}
}

// vpnsOf lists the VPNs that each VNet hears: those of its own gateway, and
// those that a statement names together with it (gateway transit).
func (a *azure) vpnsOf() map[string][]string {
	out := make(map[string][]string)
	for i := range a.m.p.VPNs {
		v := &a.m.p.VPNs[i]
		out[v.VNet] = append(out[v.VNet], v.Name)
	}
	isVPN := func(name string) bool {
		return slices.ContainsFunc(a.m.p.VPNs, func(v plan.VPN) bool { return v.Name == name })
	}
	for i := range a.m.p.Statements {
		s := &a.m.p.Statements[i]
		for _, path := range s.Prefer {
			if len(a.m.p.VPNs) == 0 || !isVPN(path) {
				continue
			}
			for _, v := range s.VNets {
				out[v] = keep(out[v], path)
			}
		}
	}
	return out
}

// dest finds what the routers of a VRF may hear of a VNet's prefix.
func (a *azure) dest(vrf string, p netip.Prefix) *dest {
	key := destKey{vrf: vrf, prefix: p}
	if d := a.dests[key]; d != nil {
		return d
	}
	d := &dest{prefix: p, route: route{prefix: p, protocol: "bgp"}}
	for _, v := range a.byPrefix[p] {
		for _, s := range a.ofVNet[v.Name] {
			r := d.route
			if r.communities = nil; a.m.sessions[s].link >= 0 {
				r.communities = v.Communities
			}
			if a.offer(d, vrf, s, r) && len(r.communities) > 0 {
				d.route.communities = r.communities
			}
		}
	}
	a.dests[key] = d
	return d
}

// offer adds what session s of a VRF lets in of r, and reports whether it does.
func (a *azure) offer(d *dest, vrf string, s int, r route) bool {
	at := &a.m.sessions[s]
	t := at.table
	if a.m.tables[t].vrf != vrf || r.prefix.IsValid() && plan.FamilyOf(r.prefix.Addr()) != at.Family {
		return false
	}
	term := at.in.decide(r)
	if term == nil {
		return false
	}
	preference := term.LocalPreference
	if preference == 0 {
		preference = defaultPreference
	}
	d.offers = append(d.offers, offer{session: s, preference: preference, asn: at.RemoteASN})
	if !slices.Contains(d.tables, t) {
		d.tables = append(d.tables, t)
	}
	return true
}

func (a *azure) serviceDest(vrf, name string, c bgp.Community, p netip.Prefix, family plan.Family) *dest {
	key := destKey{vrf, p, name + [...]string{"", " IPv6"}[family], c}
	if d := a.dests[key]; d != nil {
		return d
	}
	d := &dest{prefix: p, route: route{prefix: p, communities: []bgp.Community{c}, protocol: "bgp"}}
	for _, s := range a.microsoft {
		if a.m.sessions[s].Family == family {
			a.offer(d, vrf, s, d.route)
		}
	}
	a.dests[key] = d
	return d
}
