package push

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ercfg/ercfg/internal/confdiff"
	"github.com/ercfg/ercfg/internal/frrtest"
)

// resetIntent is edgeIntent without BFD, which resets the sessions of both links.
var resetIntent = strings.Replace(edgeIntent, "bfd: {interval: 300ms, multiplier: 3}", "bfd: false", 1)

// What resets the sessions of both links of a circuit goes link by link: at no time is
// the VNet without a route. With a drain the link is empty before its session goes.
func TestFRRLinkByLink(t *testing.T) {
	t.Parallel()
	for _, drain := range []bool{false, true} {
		t.Run(map[bool]string{false: "plain", true: "drained"}[drain], func(t *testing.T) {
			t.Parallel()
			e := newEdge(t)
			before := e.running()
			o := e.order(resetIntent)
			o.Drain, o.Undo, o.TestFor, o.Grace = drain, 10*time.Minute, 2*time.Minute, 30*time.Second
			var steps []string
			r := runChild(t, o, e.at, func(ev Event, _ func()) {
				if step, ok := strings.CutPrefix(ev.Text, "next: "); ok {
					steps = append(steps, step)
				}
				if ev.Phase != Test {
					return
				}
				if out := e.on(e.ce, "ip", "route", "show", "10.160.0.0/16"); !strings.Contains(out, "via 172.16.200.") {
					t.Errorf("%s: no route to the VNet: %q", ev.Text, out)
				}
			})
			want := []string{"er-lab.secondary", "er-lab.primary"}
			if drain {
				want = []string{"drain er-lab.secondary", "er-lab.secondary", "end the drain of er-lab.secondary", "drain er-lab.primary", "er-lab.primary", "end the drain of er-lab.primary"}
			}
			if r.code != 0 || !slices.Equal(steps, want) {
				t.Errorf("exit code %d, steps %q:\n%s", r.code, steps, r.said)
			}
			_, configs := edgePlan(t, resetIntent)
			whole := e.after(configs[0].Text)
			if apart, err := textApart(confdiff.FRR, []byte(e.ce.RunningConfig()), whole); err != nil || len(apart) > 0 {
				t.Errorf("the router has another configuration: %q, %v", apart, err)
			}
			then := o
			then.Verb, then.Of, then.Run = "status", o.Run, o.Run+"s"
			if r := runChild(t, then, e.at, nil); r.code != 0 {
				t.Errorf("status: exit code %d:\n%s", r.code, r.said)
			}
			if drain {
				return
			}
			// Both steps are undone, the last first.
			then.Verb, then.Run = "revert", o.Run+"r"
			if r := runChild(t, then, e.at, nil); r.code != 4 || e.running() != before {
				t.Errorf("revert: exit code %d:\n%s\n%s", r.code, r.said, e.running())
			}
		})
	}
}

// after is what the edge has after a change to a rendering, by the model.
func (e *edge) after(rendering string) confdiff.Config {
	e.t.Helper()
	have, err := confdiff.Read(confdiff.FRR, []byte(e.config.Text))
	if err != nil {
		e.t.Fatal(err)
	}
	want, err := confdiff.Read(confdiff.FRR, []byte(rendering))
	if err != nil {
		e.t.Fatal(err)
	}
	c, err := confdiff.Apply(have, confdiff.Between(want, have, confdiff.Options{Intent: "lab-edge"}).Commands)
	if err != nil {
		e.t.Fatal(err)
	}
	return c
}

// A step that fails takes those before it back, too.
func TestFRRStepFails(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	before, startup := e.running(), e.startup()
	o := e.order(resetIntent)
	o.Undo, o.TestFor, o.Grace = 4*time.Minute, 45*time.Second, 20*time.Second
	second := false
	r := runChild(t, o, e.at, func(ev Event, _ func()) {
		if ev.Text == "next: er-lab.primary" {
			second = true
		}
		if second && ev.Phase == Test && ev.Tests != nil {
			second = false
			e.on(e.msee, "vtysh", "-c", "configure terminal", "-c", "router bgp 12076", "-c", "neighbor 172.16.200.1 shutdown")
		}
	})
	if r.code != 4 {
		t.Errorf("exit code %d:\n%s", r.code, r.said)
	}
	if e.running() != before || frrtest.Normalize(e.startup()) != frrtest.Normalize(startup) {
		t.Errorf("the old configuration is not back:\n%s", e.running())
	}
}

// BFD comes softly, and ends the session when it is taken back: both links get it one after
// the other, so that the VNet has a route all the time, also when the change fails at last.
func TestFRRWayBack(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	o := e.order(resetIntent)
	o.Together, o.Undo, o.TestFor, o.Grace = true, 10*time.Minute, 2*time.Minute, 2*time.Minute
	if r := runChild(t, o, e.at, nil); r.code != 0 {
		t.Fatalf("exit code %d:\n%s", r.code, r.said)
	}
	before := e.running()
	var wg sync.WaitGroup
	ctx, stop := context.WithCancel(t.Context())
	defer wg.Wait()
	defer stop()
	wg.Go(func() {
		for wait(ctx, 100*time.Millisecond) == nil {
			if out, err := e.ce.Exec(ctx, "ip", "route", "show", "10.160.0.0/16"); err == nil && !strings.Contains(out, "via 172.16.200.") {
				t.Errorf("no route to the VNet: %q", out)
			}
		}
	})
	o.Intent, o.Together, o.Run, o.Prove, o.ProveFor = edgeIntent, false, o.Run+"b", "fail at the end", 4*time.Second
	if r := runChild(t, o, e.at, nil); r.code != 4 || !strings.Contains(r.said, "all of it on er-lab.secondary") {
		t.Errorf("exit code %d:\n%s", r.code, r.said)
	}
	if now := e.running(); now != before {
		t.Errorf("the old configuration is not back:\n%s", now)
	}
}
