package expressroute

import "fmt"

// SKU is what a circuit may reach. The zero value is StandardSKU, the default.
// Source: expressroute-faqs.md.
type SKU uint8

// The SKUs.
const (
	StandardSKU SKU = iota // the regions of one geopolitical region
	LocalSKU               // one or two regions near the peering location; no Global Reach
	PremiumSKU             // all regions, more routes and links; Microsoft 365 needs it
)

// ParseSKU reads "local", "standard" or "premium". The error quotes the word.
func ParseSKU(word string) (SKU, error) {
	for _, s := range []SKU{LocalSKU, StandardSKU, PremiumSKU} {
		if word == s.String() {
			return s, nil
		}
	}
	return 0, fmt.Errorf("SKU %q is none of local, standard, premium", word)
}

// String returns the word that ParseSKU reads.
func (s SKU) String() string {
	switch s {
	case LocalSKU:
		return "local"
	case StandardSKU:
		return "standard"
	case PremiumSKU:
		return "premium"
	}
	panic(fmt.Sprintf("expressroute: no SKU %d", uint8(s)))
}
