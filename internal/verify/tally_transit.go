package verify

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/ercfg/ercfg/internal/sim"
)

// A transitTally is what one router sent or got of one Traffic by an interface that is
// no leg.
type transitTally struct {
	router int
	tallied
}

// lateExport is how much later than its active timeout a router may tell of a flow: it
// looks at its flows from time to time.
const lateExport = 15 * time.Second

// pass counts a record whose interface on the side of Azure is no leg. What two
// statements share is ambiguous on a leg, too, and says nothing here.
func (t *Tally) pass(k class, r *Record, m *increment) {
	begin, end := span(r)
	if k.ambiguous || t.router < 0 || t.early(r, begin, end) {
		return
	}
	t.row(k.row).transit(t.router).count(m)
	for _, row := range k.also() {
		t.row(row).transit(t.router).count(m)
	}
}

// row finds or makes the tally of a row.
func (t *Tally) row(row int32) *rowTally {
	if t.rows[row] == nil {
		t.rows[row] = newRow()
	}
	return t.rows[row]
}

// transit finds or makes the tally of a router. A row has few of them.
func (t *rowTally) transit(router int) *tallied {
	for i := range t.passing {
		if t.passing[i].router == router {
			return &t.passing[i].tallied
		}
	}
	t.passing = append(t.passing, transitTally{router: router})
	return &t.passing[len(t.passing)-1].tallied
}

// cross notes which legs a packet of the routers themselves has passed: it proves that
// they are watched.
func (t *Tally) cross(r *Record) {
	if t.router < 0 {
		return
	}
	for _, d := range []sim.Direction{sim.ToAzure, sim.FromAzure} {
		if at := t.placer.place(t.router, sideOf(r, d)); at.kind == onLeg && at.rung != ByNextHop {
			if t.crossed == nil {
				t.crossed = make(map[Crossing]bool)
			}
			t.crossed[Crossing{t.placer.legs[at.leg], d}] = true
		}
	}
}

// Crossed lists the legs that packets of the routers themselves were seen to pass, in no
// order.
func (t *Tally) Crossed() []Crossing { return slices.Collect(maps.Keys(t.crossed)) }

// goesOn reports whether an early record is of a flow that its exporter must have told
// of since: it ended more than an active timeout after the beginning.
func (t *Tally) goesOn(r *Record, end moment) bool {
	limit := momentOf(t.options.Since.Add(t.options.Timeout + lateExport))
	return t.options.Timeout > 0 && !r.Start.IsZero() && r.Protocol != SFlow && end > limit
}

// passed lists what routers sent or got of a row by interfaces that are no legs, and how
// many flows of it are nowhere else.
func (t *Tally) passed(r *rowTally) []RouterCount {
	var out []RouterCount
	slices.SortFunc(r.passing, func(a, b transitTally) int { return cmp.Compare(a.router, b.router) })
	for i := range r.passing {
		p := &r.passing[i]
		var known sketch
		for k := range r.legs {
			known.merge(&r.legs[k].flows)
		}
		for _, other := range []*tallied{&r.notPlaced, &r.early} {
			known.merge(&other.flows)
		}
		before := known.count()
		known.merge(&p.flows)
		c := RouterCount{Router: t.placer.plan.Routers[p.router].Name, Amount: p.amount()}
		if after := known.count(); after > before {
			c.Stray = after - before
		}
		out = append(out, c)
	}
	return out
}
