//go:build linux

// Package lab builds the network of a plan on one Linux host, alive: each
// router as a real FRR with the text that render made, Azure's side around it,
// hosts at both ends. It then looks whether the network does what the plan and
// the prediction say, and breaks it on purpose.
//
// In come a plan whose routers all are FRR, their artifacts, and the secrets;
// out come observations and verdicts. Every node is a set of private namespaces
// (network, mount, UTS, PID). The package never touches the machine's own
// interfaces, routes, files of FRR or processes, and no packet leaves the
// namespaces. It renders nothing and judges no intent.
package lab

import (
	"net/netip"
	"time"

	"github.com/ercfg/ercfg/internal/plan"
)

// Kind says what a node plays.
type Kind string

// The kinds of node.
const (
	Router  Kind = "router"  // of the plan; the node has its name
	MSEE    Kind = "msee"    // one Microsoft edge router: msee-CIRCUIT-p, msee-CIRCUIT-s
	Gateway Kind = "gateway" // ExpressRoute gateway and fabric of one VNet: gw-VNET; also the VNet's host
	VPN     Kind = "vpn"     // one instance of a VPN gateway: vpn-VNET-INSTANCE
	Site    Kind = "site"    // host of one on-premises network: site-NETWORK
	// Services is Microsoft's network behind every Microsoft peering, and the host
	// of every service: the node microsoft.
	Services Kind = "services"
	// Provider is what is between the others and has no daemon: the bridge of the
	// LAN, and one for every link and every tunnel over the Internet, so that one
	// end can lose its carrier, or all its frames, and the other end nothing.
	Provider Kind = "provider"
)

// A Node is one set of namespaces.
type Node struct {
	Name string
	Kind Kind
	PID  int    // of the node's process 1, as the machine numbers it
	Of   string // of the plan: router, circuit, VNet or network
	// Position is that of an MSEE, Instance that of a VPN gateway.
	Position plan.Position `json:",omitempty"`
	Instance string        `json:",omitempty"`
	// Hosts are the node's own addresses that probes are sent from and to: one in
	// each prefix of a VNet or network, in its order; one for each service and
	// family on Services.
	Hosts []netip.Addr `json:",omitempty"`
	// Collector is the address that the routers export flows to, on the one site that
	// has it.
	Collector netip.Addr `json:",omitzero"`
	// Born is when PID began, in clock ticks after the machine's start: a number
	// that another process has by now is never entered.
	Born uint64 `json:",omitempty"`
}

// A Wire joins two interfaces of two nodes.
type Wire struct {
	A, B     string // names of nodes
	IfA, IfB string // interfaces
	// Link is the intent path of the link or tunnel that the wire plays
	// (plan.Link.Origin, plan.Tunnel.Origin); empty: the LAN, or inside Azure. A
	// router's end is A.
	Link string
	// Tunnel says how a tunnel is played: "gre" or "vxlan" where it rides on the
	// links under it, "veth" where it is a wire of its own (underlay Internet).
	Tunnel string `json:",omitempty"`
	// PortA and PortB are the ports of the node provider at the two ends of a link
	// or of a tunnel over the Internet, on a bridge of their own. PortA down: A has
	// no carrier, B keeps its own. PortA without a master: silence, both ways. Both
	// are empty on a wire that has no bridge in it.
	PortA, PortB string `json:",omitempty"`
}

// Options say how the parts that are not in the intent behave.
type Options struct {
	MSEE string // "frr" or "bird": the software of the Microsoft edge
	// GatewayHold is the BGP hold time that the VPN gateways offer. Azure's is
	// 180 s (vpn-gateway-vpn-faq.md); a shorter one makes a silent failure of a
	// tunnel show sooner, and the lab says that it is not Azure's. Whole seconds,
	// 3 to 180.
	GatewayHold time.Duration
}

// Limits of a lab: a host of two cores and 8 GiB carries this many.
const (
	// MaxNodes bounds the nodes of one lab; each with FRR takes about 60 MiB.
	MaxNodes = 64
	// StartLimit bounds the time from Up to all daemons configured.
	StartLimit = 2 * time.Minute
)

// Lab is a network that is up.
type Lab struct {
	Name    string
	Intent  string // SHA-256 of the plan that it was built from, as JSON
	Options Options
	Started time.Time
	Root    int // process that holds every node; its end is the lab's end
	Nodes   []Node
	Wires   []Wire

	plan *plan.Plan
	dir  string // the lab's own
}
