package plan

import (
	"fmt"
	"net/netip"

	"github.com/ercfg/ercfg/internal/diag"
	"github.com/ercfg/ercfg/internal/expressroute"
	"github.com/ercfg/ercfg/internal/intent"
)

// The rules about values that contradict what else the intent says of Azure.
const (
	serviceTooWide   diag.Code = "ER965" // a prefix that is none of Microsoft's services
	gatewayMisplaced diag.Code = "ER968" // an address of a gateway, or of its far end, where it cannot be
)

// The shortest prefixes that a service set may have. Microsoft announces none
// so short; a discard of one would swallow the Internet. Engineering judgement.
const (
	serviceBitsIPv4 = 8
	serviceBitsIPv6 = 16
)

// checkServices reports prefixes of service sets that are not Microsoft's: what
// lies in them is accepted, and discarded where tunnels must stay off the
// Internet.
func (f *facts) checkServices() {
	var spans []span[*network]
	for _, n := range f.networks {
		for _, p := range n.prefixes {
			if p.V.Bits() > 0 {
				spans = append(spans, span[*network]{p, n})
			}
		}
	}
	onprem := newSpace(spans)
	for _, s := range f.services {
		for _, p := range s.prefixes {
			shortest := [...]int{serviceBitsIPv4, serviceBitsIPv6}[FamilyOf(p.V.Addr())]
			own, meets := onprem.meeting(p.V)
			switch {
			case p.V.Bits() == 0:
				f.fault(serviceTooWide, p.Pos, fmt.Sprintf("the service set %s has %s, which is every address", s.name.V, p.V), "write the prefixes of the services, or leave prefixes out")
			case p.V.Bits() < shortest:
				f.fault(serviceTooWide, p.Pos, fmt.Sprintf("the service set %s has %s, which holds more than Microsoft", s.name.V, p.V), fmt.Sprintf("write the prefixes of the services, /%d or longer", shortest))
			case expressroute.IsPublicPeeringForbidden(p.V):
				f.fault(serviceTooWide, p.Pos, fmt.Sprintf("the service set %s has %s, which is no public space", s.name.V, p.V), "Microsoft peering brings public addresses: write the prefixes of the services")
			case meets:
				f.fault(serviceTooWide, p.Pos, fmt.Sprintf("the service set %s has %s, which overlaps %s of network %s", s.name.V, p.V, own.V, own.of.name.V), "that space is on-premises: write the prefixes of the services", own.Pos)
			}
		}
	}
}

// checkGatewaySpace reports addresses that the gateway of v cannot have. The
// hub of a Virtual WAN keeps its gateways in space that no VNet has.
func (f *facts) checkGatewaySpace(v *vnet) {
	for _, g := range v.instances {
		if a := g.public; a.V.IsValid() && expressroute.IsPublicPeeringForbidden(hostOf(a.V)) {
			f.fault(gatewayMisplaced, a.Pos, fmt.Sprintf("%s, the public address of instance %s of %s, is no public space", a.V, g.in.Name.V, v.name.V), "write the address that Azure shows for the gateway's public IP; private: ADDRESS is for tunnels over private peering")
		}
	}
	subnet := v.gatewaySubnet
	if v.in.VirtualWAN.V || !subnet.V.IsValid() {
		return
	}
	inside := false
	for _, p := range v.prefixes {
		inside = inside || covers(p.V, subnet.V)
	}
	if !inside && len(v.prefixes) > 0 {
		f.fault(gatewayMisplaced, subnet.Pos, fmt.Sprintf("the gateway subnet %s lies in no prefix of VNet %s", subnet.V, v.name.V), "a subnet is a part of its VNet: write the one that Azure shows, or add its prefix to the VNet", v.prefixes[0].Pos)
		return
	}
	for _, g := range v.instances {
		for _, x := range []struct {
			what string
			at   intent.At[netip.Addr]
		}{{"private", g.private}, {"BGP peer", g.bgp}} {
			if a := x.at; a.V.IsValid() && !expressroute.IsAPIPA(a.V) && !subnet.V.Contains(a.V) {
				f.fault(gatewayMisplaced, a.Pos, fmt.Sprintf("%s, the %s address of instance %s of %s, lies outside of the gateway subnet %s", a.V, x.what, g.in.Name.V, v.name.V, subnet.V), "an instance has its addresses from there, or an APIPA peer: write what the gateway shows", subnet.Pos)
			}
		}
	}
}

// sourceInVNet reports a tunnel that begins at an address of Azure's. Where the
// router's BGP address is the same one, ER169 says it.
func (f *facts) sourceInVNet(t *tunnel) bool {
	a, v := t.local, t.vpn.vnet
	if !a.V.IsValid() || v == nil || t.ours() == a.V {
		return false
	}
	for _, p := range v.prefixes {
		if p.V.Contains(a.V) {
			f.fault(gatewayMisplaced, a.Pos, fmt.Sprintf("%s, where the tunnel of %s begins, lies in %s of VNet %s", a.V, t.vpn.name.V, p.V, v.name.V), "Azure owns that space: write an address of the router's", p.Pos)
			return true
		}
	}
	return false
}
