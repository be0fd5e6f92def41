package sim_test

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ercfg/ercfg/internal/intent"
	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/sim"
)

// Whatever an intent lacks or has too much, a prediction does not panic: it is
// asked about documents that the schema refuses as well.
func TestDamaged(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no intents: %v", err)
	}
	predicted := 0
	for i, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		rng := rand.New(rand.NewPCG(uint64(i), 1))
		for _, damaged := range append(emptied(string(text)), torn(string(text), rng)...) {
			doc, _ := intent.Read([]intent.File{{Name: file, Data: []byte(damaged)}})
			if doc == nil {
				continue
			}
			p, _ := plan.Resolve(doc, plan.Env{Today: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), Judge: sim.Check, Predict: true})
			if p == nil {
				continue
			}
			predicted++
			for _, o := range sim.Predict(p, sim.Scenarios(p, 1)).Outcomes {
				for _, f := range o.Flows {
					_ = f.To.String() + f.From.String()
				}
			}
			for _, s := range p.Statements {
				sim.Explain(p, sim.Scenario{}, s.Name)
			}
		}
	}
	if predicted < len(files) {
		t.Errorf("%d of %d intents predicted: the damage is too great to show anything", predicted, len(files))
	}
}

// emptied takes the members of each list of a statement away, one list at a time.
func emptied(text string) []string {
	var out []string
	for _, key := range []string{"prefer: [", "onprem: [", "azure: [", "prefixes: [", "tunnels: ["} {
		for at := 0; ; {
			i := strings.Index(text[at:], key)
			if i < 0 {
				break
			}
			at += i + len(key)
			if end := strings.IndexByte(text[at:], ']'); end >= 0 {
				out = append(out, text[:at]+text[at+end:])
			}
		}
	}
	return out
}

// torn takes a few lines away.
func torn(text string, rng *rand.Rand) []string {
	lines := strings.Split(text, "\n")
	out := make([]string, 20)
	for i := range out {
		left := slices.Clone(lines)
		for range 1 + rng.IntN(2) {
			at := rng.IntN(len(left))
			left = slices.Delete(left, at, at+1)
		}
		out[i] = strings.Join(left, "\n")
	}
	return out
}

// An explanation is the same every time.
func TestExplainIsSteady(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		p := resolve(t, string(text))
		if p == nil {
			continue
		}
		for _, scenario := range sim.Scenarios(p, 1) {
			for _, s := range p.Statements {
				first := sim.Explain(p, scenario, s.Name)
				for range 5 {
					if again := sim.Explain(p, scenario, s.Name); !slices.Equal(first, again) {
						t.Fatalf("%s, %s, %s:\n%s\nthen:\n%s", file, s.Name, scenario.Name(), strings.Join(first, "\n"), strings.Join(again, "\n"))
					}
				}
			}
		}
	}
}
