//go:build linux

package lab

import (
	"fmt"
	"slices"
	"time"

	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/sim"
)

// A TestReport is what a lab that stands still was found to be.
type TestReport struct {
	Plan string // name of the intent
	MSEE string // software of the Microsoft edge: frr, bird
	// GatewayHold is the hold time that the VPN gateways offer; zero: the intent
	// has none.
	GatewayHold time.Duration
	Checks      []Check
	// Omitted is what the lab cannot look at, each with the reason.
	Omitted []string
	// Clock is how far the probes' own clock was off at most.
	Clock time.Duration
	Took  time.Duration
}

// A Check is one assertion.
type Check struct {
	Name      string // what is looked at: "ce1: session with 172.16.200.2"
	Want, Got string
	Pass      bool
}

// difference says of a check that does not hold what is otherwise.
func (c Check) difference() string { return fmt.Sprintf("%s: %s, want %s", c.Name, c.Got, c.Want) }

// Passed reports whether every assertion holds; a report without any has
// proved nothing and has not passed.
func (r *TestReport) Passed() bool {
	return len(r.Checks) > 0 && !slices.ContainsFunc(r.Checks, func(c Check) bool { return !c.Pass })
}

// A DrillReport is what was predicted for each scenario, and what was measured.
type DrillReport struct {
	Plan        string
	MSEE        string
	GatewayHold time.Duration // zero: the intent has no VPN
	Runs        []Run
	// Unplayed counts the scenarios that the drill did not get to: it was
	// interrupted, or the network did not come back.
	Unplayed int
	// Omitted is what the lab cannot play or look at, each with the reason.
	Omitted []string
	// Clock is how far the probes' own clock was off at most: a loss is known to
	// within this.
	Clock time.Duration
	Took  time.Duration
}

// A Run is one scenario, played by one kind of fault.
type Run struct {
	Scenario string
	Faults   []string // the kind of each failure, in the scenario's order: silent, carrier
	Flows    []Observation
	// Findings are worth an operator's attention and no difference from the
	// prediction: a session that is back without its BFD.
	Findings []string
	// Trouble says why the run proves nothing: a fault that could not be made, a
	// network that did not come back. Empty: none.
	Trouble string
	Took    time.Duration
	lasting bool // the network did not come back
}

// An Observation is one direction of one flow in one run.
type Observation struct {
	Statement string
	Family    plan.Family
	Direction sim.Direction
	Predicted string // as sim.Result writes itself
	Measured  string
	// Limit is how long traffic may have been lost at most: the prediction's, what
	// routers need to act on it, and the clock's error. Negative: it has no path in
	// the scenario, and is lost while that lasts.
	Limit time.Duration
	// Loss is the longest time without traffic from the fault until the network
	// was as measured; Failback the same from the repair on.
	Loss, Failback time.Duration
	Lost, Sent     int    // packets, from the fault to the repair
	By             string // what the prediction says detects the fault
	Differences    []string
}

// paths says both paths.
func (o *Observation) paths() string { return "predicted " + o.Predicted + ", measured " + o.Measured }

// Passed reports whether what was measured is what was predicted.
func (o *Observation) Passed() bool { return len(o.Differences) == 0 }

// Passed reports whether the run was possible and every flow did as predicted.
func (r *Run) Passed() bool {
	return r.Trouble == "" && !slices.ContainsFunc(r.Flows, func(o Observation) bool { return !o.Passed() })
}

// Passed reports whether every run did; a report without any, or of a drill that
// did not get to its end, has not proved what was asked and has not passed.
func (r *DrillReport) Passed() bool {
	return len(r.Runs) > 0 && r.Unplayed == 0 && !slices.ContainsFunc(r.Runs, func(run Run) bool { return !run.Passed() })
}

// Failovers are the losses that BFD ended, ascending: of faults that the sending
// end could not see, on flows that had another path.
func (r *DrillReport) Failovers() []time.Duration {
	var out []time.Duration
	for i := range r.Runs {
		run := &r.Runs[i]
		if run.Trouble != "" {
			continue
		}
		unseen := slices.Contains(run.Faults, bySilence)
		for _, o := range run.Flows {
			if (unseen || o.Direction == sim.FromAzure && slices.Contains(run.Faults, byCarrier)) && o.By == "BFD" && o.Limit >= 0 && o.Loss > 0 {
				out = append(out, o.Loss)
			}
		}
	}
	slices.Sort(out)
	return out
}

// median is the middle of ascending values, the lower of two; 0 without any.
func median(sorted []time.Duration) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[(len(sorted)-1)/2]
}

// counts returns how many runs did as predicted, how many did not, and how many
// proved nothing.
func (r *DrillReport) counts() (passed, differ, trouble int) {
	for i := range r.Runs {
		switch {
		case r.Runs[i].Trouble != "":
			trouble++
		case r.Runs[i].Passed():
			passed++
		default:
			differ++
		}
	}
	return passed, differ, trouble
}
