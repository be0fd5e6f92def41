package intent

import "github.com/ercfg/ercfg/internal/diag"

// Statement says which traffic takes which paths, in order.
type Statement struct {
	Pos diag.Pos `yaml:"-"`
	// The statement's name, for tables and findings.
	Name At[string] `yaml:"name" jsonschema:"required,example=campus-to-hub"`
	// On-premises networks.
	Onprem []At[string] `yaml:"onprem" jsonschema:"required,minItems=1,example=campus"`
	// VNets or service sets.
	Azure []At[string] `yaml:"azure" jsonschema:"required,minItems=1,example=hub"`
	// Paths, best first: a circuit (er-london; er-ams.microsoft), or a VPN.
	Prefer []At[string] `yaml:"prefer" jsonschema:"required,minItems=1,example=er-london"`
	// Local-preference by path, in place of the derived one. The path may end in .primary or .secondary.
	Preference Map[At[int]] `yaml:"preference,omitempty" jsonschema:"example=er-london=300"`
	// Prepends by path, in place of the derived ones: how many times the own AS, or a list of AS numbers.
	Prepend Map[Prepend] `yaml:"prepend,omitempty" jsonschema:"example=er-london.secondary=2"`
	// How a worse circuit is made worse for Azure: longer AS path, or more specific prefixes on the better one. Default prepend.
	Technique At[string] `yaml:"technique,omitempty" jsonschema:"enum=prepend,enum=more-specifics,example=prepend"`
	// How Azure uses the two links of a circuit, in place of the peering's `links`.
	Links At[string] `yaml:"links,omitempty" jsonschema:"enum=balance,enum=primary-first,example=balance"`
}

// Prepend is a number of own ASNs, or a list of AS numbers.
type Prepend struct {
	Pos diag.Pos `yaml:"-"`
	// How many times the own AS number is prepended.
	Count At[int] `yaml:"-"`
	// The AS numbers to prepend.
	ASNs []At[ASN] `yaml:"-"`
}

// Telemetry is flow export.
type Telemetry struct {
	Pos diag.Pos `yaml:"-"`
	// The export protocol.
	Protocol At[string] `yaml:"protocol" jsonschema:"required,enum=ipfix,enum=netflow9,example=ipfix"`
	// Where the routers send their flows.
	Collector Collector `yaml:"collector" jsonschema:"required"`
	// One packet in N is sampled; 1 is every packet. Default 1000.
	Sampling At[int] `yaml:"sampling,omitempty" jsonschema:"minimum=1,maximum=65535,example=1000" jsonschema_extras:"x-unit=packets"`
	// A long flow is exported at least this often. Default 60s.
	ActiveTimeout At[string] `yaml:"activeTimeout,omitempty" jsonschema:"pattern=^[0-9]+(s|m)$,example=60s" jsonschema_extras:"x-unit=s"`
	// A silent flow is exported after this time. Default 15s.
	InactiveTimeout At[string] `yaml:"inactiveTimeout,omitempty" jsonschema:"pattern=^[0-9]+(s|m)$,example=15s" jsonschema_extras:"x-unit=s"`
}

// Collector receives flows.
type Collector struct {
	// The collector's address.
	Host At[string] `yaml:"host" jsonschema:"required,example=10.80.1.50"`
	// The UDP port.
	Port At[int] `yaml:"port" jsonschema:"required,minimum=1,maximum=65535,example=2055"`
}

// VPN is a site-to-site VPN to an Azure VPN gateway.
type VPN struct {
	Pos diag.Pos `yaml:"-"`
	// The VNet whose gateway ends the tunnels.
	VNet At[string] `yaml:"vnet" jsonschema:"required,example=hub"`
	// What the tunnels ride on: internet, CIRCUIT.private or CIRCUIT.microsoft.
	Underlay At[string] `yaml:"underlay" jsonschema:"required,example=internet"`
	// The pre-shared key, by reference.
	PSK At[string] `yaml:"psk" jsonschema:"required,example=env:VPN_PSK" jsonschema_extras:"x-secret=true"`
	// The IKE version. Default 2.
	IKEVersion At[int] `yaml:"ikeVersion,omitempty" jsonschema:"enum=1,enum=2,example=2"`
	// The IKE policy. Default, where `esp` is not written either: aes256, sha256 and group 2, which a gateway's default policy takes.
	IKE *IKE `yaml:"ike,omitempty"`
	// The IPsec policy. Default, where `ike` is not written either: aes256 and sha256 without PFS, which a gateway's default policy takes.
	ESP *ESP `yaml:"esp,omitempty"`
	// Dead peer detection. Default 45s.
	DPD At[string] `yaml:"dpd,omitempty" jsonschema:"pattern=^[0-9]+(s|m)$,example=45s" jsonschema_extras:"x-unit=s"`
	// Lifetimes.
	Lifetimes *Lifetimes `yaml:"lifetimes,omitempty"`
	// BGP timers. Default 60 s / 180 s, which is what the gateway has.
	Timers *Timers `yaml:"timers,omitempty"`
	// BFD; the gateway has none, so the field exists to be refused (ER108).
	BFD *BFD `yaml:"bfd,omitempty"`
	// Whether tunnels over Microsoft peering may move to the Internet when the circuit under them fails. Left out, nothing holds them, and ER946 asks.
	InternetFallback At[bool] `yaml:"internetFallback,omitempty" jsonschema:"example=false"`
	// TCP maximum segment size clamp on the tunnels. Default 1350, or the MTU less 40 where that is smaller.
	MSS At[int] `yaml:"mss,omitempty" jsonschema:"minimum=536,maximum=1460,example=1350" jsonschema_extras:"x-unit=bytes"`
	// IP MTU of the tunnels. Default 1400.
	MTU At[int] `yaml:"mtu,omitempty" jsonschema:"minimum=576,maximum=1500,example=1400" jsonschema_extras:"x-unit=bytes"`
	// The tunnels: one per instance of the gateway.
	Tunnels []Tunnel `yaml:"tunnels" jsonschema:"required,minItems=1"`
}

// IKE holds the IKE (phase 1) algorithms.
type IKE struct {
	// Encryption.
	Encryption At[string] `yaml:"encryption" jsonschema:"required,example=aes256"`
	// Integrity.
	Integrity At[string] `yaml:"integrity" jsonschema:"required,example=sha256"`
	// Diffie-Hellman group.
	DHGroup At[int] `yaml:"dhGroup" jsonschema:"required,example=14" jsonschema_extras:"x-form=the group's number: 20 is ECP384; 19 is ECP256; 14 has 2048 bits"`
}

// ESP holds the IPsec (phase 2) algorithms.
type ESP struct {
	// Encryption.
	Encryption At[string] `yaml:"encryption" jsonschema:"required,example=gcmaes256"`
	// Integrity; with GCM the same word as encryption.
	Integrity At[string] `yaml:"integrity" jsonschema:"required,example=gcmaes256"`
	// Perfect forward secrecy group; 0 for none. Default 0.
	PFSGroup At[int] `yaml:"pfsGroup,omitempty" jsonschema:"example=14" jsonschema_extras:"x-form=the group's number: 20 is ECP384; 19 is ECP256; 14 has 2048 bits"`
}

// Lifetimes bound the security associations.
type Lifetimes struct {
	// IKE lifetime. Default 28800s.
	IKE At[string] `yaml:"ike,omitempty" jsonschema:"pattern=^[0-9]+(s|m|h)$,example=28800s" jsonschema_extras:"x-unit=s"`
	// IPsec lifetime, at least 300 s. Default 27000s.
	ESP At[string] `yaml:"esp,omitempty" jsonschema:"pattern=^[0-9]+(s|m|h)$,example=27000s" jsonschema_extras:"x-unit=s"`
	// IPsec lifetime by volume, at least 1,024 KB. Default 102400000.
	ESPKilobytes At[int] `yaml:"espKilobytes,omitempty" jsonschema:"minimum=0,example=102400000" jsonschema_extras:"x-unit=KB"`
}

// Tunnel is one tunnel to one instance of the gateway.
type Tunnel struct {
	Pos diag.Pos `yaml:"-"`
	// The router that ends the tunnel.
	Router At[string] `yaml:"router" jsonschema:"required,example=ce1"`
	// The gateway instance.
	Instance At[string] `yaml:"instance" jsonschema:"required,example=a"`
	// The tunnel interface, in the vendor's words.
	Interface At[string] `yaml:"interface" jsonschema:"required,example=Tunnel1"`
	// The interface that sources the tunnel.
	Source At[string] `yaml:"source,omitempty" jsonschema:"example=GigabitEthernet0/0/0"`
	// The address that sources the tunnel.
	SourceAddress At[string] `yaml:"sourceAddress,omitempty" jsonschema:"example=198.51.100.18"`
	// The next hop that the gateway's address is pinned to, on underlay internet.
	NextHop At[string] `yaml:"nextHop,omitempty" jsonschema:"example=198.51.100.17"`
	// The address inside the tunnel. Absent: unnumbered from the loopback.
	Inside At[string] `yaml:"inside,omitempty" jsonschema:"example=169.254.21.1/30"`
	// The router waits for the gateway to connect. Default false.
	Passive At[bool] `yaml:"passive,omitempty" jsonschema:"example=false"`
	// The security zone on an SRX. Default azure.
	Zone At[string] `yaml:"zone,omitempty" jsonschema:"example=azure"`
	// The VRF of the tunnel's outside. Default that of the peering under it; on underlay internet the global table.
	VRF At[string] `yaml:"vrf,omitempty" jsonschema:"example=INTERNET"`
}
