//go:build linux

package lab

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/sim"
)

// Fail breaks the lab so that the scenario of an outcome holds, and nothing else
// does: what Fail has broken before is repaired first. It returns when the traffic
// has moved to where the outcome predicts it, and the routers and Azure's side have
// the sessions and routes of the scenario and no others, in both families; different
// says of what is not so, when the time for it is up. The lab stays so, and Broken
// tells of it, until Heal, Test, Drill or another Fail. how is the fault of every failure: silent, carrier, oneway, down, drain, bfd
// or reset; empty is the usual one of each. On an error, what was broken is
// repaired, but for what an [Unrepaired] among it says.
func (l *Lab) Fail(ctx context.Context, p *plan.Plan, outcome *sim.Outcome, how string, say func(format string, args ...any)) (different []string, err error) {
	faults, names, err := l.lasting(outcome.Scenario, how)
	if err != nil {
		return nil, err
	}
	d, err := l.newDrill(p, say)
	if err != nil {
		return nil, err
	}
	err = d.during(ctx, func(ctx context.Context) error {
		for i, f := range outcome.Scenario.Failures {
			say("%s: %s", f, names[i])
		}
		seen, _, trouble, err := d.broken(ctx, outcome, names, faults, new(Run))
		var late []string
		if err = errorsOf(err, trouble); err == nil {
			late, err = d.settled(ctx, outcome.Scenario, d.settleLimit(outcome, names))
		}
		if err != nil {
			d.back = d.heal(ctx, faults)
			return err
		}
		different = append(d.differences(seen), late...)
		return nil
	})
	return different, err
}

// Playable says why a lab cannot play a scenario, or not by the fault how; nil: it can.
func (l *Lab) Playable(s sim.Scenario, how string) error {
	_, _, err := l.lasting(s, how)
	return err
}

// errorsOf is err, or else the error of a text; nil of neither.
func errorsOf(err error, trouble string) error {
	if err != nil {
		return err
	}
	return wordy(trouble)
}

// differences are where traffic does not go where it is to.
func (d *drill) differences(seen *sight) []string {
	var out []string
	for i, w := range seen.want {
		if !d.agrees(w.result, seen.got[i]) {
			out = append(out, fmt.Sprintf("traffic %s, %s %s: %s, want %s", w.statement, w.family, w.direction, seen.got[i], w.result))
		}
	}
	return out
}

// lasting are the faults that play a scenario and stay: those that Heal finds
// without having made them, which a process that was killed is not among.
func (l *Lab) lasting(s sim.Scenario, how string) (faults []fault, names []string, err error) {
	for _, f := range s.Failures {
		known := slices.DeleteFunc(l.faultsOf(f, true), func(name string) bool { return name == byProcess })
		name := how
		switch {
		case len(known) == 0:
			return nil, nil, fmt.Errorf("%s: the lab has no fault for it", f)
		case how == "":
			name = known[0]
		case !slices.Contains(known, how):
			return nil, nil, fmt.Errorf("%s: the lab plays it by %s, not by %s", f, strings.Join(known, ", "), how)
		}
		list, err := l.faults(f, name)
		if err != nil {
			return nil, nil, err
		}
		faults, names = append(faults, list...), append(names, name)
	}
	return faults, names, nil
}

// Heal repairs what Fail has broken, and what a drill that was killed has left, and
// returns when sessions, routes and traffic are as in the normal state. The text
// says what is not, when the time is up; empty: nothing.
func (l *Lab) Heal(ctx context.Context, p *plan.Plan, normal *sim.Outcome, say func(format string, args ...any)) (trouble string, err error) {
	d, err := l.newDrill(p, say)
	if err != nil {
		return "", err
	}
	err = d.during(ctx, func(ctx context.Context) error {
		trouble, err = d.awaitNormal(ctx, normal, repairLimit+l.hold())
		return err
	})
	if err == nil {
		err = l.reviveExporters(ctx)
	}
	return trouble, err
}
