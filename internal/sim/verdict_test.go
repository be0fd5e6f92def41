package sim_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ercfg/ercfg/internal/diag"
	"github.com/ercfg/ercfg/internal/intent"
	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/sim"
)

// verdicts are the intents of testdata/verdict, each with the codes of its
// verdicts, in the order of their places.
var verdicts = []struct {
	name string
	want []diag.Code
}{
	{"ER982-wrong", []diag.Code{"ER982"}},
	{"ER982-right", nil},
	{"ER983-wrong", []diag.Code{"ER983", "ER983"}}, // both statements
	{"ER983-wrong-longer", []diag.Code{"ER983"}},
	{"ER983-right", nil},
	{"ER983-right-longer", nil},
	// Without the circuit its router has no way for what the LAN hands it.
	{"ER984-wrong", []diag.Code{"ER984", "ER986"}},
	{"ER984-right", nil},
	{"ER984-told", nil}, // ER154 says it, as the router of the circuit hears of the VPN
	{"ER985-wrong", []diag.Code{"ER985"}},
	{"ER985-right", nil},
	{"ER986-wrong", []diag.Code{"ER986"}},
	{"ER986-right", nil},
	{"ER986-right-covered", nil},
	{"ER987-wrong", []diag.Code{"ER987"}},
	{"ER987-right", nil},
	{"ER988-wrong", []diag.Code{"ER988"}},
	{"ER988-right", nil},
}

func TestVerdicts(t *testing.T) {
	t.Parallel()
	for _, c := range verdicts {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			found := judged(t, filepath.Join("testdata", "verdict", c.name+".yaml"))
			if found.HasErrors() {
				t.Errorf("errors: %v", found)
			}
			var got []diag.Code
			for _, d := range found {
				if isVerdict(d) {
					got = append(got, d.Code)
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("verdicts (-want +got):\n%s", diff)
			}
		})
	}
}

// TestVerdictFiles keeps an intent without a line from being tested by nothing.
func TestVerdictFiles(t *testing.T) {
	t.Parallel()
	var want []string
	for _, c := range verdicts {
		want = append(want, c.name)
	}
	eachIsNamed(t, "testdata/verdict", want)
}

// A verdict says which statement, in which scenario and where the traffic goes,
// and how to see why.
func TestVerdictWording(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, path, summary, command string
	}{
		{
			"ER982-wrong", "traffic.site.prefer", "statement site takes another path than the first live one of prefer; scenario normal: to Azure radio; back radio;",
			"; `ercfg paths FILE --explain site` says why",
		},
		{
			"ER985-wrong", "traffic.site.prefer", "statement site sends traffic into a dead end; scenario er-a.primary:drain: to Azure er-a(P) DEAD END; back er-b(P∥S)",
			"; `ercfg paths FILE --explain site --scenario er-a.primary:drain` says why",
		},
		{
			"ER987-wrong", "traffic.site.prefer", "statement site never uses s2s: ",
			"; `ercfg paths FILE --statement site` shows what it uses",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			found := judged(t, filepath.Join("testdata", "verdict", c.name+".yaml"))
			i := slices.IndexFunc(found, isVerdict)
			if i < 0 {
				t.Fatalf("no verdict: %v", found)
			}
			d := found[i]
			if d.Severity != diag.Warning || d.Path != c.path || d.Pos.IsZero() || !strings.HasPrefix(d.Summary, c.summary) || !strings.HasSuffix(d.Hint, c.command) {
				t.Errorf("got %v at %s (%s):\n%s\n%s\nwant a warning with a place at %s:\n%s…\n…%s", d.Severity, d.Path, d.Pos, d.Summary, d.Hint, c.path, c.summary, c.command)
			}
		})
	}
}

// The designs that ercfg ships do what they say.
func TestVerdictsOfExamples(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../examples/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Skip("no examples beside the package: it is tested outside of the project")
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			for _, d := range judged(t, file) {
				if isVerdict(d) {
					t.Errorf("%s %s: %s", d.Code, d.Path, d.Summary)
				}
			}
		})
	}
}

// isVerdict reports whether a finding is Check's.
func isVerdict(d diag.Diagnostic) bool { return d.Code >= "ER982" && d.Code <= "ER988" }

// judged are the findings of an intent, as validate makes them.
func judged(t *testing.T, file string) diag.List {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	doc, diags := intent.Parse([]intent.File{{Name: file, Data: data}})
	if diags.HasErrors() {
		t.Fatalf("%s: %v", file, diags)
	}
	p, found := plan.Resolve(doc, plan.Env{Today: time.Date(2026, 11, 26, 0, 0, 0, 0, time.UTC), Judge: sim.Check})
	if p == nil {
		t.Fatalf("%s: no plan: %v", file, found)
	}
	return found
}
