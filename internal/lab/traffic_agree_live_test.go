//go:build linux

package lab_test

import (
	"math"
	"slices"

	"github.com/ercfg/ercfg/internal/verify"
)

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

// miscounted is how many packets uacctd may lose or count twice on a leg. Where other work
// had the processor it was seen to do either with one packet of a run.
const miscounted = 1

// agree compares packets and bytes on every leg: they are those that the kernels have
// counted, but for what uacctd miscounts. Nothing has to be counted where no path is predicted.
func (f *flowTruth) agree(r *verify.Report, truth map[truthKey]verify.Amount) {
	f.Helper()
	f.nearly(r, truth, 0, 0)
}

// nearly does the same of an exporter that is off by a part of what it tells, and holds
// some packets back; beside that, five standard deviations of what sampling makes of them
// are allowed.
func (f *flowTruth) nearly(r *verify.Report, truth map[truthKey]verify.Amount, off float64, held int) {
	f.Helper()
	got := seen(r)
	if len(truth) == 0 && slices.ContainsFunc(r.Judgements, func(j verify.Judgement) bool { return len(j.Expected) > 0 }) {
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
			allowed := off*float64(n.want) + (float64(held+miscounted)+5*sigma)*float64(n.want)/float64(want.Packets)
			if math.Abs(float64(n.got)-float64(n.want)) > allowed {
				f.Errorf("%+v: verify has seen %d %s, and the kernel %d", key, n.got, n.what, n.want)
			}
		}
		f.Logf("%s %s %s: verify %d packets, kernel %d (%+.2f %%)", key.leg, key.family, key.direction, got[key].Packets, want.Packets, 100*(float64(got[key].Packets)/float64(want.Packets)-1))
	}
}

// atMost fails the test where verify has seen more than the kernels have counted.
func (f *flowTruth) atMost(r *verify.Report, truth map[truthKey]verify.Amount) {
	f.Helper()
	for key, got := range seen(r) {
		if want := truth[key]; got.Packets > want.Packets+miscounted || got.Bytes*max(want.Packets, 1) > want.Bytes*(want.Packets+miscounted) {
			f.Errorf("%+v: verify has seen %+v, and the kernel %+v", key, got, want)
		}
	}
}

// shares compares the parts of the legs with those of the kernels' bytes. Where the
// intent has one statement, its traffic is all there is.
func (f *flowTruth) shares(r *verify.Report, truth map[truthKey]verify.Amount) {
	f.Helper()
	for _, j := range r.Judgements {
		total := 0.0
		for key, n := range truth {
			if key.family == j.Family && key.direction == j.Direction {
				total += float64(n.Bytes)
			}
		}
		if total == 0 {
			continue
		}
		for _, l := range j.Legs {
			want := float64(truth[truthKey{l.Leg.String(), j.Family, j.Direction}].Bytes) / total
			// Of n samples by chance, five standard deviations; without sampling what one packet
			// of at most 900 bytes makes.
			allowed := miscounted * 900 / total
			if j.Total.Samples < uint64(total/900) {
				allowed = 5 * math.Sqrt(want*(1-want)/float64(j.Total.Samples))
			}
			if !(math.Abs(l.Share-want) <= allowed) {
				f.Errorf("%s %s on %s: a share of %.3f, and by the kernel %.3f", j.Family, j.Direction, l.Leg, l.Share, want)
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
