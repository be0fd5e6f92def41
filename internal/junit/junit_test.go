package junit_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/ercfg/ercfg/internal/junit"
)

// Cases are counted by what was wrong with them, and text that XML has a meaning for
// stays text.
func TestSuites(t *testing.T) {
	t.Parallel()
	began := time.Date(2026, 1, 31, 10, 30, 0, 999, time.FixedZone("", 3600))
	s := junit.Suite{Name: "a & b", Skipped: new(int), Time: junit.Seconds(1500 * time.Millisecond), Began: junit.Timestamp(began), Out: "end"}
	s.Add(junit.Case{Class: "c", Name: "passes", Time: junit.Seconds(0), Out: "well"})
	s.Add(junit.Case{Class: "c", Name: "fails", Failure: &junit.Fault{Type: "FAIL", Message: "1 < 2", Text: "a\nb"}})
	s.Add(junit.Case{Class: "c", Name: "nobody knows", Error: &junit.Fault{Message: "m"}})
	s.Add(junit.Case{Class: "c", Name: "left out", Skipped: &junit.Fault{Message: "m"}})
	var out strings.Builder
	if err := (&junit.Suites{Name: "all", Time: junit.Seconds(time.Minute), Suites: []junit.Suite{s}}).Write(&out); err != nil {
		t.Fatal(err)
	}
	const want = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="all" time="60.000">
  <testsuite name="a &amp; b" tests="4" failures="1" errors="1" skipped="1" time="1.500" timestamp="2026-01-31T09:30:00">
    <testcase classname="c" name="passes" time="0.000">
      <system-out>well</system-out>
    </testcase>
    <testcase classname="c" name="fails">
      <failure type="FAIL" message="1 &lt; 2">a&#xA;b</failure>
    </testcase>
    <testcase classname="c" name="nobody knows">
      <error message="m"></error>
    </testcase>
    <testcase classname="c" name="left out">
      <skipped message="m"></skipped>
    </testcase>
    <system-out>end</system-out>
  </testsuite>
</testsuites>
`
	if out.String() != want {
		t.Errorf("got:\n%s\nwant:\n%s", out.String(), want)
	}
}

// A suite in which nothing can be skipped, and that began at no time, has no words
// for it.
func TestSuite(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	if err := (&junit.Suite{Name: "n", Time: junit.Seconds(0), Began: junit.Timestamp(time.Time{})}).Write(&out); err != nil {
		t.Fatal(err)
	}
	const want = `<?xml version="1.0" encoding="UTF-8"?>
<testsuite name="n" tests="0" failures="0" errors="0" time="0.000"></testsuite>
`
	if out.String() != want {
		t.Errorf("got:\n%s\nwant:\n%s", out.String(), want)
	}
}

// brokenPipe takes so many writes.
type brokenPipe struct{ left int }

func (b *brokenPipe) Write(p []byte) (int, error) {
	if b.left--; b.left < 0 {
		return 0, errors.New("broken pipe")
	}
	return len(p), nil
}

// A report that nobody could read is an error, wherever it ends.
func TestUnwritten(t *testing.T) {
	t.Parallel()
	for left := range 3 {
		if err := new(junit.Suite).Write(&brokenPipe{left}); err == nil {
			t.Errorf("after %d writes: no error", left)
		}
	}
}
