package plan

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ercfg/ercfg/internal/diag"
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

// withoutPeering reports whether a path names a circuit that has no peering at
// all, which ER001 or ER002 says.
func (f *facts) withoutPeering(path string) bool {
	name, _, _ := strings.Cut(path, ".")
	c := f.circuitByName[name]
	return c != nil && len(c.peerings()) == 0
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
