// Package intent reads what the user wrote: one YAML file, or a directory of
// them, into values that remember their place.
//
// In come bytes; out go an Intent and findings about YAML and schema. The
// package resolves no name, parses no address and applies no default: a value
// may be wrong and may be absent, and plan says so. It never touches a router
// and never reads a secret.
package intent

import "github.com/ercfg/ercfg/internal/diag"

// At is a scalar as written and the place where it stands. An absent scalar
// has the zero Pos.
type At[T any] struct {
	V   T
	Pos diag.Pos
}

// Set reports whether the intent holds the scalar.
func (a At[T]) Set() bool { return !a.Pos.IsZero() }

// Or returns the value, or def where the intent is silent.
func (a At[T]) Or(def T) T {
	if a.Set() {
		return a.V
	}
	return def
}

// ASN is an AS number as written: 65010 or 64620.1. Plan parses it.
type ASN string

// Map is a YAML mapping keyed by names that the user chose, in the order of
// the file. Order has no meaning; keeping it keeps the place of every name.
type Map[T any] []Entry[T]

// Entry is one name of a Map and what stands behind it.
type Entry[T any] struct {
	Name  At[string]
	Value T
}

// Get returns the entry called name, or nil.
func (m Map[T]) Get(name string) *Entry[T] {
	for i := range m {
		if m[i].Name.V == name {
			return &m[i]
		}
	}
	return nil
}

// The comments of the types below are the descriptions of the published schema
// and of the reference, so they address the user.

// Intent is everything that one user wants of one network.
type Intent struct {
	// The version of this language. It changes only when an old file would mean something else.
	APIVersion At[string] `yaml:"apiVersion" jsonschema:"required,enum=ercfg/v1,example=ercfg/v1"`
	// The kind of document.
	Kind At[string] `yaml:"kind" jsonschema:"required,enum=Intent,example=Intent"`
	// What this intent is called and who asked for it.
	Metadata Metadata `yaml:"metadata" jsonschema:"required"`
	// The on-premises side.
	Onprem Onprem `yaml:"onprem,omitempty"`
	// The Azure side.
	Azure Azure `yaml:"azure,omitempty"`
	// The edge routers, by name. The name is the host name and the name of the rendered file.
	Routers Map[Router] `yaml:"routers" jsonschema:"required,example=ce1"`
	// ExpressRoute Direct port pairs, by name.
	DirectPorts Map[DirectPort] `yaml:"directPorts,omitempty" jsonschema:"example=ams-pair"`
	// ExpressRoute circuits, by name. A circuit's name is the path that `traffic` refers to.
	Circuits Map[Circuit] `yaml:"circuits,omitempty" jsonschema:"example=er-london"`
	// Site-to-site VPNs to an Azure VPN gateway, by name. A VPN's name is a path, too.
	VPNs Map[VPN] `yaml:"vpns,omitempty" jsonschema:"example=s2s-london"`
	// Which traffic takes which path, in order. ercfg derives local-preference, advertised prefixes, prepends and filters from it.
	Traffic []Statement `yaml:"traffic,omitempty"`
	// Flow export for verification.
	Telemetry *Telemetry `yaml:"telemetry,omitempty"`
	// Findings that are accepted at one place until a date.
	Waivers []Waiver `yaml:"waivers,omitempty"`
}

// Metadata names an intent.
type Metadata struct {
	// A short name. Every object on a router that ercfg owns carries it, in capitals; changing it renames them all.
	Name At[string] `yaml:"name" jsonschema:"required,pattern=^[a-z][a-z0-9-]{0\\,30}[a-z0-9]$,example=contoso-london"`
	// One line for people.
	Description At[string] `yaml:"description,omitempty" jsonschema:"example=London data centre to Azure UK South"`
	// The change ticket.
	Ticket At[string] `yaml:"ticket,omitempty" jsonschema:"example=CHG0042137"`
	// Who answers for this network.
	Owner At[string] `yaml:"owner,omitempty" jsonschema:"example=network-operations@contoso.example"`
	// A claim about what depends on this network. With production, ER011 asks for more than one peering location.
	Environment At[string] `yaml:"environment,omitempty" jsonschema:"enum=production,enum=test,example=production"`
	// A claim about resiliency in Microsoft's words; ER011 and ER152 check it.
	Resiliency At[string] `yaml:"resiliency,omitempty" jsonschema:"enum=standard,enum=high,enum=maximum,example=maximum"`
}

// Onprem is the on-premises side.
type Onprem struct {
	// Named sets of on-premises prefixes.
	Networks Map[Network] `yaml:"networks,omitempty" jsonschema:"example=campus"`
}

// Network is a named set of on-premises prefixes.
type Network struct {
	// IPv4 and IPv6 prefixes, canonical (no host bits). Each is advertised exactly as written.
	Prefixes []At[string] `yaml:"prefixes" jsonschema:"required,minItems=1,example=10.10.0.0/16"`
	// Public address space for Microsoft peering. Default false.
	Public At[bool] `yaml:"public,omitempty" jsonschema:"example=true"`
	// This public pool is what these private networks leave as (source NAT).
	NAT []At[string] `yaml:"nat,omitempty" jsonschema:"example=campus"`
	// How the prefixes come into BGP, in place of the router's own `originate`.
	Originate *Originate `yaml:"originate,omitempty"`
	// Prefixes that the customer also announces to the Internet.
	Internet []At[string] `yaml:"internet,omitempty" jsonschema:"example=203.0.113.0/24"`
	// The routers where the LAN hands its traffic over. Default: every router of its statements' paths at once.
	At []At[string] `yaml:"at,omitempty" jsonschema:"example=ce1"`
}

// Originate says how on-premises prefixes come into BGP on a router: one of
// the words anchor, network and learned, or a mapping with via or
// redistribute.
type Originate struct {
	Pos diag.Pos `yaml:"-"`
	// anchor, network or learned. Empty where the mapping form is used.
	Word At[string] `yaml:"-"`
	// A static route to this next hop of the LAN, one of the router's own families.
	Via []At[string] `yaml:"via,omitempty" jsonschema:"example=10.10.1.1"`
	// Take the prefixes out of this protocol, with the prefix list as filter.
	Redistribute At[string] `yaml:"redistribute,omitempty" jsonschema:"enum=ospf,enum=isis,enum=connected,enum=static,example=ospf"`
	// The OSPF process number on IOS-XE, which redistribute needs there.
	Process At[int] `yaml:"process,omitempty" jsonschema:"minimum=1,maximum=65535,example=1"`
}

// Azure is the Azure side.
type Azure struct {
	// Virtual networks, by name.
	VNets Map[VNet] `yaml:"vnets,omitempty" jsonschema:"example=hub"`
	// Sets of Microsoft services, by name, chosen by BGP community (Microsoft peering).
	Services Map[Service] `yaml:"services,omitempty" jsonschema:"example=storage"`
}

// VNet is an Azure virtual network.
type VNet struct {
	// The address spaces (not subnets): that is what Azure announces.
	Prefixes []At[string] `yaml:"prefixes" jsonschema:"required,minItems=1,example=10.100.0.0/16"`
	// The Azure region, as Azure's command line spells it.
	Region At[string] `yaml:"region,omitempty" jsonschema:"example=uksouth"`
	// The custom BGP community of the VNet (12076:2xxxx).
	Community At[string] `yaml:"community,omitempty" jsonschema:"example=12076:20010"`
	// The GatewaySubnet, /27 or larger.
	GatewaySubnet At[string] `yaml:"gatewaySubnet,omitempty" jsonschema:"example=10.100.255.0/27"`
	// The VNet hangs on a Virtual WAN hub. Default false.
	VirtualWAN At[bool] `yaml:"virtualWAN,omitempty" jsonschema:"example=true"`
	// The ExpressRoute gateway.
	ExpressRouteGateway *ExpressRouteGateway `yaml:"expressRouteGateway,omitempty"`
	// The VPN gateway.
	VPNGateway *VPNGateway `yaml:"vpnGateway,omitempty"`
	// What Azure's connections to this VNet are set to, by path.
	Connections Map[Connection] `yaml:"connections,omitempty" jsonschema:"example=er-london"`
}

// ExpressRouteGateway is the gateway of a VNet for ExpressRoute.
type ExpressRouteGateway struct {
	// The gateway SKU.
	SKU At[string] `yaml:"sku,omitempty" jsonschema:"example=ErGw2AZ"`
	// FastPath bypasses the gateway for data. Default false.
	FastPath At[bool] `yaml:"fastPath,omitempty" jsonschema:"example=true"`
	// The gateway serves IPv6, too. Default false.
	IPv6 At[bool] `yaml:"ipv6,omitempty" jsonschema:"example=true"`
}

// Connection is one connection between a circuit and a VNet.
type Connection struct {
	// Azure's routing weight of the connection; higher wins, before AS path. Default 0.
	Weight At[int] `yaml:"weight,omitempty" jsonschema:"minimum=0,maximum=32000,example=100"`
}

// VPNGateway is the VPN gateway of a VNet.
type VPNGateway struct {
	// The gateway SKU.
	SKU At[string] `yaml:"sku,omitempty" jsonschema:"example=VpnGw2AZ"`
	// The gateway's AS number. Default 65515.
	ASN At[ASN] `yaml:"asn,omitempty" jsonschema:"example=65515"`
	// What the Azure connection's IPsec policy is set to. Default `default`.
	Policy At[string] `yaml:"policy,omitempty" jsonschema:"enum=default,enum=custom,example=custom"`
	// The gateway's instances: two when it is active/active.
	Instances []Instance `yaml:"instances,omitempty"`
}

// Instance is one instance of a VPN gateway.
type Instance struct {
	// The name that tunnels refer to.
	Name At[string] `yaml:"name" jsonschema:"required,example=a"`
	// The public address that Internet tunnels end on.
	Public At[string] `yaml:"public,omitempty" jsonschema:"example=203.0.113.10"`
	// The private address that tunnels over private peering end on.
	Private At[string] `yaml:"private,omitempty" jsonschema:"example=10.70.255.6"`
	// The BGP peer address. A tunnel to the instance needs it.
	BGP At[string] `yaml:"bgp,omitempty" jsonschema:"example=10.60.255.4"`
}

// Service is a named set of Microsoft services.
type Service struct {
	// The communities that mark the services' prefixes.
	Communities []At[string] `yaml:"communities" jsonschema:"required,minItems=1,example=12076:51002"`
	// Accept only these prefixes and what lies in them.
	Prefixes []At[string] `yaml:"prefixes,omitempty" jsonschema:"example=203.0.113.0/24"`
}

// Waiver accepts one finding at one place until a date.
type Waiver struct {
	// The rule.
	Rule At[string] `yaml:"rule" jsonschema:"required,pattern=^ER[0-9]{3}$,example=ER010"`
	// The place, as a path in the intent. It covers everything below it.
	Where At[string] `yaml:"where" jsonschema:"required,example=circuits.er-frankfurt"`
	// Why the finding is accepted.
	Reason At[string] `yaml:"reason" jsonschema:"required,example=second router is ordered"`
	// The last day on which the waiver holds.
	Until At[string] `yaml:"until" jsonschema:"required,pattern=^[0-9]{4}-[0-9]{2}-[0-9]{2}$,example=2027-03-31"`
}
