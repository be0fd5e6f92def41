package expressroute

import "github.com/ercfg/ercfg/internal/bgp"

// MicrosoftASN is the AS number of every Microsoft edge router, on every
// peering. Source: expressroute-routing.md.
const MicrosoftASN bgp.ASN = 12076

// VPNGatewayASN is the AS number of an Azure VPN gateway that shares a VNet
// with an ExpressRoute gateway, and the default of any other. Source:
// how-to-configure-coexisting-gateway-portal.md.
const VPNGatewayASN bgp.ASN = 65515

// ReservedASN reports whether Microsoft keeps a for itself: 65515–65520. Azure
// refuses it as the customer's peer AS number and drops a path that holds it.
// Source: expressroute-routing.md.
func ReservedASN(a bgp.ASN) bool { return 65515 <= a && a <= 65520 }

// UnusableVPNPeerASN reports whether an Azure VPN gateway refuses a as the AS
// number of its on-premises peer: Azure's own 8074, 8075, 12076, 65515 and
// 65517–65520, and what IANA reserves: 0, 23456, 64496–64511, 65535–65551,
// 4294967295. Source: vpn-gateway-vpn-faq.md.
func UnusableVPNPeerASN(a bgp.ASN) bool {
	switch {
	case a == 8074, a == 8075, a == MicrosoftASN, a == VPNGatewayASN, 65517 <= a && a <= 65520:
		return true
	}
	return a.IsReserved() || 64496 <= a && a <= 64511 || 65535 <= a && a <= 65551
}

// UnusablePeerASN reports whether a can be nobody's peer AS number:
// Microsoft's own, one that no router may use (bgp.ASN.IsReserved), or
// 65536–65551. The range of ReservedASN and the documentation range
// 64496–64511, which works on private peering, are not in it. Source:
// expressroute-routing.md; RFC 5398 §4.
func UnusablePeerASN(a bgp.ASN) bool {
	return a == MicrosoftASN || a.IsReserved() || 65536 <= a && a <= 65551
}
