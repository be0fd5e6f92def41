package ticket

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ercfg/ercfg/internal/confdiff"
	"github.com/ercfg/ercfg/internal/fleet"
	"github.com/ercfg/ercfg/internal/frrtest"
	"github.com/ercfg/ercfg/internal/golden"
	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/sim"
)

func ticketOf(p *plan.Plan, changes map[string]confdiff.Change) Ticket {
	return New(Input{Plan: p, Report: sim.Predict(p, sim.Scenarios(p, 1)), Changes: changes})
}

// words is every sentence of a ticket, a line each.
func words(t Ticket) string {
	var b strings.Builder
	put := func(head string, lines ...string) {
		for _, l := range lines {
			b.WriteString(head + ": " + l + "\n")
		}
	}
	put("change", t.Summary.Change...)
	put("preferred", t.Summary.Preferred...)
	put("advertised", t.Summary.Advertised...)
	put("timers", t.Summary.Timers...)
	put("failover", t.Summary.Failover...)
	for _, s := range t.Order {
		put("step "+s.Router, strings.Join(s.Links, " "), s.Wait, s.Note)
	}
	for _, r := range t.Routers {
		for _, c := range slices.Concat(r.Pre, r.Post) {
			put(r.Name+" check", c.Command+" | "+strings.Join(c.Expect, " | ")+" | "+c.Why)
		}
		put(r.Name+" interruption", r.Interruption...)
		put(r.Name+" rollback", r.Rollback...)
	}
	return b.String()
}

func TestNewGolden(t *testing.T) {
	plans := goldenPlans(t)
	for _, name := range []string{"two-homes", "encrypted-two-routers", "vrf-lite", "vpn-over-microsoft", "dual-stack-one-ce"} {
		golden.Equal(t, "testdata/words-"+name+".txt", words(ticketOf(plans[name], nil)))
	}
}

// No sentence of any case has a hole in it.
func TestNewSentencesAreWhole(t *testing.T) {
	for name, p := range goldenPlans(t) {
		text := words(ticketOf(p, nil))
		for _, hole := range []string{"``", "%!", " .", ": .", "invalid", "not predicted"} {
			if strings.Contains(text, hole) {
				t.Errorf("%s: %q in\n%s", name, hole, text)
			}
		}
	}
}

func TestOrder(t *testing.T) {
	p := &plan.Plan{
		Routers: []plan.Router{
			{Name: "a", Links: []plan.Link{{Path: "er"}}},
			{Name: "b", Links: []plan.Link{{Path: "er", Position: plan.Secondary}}},
			{Name: "c", Links: []plan.Link{{Path: "standby"}, {Path: "standby", Position: plan.Secondary}}},
			{Name: "d"}, // which is as it was rendered
		},
		Circuits: []plan.Circuit{
			{Name: "er", Peerings: []plan.CircuitPeering{{Path: "er", Links: []plan.CircuitLink{{Router: "a"}, {Router: "b"}}}}},
			{Name: "standby", Peerings: []plan.CircuitPeering{{Path: "standby", Links: []plan.CircuitLink{{Router: "c"}, {Router: "c", Link: 1}}}}},
		},
		Statements: []plan.Statement{{Name: "s", Prefer: []string{"er", "standby"}}},
	}
	var got []string
	for _, s := range orderOf(p, map[string]confdiff.Change{"d": {}}) {
		got = append(got, s.Router)
		if alone := s.Router == "c"; alone != (s.Note != "") {
			t.Errorf("%s: note %q", s.Router, s.Note)
		}
	}
	if diff := cmp.Diff([]string{"c", "b", "a"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestInterruption(t *testing.T) {
	p := goldenPlans(t)["two-homes"]
	r := &p.Routers[0]
	session := func(class confdiff.Class, o confdiff.Object) map[string]confdiff.Change {
		d := confdiff.Difference{Object: o, Missing: []confdiff.Statement{{Path: []string{"x"}}}}
		return map[string]confdiff.Change{r.Name: {Differences: []confdiff.Difference{d}, Impacts: []confdiff.Impact{{Class: class}}}}
	}
	l := &r.Links[0]
	neighbor := confdiff.Object{Kind: confdiff.Neighbor, Name: strings.TrimSpace(l.VRF + " " + l.Sessions[0].Neighbor.String())}
	for want, changes := range map[string]map[string]confdiff.Change{
		"It is not known":            nil,
		"Nothing is typed":           {r.Name: {}},
		"There are no commands":      {r.Name: {Differences: []confdiff.Difference{{Missing: []confdiff.Statement{{Path: []string{"x"}}}}}, Refused: "two owners"}},
		"No session goes down.":      session(confdiff.RouteRefresh, neighbor),
		"`" + linkName(l) + "`":      session(confdiff.SessionReset, neighbor),
		"iBGP goes down":             session(confdiff.SessionReset, confdiff.Object{Kind: confdiff.Neighbor, Name: r.IBGP[0].Neighbor.String()}),
		"iBGP goes down ":            session(confdiff.SessionReset, confdiff.Object{Kind: confdiff.Group, Name: "TRUST-IBGP-V4"}),
		"Sessions of this router ma": session(confdiff.SessionReset, confdiff.Object{Kind: confdiff.BGP}),
	} {
		if got := ticketOf(p, changes).Routers[0].Interruption; len(got) == 0 || !strings.Contains(got[0], want) {
			t.Errorf("no %q in %q", want, got)
		}
	}
}

// vtysh knows every command that a ticket names for an FRR router.
func TestChecksOnFRR(t *testing.T) {
	frrtest.Need(t)
	r := frrtest.New(t).Router("r")
	r.StartDaemons()
	done := make(map[string]bool)
	for _, p := range goldenPlans(t) {
		for i := range p.Routers {
			if p.Routers[i].Platform = plan.FRR; len(done) > 60 {
				break
			}
			for _, c := range slices.Concat(preChecks(&p.Routers[i]), postChecks(&p.Routers[i]), pathChecks(p, &p.Routers[i])) {
				if done[c.Command] || strings.HasPrefix(c.Command, "swanctl") {
					continue
				}
				done[c.Command] = true
				if refused(t, r, c.Command) {
					t.Errorf("vtysh does not know: %s", c.Command)
				}
			}
		}
	}
	if !refused(t, r, "show bfd of 192.0.2.1") {
		t.Error("vtysh takes anything")
	}
	if len(done) < 10 {
		t.Errorf("only %d commands were typed", len(done))
	}
}

// refused reports whether vtysh does not know a command. That it knows no such
// neighbor is an error to vtysh, too, and not what is asked here.
func refused(t *testing.T, r *frrtest.Router, command string) bool {
	said, err := r.Exec(t.Context(), "vtysh", "-c", command)
	if err != nil {
		said += err.Error()
	}
	return slices.ContainsFunc([]string{"Unknown command", "Ambiguous command", "Command incomplete"}, func(bad string) bool {
		return strings.Contains(said, bad)
	})
}

// The words of a fleet of 500 circuits on 1,000 routers.
func BenchmarkNew(b *testing.B) {
	p := planOf(b, string(fleet.Intent(500)))
	report := sim.Predict(p, sim.Scenarios(p, 1))
	b.ReportAllocs()
	for b.Loop() {
		New(Input{Plan: p, Report: report})
	}
}
