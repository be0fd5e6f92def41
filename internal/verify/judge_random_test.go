package verify

import (
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"unicode/utf8"

	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/sim"
)

// eachRow runs do for every row of every scenario of depth one of every example.
func eachRow(t *testing.T, do func(t *testing.T, p *plan.Plan, o sim.Outcome, rows []judgeRow, row judgeRow, rng *rand.Rand)) {
	t.Helper()
	n := 0
	plans := judgeExamples(t)
	maps.Copy(plans, judgePlans(t, "../sim/testdata/matrix/*.yaml"))
	for _, name := range slices.Sorted(maps.Keys(plans)) {
		p := plans[name]
		for _, o := range sim.Predict(p, sim.Scenarios(p, 1)).Outcomes {
			rows := judgeRows(p, o)
			for _, row := range rows {
				n++
				rng := rand.New(rand.NewPCG(7, uint64(n)))
				do(t, p, o, rows, row, rng)
				if t.Failed() {
					t.Fatalf("in %s, scenario %s, %s %s %v, predicted %v", name, o.Scenario.Name(), row.flow.Statement, row.traffic.Family, row.traffic.Direction, row.result)
				}
			}
		}
	}
	if n < 200 {
		t.Fatalf("only %d rows: the examples hold more", n)
	}
}

// onInternet reports whether a row goes by the Internet alone, where nobody sees it.
func onInternet(row judgeRow) bool {
	return len(row.legs) > 0 && !slices.ContainsFunc(row.legs, func(l Leg) bool { return l.Path != sim.Internet })
}

// What goes as predicted passes, and every reason can be read.
func TestJudgePerfect(t *testing.T) {
	t.Parallel()
	eachRow(t, func(t *testing.T, p *plan.Plan, o sim.Outcome, rows []judgeRow, row judgeRow, rng *rand.Rand) {
		j := judgedRow(t, p, o, row, perfect(rows, 200, rng), nil)
		want := Pass
		if onInternet(row) && !row.traffic.Default {
			want = Insufficient
		}
		if j.Verdict != want {
			t.Errorf("got %v, want %v: %q", j.Verdict, want, j.Reasons)
		}
		readable(t, j)
	})
}

// readable checks that reasons are sentences of the length that a terminal shows.
func readable(t *testing.T, j Judgement) {
	t.Helper()
	if len(j.Reasons) == 0 {
		t.Error("no reason")
	}
	for _, r := range j.Reasons {
		if n := utf8.RuneCountInString(r); n > 160 {
			t.Errorf("a reason of %d characters: %s", n, r)
		}
	}
	if j.Verdict != Insufficient && j.Wait != 0 {
		t.Errorf("%v, and yet a wait of %v", j.Verdict, j.Wait)
	}
}

// What goes by any leg that is not predicted fails, whatever else passes.
func TestJudgeWrongLeg(t *testing.T) {
	t.Parallel()
	eachRow(t, func(t *testing.T, p *plan.Plan, o sim.Outcome, rows []judgeRow, row judgeRow, rng *rand.Rand) {
		for _, leg := range allLegs(p) {
			if slices.Contains(row.legs, leg) {
				continue
			}
			records := perfect([]judgeRow{row}, 40, rng)
			moved := uint64(0)
			for i := range records {
				if r := &records[i]; r.traffic == row.traffic && moved < fewWrong {
					r.leg = leg
					moved += r.samples
				}
			}
			for moved < fewWrong {
				records = append(records, seenFlow{traffic: row.traffic, leg: leg, samples: 1, bytes: 100})
				moved++
			}
			j := judgedRow(t, p, o, row, records, nil)
			if j.Verdict != Fail {
				t.Errorf("traffic on %v: got %v: %q", leg, j.Verdict, j.Reasons)
			}
			readable(t, j)
		}
	})
}

// Nothing seen proves nothing where a leg is predicted.
func TestJudgeNothing(t *testing.T) {
	t.Parallel()
	eachRow(t, func(t *testing.T, p *plan.Plan, o sim.Outcome, rows []judgeRow, row judgeRow, rng *rand.Rand) {
		others := slices.DeleteFunc(perfect(rows, 100, rng), func(r seenFlow) bool { return r.traffic == row.traffic })
		for _, records := range [][]seenFlow{nil, others} {
			j := judgedRow(t, p, o, row, records, nil)
			if empty := len(row.legs) == 0 || onInternet(row) && row.traffic.Default; (j.Verdict == Pass) != empty {
				t.Errorf("got %v: %q", j.Verdict, j.Reasons)
			}
			j = judgedRow(t, p, o, row, records, routerNames(p))
			if j.Verdict == Pass {
				t.Errorf("all routers are silent: got %v: %q", j.Verdict, j.Reasons)
			}
			readable(t, j)
		}
	})
}

func routerNames(p *plan.Plan) []string {
	var out []string
	for i := range p.Routers {
		out = append(out, p.Routers[i].Name)
	}
	return out
}

// disturb draws what may go wrong with traffic and with what is told of it.
func disturb(p *plan.Plan, row judgeRow, records []seenFlow, rng *rand.Rand) (out []seenFlow, silent []string) {
	legs := allLegs(p)
	for _, r := range records {
		if r.traffic != row.traffic {
			out = append(out, r)
		}
	}
	ours := slices.DeleteFunc(slices.Clone(records), func(r seenFlow) bool { return r.traffic != row.traffic })
	ours = ours[:rng.IntN(len(ours)+1)]
	if rng.IntN(2) == 0 {
		ours = ours[:min(len(ours), rng.IntN(12))]
	}
	kinds := rng.IntN(64)
	without := legs[rng.IntN(len(legs))]
	for _, r := range ours {
		odd := rng.IntN(60) == 0
		switch {
		case kinds&1 != 0 && r.leg == without:
			continue
		case kinds&2 != 0 && odd:
			r.leg = legs[rng.IntN(len(legs))]
		case kinds&4 != 0 && odd:
			r.lost = lostKind(1 + rng.IntN(3))
		case kinds&8 != 0 && rng.IntN(3) == 0:
			r.rung = ByNextHop
		case kinds&16 != 0 && rng.IntN(2) == 0 && r.leg.Instance == "":
			r.leg = Leg{Path: r.leg.Path, Whole: true}
		}
		out = append(out, r)
	}
	if kinds&32 != 0 {
		silent = append(silent, p.Routers[rng.IntN(len(p.Routers))].Name)
	}
	return out, silent
}

// speaksFor reports whether a record is proof of what is predicted.
func speaksFor(row judgeRow, r seenFlow) bool {
	expected := slices.Contains(row.legs, r.leg) || r.leg.Whole && slices.ContainsFunc(row.legs, func(l Leg) bool { return l.Path == r.leg.Path && l.Instance == "" })
	return r.lost == seenOnLeg && r.rung != ByNextHop && expected
}

// Less of what speaks for the prediction never makes a PASS: neither records that are
// lost one by one, nor all those of one leg. What showed that flows are balanced badly
// may go with them, in two ways: which router gets what goes to Azure the LAN decides,
// so a router that shows nothing is idle; and where Azure's Traffic Collector shows the
// circuit, it is proof without the link.
func TestJudgeLess(t *testing.T) {
	t.Parallel()
	passed, not := 0, 0
	eachRow(t, func(t *testing.T, p *plan.Plan, o sim.Outcome, rows []judgeRow, row judgeRow, rng *rand.Rand) {
		for range 4 {
			records, silent := disturb(p, row, perfect([]judgeRow{row}, 60, rng), rng)
			before := judgedRow(t, p, o, row, records, silent)
			readable(t, before)
			if before.Verdict == Pass {
				passed++
				continue
			}
			not++
			whole := rng.IntN(2) == 0
			gone := allLegs(p)[rng.IntN(len(allLegs(p)))]
			share := rng.IntN(4)
			fewer := slices.DeleteFunc(slices.Clone(records), func(r seenFlow) bool {
				if r.traffic != row.traffic || !speaksFor(row, r) {
					return false
				}
				return whole && r.leg == gone || !whole && rng.IntN(4) <= share
			})
			after := judgedRow(t, p, o, row, fewer, silent)
			if after.Verdict == Pass && !lostWitness(row, records, fewer) {
				t.Errorf("%v turned into PASS by the loss of records: %q, then %q", before.Verdict, before.Reasons, after.Reasons)
			}
		}
	})
	if passed < 100 || not < 100 {
		t.Errorf("%d of the verdicts are PASS and %d are not: too few of one to tell", passed, not)
	}
}

// lostWitness reports whether a router has lost all its proofs of traffic to Azure, or
// a circuit all that tell the link.
func lostWitness(row judgeRow, before, after []seenFlow) bool {
	distinct := func(of func(Leg) string) (b, a int) {
		n := [2]map[string]bool{{}, {}}
		for i, records := range [][]seenFlow{before, after} {
			for _, r := range records {
				if r.traffic == row.traffic && speaksFor(row, r) && !r.leg.Whole {
					n[i][of(r.leg)] = true
				}
			}
		}
		return len(n[0]), len(n[1])
	}
	if b, a := distinct(func(l Leg) string { return l.Router }); row.traffic.Direction == sim.ToAzure && a < b {
		return true
	}
	b, a := distinct(func(l Leg) string { return l.Path })
	return a < b && slices.ContainsFunc(after, func(r seenFlow) bool { return r.traffic == row.traffic && r.leg.Whole })
}

// Half of the samples prove no more than all of them.
func TestJudgeHalf(t *testing.T) {
	t.Parallel()
	eachRow(t, func(t *testing.T, p *plan.Plan, o sim.Outcome, rows []judgeRow, row judgeRow, rng *rand.Rand) {
		for range 2 {
			records, silent := disturb(p, row, perfect([]judgeRow{row}, 60, rng), rng)
			all, half := addedUp(records), addedUp(records)
			for i := range half {
				c := &half[i]
				for k := range c.Legs {
					l := &c.Legs[k]
					halve(&l.Amount, speaksFor(row, seenFlow{traffic: c.Traffic, leg: l.Leg}) && l.Rungs[ByNextHop] == 0)
				}
				halve(&c.NotPlaced, false)
				halve(&c.Ambiguous, false)
				halve(&c.Early, false)
			}
			alone := sim.Outcome{Scenario: o.Scenario, Flows: []*sim.Flow{row.flow}}
			before := Judge(p, alone, all, silent, JudgeOptions{Seen: judgeSeen})
			after := Judge(p, alone, half, silent, JudgeOptions{Seen: judgeSeen})
			for i := range before {
				if before[i].Verdict != Pass && after[i].Verdict == Pass {
					t.Errorf("%v turned into PASS by half of the samples: %q, then %q", before[i].Verdict, before[i].Reasons, after[i].Reasons)
				}
			}
		}
	})
}

// halve rounds down what speaks for the prediction and up what does not: what is odd
// counts as doubt.
func halve(a *Amount, down bool) {
	up := uint64(1)
	if down {
		up = 0
	}
	a.Samples, a.Packets, a.Bytes, a.Flows = (a.Samples+up)/2, (a.Packets+up)/2, (a.Bytes+up)/2, (a.Flows+up)/2
}
