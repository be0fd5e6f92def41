package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/ercfg/ercfg/internal/push"
)

// statusFlags are the flags of status.
type statusFlags struct {
	ask    bool
	format string
	intent string
	sshFlags
}

func (a *app) statusCommand() *cobra.Command {
	var f statusFlags
	cmd := &cobra.Command{
		Use:   "status [RUN]",
		Short: "Show the runs of push, and how they left the routers",
		Long: `status lists the runs of push that this user has begun on this machine, newest
first. With RUN it shows how far that run came with each router, from its
journal: also of a run that goes on in another process, and of one that a crash
has cut off. It changes nothing.

The journal knows what ercfg knew. --ask asks the routers what they have now:
the old configuration or the new one, and whether their undo is armed. It reads
the intent that the run was about; --intent says where that has moved to.`,
		Example: `  ercfg status
  ercfg status 20261127-041512-k3f9
  ercfg status 20261127-041512-k3f9 --ask`,
		Args: atMostRun,
		RunE: func(_ *cobra.Command, args []string) error {
			if a.output == "json" {
				f.format = "json"
			}
			if len(args) == 0 {
				if f.ask {
					return usageError{"status: --ask asks the routers of one run", "name it; `ercfg status` lists them"}
				}
				return a.statusAll(f)
			}
			return a.status(args[0], f)
		},
	}
	flags := cmd.Flags()
	flags.BoolVar(&f.ask, "ask", false, "ask the routers what they have now")
	flags.StringVar(&f.intent, "intent", "", "the intent, where the run's own `FILE` has moved")
	flags.Var(newChoice(&f.format, "text", "json"), "format", "form of the status; --output json is --format json")
	f.sshFlags.flags(flags)
	return cmd
}

// atMostRun takes the name of a run, or none.
func atMostRun(cmd *cobra.Command, args []string) error {
	if len(args) > 1 {
		return usageError{fmt.Sprintf("%s: %q is one argument too many", verb(cmd), args[1]), "usage: " + cmd.UseLine()}
	}
	return nil
}

// runStore is where this user's runs are.
func runStore() (*push.Store, error) {
	dir, err := stateDir()
	return &push.Store{Dir: dir}, err
}

// openRun reads the journal of a run, and knows which there are where there is no
// such.
func openRun(s *push.Store, run string) (*push.Journal, error) {
	j, err := s.Open(run)
	if errors.Is(err, push.ErrNoRun) {
		hint := "`ercfg status` lists the runs of this user on this machine"
		if runs, _ := s.List(); len(runs) == 0 {
			hint = "this user has begun none on this machine"
		}
		return nil, usageError{fmt.Sprintf("there is no run %q", run), hint}
	}
	return j, err
}

// statusAll lists the runs.
func (a *app) statusAll(f statusFlags) error {
	s, err := runStore()
	if err != nil {
		return err
	}
	names, err := s.List()
	if err != nil {
		return err
	}
	var all []runStatus
	var faults []error
	for _, name := range names {
		j, err := s.Open(name)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		all = append(all, newRunStatus(j, nil))
	}
	if f.format == "json" {
		err = writeJSON(a.stdout, newStatusDocument(all))
	} else {
		if len(all) == 0 {
			a.tell("there are no runs")
		}
		err = writeRuns(a.stdout, all)
	}
	for _, fault := range faults {
		a.tell("%s", sentence(fault))
	}
	return product(err)
}

// status shows one run, and is the exit code that its push would have had.
func (a *app) status(run string, f statusFlags) error {
	s, err := runStore()
	if err != nil {
		return err
	}
	j, err := openRun(s, run)
	if errors.Is(err, push.ErrUnbegun) {
		a.tell("%s", err)
		return exitStatus(exitWorld)
	}
	if err != nil {
		return err
	}
	var now []push.Remains
	if f.ask {
		if now, err = a.look(s, j, f); err != nil {
			return err
		}
	}
	st := newRunStatus(j, now)
	if f.format == "json" {
		err = writeJSON(a.stdout, newStatusDocument([]runStatus{st}))
	} else {
		err = st.write(a.stdout, time.Now())
	}
	if err := product(err); err != nil {
		return err
	}
	if code := st.exitCode(); code != exitOK {
		return exitStatus(code)
	}
	return nil
}

// look asks the routers of a run what they have.
func (a *app) look(s *push.Store, j *push.Journal, f statusFlags) (now []push.Remains, err error) {
	p, err := a.recovering(s, j, recoverFlags{intent: f.intent, sshFlags: f.sshFlags, revertAfter: defaultRevert})
	if err != nil {
		return nil, err
	}
	jobs, secrets, err := p.jobs()
	if err != nil {
		return nil, err
	}
	if err := p.start(jobs, secrets, p.options()); err != nil {
		return nil, err
	}
	defer p.end()
	watched(func() { p.progress.note("interrupted") }, func() { os.Exit(exitWorld) }, func(ctx context.Context) {
		p.progress.while(func() { now = p.run.Look(ctx, j) })
	})
	return slices.DeleteFunc(now, func(r push.Remains) bool { return r.Router == "" }), nil
}

// A runStatus is what is known of a run.
type runStatus struct {
	journal *push.Journal
	routers []routerStatus
}

// A routerStatus is what is known of a router.
type routerStatus struct {
	push.RouterState
	armed time.Time     // when an undo that may be armed runs out; zero: none can be
	now   *push.Remains // what the router itself says; nil: it was not asked
}

func newRunStatus(j *push.Journal, now []push.Remains) runStatus {
	st := runStatus{journal: j}
	for _, state := range j.State() {
		r := routerStatus{RouterState: state, armed: state.Deadline}
		if plan := j.PlannedFor(state.Router); plan != nil && state.Phase == push.Arm && r.armed.IsZero() {
			r.armed = state.Time.Add(plan.RevertAfter) // the record of Arm is written before it
		}
		if i := slices.IndexFunc(now, func(n push.Remains) bool { return n.Router == state.Router }); i >= 0 {
			r.now = &now[i]
		}
		st.routers = append(st.routers, r)
	}
	return st
}

// lost reports whether the run was cut off where the router may have been changed.
func (r *routerStatus) lost(alive bool) bool {
	return !alive && r.Outcome == nil && r.Begun
}

// waits reports whether the router may be waiting to undo a change of the run.
func (r *routerStatus) waits(now time.Time) bool {
	return r.armed.After(now) && (r.Outcome == nil || *r.Outcome == push.Pending || *r.Outcome == push.Unknown)
}

// untested reports whether a change is pending that the run has not seen hold.
func (r *routerStatus) untested() bool {
	return r.now != nil && r.now.Pending && r.Outcome == nil && r.Phase != push.Confirm && r.Phase != push.Save
}

// exitCode is the highest of the routers': a run that goes on has none yet.
func (st *runStatus) exitCode() int {
	code, changed := exitOK, false
	for i := range st.routers {
		r := &st.routers[i]
		switch {
		case r.now != nil:
			code, changed = max(code, r.now.Outcome.ExitCode()), changed || r.now.Outcome == push.Changed
		case r.Outcome != nil:
			code, changed = max(code, r.Outcome.ExitCode()), changed || *r.Outcome == push.Changed
		case r.lost(st.journal.Alive):
			code = max(code, exitUnknown)
		case !st.journal.Alive:
			code = max(code, exitWorld)
		}
	}
	if code == exitWorld && changed {
		return exitFindings // which says that something was changed
	}
	return code
}

// state says in a word or two how the run stands.
func (st *runStatus) state() string {
	if st.journal.Alive {
		return fmt.Sprintf("goes on, process %d", st.journal.Header.PID)
	}
	for i := range st.routers {
		if st.routers[i].Outcome == nil {
			return "was cut off"
		}
	}
	return "ended"
}

// counts says how many routers were left how.
func (st *runStatus) counts() string {
	var words []string
	for i := range st.routers {
		words = append(words, st.routers[i].word())
	}
	return tallied(words)
}

// tallied counts equal words, in the order of the alphabet.
func tallied(words []string) string {
	words = slices.Sorted(slices.Values(words))
	var parts []string
	for _, word := range slices.Compact(slices.Clone(words)) {
		n := 0
		for _, w := range words {
			if w == word {
				n++
			}
		}
		parts = append(parts, fmt.Sprintf("%d %s", n, word))
	}
	return strings.Join(parts, ", ")
}

// word is the outcome, or how far it came.
func (r *routerStatus) word() string {
	switch {
	case r.now != nil:
		return r.now.Outcome.String()
	case r.Outcome != nil:
		return r.Outcome.String()
	case r.Time.IsZero():
		return "waits"
	}
	return r.Phase.String()
}

// writeRuns writes a line for each run.
func writeRuns(w io.Writer, all []runStatus) error {
	out := bufio.NewWriter(w)
	for i := range all {
		st := &all[i]
		h := &st.journal.Header
		fmt.Fprintf(out, "%s  %s  %s (%s)\n", h.Run, h.Intent, st.state(), st.counts())
	}
	return out.Flush()
}

// write writes what is known of a run, with what to do about it.
func (st *runStatus) write(w io.Writer, now time.Time) error {
	out := bufio.NewWriter(w)
	h := &st.journal.Header
	fmt.Fprintf(out, "run %s of intent %s: %s\nbegun %s by %s on %s\n", h.Run, h.Intent, st.state(), h.Time.Local().Format(time.DateTime), h.User, h.Host)
	if st.journal.Torn > 0 {
		fmt.Fprintf(out, "the journal has %s that a crash has cut off\n", count(st.journal.Torn, "line"))
	}
	width := 0
	for i := range st.routers {
		width = max(width, len(st.routers[i].Router))
	}
	pending, untested, lost := false, false, false
	for i := range st.routers {
		r := &st.routers[i]
		pending = pending || r.now != nil && r.now.Pending || r.Outcome != nil && *r.Outcome == push.Pending
		untested = untested || r.untested()
		lost = lost || r.now == nil && r.lost(st.journal.Alive)
		fmt.Fprintf(out, "%-*s  %s\n", width, r.Router, printable(r.line(st.journal.Alive, now)))
	}
	if lost {
		fmt.Fprintf(out, "ask the routers: ercfg status %s --ask\n", h.Run)
	}
	switch {
	case st.journal.Alive || !pending:
	case untested:
		fmt.Fprintf(out, "not everything held when the run was cut off: put it back now: ercfg revert %s\nkeep it all the same: ercfg confirm %[1]s\n", h.Run)
	default:
		fmt.Fprintf(out, "keep the change: ercfg confirm %s; put it back now: ercfg revert %[1]s\n", h.Run)
	}
	return out.Flush()
}

// line is what is known of a router, on one line.
func (r *routerStatus) line(alive bool, now time.Time) string {
	parts := []string{r.word()}
	switch {
	case r.now != nil:
		parts = append(parts, "has "+r.now.Has)
		if r.now.Pending {
			parts = append(parts, "undoes the change in "+clock(r.now.Left))
		}
		if len(r.now.Then) > 0 {
			parts = append(parts, "for it to be used at once type: "+strings.Join(r.now.Then, "; "))
		}
		if r.now.Err != "" {
			parts = append(parts, r.now.Err)
		}
		return strings.Join(parts, "; ")
	case r.lost(alive):
		parts[0] = "cut off in " + parts[0]
	}
	if r.Text != "" {
		parts = append(parts, r.Text)
	}
	switch {
	case r.armed.IsZero() || r.Outcome != nil && *r.Outcome != push.Pending && *r.Outcome != push.Unknown:
	case r.armed.After(now):
		parts = append(parts, "the router undoes it by itself at "+r.armed.Local().Format("15:04:05"))
	default:
		parts = append(parts, "the router's undo was due at "+r.armed.Local().Format("15:04:05"))
	}
	return strings.Join(parts, "; ")
}
