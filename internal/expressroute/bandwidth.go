package expressroute

import "slices"

// ProviderBandwidthsMbps returns the bandwidths of provider circuits in Mbps,
// ascending. The number holds in each direction and on each link. Source:
// expressroute-circuit-peerings.md.
func ProviderBandwidthsMbps() []int {
	return []int{50, 100, 200, 500, 1000, 2000, 5000, 10000}
}

// ValidProviderBandwidth reports whether a provider circuit of that many Mbps
// exists.
func ValidProviderBandwidth(mbps int) bool {
	return slices.Contains(ProviderBandwidthsMbps(), mbps)
}

// DirectCircuitSizes returns the sizes, in Gbps and ascending, of a circuit on
// an ExpressRoute Direct port of that many Gbps; nil where no such port
// exists. Source: expressroute-erdirect-about.md.
func DirectCircuitSizes(portGbps int) []int {
	switch portGbps {
	case 10:
		return []int{1, 2, 5, 10}
	case 100:
		return []int{5, 10, 40, 100}
	case 400:
		return []int{5, 10, 40, 100, 200, 400}
	}
	return nil
}

// DirectOversubscription is how many times a port's speed its circuits may sum
// up to. Source: expressroute-erdirect-about.md.
const DirectOversubscription = 2
