package push

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ercfg/ercfg/internal/golden"
)

// A subject is a router, real or emulated, that faults are played on.
type subject interface {
	platform() string
	// order is a push that changes the router, under an undo of a few seconds.
	order() order
	enter() func(argv ...string) *exec.Cmd
	cut()  // no packet passes between ercfg and the router
	heal() // they pass again
	// has is "old", "new", or a description of what is neither; running and startup.
	has() (running, startup string)
	// pending reports whether the router still means to undo something.
	pending() bool
	// reset brings the old configuration back, where the new one is there.
	reset()
}

// A fault is what happens to a push at the beginning of a phase.
type fault struct {
	name string
	// play is told the event at whose time the fault comes. It may end the child.
	play func(s subject, kill func())
	// after is what the person does when the push is over.
	after func(s subject)
}

// faults are those that every phase knows.
func faults() []fault {
	return []fault{
		{"ercfg is killed (SIGKILL)", func(_ subject, kill func()) { kill() }, nil},
		{"the connection is cut for good", func(s subject, _ func()) { s.cut() }, func(s subject) { s.heal() }},
		{"the connection is cut for three seconds", func(s subject, _ func()) { s.cut(); time.AfterFunc(3*time.Second, s.heal) }, func(s subject) { s.heal() }},
	}
}

// A moment is where in a push a fault comes.
type moment struct {
	name  string
	phase Phase
	line  int // of Apply: at this line, or the first after it that is told of
}

// moments are the beginnings of the phases; typing has three, so that a fault comes
// before the first line and between lines.
func moments() []moment {
	return []moment{
		{"connect", Connect, 0}, {"read", Read, 0}, {"arm", Arm, 0}, {"apply, first line", Apply, 1}, {"apply, in the middle", Apply, 2},
		{"check", Check, 0}, {"test", Test, 0}, {"prove", Prove, 0}, {"confirm", Confirm, 0}, {"save", Save, 0},
	}
}

// A cell is what came of one fault at one moment.
type cell struct {
	rank                    int // of the moment
	platform, moment, fault string
	end                     string // of the router, when nothing is pending any more
	code                    string // of ercfg
	status                  string // of ercfg status, and its exit code
}

// playCell plays one fault and says what came of it. What may never be fails the test.
func playCell(t *testing.T, s subject, m moment, f fault) cell {
	t.Helper()
	o := s.order()
	o.Cut = f.after != nil
	if m.phase == Prove {
		o.Prove, o.ProveFor = "pass", 4*time.Second
	}
	if _, real := s.(*frrSubject); real && m.phase >= Prove { // whose time is our own
		o.Undo, o.TestFor = o.Undo+15*time.Second, o.TestFor+15*time.Second
	}
	played := false
	r := runChild(t, o, s.enter(), func(e Event, kill func()) {
		// Before the question, read comes once for the survey; the push reads again.
		if !played && e.Phase == m.phase && e.Line >= m.line {
			played = true
			f.play(s, kill)
		}
	})
	if !played {
		t.Fatalf("the push never came to %s:\n%s", m.name, r.said)
	}
	if f.after != nil {
		f.after(s)
	}
	deadline := time.Now().Add(o.Undo + o.Grace)
	for s.pending() {
		if time.Now().After(deadline) {
			t.Fatalf("the router still means to undo something")
		}
		time.Sleep(200 * time.Millisecond)
	}
	running, startup := s.has()
	c := cell{rank: int(m.phase)*10 + m.line, platform: s.platform(), moment: m.name, fault: f.name, end: endText(running, startup), code: codeText(r.code)}
	look := o
	look.Verb, look.Of, look.Run = "status", o.Run, o.Run+"s"
	told := runChild(t, look, s.enter(), nil)
	c.status = statusText(told)
	check(t, c, r, told, running, startup)
	s.reset()
	return c
}

func endText(running, startup string) string {
	if running == startup {
		return running + " configuration"
	}
	return fmt.Sprintf("%s configuration, %s startup", running, startup)
}

func codeText(code int) string {
	if code < 0 {
		return "killed"
	}
	return fmt.Sprint(code)
}

func statusText(r result) string {
	for line := range strings.Lines(r.said) {
		if text, ok := strings.CutPrefix(line, "status: "); ok {
			outcome, _, _ := strings.Cut(text, ":")
			return fmt.Sprintf("%s, exit code %d", outcome, r.code)
		}
	}
	return fmt.Sprintf("nothing was planned, exit code %d", r.code)
}

// A table collects cells. Its methods may be called by tests that run side by side.
type table struct {
	mu    sync.Mutex
	cells []cell
}

func (b *table) add(c cell) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.cells = append(b.cells, c)
}

// compare holds the table against the one in testdata, which docs/push-faults.md is
// made of. Where a connection comes back after a while, time decides whether it comes
// back soon enough: such a cell has only to be true.
func (b *table) compare(t *testing.T, name string) {
	t.Helper()
	if t.Failed() {
		return
	}
	var rows []string
	for _, c := range b.cells {
		end := strings.Join([]string{c.end, c.code, c.status}, "\t")
		if strings.Contains(c.fault, "seconds") {
			end = "the old configuration or the new one\t3, 4 or 0, as the router ends\tthe same"
		}
		rows = append(rows, fmt.Sprintf("%02d\t%s\t%s\t%s\t%s\n", c.rank, c.platform, c.moment, c.fault, end))
	}
	slices.Sort(rows)
	golden.Equal(t, filepath.Join("testdata", "faults", name+".tsv"), strings.Join(rows, ""))
}

// check holds a cell against what must be true: the old configuration or the new
// one, never a mix, and exit codes that say which.
func check(t *testing.T, c cell, r, told result, running, startup string) {
	t.Helper()
	where := c.moment + ", " + c.fault
	for _, is := range []string{running, startup} {
		if is != "old" && is != "new" {
			t.Errorf("%s: neither the old configuration nor the new one:\n%s", where, is)
		}
	}
	if startup == "new" && running == "old" {
		t.Errorf("%s: the new configuration is saved, and the old one runs", where)
	}
	want := map[string][]int{"old": {3, 4, 5}, "new": {0, 5}}[running]
	if r.code >= 0 && !slices.Contains(want, r.code) {
		t.Errorf("%s: the router has the %s configuration, and the exit code is %d:\n%s", where, running, r.code, r.said)
	}
	if r.code == 0 && startup != "new" {
		t.Errorf("%s: exit code 0, and the change is not saved", where)
	}
	if strings.Contains(c.status, "nothing was planned") {
		if running != "old" {
			t.Errorf("%s: status knows of nothing, and the router has the new configuration:\n%s", where, told.said)
		}
		return
	}
	want = map[string][]int{"old": {3, 4}, "new": {0}}[running]
	if running != startup {
		want = []int{5}
	}
	if !slices.Contains(want, told.code) {
		t.Errorf("%s: the router has the %s, and status says %s:\n%s", where, c.end, c.status, told.said)
	}
}
