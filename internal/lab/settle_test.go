//go:build linux

package lab

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/sim"
)

// What becomes of the sessions of both families on the first link, and of those in a
// tunnel that has a wire of its own and in one that rides on links.
func TestFates(t *testing.T) {
	t.Parallel()
	const primary, secondary = plan.Primary, plan.Secondary
	link := func(kind sim.Kind, position plan.Position) sim.Failure {
		return sim.Failure{Kind: kind, Path: "er", Position: position}
	}
	type fates struct{ IPv4, IPv6, Wire, Rides fate }
	for _, c := range []struct {
		name     string
		failures []sim.Failure
		want     fates
	}{
		{"nothing fails", nil, fates{stands, stands, stands, stands}},
		{"its link", []sim.Failure{link(sim.LinkDown, primary)}, fates{falls, falls, stands, open}},
		{"the other link", []sim.Failure{link(sim.LinkDown, secondary)}, fates{stands, stands, stands, open}},
		{"its MSEE", []sim.Failure{link(sim.MSEEDown, primary)}, fates{falls, falls, stands, open}},
		{"the circuit", []sim.Failure{{Kind: sim.CircuitDown, Path: "er"}}, fates{falls, falls, stands, open}},
		{"its MSEE is drained", []sim.Failure{link(sim.LinkDrained, primary)}, fates{drains, drains, stands, open}},
		{"the other MSEE is drained", []sim.Failure{link(sim.LinkDrained, secondary)}, fates{stands, stands, stands, open}},
		{"BFD", []sim.Failure{link(sim.BFDDown, primary)}, fates{open, stands, stands, open}},
		{"BFD and a drain", []sim.Failure{link(sim.BFDDown, primary), link(sim.LinkDrained, primary)}, fates{open, drains, stands, open}},
		{"IPv6", []sim.Failure{link(sim.IPv6Down, primary)}, fates{stands, falls, stands, open}},
		{"a drain and its link", []sim.Failure{link(sim.LinkDrained, primary), link(sim.LinkDown, primary)}, fates{falls, falls, stands, open}},
		{"its router", []sim.Failure{{Kind: sim.RouterDown, Router: "ce1"}}, fates{falls, falls, falls, falls}},
		{"another router", []sim.Failure{{Kind: sim.RouterDown, Router: "ce2"}}, fates{stands, stands, stands, open}},
		{"the tunnel with a wire", []sim.Failure{{Kind: sim.TunnelDown, Path: "net", Instance: "a", Router: "ce1"}}, fates{stands, stands, falls, stands}},
		{"another tunnel of that VPN", []sim.Failure{{Kind: sim.TunnelDown, Path: "net", Instance: "b", Router: "ce1"}}, fates{stands, stands, stands, stands}},
		{"the VPN that rides", []sim.Failure{{Kind: sim.VPNDown, Path: "over"}}, fates{stands, stands, stands, falls}},
		{"a link, and the VPN that rides", []sim.Failure{link(sim.LinkDown, primary), {Kind: sim.VPNDown, Path: "over"}}, fates{falls, falls, stands, falls}},
	} {
		l, p, _ := handmade()
		d := &drill{l: l, p: p}
		s, r := sim.Scenario{Failures: c.failures}, &p.Routers[0]
		got := fates{
			d.linkFate(s, r, &r.Links[0], plan.IPv4), d.linkFate(s, r, &r.Links[0], plan.IPv6),
			d.tunnelFate(s, r, &r.Tunnels[0]), d.tunnelFate(s, r, &r.Tunnels[1]),
		}
		if got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// A drain puts 12076 in front eight times, and changes nothing else of a route.
func TestDrainedLines(t *testing.T) {
	t.Parallel()
	got := drainedLines([]string{"10.90.0.0/16 preference 200 path 12076", "2001:db8::/48 path 12076 65515"})
	want := []string{
		"10.90.0.0/16 preference 200 path 12076 12076 12076 12076 12076 12076 12076 12076 12076",
		"2001:db8::/48 path 12076 12076 12076 12076 12076 12076 12076 12076 12076 65515",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
