package verify

import (
	"cmp"
	"time"
)

// collect notes a record of Azure's Traffic Collector, which is a source of its own.
func (t *Tally) collect(r *Record) {
	t.collected.Protocol = r.Protocol
	t.collected.Records++
	t.collected.Sampling = cmp.Or(r.Sampling, t.collected.Sampling)
	t.collected.Last = later(t.collected.Last, r.At)
}

// Exporters says of each source which router it is and by what rate its records were
// multiplied. Azure's Traffic Collector comes last, where it has told anything.
func (t *Tally) Exporters(sources []Source) []Exporter {
	var out []Exporter
	for _, s := range sources {
		e := Exporter{Source: s}
		router := -1
		if known, ok := t.placer.exporters[s.Addr.Unmap()]; ok && known.router >= 0 {
			router = known.router
			e.Router, e.By = t.placer.plan.Routers[router].Name, known.by
		}
		if e.Sampled, e.SampledBy = s.Sampling, "its data"; s.Sampling == 0 {
			e.Sampled, e.SampledBy = t.assumed(router)
		}
		out = append(out, e)
	}
	if t.collected.Records > 0 {
		e := Exporter{Source: t.collected, Sampled: t.collected.Sampling, SampledBy: "its data"}
		if e.Sampled == 0 {
			e.Sampled, e.SampledBy = t.assumed(-1)
		}
		out = append(out, e)
	}
	return out
}

// later is the last of two times.
func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
