package verify

import (
	"cmp"
	"math"
	"math/bits"
	"net/netip"
	"slices"
	"time"

	"github.com/ercfg/ercfg/internal/sim"
)

// TallyOptions say how flow records are counted. The zero value counts everything.
type TallyOptions struct {
	// Since is when the state that is judged began; zero: before everything.
	Since time.Time
	// Timeout is how long an exporter may keep a flow before it tells it: so much before
	// its end a record without a start may have begun. Samples of sFlow are told at once.
	Timeout time.Duration
	// Slot is the length of a slot of the series of bytes over time, and Slots how many of
	// them are kept; no series where one is zero.
	Slot  time.Duration
	Slots int
	// Sampling is one packet in N where neither the data nor the intent tells; 0: unknown.
	Sampling uint32
}

// A Tally counts flow records by statement, direction and leg. Its memory is bounded by
// the plan: traffic of no statement, and exporters that nobody knows, share one cell
// each. It knows no clock, and it is used by one goroutine at a time.
//
// A leg counts what the router on which it ends tells of it, so that a packet that
// passes two routers counts once. To Azure the record's egress is the leg, from Azure
// its ingress. A router whose monitors export a packet both on ingress and on egress
// counts it twice on every leg alike.
type Tally struct {
	Other   Amount // of no statement
	Control Amount // of routers, MSEEs and gateways themselves
	Transit Amount // of statements, on its way to another router

	otherFlows, controlFlows, transitFlows sketch

	placer    *Placer
	options   TallyOptions
	since     moment      // of options
	rows      []*rowTally // by row; nil: nothing yet
	heard     []bool      // routers, by record
	unplaced  []bool      // routers, of which a record that counts has no place
	crossed   map[Crossing]bool
	collected Source // Azure's Traffic Collector, which no decoder knows
	first     moment // never: no record has told
	newest    int64  // slot
	exporter  netip.Addr
	router    int // that exporter is; -1: none
	slot      slot
}

// A rowTally is what has come of one Traffic.
type rowTally struct {
	legs                        []legTally
	first, last                 moment // of the records that count; never: none has told
	notPlaced, ambiguous, early tallied
	earlyTold                   moment  // when the last of early came; never: none has told
	lasting                     tallied // the part of early that Count.Lasting is
	spanning                    []spanned
	passing                     []transitTally
}

// A legTally is what one leg carried of one Traffic.
type legTally struct {
	leg int32
	tallied
	rungs  [Rungs]uint64
	pairs  sketch // of hosts, to Azure, where the router chooses by them
	series series
}

// tallied is an Amount that can tell its flows apart. How many they are is worked out
// when it is asked for.
type tallied struct {
	sum   Amount // without Flows
	flows sketch
}

func (t *tallied) amount() Amount {
	out := t.sum
	out.Flows = t.flows.count()
	return out
}

// An increment is what one record adds.
type increment struct {
	key                              uint64
	samples, packets, bytes, unknown uint64
}

// NewTally makes an empty tally.
func NewTally(pl *Placer, o TallyOptions) *Tally {
	return &Tally{
		placer: pl, options: o, since: momentOf(o.Since), rows: make([]*rowTally, rowsOf*len(pl.plan.Statements)), heard: make([]bool, len(pl.routers)), unplaced: make([]bool, len(pl.routers)),
		first: never, newest: math.MinInt64, router: -1,
	}
}

// Interface takes the name of an exporter's interface.
func (t *Tally) Interface(i Interface) { t.placer.Interface(i) }

// Flow counts a record. One without packets and bytes, as exporters write of what their
// address translation does, tells of no traffic; but its exporter is heard.
func (t *Tally) Flow(r *Record) {
	t.hear(r)
	if r.Packets == 0 && r.Bytes == 0 {
		return
	}
	at, k := t.placer.find(t.router, r)
	m := increment{key: r.Key, samples: r.Packets, packets: r.Packets, bytes: r.Bytes}
	t.multiply(&m, r.Sampling)
	switch {
	case k.control:
		enterApart(&t.Control, &t.controlFlows, &m)
		t.cross(r)
	case k.none():
		enterApart(&t.Other, &t.otherFlows, &m)
	case at.kind == noLeg:
		enterApart(&t.Transit, &t.transitFlows, &m)
		t.pass(k, r, &m)
	default:
		t.count(k.row, at, k.ambiguous, r, &m)
		for _, row := range k.also() {
			t.count(row, at, k.ambiguous, r, &m)
		}
	}
}

// hear notes who tells a record, and when it came.
func (t *Tally) hear(r *Record) {
	t.first = t.first.orEarlier(momentOf(r.At))
	if r.Exporter != t.exporter { // records of a datagram have one exporter
		t.exporter, t.router = r.Exporter, t.placer.exporter(r.Exporter)
	}
	if t.router >= 0 {
		t.heard[t.router] = true
	}
	if !r.Exporter.IsValid() {
		t.collect(r)
	}
}

// count adds a record to a row.
func (t *Tally) count(row int32, at spot, ambiguous bool, r *Record, m *increment) {
	to := t.rows[row]
	if to == nil {
		to = newRow()
		t.rows[row] = to
	}
	begin, end := span(r)
	switch {
	case t.early(r, begin, end):
		to.early.count(m)
		told := momentOf(r.At)
		to.earlyTold = to.earlyTold.orLater(told)
		if t.goesOn(r, end) {
			to.lasting.count(m)
		}
		if !ambiguous && at.kind == onLeg && at.rung != ByNextHop && end > t.since+moment(coarseTime) {
			to.spans(at.leg, m.samples, told)
		}
		return
	case ambiguous:
		to.ambiguous.count(m)
		return
	case at.kind != onLeg:
		to.notPlaced.count(m)
		if t.router >= 0 {
			t.unplaced[t.router] = true
		}
		return
	}
	leg := to.leg(at.leg)
	leg.count(m)
	leg.rungs[at.rung]++
	if t.placer.pairs[at.leg] && traffic(row).Direction == sim.ToAzure {
		leg.pairs.add(flowKey(r.Src, r.Dst, 0, 0, 0))
	}
	to.first, to.last = to.first.orEarlier(begin), to.last.orLater(end)
	if t.options.Slot > 0 && t.options.Slots > 0 && end != never {
		if end < t.slot.begin || end >= t.slot.end {
			t.slot = slotOf(end, t.options)
			t.newest = max(t.newest, t.slot.number)
		}
		leg.series.add(t.slot, m.bytes, t.options.Slots)
	}
}

func newRow() *rowTally { return &rowTally{first: never, last: never, earlyTold: never} }

// leg finds or makes the tally of a leg. A row has few of them.
func (t *rowTally) leg(leg int32) *legTally {
	for i := range t.legs {
		if t.legs[i].leg == leg {
			return &t.legs[i]
		}
	}
	t.legs = append(t.legs, legTally{leg: leg})
	return &t.legs[len(t.legs)-1]
}

// span is when a record's packets passed, as far as it tells: none passed after it
// came. A record that tells nothing passed when it came.
func span(r *Record) (begin, end moment) {
	at := momentOf(r.At)
	end = momentOf(r.End)
	if end == never || at != never && end > at {
		end = at
	}
	begin = momentOf(r.Start)
	if begin == never || begin > end {
		begin = end
	}
	return begin, end
}

// early reports whether some of a record's packets may have passed before the time
// that counts.
func (t *Tally) early(r *Record, begin, end moment) bool {
	if t.since == never {
		return false
	}
	switch {
	case !r.Start.IsZero() || end == never || r.Protocol == SFlow:
	case r.Protocol == TrafficCollector:
		begin = end - moment(collectorInterval)
	default:
		begin = end - moment(t.options.Timeout)
	}
	return begin < t.since
}

// multiply makes up for sampling: by the record's own rate, else by the intent's for the
// router, else by the one of the options.
func (t *Tally) multiply(m *increment, sampling uint32) {
	rate := uint64(sampling)
	if rate == 0 {
		n, _ := t.assumed(t.router)
		rate = uint64(n)
	}
	switch rate {
	case 0:
		m.unknown = m.samples
	case 1:
	default:
		m.packets, m.bytes = times(m.packets, rate), times(m.bytes, rate)
	}
}

// assumed is the sampling rate where the data tells none, and who tells it.
func (t *Tally) assumed(router int) (uint32, string) {
	if router >= 0 {
		if f := &t.placer.routers[router].flow; f.On() && f.Sampling > 0 {
			return uint32(f.Sampling), "the intent"
		}
	}
	if t.options.Sampling > 0 {
		return t.options.Sampling, "--sampling"
	}
	return 0, ""
}

// times multiplies, and stays at the largest number: a forged record must not make a
// large amount a small one.
func times(a, b uint64) uint64 {
	if over, product := bits.Mul64(a, b); over == 0 {
		return product
	}
	return math.MaxUint64
}

// plus adds, and stays at the largest number.
func plus(a, b uint64) uint64 {
	if sum, carry := bits.Add64(a, b, 0); carry == 0 {
		return sum
	}
	return math.MaxUint64
}

func (t *tallied) count(m *increment) {
	enter(&t.sum, m)
	t.flows.add(m.key)
}

// enter adds a record to an amount, whose flows are counted beside it.
func enter(a *Amount, m *increment) {
	a.Records++
	a.Samples = plus(a.Samples, m.samples)
	a.Packets = plus(a.Packets, m.packets)
	a.Bytes = plus(a.Bytes, m.bytes)
	a.Unknown = plus(a.Unknown, m.unknown)
	a.Largest = max(a.Largest, m.bytes)
}

// enterApart adds a record to an amount that anybody may look at, so that it has its
// flows at any time.
func enterApart(a *Amount, flows *sketch, m *increment) {
	enter(a, m)
	if flows.add(m.key) {
		a.Flows = flows.count()
	}
}

// First is when the first record came, of a capture when it was captured; zero: none
// came that tells.
func (t *Tally) First() time.Time { return t.first.time() }

// Silent lists the routers with links or tunnels of which no flow record came, in the
// order of the plan.
func (t *Tally) Silent() []string {
	var out []string
	for i := range t.heard {
		if !t.heard[i] && len(t.placer.routers[i].legs) > 0 {
			out = append(out, t.placer.plan.Routers[i].Name)
		}
	}
	return out
}

// Counts lists what has come, sorted by statement, family, direction and default. A
// Traffic of which nothing came is not in it.
func (t *Tally) Counts() []Count {
	var out []Count
	oldest := t.oldest()
	for n, r := range t.rows {
		if r == nil {
			continue
		}
		c := Count{Traffic: traffic(int32(n)), NotPlaced: r.notPlaced.amount(), Ambiguous: r.ambiguous.amount(), Early: r.early.amount(), EarlyTold: r.earlyTold.time(), Lasting: r.lasting.amount(), Spanning: t.spanning(r), Transit: t.passed(r), First: r.first.time(), Last: r.last.time()}
		slices.SortFunc(r.legs, func(a, b legTally) int { return cmp.Compare(a.leg, b.leg) })
		for i := range r.legs {
			l := &r.legs[i]
			c.Legs = append(c.Legs, LegCount{Leg: t.placer.legs[l.leg], Amount: l.amount(), Pairs: l.pairs.count(), Rungs: l.rungs, Series: l.series.list(oldest, t.newest)})
		}
		out = append(out, c)
	}
	return out
}
