//go:build linux

package lab

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"
)

// The elements of a JUnit report that CI servers agree on.
type junitSuite struct {
	XMLName  xml.Name    `xml:"testsuite"`
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Errors   int         `xml:"errors,attr"`
	Skipped  int         `xml:"skipped,attr"`
	Time     string      `xml:"time,attr"` // seconds
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Class   string      `xml:"classname,attr"`
	Name    string      `xml:"name,attr"`
	Time    string      `xml:"time,attr,omitempty"` // seconds
	Failure *junitFault `xml:"failure"`
	Error   *junitFault `xml:"error"`
	Skipped *junitFault `xml:"skipped"`
	Out     string      `xml:"system-out,omitempty"`
}

type junitFault struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

// WriteJUnit writes one test case per assertion; what cannot be tested is
// skipped.
func (r *TestReport) WriteJUnit(w io.Writer) error {
	s := junitSuite{Name: "ercfg lab test " + r.Plan, Time: seconds(r.Took)}
	for _, c := range r.Checks {
		one := junitCase{Class: r.Plan, Name: c.Name}
		if !c.Pass {
			one.Failure = &junitFault{Message: "not as planned", Text: "want: " + c.Want + "\ngot:  " + c.Got}
		}
		s.add(one)
	}
	s.skip(r.Plan, r.Omitted)
	return s.write(w)
}

// WriteJUnit writes one test case per run: a difference is a failure, a run
// without a verdict an error, what the lab cannot play is skipped.
func (r *DrillReport) WriteJUnit(w io.Writer) error {
	s := junitSuite{Name: "ercfg lab drill " + r.Plan, Time: seconds(r.Took)}
	for i := range r.Runs {
		run := &r.Runs[i]
		one := junitCase{Class: r.Plan, Name: run.title(), Time: seconds(run.Took)}
		var b strings.Builder
		run.text(&b)
		switch {
		case run.Trouble != "":
			one.Error = &junitFault{Message: run.Trouble, Text: b.String()}
		case !run.Passed():
			one.Failure = &junitFault{Message: "not as predicted", Text: b.String()}
		default:
			one.Out = b.String()
		}
		s.add(one)
	}
	if r.Unplayed > 0 {
		s.add(junitCase{Class: r.Plan, Name: "all scenarios", Error: &junitFault{Message: r.summary()[1]}})
	}
	s.skip(r.Plan, r.Omitted)
	return s.write(w)
}

func (s *junitSuite) add(c junitCase) {
	s.Tests++
	switch {
	case c.Failure != nil:
		s.Failures++
	case c.Error != nil:
		s.Errors++
	case c.Skipped != nil:
		s.Skipped++
	}
	s.Cases = append(s.Cases, c)
}

// skip adds what was left out. Its first words, up to a colon, name it.
func (s *junitSuite) skip(class string, omitted []string) {
	for _, o := range omitted {
		name, _, _ := strings.Cut(o, ": ")
		s.add(junitCase{Class: class, Name: name, Skipped: &junitFault{Message: o}})
	}
}

func (s *junitSuite) write(w io.Writer) error {
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

// seconds writes d as JUnit wants it: 12.345.
func seconds(d time.Duration) string { return fmt.Sprintf("%.3f", d.Seconds()) }
