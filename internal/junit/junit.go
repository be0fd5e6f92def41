// Package junit writes test reports in the form that CI servers read.
//
// In come suites of cases, each with what was wrong with it; out comes XML, with
// the elements and attributes that CI servers agree on. The package judges nothing,
// and it cleans no text: what drives a terminal is for its callers to take out.
package junit

import (
	"encoding/xml"
	"fmt"
	"io"
	"time"
)

// Suites are several suites in one report.
type Suites struct {
	XMLName xml.Name `xml:"testsuites"`
	Name    string   `xml:"name,attr"`
	Time    string   `xml:"time,attr"` // as [Seconds] writes it
	Suites  []Suite  `xml:"testsuite"`
}

// A Suite is a list of cases; Add counts them.
type Suite struct {
	XMLName  xml.Name `xml:"testsuite"`
	Name     string   `xml:"name,attr"`
	Tests    int      `xml:"tests,attr"`
	Failures int      `xml:"failures,attr"`
	Errors   int      `xml:"errors,attr"`
	// Skipped is nil where no case can be skipped: the report then has no such
	// attribute.
	Skipped *int   `xml:"skipped,attr"`
	Time    string `xml:"time,attr"`                // as [Seconds] writes it
	Began   string `xml:"timestamp,attr,omitempty"` // as [Timestamp] writes it
	Cases   []Case `xml:"testcase"`
	Out     string `xml:"system-out,omitempty"`
}

// A Case has one Fault at most; without any it has passed.
type Case struct {
	Class   string `xml:"classname,attr"`
	Name    string `xml:"name,attr"`
	Time    string `xml:"time,attr,omitempty"` // as [Seconds] writes it
	Failure *Fault `xml:"failure"`             // it was looked at, and is not as it should be
	Error   *Fault `xml:"error"`               // nobody could tell
	Skipped *Fault `xml:"skipped"`             // it was left out
	Out     string `xml:"system-out,omitempty"`
}

// A Fault says why a case has not passed.
type Fault struct {
	Type    string `xml:"type,attr,omitempty"` // a word that several faults share
	Message string `xml:"message,attr"`        // one line
	Text    string `xml:",chardata"`           // all of it
}

// Add adds a case and counts it. One that is skipped takes a suite whose Skipped is
// not nil.
func (s *Suite) Add(c Case) {
	s.Tests++
	switch {
	case c.Failure != nil:
		s.Failures++
	case c.Error != nil:
		s.Errors++
	case c.Skipped != nil:
		*s.Skipped++
	}
	s.Cases = append(s.Cases, c)
}

// Write writes a report of one suite. The error is w's.
func (s *Suite) Write(w io.Writer) error { return write(w, s) }

// Write writes a report of several suites. The error is w's.
func (s *Suites) Write(w io.Writer) error { return write(w, s) }

func write(w io.Writer, report any) error {
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(report); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

// Seconds writes a duration as JUnit has it, to the millisecond: 12.345.
func Seconds(d time.Duration) string { return fmt.Sprintf("%.3f", d.Seconds()) }

// Timestamp writes a time as JUnit has it: ISO 8601 in UTC without a zone. Of the
// zero time it is empty.
func Timestamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.DateOnly + "T" + time.TimeOnly)
}
