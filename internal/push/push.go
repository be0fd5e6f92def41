// Package push changes routers over SSH: it reads what a router has, arms the
// router's own undo, types the commands, tests the result on live sessions, and
// confirms or puts the old configuration back.
//
// In come artifacts, a plan and the way to each router; out come outcomes, a
// journal and a transcript. The package renders nothing and decides no policy.
// It never types a line before the undo is armed, never confirms what was not
// tested, and never calls a state known that it has not read.
package push

import (
	"fmt"
	"time"
)

// A Phase is a step of a transaction on one router. A run passes through them in
// this order, up to Done, or goes from any of them to Revert.
type Phase uint8

// The phases.
const (
	Connect Phase = iota // the session is opened
	Read                 // version, pending changes, locks, configuration, live state
	Arm                  // the router's own undo is armed
	Apply                // the commands are typed
	Check                // the configuration is read back and compared
	Test                 // sessions, timers, BFD, routes, paths
	Prove                // flow telemetry says that the traffic takes these paths; only where that is asked for
	Confirm              // the undo is disarmed
	Save                 // the startup configuration is written
	Done
	Revert // the old configuration is put back, and that is proved
)

var phaseWords = [...]string{"connect", "read", "arm", "apply", "check", "test", "prove", "confirm", "save", "done", "revert"}

// String returns one word.
func (p Phase) String() string { return phaseWords[p] }

// MarshalText writes the word.
func (p Phase) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads the word.
func (p *Phase) UnmarshalText(text []byte) error {
	for i, word := range phaseWords {
		if word == string(text) {
			*p = Phase(i)
			return nil
		}
	}
	return fmt.Errorf("no phase of a push: %q", text)
}

// An Outcome is how a router was left.
type Outcome uint8

// The outcomes, from best to worst.
const (
	Same      Outcome = iota // nothing differs; nothing was typed
	Differs                  // a dry run: something differs; nothing was typed
	Changed                  // the new configuration, tested, confirmed and saved
	NotBegun                 // the old configuration: a failure elsewhere, or the person, came first
	Untouched                // the old configuration: a failure before the first line
	Reverted                 // the old configuration, put back and read back
	Unsaved                  // the new configuration, confirmed and not in the startup configuration
	Pending                  // the new configuration, tested; the undo is armed and runs out
	Unknown                  // nobody could read what the router has
)

var outcomeWords = [...]string{"same", "differs", "changed", "not begun", "untouched", "reverted", "not saved", "pending", "unknown"}

// String returns the outcome in words.
func (o Outcome) String() string { return outcomeWords[o] }

// MarshalText writes the words.
func (o Outcome) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// UnmarshalText reads the words.
func (o *Outcome) UnmarshalText(text []byte) error {
	for i, words := range outcomeWords {
		if words == string(text) {
			*o = Outcome(i)
			return nil
		}
	}
	return fmt.Errorf("no outcome of a push: %q", text)
}

// ExitCode is the exit code of a run that ends so: 0 as wanted, 2 differences, 3
// nothing was changed, 4 put back, 5 a person must look. Of several routers the
// highest counts.
func (o Outcome) ExitCode() int {
	switch o {
	case Same, Changed:
		return 0
	case Differs:
		return 2
	case NotBegun, Untouched:
		return 3
	case Reverted:
		return 4
	}
	return 5
}

// An Event is one thing that happens in a run. Events of one router come in order.
type Event struct {
	Time   time.Time `json:"time"`
	Router string    `json:"router,omitempty"` // empty: of the whole run
	Phase  Phase     `json:"phase"`
	// Line of Lines is the command that is about to be typed, from 1, in Apply and
	// Revert; zero elsewhere.
	Line  int `json:"line,omitempty"`
	Lines int `json:"lines,omitempty"`
	// Text is a sentence for a person; it holds no secret.
	Text string `json:"text,omitempty"`
	// Deadline is when the router undoes the change by itself; zero: it does not.
	Deadline time.Time `json:"deadline,omitzero"`
	// Tests are the results so far, in Test and Prove.
	Tests []TestResult `json:"tests,omitempty"`
	// Outcome is set on the last event of a router.
	Outcome *Outcome `json:"outcome,omitempty"`
}

// A TestResult is one test inside the window.
type TestResult struct {
	Name string `json:"name"` // "session with 172.16.0.2"
	Want string `json:"want"`
	Got  string `json:"got"`
	// Pass is what decides. A test that does not hold and did not hold before either,
	// on something that the change does not touch, passes with a Note.
	Pass bool   `json:"pass"`
	Note string `json:"note,omitempty"`
}

// String is the result on one line.
func (r TestResult) String() string {
	if r.Pass && r.Note == "" {
		return fmt.Sprintf("%s: %s", r.Name, r.Got)
	}
	if r.Pass {
		return fmt.Sprintf("%s: %s (%s)", r.Name, r.Got, r.Note)
	}
	return fmt.Sprintf("%s: %s, wanted: %s", r.Name, r.Got, r.Want)
}
