//go:build linux

package lab_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
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
const telemetry = "{protocol: ipfix, collector: {host: %s, port: 2055}, sampling: %d, activeTimeout: 10s, inactiveTimeout: 10s}"

// A flowTruth is a lab whose exporters are listened to, and whose kernels count the
// same traffic on the same interfaces.
type flowTruth struct {
	*testing.T
	l          *lab.Lab
	p          *plan.Plan
	interfaces map[string]map[uint32]string
	legs       []truthLeg
	listener   atomic.Pointer[verify.Verification]
	silence    time.Duration // for which nothing comes when all flows are told of
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
	// The timeout of a silent flow, and twice the time between two looks for what has
	// expired.
	f := &flowTruth{T: t, p: p, silence: 20 * time.Second}
	f.l, _ = up(t, p, lab.Options{GatewayHold: 9 * time.Second})
	var err error
	if f.interfaces, err = f.l.Interfaces(t.Context()); err != nil {
		t.Fatal(err)
	}
	f.findLegs()
	f.listen(f.outcome(""), time.Now())
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

// listen begins a verification. It knows the templates of the one before: an exporter
// tells them every eighteenth datagram.
func (f *flowTruth) listen(outcome *sim.Outcome, since time.Time) *verify.Verification {
	f.Helper()
	v := verify.New(f.p, *outcome, verify.Options{Source: "the lab", Since: since, Asked: f.interfaces}, since)
	if last := f.listener.Load(); last != nil {
		var templates bytes.Buffer
		if err := errors.Join(last.SaveTemplates(&templates), v.LoadTemplates(&templates)); err != nil {
			f.Fatal(err)
		}
	}
	f.listener.Store(v)
	return v
}

// read hands datagrams to whatever listens now.
func (f *flowTruth) read(conn *net.UDPConn) {
	packet := make([]byte, 1<<16)
	for {
		n, from, err := conn.ReadFromUDPAddrPort(packet)
		if err != nil {
			return
		}
		f.listener.Load().Packet(packet[:n], from, time.Now())
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

// verified listens while traffic is sent, until nothing can follow of it, and judges
// by an outcome. What was sent before has been told of by then, and does not count.
func (f *flowTruth) verified(outcome *sim.Outcome, o lab.TrafficOptions) (*verify.Report, map[truthKey]verify.Amount) {
	f.Helper()
	f.quiet(f.listener.Load())
	f.count()
	// Exporters tell time in whole seconds: a flow may seem to begin one before.
	v := f.listen(outcome, time.Now().Add(-time.Second))
	sent, err := f.l.Traffic(f.Context(), f.p, o)
	if err != nil || !sent.Arrived() {
		f.Fatalf("%+v, %v", sent, err)
	}
	f.quiet(v)
	r := v.Report(time.Now())
	var text strings.Builder
	if err := verify.WriteText(&text, r, 160); err != nil {
		f.Fatal(err)
	}
	f.Logf("traffic %+v\n%s", sent.Rows, &text)
	return r, f.counted()
}

// quiet waits until nothing has come for so long that nothing is left to come.
func (f *flowTruth) quiet(v *verify.Verification) {
	f.Helper()
	heard, since, began := told(v), time.Now(), time.Now()
	for time.Since(since) < f.silence {
		if now := told(v); now != heard {
			heard, since = now, time.Now()
		}
		if time.Since(began) > time.Minute {
			f.Fatal("exporters tell of new flows a minute after the last packet")
		}
		select {
		case <-f.Context().Done():
			f.Fatal(f.Context().Err())
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// told is how many records of statements have come: some exporters tell of the routers'
// own packets for ever.
func told(v *verify.Verification) uint64 {
	var n uint64
	for _, j := range v.Report(time.Now()).Judgements {
		n += j.Total.Records + j.NotPlaced.Records + j.Ambiguous.Records + j.Early.Records
	}
	return n
}

// seen adds up what a report has seen, as the kernel counts it.
func seen(r *verify.Report) map[truthKey]verify.Amount {
	out := make(map[truthKey]verify.Amount)
	for _, j := range r.Judgements {
		for _, leg := range j.Legs {
			if leg.Packets == 0 {
				continue
			}
			key := truthKey{leg.Leg.String(), j.Family, j.Direction}
			sum := out[key]
			sum.Packets += leg.Packets
			sum.Bytes += leg.Bytes
			sum.Samples += leg.Samples
			out[key] = sum
		}
	}
	return out
}

// agree compares packets and bytes on every leg. off is the part that they may differ
// by, beside five standard deviations of what sampling makes of them.
func (f *flowTruth) agree(r *verify.Report, truth map[truthKey]verify.Amount, off float64) {
	f.Helper()
	got := seen(r)
	if len(truth) == 0 {
		f.Error("the kernels have counted nothing")
	}
	for key := range got {
		if _, ok := truth[key]; !ok {
			f.Errorf("%+v: verify has seen %+v, and the kernel nothing", key, got[key])
		}
	}
	for key, want := range truth {
		// One packet in N by chance: the number of samples is binomial.
		sigma := math.Sqrt(float64(want.Packets) * float64(f.p.Routers[0].Flow.Sampling-1))
		for _, n := range []struct {
			what      string
			got, want uint64
		}{{"packets", got[key].Packets, want.Packets}, {"bytes", got[key].Bytes, want.Bytes}} {
			allowed := off*float64(n.want) + 5*sigma*float64(n.want)/float64(want.Packets)
			if math.Abs(float64(n.got)-float64(n.want)) > allowed {
				f.Errorf("%+v: verify has seen %d %s, and the kernel %d", key, n.got, n.what, n.want)
			}
		}
	}
}

// all fails the test where a verdict is another one.
func (f *flowTruth) all(r *verify.Report, allowed ...verify.Verdict) {
	f.Helper()
	if len(r.Judgements) == 0 {
		f.Error("nothing is judged")
	}
	for _, j := range r.Judgements {
		if !slices.Contains(allowed, j.Verdict) {
			f.Errorf("%s %s %s: %s, want %v: %q", j.Statement, j.Family, j.Direction, j.Verdict, allowed, j.Reasons)
		}
	}
}

// Both links of a circuit carry both families, both ways; one that fails carries
// nothing, and a prediction that is wrong is found out. What verify says of every
// link is what its kernel has counted: to the byte, where every packet is exported.
func TestFlowTruth(t *testing.T) {
	t.Parallel()
	needExporter(t)
	f := newFlowTruth(t, exported(t, "02-dual-stack-one-ce", fmt.Sprintf(telemetry, "10.40.1.50", 1), nil))
	o := lab.TrafficOptions{For: 10 * time.Second, Rate: 50}
	f.Log("normal")
	r, truth := f.verified(f.outcome(""), o)
	f.agree(r, truth, 0)
	f.all(r, verify.Pass)
	f.Log("one link")
	f.fail("er-reston.primary")
	r, truth = f.verified(f.outcome("er-reston.primary"), o)
	f.agree(r, truth, 0)
	f.all(r, verify.Pass)
	f.Log("one link, and nobody has told")
	r, truth = f.verified(f.outcome(""), o)
	f.agree(r, truth, 0)
	f.all(r, verify.Fail)
}

// Of samples, what is made of them agrees with what the kernels have counted.
func TestFlowTruthSampled(t *testing.T) {
	t.Parallel()
	needExporter(t)
	f := newFlowTruth(t, exported(t, "01-two-ce-private", fmt.Sprintf(telemetry, "10.10.1.50", 10), nil))
	r, truth := f.verified(f.outcome(""), lab.TrafficOptions{For: 10 * time.Second, Rate: 200})
	f.agree(r, truth, 0)
	f.all(r, verify.Pass)
	for _, e := range r.Exporters {
		if e.Router == "" || e.Sampled != 10 {
			f.Errorf("%s is %q and samples one packet in %d (%s)", e.Addr, e.Router, e.Sampled, e.SampledBy)
		}
	}
	if len(r.Exporters) != 2 {
		f.Errorf("%d exporters, want two", len(r.Exporters))
	}
}

// What goes in clear text although it is to be encrypted is found and counted.
func TestFlowTruthLeak(t *testing.T) {
	t.Parallel()
	needExporter(t)
	f := newFlowTruth(t, exported(t, "04-encrypted-over-private", fmt.Sprintf(telemetry, "10.20.1.50", 1), nil))
	o := lab.TrafficOptions{For: 10 * time.Second, Rate: 50}
	r, truth := f.verified(f.outcome(""), o)
	f.agree(r, truth, 0)
	f.all(r, verify.Pass)
	f.fail("ipsec-zurich")
	r, truth = f.verified(f.outcome(""), o)
	f.agree(r, truth, 0)
	for _, j := range r.Judgements {
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
