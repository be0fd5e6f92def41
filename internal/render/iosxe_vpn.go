package render

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ercfg/ercfg/internal/expressroute"
	"github.com/ercfg/ercfg/internal/plan"
)

// iosxeVPN is what protects the tunnels.
type iosxeVPN struct {
	IKEv2 iosxeIKEv2
	IKEv1 iosxeIKEv1
	IPsec []iosxeIPsec
}

// iosxeIKEv2 is everything of version 2.
type iosxeIKEv2 struct {
	Proposals []iosxeIKEProposal
	Policies  []iosxeIKEPolicy
	Profiles  []iosxeIKEProfile
}

// iosxeIKEv1 is everything of version 1.
type iosxeIKEv1 struct {
	Policies []iosxeISAKMPPolicy
	Profiles []iosxeIKEProfile
}

type iosxeIKEProposal struct {
	Name       string
	Encryption string
	Integrity  string // empty with GCM
	PRF        string // only with GCM: otherwise it is the integrity's
	Group      int
	Origin     string
}

// iosxeIKEPolicy offers the proposals of all VPNs that have one local address:
// IOS-XE picks one policy by it, and takes no second.
type iosxeIKEPolicy struct {
	Name      string
	VRF       string // front VRF; empty: the global table
	Local     string
	Proposals []string
	Origin    string
}

// iosxeISAKMPPolicy is a proposal of IKEv1. Its number is its name.
type iosxeISAKMPPolicy struct {
	Number     int
	Encryption string
	Hash       string
	Group      int
	Lifetime   string // seconds; empty: the default
	Origin     string
}

// iosxeIKEProfile is one VPN as seen from one local address, with the keys of
// its peers.
type iosxeIKEProfile struct {
	Name     string
	VRF      string // front VRF; empty: the global table
	Local    string
	Peers    []iosxeIKEPeer
	Lifetime string // seconds; empty: the default; on IKEv1 the policy's
	DPD      string // seconds
	Origin   string
}

type iosxeIKEPeer struct {
	Name      string // of the gateway's instance
	Addr      string
	VRF       string // of the profile
	PSK       string // placeholder
	PSKOrigin string
	Origin    string
}

// iosxeIPsec is the transform set and the profile of a VPN.
type iosxeIPsec struct {
	Name          string
	Transform     string
	Kilobytes     string // "disable" or a number; empty: the default
	Seconds       string // empty: the default
	PFS           string // group14; empty: none
	Profile       string // ikev2-profile, isakmp-profile
	ResponderOnly bool
	Origin        string
}

// IKE and IPsec defaults that IOS-XE does not print: the lifetimes of an IKE SA
// in both versions and of an IPsec SA (Cisco IOS Security Command Reference,
// lifetime, crypto ipsec security-association lifetime).
const (
	iosxeIKELifetime   = 86400 * time.Second
	iosxeIPsecLifetime = 3600 * time.Second
	iosxeIPsecKB       = 4608000
)

// isakmpFirst is the number of the first IKEv1 policy. Numbers are shared by
// the whole router and the lowest wins: ours begin where nobody's do.
const isakmpFirst = 9010

// iosxeVPNName names everything of one VPN after the intent and the VPN. A VPN
// whose tunnels have several local addresses has one set for each.
func iosxeVPNName(prefix string, r *plan.Router, t *plan.Tunnel) string {
	name := prefix + "-" + strings.ToUpper(t.Path)
	var seen []plan.Tunnel
	for i := range r.Tunnels {
		other := &r.Tunnels[i]
		if other.Path != t.Path || slices.ContainsFunc(seen, func(s plan.Tunnel) bool { return sameFront(&s, other) }) {
			continue
		}
		seen = append(seen, *other)
		if sameFront(other, t) {
			break
		}
	}
	if len(seen) > 1 {
		name += "-" + strconv.Itoa(len(seen))
	}
	return name
}

// sameFront reports whether two tunnels have one local address and one way of
// waiting for it.
func sameFront(a, b *plan.Tunnel) bool {
	return a.OutsideVRF == b.OutsideVRF && a.Local == b.Local && a.IPsec.Passive == b.IPsec.Passive
}

// iosxeTunnels lists what the tunnels need, in their order.
func iosxeTunnels(prefix string, r *plan.Router) iosxeVPN {
	var v iosxeVPN
	for i := range r.Tunnels {
		t := &r.Tunnels[i]
		name := iosxeVPNName(prefix, r, t)
		profiles := &v.IKEv2.Profiles
		if t.IPsec.IKEVersion == 1 {
			profiles = &v.IKEv1.Profiles
		}
		n := slices.IndexFunc(*profiles, func(p iosxeIKEProfile) bool { return p.Name == name })
		if n < 0 {
			n = len(*profiles)
			*profiles = append(*profiles, iosxeProfile(name, t))
			if t.IPsec.IKEVersion == 1 {
				v.IKEv1.add(t)
			} else {
				v.IKEv2.add(prefix, t)
			}
			v.IPsec = append(v.IPsec, iosxeProtection(name, t))
		}
		p := &(*profiles)[n]
		if addr := t.Remote.String(); !slices.ContainsFunc(p.Peers, func(o iosxeIKEPeer) bool { return o.Addr == addr }) {
			p.Peers = append(p.Peers, iosxeIKEPeer{t.Instance, addr, t.OutsideVRF, t.IPsec.PSK.Placeholder(), t.IPsec.PSKOrigin, t.Origin})
		}
	}
	return v
}

func iosxeProfile(name string, t *plan.Tunnel) iosxeIKEProfile {
	p := iosxeIKEProfile{Name: name, VRF: t.OutsideVRF, Local: t.Local.String(), DPD: seconds(t.IPsec.DPD), Origin: t.IPsec.Origin}
	if t.IPsec.IKE.Lifetime != iosxeIKELifetime {
		p.Lifetime = seconds(t.IPsec.IKE.Lifetime)
	}
	return p
}

// add adds the proposal and the policy of a tunnel's VPN.
func (v *iosxeIKEv2) add(prefix string, t *plan.Tunnel) {
	ike := &t.IPsec.IKE
	proposal := iosxeIKEProposal{
		Name: prefix + "-" + strings.ToUpper(t.Path), Encryption: spelled(ikeEncryptions(), ike.Encryption).IOSXE, Integrity: spelled(ikeIntegrities(), ike.Integrity).IOSXE,
		Group: ike.DHGroup, Origin: ike.Origin,
	}
	if expressroute.IsGCM(ike.Encryption) {
		proposal.Integrity, proposal.PRF = "", proposal.Integrity
	}
	if !slices.ContainsFunc(v.Proposals, func(p iosxeIKEProposal) bool { return p.Name == proposal.Name }) {
		v.Proposals = append(v.Proposals, proposal)
	}
	policy := iosxeIKEPolicy{Name: iosxePolicyName(prefix, t.OutsideVRF, t.Local), VRF: t.OutsideVRF, Local: t.Local.String(), Origin: t.IPsec.Origin}
	n := slices.IndexFunc(v.Policies, func(p iosxeIKEPolicy) bool { return p.Name == policy.Name })
	if n < 0 {
		n = len(v.Policies)
		v.Policies = append(v.Policies, policy)
	}
	if !slices.Contains(v.Policies[n].Proposals, proposal.Name) {
		v.Policies[n].Proposals = append(v.Policies[n].Proposals, proposal.Name)
	}
}

// iosxePolicyName names a policy after the address that picks it.
func iosxePolicyName(prefix, vrf string, local netip.Addr) string {
	name := prefix + "-" + strings.ReplaceAll(local.String(), ".", "-")
	if vrf != "" {
		name += "-" + vrf
	}
	return name
}

// add adds the policy of a tunnel's VPN. It has no name, so that equal ones are
// one.
func (v *iosxeIKEv1) add(t *plan.Tunnel) {
	ike := &t.IPsec.IKE
	p := iosxeISAKMPPolicy{
		Number: isakmpFirst + 10*len(v.Policies), Encryption: isakmpEncryption(ike.Encryption), Hash: isakmpHash(ike.Integrity), Group: ike.DHGroup, Origin: ike.Origin,
	}
	if ike.Lifetime != iosxeIKELifetime {
		p.Lifetime = seconds(ike.Lifetime)
	}
	if !slices.ContainsFunc(v.Policies, func(o iosxeISAKMPPolicy) bool {
		return o.Encryption == p.Encryption && o.Hash == p.Hash && o.Group == p.Group && o.Lifetime == p.Lifetime
	}) {
		v.Policies = append(v.Policies, p)
	}
}

// isakmpEncryption writes an encryption of IKEv1, which has no GCM.
func isakmpEncryption(word string) string {
	switch word {
	case "aes128":
		return "aes"
	case "aes192":
		return "aes 192"
	case "aes256":
		return "aes 256"
	case "des3":
		return "3des"
	}
	return word
}

// isakmpHash writes an integrity of IKEv1.
func isakmpHash(word string) string {
	if word == "sha1" {
		return "sha"
	}
	return word
}

func iosxeProtection(name string, t *plan.Tunnel) iosxeIPsec {
	esp := &t.IPsec.ESP
	p := iosxeIPsec{Name: name, Transform: spelled(espEncryptions(), esp.Encryption).IOSXE, Profile: "ikev2-profile", ResponderOnly: t.IPsec.Passive, Origin: esp.Origin}
	if !expressroute.IsGCM(esp.Encryption) {
		p.Transform += " " + spelled(espIntegrities(), esp.Integrity).IOSXE
	}
	if t.IPsec.IKEVersion == 1 {
		p.Profile = "isakmp-profile"
	}
	switch esp.Kilobytes {
	case 0:
		p.Kilobytes = "disable"
	case iosxeIPsecKB:
	default:
		p.Kilobytes = strconv.Itoa(esp.Kilobytes)
	}
	if esp.Lifetime != iosxeIPsecLifetime {
		p.Seconds = seconds(esp.Lifetime)
	}
	if esp.PFSGroup > 0 {
		p.PFS = "group" + strconv.Itoa(esp.PFSGroup)
	}
	return p
}
