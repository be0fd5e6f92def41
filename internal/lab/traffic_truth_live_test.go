//go:build linux

package lab_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ercfg/ercfg/internal/lab"
	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/sim"
	"github.com/ercfg/ercfg/internal/verify"
)

// telemetry exports every packet's flow soon after it has ended.
const telemetry = "{protocol: ipfix, collector: {host: %s, port: 2055}, sampling: %d, activeTimeout: 5s, inactiveTimeout: 2s}"

// silence is for how long nothing comes when all flows are told of: many times the
// timeouts of telemetry, so that it needs no quiet machine.
const silence = 10 * time.Second

// How far what was sent before, and the traffic that counts, lie from the moment that
// parts them. Exporters cut time to seconds: in IPFIX a flow may seem to begin one second
// late, and in NetFlow v9 of pmacct some have seemed to begin more than one early.
const (
	sentBefore = 1200 * time.Millisecond
	sentAfter  = 2500 * time.Millisecond
)

// enoughSent is how many packets of a stream leave no doubt, in packets.
const enoughSent = 100

// A flowTruth is a lab whose exporters are listened to, and whose kernels count the
// same traffic on the same interfaces.
type flowTruth struct {
	*testing.T
	l          *lab.Lab
	p          *plan.Plan
	interfaces map[string]map[uint32]string
	legs       []truthLeg
	listeners  atomic.Pointer[[]*verify.Verification]
	// way is what happens to a datagram on its way in; nil: nothing. What it returns
	// empty is lost.
	way atomic.Pointer[func([]byte) []byte]
}

// A truthRun is traffic that is verified.
type truthRun struct {
	outcomes []*sim.Outcome // each is judged by itself; none: the normal state
	rate     int            // packets a second of each stream; 0: 50
	lasts    time.Duration  // 0: six seconds, thirteen flows of each stream
	// hidden is what the exporter cannot tell of; nil: it can tell of everything.
	hidden func(truthKey) bool
	// lossy exporters do not tell of every packet.
	lossy bool
	// during happens while traffic runs, which ends some seconds after it.
	during func()
	// after happens when the traffic is over.
	after func()
	// plan is what verify knows; nil: that of the lab.
	plan *plan.Plan
	// deaf forgets the templates that were told before.
	deaf bool
}

// A truthLeg is a link or a tunnel, and the interface that it is.
type truthLeg struct {
	verify.Leg
	device string
}

// A truthKey is what the kernel counts.
type truthKey struct {
	leg       string
	family    plan.Family
	direction sim.Direction
}

// newFlowTruth brings a lab up, waits for its normal state, and listens.
func newFlowTruth(t *testing.T, p *plan.Plan) *flowTruth {
	t.Helper()
	f := &flowTruth{T: t, p: p}
	f.l, _ = up(t, p, lab.Options{GatewayHold: 9 * time.Second})
	var err error
	if f.interfaces, err = f.l.Interfaces(t.Context()); err != nil {
		t.Fatal(err)
	}
	f.findLegs()
	f.listen(&truthRun{outcomes: []*sim.Outcome{f.outcome("")}}, time.Now())
	sockets, err := f.l.Listen(":2055", 1)
	if err != nil {
		t.Fatal(err)
	}
	var wait sync.WaitGroup
	wait.Go(func() { f.read(sockets[0]) })
	t.Cleanup(func() { _ = sockets[0].Close(); wait.Wait() })
	f.heal()
	return f
}

// listen begins a verification for each outcome. They know the templates of the ones
// before: an exporter tells them every eighteenth datagram.
func (f *flowTruth) listen(run *truthRun, since time.Time) []*verify.Verification {
	f.Helper()
	idle, err := f.l.Exporting(f.Context())
	if err != nil {
		f.Fatal(err)
	}
	p := run.plan
	if p == nil {
		p = f.p
	}
	var out []*verify.Verification
	for _, outcome := range run.outcomes {
		v := verify.New(p, *outcome, verify.Options{Source: "the lab", Since: since, Asked: f.interfaces, Idle: idle}, since)
		if last := f.listeners.Load(); last != nil && !run.deaf {
			var templates bytes.Buffer
			if err := errors.Join((*last)[0].SaveTemplates(&templates), v.LoadTemplates(&templates)); err != nil {
				f.Fatal(err)
			}
		}
		out = append(out, v)
	}
	f.listeners.Store(&out)
	return out
}

// read hands datagrams to whatever listens now.
func (f *flowTruth) read(conn *net.UDPConn) {
	packet := make([]byte, 1<<16)
	for {
		n, from, err := conn.ReadFromUDPAddrPort(packet)
		if err != nil {
			return
		}
		payload := packet[:n]
		if way := f.way.Load(); way != nil {
			if payload = (*way)(payload); len(payload) == 0 {
				continue
			}
		}
		for _, v := range *f.listeners.Load() {
			v.Packet(payload, from, time.Now())
		}
	}
}

func (f *flowTruth) findLegs() {
	for i := range f.p.Routers {
		r := &f.p.Routers[i]
		for j := range r.Links {
			l := &r.Links[j]
			f.legs = append(f.legs, truthLeg{verify.Leg{Path: l.Path, Router: r.Name, Position: l.Position}, l.Subinterface()})
		}
		for j := range r.Tunnels {
			l := &r.Tunnels[j]
			f.legs = append(f.legs, truthLeg{verify.Leg{Path: l.Path, Router: r.Name, Instance: l.Instance}, l.Interface})
		}
	}
}

// outcome is what is predicted for a scenario.
func (f *flowTruth) outcome(name string) *sim.Outcome {
	f.Helper()
	s, err := sim.ParseScenario(f.p, name)
	if err != nil {
		f.Fatal(err)
	}
	return &sim.Predict(f.p, []sim.Scenario{s}).Outcomes[0]
}

func (f *flowTruth) heal() {
	f.Helper()
	if trouble, err := f.l.Heal(f.Context(), f.p, f.outcome(""), f.Logf); err != nil || trouble != "" {
		f.Fatalf("the normal state: %s, %v", trouble, err)
	}
}

func (f *flowTruth) fail(name string) {
	f.Helper()
	if different, err := f.l.Fail(f.Context(), f.p, f.outcome(name), "", f.Logf); err != nil || len(different) > 0 {
		f.Fatalf("%s: %q, %v", name, different, err)
	}
}

// count begins to count what is forwarded of the lab's traffic on every leg.
func (f *flowTruth) count() {
	f.Helper()
	for i := range f.p.Routers {
		router := f.p.Routers[i].Name
		var b strings.Builder
		b.WriteString("add table inet truth; delete table inet truth; add table inet truth; add chain inet truth legs { type filter hook forward priority 0; }; ")
		for n, leg := range f.legs {
			if leg.Router != router {
				continue
			}
			for direction, side := range []string{"oifname", "iifname"} {
				for family, word := range []string{"ipv4", "ipv6"} {
					name := fmt.Sprintf("leg%d_%d_%d", n, direction, family)
					fmt.Fprintf(&b, "add counter inet truth %s; add rule inet truth legs %s %q meta nfproto %s udp dport 30000-30063 counter name %s; ", name, side, leg.device, word, name)
				}
			}
		}
		if _, err := f.l.Node(router).Exec(f.Context(), "nft", b.String()); err != nil {
			f.Fatal(err)
		}
	}
}

// counted is what the kernels have counted.
func (f *flowTruth) counted() map[truthKey]verify.Amount {
	f.Helper()
	out := make(map[truthKey]verify.Amount)
	for i := range f.p.Routers {
		text, err := f.l.Node(f.p.Routers[i].Name).Exec(f.Context(), "nft", "-j", "list", "table", "inet", "truth")
		if err != nil {
			f.Fatal(err)
		}
		var list struct {
			NFTables []struct {
				Counter struct {
					Name           string
					Packets, Bytes uint64
				}
			}
		}
		if err := json.Unmarshal([]byte(text), &list); err != nil {
			f.Fatal(err)
		}
		for _, x := range list.NFTables {
			var leg, direction, family int
			if n, _ := fmt.Sscanf(x.Counter.Name, "leg%d_%d_%d", &leg, &direction, &family); n == 3 && x.Counter.Packets > 0 {
				out[truthKey{f.legs[leg].String(), plan.Family(family), sim.Direction(direction)}] = verify.Amount{Packets: x.Counter.Packets, Bytes: x.Counter.Bytes}
			}
		}
	}
	return out
}

// verified listens while traffic is sent, until everything is told of, and judges by
// each outcome. What was sent before does not count: it began before the time that is
// judged.
func (f *flowTruth) verified(run truthRun) ([]*verify.Report, map[truthKey]verify.Amount) {
	f.Helper()
	if run.outcomes == nil {
		run.outcomes = []*sim.Outcome{f.outcome("")}
	}
	began := time.Now()
	f.count()
	f.until(began.Add(sentBefore))
	all := f.listen(&run, time.Now())
	f.until(time.Now().Add(sentAfter))
	sent := f.send(&run)
	truth := f.counted()
	if run.after != nil {
		run.after()
	}
	maps.DeleteFunc(truth, func(k truthKey, _ verify.Amount) bool { return run.hidden != nil && run.hidden(k) })
	f.told(&run, all, truth)
	if len(truth) == 0 {
		// That nothing goes takes as long as a router may keep a flow.
		f.until(time.Now().Add(f.p.Routers[0].Flow.Active))
	}
	var out []*verify.Report
	for _, v := range all {
		r := v.Report(time.Now())
		var text strings.Builder
		if err := verify.WriteText(&text, r, 160); err != nil {
			f.Fatal(err)
		}
		f.Logf("traffic %+v\n%s", sent.Rows, &text)
		out = append(out, r)
	}
	return out, truth
}

// send sends the traffic of a run.
func (f *flowTruth) send(run *truthRun) *lab.TrafficReport {
	f.Helper()
	o := lab.TrafficOptions{For: cmp.Or(run.lasts, 6*time.Second), Rate: cmp.Or(run.rate, 50)}
	if run.during != nil {
		o.For = 2 * time.Minute
	}
	ctx, stop := context.WithCancel(f.Context())
	defer stop()
	var sent *lab.TrafficReport
	var err error
	var wait sync.WaitGroup
	wait.Go(func() {
		// A busy machine sends less than it is asked for.
		for n := uint64(0); err == nil && ctx.Err() == nil && n < enoughSent; n += sent.Rows[0].Sent {
			sent, err = f.l.Traffic(ctx, f.p, o)
		}
	})
	if run.during != nil {
		f.until(time.Now().Add(2 * time.Second))
		run.during()
		f.until(time.Now().Add(3 * time.Second))
		stop()
	}
	wait.Wait()
	if err != nil {
		f.Fatal(err)
	}
	return sent
}

// until waits for a moment, unless the test is over before.
func (f *flowTruth) until(at time.Time) {
	select {
	case <-f.Context().Done():
	case <-time.After(time.Until(at)):
	}
}

// told waits until all that the kernels have counted is told of, or where exporters
// lose some until nothing has come for so long that nothing is left to come.
func (f *flowTruth) told(run *truthRun, all []*verify.Verification, truth map[truthKey]verify.Amount) {
	f.Helper()
	heard, since, began := uint64(0), time.Now(), time.Now()
	for time.Since(since) < silence {
		r := all[0].Report(time.Now())
		if got := seen(r); !run.lossy && !slices.ContainsFunc(slices.Collect(maps.Keys(truth)), func(k truthKey) bool { return got[k].Samples < truth[k].Packets }) {
			return
		}
		if now := records(r); now != heard {
			heard, since = now, time.Now()
		}
		if time.Since(began) > time.Minute {
			f.Fatal("exporters tell of new flows a minute after the last packet")
		}
		f.until(time.Now().Add(100 * time.Millisecond))
		if f.Context().Err() != nil {
			f.Fatal(f.Context().Err())
		}
	}
}

// records is how many records of statements have come: some exporters tell of the
// routers' own packets for ever.
func records(r *verify.Report) uint64 {
	var n uint64
	for _, j := range r.Judgements {
		n += j.Total.Records + j.NotPlaced.Records + j.Ambiguous.Records + j.Early.Records
	}
	return n
}

// Of samples, what is made of them agrees with what the kernels have counted.
func TestFlowTruthSampled(t *testing.T) {
	t.Parallel()
	needExporter(t)
	f := newFlowTruth(t, exported(t, "01-two-ce-private", fmt.Sprintf(telemetry, "10.10.1.50", 10), nil))
	r, truth := f.verified(truthRun{rate: 200, lasts: 10 * time.Second, lossy: true})
	f.agree(r[0], truth)
	f.all(r[0], verify.Pass)
	for _, e := range r[0].Exporters {
		if e.Router == "" || e.Sampled != 10 {
			f.Errorf("%s is %q and samples one packet in %d (%s)", e.Addr, e.Router, e.Sampled, e.SampledBy)
		}
	}
	if len(r[0].Exporters) != 2 {
		f.Errorf("%d exporters, want two", len(r[0].Exporters))
	}
}

// What goes in clear text although it is to be encrypted is found and counted.
func TestFlowTruthLeak(t *testing.T) {
	t.Parallel()
	needExporter(t)
	f := newFlowTruth(t, exported(t, "04-encrypted-over-private", fmt.Sprintf(telemetry, "10.20.1.50", 1), nil))
	r, truth := f.verified(truthRun{})
	f.agree(r[0], truth)
	f.all(r[0], verify.Pass)
	f.fail("ipsec-zurich")
	r, truth = f.verified(truthRun{})
	f.agree(r[0], truth)
	for _, j := range r[0].Judgements {
		// The other statement may go in clear text, and back it is to.
		want := verify.Fail
		if j.Statement == "everything-else" && j.Direction == sim.FromAzure {
			want = verify.Pass
		}
		if leak := j.Statement == "payroll"; j.Verdict != want || j.Clear.Packets > 0 != leak {
			f.Errorf("%s %s: %s with %d packets in clear text, want %s: %q", j.Statement, j.Direction, j.Verdict, j.Clear.Packets, want, j.Reasons)
		}
	}
}
