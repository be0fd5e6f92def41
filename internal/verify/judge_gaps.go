package verify

import (
	"math"
	"slices"
	"strings"
	"time"

	"github.com/ercfg/ercfg/internal/sim"
)

// unknownPercent is how much of the samples may be unknown: what is unknown may be
// anywhere.
const unknownPercent = 1

// seen is how many samples there are of a trial, wherever they were.
func (t *trial) seen() uint64 {
	n := plus(t.count.NotPlaced.Samples, t.count.Ambiguous.Samples)
	for i := range t.legs {
		n = plus(n, t.legs[i].Samples)
	}
	return n
}

// hints is how many samples are placed by a next hop alone.
func (t *trial) hints() uint64 {
	var n uint64
	for i := range t.legs {
		n = plus(n, hintedOf(&t.legs[i]))
	}
	return n
}

// unknown is how many samples may have been anywhere.
func (t *trial) unknown() uint64 {
	return plus(plus(t.count.NotPlaced.Samples, t.count.Ambiguous.Samples), t.hints())
}

// many reports whether samples are more than may be unknown.
func (t *trial) many(samples uint64) bool { return tooMany(samples, t.seen()) }

// tooMany is many of any samples. It divides, because a product may be too large.
func tooMany(samples, of uint64) bool { return samples > of/100*unknownPercent }

// unplaced looks for what is seen and not known where.
func (t *trial) unplaced() {
	before := len(t.gaps)
	if n := t.count.NotPlaced.Samples; t.many(n) || n > 0 && t.encrypted {
		t.gap(true, "%d of %s went by interfaces that nobody knows: give exporter or interfaceIndex, export interface names, or ask the routers", n, packetsOf(t.seen()))
	}
	if n := t.hints(); t.many(n) {
		t.gap(true, "%d of %s are placed by a next hop alone, which is a hint and no proof", n, packetsOf(t.seen()))
	}
	if n := t.count.Ambiguous.Samples; t.many(n) {
		t.gap(true, "%d of %s belong to two statements with the same prefixes", n, packetsOf(t.seen()))
	}
	if n := t.unknown(); t.many(n) && len(t.gaps) == before {
		t.gap(true, "%d of %s may have been anywhere: not placed, ambiguous, or by a hint alone", n, packetsOf(t.seen()))
	}
}

// deaf looks for routers of expected legs that export nothing. Azure's Traffic
// Collector stands in for the routers of a circuit.
func (t *trial) deaf() {
	var names []string
	for _, w := range t.expected {
		if t.silent[w.Router] && t.wholeOf(w.Path) == 0 {
			names = append(names, w.Router)
		}
	}
	slices.Sort(names)
	for _, r := range slices.Compact(names) {
		var legs []string
		for _, w := range t.expected {
			if w.Router == r {
				legs = append(legs, shortLeg(w.Leg))
			}
		}
		carry := "carries"
		if len(legs) > 1 {
			carry = "carry"
		}
		t.gap(true, "%s exports nothing: what %s %s is not seen", r, listed(legs), carry)
	}
}

// wholeOf is how many samples of a circuit do not tell the link.
func (t *trial) wholeOf(path string) uint64 {
	if l := t.find(Leg{Path: path, Whole: true}); l != nil {
		return l.Samples
	}
	return 0
}

// nothing reports whether no traffic at all is to be seen: there is no path, or the
// VNets leave by Azure itself.
func (t *trial) nothing() bool {
	return !slices.ContainsFunc(t.expected, func(w want) bool { return !isInternet(w.Leg) || !t.flow.Default })
}

// absent judges that no traffic is there where none is predicted. That is proved only
// by the routers that could have carried it.
func (t *trial) absent() {
	for _, r := range t.routers() {
		if t.silent[r] && !t.failed[r] {
			t.gap(true, "%s exports nothing: whether it carries any of this, without a path, is not seen", r)
		}
	}
	if len(t.heardRouters()) == 0 {
		t.gap(true, "no router that could carry this is heard, so none can prove that nothing goes")
	}
	if t.o.Seen < t.keep {
		t.gap(false, "none was seen yet, but routers keep a flow for up to %s before they export it", t.keep)
		t.wait = max(t.wait, t.keep-t.o.Seen)
	} else if n, left := t.count.Early.Samples, t.again(t.count.EarlyTold); n > 0 && left > 0 {
		t.gap(false, "none was seen yet but %s that began before; whether they go on shows after %s", packetsOf(n), 2*t.keep)
		t.wait = max(t.wait, left)
	}
}

// whole looks for circuits of which nobody tells the link although not all of them are
// expected.
func (t *trial) whole() {
	for i := range t.legs {
		if l := &t.legs[i]; l.Expected && l.Leg.Whole && l.Samples > 0 && !t.provable(l.Leg.Path) && t.told(l.Leg.Path) == 0 {
			t.gap(true, "of %s on %s nobody tells the link, and the prediction has %s alone", packetsOf(l.Samples), l.Leg.Path, listed(t.linksExpected(l.Leg.Path)))
		}
	}
}

// provable reports whether all links of a circuit are expected, so that the circuit
// is proof enough.
func (t *trial) provable(path string) bool {
	links := t.linksOf(path)
	return len(links) > 0 && !slices.ContainsFunc(links, func(l Leg) bool { return !t.expects(l) })
}

// told is how many samples are on expected legs of a path that are told.
func (t *trial) told(path string) uint64 {
	var n uint64
	for i := range t.legs {
		if l := &t.legs[i]; l.Expected && !l.Leg.Whole && l.Leg.Path == path {
			n += provenOf(l)
		}
	}
	return n
}

func (t *trial) linksExpected(path string) []string {
	var out []string
	for _, w := range t.expected {
		if w.Path == path && w.Instance == "" {
			out = append(out, shortLeg(w.Leg))
		}
	}
	return out
}

// have is how many samples speak for the prediction.
func (t *trial) have() uint64 {
	var n uint64
	for i := range t.legs {
		l := &t.legs[i]
		if l.Expected && (!l.Leg.Whole || t.provable(l.Leg.Path)) {
			n += provenOf(l)
		}
	}
	return n
}

// enough judges whether there are enough samples for a proof, and if not, why.
func (t *trial) enough() {
	have, need := t.have(), uint64(t.o.MinSamples)
	worth := t.evidence()
	if worth >= need {
		return
	}
	early := t.count.Early.Samples
	switch {
	case t.seen() == 0 && early > 0:
		t.gap(true, "all %s began before the time that is judged: wait until such records are over", packetsOf(early))
	case t.seen() == 0 && !slices.ContainsFunc(t.expected, func(w want) bool { return !isInternet(w.Leg) }):
		t.gap(true, "no traffic at all: it is predicted to leave by the Internet, which no link of the plan shows")
	case t.seen() == 0:
		t.gap(true, "no traffic at all: %s", t.heard())
	case have == 0 && len(t.gaps) > 0: // they say why
		t.stuck = true
	case have == 0:
		t.gap(true, "no packet is proved on an expected leg; a verdict takes %d", need)
	case worth < have:
		t.gap(false, "%s samples one packet in %d, and would have seen %d in place of %s on expected legs: a verdict takes %d", t.coarse.router, t.coarse.rate, worth, packetsOf(have), need)
		t.later(t.proven(), times(need, t.coarse.rate))
	default:
		t.gap(false, "%s on expected legs, and a verdict takes %d", packetsOf(have), need)
		t.later(have, need)
	}
}

// heard says which routers of expected legs export, and show none of it.
func (t *trial) heard() string {
	var names []string
	for _, w := range t.expected {
		if !t.silent[w.Router] && w.Router != "" {
			names = append(names, w.Router)
		}
	}
	slices.Sort(names)
	names = slices.Compact(names)
	switch len(names) {
	case 0:
		return "no router that could show it exports anything"
	case 1:
		return names[0] + " exports, and shows none of it"
	}
	return listed(names) + " export, and show none of it"
}

// later reckons how much longer it takes at the rate of so far.
func (t *trial) later(have, need uint64) {
	if have == 0 || t.o.Seen <= 0 {
		return
	}
	more := t.o.Seen.Seconds() / float64(have) * float64(need-have)
	t.wait = max(t.wait, time.Duration(math.Ceil(min(more, maxWait.Seconds())))*time.Second)
}

// maxWait bounds what is told of the future.
const maxWait = 30 * 24 * time.Hour

// remarks are what a reader has to know besides.
func (t *trial) remarks() {
	t.remarkClear()
	for i := range t.expected {
		w := &t.expected[i]
		switch l := t.find(w.Leg); {
		case l.Samples == 0:
		case w.dead:
			t.note("%s carries %s into a dead end, as predicted: it may never arrive", legWords(w.Leg), percentOf(l.Share))
		case w.half:
			t.note("%s may lead into a dead end, as predicted: one of the links under it is drained", legWords(w.Leg))
		}
	}
	if t.result.Lost && len(t.expected) > 0 {
		t.note("part of this traffic is predicted to have no path: no flow shows what is lost")
	}
	if slices.ContainsFunc(t.expected, func(w want) bool { return isInternet(w.Leg) }) && !t.nothing() && t.seen() > 0 {
		t.note("part of it is predicted to leave by the Internet, which no link of the plan shows")
	}
	if t.result.Tie || t.result.Narrow {
		t.note("a tie-break decides among the expected legs, so any of them may carry it")
	}
	t.remarkRate()
	if n := t.count.Early.Samples; n > 0 && t.seen() > 0 {
		t.note("%s began before the time that is judged, and do not count", packetsOf(n))
	}
	switch {
	case len(t.gaps) > 0 || t.o.Seen <= 0:
	case t.o.Seen < t.keep:
		t.note("long flows may still be missing: routers keep one for up to %s before they export it", t.keep)
	case t.o.Seen < 2*t.keep && t.count.Early.Samples > 0:
		t.note("flows that were there before may be missing: what they do since shows after %s", 2*t.keep)
	}
}

// remarkClear says what goes in clear text although the prediction has it so.
func (t *trial) remarkClear() {
	for i := range t.legs {
		if l := &t.legs[i]; l.Expected && l.Samples > 0 && t.leaks(l.Leg) {
			t.note("in clear text on %s, as predicted: %s", legWords(l.Leg), quantityOf(l))
		}
	}
}

// beside looks for what is beside the predicted path and exports nothing: what it carries
// of this traffic would not show.
func (t *trial) beside() {
	if t.nothing() {
		return
	}
	var names []string
	for _, r := range t.routers() {
		if t.silent[r] && !t.failed[r] && !slices.ContainsFunc(t.expected, func(w want) bool { return w.Router == r }) {
			names = append(names, r)
		}
	}
	if len(names) > 0 {
		t.gap(true, "not seen: what goes by %s, of which nothing comes; --idle says that silence there is idleness", listed(names))
	}
	if legs := t.uncollected(); len(legs) > 0 {
		t.gap(true, "not seen: what goes by %s, of which neither a router nor Azure's Traffic Collector tells", someOf(legs))
	}
}

// proved says what a PASS stands on.
func (t *trial) proved() string {
	if t.nothing() {
		if len(t.expected) > 0 {
			return "none came by the site: the VNets are predicted to leave by Azure's own way"
		}
		return "no path is predicted and none was seen: " + listed(t.heardRouters()) + " would have shown it"
	}
	var sum Amount
	var legs []string
	for i := range t.legs {
		if l := &t.legs[i]; l.Expected && l.Samples > 0 {
			sum.add(l.Amount)
			legs = append(legs, legWords(l.Leg))
		}
	}
	where := listed(legs)
	if len(legs) > 2 {
		where = t.pathNames()
	}
	return "all on " + where + " as predicted: " + volumeOf(sum)
}

// heardRouters are those that could carry the traffic and export.
func (t *trial) heardRouters() []string {
	return slices.DeleteFunc(t.routers(), func(r string) bool { return t.silent[r] })
}

// names are the expected legs in words.
func (t *trial) names() string {
	if len(t.expected) > 2 {
		return t.pathNames()
	}
	var out []string
	for _, w := range t.expected {
		out = append(out, legWords(w.Leg))
	}
	return listed(out)
}

// pathNames are their paths, with how many legs each has.
func (t *trial) pathNames() string {
	var paths, out []string
	for _, w := range t.expected {
		if !slices.Contains(paths, w.Path) {
			paths = append(paths, w.Path)
		}
	}
	for _, p := range paths {
		var legs []string
		for _, w := range t.expected {
			if w.Path == p {
				legs = append(legs, strings.TrimPrefix(shortLeg(w.Leg), p+"."))
			}
		}
		if p == sim.Internet {
			out = append(out, "the Internet")
			continue
		}
		out = append(out, p+" ("+strings.Join(slices.Compact(legs), ", ")+")")
	}
	return listed(out)
}
