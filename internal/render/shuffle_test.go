package render_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"runtime"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ercfg/ercfg/internal/artifact"
	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/render"
)

// ordered are the lists of an intent whose order says something: statements
// decide ties in the order in which they stand, paths are best first, and AS
// numbers are prepended as they are written.
func ordered() []string { return []string{"Traffic", "Prefer", "ASNs"} }

// shuffle puts every other list and every mapping below v in a random order,
// and reports how many it has moved.
func shuffle(random *rand.Rand, v reflect.Value) (moved int) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			moved += shuffle(random, v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			field := v.Type().Field(i)
			if !field.IsExported() {
				continue
			}
			if f := v.Field(i); f.Kind() == reflect.Slice && !slices.Contains(ordered(), field.Name) && f.Len() > 1 {
				random.Shuffle(f.Len(), reflect.Swapper(f.Interface()))
				moved++
			}
			moved += shuffle(random, v.Field(i))
		}
	case reflect.Slice:
		for i := range v.Len() {
			moved += shuffle(random, v.Index(i))
		}
	}
	return moved
}

// files are all bytes that a plan renders to, by file name, Junos in both
// forms.
func files(t testing.TB, p *plan.Plan) map[string]string {
	t.Helper()
	out := make(map[string]string)
	for _, style := range []render.JunosStyle{render.Set, render.Braces} {
		all, err := render.All(p, render.Options{Junos: style})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range all {
			for _, f := range append([]artifact.File{{Name: c.Name, Text: c.Text}}, c.Companions...) {
				out[f.Name] = f.Text
			}
			out[c.Name+" secrets"] = fmt.Sprint(c.Secrets)
		}
	}
	return out
}

// Lists and mappings whose order says nothing are shuffled, and every byte of
// every artifact stays.
func TestShuffledIntent(t *testing.T) {
	t.Parallel()
	for _, s := range subjects(t) {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			want := files(t, planOf(t, s.document(t)))
			for seed := range uint64(20) {
				doc := s.document(t)
				if moved := shuffle(rand.New(rand.NewPCG(seed, 0)), reflect.ValueOf(doc.Intent)); moved < 2 && len(doc.Intent.Routers) > 1 {
					t.Fatalf("%d lists are shuffled: this proves nothing", moved)
				}
				if diff := cmp.Diff(want, files(t, planOf(t, doc))); diff != "" {
					t.Fatalf("seed %d (-written +shuffled):\n%s", seed, diff)
				}
			}
		})
	}
}

// The number of processors decides who renders a router, and nothing else. Not
// parallel: the number belongs to the whole process.
func TestProcessors(t *testing.T) {
	before := runtime.GOMAXPROCS(0)
	defer runtime.GOMAXPROCS(before)
	for _, platform := range vendors() {
		for _, s := range subjectsOn(t, platform) {
			runtime.GOMAXPROCS(1)
			want := files(t, s.on(t, platform))
			runtime.GOMAXPROCS(8)
			if diff := cmp.Diff(want, files(t, s.on(t, platform))); diff != "" {
				t.Errorf("%s on %s (-one processor +eight):\n%s", s.name, platform, diff)
			}
		}
	}
}
