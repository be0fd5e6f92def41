package plan

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/ercfg/ercfg/internal/diag"
	"github.com/ercfg/ercfg/internal/expressroute"
	"github.com/ercfg/ercfg/internal/intent"
)

// The rules about the encryption of a VPN: fact sheet §10.
const (
	unknownAlgorithm diag.Code = "ER160"
	gcmMixed         diag.Code = "ER161"
	partialPolicy    diag.Code = "ER162"
	weakAlgorithm    diag.Code = "ER163"
	needsCustom      diag.Code = "ER164"
	lifetimeShort    diag.Code = "ER165"
	deadPeerTime     diag.Code = "ER166"
	pskForm          diag.Code = "ER167"
	oldIKE           diag.Code = "ER174"
)

// checkIPsec reports proposals, times and keys that the gateway refuses, or
// that should not be used.
func (f *facts) checkIPsec() {
	for _, v := range f.vpns {
		words := f.checkAlgorithms(v)
		f.checkWholePolicy(v)
		if words {
			f.checkGCM(v)
			f.checkDefaultPolicy(v)
		}
		f.checkLifetimes(v)
		f.checkDeadPeer(v)
		f.checkPSK(v)
		if e := v.in.IKEVersion; e.V == 1 {
			f.warn(oldIKE, e.Pos, fmt.Sprintf("the VPN %s speaks IKEv1", v.name.V), "such a tunnel breaks for seconds at every main-mode rekey: leave ikeVersion out, which is 2, and make a new connection in Azure")
		}
	}
}

// An algorithm is one scalar of a proposal: a word, or a group as text.
type algorithm struct {
	what  string
	at    intent.At[string]
	known []string
	weak  func(string) bool
}

// hint tells what to write for a word that Azure has not. What is weak is
// nobody's advice.
func (a algorithm) hint() string {
	if lower := strings.ToLower(a.at.V); slices.Contains(a.known, lower) {
		return "write " + lower
	}
	strong := slices.DeleteFunc(slices.Clone(a.known), a.weak)
	if nearest := diag.DidYouMean(a.at.V, a.known); slices.ContainsFunc(strong, func(s string) bool { return nearest == diag.DidYouMean(s, []string{s}) }) {
		return nearest
	}
	return "write " + strings.Join(strong[:min(len(strong), 3)], ", or ")
}

// algorithms lists the scalars that the proposals have.
func (v *vpn) algorithms() []algorithm {
	var out []algorithm
	word := func(what string, at intent.At[string], known []string) {
		out = append(out, algorithm{what, at, known, expressroute.WeakAlgorithm})
	}
	group := func(what string, at intent.At[int]) {
		known := make([]string, 0, 8)
		for _, g := range expressroute.DHGroups() {
			known = append(known, strconv.Itoa(g))
		}
		weak := func(word string) bool {
			n, err := strconv.Atoi(word)
			return err == nil && expressroute.WeakGroup(n)
		}
		out = append(out, algorithm{what, intent.At[string]{V: strconv.Itoa(at.V), Pos: at.Pos}, known, weak})
	}
	if in := v.in.IKE; in != nil {
		word("IKE encryption", in.Encryption, expressroute.IKEEncryptions())
		word("IKE integrity", in.Integrity, expressroute.IKEIntegrities())
		group("the Diffie-Hellman group", in.DHGroup)
	}
	if in := v.in.ESP; in != nil {
		word("IPsec encryption", in.Encryption, expressroute.ESPEncryptions())
		word("IPsec integrity", in.Integrity, expressroute.ESPIntegrities())
		group("the PFS group", in.PFSGroup)
	}
	return out
}

// checkAlgorithms reports words that Azure does not know and words that nobody
// should use, and whether it knows them all. A missing scalar is the schema's
// finding, but for the PFS group, whose absence means none.
func (f *facts) checkAlgorithms(v *vpn) bool {
	known := true
	for _, a := range v.algorithms() {
		pos := a.at.Pos
		if pos.IsZero() {
			if a.what != "the PFS group" {
				known = false
				continue
			}
			if pos = v.in.ESP.Encryption.Pos; pos.IsZero() {
				continue
			}
		}
		switch {
		case !slices.Contains(a.known, a.at.V):
			known = false
			f.fault(unknownAlgorithm, pos, fmt.Sprintf("%s %s of the VPN %s is none of Azure's", a.what, a.at.V, v.name.V), a.hint())
		case a.weak(a.at.V) && a.at.V == "0":
			f.warn(weakAlgorithm, pos, fmt.Sprintf("%s of the VPN %s is none", a.what, v.name.V), "a key that becomes known opens what was recorded before: use 14, 19 or 20")
		case a.weak(a.at.V):
			f.warn(weakAlgorithm, pos, fmt.Sprintf("%s %s of the VPN %s is weak", a.what, a.at.V, v.name.V), "use AES-GCM or AES256 with SHA256 or SHA384, and group 14, 19 or 20")
		}
	}
	return known
}

// checkGCM reports an IPsec integrity that is not the encryption's where one
// of them is GCM, which does both.
func (f *facts) checkGCM(v *vpn) {
	in := v.in.ESP
	if in == nil || in.Encryption.V == in.Integrity.V {
		return
	}
	if e := in.Encryption.V; expressroute.IsGCM(e) {
		f.fault(gcmMixed, in.Integrity.Pos, fmt.Sprintf("IPsec encryption %s of the VPN %s with integrity %s", e, v.name.V, in.Integrity.V), "GCM protects by itself, and Azure wants the same word twice: write integrity: "+e, in.Encryption.Pos)
	} else if expressroute.IsGCM(in.Integrity.V) {
		f.fault(gcmMixed, in.Integrity.Pos, fmt.Sprintf("IPsec integrity %s of the VPN %s with encryption %s", in.Integrity.V, v.name.V, e), "write encryption: "+in.Integrity.V+", too, or integrity: sha256", in.Encryption.Pos)
	}
}

// custom reports whether the connection in Azure has a policy of its own.
func (v *vpn) custom() bool { return v.policy().V == "custom" }

// policy is what the intent says of that; zero: nothing, which is default.
func (v *vpn) policy() intent.At[string] {
	if v.vnet == nil || v.vnet.in.VPNGateway == nil {
		return intent.At[string]{}
	}
	return v.vnet.in.VPNGateway.Policy
}

// checkWholePolicy reports a policy of which a half is missing: Azure takes
// all fields or none.
func (f *facts) checkWholePolicy(v *vpn) {
	ike, esp := v.in.IKE != nil, v.in.ESP != nil
	related := placed(v.policy().Pos)
	switch {
	case ike && esp:
	case ike:
		f.fault(partialPolicy, v.name.Pos, fmt.Sprintf("the VPN %s has ike and no esp", v.name.V), "a policy in Azure is whole: write esp: {encryption, integrity, pfsGroup}, as the connection has it", related...)
	case esp:
		f.fault(partialPolicy, v.name.Pos, fmt.Sprintf("the VPN %s has esp and no ike", v.name.V), "a policy in Azure is whole: write ike: {encryption, integrity, dhGroup}, as the connection has it", related...)
	case v.custom():
		f.fault(partialPolicy, v.name.Pos, fmt.Sprintf("the VPN %s has neither ike nor esp, and the gateway's policy is custom", v.name.V), "write ike and esp as the connection has them; or policy: default where it has none", related...)
	}
}

// checkDefaultPolicy reports a proposal that a connection without a policy
// does not take, and what such a connection is worth.
func (f *facts) checkDefaultPolicy(v *vpn) {
	if v.vnet == nil || v.vnet.in.VPNGateway == nil || v.policy().Or("default") != "default" {
		return // a word of neither kind is the schema's finding
	}
	const hint = "set a custom policy on the connection in Azure and write policy: custom at the gateway"
	ike, esp := v.in.IKE, v.in.ESP
	related := placed(v.policy().Pos)
	switch {
	case ike == nil && esp == nil:
		pos := v.policy().Pos
		if pos.IsZero() {
			pos = v.name.Pos
		}
		f.warn(weakAlgorithm, pos, fmt.Sprintf("the default policy of the VPN %s is Diffie-Hellman group 2 and no PFS", v.name.V), hint+", with ike and esp at the VPN")
	case ike != nil && ike.DHGroup.V != expressroute.DefaultIKEGroup:
		f.fault(needsCustom, ike.DHGroup.Pos, fmt.Sprintf("Diffie-Hellman group %d of the VPN %s, and the gateway's policy is default, which has group %d only", ike.DHGroup.V, v.name.V, expressroute.DefaultIKEGroup), hint, related...)
	case ike != nil && !expressroute.DefaultIKE(ike.Encryption.V, ike.Integrity.V, ike.DHGroup.V):
		f.fault(needsCustom, ike.Encryption.Pos, fmt.Sprintf("IKE with %s and %s on the VPN %s, which the default policy of a gateway does not take", ike.Encryption.V, ike.Integrity.V, v.name.V), hint, related...)
	case esp != nil && !expressroute.DefaultESP(esp.Encryption.V, esp.Integrity.V, esp.PFSGroup.V):
		f.fault(needsCustom, esp.Encryption.Pos, fmt.Sprintf("IPsec with %s, %s and PFS group %d on the VPN %s, which the default policy of a gateway does not take", esp.Encryption.V, esp.Integrity.V, esp.PFSGroup.V, v.name.V), hint, related...)
	}
}

// placed is the list of one place, or none for the zero place.
func placed(places ...diag.Pos) []diag.Pos {
	return slices.DeleteFunc(places, diag.Pos.IsZero)
}

func (f *facts) checkLifetimes(v *vpn) {
	in := v.in.Lifetimes
	if in == nil {
		return
	}
	if d, ok := timer(in.ESP); ok && d < expressroute.MinESPLifetime {
		f.fault(lifetimeShort, in.ESP.Pos, fmt.Sprintf("an IPsec lifetime of %s on the VPN %s", in.ESP.V, v.name.V), fmt.Sprintf("Azure takes %s at least; leave it out, which is %s", yamlDuration(expressroute.MinESPLifetime), yamlDuration(expressroute.ESPLifetime)))
	}
	if n := in.ESPKilobytes; n.Set() && n.V < expressroute.MinESPKilobytes {
		f.fault(lifetimeShort, n.Pos, fmt.Sprintf("an IPsec lifetime of %d KB on the VPN %s", n.V, v.name.V), fmt.Sprintf("Azure takes %d KB at least; leave it out, which is %d", expressroute.MinESPKilobytes, expressroute.ESPKilobytes))
	}
}

func (f *facts) checkDeadPeer(v *vpn) {
	d, ok := timer(v.in.DPD)
	switch {
	case !ok:
	case d < expressroute.MinDeadPeer || d > expressroute.MaxDeadPeer:
		f.fault(deadPeerTime, v.in.DPD.Pos, fmt.Sprintf("dead peer detection of %s on the VPN %s", v.in.DPD.V, v.name.V), fmt.Sprintf("Azure takes %s to %s, and advises %s to %s", yamlDuration(expressroute.MinDeadPeer), yamlDuration(expressroute.MaxDeadPeer), yamlDuration(expressroute.AdvisedDeadPeerMin), yamlDuration(expressroute.AdvisedDeadPeerMax)))
	case d < expressroute.AdvisedDeadPeerMin || d > expressroute.AdvisedDeadPeerMax:
		f.warn(deadPeerTime, v.in.DPD.Pos, fmt.Sprintf("dead peer detection of %s on the VPN %s", v.in.DPD.V, v.name.V), fmt.Sprintf("Azure advises %s to %s: less takes a lossy path for a dead peer, more leaves a dead tunnel in use", yamlDuration(expressroute.AdvisedDeadPeerMin), yamlDuration(expressroute.AdvisedDeadPeerMax)))
	}
}

// checkPSK looks at the form of the key and never says the key itself.
func (f *facts) checkPSK(v *vpn) {
	key, ok := f.read(v.psk)
	if !ok || expressroute.ValidPSK(key) {
		return
	}
	fault := "holds a space, a hyphen, a tilde, or what is no printable ASCII"
	if key == "" {
		fault = "is empty"
	}
	f.fault(pskForm, v.psk.Pos, fmt.Sprintf("the pre-shared key %s %s", v.psk.V, fault), "Azure takes printable ASCII without space, - and ~: letters and digits are safe everywhere")
}
