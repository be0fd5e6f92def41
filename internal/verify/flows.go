package verify

import (
	"math"
	"math/bits"
)

// Bounds of a sketch: it is exact up to exactFlows, in 256 bytes, and estimates beyond
// that in 1 KiB.
const (
	exactFlows = 32
	sketchBits = 10 // 1,024 registers
	registers  = 1 << sketchBits
)

// A sketch counts distinct flows in bounded memory. It is exact up to 32 of them.
// Beyond, it is a HyperLogLog with linear counting while registers are empty
// (Flajolet and others 2007, §4): the standard error is 3.3 %, so that nineteen of
// twenty counts are within 7 %. The zero value is empty.
//
// To add a flow touches one register; what they add up to is worked out when somebody
// asks.
type sketch struct {
	keys  []uint64          // the flows, until there are many
	ranks *[registers]uint8 // nil until there are many
}

// add takes a flow and reports whether the count may have changed.
func (s *sketch) add(key uint64) bool {
	if s.ranks != nil {
		return s.rank(key)
	}
	for _, k := range s.keys {
		if k == key {
			return false
		}
	}
	if s.keys == nil {
		s.keys = make([]uint64, 0, exactFlows)
	}
	if len(s.keys) < exactFlows {
		s.keys = append(s.keys, key)
		return true
	}
	s.estimate()
	s.rank(key)
	return true
}

// estimate turns the sketch from counting into estimating.
func (s *sketch) estimate() {
	s.ranks = new([registers]uint8)
	for _, k := range s.keys {
		s.rank(k)
	}
	s.keys = nil
}

// rank enters a key into its register and reports whether that changed it.
func (s *sketch) rank(key uint64) bool {
	h := mix(key)
	register := &s.ranks[h>>(64-sketchBits)]
	// The bit at the end bounds the rank to 55.
	rank := uint8(bits.LeadingZeros64(h<<sketchBits|1<<(sketchBits-1)) + 1)
	if rank <= *register {
		return false
	}
	*register = rank
	return true
}

// mix spreads a key over all bits (the finalizer of splitmix64), whatever hash it is:
// registers want every bit to be even.
func mix(x uint64) uint64 {
	x ^= x >> 30
	x *= 0xbf58476d1ce4e5b9
	x ^= x >> 27
	x *= 0x94d049bb133111eb
	return x ^ x>>31
}

// count returns how many distinct flows have come.
func (s *sketch) count() uint64 {
	if s.ranks == nil {
		return uint64(len(s.keys))
	}
	var of [64]int // registers by rank
	for _, rank := range s.ranks {
		of[rank%64]++
	}
	sum, zeros := 0.0, of[0] // of 2^-rank over the registers, and those without a rank
	for rank, n := range of {
		sum += math.Ldexp(float64(n), -rank)
	}
	const m = float64(registers)
	alpha := 0.7213 / (1 + 1.079/m)
	estimate := alpha * m * m / sum
	if estimate <= 2.5*m && zeros > 0 {
		estimate = m * math.Log(m/float64(zeros))
	}
	return uint64(math.Round(estimate))
}

// merge adds the flows of another sketch; who is in both counts once.
func (s *sketch) merge(o *sketch) {
	if o.ranks == nil {
		for _, k := range o.keys {
			s.add(k)
		}
		return
	}
	if s.ranks == nil {
		s.estimate()
	}
	for i, rank := range o.ranks {
		s.ranks[i] = max(s.ranks[i], rank)
	}
}
