package verify

import (
	"strings"
	"testing"

	"github.com/ercfg/ercfg/internal/sim"
)

// What one router has seen packet by packet proves little of what another one, which
// takes one packet in a thousand, would have shown; neither that nothing goes there, nor that
// something should.
func TestJudgeRates(t *testing.T) {
	t.Parallel()
	examples := judgeExamples(t)
	const one, seven = "01-two-ce-private", "07-two-sites-standby-telemetry"
	both := func(flows, perFlow, rate uint64) []carried {
		return []carried{{leg: "er-lon.primary on ce-lon", flows: flows, perFlow: perFlow, rate: rate}, {leg: "er-lon.secondary on ce-lon", flows: flows, perFlow: perFlow, rate: rate}}
	}
	for _, c := range []struct {
		name, example string
		direction     sim.Direction
		seen          []carried
		rates         map[string]uint32
		want          Verdict
		word          string
	}{
		{"a finer eye", one, sim.FromAzure, []carried{{leg: londonP, flows: 30, perFlow: 10}}, map[string]uint32{"ce1": 1, "ce2": 1000}, Insufficient,
			"er-london.secondary on ce2 carries nothing yet: 30 flows elsewhere cannot tell that from chance, at one packet in 1000"},
		{"so many flows that it must show", one, sim.FromAzure, []carried{{leg: londonP, flows: 9000, perFlow: 10}}, map[string]uint32{"ce1": 1, "ce2": 1000}, Fail, "9000 flows"},
		{"eyes alike", one, sim.FromAzure, []carried{{leg: londonP, flows: 30, perFlow: 10, rate: 1000}}, map[string]uint32{"ce1": 1000, "ce2": 1000}, Fail, "30 flows"},
		{"a coarser eye", one, sim.FromAzure, []carried{{leg: londonP, flows: 30, perFlow: 10, rate: 1000}}, map[string]uint32{"ce1": 1000, "ce2": 1}, Fail, "30 flows"},
		{"nobody tells the other rate", one, sim.FromAzure, []carried{{leg: londonP, flows: 30, perFlow: 10}}, nil, Fail, "30 flows"},

		{"the standby has a coarse eye", seven, sim.ToAzure, both(10, 2, 1), map[string]uint32{"ce-lon": 1, "ce-ams": 1000, "ce-vpn": 1}, Insufficient,
			"ce-ams samples one packet in 1000, and would have seen 0 in place of 40 packets on expected legs: a verdict takes 20"},
		{"and there is more", seven, sim.ToAzure, both(100, 100, 1), map[string]uint32{"ce-lon": 1, "ce-ams": 1000, "ce-vpn": 1}, Pass, "sampled: another leg could carry up to 15 % of it"},
		{"all alike", seven, sim.ToAzure, both(10, 1, 1000), map[string]uint32{"ce-lon": 1000, "ce-ams": 1000, "ce-vpn": 1000}, Pass, "sampled: another leg could carry up to 15 % of it"},
		{"the standby sees all", seven, sim.ToAzure, both(10, 1, 1000), map[string]uint32{"ce-lon": 1000, "ce-ams": 1, "ce-vpn": 1}, Pass, "all on er-lon.primary"},
	} {
		p := examples[c.example]
		counts := judgeCount(t, p, Traffic{Direction: c.direction}, c.seen)
		for _, j := range Judge(p, judgeOutcome(t, p, ""), counts, nil, JudgeOptions{Seen: judgeSeen, Rates: c.rates}) {
			if j.Direction != c.direction {
				continue
			}
			if said := strings.Join(j.Reasons, "\n"); j.Verdict != c.want || !strings.Contains(said, c.word) {
				t.Errorf("%s: got %v, want %v and %q:\n%s", c.name, j.Verdict, c.want, c.word, said)
			}
			readable(t, j)
		}
	}
}

// Azure's Traffic Collector stands in for the routers of its circuits, and shows nothing of
// a VPN, or of a circuit that has none.
func TestJudgeUncollected(t *testing.T) {
	t.Parallel()
	examples := judgeExamples(t)
	examples["two circuits"] = resolved(t, []byte(strings.NewReplacer("router: ce2, interface: GigabitEthernet1", "router: ce1, interface: GigabitEthernet3", "router: ce2, interface: GigabitEthernet2", "router: ce1, interface: GigabitEthernet4").Replace(verificationSite)))
	for _, c := range []struct {
		name, example, scenario string
		seen                    []carried
		silent                  []string
		want                    Verdict
		word                    string
	}{
		{"a VPN on the same router", "03-vpn-backup", "", []carried{{leg: "er-frankfurt (link not told)", flows: 40, perFlow: 1, rate: 4096}}, []string{"ce1"}, Insufficient,
			"not seen: what goes by s2s-frankfurt.a on ce1 and s2s-frankfurt.b on ce1, of which neither a router nor Azure's Traffic Collector tells"},
		{"another circuit on the same router", "two circuits", "", []carried{{leg: "er-oslo (link not told)", flows: 40, perFlow: 1, rate: 4096}}, []string{"ce1"}, Insufficient,
			"not seen: what goes by er-bergen.primary on ce1 and er-bergen.secondary on ce1, of which neither a router nor Azure's Traffic Collector tells"},
		{"of which the collector tells", "two circuits", "er-oslo", []carried{{leg: "er-bergen (link not told)", flows: 40, perFlow: 1, rate: 4096}, {leg: "er-oslo (link not told)", flows: 1, perFlow: 1, rate: 4096}}, []string{"ce1"}, Insufficient,
			"er-oslo (link not told) carries 1 packet"},
		{"which is known to be idle", "03-vpn-backup", "", []carried{{leg: "er-frankfurt (link not told)", flows: 40, perFlow: 1, rate: 4096}}, nil, Pass, "all on er-frankfurt"},
		{"nothing beside it", "01-two-ce-private", "", []carried{{leg: "er-london (link not told)", flows: 40, perFlow: 1, rate: 4096}}, []string{"ce1", "ce2"}, Pass, "all on er-london"},
	} {
		p := examples[c.example]
		counts := judgeCount(t, p, Traffic{Direction: sim.FromAzure}, c.seen)
		j := Judge(p, judgeOutcome(t, p, c.scenario), counts, c.silent, JudgeOptions{Seen: judgeSeen})[1]
		said := strings.Join(j.Reasons, "\n")
		if j.Verdict != c.want || !strings.Contains(said, c.word) || strings.Contains(said, "not seen: what goes by") != strings.HasPrefix(c.word, "not seen") {
			t.Errorf("%s: got %v, want %v and %q:\n%s", c.name, j.Verdict, c.want, c.word, said)
		}
		readable(t, j)
	}
}
