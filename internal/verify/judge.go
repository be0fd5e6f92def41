package verify

import (
	"cmp"
	"slices"
	"time"

	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/sim"
)

// JudgeOptions say how much it takes to be sure.
type JudgeOptions struct {
	MinSamples int           // packets on expected legs that a PASS takes; 0: 20
	Seen       time.Duration // how long was listened: with it comes how much longer it takes; 0: nobody can say
	Until      time.Time     // when the listening ended; zero: nobody can say
	// Doubts are why some of what routers carry may not have been seen though they export.
	Doubts []Doubt
	// Crossed are legs on which packets of the routers themselves were seen: what watches
	// them works, though no traffic of a statement may be there.
	Crossed []Crossing
	// Trusted are routers of which is known that all they carry is exported.
	Trusted []string
	// Unconfirmed are routers whose interfaces the intent alone has numbered.
	Unconfirmed []string
	// Rates are by router how coarsely it samples, one packet in N. Absent: nobody tells,
	// and it is taken to sample as the others do.
	Rates map[string]uint32
}

// defaultSamples is enough to tell that not much of the traffic goes elsewhere: what
// twenty samples have all missed is less than a seventh of it.
const defaultSamples = 20

// Judge holds what was seen against what is predicted for p: one judgement for each
// flow of the outcome and direction that the prediction speaks of, in its order.
// silent are the routers of which nothing came.
//
// More of what speaks for the prediction never turns a verdict for the worse, and less
// of it never for the better: what is not seen proves nothing.
func Judge(p *plan.Plan, outcome sim.Outcome, counts []Count, silent []string, o JudgeOptions) []Judgement {
	j := newJudge(p, outcome.Scenario, counts, silent, o)
	out := make([]Judgement, 0, 2*len(outcome.Flows))
	j.rows = 2 * len(outcome.Flows)
	for _, f := range outcome.Flows {
		var both []*trial
		for _, d := range []sim.Direction{sim.ToAzure, sim.FromAzure} {
			r := [...]*sim.Result{&f.To, &f.From}[d]
			i, known := j.statements[f.Statement]
			if !known || len(r.Legs) == 0 && !r.Lost {
				continue
			}
			t := j.open(i, f, d, r)
			t.hear()
			both = append(both, t)
		}
		compare(both)
		for _, t := range both {
			out = append(out, t.judgement())
		}
	}
	return out
}

// A judge knows what all trials of one Judge share.
type judge struct {
	p          *plan.Plan
	scenario   sim.Scenario
	o          JudgeOptions
	rows       int           // of the report, about
	keep       time.Duration // the longest that a router keeps a flow before it exports it
	statements map[string]int
	counts     map[Traffic]*Count
	silent     map[string]bool                 // routers that export nothing
	failed     map[string]bool                 // routers that the scenario takes away
	peerings   map[string]*plan.CircuitPeering // by path
	vpns       map[string]*plan.VPN
	shows      map[shown]bool
	passed     map[Crossing]bool
	collected  map[string]bool // paths of which Azure's Traffic Collector tells
	// covering are the prefixes that each router brings into BGP; made when they are
	// asked for.
	covering map[string]map[origin]bool
}

// A shown is a router and a direction of which it shows some traffic.
type shown struct {
	router    string
	direction sim.Direction
}

func newJudge(p *plan.Plan, s sim.Scenario, counts []Count, silent []string, o JudgeOptions) *judge {
	o.MinSamples = cmp.Or(o.MinSamples, defaultSamples)
	j := &judge{
		p: p, scenario: s, o: o, keep: activeTimeout(p), statements: make(map[string]int, len(p.Statements)), counts: make(map[Traffic]*Count, len(counts)),
		silent: make(map[string]bool, len(silent)), failed: make(map[string]bool), peerings: make(map[string]*plan.CircuitPeering), vpns: make(map[string]*plan.VPN, len(p.VPNs)), shows: make(map[shown]bool), passed: make(map[Crossing]bool), collected: make(map[string]bool), covering: make(map[string]map[origin]bool),
	}
	for i := range p.Statements {
		j.statements[p.Statements[i].Name] = i
	}
	for i := range counts {
		c := &counts[i]
		j.counts[c.Traffic] = c
		for _, l := range c.Legs {
			if l.Samples > 0 {
				j.shows[shown{l.Leg.Router, c.Traffic.Direction}] = true
				j.passed[Crossing{l.Leg, c.Traffic.Direction}] = true
				j.collected[l.Leg.Path] = j.collected[l.Leg.Path] || l.Leg.Whole
			}
		}
	}
	for _, c := range o.Crossed {
		j.passed[c] = true
	}
	for _, r := range silent {
		j.silent[r] = true
	}
	for _, f := range s.Failures {
		if f.Kind == sim.RouterDown {
			j.failed[f.Router] = true
		}
	}
	for i := range p.Circuits {
		for k := range p.Circuits[i].Peerings {
			c := &p.Circuits[i].Peerings[k]
			j.peerings[c.Path] = c
		}
	}
	for i := range p.VPNs {
		j.vpns[p.VPNs[i].Name] = &p.VPNs[i]
	}
	return j
}

// A trial is the judging of one flow in one direction.
type trial struct {
	*judge
	statement *plan.Statement
	flow      *sim.Flow
	direction sim.Direction
	result    *sim.Result
	count     Count
	expected  []want
	legs      []LegShare // expected ones first
	encrypted bool       // a VPN is the first of prefer
	coarse    eye        // beside the prediction

	fails, gaps, notes []string
	wait               time.Duration
	stuck              bool // waiting does not close the gaps
}

// A want is an expected leg.
type want struct {
	Leg
	dead  bool // what is sent on it may never arrive
	half  bool // a tunnel of which one link under it is dead
	clear bool // it carries in clear text what is to be encrypted
}

// isInternet reports whether a leg leaves by the Internet, on no link of the plan.
func isInternet(l Leg) bool { return l.Path == sim.Internet }

func (j *judge) open(statement int, f *sim.Flow, d sim.Direction, r *sim.Result) *trial {
	s := &j.p.Statements[statement]
	t := &trial{judge: j, statement: s, flow: f, direction: d, result: r, encrypted: len(s.Prefer) > 0 && j.vpns[s.Prefer[0]] != nil}
	if c := j.counts[Traffic{Statement: statement, Family: f.Family, Direction: d, Default: f.Default}]; c != nil {
		t.count = *c
	}
	// A tunnel over both links of a circuit is two legs of the prediction and one
	// that flows can tell.
	for _, l := range r.Legs {
		w := want{Leg: Leg{Path: l.Path, Router: l.Router, Position: l.Position, Instance: l.Instance}, dead: l.Dead, clear: l.Clear}
		if w.Instance != "" {
			w.Position = plan.Primary
		}
		if i := slices.IndexFunc(t.expected, func(o want) bool { return o.Leg == w.Leg }); i >= 0 {
			o := &t.expected[i]
			o.half = o.half || o.dead != w.dead
			o.dead = o.dead && w.dead
			continue
		}
		t.expected = append(t.expected, w)
	}
	for _, w := range t.expected {
		l := LegShare{Leg: w.Leg, Expected: true}
		if c := t.counted(w.Leg); c != nil {
			l.Amount, l.Pairs, l.Rungs, l.Series = c.Amount, c.Pairs, c.Rungs, c.Series
		}
		t.legs = append(t.legs, l)
	}
	for _, c := range t.count.Legs {
		if !t.expects(c.Leg) && c.Amount != (Amount{}) {
			t.legs = append(t.legs, LegShare{Leg: c.Leg, Expected: c.Leg.Whole && t.expectsPath(c.Leg.Path), Amount: c.Amount, Pairs: c.Pairs, Rungs: c.Rungs, Series: c.Series})
		}
	}
	slices.SortStableFunc(t.legs, func(a, b LegShare) int {
		switch {
		case a.Expected == b.Expected:
			return 0
		case a.Expected:
			return -1
		}
		return 1
	})
	shareOut(t.legs)
	if len(j.o.Rates) > 0 {
		t.coarse = t.coarsest()
	}
	return t
}

func (t *trial) counted(l Leg) *LegCount {
	i := slices.IndexFunc(t.count.Legs, func(c LegCount) bool { return c.Leg == l })
	if i < 0 {
		return nil
	}
	return &t.count.Legs[i]
}

// expects reports whether the prediction has the leg itself.
func (t *trial) expects(l Leg) bool {
	return slices.ContainsFunc(t.expected, func(w want) bool { return w.Leg == l })
}

// expectsPath reports whether it has a link of the path.
func (t *trial) expectsPath(path string) bool {
	return slices.ContainsFunc(t.expected, func(w want) bool { return w.Path == path && w.Instance == "" })
}

// hear goes through the evidence. What contradicts the prediction is looked for before
// what is missing, and both are said.
func (t *trial) hear() {
	t.wrong()
	t.unplaced()
	t.deaf()
	t.doubtful()
	t.lasting()
	if t.nothing() {
		t.absent()
	} else {
		t.strays()
		t.spanning()
		t.balance()
		t.whole()
		t.enough()
		t.beside()
	}
	t.remarks()
	t.unwatched()
}

// judgement says what has come out.
func (t *trial) judgement() Judgement {
	out := Judgement{
		Statement: t.statement.Name, Family: t.flow.Family, Direction: t.direction, Default: t.flow.Default,
		Expected: make([]Leg, 0, len(t.expected)), Legs: t.legs, NotPlaced: t.count.NotPlaced, Ambiguous: t.count.Ambiguous, Early: t.count.Early,
	}
	if out.Legs == nil {
		out.Legs = []LegShare{}
	}
	for _, w := range t.expected {
		out.Expected = append(out.Expected, w.Leg)
	}
	for _, l := range t.legs {
		out.Total.add(l.Amount)
		if t.encrypted && t.circuit(l.Leg) {
			out.Clear.add(l.Amount)
		}
	}
	switch {
	case len(t.fails) > 0:
		out.Verdict = Fail
	case len(t.gaps) > 0:
		out.Verdict = Insufficient
		if !t.stuck {
			out.Wait = t.wait
		}
	default:
		out.Verdict = Pass
	}
	out.Reasons = slices.Concat(t.fails, t.gaps)
	if out.Verdict == Pass {
		out.Reasons = append(out.Reasons, t.proved())
	}
	out.Reasons = append(out.Reasons, t.notes...)
	return out
}

// circuit reports whether a leg is a circuit's, or one of its links.
func (j *judge) circuit(l Leg) bool { return l.Instance == "" && j.peerings[l.Path] != nil }
