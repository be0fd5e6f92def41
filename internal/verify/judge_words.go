package verify

import (
	"fmt"
	"strings"

	"github.com/ercfg/ercfg/internal/sim"
)

// legWords is a leg in sentences.
func legWords(l Leg) string {
	if isInternet(l) {
		return "the Internet"
	}
	return l.String()
}

// shortLeg is a leg without its router.
func shortLeg(l Leg) string {
	text, _, _ := strings.Cut(legWords(l), " on ")
	return text
}

// someOf lists legs, of many the first.
func someOf(legs []Leg) string {
	if n := len(legs); n > 2 {
		return fmt.Sprintf("%s and %d other links or tunnels", legWords(legs[0]), n-1)
	}
	var out []string
	for _, l := range legs {
		out = append(out, legWords(l))
	}
	return listed(out)
}

// towardOf is a direction in sentences.
func towardOf(d sim.Direction) string { return [...]string{"to Azure", "from Azure"}[d] }

// listed joins words as a sentence does: a, b and c.
func listed(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " and " + words[last]
}

// numberOf is a number and its noun, in one or many: 1 flow, 7 flows.
func numberOf(n uint64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func packetsOf(n uint64) string { return numberOf(n, "packet") }

// percentOf is a share: 12 %, 1.5 %, under 0.1 %.
func percentOf(share float64) string {
	switch p := share * 100; {
	case p == 0:
		return "0 %"
	case p < 0.1:
		return "under 0.1 %"
	case p < 9.95:
		return fmt.Sprintf("%.1f %%", p)
	case p > 99 && p < 100:
		return "over 99 %" // and never 100 % of less than all
	default:
		return fmt.Sprintf("%.0f %%", p)
	}
}

// atMost is a share as a bound: never under what it is.
func atMost(share float64) string {
	if share > 0 && share < 0.001 {
		return "0.1 %"
	}
	return percentOf(share)
}

// sizeWords is a number of bytes in decimal units.
func sizeWords(n uint64) string {
	value, unit := float64(n), 0
	for value >= 999.5 && unit < 5 {
		value, unit = value/1000, unit+1
	}
	word := [...]string{"bytes", "kB", "MB", "GB", "TB", "PB"}[unit]
	if unit == 0 || value >= 9.95 {
		return fmt.Sprintf("%.0f %s", value, word)
	}
	return fmt.Sprintf("%.1f %s", value, word)
}

// quantityOf is what a leg carries: 12 % (3.4 MB, 120 packets). Of a circuit whose link
// is not told it has no share: routers may have seen the same traffic, or other.
func quantityOf(l *LegShare) string {
	if l.Leg.Whole {
		return sizeWords(l.Bytes) + " in " + packetsOf(l.Samples)
	}
	return fmt.Sprintf("%s (%s, %s)", percentOf(l.Share), sizeWords(l.Bytes), packetsOf(l.Samples))
}

// volumeOf is an amount: 5.6 MB, 1234 packets, 230 flows. Packets are those that were
// really seen.
func volumeOf(a Amount) string {
	return fmt.Sprintf("%s, %s, %s", sizeWords(a.Bytes), packetsOf(a.Samples), numberOf(a.Flows, "flow"))
}

// unbalanced says that an expected leg carries nothing though others of its group do.
func (t *trial) unbalanced(l *LegShare, g balanced, k int, chosen chances) string {
	with := fmt.Sprintf("%d other legs", k-1)
	for _, o := range g {
		if k == 2 && o != l && (provenOf(o) > 0 || !t.isDead(o.Leg)) {
			with = legWords(o.Leg)
		}
	}
	return fmt.Sprintf("%s carries nothing of %s that it should share with %s", legWords(l.Leg), chosen.words(), with)
}
