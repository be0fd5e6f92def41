package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/ercfg/ercfg/internal/push"
)

var progressTime = time.Date(2026, 11, 27, 4, 15, 12, 0, time.Local)

// newPicture is a progress of n routers on a terminal of a test.
func newPicture(n, rows, columns int) (*progress, *bytes.Buffer) {
	var out bytes.Buffer
	p := &progress{w: &out, form: progressPicture, size: func() (int, int) { return rows, columns }, now: func() time.Time { return progressTime }}
	for i := range n {
		p.routers = append(p.routers, progressRouter{name: fmt.Sprintf("ce%d", i+1)})
	}
	return p, &out
}

func outcome(o push.Outcome) *push.Outcome { return &o }

// A screen is a terminal that knows the sequences of a picture and no other.
type screen struct {
	lines []string
	row   int
}

var sequence = regexp.MustCompile(`^\x1b\[([0-9]*)([A-Z])`)

func (s *screen) write(t *testing.T, text string) {
	t.Helper()
	for len(text) > 0 {
		for len(s.lines) <= s.row {
			s.lines = append(s.lines, "")
		}
		m := sequence.FindStringSubmatch(text)
		switch {
		case m != nil:
			text = text[len(m[0]):]
			switch m[2] {
			case "A":
				n, _ := strconv.Atoi(m[1])
				if s.row -= n; s.row < 0 {
					t.Fatal("the picture begins above the terminal")
				}
			case "K":
				s.lines[s.row] = ""
			case "J":
				s.lines = append(s.lines[:s.row], "")
			default:
				t.Fatalf("unknown sequence %q", m[0])
			}
		case text[0] == '\n':
			s.row++
			text = text[1:]
		case text[0] == '\r':
			text = text[1:]
		default:
			_, size := utf8.DecodeRuneInString(text)
			s.lines[s.row] += text[:size]
			text = text[size:]
		}
	}
}

// The picture stays in its place: a line for each router, with what counts first.
func TestPicture(t *testing.T) {
	t.Parallel()
	p, out := newPicture(3, 24, 60)
	s := &screen{}
	show := func() string {
		t.Helper()
		p.mu.Lock()
		p.draw()
		p.mu.Unlock()
		s.write(t, out.String())
		out.Reset()
		return strings.Join(s.lines, "\n")
	}
	deadline := progressTime.Add(3*time.Minute + 11500*time.Millisecond)
	p.observe(push.Event{Router: "ce1", Phase: push.Apply, Line: 3, Lines: 14, Deadline: deadline})
	p.observe(push.Event{Router: "ce2", Phase: push.Test, Deadline: deadline, Text: "11 of 12 hold; waiting for session with 172.16.0.2: \x1b[2JIdle, wanted: Established"})
	want := `ce1  apply 3/14  undo in 3:12
ce2  test  undo in 3:12  11 of 12 hold; waiting for sessio…
ce3  waits
`
	if diff := cmp.Diff(want, show()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	p.note("interrupted: %s", "wait")
	p.observe(push.Event{Router: "ce1", Phase: push.Revert, Deadline: progressTime.Add(-time.Second)})
	p.observe(push.Event{Router: "ce2", Phase: push.Done, Outcome: outcome(push.Changed)})
	want = `interrupted: wait
ce1  revert  the router undoes it now
ce2  changed
ce3  waits
`
	if diff := cmp.Diff(want, show()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if show(); out.Len() != 0 {
		t.Errorf("nothing is new, and it was drawn again: %q", out)
	}
}

// More routers than rows: counts, and those that a person has to see.
func TestPictureOfMany(t *testing.T) {
	t.Parallel()
	p, _ := newPicture(40, 10, 80)
	for i := range 30 {
		p.observe(push.Event{Router: fmt.Sprintf("ce%d", i+1), Phase: push.Done, Outcome: outcome(push.Changed)})
	}
	p.observe(push.Event{Router: "ce35", Phase: push.Apply, Deadline: progressTime.Add(time.Minute)})
	p.observe(push.Event{Router: "ce36", Phase: push.Connect})
	p.observe(push.Event{Router: "ce37", Phase: push.Test, Deadline: progressTime.Add(time.Minute), Tests: []push.TestResult{{Name: "session"}}, Text: "1 fails"})
	p.observe(push.Event{Router: "ce38", Phase: push.Revert, Deadline: progressTime.Add(time.Minute)})
	p.observe(push.Event{Router: "ce39", Phase: push.Apply, Text: "lost", Outcome: outcome(push.Unknown)})
	want := []string{
		"1 apply, 30 changed, 1 connect, 1 revert, 1 test, 1 unknown, 5 waits",
		"ce39  unknown  lost", "ce38  revert  undo in 1:00", "ce37  test  undo in 1:00  1 fails", "ce35  apply  undo in 1:00", "ce36  connect", "ce1   changed",
		"… and 34 more",
	}
	if diff := cmp.Diff(want, p.picture(10, 80)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, line := range p.picture(10, 20) {
		if n := utf8.RuneCountInString(line); n > 19 {
			t.Errorf("%d columns: %s", n, line)
		}
	}
}

// Without a terminal lines are added, and what is no news is not said again.
func TestProgressLines(t *testing.T) {
	t.Parallel()
	p, out := newPicture(1, 0, 0)
	p.form = progressLines
	deadline := progressTime.Add(5 * time.Minute)
	for _, e := range []push.Event{
		{Phase: push.Connect, Text: "192.0.2.1"},
		{Phase: push.Arm},
		{Phase: push.Apply, Deadline: deadline},
		{Phase: push.Apply, Line: 1, Lines: 2, Deadline: deadline},
		{Phase: push.Apply, Line: 2, Lines: 2, Deadline: deadline},
		{Phase: push.Test, Text: "1 of 2 hold; waiting for b", Deadline: deadline},
		{Phase: push.Test, Text: "1 of 2 hold; waiting for c", Deadline: deadline},
		{Phase: push.Test, Text: "all 2 hold", Deadline: deadline},
		{Phase: push.Done, Outcome: outcome(push.Changed)},
	} {
		e.Router = "ce1"
		p.observe(e)
	}
	p.while(func() { p.note("said") })
	at := progressTime.Format("15:04:05")
	undo := "the router undoes it at " + deadline.Format("15:04:05")
	want := strings.ReplaceAll(`AT ce1: connect  192.0.2.1
AT ce1: arm
AT ce1: apply  2 commands  UNDO
AT ce1: test  1 of 2 hold; waiting for b
AT ce1: test  all 2 hold
AT ce1: changed
said
`, "AT", at)
	if diff := cmp.Diff(strings.ReplaceAll(want, "UNDO", undo), out.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// For a program each event is a line of the published form, and a person is told
// nothing.
func TestProgressJSON(t *testing.T) {
	t.Parallel()
	p, out := newPicture(1, 0, 0)
	p.form = progressJSON
	events := []push.Event{
		{Time: progressTime, Router: "ce1", Phase: push.Apply, Line: 1, Lines: 2, Deadline: progressTime, Text: "x"},
		{Time: progressTime, Phase: push.Connect, Text: "of the run"},
		{Time: progressTime, Router: "ce1", Phase: push.Test, Tests: []push.TestResult{{Name: "a", Want: "b", Got: "c", Note: "d", Pass: true}}, Outcome: outcome(push.Unsaved)},
	}
	for _, e := range events {
		p.observe(e)
	}
	p.note("not for a program")
	compiled := compile(t, "push-event", "https://github.com/ercfg/ercfg/schema/v1/push-event.schema.json")
	n := 0
	for line := range strings.Lines(out.String()) {
		var got push.Event
		if err := json.Unmarshal([]byte(line), &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(events[n], got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		validate(t, compiled, line)
		n++
	}
	if n != len(events) {
		t.Errorf("%d lines, want %d: %s", n, len(events), out)
	}
}

// Who gives up waiting is told what the routers do.
func TestAbandoned(t *testing.T) {
	t.Parallel()
	p, _ := newPicture(3, 24, 80)
	if got := p.abandoned(); !strings.Contains(got, "look at the routers") {
		t.Error(got)
	}
	at := progressTime.Add(5 * time.Minute)
	p.observe(push.Event{Router: "ce1", Phase: push.Test, Deadline: at})
	if got := p.abandoned(); !strings.Contains(got, "the router undoes the change by itself, until "+at.Format("15:04:05")) {
		t.Error(got)
	}
	p.observe(push.Event{Router: "ce2", Phase: push.Test, Deadline: at.Add(time.Minute)})
	p.observe(push.Event{Router: "ce3", Phase: push.Done, Deadline: at.Add(time.Hour), Outcome: outcome(push.Changed)})
	if got := p.abandoned(); !strings.Contains(got, "2 routers undo the change, each by itself, until "+at.Add(time.Minute).Format("15:04:05")) {
		t.Error(got)
	}
}
