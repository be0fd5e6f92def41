package verify

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"
)

// The elements of a JUnit report that CI servers agree on.
type (
	junitSuite struct {
		XMLName  xml.Name    `xml:"testsuite"`
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Errors   int         `xml:"errors,attr"`
		Time     string      `xml:"time,attr"`                // seconds
		Began    string      `xml:"timestamp,attr,omitempty"` // ISO 8601 without a zone, UTC
		Cases    []junitCase `xml:"testcase"`
		Out      string      `xml:"system-out,omitempty"`
	}
	junitCase struct {
		Class   string      `xml:"classname,attr"`
		Name    string      `xml:"name,attr"`
		Failure *junitFault `xml:"failure"`
		Error   *junitFault `xml:"error"`
		Out     string      `xml:"system-out,omitempty"`
	}
	junitFault struct {
		Type    string `xml:"type,attr"` // the verdict
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
)

// WriteJUnit writes one test case for each judgement. FAIL is a failure, and
// INSUFFICIENT an error: both are red, and tell a wrong path from one that nobody has
// seen. The error is the writer's.
func WriteJUnit(w io.Writer, r *Report) error {
	s := junitSuite{Name: "ercfg verify " + r.Plan, Time: fmt.Sprintf("%.3f", r.Took.Seconds()), Out: junitFacts(r)}
	if !r.Began.IsZero() {
		s.Began = r.Began.UTC().Format(time.DateOnly + "T" + time.TimeOnly)
	}
	for i := range r.Judgements {
		s.add(junitCaseOf(r, &r.Judgements[i]))
	}
	if len(r.Judgements) == 0 {
		s.add(junitCase{Class: r.Plan, Name: "verdicts", Error: &junitFault{Type: Insufficient.String(), Message: "nothing is judged"}})
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(s); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func junitCaseOf(r *Report, j *Judgement) junitCase {
	name := j.Statement
	if j.Default {
		name += ", default route"
	}
	out := junitCase{Class: r.Plan, Name: fmt.Sprintf("%s %s %s", name, familyText(j.Family), directionText(j))}
	t := &textReport{width: 80}
	t.name = t.width - behindName
	t.judgement(j)
	text := strings.TrimSpace(t.String())
	fault := &junitFault{Type: j.Verdict.String(), Message: j.Verdict.String(), Text: text}
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

func (s *junitSuite) add(c junitCase) {
	s.Tests++
	switch {
	case c.Failure != nil:
		s.Failures++
	case c.Error != nil:
		s.Errors++
	}
	s.Cases = append(s.Cases, c)
}
