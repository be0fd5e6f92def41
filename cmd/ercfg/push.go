package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ercfg/ercfg/internal/artifact"
	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/push"
	"github.com/ercfg/ercfg/internal/render"
)

// pushFlags are the flags of push.
type pushFlags struct {
	only        []string
	sealed      string // directory of the sealed plan; empty: none
	format      string
	dryRun      bool
	yes         bool
	together    bool
	drain       bool
	saveOthers  bool
	concurrency int
	revertAfter time.Duration
	testFor     time.Duration // zero: half of revertAfter
	prove       time.Duration // zero: nothing is proved
	listen      []string      // for flows, where something is
	idle        []string      // routers, the same
	agreed
	sshFlags
}

// testMargin is what is left of the undo's time when the tests end; push wants it.
const testMargin = 30 * time.Second

func (a *app) pushCommand() *cobra.Command {
	var f pushFlags
	cmd := &cobra.Command{
		Use:   "push FILE|DIR|-",
		Short: "Change routers over SSH, test that, and keep it or put it back",
		Long: `push reads what each router has, shows what differs, asks once, and changes the
routers: those of one circuit one after the other. On each the router's own undo
is armed before the first line is typed. Then the sessions, timers, BFD, routes
and paths are compared with the plan: where all is as planned the change is
confirmed and saved, and otherwise the old configuration is put back and read
back. Whatever becomes of ercfg meanwhile, the router undoes the change by
itself after --revert-after.

--prove waits, after the tests and while the undo is armed, until the flow
export of the routers proves that the traffic takes the predicted paths (ercfg
help verify): only a PASS keeps the change, and what is not proved in that time
is put back.

--dry-run connects and reads, and shows the differences, the commands and what
the router itself says of them. It changes nothing. Without a terminal and
without --yes nothing is changed either.

The way to a router is routers.NAME.ssh in the intent, and ~/.ssh/config. Host
keys are always checked. Secrets are read here: env:, file:, and exec: too. Its
commands run with sh, 30 s each, in the intent's folder; validate, render and
all other verbs but status --ask, confirm and revert never run them.

Ctrl-C puts back what is open. Each run has a journal; ercfg status shows it.`,
		Example: `  ercfg push site.yaml --dry-run      what would change, and nothing else
  ercfg push site.yaml --only ce1     one router
  ercfg push site.yaml --yes --format junit > push.xml
  ercfg push site.yaml --prove 2m     keep it only if the traffic proves it
  ercfg push site.yaml --plan out/    only what the reviewed plan was made for
  ercfg status                        the runs, and what became of them`,
		Args: exactly("FILE|DIR|-"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := f.contradiction(args[0]); err != nil {
				return err
			}
			if err := f.unprovable(cmd.Flags().Changed("prove"), cmd.Flags().Changed("test-for")); err != nil {
				return err
			}
			if a.output == "json" && !cmd.Flags().Changed("format") {
				f.format = "json"
			}
			return a.push(args[0], f, setFlags(cmd.Flags()))
		},
	}
	flags := cmd.Flags()
	flags.BoolVar(&f.dryRun, "dry-run", false, "show what would be done, and change nothing")
	flags.BoolVar(&f.yes, "yes", false, "do not ask")
	flags.StringSliceVar(&f.only, "only", nil, "change the router `NAME` only; may be repeated")
	flags.StringVar(&f.sealed, "plan", "", "refuse what differs from the sealed plan in `DIR`, which render -o DIR --running has written")
	flags.IntVar(&f.concurrency, "concurrency", 8, "how many routers at a time; those of one circuit never are")
	flags.DurationVar(&f.revertAfter, "revert-after", 5*time.Minute, "when a router undoes the change by itself: whole minutes, 1m to 120m")
	flags.DurationVar(&f.testFor, "test-for", 0, "how long the tests may take to hold (default: half of --revert-after)")
	flags.DurationVar(&f.prove, "prove", 0, "keep a change only if flow telemetry proves the paths within this time, on each router and step")
	flags.StringArrayVar(&f.listen, "listen", nil, "with --prove: take flow export on this UDP address, `[HOST]:PORT`; may be repeated (default: the port of telemetry.collector)")
	flags.StringSliceVar(&f.idle, "idle", nil, "with --prove: the export of the router `NAME` works, and its silence means that it forwards nothing; may be repeated")
	flags.BoolVar(&f.together, "together", false, "change both links of a circuit at once where one router ends both, although sessions reset")
	flags.BoolVar(&f.drain, "drain", false, "take the traffic off a link before its sessions are reset, and bring it back after")
	flags.BoolVar(&f.saveOthers, "save-others", false, "save also what others have configured on the router and not saved")
	flags.Var(newChoice(&f.format, "text", "json", "junit"), "format", "form of the report; --output json is --format json, with events as lines of JSON")
	f.agreed.flags(flags)
	f.sshFlags.flags(flags)
	return cmd
}

// setFlags are the flags of a command line as they were set, for the journal.
func setFlags(flags *pflag.FlagSet) []string {
	var out []string
	flags.Visit(func(f *pflag.Flag) { out = append(out, "--"+f.Name+"="+f.Value.String()) })
	return out
}

// contradiction refuses flags that do not go together, or mean nothing.
func (f *pushFlags) contradiction(path string) error {
	if f.testFor == 0 {
		f.testFor = f.revertAfter / 2
	}
	switch {
	case f.dryRun && f.yes:
		return usageError{"push: --dry-run changes nothing, so there is no question that --yes could answer", "leave one of them out"}
	case path == "-" && !f.dryRun && !f.yes:
		return usageError{"push: the intent comes in on standard input, where the answer would", "add --yes or --dry-run, or write the intent to a file"}
	case f.concurrency < 1:
		return usageError{fmt.Sprintf("push: --concurrency %d changes no router", f.concurrency), "--concurrency 1 is one after the other"}
	case f.revertAfter < time.Minute || f.revertAfter > 2*time.Hour || f.revertAfter%time.Minute != 0:
		return usageError{fmt.Sprintf("push: --revert-after %s: routers take whole minutes, 1m to 120m", f.revertAfter), "--revert-after 5m"}
	case f.testFor < 0 || f.testFor > f.revertAfter-testMargin:
		return usageError{fmt.Sprintf("push: --test-for %s: tests end %s before the undo, which comes after %s", f.testFor, testMargin, f.revertAfter), "make --revert-after longer, or --test-for shorter"}
	}
	return nil
}

// unprovable refuses times in which nothing can be proved before a router undoes the
// change, and says which would do.
func (f *pushFlags) unprovable(asked, tests bool) error {
	switch {
	case !asked && len(f.listen)+len(f.idle) > 0:
		return usageError{"push: --listen and --idle are for flow export, and nothing is to be proved", "add --prove 2m, or leave them out"}
	case !asked:
		return nil
	case unlistenable(f.listen) != "":
		return usageError{"push: " + unlistenable(f.listen), listenHint}
	case f.prove < time.Second:
		return usageError{fmt.Sprintf("push: --prove %s is too short for anything to come", f.prove), "--prove 2m"}
	}
	least := push.LeastRevert(f.testFor, f.prove)
	if f.revertAfter >= least {
		return nil
	}
	if !tests { // which are half of it
		least = push.LeastRevert(f.prove+testMargin, f.prove)
	}
	hint := fmt.Sprintf("--revert-after %s", brief(least))
	if least > 2*time.Hour {
		hint = "make --prove shorter"
	}
	return usageError{fmt.Sprintf("push: --prove %s after tests of %s does not fit before the undo, which comes after %s", brief(f.prove), brief(f.testFor), brief(f.revertAfter)), hint}
}

// A pushing is one push, on its way from the intent to the report.
type pushing struct {
	*app
	in       *loaded
	f        pushFlags
	flags    []string
	file     string
	configs  []artifact.Config // of all routers
	names    []string          // of the routers to be changed
	alone    bool              // no other router is asked for anything
	journal  *push.Journal     // nil: nothing is to be changed
	store    *push.Store
	progress *progress
	run      *push.Run
	proof    *flowProof // nil: nothing is to be proved
	id       string     // of the run; a dry run has one for its transcripts
	began    time.Time
}

// push changes the routers of the intent at path.
func (a *app) push(path string, f pushFlags, flags []string) error {
	p, err := a.preparePush(path, f, flags)
	if err != nil {
		return err
	}
	unasked := p.ask() && !a.interactive()
	p.f.dryRun = p.f.dryRun || unasked // where nobody can be asked nothing can be changed
	outliveReaders()
	if err := p.begin(); err != nil {
		return err
	}
	defer p.end()
	var found []push.Surveyed
	interrupted := watched(func() { p.progress.note("interrupted; nothing was changed") }, func() { os.Exit(exitWorld) }, func(ctx context.Context) {
		p.progress.while(func() { found = p.run.Survey(ctx) })
	})
	if err := product(p.printFound(found)); err != nil {
		return p.unread(found, err)
	}
	if interrupted {
		return p.report(found, p.notBegun(found, "interrupted"))
	}
	differ := differing(found)
	if unasked && len(differ) > 0 {
		defer a.tell("nothing is changed: there is no terminal to ask at; --yes answers")
	}
	switch {
	case p.f.dryRun, len(differ) == 0 && notSurveyed(found) == 0:
		return p.report(found, p.surveyedReports(found, p.f.dryRun))
	case notSurveyed(found) > 0: // Apply says why nothing is begun
	case p.ask():
		if yes, err := p.answer(found, p.words(differ)); !yes {
			a.tell("nothing is changed")
			return errors.Join(err, p.report(found, p.notBegun(found, "the answer was no")))
		}
	}
	p.proof.changes(differ)
	return p.report(found, p.apply())
}

// unread ends a run whose differences nobody could be shown.
func (p *pushing) unread(found []push.Surveyed, err error) error {
	return errors.Join(fmt.Errorf("%w; nothing is changed", err), p.conclude(p.notBegun(found, "the differences could not be shown")))
}

// apply changes the routers.
func (p *pushing) apply() (reports []push.RouterReport) {
	first := func() { p.progress.note("interrupted: putting the old configuration back; wait") }
	second := func() {
		p.progress.note("%s", p.progress.abandoned())
		os.Exit(exitUnknown)
	}
	watched(first, second, func(ctx context.Context) {
		p.progress.while(func() { reports = p.provedApply(ctx) })
	})
	return reports
}

// provedApply changes the routers, and listens to their flows meanwhile where they are
// to prove something.
func (p *pushing) provedApply(ctx context.Context) (reports []push.RouterReport) {
	if p.proof == nil {
		return p.run.Apply(ctx)
	}
	if err := p.proof.while(func() { reports = p.run.Apply(ctx) }); err != nil {
		p.progress.note("listening to flows: %v", err)
	}
	return reports
}

// ask reports whether a person has to say yes.
func (p *pushing) ask() bool { return !p.f.dryRun && !p.f.yes }

// preparePush reads the intent and says what is wrong with it.
func (a *app) preparePush(path string, f pushFlags, flags []string) (*pushing, error) {
	p := &pushing{app: a, f: f, flags: flags, file: path, began: time.Now()}
	var err error
	if p.in, err = p.f.load(a, path); err != nil {
		return nil, err
	}
	if err := a.printFindings(a.stderr, p.in.doc, p.in.findings); err != nil {
		return nil, err
	}
	if p.in.findings.HasErrors() {
		a.tell("%s: %s; nothing is pushed", p.in.name, a.summary(p.in.findings))
		return nil, errFindings
	}
	if p.configs, err = renderFor(p.in); err != nil {
		return nil, err
	}
	picked, err := pick(append([]artifact.Config(nil), p.configs...), f.only)
	if err != nil {
		return nil, err
	}
	p.names = routerNames(picked)
	if err := knownIdle("push", p.in.plan, f.idle); err != nil {
		return nil, err
	}
	dir, err := stateDir()
	p.store = &push.Store{Dir: dir}
	return p, err
}

// stateDir is where runs are kept: the XDG Base Directory Specification's place for
// what outlives a restart and is of no use on another machine.
func stateDir() (string, error) {
	if dir := os.Getenv("XDG_STATE_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "ercfg"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("no place for the journal: %w; XDG_STATE_HOME names one", err)
	}
	return filepath.Join(home, ".local", "state", "ercfg"), nil
}

// begin makes everything ready to connect, and the journal with it.
func (p *pushing) begin() error {
	o := push.Options{
		DryRun: p.f.dryRun, Only: p.f.only, Concurrency: p.f.concurrency, RevertAfter: p.f.revertAfter, TestFor: p.f.testFor,
		Together: p.f.together, SaveOthers: p.f.saveOthers, Ticket: string(p.in.plan.Ticket), Prune: p.f.prune, BringUp: p.f.bringUp,
		Drain: p.f.drain, Render: func(variant *plan.Plan) ([]artifact.Config, error) { return render.All(variant, render.Options{}) },
	}
	if p.f.sealed != "" {
		var err error
		if o.Sealed, err = sealedPlan(p.f.sealed, p.in, p.configs); err != nil {
			return err
		}
	}
	jobs, secrets, err := p.jobs()
	if err != nil {
		return err
	}
	if err := p.writable(); err != nil {
		return err
	}
	o.Run = push.NewRunID(p.began, rand.Reader)
	if p.f.prove > 0 && !p.f.dryRun {
		if p.proof, err = proverFor(p, o.Run, jobs, secrets); err != nil {
			return err
		}
		o.Prove, o.ProveFor = p.proof.prove, p.f.prove
	}
	if !p.f.dryRun {
		if p.journal, err = p.store.Create(p.header(o.Run, jobs)); err != nil {
			return err
		}
	}
	return p.start(jobs, secrets, o)
}

// writable refuses, before a router is asked anything, a place where nothing can be
// written down.
func (p *pushing) writable() error {
	runs := filepath.Dir(p.store.RunDir("-"))
	err := os.MkdirAll(runs, 0o700)
	var probe string
	if err == nil {
		probe, err = os.MkdirTemp(runs, ".probe")
	}
	if err == nil {
		err = os.Remove(probe)
	}
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		err = path.Err
	}
	if err != nil {
		return fmt.Errorf("no place for the journal and the transcripts: %s: %w; XDG_STATE_HOME names another directory", shown(runs), err)
	}
	return nil
}

// start makes the run.
func (p *pushing) start(jobs []push.Job, secrets *push.Secrets, o push.Options) (err error) {
	p.id, p.progress = o.Run, p.newProgress(p.names)
	p.run, err = push.New(p.in.plan, jobs, secrets, p.store, p.journal, o, p.progress.observe)
	return err
}

// end lets everything go.
func (p *pushing) end() {
	err := p.run.Close()
	if p.proof != nil {
		p.proof.close()
	}
	if p.journal != nil {
		err = errors.Join(err, p.journal.Close())
	}
	if err != nil {
		p.tell("%v", err)
	}
}

// header is the first record of the journal.
func (p *pushing) header(run string, jobs []push.Job) push.Header {
	h := push.Header{
		Run: run, Time: p.began, Version: readBuild().Version, Intent: p.in.plan.Name, IntentSHA256: p.in.digest,
		File: p.file, Flags: p.flags,
	}
	if p.file != "-" {
		if path, err := filepath.Abs(p.file); err == nil {
			h.File = path
		}
	}
	for i := range jobs {
		if name := jobs[i].Config.Router; contains(p.names, name) {
			h.Routers = append(h.Routers, p.headerRouter(name, jobs[i].Target))
		}
	}
	return h
}
