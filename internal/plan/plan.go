// Package plan turns an intent into facts: typed, defaulted, cross-checked,
// sorted, and the same for every vendor.
//
// In comes an intent as written; out go a Plan and findings. The package knows
// Azure's rules and BGP policy, and no vendor's words. It reads no clock, no
// environment and no secret: today's date and whatever can be read of a
// secret are parameters.
package plan

import (
	"net/netip"
	"strconv"
	"time"

	"github.com/ercfg/ercfg/internal/bgp"
	"github.com/ercfg/ercfg/internal/ether"
	"github.com/ercfg/ercfg/internal/secret"
)

// Plan is everything that is rendered, checked and predicted, with nothing
// left to look up. Slices are sorted by name unless a comment says otherwise.
type Plan struct {
	Name        string // of the intent, lower case
	Description Label
	Ticket      Label
	Owner       Label
	Routers     []Router
	Circuits    []Circuit
	VPNs        []VPN
	Networks    []OnpremNetwork
	VNets       []VNet
	Services    []Service
	Statements  []Statement // in the order of the intent
}

// Label is free text that may enter a configuration: one line, printable,
// bounded to 80 characters. The zero Label is no text.
type Label string

// Platform is a router operating system.
type Platform uint8

// The platforms that ercfg renders for.
const (
	IOSXE Platform = iota
	Junos
	FRR
)

// String returns the intent's word for the platform; it is also the name of
// the template directory.
func (p Platform) String() string { return [...]string{"ios-xe", "junos", "frr"}[p] }

// MarshalText writes the word.
func (p Platform) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// Model is a Junos family. On other platforms it is MX and means nothing.
type Model uint8

// The families that differ in what they need: an SRX has security zones.
const (
	MX Model = iota
	SRX
)

// String returns the intent's word for the model.
func (m Model) String() string { return [...]string{"mx", "srx"}[m] }

// MarshalText writes the word.
func (m Model) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// Role says which side of the provider's service a router stands on.
type Role uint8

// Customer edge and provider edge.
const (
	CE Role = iota
	PE
)

// String returns the intent's word for the role.
func (r Role) String() string { return [...]string{"ce", "pe"}[r] }

// MarshalText writes the word.
func (r Role) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// Version is a software release, compared by its first two numbers.
type Version struct {
	Major, Minor int
	Text         string // as written
}

// Family is an address family of unicast BGP.
type Family uint8

// The two families; a session carries exactly one.
const (
	IPv4 Family = iota
	IPv6
)

// String returns "ipv4" or "ipv6".
func (f Family) String() string { return [...]string{"ipv4", "ipv6"}[f] }

// MarshalText writes the word.
func (f Family) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// FamilyOf returns the family of a.
func FamilyOf(a netip.Addr) Family {
	if a.Is4() {
		return IPv4
	}
	return IPv6
}

// Router is one router's whole slice of the plan.
type Router struct {
	Name        string
	Platform    Platform
	Version     Version
	Model       Model
	Role        Role
	ASN         bgp.ASN
	RouterID    netip.Addr
	Loopback    Loopback
	VRFs        []VRF    // routing tables beside the global one
	Ports       []Port   // physical ports that are configured themselves, by interface
	Links       []Link   // ER subinterfaces, by interface and unit
	Tunnels     []Tunnel // by interface
	IBGP        []IBGP   // by family and neighbor
	Origins     []Origination
	Routes      []Route // static routes beside those of Origins; by VRF, prefix, interface
	PrefixLists []PrefixList
	Communities []CommunityList
	Policies    []Policy
	Multipath   Multipath // of the global table
	Flow        Flow      // zero: no flow export
	Indexes     []Index   // what the intent numbers itself, by interface
	// Resolution holds, per family in use, the policy that keeps a dead
	// router's next hop from resolving over an anchor.
	Resolution []Resolution
	Origin     string // intent path: routers.ce1
}

// Index is the number by which SNMP and flow records name an interface (RFC 2863,
// ifIndex), as the intent gives it. Routers other than Linux choose their own, and
// the intent says which it was.
type Index struct {
	Interface string // vendor's words, with its unit
	Number    int    // 1 to 2147483647
	Origin    string // routers.ce1.interfaceIndex.eth1.150
}

// Loopback is the router's own address. The LAN owns it: rendered, never
// compared or deleted.
type Loopback struct {
	Interface string
	IPv4      netip.Addr // zero: none
	IPv6      netip.Addr // zero: none
	Zone      Name       // security zone on an SRX; empty elsewhere
	Origin    string
}

// Position tells the two links of a circuit apart.
type Position uint8

// The link to the primary and to the secondary MSEE.
const (
	Primary Position = iota
	Secondary
)

// String returns "primary" or "secondary".
func (p Position) String() string { return [...]string{"primary", "secondary"}[p] }

// MarshalText writes the word.
func (p Position) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// VRF is a routing table of its own, with its own sessions. Links, Tunnels,
// Origins and Routes name the VRF that they lie in; the empty name is the
// global table.
type VRF struct {
	Name      Name
	RD        bgp.RouteDistinguisher // zero: none; such a VRF takes part in no VPN
	Import    []bgp.RouteTarget
	Export    []bgp.RouteTarget
	Families  [2]bool    // by Family: in use
	Customers []Customer // by neighbor
	Multipath Multipath
	Origin    string // routers.pe1.vrfs.PROD
}

// Customer is a customer's CE session in a VRF. The interface towards the CE is
// its owner's; only BFD, which some platforms bind there, is rendered on it.
type Customer struct {
	Session
	Interface string // vendor's words, with its unit; empty: not given
}

// Port is a physical port whose own configuration is ercfg's: a Direct port
// with MACsec.
type Port struct {
	Interface string
	Pair      string // of the intent: ams-pair
	Position  Position
	MACsec    MACsec
	Origin    string
}

// MACsec is IEEE 802.1AE with a static connectivity association key.
type MACsec struct {
	Cipher string     // Azure's word: gcm-aes-128, gcm-aes-256, gcm-aes-xpn-128, gcm-aes-xpn-256
	CKN    secret.Ref // hexadecimal digits, an even number, 64 at most
	CAK    secret.Ref // 32 or 64 hexadecimal digits
	SCI    bool       // the secure channel identifier is sent
	Origin string
}

// Link is one ER subinterface and its sessions.
type Link struct {
	Path        string // er-london, er-ams.microsoft
	Circuit     string
	Microsoft   bool // a Microsoft peering
	VRF         Name // empty: the global table
	Position    Position
	Description Label
	Interface   string // physical, vendor's words
	Unit        int    // subinterface number
	Tag         ether.Tag
	IPv4        netip.Prefix // our address with the link's length; zero: none
	IPv6        netip.Prefix
	MTUBytes    int  // IP MTU
	BFD         BFD  // of the IPv4 session; zero: off
	Zone        Name // SRX security zone
	// Remark sets outbound DSCP values to 0, but for those in DSCP (Microsoft
	// peering).
	Remark       bool
	DSCP         []int // 0 to 63, ascending
	RemarkOrigin string
	Sessions     []Session
	Origin       string // circuits.er-london.private.primary
}

// Subinterface is the link's interface as every vendor names it: the physical
// interface, a dot, and the unit.
func (l *Link) Subinterface() string { return l.Interface + "." + strconv.Itoa(l.Unit) }

// Tunnel is an IPsec tunnel to one instance of an Azure VPN gateway, and its
// BGP session. It carries IPv4 only.
type Tunnel struct {
	Path        string // s2s-frankfurt
	Instance    string // of the gateway
	Description Label
	Interface   string       // Tunnel1, st0.1, vti1
	Source      string       // interface that sources the tunnel; empty: only its address is known
	Local       netip.Addr   // address that sources the tunnel
	Remote      netip.Addr   // the gateway's
	Inside      netip.Prefix // our address in the tunnel with its length; zero: unnumbered, from the loopback
	VRF         Name         // of the inside
	OutsideVRF  Name
	Zone        Name // SRX security zone of the inside
	// OutsideZone is the security zone of the source on an SRX where ercfg puts
	// it there; empty: the source's zone is its owner's.
	OutsideZone Name
	MTUBytes    int // IP MTU
	MSSBytes    int // TCP segments are clamped to this
	IPsec       IPsec
	Session     Session
	Origin      string // vpns.s2s-frankfurt.tunnels.0
}

// IPsec is what both ends of a tunnel agree on. Algorithms are Azure's words in
// lower case: gcmaes256, aes256, sha256, none.
type IPsec struct {
	IKEVersion int
	PSK        secret.Ref
	PSKOrigin  string
	IKE        IKEProposal
	ESP        ESPProposal
	DPD        time.Duration // dead peer detection, whole seconds
	Passive    bool          // the router waits for the gateway
	Origin     string        // vpns.s2s-frankfurt
}

// IKEProposal is what protects the negotiation. With GCM, Integrity is the
// pseudo-random function.
type IKEProposal struct {
	Encryption string
	Integrity  string
	DHGroup    int
	Lifetime   time.Duration // whole seconds
	Origin     string
}

// ESPProposal is what protects the traffic. With GCM, Integrity equals
// Encryption and is no algorithm of its own.
type ESPProposal struct {
	Encryption string
	Integrity  string
	PFSGroup   int           // 0: none
	Lifetime   time.Duration // whole seconds
	Kilobytes  int           // lifetime by volume; 0: none
	Origin     string
}

// Route is a static route that brings nothing into BGP: it holds the far end
// of a tunnel, or of a session in one.
type Route struct {
	VRF       Name
	Prefix    netip.Prefix
	NextHop   netip.Addr // zero: Interface alone, or a discard
	Interface string     // egress, with its unit; empty: the next hop decides
	Discard   bool       // worse than any other route to the prefix
	// BFD tracks the next hop where the platform can; zero: untracked.
	BFD    BFD
	Local  netip.Addr // our address on the interface of a tracked route
	Origin string
}

// Flow is flow export, both directions on every link and tunnel.
type Flow struct {
	Protocol  string // ipfix, netflow9
	Collector netip.Addr
	Port      int        // UDP
	Source    netip.Addr // of the export packets; zero: the router's choice
	// SourceInterface holds Source, where that is the loopback.
	SourceInterface string
	Sampling        int           // one packet in N
	Active          time.Duration // a long flow is exported at least this often; whole seconds
	Inactive        time.Duration // a silent flow is exported after this; whole seconds
	Origin          string        // telemetry.collector
}

// On reports whether the router exports flows.
func (f Flow) On() bool { return f.Collector.IsValid() }

// Name is an identifier on a router: letters, digits, hyphen, underscore.
type Name = string

// BFD is single-hop asynchronous BFD (RFC 5881). The zero value is off.
type BFD struct {
	Interval   time.Duration // transmit and receive, whole milliseconds
	Multiplier int
	Origin     string
}

// On reports whether BFD runs.
func (b BFD) On() bool { return b.Interval > 0 }

// Timers are BGP timers in whole seconds (RFC 4271 §4.2, §10).
type Timers struct {
	Keepalive time.Duration
	Hold      time.Duration
	Origin    string
}

// MaxPrefixes is the guard of a session. Restart zero means: only warn.
type MaxPrefixes struct {
	Count       int
	WarnPercent int
	Restart     time.Duration // whole minutes
	Origin      string
}

// Session is one eBGP session: with an MSEE, a VPN gateway, or a customer's CE.
type Session struct {
	Family      Family
	Local       netip.Addr
	Neighbor    netip.Addr
	RemoteASN   bgp.ASN
	Description Label
	Timers      Timers
	BFD         BFD        // zero: off; equals the link's on IPv4
	MD5         secret.Ref // zero: none
	MD5Origin   string
	MaxPrefixes MaxPrefixes
	Shutdown    bool
	Multihop    int  // TTL of a session that is not directly connected; 0: it is
	Loopback    bool // sourced from the loopback, whose address is Local
	Passive     bool // waits for the neighbor to connect
	Import      Name // policy
	Export      Name // policy
	Origin      string
}

// IBGP is one iBGP session, loopback to loopback.
type IBGP struct {
	Family      Family // of the addresses, and of the unicast routes
	Peer        string // router name, or the address of a router outside
	Local       netip.Addr
	Neighbor    netip.Addr
	Description Label
	Timers      Timers
	MD5         secret.Ref // zero: none
	// Import and Export filter unicast routes. Both are empty on a session that
	// carries VPN routes alone.
	Import Name
	Export Name // sets next-hop-self
	// Communities are sent along: a policy of the other end matches them.
	Communities bool
	// VPN lists the families whose VPN routes the session carries (VPNv4,
	// VPNv6), unfiltered: route targets decide.
	VPN    []Family
	Origin string
}

// Originate says how a prefix comes into BGP.
type Originate uint8

// The ways of design: a discard route, a static route to the LAN, a route
// that is in the RIB already, one that is in BGP already, another protocol.
const (
	Anchor Originate = iota
	Via
	Network
	Learned
	Redistribute
)

// String returns the intent's word.
func (o Originate) String() string {
	return [...]string{"anchor", "via", "network", "learned", "redistribute"}[o]
}

// MarshalText writes the word.
func (o Originate) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// Origination is one on-premises prefix and how it comes into BGP. Sorted by
// VRF, family and prefix.
type Origination struct {
	VRF      Name
	Prefix   netip.Prefix
	How      Originate
	NextHop  netip.Addr // of Via
	Protocol string     // of Redistribute: ospf, isis, connected, static
	Process  string     // of Redistribute on IOS-XE; may be empty
	Filter   Name       // of Redistribute: the policy that picks the prefixes
	Origin   string
}

// PrefixList is a list of prefixes of one family.
type PrefixList struct {
	Name     Name
	Family   Family
	OrLonger bool // matches what lies in a prefix, too; otherwise exactly
	Entries  []PrefixEntry
	Origin   string
}

// CommunityList matches a route that has any of Members (RFC 1997).
type CommunityList struct {
	Name    Name
	Members []bgp.Community // ascending
	Origin  string
}

// PrefixEntry permits Prefix. Seq leaves gaps of ten.
type PrefixEntry struct {
	Seq    int
	Prefix netip.Prefix
	Origin string
}

// Policy is a route map or policy statement. Its last term denies everything, but
// for one that says over which routes next hops resolve.
type Policy struct {
	Name   Name
	Family Family
	Terms  []Term
	Origin string
}

// Term is one step of a policy; the first that matches decides.
type Term struct {
	Seq             int    // 10, 20, …; the final deny has 65535
	Deny            bool   // true only on the final term, or where Match says what to refuse
	Match           Name   // prefix list of the policy's family; empty: everything
	Communities     Name   // community list that has to match, too; empty: any or none
	Protocol        string // only routes of this protocol, where the platform lets other routes in (Junos exports any active route; resolution); empty: any
	LocalPreference uint32 // 0: leave
	Prepend         []bgp.ASN
	NextHopSelf     bool
	Origin          string
}

// Multipath is how many equal paths are installed. 1 is one path.
type Multipath struct {
	EBGP   int
	IBGP   int
	Origin string
}

// Resolution refuses to resolve BGP next hops of a family over the anchors in
// Policy's prefix list.
type Resolution struct {
	Family Family
	Policy Name
	Origin string
}

// Circuit is one circuit, its peerings, private first, and where their links
// end.
type Circuit struct {
	Name          string
	Provider      Label
	Location      Label
	BandwidthMbps int
	Peerings      []CircuitPeering
}

// CircuitPeering is one peering of a circuit.
type CircuitPeering struct {
	Path      string // er-london, er-ams.microsoft
	Microsoft bool
	VRF       Name
	Links     []CircuitLink // primary, secondary
}

// CircuitLink is where a link ends.
type CircuitLink struct {
	Position Position
	Router   string
	Link     int // index into the router's Links
}

// VPN is one VPN and where its tunnels end.
type VPN struct {
	Name     string
	VNet     string
	Underlay string // path of a peering; empty: the Internet
	VRF      Name   // of the inside
	Tunnels  []VPNTunnel
}

// VPNTunnel is where a tunnel ends.
type VPNTunnel struct {
	Instance string
	Router   string
	Tunnel   int // index into the router's Tunnels
}

// OnpremNetwork is a named set of on-premises prefixes.
type OnpremNetwork struct {
	Name     string
	Prefixes []netip.Prefix // ascending
	// At lists the routers to which the LAN hands the network's traffic; empty: every
	// router of its statements' paths.
	At     []string
	Origin string // onprem.networks.campus
}

// VNet is an Azure virtual network, as Azure's gateways see it.
type VNet struct {
	Name     string
	Prefixes []netip.Prefix // address spaces, ascending
	// Communities are on its routes on private peering, ascending: its own, and
	// that of its region, which Azure adds only beside one of its own.
	Communities []bgp.Community
	Connections []Connection
	Gateway     VPNGateway // zero: no VPN gateway of its own
	Origin      string     // azure.vnets.hub
}

// Connection joins a VNet to the private peering of a circuit, by a connection of
// its own or of the VNet whose gateways it uses; in the order of Plan.Circuits.
type Connection struct {
	Path   string // of the peering
	Weight int    // Azure's routing weight; higher wins, before AS path
}

// VPNGateway is the VPN gateway of a VNet.
type VPNGateway struct {
	ASN       bgp.ASN
	Subnet    netip.Prefix // GatewaySubnet; zero: not given
	Instances []Instance
}

// Instance is one instance of a VPN gateway. Addresses that are not given are
// zero.
type Instance struct {
	Name    string
	Public  netip.Addr
	Private netip.Addr
	BGP     netip.Addr
}

// Service is a set of Microsoft services.
type Service struct {
	Name        string
	Communities []bgp.Community // ascending
	Prefixes    []netip.Prefix  // that bound it, ascending; empty: anywhere
	Origin      string          // azure.services.storage
}

// Statement is one line of traffic, resolved.
type Statement struct {
	Name        string
	VRF         Name
	Networks    []string // names, in the order of the intent, as the next two
	VNets       []string
	Services    []string
	Onprem      []netip.Prefix
	Azure       []netip.Prefix  // of VNets
	Communities []bgp.Community // of services
	Prefer      []string        // paths
	Origin      string          // traffic.campus-to-hub
}
