//go:build linux

package lab

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// samplesOf makes packets ten milliseconds apart: a point arrived, anything else
// was lost.
func samplesOf(text string) []sample {
	out := make([]sample, len(text))
	for i, c := range text {
		out[i] = sample{sent: time.Duration(i) * probeEvery, arrived: c == '.'}
	}
	return out
}

func TestLossOf(t *testing.T) {
	t.Parallel()
	const ms = time.Millisecond
	round := "................" // every flow once
	for _, c := range []struct {
		name, packets string
		want          loss
	}{
		{"nothing is sent", "", loss{}},
		{"nothing is lost", "....", loss{0, 0, 4}},
		{"to the next packet that arrives", "..xxx..", loss{30 * ms, 3, 7}},
		{"to the end", "..xxx", loss{30 * ms, 3, 5}},
		{"everything", "xxxx", loss{40 * ms, 4, 4}},
		{"half of the flows go by the path that works", "x.x.x..x.....", loss{80 * ms, 4, 13}},
		{"two outages, the longer one counts", "xx" + round + round + round + "xxxx.", loss{40 * ms, 6, 55}},
		{"a round that came through is no end of an outage", "x" + round + "x.", loss{180 * ms, 2, 19}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, lossOf(samplesOf(c.packets)), cmp.AllowUnexported(loss{})); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// A window is of the packets that left in it, and what is older than the history
// is forgotten and not lost.
func TestProberLoss(t *testing.T) {
	t.Parallel()
	p := &prober{streams: make([]sending, 1)}
	s := &p.streams[0]
	const n = history + 100
	for i := range n {
		s.packets[i%history] = sample{sent: time.Duration(i) * probeEvery}
		s.next++
		if i != n-10 {
			s.arrived(i, time.Duration(i)*probeEvery)
		}
	}
	s.arrived(50, 50*probeEvery)     // forgotten: its place is another packet's
	s.arrived(n-10, 0)               // not the packet that was sent
	s.arrived(n+1, (n+1)*probeEvery) // never sent
	for _, c := range []struct {
		name     string
		from, to time.Duration
		want     loss
	}{
		{"all that is known", 0, n * probeEvery, loss{probeEvery, 1, history}},
		{"before it was lost", (n - 20) * probeEvery, (n - 10) * probeEvery, loss{0, 0, 10}},
		{"from the moment on", (n - 10) * probeEvery, (n - 5) * probeEvery, loss{probeEvery, 1, 5}},
	} {
		if diff := cmp.Diff(c.want, p.loss(0, c.from, c.to), cmp.AllowUnexported(loss{})); diff != "" {
			t.Errorf("%s: -want +got:\n%s", c.name, diff)
		}
	}
}

// The clock's error is the longest time for which no packet left that should
// have, and a millisecond at least.
func TestJitter(t *testing.T) {
	t.Parallel()
	const ms = time.Millisecond
	var j jitter
	for _, at := range []time.Duration{1 * ms, 11 * ms, 21 * ms, 71 * ms, 81 * ms, 96 * ms} {
		j.tick(at)
	}
	for _, c := range []struct {
		name     string
		from, to time.Duration
		want     time.Duration
	}{
		{"all", 0, 100 * ms, 40 * ms},
		{"after the worst", 75 * ms, 100 * ms, 5 * ms},
		{"it began in the window", 0, 40 * ms, 40 * ms},
		{"none", 0, 20 * ms, ms},
	} {
		if got := j.error(c.from, c.to); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
