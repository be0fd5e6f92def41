package push

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ercfg/ercfg/internal/confdiff"
	"github.com/ercfg/ercfg/internal/push/emulator"
)

// prover is one that does what a word of an order says; nil: none is wanted.
func (o *order) prover() Prover {
	if o.Prove == "" {
		return nil
	}
	traffic := func(got string, pass bool) []TestResult {
		return []TestResult{{Name: "traffic of campus-to-hub, outbound", Want: "er-lab.primary on ce1", Got: got, Pass: pass}}
	}
	return func(ctx context.Context, step Proving, say func(string)) ([]TestResult, error) {
		if step.Router != "ce1" || step.Plan == nil || !step.Deadline.After(time.Now()) {
			return nil, fmt.Errorf("this cannot be proved: %+v", step)
		}
		say("INSUFFICIENT: 3 of 20 packets; waiting for more")
		how := o.Prove
		if how == "fail at the end" { // the secondary comes first
			if how = "fail"; step.Step == "er-lab.secondary" {
				how = "pass"
			}
		}
		switch how {
		case "pass":
			return traffic("PASS", true), wait(ctx, time.Second)
		case "fail":
			return traffic("er-lab.secondary on ce1", false), errors.New("FAIL: campus-to-hub, outbound: all of it on er-lab.secondary")
		case "insufficient":
			<-ctx.Done()
			return traffic("INSUFFICIENT", false), errors.New("INSUFFICIENT: campus-to-hub, outbound: 3 of 20 packets")
		case "interrupted":
			_ = syscall.Kill(os.Getpid(), syscall.SIGINT)
			<-ctx.Done()
			return nil, ctx.Err()
		case "hangs":
			select {}
		}
		panic("no such prover: " + o.Prove)
	}
}

// proving has an order proved, in an undo that is long enough for it.
func proving(how string) func(*emulated, *order) {
	return func(_ *emulated, o *order) { o.Prove, o.ProveFor = how, 4*time.Second }
}

// longer lets a minute of an emulated router last as long as tests and a proof take.
func longer(o *emulator.Options) { o.Minute = 24 * time.Second }

// patiently is longer for a router whose undo nobody waits for: it does not come first
// on a busy machine.
func patiently(o *emulator.Options) { o.Minute = 90 * time.Second }

// proofSpecials are what may become of a proof.
func proofSpecials() []emulatedSpecial {
	return []emulatedSpecial{
		{name: "none: flows prove the change", code: 0, end: "new", says: "changed", router: patiently, change: proving("pass")},
		{name: "flows show another path", code: 4, end: "old", says: "the traffic is not proved: FAIL", router: patiently, change: proving("fail")},
		{name: "too few flows come in the time of the proof", code: 4, end: "old", says: "the traffic is not proved: INSUFFICIENT", router: patiently, change: proving("insufficient")},
		{name: "the proof hangs", code: 4, end: "old", says: "no answer in time", router: patiently, change: proving("hangs")},
		{name: "Ctrl-C while the traffic is proved", code: 4, end: "old", says: "interrupted while proving", router: patiently, change: proving("interrupted")},
		{name: "a session goes down while the traffic is proved", code: 4, end: "old", says: "session with 172.16.200.6", router: patiently,
			change: func(e *emulated, o *order) {
				proving("pass")(e, o)
				o.TestFor = 11 * time.Second // for which it is down
			},
			at: func(e *emulated, ev Event) {
				if ev.Phase == Prove && strings.HasPrefix(ev.Text, "INSUFFICIENT") {
					e.bounce()
				}
			}},
	}
}

// bounce resets the session with the second link, on a session of the test's own.
func (e *emulated) bounce() {
	e.t.Helper()
	d := e.device()
	defer d.close()
	var err error
	switch d := d.(type) {
	case *iosxe:
		_, err = d.ask(e.t.Context(), "clear ip bgp 172.16.200.6")
	case *junos:
		_, err = d.say(e.t.Context(), "clear bgp neighbor 172.16.200.6")
	}
	if err != nil {
		e.t.Error(err)
	}
}

// A proof comes after the tests and before the confirmation, with the undo armed, and is
// in the report; nothing else differs from a push without one.
func TestProveEmulated(t *testing.T) {
	t.Parallel()
	for _, platform := range bothPlatforms {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			e := newEmulated(t, platform, patiently)
			o := e.order()
			proving("pass")(e, &o)
			r := runChild(t, o, nil, nil)
			if r.code != 0 {
				t.Fatalf("exit code %d:\n%s", r.code, r.said)
			}
			var phases []string
			said := false
			for _, ev := range r.events {
				if word := ev.Phase.String(); len(phases) == 0 || phases[len(phases)-1] != word {
					phases = append(phases, word)
				}
				if ev.Phase != Prove {
					continue
				}
				said = said || strings.Contains(ev.Text, "3 of 20 packets")
				if ev.Deadline.IsZero() {
					t.Errorf("without an undo: %+v", ev)
				}
			}
			if got := strings.Join(phases, " "); got != "connect read arm apply check test prove confirm save done" {
				t.Errorf("phases: %s", got)
			}
			if !said {
				t.Error("nothing is said of the proof")
			}
			j, err := (&Store{Dir: o.Dir}).Open(o.Run)
			if err != nil || !j.reached("ce1", Prove) {
				t.Errorf("the journal does not know of the proof: %v", err)
			}
		})
	}
}

// The times of a proof fit into the undo, or the run does not begin.
func TestProveTimes(t *testing.T) {
	t.Parallel()
	p, configs := edgePlan(t, emulatedIntent(confdiff.IOSXE))
	secrets, err := NewSecrets(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	never := func(context.Context, Proving, func(string)) ([]TestResult, error) { return nil, nil }
	for _, c := range []struct {
		revert, tests, proving time.Duration
		says                   string
	}{
		{5 * time.Minute, 150 * time.Second, 2 * time.Minute, ""},
		{5 * time.Minute, 150 * time.Second, 121 * time.Second, "6m0s at least"},
		{10 * time.Minute, 5 * time.Minute, 10 * time.Minute, "16m0s at least"},
		{5 * time.Minute, time.Minute, 0, "no time"},
	} {
		o := Options{Run: "20261127-034512-k3f9", RevertAfter: c.revert, TestFor: c.tests, Prove: never, ProveFor: c.proving}
		_, err := New(p, []Job{{Config: configs[0]}}, secrets, &Store{Dir: t.TempDir()}, nil, o, nil)
		if (err == nil) != (c.says == "") || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%+v: %v", c, err)
		}
		if least := LeastRevert(c.tests, c.proving); c.says != "" && c.proving > 0 && !strings.Contains(c.says, least.String()) {
			t.Errorf("%+v: at least %s", c, least)
		}
	}
}

// A stillDevice is a device of a transaction whose live state is given by its test.
type stillDevice struct{ device }

// timed is a transaction whose undo is due in five minutes, and whose tests say what holds
// says.
func timed(prover Prover, holds func() bool, said *[]string) *transaction {
	return &transaction{
		limits: limitsFor(5 * time.Minute), device: stillDevice{}, deadline: time.Now().Add(5 * time.Minute),
		testFor: 4 * time.Minute, settle: leastSettle, proof: proof{prover, Proving{Router: "ce1"}, 2 * time.Minute},
		test: func(context.Context, device) ([]TestResult, error) {
			return []TestResult{{Name: "session", Want: "up", Got: "down", Pass: holds()}}, nil
		},
		say: func(e Event) error { *said = append(*said, e.Text); return nil },
	}
}

// Tests leave the proof its time, and both leave the undo its margin.
func TestProveLeavesTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var said []string
		began := time.Now()
		x := timed(nil, func() bool { return false }, &said)
		if err := x.tests(t.Context()); err == nil {
			t.Error("tests that fail hold")
		}
		if took, most := time.Since(began), 5*time.Minute-2*time.Minute-testMargin+2*time.Second; took > most || took < most-5*time.Second {
			t.Errorf("tests took %s, and may take %s", took, most)
		}

		for late, want := range map[time.Duration]time.Duration{0: 2 * time.Minute, 4 * time.Minute: time.Minute - testMargin} {
			var deadline time.Time
			x = timed(func(_ context.Context, step Proving, _ func(string)) ([]TestResult, error) {
				deadline = step.Deadline
				return []TestResult{{Name: "traffic", Pass: true}}, nil
			}, func() bool { return true }, &said)
			time.Sleep(late)
			began = time.Now()
			if err := x.prove(t.Context()); err != nil {
				t.Error(err)
			}
			if got := deadline.Sub(began); got != want {
				t.Errorf("%s after the arming the proof may take %s, wanted %s", late, got, want)
			}
			if len(x.results) != 2 || x.results[1].Name != "traffic" {
				t.Errorf("results: %+v", x.results)
			}
		}
	})
}

// A prover that does not come back is not waited for, and is not heard any more. What
// failed before the proof came, or fails after it, is not confirmed.
func TestProveEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var said []string
		release := make(chan struct{})
		x := timed(func(_ context.Context, _ Proving, say func(string)) ([]TestResult, error) {
			<-release
			say("too late")
			return nil, nil
		}, func() bool { return true }, &said)
		began := time.Now()
		if err := x.prove(t.Context()); !errors.Is(err, errNotAnswered) {
			t.Errorf("a prover that hangs: %v", err)
		}
		if took := time.Since(began); took != 2*time.Minute+proveGrace {
			t.Errorf("waited for %s", took)
		}
		close(release)
		synctest.Wait()
		if len(said) > 0 {
			t.Errorf("heard %q", said)
		}

		ctx, cancel := context.WithCancelCause(t.Context())
		why := errors.New("the person hits Ctrl-C")
		x = timed(func(ctx context.Context, _ Proving, _ func(string)) ([]TestResult, error) {
			cancel(why)
			<-ctx.Done()
			return []TestResult{{Name: "traffic", Pass: true}}, nil // it has seen enough just now
		}, func() bool { return true }, &said)
		if err := x.prove(ctx); !errors.Is(err, why) || !strings.Contains(err.Error(), "while proving") {
			t.Errorf("interrupted: %v", err)
		}

		x = timed(func(context.Context, Proving, func(string)) ([]TestResult, error) { return nil, nil }, func() bool { return false }, &said)
		if err := x.prove(t.Context()); err == nil || !strings.Contains(err.Error(), "session") {
			t.Errorf("what does not hold any more: %v", err)
		}
	})
}
