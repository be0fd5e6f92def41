package expressroute

// PrefixLimits returns how many IPv4 and IPv6 prefixes Microsoft takes on each
// session of a peering. One more and the session drops, until the count is
// back. Source: expressroute-faqs.md, expressroute-circuit-peerings.md.
func PrefixLimits(sku SKU, peering Peering) (v4, v6 int) {
	switch {
	case peering == MicrosoftPeering:
		return 200, 200
	case sku == PremiumSKU:
		return 10000, 100
	default:
		return 4000, 100
	}
}

// AzurePrefixesIPv4 and AzurePrefixesIPv6 are how many prefixes Azure sends at
// most for one connection of a VNet's gateway; with more the connection drops.
// They are the default guard of a session. A circuit with several connections
// or Global Reach may send more. Source: expressroute-faqs.md.
const (
	AzurePrefixesIPv4 = 1000
	AzurePrefixesIPv6 = 100
)

// WarnPercent is the share of a prefix limit, in percent, from which routers
// and rules warn. An engineering choice, no number of Microsoft's.
const WarnPercent = 80

// Limits of one VNet. Source: expressroute-faqs.md.
const (
	// MaxCircuitsPerVNet is the number of circuits that the largest gateway
	// takes.
	MaxCircuitsPerVNet = 16
	// MaxCircuitsPerLocation is the number of circuits from one peering location.
	MaxCircuitsPerLocation = 4
	// MaxECMPCircuits is over how many circuits Azure spreads flows.
	MaxECMPCircuits = 4
)

// VNetLinks returns how many VNets a circuit can be linked to; a Global Reach
// connection counts as one. A bandwidth in Mbps between two of the table has
// the number of the lower one. Source: expressroute-faqs.md.
func VNetLinks(sku SKU, bandwidthMbps int) int {
	if sku != PremiumSKU {
		return 10
	}
	switch {
	case bandwidthMbps >= 10000:
		return 100
	case bandwidthMbps >= 5000:
		return 75
	case bandwidthMbps >= 2000:
		return 60
	case bandwidthMbps >= 1000:
		return 50
	case bandwidthMbps >= 500:
		return 40
	case bandwidthMbps >= 100:
		return 25
	default:
		return 20
	}
}
