package push

import (
	"encoding/xml"
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/ercfg/ercfg/internal/golden"
	"github.com/ercfg/ercfg/internal/junit"
)

// everyOutcome is a report with a router for each outcome.
func everyOutcome() *Report {
	held := TestResult{Name: "session with 172.16.0.2", Want: "Established", Got: "Established", Pass: true}
	failed := TestResult{Name: "best path to 10.90.0.0/16", Want: "from 172.16.0.2", Got: "from 10.10.255.2, as before the change, although its local preference is lower there"}
	noted := TestResult{Name: "session with 172.16.0.6", Want: "Established", Got: "Idle", Pass: true, Note: "it was down before"}
	began := time.Date(2026, 11, 27, 4, 15, 12, 0, time.UTC)
	return &Report{Run: "20261127-041512-k3f9", Intent: "contoso", Began: began, Took: 12345 * time.Millisecond, Routers: []RouterReport{
		{Router: "ce1", Platform: "frr", Outcome: Same, Phase: Done, Impact: "none", Began: began},
		{Router: "ce2", Platform: "frr", Outcome: Differs, Phase: Done, Commands: 1, Impact: "session reset"},
		{Router: "ce3", Platform: "junos", Outcome: Changed, Phase: Done, Commands: 14, Impact: "route refresh", Tests: []TestResult{held, noted}, Began: began, Took: 2 * time.Second},
		{Router: "ce4", Platform: "ios-xe", Outcome: NotBegun, Phase: Connect, Err: "ce6 has failed"},
		{Router: "ce5", Platform: "ios-xe", Outcome: Untouched, Phase: Connect, Err: "dial tcp 192.0.2.5:22: connection refused"},
		{Router: "a-router-with-a-name-that-nobody-types-twice.example", Platform: "ios-xe", Outcome: Reverted, Phase: Test, Err: "1 of 2 tests does not hold;\r\n a router's own \x1b[2Jwords are one line", Tests: []TestResult{held, failed}},
		{Router: "ce7", Platform: "ios-xe", Outcome: Unsaved, Phase: Save, Err: "startup-config: not enough space"},
		{Router: "ce8", Platform: "ios-xe", Outcome: Pending, Phase: Confirm, Err: "the session is lost", Deadline: began.Add(5 * time.Minute), Tests: []TestResult{held}},
		{Router: "ce9", Platform: "frr", Outcome: Unknown, Phase: Apply, Err: "the session is lost", Deadline: began.Add(5 * time.Minute)},
	}}
}

// The table says of every router how it was left, and fits a terminal.
func TestReportText(t *testing.T) {
	t.Parallel()
	r := everyOutcome()
	var out strings.Builder
	if err := r.WriteText(&out); err != nil {
		t.Fatal(err)
	}
	// Times of day are the reader's.
	text := strings.ReplaceAll(out.String(), r.Routers[7].Deadline.Local().Format("15:04:05"), "04:20:12")
	golden.Equal(t, "testdata/report/every.txt", text)
	for line := range strings.Lines(text) {
		if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > Columns {
			t.Errorf("%d columns: %s", n, line)
		}
		if strings.ContainsAny(line, "\x1b\r") {
			t.Errorf("a router drives the terminal: %q", line)
		}
	}
	if r.ExitCode() != 5 {
		t.Errorf("exit code %d", r.ExitCode())
	}
}

// The worst router decides.
func TestReportExitCode(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		outcomes []Outcome
		want     int
	}{
		{nil, 0},
		{[]Outcome{Same, Changed}, 0},
		{[]Outcome{Same, Differs}, 2},
		{[]Outcome{Untouched, Differs, Changed}, 1},
		{[]Outcome{Changed, NotBegun}, 1},
		{[]Outcome{Same, NotBegun}, 3},
		{[]Outcome{Reverted, NotBegun}, 4},
		{[]Outcome{Unsaved, Reverted}, 5},
		{[]Outcome{Pending, Untouched}, 5},
		{[]Outcome{Unknown, Changed}, 5},
	} {
		var r Report
		for _, o := range tt.outcomes {
			r.Routers = append(r.Routers, RouterReport{Outcome: o})
		}
		if got := r.ExitCode(); got != tt.want {
			t.Errorf("%v: exit code %d, want %d", tt.outcomes, got, tt.want)
		}
	}
}

// A CI server counts what is wrong, and reads it back.
func TestReportJUnit(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	r := everyOutcome()
	if err := r.WriteJUnit(&out); err != nil {
		t.Fatal(err)
	}
	var got junit.Suites
	if err := xml.Unmarshal([]byte(out.String()), &got); err != nil {
		t.Fatal(err)
	}
	type counts struct{ tests, failures, errors, skipped int }
	want := map[string]counts{
		"ce1": {tests: 1}, "ce2": {tests: 1, failures: 1}, "ce3": {tests: 3}, "ce4": {tests: 1, skipped: 1}, "ce5": {tests: 1, failures: 1},
		r.Routers[5].Router: {tests: 3, failures: 2}, "ce7": {tests: 1, errors: 1}, "ce8": {tests: 2, errors: 1}, "ce9": {tests: 1, errors: 1},
	}
	found := make(map[string]counts)
	for _, s := range got.Suites {
		found[s.Name] = counts{s.Tests, s.Failures, s.Errors, *s.Skipped}
		if s.Tests != len(s.Cases) {
			t.Errorf("%s: %d tests and %d cases", s.Name, s.Tests, len(s.Cases))
		}
	}
	if diff := cmp.Diff(want, found, cmp.AllowUnexported(counts{})); diff != "" {
		t.Errorf("suites (-want +got):\n%s", diff)
	}
	if got.Time != "12.345" || got.Suites[0].Began != "2026-11-27T04:15:12" || got.Suites[1].Began != "" {
		t.Errorf("times: %q, %q, %q", got.Time, got.Suites[0].Began, got.Suites[1].Began)
	}
}

// brokenPipe takes nothing.
type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

// A report that nobody could read is an error.
func TestReportUnwritten(t *testing.T) {
	t.Parallel()
	r := everyOutcome()
	if err := r.WriteText(brokenPipe{}); err == nil {
		t.Error("text: no error")
	}
	if err := r.WriteJUnit(brokenPipe{}); err == nil {
		t.Error("JUnit: no error")
	}
}
