package verify

import (
	"math"
	"testing"
)

// Once many flows have come, registers stand above a floor, and most flows touch none of
// them. Sketches of different floors merge to what one would have that saw all.
func TestSketchFloor(t *testing.T) {
	t.Parallel()
	fill := func(from, to uint64) *sketch {
		var s sketch
		for i := from; i < to; i++ {
			s.add(i)
		}
		return &s
	}
	const many, more, few = 3_000_000, 200_000, 5_000
	high, middle, low := fill(0, many), fill(many, many+more), fill(many+more, many+more+few)
	if high.floor <= middle.floor || middle.floor <= low.floor {
		t.Fatalf("floors of %d, %d and %d flows are %d, %d and %d", many, more, few, high.floor, middle.floor, low.floor)
	}
	for name, pair := range map[string]struct {
		into, from *sketch
		want       uint64
	}{
		"low into high":    {fill(0, many), low, many + few},
		"middle into high": {fill(0, many), middle, many + more},
		"high into low":    {fill(many+more, many+more+few), high, many + few},
		"high into few":    {fill(many, many+3), high, many + 3},
	} {
		pair.into.merge(pair.from)
		if got := pair.into.count(); math.Abs(float64(got)/float64(pair.want)-1) > 0.1 {
			t.Errorf("%s: count of %d is %d", name, pair.want, got)
		}
		if pair.into.floor != high.floor {
			t.Errorf("%s: the floor is %d, want %d", name, pair.into.floor, high.floor)
		}
	}
	touched := 0
	for i := range uint64(1000) {
		before := *high.ranks
		high.add(many + i)
		if *high.ranks != before {
			touched++
		}
	}
	if touched > 10 {
		t.Errorf("%d of 1,000 flows change a register", touched)
	}
}
