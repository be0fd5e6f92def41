package expressroute

// MaxIPMTU is the IP MTU of an ExpressRoute link in bytes, the largest and the
// default: there are no jumbo frames. Source: expressroute-config-samples-routing.md.
const MaxIPMTU = 1500

// GatewayMTU is the largest packet in bytes that is safe through an
// ExpressRoute gateway, which drops fragments. A link should not be smaller.
// Source: expressroute-faqs.md.
const GatewayMTU = 1400

// TunnelMTU and TunnelMSS are the largest IP packet and the largest TCP segment
// in bytes that a tunnel to an Azure VPN gateway should carry: with the
// encryption around it, more does not fit into 1500. Source:
// vpn-gateway-about-vpn-devices.md.
const (
	TunnelMTU = 1400
	TunnelMSS = 1350
)
