//go:build linux

package lab

import (
	"time"
)

// Of the packets of a stream.
const (
	// probeEvery is the pause between two packets of a stream: what a loss is
	// known to.
	probeEvery = 10 * time.Millisecond
	// streamFlows is how many flows a stream has, by source port: enough for both
	// of two equal paths to carry some, but for one time in 2^15.
	streamFlows = 16
)

// A sample is one packet of a stream: when it left, and whether it came.
type sample struct {
	sent    time.Duration // on the prober's clock
	arrived bool
}

// A loss is what a stream lost in a window of time.
type loss struct {
	longest    time.Duration
	lost, sent int
}

// lossOf finds the longest outage: from the first packet that is lost to the
// next after the last one that is. Flows take turns, and half of them may go by
// the path that still works: an outage goes on until every flow has had two
// packets come through.
func lossOf(samples []sample) loss {
	out := loss{sent: len(samples)}
	first, last := -1, -1
	close := func() {
		if first < 0 {
			return
		}
		end := samples[last].sent + probeEvery
		if last+1 < len(samples) {
			end = samples[last+1].sent
		}
		out.longest = max(out.longest, end-samples[first].sent)
		first = -1
	}
	for i, s := range samples {
		if s.arrived {
			continue
		}
		out.lost++
		if first >= 0 && i-last > 2*streamFlows {
			close()
		}
		if first < 0 {
			first = i
		}
		last = i
	}
	close()
	return out
}

// worse joins the losses of two streams: packets add up, and the longer outage
// counts.
func (l loss) worse(o loss) loss {
	return loss{longest: max(l.longest, o.longest), lost: l.lost + o.lost, sent: l.sent + o.sent}
}
