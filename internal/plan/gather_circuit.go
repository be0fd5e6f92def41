package plan

import (
	"fmt"
	"net/netip"
	"strconv"
	"time"

	"github.com/ercfg/ercfg/internal/diag"
	"github.com/ercfg/ercfg/internal/ether"
	"github.com/ercfg/ercfg/internal/expressroute"
	"github.com/ercfg/ercfg/internal/intent"
)

// gatherPorts parses what is configured on Direct ports themselves.
func (f *facts) gatherPorts() {
	f.macsec = make(map[string]MACsec)
	for i := range f.in.DirectPorts {
		e := &f.in.DirectPorts[i]
		f.word(e.Name, objectName, "port pair name", "it names objects on routers: lower case letters, digits and hyphen, 32 at most")
		if in := e.Value.MACsec; in != nil {
			f.macsec[e.Name.V] = MACsec{Cipher: in.Cipher.V, CKN: f.secret(in.CKN).V, CAK: f.secret(in.CAK).V, SCI: in.SCI.V, Origin: "directPorts." + e.Name.V + ".macsec"}
		}
	}
}

func (f *facts) gatherCircuits() {
	for i := range f.in.Circuits {
		e := &f.in.Circuits[i]
		in := &e.Value
		c := &circuit{name: e.Name, in: in, model: in.Model.V, sku: in.SKU.Or("standard"), origin: "circuits." + e.Name.V}
		f.word(e.Name, objectName, "circuit name", "it names objects on routers: lower case letters, digits and hyphen, 32 at most")
		if !in.SKU.Set() {
			f.supply(c.origin+".sku", "standard", "the SKU that most circuits have")
		}
		if !in.Layer3.Set() {
			f.supply(c.origin+".layer3", "customer", "this router speaks BGP to Microsoft")
		}
		c.mbps = f.rate(in.Bandwidth)
		c.created = f.date(in.Created)
		f.label(in.Provider)
		f.label(in.Location)
		if in.Private != nil {
			c.private = f.peering(c, in.Private, false)
		}
		if in.Microsoft != nil {
			c.microsoft = f.peering(c, in.Microsoft, true)
		}
		f.circuits = append(f.circuits, c)
		f.circuitByName[c.name.V] = c
	}
}

func (f *facts) peering(c *circuit, in *intent.Peering, microsoft bool) *peering {
	p := &peering{path: c.name.V, circuit: c, microsoft: microsoft, in: in, vrf: in.VRF.V, origin: c.origin + ".private"}
	if microsoft {
		p.path, p.origin = c.name.V+".microsoft", c.origin+".microsoft"
	}
	p.block4, p.block6 = f.prefix(in.IPv4), f.prefix(in.IPv6)
	p.mseeASN = f.asn(in.MSEEASN)
	if !in.MSEEASN.Set() {
		p.mseeASN.V = expressroute.MicrosoftASN
		f.supply(p.origin+".mseeASN", expressroute.MicrosoftASN.String(), "the AS number of every Microsoft edge router")
	}
	p.custASN = f.asn(in.CustomerASN)
	p.md5 = f.secret(in.MD5)
	p.mtu = in.MTU
	if !in.MTU.Set() {
		p.mtu.V = expressroute.MaxIPMTU
		f.supply(p.origin+".mtu", strconv.Itoa(expressroute.MaxIPMTU), "Microsoft's IP MTU; no jumbo frames")
	}
	f.peeringBFD(p)
	f.peeringTimers(p)
	f.peeringMaxPrefixes(p)
	if !in.Links.Set() {
		f.supply(p.origin+".links", "balance", "both links are active; Microsoft hashes per flow")
	}
	for _, pos := range []Position{Primary, Secondary} {
		if l := []*intent.Link{in.Primary, in.Secondary}[pos]; l != nil {
			p.links[pos] = f.link(p, l, pos)
		}
	}
	return p
}

func (f *facts) peeringBFD(p *peering) {
	in := p.in.BFD
	if in != nil && in.Off.V {
		p.bfdPos = in.Pos
		return
	}
	p.bfd = BFD{Interval: expressroute.BFDInterval, Multiplier: expressroute.BFDMultiplier, Origin: p.origin + ".bfd"}
	if in != nil {
		p.bfdPos = in.Pos
		if d := f.duration(in.Interval).V; d > 0 {
			p.bfd.Interval = d
		}
		if in.Multiplier.V > 0 {
			p.bfd.Multiplier = in.Multiplier.V
		}
	}
	if in == nil || !in.Interval.Set() {
		f.supply(p.origin+".bfd.interval", yamlDuration(p.bfd.Interval), "what the MSEE offers; the slower side wins")
	}
	if in == nil || !in.Multiplier.Set() {
		f.supply(p.origin+".bfd.multiplier", strconv.Itoa(p.bfd.Multiplier), "detection in 0.9 s at 300 ms")
	}
}

func (f *facts) peeringTimers(p *peering) {
	base := [2]Timers{
		{Keepalive: expressroute.Keepalive, Hold: expressroute.Hold, Origin: p.origin + ".timers"},
		{Keepalive: expressroute.Keepalive, Hold: expressroute.Hold, Origin: p.origin + ".timersIPv6"},
	}
	reason := [2]string{"without BFD the hold time is what notices a silent failure", "an MSEE has no BFD on IPv6 sessions: the hold time is what notices"}
	if p.bfd.On() {
		base[IPv4].Keepalive, base[IPv4].Hold = expressroute.KeepaliveWithBFD, expressroute.HoldWithBFD
		reason[IPv4] = "BFD notices first; the hold time is the second net"
	}
	for i, in := range []*intent.Timers{p.in.Timers, p.in.TimersIPv6} {
		p.timers[i] = base[i]
		if in == nil {
			f.supply(base[i].Origin+".keepalive", yamlDuration(base[i].Keepalive), reason[i])
			f.supply(base[i].Origin+".hold", yamlDuration(base[i].Hold), reason[i])
			continue
		}
		p.timersPos[i] = timerPlaces{in.Keepalive.Pos, in.Hold.Pos}
		p.timers[i].Keepalive, p.timers[i].Hold = f.seconds(in.Keepalive), f.seconds(in.Hold)
	}
}

// seconds parses a BGP timer, which the protocol carries in whole seconds
// (RFC 4271 §4.2).
func (f *facts) seconds(a intent.At[string]) time.Duration {
	d := f.duration(a).V
	if d%time.Second != 0 || d > 65535*time.Second {
		f.fault(badValue, a.Pos, fmt.Sprintf("%s is no BGP timer", a.V), "BGP timers are whole seconds, 65535 at most")
		return 0
	}
	return d
}

func (f *facts) peeringMaxPrefixes(p *peering) {
	p.maxPrefix = [2]MaxPrefixes{
		{Count: expressroute.AzurePrefixesIPv4, WarnPercent: expressroute.WarnPercent, Origin: p.origin + ".maxPrefixes"},
		{Count: expressroute.AzurePrefixesIPv6, WarnPercent: expressroute.WarnPercent, Origin: p.origin + ".maxPrefixes"},
	}
	in := p.in.MaxPrefixes
	if in == nil {
		in = &intent.MaxPrefixes{}
	}
	for i, n := range []intent.At[int]{in.IPv4, in.IPv6} {
		if n.V > 0 {
			p.maxPrefix[i].Count, p.maxPos[i] = n.V, n.Pos
		} else {
			reason := "Azure sends no more per connection"
			if p.microsoft {
				reason = "a guard that only logs; Microsoft names no number"
			}
			f.supply(p.maxPrefix[i].Origin+"."+Family(i).String(), strconv.Itoa(p.maxPrefix[i].Count), reason)
		}
		if in.Action.V == "restart" {
			p.maxPrefix[i].Restart = 5 * time.Minute
		}
	}
	if !in.Action.Set() {
		f.supply(p.origin+".maxPrefixes.action", "warn", "the filter already bounds what comes in; a teardown would take both links at once")
	}
}

func (f *facts) link(p *peering, in *intent.Link, position Position) *link {
	l := &link{peering: p, position: position, in: in, origin: p.origin + "." + position.String(), shutdown: in.Shutdown.V, zone: "azure"}
	f.linkEnd(l)
	f.linkSubnets(l)
	f.linkVLAN(l)
	if in.Zone.Set() && f.word(in.Zone, zoneName, "zone name", "letters, digits, hyphen and underscore") {
		l.zone = in.Zone.V
	} else if l.router != nil && l.router.model == SRX {
		f.supply(l.origin+".zone", "azure", "one zone for all ER links of a router: a flow may return on the other link")
	}
	if l.router != nil {
		l.router.links = append(l.router.links, l)
	}
	return l
}

// linkEnd finds the router and the interface: the link's own, or the Direct
// port's.
func (f *facts) linkEnd(l *link) {
	router, iface := l.in.Router, l.in.Interface
	said := false // what is wrong with the circuit or its port says why an end is missing
	if l.peering.circuit.model == "direct" && l.peering.circuit.in.Port.Set() {
		name := l.peering.circuit.in.Port
		port := f.in.DirectPorts.Get(name.V)
		if port == nil {
			f.fault(unknownName, name.Pos, fmt.Sprintf("no Direct port pair is called %q", name.V), diag.DidYouMean(name.V, names(f.in.DirectPorts, func(e intent.Entry[intent.DirectPort]) string { return e.Name.V })))
			return
		}
		said = !router.Set() // the schema names what a pair lacks
		if end := []*intent.Port{port.Value.Primary, port.Value.Secondary}[l.position]; end != nil && !router.Set() {
			router, iface = end.Router, end.Interface
			if l.in.Interface.Set() {
				f.fault(badValue, l.in.Interface.Pos, fmt.Sprintf("the %s link of %s names an interface and no router", l.position, l.peering.path), fmt.Sprintf("it is on the port %s of %s: leave interface out", iface.V, router.V))
			}
		}
	}
	l.iface = iface
	f.word(iface, ifaceText, "interface name", "write the vendor's own name, such as TenGigabitEthernet0/0/1, xe-0/0/1 or eth1")
	l.router = f.router(router)
	switch where := fmt.Sprintf("the %s link of %s", l.position, l.peering.path); {
	case said, router.Set() && iface.Set():
	case !router.Set() && !iface.Set() && f.portMissing(l.peering.circuit):
	case !router.Set() && !iface.Set():
		f.fault(badValue, l.in.Pos, where+" names neither router nor interface", "write router: NAME and interface: NAME, the interface in the vendor's words")
	case !router.Set():
		f.fault(badValue, l.in.Pos, where+" names no router", "write router: NAME")
	default:
		f.fault(badValue, l.in.Pos, where+" names no interface", "write interface: NAME, in the vendor's words")
	}
}

// linkSubnets takes the link's own subnets, or its half of the peering's
// block. Addresses are derived only where the subnet has the right size; the
// rules say what is wrong with any other.
func (f *facts) linkSubnets(l *link) {
	for i, own := range []intent.At[string]{l.in.IPv4, l.in.IPv6} {
		family, block := Family(i), []intent.At[netip.Prefix]{l.peering.block4, l.peering.block6}[i]
		l.subnet[i] = f.prefix(own)
		if !own.Set() && block.V.IsValid() {
			if primary, secondary, err := expressroute.SplitLinkBlock(block.V); err == nil {
				l.subnet[i] = intent.At[netip.Prefix]{V: []netip.Prefix{primary, secondary}[l.position], Pos: block.Pos}
				f.supply(l.origin+"."+family.String(), yamlText(l.subnet[i].V.String()), "the "+[]string{"low", "high"}[l.position]+" half of "+block.V.String())
			}
		}
		subnet := l.subnet[i].V
		if !subnet.IsValid() || FamilyOf(subnet.Addr()) != family {
			continue
		}
		if ours, msee, err := expressroute.LinkAddresses(subnet); err == nil {
			l.ours[family], l.msee[family] = ours, msee
		}
	}
	first := l.ours[IPv4]
	neighbor := l.msee[IPv4]
	if !first.IsValid() {
		first, neighbor = l.ours[IPv6], l.msee[IPv6]
	}
	if first.IsValid() && !l.in.Address.Set() {
		f.supply(l.origin+".address", yamlText(first.String()), "the first usable address is ours")
	}
	if first.IsValid() && !l.in.Neighbor.Set() {
		f.supply(l.origin+".neighbor", yamlText(neighbor.String()), "the second usable address is Microsoft's")
	}
}

func (f *facts) linkVLAN(l *link) {
	vlan := l.in.VLAN
	if vlan.Pos.IsZero() {
		vlan = l.peering.in.VLAN
	}
	l.tagPos, l.qinqGiven = vlan.Pos, vlan.Outer.Set()
	// A tag outside of its range stays zero; rule ER040 names it.
	l.tag.Inner, _ = ether.ParseVLAN(vlan.Inner.V)
	l.tag.Outer, _ = ether.ParseVLAN(vlan.Outer.V)
	l.unit = int(l.tag.Inner)
	reason := "the VLAN"
	if l.tag.Outer > 0 {
		l.unit, reason = int(l.tag.Outer), "the outer tag"
		if l.peering.microsoft {
			l.unit, reason = l.unit+5000, "the outer tag + 5000"
		}
	}
	if l.in.Unit.Set() {
		l.unit, l.unitPos = l.in.Unit.V, l.in.Unit.Pos
	} else if l.unit > 0 {
		f.supply(l.origin+".unit", strconv.Itoa(l.unit), reason)
	}
}
