package verify

import (
	"cmp"
	"math"
	"math/bits"
	"net/netip"
	"slices"
	"time"
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
	rows      []*rowTally // by row; nil: nothing yet
	heard     []bool      // routers, by record
	collected Source      // Azure's Traffic Collector, which no decoder knows
	first     time.Time
	newest    int64 // slot
	exporter  netip.Addr
	router    int // that exporter is; -1: none
	slot      slot
}

// A rowTally is what has come of one Traffic.
type rowTally struct {
	legs                        []legTally
	first, last                 time.Time
	notPlaced, ambiguous, early tallied
}

// A legTally is what one leg carried of one Traffic.
type legTally struct {
	leg int32
	tallied
	rungs  [Rungs]uint64
	series series
}

// tallied is an Amount that can tell its flows apart.
type tallied struct {
	Amount
	flows sketch
}

// An increment is what one record adds.
type increment struct {
	key                              uint64
	samples, packets, bytes, unknown uint64
}

// NewTally makes an empty tally.
func NewTally(pl *Placer, o TallyOptions) *Tally {
	return &Tally{placer: pl, options: o, rows: make([]*rowTally, rowsOf*len(pl.plan.Statements)), heard: make([]bool, len(pl.routers)), newest: math.MinInt64, router: -1}
}

// Interface takes the name of an exporter's interface.
func (t *Tally) Interface(i Interface) { t.placer.Interface(i) }

// Flow counts a record.
func (t *Tally) Flow(r *Record) {
	if !r.At.IsZero() && (t.first.IsZero() || r.At.Before(t.first)) {
		t.first = r.At
	}
	if r.Exporter != t.exporter { // records of a datagram have one exporter
		t.exporter, t.router = r.Exporter, t.placer.exporter(r.Exporter)
	}
	router := t.router
	if router >= 0 {
		t.heard[router] = true
	}
	at, k := t.placer.find(router, r)
	m := t.multiply(router, r)
	switch {
	case k.control:
		enter(&t.Control, &t.controlFlows, &m)
	case k.none():
		enter(&t.Other, &t.otherFlows, &m)
	case at.kind == noLeg:
		enter(&t.Transit, &t.transitFlows, &m)
	default:
		t.count(k.row, at, k.ambiguous, r, &m)
		for _, row := range k.also() {
			t.count(row, at, k.ambiguous, r, &m)
		}
	}
	if !r.Exporter.IsValid() {
		t.collect(r)
	}
}

// count adds a record to a row.
func (t *Tally) count(row int32, at spot, ambiguous bool, r *Record, m *increment) {
	to := t.rows[row]
	if to == nil {
		to = &rowTally{}
		t.rows[row] = to
	}
	begin, end := span(r)
	switch {
	case t.early(r, begin, end):
		to.early.count(m)
		return
	case ambiguous:
		to.ambiguous.count(m)
		return
	case at.kind != onLeg:
		to.notPlaced.count(m)
		return
	}
	leg := to.leg(at.leg)
	leg.count(m)
	leg.rungs[at.rung]++
	if to.first.IsZero() || begin.Before(to.first) {
		to.first = begin
	}
	if end.After(to.last) {
		to.last = end
	}
	if t.options.Slot > 0 && t.options.Slots > 0 && !end.IsZero() {
		if now := end.UnixNano(); now < t.slot.begin || now >= t.slot.end {
			t.slot = slotOf(now, t.options)
			t.newest = max(t.newest, t.slot.number)
		}
		leg.series.add(t.slot, m.bytes, t.options.Slots)
	}
}

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
func span(r *Record) (begin, end time.Time) {
	end = r.End
	if end.IsZero() || !r.At.IsZero() && end.After(r.At) {
		end = r.At
	}
	begin = r.Start
	if begin.IsZero() || begin.After(end) {
		begin = end
	}
	return begin, end
}

// early reports whether some of a record's packets may have passed before the time
// that counts.
func (t *Tally) early(r *Record, begin, end time.Time) bool {
	if t.options.Since.IsZero() {
		return false
	}
	if r.Start.IsZero() && r.Protocol != SFlow {
		begin = end.Add(-t.options.Timeout)
	}
	return begin.Before(t.options.Since)
}

// multiply makes up for sampling: by the record's own rate, else by the intent's for the
// router, else by the one of the options.
func (t *Tally) multiply(router int, r *Record) increment {
	m := increment{key: r.Key, samples: r.Packets, packets: r.Packets, bytes: r.Bytes}
	rate := uint64(r.Sampling)
	if rate == 0 {
		n, _ := t.assumed(router)
		rate = uint64(n)
	}
	switch rate {
	case 0:
		m.unknown = r.Packets
	case 1:
	default:
		m.packets, m.bytes = times(m.packets, rate), times(m.bytes, rate)
	}
	return m
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

func (t *tallied) count(m *increment) { enter(&t.Amount, &t.flows, m) }

// enter adds a record to an amount, and its flow to the sketch that belongs to it.
func enter(a *Amount, flows *sketch, m *increment) {
	a.Records++
	a.Samples = plus(a.Samples, m.samples)
	a.Packets = plus(a.Packets, m.packets)
	a.Bytes = plus(a.Bytes, m.bytes)
	a.Unknown = plus(a.Unknown, m.unknown)
	a.Largest = max(a.Largest, m.bytes)
	if flows.add(m.key) {
		a.Flows = flows.count()
	}
}

// First is when the first record came, of a capture when it was captured; zero: none
// came that tells.
func (t *Tally) First() time.Time { return t.first }

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
		c := Count{Traffic: traffic(int32(n)), NotPlaced: r.notPlaced.Amount, Ambiguous: r.ambiguous.Amount, Early: r.early.Amount, First: r.first, Last: r.last}
		slices.SortFunc(r.legs, func(a, b legTally) int { return cmp.Compare(a.leg, b.leg) })
		for i := range r.legs {
			l := &r.legs[i]
			c.Legs = append(c.Legs, LegCount{Leg: t.placer.legs[l.leg], Amount: l.Amount, Rungs: l.rungs, Series: l.series.list(oldest, t.newest)})
		}
		out = append(out, c)
	}
	return out
}
