//go:build linux

package lab_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ercfg/ercfg/internal/sim"
	"github.com/ercfg/ercfg/internal/verify"
)

// Whatever fails alone: verify proves the prediction for it, with the counts of the
// kernels, and does not take it for the normal state.
func TestFlowTruthFailures(t *testing.T) {
	t.Parallel()
	needExporter(t)
	for _, c := range []struct {
		name, collector string
		part, parts     int // of the failures: labs share them
	}{{"02-dual-stack-one-ce", "10.40.1.50", 0, 2}, {"02-dual-stack-one-ce", "10.40.1.50", 1, 2}, {"01-two-ce-private", "10.10.1.50", 0, 1}} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := newFlowTruth(t, exported(t, c.name, fmt.Sprintf(telemetry, c.collector, 1), nil))
			normal := f.outcome("")
			r, truth := f.verified(truthRun{})
			f.agree(r[0], truth)
			f.shares(r[0], truth)
			f.all(r[0], verify.Pass)
			for i, s := range sim.Scenarios(f.p, 1)[1:] {
				// The first state of BFD's failure is predicted: FRR's sessions come back
				// without BFD.
				if i%c.parts != c.part || s.Failures[0].Kind == sim.BFDDown {
					continue
				}
				f.Log(s.Name())
				f.fail(s.Name())
				f.revive()
				own := f.outcome(s.Name())
				f.withdrawn(own)
				run := truthRun{outcomes: []*sim.Outcome{own, normal}, lasts: 4 * time.Second}
				if s.Failures[0].Kind == sim.IPv6Down { // IPv4 has both links to share
					run.lasts = 0
				}
				r, truth = f.verified(run)
				f.agree(r[0], truth)
				allowed := []verify.Verdict{verify.Pass}
				if s.Failures[0].Kind == sim.RouterDown && len(f.p.Routers) == 1 {
					// No other router is there to show that nothing goes, and the exporter of
					// this one may have ended again: it cannot send.
					allowed = append(allowed, verify.Insufficient)
				}
				f.all(r[0], allowed...)
				f.notTakenFor(r[1], own, normal)
			}
		})
	}
}

// withdrawn waits, where no path is predicted, until no router has a route: without BFD,
// as IPv6 is, one goes when the hold time is over, and until then what it carries is lost
// and carried all the same.
func (f *flowTruth) withdrawn(o *sim.Outcome) {
	f.Helper()
	for _, flow := range o.Flows {
		if len(flow.To.Legs) > 0 {
			continue
		}
		for i := range f.p.Routers {
			for _, prefix := range f.p.Statements[0].Azure {
				f.leaves(f.p.Routers[i].Name, prefix.String())
			}
		}
	}
}

// revive starts exporters that have ended: uacctd does when it can no longer send, as on
// a router whose ports have been down.
func (f *flowTruth) revive() {
	f.Helper()
	alive, err := f.l.Exporting(f.Context())
	if err != nil {
		f.Fatal(err)
	}
	for i := range f.p.Routers {
		if name := f.p.Routers[i].Name; !slices.Contains(alive, name) {
			f.Logf("uacctd of %s has ended", name)
			f.exporter(name, f.exporterText(name), "uacctd", "-f", "/run/exporter.conf")
		}
	}
}

// notTakenFor fails the test where a report on another prediction passes what the state in
// truth has on other legs.
func (f *flowTruth) notTakenFor(r *verify.Report, truth, other *sim.Outcome) {
	f.Helper()
	for _, j := range r.Judgements {
		at := slices.IndexFunc(truth.Flows, func(x *sim.Flow) bool {
			return x.Statement == j.Statement && x.Family == j.Family && x.Default == j.Default
		})
		is := predicted(truth.Flows[at], j.Direction)
		said := predicted(other.Flows[at], j.Direction)
		if slices.Equal(is, said) || j.Verdict != verify.Pass {
			continue
		}
		// Where each router has a link of its own, the LAN decides which of them get
		// packets: a router without any proves nothing, and is no failure.
		if j.Direction == sim.ToAzure && slices.ContainsFunc(j.Reasons, func(s string) bool { return strings.Contains(s, "the LAN decides which router gets this traffic") }) {
			continue
		}
		f.Errorf("%s %s %s: PASS for %s, while %s holds: %q", j.Statement, j.Family, j.Direction, other.Scenario.Name(), truth.Scenario.Name(), j.Reasons)
	}
}

// predicted are the legs of one direction of a flow, in words, sorted.
func predicted(f *sim.Flow, d sim.Direction) []string {
	var out []string
	for _, l := range [...]*sim.Result{&f.To, &f.From}[d].Legs {
		out = append(out, fmt.Sprint(l.Path, l.Router, l.Position, l.Instance))
	}
	slices.Sort(out)
	return slices.Compact(out)
}
