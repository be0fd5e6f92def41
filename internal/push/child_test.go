package push

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/ercfg/ercfg/internal/artifact"
	"github.com/ercfg/ercfg/internal/intent"
	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/render"
	"github.com/ercfg/ercfg/internal/secret"
)

// A push that is killed, or that loses its connection, is a process of its own: this
// test binary, run again with an order on its standard input.
const childVariable = "ERCFG_PUSH_CHILD"

func init() {
	if os.Getenv(childVariable) != "" {
		os.Exit(child(os.Stdin, os.Stdout))
	}
}

// An order says what a child is to do.
type order struct {
	Run    string
	Dir    string // of the store
	Intent string // its text
	// Doctor replaces text in what was rendered, old and new by turns: a change that the
	// plan does not want.
	Doctor   []string
	Targets  []orderTarget
	DryRun   bool
	Verb     string // "push", "status", "confirm", "revert"
	Of       string // the run that status, confirm and revert are about
	Undo     time.Duration
	Grace    time.Duration
	TestFor  time.Duration
	Others   bool // save what others have not saved
	Drain    bool
	Prune    bool
	Prove    string // what the prover does; empty: there is none
	ProveFor time.Duration
	Together bool
	Cut      bool   // the connection is cut on purpose, and that is noticed soon
	Secret   string // value of every secret
	Repeat   int    // as many pushes, one after the other; zero: one
}

type orderTarget struct {
	Router, Host, User, Key, Password, KnownHosts string
	Port                                          int
}

// child carries out an order. Each event is a line on out, and nothing goes on before
// a line has come back for it.
func child(in io.Reader, out io.Writer) int {
	lines := bufio.NewReader(in)
	var o order
	text, err := lines.ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(text, &o)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 64
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT)
	defer stop()
	var mu sync.Mutex
	code, err := o.all(ctx, func(e Event) {
		mu.Lock()
		defer mu.Unlock()
		b, _ := json.Marshal(e)
		fmt.Fprintf(out, "%s\n", b)
		if _, err := lines.ReadString('\n'); err != nil {
			os.Exit(70)
		}
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 3
	}
	return code
}

// all runs an order as often as it says; the highest exit code counts.
func (o *order) all(ctx context.Context, observe func(Event)) (int, error) {
	if o.Repeat == 0 {
		return o.run(ctx, observe)
	}
	highest := 0
	for i := range o.Repeat {
		one := *o
		one.Run = fmt.Sprintf("%s-%d", o.Run, i+1)
		code, err := one.run(ctx, observe)
		if err != nil {
			return code, err
		}
		highest = max(highest, code)
	}
	return highest, nil
}

func (o *order) run(ctx context.Context, observe func(Event)) (int, error) {
	doc, found := intent.Parse([]intent.File{{Name: "intent.yaml", Data: []byte(o.Intent)}})
	if found.HasErrors() {
		return 1, fmt.Errorf("%v", found)
	}
	p, found := plan.Resolve(doc, plan.Env{Today: time.Date(2026, 11, 27, 0, 0, 0, 0, time.UTC)})
	if p == nil {
		return 1, fmt.Errorf("%v", found)
	}
	configs, err := render.All(p, render.Options{})
	if err != nil {
		return 1, err
	}
	var jobs []Job
	var refs []secret.Ref
	var header []HeaderRouter
	for _, c := range configs {
		c.Text = strings.NewReplacer(o.Doctor...).Replace(c.Text)
		i := slices.IndexFunc(o.Targets, func(t orderTarget) bool { return t.Router == c.Router })
		in := o.Targets[i]
		t := Target{Router: c.Router, Platform: c.Platform, Host: in.Host, Port: in.Port, User: in.User, KnownHosts: []string{in.KnownHosts},
			Password: secret.NewValue(in.Password), Timeout: 3 * patience, keepalive: patience}
		if o.Cut {
			t.Timeout, t.keepalive = 15*time.Second, 4*time.Second
		}
		if in.Key != "" {
			t.Keys = []Key{{Name: "station", Value: secret.NewValue(in.Key)}}
		}
		jobs = append(jobs, Job{Config: c, Target: t})
		refs = append(refs, c.Secrets...)
		header = append(header, HeaderRouter{Name: c.Router, Platform: c.Platform, Host: in.Host})
	}
	secrets, err := NewSecrets(refs, func(secret.Ref) (secret.Value, error) { return secret.NewValue(o.Secret), nil })
	if err != nil {
		return 3, err
	}
	store := &Store{Dir: o.Dir}
	var journal *Journal
	if !o.DryRun && o.Verb != "status" && o.Verb != "confirm" {
		if journal, err = store.Create(Header{Run: o.Run, Time: time.Now(), Intent: p.Name, Routers: header}); err != nil {
			return 3, err
		}
		defer journal.Close()
	}
	r, err := New(p, jobs, secrets, store, journal, Options{Run: o.Run, DryRun: o.DryRun, Concurrency: 8, RevertAfter: time.Minute, TestFor: 20 * time.Second,
		SaveOthers: o.Others, Prove: o.prover(), ProveFor: o.ProveFor, Ticket: "CHG0042", Drain: o.Drain, Prune: o.Prune, Together: o.Together, Render: func(p *plan.Plan) ([]artifact.Config, error) { return render.All(p, render.Options{}) }}, observe)
	if err != nil {
		return 3, err
	}
	defer r.Close()
	// On a router of ours a minute is a long time.
	r.limits.undo, r.limits.grace, r.limits.margin, r.limits.knockEvery = o.Undo, o.Grace, o.Undo/4, time.Second/2
	r.options.TestFor = o.TestFor
	if p.Routers[0].Platform == plan.FRR {
		r.options.RevertAfter = o.Undo
	}
	return o.do(ctx, r, store)
}

// do does what the verb says and returns the exit code.
func (o *order) do(ctx context.Context, r *Run, store *Store) (int, error) {
	var reports []RouterReport
	code := 0
	if o.Verb != "push" {
		j, err := store.Open(o.Of)
		if err != nil {
			return 3, err
		}
		switch o.Verb {
		case "status":
			for _, l := range r.Look(ctx, j) {
				fmt.Fprintf(os.Stderr, "status: %s: %s, pending %v: %s\n", l.Outcome, l.Has, l.Pending, l.Err)
				code = max(code, l.Outcome.ExitCode())
			}
			return code, nil
		case "confirm":
			reports = r.ConfirmRun(ctx, j)
		case "revert":
			reports = r.RevertRun(ctx, j)
		}
	} else {
		for _, s := range r.Survey(ctx) {
			if s.Err != nil {
				fmt.Fprintf(os.Stderr, "survey: %v\n", s.Err)
				code = max(code, 3)
			} else if o.DryRun && !s.Change.Same() {
				code = max(code, 2)
			}
			for _, line := range s.Opinion {
				fmt.Fprintf(os.Stderr, "opinion: %s\n", line)
			}
		}
		if o.DryRun {
			return code, nil
		}
		reports = r.Apply(ctx)
	}
	for _, report := range reports {
		fmt.Fprintf(os.Stderr, "report: %s at %s: %s %s\n", report.Outcome, report.Phase, report.Err, report.Warning)
		code = max(code, report.Outcome.ExitCode())
	}
	return code, nil
}

// A result is what came of a child.
type result struct {
	code   int // -1: it was killed
	events []Event
	said   string // its standard error
}

// runChild runs an order, in a router's namespaces where enter gives a command for
// them. Each event goes to at before the child goes on; kill ends it there and then.
func runChild(t *testing.T, o order, enter func(argv ...string) *exec.Cmd, at func(e Event, kill func())) result {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	if enter != nil {
		cmd = enter(self)
		cmd.Cancel = nil
	}
	cmd.Env = append(os.Environ(), childVariable+"=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	limit := time.AfterFunc(12*time.Minute, func() { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) })
	defer limit.Stop()
	b, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(stdin, "%s\n", b)
	r := result{}
	for s := bufio.NewScanner(stdout); s.Scan(); {
		var e Event
		if err := json.Unmarshal(s.Bytes(), &e); err != nil {
			t.Errorf("no event: %q", s.Text())
			continue
		}
		r.events = append(r.events, e)
		if at != nil {
			at(e, func() { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) })
		}
		fmt.Fprintln(stdin)
	}
	_ = cmd.Wait()
	r.code, r.said = cmd.ProcessState.ExitCode(), said.String()
	return r
}
