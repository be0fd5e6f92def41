//go:build linux

package lab_test

import (
	"context"
	"encoding/json"
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
	// broken is what a later process learns: it knows the directory alone.
	broken := func() string {
		t.Helper()
		again, err := lab.Open(dir, nil)
		if err != nil {
			t.Fatal(err)
		}
		b, err := again.Broken()
		if err != nil {
			t.Fatal(err)
		}
		if b == nil {
			return ""
		}
		return b.Scenario
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
		if got := broken(); got != report.Outcomes[c.outcome].Scenario.Name() {
			t.Errorf("%q is said to be broken, want %s", got, report.Outcomes[c.outcome].Scenario.Name())
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
	if got := faults() + broken(); got != "" {
		t.Errorf("faults are left: %s", got)
	}
	if _, err := l.Fail(ctx, p, &report.Outcomes[1], "process", t.Logf); err == nil || !strings.Contains(err.Error(), "not by process") {
		t.Errorf("a process that is killed is not there for Heal to find: %v", err)
	}
	short, stop := context.WithCancel(ctx)
	_, err := l.Fail(short, p, &report.Outcomes[1], "", func(format string, args ...any) { t.Logf(format, args...); stop() })
	if err == nil || faults()+broken() != "" {
		t.Errorf("cut short: %v, and faults are left: %q", err, faults()+broken())
	}
	if err := lab.Down(context.Background(), dir); err != nil {
		t.Error(err)
	}
	nothingLeft(t, dir)
}

// ashburn is a second circuit for example 02, which stands by and carries nothing.
const ashburn = `
  er-ashburn:
    model: point-to-point
    layer3: customer
    provider: Lumen
    location: Washington DC2
    sku: premium
    bandwidth: 2Gbps
    private:
      vlan: 211
      primary:   {router: ce1, interface: eth4, ipv4: 10.255.11.0/30, ipv6: "2001:db8:ff:11::/126"}
      secondary: {router: ce1, interface: eth5, ipv4: 10.255.11.4/30, ipv6: "2001:db8:ff:11::4/126"}
      timers: {keepalive: 20s, hold: 60s}
      timersIPv6: {keepalive: 5s, hold: 15s}
      bfd: {interval: 300ms, multiplier: 3}

traffic:
`

// A link that stands by carries no traffic that could tell of its failure. Fail returns
// when both ends have noticed it all the same, in IPv6 too, where nothing but the hold
// timer does.
func TestFailOfStandby(t *testing.T) {
	t.Parallel()
	need(t)
	p := changed(t, "02-dual-stack-one-ce", func(text string) string {
		text = strings.Replace(text, "\ntraffic:\n", ashburn, 1)
		return strings.Replace(text, "prefer: [er-reston]", "prefer: [er-reston, er-ashburn]", 1)
	})
	l, _ := up(t, p, lab.Options{})
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	report := sim.Predict(p, scenarios(t, p, []string{"er-ashburn.primary"}))
	if trouble, err := l.Heal(ctx, p, &report.Outcomes[0], t.Logf); err != nil || trouble != "" {
		t.Fatalf("Heal: %s, %v", trouble, err)
	}
	waits := 0
	say := func(format string, args ...any) {
		t.Logf(format, args...)
		if strings.HasPrefix(format, "the traffic has moved; waiting") {
			waits++
		}
	}
	if different, err := l.Fail(ctx, p, &report.Outcomes[1], "", say); err != nil || len(different) > 0 {
		t.Fatalf("Fail: %q, %v", different, err)
	}
	for node, peer := range map[string]string{"ce1": "2001:db8:ff:11::2", "msee-er-ashburn-p": "2001:db8:ff:11::1"} {
		text, err := l.Node(node).Vtysh(ctx, "show bgp neighbors json")
		if err != nil {
			t.Fatal(err)
		}
		var sessions map[string]struct{ BgpState string }
		if err := json.Unmarshal([]byte(text), &sessions); err != nil {
			t.Fatal(err)
		}
		if got := sessions[peer].BgpState; got == "" || got == "Established" {
			t.Errorf("%s: the session with %s is %q", node, peer, got)
		}
	}
	if waits != 1 {
		t.Errorf("what is waited for was said %d times, want once", waits)
	}
}
