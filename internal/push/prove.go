package push

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/ercfg/ercfg/internal/plan"
)

// A Prover says whether the traffic takes the paths that a plan predicts, as flow
// telemetry shows it, after the tests of a step have held and before it is confirmed.
// Each result is a test of the report. Nil says that all is proved; an error says what
// is not, and the step is put back: what nobody has measured is not proved. It returns as
// soon as it knows, and when ctx ends at the latest, with what it knows then. Several
// routers may be changed at the same time: it is called by several goroutines at once.
// Say tells a person how it stands, in a sentence without secrets.
type Prover func(ctx context.Context, step Proving, say func(text string)) ([]TestResult, error)

// Proving is what is to be proved.
type Proving struct {
	Router string
	Step   string // of a change that goes in steps; empty: the whole change
	// Plan is what the routers are to do when the step is done: while a link is drained,
	// it is drained there, too.
	Plan *plan.Plan
	// Deadline is when the proof has to be there; the router's own undo comes later.
	Deadline time.Time
}

// proveGrace is how long a prover may take to say what it knows when its time is over.
const proveGrace = 2 * time.Second

// errNotAnswered says that a prover goes on although its time is over.
var errNotAnswered = errors.New("nobody says whether the traffic is proved: no answer in time")

// proof is the part of a transaction that proves.
type proof struct {
	prover Prover // nil: nothing is to be proved
	step   Proving
	within time.Duration // after the tests
}

// proved is what a prover has returned.
type proved struct {
	results []TestResult
	err     error
}

// provable refuses times in which nothing can be proved before a router undoes the
// change.
func (o *Options) provable() error {
	least := LeastRevert(o.TestFor, o.ProveFor)
	switch {
	case o.Prove == nil:
		return nil
	case o.ProveFor <= 0:
		return fmt.Errorf("proving for %s: there is no time in which traffic could be seen", o.ProveFor)
	case o.RevertAfter < least:
		return fmt.Errorf("tests of %s and proving for %s do not fit into an undo after %s, which would come after %s at least", o.TestFor, o.ProveFor, o.RevertAfter, least)
	}
	return nil
}

// LeastRevert is the shortest time after which a router may undo a change by itself, in
// whole minutes, where tests and then proving may take so long.
func LeastRevert(tests, proving time.Duration) time.Duration {
	d := tests + proving + 2*testMargin
	return (d + time.Minute - 1).Truncate(time.Minute)
}

// prove lets the prover say what the traffic does, and tests once more: time has passed.
func (t *transaction) prove(ctx context.Context) error {
	step := t.step
	step.Deadline = time.Now().Add(t.within)
	if last := t.deadline.Add(-t.margin); step.Deadline.After(last) {
		step.Deadline = last
	}
	got := t.ask(ctx, step)
	t.results = append(slices.Clone(t.results), got.results...)
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("interrupted while proving: %w", context.Cause(ctx))
	case got.err != nil:
		return fmt.Errorf("the traffic is not proved: %w", got.err)
	}
	end := time.Now().Add(t.testFor)
	if last := t.deadline.Add(-t.margin / 2); end.After(last) {
		end = last
	}
	err := t.hold(ctx, Prove, 0, end)
	t.results = append(slices.Clone(t.results), got.results...)
	return err
}

// ask calls the prover, and does not wait for one that does not come back: the router's
// undo does not wait either. What such a one says later nobody hears.
func (t *transaction) ask(ctx context.Context, step Proving) proved {
	ctx, cancel := context.WithDeadline(ctx, step.Deadline)
	defer cancel()
	var mu sync.Mutex
	over := false
	say := func(text string) {
		mu.Lock()
		defer mu.Unlock()
		if !over {
			t.say(Event{Phase: Prove, Deadline: t.deadline, Text: text})
		}
	}
	defer func() {
		mu.Lock()
		defer mu.Unlock()
		over = true
	}()
	done := make(chan proved, 1)
	go func() {
		results, err := t.prover(ctx, step, say)
		done <- proved{results, err}
	}()
	select {
	case got := <-done:
		return got
	case <-ctx.Done():
	}
	late := time.NewTimer(proveGrace)
	defer late.Stop()
	select {
	case got := <-done:
		return got
	case <-late.C:
		return proved{err: errNotAnswered}
	}
}
