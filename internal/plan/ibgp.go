package plan

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/ercfg/ercfg/internal/expressroute"
	"github.com/ercfg/ercfg/internal/intent"
	"github.com/ercfg/ercfg/internal/secret"
)

// ibgp makes r's iBGP sessions: one per neighbor and family in use. VPN routes
// share the session of a neighbor's unicast routes.
func (d *deriver) ibgp(r *router, out *Router) {
	m := d.meshes[r]
	for _, a := range d.adjacent[r] {
		for _, family := range []Family{IPv4, IPv6} {
			if !m.carries(family) || (a.peer == nil && FamilyOf(a.addr) != family) {
				continue
			}
			if s, ok := d.session(r, a, family); ok {
				s.Import, s.Export, s.Communities = d.object(family, "IBGP", "IN"), d.object(family, "IBGP", "OUT"), len(m.communities) > 0
				out.IBGP = append(out.IBGP, s)
			}
		}
	}
	for _, a := range d.vpnPeers[r] {
		family := IPv4
		if a.peer == nil {
			family = FamilyOf(a.addr)
		}
		s, ok := d.session(r, a, family)
		if !ok {
			continue
		}
		s.VPN, s.Communities = d.vpnMeshes[r].inUse(), len(d.vpnMeshes[r].communities) > 0
		at := slices.IndexFunc(out.IBGP, func(o IBGP) bool { return o.Neighbor == s.Neighbor })
		if at < 0 {
			out.IBGP = append(out.IBGP, s)
			continue
		}
		if o := &out.IBGP[at]; o.MD5 != s.MD5 || o.Timers.Keepalive != s.Timers.Keepalive || o.Timers.Hold != s.Timers.Hold {
			d.fault(contradiction, a.in.Pos, fmt.Sprintf("the iBGP session %s - %s carries VPN routes, too, and its two entries differ", r.name.V, s.Peer), "one session has one key and one set of timers: say them the same at both entries")
		}
		out.IBGP[at].VPN, out.IBGP[at].Communities = s.VPN, out.IBGP[at].Communities || s.Communities
	}
	slices.SortFunc(out.IBGP, func(a, b IBGP) int { return a.Neighbor.Compare(b.Neighbor) })
	for _, family := range []Family{IPv4, IPv6} {
		if slices.ContainsFunc(out.IBGP, func(n IBGP) bool { return n.Family == family && n.Import != "" }) {
			d.ibgpPolicies(m, family, out)
		}
	}
}

// inUse lists the families of the mesh.
func (m *mesh) inUse() []Family {
	var out []Family
	for _, f := range []Family{IPv4, IPv6} {
		if m.families[f] {
			out = append(out, f)
		}
	}
	return out
}

// session is one end of an iBGP session, without what it carries.
func (d *deriver) session(r *router, a adjacency, family Family) (IBGP, bool) {
	timers := Timers{Keepalive: expressroute.IBGPKeepalive, Hold: expressroute.IBGPHold, Origin: a.origin}
	if a.in.Timers != nil {
		timers = Timers{Keepalive: d.seconds(a.in.Timers.Keepalive), Hold: d.seconds(a.in.Timers.Hold), Origin: a.origin + ".timers"}
	}
	var md5 secret.Ref
	if a.in.MD5.Set() {
		md5 = d.secret(a.in.MD5).V
	}
	local, neighbor, name := r.loopback(family), a.addr, a.addr.String()
	if a.peer != nil {
		neighbor, name = a.peer.loopback(family), a.peer.name.V
		if !neighbor.IsValid() {
			d.lacks(a.peer, family, a.in)
		}
	}
	if !local.IsValid() {
		d.lacks(r, family, a.in)
	}
	return IBGP{Family: family, Peer: name, Local: local, Neighbor: neighbor, Description: Label("iBGP " + name), Timers: timers, MD5: md5, Origin: a.origin},
		local.IsValid() && neighbor.IsValid()
}

func (d *deriver) lacks(r *router, family Family, in *intent.IBGP) {
	d.fault(noLoopback, in.Pos, fmt.Sprintf("the iBGP session needs an %s loopback on %s", family, r.name.V), fmt.Sprintf("write loopback: {interface: NAME, %s: ADDRESS}", family), r.name.Pos)
}

func (r *router) loopback(f Family) netip.Addr {
	return [2]netip.Addr{r.loopback4.V, r.loopback6.V}[f]
}

// carries reports whether the mesh has sessions of a family at all.
func (m *mesh) carries(f Family) bool {
	if m.families[f] {
		return true
	}
	return f == IPv4 && !m.families[IPv6]
}

// ibgpPolicies accept the Azure prefixes both ways, and inbound the
// on-premises prefixes that are learned; everything else is refused.
func (d *deriver) ibgpPolicies(m *mesh, family Family, out *Router) {
	vnets := d.list(out, m.azure, family, "IBGP", "VNETS")
	learned := d.list(out, m.learned, family, "IBGP", "ONPREM")
	in := Policy{Name: d.object(family, "IBGP", "IN"), Family: family, Origin: out.Origin + ".ibgp"}
	export := Policy{Name: d.object(family, "IBGP", "OUT"), Family: family, Origin: out.Origin + ".ibgp"}
	for _, match := range []Name{vnets, learned} {
		if match != "" {
			in.Terms = append(in.Terms, Term{Match: match, Origin: in.Origin})
		}
	}
	if vnets != "" {
		// Junos exports any active route that matches; what the router holds for
		// reasons of its own (a static default) is not Azure's.
		export.Terms = append(export.Terms, Term{Match: vnets, Protocol: "bgp", NextHopSelf: true, Origin: export.Origin})
	}
	if own := d.sent(m, out, family); len(own) > 0 {
		list := d.list(out, own, family, "IBGP", "ONPREM")
		export.Terms = append(export.Terms, Term{Match: list, NextHopSelf: true, Origin: export.Origin})
	}
	if len(m.communities) > 0 {
		list := d.communityList(out, m.communities, "IBGP", "COMMUNITIES")
		in.Terms = append(append(in.Terms, d.refuse(out, "", family)...), Term{Communities: list, Origin: in.Origin})
		export.Terms = append(export.Terms, Term{Communities: list, Protocol: "bgp", NextHopSelf: true, Origin: export.Origin})
	}
	out.Policies = append(out.Policies, in.closed(), export.closed())
}

// sent are the on-premises prefixes that a router of the mesh is to learn and
// this one brings into BGP itself.
func (d *deriver) sent(m *mesh, out *Router, family Family) map[netip.Prefix]string {
	var set map[netip.Prefix]string
	for i := range out.Origins {
		o := &out.Origins[i]
		if _, wanted := m.learned[o.Prefix]; !wanted || o.VRF != "" || o.How == Learned || FamilyOf(o.Prefix.Addr()) != family {
			continue
		}
		if set == nil {
			set = make(map[netip.Prefix]string)
		}
		set[o.Prefix] = o.Origin
	}
	return set
}
