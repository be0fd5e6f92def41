package verify

import (
	"math"
	"math/bits"
)

// Bounds of a sketch: it is exact up to exactFlows, in 256 bytes, and estimates beyond
// that in 512 bytes.
const (
	exactFlows = 32
	sketchBits = 10 // 1,024 registers of four bits
	registers  = 1 << sketchBits
	highest    = 15 // of a register
)

// A sketch counts distinct flows in bounded memory. It is exact up to 32 of them.
// Beyond, it is a HyperLogLog with linear counting while registers are empty
// (Flajolet and others 2007, §4): the standard error is 3.3 %, so that nineteen of
// twenty counts are within 7 %. The zero value is empty.
//
// Registers are small, because those of many sketches fill the processor's cache: what
// they all have in common is told once, as the floor. Beyond it four bits are enough: of
// a thousand registers fewer than one would be higher, and be of no weight in the sum. A
// flow that is not above the floor, as most are once many have come, touches no register.
// What they add up to is worked out when somebody asks.
type sketch struct {
	keys  []uint64              // the flows, until there are many
	ranks *[registers / 2]uint8 // above the floor, two in a byte; nil until there are many
	taken uint16                // flows since the floor was looked at
	floor uint8
}

// raiseAfter is how many flows are taken before the floor is looked at again.
const raiseAfter = 4096

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
	s.ranks = new([registers / 2]uint8)
	for _, k := range s.keys {
		s.rank(k)
	}
	s.keys = nil
}

// rank enters a key into its register and reports whether that changed it.
func (s *sketch) rank(key uint64) bool {
	h := mix(key)
	// The bit at the end bounds the rank to 55.
	rank := uint8(bits.LeadingZeros64(h<<sketchBits|1<<(sketchBits-1)) + 1)
	if s.taken++; s.taken == raiseAfter {
		s.raise()
	}
	if rank <= s.floor {
		return false
	}
	// Written whether or not it changes: nobody could guess which, and to wait for the
	// register costs more than to write it.
	pair, shift := &s.ranks[h>>(65-sketchBits)], h>>(64-sketchBits)%2*4
	before := *pair >> shift & highest
	after := max(before, min(rank-s.floor, highest))
	*pair ^= (before ^ after) << shift
	return after != before
}

// raise takes what all registers have in common into the floor.
func (s *sketch) raise() {
	s.taken = 0
	least := uint8(highest)
	for _, pair := range s.ranks {
		least = min(least, pair>>4, pair&highest)
	}
	s.floor += least
	for i := range s.ranks {
		s.ranks[i] -= least<<4 | least
	}
}

// at is the rank of register i.
func (s *sketch) at(i int) uint8 { return s.floor + s.ranks[i/2]>>(i%2*4)&highest }

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
	for i := range registers {
		of[s.at(i)%64]++
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
	floor := max(s.floor, o.floor)
	var ranks [registers / 2]uint8
	for i := range registers {
		ranks[i/2] |= min(max(s.at(i), o.at(i))-floor, highest) << (i % 2 * 4)
	}
	*s.ranks, s.floor = ranks, floor
}
