package render

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/ercfg/ercfg/internal/expressroute"
	"github.com/ercfg/ercfg/internal/plan"
)

// junosSecurity is the security hierarchy: an SRX's tunnels and zones, and
// MACsec of either family.
type junosSecurity struct {
	Any       bool
	Proposals []junosProposal
	Tunnels   []junosTunnel
	MSS       int // bytes, of all tunnels together; 0: no tunnels
	MSSOrigin string
	Zones     []junosZone
	Keys      []junosAssociation
	Ports     []junosMACsecPort
	Origin    string
}

// junosProposal is what the tunnels of a VPN agree on with the gateway. Its
// objects all have one name.
type junosProposal struct {
	Name              string
	Mode              string // of IKEv1; IKEv2 has none
	DHGroup           string
	IKEAuthentication string // empty with GCM
	IKEEncryption     string
	IKELifetime       string // seconds
	IKEOrigin         string
	PSK               string // quoted placeholder
	PSKOrigin         string
	ESPAuthentication string // empty with GCM
	ESPEncryption     string
	ESPLifetime       string // seconds
	ESPKilobytes      int    // 0: no limit by volume
	PFS               string // empty: none
	ESPOrigin         string
	Origin            string
}

// junosTunnel is a gateway and the VPN to it.
type junosTunnel struct {
	Name         string
	Proposal     string
	Remote       string
	DPDInterval  string // seconds
	DPDThreshold int    // unanswered probes
	Source       string
	Local        string
	Version      string
	Interface    string
	Establish    string
	Origin       string
}

// dpdThreshold is how many probes in a row go unanswered before a gateway is
// dead: one lost packet must not end a tunnel. The interval is a third of the
// plan's time, which a dead gateway then takes to be noticed; Junos has 2 to
// 60 s (Juniper, dead-peer-detection).
const dpdThreshold = 3

func junosSecurityOf(prefix string, r *plan.Router) junosSecurity {
	out := junosSecurity{Origin: r.Origin}
	if r.Model == plan.SRX {
		out.Zones = junosZones(r)
		for i := range r.Tunnels {
			t := &r.Tunnels[i]
			out.tunnel(prefix, r, t)
			// One value of the whole box: the smallest fits every tunnel.
			if out.MSS == 0 || t.MSSBytes < out.MSS {
				out.MSS, out.MSSOrigin = t.MSSBytes, t.IPsec.Origin+".mss"
			}
		}
	}
	out.Keys, out.Ports = junosMACsec(prefix, r)
	out.Any = len(out.Zones)+len(out.Tunnels)+len(out.Ports) > 0
	return out
}

// tunnel adds t. The tunnels of a VPN share proposals and policies; should the
// plan ever give two of them different ones, the second has its own.
func (s *junosSecurity) tunnel(prefix string, r *plan.Router, t *plan.Tunnel) {
	path := junosShort(prefix, strings.ToUpper(t.Path))
	name := s.free(junosShort(prefix, junosTunnelName(t)))
	p := junosProposalOf(path, &t.IPsec)
	found := false
	for i := range s.Proposals {
		if q := s.Proposals[i]; q.Name == path {
			if q == p {
				found = true
				break
			}
			p.Name = name
		}
	}
	if !found {
		s.Proposals = append(s.Proposals, p)
	}
	out := junosTunnel{
		Name: name, Proposal: p.Name, Remote: t.Remote.String(), DPDInterval: seconds((t.IPsec.DPD + (dpdThreshold-1)*time.Second) / dpdThreshold), DPDThreshold: dpdThreshold,
		Source: junosSource(r, t), Local: t.Local.String(), Version: fmt.Sprintf("v%d-only", t.IPsec.IKEVersion),
		Interface: junosUnitName(t.Interface), Establish: "immediately", Origin: t.Origin,
	}
	if t.IPsec.Passive {
		out.Establish = "responder-only"
	}
	s.Tunnels = append(s.Tunnels, out)
}

// maxSecurityName is the longest name of an object of IKE, IPsec or MACsec
// (Junos model 24.4, junos-conf-security).
const maxSecurityName = 32

// junosShort names an object of IKE, IPsec or MACsec after the intent where
// that fits, and else after its own part alone.
func junosShort(prefix, own string) string {
	if name := prefix + "-" + own; len(name) <= maxSecurityName {
		return name
	}
	return own
}

// junosTunnelName is a tunnel's own part of a name.
func junosTunnelName(t *plan.Tunnel) string { return strings.ToUpper(t.Path + "-" + t.Instance) }

// free returns name, or with a number where another tunnel has it.
func (s *junosSecurity) free(name string) string {
	same := 0
	for i := range s.Tunnels {
		if s.Tunnels[i].Name == name || strings.HasPrefix(s.Tunnels[i].Name, name+"-") {
			same++
		}
	}
	if same > 0 {
		return name + "-" + strconv.Itoa(same+1)
	}
	return name
}

// junosProposalOf writes what both ends agree on. With GCM Junos refuses an
// authentication algorithm, in IKE as in ESP: the cipher has its own, and its
// key length decides the pseudo-random function (Juniper, prf-algorithm).
func junosProposalOf(name string, p *plan.IPsec) junosProposal {
	out := junosProposal{
		Name: name, DHGroup: spelled(groups(), strconv.Itoa(p.IKE.DHGroup)).Junos, IKEEncryption: spelled(ikeEncryptions(), p.IKE.Encryption).Junos,
		IKELifetime: seconds(p.IKE.Lifetime), IKEOrigin: p.IKE.Origin, PSK: strconv.Quote(p.PSK.Placeholder()), PSKOrigin: p.PSKOrigin,
		ESPEncryption: spelled(espEncryptions(), p.ESP.Encryption).Junos, ESPLifetime: seconds(p.ESP.Lifetime), ESPKilobytes: p.ESP.Kilobytes,
		ESPOrigin: p.ESP.Origin, Origin: p.Origin,
	}
	if p.IKEVersion == 1 {
		out.Mode = "main"
	}
	if !expressroute.IsGCM(p.IKE.Encryption) {
		out.IKEAuthentication = spelled(ikeIntegrities(), p.IKE.Integrity).Junos
	}
	if !expressroute.IsGCM(p.ESP.Encryption) {
		out.ESPAuthentication = spelled(espIntegrities(), p.ESP.Integrity).Junos
	}
	if p.ESP.PFSGroup != 0 {
		out.PFS = spelled(groups(), strconv.Itoa(p.ESP.PFSGroup)).Junos
	}
	return out
}

// junosSource is the interface that sources t, with its unit. Junos wants one:
// where the plan has only the address, it is the loopback or link that has it.
// Empty: neither has.
func junosSource(r *plan.Router, t *plan.Tunnel) string {
	if t.Source != "" {
		return junosUnitName(t.Source)
	}
	if r.Loopback.Interface != "" && r.Loopback.IPv4 == t.Local {
		return junosLoopbackUnit(r)
	}
	for i := range r.Links {
		if l := &r.Links[i]; l.IPv4.IsValid() && l.IPv4.Addr() == t.Local && l.VRF == t.OutsideVRF {
			return l.Subinterface()
		}
	}
	return ""
}

// junosAssociation is the key that the two ends of a port share.
type junosAssociation struct {
	Name      string
	Cipher    string
	SCI       bool
	CKN       string
	CKNOrigin string
	CAK       string
	CAKOrigin string
	Origin    string
}

type junosMACsecPort struct{ Name, Association, Origin string }

// junosMACsec writes the ports. Both ports of a pair have one key; where both
// are on this router, one association serves them.
func junosMACsec(prefix string, r *plan.Router) ([]junosAssociation, []junosMACsecPort) {
	var keys []junosAssociation
	var ports []junosMACsecPort
	for i := range r.Ports {
		p := &r.Ports[i]
		a := junosAssociation{
			Name: junosShort(prefix, strings.ToUpper(p.Pair)), Cipher: p.MACsec.Cipher, SCI: p.MACsec.SCI,
			CKN: p.MACsec.CKN.Placeholder(), CKNOrigin: p.MACsec.Origin + ".ckn",
			CAK: strconv.Quote(p.MACsec.CAK.Placeholder()), CAKOrigin: p.MACsec.Origin + ".cak", Origin: p.MACsec.Origin,
		}
		found := false
		for _, k := range keys {
			if k.Name == a.Name {
				if k == a {
					found = true
					break
				}
				a.Name += "-" + strings.ToUpper(p.Position.String())
			}
		}
		if !found {
			keys = append(keys, a)
		}
		ports = append(ports, junosMACsecPort{p.Interface, a.Name, p.Origin})
	}
	return keys, ports
}
