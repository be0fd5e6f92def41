package push

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"
)

// A Report is how a run has ended.
type Report struct {
	Run     string // its id; empty: none was begun
	Intent  string // metadata.name
	DryRun  bool
	Began   time.Time
	Took    time.Duration
	Routers []RouterReport // in the order of the plan
}

// A RouterReport is how a run has left one router.
type RouterReport struct {
	Router   string
	Platform string // the intent's word: ios-xe, junos, frr
	Outcome  Outcome
	// Phase is where it failed; Done: it did not.
	Phase Phase
	// Err says why it failed; it holds no secret. Empty: it did not.
	Err string
	// Warning is what went wrong beside the change and decided nothing, such as a journal
	// that could not be written any more.
	Warning string
	Tests   []TestResult // the last of each inside the window
	Began   time.Time    // zero: it was not begun
	Took    time.Duration
	// Commands counts the lines to type: all of them, whether they were typed or not.
	Commands int
	// Impact is the worst class of the change, as confdiff words it; empty: nothing
	// was compared.
	Impact string
	// Deadline is when the router undoes the change by itself; zero: it does not.
	Deadline   time.Time
	Transcript string // path of its file; empty: there is none
}

// ExitCode is the highest of the routers': of a state that nobody knows before one
// that was put back, before one that was not begun, before a difference. 3 says that
// nothing was changed: where another router was, it is 1.
func (r *Report) ExitCode() int {
	code, changed := 0, false
	for i := range r.Routers {
		code = max(code, r.Routers[i].Outcome.ExitCode())
		changed = changed || r.Routers[i].Outcome == Changed
	}
	if code == 3 && changed {
		return 1
	}
	return code
}

// Failed returns the tests that do not hold.
func (r *RouterReport) Failed() []TestResult {
	var out []TestResult
	for _, t := range r.Tests {
		if !t.Pass {
			out = append(out, t)
		}
	}
	return out
}

// What says on one line what has become of the router, beside its outcome.
func (r *RouterReport) What(run string) string {
	var parts []string
	if r.Err != "" {
		parts = append(parts, fmt.Sprintf("%s: %s", r.Phase, plainLine(r.Err)))
	}
	switch r.Outcome {
	case Same:
		parts = append(parts, "nothing to change")
	case Differs:
		parts = append(parts, r.change())
	case Changed:
		parts = append(parts, r.change(), r.tests())
	case Reverted:
		if r.Err == "" {
			parts = append(parts, "the old configuration is back")
		}
	case Unsaved:
		parts = append(parts, "the new configuration runs, and the next restart of the router loses it")
	case Pending:
		at := ""
		if !r.Deadline.IsZero() {
			at = " at " + r.Deadline.Local().Format("15:04:05")
		}
		parts = append(parts, r.tests(), fmt.Sprintf("the router undoes it by itself%s; `ercfg confirm %s` keeps it", at, run))
	case Unknown:
		if !r.Deadline.IsZero() {
			parts = append(parts, fmt.Sprintf("the router undoes the change by itself at %s, if it is armed", r.Deadline.Local().Format("15:04:05")))
		}
		parts = append(parts, "look at the router")
	}
	if r.Warning != "" {
		parts = append(parts, "warning: "+plainLine(r.Warning))
	}
	return strings.Join(parts, "; ")
}

// change is how much there is to type, and what it does.
func (r *RouterReport) change() string {
	text := fmt.Sprintf("%d commands", r.Commands)
	if r.Commands == 1 {
		text = "1 command"
	}
	if r.Impact == "" {
		return text
	}
	return text + ", worst impact: " + r.Impact
}

// tests counts the tests that hold.
func (r *RouterReport) tests() string {
	failed := len(r.Failed())
	switch {
	case len(r.Tests) == 0:
		return "nothing was to be tested"
	case failed > 0:
		return fmt.Sprintf("%d of %d tests do not hold", failed, len(r.Tests))
	case len(r.Tests) == 1:
		return "its test holds"
	}
	return fmt.Sprintf("%d tests hold", len(r.Tests))
}

// Columns is how wide the text of a report is where its words allow it.
const Columns = 80

// WriteText writes a table for a person: router, outcome, what; and below it the
// tests that do not hold.
func (r *Report) WriteText(w io.Writer) error {
	out := bufio.NewWriter(w)
	name, outcome := len("router"), len("outcome")
	for i := range r.Routers {
		name = max(name, utf8.RuneCountInString(r.Routers[i].Router))
		outcome = max(outcome, len(r.Routers[i].Outcome.String()))
	}
	name = min(name, Columns/3) // a longer one stands on a line of its own
	indent := name + outcome + 4
	fmt.Fprintf(out, "%-*s  %-*s  what\n", name, "router", outcome, "outcome")
	for i := range r.Routers {
		one := &r.Routers[i]
		first := one.Router
		if utf8.RuneCountInString(first) > name {
			fmt.Fprintln(out, first)
			first = ""
		}
		lines := wrapped(one.What(r.Run), Columns-indent)
		fmt.Fprintln(out, strings.TrimRight(fmt.Sprintf("%-*s  %-*s  %s", name, first, outcome, one.Outcome, lines[0]), " "))
		for _, line := range lines[1:] {
			fmt.Fprintf(out, "%*s%s\n", indent, "", line)
		}
	}
	for i := range r.Routers {
		r.Routers[i].writeFailed(out)
	}
	return out.Flush()
}

// writeFailed writes the tests that do not hold.
func (r *RouterReport) writeFailed(out io.Writer) {
	failed := r.Failed()
	if len(failed) == 0 {
		return
	}
	fmt.Fprintf(out, "\n%s: tests that do not hold\n", r.Router)
	for _, t := range failed {
		lines := wrapped(plainLine(t.String()), Columns-4)
		fmt.Fprintf(out, "  %s\n", lines[0])
		for _, line := range lines[1:] {
			fmt.Fprintf(out, "    %s\n", line)
		}
	}
}

// plainLine makes one line of what may have several, such as a router's answer; what
// a router says must not drive a terminal.
func plainLine(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || 0x80 <= r && r < 0xa0 {
			return '?'
		}
		return r
	}, text)
}

// wrapped breaks text between words into lines of width columns, one at least. A word
// that is longer has a line of its own.
func wrapped(text string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		switch {
		case line == "":
			line = word
		case utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) <= width:
			line += " " + word
		default:
			lines = append(lines, line)
			line = word
		}
	}
	return append(lines, line)
}
