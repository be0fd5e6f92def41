package verify

import (
	"math"
	"time"
)

// A series is bytes over time: a ring of slots, of which the newest is head. Slots are
// numbered from 1970, so that all series have the same.
type series struct {
	ring []uint64 // nil: empty
	head int64
	tail int64 // the oldest slot that anything fell into, or that was left of it
}

// A slot is a slot of the series and its place in their rings.
type slot struct {
	begin, end moment
	number     int64
	place      int
}

// slotOf is the slot of a time. Times before 1970 have negative ones.
func slotOf(now moment, o TallyOptions) slot {
	length := moment(o.Slot)
	number := now / length
	if now < 0 && number*length != now {
		number--
	}
	return slot{begin: number * length, end: (number + 1) * length, number: int64(number), place: position(int64(number), o.Slots)}
}

// position is the place of a slot in a ring of n.
func position(number int64, n int) int {
	at := int(number % int64(n))
	if at < 0 {
		at += n
	}
	return at
}

// add puts bytes into a slot. One that has left the ring is too late.
func (s *series) add(at slot, bytes uint64, slots int) {
	if s.ring == nil {
		s.ring, s.head, s.tail = make([]uint64, slots), at.number, at.number
	}
	if at.number != s.head && !s.turn(at.number) {
		return
	}
	s.ring[at.place] = plus(s.ring[at.place], bytes)
}

// turn makes room for a slot, and reports whether there is any.
func (s *series) turn(number int64) bool {
	n := int64(len(s.ring))
	switch {
	case number <= s.head-n:
		return false
	case number >= s.head+n:
		clear(s.ring)
		s.head = number
	}
	for s.head < number {
		s.head++
		s.ring[position(s.head, len(s.ring))] = 0
	}
	s.tail = max(min(s.tail, number), s.head-n+1)
	return true
}

// list writes the slots from oldest to newest out.
func (s *series) list(oldest, newest int64) []uint64 {
	if newest < oldest || s.ring == nil {
		return nil
	}
	out := make([]uint64, newest-oldest+1)
	for n := max(oldest, s.tail); n <= s.head; n++ {
		out[n-oldest] = s.ring[position(n, len(s.ring))]
	}
	return out
}

// oldest is the first slot of all series: the first that anything fell into, as far
// back as a ring goes from the newest.
func (t *Tally) oldest() int64 {
	oldest := int64(math.MaxInt64)
	for _, r := range t.rows {
		if r == nil {
			continue
		}
		for i := range r.legs {
			if s := &r.legs[i].series; s.ring != nil {
				oldest = min(oldest, s.tail)
			}
		}
	}
	return max(oldest, t.newest-int64(t.options.Slots)+1)
}

// seriesFrom is when the first slot of all series begins; zero: there is none.
func (t *Tally) seriesFrom() time.Time {
	if t.newest == math.MinInt64 || t.options.Slot == 0 {
		return time.Time{}
	}
	return time.Unix(0, t.oldest()*int64(t.options.Slot))
}
