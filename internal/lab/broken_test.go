//go:build linux

package lab

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/sim"
)

// What is broken is known from before the break until the repair, whatever a process
// that was killed has left beside the note, and goes with the lab.
func TestBroken(t *testing.T) {
	t.Parallel()
	l := &Lab{Name: "acme", dir: t.TempDir()}
	nothing := func(when string) {
		t.Helper()
		if got, err := l.Broken(); got != nil || err != nil {
			t.Errorf("%s: %v, %v", when, got, err)
		}
	}
	nothing("at first")
	began := time.Now()
	s := sim.Scenario{Failures: []sim.Failure{{Kind: sim.LinkDown, Path: "er", Position: plan.Primary}, {Kind: sim.RouterDown, Router: "ce2"}}}
	for _, how := range [][]string{{bySilence, byCables}, {byCarrier, byCables}} {
		if err := l.note(s, how); err != nil {
			t.Fatal(err)
		}
		got, err := l.Broken()
		if err != nil || got == nil || got.Scenario != s.Name() || !slices.Equal(got.Faults, how) || got.Since.Before(began.Add(-time.Second)) || got.Since.After(time.Now()) {
			t.Fatalf("%v: %+v, %v", how, got, err)
		}
	}
	for _, beside := range []string{brokenName + ".4711", "state.json"} {
		if err := os.WriteFile(filepath.Join(l.dir, beside), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.forget(); err != nil {
		t.Fatal(err)
	}
	nothing("repaired")
	if left, err := os.ReadDir(l.dir); err != nil || len(left) != 1 || left[0].Name() != "state.json" {
		t.Errorf("%v, %v is left", left, err)
	}
	if err := l.note(s, []string{bySilence, byCables}); err != nil {
		t.Fatal(err)
	}
	if err := remove(l.dir); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(l.dir); !os.IsNotExist(err) {
		t.Errorf("the directory stays: %v", err)
	}
	if err := l.forget(); err != nil {
		t.Errorf("of a lab that is no more: %v", err)
	}
}

// A note that is damaged is neither nothing nor anything.
func TestBrokenDamaged(t *testing.T) {
	t.Parallel()
	l := &Lab{Name: "acme", dir: t.TempDir()}
	for _, text := range []string{"", "{", "{}", "[]"} {
		if err := os.WriteFile(filepath.Join(l.dir, brokenName), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := l.Broken(); got != nil || err == nil || !strings.Contains(err.Error(), "is damaged") {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
}
