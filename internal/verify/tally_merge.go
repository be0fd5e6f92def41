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
			t.rows[n] = newRow()
		}
		t.rows[n].merge(from)
	}
	for i, heard := range o.heard {
		t.heard[i] = t.heard[i] || heard
	}
	for c := range o.crossed {
		if t.crossed == nil {
			t.crossed = make(map[Crossing]bool)
		}
		t.crossed[c] = true
	}
	t.newest = max(t.newest, o.newest)
	t.first = t.first.orEarlier(o.first)
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
	t.lasting.merge(&o.lasting)
	for i := range o.passing {
		t.transit(o.passing[i].router).merge(&o.passing[i].tallied)
	}
	t.first, t.last = t.first.orEarlier(o.first), t.last.orLater(o.last)
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

func (t *tallied) merge(o *tallied) {
	add(&t.sum, &o.sum)
	t.flows.merge(&o.flows)
}

// unite adds one amount and its flows to another.
func unite(a *Amount, flows *sketch, o *Amount, others *sketch) {
	add(a, o)
	flows.merge(others)
	a.Flows = flows.count()
}

// add adds one amount to another, without its flows.
func add(a, o *Amount) {
	a.Records += o.Records
	a.Samples = plus(a.Samples, o.Samples)
	a.Packets = plus(a.Packets, o.Packets)
	a.Bytes = plus(a.Bytes, o.Bytes)
	a.Unknown = plus(a.Unknown, o.Unknown)
	a.Largest = max(a.Largest, o.Largest)
}

// later is the last of two times.
func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
