package render

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ercfg/ercfg/internal/expressroute"
	"github.com/ercfg/ercfg/internal/plan"
)

// linuxTunnel is an XFRM interface and the strongSwan connection that fills it.
// XFRM interfaces (Linux 4.19) rather than VTI devices: they need no marks,
// which firewalls use too, two of them may have the same pair of addresses, and
// strongSwan installs no route for a connection that has an interface ID.
type linuxTunnel struct {
	Name       string // of the device
	Connection string // the same without dots, which divide sections in swanctl.conf
	Title      string // the VPN and the instance of its gateway
	ID         int    // of the XFRM interface
	MTU        int    // bytes
	Place      string
	Outside    string // device that names the VRF of the outside; a hyphen: the global table

	Version       int // of IKE
	Local, Remote string
	Secret        string // placeholder
	IKE, ESP      string // proposals
	DPD           int    // seconds
	Passive       bool
	Rekey, Over   int // seconds: the IKE SA is made anew, and how long the old one may last beyond
	ESPRekey      int // seconds
	ESPLife       int // seconds
	RekeyBytes    int64
	LifeBytes     int64 // 0: no limit
}

// linuxClamp bounds the TCP segments of a tunnel.
type linuxClamp struct {
	Name string
	MSS  int // bytes
}

// linuxRemark sets DSCP values to 0 on what leaves a link.
type linuxRemark struct {
	Name string
	Kept string // the values that stay, 0 among them, separated by a comma and a blank
}

// linuxRemarkOf adds 0 to the values that stay: a packet that has it needs no
// change.
func linuxRemarkOf(l *plan.Link) linuxRemark {
	kept := append([]int{0}, l.DSCP...)
	slices.Sort(kept)
	var words []string
	for _, value := range slices.Compact(kept) {
		words = append(words, strconv.Itoa(value))
	}
	return linuxRemark{l.Subinterface(), strings.Join(words, ", ")}
}

// softLifetime is the part of a lifetime after which an SA is made anew, so that
// the old one never ends before the new one is there. 10 % is strongSwan's own
// margin.
func softLifetime(whole int64) int64 { return whole - whole/10 }

// addTunnels adds the tunnels. IKE has one socket, and with it one table, for
// all of them.
func (v *linuxView) addTunnels(r *plan.Router, devices, indexes map[string]int) {
	for i := range r.Tunnels {
		t := &r.Tunnels[i]
		life, ikeLife, bytes := int64(t.IPsec.ESP.Lifetime/time.Second), int64(t.IPsec.IKE.Lifetime/time.Second), int64(t.IPsec.ESP.Kilobytes)*1024
		out := linuxTunnel{
			Name: t.Interface, Connection: strings.ReplaceAll(t.Interface, ".", "_"), Title: fmt.Sprintf("%s, instance %s", t.Path, t.Instance),
			ID: devices[t.Interface], MTU: t.MTUBytes, Place: place(t.VRF, indexes[t.Interface]), Outside: outside(t),
			Version: t.IPsec.IKEVersion, Local: t.Local.String(), Remote: t.Remote.String(), Secret: t.IPsec.PSK.Placeholder(),
			IKE: swanctlIKE(&t.IPsec.IKE), ESP: swanctlESP(&t.IPsec.ESP), DPD: int(t.IPsec.DPD / time.Second), Passive: t.IPsec.Passive,
			Rekey: int(softLifetime(ikeLife)), Over: int(ikeLife - softLifetime(ikeLife)), ESPRekey: int(softLifetime(life)), ESPLife: int(life),
			RekeyBytes: softLifetime(bytes), LifeBytes: bytes,
		}
		v.Tunnels = append(v.Tunnels, out)
		v.Clamps = append(v.Clamps, linuxClamp{t.Interface, t.MSSBytes})
		if t.OutsideVRF != "" && out.Outside != t.OutsideVRF {
			if unit := systemdEscape(out.Outside); !slices.Contains(v.OutsideUnits, unit) {
				v.OutsideUnits = append(v.OutsideUnits, unit)
			}
		}
		v.CharonVRF = cmp.Or(t.OutsideVRF, v.CharonVRF)
	}
}

// outside is the device that says in which table the kernel looks for the
// gateway: a hyphen is the main table. The source serves, as a member of
// its VRF; a loopback is no way out, so the VRF itself has to.
func outside(t *plan.Tunnel) string {
	switch {
	case t.OutsideVRF == "":
		return "-"
	case t.Source == "" || t.Source == "lo":
		return t.OutsideVRF
	}
	return t.Source
}

// swanctlIKE writes an IKE proposal. GCM protects itself and wants the
// pseudo-random function named.
func swanctlIKE(p *plan.IKEProposal) string {
	integrity := spelled(ikeIntegrities(), p.Integrity).Swanctl
	if expressroute.IsGCM(p.Encryption) {
		integrity = "prf" + integrity
	}
	return spelled(ikeEncryptions(), p.Encryption).Swanctl + "-" + integrity + "-" + spelled(groups(), strconv.Itoa(p.DHGroup)).Swanctl
}

// swanctlESP writes an ESP proposal; a group is perfect forward secrecy.
func swanctlESP(p *plan.ESPProposal) string {
	out := spelled(espEncryptions(), p.Encryption).Swanctl
	if !expressroute.IsGCM(p.Encryption) {
		out += "-" + spelled(espIntegrities(), p.Integrity).Swanctl
	}
	if p.PFSGroup != 0 {
		out += "-" + spelled(groups(), strconv.Itoa(p.PFSGroup)).Swanctl
	}
	return out
}
