package render

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ercfg/ercfg/internal/diag"
	"github.com/ercfg/ercfg/internal/expressroute"
	"github.com/ercfg/ercfg/internal/plan"
)

// tunnel reports what the router's vendor cannot make of a tunnel.
func (c *checker) tunnel(r *plan.Router, t *plan.Tunnel, names names) {
	if r.Platform == plan.Junos && r.Model == plan.MX {
		c.add(noIPsec, diag.Error, t.Origin+".router", fmt.Sprintf("%s is an MX, which has no IPsec without a services card", r.Name),
			"end the tunnels of "+t.Path+" on an SRX (model: srx), on IOS-XE or on Linux")
		return
	}
	if !names.tunnel.MatchString(t.Interface) {
		c.add(foreignName, diag.Error, t.Origin+".interface", fmt.Sprintf("%s is no tunnel interface of %s", t.Interface, r.Platform), names.tunnelHint)
	}
	if r.Platform == plan.FRR {
		c.device(t.Interface, t.Origin+".interface", "rename the interface")
	}
	c.source(r, t)
	c.algorithms(r, t)
	c.limits(r, t)
}

// source reports a tunnel that the platform cannot source, and on an SRX tells
// of the zone of an interface that is not ercfg's.
func (c *checker) source(r *plan.Router, t *plan.Tunnel) {
	switch {
	case r.Platform == plan.IOSXE && t.Source == "" && !t.Local.IsValid():
		c.add(noSource, diag.Error, t.Origin+".interface", fmt.Sprintf("%s has neither source nor sourceAddress", t.Interface), "write source: INTERFACE, or sourceAddress: ADDRESS")
	case r.Platform == plan.FRR && !t.Local.IsValid():
		c.add(noSource, diag.Error, t.Origin+".interface", fmt.Sprintf("%s has no sourceAddress", t.Interface), "write sourceAddress: ADDRESS; strongSwan binds to it")
	case r.Platform != plan.Junos:
	case t.Source == "":
		c.add(noSource, diag.Error, t.Origin+".interface", fmt.Sprintf("%s has no source, and Junos asks for the external interface", t.Interface), "write source: ge-0/0/0.0, or lo0.0")
	case t.OutsideZone == "":
		c.add(ownersZone, diag.Info, t.Origin+".source", fmt.Sprintf("the security zone of %s on %s has to hear IKE", t.Source, r.Name),
			"host-inbound-traffic system-services ike on the interface or its zone, which is its owner's")
	default:
		c.add(ownersZone, diag.Info, t.Origin+".source", fmt.Sprintf("a security policy on %s has to let IKE and ESP reach %s in the zone %s", r.Name, t.Source, t.OutsideZone),
			"an SRX looks for one from the zone where the packets come in, within one zone, too; policies between zones are their owner's")
	}
}

// withoutESP is what the word none means as encryption of IPsec.
const withoutESP = "ESP without encryption"

// algorithms reports words of Azure's that the vendor has no spelling of.
func (c *checker) algorithms(r *plan.Router, t *plan.Tunnel) {
	spelling := func(a Spelling) string {
		return [...]string{plan.IOSXE: a.IOSXE, plan.Junos: a.Junos, plan.FRR: a.Swanctl}[r.Platform]
	}
	check := func(table []Spelling, word, path string) {
		i := slices.IndexFunc(table, func(a Spelling) bool { return a.Azure == word })
		if word == "none" {
			word = withoutESP
		}
		if i >= 0 && spelling(table[i]) == "" {
			c.add(noAlgorithm, diag.Error, path, fmt.Sprintf("%s, where %s ends, has no %s", r.Platform, t.Path, word), "choose another algorithm, in Azure's custom policy, too")
		}
	}
	check(ikeEncryptions(), t.IPsec.IKE.Encryption, t.IPsec.IKE.Origin+".encryption")
	check(ikeIntegrities(), t.IPsec.IKE.Integrity, t.IPsec.IKE.Origin+".integrity")
	check(groups(), strconv.Itoa(t.IPsec.IKE.DHGroup), t.IPsec.IKE.Origin+".dhGroup")
	// IKE makes its keys by a Diffie-Hellman exchange (RFC 7296 §1.2), whatever
	// Azure's list says.
	if t.IPsec.IKE.DHGroup == 0 {
		c.add(noAlgorithm, diag.Error, t.IPsec.IKE.Origin+".dhGroup", fmt.Sprintf("%s, where %s ends, has no IKE without a Diffie-Hellman group", r.Platform, t.Path), "choose a group, in Azure's custom policy, too")
	}
	check(espEncryptions(), t.IPsec.ESP.Encryption, t.IPsec.ESP.Origin+".encryption")
	check(espIntegrities(), t.IPsec.ESP.Integrity, t.IPsec.ESP.Origin+".integrity")
	check(groups(), strconv.Itoa(t.IPsec.ESP.PFSGroup), t.IPsec.ESP.Origin+".pfsGroup")
}

// limits reports what a platform's parser refuses of a tunnel.
// Sources: Junos model 24.4 (junos-conf-security); Cisco IOS-XE model 17.18
// (Cisco-IOS-XE-crypto).
func (c *checker) limits(r *plan.Router, t *plan.Tunnel) {
	between := func(what, path string, value, least, most int, unit string) {
		if value < least || value > most {
			c.add(outOfRange, diag.Error, path, fmt.Sprintf("%s has no %s of %d%s, which %s would get", r.Platform, what, value, unit, r.Name), fmt.Sprintf("write %d%s to %d%s", least, unit, most, unit))
		}
	}
	second := func(d time.Duration) int { return int(d / time.Second) }
	p := &t.IPsec
	switch r.Platform {
	case plan.Junos:
		if name := junosTunnelName(t); len(name) > maxSecurityName {
			c.add(longObject, diag.Error, t.Origin+".instance", fmt.Sprintf("%s has %d characters, and Junos takes %d in the name of an IKE gateway", name, len(name), maxSecurityName), "shorten the name of the VPN or of the gateway's instance")
		}
		if gcm := expressroute.IsGCM(p.IKE.Encryption); gcm && p.IKEVersion == 1 {
			c.add(noAlgorithm, diag.Error, p.IKE.Origin+".encryption", fmt.Sprintf("Junos has no %s in IKEv1", p.IKE.Encryption), "leave ikeVersion out, which is 2")
		} else if fixed := junosPRF(p.IKE.Encryption); gcm && p.IKE.Integrity != fixed {
			c.add(noAlgorithm, diag.Error, p.IKE.Origin+".integrity", fmt.Sprintf("Junos has %s beside %s in IKE, and not %s", fixed, p.IKE.Encryption, p.IKE.Integrity), fmt.Sprintf("write integrity: %s, and set it in Azure", fixed))
		}
		between("dead peer detection", p.Origin+".dpd", second(p.DPD), 10, 180, "s")
		between("IKE lifetime", p.Origin+".lifetimes.ike", second(p.IKE.Lifetime), 180, 86400, "s")
		between("IPsec lifetime", p.Origin+".lifetimes.esp", second(p.ESP.Lifetime), 180, 86400, "s")
		if p.ESP.Kilobytes > 0 {
			between("IPsec lifetime", p.Origin+".lifetimes.espKilobytes", p.ESP.Kilobytes, 64000, math.MaxUint32, " KB")
		}
	case plan.IOSXE:
		if p.IKEVersion == 1 && expressroute.IsGCM(p.IKE.Encryption) {
			c.add(noAlgorithm, diag.Error, p.IKE.Origin+".encryption", fmt.Sprintf("IOS-XE has no %s in IKEv1", p.IKE.Encryption), "leave ikeVersion out, which is 2")
		}
		c.shielded(r, t)
		between("dead peer detection", p.Origin+".dpd", second(p.DPD), 10, 3600, "s")
		between("IKE lifetime", p.Origin+".lifetimes.ike", second(p.IKE.Lifetime), 120, 86400, "s")
		between("IPsec lifetime", p.Origin+".lifetimes.esp", second(p.ESP.Lifetime), 120, 2592000, "s")
		if p.ESP.Kilobytes > 0 {
			between("IPsec lifetime", p.Origin+".lifetimes.espKilobytes", p.ESP.Kilobytes, 2560, 4294967295, " KB")
		}
	case plan.FRR:
	}
}

// shielded warns of algorithms that IOS-XE refuses since 17.11 unless its
// compliance shield is switched off, which is the whole box's affair.
// Source: Cisco Field Notice FN72510.
func (c *checker) shielded(r *plan.Router, t *plan.Tunnel) {
	if before(r.Version, plan.Version{Major: 17, Minor: 11}) {
		return
	}
	p := &t.IPsec
	group := func(n int) bool { return n == 1 || n == 2 || n == 24 && p.IKEVersion == 2 }
	for _, x := range []struct {
		weak       bool
		word, path string
	}{
		{slices.Contains([]string{"des", "des3"}, p.IKE.Encryption), p.IKE.Encryption, p.IKE.Origin + ".encryption"},
		{p.IKE.Integrity == "md5", p.IKE.Integrity, p.IKE.Origin + ".integrity"},
		{group(p.IKE.DHGroup), fmt.Sprintf("Diffie-Hellman group %d", p.IKE.DHGroup), p.IKE.Origin + ".dhGroup"},
		{slices.Contains([]string{"des", "des3", "none"}, p.ESP.Encryption), p.ESP.Encryption, p.ESP.Origin + ".encryption"},
		{p.ESP.Integrity == "md5", p.ESP.Integrity, p.ESP.Origin + ".integrity"},
	} {
		if x.word == "none" {
			x.word = withoutESP
		}
		if x.weak {
			c.add(behindShield, diag.Warning, x.path, fmt.Sprintf("IOS-XE %s on %s refuses %s", r.Version.Text, r.Name, x.word),
				"it is weak: choose another one, in Azure's custom policy, too; crypto engine compliance shield disable and a reload would let it in")
		}
	}
}

// junosPRF is the pseudo-random function that Junos has beside a GCM cipher in
// IKE. Source: Juniper, encryption-algorithm (security ike).
func junosPRF(encryption string) string {
	if encryption == "gcmaes128" {
		return "sha256"
	}
	return "sha384"
}

// flow reports flow export that the platform cannot make.
func (c *checker) flow(r *plan.Router) {
	f := &r.Flow
	if !f.On() || r.Platform != plan.Junos {
		return
	}
	if !f.Source.IsValid() {
		c.add(noFlowSource, diag.Error, r.Origin, fmt.Sprintf("Junos asks for the source address of flow export, and %s has none of the collector's family, %s", r.Name, plan.FamilyOf(f.Collector)), fmt.Sprintf("write exporter: ADDRESS, or loopback: {%s: ADDRESS}", plan.FamilyOf(f.Collector)))
	}
	for _, t := range []struct {
		path  string
		value time.Duration
	}{{"telemetry.activeTimeout", f.Active}, {"telemetry.inactiveTimeout", f.Inactive}} {
		if t.value < 10*time.Second || t.value > 600*time.Second {
			c.add(outOfRange, diag.Error, t.path, fmt.Sprintf("Junos has no flow timeout of %s, which %s would get", t.value, r.Name), "write 10s to 600s")
		}
	}
	for i := range r.Links {
		if l := &r.Links[i]; strings.HasPrefix(l.Interface, "ae") || strings.HasPrefix(l.Interface, "reth") {
			c.add(portOfUnits, diag.Info, l.Origin+".interface", fmt.Sprintf("the line cards of %s on %s are not known", l.Interface, r.Name), "flow export needs chassis fpc NUMBER sampling-instance for each of them, which is yours to add")
			return
		}
	}
}

// ikeDaemon reports tunnels whose outsides lie in two routing tables of a Linux
// router: strongSwan runs in one.
func (c *checker) ikeDaemon(r *plan.Router) {
	if r.Platform != plan.FRR || len(r.Tunnels) == 0 {
		return
	}
	table := func(vrf plan.Name) string {
		if vrf == "" {
			return "the global table"
		}
		return "VRF " + vrf
	}
	first := r.Tunnels[0].OutsideVRF
	for i := range r.Tunnels {
		if t := &r.Tunnels[i]; t.OutsideVRF != first {
			c.add(oneIKEDaemon, diag.Error, t.Origin+".vrf", fmt.Sprintf("the outside of %s lies in %s, and that of %s in %s: strongSwan on %s runs in one", t.Interface, table(t.OutsideVRF), r.Tunnels[0].Interface, table(first), r.Name),
				"put the outsides of a Linux router's tunnels into one routing table, or end them on two routers")
			return
		}
	}
}

// ports reports MACsec where there is none: a Linux port has it, but not with
// FRR's help, and the key agreement is a daemon of its own.
func (c *checker) ports(r *plan.Router, names names) {
	for i := range r.Ports {
		p := &r.Ports[i]
		switch {
		case r.Platform == plan.FRR:
			c.add(noMACsec, diag.Error, p.MACsec.Origin+".cipher", fmt.Sprintf("FRR on %s has no MACsec for the port %s", r.Name, p.Interface), "end the port pair on IOS-XE or Junos, or take macsec away here and in Azure")
		case r.Platform == plan.IOSXE && !p.MACsec.SCI && r.Version.Major == 17 && before(r.Version, plan.Version{Major: 17, Minor: 12}):
			c.add(noMACsec, diag.Error, p.MACsec.Origin+".cipher", fmt.Sprintf("IOS-XE %s on %s always sends the secure channel identifier", r.Version.Text, r.Name), "write sci: true, and enable it on the port in Azure; or 17.12 and later")
		case !names.port.MatchString(p.Interface):
			c.add(foreignName, diag.Error, p.Origin+".interface", fmt.Sprintf("%s is no interface name of %s", p.Interface, r.Platform), names.portHint)
		}
	}
}

// tracking warns of static routes over links that stay when the far end dies
// behind the provider: FRR 8.4 cannot track them.
func (c *checker) tracking(r *plan.Router) {
	if r.Platform != plan.FRR {
		return
	}
	for i := range r.Routes {
		if p := &r.Routes[i]; p.BFD.On() {
			c.add(noTracking, diag.Warning, p.Origin, fmt.Sprintf("FRR cannot track the route to %s by BFD: on %s it stays when a link dies silently", p.Prefix.Addr(), r.Name),
				"give the VNet's gateway subnet an address space of its own: then BGP holds the route")
			return
		}
	}
}
