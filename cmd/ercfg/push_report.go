package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/ercfg/ercfg/internal/artifact"
	"github.com/ercfg/ercfg/internal/push"
)

// printFound shows what differs: as the product where that is text, and otherwise to
// the person who is asked.
func (p *pushing) printFound(found []push.Surveyed) error {
	out := p.stdout
	if p.f.format != "text" {
		if !p.ask() {
			return nil
		}
		out = p.stderr
	}
	w := bufio.NewWriter(out)
	colour := false
	if file, ok := out.(*os.File); ok {
		colour = isTerminal(file) && wantsColour(file)
	}
	for i := range found {
		p.printSurveyed(diffText{w, colour}, &found[i], i == 0)
	}
	fmt.Fprintln(w)
	return w.Flush()
}

// printSurveyed shows what was found on one router.
func (p *pushing) printSurveyed(w diffText, s *push.Surveyed, first bool) {
	c := comparison{config: artifact.Config{Router: s.Router, Platform: s.Platform}, err: s.Err}
	if s.Change != nil {
		c.change, c.err = *s.Change, nil
	}
	w.router(&c, first)
	if s.Version != "" {
		fmt.Fprintf(w, "\n  runs %s\n", printable(s.Version))
	}
	w.indented("what the router itself says", s.Opinion)
	w.indented("configured by others, and not saved", s.Unsaved)
	w.indented("warnings", s.Warnings)
	if s.Err != nil {
		fmt.Fprintf(w, "\n  not changed: %s\n", printable(sentence(s.Err)))
	}
}

// indented writes lines that are not for copying.
func (w diffText) indented(title string, lines []string) {
	if len(lines) == 0 {
		return
	}
	fmt.Fprintf(w, "\n  %s:\n", title)
	for _, l := range lines {
		fmt.Fprintf(w, "    %s\n", printable(l))
	}
}

// differing are the routers with something to change.
func differing(found []push.Surveyed) []*push.Surveyed {
	var out []*push.Surveyed
	for i := range found {
		if s := &found[i]; s.Err == nil && !s.Change.Same() {
			out = append(out, s)
		}
	}
	return out
}

// notSurveyed counts the routers that must not be changed.
func notSurveyed(found []push.Surveyed) int {
	n := 0
	for i := range found {
		if found[i].Err != nil {
			n++
		}
	}
	return n
}

// surveyedReports are the reports of routers of whom nothing more is wanted.
func (p *pushing) surveyedReports(found []push.Surveyed, dry bool) []push.RouterReport {
	out := make([]push.RouterReport, 0, len(found))
	for i := range found {
		s := &found[i]
		r := push.RouterReport{Router: s.Router, Platform: s.Platform, Outcome: push.Same, Phase: push.Done}
		if s.Change != nil {
			r.Commands, r.Impact = len(s.Change.Commands), s.Change.Worst().String()
		}
		switch {
		case s.Err != nil:
			r.Outcome, r.Phase, r.Err = push.Untouched, p.progress.phase(s.Router), sentence(s.Err)
		case !s.Change.Same() && dry:
			r.Outcome = push.Differs
		case !s.Change.Same():
			r.Outcome, r.Phase = push.NotBegun, push.Read
		}
		out = append(out, r)
	}
	return out
}

// notBegun are the reports of routers of whom none is changed, because of why.
func (p *pushing) notBegun(found []push.Surveyed, why string) []push.RouterReport {
	out := p.surveyedReports(found, false)
	for i := range out {
		if out[i].Outcome == push.NotBegun {
			out[i].Err = why
		}
	}
	return out
}

// report writes how the run has ended, and is its exit code.
func (p *pushing) report(found []push.Surveyed, routers []push.RouterReport) error {
	r, beside := p.tellEnd(found, routers)
	changed := slices.ContainsFunc(routers, func(r push.RouterReport) bool { return r.Outcome == push.Changed })
	return p.endOf(r.ExitCode(), changed, beside)
}

// tellEnd writes how the run has ended. The error is what failed beside the routers.
func (p *pushing) tellEnd(found []push.Surveyed, routers []push.RouterReport) (*push.Report, error) {
	r := push.Report{Run: p.runID(), Intent: p.in.plan.Name, DryRun: p.f.dryRun, Began: p.began, Took: time.Since(p.began), Routers: routers}
	err := p.conclude(routers)
	err = errors.Join(err, product(p.printReport(&r, found)))
	if p.f.format == "text" && len(routers) > 1 {
		p.tell("%s: %s", count(len(routers), "router"), outcomes(routers))
	}
	if notSurveyed(found) > 0 {
		p.tellUnfinished()
	}
	if p.journal != nil {
		p.tell("run %s; journal and transcripts in %s", r.Run, p.store.RunDir(r.Run))
	} else {
		p.tell("transcripts in %s", p.store.RunDir(p.id))
	}
	return &r, err
}

// printReport writes a report in the form that the user wants.
func (p *pushing) printReport(r *push.Report, found []push.Surveyed) (err error) {
	w := bufio.NewWriter(p.stdout)
	switch p.f.format {
	case "json":
		err = writeJSON(w, newPushDocument(r, found))
	case "junit":
		err = r.WriteJUnit(w)
	default:
		err = r.WriteText(w)
	}
	if err != nil {
		return err
	}
	return w.Flush()
}

// endOf is the exit code of a run whose routers have it end with code. What failed beside
// them, such as standard output, must not make it say that nothing was changed.
func (p *pushing) endOf(code int, changed bool, beside error) error {
	switch {
	case beside == nil && code == exitOK:
		return nil
	case beside == nil:
		return exitStatus(code)
	case code <= exitWorld && !changed:
		return beside
	}
	for _, e := range independent(beside) {
		fmt.Fprintf(p.stderr, "ercfg: %s\n", sentence(e))
	}
	if code <= exitWorld {
		code = exitFindings
	}
	return exitStatus(code)
}

// outcomes says how many routers were left how.
func outcomes(routers []push.RouterReport) string {
	words := make([]string, 0, len(routers))
	for i := range routers {
		words = append(words, routers[i].Outcome.String())
	}
	return tallied(words)
}

// tellUnfinished names this user's own runs whose change a router may be waiting to
// undo: what a router tells of it looks like somebody else's.
func (p *pushing) tellUnfinished() {
	names, _ := p.store.List() // which nothing rests on
	for _, name := range names {
		j, err := p.store.Open(name)
		if err != nil || name == p.id || j.Header.Intent != p.in.plan.Name {
			continue
		}
		st := newRunStatus(j, nil)
		for i := range st.routers {
			if r := &st.routers[i]; contains(p.names, r.Router) && r.waits(time.Now()) {
				p.tell("run %s of yours may have left %s pending, and %s: ercfg status %s --ask", name, r.Router, st.state(), name)
			}
		}
	}
}

// runID is the name of the run; a run without a journal has none that anybody could
// ask for.
func (p *pushing) runID() string {
	if p.journal == nil {
		return ""
	}
	return p.journal.Header.Run
}

// conclude writes into the journal how the routers were left that the run has not
// begun with: a journal without that looks as if a crash had cut it off.
func (p *pushing) conclude(routers []push.RouterReport) error {
	if p.journal == nil {
		return nil
	}
	for i := range routers {
		r := &routers[i]
		if !r.Began.IsZero() {
			continue
		}
		if err := p.journal.Event(push.Event{Time: time.Now(), Router: r.Router, Phase: r.Phase, Text: r.Err, Outcome: &r.Outcome}); err != nil {
			return err
		}
	}
	return nil
}
