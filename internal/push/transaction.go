package push

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/ercfg/ercfg/internal/confdiff"
)

// limits are the times of a transaction. Each answer of a router has its own deadline
// below these.
type limits struct {
	undo time.Duration // from arming until the router undoes by itself
	// grace is how long after the undo was due the router is looked for: the undo itself
	// takes time, and a router whose sessions come up again is slow.
	grace      time.Duration
	margin     time.Duration // what has to be left of the undo's time when the tests end
	knockEvery time.Duration // between two attempts to reach a router that is lost
	lookEvery  time.Duration // between two looks at the live state
}

// limitsFor are the limits where the router undoes a change after some time.
func limitsFor(undo time.Duration) limits {
	return limits{undo: undo, grace: 2 * time.Minute, margin: testMargin, knockEvery: 2 * time.Second, lookEvery: time.Second}
}

// testMargin is the margin of [limits].
const testMargin = 15 * time.Second

// A transaction changes one router: arm, apply, check, test, confirm, save; and from
// any of them back. It holds nothing that is needed for the way back but the router's
// own undo.
type transaction struct {
	limits
	platform string
	work     *work
	have     confdiff.Config // before
	print    string          // fingerprint of before, where have is not known: of an earlier run
	after    confdiff.Config // as the model of the platform has it after the commands

	open   func(context.Context) (device, error) // another session, when one is lost
	device device                                // nil: the session is lost

	// test looks at the live state once.
	test func(context.Context, device) ([]TestResult, error)
	// testFor bounds the tests, settle is how long they have to hold without a break.
	testFor, settle time.Duration
	proof

	say func(Event) error // fills in time and router; the error is the journal's

	begun    bool      // commands may have been typed
	deadline time.Time // of the router's undo; zero: it is not armed
	results  []TestResult
	lastErr  error
}

// run changes the router and returns how it was left. The error says what went
// wrong, and where; the outcome says what the router has.
func (t *transaction) run(ctx context.Context) (Outcome, Phase, error) {
	phase, err := t.forward(ctx)
	switch {
	case err == nil:
		return Changed, Done, nil
	case phase < Arm || phase == Arm && t.deadline.IsZero():
		return Untouched, phase, err
	case phase == Confirm:
		outcome, err := t.unsure(context.WithoutCancel(ctx), err)
		return outcome, phase, err
	case phase == Save:
		return Unsaved, phase, err
	}
	outcome, back := t.back(context.WithoutCancel(ctx))
	return outcome, phase, errors.Join(err, back)
}

// forward goes through the phases and stops at the first that fails.
func (t *transaction) forward(ctx context.Context) (Phase, error) {
	for _, step := range []struct {
		phase Phase
		do    func(context.Context) error
	}{{Arm, t.arm}, {Apply, t.apply}, {Check, t.check}, {Test, t.tests}, {Prove, t.prove}, {Confirm, t.confirm}, {Save, t.save}} {
		if step.phase == Prove && t.prover == nil {
			continue
		}
		if step.phase < Save { // what is confirmed is saved, whatever the person wants
			if err := ctx.Err(); err != nil {
				return step.phase, &notConfirmedError{fmt.Errorf("interrupted before %s: %w", step.phase, context.Cause(ctx))}
			}
		}
		// A journal that fails stops nothing once the undo is armed: the router is what counts.
		if err := t.say(Event{Phase: step.phase, Deadline: t.deadline}); err != nil && step.phase == Arm {
			return Arm, fmt.Errorf("nothing is begun that cannot be written down: %w", err)
		}
		if err := step.do(ctx); err != nil {
			return step.phase, err
		}
	}
	return Done, nil
}

// arm makes sure of the undo. Whatever goes wrong may leave one that is armed, and
// nothing to undo; but what somebody else has on the router is not ours to look after.
func (t *transaction) arm(ctx context.Context) error {
	if err := t.device.rehearse(ctx, t.work); err != nil {
		return err
	}
	due := time.Now().Add(t.undo)
	err := t.device.arm(ctx, t.work)
	if !errors.Is(err, errForeign) {
		t.deadline = due
	}
	return err
}

func (t *transaction) apply(ctx context.Context) error {
	t.begun = true
	// A person's interruption ends the typing between two lines, not within one; and so
	// does the time: what is typed when the undo has run out is undone by nobody.
	ctx, cancel := context.WithDeadlineCause(ctx, t.deadline.Add(-t.margin-t.within), errors.New("the typing takes longer than the undo waits: make --revert-after longer"))
	defer cancel()
	err := t.device.apply(ctx, t.work, func(line int) {
		t.say(Event{Phase: Apply, Line: line, Lines: len(t.work.commands), Deadline: t.deadline})
	})
	if err == nil && t.platform == confdiff.Junos {
		t.deadline = time.Now().Add(t.undo) // which begins with the commit
	}
	return err
}

// check reads the configuration back: it has to be the one that the commands make,
// and nothing else may have changed.
func (t *transaction) check(ctx context.Context) error {
	text, err := t.device.running(ctx)
	if err != nil {
		return err
	}
	apart, err := textApart(t.platform, text, t.after)
	if err != nil {
		return fmt.Errorf("read back: %w", err)
	}
	if len(apart) > 0 {
		return fmt.Errorf("the router has another configuration than the commands make: %s", some(apart))
	}
	return nil
}

// tests are those of a change; what is to be proved after them has its time.
func (t *transaction) tests(ctx context.Context) error {
	end := time.Now().Add(t.testFor)
	if last := t.deadline.Add(-t.margin - t.within); end.After(last) {
		end = last
	}
	return t.hold(ctx, Test, t.settle, end)
}

// hold tests in a phase until everything holds, and goes on holding for settle, or it is
// end. A session that is lost meanwhile is opened again: the change may have cost us the
// way to the router for a moment only.
func (t *transaction) hold(ctx context.Context, phase Phase, settle time.Duration, end time.Time) error {
	var since time.Time
	for {
		results, err := t.look(ctx)
		now := time.Now()
		switch {
		case ctx.Err() != nil:
			return fmt.Errorf("interrupted while testing: %w", context.Cause(ctx))
		case err != nil && now.After(end):
			return fmt.Errorf("the router could not be tested: %w", err)
		case err != nil:
			since = time.Time{}
			t.say(Event{Phase: phase, Deadline: t.deadline, Text: "cannot be tested now: " + err.Error()})
		default:
			t.results = results
			failed := failures(results)
			if len(failed) > 0 {
				since = time.Time{}
			} else if since.IsZero() {
				since = now
			}
			t.say(Event{Phase: phase, Deadline: t.deadline, Tests: results, Text: testText(results, failed, since, settle, now)})
			if len(failed) == 0 && now.Sub(since) >= settle {
				return nil
			}
			if now.After(end) && len(failed) > 0 {
				return fmt.Errorf("%d of %d tests fail: %s", len(failed), len(results), some(failed))
			}
			if now.After(end) {
				return errors.New("the tests held too late to be watched as long as they have to be")
			}
		}
		if err := wait(ctx, t.lookEvery); err != nil {
			return fmt.Errorf("interrupted while testing: %w", context.Cause(ctx))
		}
	}
}

// look tests once, on a new session where the last is lost.
func (t *transaction) look(ctx context.Context) ([]TestResult, error) {
	if err := t.reach(ctx); err != nil {
		return nil, err
	}
	results, err := t.test(ctx, t.device)
	if errors.Is(err, errLost) {
		t.lose()
	}
	return results, err
}

func failures(results []TestResult) []string {
	var out []string
	for _, r := range results {
		if !r.Pass {
			out = append(out, r.String())
		}
	}
	return out
}

// testText says on one line how the tests stand.
func testText(results []TestResult, failed []string, since time.Time, settle time.Duration, now time.Time) string {
	if len(failed) > 0 {
		return fmt.Sprintf("%d of %d hold; waiting for %s", len(results)-len(failed), len(results), failed[0])
	}
	if left := settle - now.Sub(since); left > 0 {
		return fmt.Sprintf("all %d hold; watched for another %s", len(results), left.Round(time.Second))
	}
	return fmt.Sprintf("all %d hold", len(results))
}

// confirm disarms the undo, and reads once more: what was tested has to be what is
// confirmed. From here on a person's interruption comes too late.
func (t *transaction) confirm(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), t.grace)
	defer cancel()
	if err := t.reach(ctx); err != nil {
		return err
	}
	if err := t.check(ctx); err != nil && !errors.Is(err, errLost) {
		return &notConfirmedError{err}
	} else if err != nil {
		return err
	}
	if err := t.disarm(ctx); err != nil {
		return err
	}
	// An undo that ran out at the same moment would show here.
	return t.check(ctx)
}

// disarm confirms and asks whether anything is pending still.
func (t *transaction) disarm(ctx context.Context) error {
	if err := t.device.confirm(ctx, t.work); err != nil {
		return err
	}
	p, err := t.device.pending(ctx)
	if err == nil && t.isMine(p) {
		err = errors.New("the router still means to undo the change")
	}
	return err
}

// isMine reports whether a pending change is this run's, as far as the router tells.
func (t *transaction) isMine(p *pending) bool {
	return p != nil && (p.run == "" || p.run == t.work.run)
}

// A notConfirmedError says that the confirmation was not sent.
type notConfirmedError struct{ err error }

func (e *notConfirmedError) Error() string { return e.err.Error() }
func (e *notConfirmedError) Unwrap() error { return e.err }

// save writes the startup configuration, on a new session where the last is lost.
func (t *transaction) save(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), t.grace)
	defer cancel()
	for {
		err := t.reach(ctx)
		if err == nil {
			if err = t.device.save(ctx, t.work); err == nil {
				return nil
			}
			if !errors.Is(err, errLost) {
				return fmt.Errorf("confirmed, and not saved: %w", err)
			}
			t.lose()
		}
		if wait(ctx, t.knockEvery) != nil {
			return fmt.Errorf("confirmed, and not saved: %w", err)
		}
	}
}

// unsure finds out what became of a confirmation that gave no clear answer. The tests
// have passed, so that a confirmation which has not arrived is sent again.
func (t *transaction) unsure(ctx context.Context, cause error) (Outcome, error) {
	if _, ok := errors.AsType[*notConfirmedError](cause); ok {
		outcome, err := t.back(ctx)
		return outcome, errors.Join(cause, err)
	}
	t.say(Event{Phase: Confirm, Deadline: t.deadline, Text: "no clear answer; asking the router again: " + cause.Error()})
	for end := t.deadline.Add(t.grace); time.Now().Before(end); {
		outcome, err := t.settled(ctx)
		if err == nil {
			return outcome, t.unsaved(ctx, outcome, cause)
		}
		if _, ok := errors.AsType[*notConfirmedError](err); ok {
			outcome, back := t.back(ctx)
			return outcome, errors.Join(cause, err, back)
		}
		t.lastErr = err
		_ = wait(ctx, t.knockEvery)
	}
	return Unknown, errors.Join(cause, t.unreachable())
}

// unsaved saves what turned out to be confirmed after all.
func (t *transaction) unsaved(ctx context.Context, outcome Outcome, cause error) error {
	switch outcome {
	case Unsaved:
		return fmt.Errorf("confirmed, and not saved: %w", t.lastErr)
	case Changed:
		return nil
	}
	return fmt.Errorf("the confirmation did not arrive, and the router has undone the change: %w", cause)
}

// settled confirms where the undo is still armed, and reads what the router has. An
// error means that it cannot be told yet.
func (t *transaction) settled(ctx context.Context) (Outcome, error) {
	if err := t.reach(ctx); err != nil {
		return Unknown, err
	}
	outcome, err := t.finish(ctx)
	if err != nil {
		t.lose()
	}
	return outcome, err
}

func (t *transaction) finish(ctx context.Context) (Outcome, error) {
	p, err := t.device.pending(ctx)
	if err != nil {
		return Unknown, err
	}
	text, err := t.device.running(ctx)
	old, new := err == nil && t.is(text, t.have), err == nil && t.is(text, t.after)
	switch {
	case err != nil:
		return Unknown, err
	case old && new:
		return Unknown, errors.New("the old configuration and the new one differ only in keys that cannot be compared")
	case old && p == nil:
		return Reverted, nil
	case !new:
		return Unknown, errors.New("the router has neither the old configuration nor the new one")
	case t.isMine(p):
		if err := t.again(ctx); err != nil {
			return Unknown, err
		}
	}
	switch err := t.device.save(ctx, t.work); {
	case errors.Is(err, errGone):
		return Unknown, fmt.Errorf("the router has the new configuration, which nobody has confirmed: %w", err)
	case err != nil:
		t.lastErr = err
		return Unsaved, nil
	}
	return Changed, t.check(ctx)
}

// again tests once more, because time has passed, and then confirms.
func (t *transaction) again(ctx context.Context) error {
	results, err := t.look(ctx)
	if err != nil {
		return err
	}
	t.results = results
	if failed := failures(results); len(failed) > 0 {
		return &notConfirmedError{fmt.Errorf("meanwhile %d of %d tests fail: %s", len(failed), len(results), some(failed))}
	}
	return t.disarm(ctx)
}

// back brings the old configuration back: at once where the router can be reached,
// and by the router's own undo otherwise; and reads it.
func (t *transaction) back(ctx context.Context) (Outcome, error) {
	t.say(Event{Phase: Revert, Deadline: t.deadline, Text: "putting the old configuration back"})
	end := t.deadline.Add(t.grace)
	if least := time.Now().Add(t.grace); end.Before(least) {
		end = least
	}
	ctx, cancel := context.WithDeadline(ctx, end)
	defer cancel()
	for {
		err := t.takeBack(ctx)
		if err == nil {
			if t.begun {
				return Reverted, nil
			}
			return Untouched, nil
		}
		t.lastErr = err
		t.say(Event{Phase: Revert, Deadline: t.deadline, Text: "not yet: " + err.Error()})
		if wait(ctx, t.knockEvery) != nil {
			return Unknown, t.unreachable()
		}
	}
}

// takeBack reverts where the undo is armed, and proves that the old configuration is
// there.
func (t *transaction) takeBack(ctx context.Context) error {
	if err := t.reach(ctx); err != nil {
		return err
	}
	var said error
	p, err := t.device.pending(ctx)
	if err == nil && (p == nil || t.isMine(p)) {
		// Without a pending change the device may still hold lines that were typed and
		// not committed.
		said = t.device.revert(ctx, t.work)
		p, err = t.device.pending(ctx)
	}
	if err == nil && t.isMine(p) {
		err = fmt.Errorf("the router undoes the change by itself in %s", p.left.Round(time.Second))
		if said != nil {
			err = fmt.Errorf("%w; told to do so now it says: %w", err, said)
		}
	}
	if err != nil {
		t.lose()
		return err
	}
	text, err := t.device.running(ctx)
	if err != nil {
		t.lose()
		return err
	}
	apart, err := t.apartFromBefore(text)
	switch {
	case err != nil:
		return err
	case len(apart) > 0 && said != nil:
		return fmt.Errorf("the old configuration is not back (%s): %w", some(apart), said)
	case len(apart) > 0:
		return fmt.Errorf("the old configuration is not back: %s", some(apart))
	}
	if !t.begun {
		return nil
	}
	if err := t.device.refresh(ctx, t.work); err != nil {
		t.say(Event{Phase: Revert, Text: "the old configuration is back; the commands that make the router use it at once failed: " + err.Error()})
	}
	return nil
}

// apartFromBefore lists where text is not the configuration of before.
func (t *transaction) apartFromBefore(text []byte) ([]string, error) {
	if t.print == "" {
		return textApart(t.platform, text, t.have)
	}
	now, err := confdiff.Read(t.platform, text)
	if err != nil || fingerprint(now) == t.print {
		return nil, err
	}
	return []string{"its fingerprint is another one"}, nil
}

// is reports whether text is the configuration c.
func (t *transaction) is(text []byte, c confdiff.Config) bool {
	apart, err := textApart(t.platform, text, c)
	return err == nil && len(apart) == 0
}

// reach opens a session where there is none.
func (t *transaction) reach(ctx context.Context) error {
	if t.device != nil {
		return nil
	}
	d, err := t.open(ctx)
	if err == nil {
		t.device = d
	}
	return err
}

// lose gives up a session that may be out of step: what it answers next could be the
// answer to something else.
func (t *transaction) lose() {
	if t.device != nil {
		_ = t.device.close()
		t.device = nil
	}
}

// unreachable is what is known of a router at the end of all attempts.
func (t *transaction) unreachable() error {
	return fmt.Errorf("what the router has is not known; the undo was due at %s: %w", t.deadline.Format(time.TimeOnly), t.lastErr)
}

// wait waits, or returns the error of ctx.
func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
