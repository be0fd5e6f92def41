package plan

import (
	"fmt"
	"strings"

	"github.com/ercfg/ercfg/internal/diag"
	"github.com/ercfg/ercfg/internal/expressroute"
	"github.com/ercfg/ercfg/internal/intent"
	"github.com/ercfg/ercfg/internal/secret"
)

// The rules about MACsec on Direct ports: fact sheet §12. That the secure
// channel identifier differs from the port's setting (ER185) has no words in
// an intent: `sci` is the port's setting, and the router follows it.
const (
	macsecProvider diag.Code = "ER180"
	cknForm        diag.Code = "ER181"
	cakForm        diag.Code = "ER182"
	macsecCipher   diag.Code = "ER183"
	macsecPartial  diag.Code = "ER184"
	macsecAtOnce   diag.Code = "ER186"
	shortCKN       diag.Code = "ER980" // Junos fills it with zeros (W)
)

// checkMACsec reports keys and ciphers that a Direct port does not take, and
// circuits that a pair's MACsec does not fit.
func (f *facts) checkMACsec() {
	secured := make(map[string]*portPair)
	for _, pair := range f.portPairs() {
		if pair.Value.MACsec == nil {
			continue
		}
		secured[pair.Name.V] = pair
		f.checkCipher(pair)
		f.checkKeys(pair)
		f.checkRotation(pair)
	}
	if len(secured) == 0 {
		return
	}
	ports := make(map[portEnd]*portPair, 2*len(secured))
	for _, pair := range f.portPairs() {
		if secured[pair.Name.V] == nil {
			continue
		}
		for _, end := range []*intent.Port{pair.Value.Primary, pair.Value.Secondary} {
			if end != nil {
				ports[portEnd{end.Router.V, end.Interface.V}] = pair
			}
		}
	}
	for _, c := range f.circuits {
		if c.model == "direct" {
			f.checkWholePort(c, secured[c.in.Port.V])
		} else {
			f.checkNotSecured(c, secured, ports)
		}
	}
}

// A portEnd is a physical port of a router.
type portEnd struct{ router, iface string }

// checkCipher judges the cipher suite: Azure has four.
func (f *facts) checkCipher(pair *portPair) {
	at := pair.Value.MACsec.Cipher
	if !at.Set() {
		return // the schema asks for it
	}
	cipher, ok := expressroute.MACsecCipherNamed(at.V)
	if !ok {
		var known []string
		for _, c := range expressroute.MACsecCiphers() {
			known = append(known, c.Name)
		}
		f.fault(macsecCipher, at.Pos, fmt.Sprintf("%q is no cipher of a Direct port", at.V), "write one of "+strings.Join(known, ", "))
		return
	}
	if !cipher.XPN && pair.mbps >= expressroute.XPNFromMbps {
		f.warn(macsecCipher, at.Pos, fmt.Sprintf("%s counts packets with 32 bits, which a %s port uses up in minutes", at.V, pair.Value.Speed.V),
			"write "+strings.Replace(at.V, "gcm-aes-", "gcm-aes-xpn-", 1)+", here and in Azure: each time the numbers run out, the key is made anew", pair.Value.Speed.Pos)
	}
}

// checkKeys looks at the form of the key and of its name, and never says
// either.
func (f *facts) checkKeys(pair *portPair) {
	in, refs := pair.Value.MACsec, f.macsec[pair.Name.V]
	ckn, cak := intent.At[secret.Ref]{V: refs.CKN, Pos: in.CKN.Pos}, intent.At[secret.Ref]{V: refs.CAK, Pos: in.CAK.Pos}
	if text, ok := f.read(ckn); ok && expressroute.ValidCKN(text) {
		f.checkShortCKN(pair, ckn, len(text))
	} else if ok {
		fault := "holds something that is no hexadecimal digit"
		switch {
		case text == "":
			fault = "is empty"
		case len(text) > expressroute.CKNMaxLen:
			fault = fmt.Sprintf("is longer than %d digits", expressroute.CKNMaxLen)
		case len(text)%2 != 0:
			fault = "has an odd number of digits"
		}
		f.fault(cknForm, ckn.Pos, fmt.Sprintf("the CKN %s %s", ckn.V, fault), fmt.Sprintf("Azure takes an even number of hexadecimal digits, %d at most", expressroute.CKNMaxLen))
	}
	cipher, known := expressroute.MACsecCipherNamed(in.Cipher.V)
	text, ok := f.read(cak)
	if !ok || !known || cipher.ValidCAK(text) {
		return
	}
	fault := "holds something that is no hexadecimal digit"
	if len(text) != cipher.CAKLen {
		fault = fmt.Sprintf("has not the %d digits of %s", cipher.CAKLen, cipher.Name)
	}
	f.fault(cakForm, cak.Pos, fmt.Sprintf("the CAK %s %s", cak.V, fault), fmt.Sprintf("write exactly %d hexadecimal digits: Azure fills a short key with zeros, and the two ends then differ", cipher.CAKLen), in.Cipher.Pos)
}

// checkShortCKN warns of a name that Junos fills with zeros up to its full
// length (Juniper, ckn): that Azure does the same is told of the CAK only.
func (f *facts) checkShortCKN(pair *portPair, ckn intent.At[secret.Ref], digits int) {
	if digits == expressroute.CKNMaxLen {
		return
	}
	for _, end := range []*intent.Port{pair.Value.Primary, pair.Value.Secondary} {
		if end == nil {
			continue
		}
		if r := f.routerByName[end.Router.V]; r != nil && r.platform == Junos {
			f.warn(shortCKN, ckn.Pos, fmt.Sprintf("the CKN %s has %d digits, and Junos on %s fills it with zeros to %d", ckn.V, digits, r.name.V, expressroute.CKNMaxLen),
				fmt.Sprintf("the two ends may then differ, and the port stays dark: write all %d digits, here and in Azure", expressroute.CKNMaxLen), end.Router.Pos)
			return
		}
	}
}

// checkRotation reports a pair whose keys no one can change link by link: both
// ports are in one router's configuration.
func (f *facts) checkRotation(pair *portPair) {
	a, b := pair.Value.Primary, pair.Value.Secondary
	if a == nil || b == nil || !a.Router.Set() || a.Router.V != b.Router.V {
		return
	}
	f.warn(macsecAtOnce, b.Router.Pos, fmt.Sprintf("one push to %s changes MACsec on both ports of %s", b.Router.V, pair.Name.V),
		"a key that differs from Azure's stops the port: end the ports on two routers, or drain one link, change it, and then the other", a.Router.Pos, pair.Value.MACsec.Cipher.Pos)
}

// checkWholePort reports a link of a Direct circuit that is not on the pair's
// own port: MACsec belongs to the port, so this link would go without.
func (f *facts) checkWholePort(c *circuit, pair *portPair) {
	if pair == nil {
		return
	}
	for _, p := range c.peerings() {
		for _, l := range p.both() {
			end := []*intent.Port{pair.Value.Primary, pair.Value.Secondary}[l.position]
			at := l.in.Interface
			// Without a router of its own the link is on the port, whatever it says.
			if end == nil || !l.in.Router.Set() || !at.Set() || (l.in.Router.V == end.Router.V && at.V == end.Interface.V) {
				continue
			}
			f.fault(macsecPartial, at.Pos, fmt.Sprintf("the %s link of %s is on %s of %s, and MACsec of %s is on %s of %s", l.position, p.path, at.V, l.in.Router.V, pair.Name.V, end.Interface.V, end.Router.V),
				"MACsec covers every circuit of a port or none: take router and interface out, the port pair has them", end.Interface.Pos, pair.Value.MACsec.Cipher.Pos)
		}
	}
}

// checkNotSecured reports a provider's circuit that shares a port with MACsec,
// or that names a pair which has it.
func (f *facts) checkNotSecured(c *circuit, secured map[string]*portPair, ports map[portEnd]*portPair) {
	const hint = "MACsec is for ExpressRoute Direct: write model: direct where the port is your own, or take macsec away"
	if pair := secured[c.in.Port.V]; pair != nil {
		f.fault(macsecProvider, c.in.Port.Pos, fmt.Sprintf("%s is a provider's circuit, and %s has MACsec", c.name.V, pair.Name.V), hint, c.in.Model.Pos, pair.Value.MACsec.Cipher.Pos)
	}
	for _, p := range c.peerings() {
		for _, l := range p.both() {
			if pair := ports[portEnd{l.in.Router.V, l.in.Interface.V}]; pair != nil {
				f.fault(macsecProvider, l.in.Interface.Pos, fmt.Sprintf("the %s link of %s, a provider's circuit, is on a port of %s, which has MACsec", l.position, p.path, pair.Name.V), hint, c.in.Model.Pos, pair.Value.MACsec.Cipher.Pos)
			}
		}
	}
}
