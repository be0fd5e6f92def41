package frrtest

import (
	"fmt"
	"testing"
)

// Net is a network of routers that lives as long as one test.
type Net struct {
	t        testing.TB
	routers  map[string]*Router
	provider *Router // far ends of stand-in interfaces; nil until the first
	standIns int
}

// New returns an empty network. It ends the test as Need does where FRR cannot
// run. The methods of Net and Router are for the test's own goroutine: they
// fail the test themselves.
func New(t testing.TB) *Net {
	t.Helper()
	Need(t)
	return &Net{t: t, routers: make(map[string]*Router)}
}

// Router adds a router. Its name is also its host name; it starts with lo up,
// forwarding on, and no daemons.
func (n *Net) Router(name string) *Router {
	n.t.Helper()
	if n.routers[name] != nil {
		n.t.Fatalf("router %s is added twice", name)
	}
	r := newRouter(n.t, name)
	n.routers[name] = r
	return r
}

// Link joins two routers by a veth pair and brings both ends up. An interface
// name has 15 characters at most and may hold a dot: a veth called eth1.150
// stands in for VLAN 150 of eth1, because not every kernel has VLAN devices.
// No tag is on the wire.
func (n *Net) Link(a *Router, ifA string, b *Router, ifB string) {
	n.t.Helper()
	// The peer is made in its namespace directly, so that no name is ever
	// taken in the machine's own.
	a.netns("link", "add", ifA, "type", "veth", "peer", "name", ifB, "netns", fmt.Sprint(b.pid))
	a.netns("link", "set", ifA, "up")
	b.netns("link", "set", ifB, "up")
}

// StandIn gives router r the named interfaces with carrier and nobody at the
// far end: enough for a configuration to load. The far ends are in a namespace
// that plays the provider and has no daemons.
func (n *Net) StandIn(r *Router, interfaces ...string) {
	n.t.Helper()
	if n.provider == nil {
		n.provider = newRouter(n.t, "provider")
	}
	for _, name := range interfaces {
		n.Link(r, name, n.provider, fmt.Sprintf("p%d", n.standIns))
		n.standIns++
	}
}
