package expressroute

import "strings"

// CKNMaxLen is the longest name of a MACsec key (CKN) on a Direct port, in
// hexadecimal digits; their number is even. Source: expressroute-howto-macsec.md.
const CKNMaxLen = 64

// XPNFromMbps is the port speed in Mbps from which a cipher with extended
// packet numbers is advised: 32 bits of them last for minutes there. Source:
// expressroute-howto-macsec.md (on fast links); that fast begins at 40 Gbps is
// engineering judgement.
const XPNFromMbps = 40_000

// A MACsecCipher is a cipher suite that a Direct port takes.
type MACsecCipher struct {
	Name   string // gcm-aes-xpn-256: Azure's word in lower case, with hyphens
	Azure  string // GcmAesXpn256: Azure's word
	CAKLen int    // length of the key (CAK), in hexadecimal digits
	XPN    bool   // packet numbers of 64 bits
}

// MACsecCiphers returns the cipher suites of a Direct port, the weakest first.
// Azure fills a key that is too short with zeros on the right, so its length
// has to be exact. Source: expressroute-howto-macsec.md.
func MACsecCiphers() []MACsecCipher {
	return []MACsecCipher{
		{"gcm-aes-128", "GcmAes128", 32, false},
		{"gcm-aes-256", "GcmAes256", 64, false},
		{"gcm-aes-xpn-128", "GcmAesXpn128", 32, true},
		{"gcm-aes-xpn-256", "GcmAesXpn256", 64, true},
	}
}

// MACsecCipherNamed returns the cipher suite called name, and false where a
// Direct port has none of that name.
func MACsecCipherNamed(name string) (MACsecCipher, bool) {
	for _, c := range MACsecCiphers() {
		if c.Name == name {
			return c, true
		}
	}
	return MACsecCipher{}, false
}

// ValidCKN reports whether Azure takes the name of a key: hexadecimal digits,
// 2 to 64, an even number. Source: expressroute-howto-macsec.md.
func ValidCKN(ckn string) bool {
	return hexadecimal(ckn) && len(ckn)%2 == 0 && 0 < len(ckn) && len(ckn) <= CKNMaxLen
}

// ValidCAK reports whether a key fits the cipher suite: hexadecimal digits,
// exactly as many as it has. Source: expressroute-howto-macsec.md.
func (c MACsecCipher) ValidCAK(cak string) bool {
	return hexadecimal(cak) && len(cak) == c.CAKLen
}

// hexadecimal reports whether s holds hexadecimal digits only.
func hexadecimal(s string) bool { return strings.Trim(s, "0123456789abcdefABCDEF") == "" }
