//go:build linux

package lab

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/sim"
)

// DrillOptions say how a drill goes about it. The scenarios are those of the
// report that is drilled.
type DrillOptions struct {
	// All plays every failure by each fault that the lab knows for it, and not by
	// the usual ones alone.
	All bool
	// Faults, where there are any, are the only ones that are played: silent,
	// carrier, oneway, process, down, drain, bfd, reset.
	Faults []string
}

const (
	// lookFor is how long packets are counted to see where they go: four packets of
	// every flow.
	lookFor = 4 * streamFlows * probeEvery
	// margin is how much longer than predicted a drill waits for a path.
	margin = 10 * time.Second
	// reaction is what routers may take from the detection of a failure to the
	// packets' new way: BGP's decision, zebra's and the kernel's routes. It takes a
	// tenth of a second, and more on a machine with other work.
	reaction = 500 * time.Millisecond
	// mostClock is the largest error of the clock with which a loss still says
	// something: a run beyond it has no verdict.
	mostClock = 1500 * time.Millisecond
	// repairLimit bounds the wait for a network that was repaired: sessions that are
	// tried again every ten seconds, and a hold time that has to run out first.
	repairLimit = 60 * time.Second
	// healLimit bounds the repair itself, which a cancelled drill does as well.
	healLimit = 30 * time.Second
)

// A drill is a lab under probes.
type drill struct {
	l        *Lab
	p        *plan.Plan
	say      func(format string, args ...any)
	streams  []stream
	probes   []probe
	services []serviceHost
	omitted  []string
	watch    *watch
	prober   *prober
	back     error // of the way back, where the way there has failed
}

func (l *Lab) newDrill(p *plan.Plan, say func(format string, args ...any)) (*drill, error) {
	d := &drill{l: l, p: p, say: say}
	d.services = l.serviceHosts(p)
	d.streams, d.probes, d.omitted = l.probesOf(p, d.services)
	if len(d.streams) == 0 {
		return nil, fmt.Errorf("lab %s: no statement has hosts at both ends: there is nothing to probe", l.Name)
	}
	d.watch = l.newWatch(p, d.streams)
	return d, nil
}

// during sends probes and counts them while do runs. What is broken then is repaired
// before.
func (d *drill) during(ctx context.Context, do func(ctx context.Context) error) (err error) {
	if broken, err := d.l.Broken(); err == nil && broken != nil { // a note that nobody can read is no reason not to repair
		d.say("repairing what is broken: %s", broken)
	}
	if err := d.clean(ctx); err != nil {
		return err
	}
	if err := d.l.forget(); err != nil {
		return err
	}
	if d.prober, err = newProber(d.streams); err != nil {
		return err
	}
	sending, stop := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Go(func() { d.prober.run(sending) })
	defer func() {
		stop()
		wg.Wait()
		after, cancel := context.WithTimeout(context.WithoutCancel(ctx), healLimit)
		defer cancel()
		d.back = errors.Join(d.back, d.watch.remove(after))
		if err != nil || d.back != nil {
			err = ended(ctx, err, d.back)
		}
	}()
	if err := d.watch.install(ctx); err != nil {
		return err
	}
	return do(ctx)
}

// clean takes away what a drill that was killed has left: tables in the nodes,
// ports that are down, drains.
func (d *drill) clean(ctx context.Context) error {
	err := d.l.each(func(*Node) bool { return true }, func(n *Node) error {
		text, err := n.inNet(ctx, "", "nft", "list", "tables")
		if err != nil {
			return err
		}
		for line := range strings.Lines(text) {
			words := strings.Fields(line) // table inet ercfg_fault_…
			if len(words) == 3 && strings.HasPrefix(words[2], faultTable+"_") {
				if err := n.nft(ctx, "delete "+strings.TrimSpace(line)+"\n"); err != nil {
					return err
				}
			}
		}
		return nil
	})
	var whole []fault
	for _, w := range d.l.Wires {
		switch t, _ := tunnelOf(d.p, &w); {
		case w.PortA != "":
			whole = append(whole, d.l.portFault(w.PortA, w.PortB))
		case w.B == provider:
			whole = append(whole, d.l.portFault(w.IfB))
		case t != nil:
			whole = append(whole, d.l.tunnelFault(w, byCables))
		}
	}
	return errors.Join(err, together(whole, func(f fault) error { return f.heal(ctx) }),
		d.l.each(func(n *Node) bool { return n.Kind == MSEE }, func(n *Node) error { return d.l.Drain(ctx, n, false) }))
}

// Drill plays every scenario of a prediction and compares. The normal state has
// to be among them, and the lab has to be in it. What is not as predicted is in
// the report; the error is that of a lab that cannot be drilled, or of ctx, and
// the report then has what was drilled until then. Whatever was broken is
// repaired before Drill returns, but for what an [Unrepaired] among the error says.
func (l *Lab) Drill(ctx context.Context, p *plan.Plan, report *sim.Report, o DrillOptions, say func(format string, args ...any)) (*DrillReport, error) {
	began := time.Now()
	normal := slices.IndexFunc(report.Outcomes, func(o sim.Outcome) bool { return len(o.Scenario.Failures) == 0 })
	if normal < 0 {
		return nil, errors.New("drill: the prediction lacks the normal state")
	}
	d, err := l.newDrill(p, say)
	if err != nil {
		return nil, err
	}
	r := &DrillReport{Plan: p.Name, MSEE: l.Options.MSEE, GatewayHold: l.offered(p), Omitted: d.omitted, Unplayed: len(report.Outcomes) - 1}
	for i := range report.Outcomes {
		for _, o := range d.unseen(&report.Outcomes[i]) {
			r.Omitted = appendNew(r.Omitted, o)
		}
	}
	err = d.during(ctx, func(ctx context.Context) error {
		say("waiting for the normal state")
		if trouble, err := d.awaitNormal(ctx, &report.Outcomes[normal], convergenceLimit); err != nil || trouble != "" {
			return errors.Join(err, wordy(trouble))
		}
		return d.runs(ctx, report, &report.Outcomes[normal], o, r)
	})
	r.Took = time.Since(began)
	if d.prober != nil {
		r.Clock = d.prober.clock.error(0, d.prober.now())
	}
	return r, err
}

// wordy makes an error of a text; nil of none.
func wordy(text string) error {
	if text == "" {
		return nil
	}
	return errors.New(text)
}

// runs plays the scenarios one after the other, each by each of its faults.
func (d *drill) runs(ctx context.Context, report *sim.Report, normal *sim.Outcome, o DrillOptions, r *DrillReport) error {
	for i := range report.Outcomes {
		outcome := &report.Outcomes[i]
		if outcome == normal {
			continue
		}
		if len(d.wants(outcome)) == 0 {
			r.Omitted = append(r.Omitted, outcome.Scenario.Name()+": no traffic of it is in the lab")
			r.Unplayed--
			continue
		}
		variants := d.variants(outcome.Scenario, o)
		if len(variants) == 0 {
			r.Omitted = append(r.Omitted, outcome.Scenario.Name()+": the lab has no fault for it")
		}
		for _, faults := range variants {
			run, err := d.run(ctx, outcome, normal, faults)
			if err != nil {
				return err
			}
			r.Runs = append(r.Runs, run)
			d.say("%s: %s", run.title(), run.word())
			if run.lasting {
				if r.Unplayed--; r.Unplayed > 0 {
					r.Omitted = append(r.Omitted, fmt.Sprintf("%d scenarios after %s: the network did not come back", r.Unplayed, run.title()))
				}
				return nil
			}
		}
		r.Unplayed--
	}
	return nil
}

// variants lists how a scenario is played: a failure that stands alone by each
// of its faults, several together by the first of each.
func (d *drill) variants(s sim.Scenario, o DrillOptions) [][]string {
	var together []string
	var out [][]string
	for _, f := range s.Failures {
		list := d.l.faultsOf(f, o.All || len(o.Faults) > 0)
		if len(o.Faults) > 0 {
			list = slices.DeleteFunc(list, func(how string) bool { return !slices.Contains(o.Faults, how) })
		}
		if len(list) == 0 {
			return nil
		}
		together = append(together, list[0])
		if len(s.Failures) == 1 {
			for _, how := range list {
				out = append(out, []string{how})
			}
		}
	}
	if len(s.Failures) > 1 {
		out = [][]string{together}
	}
	return out
}

// run plays one scenario: break, wait and measure, repair, wait again.
func (d *drill) run(ctx context.Context, outcome, normal *sim.Outcome, how []string) (run Run, err error) {
	run = Run{Scenario: outcome.Scenario.Name(), Faults: how}
	began := d.prober.now()
	defer func() { run.Took = d.prober.now() - began }()
	var faults []fault
	for i, f := range outcome.Scenario.Failures {
		list, err := d.l.faults(f, how[i])
		if err != nil {
			run.Trouble = err.Error()
			return run, nil
		}
		faults = append(faults, list...)
	}
	seen, broken, trouble, err := d.broken(ctx, outcome, how, faults, &run)
	repaired := d.prober.now()
	healed := d.heal(ctx, faults)
	if err != nil {
		d.back = errors.Join(d.back, healed)
		return run, err
	}
	if healed != nil {
		trouble = strings.TrimPrefix(trouble+"; "+healed.Error(), "; ")
	}
	after, err := d.awaitNormal(ctx, normal, repairLimit+d.l.hold())
	if err != nil {
		return run, err
	}
	if after != "" {
		run.lasting = true
		trouble = strings.TrimPrefix(trouble+"; after the repair: "+after, "; ")
	}
	run.Trouble = trouble
	if seen != nil {
		if err := pause(ctx, inFlight); err != nil {
			return run, err
		}
		run.Flows = d.observations(seen, how, broken, repaired, d.prober.now()-inFlight)
		if clock := d.prober.clock.error(broken, repaired); clock > mostClock {
			run.Trouble = strings.TrimPrefix(fmt.Sprintf("%s; the machine was too busy to measure: the clock's error is %v", run.Trouble, clock.Round(time.Millisecond)), "; ")
		}
	}
	return run, nil
}

// broken breaks, waits for the network to be as predicted, and measures. The time
// is that of the break.
func (d *drill) broken(ctx context.Context, outcome *sim.Outcome, how []string, faults []fault, run *Run) (*sight, time.Duration, string, error) {
	at := d.prober.now()
	if err := d.l.note(outcome.Scenario, how); err != nil {
		return nil, at, "", err
	}
	if err := together(faults, func(f fault) error { return f.make(ctx) }); err != nil {
		return nil, at, err.Error(), ctx.Err()
	}
	limit, dwell := d.limits(outcome, how)
	worse := slices.DeleteFunc(slices.Clone(faults), func(f fault) bool { return f.later == nil })
	seen, err := d.await(ctx, outcome, len(worse) == 0, limit, dwell)
	if err == nil && len(worse) > 0 {
		if err := together(worse, func(f fault) error { return f.later(ctx) }); err != nil {
			return nil, at, err.Error(), ctx.Err()
		}
		seen, err = d.await(ctx, outcome, true, margin/2, 0)
	}
	if err != nil {
		return nil, at, err.Error(), ctx.Err()
	}
	if slices.Contains(how, byBFD) {
		if run.Findings, err = d.unprotected(ctx, outcome.Scenario, at); err != nil {
			return seen, at, err.Error(), ctx.Err()
		}
	}
	return seen, at, "", nil
}

// limits are how long to wait for a path at most, and at least: where a failure is
// not to change anything, what it would change has to have had its time.
func (d *drill) limits(outcome *sim.Outcome, how []string) (limit, dwell time.Duration) {
	for _, f := range outcome.Flows {
		limit = max(limit, longest(f.To.Wait, how), longest(f.From.Wait, how))
	}
	for i, f := range outcome.Scenario.Failures {
		limit = max(limit, d.detection(f))
		switch {
		case how[i] == byBFD:
			dwell = max(dwell, time.Second) // the session is back in three
		case how[i] == bySilence && (f.Kind == sim.TunnelDown || f.Kind == sim.VPNDown):
			dwell = max(dwell, d.l.hold()+time.Second)
		case f.Kind == sim.RouterDown:
			dwell = max(dwell, lanDead+time.Second)
		default:
			dwell = max(dwell, 1500*time.Millisecond)
		}
	}
	return max(limit, dwell) + margin, dwell
}

// detection is how long the slowest session of what fails may live on. Traffic that
// then has no path at all goes into it until then, and the prediction has no time
// for that.
func (d *drill) detection(f sim.Failure) time.Duration {
	var out time.Duration
	for i := range d.l.Wires {
		w := &d.l.Wires[i]
		if f.Kind == sim.RouterDown && w.A != f.Router {
			continue
		}
		if link := linkOf(d.p, w); link != nil && (f.Kind == sim.RouterDown || slices.Contains(d.l.linkWires(f), *w)) {
			for _, s := range link.Sessions {
				if !s.BFD.On() {
					out = max(out, min(s.Timers.Hold, azureHold))
				}
			}
		}
		if t, _ := tunnelOf(d.p, w); t != nil && (f.Kind == sim.RouterDown || slices.Contains(d.l.tunnelWires(f), *w)) {
			out = max(out, min(t.Session.Timers.Hold, d.l.hold()))
		}
	}
	return out
}

// lanDead is how long the lab's IGP keeps a neighbor that says nothing.
const lanDead = 4 * time.Second

// heal repairs, also when ctx has ended: an operator's Ctrl-C must not leave a lab
// that is broken.
func (d *drill) heal(ctx context.Context, faults []fault) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), healLimit)
	defer cancel()
	if err := together(faults, func(f fault) error { return f.heal(ctx) }); err != nil {
		return err
	}
	return d.l.forget()
}

// awaitNormal waits until sessions, routes and traffic are as in the normal state.
// The text says what is not, when the time is up.
func (d *drill) awaitNormal(ctx context.Context, normal *sim.Outcome, limit time.Duration) (string, error) {
	checks, err := d.awaitControl(ctx, limit)
	if err != nil {
		return "", err
	}
	for _, c := range checks {
		if !c.Pass {
			return c.difference(), nil
		}
	}
	seen, err := d.await(ctx, normal, true, margin, 0)
	if err != nil {
		return "", err
	}
	if different := d.differences(seen); len(different) > 0 {
		return different[0], nil
	}
	return "", nil
}
