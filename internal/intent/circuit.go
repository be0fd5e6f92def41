package intent

import "github.com/ercfg/ercfg/internal/diag"

// DirectPort is an ExpressRoute Direct port pair.
type DirectPort struct {
	// The port speed.
	Speed At[string] `yaml:"speed" jsonschema:"required,enum=10Gbps,enum=100Gbps,enum=400Gbps,example=100Gbps" jsonschema_extras:"x-unit=Gbps"`
	// The port pair's encapsulation, fixed at creation.
	Encapsulation At[string] `yaml:"encapsulation" jsonschema:"required,enum=dot1q,enum=qinq,example=qinq"`
	// The port to the primary MSEE.
	Primary *Port `yaml:"primary" jsonschema:"required"`
	// The port to the secondary MSEE.
	Secondary *Port `yaml:"secondary" jsonschema:"required"`
	// MACsec on both ports.
	MACsec *MACsec `yaml:"macsec,omitempty"`
}

// Port is a physical port of a router.
type Port struct {
	// The router.
	Router At[string] `yaml:"router" jsonschema:"required,example=pe1"`
	// The physical interface, in the vendor's words.
	Interface At[string] `yaml:"interface" jsonschema:"required,example=HundredGigE0/1/0"`
}

// MACsec encrypts a Direct port.
type MACsec struct {
	// The cipher suite, as Azure names it, in lower case with hyphens.
	Cipher At[string] `yaml:"cipher" jsonschema:"required,example=gcm-aes-xpn-256"`
	// The connectivity association key name, by reference: an even number of hexadecimal digits, 64 at most.
	CKN At[string] `yaml:"ckn" jsonschema:"required,example=file:secrets/ams.ckn" jsonschema_extras:"x-secret=true"`
	// The connectivity association key, by reference: 32 or 64 hexadecimal digits.
	CAK At[string] `yaml:"cak" jsonschema:"required,example=file:secrets/ams.cak" jsonschema_extras:"x-secret=true"`
	// The secure channel identifier is enabled on the Azure port. Default false.
	SCI At[bool] `yaml:"sci,omitempty" jsonschema:"example=true"`
}

// Circuit is one ExpressRoute circuit.
type Circuit struct {
	// Who connects the customer: a cloud exchange, point-to-point Ethernet, an IP VPN, or the customer's own Direct port.
	Model At[string] `yaml:"model" jsonschema:"required,enum=exchange,enum=point-to-point,enum=ipvpn,enum=direct,example=exchange"`
	// Who speaks BGP to Microsoft. Default customer.
	Layer3 At[string] `yaml:"layer3,omitempty" jsonschema:"enum=customer,enum=provider,example=customer"`
	// The connectivity provider.
	Provider At[string] `yaml:"provider,omitempty" jsonschema:"example=Equinix"`
	// The peering location.
	Location At[string] `yaml:"location,omitempty" jsonschema:"example=London"`
	// The circuit SKU. Default standard.
	SKU At[string] `yaml:"sku,omitempty" jsonschema:"enum=local,enum=standard,enum=premium,example=standard"`
	// The circuit bandwidth, per link.
	Bandwidth At[string] `yaml:"bandwidth" jsonschema:"required,pattern=^[0-9]+(Mbps|Gbps)$,example=500Mbps" jsonschema_extras:"x-unit=Mbps"`
	// The Direct port pair of a circuit with model direct.
	Port At[string] `yaml:"port,omitempty" jsonschema:"example=ams-pair"`
	// The day on which the peerings were created. BFD is on by default only on newer ones.
	Created At[string] `yaml:"created,omitempty" jsonschema:"pattern=^[0-9]{4}-[0-9]{2}-[0-9]{2}$,example=2021-05-01"`
	// The provider translates VLAN tags, so that the links may differ. Default false.
	TagTranslation At[bool] `yaml:"tagTranslation,omitempty" jsonschema:"example=true"`
	// Accept that only one link is described: its session is rendered, the SLA is lost. Default false.
	WaiveSingleLink At[bool] `yaml:"waiveSingleLink,omitempty" jsonschema:"example=true"`
	// Global Reach to another circuit.
	GlobalReach *GlobalReach `yaml:"globalReach,omitempty"`
	// Azure private peering.
	Private *Peering `yaml:"private,omitempty"`
	// Microsoft peering.
	Microsoft *Peering `yaml:"microsoft,omitempty"`
	// Azure public peering ended on 2024-03-31; the field exists to say so (ER001).
	Public *RetiredPeering `yaml:"public,omitempty" jsonschema:"example=retired"`
}

// RetiredPeering is whatever stands behind a peering that no longer exists.
type RetiredPeering struct {
	Pos diag.Pos `yaml:"-"`
}

// GlobalReach joins two circuits through Microsoft's network.
type GlobalReach struct {
	// The other circuit.
	With At[string] `yaml:"with" jsonschema:"required,example=er-ams"`
	// A /29 (or /125) used nowhere else.
	Block At[string] `yaml:"block" jsonschema:"required,example=192.168.100.0/29"`
}

// Peering is a private or Microsoft peering: two eBGP sessions per family, one
// per link.
type Peering struct {
	Pos diag.Pos `yaml:"-"`
	// The VLAN: a number, or outer and inner tag (QinQ).
	VLAN VLAN `yaml:"vlan,omitempty" jsonschema:"example=150"`
	// The VRF on the routers. Default: the global table.
	VRF At[string] `yaml:"vrf,omitempty" jsonschema:"example=PROD"`
	// A /29 in place of the links' /30 subnets: low half primary, high half secondary.
	IPv4 At[string] `yaml:"ipv4,omitempty" jsonschema:"example=172.16.200.0/29"`
	// A /125 in place of the links' /126 subnets.
	IPv6 At[string] `yaml:"ipv6,omitempty" jsonschema:"example=2001:db8:ff:10::/125"`
	// The link to the primary MSEE.
	Primary *Link `yaml:"primary,omitempty"`
	// The link to the secondary MSEE.
	Secondary *Link `yaml:"secondary,omitempty"`
	// The MSEE's AS number; always 12076, to be checked.
	MSEEASN At[ASN] `yaml:"mseeASN,omitempty" jsonschema:"example=12076"`
	// The customer ASN of a Microsoft peering: the public AS that owns the prefixes.
	CustomerASN At[ASN] `yaml:"customerASN,omitempty" jsonschema:"example=199524"`
	// The MD5 key, by reference. Azure stores one key per peering: 25 characters at most, letters and digits only.
	MD5 At[string] `yaml:"md5,omitempty" jsonschema:"example=env:ER_LONDON_MD5" jsonschema_extras:"x-secret=true"`
	// BGP timers of the IPv4 sessions. Default 20 s / 60 s with BFD, 10 s / 30 s without.
	Timers *Timers `yaml:"timers,omitempty"`
	// BGP timers of the IPv6 sessions, which have no BFD. Default 10 s / 30 s.
	TimersIPv6 *Timers `yaml:"timersIPv6,omitempty"`
	// BFD on the IPv4 sessions, or false. Default 300ms and multiplier 3.
	BFD *BFD `yaml:"bfd,omitempty"`
	// BFD on the IPv6 sessions. Microsoft offers none: ER107 says so, and it is not rendered.
	BFDIPv6 *BFD `yaml:"bfdIPv6,omitempty"`
	// The guard against too many prefixes from Microsoft.
	MaxPrefixes *MaxPrefixes `yaml:"maxPrefixes,omitempty"`
	// How Azure prefixes are recognised. Default prefixes on private peering; Microsoft peering always goes by community.
	MatchBy At[string] `yaml:"matchBy,omitempty" jsonschema:"enum=prefixes,enum=community,example=prefixes"`
	// How Azure uses the two links. primary-first prepends once on the secondary. Default balance.
	Links At[string] `yaml:"links,omitempty" jsonschema:"enum=balance,enum=primary-first,example=balance"`
	// Advertise the default route to Azure: all Internet traffic of the VNets comes to the site. Default false.
	AdvertiseDefault At[bool] `yaml:"advertiseDefault,omitempty" jsonschema:"example=false"`
	// Accept a default route from Azure. Default false.
	AcceptDefault At[bool] `yaml:"acceptDefault,omitempty" jsonschema:"example=false"`
	// IP MTU of the subinterfaces. Default 1500.
	MTU At[int] `yaml:"mtu,omitempty" jsonschema:"minimum=576,maximum=9216,example=1500" jsonschema_extras:"x-unit=bytes"`
	// DSCP values that are kept outbound on Microsoft peering; the rest is set to 0.
	DSCP []At[int] `yaml:"dscp,omitempty" jsonschema:"example=46"`
	// NAT pools by link of a Microsoft peering. Left out, or in both lists, both links announce a pool.
	NAT *PeeringNAT `yaml:"nat,omitempty"`
	// The communities of the route filter attached in Azure (Microsoft peering).
	RouteFilter []At[string] `yaml:"routeFilter,omitempty" jsonschema:"example=12076:51002"`
	// The prefixes registered in Azure (Microsoft peering).
	AdvertisedPublicPrefixes []At[string] `yaml:"advertisedPublicPrefixes,omitempty" jsonschema:"example=203.0.113.128/27"`
}

// PeeringNAT names the NAT pools of each link, as networks.
type PeeringNAT struct {
	// Pools that the primary link announces. A pool in one of the two lists stays off the other link and goes with its own (ER195).
	Primary []At[string] `yaml:"primary,omitempty" jsonschema:"example=nat-ams"`
	// Pools that the secondary link announces.
	Secondary []At[string] `yaml:"secondary,omitempty" jsonschema:"example=nat-ams"`
}

// VLAN is one tag, written as a number (dot1Q), or an outer and an inner one,
// written as a mapping of both (QinQ). A number fills Inner.
type VLAN struct {
	Pos diag.Pos `yaml:"-"`
	// The outer tag (S-tag), EtherType 0x8100.
	Outer At[int] `yaml:"outer" jsonschema:"required,example=301"`
	// The inner tag (C-tag).
	Inner At[int] `yaml:"inner" jsonschema:"required,example=100"`
}

// Link is one of the two links of a peering.
type Link struct {
	Pos diag.Pos `yaml:"-"`
	// The router that ends the link. Absent on Direct: the port says it.
	Router At[string] `yaml:"router,omitempty" jsonschema:"example=ce1"`
	// The physical interface, in the vendor's words. Absent on Direct.
	Interface At[string] `yaml:"interface,omitempty" jsonschema:"example=TenGigabitEthernet0/0/1"`
	// The link's /30: the first usable address is ours, the second is Microsoft's.
	IPv4 At[string] `yaml:"ipv4,omitempty" jsonschema:"example=172.16.200.0/30"`
	// The link's /126.
	IPv6 At[string] `yaml:"ipv6,omitempty" jsonschema:"example=2001:db8:ff:10::/126"`
	// Our IPv4 or IPv6 address, only to be checked.
	Address At[string] `yaml:"address,omitempty" jsonschema:"example=172.16.200.1"`
	// The MSEE's address, only to be checked.
	Neighbor At[string] `yaml:"neighbor,omitempty" jsonschema:"example=172.16.200.2"`
	// The VLAN of this link, where it differs from the peering's on purpose.
	VLAN VLAN `yaml:"vlan,omitempty" jsonschema:"example=151"`
	// The subinterface number. Default the VLAN; with QinQ the outer tag (a Microsoft peering: outer + 5000).
	Unit At[int] `yaml:"unit,omitempty" jsonschema:"minimum=1,maximum=16385,example=150"`
	// Shut the link's BGP sessions (drain it); the interface stays up. Default false.
	Shutdown At[bool] `yaml:"shutdown,omitempty" jsonschema:"example=true"`
	// The security zone on an SRX. Default azure.
	Zone At[string] `yaml:"zone,omitempty" jsonschema:"example=azure"`
	// eBGP multihop; the field exists to be refused (ER091).
	EBGPMultihop At[int] `yaml:"ebgpMultihop,omitempty" jsonschema:"example=2"`
}

// MaxPrefixes guards a session against too many prefixes.
type MaxPrefixes struct {
	// For an IPv4 session. Default 1000.
	IPv4 At[int] `yaml:"ipv4,omitempty" jsonschema:"minimum=1,maximum=1000000,example=1000" jsonschema_extras:"x-unit=prefixes"`
	// For an IPv6 session. Default 100.
	IPv6 At[int] `yaml:"ipv6,omitempty" jsonschema:"minimum=1,maximum=1000000,example=100" jsonschema_extras:"x-unit=prefixes"`
	// warn logs; restart tears the session down for five minutes. Default warn: the filter already bounds what comes in, and tearing down would take both links at once.
	Action At[string] `yaml:"action,omitempty" jsonschema:"enum=warn,enum=restart,example=warn"`
}
