//go:build linux

package lab

import (
	"bytes"
	"encoding/xml"
	"io"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/ercfg/ercfg/internal/golden"
	"github.com/ercfg/ercfg/internal/junit"
	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/sim"
	"github.com/ercfg/ercfg/schema"
)

const ms = time.Millisecond

// drilledReport has a run of every kind: as predicted, different, without a
// verdict, with a finding.
func drilledReport() *DrillReport {
	return &DrillReport{
		Plan: "contoso-london", MSEE: "frr", GatewayHold: 9 * time.Second, Clock: 12 * ms, Took: 83 * time.Second, Unplayed: 3,
		Omitted: []string{"er-london.primary:ipv6: the lab has no fault for it"},
		Runs: []Run{
			{
				Scenario: "er-london.primary", Faults: []string{bySilence}, Took: 9 * time.Second,
				Flows: []Observation{
					{Statement: "campus-to-hub", Direction: sim.ToAzure, Predicted: "er-london(S)", Measured: "er-london(S)", Limit: 1422 * ms, Loss: 812 * ms, Lost: 81, Sent: 800, By: "BFD"},
					{Statement: "campus-to-hub", Direction: sim.FromAzure, Predicted: "er-london(S)", Measured: "er-london(S)", Limit: 61422 * ms, Loss: 902 * ms, Failback: 20 * ms, Lost: 90, Sent: 800, By: "BFD"},
				},
			},
			{
				Scenario: "er-london", Faults: []string{byCarrier}, Took: 12 * time.Second,
				Flows: []Observation{
					{
						Statement: "a-statement-with-a-long-name-of-its-own", Family: plan.IPv6, Direction: sim.ToAzure, Predicted: "none", Measured: "s2s-with-a-long-name(a) over er-london(P∥S) CLEAR TEXT",
						Limit: -1, Loss: 9 * time.Second, Lost: 900, Sent: 900, Differences: []string{"predicted none, measured s2s-with-a-long-name(a) over er-london(P∥S) CLEAR TEXT"},
					},
				},
			},
			{
				Scenario: "er-london.secondary:drain", Faults: []string{byDrain}, Took: 12 * time.Second,
				Flows: []Observation{
					{Statement: "campus-to-hub", Direction: sim.ToAzure, Predicted: "er-london(P) or er-london(S)", Measured: "er-london(P)", Limit: 2402 * ms, Loss: 30 * ms, By: "BGP"},
					{Statement: "campus-to-hub", Direction: sim.FromAzure, Predicted: "er-london(P)", Measured: "er-london(P)", Limit: 189402 * ms, Loss: 190018 * ms, By: "BGP", Differences: []string{tooLong(190018*ms, 189402*ms)}},
				},
			},
			{Scenario: "er-london.primary:bfd", Faults: []string{byBFD}, Findings: []string{"recovers without protection: ce1 has its session with 172.16.200.2 back after 3.2 s, and BFD is down"}},
			{Scenario: "ce1 + er-london.secondary", Faults: []string{byCables, bySilence}, Trouble: "after the repair: ce1: session with 172.16.200.2: Active, want Established"},
		},
	}
}

func testedReport() *TestReport {
	return &TestReport{
		Plan: "contoso-london", MSEE: "bird", GatewayHold: azureHold, Clock: 3 * ms, Took: 14 * time.Second,
		Omitted: []string{"traffic saas: the lab sends 64 streams at most"},
		Checks: []Check{
			{"ce1: session with 172.16.200.2", "Established, keepalive 10 s, hold 30 s, no BFD", "Established, keepalive 10 s, hold 30 s, no BFD", true},
			{"msee-er-london-p hears from 172.16.200.1 (ce1)", "10.10.0.0/16 path 65010; 10.11.8.0/21 path 65010", "10.10.0.0/16 path 65010 <script>", false},
		},
	}
}

// Each writer's output is as the file has it, and lines of text fit a terminal.
func TestReportWriters(t *testing.T) {
	t.Parallel()
	for name, write := range map[string]func(io.Writer) error{
		"drill.txt":        drilledReport().WriteText,
		"drill.json":       drilledReport().WriteJSON,
		"drill.html":       drilledReport().WriteHTML,
		"drill.xml":        drilledReport().WriteJUnit,
		"test.txt":         func(w io.Writer) error { return testedReport().WriteText(w, false) },
		"test-verbose.txt": func(w io.Writer) error { return testedReport().WriteText(w, true) },
		"test.json":        testedReport().WriteJSON,
		"test.html":        testedReport().WriteHTML,
		"test.xml":         testedReport().WriteJUnit,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var b strings.Builder
			if err := write(&b); err != nil {
				t.Fatal(err)
			}
			golden.Equal(t, filepath.Join("testdata", "report", name), b.String())
			switch filepath.Ext(name) {
			case ".txt":
				for line := range strings.Lines(b.String()) {
					if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > width {
						t.Errorf("%d columns: %s", n, line)
					}
				}
			case ".json":
				described(t, b.String())
			case ".xml":
				if err := xml.Unmarshal([]byte(b.String()), new(junit.Suite)); err != nil {
					t.Error(err)
				}
			case ".html":
				for _, wrong := range []string{"<script", "http:", "https:", "src="} {
					if strings.Contains(b.String(), wrong) {
						t.Errorf("the page has %s", wrong)
					}
				}
			}
		})
	}
}

// described fails the test where a document is not what its published schema
// describes, which it names itself.
func described(t *testing.T, text string) {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	id, _ := document.(map[string]any)["$schema"].(string)
	name := strings.TrimSuffix(path.Base(id), ".schema.json")
	if !slices.Contains(schema.Names(), name) {
		t.Fatalf("there is no schema %q", id)
	}
	published, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema.Get(name)))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource(id, published); err != nil {
		t.Fatal(err)
	}
	if err := compiler.MustCompile(id).Validate(document); err != nil {
		t.Errorf("%v\n%s", err, text)
	}
}

func TestSpan(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		0: "0 ms", 812 * ms: "812 ms", 999_900 * time.Microsecond: "999 ms", 1422 * ms: "1.4 s", 30018 * ms: "30.0 s", azureHold: "180 s", 189402 * ms: "189 s", 3 * time.Hour: "10800 s",
	} {
		if got := span(d); got != want {
			t.Errorf("%v is %s, want %s", d, got, want)
		}
	}
	if got, want := tooLong(1422*ms, 1402*ms), "lost for 1422 ms: the limit is 1402 ms"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got, want := tooLong(9812*ms, 1402*ms), "lost for 9.8 s: the limit is 1.4 s"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestPassed(t *testing.T) {
	t.Parallel()
	good := drilledReport()
	good.Runs, good.Unplayed = slices.Delete(good.Runs, 1, 5), 0
	for name, c := range map[string]struct {
		got, want bool
	}{
		"runs as predicted":    {good.Passed(), true},
		"a difference":         {(&DrillReport{Runs: drilledReport().Runs[:2]}).Passed(), false},
		"no verdict":           {(&DrillReport{Runs: drilledReport().Runs[4:]}).Passed(), false},
		"a finding is none":    {(&DrillReport{Runs: drilledReport().Runs[3:4]}).Passed(), true},
		"cut short":            {(&DrillReport{Runs: good.Runs, Unplayed: 1}).Passed(), false},
		"no run":               {(&DrillReport{}).Passed(), false},
		"an assertion fails":   {testedReport().Passed(), false},
		"all assertions hold":  {(&TestReport{Checks: testedReport().Checks[:1]}).Passed(), true},
		"nothing was asserted": {(&TestReport{}).Passed(), false},
	} {
		if c.got != c.want {
			t.Errorf("%s: passed %t, want %t", name, c.got, c.want)
		}
	}
}

// BFD ends the loss of a silent failure in both directions, and of a carrier that
// only the customer's end lost for what Azure sends. Nothing else is a failover.
func TestFailovers(t *testing.T) {
	t.Parallel()
	flows := func(by string, limit time.Duration, to, from time.Duration) []Observation {
		return []Observation{{Direction: sim.ToAzure, By: by, Limit: limit, Loss: to}, {Direction: sim.FromAzure, By: by, Limit: limit, Loss: from}}
	}
	r := &DrillReport{Runs: []Run{
		{Faults: []string{bySilence}, Flows: flows("BFD", ms, 900*ms, 800*ms)},
		{Faults: []string{byCarrier}, Flows: flows("BFD", ms, 50*ms, 700*ms)},
		{Faults: []string{bySilence}, Flows: flows("hold timer", ms, 9000*ms, 9000*ms)},
		{Faults: []string{bySilence}, Flows: flows("BFD", -1, 5000*ms, 5000*ms)},         // no other path
		{Faults: []string{bySilence}, Flows: flows("BFD", ms, 0, 0)},                     // not on the link
		{Faults: []string{bySilence}, Flows: flows("BFD", ms, 1*ms, 1*ms), Trouble: "x"}, // proves nothing
	}}
	got := r.Failovers()
	if diff := cmp.Diff([]time.Duration{700 * ms, 800 * ms, 900 * ms}, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if m := median(got); m != 800*ms {
		t.Errorf("median %v", m)
	}
	if m := median(got[:2]); m != 700*ms {
		t.Errorf("median of two %v, want the lower", m)
	}
	if m := median(nil); m != 0 {
		t.Errorf("median of none %v", m)
	}
}
