package push

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ercfg/ercfg/internal/confdiff"
	"github.com/ercfg/ercfg/internal/frrtest"
	"github.com/ercfg/ercfg/internal/plan"
)

// editedIntent is edgeIntent with values from rnd in many of its places.
func editedIntent(rnd *rand.Rand) string {
	pick := func(of ...string) string { return of[rnd.IntN(len(of))] }
	some := func(least int, of ...string) string {
		var out []string
		for i, p := range of {
			if i < least || rnd.IntN(2) == 0 {
				out = append(out, p)
			}
		}
		return "[" + strings.Join(out, ", ") + "]"
	}
	more := pick("", "      links: primary-first\n") + pick("", "      maxPrefixes: {ipv4: 50}\n", "      maxPrefixes: {ipv4: 70, action: restart}\n") +
		pick("", "      acceptDefault: true\n")
	statement := pick("", ", preference: {er-lab: 250}", ", prepend: {er-lab: 2}", ", preference: {er-lab: 190}, prepend: {er-lab: 1}")
	return strings.NewReplacer(
		"[10.160.0.0/16]", some(1, "10.160.0.0/16", "10.161.0.0/16", "10.170.0.0/15", "10.180.0.0/20", "10.190.0.0/24"),
		"[10.40.0.0/14]", some(1, "10.40.0.0/14", "10.48.0.0/16", "10.50.1.0/24", "192.168.0.0/20"),
		"London", pick("London", "Slough", "Dublin"),
		"{keepalive: 10s, hold: 30s}", pick("{keepalive: 10s, hold: 30s}", "{keepalive: 20s, hold: 60s}", "{keepalive: 60s, hold: 180s}"),
		"bfd: {interval: 300ms, multiplier: 3}\n", "bfd: "+pick("{interval: 300ms, multiplier: 3}", "{interval: 300ms, multiplier: 3}", "{interval: 500ms, multiplier: 4}", "false")+"\n"+more,
		"prefer: [er-lab]", "prefer: [er-lab]"+statement,
	).Replace(edgeIntent)
}

// handEdits are what somebody types on the router, and saves.
var handEdits = [][]string{
	{"route-map LAB-EDGE-ER-LAB-PRIMARY-IN-V4 permit 10", "set local-preference 77", "set weight 9"},
	{"router bgp 65010", "neighbor 172.16.200.2 description by hand", "neighbor 172.16.200.2 advertisement-interval 9"},
	{"router bgp 65010", "address-family ipv4 unicast", "neighbor 172.16.200.6 weight 7"},
	{"interface eth1.150", "description by hand"},
	{"ip prefix-list LAB-EDGE-MORE-V4 seq 10 permit 10.9.0.0/16"},
	{"route-map LAB-EDGE-ER-LAB-PRIMARY-OUT-V4 permit 20", "set metric 7"},
	{"ip route 10.77.0.0/16 blackhole"},
	{"ip prefix-list OTHERS seq 15 permit 10.9.0.0/16"},
}

// contexts are the lines of a configuration, each behind its contexts, sorted: FRR prints
// lists and policies in the order in which they were made.
func contexts(t *testing.T, text string) []string {
	t.Helper()
	c, err := confdiff.Read(confdiff.FRR, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, s := range c.Statements {
		out = append(out, strings.Join(s.Path, " / "))
	}
	slices.Sort(out)
	return out
}

// dropsOf counts, for each session, how often it has gone down.
func (e *edge) dropsOf() map[netip.Addr]int {
	e.t.Helper()
	var all map[string]struct{ ConnectionsDropped *int }
	e.ce.VtyshJSON("show bgp neighbors json", &all)
	out := make(map[netip.Addr]int)
	for key, s := range all {
		if addr, err := netip.ParseAddr(key); err == nil && s.ConnectionsDropped != nil {
			out[addr] = *s.ConnectionsDropped
		}
	}
	return out
}

// awaitBGP waits until the sessions with Microsoft are up.
func (e *edge) awaitBGP() {
	e.t.Helper()
	frrtest.WaitFor(e.t, time.Minute, "both sessions are up", func() (bool, string) {
		var all map[string]struct{ BgpState string }
		e.ce.VtyshJSON("show bgp neighbors json", &all)
		return all["172.16.200.2"].BgpState == Established && all["172.16.200.6"].BgpState == Established, fmt.Sprint(all)
	})
}

// A frrEditor pushes one edit after the other to one router.
type frrEditor struct {
	*edge
	d   *frr
	rnd *rand.Rand
	n   int
}

// An frrStep is one edit and the router before it.
type frrStep struct {
	intent  string
	plan    *plan.Plan
	want    confdiff.Config
	change  confdiff.Change
	have    confdiff.Config
	after   confdiff.Config
	running string
	startup string // and its owner and mode
	drops   map[netip.Addr]int
	told    string // of what was done
}

func (e *frrEditor) pruned(s *frrStep) confdiff.Options {
	return confdiff.Options{Intent: s.plan.Name, Prune: true, BringUp: true}
}

// file is frr.conf with its owner and mode.
func (e *frrEditor) file() string {
	return e.on(e.ce, "stat", "-c", "%U:%G %a", "/etc/frr/frr.conf") + e.startup()
}

// next reads the router, on which somebody has sometimes been, and compares it with an
// intent of chance.
func (e *frrEditor) next() *frrStep {
	e.t.Helper()
	e.n++
	if e.rnd.IntN(3) == 0 {
		argv := []string{"vtysh", "-c", "configure terminal"}
		for _, line := range handEdits[e.rnd.IntN(len(handEdits))] {
			argv = append(argv, "-c", line)
		}
		e.on(e.ce, argv...)
		e.on(e.ce, "vtysh", "-c", "write memory")
	}
	s := &frrStep{intent: editedIntent(e.rnd)}
	p, configs := edgePlan(e.t, s.intent)
	s.plan = p
	e.awaitBGP()
	is, err := e.d.read(e.t.Context())
	if err != nil || is.pending != nil || len(is.unsaved) > 0 {
		e.t.Fatalf("step %d: %v, %+v", e.n, err, is)
	}
	s.have, s.want = e.mustRead(string(is.running)), e.mustRead(configs[0].Text)
	s.change = confdiff.Between(s.want, s.have, e.pruned(s))
	if s.change.Refused != "" {
		e.t.Fatalf("step %d: %s\n%s", e.n, s.change.Refused, s.intent)
	}
	if s.after, err = confdiff.Apply(s.have, s.change.Commands); err != nil {
		e.t.Fatal(err)
	}
	s.running, s.startup, s.drops = e.ce.RunningConfig(), e.file(), e.dropsOf()
	return s
}

func (e *frrEditor) mustRead(text string) confdiff.Config {
	e.t.Helper()
	c, err := confdiff.Read(confdiff.FRR, []byte(text))
	if err != nil {
		e.t.Fatal(err)
	}
	return c
}

// step pushes an edit, which is kept or taken back by chance, and holds the router against
// what it has to be then.
func (e *frrEditor) step() (kind string) {
	e.t.Helper()
	s := e.next()
	if s.change.Same() {
		return "same"
	}
	keep := e.rnd.IntN(2) == 0
	w := &work{run: "r" + strconv.Itoa(e.n), revert: 5 * time.Minute, commands: s.change.Commands, operational: s.change.Operational()}
	x := &transaction{
		limits: limitsFor(5 * time.Minute), platform: confdiff.FRR, work: w, have: s.have, after: s.after,
		open: func(context.Context) (device, error) { return e.d, nil }, device: e.d, testFor: time.Millisecond,
		test: func(context.Context, device) ([]TestResult, error) {
			return []TestResult{{Name: "chance", Pass: keep}}, nil
		},
		say: func(Event) error { return nil },
	}
	x.lookEvery = time.Millisecond
	outcome, phase, err := x.run(e.t.Context())
	s.told = fmt.Sprintf("step %d, %s at %s: %v\n%s\ncommands:\n%s", e.n, outcome, phase, err, s.intent, strings.Join(s.change.Commands, "\n"))
	resets := newOracle(s.plan).touchedBy(&s.plan.Routers[0], &s.change).resets
	switch {
	case keep && outcome == Changed:
		kind = "kept"
		e.isKept(s)
	case !keep && outcome == Reverted:
		kind = "reverted"
		e.isReverted(s)
		// The way back may reset what the way there does not: BFD that goes.
		back := confdiff.Between(s.have, s.after, e.pruned(s))
		maps.Copy(resets, newOracle(s.plan).touchedBy(&s.plan.Routers[0], &back).resets)
	default:
		e.t.Fatal(s.told)
	}
	now := e.dropsOf()
	for addr, n := range s.drops {
		if !resets[Neighbor{"", addr}] && now[addr] != n {
			e.t.Errorf("%s\nsession %s went down %d times, which nobody has predicted", s.told, addr, now[addr]-n)
		}
	}
	if len(resets) > 0 {
		kind += ", resets"
	}
	return kind
}

// isKept: the router has the candidate and has saved it, and a second push types nothing.
func (e *frrEditor) isKept(s *frrStep) {
	e.t.Helper()
	now := e.ce.RunningConfig()
	if apart, err := textApart(confdiff.FRR, []byte(now), s.after); err != nil || len(apart) > 0 {
		e.t.Errorf("%s\nthe running configuration is not the candidate: %v, %q", s.told, err, apart)
	}
	if again := confdiff.Between(s.want, e.mustRead(now), e.pruned(s)); !again.Same() || len(again.Commands) > 0 {
		e.t.Errorf("%s\na second push types %q", s.told, again.Commands)
	}
	if diff := cmp.Diff(frrtest.Normalize(now), frrtest.Normalize(e.startup())); diff != "" {
		e.t.Errorf("%s\nfrr.conf is not the running configuration:\n%s", s.told, diff)
	}
}

// isReverted: the router has what it had, frr.conf to the byte.
func (e *frrEditor) isReverted(s *frrStep) {
	e.t.Helper()
	if diff := cmp.Diff(contexts(e.t, s.running), contexts(e.t, e.ce.RunningConfig())); diff != "" {
		e.t.Errorf("%s\nrunning configuration:\n%s", s.told, diff)
	}
	if diff := cmp.Diff(s.startup, e.file()); diff != "" {
		e.t.Errorf("%s\nfrr.conf:\n%s", s.told, diff)
	}
}

// Whatever a change is, in whatever order they come: the router has the candidate and has
// saved it, or has what it had, and no session is reset but those that were named. More
// than a few steps are for a person: ERCFG_EDITS="150 7" takes 150 with the seed 7.
func TestFRREdits(t *testing.T) {
	t.Parallel()
	steps, seed := 3, uint64(4)
	if text := os.Getenv("ERCFG_EDITS"); text != "" {
		if _, err := fmt.Sscan(text, &steps, &seed); err != nil {
			t.Fatal(err)
		}
	}
	e := newEdge(t)
	ed := &frrEditor{edge: e, d: frrOn(t, e), rnd: rand.New(rand.NewPCG(seed, 0))}
	for range steps {
		if kind := ed.step(); !t.Failed() {
			t.Logf("step %d: %s", ed.n, kind)
			continue
		}
		return
	}
}
