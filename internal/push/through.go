package push

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ercfg/ercfg/internal/confdiff"
	"github.com/ercfg/ercfg/internal/plan"
)

// A step is a stage that a router has come through, and the way back from it.
type step struct {
	name        string
	undo        []string // with the placeholders of secrets
	operational []string
	kept        bool // undo needs a key that nobody has read
}

// through takes a router through the stages of its change. A stage that fails is put
// back by itself, and then those before it are undone.
func (x *router) through(ctx context.Context, stages []stage) (Outcome, Phase, error) {
	var done []step
	for i := range stages {
		s := &stages[i]
		s.more = i < len(stages)-1
		t, err := x.next(ctx, s, i > 0)
		if err != nil && ctx.Err() != nil {
			err = fmt.Errorf("interrupted before a step: %w", context.Cause(ctx))
		}
		if err != nil {
			return x.unwind(ctx, done, Untouched, Read, err)
		}
		if t == nil {
			continue
		}
		outcome, phase, err := t.run(ctx)
		x.device = t.device
		x.report.Tests, x.report.Deadline = t.results, time.Time{}
		if outcome == Unknown || outcome == Pending {
			x.report.Deadline = t.deadline
		}
		if outcome == Changed || outcome == Unsaved && s.more {
			done = append(done, step{s.name, x.change.Undo, x.change.Operational(), x.change.Kept})
		}
		switch {
		case outcome == Unsaved && s.more:
			return x.unwind(ctx, done, Reverted, phase, err) // half a change is no end, saved or not
		case outcome != Changed:
			return x.unwind(ctx, done, outcome, phase, err)
		}
	}
	return Changed, Done, nil
}

// next prepares a stage, and writes down what it means to type. Nil: it has nothing
// to type.
func (x *router) next(ctx context.Context, s *stage, anew bool) (*transaction, error) {
	if anew {
		if err := x.readAnew(ctx); err != nil {
			return nil, err
		}
	}
	x.aim(s.want, s.leave)
	switch {
	case x.change.Refused != "":
		return nil, errors.New(x.change.Refused)
	case len(x.change.Commands) == 0:
		return nil, nil
	}
	e := s.oracle.touchedBy(s.plan, &x.change)
	if err := x.otherLinks(ctx, e); err != nil {
		return nil, err
	}
	t, err := x.transaction(x.work())
	if err != nil {
		return nil, err
	}
	e.apart = x.apart(e)
	t.settle = x.settle(s, e.touched)
	t.test = x.tester(s.oracle, s.plan, e)
	if o := x.run.options; o.Prove != nil {
		t.proof = proof{o.Prove, Proving{Router: x.plan.Name, Step: s.name, Plan: s.oracle.p}, o.ProveFor}
	}
	if s.name != "" {
		x.say(Event{Phase: Read, Text: "next: " + s.name})
	}
	return t, x.writeDown(t, Planned{Stage: s.name, More: s.more, Undo: x.change.Undo, Kept: x.change.Kept})
}

// readAnew reads the router once more, on a new session where the last one is of no use
// any more.
func (x *router) readAnew(ctx context.Context) error {
	if x.device != nil {
		err := x.read(ctx)
		if err == nil || ctx.Err() != nil {
			return err
		}
		x.hangUp()
	}
	if err := x.reach(ctx); err != nil {
		return err
	}
	return x.read(ctx)
}

// hangUp ends a session that is lost, or may be.
func (x *router) hangUp() {
	if x.device != nil {
		_ = x.device.close()
		x.device = nil
	}
}

// transaction is one that types w.
func (x *router) transaction(w *work) (*transaction, error) {
	after, err := confdiff.Apply(x.have, w.commands)
	if err != nil {
		return nil, fmt.Errorf("the commands do not fit what the router has: %w", err)
	}
	x.report.Commands += len(w.commands)
	if x.report.Impact == "" {
		x.report.Impact = x.change.Worst().String()
	}
	return &transaction{
		limits: x.run.limits, platform: x.job.Config.Platform, work: w, have: x.have, after: after,
		open: x.open, device: x.device, say: x.say, testFor: x.run.options.TestFor, settle: leastSettle,
	}, nil
}

// tester looks once at the live state and judges it by a plan.
func (x *router) tester(o *oracle, r *plan.Router, e effects) func(context.Context, device) ([]TestResult, error) {
	before, read := x.before, x.readAt
	return func(ctx context.Context, d device) ([]TestResult, error) {
		now, err := d.facts(ctx, x.run.oracle.questionFor(x.plan))
		if err != nil {
			return nil, err
		}
		return o.judge(r, before, now, e, time.Since(read)), nil
	}
}

// writeDown records what a transaction means to type, and what p says of it.
func (x *router) writeDown(t *transaction, p Planned) error {
	if x.run.journal == nil {
		return nil
	}
	p.Router, p.Commands, p.Operational, p.Undo = x.job.Config.Router, x.masked(t.work.commands), x.masked(t.work.operational), x.masked(p.Undo)
	p.DigestBefore, p.DigestAfter, p.RevertAfter = fingerprint(t.have), fingerprint(t.after), t.work.revert
	return x.run.journal.Plan(p)
}

const (
	// leastSettle is how long tests hold before a change is confirmed.
	leastSettle = 3 * time.Second
	// drainSettle is how long a drain takes to reach the other end: BGP tells of a change
	// at most every 30 s (MinRouteAdvertisementIntervalTimer, RFC 4271 §10).
	drainSettle = 30 * time.Second
)

// settle is how long the tests of a stage have to hold. A session that lives on with a
// wrong key or timer ends after its hold time (RFC 4271 §6.5). Half of the time of the
// tests is left for all to come up, but where a key has changed.
func (x *router) settle(s *stage, touched map[Neighbor]bool) time.Duration {
	least := leastSettle
	switch x.job.Config.Platform {
	case confdiff.FRR:
		least += frrPolicyDelay(x.have)
	case confdiff.IOSXE:
		least += iosxePolicyDelay(&x.change)
	}
	always := least
	switch {
	case s.drains:
		least = drainSettle
	case x.change.Worst() > confdiff.RouteRefresh:
		for _, p := range x.before.Peers {
			if touched[Neighbor{p.VRF, p.Addr}] {
				least = max(least, p.Hold+leastSettle)
			}
		}
	}
	return max(always, min(least, x.run.options.TestFor/2), x.keyWatch())
}

// iosxePolicyDelay is how long IOS-XE waits before it sends routes by a changed policy: a
// minute at most after the last line, where no command has it do so at once (Cisco, BGP
// configuration guide, "Managing Routing Policy Changes" and dynamic update groups).
func iosxePolicyDelay(c *confdiff.Change) time.Duration {
	for _, impact := range c.Impacts {
		if impact.Class == confdiff.RouteRefresh && len(impact.Then) == 0 {
			return time.Minute
		}
	}
	return 0
}

// frrPolicyDelay is how long FRR waits after a change of a policy before it judges
// routes by it: 5 s where nothing else is configured (FRR, "bgp route-map
// delay-timer"). What is tested before that is the old policy.
func frrPolicyDelay(c confdiff.Config) time.Duration {
	for _, s := range c.Statements {
		if text, ok := strings.CutPrefix(s.Path[len(s.Path)-1], "bgp route-map delay-timer "); ok {
			if n, err := strconv.Atoi(text); err == nil {
				return time.Duration(n) * time.Second
			}
		}
	}
	return 5 * time.Second
}

// unwind undoes the stages that were confirmed before one failed, the last first:
// half a change is what nobody has planned.
func (x *router) unwind(ctx context.Context, done []step, outcome Outcome, phase Phase, cause error) (Outcome, Phase, error) {
	if len(done) == 0 {
		return outcome, phase, cause
	}
	if outcome != Untouched && outcome != Reverted {
		return outcome, phase, fmt.Errorf("%w; the steps before it stay: %s", cause, stepNames(done))
	}
	ctx = context.WithoutCancel(ctx)
	x.waitUp(ctx)
	for i := len(done) - 1; i >= 0; i-- {
		if err := x.undoStep(ctx, &done[i]); err != nil {
			return Unknown, phase, fmt.Errorf("%w; then the steps before it could not be undone, and stay: %s: %w", cause, stepNames(done[:i+1]), err)
		}
	}
	return Reverted, phase, cause
}

// waitUp waits for the sessions that were up before the step that failed, and that its
// undo may have reset: the undo of a step before it may reset those of the other link. It
// waits as long as for a router that is lost, and no longer: a session that the far end has
// shut down comes up for nobody.
func (x *router) waitUp(ctx context.Context) {
	before, said := x.before, Neighbor{}
	ctx, cancel := context.WithTimeout(ctx, x.run.limits.grace)
	defer cancel()
	for {
		if err := x.readAnew(ctx); err != nil {
			x.hangUp()
		} else if lost := before.lostIn(&x.before); lost == nil {
			return
		} else if *lost != said {
			said = *lost
			x.say(Event{Phase: Revert, Text: "waiting for the session with " + lost.name() + ", which was up before"})
		}
		if wait(ctx, x.run.limits.knockEvery) != nil {
			return
		}
	}
}

func stepNames(done []step) string {
	text := ""
	for i, s := range done {
		if i > 0 {
			text += ", "
		}
		text += s.name
	}
	return text
}

// undoStep types the commands back in a window of their own.
func (x *router) undoStep(ctx context.Context, s *step) error {
	if s.kept {
		return errors.New("the commands back need a key that only the router had")
	}
	if err := x.readSoon(ctx); err != nil {
		return err
	}
	t, err := x.backward(s.undo, s.operational)
	if err != nil {
		return err
	}
	x.say(Event{Phase: Read, Text: "undoing: " + s.name})
	if err := x.writeDown(t, Planned{Stage: s.name, Back: true, Kept: true}); err != nil {
		return err
	}
	outcome, _, err := t.run(ctx)
	x.device = t.device
	if outcome != Changed {
		return errors.Join(fmt.Errorf("the router is %s", outcome), err)
	}
	return nil
}

// readSoon is readAnew for the way back, on which a router that is lost is looked for as
// long as one whose undo was due.
func (x *router) readSoon(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, x.run.limits.grace)
	defer cancel()
	for {
		err := x.readAnew(ctx)
		if err == nil || wait(ctx, x.run.limits.knockEvery) != nil {
			return err
		}
		x.hangUp()
	}
}

// backward is a transaction that types commands back. What is tested is that every
// session that is up stays up or comes back: the plan speaks of the configuration
// that is being left.
func (x *router) backward(commands, operational []string) (*transaction, error) {
	w := x.work()
	w.commands, w.operational = commands, operational
	t, err := x.transaction(w)
	if err != nil {
		return nil, err
	}
	e := effects{touched: map[Neighbor]bool{}, resets: map[Neighbor]bool{}, waits: map[Neighbor]bool{}}
	for _, peer := range x.before.Peers {
		e.resets[Neighbor{peer.VRF, peer.Addr}] = true
	}
	t.test = x.tester(newOracle(&plan.Plan{}), &plan.Router{}, e)
	return t, nil
}

// filled are lines with the values of secrets in the places of their placeholders.
func (x *router) filled(lines []string) []string {
	out := slices.Clone(lines)
	for i := range out {
		out[i] = x.run.secrets.Fill(out[i])
	}
	return out
}
