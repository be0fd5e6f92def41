package plan

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/ercfg/ercfg/internal/bgp"
	"github.com/ercfg/ercfg/internal/diag"
	"github.com/ercfg/ercfg/internal/expressroute"
	"github.com/ercfg/ercfg/internal/intent"
)

// gatherGateway parses the VPN gateway of a VNet. A VNet without one has
// Azure's AS number and no instance.
func (f *facts) gatherGateway(v *vnet) {
	v.gatewayASN.V = expressroute.VPNGatewayASN
	g := v.in.VPNGateway
	if g == nil {
		return
	}
	if g.ASN.Set() {
		v.gatewayASN = f.asn(g.ASN)
	} else {
		f.supply(v.origin+".vpnGateway.asn", expressroute.VPNGatewayASN.String(), "what a gateway beside an ExpressRoute gateway must have")
	}
	if !g.Policy.Set() {
		f.supply(v.origin+".vpnGateway.policy", "default", "no IPsec policy is set on the connection")
	}
	for i := range g.Instances {
		in := &g.Instances[i]
		f.word(in.Name, objectName, "instance name", "it names objects on routers: lower case letters, digits and hyphen, 32 at most")
		instance := &instance{in: in, public: f.addr4(in.Public), private: f.addr4(in.Private), bgp: f.addr4(in.BGP)}
		for _, before := range v.instances {
			if before.in.Name.V == in.Name.V && in.Name.Set() {
				f.fault(nameTwice, in.Name.Pos, fmt.Sprintf("two instances of the VPN gateway of %s are called %q", v.name.V, in.Name.V), "a tunnel names its instance: give each a name of its own", before.in.Name.Pos)
				break
			}
		}
		v.instances = append(v.instances, instance)
	}
}

// addr4 parses an address that a tunnel rides to or carries: a VPN gateway has
// IPv4 for both.
func (f *facts) addr4(a intent.At[string]) intent.At[netip.Addr] {
	out := f.addr(a)
	if out.V.Is6() {
		f.fault(badValue, a.Pos, fmt.Sprintf("%s is no IPv4 address", a.V), "tunnels to a VPN gateway carry IPv4 and ride on it: write its IPv4 address")
		out.V = netip.Addr{}
	}
	return out
}

func (f *facts) gatherVPNs() {
	for i := range f.in.VPNs {
		e := &f.in.VPNs[i]
		v := &vpn{name: e.Name, in: &e.Value, origin: "vpns." + e.Name.V}
		f.word(e.Name, objectName, "VPN name", "it names objects on routers: lower case letters, digits and hyphen, 32 at most")
		f.vpnName(v)
		if v.vnet = f.vnetByName[v.in.VNet.V]; v.vnet == nil && v.in.VNet.Set() {
			f.fault(unknownName, v.in.VNet.Pos, fmt.Sprintf("no VNet is called %q", v.in.VNet.V), diag.DidYouMean(v.in.VNet.V, names(f.vnets, func(v *vnet) string { return v.name.V })))
		}
		f.vpnUnderlay(v)
		v.psk = f.secret(v.in.PSK)
		f.vpnParameters(v)
		f.vpnProposals(v)
		for n := range v.in.Tunnels {
			v.tunnels = append(v.tunnels, f.tunnel(v, &v.in.Tunnels[n], n))
		}
		f.vpns = append(f.vpns, v)
		f.vpnByName[v.name.V] = v
	}
}

// vpnName wants a VPN to be called like no circuit: traffic names both, and
// both name objects on routers.
func (f *facts) vpnName(v *vpn) {
	if c := f.circuitByName[v.name.V]; c != nil {
		f.fault(nameTwice, v.name.Pos, fmt.Sprintf("%s is a circuit and a VPN", v.name.V), "a statement names its paths: rename the VPN", c.name.Pos)
		return
	}
	name, microsoft := strings.CutSuffix(v.name.V, "-microsoft")
	if c := f.circuitByName[name]; microsoft && c != nil && c.microsoft != nil {
		f.fault(nameClash, v.name.Pos, fmt.Sprintf("%s and the VPN %s would give their objects one name, %s", c.microsoft.path, v.name.V, v.tag()), "rename the VPN", c.name.Pos)
	}
}

// vpnUnderlay finds what the tunnels ride on.
func (f *facts) vpnUnderlay(v *vpn) {
	u := v.in.Underlay
	if !u.Set() || u.V == "internet" {
		return
	}
	if strings.Contains(u.V, ".") {
		v.underlay = f.peeringOf(u.V)
	}
	if v.underlay == nil {
		known := []string{"internet"}
		for _, c := range f.circuits {
			for _, p := range c.peerings() {
				known = append(known, c.name.V+"."+p.kind())
			}
		}
		f.fault(unknownName, u.Pos, fmt.Sprintf("%q is neither internet nor a peering", u.V), diag.DidYouMean(u.V, known))
	}
}

// vpnParameters applies the defaults of everything but the algorithms.
func (f *facts) vpnParameters(v *vpn) {
	v.timers = Timers{Keepalive: expressroute.VPNKeepalive, Hold: expressroute.VPNHold, Origin: v.origin + ".timers"}
	if in := v.in.Timers; in != nil {
		v.timers.Keepalive, v.timers.Hold = f.seconds(in.Keepalive), f.seconds(in.Hold)
	} else {
		f.supply(v.timers.Origin+".keepalive", yamlDuration(v.timers.Keepalive), "the gateway's own, which nobody can change")
		f.supply(v.timers.Origin+".hold", yamlDuration(v.timers.Hold), "the gateway's own, which nobody can change")
	}
	if v.version = v.in.IKEVersion.V; !v.in.IKEVersion.Set() {
		v.version = 2
		f.supply(v.origin+".ikeVersion", "2", "IKEv1 tunnels break at every main-mode rekey")
	}
	if v.dpd = f.duration(v.in.DPD).V; !v.in.DPD.Set() {
		v.dpd = expressroute.VPNDeadPeer
		f.supply(v.origin+".dpd", yamlDuration(v.dpd), "the gateway's default")
	}
	if v.mtu = v.in.MTU.V; !v.in.MTU.Set() {
		v.mtu = expressroute.TunnelMTU
		f.supply(v.origin+".mtu", strconv.Itoa(v.mtu), "what fits through the tunnel without fragments, which Azure drops")
	}
	if v.mss = v.in.MSS.V; !v.in.MSS.Set() {
		v.mss = v.largestMSS()
		f.supply(v.origin+".mss", strconv.Itoa(v.mss), "what fits through the tunnel without fragments, which Azure drops")
	}
}

// largestMSS is the largest TCP segment, in bytes, that goes through the
// tunnels whole: Azure's 1350, or less where the MTU has no room for it.
func (v *vpn) largestMSS() int {
	return min(expressroute.TunnelMSS, v.mtu-headersIPv4TCP)
}

// headersIPv4TCP are the bytes of a packet that are no segment: the headers of
// IPv4 (RFC 791 §3.1) and TCP (RFC 9293 §3.1) without options.
const headersIPv4TCP = 40

// vpnProposals takes the algorithms as written. Where the gateway has its
// default policy and the intent names none, they are what that policy takes as
// initiator and as responder. A word that is none of Azure's is rule ER160's.
func (f *facts) vpnProposals(v *vpn) {
	v.ike = IKEProposal{Encryption: "aes256", Integrity: "sha256", DHGroup: 2, Lifetime: expressroute.IKELifetime, Origin: v.origin + ".ike"}
	v.esp = ESPProposal{Encryption: "aes256", Integrity: "sha256", Lifetime: expressroute.ESPLifetime, Kilobytes: expressroute.ESPKilobytes, Origin: v.origin + ".esp"}
	const reason = "Azure's default policy takes it"
	if in := v.in.IKE; in != nil {
		v.ike.Encryption, v.ike.Integrity, v.ike.DHGroup = in.Encryption.V, in.Integrity.V, in.DHGroup.V
	} else if v.in.ESP == nil {
		f.supply(v.origin+".ike.encryption", v.ike.Encryption, reason)
		f.supply(v.origin+".ike.integrity", v.ike.Integrity, reason)
		f.supply(v.origin+".ike.dhGroup", strconv.Itoa(v.ike.DHGroup), reason)
	}
	if in := v.in.ESP; in != nil {
		v.esp.Encryption, v.esp.Integrity, v.esp.PFSGroup = in.Encryption.V, in.Integrity.V, in.PFSGroup.V
	} else if v.in.IKE == nil {
		f.supply(v.origin+".esp.encryption", v.esp.Encryption, reason)
		f.supply(v.origin+".esp.integrity", v.esp.Integrity, reason)
	}
	in := v.in.Lifetimes
	if in == nil {
		in = &intent.Lifetimes{}
	}
	if d := f.duration(in.IKE); d.Set() {
		v.ike.Lifetime = d.V
	} else {
		f.supply(v.origin+".lifetimes.ike", yamlDuration(v.ike.Lifetime), "Azure's own; lifetimes need not match")
	}
	if d := f.duration(in.ESP); d.Set() {
		v.esp.Lifetime = d.V
	} else {
		f.supply(v.origin+".lifetimes.esp", yamlDuration(v.esp.Lifetime), "Azure's own; lifetimes need not match")
	}
	if in.ESPKilobytes.Set() {
		v.esp.Kilobytes = in.ESPKilobytes.V
	} else {
		f.supply(v.origin+".lifetimes.espKilobytes", strconv.Itoa(v.esp.Kilobytes), "Azure's own; lifetimes need not match")
	}
}

// tunnel parses one tunnel. Its far end is the gateway's public address, or
// the private one where it rides on private peering.
func (f *facts) tunnel(v *vpn, in *intent.Tunnel, n int) *tunnel {
	t := &tunnel{vpn: v, in: in, iface: in.Interface, zone: "azure", origin: fmt.Sprintf("%s.tunnels.%d", v.origin, n)}
	f.word(in.Interface, ifaceText, "interface name", "write the vendor's own name, such as Tunnel1, st0.1 or vti1")
	f.word(in.Source, ifaceText, "interface name", "write the vendor's own name, such as GigabitEthernet0/0/0, ge-0/0/0.0 or eth0")
	t.router = f.router(in.Router)
	t.local, t.nextHop = f.addr4(in.SourceAddress), f.addr4(in.NextHop)
	t.inside = f.interfaceAddress(in.Inside)
	f.tunnelGateway(t)
	if in.Zone.Set() && f.word(in.Zone, zoneName, "zone name", "letters, digits, hyphen and underscore") {
		t.zone = in.Zone.V
	} else if t.router != nil && t.router.model == SRX {
		f.supply(t.origin+".zone", "azure", "one zone for all ER links and tunnels of a router: a flow may return another way")
	}
	t.outside = in.VRF.V
	if !in.VRF.Set() && v.underlay != nil {
		if t.outside = v.underlay.vrf; t.outside != "" {
			f.supply(t.origin+".vrf", t.outside, "the VRF of "+v.underlay.path+", which it rides on")
		}
	}
	if t.router != nil {
		t.router.tunnels = append(t.router.tunnels, t)
	}
	return t
}

// tunnelGateway finds the gateway's instance and its addresses.
func (f *facts) tunnelGateway(t *tunnel) {
	v, name := t.vpn.vnet, t.in.Instance
	if v == nil || !name.Set() {
		return
	}
	for _, g := range v.instances {
		if g.in.Name.V != name.V {
			continue
		}
		t.gateway, t.peer, t.remote = g, g.bgp, g.public
		kind := "public"
		if t.vpn.underPrivate() {
			t.remote, kind = g.private, "private"
		}
		if unknown := t.vpn.in.Underlay.V != "internet" && t.vpn.underlay == nil; !t.remote.Set() && !unknown {
			f.fault(badValue, g.in.Name.Pos, fmt.Sprintf("instance %s of %s has no %s address, which %s rides to", name.V, v.name.V, kind, t.vpn.name.V),
				fmt.Sprintf("write %s: ADDRESS at the instance", kind), name.Pos)
		}
		if !t.peer.Set() {
			f.fault(badValue, g.in.Name.Pos, fmt.Sprintf("instance %s of %s has no BGP peer address", name.V, v.name.V), "write bgp: ADDRESS at the instance, as the gateway shows it", name.Pos)
		}
		return
	}
	known := names(v.instances, func(g *instance) string { return g.in.Name.V })
	hint := diag.DidYouMean(name.V, known)
	if len(known) == 0 {
		hint = fmt.Sprintf("write vpnGateway: {instances: [{name: %s, …}]} at VNet %s", name.V, v.name.V)
	}
	f.fault(unknownName, name.Pos, fmt.Sprintf("the VPN gateway of %s has no instance %q", v.name.V, name.V), hint)
}

// interfaceAddress parses an address with the length of its subnet.
func (f *facts) interfaceAddress(a intent.At[string]) intent.At[netip.Prefix] {
	out := intent.At[netip.Prefix]{Pos: a.Pos}
	if !a.Set() || a.V == "" {
		return out
	}
	p, err := netip.ParsePrefix(a.V)
	switch {
	case err != nil || !p.Addr().Is4():
		f.fault(badValue, a.Pos, fmt.Sprintf("%q is no address inside a tunnel", a.V), "write ADDRESS/LENGTH, such as 169.254.21.1/30; tunnels to a VPN gateway carry IPv4")
		return out
	case p.String() != a.V:
		f.fault(badValue, a.Pos, fmt.Sprintf("%s is not in canonical form", a.V), fmt.Sprintf("write %s", p))
	}
	out.V = p
	return out
}

// gatherVRFs parses the VRFs of a router and their customers' sessions.
func (f *facts) gatherVRFs(r *router) {
	for i := range r.in.VRFs {
		e := &r.in.VRFs[i]
		v := &vrf{name: e.Name, in: &e.Value, origin: r.origin + ".vrfs." + e.Name.V}
		f.word(e.Name, vrfName, "VRF name", "letters, digits, hyphen and underscore, 15 at most: on Linux it is a device")
		v.rd = parsed(f, e.Value.RD, bgp.ParseRD, "route distinguisher", `write "ADDRESS:NUMBER" or "ASN:NUMBER"`)
		for list, out := range map[*[]intent.At[string]]*[]intent.At[bgp.RouteTarget]{&e.Value.Import: &v.imports, &e.Value.Export: &v.exports} {
			for _, a := range *list {
				if t := parsed(f, a, bgp.ParseRouteTarget, "route target", `write "ASN:NUMBER", such as "64620:301"`); t.Set() {
					*out = append(*out, t)
				}
			}
		}
		for n := range e.Value.Neighbors {
			v.neighbors = append(v.neighbors, f.customer(v, &e.Value.Neighbors[n], n))
		}
		r.vrfs = append(r.vrfs, v)
	}
}

// Default timers of a customer's session: what the platforms have, written out.
const (
	customerKeepalive = 60 * time.Second
	customerHold      = 180 * time.Second
)

func (f *facts) customer(v *vrf, in *intent.VRFNeighbor, n int) *customer {
	c := &customer{in: in, origin: fmt.Sprintf("%s.neighbors.%d", v.origin, n)}
	c.addr, c.asn, c.md5 = f.addr(in.Address), f.asn(in.ASN), f.secret(in.MD5)
	f.word(in.Interface, ifaceText, "interface name", "write the vendor's own name, with its unit")
	c.prefixes = f.prefixes(in.Prefixes)
	c.timers = Timers{Keepalive: customerKeepalive, Hold: customerHold, Origin: c.origin + ".timers"}
	if in.Timers != nil {
		c.timers.Keepalive, c.timers.Hold = f.seconds(in.Timers.Keepalive), f.seconds(in.Timers.Hold)
	} else {
		f.supply(c.timers.Origin+".keepalive", yamlDuration(c.timers.Keepalive), "what routers have by themselves")
		f.supply(c.timers.Origin+".hold", yamlDuration(c.timers.Hold), "what routers have by themselves")
	}
	if b := in.BFD; b != nil && !b.Off.V {
		c.bfd = BFD{Interval: expressroute.BFDInterval, Multiplier: expressroute.BFDMultiplier, Origin: c.origin + ".bfd"}
		if d := f.duration(b.Interval).V; d > 0 {
			c.bfd.Interval = d
		} else {
			f.supply(c.bfd.Origin+".interval", yamlDuration(c.bfd.Interval), "what an MSEE offers, too")
		}
		if b.Multiplier.V > 0 {
			c.bfd.Multiplier = b.Multiplier.V
		} else {
			f.supply(c.bfd.Origin+".multiplier", strconv.Itoa(c.bfd.Multiplier), "detection in 0.9 s at 300 ms")
		}
	}
	return c
}
