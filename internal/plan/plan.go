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
	Links       []Link // ER subinterfaces, by interface and unit
	IBGP        []IBGP // by family and neighbor
	Origins     []Origination
	PrefixLists []PrefixList
	Policies    []Policy
	Multipath   Multipath
	// Resolution holds, per family in use, the policy that keeps a dead
	// router's next hop from resolving over an anchor.
	Resolution []Resolution
	Origin     string // intent path: routers.ce1
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

// Link is one ER subinterface and its sessions.
type Link struct {
	Path        string // er-london, er-ams.microsoft
	Circuit     string
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
	Sessions    []Session
	Origin      string // circuits.er-london.private.primary
}

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

// Session is one eBGP session with an MSEE.
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
	Import      Name // policy
	Export      Name // policy
	Origin      string
}

// IBGP is one iBGP session, loopback to loopback.
type IBGP struct {
	Family      Family
	Peer        string // router name, or the address of a router outside
	Local       netip.Addr
	Neighbor    netip.Addr
	Description Label
	Timers      Timers
	MD5         secret.Ref // zero: none
	Import      Name
	Export      Name // sets next-hop-self
	Origin      string
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
// family and prefix.
type Origination struct {
	Prefix   netip.Prefix
	How      Originate
	NextHop  netip.Addr // of Via
	Protocol string     // of Redistribute: ospf, isis, connected, static
	Process  string     // of Redistribute on IOS-XE; may be empty
	Filter   Name       // of Redistribute: the policy that picks the prefixes
	Origin   string
}

// PrefixList is a list of exact prefixes of one family.
type PrefixList struct {
	Name    Name
	Family  Family
	Entries []PrefixEntry
	Origin  string
}

// PrefixEntry permits exactly Prefix. Seq leaves gaps of ten.
type PrefixEntry struct {
	Seq    int
	Prefix netip.Prefix
	Origin string
}

// Policy is a route map or policy statement. Its last term denies everything.
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

// Circuit is one circuit and where its links end.
type Circuit struct {
	Name          string
	Path          string // of its private peering
	Provider      Label
	Location      Label
	BandwidthMbps int
	Links         []CircuitLink // primary, secondary
}

// CircuitLink is where a link ends.
type CircuitLink struct {
	Position Position
	Router   string
	Link     int // index into the router's Links
}

// Statement is one line of traffic, resolved.
type Statement struct {
	Name   string
	Onprem []netip.Prefix
	Azure  []netip.Prefix
	Prefer []string // paths
}
