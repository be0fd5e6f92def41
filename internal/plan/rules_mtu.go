package plan

import (
	"fmt"

	"github.com/ercfg/ercfg/internal/diag"
	"github.com/ercfg/ercfg/internal/expressroute"
)

// The rules about the MTU of ExpressRoute links: fact sheet §7. Those of
// tunnels are another file's.
const (
	mtuTooLarge     diag.Code = "ER120"
	mtuTooSmall     diag.Code = "ER121"
	noFastPath      diag.Code = "ER124"
	mtuTooSmallIPv6 diag.Code = "ER943"
)

// minIPv6MTU is the smallest IP MTU in bytes of a link that carries IPv6 (RFC
// 8200 §5). Routers refuse IPv6 on an interface with less, or drop it.
const minIPv6MTU = 1280

func (f *facts) checkMTU(p *peering) {
	mtu := p.mtu
	switch {
	case !mtu.Set() || mtu.V <= 0:
	case mtu.V > expressroute.MaxIPMTU:
		f.fault(mtuTooLarge, mtu.Pos, fmt.Sprintf("IP MTU %d on %s", mtu.V, p.path), fmt.Sprintf("ExpressRoute has no jumbo frames: %d at most", expressroute.MaxIPMTU))
	case mtu.V < minIPv6MTU && p.carries(IPv6):
		f.fault(mtuTooSmallIPv6, mtu.Pos, fmt.Sprintf("IP MTU %d on %s, which carries IPv6", mtu.V, p.path), fmt.Sprintf("IPv6 needs %d on every link; leave mtu out, which is %d", minIPv6MTU, expressroute.MaxIPMTU))
	case mtu.V < expressroute.GatewayMTU:
		f.warn(mtuTooSmall, mtu.Pos, fmt.Sprintf("IP MTU %d on %s is below the %d that Azure carries end to end", mtu.V, p.path, expressroute.GatewayMTU), fmt.Sprintf("leave mtu out, which is %d", expressroute.MaxIPMTU))
	}
}

// checkFastPath notes the VNets whose gateway is in the way of the data: what
// is larger than its MTU is lost there, although the link takes it.
func (f *facts) checkFastPath() {
	noted := make(map[*vnet]bool)
	for _, s := range f.statements {
		for _, path := range s.circuits() {
			if path.peering.microsoft || path.peering.mtu.V <= expressroute.GatewayMTU {
				continue
			}
			for _, v := range s.vnets {
				if g := v.in.ExpressRouteGateway; noted[v] || g != nil && g.FastPath.V {
					continue
				}
				noted[v] = true
				f.note(noFastPath, v.name.Pos, fmt.Sprintf("%s has no FastPath: packets above %d bytes may be lost on the way to it, and fragments are dropped", v.name.V, expressroute.GatewayMTU), "hosts that send larger packets need a TCP MSS of 1360; with FastPath, write expressRouteGateway: {fastPath: true}", s.pos)
			}
		}
	}
}
