package verify

import "time"

// coarseTime is how far the end of a record may be from the truth: some protocols tell
// the time of export in whole seconds.
const coarseTime = time.Second

// spanned is what was seen on one leg in records that span the beginning of what counts.
type spanned struct {
	leg     int32
	samples uint64
	told    moment // when the last of these records came
}

// spans counts samples of a record that began before what counts and ended after it.
func (t *rowTally) spans(leg int32, samples uint64, told moment) {
	for i := range t.spanning {
		if s := &t.spanning[i]; s.leg == leg {
			s.samples, s.told = plus(s.samples, samples), s.told.orLater(told)
			return
		}
	}
	t.spanning = append(t.spanning, spanned{leg, samples, told})
}

// spanning lists them by leg.
func (t *Tally) spanning(r *rowTally) []LegSamples {
	var out []LegSamples
	for _, s := range r.spanning {
		out = append(out, LegSamples{t.placer.legs[s.leg], s.samples, s.told.time()})
	}
	return out
}
