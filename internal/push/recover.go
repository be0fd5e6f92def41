package push

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/ercfg/ercfg/internal/confdiff"
)

// Remains are what a run has left on a router, as the router says now.
type Remains struct {
	Router  string        `json:"router"`
	Outcome Outcome       `json:"outcome"`
	Has     string        `json:"has"`              // the configuration that it has, in words
	Pending bool          `json:"pending"`          // the router will undo the change by itself
	Left    time.Duration `json:"leftNs,omitempty"` // until then
	Err     string        `json:"error,omitempty"`
	// Then are commands of operational mode that make the router use the old
	// configuration at once, where it came back with nobody there to type them.
	Then []string `json:"then,omitempty"`
}

// steps are what an earlier run has planned for one router, in order: one step, or
// those of a change in steps. What undoes a step is none.
type steps []Planned

// planned lists the steps of each router, in the order of the journal.
func (j *Journal) planned() []steps {
	var out []steps
	for _, p := range j.Planned {
		i := slices.IndexFunc(out, func(s steps) bool { return s[0].Router == p.Router })
		switch {
		case p.Back:
		case i < 0:
			out = append(out, steps{p})
		default:
			out[i] = append(out[i], p)
		}
	}
	return out
}

func (s steps) old() string { return s[0].DigestBefore }
func (s steps) new() string { return s[len(s)-1].DigestAfter }

// keysAlone says that old and new cannot be told apart by what the journal has.
func (s steps) keysAlone() bool { return s.old() == s.new() }

// at is the last step after which a router has a configuration; -1: none.
func (s steps) at(fingerprint string) int {
	for i := len(s) - 1; i >= 0; i-- {
		if s[i].DigestAfter == fingerprint {
			return i
		}
	}
	return -1
}

// Look asks the routers of an earlier run what they have. It changes nothing.
func (r *Run) Look(ctx context.Context, j *Journal) []Remains {
	all := j.planned()
	out := make([]Remains, len(all))
	r.eachPlanned(all, func(i int, x *router) {
		s, err := x.readAlone(ctx)
		out[i] = x.remains(all[i], s, j, err)
		out[i].Err = r.secrets.Mask(out[i].Err)
	}, func(i int) {
		out[i] = Remains{Router: all[i][0].Router, Outcome: Unknown, Err: noSuchRouter}
	})
	return out
}

const noSuchRouter = "the intent has no such router any more"

// eachPlanned calls do for the routers of an earlier run, several at a time, and waits;
// missing for those that the intent has not any more.
func (r *Run) eachPlanned(all []steps, do func(i int, x *router), missing func(i int)) {
	at := make(map[string]int)
	for i := range all {
		at[all[i][0].Router] = i
		if !slices.ContainsFunc(r.routers, func(x *router) bool { return x.job.Config.Router == all[i][0].Router }) {
			missing(i)
		}
	}
	r.each(func(x *router) {
		if i, ok := at[x.job.Config.Router]; ok {
			do(i, x)
		}
	})
}

// readAlone reads a router without comparing it.
func (x *router) readAlone(ctx context.Context) (*standing, error) {
	x.say(Event{Phase: Connect, Text: x.job.Target.Host})
	if err := x.reach(ctx); err != nil {
		return nil, err
	}
	x.say(Event{Phase: Read})
	s, err := x.device.read(ctx)
	if err != nil {
		return nil, err
	}
	x.standing = s
	x.have, err = confdiff.Read(x.job.Config.Platform, s.running)
	return s, err
}

// remains puts into words what a router has of a run.
func (x *router) remains(all steps, s *standing, j *Journal, err error) Remains {
	out := Remains{Router: all[0].Router, Outcome: Unknown, Has: "not known"}
	if err != nil {
		out.Err = err.Error()
		return out
	}
	now, last := fingerprint(x.have), &all[len(all)-1]
	whole := !last.More || j.left(last.Router, Changed)
	out.Pending = j.owns(last.Router, s.pending)
	if out.Pending {
		out.Left = s.pending.left
	}
	switch {
	case all.keysAlone() && now == all.new() && out.Pending && whole && j.reached(last.Router, Check):
		out.Has, out.Outcome = hasNew, Pending
	case all.keysAlone() && now == all.new():
		out.Has = "the old configuration or the new one: they differ in keys alone"
	case now == all.new() && whole:
		out.Has, out.Outcome = hasNew, Changed
		if len(s.unsaved) > 0 {
			out.Has, out.Outcome = hasNew+", not saved", Unsaved
		}
	case now == all.old():
		out.Has, out.Outcome = hasOld, Untouched
		if j.reached(last.Router, Apply) {
			out.Outcome, out.Then = Reverted, last.Operational
		}
	case all.at(now) >= 0:
		out.Has = "what it had after the step " + all[all.at(now)].Stage + ", which is a part of the change"
	default:
		out.Has = "neither the old configuration nor the new one"
	}
	switch {
	case out.Pending && out.Outcome != Unknown:
		out.Outcome = Pending
	case !out.Pending && x.mayOwn(s.pending) && !j.over(last.Router):
		out.Outcome = Unknown
		out.Has += ", and an undo of " + s.pending.by + " is armed that may be this run's"
	}
	return out
}

// mayOwn reports whether a pending change may be a run's of ours, although the time at
// which its undo comes is another: a clock was set, or cannot be read.
func (x *router) mayOwn(p *pending) bool {
	return p != nil && p.run == "" && strings.EqualFold(p.by, x.job.Target.User)
}

// left reports whether a router was left so, at some time.
func (j *Journal) left(router string, o Outcome) bool {
	return slices.ContainsFunc(j.Events, func(e Event) bool { return e.Router == router && e.Outcome != nil && *e.Outcome == o })
}

// over reports whether the run has come to an end with a router.
func (j *Journal) over(router string) bool {
	return slices.ContainsFunc(j.Events, func(e Event) bool { return e.Router == router && e.Outcome != nil })
}

const (
	hasOld = "the old configuration"
	hasNew = "the new configuration"
)

// owns reports whether a pending change is the journal's. IOS-XE names no run: there
// the time at which the undo comes decides.
func (j *Journal) owns(router string, p *pending) bool {
	if p == nil {
		return false
	}
	if p.run != "" {
		return p.run == j.Header.Run
	}
	var due time.Time
	for _, e := range j.Events {
		if e.Router == router && !e.Deadline.IsZero() {
			due = e.Deadline
		}
	}
	return !due.IsZero() && (time.Until(due)-p.left).Abs() < 2*time.Minute
}

// reached reports whether a router had come to a phase.
func (j *Journal) reached(router string, phase Phase) bool {
	return slices.ContainsFunc(j.Events, func(e Event) bool { return e.Router == router && e.Phase == phase })
}

// ConfirmRun confirms what an earlier run has left pending, and saves it: a person
// has looked. A router that has something else than was planned is left to its undo.
func (r *Run) ConfirmRun(ctx context.Context, j *Journal) []RouterReport {
	ctx = context.WithoutCancel(ctx) // cut in the middle it would leave what nobody knows
	return r.finishRun(j, func(x *router, all steps) (Outcome, error) {
		s, err := x.readAlone(ctx)
		if err != nil {
			return Unknown, err
		}
		left, w := x.remains(all, s, j, nil), &work{run: j.Header.Run}
		switch {
		case left.Outcome == Changed:
			// What somebody else has saved is still to be closed on FRR.
			if err := x.device.save(ctx, w); err != nil && !errors.Is(err, errGone) {
				return Unsaved, fmt.Errorf("confirmed, and not saved: %w", err)
			}
			return Changed, nil
		case left.Has == hasOld:
			return left.Outcome, errors.New("there is nothing to confirm: the router has the old configuration")
		case left.Outcome != Pending && left.Outcome != Unsaved:
			return Unknown, errors.New("what the router has is not what was planned, and is not confirmed: " + left.Has)
		}
		if left.Pending {
			if err := x.device.confirm(ctx, w); err != nil {
				return Unknown, fmt.Errorf("confirm: %w", err)
			}
			if p, err := x.device.pending(ctx); err != nil || p != nil {
				return Unknown, errors.Join(errors.New("the router does not say that nothing is pending any more"), err)
			}
		}
		if err := x.device.save(ctx, w); err != nil {
			return Unsaved, fmt.Errorf("confirmed, and not saved: %w", err)
		}
		return Changed, nil
	})
}

// RevertRun brings back what was before an earlier run: at once where the undo is
// still armed, and by the commands back, in a window of their own, where the run was
// confirmed; step by step, the last first. It does not ask how other links are: who
// reverts has reasons.
func (r *Run) RevertRun(ctx context.Context, j *Journal) []RouterReport {
	ctx = context.WithoutCancel(ctx)
	return r.finishRun(j, func(x *router, all steps) (Outcome, error) {
		for range len(all) + 2 { // one look for each step, one for what is pending, one for the end
			s, err := x.readAlone(ctx)
			if err != nil {
				return Unknown, err
			}
			left, i := x.remains(all, s, j, nil), all.at(fingerprint(x.have))
			switch {
			case left.Pending:
				// The undo is that of the last step, whether that was typed, or in part, or not.
				t := x.pastTransaction(j, *j.PlannedFor(x.job.Config.Router))
				outcome, err := t.back(ctx)
				if x.device = t.device; outcome != Reverted || err != nil || all.keysAlone() {
					return outcome, err
				}
			case all.keysAlone():
				return Unknown, errors.New("the router has " + left.Has + ": ercfg diff tells which; put the key back by hand")
			case left.Has == hasOld:
				return left.Outcome, nil
			case i < 0:
				return Unknown, errors.New("what the router has is not what the run has left, and the commands back would not fit: " + left.Has)
			default:
				if outcome, err := x.undoConfirmed(ctx, &all[i], i > 0); outcome != Reverted || err != nil {
					return outcome, err
				}
			}
		}
		return Unknown, errors.New("the router does not come back to the old configuration step by step: look at it")
	})
}

// finishRun lets do bring each router of an earlier run to an end. After one that ends
// worse than changed or put back no other is begun.
func (r *Run) finishRun(j *Journal, do func(*router, steps) (Outcome, error)) []RouterReport {
	all := j.planned()
	reports := make([]RouterReport, len(all))
	var mu sync.Mutex
	stopped := ""
	r.eachPlanned(all, func(i int, x *router) {
		mu.Lock()
		why := stopped
		mu.Unlock()
		began, outcome, phase := time.Now(), NotBegun, Read
		var err error
		if why != "" {
			err = errors.New(why)
		} else if outcome, err = do(x, all[i]); err == nil {
			phase = Done
		}
		if outcome > Reverted {
			mu.Lock()
			stopped = fmt.Sprintf("not begun, because %s is %s", x.job.Config.Router, outcome)
			mu.Unlock()
		}
		x.report.Outcome, x.report.Phase, x.report.Began, x.report.Took = outcome, phase, began, time.Since(began)
		if err != nil {
			x.report.Err = r.secrets.Mask(err.Error())
		}
		x.say(Event{Phase: phase, Text: x.report.Err, Outcome: &outcome})
		reports[i] = x.report
	}, func(i int) {
		reports[i] = RouterReport{Router: all[i][0].Router, Outcome: Unknown, Err: noSuchRouter}
	})
	return reports
}

// pastTransaction stands for a transaction of an earlier run.
func (x *router) pastTransaction(j *Journal, p Planned) *transaction {
	return &transaction{
		limits: x.run.limits, platform: x.job.Config.Platform, work: &work{run: j.Header.Run, revert: p.RevertAfter, operational: x.filled(p.Operational)},
		open: x.open, device: x.device, say: x.say, deadline: time.Now().Add(x.standing.pending.left),
		begun: true, print: p.DigestBefore,
	}
}

// undoConfirmed types the commands back, under an undo of their own; more of them are to
// follow where a step has others before it.
func (x *router) undoConfirmed(ctx context.Context, p *Planned, more bool) (Outcome, error) {
	if p.Kept {
		return Changed, errors.New("the commands back need a key that only the router had: put it in by hand (ercfg diff --undo prints the commands)")
	}
	if x.run.journal == nil {
		panic("push: a run that types has a journal")
	}
	var err error
	if x.before, err = x.device.facts(ctx, x.run.oracle.questionFor(x.plan)); err != nil {
		return Changed, fmt.Errorf("live state: %w", err)
	}
	x.readAt = time.Now()
	t, err := x.backward(p.Undo, p.Operational)
	if err != nil {
		return Changed, err
	}
	if err := x.writeDown(t, Planned{Stage: p.Stage, More: more, Undo: p.Commands}); err != nil {
		return Changed, err
	}
	outcome, _, err := t.run(ctx)
	x.device, x.report.Tests = t.device, t.results
	switch outcome {
	case Changed:
		return Reverted, nil
	case Reverted, Untouched:
		return Changed, err
	}
	return outcome, err
}
