package verify

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ercfg/ercfg/internal/intent"
	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/sim"
)

// judgeSeen is how long the tests listen: longer than any active timeout of the
// examples.
const judgeSeen = 5 * time.Minute

// judgeExamples are the plans of all examples, by name.
func judgeExamples(t testing.TB) map[string]*plan.Plan {
	t.Helper()
	out := judgePlans(t, "../../examples/*.yaml")
	if len(out) < 7 {
		t.Fatalf("only %d examples can be read", len(out))
	}
	return out
}

// judgePlans are the plans of the intents that match a pattern; those with errors are
// left out.
func judgePlans(t testing.TB, pattern string) map[string]*plan.Plan {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("no intents at %s: %v", pattern, err)
	}
	out := make(map[string]*plan.Plan)
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		doc, _ := intent.Read([]intent.File{{Name: "site.yaml", Data: text}})
		if p, _ := plan.Resolve(doc, plan.Env{}); p != nil {
			out[strings.TrimSuffix(filepath.Base(f), ".yaml")] = p
		}
	}
	return out
}

func judgeOutcome(t testing.TB, p *plan.Plan, scenario string) sim.Outcome {
	t.Helper()
	s, err := sim.ParseScenario(p, scenario)
	if err != nil {
		t.Fatal(err)
	}
	return sim.Predict(p, []sim.Scenario{s}).Outcomes[0]
}

// A seenFlow is one flow record of the tests: a flow of its own, where it was seen.
type seenFlow struct {
	traffic Traffic
	leg     Leg
	rung    Rung
	lost    lostKind
	samples uint64
	bytes   uint64
}

// A lostKind says why a record is on no leg.
type lostKind uint8

const (
	seenOnLeg lostKind = iota
	notPlaced
	ambiguous
	early
)

// addedUp adds records up as a tally does.
func addedUp(records []seenFlow) []Count {
	var out []Count
	for _, r := range records {
		i := slices.IndexFunc(out, func(c Count) bool { return c.Traffic == r.traffic })
		if i < 0 {
			i = len(out)
			out = append(out, Count{Traffic: r.traffic})
		}
		c := &out[i]
		one := Amount{Records: 1, Samples: r.samples, Packets: r.samples, Bytes: r.bytes, Flows: 1, Largest: r.bytes}
		switch r.lost {
		case notPlaced:
			c.NotPlaced.add(one)
			continue
		case ambiguous:
			c.Ambiguous.add(one)
			continue
		case early:
			c.Early.add(one)
			continue
		}
		k := slices.IndexFunc(c.Legs, func(l LegCount) bool { return l.Leg == r.leg })
		if k < 0 {
			k = len(c.Legs)
			c.Legs = append(c.Legs, LegCount{Leg: r.leg})
		}
		c.Legs[k].add(one)
		c.Legs[k].Rungs[r.rung]++
	}
	return out
}

// judgeLegs are the legs of a result as flows tell them.
func judgeLegs(r sim.Result) []Leg {
	var out []Leg
	for _, l := range r.Legs {
		leg := Leg{Path: l.Path, Router: l.Router, Position: l.Position, Instance: l.Instance}
		if !slices.Contains(out, leg) {
			out = append(out, leg)
		}
	}
	return out
}

// A judgeRow is one row of a verdict, and what is predicted for it.
type judgeRow struct {
	traffic Traffic
	flow    *sim.Flow
	result  sim.Result
	legs    []Leg
}

// judgeRows are the rows of an outcome.
func judgeRows(p *plan.Plan, o sim.Outcome) []judgeRow {
	var out []judgeRow
	for _, f := range o.Flows {
		at := slices.IndexFunc(p.Statements, func(s plan.Statement) bool { return s.Name == f.Statement })
		for d, r := range []sim.Result{f.To, f.From} {
			if len(r.Legs) > 0 || r.Lost {
				out = append(out, judgeRow{Traffic{at, f.Family, sim.Direction(d), f.Default}, f, r, judgeLegs(r)})
			}
		}
	}
	return out
}

// perfect draws flows as the prediction has them: each takes one of its legs at random.
func perfect(rows []judgeRow, flows int, rng *rand.Rand) []seenFlow {
	var out []seenFlow
	for _, row := range rows {
		for range flows {
			if len(row.legs) == 0 {
				break
			}
			leg := row.legs[rng.IntN(len(row.legs))]
			if row.result.Tie || row.result.Narrow {
				leg = row.legs[0]
			}
			if leg.Path == sim.Internet {
				continue // on no link of the plan
			}
			n := 1 + rng.Uint64N(8)
			out = append(out, seenFlow{traffic: row.traffic, leg: leg, rung: Rung(rng.IntN(int(ByNextHop))), samples: n, bytes: n * (64 + rng.Uint64N(1400))})
		}
	}
	return out
}

// allLegs are all links and tunnels of a plan.
func allLegs(p *plan.Plan) []Leg {
	var out []Leg
	for i := range p.Routers {
		for _, l := range p.Routers[i].Links {
			out = append(out, Leg{Path: l.Path, Router: p.Routers[i].Name, Position: l.Position})
		}
		for _, l := range p.Routers[i].Tunnels {
			out = append(out, Leg{Path: l.Path, Router: p.Routers[i].Name, Instance: l.Instance})
		}
	}
	return out
}

// judgedRow is the judgement of one row.
func judgedRow(t testing.TB, p *plan.Plan, o sim.Outcome, row judgeRow, records []seenFlow, silent []string) Judgement {
	t.Helper()
	for _, j := range Judge(p, sim.Outcome{Scenario: o.Scenario, Flows: []*sim.Flow{row.flow}}, addedUp(records), silent, JudgeOptions{Seen: judgeSeen}) {
		if j.Statement == row.flow.Statement && j.Family == row.traffic.Family && j.Direction == row.traffic.Direction && j.Default == row.traffic.Default {
			return j
		}
	}
	t.Fatalf("no judgement of %s %v", row.flow.Statement, row.traffic)
	return Judgement{}
}
