package verify

import (
	"slices"
	"strings"
	"testing"

	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/sim"
)

// One direction takes the VPN: it fails, and the other one, which passes, says so.
func TestJudgeAsymmetric(t *testing.T) {
	t.Parallel()
	p := judgeExamples(t)["03-vpn-backup"]
	o := judgeOutcome(t, p, "normal")
	both := []carried{{leg: frankfurtP, flows: 20, perFlow: 10}, {leg: frankfurtS, flows: 20, perFlow: 10}}
	counts := append(judgeCount(t, p, Traffic{Direction: sim.ToAzure}, both),
		judgeCount(t, p, Traffic{Direction: sim.FromAzure}, append(slices.Clone(both), carried{leg: vpnB, flows: 40, perFlow: 10}))...)
	got := Judge(p, o, counts, nil, JudgeOptions{Seen: judgeSeen})
	if len(got) != 2 || got[0].Verdict != Pass || got[1].Verdict != Fail {
		t.Fatalf("got %+v", got)
	}
	const want = "asymmetric: from Azure, s2s-frankfurt.b on ce1 carries 50 %"
	if last := got[0].Reasons[len(got[0].Reasons)-1]; last != want {
		t.Errorf("to Azure: got %q, want %q", last, want)
	}
	for _, r := range got[1].Reasons {
		if strings.HasPrefix(r, "asymmetric") {
			t.Errorf("from Azure: got %q of the direction that is as predicted", r)
		}
	}
}

// Both directions take the VPN: they fail alike, and that is no asymmetry.
func TestJudgeBothWrong(t *testing.T) {
	t.Parallel()
	p := judgeExamples(t)["03-vpn-backup"]
	vpn := []carried{{leg: vpnB, flows: 40, perFlow: 10}}
	counts := append(judgeCount(t, p, Traffic{Direction: sim.ToAzure}, vpn), judgeCount(t, p, Traffic{Direction: sim.FromAzure}, vpn)...)
	for _, j := range Judge(p, judgeOutcome(t, p, "normal"), counts, nil, JudgeOptions{Seen: judgeSeen}) {
		if j.Verdict != Fail || strings.Contains(strings.Join(j.Reasons, " "), "asymmetric") {
			t.Errorf("%v: got %v: %q", j.Direction, j.Verdict, j.Reasons)
		}
	}
}

// The LAN hands everything to one router and Azure spreads over both: that is as
// predicted, and no asymmetry.
func TestJudgeOneRouter(t *testing.T) {
	t.Parallel()
	p := judgeExamples(t)["01-two-ce-private"]
	one, two := carried{leg: londonP, flows: 20, perFlow: 10}, carried{leg: londonS, flows: 20, perFlow: 10}
	counts := append(judgeCount(t, p, Traffic{Direction: sim.ToAzure}, []carried{one}), judgeCount(t, p, Traffic{Direction: sim.FromAzure}, []carried{one, two})...)
	for _, j := range Judge(p, judgeOutcome(t, p, "normal"), counts, nil, JudgeOptions{Seen: judgeSeen}) {
		if j.Verdict != Pass || strings.Contains(strings.Join(j.Reasons, " "), "asymmetric") {
			t.Errorf("%v: got %v: %q", j.Direction, j.Verdict, j.Reasons)
		}
	}
}

// What is carried in clear text is added up, whether it is predicted or not.
func TestJudgeClear(t *testing.T) {
	t.Parallel()
	p := judgeExamples(t)["04-encrypted-over-private"]
	for scenario, verdict := range map[string]Verdict{"normal": Fail, "ipsec-zurich": Pass} {
		seen := []carried{{leg: zurichP, flows: 20, perFlow: 10}, {leg: "er-zurich.secondary on ce1", flows: 20, perFlow: 10}}
		j := Judge(p, judgeOutcome(t, p, scenario), judgeCount(t, p, Traffic{}, seen), nil, JudgeOptions{Seen: judgeSeen})[0]
		if j.Verdict != verdict || j.Clear.Samples != 400 || j.Clear.Bytes != 400_000 {
			t.Errorf("%s: got %v, and %+v in clear text: %q", scenario, j.Verdict, j.Clear, j.Reasons)
		}
	}
}

// A result is the union over prefixes and VNets. Where they may have different legs, an
// empty one is no sign of bad balance.
func TestJudgeGroups(t *testing.T) {
	t.Parallel()
	p := *judgeExamples(t)["01-two-ce-private"]
	o := judgeOutcome(t, &p, "normal")
	groups := func(d sim.Direction, change func(p *plan.Plan)) int {
		q := p
		q.Statements = slices.Clone(p.Statements)
		q.Routers = slices.Clone(p.Routers)
		change(&q)
		j := newJudge(&q, o.Scenario, nil, nil, JudgeOptions{})
		return len(j.open(0, o.Flows[0], d, [...]*sim.Result{&o.Flows[0].To, &o.Flows[0].From}[d]).groups())
	}
	same := func(*plan.Plan) {}
	apart := func(p *plan.Plan) {
		p.Routers[1].Origins = slices.Clone(p.Routers[1].Origins)[1:]
	}
	if got := groups(sim.FromAzure, same); got != 1 {
		t.Errorf("Azure spreads over both links: got %d groups", got)
	}
	if got := groups(sim.ToAzure, same); got != 2 {
		t.Errorf("each router has a link of its own: got %d groups", got)
	}
	if n := len(p.Statements[0].Onprem); n < 2 {
		t.Fatalf("%d prefixes: the example has changed", n)
	}
	if got := groups(sim.FromAzure, apart); got != 2 {
		t.Errorf("ce2 lacks a prefix: got %d groups, want each leg alone", got)
	}
}

// Several VNets may each have a path of their own, but the links of one path belong
// together.
func TestJudgeGroupsByPath(t *testing.T) {
	t.Parallel()
	p := *judgeExamples(t)["07-two-sites-standby-telemetry"]
	f := *judgeOutcome(t, &p, "normal").Flows[0]
	f.From.Legs = append(slices.Clone(f.From.Legs), judgeOutcome(t, &p, "er-lon").Flows[0].From.Legs...)
	for vnets, want := range map[int]int{1: 1, 2: 2} {
		q := p
		q.Statements = slices.Clone(p.Statements)
		q.Statements[0].VNets = slices.Repeat(q.Statements[0].VNets[:1], vnets)
		j := newJudge(&q, sim.Scenario{}, nil, nil, JudgeOptions{})
		seen := []carried{{leg: "er-lon.primary on ce-lon", flows: 20, perFlow: 10}, {leg: "er-lon.secondary on ce-lon", flows: 20, perFlow: 10}}
		verdict := Judge(&q, sim.Outcome{Flows: []*sim.Flow{{Statement: f.Statement, From: f.From}}}, judgeCount(t, &q, Traffic{Direction: sim.FromAzure}, seen), nil, JudgeOptions{Seen: judgeSeen})[0]
		if wanted := map[int]Verdict{1: Fail, 2: Insufficient}[vnets]; verdict.Verdict != wanted {
			t.Errorf("%d VNets, and one circuit is empty: got %v, want %v: %q", vnets, verdict.Verdict, wanted, verdict.Reasons)
		}
		if got := len(j.open(0, &f, sim.FromAzure, &f.From).groups()); got != want || len(f.From.Legs) != 4 {
			t.Errorf("%d VNets: got %d groups of %d legs, want %d of 4", vnets, got, len(f.From.Legs), want)
		}
	}
}

// A tie-break may leave any leg empty.
func TestJudgeTie(t *testing.T) {
	t.Parallel()
	p := judgeExamples(t)["01-two-ce-private"]
	o := judgeOutcome(t, p, "normal")
	counts := judgeCount(t, p, Traffic{Direction: sim.FromAzure}, []carried{{leg: londonP, flows: 40, perFlow: 10}})
	for _, tie := range []bool{false, true} {
		f := *o.Flows[0]
		f.From.Tie = tie
		j := Judge(p, sim.Outcome{Flows: []*sim.Flow{&f}}, counts, nil, JudgeOptions{Seen: judgeSeen})[1]
		if (j.Verdict == Pass) != tie {
			t.Errorf("tie %v: got %v: %q", tie, j.Verdict, j.Reasons)
		}
	}
}

// A drained link carries what never arrives: it is said, and no failure of the
// prediction, whether it carries or not.
func TestJudgeDead(t *testing.T) {
	t.Parallel()
	p := judgeExamples(t)["03-vpn-backup"]
	f := *judgeOutcome(t, p, "normal").Flows[0]
	f.To.Legs = slices.Clone(f.To.Legs)
	f.To.Legs[0].Dead = true
	o := sim.Outcome{Flows: []*sim.Flow{&f}}
	seen := []carried{{leg: frankfurtP, flows: 10, perFlow: 10}, {leg: frankfurtS, flows: 30, perFlow: 10}}
	j := Judge(p, o, judgeCount(t, p, Traffic{}, seen), nil, JudgeOptions{Seen: judgeSeen})[0]
	const want = "er-frankfurt.primary on ce1 carries 25 % into a dead end, as predicted: it may never arrive"
	if j.Verdict != Pass || !slices.Contains(j.Reasons, want) {
		t.Errorf("got %v: %q", j.Verdict, j.Reasons)
	}
	if j = Judge(p, o, judgeCount(t, p, Traffic{}, seen[1:]), nil, JudgeOptions{Seen: judgeSeen})[0]; j.Verdict != Pass {
		t.Errorf("the dead link is empty: got %v: %q", j.Verdict, j.Reasons)
	}
}

// Nothing seen says nothing before routers have exported what they keep.
func TestJudgeTooEarly(t *testing.T) {
	t.Parallel()
	p := judgeExamples(t)["01-two-ce-private"]
	j := Judge(p, judgeOutcome(t, p, "er-london"), nil, nil, JudgeOptions{Seen: judgeSeen / 10})[0]
	if j.Verdict != Insufficient || j.Wait != judgeSeen/10 {
		t.Errorf("got %v, wait %v: %q", j.Verdict, j.Wait, j.Reasons)
	}
}
