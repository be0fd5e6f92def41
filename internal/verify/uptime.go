package verify

import "time"

// Tolerances of clocks and sequence numbers.
const (
	// aheadOfExport is how far an end may lie after the time of export: times have whole
	// seconds in some protocols.
	aheadOfExport = 2 * time.Second
	// longestAgo is how long before its export a flow may have ended. Routers export at the
	// latest after 30 minutes (Cisco's default of a long flow).
	longestAgo = time.Hour
	// longestFlow is how long before its export a flow may have begun. There are routers that
	// tell its beginning over all of its active timeouts, for days (a Juniper MX,
	// https://github.com/phaag/nfdump/issues/231).
	longestFlow = 365 * 24 * time.Hour
	// sameBoot is how far two datagrams may disagree about when the exporter began:
	// they lie in queues.
	sameBoot = 5000 // milliseconds
	// longestGap is the largest number of units that count as missed; beyond it a sequence
	// is another one.
	longestGap = 1 << 20
	// shortGap is the same where the uptime is another one.
	shortGap = 1024
	// lateUnits is how many units a datagram may come late.
	lateUnits = 4096
	// mostStreams is how many sequences of one exporter are told apart.
	mostStreams = 4
)

// onOurClock returns when something happened that was a distance before the time of
// export, or zero if that is not to be believed, because it is more than longest.
func (h *header) onOurClock(distance, longest time.Duration) time.Time {
	switch {
	case distance < -aheadOfExport || distance > longest:
		return time.Time{}
	case distance < 0:
		return h.at
	}
	return h.at.Add(-distance)
}

// skew returns how far the exporter's clock is ahead of ours, 0 under a second.
func skew(h *header) time.Duration {
	if h.export.IsZero() {
		return 0
	}
	d := h.export.Sub(h.at)
	if h.coarse {
		d += time.Second / 2
	}
	if d.Abs() < time.Second {
		return 0
	}
	return d
}

// A sequence follows the sequence numbers of one address and domain. There may be
// several exporters behind it, as there is one softflowd for every interface: they all
// say domain 0. Each is told by when it began, or by numbers that go on.
type sequence struct {
	streams          []stream
	current          int // stream of the last datagram
	restarts, missed uint64
}

// A stream is one exporter's sequence.
type stream struct {
	known    bool   // expected and number are
	expected uint32 // next number, if it counts what was sent before
	number   uint32 // of the last datagram
	moved    bool   // it has had a number other than 0
	boot     uint32 // our clock at uptime 0, in milliseconds modulo 2³²
	told     bool   // boot is
	first    time.Time
	last     time.Time
	restart  bool // was taken for another one's restart
	resumed  bool // known of an earlier run alone: number is what it was then

	// after counts datagrams in a row whose number counts their own flows too, and
	// not option data, as softflowd 1.1.0 does in IPFIX: the number is that of the
	// last flow and not of the first. From the second on it is believed, and what
	// seemed missed is taken back.
	after  int
	seemed uint64
}

// next finds the stream of a datagram, counts what is missing before it, and says
// whether its exporter has begun anew.
func (q *sequence) next(h *header) bool {
	boot := uint32(h.at.UnixMilli()) - h.uptime
	told := h.told && h.uptime != 0
	i := q.find(h, boot, told)
	if i < 0 {
		restarted := q.began(h, told)
		if restarted {
			q.restarts++
		}
		q.current = q.add(stream{boot: boot, told: told, first: h.at, last: h.at, restart: restarted, moved: h.sequence != 0})
		return restarted
	}
	st := &q.streams[i]
	q.another(st)
	// A number below that of an earlier run has begun anew since, whatever it has come to.
	anew := st.resumed && !told && int32(h.sequence-st.number) < 0
	if anew {
		q.restarts++
	}
	q.current, st.last, st.resumed = i, h.at, false
	st.boot, st.told, st.moved = boot, told, st.moved || h.sequence != 0
	return anew
}

// carried tells what the datagram carried that next has placed: how many units, which
// are what its number should count, and how many flows. If that is not certain, the
// next datagram tells.
func (q *sequence) carried(h *header, units, flows uint32, certain bool) {
	st := &q.streams[q.current]
	if st.known {
		before, after := int32(h.sequence-st.expected), int32(h.sequence-st.number-flows)
		if !certain {
			after = before
		}
		switch {
		case before == 0:
		case after == 0:
			st.after++
			if before > 0 {
				st.seemed += uint64(before)
				q.missed += uint64(before)
			}
			if st.after > 1 {
				q.missed -= min(q.missed, st.seemed)
				st.seemed = 0
			}
		default:
			if st.after > 1 {
				before = after
			}
			if before < 0 { // late: it was counted as missed
				q.missed -= min(q.missed, uint64(units))
				return
			}
			q.missed += uint64(before)
			if st.after == 1 {
				st.after, st.seemed = 0, 0
			}
		}
	}
	st.known, st.expected, st.number = certain, h.sequence+units, h.sequence
}

// find returns the stream that a datagram belongs to, or -1. A number that is expected
// is stronger than an uptime that differs, and so is one that is a little beyond: there
// are routers whose uptime runs back and forth by minutes (a Huawei NE). Only a router
// that began after it was last heard begins anew.
func (q *sequence) find(h *header, boot uint32, told bool) int {
	best, least := -1, int64(longestGap)*4
	for i, st := range q.streams {
		if st.known && st.expected == h.sequence && (h.sequence != 0 || !told) {
			return i
		}
		if !told && h.sequence == 0 && st.moved {
			continue // begins anew
		}
		distance := int64(0)
		if st.known {
			distance = int64(int32(h.sequence - st.expected))
		}
		cost := magnitude(distance)
		if told && st.told && magnitude(int64(int32(boot-st.boot))) > sameBoot {
			if h.after(st.last) || distance < 0 || distance > shortGap {
				continue
			}
			cost += 2 * longestGap
		}
		if distance >= -lateUnits && distance <= longestGap && cost < least {
			best, least = i, cost
		}
	}
	return best
}

// after says whether the exporter of a datagram began after a time, or about then.
func (h *header) after(t time.Time) bool {
	return int64(h.uptime) <= h.at.Sub(t).Milliseconds()+sameBoot
}

// began says whether a datagram of no known stream is the sign of a restart: its
// exporter began after the others were last heard, or, where no uptime is told, counts
// from the beginning. Any other is one more exporter.
func (q *sequence) began(h *header, told bool) bool {
	if len(q.streams) == 0 {
		return false
	}
	if !told {
		return h.sequence <= shortGap
	}
	for _, st := range q.streams {
		if !h.after(st.last) {
			return false
		}
	}
	return true
}

// another takes back what was taken for a restart: a stream from before it is heard
// again, so that there are two.
func (q *sequence) another(st *stream) {
	for i := range q.streams {
		o := &q.streams[i]
		if o.restart && o.first.After(st.first) && !o.first.Before(st.last) {
			o.restart = false
			q.restarts -= min(q.restarts, 1)
		}
	}
}

// add adds a stream, in place of the one that was silent longest, and returns where.
func (q *sequence) add(st stream) int {
	if len(q.streams) < mostStreams {
		q.streams = append(q.streams, st)
		return len(q.streams) - 1
	}
	oldest := 0
	for i := range q.streams {
		if q.streams[i].last.Before(q.streams[oldest].last) {
			oldest = i
		}
	}
	q.streams[oldest] = st
	return oldest
}

func magnitude(n int64) int64 {
	if n < 0 {
		return -n
	}
	return n
}
