package expressroute

import "fmt"

// Peering is the kind of a peering. A circuit has at most one of each; Azure
// public peering ended on 2024-03-31. Source: expressroute-circuit-peerings.md.
type Peering uint8

// The peerings.
const (
	PrivatePeering   Peering = iota // to VNets
	MicrosoftPeering                // to Microsoft 365 and Azure's public services
)

// String returns the word of the intent: "private" or "microsoft".
func (p Peering) String() string {
	switch p {
	case PrivatePeering:
		return "private"
	case MicrosoftPeering:
		return "microsoft"
	}
	panic(fmt.Sprintf("expressroute: no peering %d", uint8(p)))
}
