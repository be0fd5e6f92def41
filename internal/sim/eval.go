package sim

import (
	"cmp"
	"slices"

	"github.com/ercfg/ercfg/internal/expressroute"
	"github.com/ercfg/ercfg/internal/plan"
)

// An eval answers asks in one state. It is for one goroutine.
type eval struct {
	m      *model
	st     *state
	solved map[*dest]map[int]*choice // nil: nothing yet
	alive  []bool                    // of tunnels
	under  [][2]Result               // of tunnels, by Direction: the links they ride on; none: the Internet
}

// normal makes the eval of the state in which nothing has failed.
func (m *model) normal() *eval {
	e := &eval{m: m, st: m.state(Scenario{}), alive: make([]bool, len(m.tunnels)), under: make([][2]Result, len(m.tunnels))}
	for _, c := range m.clusters {
		e.settle(c.tunnels)
	}
	return e
}

// in makes the eval of another state, which shares with e what that state does
// not touch.
func (e *eval) in(st *state) *eval {
	out := &eval{m: e.m, st: st, alive: slices.Clone(e.alive), under: slices.Clone(e.under)}
	for _, c := range e.m.clusters {
		if touched(c.elements, st.changed) {
			out.settle(c.tunnels)
		}
	}
	out.solved = nil
	return out
}

// touched reports whether two lists, the first ascending, share an element.
func touched(elements, changed []int) bool {
	return slices.ContainsFunc(changed, func(c int) bool {
		_, found := slices.BinarySearch(elements, c)
		return found
	})
}

func (e *eval) family(d *dest) plan.Family {
	return e.m.sessions[d.offers[0].session].Family
}

// established reports whether a session with Azure is up.
func (e *eval) established(s int) bool {
	at := &e.m.sessions[s]
	switch {
	case e.st.at(at.table):
		return false
	case at.tunnel >= 0:
		return e.alive[at.tunnel] && !at.Shutdown
	}
	return e.st.up(at)
}

// settle finds out which tunnels are up. A tunnel is, while its two ends reach
// each other, and not through a tunnel: routes that it brings itself would carry
// it in circles.
func (e *eval) settle(tunnels []int) {
	up := func(i int) bool { return !e.st.tunnel(i) }
	for _, i := range tunnels {
		e.alive[i] = false
	}
	e.solved = nil
	try := func(i int) bool {
		t := &e.m.tunnels[i]
		if t.vpn.Underlay == "" {
			e.under[i] = [2]Result{}
			return true
		}
		to, from := e.answer(&t.outside)
		e.under[i] = [2]Result{to, from}
		return e.rides(to.Legs) && e.rides(from.Legs)
	}
	var tried []int
	for _, i := range tunnels {
		if up(i) && try(i) {
			tried = append(tried, i)
		}
	}
	for _, i := range tried {
		e.alive[i] = true
	}
	for again := true; again; {
		again, e.solved = false, nil
		var lost []int
		for _, i := range tried {
			if e.alive[i] && !try(i) {
				lost = append(lost, i)
			}
		}
		for _, i := range lost {
			e.alive[i], again = false, true
		}
	}
}

// rides reports whether legs carry a tunnel: no other tunnel is among them, and
// one of them at least leads to a live MSEE. A drained link counts: what is behind
// it may be dead, and may not.
func (e *eval) rides(legs []Leg) bool {
	live := false
	for _, leg := range legs {
		if leg.Instance != "" {
			return false
		}
		l := e.m.linkAt(leg.Path, leg.Position)
		live = live || l < 0 || !e.st.link(l)
	}
	return live
}

// answer says where the traffic of an ask goes.
func (e *eval) answer(q *ask) (to, from Result) {
	if e.solved == nil {
		e.solved = make(map[*dest]map[int]*choice)
	}
	if !q.isDefault {
		to = e.toAzure(q)
	}
	from = e.fromAzure(q)
	if q.statement >= 0 && q.encrypted {
		to.markClear()
		from.markClear()
	}
	if q.microsoft && len(to.Legs) > 0 && to.Legs[0].Path == Internet && len(from.Legs) == 0 {
		from = Result{Legs: []Leg{{Path: Internet}}}
	}
	return to, from
}

// markClear marks the links that carry what a VPN should.
func (r *Result) markClear() {
	for i := range r.Legs {
		if l := &r.Legs[i]; l.Instance == "" && l.Path != Internet {
			l.Clear = true
		}
	}
}

// fromAzure follows what Azure answers: the longest prefix, ExpressRoute before
// VPN, the connection's weight, the shortest AS path, and all that are equal then
// (expressroute-optimize-routing.md).
func (e *eval) fromAzure(q *ask) Result {
	var out Result
	for _, list := range q.answers {
		best := e.best(list)
		for _, a := range best {
			out.add(e.way(a.session, FromAzure))
		}
		switch {
		case len(best) > 0:
		case q.isDefault:
			// The VNets go back to Azure's own way out (expressroute-faqs.md).
			out.add(Result{Legs: []Leg{{Path: Internet}}})
		default:
			out.Lost = true
		}
	}
	out.Lost = out.Lost || len(q.answers) == 0
	return out.sorted()
}

// best are the answers that Azure uses.
func (e *eval) best(list []answer) []answer {
	var out []answer
	for _, a := range list {
		if !e.established(a.session) || !e.brings(a) {
			continue
		}
		switch c := e.compare(a, out); {
		case c > 0:
			out = append(out[:0], a)
		case c == 0:
			out = append(out, a)
		}
	}
	return out
}

// compare orders an answer against those kept so far, which are equal: above
// zero where it is better.
func (e *eval) compare(a answer, kept []answer) int {
	if len(kept) == 0 {
		return 1
	}
	b := kept[0]
	if a.vpn != b.vpn && a.prefix.Bits() == b.prefix.Bits() {
		if b.vpn {
			return 1
		}
		return -1
	}
	return cmp.Or(cmp.Compare(a.prefix.Bits(), b.prefix.Bits()), cmp.Compare(a.weight, b.weight), cmp.Compare(e.heardLength(b), e.heardLength(a)))
}

// heardLength is the length of an AS path with what a drain adds.
func (e *eval) heardLength(a answer) int {
	if l := e.m.sessions[a.session].link; l >= 0 && e.st.drained(l) {
		return a.length + expressroute.DrainPrepends
	}
	return a.length
}

// brings reports whether the router of an answer has the prefix. What it is to
// learn it has while one of the routers that bring it in lives; where none of the
// intent does, others do, whom the plan does not know.
func (e *eval) brings(a answer) bool {
	t := &e.m.tables[e.m.sessions[a.session].table]
	if a.origin.How != plan.Learned || t.outside {
		return true
	}
	known := false
	for i := range t.neighbors {
		n := &t.neighbors[i]
		them := &e.m.tables[n.table]
		if !n.passes(route{prefix: a.prefix}) || !slices.ContainsFunc(them.origins, func(o *plan.Origination) bool { return o.Prefix == a.prefix && o.How != plan.Learned }) {
			continue
		}
		if known = true; !e.st.router(them.router) {
			return true
		}
	}
	return !known
}
