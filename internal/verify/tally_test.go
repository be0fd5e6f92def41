package verify

import (
	"fmt"
	"math"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/sim"
)

func londonPlan(t *testing.T) *plan.Plan {
	t.Helper()
	p := examplePlan(t, "01-two-ce-private")
	numbered(p)
	return p
}

// start is a time on the border of a slot of any length that tests use.
func start() time.Time { return time.Unix(1_800_000_000, 0).UTC() }

func lasting(from, to time.Duration) func(*Record) {
	return func(r *Record) {
		r.Start, r.End = start().Add(from), start().Add(to)
		r.At = r.End
	}
}

func size(packets, bytes uint64, sampling uint32) func(*Record) {
	return func(r *Record) { r.Packets, r.Bytes, r.Sampling = packets, bytes, sampling }
}

func key(k uint64) func(*Record) { return func(r *Record) { r.Key = k } }

// A packet that two routers see counts on the leg of the router that it ends on, once,
// and what the other one hands over is transit. Nothing of one kind leaks into another.
func TestTallyKinds(t *testing.T) {
	t.Parallel()
	tally := NewTally(NewPlacer(londonPlan(t), PlaceOptions{}), TallyOptions{})
	const ce1, ce2 = "10.10.255.1", "10.10.255.2"
	for _, r := range []Record{
		flowOf(ce1, "10.10.1.1", "10.100.1.1", via(7, 8), size(1, 10, 10), key(1)),    // ce1 hands it to ce2
		flowOf(ce2, "10.10.1.1", "10.100.1.1", via(8, 101), size(2, 20, 10), key(1)),  // which sends it
		flowOf(ce2, "10.10.1.2", "10.100.1.1", via(8, 101), size(3, 500, 10), key(2)), // and another one
		flowOf(ce1, "10.10.1.1", "10.100.1.1", via(7, 101), size(4, 40, 0), key(3)),   // nobody knows the rate
		flowOf(ce1, "10.100.1.1", "10.10.1.1", via(101, 7), size(5, 50, 1), key(1)),
		flowOf(ce1, "10.10.1.1", "10.100.1.1", via(101, 0), size(6, 60, 10), key(4)), // egress not told
		flowOf("192.0.2.1", "10.10.1.1", "10.100.1.1", via(7, 101), size(7, 70, 10), key(4)),
		flowOf(ce1, "172.16.200.1", "172.16.200.2", via(0, 101), size(8, 80, 10), key(5)),
		flowOf(ce1, "10.10.1.1", "8.8.8.8", via(7, 9), size(9, 90, 10), key(6)),
	} {
		tally.Flow(&r)
	}
	amount := func(records, samples, packets, bytes, unknown, flows, largest uint64) Amount {
		return Amount{records, samples, packets, bytes, unknown, flows, largest}
	}
	to := Traffic{Family: plan.IPv4, Direction: sim.ToAzure}
	from := Traffic{Family: plan.IPv4, Direction: sim.FromAzure}
	rungs := func(n uint64) [Rungs]uint64 { return [Rungs]uint64{ByIntent: n} }
	want := []Count{
		{Traffic: to, NotPlaced: amount(2, 13, 130, 1300, 0, 1, 700), Transit: []RouterCount{{Router: "ce1", Amount: amount(1, 1, 10, 100, 0, 1, 100)}}, Legs: []LegCount{
			{Leg: Leg{Path: "er-london", Router: "ce1"}, Amount: amount(1, 4, 4, 40, 4, 1, 40), Pairs: 1, Rungs: rungs(1)},
			{Leg: Leg{Path: "er-london", Router: "ce2", Position: plan.Secondary}, Amount: amount(2, 5, 50, 5200, 0, 2, 5000), Rungs: rungs(2)},
		}},
		{Traffic: from, Legs: []LegCount{{Leg: Leg{Path: "er-london", Router: "ce1"}, Amount: amount(1, 5, 5, 50, 0, 1, 50), Rungs: rungs(1)}}},
	}
	if diff := cmp.Diff(want, tally.Counts()); diff != "" {
		t.Errorf("counts (-want +got):\n%s", diff)
	}
	got := []Amount{tally.Transit, tally.Control, tally.Other}
	if diff := cmp.Diff([]Amount{amount(1, 1, 10, 100, 0, 1, 100), amount(1, 8, 80, 800, 0, 1, 800), amount(1, 9, 90, 900, 0, 1, 900)}, got); diff != "" {
		t.Errorf("transit, control, other (-want +got):\n%s", diff)
	}
	if got := tally.Silent(); got != nil {
		t.Errorf("silent: %v", got)
	}
}

// What passed before the time that counts, or may have begun to, is early.
func TestTallyEarly(t *testing.T) {
	t.Parallel()
	since := start()
	for _, c := range []struct {
		name    string
		timeout time.Duration
		edit    func(*Record)
		early   bool
	}{
		{"after it", 0, lasting(0, time.Second), false},
		{"before it", 0, lasting(-2*time.Second, -time.Second), true},
		{"over its beginning", 0, lasting(-1, time.Second), true},
		{"no times, within a timeout", time.Minute, func(r *Record) { r.At = since.Add(59 * time.Second) }, true},
		{"no times, after a timeout", time.Minute, func(r *Record) { r.At = since.Add(time.Minute) }, false},
		{"no times and no timeout", 0, func(r *Record) { r.At = since }, false},
		{"came before it", 0, func(r *Record) { r.At = since.Add(-1) }, true},
		{"an end alone", time.Minute, func(r *Record) { r.At, r.End = since.Add(2*time.Minute), since.Add(time.Second) }, true},
		{"an sFlow sample is of the moment", time.Minute, func(r *Record) { r.Protocol, r.At = SFlow, since.Add(time.Second) }, false},
		{"of Azure's Traffic Collector, within its minute", 10 * time.Second, func(r *Record) { r.Protocol, r.At = TrafficCollector, since.Add(59*time.Second) }, true},
		{"of Azure's Traffic Collector, after it", 10 * time.Minute, func(r *Record) { r.Protocol, r.At = TrafficCollector, since.Add(time.Minute) }, false},
		{"an end in the future is when it came", 0, func(r *Record) { r.At, r.End = since.Add(-1), since.Add(time.Hour) }, true},
	} {
		tally := NewTally(NewPlacer(londonPlan(t), PlaceOptions{}), TallyOptions{Since: since, Timeout: c.timeout})
		r := flowOf("10.10.255.1", "10.10.1.1", "10.100.1.1", via(7, 101), c.edit)
		tally.Flow(&r)
		n := tally.Counts()[0]
		if got := n.Early.Records == 1; got != c.early || got == (len(n.Legs) == 1) {
			t.Errorf("%s: early %v, want %v, on %d legs", c.name, got, c.early, len(n.Legs))
		}
	}
	tally := NewTally(NewPlacer(londonPlan(t), PlaceOptions{}), TallyOptions{Timeout: time.Minute})
	r := flowOf("10.10.255.1", "10.10.1.1", "10.100.1.1", via(7, 101))
	tally.Flow(&r)
	if n := tally.Counts()[0]; n.Early.Records != 0 {
		t.Error("early, though every time counts")
	}
}

// The rate is the record's, else the intent's, else the option's, else nobody's; and
// the report says whose it was.
func TestTallySampling(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name             string
		exporter         string
		record, option   uint32
		packets, unknown uint64
		rate             uint32
		by               string
	}{
		{"record", "10.80.255.1", 10, 99, 20, 0, 10, "its data"},
		{"every packet", "10.80.255.1", 1, 99, 2, 0, 1, "its data"},
		{"intent", "10.80.255.1", 0, 99, 2000, 0, 1000, "the intent"},
		{"option", "192.0.2.1", 0, 99, 198, 0, 99, "--sampling"},
		{"nobody", "192.0.2.1", 0, 0, 2, 2, 0, ""},
	} {
		pl := NewPlacer(examplePlan(t, "07-two-sites-standby-telemetry"), PlaceOptions{})
		tally := NewTally(pl, TallyOptions{Sampling: c.option})
		r := flowOf(c.exporter, "10.80.1.1", "10.90.1.1", size(2, 300, c.record))
		tally.Flow(&r)
		want := Amount{Records: 1, Samples: 2, Packets: c.packets, Bytes: 150 * c.packets, Unknown: c.unknown, Flows: 1, Largest: 150 * c.packets}
		if diff := cmp.Diff(want, tally.Counts()[0].NotPlaced); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
		got := tally.Exporters([]Source{{Addr: addr(c.exporter), Sampling: c.record}})[0]
		if got.Sampled != c.rate || got.SampledBy != c.by {
			t.Errorf("%s: 1:%d by %q, want 1:%d by %q", c.name, got.Sampled, got.SampledBy, c.rate, c.by)
		}
	}
}

// Series have the same slots on all legs; a late record falls into its own, and one
// that is too late into none.
func TestTallySeries(t *testing.T) {
	t.Parallel()
	tally := NewTally(NewPlacer(londonPlan(t), PlaceOptions{}), TallyOptions{Slot: time.Second, Slots: 4})
	send := func(exporter string, at time.Duration, bytes uint64) {
		r := flowOf(exporter, "10.10.1.1", "10.100.1.1", via(7, 101), lasting(at-time.Second, at), size(1, bytes, 1))
		tally.Flow(&r)
	}
	series := func() string {
		out := ""
		for _, l := range tally.Counts()[0].Legs {
			out += fmt.Sprint(l.Series)
		}
		return out
	}
	const ce1, ce2 = "10.10.255.1", "10.10.255.2"
	steps := []struct {
		exporter string
		at       time.Duration
		bytes    uint64
		want     string
	}{
		{ce1, 1500 * time.Millisecond, 1, "[1]"},
		{ce2, 2 * time.Second, 10, "[1 0][0 10]"},
		{ce1, 0, 2, "[2 1 0][0 0 10]"},
		{ce1, 2999 * time.Millisecond, 3, "[2 1 3][0 0 10]"},
		{ce1, 4 * time.Second, 4, "[1 3 0 4][0 10 0 0]"},
		{ce2, 0, 99, "[1 3 0 4][0 10 0 0]"},                        // in the ring of ce2's own, and out of all
		{ce1, 0, 99, "[1 3 0 4][0 10 0 0]"},                        // too late
		{ce2, 7 * time.Second, 20, "[4 0 0 0][0 0 0 20]"},          // the other's slots go, too
		{ce1, 5 * time.Second, 5, "[4 5 0 0][0 0 0 20]"},           // late, in its slot
		{ce1, 9 * time.Second, 7, "[0 0 0 7][0 20 0 0]"},           // a gap
		{ce2, time.Hour, 30, "[0 0 0 0][0 0 0 30]"},                // a gap that is longer than the ring
		{ce1, time.Hour - 3*time.Second, 8, "[8 0 0 0][0 0 0 30]"}, // and the last of its slots
	}
	for i, s := range steps {
		send(s.exporter, s.at, s.bytes)
		if got := series(); got != s.want {
			t.Errorf("step %d: got %s, want %s", i, got, s.want)
		}
	}
}

// Counts come in the order of statement, family, direction and default, and only
// routers of which no record came are silent.
func TestTallyOrder(t *testing.T) {
	t.Parallel()
	pl := NewPlacer(examplePlan(t, "07-two-sites-standby-telemetry"), PlaceOptions{})
	tally := NewTally(pl, TallyOptions{})
	tally.Interface(Interface{Exporter: addr("10.80.255.3"), Index: 1, Name: "Tu1"})
	for _, r := range []Record{flowOf("10.80.255.1", "10.90.1.1", "10.80.1.1"), flowOf("10.80.255.1", "10.80.1.1", "10.90.1.1")} {
		tally.Flow(&r)
	}
	var got []Traffic
	for _, c := range tally.Counts() {
		got = append(got, c.Traffic)
	}
	if diff := cmp.Diff([]Traffic{{Direction: sim.ToAzure}, {Direction: sim.FromAzure}}, got); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"ce-ams", "ce-vpn"}, tally.Silent()); diff != "" {
		t.Errorf("silent (-want +got):\n%s", diff)
	}
	for n := range int32(40) {
		if got := row(traffic(n)); got != n {
			t.Errorf("row %d is traffic %+v, which is row %d", n, traffic(n), got)
		}
	}
}

// Two statements with the same prefixes are ambiguous, and named by the first.
func TestTallyAmbiguous(t *testing.T) {
	t.Parallel()
	p := londonPlan(t)
	twin := p.Statements[0]
	twin.Name = "twin"
	p.Statements = append(p.Statements, twin)
	tally := NewTally(NewPlacer(p, PlaceOptions{}), TallyOptions{})
	r := flowOf("10.10.255.1", "10.10.1.1", "10.100.1.1", via(7, 101))
	tally.Flow(&r)
	want := []Count{{Traffic: Traffic{}, Ambiguous: Amount{Records: 1, Samples: 1, Packets: 1, Bytes: 100, Flows: 1, Largest: 100}}}
	if diff := cmp.Diff(want, tally.Counts()); diff != "" {
		t.Errorf("counts (-want +got):\n%s", diff)
	}
}

// The way to the Internet of a VNet is that of each statement that has the VNet.
func TestTallyDefault(t *testing.T) {
	t.Parallel()
	p := examplePlan(t, "01-two-ce-private", func(s string) string {
		s = strings.Replace(s, "      vlan: 150\n", "      vlan: 150\n      advertiseDefault: true\n", 1)
		s = strings.Replace(s, "[10.10.0.0/16, 10.11.8.0/21]}", "[10.10.0.0/16]}\n    other: {prefixes: [10.11.8.0/21]}", 1)
		return s + "  - {name: other, onprem: [other], azure: [hub], prefer: [er-london]}\n"
	})
	numbered(p)
	tally := NewTally(NewPlacer(p, PlaceOptions{}), TallyOptions{})
	r := flowOf("10.10.255.1", "10.100.1.1", "198.51.100.1", via(101, 7))
	tally.Flow(&r)
	var got []string
	for _, c := range tally.Counts() {
		got = append(got, fmt.Sprintf("%d %v %d legs", c.Traffic.Statement, c.Traffic.Default, len(c.Legs)))
	}
	if diff := cmp.Diff([]string{"0 true 1 legs", "1 true 1 legs"}, got); diff != "" {
		t.Errorf("counts (-want +got):\n%s", diff)
	}
}

// Forged records and names do not make memory grow, nor sums small.
func TestTallyBounded(t *testing.T) {
	t.Parallel()
	pl := NewPlacer(londonPlan(t), PlaceOptions{})
	tally := NewTally(pl, TallyOptions{Slot: time.Second, Slots: 10})
	for i := range uint32(maxNames + 5000) {
		tally.Interface(Interface{Exporter: addr("10.10.255.1"), Index: i + 1000, Name: fmt.Sprintf("Gi9/0/%d", i)})
	}
	tally.Interface(Interface{Exporter: addr("10.10.255.1"), Index: 55, Name: "Te0/0/1.150"})
	if got := len(pl.routers[0].indexes.spots); got > maxNames+2 {
		t.Errorf("%d interfaces are kept", got)
	}
	for i := range uint32(3) {
		r := flowOf("10.10.255.1", "10.10.1.1", "10.100.1.1", via(7, 55), size(1<<61, 1<<61, 1000), key(uint64(i)))
		tally.Flow(&r)
	}
	leg := tally.Counts()[0].Legs[0]
	if leg.Bytes != math.MaxUint64 || leg.Packets != math.MaxUint64 || leg.Rungs[ByOptions] != 3 {
		t.Errorf("the leg has %+v", leg)
	}
}

// A record allocates nothing once its cell is made, whoever forges exporters and
// flows. (AllocsPerRun takes no tests beside it.)
func TestTallyAllocates(t *testing.T) {
	tally := NewTally(NewPlacer(londonPlan(t), PlaceOptions{}), TallyOptions{Slot: time.Second, Slots: 10})
	r := flowOf("10.10.255.1", "10.10.1.1", "10.100.1.1", via(7, 101), lasting(0, 0))
	for r.Key < 2*exactFlows { // until flows are estimated
		r.Key++
		tally.Flow(&r)
	}
	exporter := r.Exporter
	if n := testing.AllocsPerRun(1000, func() {
		r.Key++
		if r.Exporter = exporter; r.Key%2 == 0 {
			r.Exporter = netip.AddrFrom4([4]byte{192, 0, 2, byte(r.Key)})
		}
		r.End = r.End.Add(time.Second)
		r.At = r.End
		tally.Flow(&r)
	}); n > 0 {
		t.Errorf("a record allocates %v times", n)
	}
	r.Exporter, r.Circuit, r.Protocol = netip.Addr{}, "er-london", TrafficCollector
	if n := testing.AllocsPerRun(1000, func() { tally.Flow(&r) }); n > 0 {
		t.Errorf("a record of a circuit allocates %v times", n)
	}
}
