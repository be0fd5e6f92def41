package sim_test

import (
	"math/rand/v2"
	"slices"

	"github.com/ercfg/ercfg/internal/bgp"
	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/sim"
)

// The oracle is a second answer to the question of Predict, slow and obvious:
// every speaker of the network exchanges updates and withdrawals, message by
// message in a random order, until nobody has anything to say. Then packets are
// forwarded table by table. It shares no line with the package.

// A linkKey names a link by its peering, or an MSEE by its circuit.
type linkKey struct {
	path     string
	position plan.Position
}

type tunnelKey struct{ path, instance, router string }

// An oracle is one plan in one scenario.
type oracle struct {
	p        *plan.Plan
	rng      *rand.Rand
	routers  map[string]bool // dead
	links    map[linkKey]bool
	drained  map[linkKey]bool // by circuit
	silent   map[linkKey]bool // the MSEE is dead, the link is there
	noBFD    map[linkKey]bool
	noIPv6   map[linkKey]bool
	tunnels  map[tunnelKey]bool
	banned   map[tunnelKey]bool // resolve over a tunnel
	up       map[tunnelKey]bool
	tables   map[[2]string]*speaker // by router and VRF
	msees    map[linkKey]*speaker
	speakers []*speaker
	sessions []*session
	outerTo  map[tunnelKey]*trip // what a tunnel rides on, towards Azure
	outerOf  map[tunnelKey]*trip // and from Azure
}

// microsoftASN and drainASNs: fact sheet §4, §15.
const (
	microsoftASN bgp.ASN = 12076
	drainASNs    int     = 8
)

func newOracle(p *plan.Plan, s sim.Scenario, seed uint64) *oracle {
	o := &oracle{
		p: p, rng: rand.New(rand.NewPCG(seed, 22)), routers: map[string]bool{}, links: map[linkKey]bool{}, drained: map[linkKey]bool{}, silent: map[linkKey]bool{},
		noBFD: map[linkKey]bool{}, noIPv6: map[linkKey]bool{}, tunnels: map[tunnelKey]bool{}, banned: map[tunnelKey]bool{},
	}
	for _, f := range s.Failures {
		o.fail(f)
	}
	return o
}

func (o *oracle) fail(f sim.Failure) {
	at := linkKey{f.Path, f.Position}
	switch f.Kind {
	case sim.LinkDown:
		o.links[at] = true
	case sim.LinkDrained:
		o.drained[at] = true
	case sim.BFDDown:
		o.noBFD[at] = true
	case sim.IPv6Down:
		o.noIPv6[at] = true
	case sim.MSEEDown, sim.CircuitDown:
		for _, c := range o.p.Circuits {
			for _, peering := range c.Peerings {
				for _, l := range peering.Links {
					switch at := (linkKey{peering.Path, l.Position}); {
					case c.Name != f.Path:
					case f.Kind == sim.CircuitDown:
						o.links[at] = true
					case l.Position == f.Position:
						o.silent[at] = true
					}
				}
			}
		}
	case sim.RouterDown:
		o.routers[f.Router] = true
	case sim.TunnelDown:
		o.tunnels[tunnelKey{f.Path, f.Instance, f.Router}] = true
	case sim.VPNDown:
		for _, v := range o.p.VPNs {
			for _, t := range v.Tunnels {
				if v.Name == f.Path {
					o.tunnels[tunnelKey{f.Path, t.Instance, t.Router}] = true
				}
			}
		}
	}
}

// settle finds which tunnels are up: what BGP says over those that are has to
// agree with what they ride on.
func (o *oracle) settle() {
	o.up = map[tunnelKey]bool{}
	for range 30 {
		o.build()
		o.converge()
		o.outerTo, o.outerOf = map[tunnelKey]*trip{}, map[tunnelKey]*trip{}
		next, steady := map[tunnelKey]bool{}, true
		for _, v := range o.p.VPNs {
			for _, t := range v.Tunnels {
				k := tunnelKey{v.Name, t.Instance, t.Router}
				to, from := o.ride(&v, o.tunnelOf(k))
				if to.tunnelled || from.tunnelled {
					o.banned[k] = true
				}
				if o.outerTo[k], o.outerOf[k] = to, from; o.routers[k.router] || o.tunnels[k] || o.banned[k] || !o.arrives(to) || !o.arrives(from) {
					steady = steady && !o.up[k]
					continue
				}
				next[k] = true
				steady = steady && o.up[k]
			}
		}
		if steady {
			return
		}
		o.up = next
	}
	panic("the tunnels never settle")
}

// arrives reports whether any packet gets through: an MSEE that is drained may
// pass it on, a dead one does not.
func (o *oracle) arrives(t *trip) bool {
	for l := range t.legs {
		if !o.silent[linkKey{l.Path, l.Position}] {
			return true
		}
	}
	return false
}

// ride is what the tunnel's packets take, there and back.
func (o *oracle) ride(v *plan.VPN, t *plan.Tunnel) (to, from *trip) {
	internet := func() *trip { return &trip{legs: map[sim.Leg]bool{{Path: sim.Internet}: true}} }
	if v.Underlay == "" {
		return internet(), internet()
	}
	router := o.routerOf(t)
	to, from = &trip{}, &trip{}
	matched := o.forward(o.tables[[2]string{router.Name, t.OutsideVRF}], t.Remote, to)
	if o.microsoft(v.Underlay) {
		if !matched {
			to = internet()
		}
		// What Microsoft does not hear of is announced nowhere, but for the packets
		// that came by the Internet.
		if !o.fromMicrosoft(t.Local, from) && !matched {
			from = internet()
		}
		return to, from
	}
	o.fromVNet(o.vnet(v.VNet), t.Local, from)
	return to, from
}

func (o *oracle) router(name string) *plan.Router {
	i := slices.IndexFunc(o.p.Routers, func(r plan.Router) bool { return r.Name == name })
	if i < 0 {
		return nil
	}
	return &o.p.Routers[i]
}

func (o *oracle) vnet(name string) *plan.VNet {
	return &o.p.VNets[slices.IndexFunc(o.p.VNets, func(v plan.VNet) bool { return v.Name == name })]
}

func (o *oracle) vpn(name string) *plan.VPN {
	return &o.p.VPNs[slices.IndexFunc(o.p.VPNs, func(v plan.VPN) bool { return v.Name == name })]
}

func (o *oracle) tunnelOf(k tunnelKey) *plan.Tunnel {
	r := o.router(k.router)
	return &r.Tunnels[slices.IndexFunc(r.Tunnels, func(t plan.Tunnel) bool { return t.Path == k.path && t.Instance == k.instance })]
}

func (o *oracle) routerOf(t *plan.Tunnel) *plan.Router {
	for i := range o.p.Routers {
		for j := range o.p.Routers[i].Tunnels {
			if &o.p.Routers[i].Tunnels[j] == t {
				return &o.p.Routers[i]
			}
		}
	}
	panic("a tunnel without a router: " + t.Path)
}

func (o *oracle) microsoft(path string) bool {
	return slices.ContainsFunc(o.p.Circuits, func(c plan.Circuit) bool {
		return slices.ContainsFunc(c.Peerings, func(p plan.CircuitPeering) bool { return p.Path == path && p.Microsoft })
	})
}

// hearsVPN reports whether a VNet reaches, and is reached by, a VPN gateway: it
// is its own, or a statement says so.
func (o *oracle) hearsVPN(n *plan.VNet, vpn string) bool {
	return o.vpn(vpn).VNet == n.Name || slices.ContainsFunc(o.p.Statements, func(s plan.Statement) bool {
		return slices.Contains(s.VNets, n.Name) && slices.Contains(s.Prefer, vpn)
	})
}
