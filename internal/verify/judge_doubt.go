package verify

import (
	"slices"
	"time"

	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/sim"
)

// A Crossing is a leg and a direction in which something was seen to pass.
type Crossing struct {
	Leg       Leg
	Direction sim.Direction
}

// A Doubt is why not all that a router carries may have been seen though it exports.
type Doubt struct {
	Router string
	Why    string // a sentence without its subject, which is the router
}

// doubtful looks for routers that may carry the traffic and do not show all they carry.
func (t *trial) doubtful() {
	of := t.routers()
	for _, d := range t.o.Doubts {
		if slices.Contains(of, d.Router) && !t.failed[d.Router] {
			t.gap(false, "%s %s", d.Router, d.Why)
		}
	}
}

// strays looks for traffic that a router sends or gets by an interface that is no link
// and no tunnel, and that no other router shows. It leaves by another way, or the intent
// has wrong numbers of interfaces. What is handed to another router shows there, and
// what a firewall sends back shows on the same one; of samples nobody can tell, and then
// the numbers have to be the router's own. Where part of it is predicted to
// leave by the Internet, or to have no path, that part looks the same.
func (t *trial) strays() {
	if t.anywhere() || t.result.Lost || slices.ContainsFunc(t.expected, func(w want) bool { return isInternet(w.Leg) }) {
		return
	}
	for i := range t.count.Transit {
		c := &t.count.Transit[i]
		least := uint64(fewWrong)
		if t.encrypted {
			least = 1
		}
		switch {
		case c.Samples < least:
			continue
		case t.strayed(c):
		case c.Packets > c.Samples && t.many(c.Samples) && slices.Contains(t.o.Unconfirmed, c.Router):
			t.gap(true, "%s has %s by interfaces that only the intent's numbers tell from its links: ask it (--ask), or export interface names", c.Router, packetsOf(c.Samples))
			continue
		default:
			continue
		}
		t.gap(true, "%s has %s (%s) by an interface that is no link, and no router shows it on one: does it leave otherwise?",
			c.Router, packetsOf(c.Samples), sizeWords(c.Bytes))
	}
}

// strayed judges what one router hands on. Where nobody says that it samples, flows tell. Of
// samples two routers have seldom one of the same flow, so that there their number has
// to: a router that counts both on ingress and on egress has twice as many.
func (t *trial) strayed(c *RouterCount) bool {
	var others, flows uint64
	for i := range t.legs {
		l := &t.legs[i]
		flows += l.Flows
		if !l.Leg.Whole && l.Leg.Router != c.Router {
			others = plus(others, l.Packets)
		}
	}
	more := c.Packets > plus(others, others)
	if c.Packets > c.Samples {
		return more
	}
	return more && c.Stray > 0 || c.Stray >= fewWrong && c.Stray*10 >= flows
}

// anywhere reports whether the other end may be anywhere: a service without prefixes.
// Then what goes to the rest of the Internet looks the same.
func (t *trial) anywhere() bool {
	return t.flow.Default || slices.ContainsFunc(t.statement.Services, func(name string) bool {
		return slices.ContainsFunc(t.p.Services, func(s plan.Service) bool { return s.Name == name && len(s.Prefixes) == 0 })
	})
}

// lasting looks for flows that began before the time that is judged and are told of
// again and again from their beginning on. What they do now nobody tells.
func (t *trial) lasting() {
	n := t.count.Lasting.Samples
	if tooMany(n, plus(t.seen(), n)) {
		are := "are"
		if n == 1 {
			are = "is"
		}
		t.gap(true, "%s %s of flows from before the time that is judged, told more than %s after it: shorten the active timeout, or wait for their end", packetsOf(n), are, t.keep)
	}
}

// spanning looks for flows that began before the time that is judged and ended in it, on a
// leg that the prediction does not have. Whether they were there in it their records cannot
// tell, but the next ones can.
func (t *trial) spanning() {
	if t.o.Seen <= 0 {
		return
	}
	for _, s := range t.count.Spanning {
		least := uint64(fewWrong)
		if t.leaks(s.Leg) {
			least = 1
		}
		left := t.again(s.Told)
		if left <= 0 || s.Samples < least || t.expects(s.Leg) || s.Leg.Whole && t.expectsPath(s.Leg.Path) {
			continue
		}
		t.gap(false, "%s had %s that began before the time that is judged and ended in it: whether they go on shows after %s", legWords(s.Leg), packetsOf(s.Samples), 2*t.keep)
		t.wait = max(t.wait, left)
	}
}

// again is how much longer it takes until flows from before the time that is judged are
// told of once more, if they go on. told is when the last record of them came: the next one
// comes a timeout after it. At the latest that is two timeouts after the beginning.
func (t *trial) again(told time.Time) time.Duration {
	left := 2*t.keep - t.o.Seen
	if !told.IsZero() && !t.o.Until.IsZero() {
		left = min(left, t.keep+lateExport-t.o.Until.Sub(told))
	}
	return left
}

// untold says that the part of a link is not known where the router is silent and
// Azure's Traffic Collector, which stands in for it, tells the circuit alone.
func (t *trial) untold(l *LegShare) {
	switch {
	case t.wholeOf(l.Leg.Path) == 0: // it is said that the router is silent
	case t.told(l.Leg.Path) > 0 && t.silent[l.Leg.Router]:
		t.gap(true, "%s exports nothing: whether %s carries its part is not seen", l.Leg.Router, shortLeg(l.Leg))
	case t.provable(l.Leg.Path):
		text := "which link of " + l.Leg.Path + " carries how much is not seen: the circuit alone is told"
		if !slices.Contains(t.notes, text) {
			t.notes = append(t.notes, text)
		}
	}
}

// unwatched says which legs beside the predicted ones have shown nothing at all: what
// watches one of them may be missing, and then a PASS cannot know it.
func (t *trial) unwatched() {
	if len(t.fails)+len(t.gaps) > 0 {
		return
	}
	legs := slices.DeleteFunc(t.possible(), func(l Leg) bool {
		return t.expects(l) || t.passed[Crossing{l, t.direction}] || t.silent[l.Router] || t.failed[l.Router] || slices.Contains(t.o.Trusted, l.Router)
	})
	if len(legs) > 0 {
		t.note("nothing was seen on %s: that what goes there is exported is not proved", someOf(legs))
	}
}

// watched reports whether anything was seen on a leg, of any statement and direction, or
// is known to be seen if it is there.
func (t *trial) watched(l Leg) bool {
	return t.passed[Crossing{l, sim.ToAzure}] || t.passed[Crossing{l, sim.FromAzure}] || slices.Contains(t.o.Trusted, l.Router)
}

// possible are the links and tunnels of the statement's paths.
func (t *trial) possible() []Leg {
	var out []Leg
	for _, path := range t.statement.Prefer {
		out = append(out, t.linksOf(path)...)
		if v := t.vpns[path]; v != nil {
			for _, x := range v.Tunnels {
				if l := (Leg{Path: path, Router: x.Router, Instance: x.Instance}); !slices.Contains(out, l) {
					out = append(out, l)
				}
			}
		}
	}
	return out
}

// uncollected are legs beside the prediction on routers that export nothing and for whose
// predicted legs Azure's Traffic Collector stands in. It stands in for its circuits alone:
// a VPN, or a circuit that has none, nobody watches there.
func (t *trial) uncollected() []Leg {
	standsIn := func(router string) bool {
		on := false
		for _, w := range t.expected {
			if w.Router == router {
				if t.wholeOf(w.Path) == 0 {
					return false // it is said that the router is silent
				}
				on = true
			}
		}
		return on
	}
	return slices.DeleteFunc(t.possible(), func(l Leg) bool {
		return t.expects(l) || t.collected[l.Path] || !t.silent[l.Router] || t.failed[l.Router] || !standsIn(l.Router)
	})
}
