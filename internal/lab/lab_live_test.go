//go:build linux

package lab_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ercfg/ercfg/internal/lab"
	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/sim"
)

// Labs of the examples are as their plans say, and when something breaks they do
// what was predicted.
func TestLive(t *testing.T) {
	t.Parallel()
	need(t)
	for _, c := range []struct {
		name      string
		scenarios []string // none: all of depth 1, and the ladders
		options   lab.Options
		drill     lab.DrillOptions
	}{
		// The longest first.
		{name: "07-two-sites-standby-telemetry", options: lab.Options{GatewayHold: 9 * time.Second}},
		{name: "02-dual-stack-one-ce"},
		{name: "04-encrypted-over-private", options: lab.Options{GatewayHold: 9 * time.Second}},
		{name: "01-two-ce-private"},
		{name: "03-vpn-backup", options: lab.Options{GatewayHold: 9 * time.Second}},
		// Azure's side on another code base.
		{
			name: "03-vpn-backup", options: lab.Options{MSEE: "bird", GatewayHold: 9 * time.Second},
			scenarios: []string{"er-frankfurt.primary", "er-frankfurt.secondary:drain", "er-frankfurt"},
		},
	} {
		t.Run(c.name+" "+c.options.MSEE, func(t *testing.T) {
			t.Parallel()
			p := example(t, c.name)
			live(t, p, c.options, c.drill, c.scenarios)
		})
	}
}

// live brings the lab of a plan up, tests it, and drills it.
func live(t *testing.T, p *plan.Plan, o lab.Options, d lab.DrillOptions, names []string) {
	t.Helper()
	l, _ := up(t, p, o)
	report := sim.Predict(p, scenarios(t, p, names))
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	tested, err := l.Test(ctx, p, &report.Outcomes[0], t.Logf)
	if err != nil {
		t.Fatal(err)
	}
	if !tested.Passed() {
		var text strings.Builder
		if err := tested.WriteText(&text, false); err != nil {
			t.Fatal(err)
		}
		t.Fatalf("lab test:\n%s", &text)
	}
	drilled := drillOn(ctx, t, l, p, report, d)
	all := drilled.Failovers()
	if len(all) == 0 {
		t.Error("no failover that BFD detected: nothing is known of how long one takes")
	} else if middle := all[(len(all)-1)/2]; middle >= time.Second+drilled.Clock {
		t.Errorf("failover that BFD detected: median %v, want less than a second; the clock's error is %v", middle, drilled.Clock)
	}
}

// drillOn drills a lab and fails the test where something is not as predicted.
func drillOn(ctx context.Context, t *testing.T, l *lab.Lab, p *plan.Plan, report *sim.Report, o lab.DrillOptions) *lab.DrillReport {
	t.Helper()
	drilled, err := l.Drill(ctx, p, report, o, t.Logf)
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	if err := drilled.WriteText(&text); err != nil {
		t.Fatal(err)
	}
	t.Logf("lab drill:\n%s", &text)
	if !drilled.Passed() {
		t.Error("not as predicted")
	}
	return drilled
}

// Without BFD a silent failure costs up to the hold time, in every way that it can
// come about, and a process that dies is seen at once.
func TestWithoutBFD(t *testing.T) {
	t.Parallel()
	need(t)
	p := onFRR(t, "testdata/without-bfd.yaml")
	l, _ := up(t, p, lab.Options{})
	ctx, cancel := context.WithTimeout(t.Context(), 8*time.Minute)
	defer cancel()
	drilled := drillOn(ctx, t, l, p, sim.Predict(p, scenarios(t, p, []string{"er-a.primary", "er-a.secondary:msee"})), lab.DrillOptions{All: true})
	slowest := time.Duration(0)
	for _, run := range drilled.Runs {
		for _, o := range run.Flows {
			if slices.Contains(run.Faults, "silent") {
				slowest = max(slowest, o.Loss)
			}
		}
	}
	// Keepalives come every 3 s, so that the hold timer has 7 s to go at least.
	if slowest < 5*time.Second {
		t.Errorf("the longest loss of a silent failure is %v, and nothing but a hold timer of 10 s notices one", slowest)
	}
}

// A drill that is cut short repairs what it has broken, and one that was killed is
// cleared up by the next.
func TestDrillCancelled(t *testing.T) {
	t.Parallel()
	need(t)
	p := example(t, "02-dual-stack-one-ce")
	l, _ := up(t, p, lab.Options{})
	report := sim.Predict(p, scenarios(t, p, []string{"er-reston.primary:msee"}))
	msee := l.Node("msee-er-reston-p")
	tables := func() string {
		out, err := msee.Exec(t.Context(), "nft", "list", "tables")
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	// What a drill that was killed leaves behind.
	if _, err := msee.Exec(t.Context(), "nft", "add", "table", "inet", "ercfg_fault_old"); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Node("provider").Exec(t.Context(), "ip", "link", "set", l.Wires[0].PortA, "down"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	done := make(chan error, 1)
	var drilled *lab.DrillReport
	go func() {
		var err error
		drilled, err = l.Drill(ctx, p, report, lab.DrillOptions{}, t.Logf)
		done <- err
	}()
	waitFor(t, 2*time.Minute, "the MSEE is silent", func() string {
		if now := tables(); !strings.Contains(now, "ercfg_fault_") || strings.Contains(now, "ercfg_fault_old") {
			return "tables: " + now
		}
		return ""
	})
	cancel()
	if err := <-done; err == nil || err.Error() != context.Canceled.Error() {
		t.Errorf("the drill ends with %v, want %v alone", err, context.Canceled)
	}
	if drilled.Unplayed != 1 || drilled.Passed() {
		t.Errorf("%d scenarios of one were not played; passed %t", drilled.Unplayed, drilled.Passed())
	}
	if left := tables(); strings.Contains(left, "ercfg") {
		t.Errorf("left behind: %s", left)
	}
	tested, err := l.Test(t.Context(), p, &report.Outcomes[0], t.Logf)
	if err != nil {
		t.Fatal(err)
	}
	if !tested.Passed() {
		var text strings.Builder
		_ = tested.WriteText(&text, false)
		t.Errorf("the network is not whole again:\n%s", &text)
	}
}

// A drill tells a prediction that is wrong: of the path, and of the time.
func TestDrillFindsDifferences(t *testing.T) {
	t.Parallel()
	need(t)
	p := example(t, "01-two-ce-private")
	l, _ := up(t, p, lab.Options{})
	report := sim.Predict(p, scenarios(t, p, []string{"er-london.primary", "er-london.secondary:bfd"}))
	wrong := *report.Outcomes[1].Flows[0]
	wrong.To = report.Outcomes[0].Flows[0].To
	// Less than the drill gives a router to react, so that what BFD takes is too long on
	// any machine.
	wrong.From.Wait.Max, wrong.From.Wait.Gateway = -400*time.Millisecond, 0
	report.Outcomes[1].Flows = []*sim.Flow{&wrong}
	drilled, err := l.Drill(t.Context(), p, report, lab.DrillOptions{Faults: []string{"carrier", "bfd"}}, t.Logf)
	if err != nil {
		t.Fatal(err)
	}
	if len(drilled.Runs) != 2 {
		t.Fatalf("%d runs, want 2", len(drilled.Runs))
	}
	var got []string
	for _, o := range drilled.Runs[0].Flows {
		for _, d := range o.Differences {
			got = append(got, o.Direction.String()+" "+strings.Fields(d)[0])
		}
	}
	if diff := cmp.Diff([]string{"→ predicted", "← lost"}, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if drilled.Passed() || !drilled.Runs[1].Passed() {
		t.Error("the report has passed, or a run without a difference has not")
	}
	if len(drilled.Runs[1].Findings) == 0 {
		t.Error("FRR 8.4 takes a session back without its BFD, and nothing was found")
	}
}

// scenarios are the normal state and those that are named, or all of depth 1.
func scenarios(t *testing.T, p *plan.Plan, names []string) []sim.Scenario {
	t.Helper()
	if len(names) == 0 {
		return append(sim.Scenarios(p, 1), sim.Ladders(p)...)
	}
	out := []sim.Scenario{{}}
	for _, name := range names {
		s, err := sim.ParseScenario(p, name)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.ContainsFunc(out, func(o sim.Scenario) bool { return o.Name() == s.Name() }) {
			out = append(out, s)
		}
	}
	return out
}
