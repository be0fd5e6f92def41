//go:build linux

package lab

import (
	"io"
	"strings"

	"github.com/ercfg/ercfg/internal/junit"
)

// WriteJUnit writes one test case per assertion; what cannot be tested is
// skipped.
func (r *TestReport) WriteJUnit(w io.Writer) error {
	s := junit.Suite{Name: "ercfg lab test " + r.Plan, Skipped: new(int), Time: junit.Seconds(r.Took)}
	for _, c := range r.Checks {
		one := junit.Case{Class: r.Plan, Name: c.Name}
		if !c.Pass {
			one.Failure = &junit.Fault{Message: "not as planned", Text: "want: " + c.Want + "\ngot:  " + c.Got}
		}
		s.Add(one)
	}
	skip(&s, r.Plan, r.Omitted)
	return s.Write(w)
}

// WriteJUnit writes one test case per run: a difference is a failure, a run
// without a verdict an error, what the lab cannot play is skipped.
func (r *DrillReport) WriteJUnit(w io.Writer) error {
	s := junit.Suite{Name: "ercfg lab drill " + r.Plan, Skipped: new(int), Time: junit.Seconds(r.Took)}
	for i := range r.Runs {
		run := &r.Runs[i]
		one := junit.Case{Class: r.Plan, Name: run.title(), Time: junit.Seconds(run.Took)}
		var b strings.Builder
		run.text(&b)
		switch {
		case run.Trouble != "":
			one.Error = &junit.Fault{Message: run.Trouble, Text: b.String()}
		case !run.Passed():
			one.Failure = &junit.Fault{Message: "not as predicted", Text: b.String()}
		default:
			one.Out = b.String()
		}
		s.Add(one)
	}
	if r.Unplayed > 0 {
		s.Add(junit.Case{Class: r.Plan, Name: "all scenarios", Error: &junit.Fault{Message: r.summary()[1]}})
	}
	skip(&s, r.Plan, r.Omitted)
	return s.Write(w)
}

// skip adds what was left out. Its first words, up to a colon, name it.
func skip(s *junit.Suite, class string, omitted []string) {
	for _, o := range omitted {
		name, _, _ := strings.Cut(o, ": ")
		s.Add(junit.Case{Class: class, Name: name, Skipped: &junit.Fault{Message: o}})
	}
}
