package verify

import (
	"fmt"
	"io"
	"strings"

	"github.com/ercfg/ercfg/internal/junit"
)

// WriteJUnit writes one test case for each judgement. FAIL is a failure, and
// INSUFFICIENT an error: both are red, and tell a wrong path from one that nobody has
// seen. The error is the writer's.
func WriteJUnit(w io.Writer, r *Report) error {
	s := junit.Suite{Name: "ercfg verify " + r.Plan, Time: junit.Seconds(r.Took), Began: junit.Timestamp(r.Began), Out: junitFacts(r)}
	for i := range r.Judgements {
		s.Add(junitCaseOf(r, &r.Judgements[i]))
	}
	if len(r.Judgements) == 0 {
		s.Add(junit.Case{Class: r.Plan, Name: "verdicts", Error: &junit.Fault{Type: Insufficient.String(), Message: "nothing is judged"}})
	}
	return s.Write(w)
}

func junitCaseOf(r *Report, j *Judgement) junit.Case {
	name := j.Statement
	if j.Default {
		name += ", default route"
	}
	out := junit.Case{Class: r.Plan, Name: fmt.Sprintf("%s %s %s", name, familyText(j.Family), directionText(j))}
	t := &textReport{width: 80}
	t.name = t.width - behindName
	t.judgement(j)
	text := strings.TrimSpace(t.String())
	fault := &junit.Fault{Type: j.Verdict.String(), Message: j.Verdict.String(), Text: text}
	if len(j.Reasons) > 0 {
		fault.Message = printable(j.Reasons[0])
	}
	switch j.Verdict {
	case Fail:
		out.Failure = fault
	case Insufficient:
		out.Error = fault
	default:
		out.Out = text
	}
	return out
}

// junitFacts are what is below the table of a text.
func junitFacts(r *Report) string {
	t := &textReport{width: 80}
	t.fold("", headOf(r))
	for _, f := range factsOf(r) {
		t.facts(f)
	}
	t.end(r)
	return t.String()
}
