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

// ParsePeering reads "private" or "microsoft". The error quotes the word.
func ParsePeering(word string) (Peering, error) {
	for _, p := range []Peering{PrivatePeering, MicrosoftPeering} {
		if word == p.String() {
			return p, nil
		}
	}
	return 0, fmt.Errorf("peering %q is neither private nor microsoft", word)
}

// String returns the word that ParsePeering reads.
func (p Peering) String() string {
	switch p {
	case PrivatePeering:
		return "private"
	case MicrosoftPeering:
		return "microsoft"
	}
	panic(fmt.Sprintf("expressroute: no peering %d", uint8(p)))
}
