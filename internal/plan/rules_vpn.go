package plan

import (
	"fmt"
	"time"

	"github.com/ercfg/ercfg/internal/diag"
	"github.com/ercfg/ercfg/internal/expressroute"
	"github.com/ercfg/ercfg/internal/intent"
)

// The rules about a VPN that need nothing of its tunnels' inside: fact sheet
// §4 and §7. Those about its place in a statement, its underlay and its
// algorithms come with its rendering.
const (
	vpnPeerASN    diag.Code = "ER059"
	vpnGatewayASN diag.Code = "ER060"
	vpnBFD        diag.Code = "ER108"
	vpnTimers     diag.Code = "ER109"
	vpnUnclamped  diag.Code = "ER122"
	vpnMSSLarge   diag.Code = "ER123"
)

// checkVPNs judges what a gateway does not take.
func (f *facts) checkVPNs() {
	for _, v := range f.vpns {
		f.checkVPNSessions(v)
		f.checkVPNSize(v)
		f.checkVPNPeers(v)
	}
	f.checkGatewayASNs()
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

// checkGatewayASNs reports VPN gateways beside an ExpressRoute gateway that do
// not have Azure's own AS number. A VNet with a gateway of its own uses no
// other VNet's, so a private peering that reaches it ends in its own, too.
func (f *facts) checkGatewayASNs() {
	beside := make(map[*vnet]diag.Pos)
	for _, s := range f.statements {
		for _, p := range s.circuits() {
			if p.peering.microsoft {
				continue
			}
			for _, v := range s.vnets {
				keep(beside, v, p.name.Pos)
			}
			break // one is enough
		}
	}
	for _, v := range f.vnets {
		at, reached := beside[v]
		a := v.gatewayASN
		if !a.Set() || a.V == expressroute.VPNGatewayASN || !reached && v.in.ExpressRouteGateway == nil {
			continue
		}
		var related []diag.Pos
		if reached {
			related = append(related, at)
		}
		f.fault(vpnGatewayASN, a.Pos, fmt.Sprintf("the VPN gateway of %s has AS %s and stands beside an ExpressRoute gateway", v.name.V, a.V), fmt.Sprintf("write %s, set it in Azure, and reset the gateway there", expressroute.VPNGatewayASN), related...)
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
// clamps always, to 1350 bytes where mss is not written, so that a clamp is
// missing only where a larger mss makes it none.
func (f *facts) checkVPNSize(v *vpn) {
	mss, mtu := v.in.MSS, v.in.MTU
	if !mss.Set() || mss.V <= expressroute.TunnelMSS {
		return
	}
	hint := fmt.Sprintf("leave mss out, which is %d", expressroute.TunnelMSS)
	if mtu.Set() && mtu.V > expressroute.TunnelMTU {
		f.fault(vpnUnclamped, mtu.Pos, fmt.Sprintf("the tunnels of %s have an MTU of %d, and mss: %d does not clamp to less", v.name.V, mtu.V, mss.V), fmt.Sprintf("write mtu: %d at most; %s", expressroute.TunnelMTU, hint), mss.Pos)
		return
	}
	f.warn(vpnMSSLarge, mss.Pos, fmt.Sprintf("MSS %d on the VPN %s", mss.V, v.name.V), "encrypted packets of that size are fragmented, and Azure drops fragments: "+hint)
}
