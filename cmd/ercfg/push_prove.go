package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/ercfg/ercfg/internal/push"
	"github.com/ercfg/ercfg/internal/sim"
	"github.com/ercfg/ercfg/internal/verify"
)

// A flowProof proves the steps of a push by what the routers export of their flows.
type flowProof struct {
	*verifying // its sockets, and what it has learnt of exporters
	jobs       []push.Job
	secrets    *push.Secrets
	store      *push.Store
	run        string   // of the transcripts of asking
	changing   []string // routers that the push changes
	open       []*net.UDPConn
	where      string // that is listened on

	mu      sync.Mutex
	windows []*verify.Verification // that take datagrams now

	asking sync.Mutex
	said   []push.Asked // of all routers
	told   time.Time    // when
}

// proverFor opens the sockets that the routers of a push export to. Whoever closes the
// push closes them.
func proverFor(p *pushing, run string, jobs []push.Job, secrets *push.Secrets) (*flowProof, error) {
	f := &flowProof{verifying: &verifying{app: p.app, file: p.file, in: p.in}, jobs: jobs, secrets: secrets, store: p.store, run: run + "-asked"}
	f.f.listen, f.f.sockets, f.f.sshFlags, f.f.idle = p.f.listen, 1, p.f.sshFlags, p.f.idle
	if p.f.lab {
		_, exporting, err := labRouters(context.Background(), p.in.plan.Name)
		if err != nil {
			return nil, err
		}
		f.f.idle = slices.Concat(f.f.idle, exporting)
	}
	addresses, err := f.addresses()
	if err != nil {
		return nil, err
	}
	sockets, where, err := f.sockets(addresses)
	if err != nil {
		return nil, err
	}
	f.open, f.where = sockets, "UDP "+strings.Join(addresses, ", ")+where
	f.v = verify.New(p.in.plan, sim.Predict(p.in.plan, []sim.Scenario{{}}).Outcomes[0], verify.Options{Source: f.where}, time.Now())
	f.loadTemplates()
	return f, nil
}

// while listens until do has returned. An interruption of the push does not end it: the
// push itself ends its windows.
func (f *flowProof) while(do func()) error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var wg sync.WaitGroup
	var heard error
	wg.Go(func() { _, heard = verify.Listen(ctx, f.open, f.datagram) })
	do()
	cancel()
	wg.Wait()
	f.saveTemplates()
	return heard
}

// close closes the sockets.
func (f *flowProof) close() {
	for _, c := range f.open {
		_ = c.Close()
	}
}

// datagram hands a datagram to what learns templates, and to every window.
func (f *flowProof) datagram(_ int, payload []byte, from netip.AddrPort, at time.Time) {
	f.v.Packet(payload, from, at)
	f.mu.Lock()
	windows := f.windows
	f.mu.Unlock()
	for _, w := range windows {
		w.Packet(payload, from, at)
	}
}

// window begins to judge what passes from now on. Templates that have come before are
// known in it.
func (f *flowProof) window(s *stepProof) (*verify.Verification, error) {
	now := time.Now()
	w := verify.New(s.step.Plan, s.outcome, verify.Options{Source: f.where, Since: now, Asked: s.interfaces, Idle: f.f.idle}, now)
	var templates bytes.Buffer
	if err := f.v.SaveTemplates(&templates); err != nil {
		return nil, err
	}
	if err := w.LoadTemplates(&templates); err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.windows = append(slices.Clone(f.windows), w) // datagram may be at work on the old list
	return w, nil
}

func (f *flowProof) shut(w *verify.Verification) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.windows = slices.DeleteFunc(slices.Clone(f.windows), func(o *verify.Verification) bool { return o == w })
}

// A stepProof is what is known of the routers in one step.
type stepProof struct {
	step       push.Proving
	outcome    sim.Outcome
	interfaces map[string]map[uint32]string
}

// prove is a push.Prover. It waits for a PASS. A FAIL begins the window anew, and asks
// the routers again: right after a change the far end may not have followed yet, another
// router may be at work, and what was sent then would count for ever. The last word is
// that of the deadline.
func (f *flowProof) prove(ctx context.Context, step push.Proving, say func(string)) ([]push.TestResult, error) {
	failed := ""
	for {
		w, err := f.window(f.learn(ctx, step, say))
		if err != nil {
			return nil, err
		}
		rows, over := f.watch(ctx, w, step.Router, say)
		f.shut(w)
		verdict, text := worst(rows)
		switch {
		case verdict == verify.Pass:
			return tested(rows), nil
		case verdict == verify.Fail:
			failed = text
		}
		if !over {
			say(text + "; looking again")
			continue
		}
		if verdict != verify.Fail && failed != "" {
			text += "; before that: " + failed
		}
		return tested(rows), errors.New(text)
	}
}

// watch looks at a window until it fails, or passes for as long as routers keep a flow
// before they tell of it, or the time is over.
func (f *flowProof) watch(ctx context.Context, w *verify.Verification, router string, say func(string)) (rows []verify.Judgement, over bool) {
	tick := time.NewTicker(lookAgain)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			over = true
		case <-tick.C:
		}
		report := w.Report(time.Now())
		rows = f.concerning(report.Judgements, router)
		verdict, text := worst(rows)
		// A flow that goes where it must not may be told of as late as routers keep one.
		if over || verdict == verify.Fail || verdict == verify.Pass && w.Settled(time.Now()) {
			return rows, over
		}
		say(text)
	}
}

// freshFor is how long what the routers have said of themselves is believed: with
// hundreds of them, one proof after the other would do nothing but log in.
const freshFor = 30 * time.Second

// learn asks the router of a step which numbers its interfaces have now, and all routers
// of the push which state they are in, and predicts from that.
func (f *flowProof) learn(ctx context.Context, step push.Proving, say func(string)) *stepProof {
	s := &stepProof{step: step, interfaces: make(map[string]map[uint32]string)}
	facts := make(map[string]push.Facts)
	own := slices.IndexFunc(f.jobs, func(j push.Job) bool { return j.Config.Router == step.Router })
	for _, r := range append(f.all(ctx, say), f.ask(ctx, f.jobs[own:own+1], "-"+step.Router, say)...) {
		s.interfaces[r.Router] = r.Interfaces
		delete(facts, r.Router)
		if r.Err == nil {
			facts[r.Router] = r.Facts
		}
	}
	state, notes := push.ScenarioOf(step.Plan, facts)
	if len(notes) > 0 {
		say(strings.Join(notes, "; "))
	}
	s.outcome = sim.Predict(step.Plan, []sim.Scenario{state}).Outcomes[0]
	return s
}

// all is what all routers of the push say, or have said a moment ago.
func (f *flowProof) all(ctx context.Context, say func(string)) []push.Asked {
	f.asking.Lock()
	defer f.asking.Unlock()
	if time.Since(f.told) > freshFor {
		f.said = f.ask(ctx, f.jobs, "", say)
		f.told = time.Now()
	}
	return slices.Clip(f.said)
}

// ask asks routers, in sessions that have transcripts of their own.
func (f *flowProof) ask(ctx context.Context, jobs []push.Job, of string, say func(string)) []push.Asked {
	found, err := push.Ask(ctx, f.in.plan, jobs, f.secrets, f.store, f.run+of)
	if err != nil {
		say(sentence(err))
	}
	return found
}

// changes says which routers the push changes: before and after its turn each may have
// other traffic than the plan says.
func (f *flowProof) changes(differ []*push.Surveyed) {
	if f == nil {
		return
	}
	for _, s := range differ {
		f.changing = append(f.changing, s.Router)
	}
}

// concerning are the rows about traffic that a router carries, or is to carry, and those
// that fail although nothing is changed where they belong: traffic has moved. Of one
// that is to carry none, all rows say where the traffic is.
func (f *flowProof) concerning(rows []verify.Judgement, router string) []verify.Judgement {
	var out []verify.Judgement
	for _, j := range rows {
		carries := slices.ContainsFunc(j.Legs, func(l verify.LegShare) bool { return l.Leg.Router == router && l.Bytes > 0 })
		mine := slices.ContainsFunc(j.Expected, func(l verify.Leg) bool { return l.Router == router })
		changing := slices.ContainsFunc(j.Expected, func(l verify.Leg) bool { return slices.Contains(f.changing, l.Router) })
		if carries || mine || j.Verdict == verify.Fail && !changing {
			out = append(out, j)
		}
	}
	if len(out) == 0 {
		return rows
	}
	return out
}

// worst is the verdict on rows, and the sentence for a person.
func worst(rows []verify.Judgement) (verify.Verdict, string) {
	if len(rows) == 0 {
		return verify.Insufficient, "INSUFFICIENT: the intent has no traffic that could prove anything"
	}
	at, passed := 0, 0
	for i, j := range rows {
		if j.Verdict > rows[at].Verdict {
			at = i
		}
		if j.Verdict == verify.Pass {
			passed++
		}
	}
	j := &rows[at]
	text := fmt.Sprintf("%s: %d of %s pass", j.Verdict, passed, count(len(rows), "row"))
	if j.Verdict != verify.Pass {
		text += "; " + rowName(j) + ": " + strings.Join(j.Reasons[:min(1, len(j.Reasons))], "")
	}
	return j.Verdict, text
}

// rowName is a row as a person reads it.
func rowName(j *verify.Judgement) string {
	name := fmt.Sprintf("%s, %s %s", j.Statement, j.Family, j.Direction)
	if j.Default {
		name += ", default route"
	}
	return name
}

// tested are the rows as tests of the push's report.
func tested(rows []verify.Judgement) []push.TestResult {
	var out []push.TestResult
	for i := range rows {
		j := &rows[i]
		t := push.TestResult{Name: "traffic of " + rowName(j), Want: "none", Got: j.Verdict.String(), Pass: j.Verdict == verify.Pass}
		var legs []string
		for _, l := range j.Expected {
			legs = append(legs, l.String())
		}
		if len(legs) > 0 {
			t.Want = strings.Join(legs, ", ")
		}
		if len(j.Reasons) > 0 {
			t.Got += ": " + j.Reasons[0]
		}
		out = append(out, t)
	}
	return out
}
