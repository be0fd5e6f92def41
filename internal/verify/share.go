package verify

import "math"

// normal95 is the quantile of the normal distribution for 95 %, two-sided.
const normal95 = 1.959964

// shareOut fills in the shares of legs. Azure's Traffic Collector and the routers
// watch the same traffic twice: legs of which the link is told make up one whole, and
// those of which it is not another.
func shareOut(legs []LegShare) {
	for _, whole := range []bool{false, true} {
		var sum Amount
		for i := range legs {
			if legs[i].Leg.Whole == whole {
				sum.add(legs[i].Amount)
			}
		}
		if sum.Bytes == 0 {
			continue
		}
		n := drawsOf(sum)
		for i := range legs {
			if l := &legs[i]; l.Leg.Whole == whole {
				l.Share = float64(l.Bytes) / float64(sum.Bytes)
				l.Low, l.High = wilson(l.Share, n)
			}
		}
	}
}

// add adds what another amount holds. Flows are those of different legs: one flow
// takes one.
func (a *Amount) add(o Amount) {
	a.Records = plus(a.Records, o.Records)
	a.Samples = plus(a.Samples, o.Samples)
	a.Packets = plus(a.Packets, o.Packets)
	a.Bytes = plus(a.Bytes, o.Bytes)
	a.Unknown = plus(a.Unknown, o.Unknown)
	a.Flows = plus(a.Flows, o.Flows)
	a.Largest = max(a.Largest, o.Largest)
}

// drawsOf is how many independent draws a share of bytes stands on. A link is chosen
// for a flow, not for a packet, so all packets of a flow are one draw, and a sampled
// flow is seen no better than by its samples. Bytes lie in few big flows besides: the
// effective number is (Σb)²/Σb² (Kish), which is never less than Σb over the
// largest. That bound is what is known, and the interval is rather too wide than too
// narrow. At least 1, where there is anything.
func drawsOf(a Amount) float64 {
	n := float64(a.Samples)
	if a.Flows > 0 {
		n = min(n, float64(a.Flows))
	}
	if a.Largest > 0 {
		n = min(n, float64(a.Bytes)/float64(a.Largest))
	}
	return max(n, 1)
}

// wilson is the 95 % interval of a share that was seen in n draws (Wilson's score
// interval, 1927): unlike the plain one it stays between 0 and 1, and says something
// of a share of nothing.
func wilson(share, n float64) (low, high float64) {
	middle := share + normal95*normal95/(2*n)
	half := normal95 * math.Sqrt(share*(1-share)/n+normal95*normal95/(4*n*n))
	low, high = (middle-half)/(1+normal95*normal95/n), (middle+half)/(1+normal95*normal95/n)
	if share <= 0 {
		low = 0 // and not what is left of rounding
	}
	if share >= 1 {
		high = 1
	}
	return max(low, 0), min(high, 1)
}

// unseen is the largest share of the packets that n samples, drawn at random, may all
// have missed, with 95 % confidence. Where k samples of it are to be expected, none
// comes with probability e^−k: 5 % for k = 3, so it is about 3/n.
func unseen(n uint64) float64 {
	if n == 0 {
		return 1
	}
	return min(-math.Log(0.05)/float64(n), 1)
}

// emptyByChance is how probable it may be that chance alone lets any leg of a whole
// report stay empty.
const emptyByChance = 0.01

// flowsFor is how many flows it takes until none of them on one of k balanced legs is
// no chance any more. One leg stays empty with ((k−1)/k)^n; of a report of many rows
// each has k that may, and all of them together have to stay below 1 %: otherwise a
// large plan had a false failure in every report. For a single leg it is 1.
func flowsFor(k, rows int) uint64 {
	if k < 2 {
		return 1
	}
	return uint64(math.Ceil(math.Log(emptyByChance/float64(k*max(rows, 1))) / math.Log(float64(k-1)/float64(k))))
}
