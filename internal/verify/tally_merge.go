package verify

import (
	"cmp"
	"time"
)

// Merge adds what another tally has counted. Both have the same Placer and options.
func (t *Tally) Merge(o *Tally) {
	unite(&t.Other, &t.otherFlows, &o.Other, &o.otherFlows)
	unite(&t.Control, &t.controlFlows, &o.Control, &o.controlFlows)
	unite(&t.Transit, &t.transitFlows, &o.Transit, &o.transitFlows)
	for n, from := range o.rows {
		if from == nil {
			continue
		}
		if t.rows[n] == nil {
			t.rows[n] = &rowTally{}
		}
		t.rows[n].merge(from)
	}
	for i, heard := range o.heard {
		t.heard[i] = t.heard[i] || heard
	}
	t.newest = max(t.newest, o.newest)
	t.first = earlier(t.first, o.first)
	if c := &o.collected; c.Records > 0 {
		t.collected.Records += c.Records
		t.collected.Sampling = cmp.Or(t.collected.Sampling, c.Sampling)
		t.collected.Protocol, t.collected.Last = c.Protocol, later(t.collected.Last, c.Last)
	}
}

func (t *rowTally) merge(o *rowTally) {
	t.notPlaced.merge(&o.notPlaced)
	t.ambiguous.merge(&o.ambiguous)
	t.early.merge(&o.early)
	t.first, t.last = earlier(t.first, o.first), later(t.last, o.last)
	for i := range o.legs {
		from := &o.legs[i]
		to := t.leg(from.leg)
		to.tallied.merge(&from.tallied)
		for i := range to.rungs {
			to.rungs[i] += from.rungs[i]
		}
		to.series.merge(&from.series)
	}
}

func (t *tallied) merge(o *tallied) { unite(&t.Amount, &t.flows, &o.Amount, &o.flows) }

// unite adds one amount and its flows to another.
func unite(a *Amount, flows *sketch, o *Amount, others *sketch) {
	a.Records += o.Records
	a.Samples = plus(a.Samples, o.Samples)
	a.Packets = plus(a.Packets, o.Packets)
	a.Bytes = plus(a.Bytes, o.Bytes)
	a.Unknown = plus(a.Unknown, o.Unknown)
	a.Largest = max(a.Largest, o.Largest)
	flows.merge(others)
	a.Flows = flows.count()
}

// earlier is the first of two times, of which zero is none.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// later is the last of two times.
func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
