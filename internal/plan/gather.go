package plan

import (
	"fmt"
	"math"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ercfg/ercfg/internal/diag"
	"github.com/ercfg/ercfg/internal/ether"
	"github.com/ercfg/ercfg/internal/expressroute"
	"github.com/ercfg/ercfg/internal/intent"
)

// newFacts starts with what needs no parsing.
func newFacts(doc *intent.Document, env Env) *facts {
	return &facts{
		in: doc.Intent, env: env, name: doc.Intent.Metadata.Name.V,
		networkByName: make(map[string]*network), vnetByName: make(map[string]*vnet), serviceByName: make(map[string]*service),
		routerByName: make(map[string]*router), circuitByName: make(map[string]*circuit), vpnByName: make(map[string]*vpn),
	}
}

// gather parses every scalar, applies every default and looks up every name.
func gather(doc *intent.Document, env Env) *facts {
	f := newFacts(doc, env)
	f.gather()
	return f
}

func (f *facts) gather() {
	f.gatherNetworks()
	f.gatherAzure()
	f.gatherRouters()
	f.gatherPorts()
	f.gatherCircuits()
	f.gatherVPNs()
	f.gatherStatements()
	f.gatherTelemetry()
}

func (f *facts) gatherNetworks() {
	for i := range f.in.Onprem.Networks {
		e := &f.in.Onprem.Networks[i]
		n := &network{name: e.Name, in: &e.Value, public: e.Value.Public.V, origin: "onprem.networks." + e.Name.V}
		n.prefixes = f.prefixes(e.Value.Prefixes)
		n.internet = f.prefixes(e.Value.Internet)
		if e.Value.Originate != nil {
			o := f.originate(e.Value.Originate)
			n.originate = &o
		}
		f.networks = append(f.networks, n)
		f.networkByName[n.name.V] = n
	}
}

func (f *facts) originate(in *intent.Originate) originate {
	o := originate{how: Anchor, pos: in.Pos}
	switch {
	case in.Redistribute.Set():
		o.how, o.protocol, o.process = Redistribute, in.Redistribute.V, in.Process.V
	case len(in.Via) > 0:
		o.how = Via
		for _, v := range in.Via {
			if a := f.addr(v).V; a.IsValid() {
				o.via[FamilyOf(a)] = a
			}
		}
	case in.Word.V == "network":
		o.how = Network
	case in.Word.V == "learned":
		o.how = Learned
	}
	if in.Redistribute.Set() && len(in.Via) > 0 {
		f.fault(badValue, in.Pos, "originate has both via and redistribute", "keep one of them")
	}
	return o
}

func (f *facts) gatherAzure() {
	for i := range f.in.Azure.VNets {
		e := &f.in.Azure.VNets[i]
		v := &vnet{name: e.Name, in: &e.Value, origin: "azure.vnets." + e.Name.V}
		v.prefixes = f.prefixes(e.Value.Prefixes)
		v.community = f.community(e.Value.Community)
		v.gatewaySubnet = f.prefix(e.Value.GatewaySubnet)
		f.gatherGateway(v)
		f.vnets = append(f.vnets, v)
		f.vnetByName[v.name.V] = v
	}
	for i := range f.in.Azure.Services {
		e := &f.in.Azure.Services[i]
		s := &service{name: e.Name, origin: "azure.services." + e.Name.V}
		if len(e.Value.Prefixes) > 0 {
			f.word(e.Name, objectName, "service name", "with prefixes it names objects on routers: lower case letters, digits and hyphen, 32 at most")
		}
		for _, c := range e.Value.Communities {
			if c := f.community(c); c.Set() {
				s.communities = append(s.communities, c)
			}
		}
		s.prefixes = f.prefixes(e.Value.Prefixes)
		f.services = append(f.services, s)
		f.serviceByName[s.name.V] = s
	}
}

// defaultVersions are the releases whose text the templates write.
var defaultVersions = map[Platform]string{IOSXE: "17.12", Junos: "23.4", FRR: "8.4"}

func (f *facts) gatherRouters() {
	for i := range f.in.Routers {
		e := &f.in.Routers[i]
		in := &e.Value
		r := &router{name: e.Name, in: in, origin: "routers." + e.Name.V}
		f.word(e.Name, hostName, "router name", "a router's name is its host name: letters, digits, hyphen and dot")
		r.platform = Platform(max(slices.Index([]string{"ios-xe", "junos", "frr"}, in.Platform.V), 0))
		r.version = f.version(r)
		if r.platform == Junos {
			if !in.Model.Set() {
				f.supply(r.origin+".model", "mx", "an MX has no security zones")
			}
			if in.Model.V == "srx" {
				r.model = SRX
			}
		}
		if !in.Role.Set() {
			f.supply(r.origin+".role", "ce", "customer edge")
		}
		if in.Role.V == "pe" {
			r.role = PE
		}
		r.asn = f.asn(in.ASN)
		r.routerID = f.addr(in.RouterID)
		if r.routerID.V.Is6() {
			f.fault(badValue, r.routerID.Pos, "a BGP router ID has the form of an IPv4 address", "write the IPv4 address of the loopback")
		}
		if in.Loopback != nil {
			f.word(in.Loopback.Interface, ifaceText, "interface name", "write the vendor's own name, such as Loopback0, lo0 or lo")
			r.loopback4 = f.host(in.Loopback.IPv4, IPv4)
			r.loopback6 = f.host(in.Loopback.IPv6, IPv6)
			f.word(in.Loopback.Zone, zoneName, "zone name", "letters, digits, hyphen and underscore")
			r.zone = in.Loopback.Zone.V
		}
		r.originate = f.routerOriginate(r)
		if in.SSH != nil {
			f.secret(in.SSH.Password)
			f.secret(in.SSH.Key)
		}
		r.exporter = f.addr(in.Exporter)
		f.checkIndexes(r)
		f.gatherVRFs(r)
		f.routers = append(f.routers, r)
		f.routerByName[r.name.V] = r
	}
}

// checkIndexes wants numbers that an interface can have (RFC 2863, InterfaceIndex),
// each of them once.
func (f *facts) checkIndexes(r *router) {
	first := make(map[int]intent.At[string])
	for _, e := range r.in.InterfaceIndex {
		f.word(e.Name, ifaceText, "interface name", "write the vendor's own name, with its unit")
		n := e.Value
		switch before := first[n.V]; {
		case !n.Set():
		case n.V < 1 || n.V > math.MaxInt32:
			f.fault(badValue, n.Pos, fmt.Sprintf("%d is no interface index", n.V), "write 1 to 2147483647")
		case before.Set():
			f.fault(badValue, n.Pos, fmt.Sprintf("%s and %s of %s have one interface index, %d", before.V, e.Name.V, r.name.V, n.V), "an index tells interfaces apart: give each its own", before.Pos)
		default:
			first[n.V] = e.Name
		}
	}
}

func (f *facts) version(r *router) Version {
	text := r.in.Version.V
	if text == "" {
		text = defaultVersions[r.platform]
		f.supply(r.origin+".version", strconv.Quote(text), "the release that ercfg writes for")
	}
	v := Version{Text: text}
	major, rest, _ := strings.Cut(text, ".")
	v.Major, _ = strconv.Atoi(major) // the schema has checked the form
	end := strings.IndexFunc(rest, func(r rune) bool { return r < '0' || r > '9' })
	if end < 0 {
		end = len(rest)
	}
	v.Minor, _ = strconv.Atoi(rest[:end])
	return v
}

func (f *facts) routerOriginate(r *router) originate {
	if r.in.Originate != nil {
		return f.originate(r.in.Originate)
	}
	if r.role == PE {
		f.supply(r.origin+".originate", "learned", "a PE has the prefixes in BGP already")
		return originate{how: Learned}
	}
	f.supply(r.origin+".originate", "anchor", "a discard route with a distance worse than any IGP lets `network` find the prefix")
	return originate{how: Anchor}
}

func (f *facts) router(name intent.At[string]) *router {
	if !name.Set() {
		return nil
	}
	if r := f.routerByName[name.V]; r != nil {
		return r
	}
	f.fault(unknownName, name.Pos, fmt.Sprintf("no router is called %q", name.V), diag.DidYouMean(name.V, names(f.routers, func(r *router) string { return r.name.V })))
	return nil
}

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

// portMissing reports a circuit whose links rely on a Direct port that it does
// not have: one finding for all of them. It returns false where the links are
// to name their own ends.
func (f *facts) portMissing(c *circuit) bool {
	port := c.in.Port
	switch pair := f.in.DirectPorts.Get(port.V); {
	case c.model == "direct" && !port.Set():
		f.fault(badValue, c.name.Pos, fmt.Sprintf("circuit %s has model direct and no port, and its links name no router", c.name.V), "write port: NAME, a pair under directPorts")
	case c.model == "direct" || !port.Set():
		return false
	case pair == nil || pair.Value.MACsec == nil: // otherwise ER180 says it
		f.fault(badValue, port.Pos, fmt.Sprintf("%s is a provider's circuit, and its links rely on the Direct port %s", c.name.V, port.V), "write model: direct where the port is your own; otherwise write router and interface at each link in its place", c.in.Model.Pos)
	}
	return true
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

func (f *facts) gatherStatements() {
	seen := make(map[string]*statement)
	for i := range f.in.Traffic {
		in := &f.in.Traffic[i]
		s := &statement{in: in, name: in.Name.V, pos: in.Pos, origin: "traffic." + in.Name.V}
		f.line(in.Name)
		if before := seen[s.name]; before != nil {
			f.fault("ER903", in.Name.Pos, fmt.Sprintf("two statements are called %q", s.name), "a statement is known by its name", before.in.Name.Pos)
		}
		seen[s.name] = s
		for _, name := range in.Onprem {
			if n := f.network(name); n != nil {
				s.networks = append(s.networks, n)
			}
		}
		f.statementAzure(s)
		for _, name := range in.Prefer {
			f.statementPath(s, name)
		}
		if n := len(s.circuits()); n > expressroute.CircuitRanks {
			f.fault(badValue, in.Name.Pos, fmt.Sprintf("statement %s orders %d circuits", s.name, n), fmt.Sprintf("the local-preference ladder has %d steps", expressroute.CircuitRanks))
		}
		f.statementMaps(s)
		f.statements = append(f.statements, s)
	}
	f.vpnVRFs()
}

// vpnVRFs puts the inside of each VPN into the VRF of the circuits that stand
// beside it in a statement. Without any it is in the global table.
func (f *facts) vpnVRFs() {
	for _, s := range f.statements {
		circuits := s.circuits()
		if len(circuits) == 0 {
			continue
		}
		for _, p := range s.paths {
			if p.vpn != nil && p.vpn.vrfPos.IsZero() {
				p.vpn.vrf, p.vpn.vrfPos = circuits[0].peering.vrf, circuits[0].name.Pos
			}
		}
	}
}

// network looks up an on-premises network.
func (f *facts) network(name intent.At[string]) *network {
	n := f.networkByName[name.V]
	if n == nil {
		f.fault(unknownName, name.Pos, fmt.Sprintf("no on-premises network is called %q", name.V), diag.DidYouMean(name.V, names(f.networks, func(n *network) string { return n.name.V })))
	}
	return n
}

func (f *facts) statementAzure(s *statement) {
	for _, name := range s.in.Azure {
		if v := f.vnetByName[name.V]; v != nil {
			s.vnets = append(s.vnets, v)
			continue
		}
		if v := f.serviceByName[name.V]; v != nil {
			s.services = append(s.services, v)
			continue
		}
		known := append(names(f.vnets, func(v *vnet) string { return v.name.V }), names(f.services, func(v *service) string { return v.name.V })...)
		f.fault(unknownName, name.Pos, fmt.Sprintf("no VNet or service set is called %q", name.V), diag.DidYouMean(name.V, known))
	}
}

func (f *facts) statementPath(s *statement, name intent.At[string]) {
	for _, p := range s.paths {
		if p.name.V == name.V {
			f.fault("ER903", name.Pos, fmt.Sprintf("the path %q is listed twice", name.V), "a path has one place in the order", p.name.Pos)
			return
		}
	}
	if p := f.peeringOf(name.V); p != nil {
		if p.circuit.private != nil && p.circuit.microsoft != nil && !strings.Contains(name.V, ".") {
			f.fault(unknownName, name.Pos, fmt.Sprintf("%q has two peerings", name.V), fmt.Sprintf("write %s.private or %s.microsoft", name.V, name.V))
		}
		s.paths = append(s.paths, &path{name: name, peering: p})
		return
	}
	if v := f.vpnByName[name.V]; v != nil {
		s.paths = append(s.paths, &path{name: name, vpn: v})
		return
	}
	if !f.withoutPeering(name.V) {
		f.fault(unknownName, name.Pos, fmt.Sprintf("no circuit or VPN is called %q", name.V), diag.DidYouMean(name.V, f.pathNames()))
	}
}

// withoutPeering reports whether a path names a circuit that has no peering at
// all, which ER001 or ER002 says.
func (f *facts) withoutPeering(path string) bool {
	name, _, _ := strings.Cut(path, ".")
	c := f.circuitByName[name]
	return c != nil && len(c.peerings()) == 0
}

// peeringOf finds the peering that a path names: CIRCUIT, CIRCUIT.private or
// CIRCUIT.microsoft.
func (f *facts) peeringOf(name string) *peering {
	name, kind, dotted := strings.Cut(name, ".")
	c := f.circuitByName[name]
	switch {
	case c == nil:
		return nil
	case kind == "microsoft":
		return c.microsoft
	case kind == "private":
		return c.private
	case dotted:
		return nil
	case c.private != nil:
		return c.private
	}
	return c.microsoft
}

func (f *facts) pathNames() []string {
	var out []string
	for _, c := range f.circuits {
		for _, p := range c.peerings() {
			out = append(out, p.path)
		}
	}
	return append(out, names(f.vpns, func(v *vpn) string { return v.name.V })...)
}

// statementMaps checks the keys of preference and prepend.
func (f *facts) statementMaps(s *statement) {
	check := func(name intent.At[string]) {
		whole := strings.TrimSuffix(strings.TrimSuffix(name.V, ".primary"), ".secondary")
		if !slices.ContainsFunc(s.paths, func(p *path) bool { return p.is(whole) }) {
			f.fault(unknownName, name.Pos, fmt.Sprintf("%q is no path of statement %s", name.V, s.name), "name a path of its prefer list, with .primary or .secondary behind it for one link")
		}
	}
	for _, e := range s.in.Preference {
		check(e.Name)
		if e.Value.Set() && (e.Value.V < 1 || e.Value.V > math.MaxUint32) {
			f.fault(badValue, e.Value.Pos, fmt.Sprintf("%d is no local-preference", e.Value.V), "write 1 to 4294967295; more is better, and 100 is what a router gives by itself")
		}
	}
	for _, e := range s.in.Prepend {
		check(e.Name)
		f.asns(e.Value.ASNs)
	}
}

// is reports whether name means this path.
func (p *path) is(name string) bool {
	if p.vpn != nil {
		return name == p.vpn.name.V
	}
	return name == p.peering.path || name == p.name.V || (!p.peering.microsoft && name == p.peering.circuit.name.V+".private")
}

// asns reports the AS numbers of a list that are none.
func (f *facts) asns(list []intent.At[intent.ASN]) {
	for _, a := range list {
		f.asn(a)
	}
}

func names[T any](list []T, name func(T) string) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = name(v)
	}
	return out
}

// yamlDuration writes a duration as the intent does: 300ms, 20s.
func yamlDuration(d time.Duration) string {
	if d%time.Second == 0 {
		return strconv.Itoa(int(d/time.Second)) + "s"
	}
	return strconv.Itoa(int(d/time.Millisecond)) + "ms"
}

// yamlText quotes what YAML would read as a mapping.
func yamlText(s string) string {
	if strings.Contains(s, ":") {
		return strconv.Quote(s)
	}
	return s
}
