package plan

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ercfg/ercfg/internal/bgp"
	"github.com/ercfg/ercfg/internal/diag"
	"github.com/ercfg/ercfg/internal/intent"
)

var today = time.Date(2026, 11, 26, 0, 0, 0, 0, time.UTC)

// load parses an intent and fails the test where it does not fit the schema.
func load(t *testing.T, name string, data []byte) *intent.Document {
	t.Helper()
	doc, diags := intent.Parse([]intent.File{{Name: name, Data: data}})
	if len(diags) > 0 {
		t.Fatalf("%s: %v", name, diags)
	}
	return doc
}

// codes lists the findings as "ER010 2": how often each warning or error came.
func codes(diags diag.List) string {
	count := make(map[diag.Code]int)
	var order []diag.Code
	for _, d := range diags {
		if d.Severity != diag.Info {
			if count[d.Code]++; count[d.Code] == 1 {
				order = append(order, d.Code)
			}
		}
	}
	var out []string
	for _, c := range order {
		out = append(out, fmt.Sprintf("%s×%d", c, count[c]))
	}
	return strings.Join(out, " ")
}

// Every golden intent resolves without an error.
func TestResolveCases(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../render/testdata/*/intent.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	examples, err := filepath.Glob("../../examples/*.yaml")
	if err != nil || len(examples) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	for _, name := range append(files, examples...) {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		p, diags := Resolve(load(t, name, data), Env{Today: today})
		if diags.HasErrors() || p == nil {
			var b strings.Builder
			if err := diags.WriteText(&b, true); err != nil {
				t.Fatal(err)
			}
			t.Errorf("%s:\n%s", name, b.String())
		}
	}
}

// Print of the effective intent means the same as the intent.
func TestEffectiveMeansTheSame(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../render/testdata/*/intent.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		doc := load(t, name, data)
		want, _ := Resolve(doc, Env{Today: today})
		text, _ := Effective(doc, Env{Today: today})
		got, diags := Resolve(load(t, name+" (effective)", []byte(text)), Env{Today: today})
		if diags.HasErrors() {
			t.Fatalf("%s: %v\n%s", name, diags, text)
		}
		if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b netipAddr) bool { return a == b }), cmp.Comparer(func(a, b netipPrefix) bool { return a == b }), cmp.Comparer(func(a, b secretRef) bool { return a == b }), cmp.Comparer(func(a, b bgp.RouteDistinguisher) bool { return a == b }), cmp.Comparer(func(a, b bgp.RouteTarget) bool { return a == b })); diff != "" {
			t.Errorf("%s: the effective intent makes another plan (-intent +effective):\n%s\n%s", name, diff, text)
		}
	}
}
