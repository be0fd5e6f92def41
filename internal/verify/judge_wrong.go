package verify

import (
	"cmp"
	"fmt"
	"slices"
)

// fewWrong is how many packets on a leg that the prediction does not have make a
// failure: fewer may be those of a moment in which the path changed. In clear text
// one is too many.
const fewWrong = 3

// provenOf is how many samples of a leg have more than a next hop to say where they
// were. Rungs count records, so it is their part of the samples, rounded down.
func provenOf(l *LegShare) uint64 {
	hints := l.Rungs[ByNextHop]
	if hints == 0 {
		return l.Samples
	}
	return l.Samples - hintedOf(l)
}

// hintedOf is the rest of them.
func hintedOf(l *LegShare) uint64 {
	hints := l.Rungs[ByNextHop]
	switch {
	case hints == 0:
		return 0
	case hints >= l.Records:
		return l.Samples
	}
	return min(uint64(float64(l.Samples)*float64(hints)/float64(l.Records))+1, l.Samples)
}

// wrong looks for traffic on legs that the prediction does not have. Seen is seen: a
// sample is a packet that was there, whatever the rate, and the lower bound of its
// share is above zero.
func (t *trial) wrong() {
	var all []*LegShare
	for i := range t.legs {
		if l := &t.legs[i]; !l.Expected && l.Samples > 0 {
			all = append(all, l)
		}
	}
	rank := func(l *LegShare) int {
		if t.leaks(l.Leg) {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(all, func(a, b *LegShare) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(b.Share, a.Share))
	})
	for _, l := range all {
		enough := uint64(fewWrong)
		if t.leaks(l.Leg) {
			enough = 1
		}
		switch seen := provenOf(l); {
		case seen >= enough:
			t.fails = append(t.fails, t.accuse(l))
		case hintedOf(l) > 0:
			t.gap(true, "%s may carry %s: a next hop says so, which is a hint and no proof", legWords(l.Leg), packetsOf(l.Samples))
		default:
			t.gap(true, "%s carries %s, which the prediction does not have: too few for a failure, and too many for a proof", legWords(l.Leg), packetsOf(l.Samples))
		}
	}
}

// leaks reports whether traffic on a leg is what a VPN should encrypt.
func (t *trial) leaks(l Leg) bool { return t.encrypted && t.circuit(l) }

// gap notes what a proof lacks, and whether more time does not help.
func (t *trial) gap(stuck bool, format string, args ...any) {
	t.gaps = append(t.gaps, fmt.Sprintf(format, args...))
	t.stuck = t.stuck || stuck
}

func (t *trial) note(format string, args ...any) {
	t.notes = append(t.notes, fmt.Sprintf(format, args...))
}

// accuse says what it means that a leg carries traffic.
func (t *trial) accuse(l *LegShare) string {
	carries := fmt.Sprintf("%s carries %s", legWords(l.Leg), quantityOf(l))
	if t.leaks(l.Leg) {
		return fmt.Sprintf("leak: %s in clear text on %s, which the prediction does not have", quantityOf(l), legWords(l.Leg))
	}
	if len(t.expected) == 0 {
		return carries + " although no path is predicted"
	}
	best := t.rank(t.expected[0].Path)
	for _, w := range t.expected[1:] {
		best = min(best, t.rank(w.Path))
	}
	alive := t.expected[slices.IndexFunc(t.expected, func(w want) bool { return t.rank(w.Path) == best })]
	switch at := t.rank(l.Leg.Path); {
	case t.samePath(l.Leg):
		return carries + " although the prediction has " + t.names() + " alone"
	case l.Leg.Instance != "" && t.circuit(alive.Leg):
		return fmt.Sprintf("backup in use: the VPN %s while ExpressRoute lives (%s)", carries, alive.Path)
	case at > best:
		return fmt.Sprintf("backup in use: %s although %s lives", carries, alive.Path)
	case at < best && len(t.scenario.Failures) > 0:
		return fmt.Sprintf("%s although scenario %s leaves it nothing: is that the state?", carries, t.scenario.Name())
	}
	return carries + " although the prediction has " + t.names()
}

// rank is the place of a path in prefer; the Internet and what is not listed come last.
func (t *trial) rank(path string) int {
	if i := slices.Index(t.statement.Prefer, path); i >= 0 {
		return i
	}
	return len(t.statement.Prefer)
}

func (t *trial) samePath(l Leg) bool {
	return slices.ContainsFunc(t.expected, func(w want) bool { return w.Path == l.Path })
}

// compare tells each direction of a flow that the other one goes another way although
// both are predicted to go the same.
func compare(both []*trial) {
	if len(both) != 2 || !sameLegs(both[0].expected, both[1].expected) {
		return
	}
	for i, t := range both {
		other := both[1-i]
		for k := range other.legs {
			l := &other.legs[k]
			mine := t.find(l.Leg)
			if l.Expected || provenOf(l) < fewWrong || mine != nil && mine.Samples > 0 {
				continue
			}
			t.note("asymmetric: %s, %s carries %s", towardOf(other.direction), legWords(l.Leg), percentOf(l.Share))
		}
	}
}

func (t *trial) find(l Leg) *LegShare {
	if i := slices.IndexFunc(t.legs, func(s LegShare) bool { return s.Leg == l }); i >= 0 {
		return &t.legs[i]
	}
	return nil
}

func sameLegs(a, b []want) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(w want) bool {
		return !slices.ContainsFunc(b, func(o want) bool { return o.Leg == w.Leg })
	})
}

// routers are those that could carry the statement's traffic: those on which a
// link or a tunnel of its paths ends; sorted.
func (t *trial) routers() []string {
	var out []string
	for _, path := range t.statement.Prefer {
		if c := t.peerings[path]; c != nil {
			for _, l := range c.Links {
				out = append(out, l.Router)
			}
		}
		if v := t.vpns[path]; v != nil {
			for _, l := range v.Tunnels {
				out = append(out, l.Router)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// linksOf are the links of a peering that a family runs on.
func (t *trial) linksOf(path string) []Leg {
	var out []Leg
	c := t.peerings[path]
	if c == nil {
		return nil
	}
	for _, l := range c.Links {
		link := &t.router(l.Router).Links[l.Link]
		if [...]bool{link.IPv4.IsValid(), link.IPv6.IsValid()}[t.flow.Family] {
			out = append(out, Leg{Path: path, Router: l.Router, Position: l.Position})
		}
	}
	return out
}
