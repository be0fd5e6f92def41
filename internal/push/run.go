package push

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sync"
	"time"

	"github.com/ercfg/ercfg/internal/artifact"
	"github.com/ercfg/ercfg/internal/confdiff"
	"github.com/ercfg/ercfg/internal/plan"
)

// Options say how a run works.
type Options struct {
	Run    string // its id; see NewRunID
	DryRun bool
	// Only names the routers that are changed; empty: all. The others are asked how their
	// links are, where they share a circuit with one that is changed.
	Only []string
	// Concurrency is how many routers are worked on at the same time, 1 at least; those of
	// one circuit never are.
	Concurrency int
	// RevertAfter is when a router undoes the change by itself: whole minutes, 1 to 120
	// (Cisco, Configuration Replace and Configuration Rollback).
	RevertAfter time.Duration
	// TestFor bounds the tests; it is shorter than RevertAfter by a margin.
	TestFor time.Duration
	// Prove proves each step by the traffic, after its tests; nil: nothing is proved.
	// ProveFor bounds it. Both fit into RevertAfter.
	Prove    Prover
	ProveFor time.Duration
	// Together lets one window hold a change that resets the sessions of both links of a
	// circuit, where one router ends both.
	Together bool
	// SaveOthers lets a router save what others have configured and not saved.
	SaveOthers bool
	// Ticket goes into the log of routers that keep one; one printable line.
	Ticket string
	Prune  bool // see confdiff.Options
	// BringUp ends the shutdown of sessions; see confdiff.Options.
	BringUp bool
	// Drain drains a link whose sessions the change resets, before, and ends that after.
	Drain bool
	// Render renders a variant of the plan; needed where Drain is set.
	Render func(*plan.Plan) ([]artifact.Config, error)
	// Sealed are the digests of a sealed plan by router; nil: no plan is sealed. A router
	// that has something else is not changed.
	Sealed map[string]string
}

// A Job is one router of the plan, and the way to it.
type Job struct {
	Config artifact.Config
	Target Target
}

// A Run changes routers. Its methods are called one after the other: Survey, then
// Apply or not, then Close.
type Run struct {
	plan    *plan.Plan
	options Options
	limits  limits
	secrets *Secrets
	store   *Store
	journal *Journal // nil: a dry run keeps none
	observe func(Event)
	oracle  *oracle
	routers []*router
	release func() // of the locks

	mu    sync.Mutex // of observe, and of what follows
	begun int        // routers whose turn has come
}

// A router is one router of a run.
type router struct {
	run    *Run
	job    Job
	plan   *plan.Router
	asked  bool // only for the state of its links
	file   *os.File
	log    *Transcript
	device device
	turn   sync.Mutex // of device: another router's window may ask for our links

	standing *standing
	have     confdiff.Config
	farEnds  map[string]string // of have
	before   Facts
	readAt   time.Time           // before was read
	change   confdiff.Change     // with the values of secrets
	opens    map[netip.Addr]bool // of the survey; see openings
	place    int                 // in the order of the run, from 1; 0: its turn has not come
	digest   string
	opinion  []string
	warnings []string // of the survey
	err      error    // of the survey
	report   RouterReport
}

// Surveyed is what was found on a router. No secret is in it.
type Surveyed struct {
	Router, Platform string
	Version          string // of the router's software
	Change           *confdiff.Change
	Digest           string   // of our slice of its configuration
	Opinion          []string // of the router itself, in a dry run; one line each
	Unsaved          []string // what others have configured and not saved
	Warnings         []string // what a person should know before the change; one line each
	Err              error    // the router was not compared, or must not be changed
}

// New prepares a run over the routers of jobs, which are all routers of the plan.
// Observe is called with each event, before what it announces begins; never by two
// goroutines at a time.
func New(p *plan.Plan, jobs []Job, secrets *Secrets, store *Store, journal *Journal, o Options, observe func(Event)) (*Run, error) {
	if o.RevertAfter < time.Minute || o.RevertAfter > 2*time.Hour || o.RevertAfter%time.Minute != 0 {
		return nil, fmt.Errorf("the undo comes after %s: whole minutes are wanted, 1m to 120m", o.RevertAfter)
	}
	if most := o.RevertAfter - 2*testMargin; o.TestFor > most || o.TestFor <= 0 {
		return nil, fmt.Errorf("tests of %s: they end at least %s before the undo, which comes after %s", o.TestFor, 2*testMargin, o.RevertAfter)
	}
	if err := o.provable(); err != nil {
		return nil, err
	}
	if err := distinct(jobs); err != nil {
		return nil, err
	}
	r := &Run{plan: p, options: o, limits: limitsFor(o.RevertAfter), secrets: secrets, store: store, journal: journal, observe: observe, oracle: newOracle(p), release: func() {}}
	shared := sharingCircuit(p, o.Only)
	for _, j := range jobs {
		at := slices.IndexFunc(p.Routers, func(x plan.Router) bool { return x.Name == j.Config.Router })
		if at < 0 {
			panic("push: a job for a router that the plan does not have: " + j.Config.Router)
		}
		x := &router{run: r, job: j, plan: &p.Routers[at]}
		x.report = RouterReport{Router: j.Config.Router, Platform: j.Config.Platform, Outcome: NotBegun}
		if x.asked = len(o.Only) > 0 && !slices.Contains(o.Only, j.Config.Router); x.asked && !shared[j.Config.Router] {
			continue
		}
		r.routers = append(r.routers, x)
	}
	return r, nil
}

// sharingCircuit names the routers that end a circuit together with one of names.
func sharingCircuit(p *plan.Plan, names []string) map[string]bool {
	out := make(map[string]bool)
	for _, c := range p.Circuits {
		ends := circuitRouters(&c)
		if slices.ContainsFunc(ends, func(e string) bool { return slices.Contains(names, e) }) {
			for _, e := range ends {
				out[e] = true
			}
		}
	}
	return out
}

// circuitRouters names the routers that a circuit's links end on.
func circuitRouters(c *plan.Circuit) []string {
	var out []string
	for _, peering := range c.Peerings {
		for _, l := range peering.Links {
			out = append(out, l.Router)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// tell passes an event on: to the journal first, so that what is begun is on the disk.
func (r *Run) tell(e Event) error {
	e.Time = time.Now()
	var err error
	if r.journal != nil {
		err = r.journal.Event(e)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.observe != nil {
		r.observe(e)
	}
	return err
}

// say is tell for a router. A journal that fails is a warning of its report.
func (x *router) say(e Event) error {
	e.Router = x.job.Config.Router
	err := x.run.tell(e)
	if err != nil && x.report.Warning == "" {
		x.report.Warning = err.Error()
	}
	return err
}

// warn puts a warning into the report of a router that was changed, and into the journal.
func (x *router) warn(text string) {
	if x.report.Warning != "" {
		text = x.report.Warning + "; " + text
	}
	x.report.Warning = text
	x.say(Event{Phase: x.report.Phase, Text: text, Outcome: &x.report.Outcome})
}

// each calls do for routers, as many at a time as the options allow, and waits.
func (r *Run) each(do func(*router)) {
	var wg sync.WaitGroup
	slots := make(chan struct{}, max(1, r.options.Concurrency))
	for _, x := range r.routers {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			do(x)
		})
	}
	wg.Wait()
}

// Survey connects to every router, reads what it has and compares. It changes
// nothing.
func (r *Run) Survey(ctx context.Context) []Surveyed {
	r.each(func(x *router) { x.err = x.survey(ctx) })
	stranding := make(map[*router]error)
	for _, x := range r.routers {
		if x.err == nil && !x.asked {
			stranding[x] = x.lastPath(ctx)
		}
	}
	for x, err := range stranding {
		x.err = err
	}
	var out []Surveyed
	for _, x := range r.routers {
		if !x.asked {
			out = append(out, x.surveyed())
		}
	}
	return out
}

func (x *router) surveyed() Surveyed {
	s := Surveyed{Router: x.job.Config.Router, Platform: x.job.Config.Platform, Err: x.err, Opinion: x.opinion, Warnings: x.warnings, Digest: x.digest}
	if x.standing == nil {
		return s
	}
	s.Version, s.Unsaved = x.standing.version, x.standing.unsaved
	if x.digest != "" {
		c := x.change
		c.Commands, c.Undo = x.masked(c.Commands), x.masked(c.Undo)
		s.Change = &c
	}
	return s
}

// masked are lines with placeholders for the values of secrets.
func (x *router) masked(lines []string) []string {
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = x.run.secrets.Mask(l)
	}
	return out
}

// survey reads one router.
func (x *router) survey(ctx context.Context) error {
	x.say(Event{Phase: Connect, Text: x.job.Target.Host})
	if err := x.reach(ctx); err != nil {
		x.report.Phase = Connect
		return err
	}
	x.say(Event{Phase: Read})
	x.report.Phase = Read
	if x.asked {
		return nil
	}
	if err := x.inspect(ctx); err != nil {
		return err
	}
	var err error
	if x.warnings, err = x.hollow(ctx); err != nil {
		return err
	}
	if x.run.options.DryRun && len(x.change.Commands) > 0 {
		said, err := x.device.opinion(ctx, x.work())
		if err != nil {
			return fmt.Errorf("the router's own opinion: %w", err)
		}
		x.opinion = hideKeys(said)
	}
	return nil
}

// spokenKey is a key in what a router says of a change: frr-reload.py tells them in clear.
var spokenKey = regexp.MustCompile(`\bpassword [^<(\s]\S*`)

// hideKeys takes keys out of what a router says of itself: those that it has already
// nobody has named to us.
func hideKeys(lines []string) []string {
	out := slices.Clone(lines)
	for i := range out {
		out[i] = spokenKey.ReplaceAllString(out[i], "password "+maskText)
	}
	return out
}

// inspect reads what the router has and compares it with the whole rendering.
func (x *router) inspect(ctx context.Context) error {
	if err := x.read(ctx); err != nil {
		return err
	}
	want := x.aim(x.job.Config.Text, nil)
	x.digest = confdiff.Digest(want, x.have, x.run.plan.Name)
	return x.objection()
}

// read reads what the router has, and how it is.
func (x *router) read(ctx context.Context) error {
	s, err := x.device.read(ctx)
	if err != nil {
		return err
	}
	x.standing = s
	if x.have, err = confdiff.Read(x.job.Config.Platform, s.running); err != nil {
		return fmt.Errorf("running configuration: %w", err)
	}
	x.farEnds = farEnds(x.have)
	if x.before, err = x.device.facts(ctx, x.run.oracle.questionFor(x.plan)); err != nil {
		return fmt.Errorf("live state: %w", err)
	}
	x.readAt = time.Now()
	return x.stranger()
}

// see reads how a router is that is asked alone, where the survey has reached it.
func (x *router) see(ctx context.Context) (err error) {
	if !x.asked || x.err != nil || !x.readAt.IsZero() {
		return x.err
	}
	if x.before, err = x.device.facts(ctx, x.run.oracle.questionFor(x.plan)); err == nil {
		x.readAt = time.Now()
	}
	return err
}

// aim compares what the router has with a rendering, but for what is left for later.
func (x *router) aim(rendering string, leave func(*confdiff.Difference) bool) confdiff.Config {
	want, err := confdiff.Read(x.job.Config.Platform, []byte(rendering))
	if err != nil {
		panic("a rendering does not read: " + err.Error())
	}
	want = want.Resolved(x.run.secrets.Fill)
	o := x.run.options
	x.change = confdiff.Between(want, x.have, confdiff.Options{Intent: x.run.plan.Name, Prune: o.Prune, BringUp: o.BringUp, Leave: leave})
	return want
}

// objection says why the router must not be changed.
func (x *router) objection() error {
	s, o := x.standing, x.run.options
	sealed, isSealed := o.Sealed[x.job.Config.Router]
	switch {
	case s.pending != nil:
		return fmt.Errorf("%w: a change of %s waits for its confirmation%s; the router undoes it in %s",
			errForeign, orSomebody(s.pending.by), ofRun(s.pending.run), s.pending.left.Round(time.Second))
	case s.locked != "":
		return fmt.Errorf("%w: %s has the configuration locked", errForeign, s.locked)
	case isSealed && sealed == "":
		return errors.New("the sealed plan was made without this router's configuration: render it again with --running")
	case isSealed && sealed != x.digest:
		return errors.New("the router has something else than when the plan was sealed: somebody has changed ercfg's part since")
	case x.change.Same():
		return nil
	case x.change.Refused != "":
		return errors.New(x.change.Refused)
	case len(s.unsaved) > 0 && !o.SaveOthers:
		return fmt.Errorf("the router has changes that nobody has saved, and saving ours would save them, too: %s; save or undo them, or agree with --save-others", some(x.masked(s.unsaved)))
	}
	if err := x.untypable(); err != nil {
		return err
	}
	return x.unwatchable()
}

func orSomebody(name string) string {
	if name == "" {
		return "somebody"
	}
	return name
}

func ofRun(run string) string {
	if run == "" {
		return ""
	}
	return " (run " + run + ": ercfg status " + run + ")"
}

// untypable refuses lines that a terminal would not take as text.
func (x *router) untypable() error {
	if x.job.Config.Platform == confdiff.FRR {
		return nil // whose lines are read from a file
	}
	for _, line := range x.work().typed() {
		if err := typeable(line); err != nil {
			return fmt.Errorf("%q: %w", x.run.secrets.Mask(line), err)
		}
	}
	return nil
}

// work is what is to be done.
func (x *router) work() *work {
	return &work{run: x.run.options.Run, revert: x.run.options.RevertAfter, ticket: x.run.options.Ticket,
		commands: x.change.Commands, fill: x.run.secrets.Fill, operational: x.change.Operational()}
}

// reach opens the session with the router where there is none.
func (x *router) reach(ctx context.Context) error {
	if x.device != nil {
		return nil
	}
	d, err := x.open(ctx)
	if err == nil {
		x.device = d
	}
	return err
}

// open opens a session of the router's platform.
func (x *router) open(ctx context.Context) (device, error) {
	if err := x.openTranscript(); err != nil {
		return nil, err
	}
	conn, err := Dial(ctx, x.job.Target, x.log)
	if err != nil {
		return nil, err
	}
	var d device
	switch x.job.Config.Platform {
	case confdiff.FRR:
		d, err = newFRR(ctx, conn, x.run.secrets.Mask)
	case confdiff.IOSXE:
		d, err = newIOSXE(ctx, conn, x.job.Target.User)
	case confdiff.Junos:
		d, err = newJunos(ctx, conn, x.job.Target.User)
	default:
		panic("push: no platform: " + x.job.Config.Platform)
	}
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return d, nil
}

// openTranscript opens the file that keeps every byte of the sessions with the
// router.
func (x *router) openTranscript() error {
	if x.log != nil {
		return nil
	}
	dir := x.run.store.RunDir(x.run.options.Run)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("transcript: %w", err)
	}
	name := filepath.Join(dir, x.job.Config.Router+".transcript")
	f, err := os.OpenFile(name, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("transcript: %w", err)
	}
	x.file, x.log, x.report.Transcript = f, NewTranscript(f, x.run.secrets.values), name
	return nil
}

// Close ends the sessions and lets the locks go.
func (r *Run) Close() error {
	var all []error
	for _, x := range r.routers {
		x.turn.Lock()
		if x.device != nil {
			_ = x.device.close() // whatever it says, the session is over
			x.device = nil
		}
		if x.log != nil {
			all = append(all, x.log.Close(), x.file.Close())
			x.log, x.file = nil, nil
		}
		x.turn.Unlock()
	}
	r.release()
	return errors.Join(all...)
}
