package expressroute

import (
	"net/netip"
	"slices"
	"strings"
	"time"
)

// What a custom IPsec policy of an Azure connection may hold. The words are
// Azure's own in lower case; a group is its IANA number, zero is none. Each
// call returns a list of its own, the strongest first. DES3 and DES for IKE
// stand in older texts only. Source: vpn-gateway-vpn-faq.md.

// IKEEncryptions are the encryptions of IKE.
func IKEEncryptions() []string {
	return []string{"gcmaes256", "gcmaes128", "aes256", "aes192", "aes128", "des3", "des"}
}

// IKEIntegrities are the integrities of IKE. With GCM the word names the
// pseudo-random function.
func IKEIntegrities() []string { return []string{"sha384", "sha256", "sha1", "md5"} }

// ESPEncryptions are the encryptions of IPsec; none is no encryption.
func ESPEncryptions() []string {
	return []string{"gcmaes256", "gcmaes192", "gcmaes128", "aes256", "aes192", "aes128", "des3", "des", "none"}
}

// ESPIntegrities are the integrities of IPsec. One of GCM goes with the
// encryption of the same word only.
func ESPIntegrities() []string {
	return []string{"gcmaes256", "gcmaes192", "gcmaes128", "sha256", "sha1", "md5"}
}

// DHGroups are the Diffie-Hellman groups, of IKE and of PFS: ECP384 (20),
// ECP256 (19), 24, 14 (2048 bits), 2, 1, none.
func DHGroups() []int { return []int{20, 19, 24, 14, 2, 1, 0} }

// IsGCM reports whether a word names an algorithm that encrypts and protects
// at once.
func IsGCM(word string) bool { return strings.HasPrefix(word, "gcmaes") }

// WeakAlgorithm reports whether an encryption or integrity is broken or too
// short for new tunnels: DES, 3DES, MD5, SHA-1, none. An engineering judgement
// that follows RFC 8247 §2 and RFC 8221 §5, §6.
func WeakAlgorithm(word string) bool {
	return slices.Contains([]string{"des", "des3", "md5", "sha1", "none"}, word)
}

// WeakGroup reports whether a Diffie-Hellman group is too short (1, 2), has
// parameters of doubtful origin (24), or is none. Source: RFC 8247 §2.4.
func WeakGroup(group int) bool { return slices.Contains([]int{0, 1, 2, 24}, group) }

// DefaultIKEGroup is the only Diffie-Hellman group of a route-based gateway
// without a custom policy. Source: vpn-gateway-about-compliance-crypto.md.
const DefaultIKEGroup = 2

// DefaultIKE reports whether a gateway without a custom policy takes an IKE
// proposal: AES256, AES128 or 3DES with SHA1 or SHA256, group 2. Source:
// vpn-gateway-about-vpn-devices.md.
func DefaultIKE(encryption, integrity string, group int) bool {
	return slices.Contains([]string{"aes256", "aes128", "des3"}, encryption) &&
		slices.Contains([]string{"sha256", "sha1"}, integrity) && group == DefaultIKEGroup
}

// DefaultESP reports whether a gateway without a custom policy takes an IPsec
// proposal, as initiator or as responder: GCM-AES256 and 3DES without PFS;
// AES256 and AES128 with SHA1 or SHA256 and PFS none, 1, 2 or 14, AES256 with
// 24, too. Source: vpn-gateway-about-vpn-devices.md.
func DefaultESP(encryption, integrity string, pfsGroup int) bool {
	sha := integrity == "sha1" || integrity == "sha256"
	switch encryption {
	case "gcmaes256":
		return integrity == "gcmaes256" && pfsGroup == 0
	case "des3":
		return sha && pfsGroup == 0
	case "aes256":
		return sha && slices.Contains([]int{0, 1, 2, 14, 24}, pfsGroup)
	case "aes128":
		return sha && slices.Contains([]int{0, 1, 2, 14}, pfsGroup)
	}
	return false
}

// Bounds of a VPN connection. Source: vpn-gateway-vpn-faq.md.
const (
	// MinESPLifetime is the shortest IPsec lifetime.
	MinESPLifetime = 300 * time.Second
	// MinESPKilobytes is the smallest IPsec lifetime in kilobytes.
	MinESPKilobytes = 1024
	// MinDeadPeer and MaxDeadPeer bound the interval of dead peer detection.
	MinDeadPeer = 9 * time.Second
	MaxDeadPeer = 3600 * time.Second
	// AdvisedDeadPeerMin and AdvisedDeadPeerMax are what Azure advises: shorter
	// ones break tunnels over a lossy path, longer ones hide a dead peer.
	AdvisedDeadPeerMin = 30 * time.Second
	AdvisedDeadPeerMax = 45 * time.Second
	// VPNGatewayPrefixes is how many prefixes a gateway takes from a peer; with
	// more it drops the session.
	VPNGatewayPrefixes = 4000
)

// GatewaySubnetBits is the longest GatewaySubnet that has room for an
// ExpressRoute gateway and a VPN gateway. Source:
// how-to-configure-coexisting-gateway-portal.md.
const GatewaySubnetBits = 27

// ValidPSK reports whether Azure takes a pre-shared key: printable ASCII
// without space, hyphen and tilde, and not empty. Source:
// vpn-gateway-vpn-faq.md.
func ValidPSK(key string) bool {
	for i := range len(key) {
		if c := key[i]; c <= ' ' || c >= '~' || c == '-' {
			return false
		}
	}
	return key != ""
}

// IsAPIPA reports whether an address is an automatic private one,
// 169.254.0.0/16 (RFC 3927 §2.1).
func IsAPIPA(a netip.Addr) bool { return a.Is4() && a.IsLinkLocalUnicast() }

// ValidAPIPA reports whether Azure takes an automatic private address as the
// BGP peer of a VPN gateway: 169.254.21.0–169.254.22.255 in the public cloud.
// Source: vpn-gateway-vpn-faq.md.
func ValidAPIPA(a netip.Addr) bool {
	return a.Is4() && a.As4()[0] == 169 && a.As4()[1] == 254 && (a.As4()[2] == 21 || a.As4()[2] == 22)
}

// IsBasicGateway reports whether a VPN gateway's SKU is Basic, which does not
// stand beside an ExpressRoute gateway and has no BGP. Azure's names are
// compared without their case. Source: how-to-configure-coexisting-gateway-portal.md.
func IsBasicGateway(sku string) bool { return strings.EqualFold(sku, "Basic") }

// VPNGatewaySKUs are the SKUs that a VPN gateway of a VNet may have. Standard
// and HighPerformance are retired. Source: vpn-gateway-about-skus-legacy.md;
// about-gateway-skus.md.
func VPNGatewaySKUs() []string {
	return append([]string{"Basic", "VpnGw1", "VpnGw2", "VpnGw3", "VpnGw4", "VpnGw5"}, PrivateGatewaySKUs()...)
}

// IsVPNGatewaySKU reports whether a SKU is one of VPNGatewaySKUs, without
// regard to case.
func IsVPNGatewaySKU(sku string) bool {
	return slices.ContainsFunc(VPNGatewaySKUs(), func(s string) bool { return strings.EqualFold(s, sku) })
}

// PrivateGatewaySKUs are the SKUs of a VPN gateway that ends tunnels on private
// addresses. Source: site-to-site-vpn-private-peering.md.
func PrivateGatewaySKUs() []string {
	return []string{"VpnGw1AZ", "VpnGw2AZ", "VpnGw3AZ", "VpnGw4AZ", "VpnGw5AZ"}
}

// IsPrivateGateway reports whether a SKU is one of PrivateGatewaySKUs, without
// regard to case.
func IsPrivateGateway(sku string) bool {
	return slices.ContainsFunc(PrivateGatewaySKUs(), func(s string) bool { return strings.EqualFold(s, sku) })
}
