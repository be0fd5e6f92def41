//go:build linux

package lab_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/ercfg/ercfg/internal/lab"
	"github.com/ercfg/ercfg/internal/sim"
)

// What is broken stays broken until it is repaired, and nothing else is: traffic
// moves, all of it still arrives, and afterwards the network is as it was.
func TestFailAndHeal(t *testing.T) {
	t.Parallel()
	need(t)
	p := example(t, "01-two-ce-private")
	l, dir := up(t, p, lab.Options{})
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	report := sim.Predict(p, scenarios(t, p, []string{"er-london.primary", "er-london.secondary:drain"}))
	heal := func() {
		t.Helper()
		if trouble, err := l.Heal(ctx, p, &report.Outcomes[0], t.Logf); err != nil || trouble != "" {
			t.Fatalf("Heal: %s, %v", trouble, err)
		}
	}
	faults := func() string {
		var out []string
		for i := range l.Nodes {
			text, err := l.Nodes[i].Exec(ctx, "nft", "list", "tables")
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(text, "ercfg_fault_") {
				out = append(out, l.Nodes[i].Name)
			}
		}
		return strings.Join(out, " ")
	}
	heal()
	for _, c := range []struct {
		outcome int
		how     string
		faulty  string
	}{{1, "", "msee-er-london-p"}, {2, "", "msee-er-london-s"}, {1, "carrier", ""}} {
		different, err := l.Fail(ctx, p, &report.Outcomes[c.outcome], c.how, t.Logf)
		if err != nil || len(different) > 0 {
			t.Fatalf("Fail %s: %q, %v", report.Outcomes[c.outcome].Scenario.Name(), different, err)
		}
		if got := faults(); got != c.faulty {
			t.Errorf("%s %s: faults on %q, want %q", report.Outcomes[c.outcome].Scenario.Name(), c.how, got, c.faulty)
		}
		sent, err := l.Traffic(ctx, p, lab.TrafficOptions{For: 2 * time.Second, Rate: 100})
		if err != nil {
			t.Fatal(err)
		}
		if len(sent.Rows) != 2 {
			t.Errorf("%d rows of traffic, want one out and one back", len(sent.Rows))
		}
		for _, row := range sent.Rows {
			if row.Sent < 100 || row.Received != row.Sent || row.Flows < 8 {
				t.Errorf("traffic while %s is broken: %+v", report.Outcomes[c.outcome].Scenario.Name(), row)
			}
		}
	}
	heal()
	if got := faults(); got != "" {
		t.Errorf("faults are left on %s", got)
	}
	if _, err := l.Fail(ctx, p, &report.Outcomes[1], "process", t.Logf); err == nil || !strings.Contains(err.Error(), "not by process") {
		t.Errorf("a process that is killed is not there for Heal to find: %v", err)
	}
	short, stop := context.WithCancel(ctx)
	_, err := l.Fail(short, p, &report.Outcomes[1], "", func(format string, args ...any) { t.Logf(format, args...); stop() })
	if err == nil || faults() != "" {
		t.Errorf("cut short: %v, and faults are left on %q", err, faults())
	}
	if err := lab.Down(context.Background(), dir); err != nil {
		t.Error(err)
	}
	nothingLeft(t, dir)
}
