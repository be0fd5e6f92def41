//go:build linux

package lab

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/sim"
)

// Which faults play a failure: the usual ones first, the rare ones on demand, and
// where a static route follows a link, only what that route sees.
func TestFaultsOf(t *testing.T) {
	t.Parallel()
	link := sim.Failure{Kind: sim.LinkDown, Path: "er", Position: plan.Primary}
	for _, c := range []struct {
		name    string
		failure sim.Failure
		all     bool
		change  func(l *Lab)
		want    []string
	}{
		{"a link", link, false, nil, []string{bySilence, byCarrier}},
		{"a link, all", link, true, nil, []string{bySilence, byCarrier, byOneWay, byProcess}},
		{"a link whose MSEE has two, all", link, true, func(l *Lab) {
			l.Wires = append(l.Wires, Wire{A: "ce1", IfA: "eth1.200", B: "msee-er-p", IfB: "erm", Link: "circuits.er.microsoft.primary"})
		}, []string{bySilence, byCarrier, byOneWay}},
		{"a link with a static route, all", link, true, func(l *Lab) {
			l.plan.Routers[0].Routes = []plan.Route{{Interface: "eth1.100"}}
		}, []string{byCarrier}},
		{"a circuit with a static route", sim.Failure{Kind: sim.CircuitDown, Path: "er"}, false, func(l *Lab) {
			l.plan.Routers[0].Routes = []plan.Route{{Interface: "eth2.100"}}
		}, []string{byCarrier}},
		{"an MSEE with a static route", sim.Failure{Kind: sim.MSEEDown, Path: "er", Position: plan.Primary}, false, func(l *Lab) {
			l.plan.Routers[0].Routes = []plan.Route{{Interface: "eth1.100"}}
		}, []string{bySilence}},
		{"a tunnel", sim.Failure{Kind: sim.TunnelDown, Path: "net", Instance: "a", Router: "ce1"}, false, nil, []string{byCables}},
		{"IPv6", sim.Failure{Kind: sim.IPv6Down, Path: "er"}, false, nil, []string{byReset}},
		{"IPv6 with BIRD, which is asked to reset nothing", sim.Failure{Kind: sim.IPv6Down, Path: "er"}, false, func(l *Lab) { l.Options.MSEE = "bird" }, []string{bySilence}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			l, _, _ := handmade()
			if c.change != nil {
				c.change(l)
			}
			if diff := cmp.Diff(c.want, l.faultsOf(c.failure, c.all)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// A failure breaks what it speaks of, once, and a lab without it says so.
func TestFaults(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		failure sim.Failure
		how     string
		want    int // 0: an error
	}{
		{sim.Failure{Kind: sim.LinkDown, Path: "er", Position: plan.Secondary}, bySilence, 1},
		{sim.Failure{Kind: sim.CircuitDown, Path: "er"}, byCarrier, 2},
		{sim.Failure{Kind: sim.MSEEDown, Path: "er", Position: plan.Primary}, bySilence, 1},
		{sim.Failure{Kind: sim.LinkDrained, Path: "er", Position: plan.Primary}, byDrain, 1},
		{sim.Failure{Kind: sim.VPNDown, Path: "net"}, byCables, 1},
		{sim.Failure{Kind: sim.RouterDown, Router: "ce1"}, byCables, 1},
		{sim.Failure{Kind: sim.RouterDown, Router: "ce9"}, byCables, 0},
		{sim.Failure{Kind: sim.LinkDown, Path: "er-other"}, bySilence, 0},
	} {
		l, _, _ := handmade()
		got, err := l.faults(c.failure, c.how)
		if len(got) != c.want || (err != nil) != (c.want == 0) {
			t.Errorf("%s %s: %d faults and %v, want %d", c.failure.Kind, c.how, len(got), err, c.want)
		}
	}
}

// How a scenario is played: one failure by each of its faults, several by the first
// of each, and only by those that are asked for.
func TestVariants(t *testing.T) {
	t.Parallel()
	l, p, streams := handmade()
	d := &drill{l: l, p: p, streams: streams}
	link := sim.Failure{Kind: sim.LinkDown, Path: "er", Position: plan.Primary}
	drain := sim.Failure{Kind: sim.LinkDrained, Path: "er", Position: plan.Secondary}
	for _, c := range []struct {
		name     string
		failures []sim.Failure
		options  DrillOptions
		want     [][]string
	}{
		{"one", []sim.Failure{link}, DrillOptions{}, [][]string{{bySilence}, {byCarrier}}},
		{"two", []sim.Failure{link, drain}, DrillOptions{All: true}, [][]string{{bySilence, byDrain}}},
		{"a rare one is asked for", []sim.Failure{link}, DrillOptions{Faults: []string{byOneWay}}, [][]string{{byOneWay}}},
		{"what cannot be", []sim.Failure{drain}, DrillOptions{Faults: []string{byOneWay}}, nil},
	} {
		if diff := cmp.Diff(c.want, d.variants(sim.Scenario{Failures: c.failures}, c.options)); diff != "" {
			t.Errorf("%s: -want +got:\n%s", c.name, diff)
		}
	}
}
