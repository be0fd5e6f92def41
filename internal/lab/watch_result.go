//go:build linux

package lab

import (
	"cmp"
	"slices"

	"github.com/ercfg/ercfg/internal/sim"
)

// A trip is what became of one stream for a while: the packets on each leg, and
// those that were lost.
type trip struct {
	legs map[sim.Leg]uint64
	loss loss
}

// resultOf says where traffic went: the legs that its packets took, and whether
// some of them, or all, had no path. Packets on a dead leg are lost there, and
// have had a path.
func resultOf(trips []trip, want sim.Result, encrypted bool, dead func(sim.Leg) bool) sim.Result {
	out := sim.Result{Lost: len(trips) == 0}
	for _, t := range trips {
		into := 0
		for leg, n := range t.legs {
			leg.Clear = encrypted && leg.Instance == ""
			if leg.Dead = dead(leg); leg.Dead {
				into += int(n)
			}
			if !slices.Contains(out.Legs, leg) {
				out.Legs = append(out.Legs, leg)
			}
		}
		// Packets at the edges of what is counted are not in both counts.
		out.Lost = out.Lost || t.loss.lost > into+t.loss.sent/streamFlows
	}
	order(out.Legs, want.Legs)
	out.Tie = want.Tie && !sameLegs(out.Legs, want.Legs) && within(out.Legs, want.Legs)
	return out
}

// order sorts legs as the prediction has them, so that both are written alike;
// those that it has not come last.
func order(legs, like []sim.Leg) {
	rank := func(l sim.Leg) int {
		if i := slices.Index(like, l); i >= 0 {
			return i
		}
		return len(like)
	}
	slices.SortFunc(legs, func(a, b sim.Leg) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.Path, b.Path), cmp.Compare(a.Router, b.Router), cmp.Compare(a.Position, b.Position),
			cmp.Compare(a.Instance, b.Instance), cmp.Compare(a.Over, b.Over), cmp.Compare(a.OverPosition, b.OverPosition))
	})
}

// agrees reports whether what was measured is what was predicted. Where a
// tie-break decides that the plan does not know, some of the legs will do.
func agrees(want, got sim.Result) bool {
	if want.Lost != got.Lost && (len(want.Legs) > 0 || len(got.Legs) > 0) {
		return false
	}
	if want.Tie {
		return within(got.Legs, want.Legs) && len(got.Legs) > 0
	}
	return sameLegs(want.Legs, got.Legs)
}

// oneLink is a prediction for tunnels each of whose outer packets are one flow, as
// GRE's are: of equal links under it such a tunnel takes one, and a hash says
// which. The links that it was not seen to take are left out.
func oneLink(want, got sim.Result) sim.Result {
	want.Legs = slices.DeleteFunc(slices.Clone(want.Legs), func(l sim.Leg) bool {
		return l.Over != "" && !slices.Contains(got.Legs, l) && slices.ContainsFunc(got.Legs, func(o sim.Leg) bool {
			return o.Path == l.Path && o.Router == l.Router && o.Instance == l.Instance && o.Over == l.Over
		})
	})
	return want
}

func within(legs, of []sim.Leg) bool {
	return !slices.ContainsFunc(legs, func(l sim.Leg) bool { return !slices.Contains(of, l) })
}

func sameLegs(a, b []sim.Leg) bool { return within(a, b) && within(b, a) }
