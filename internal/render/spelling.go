package render

import "slices"

// A Spelling is one word of Azure's IPsec policy and what each vendor writes
// for it. An empty spelling: the vendor has no such algorithm.
type Spelling struct {
	Use     string // IKE encryption, IKE integrity, Group, ESP encryption, ESP integrity
	Azure   string // as an intent has it; a group is a number
	IOSXE   string
	Junos   string
	Swanctl string // strongSwan, of a Linux router
}

// Algorithms returns every word that an intent may use for IPsec, strongest
// first within each use. Azure's own list is that of the VPN gateway FAQ
// (vpn-gateway-vpn-faq.md); the vendors' sources stand at the tables.
func Algorithms() []Spelling {
	return slices.Concat(ikeEncryptions(), ikeIntegrities(), groups(), espEncryptions(), espIntegrities())
}
