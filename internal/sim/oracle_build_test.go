package sim_test

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/ercfg/ercfg/internal/bgp"
	"github.com/ercfg/ercfg/internal/plan"
)

// build makes the speakers and their sessions with what they say of themselves.
func (o *oracle) build() {
	o.tables, o.msees, o.speakers, o.sessions = map[[2]string]*speaker{}, map[linkKey]*speaker{}, nil, nil
	for i := range o.p.Routers {
		if r := &o.p.Routers[i]; !o.routers[r.Name] {
			o.table(r, nil)
			for j := range r.VRFs {
				o.table(r, &r.VRFs[j])
			}
		}
	}
	for i := range o.p.Circuits {
		for j := range o.p.Circuits[i].Peerings {
			o.buildPeering(&o.p.Circuits[i], &o.p.Circuits[i].Peerings[j])
		}
	}
	gateways := map[[2]string]*speaker{}
	for i := range o.p.VPNs {
		v := &o.p.VPNs[i]
		for _, end := range v.Tunnels {
			k := tunnelKey{v.Name, end.Instance, end.Router}
			if !o.up[k] {
				continue
			}
			t := o.tunnelOf(k)
			g := gateways[[2]string{v.VNet, end.Instance}]
			if g == nil {
				g = o.speaker("gateway "+v.VNet+" "+end.Instance, gatewayRole, o.vnet(v.VNet).Gateway.ASN)
				gateways[[2]string{v.VNet, end.Instance}] = g
			}
			for _, n := range o.p.VNets {
				if o.hearsVPN(&n, v.Name) {
					o.announce(g, n.Prefixes, nil)
				}
			}
			o.external(o.tables[[2]string{end.Router, t.VRF}], g, &t.Session, nil, t)
		}
	}
	o.buildIBGP()
}

func (o *oracle) speaker(name string, kind role, asn bgp.ASN) *speaker {
	s := &speaker{name: name, role: kind, asn: asn, own: map[key]*path{}, heard: map[key]map[*session]*path{}}
	o.speakers = append(o.speakers, s)
	return s
}

// table makes a router's routing table with the prefixes that it brings in.
func (o *oracle) table(r *plan.Router, v *plan.VRF) {
	s := o.speaker(r.Name, routerRole, r.ASN)
	s.router, s.vrf, s.multipath = r, v, r.Multipath
	if v != nil {
		s.vrfName, s.multipath = v.Name, v.Multipath
		for i := range v.Customers {
			c := &v.Customers[i]
			ce := o.speaker("customer "+c.Neighbor.String(), customerRole, c.RemoteASN)
			for _, n := range o.p.Networks {
				o.announce(ce, n.Prefixes, nil)
			}
			o.external(s, ce, &c.Session, nil, nil)
		}
	}
	for _, origin := range r.Origins {
		if k := (key{"", origin.Prefix}); origin.VRF == s.vrfName && (origin.How != plan.Learned || learnedIsThere || !o.sent(origin)) {
			protocol := "static"
			switch origin.How {
			case plan.Redistribute:
				protocol = origin.Protocol
			case plan.Learned:
				protocol = "bgp"
			}
			s.own[k] = &path{key: k, preference: 100, protocol: protocol, origin: s}
		}
	}
	o.tables[[2]string{r.Name, s.vrfName}] = s
}

// learnedIsThere takes a prefix that is learned to be in BGP wherever the intent
// says so, whoever sends it. Without it, it comes from a customer's CE, a router
// outside or another router of ours, and goes with the session.
const learnedIsThere = true

// sent reports whether somebody in the model sends what a router is to learn: a
// customer, a router outside, or one of ours. Otherwise it is just there.
func (o *oracle) sent(l plan.Origination) bool {
	return slices.ContainsFunc(o.p.Routers, func(r plan.Router) bool {
		return slices.ContainsFunc(r.Origins, func(m plan.Origination) bool { return m.VRF == l.VRF && m.Prefix == l.Prefix && m.How != plan.Learned }) ||
			slices.ContainsFunc(r.VRFs, func(v plan.VRF) bool { return v.Name == l.VRF && len(v.Customers) > 0 }) ||
			slices.ContainsFunc(r.IBGP, func(n plan.IBGP) bool { return l.VRF == "" && n.Import != "" && o.router(n.Peer) == nil })
	})
}

// announce gives a speaker outside of the routers prefixes of its own.
func (o *oracle) announce(s *speaker, prefixes []netip.Prefix, communities []bgp.Community) {
	for _, p := range prefixes {
		k := key{"", p}
		s.own[k] = &path{key: k, preference: 100, protocol: "bgp", communities: communities, origin: s}
	}
}

func (o *oracle) buildPeering(c *plan.Circuit, peering *plan.CircuitPeering) {
	for _, end := range peering.Links {
		at := linkKey{peering.Path, end.Position}
		msee := o.speaker("msee "+peering.Path+" "+end.Position.String(), mseeRole, microsoftASN)
		msee.circuit, msee.position = c.Name, end.Position
		if o.drained[linkKey{c.Name, end.Position}] {
			msee.extra = drainASNs
		}
		o.msees[at] = msee
		if peering.Microsoft {
			for _, d := range o.destinations() {
				o.announce(msee, []netip.Prefix{d.prefix}, d.communities)
			}
		}
		for _, n := range o.p.VNets {
			if _, on := o.connection(&n, peering.Path); on {
				o.announce(msee, n.Prefixes, n.Communities)
			}
		}
		if o.routers[end.Router] || o.links[at] || o.silent[at] {
			continue
		}
		link := &o.router(end.Router).Links[end.Link]
		for i := range link.Sessions {
			s := &link.Sessions[i]
			if s.Shutdown || s.BFD.On() && o.noBFD[at] || s.Family == plan.IPv6 && o.noIPv6[at] {
				continue
			}
			o.external(o.tables[[2]string{end.Router, link.VRF}], msee, s, link, nil)
		}
	}
}

// external joins a router's table and a neighbor of another AS.
func (o *oracle) external(table, neighbor *speaker, s *plan.Session, link *plan.Link, tunnel *plan.Tunnel) {
	out := &session{from: table, to: neighbor, family: s.Family, external: true, communities: true, export: s.Export, filterOut: true, link: link, tunnel: tunnel}
	in := &session{from: neighbor, to: table, family: s.Family, external: true, communities: true, accept: s.Import, filterIn: true, link: link, tunnel: tunnel}
	o.join(out, in)
}

func (o *oracle) join(a, b *session) {
	a.back, b.back = b, a
	for _, s := range []*session{a, b} {
		s.sent, s.rank = map[key]*path{}, o.rng.Int()
		s.from.out = append(s.from.out, s)
		o.sessions = append(o.sessions, s)
	}
}

// buildIBGP joins routers, and routers with reflectors outside: one session per
// family of unicast routes, and one between any two VRFs for VPN routes.
func (o *oracle) buildIBGP() {
	type outside struct {
		peer string
		vpn  bool
	}
	reflectors := map[outside]*speaker{}
	reflector := func(peer string, vpn bool) *speaker {
		s := reflectors[outside{peer, vpn}]
		if s == nil {
			s = o.speaker("reflector "+peer, reflectorRole, 0)
			reflectors[outside{peer, vpn}] = s
			if !vpn {
				for _, n := range o.p.Networks {
					o.announce(s, n.Prefixes, nil)
				}
			}
		}
		return s
	}
	for i := range o.p.Routers {
		r := &o.p.Routers[i]
		for _, n := range r.IBGP {
			outside := o.router(n.Peer) == nil
			if o.routers[r.Name] || o.routers[n.Peer] {
				continue
			}
			if !outside && n.Peer > r.Name {
				continue // made from the other end
			}
			if n.Import != "" {
				o.internal(n, o.tables[[2]string{r.Name, ""}], n.Family, outside, reflector)
			}
			for _, family := range n.VPN {
				for j := range r.VRFs {
					o.internalVPN(n, o.tables[[2]string{r.Name, r.VRFs[j].Name}], family, outside, reflector)
				}
			}
		}
	}
}

func (o *oracle) internal(n plan.IBGP, table *speaker, family plan.Family, outside bool, reflector func(string, bool) *speaker) {
	out := &session{from: table, family: family, communities: n.Communities, export: n.Export, filterOut: true}
	in := &session{to: table, family: family, communities: n.Communities, accept: n.Import, filterIn: true}
	if outside {
		out.to = reflector(n.Peer, false)
	} else {
		out.to = o.tables[[2]string{n.Peer, ""}]
		other := out.to.router.IBGP[slices.IndexFunc(out.to.router.IBGP, func(m plan.IBGP) bool { return m.Peer == table.router.Name && m.Family == family && m.Import != "" })]
		out.filterIn, out.accept, in.filterOut, in.export, in.communities = true, other.Import, true, other.Export, other.Communities
	}
	in.from = out.to
	o.join(out, in)
}

func (o *oracle) internalVPN(n plan.IBGP, table *speaker, family plan.Family, outside bool, reflector func(string, bool) *speaker) {
	var far []*speaker
	if outside {
		far = []*speaker{reflector(n.Peer, true)}
	} else {
		for _, v := range o.router(n.Peer).VRFs {
			far = append(far, o.tables[[2]string{n.Peer, v.Name}])
		}
	}
	for _, other := range far {
		o.join(&session{from: table, to: other, family: family, communities: true, vpn: true}, &session{from: other, to: table, family: family, communities: true, vpn: true})
	}
}

// A destination is a set of Microsoft's services as one route.
type destination struct {
	service     string
	prefix      netip.Prefix
	communities []bgp.Community
}

// destinations are the routes of Microsoft peering: of each service what bounds
// it, or a prefix that nothing else has; and the public ends of tunnels.
func (o *oracle) destinations() []destination {
	var out []destination
	for i, s := range o.p.Services {
		for _, p := range s.Prefixes {
			out = append(out, destination{s.Name, p, s.Communities})
		}
		if len(s.Prefixes) == 0 {
			out = append(out, destination{s.Name, netip.MustParsePrefix(fmt.Sprintf("51.%d.0.0/16", i)), s.Communities},
				destination{s.Name, netip.MustParsePrefix(fmt.Sprintf("2603:10%02x::/32", i)), s.Communities})
		}
	}
	for _, v := range o.p.VPNs {
		for _, end := range v.Tunnels {
			remote := o.tunnelOf(tunnelKey{v.Name, end.Instance, end.Router}).Remote
			if !o.microsoft(v.Underlay) || slices.ContainsFunc(out, func(d destination) bool { return d.prefix.Contains(remote) }) {
				continue
			}
			d := destination{prefix: netip.PrefixFrom(remote, remote.BitLen())}
			for _, s := range o.p.Services {
				if len(s.Prefixes) == 0 {
					d.communities = append(d.communities, s.Communities...)
				}
			}
			out = append(out, d)
		}
	}
	return out
}
