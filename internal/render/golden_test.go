package render

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ercfg/ercfg/internal/artifact"
	"github.com/ercfg/ercfg/internal/diag"
	"github.com/ercfg/ercfg/internal/golden"
	"github.com/ercfg/ercfg/internal/intent"
	"github.com/ercfg/ercfg/internal/plan"
)

// today is the day of every test: no waiver depends on the real one.
var today = time.Date(2026, 11, 26, 0, 0, 0, 0, time.UTC)

// cases are the folders under testdata that hold an intent.
func cases(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/*/intent.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden cases: %v", err)
	}
	for i := range files {
		files[i] = filepath.Dir(files[i])
	}
	return files
}

// load parses the intent of a case.
func load(t testing.TB, dir string) (*intent.Document, string) {
	t.Helper()
	file := filepath.Join(dir, "intent.yaml")
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	doc, diags := intent.Parse([]intent.File{{Name: file, Data: data}})
	noErrors(t, diags)
	return doc, file
}

// noErrors fails t where a finding is an error.
func noErrors(t testing.TB, diags diag.List) {
	t.Helper()
	if !diags.HasErrors() {
		return
	}
	var text strings.Builder
	if err := diags.WriteText(&text, false); err != nil {
		t.Fatal(err)
	}
	t.Fatal(text.String())
}

// resolve makes the plan of a case, all of which must be rendered.
func resolve(t testing.TB, dir string) *plan.Plan {
	t.Helper()
	doc, _ := load(t, dir)
	p, diags := plan.Resolve(doc, plan.Env{Today: today})
	noErrors(t, diags)
	noErrors(t, Check(p))
	return p
}

// render is All without an error.
func render(t testing.TB, p *plan.Plan, o Options) []artifact.Config {
	t.Helper()
	configs, err := All(p, o)
	if err != nil {
		t.Fatal(err)
	}
	return configs
}

// Every case renders to the files that stand beside its intent: the plan, the
// configuration of each router, its companions; Junos in both forms.
func TestGolden(t *testing.T) {
	t.Parallel()
	for _, dir := range cases(t) {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			t.Parallel()
			p := resolve(t, dir)
			text, err := json.MarshalIndent(p, "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			want := map[string]string{"plan.json": string(text) + "\n"}
			for _, style := range []JunosStyle{Set, Braces} {
				for _, c := range render(t, p, Options{Junos: style}) {
					want[c.Name] = c.Text
					for _, f := range c.Companions {
						want[f.Name] = f.Text
					}
				}
			}
			for name, text := range want {
				golden.Equal(t, filepath.Join(dir, name), text)
			}
			entries, err := os.ReadDir(dir)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range entries {
				if _, ok := want[e.Name()]; !ok && e.Name() != "intent.yaml" {
					t.Errorf("%s: nothing renders %s", dir, e.Name())
				}
			}
		})
	}
}
