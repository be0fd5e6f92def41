package push

import (
	"encoding/xml"
	"fmt"
	"io"
	"time"
)

// The elements of a JUnit report that CI servers agree on.
type (
	junitSuites struct {
		XMLName xml.Name     `xml:"testsuites"`
		Name    string       `xml:"name,attr"`
		Time    string       `xml:"time,attr"` // seconds
		Suites  []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Errors   int         `xml:"errors,attr"`
		Skipped  int         `xml:"skipped,attr"`
		Time     string      `xml:"time,attr"`                // seconds
		Began    string      `xml:"timestamp,attr,omitempty"` // ISO 8601
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Class   string      `xml:"classname,attr"`
		Name    string      `xml:"name,attr"`
		Failure *junitFault `xml:"failure"`
		Error   *junitFault `xml:"error"`
		Skipped *junitFault `xml:"skipped"`
		Out     string      `xml:"system-out,omitempty"`
	}
	junitFault struct {
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
)

// WriteJUnit writes a suite for each router: its outcome, and each test of the
// window. An outcome that a person must look at is an error, a router that was not
// begun is skipped, whatever else is not as wanted is a failure.
func (r *Report) WriteJUnit(w io.Writer) error {
	all := junitSuites{Name: "ercfg push " + r.Intent, Time: junitSeconds(r.Took)}
	for i := range r.Routers {
		all.Suites = append(all.Suites, r.suite(&r.Routers[i]))
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(all); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func (r *Report) suite(router *RouterReport) junitSuite {
	s := junitSuite{Name: router.Router, Time: junitSeconds(router.Took)}
	if !router.Began.IsZero() {
		s.Began = router.Began.UTC().Format("2006-01-02T15:04:05")
	}
	end := junitCase{Class: router.Router, Name: "outcome"}
	fault := &junitFault{Message: router.Outcome.String(), Text: plainLine(router.What(r.Run))}
	switch {
	case router.Outcome == NotBegun:
		end.Skipped = fault
	case router.Outcome.ExitCode() >= 5:
		end.Error = fault
	case router.Outcome.ExitCode() > 0:
		end.Failure = fault
	default:
		end.Out = router.Outcome.String() + ": " + fault.Text
	}
	s.add(end)
	for _, t := range router.Tests {
		one := junitCase{Class: router.Router, Name: plainLine(t.Name)}
		if t.Pass {
			one.Out = plainLine(t.String())
		} else {
			one.Failure = &junitFault{Message: "does not hold", Text: "want: " + plainLine(t.Want) + "\ngot:  " + plainLine(t.Got)}
		}
		s.add(one)
	}
	return s
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

// junitSeconds writes d as JUnit wants it: 12.345.
func junitSeconds(d time.Duration) string { return fmt.Sprintf("%.3f", d.Seconds()) }
