package push

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/ercfg/ercfg/internal/confdiff"
)

// pairRun is a run over the two routers of a plan, which have nothing yet, or what they
// are to have.
func pairRun(t *testing.T, bare bool) (r *Run, ce1, ce2 *router) {
	t.Helper()
	p := goldenPlans(t)["two-ce-private"]
	r = &Run{plan: p, oracle: newOracle(p)}
	for i, file := range []string{"ce1.ios-xe.cfg", "ce2.junos.set"} {
		platform, text := goldenConfig(t, "two-ce-private/"+file)
		x := &router{run: r, plan: &p.Routers[i]}
		x.job.Config.Router, x.job.Config.Platform = p.Routers[i].Name, platform
		have := text
		if bare {
			have = map[string]string{confdiff.IOSXE: "hostname ce1\n", confdiff.Junos: "set system host-name ce2\n"}[platform]
		} else {
			x.before = newPerfect(p).facts(x.plan)
		}
		x.have = readConfig(t, platform, have)
		x.change = confdiff.Between(readConfig(t, platform, text), x.have, confdiff.Options{Intent: p.Name})
		x.opens = x.openings()
		r.routers = append(r.routers, x)
	}
	return r, r.routers[0], r.routers[1]
}

// Of two routers that are both new the first need not have its session with the second
// up, and the second has to. The report says what nobody has seen up.
func TestPair(t *testing.T) {
	t.Parallel()
	r, ce1, ce2 := pairRun(t, true)
	far := Neighbor{Addr: netip.MustParseAddr("10.10.255.2")}
	effectsOf := func(x *router) effects { return r.oracle.touchedBy(x.plan, &x.change) }
	if got := ce1.apart(effectsOf(ce1)); got[far] != "ce2" || len(got) != 1 {
		t.Errorf("before either's turn: %v", got)
	}
	ce1.begin()
	ce2.begin()
	if got := ce1.apart(effectsOf(ce1)); got[far] != "ce2" {
		t.Errorf("the first: %v", got)
	}
	if got := ce2.apart(effectsOf(ce2)); len(got) != 0 {
		t.Errorf("the second: %v", got)
	}
	e := effectsOf(ce1)
	e.apart = ce1.apart(e)
	now := newPerfect(r.plan).facts(ce1.plan)
	down(now.Peer(far))
	for _, result := range r.oracle.judge(ce1.plan, Facts{}, now, e, 0) {
		if !result.Pass {
			t.Errorf("%s", result)
		}
		if result.Name == "session with 10.10.255.2" {
			ce1.report.Tests = []TestResult{result}
		}
	}
	e.apart = nil
	if !slices.ContainsFunc(r.oracle.judge(ce1.plan, Facts{}, now, e, 0), func(t TestResult) bool { return !t.Pass }) {
		t.Error("a session that has both ends passes although it is down")
	}
	ce1.report.Outcome = Changed
	for _, tt := range []struct {
		outcome Outcome
		want    string
	}{{Changed, ""}, {Unsaved, ""}, {Reverted, "the session with 10.10.255.2 is not up: ce2 is reverted"}} {
		ce1.report.Warning, ce2.report.Outcome = "", tt.outcome
		if r.warnApart(); ce1.report.Warning != tt.want {
			t.Errorf("ce2 is %s: %q, want %q", tt.outcome, ce1.report.Warning, tt.want)
		}
	}
	ce2.asked, ce1.report.Warning = true, ""
	if r.warnApart(); ce1.report.Warning != "the session with 10.10.255.2 is not up: this run does not change ce2" {
		t.Errorf("%q", ce1.report.Warning)
	}
}

// A session that was up has to stay up, or come up again, where the other router does not
// change its end.
func TestPairOfOneEnd(t *testing.T) {
	t.Parallel()
	r, ce1, ce2 := pairRun(t, false)
	e := effects{touched: map[Neighbor]bool{}, resets: map[Neighbor]bool{}}
	for _, n := range r.oracle.questionFor(ce1.plan).Neighbors {
		e.touched[n], e.resets[n] = true, true
	}
	if got := ce1.apart(e); len(got) != 0 {
		t.Errorf("ce2 has its end: %v", got)
	}
	ce2.asked = true
	if got := ce1.apart(e); len(got) != 0 {
		t.Errorf("nobody knows what ce2 has, and the session was up: %v", got)
	}
	down(ce1.before.Peer(Neighbor{Addr: netip.MustParseAddr("10.10.255.2")}))
	if got := ce1.apart(e); len(got) != 1 {
		t.Errorf("nobody knows what ce2 has, and the session was down: %v", got)
	}
}

// What resets a session between two routers, and needs nothing of the other end, has to let
// it come up again on each of them: only a key that both change excuses the first.
func TestPairReset(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]int{"update-source Loopback1": 0, "password <env:KEY>": 1} {
		r, ce1, ce2 := pairRun(t, false)
		for x, far := range map[*router]string{ce1: "10.10.255.2", ce2: "10.10.255.1"} {
			text := "router bgp 65010\n neighbor " + far + " " + line + "\n"
			if x == ce2 {
				text = "set protocols bgp group CONTOSO-LONDON-IBGP-V4 neighbor " + far + " " + strings.NewReplacer("update-source Loopback1", "local-address 10.10.255.2", "password <env:KEY>", `authentication-key "<env:KEY>"`).Replace(line) + "\n"
			}
			c := readConfig(t, x.job.Config.Platform, text)
			x.change = confdiff.Change{Platform: x.job.Config.Platform, Impacts: []confdiff.Impact{{Class: confdiff.SessionReset}}}
			x.change.Differences = []confdiff.Difference{{Object: confdiff.Object{Kind: confdiff.Neighbor, Name: far}, Missing: c.Statements[len(c.Statements)-1:]}}
			x.opens = x.openings()
		}
		if got := ce1.apart(r.oracle.touchedBy(ce1.plan, &ce1.change)); len(got) != want {
			t.Errorf("%s: excused %v", line, got)
		}
	}
}
