package intent

import "github.com/ercfg/ercfg/internal/diag"

// Router is one edge router.
type Router struct {
	// The operating system, which decides the language of the configuration.
	Platform At[string] `yaml:"platform" jsonschema:"required,enum=ios-xe,enum=junos,enum=frr,example=ios-xe"`
	// The release, quoted (YAML reads 17.10 as a number). Default: 17.12 for ios-xe, 23.4 for junos, 8.4 for frr.
	Version At[string] `yaml:"version,omitempty" jsonschema:"pattern=^[0-9]+\\.[0-9]+([.A-Za-z0-9-]*)$,example=17.12"`
	// The Junos family: an SRX needs security zones. Default mx.
	Model At[string] `yaml:"model,omitempty" jsonschema:"enum=mx,enum=srx,example=mx"`
	// Customer edge or provider edge. Default ce.
	Role At[string] `yaml:"role,omitempty" jsonschema:"enum=ce,enum=pe,example=ce"`
	// The AS number that Microsoft knows as peer ASN. Plain or dotted (64620.1).
	ASN At[ASN] `yaml:"asn" jsonschema:"required,example=65010"`
	// The BGP router ID.
	RouterID At[string] `yaml:"routerID" jsonschema:"required,example=10.10.255.1"`
	// The loopback that iBGP sessions use. Rendered, but owned by the LAN.
	Loopback *Loopback `yaml:"loopback,omitempty"`
	// VRFs by name.
	VRFs Map[VRF] `yaml:"vrfs,omitempty" jsonschema:"example=PROD"`
	// iBGP peers. An entry at one end renders both ends.
	IBGP []IBGP `yaml:"ibgp,omitempty"`
	// How on-premises prefixes come into BGP here. Default `anchor` on a CE, `learned` on a PE.
	Originate *Originate `yaml:"originate,omitempty"`
	// Graceful restart. The field exists so that ER112 can warn of it together with BFD. Default false.
	GracefulRestart At[bool] `yaml:"gracefulRestart,omitempty" jsonschema:"example=false"`
	// How push reaches the router.
	SSH *SSH `yaml:"ssh,omitempty"`
	// The source address of the router's flow export. Default the loopback of the collector's family.
	Exporter At[string] `yaml:"exporter,omitempty" jsonschema:"example=10.80.255.1"`
	// SNMP interface indexes by interface name, for flow verification. The VLAN and tunnel devices of a Linux router get theirs.
	InterfaceIndex Map[At[int]] `yaml:"interfaceIndex,omitempty" jsonschema:"example=GigabitEthernet0/0/1=7"`
}

// Loopback is the address of a router itself.
type Loopback struct {
	Pos diag.Pos `yaml:"-"`
	// The interface, in the vendor's words.
	Interface At[string] `yaml:"interface" jsonschema:"required,example=Loopback0"`
	// The IPv4 address with /32.
	IPv4 At[string] `yaml:"ipv4,omitempty" jsonschema:"example=10.10.255.1/32"`
	// The IPv6 address with /128.
	IPv6 At[string] `yaml:"ipv6,omitempty" jsonschema:"example=2001:db8:10ff::1/128"`
	// The security zone of the loopback on an SRX, where iBGP or a tunnel uses it. Default the zone of the first link, or else of the first tunnel.
	Zone At[string] `yaml:"zone,omitempty" jsonschema:"example=trust"`
}

// VRF is a routing table of its own.
type VRF struct {
	// The route distinguisher, one per PE.
	RD At[string] `yaml:"rd,omitempty" jsonschema:"example=10.64.255.1:301"`
	// Route targets to import.
	Import []At[string] `yaml:"import,omitempty" jsonschema:"example=64620:301"`
	// Route targets to export.
	Export []At[string] `yaml:"export,omitempty" jsonschema:"example=64620:301"`
	// Customer CE sessions in the VRF.
	Neighbors []VRFNeighbor `yaml:"neighbors,omitempty"`
}

// VRFNeighbor is a customer's CE, seen from a PE.
type VRFNeighbor struct {
	// The CE's address.
	Address At[string] `yaml:"address" jsonschema:"required,example=10.64.1.2"`
	// The CE's AS number.
	ASN At[ASN] `yaml:"asn" jsonschema:"required,example=65001"`
	// The interface towards the CE, in the vendor's words.
	Interface At[string] `yaml:"interface,omitempty" jsonschema:"example=GigabitEthernet0/0/3"`
	// The prefixes accepted from the CE. Default the networks of the VRF's statements.
	Prefixes []At[string] `yaml:"prefixes,omitempty" jsonschema:"example=10.64.0.0/16"`
	// The MD5 key, by reference.
	MD5 At[string] `yaml:"md5,omitempty" jsonschema:"example=env:CE_MD5" jsonschema_extras:"x-secret=true"`
	// BGP timers. Default 60 s / 180 s, which routers have by themselves.
	Timers *Timers `yaml:"timers,omitempty"`
	// BFD on the session. Default none.
	BFD *BFD `yaml:"bfd,omitempty"`
}

// IBGP is one iBGP peer.
type IBGP struct {
	Pos diag.Pos `yaml:"-"`
	// A router of this intent.
	Router At[string] `yaml:"router,omitempty" jsonschema:"example=ce2"`
	// The address of a router outside of this intent (a core router or route reflector).
	Address At[string] `yaml:"address,omitempty" jsonschema:"example=10.10.255.9"`
	// ip for IPv4 and IPv6 unicast, vpn for VPNv4 and VPNv6. Default ip.
	Family At[string] `yaml:"family,omitempty" jsonschema:"enum=ip,enum=vpn,example=ip"`
	// The MD5 key, by reference.
	MD5 At[string] `yaml:"md5,omitempty" jsonschema:"example=env:IBGP_MD5" jsonschema_extras:"x-secret=true"`
	// BGP timers. Default 10 s / 30 s, so that a dead router's paths go soon.
	Timers *Timers `yaml:"timers,omitempty"`
}

// SSH says how push reaches a router.
type SSH struct {
	// Host name or address.
	Host At[string] `yaml:"host" jsonschema:"required,example=ce1.contoso.example"`
	// TCP port. Default 22.
	Port At[int] `yaml:"port,omitempty" jsonschema:"minimum=1,maximum=65535,example=22"`
	// User name.
	User At[string] `yaml:"user,omitempty" jsonschema:"example=netops"`
	// The password, by reference.
	Password At[string] `yaml:"password,omitempty" jsonschema:"example=env:CE1_PASSWORD" jsonschema_extras:"x-secret=true"`
	// The private key, by reference.
	Key At[string] `yaml:"key,omitempty" jsonschema:"example=file:~/.ssh/id_ed25519" jsonschema_extras:"x-secret=true"`
}

// Timers are BGP timers.
type Timers struct {
	Pos diag.Pos `yaml:"-"`
	// The keepalive interval, 3 s to 60 s towards an MSEE. Junos has none of its own: it sends at a third of the hold time.
	Keepalive At[string] `yaml:"keepalive" jsonschema:"required,pattern=^[0-9]+(ms|s|m)$,example=20s" jsonschema_extras:"x-unit=s"`
	// The hold time, 10 s to 180 s towards an MSEE. The lower of both ends wins.
	Hold At[string] `yaml:"hold" jsonschema:"required,pattern=^[0-9]+(ms|s|m)$,example=60s" jsonschema_extras:"x-unit=s"`
}

// BFD is single-hop BFD on a session, or the word false.
type BFD struct {
	Pos diag.Pos `yaml:"-"`
	// false switches BFD off. Only the word false is written so.
	Off At[bool] `yaml:"-"`
	// The transmit and receive interval. The MSEE offers 300 ms, sometimes 750 ms; the slower side wins. Default 300ms.
	Interval At[string] `yaml:"interval,omitempty" jsonschema:"pattern=^[0-9]+(ms|s)$,example=300ms" jsonschema_extras:"x-unit=ms"`
	// How many packets may be lost. Default 3.
	Multiplier At[int] `yaml:"multiplier,omitempty" jsonschema:"minimum=1,maximum=50,example=3"`
}
