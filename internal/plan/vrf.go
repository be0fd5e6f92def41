package plan

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/ercfg/ercfg/internal/bgp"
	"github.com/ercfg/ercfg/internal/intent"
)

// planVRFs makes the router's VRFs, by name, and the sessions with customers'
// CEs in them.
func (d *deriver) planVRFs(r *router, out *Router) {
	for _, v := range r.vrfs {
		vrf := VRF{Name: v.name.V, RD: v.rd.V, Import: targets(v.imports), Export: targets(v.exports), Families: d.vrfFamilies(r, v), Origin: v.origin}
		var made [2]bool // by Family: the policy that all customers' sessions share
		for _, c := range v.neighbors {
			if c.addr.V.IsValid() {
				vrf.Customers = append(vrf.Customers, d.planCustomer(v, c, &made, out))
			}
		}
		slices.SortFunc(vrf.Customers, func(a, b Customer) int { return a.Neighbor.Compare(b.Neighbor) })
		vrf.Multipath = d.multipath(place{r, v.name.V})
		out.VRFs = append(out.VRFs, vrf)
	}
	slices.SortFunc(out.VRFs, func(a, b VRF) int { return strings.Compare(a.Name, b.Name) })
}

func targets(list []intent.At[bgp.RouteTarget]) []bgp.RouteTarget {
	var out []bgp.RouteTarget
	for _, t := range list {
		if !slices.Contains(out, t.V) {
			out = append(out, t.V)
		}
	}
	slices.SortFunc(out, func(a, b bgp.RouteTarget) int { return strings.Compare(a.String(), b.String()) })
	return out
}

// vrfFamilies are the families that a VRF has a session of; IPv4 where it has
// none.
func (d *deriver) vrfFamilies(r *router, v *vrf) [2]bool {
	at := place{r, v.name.V}
	out := [2]bool{d.uses(at, IPv4), d.uses(at, IPv6)}
	for _, c := range v.neighbors {
		if c.addr.V.IsValid() {
			out[FamilyOf(c.addr.V)] = true
		}
	}
	if !out[IPv6] {
		out[IPv4] = true
	}
	return out
}

// planCustomer makes the session with a customer's CE: from it come its
// prefixes and nothing else, to it go the Azure prefixes of the VRF's
// statements and nothing else.
func (d *deriver) planCustomer(v *vrf, c *customer, made *[2]bool, out *Router) Customer {
	family := FamilyOf(c.addr.V)
	tag, who := vrfTag(v.name.V), strings.NewReplacer(".", "-", ":", "-").Replace(c.addr.V.String())
	s := Session{
		Family: family, Neighbor: c.addr.V, RemoteASN: c.asn.V, Description: Label(fmt.Sprintf("%s CE %s", v.name.V, c.addr.V)),
		Timers: c.timers, BFD: c.bfd, MD5: c.md5.V, MD5Origin: c.origin + ".md5",
		Import: d.object(family, tag, "CE", strings.ToUpper(who), "IN"), Export: d.object(family, tag, "CE", "OUT"), Origin: c.origin,
	}
	accepted := make(map[netip.Prefix]string)
	for _, p := range c.prefixes {
		accepted[p.V] = c.origin + ".prefixes"
	}
	if len(c.prefixes) == 0 {
		accepted = d.onprem[v.name.V]
	}
	in := Policy{Name: s.Import, Family: family, Origin: c.origin}
	if list := d.list(out, accepted, family, tag, "CE", strings.ToUpper(who)); list != "" {
		in.Terms = append(in.Terms, Term{Match: list, Origin: c.origin})
	}
	out.Policies = append(out.Policies, in.closed())
	if made[family] {
		return Customer{Session: s, Interface: c.in.Interface.V}
	}
	made[family] = true
	export := Policy{Name: s.Export, Family: family, Origin: v.origin}
	azure, communities := d.azureOf(v.name.V)
	if list := d.list(out, azure, family, tag, "CE", "VNETS"); list != "" {
		export.Terms = append(export.Terms, Term{Match: list, Protocol: "bgp", Origin: v.origin})
	}
	if len(communities) > 0 {
		export.Terms = append(export.Terms, Term{Communities: d.communityList(out, communities, tag, "CE", "COMMUNITIES"), Protocol: "bgp", Origin: v.origin})
	}
	out.Policies = append(out.Policies, export.closed())
	return Customer{Session: s, Interface: c.in.Interface.V}
}

// azureOf is what the statements of a VRF reach in Azure.
func (d *deriver) azureOf(vrf string) (map[netip.Prefix]string, map[bgp.Community]string) {
	prefixes, communities := make(map[netip.Prefix]string), make(map[bgp.Community]string)
	for _, e := range d.edges {
		if e.place().vrf != vrf {
			continue
		}
		for to, wishes := range e.imports {
			if to.community != 0 {
				least(communities, to.community, wishes[0].origin)
			} else {
				least(prefixes, to.prefix, wishes[0].origin)
			}
		}
	}
	return prefixes, communities
}

// planPorts makes the Direct ports that end on the router and have MACsec.
func (d *deriver) planPorts(r *router, out *Router) {
	for i := range d.in.DirectPorts {
		e := &d.in.DirectPorts[i]
		macsec, ok := d.macsec[e.Name.V]
		if !ok {
			continue
		}
		origin := "directPorts." + e.Name.V
		for position, port := range []*intent.Port{e.Value.Primary, e.Value.Secondary} {
			if port == nil || port.Router.V != r.name.V {
				continue
			}
			out.Ports = append(out.Ports, Port{
				Interface: port.Interface.V, Pair: e.Name.V, Position: Position(position), Origin: origin + "." + Position(position).String(),
				MACsec: macsec,
			})
		}
	}
	slices.SortStableFunc(out.Ports, func(a, b Port) int { return compareNatural(a.Interface, b.Interface) })
}
