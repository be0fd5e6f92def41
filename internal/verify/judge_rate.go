package verify

import "fmt"

// An eye is a router and how it samples, one packet in rate; 0: nobody tells. Routers may
// sample differently: much of what a fine eye has seen a coarse one would not have, so
// that what it does not show proves less than the samples elsewhere say.
type eye struct {
	router string
	rate   uint64
}

// coarsest is the coarsest eye of the routers that may carry the traffic by a leg beside the
// prediction.
func (t *trial) coarsest() eye {
	var out eye
	for _, l := range t.possible() {
		if n := uint64(t.o.Rates[l.Router]); n > out.rate && !t.expects(l) && !t.silent[l.Router] && !t.failed[l.Router] {
			out = eye{l.Router, n}
		}
	}
	return out
}

// evidence is how many samples that speak for the prediction the coarsest eye beside it
// would have had of the same packets: it is those that tell how much may go there unseen.
func (t *trial) evidence() uint64 {
	have := t.have()
	if t.coarse.rate > 0 {
		return min(have, t.proven()/t.coarse.rate)
	}
	return have
}

// proven is how many packets the samples stand for that speak for the prediction.
func (t *trial) proven() uint64 {
	var n uint64
	for i := range t.legs {
		switch l := &t.legs[i]; {
		case !l.Expected || l.Leg.Whole && !t.provable(l.Leg.Path):
		case hintedOf(l) == 0:
			n = plus(n, l.Packets)
		default:
			n = plus(n, uint64(float64(l.Packets)*float64(provenOf(l))/float64(l.Samples)))
		}
	}
	return n
}

// remarkRate says what sampling leaves open.
func (t *trial) remarkRate() {
	var sum Amount
	for i := range t.legs {
		sum.add(t.legs[i].Amount)
	}
	rate := t.coarse.rate
	switch {
	case sum.Unknown > 0 && len(t.fails) == 0 && t.have() > 0:
		t.note("nobody tells the sampling rate of %s: volumes are as seen, and if it is sampled, another leg could carry up to %s unseen", packetsOf(sum.Unknown), atMost(unseen(t.evidence())))
	case sum.Unknown > 0:
		t.note("nobody tells the sampling rate of %s: volumes are as seen, and shares hold if all sample alike", packetsOf(sum.Unknown))
	case (sum.Packets > sum.Samples || rate > 1) && len(t.fails) == 0 && t.have() > 0:
		t.note("sampled: another leg could carry up to %s of it and stay unseen (95 %% confidence)", atMost(unseen(t.evidence())))
	case rate > 1 && t.nothing() && len(t.fails) == 0:
		t.note("sampled, one packet in %d: few packets would not have shown", rate)
	}
}

// Chances are how often a leg was chosen among those that share flows.
type chances struct {
	seen  uint64 // at the eyes that saw them
	n     uint64 // as many of them at least the eye on the empty leg would have seen
	pairs bool   // they are pairs of hosts, and not flows
	rate  uint64 // of the eye on the empty leg, where it is coarser than another's; else 0
}

// chances counts how often one of the legs of a group was chosen, and how many of them
// the router of the empty leg would have seen. A flow of m packets shows at one packet
// in N with 1−(1−1/N)^m, which grows no faster than 1/N does: of the flows that another one
// has seen at one in M, it sees M/N at least.
func (t *trial) chances(g balanced, empty Leg) chances {
	var out chances
	coarse := uint64(t.o.Rates[empty.Router])
	n := 0.0
	for _, l := range g {
		if provenOf(l) == 0 {
			continue
		}
		chosen := max(l.Flows, 1)
		if l.Pairs > 0 {
			out.pairs, chosen = true, l.Pairs
		}
		out.seen += chosen
		if fine := float64(l.Packets) / float64(l.Samples); float64(coarse) > fine {
			out.rate = coarse
			n += float64(chosen) * fine / float64(coarse)
			continue
		}
		n += float64(chosen)
	}
	out.n = uint64(n)
	return out
}

// words are the chances in a sentence.
func (c chances) words() string {
	switch {
	case !c.pairs:
		return numberOf(c.seen, "flow")
	case c.seen == 1:
		return "1 pair of hosts"
	}
	return fmt.Sprintf("%d pairs of hosts", c.seen)
}
