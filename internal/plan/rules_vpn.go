package plan

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/ercfg/ercfg/internal/diag"
	"github.com/ercfg/ercfg/internal/expressroute"
	"github.com/ercfg/ercfg/internal/intent"
)

// The rules about a VPN and its gateway as a whole: fact sheet §4, §7, §9 and
// §10. Those about its place in a statement are in rules_backup.go and
// rules_encrypted.go, those about its tunnels in rules_tunnel.go, and those
// about its algorithms in rules_ipsec.go.
const (
	vpnPeerASN      diag.Code = "ER059"
	vpnGatewayASN   diag.Code = "ER060"
	vpnBFD          diag.Code = "ER108"
	vpnTimers       diag.Code = "ER109"
	vpnUnclamped    diag.Code = "ER122"
	vpnMSSLarge     diag.Code = "ER123"
	subnetTooSmall  diag.Code = "ER141"
	basicGateway    diag.Code = "ER142"
	noPrivateTunnel diag.Code = "ER143"
	vpnPrefixes     diag.Code = "ER175"
)

// checkVPNs judges what a gateway does not take.
func (f *facts) checkVPNs() {
	for _, v := range f.vpns {
		f.checkVPNSessions(v)
		f.checkVPNSize(v)
		f.checkVPNPeers(v)
		f.checkPrivateGateway(v)
	}
	f.checkVPNPrefixes()
	f.checkGateways()
}

// checkVPNPeers reports routers whose AS number the gateway does not take. What
// the rules about circuits say of the router already is not said again.
func (f *facts) checkVPNPeers(v *vpn) {
	if v.vnet == nil {
		return
	}
	gateway := v.vnet.gatewayASN
	seen := make(map[*router]bool)
	for _, t := range v.tunnels {
		r := t.router
		if r == nil || seen[r] || !r.asn.Set() {
			continue
		}
		seen[r] = true
		a := r.asn
		said := len(r.links) > 0 && (expressroute.ReservedASN(a.V) || expressroute.UnusablePeerASN(a.V))
		switch {
		case a.V == gateway.V:
			related := []diag.Pos{v.name.Pos}
			if gateway.Set() {
				related = append(related, gateway.Pos)
			}
			f.fault(vpnPeerASN, a.Pos, fmt.Sprintf("AS %s of %s is that of the VPN gateway of %s", a.V, r.name.V, v.vnet.name.V), "each side drops the other's routes as its own: give the router another AS number", related...)
		case !said && expressroute.UnusableVPNPeerASN(a.V):
			f.fault(vpnPeerASN, a.Pos, fmt.Sprintf("AS %s of %s can be no peer ASN of a VPN gateway", a.V, r.name.V), "write a registered AS number, or a private one (64512–65514, 65521–65534, 4200000000–4294967294)", v.name.Pos)
		}
	}
}

// checkGateways reports VPN gateways that cannot be what the intent wants of
// them, beside an ExpressRoute gateway above all.
func (f *facts) checkGateways() {
	beside := f.reachedVNets()
	for _, v := range f.vnets {
		at, reached := beside[v]
		reached = reached || v.in.ExpressRouteGateway != nil
		related := placed(at)
		f.checkGatewaySpace(v)
		f.checkGatewaySKU(v)
		if g := v.in.VPNGateway; g != nil && expressroute.IsBasicGateway(g.SKU.V) {
			f.fault(basicGateway, g.SKU.Pos, fmt.Sprintf("the VPN gateway of %s is a Basic one", v.name.V), "it has no BGP and does not stand beside an ExpressRoute gateway: make a route-based VpnGw1AZ or larger", related...)
		}
		if !reached {
			continue
		}
		if p := v.gatewaySubnet; f.endsVPN(v) && p.V.IsValid() && p.V.Addr().Is4() && p.V.Bits() > expressroute.GatewaySubnetBits {
			f.fault(subnetTooSmall, p.Pos, fmt.Sprintf("the gateway subnet %s of %s has no room for two gateways", p.V, v.name.V), fmt.Sprintf("an ExpressRoute and a VPN gateway need a /%d or larger: make it so in Azure, and write that", expressroute.GatewaySubnetBits), related...)
		}
		if a := v.gatewayASN; a.Set() && a.V != expressroute.VPNGatewayASN {
			f.fault(vpnGatewayASN, a.Pos, fmt.Sprintf("the VPN gateway of %s has AS %s and stands beside an ExpressRoute gateway", v.name.V, a.V), fmt.Sprintf("write %s, set it in Azure, and reset the gateway there", expressroute.VPNGatewayASN), related...)
		}
	}
}

// checkGatewaySKU reports a word that is no SKU of a VPN gateway. A Virtual WAN
// counts its gateway in scale units instead.
func (f *facts) checkGatewaySKU(v *vnet) {
	g := v.in.VPNGateway
	if g == nil || !g.SKU.Set() || v.in.VirtualWAN.V || expressroute.IsVPNGatewaySKU(g.SKU.V) {
		return
	}
	f.fault(badValue, g.SKU.Pos, fmt.Sprintf("%q is no SKU of a VPN gateway", g.SKU.V), diag.DidYouMean(g.SKU.V, expressroute.VPNGatewaySKUs()))
}

// reachedVNets finds the VNets that a statement reaches over private peering,
// and where it says so. A VNet with a gateway of its own uses no other VNet's,
// so that the peering ends in its own, too.
func (f *facts) reachedVNets() map[*vnet]diag.Pos {
	out := make(map[*vnet]diag.Pos)
	for _, s := range f.statements {
		for _, p := range s.circuits() {
			if p.peering.microsoft {
				continue
			}
			for _, v := range s.vnets {
				keep(out, v, p.name.Pos)
			}
			break // one is enough
		}
	}
	return out
}

// endsVPN reports whether the VNet has a VPN gateway.
func (f *facts) endsVPN(v *vnet) bool {
	return v.in.VPNGateway != nil || slices.ContainsFunc(f.vpns, func(x *vpn) bool { return x.vnet == v })
}

// checkPrivateGateway reports a gateway that ends no tunnels on private
// addresses. The gateway of a Virtual WAN hub has no such SKU.
func (f *facts) checkPrivateGateway(v *vpn) {
	if !v.underPrivate() || v.vnet == nil || v.vnet.in.VPNGateway == nil || v.vnet.in.VirtualWAN.V {
		return
	}
	sku := v.vnet.in.VPNGateway.SKU
	if expressroute.IsVPNGatewaySKU(sku.V) && !expressroute.IsPrivateGateway(sku.V) && !expressroute.IsBasicGateway(sku.V) {
		f.fault(noPrivateTunnel, sku.Pos, fmt.Sprintf("the VPN gateway of %s is a %s, and %s ends on its private addresses", v.vnet.name.V, sku.V, v.name.V), "only "+strings.Join(expressroute.PrivateGatewaySKUs(), ", ")+" have those", v.in.Underlay.Pos)
	}
}

// checkVPNPrefixes counts what each VPN advertises to its gateway.
func (f *facts) checkVPNPrefixes() {
	bound := make(map[*vpn]int)
	f.eachCarried(func(v *vpn, n *network) { bound[v] += len(n.prefixes) })
	counted := make(map[*vpn]map[netip.Prefix]struct{})
	f.eachCarried(func(v *vpn, n *network) {
		// Telling equal prefixes apart costs memory, and only many need it.
		if bound[v] <= expressroute.VPNGatewayPrefixes {
			return
		}
		if counted[v] == nil {
			counted[v] = make(map[netip.Prefix]struct{}, bound[v])
		}
		for _, p := range n.prefixes {
			if p.V.Addr().Is4() {
				counted[v][p.V] = struct{}{}
			}
		}
	})
	for _, v := range f.vpns {
		if n := len(counted[v]); n > expressroute.VPNGatewayPrefixes {
			f.fault(vpnPrefixes, v.name.Pos, fmt.Sprintf("the VPN %s advertises %d prefixes, and the gateway takes %d", v.name.V, n, expressroute.VPNGatewayPrefixes), "one more than that and it drops the session: advertise summaries")
		}
	}
}

// eachCarried visits the networks that each VPN carries, statement by
// statement.
func (f *facts) eachCarried(visit func(*vpn, *network)) {
	for _, s := range f.statements {
		for _, p := range s.paths {
			if p.vpn == nil {
				continue
			}
			for _, n := range s.networks {
				visit(p.vpn, n)
			}
		}
	}
}

// checkVPNSessions reports what the gateway's BGP does not have.
func (f *facts) checkVPNSessions(v *vpn) {
	in := v.in
	if b := in.BFD; b != nil && !b.Off.V {
		f.fault(vpnBFD, b.Pos, fmt.Sprintf("BFD is asked for on the VPN %s", v.name.V), "an Azure VPN gateway has none, and the sessions would stay down: take bfd away")
	}
	if in.Timers == nil {
		return
	}
	for _, t := range []struct {
		what    string
		written intent.At[string]
		gateway time.Duration
	}{{"keepalive", in.Timers.Keepalive, expressroute.VPNKeepalive}, {"hold time", in.Timers.Hold, expressroute.VPNHold}} {
		if d, ok := timer(t.written); ok && d != t.gateway {
			f.warn(vpnTimers, t.written.Pos, fmt.Sprintf("%s %s on the VPN %s", t.what, t.written.V, v.name.V), fmt.Sprintf("the gateway has %s, which nobody can change: leave timers out", yamlDuration(t.gateway)))
		}
	}
}

// checkVPNSize reports segments that do not fit through the tunnels. ercfg
// clamps always, to 1350 bytes or less where mss is not written, so that a
// clamp is missing only where a larger mss makes it none.
func (f *facts) checkVPNSize(v *vpn) {
	mss, mtu := v.in.MSS, v.in.MTU
	if !mss.Set() || mss.V <= v.largestMSS() {
		return
	}
	hint := fmt.Sprintf("leave mss out, which is %d", v.largestMSS())
	if mss.V <= expressroute.TunnelMSS {
		f.warn(vpnMSSLarge, mss.Pos, fmt.Sprintf("MSS %d on the VPN %s, and an MTU of %d with %d bytes of headers", mss.V, v.name.V, v.mtu, headersIPv4TCP), "segments of that size do not go through the tunnels whole: "+hint, placed(mtu.Pos)...)
		return
	}
	if mtu.Set() && mtu.V > expressroute.TunnelMTU {
		f.fault(vpnUnclamped, mtu.Pos, fmt.Sprintf("the tunnels of %s have an MTU of %d, and mss: %d does not clamp to less", v.name.V, mtu.V, mss.V), fmt.Sprintf("write mtu: %d at most; %s", expressroute.TunnelMTU, hint), mss.Pos)
		return
	}
	f.warn(vpnMSSLarge, mss.Pos, fmt.Sprintf("MSS %d on the VPN %s", mss.V, v.name.V), "encrypted packets of that size are fragmented, and Azure drops fragments: "+hint)
}
