package push

import (
	"io"

	"github.com/ercfg/ercfg/internal/junit"
)

// WriteJUnit writes a suite for each router: its outcome, and each test of the
// window. An outcome that a person must look at is an error, a router that was not
// begun is skipped, whatever else is not as wanted is a failure.
func (r *Report) WriteJUnit(w io.Writer) error {
	all := junit.Suites{Name: "ercfg push " + r.Intent, Time: junit.Seconds(r.Took)}
	for i := range r.Routers {
		all.Suites = append(all.Suites, r.suite(&r.Routers[i]))
	}
	return all.Write(w)
}

func (r *Report) suite(router *RouterReport) junit.Suite {
	s := junit.Suite{Name: router.Router, Skipped: new(int), Time: junit.Seconds(router.Took), Began: junit.Timestamp(router.Began)}
	end := junit.Case{Class: router.Router, Name: "outcome"}
	fault := &junit.Fault{Message: router.Outcome.String(), Text: plainLine(router.What(r.Run))}
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
	s.Add(end)
	for _, t := range router.Tests {
		one := junit.Case{Class: router.Router, Name: plainLine(t.Name)}
		if t.Pass {
			one.Out = plainLine(t.String())
		} else {
			one.Failure = &junit.Fault{Message: "does not hold", Text: "want: " + plainLine(t.Want) + "\ngot:  " + plainLine(t.Got)}
		}
		s.Add(one)
	}
	return s
}
