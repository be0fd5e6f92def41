package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/ercfg/ercfg/internal/push"
)

// defaultRevert is when a router undoes a change by itself unless the user says
// otherwise.
const defaultRevert = 5 * time.Minute

// recoverFlags are the flags of confirm and revert.
type recoverFlags struct {
	intent      string
	format      string
	revertAfter time.Duration
	sshFlags
}

func (f *recoverFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.intent, "intent", "", "the intent, where the run's own `FILE` has moved")
	flags.Var(newChoice(&f.format, "text", "json", "junit"), "format", "form of the report; --output json is --format json")
	f.sshFlags.flags(flags)
}

func (a *app) confirmCommand() *cobra.Command {
	f := recoverFlags{revertAfter: defaultRevert}
	cmd := &cobra.Command{
		Use:   "confirm RUN",
		Short: "Keep what a run of push has left pending",
		Long: `confirm keeps and saves the change that a run of push has left pending on its
routers, because ercfg or its machine went away between the tests and the
confirmation. It tests nothing: look first (ercfg status RUN --ask). A router
that has something else than the run has planned is left to its own undo.`,
		Example: `  ercfg status 20261127-041512-k3f9 --ask
  ercfg confirm 20261127-041512-k3f9`,
		Args: exactly("RUN"),
		RunE: func(_ *cobra.Command, args []string) error { return a.takeOver(args[0], f, true) },
	}
	f.add(cmd)
	return cmd
}

func (a *app) revertCommand() *cobra.Command {
	f := recoverFlags{revertAfter: defaultRevert}
	cmd := &cobra.Command{
		Use:   "revert RUN",
		Short: "Put back what a run of push has changed",
		Long: `revert puts back the configuration from before a run of push: at once where the
router's undo is armed, and where the change was confirmed by the commands back
that the run has written down, in a run of its own with an undo of its own. A
router that has been changed since is not touched, and nothing is asked.`,
		Example: `  ercfg revert 20261127-041512-k3f9`,
		Args:    exactly("RUN"),
		RunE: func(_ *cobra.Command, args []string) error {
			if f.revertAfter < time.Minute || f.revertAfter > 2*time.Hour || f.revertAfter%time.Minute != 0 {
				return usageError{fmt.Sprintf("revert: --revert-after %s: routers take whole minutes, 1m to 120m", f.revertAfter), "--revert-after 5m"}
			}
			return a.takeOver(args[0], f, false)
		},
	}
	f.add(cmd)
	cmd.Flags().DurationVar(&f.revertAfter, "revert-after", defaultRevert, "when a router undoes these commands by itself: whole minutes, 1m to 120m")
	return cmd
}

// recovering reads the intent that a run was about.
func (a *app) recovering(s *push.Store, j *push.Journal, f recoverFlags) (*pushing, error) {
	file := f.intent
	if file == "" {
		file = j.Header.File
	}
	if file == "-" || file == "" {
		return nil, usageError{"the intent of the run came in on standard input", "--intent names a file with it"}
	}
	p := &pushing{app: a, file: file, store: s, began: time.Now(), alone: true}
	p.f = pushFlags{format: f.format, sshFlags: f.sshFlags, revertAfter: f.revertAfter, testFor: f.revertAfter / 2, concurrency: 8}
	var err error
	if p.in, err = p.f.load(a, file); err != nil {
		return nil, fmt.Errorf("the run's intent: %w; --intent names it where it has moved", err)
	}
	switch {
	case p.in.findings.HasErrors():
		if err := a.printFindings(a.stderr, p.in.doc, p.in.findings); err != nil {
			return nil, err
		}
		return nil, errFindings
	case p.in.plan.Name != j.Header.Intent:
		return nil, fmt.Errorf("%s is the intent %s, and run %s is of %s", p.in.name, p.in.plan.Name, j.Header.Run, j.Header.Intent)
	}
	if p.configs, err = renderFor(p.in); err != nil {
		return nil, err
	}
	for _, c := range p.configs {
		if j.PlannedFor(c.Router) != nil {
			p.names = append(p.names, c.Router)
		}
	}
	return p, nil
}

// options are those of a run that brings another one to its end.
func (p *pushing) options() push.Options {
	return push.Options{
		Run: push.NewRunID(p.began, rand.Reader), Only: p.names, Concurrency: p.f.concurrency,
		RevertAfter: p.f.revertAfter, TestFor: p.f.testFor, Ticket: string(p.in.plan.Ticket),
	}
}

// takeOver confirms or reverts what a run has left.
func (a *app) takeOver(run string, f recoverFlags, confirm bool) error {
	if a.output == "json" && f.format == "text" {
		f.format = "json"
	}
	s, err := runStore()
	if err != nil {
		return err
	}
	if _, err := openRun(s, run); err != nil {
		return err
	}
	old, err := s.Resume(run)
	if err != nil {
		return err
	}
	defer old.Close()
	if len(old.Planned) == 0 {
		a.tell("run %s has typed nothing on any router", run)
		return nil
	}
	outliveReaders()
	p, err := a.recovering(s, old, f)
	if err != nil {
		return err
	}
	jobs, secrets, err := p.jobs()
	if err != nil {
		return err
	}
	o := p.options()
	if !confirm {
		o.Concurrency = 1 // the routers of a circuit go back one after the other, too
	}
	h := p.header(o.Run, jobs)
	release, err := s.Lock(lockNames(&h), o.Run)
	if err != nil {
		return err
	}
	defer release()
	if p.journal, err = s.Create(h); err != nil {
		return err
	}
	if err := p.start(jobs, secrets, o); err != nil {
		return err
	}
	defer p.end()
	reports := p.finish(old, confirm)
	if err := noteEnd(old, o.Run, reports); err != nil { // the exit code is about the routers
		p.tell("the journal of run %s does not say how run %s has ended it: %v", old.Header.Run, o.Run, err)
	}
	return p.ended(reports, confirm)
}

// lockNames are the locks that push takes for the same routers.
func lockNames(h *push.Header) []string {
	var out []string
	for _, r := range h.Routers {
		out = append(out, h.Intent+"-router-"+r.Name)
		for _, c := range r.Circuits {
			out = append(out, h.Intent+"-"+c)
		}
	}
	return out
}

// finish runs to its end, whatever the person does: it is the way out already.
func (p *pushing) finish(old *push.Journal, confirm bool) (reports []push.RouterReport) {
	first := func() { p.progress.note("interrupted: this cannot be stopped half-way; wait") }
	second := func() {
		p.progress.note("%s", p.progress.abandoned())
		os.Exit(exitUnknown)
	}
	watched(first, second, func(ctx context.Context) {
		p.progress.while(func() {
			if confirm {
				reports = p.run.ConfirmRun(ctx, old)
			} else {
				reports = p.run.RevertRun(ctx, old)
			}
		})
	})
	return slices.DeleteFunc(reports, func(r push.RouterReport) bool { return r.Router == "" })
}

// noteEnd writes into the journal of a run how another one has ended it.
func noteEnd(old *push.Journal, by string, reports []push.RouterReport) error {
	for i := range reports {
		r := &reports[i]
		text := "run " + by
		if r.Err != "" {
			text += ": " + r.Err
		}
		if err := old.Event(push.Event{Time: time.Now(), Router: r.Router, Phase: r.Phase, Text: text, Deadline: r.Deadline, Outcome: &r.Outcome}); err != nil {
			return err
		}
	}
	return nil
}

// ended writes the report. What is a failure of push is what revert wants.
func (p *pushing) ended(reports []push.RouterReport, confirm bool) error {
	if confirm {
		return p.report(nil, reports)
	}
	_, beside := p.tellEnd(nil, reports)
	code, back := exitOK, false
	for i := range reports {
		switch o := reports[i].Outcome; {
		case o == push.Reverted:
			back = true
		case o == push.Changed:
			code = max(code, exitWorld) // it is as it was
		case o.ExitCode() > 4:
			code = exitUnknown
		}
	}
	return p.endOf(code, back, beside)
}
