package push

import (
	"context"
	"errors"
	"fmt"
	"slices"
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

// Look asks the routers of an earlier run what they have. It changes nothing.
func (r *Run) Look(ctx context.Context, j *Journal) []Remains {
	last := j.last()
	out := make([]Remains, len(last))
	r.eachPlanned(last, func(i int, x *router) {
		p := &last[i]
		s, err := x.readAlone(ctx)
		out[i] = remains(p, s, j, err)
		out[i].Err = r.secrets.Mask(out[i].Err)
	}, func(i int) {
		out[i] = Remains{Router: last[i].Router, Outcome: Unknown, Err: "the intent has no such router any more"}
	})
	return out
}

// last is what was planned for each router last: a change in steps has several.
func (j *Journal) last() []Planned {
	var out []Planned
	for _, p := range j.Planned {
		out = append(slices.DeleteFunc(out, func(q Planned) bool { return q.Router == p.Router }), p)
	}
	return out
}

// eachPlanned calls do for the routers of plans, several at a time, and waits; missing
// for those that the intent has not any more.
func (r *Run) eachPlanned(plans []Planned, do func(i int, x *router), missing func(i int)) {
	at := make(map[string]int)
	for i := range plans {
		at[plans[i].Router] = i
		if !slices.ContainsFunc(r.routers, func(x *router) bool { return x.job.Config.Router == plans[i].Router }) {
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
func remains(p *Planned, s *standing, j *Journal, err error) Remains {
	out := Remains{Router: p.Router, Outcome: Unknown, Has: "not known"}
	if err != nil {
		out.Err = err.Error()
		return out
	}
	config, err := confdiff.Read(j.platform(p.Router), s.running)
	if err != nil {
		out.Err = err.Error()
		return out
	}
	now := fingerprint(config)
	ours := s.pending != nil && (s.pending.run == "" || s.pending.run == j.Header.Run)
	switch {
	case now == p.DigestAfter:
		out.Has, out.Outcome = "the new configuration", Changed
		if len(s.unsaved) > 0 {
			out.Has, out.Outcome = "the new configuration, not saved", Unsaved
		}
	case now == p.DigestBefore:
		out.Has, out.Outcome = "the old configuration", Untouched
		if j.reached(p.Router, Apply) {
			out.Outcome, out.Then = Reverted, p.Operational
		}
	default:
		out.Has = "neither the old configuration nor the new one"
	}
	if ours {
		out.Pending, out.Left = true, s.pending.left
		if out.Outcome != Unknown {
			out.Outcome = Pending
		}
	}
	return out
}

// platform is a router's, as the journal has it.
func (j *Journal) platform(router string) string {
	for _, r := range j.Header.Routers {
		if r.Name == router {
			return r.Platform
		}
	}
	return ""
}

// reached reports whether a router had come to a phase.
func (j *Journal) reached(router string, phase Phase) bool {
	return slices.ContainsFunc(j.Events, func(e Event) bool { return e.Router == router && e.Phase == phase })
}

// ConfirmRun confirms what an earlier run has left pending, and saves it: a person
// has looked. A router that has something else than was planned is left to its undo.
func (r *Run) ConfirmRun(ctx context.Context, j *Journal) []RouterReport {
	return r.finishRun(ctx, j, func(x *router, p *Planned, left Remains) (Outcome, error) {
		w := &work{run: j.Header.Run}
		switch left.Outcome {
		case Changed:
			return Changed, nil
		case Reverted, Untouched:
			return left.Outcome, errors.New("there is nothing to confirm: the router has the old configuration")
		case Pending, Unsaved:
			if left.Has == "the old configuration" {
				return Pending, errors.New("the undo is armed, and nothing of the change is there")
			}
		default:
			return Unknown, errors.New("what the router has is not what was planned, and is not confirmed: " + left.Has + left.Err)
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
// confirmed.
func (r *Run) RevertRun(ctx context.Context, j *Journal) []RouterReport {
	return r.finishRun(ctx, j, func(x *router, p *Planned, left Remains) (Outcome, error) {
		switch {
		case left.Pending:
			t := x.pastTransaction(j, p)
			outcome, err := t.back(context.WithoutCancel(ctx))
			x.device = t.device
			return outcome, err
		case left.Outcome == Reverted, left.Outcome == Untouched:
			return left.Outcome, nil
		case left.Outcome == Changed, left.Outcome == Unsaved:
			return x.undoConfirmed(ctx, p)
		}
		return Unknown, errors.New("what the router has is not what the run has left, and the commands back would not fit: " + left.Has + left.Err)
	})
}

// finishRun looks at each router of an earlier run and lets do bring it to an end.
func (r *Run) finishRun(ctx context.Context, j *Journal, do func(*router, *Planned, Remains) (Outcome, error)) []RouterReport {
	last := j.last()
	reports := make([]RouterReport, len(last))
	r.eachPlanned(last, func(i int, x *router) {
		began := time.Now()
		p := &last[i]
		s, err := x.readAlone(ctx)
		left := remains(p, s, j, err)
		outcome, phase := left.Outcome, Read
		if err == nil {
			outcome, err = do(x, p, left)
			phase = Done
		}
		x.report.Outcome, x.report.Phase, x.report.Began, x.report.Took = outcome, phase, began, time.Since(began)
		if err != nil {
			x.report.Err = r.secrets.Mask(err.Error())
		}
		x.say(Event{Phase: phase, Text: x.report.Err, Outcome: &outcome})
		reports[i] = x.report
	}, func(i int) {
		reports[i] = RouterReport{Router: last[i].Router, Outcome: Unknown, Err: "the intent has no such router any more"}
	})
	return reports
}

// pastTransaction stands for a transaction of an earlier run.
func (x *router) pastTransaction(j *Journal, p *Planned) *transaction {
	return &transaction{
		limits: x.run.limits, platform: x.job.Config.Platform, work: &work{run: j.Header.Run, revert: p.RevertAfter, operational: x.filled(p.Operational)},
		open: x.open, device: x.device, say: x.say, deadline: time.Now().Add(x.standing.pending.left),
		begun: true, print: p.DigestBefore,
	}
}

// undoConfirmed types the commands back, under an undo of their own.
func (x *router) undoConfirmed(ctx context.Context, p *Planned) (Outcome, error) {
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
	t, err := x.backward(x.filled(p.Undo), p.Operational)
	if err != nil {
		return Changed, err
	}
	if err := x.writeDown(t, x.filled(p.Commands), false); err != nil {
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
