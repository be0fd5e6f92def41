package verify

import (
	"io"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/sim"
)

// Options say how a verification is made. The zero value judges everything that comes.
type Options struct {
	Source string // where the records come from, for the report
	// Since is when the state to be judged began: what passed before it, or began to,
	// does not count. Zero: everything counts.
	Since time.Time
	// Sampling is one packet in N where neither the data nor the intent tells; 0: it is
	// not known.
	Sampling   uint32
	MinSamples int           // packets that a PASS takes at least; 0: as JudgeOptions has it
	Slot       time.Duration // of the series of bytes over time; 0: five seconds
	// Asked are the interfaces by router and ifIndex, as the routers told when they were
	// asked.
	Asked map[string]map[uint32]string
	// Idle are routers whose silence is idleness: somebody knows that their export works,
	// and that they export nothing while they forward nothing.
	Idle []string
}

// Slots of a series: enough for a chart, and for an hour in slots of a minute.
const slots = 60

// defaultSlot makes a chart of five minutes.
const defaultSlot = 5 * time.Second

// A Verification judges flow records while they come. Several goroutines may hand it
// datagrams, and another one may ask for the report at any time.
//
// One decoder and one tally serve all sockets, under a lock: a datagram of thirty
// flows costs a few microseconds in them, about what its way out of the kernel costs,
// and a template is known whichever socket its exporter's next datagram comes to.
type Verification struct {
	plan    *plan.Plan
	outcome sim.Outcome
	options Options
	placer  *Placer

	mu      sync.Mutex
	decoder *Decoder
	tally   *Tally
	began   time.Time
	drops   Drops  // of others than the decoder
	lost    uint64 // datagrams, by the kernel
	notes   []string

	doubts    uint64    // of the decoder, that have been heeded
	doubtNote int       // index of the note that says so
	anew      time.Time // when the last was
	before    []Source  // as they were when the window began
	late      []string  // notes of the window, about names that came late
	waited    []bool    // routers whose names have been waited for
}

// New begins a verification of what is predicted for p.
func New(p *plan.Plan, outcome sim.Outcome, o Options, now time.Time) *Verification {
	if o.Slot == 0 {
		o.Slot = defaultSlot
	}
	v := &Verification{plan: p, outcome: outcome, options: o, began: now, decoder: NewDecoder(Bounds{}), placer: NewPlacer(p, PlaceOptions{Asked: o.Asked}), waited: make([]bool, len(p.Routers))}
	v.tally = v.newTally()
	return v
}

func (v *Verification) newTally() *Tally {
	v.before = v.decoder.Sources()
	return NewTally(v.placer, TallyOptions{Since: v.options.Since, Timeout: activeTimeout(v.plan), Slot: v.options.Slot, Slots: slots, Sampling: v.options.Sampling})
}

// activeTimeout is the longest time that a router of p keeps a flow before it exports
// it; where the intent has no flow export, what most routers are set to.
func activeTimeout(p *plan.Plan) time.Duration {
	longest := time.Duration(0)
	for i := range p.Routers {
		longest = max(longest, p.Routers[i].Flow.Active)
	}
	if longest == 0 {
		return time.Minute
	}
	return longest
}

// Packet takes a datagram of an exporter, and when it came.
func (v *Verification) Packet(payload []byte, from netip.AddrPort, at time.Time) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.decoder.Packet(payload, from.Addr(), at, v.tally)
	v.doubt(at)
	v.named(at)
}

// Records lets read hand over stored records, which are no datagrams, and counts what
// it drops. The report waits until it is done.
func (v *Verification) Records(read func(Sink) (Drops, error)) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	drops, err := read(v.tally)
	v.drops.Add(drops)
	return err
}

// Dropped adds what was lost before it could be decoded.
func (v *Verification) Dropped(d Drops) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.drops.Add(d)
}

// Lost tells how many datagrams the kernel has dropped at the sockets until now, as the
// function Dropped has it, in place of what was told before.
func (v *Verification) Lost(datagrams uint64) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.lost = datagrams
}

// Note adds what a reader of every report has to know.
func (v *Verification) Note(text string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.notes = append(v.notes, text)
}

// Settled reports whether the window is as long as routers keep a flow before they tell
// of it: before that, what goes where it must not may just not have been told of.
func (v *Verification) Settled(now time.Time) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return now.Sub(v.began) >= activeTimeout(v.plan)
}

// Report judges what has come until now.
func (v *Verification) Report(now time.Time) *Report {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.report(v.began, now)
}

// Stored judges what a file held, whatever the time is now. first and last are when the
// capture began and ended; zero: when the first and the last record of Azure's Traffic
// Collector were emitted. The verdict is about what is of Since and later.
func (v *Verification) Stored(first, last time.Time) *Report {
	v.mu.Lock()
	defer v.mu.Unlock()
	if first.IsZero() {
		first, last = v.tally.First(), v.tally.collected.Last
	}
	if v.options.Since.After(first) {
		first = v.options.Since
	}
	return v.report(first, later(first, last))
}

// Turn judges what has come since the last turn, and begins anew: what lasts for days
// is judged by what it does now. Templates, interfaces, exporters and notes stay.
func (v *Verification) Turn(now time.Time) *Report {
	v.mu.Lock()
	defer v.mu.Unlock()
	r := v.report(v.began, now)
	v.tally, v.began, v.late = v.newTally(), now, nil
	return r
}

// report judges the time from began to now.
func (v *Verification) report(began, now time.Time) *Report {
	began = later(began, v.anew)
	counts, exporters := v.tally.Counts(), v.tally.Exporters(v.decoder.Sources())
	silent := v.silent(exporters, began)
	r := &Report{
		Plan: v.plan.Name, Scenario: v.outcome.Scenario.Name(), Source: v.options.Source, Began: began, Took: now.Sub(began), Slot: v.options.Slot,
		SeriesFrom: v.tally.seriesFrom(), Exporters: exporters, Silent: silent,
		Other: v.tally.Other, Control: v.tally.Control, Transit: v.tally.Transit, Drops: v.decoder.Drops(), Notes: slices.Concat(v.notes, v.late, v.placer.Contradictions(), v.quiet(exporters, began, now)),
	}
	r.Drops.Add(v.drops)
	r.Drops.Socket += v.lost
	r.Judgements = Judge(v.plan, v.outcome, counts, silent, JudgeOptions{
		MinSamples: v.options.MinSamples, Seen: r.Took, Until: now, Doubts: v.doubtsOf(exporters, began), Crossed: v.tally.Crossed(), Trusted: slices.Concat(v.options.Idle, everyWay(v.plan)), Unconfirmed: v.placer.Unconfirmed(), Rates: v.rates(exporters, began),
	})
	return r
}

// silent are the routers of which nobody knows whether their export works: neither a
// record came in this window, nor a datagram without records, as exporters with nothing
// to say send with their templates, nor is their silence known to be idleness.
func (v *Verification) silent(exporters []Exporter, began time.Time) []string {
	return slices.DeleteFunc(v.tally.Silent(), func(router string) bool {
		return slices.Contains(v.options.Idle, router) || slices.ContainsFunc(exporters, func(e Exporter) bool { return e.Router == router && !e.Last.Before(began) })
	})
}

// SaveTemplates writes the templates that the exporters have told, so that a later run
// need not wait until they tell them again.
func (v *Verification) SaveTemplates(w io.Writer) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.decoder.Save(w)
}

// LoadTemplates reads what SaveTemplates has written.
func (v *Verification) LoadTemplates(r io.Reader) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.decoder.Load(r)
}
