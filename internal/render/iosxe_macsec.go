package render

import (
	"fmt"
	"hash/crc32"
	"slices"
	"strings"

	"github.com/ercfg/ercfg/internal/expressroute"
	"github.com/ercfg/ercfg/internal/plan"
)

// iosxeKeyChain holds one connectivity association key.
type iosxeKeyChain struct {
	Name      string
	CKN, CAK  string // placeholders
	Algorithm string // of MKA, by the length of the key
	Origin    string
}

// iosxeMKAPolicy is a cipher suite.
type iosxeMKAPolicy struct {
	Name   string
	Cipher string
	XPN    bool
	Origin string
}

// iosxePortMACsec is MACsec on a port.
type iosxePortMACsec struct {
	KeyChain, Policy string // empty: none
	DisableSCI       bool
	Origin           string
}

// iosxePort puts MACsec on the port itself: Microsoft encrypts whole frames of
// the physical link, all circuits and their tags with them
// (expressroute-about-encryption.md), so dot1q-in-clear, which leaves the tags
// readable for a provider in between, would break the link. IOS-XE sends the
// secure channel identifier unless told not to.
func iosxePort(prefix string, p *plan.Port) iosxePortMACsec {
	return iosxePortMACsec{iosxeKeyChainName(prefix, p), iosxeMKAName(prefix, p.MACsec.Cipher), !p.MACsec.SCI, p.MACsec.Origin}
}

// iosxeMACsec lists the key chains, one for each pair of ports, whose keys are
// the same, and the policies, one for each cipher.
func iosxeMACsec(prefix string, r *plan.Router) ([]iosxeKeyChain, []iosxeMKAPolicy) {
	var chains []iosxeKeyChain
	var policies []iosxeMKAPolicy
	for i := range r.Ports {
		p := &r.Ports[i]
		m := &p.MACsec
		cipher, _ := expressroute.MACsecCipherNamed(m.Cipher) // the plan has no other
		chain := iosxeKeyChain{iosxeKeyChainName(prefix, p), m.CKN.Placeholder(), m.CAK.Placeholder(), "aes-128-cmac", m.Origin}
		if cipher.CAKLen == 64 { // 256 bits, in hexadecimal digits
			chain.Algorithm = "aes-256-cmac"
		}
		if !slices.ContainsFunc(chains, func(c iosxeKeyChain) bool { return c.Name == chain.Name }) {
			chains = append(chains, chain)
		}
		policy := iosxeMKAPolicy{iosxeMKAName(prefix, m.Cipher), m.Cipher, cipher.XPN, m.Origin}
		if !slices.ContainsFunc(policies, func(p iosxeMKAPolicy) bool { return p.Name == policy.Name }) {
			policies = append(policies, policy)
		}
	}
	return chains, policies
}

func iosxeKeyChainName(prefix string, p *plan.Port) string {
	return prefix + "-" + strings.ToUpper(p.Pair)
}

// mkaNameLimit is the longest name of an MKA policy (Cisco-IOS-XE-mka.yang,
// policy name), far shorter than those of other objects.
const mkaNameLimit = 16

// iosxeMKAName names a policy after the intent and the cipher. A name that is
// too long is cut, and a checksum of the whole keeps two intents apart.
func iosxeMKAName(prefix, cipher string) string {
	suffix := "-" + strings.ToUpper(strings.NewReplacer("gcm-aes-xpn-", "X", "gcm-aes-", "G").Replace(cipher))
	if len(prefix)+len(suffix) <= mkaNameLimit {
		return prefix + suffix
	}
	sum := fmt.Sprintf("-%04X", crc32.ChecksumIEEE([]byte(prefix))&0xffff)
	return prefix[:mkaNameLimit-len(suffix)-len(sum)] + sum + suffix
}
