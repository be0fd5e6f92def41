package verify

import "time"

// coarseTime is how far the end of a record may be from the truth: some protocols tell
// the time of export in whole seconds.
const coarseTime = time.Second

// spanned is what was seen on one leg in records that span the beginning of what counts.
type spanned struct {
	leg     int32
	samples uint64
}

// spans counts samples of a record that began before what counts and ended after it.
func (t *rowTally) spans(leg int32, samples uint64) {
	for i := range t.spanning {
		if s := &t.spanning[i]; s.leg == leg {
			s.samples = plus(s.samples, samples)
			return
		}
	}
	t.spanning = append(t.spanning, spanned{leg, samples})
}

// spanning lists them by leg.
func (t *Tally) spanning(r *rowTally) []LegSamples {
	var out []LegSamples
	for _, s := range r.spanning {
		out = append(out, LegSamples{t.placer.legs[s.leg], s.samples})
	}
	return out
}
