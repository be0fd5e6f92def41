package verify

import (
	"math"
	"math/rand/v2"
	"testing"
)

// A sketch is exact for a few flows, however often each comes, and within 10 % (three
// standard errors) for many, whether they come in order or at random.
func TestSketch(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(7, 7))
	for name, key := range map[string]func(uint64) uint64{
		"in order": func(i uint64) uint64 { return i },
		"random":   func(uint64) uint64 { return random.Uint64() },
		"high":     func(i uint64) uint64 { return i << 40 },
	} {
		var s sketch
		var n uint64
		for _, want := range []uint64{0, 1, 31, 32, 33, 100, 1000, 2500, 3000, 10_000, 100_000, 1_000_000} {
			for n < want {
				k := key(n)
				s.add(k)
				if s.add(k) {
					t.Fatalf("%s: flow %d changes the count a second time", name, n)
				}
				n++
			}
			got := s.count()
			if want <= exactFlows && got != want {
				t.Errorf("%s: count of %d is %d", name, want, got)
			}
			if off := math.Abs(float64(got)/float64(max(want, 1)) - 1); want > 0 && off > 0.1 {
				t.Errorf("%s: count of %d is %d, %.1f %% off", name, want, got, 100*off)
			}
		}
	}
}

// The exact part of a sketch takes 256 bytes at most, and the rest is bounded.
func TestSketchMemory(t *testing.T) {
	t.Parallel()
	var s sketch
	for i := range uint64(exactFlows) {
		s.add(i)
	}
	if got := 8 * cap(s.keys); got > 256 {
		t.Errorf("%d flows take %d bytes", exactFlows, got)
	}
	for i := range uint64(100_000) {
		s.add(i)
	}
	if s.keys != nil || s.ranks == nil {
		t.Errorf("many flows take %d keys and no registers of a byte", len(s.keys))
	}
}

// What two sketches share counts once, and merging is as if one had seen everything.
func TestSketchMerge(t *testing.T) {
	t.Parallel()
	for _, sizes := range [][2]uint64{{0, 0}, {5, 0}, {0, 5}, {20, 20}, {30, 5000}, {5000, 30}, {5000, 7000}} {
		var a, b, all sketch
		for i := range sizes[0] {
			a.add(i)
			all.add(i)
		}
		for i := range sizes[1] {
			b.add(i + sizes[0]/2)
			all.add(i + sizes[0]/2)
		}
		a.merge(&b)
		if a.count() != all.count() {
			t.Errorf("%v: merged count is %d, of one sketch %d", sizes, a.count(), all.count())
		}
	}
}
