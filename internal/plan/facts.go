package plan

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/ercfg/ercfg/internal/bgp"
	"github.com/ercfg/ercfg/internal/diag"
	"github.com/ercfg/ercfg/internal/ether"
	"github.com/ercfg/ercfg/internal/intent"
	"github.com/ercfg/ercfg/internal/secret"
)

// facts are the intent with every scalar parsed, every default applied and
// every name looked up: what the rules check and the plan is derived from. A
// value keeps its place; the zero place marks a default. A value that could
// not be parsed has been reported: it keeps its place and is the zero value,
// which every rule passes over.
type facts struct {
	in         *intent.Intent
	env        Env
	name       string
	networks   []*network
	vnets      []*vnet
	services   []*service
	routers    []*router
	circuits   []*circuit
	vpns       []*vpn
	statements []*statement
	macsec     map[string]MACsec // by port pair
	flow       Flow              // zero: none

	networkByName map[string]*network
	vnetByName    map[string]*vnet
	serviceByName map[string]*service
	routerByName  map[string]*router
	circuitByName map[string]*circuit
	vpnByName     map[string]*vpn

	brought    map[*vpn]*space[*vnet] // made by the first call of brings
	outweighed map[*vpn]bool          // reported: a circuit wins over them

	diags    diag.List
	defaults []intent.Addition // kept only when asked for
	explain  bool
}

// A network is a named set of on-premises prefixes.
type network struct {
	name      intent.At[string]
	in        *intent.Network
	prefixes  []intent.At[netip.Prefix]
	internet  []intent.At[netip.Prefix]
	public    bool
	originate *originate // nil: as the router says
	origin    string
}

// A vnet is an Azure virtual network.
type vnet struct {
	name          intent.At[string]
	in            *intent.VNet
	prefixes      []intent.At[netip.Prefix]
	community     intent.At[bgp.Community]
	gatewaySubnet intent.At[netip.Prefix]
	gatewayASN    intent.At[bgp.ASN] // of the VPN gateway
	instances     []*instance        // of the VPN gateway
	origin        string
}

// An instance is one of a VPN gateway's instances.
type instance struct {
	in      *intent.Instance
	public  intent.At[netip.Addr]
	private intent.At[netip.Addr]
	bgp     intent.At[netip.Addr]
}

// ownSpace reports whether the VNet has p for its gateways alone, so that BGP
// can tell the way to them from the way to everything else. Where p is a VNet
// of its own in the intent, the statements tell them apart, and nothing asks.
func (v *vnet) ownSpace(p netip.Prefix) bool {
	return v.gatewaySubnet.V.IsValid() && p == v.gatewaySubnet.V
}

// A service is a set of Microsoft services.
type service struct {
	name        intent.At[string]
	communities []intent.At[bgp.Community]
	prefixes    []intent.At[netip.Prefix]
	origin      string
}

// A router is one edge router.
type router struct {
	name      intent.At[string]
	in        *intent.Router
	platform  Platform
	model     Model
	version   Version
	role      Role
	asn       intent.At[bgp.ASN]
	routerID  intent.At[netip.Addr]
	loopback4 intent.At[netip.Addr]
	loopback6 intent.At[netip.Addr]
	originate originate
	zone      string    // of the loopback on an SRX; empty: not given
	vrfs      []*vrf    // in the order of the intent
	links     []*link   // of all peerings that end here, in the order of the circuits
	tunnels   []*tunnel // of all VPNs that end here, in the order of the VPNs
	exporter  intent.At[netip.Addr]
	origin    string
}

// vrf looks up a VRF of the router; nil: none of that name.
func (r *router) vrf(name string) *vrf {
	for _, v := range r.vrfs {
		if v.name.V == name {
			return v
		}
	}
	return nil
}

// A vrf is a VRF of one router.
type vrf struct {
	name      intent.At[string]
	in        *intent.VRF
	rd        intent.At[bgp.RouteDistinguisher]
	imports   []intent.At[bgp.RouteTarget]
	exports   []intent.At[bgp.RouteTarget]
	neighbors []*customer
	origin    string
}

// A customer is a customer's CE session in a VRF.
type customer struct {
	in       *intent.VRFNeighbor
	addr     intent.At[netip.Addr]
	asn      intent.At[bgp.ASN]
	prefixes []intent.At[netip.Prefix]
	md5      intent.At[secret.Ref]
	timers   Timers
	bfd      BFD // zero: off
	origin   string
}

// A vpn is a site-to-site VPN to the VPN gateway of a VNet.
type vpn struct {
	name     intent.At[string]
	in       *intent.VPN
	vnet     *vnet    // nil: unknown
	underlay *peering // nil: the Internet, or unknown
	vrf      string   // of the inside: that of its statements' circuits
	vrfPos   diag.Pos // of the path that says so
	psk      intent.At[secret.Ref]
	timers   Timers
	version  int // of IKE
	ike      IKEProposal
	esp      ESPProposal
	dpd      time.Duration
	mss, mtu int // bytes
	tunnels  []*tunnel
	origin   string
}

// tag is a VPN's part of an object name.
func (v *vpn) tag() string { return strings.ToUpper(v.name.V) }

// A tunnel is one tunnel of a VPN.
type tunnel struct {
	vpn     *vpn
	in      *intent.Tunnel
	router  *router   // nil: unknown or not given
	gateway *instance // nil: unknown or not given
	iface   intent.At[string]
	local   intent.At[netip.Addr]   // sources the tunnel
	remote  intent.At[netip.Addr]   // of the gateway: public or private, as the underlay asks
	peer    intent.At[netip.Addr]   // the gateway's BGP peer address
	nextHop intent.At[netip.Addr]   // that remote is pinned to
	inside  intent.At[netip.Prefix] // our address with its length; zero: unnumbered
	outside string                  // VRF of the outside
	zone    string
	origin  string
}

// onLink reports whether the gateway's BGP peer is reached without a route of
// its own: it lies in the inside subnet, as an APIPA peer does.
func (t *tunnel) onLink() bool {
	return t.inside.V.IsValid() && t.peer.V.IsValid() && t.inside.V.Masked().Contains(t.peer.V)
}

// ours is the address that our end of the tunnel's BGP session has: inside of
// the tunnel where the peer is there, too, otherwise the loopback. It is zero
// where the router has none.
func (t *tunnel) ours() netip.Addr {
	switch {
	case t.onLink():
		return t.inside.V.Addr()
	case t.router != nil:
		return t.router.loopback4.V
	}
	return netip.Addr{}
}

// stateful reports whether the router drops packets of flows that it has not
// seen from the start.
func (r *router) stateful() bool { return r.platform == Junos && r.model == SRX }

// originates says how the prefixes of n come into BGP on the router.
func (r *router) originates(n *network) originate {
	if n.originate != nil {
		return *n.originate
	}
	return r.originate
}

// originate says how prefixes come into BGP on a router.
type originate struct {
	how      Originate
	via      [2]netip.Addr // by Family
	protocol string
	process  int
	pos      diag.Pos
}

// A circuit is one ExpressRoute circuit.
type circuit struct {
	name      intent.At[string]
	in        *intent.Circuit
	model     string // exchange, point-to-point, ipvpn, direct
	sku       string // local, standard, premium
	mbps      intent.At[int]
	created   intent.At[time.Time]
	private   *peering // nil: none
	microsoft *peering // nil: none
	origin    string
}

// peerings yields the peerings that the circuit has, private first.
func (c *circuit) peerings() []*peering {
	var out []*peering
	for _, p := range []*peering{c.private, c.microsoft} {
		if p != nil {
			out = append(out, p)
		}
	}
	return out
}

// A peering is a private or Microsoft peering.
type peering struct {
	path      string // er-london, er-ams.microsoft: what traffic calls it
	circuit   *circuit
	microsoft bool
	in        *intent.Peering
	links     [2]*link // by Position; nil: missing
	block4    intent.At[netip.Prefix]
	block6    intent.At[netip.Prefix]
	mseeASN   intent.At[bgp.ASN]
	custASN   intent.At[bgp.ASN] // Microsoft peering; zero: not given
	md5       intent.At[secret.Ref]
	timers    [2]Timers      // by Family
	timersPos [2]timerPlaces // by Family
	bfd       BFD            // of IPv4 sessions; zero: off
	bfdPos    diag.Pos
	maxPrefix [2]MaxPrefixes // by Family
	maxPos    [2]diag.Pos
	vrf       string
	mtu       intent.At[int]
	origin    string
}

// timerPlaces are the places of a peering's timers; zero for defaults.
type timerPlaces struct{ keepalive, hold diag.Pos }

// both yields the links that the peering has, primary first.
func (p *peering) both() []*link {
	var out []*link
	for _, l := range p.links {
		if l != nil {
			out = append(out, l)
		}
	}
	return out
}

// A link is one of the two links of a peering.
type link struct {
	peering   *peering
	position  Position
	in        *intent.Link
	router    *router // nil: unknown or not given
	iface     intent.At[string]
	subnet    [2]intent.At[netip.Prefix] // by Family, as written or as half of the peering's block
	ours      [2]netip.Addr              // by Family; zero: no session of that family
	msee      [2]netip.Addr
	tag       ether.Tag
	tagPos    diag.Pos
	qinqGiven bool // the intent gives an outer tag
	unit      int
	unitPos   diag.Pos // zero: derived
	shutdown  bool
	zone      string
	origin    string
}

// subinterface is the link's interface as every vendor names it.
func (l *link) subinterface() string { return fmt.Sprintf("%s.%d", l.iface.V, l.unit) }

// has reports whether the link has a session of family f.
func (l *link) has(f Family) bool { return l.ours[f].IsValid() }

// A statement is one line of traffic.
type statement struct {
	in       *intent.Statement
	name     string
	pos      diag.Pos
	networks []*network
	vnets    []*vnet
	services []*service
	paths    []*path // in order of preference
	steers   []steer // set by the first call of steering
	origin   string
}

// A path is one entry of prefer: a peering or a VPN.
type path struct {
	name    intent.At[string]
	peering *peering // nil: a VPN
	vpn     *vpn     // nil: a peering
}

// path is what the plan calls it.
func (p *path) path() string {
	if p.vpn != nil {
		return p.vpn.name.V
	}
	return p.peering.path
}

// circuits yields the statement's peerings in order.
func (s *statement) circuits() []*path {
	var out []*path
	for _, p := range s.paths {
		if p.peering != nil {
			out = append(out, p)
		}
	}
	return out
}

// routers are those on which the paths of the statement end, each once.
func (s *statement) routers() []*router {
	var out []*router
	add := func(r *router) {
		if r != nil && !slices.Contains(out, r) {
			out = append(out, r)
		}
	}
	for _, p := range s.paths {
		if p.vpn != nil {
			for _, t := range p.vpn.tunnels {
				add(t.router)
			}
			continue
		}
		for _, l := range p.peering.both() {
			add(l.router)
		}
	}
	return out
}

// fault reports an error, warn a warning, note an info.
func (f *facts) fault(code diag.Code, pos diag.Pos, summary, hint string, related ...diag.Pos) {
	f.diags = append(f.diags, diag.Diagnostic{Code: code, Severity: diag.Error, Pos: pos, Summary: summary, Hint: hint, Related: related})
}

func (f *facts) warn(code diag.Code, pos diag.Pos, summary, hint string, related ...diag.Pos) {
	f.diags = append(f.diags, diag.Diagnostic{Code: code, Severity: diag.Warning, Pos: pos, Summary: summary, Hint: hint, Related: related})
}

func (f *facts) note(code diag.Code, pos diag.Pos, summary, hint string, related ...diag.Pos) {
	f.diags = append(f.diags, diag.Diagnostic{Code: code, Severity: diag.Info, Pos: pos, Summary: summary, Hint: hint, Related: related})
}

// supply keeps a default for `ercfg show`.
func (f *facts) supply(path, value, reason string) {
	if f.explain {
		f.defaults = append(f.defaults, intent.Addition{Path: path, Value: value, Reason: reason})
	}
}

// derived keeps a number that follows from other values; `ercfg show` prints
// it as a comment, because writing it would turn it into an override.
func (f *facts) derived(path, value, reason string) {
	if f.explain {
		f.defaults = append(f.defaults, intent.Addition{Path: path, Value: value, Reason: reason, Comment: true})
	}
}

// byCommunity reports whether Azure's prefixes are recognised by community.
func (p *peering) byCommunity() bool { return p.microsoft || p.in.MatchBy.V == "community" }

// bounds is the service where it accepts only some prefixes, else nil.
func (s *service) bounds() *service {
	if len(s.prefixes) == 0 {
		return nil
	}
	return s
}
