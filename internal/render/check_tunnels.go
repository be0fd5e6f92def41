package render

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/ercfg/ercfg/internal/diag"
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
	}
}

// algorithms reports words of Azure's that the vendor has no spelling of.
func (c *checker) algorithms(r *plan.Router, t *plan.Tunnel) {
	spelling := func(a algorithm) string {
		return [...]string{plan.IOSXE: a.iosxe, plan.Junos: a.junos, plan.FRR: a.swanctl}[r.Platform]
	}
	check := func(table []algorithm, word, path string) {
		i := slices.IndexFunc(table, func(a algorithm) bool { return a.azure == word })
		if i >= 0 && spelling(table[i]) == "" {
			c.add(noAlgorithm, diag.Error, path, fmt.Sprintf("%s, where %s ends, has no %s", r.Platform, t.Path, word), "choose another algorithm, in Azure's custom policy, too")
		}
	}
	check(ikeEncryptions(), t.IPsec.IKE.Encryption, t.IPsec.IKE.Origin+".encryption")
	check(ikeIntegrities(), t.IPsec.IKE.Integrity, t.IPsec.IKE.Origin+".integrity")
	check(groups(), strconv.Itoa(t.IPsec.IKE.DHGroup), t.IPsec.IKE.Origin+".dhGroup")
	check(espEncryptions(), t.IPsec.ESP.Encryption, t.IPsec.ESP.Origin+".encryption")
	check(espIntegrities(), t.IPsec.ESP.Integrity, t.IPsec.ESP.Origin+".integrity")
	check(groups(), strconv.Itoa(t.IPsec.ESP.PFSGroup), t.IPsec.ESP.Origin+".pfsGroup")
}

// ports reports MACsec where there is none: a Linux port has it, but not with
// FRR's help, and the key agreement is a daemon of its own.
func (c *checker) ports(r *plan.Router, names names) {
	for i := range r.Ports {
		p := &r.Ports[i]
		switch {
		case r.Platform == plan.FRR:
			c.add(noMACsec, diag.Error, p.MACsec.Origin+".cipher", fmt.Sprintf("FRR on %s has no MACsec for the port %s", r.Name, p.Interface), "end the port pair on IOS-XE or Junos, or take macsec away here and in Azure")
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
