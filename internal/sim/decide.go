package sim

import (
	"slices"

	"github.com/ercfg/ercfg/internal/bgp"
	"github.com/ercfg/ercfg/internal/expressroute"
	"github.com/ercfg/ercfg/internal/plan"
)

// A choice is what a routing table has made of the paths to a destination. The
// zero choice is none.
type choice struct {
	preference uint32
	length     int // of the AS path
	asn        bgp.ASN
	internal   bool  // over iBGP
	sessions   []int // the way out, where it is not
	via        []int // tables of the routers to go to, where it is
	tie        bool  // a tie-break that the plan does not know decides among them
	narrow     bool  // … for the router uses fewer paths than are equal
}

func (c *choice) none() bool { return c == nil || len(c.sessions) == 0 && len(c.via) == 0 }

// A candidate is one path to a destination in a routing table.
type candidate struct {
	preference uint32
	length     int
	asn        bgp.ASN
	session    int // -1: over iBGP
	table      int // of whom it was heard from
}

// better orders paths by the steps of RFC 4271 §9.1.2.2 that a plan can tell
// apart: local-preference, AS path length, eBGP before iBGP. Origin and MED are
// equal on all that Azure sends.
func (c candidate) better(o candidate) int {
	switch {
	case c.preference != o.preference:
		return int(c.preference) - int(o.preference)
	case c.length != o.length:
		return o.length - c.length
	case (c.session < 0) != (o.session < 0):
		if c.session >= 0 {
			return 1
		}
		return -1
	}
	return 0
}

// solve lets the routers of d agree: each decides and tells its iBGP neighbors,
// until nobody changes its mind. Only what a router has from Azure itself is told
// on over iBGP (RFC 4271 §9.2.1).
func (e *eval) solve(d *dest) map[int]*choice {
	if best := e.solved[d]; best != nil {
		return best
	}
	best := make(map[int]*choice, len(d.tables))
	// Preferences only fall from one round to the next at a router that loses its
	// own path, so the number of rounds is bounded; the bound is a guard.
	for range 2*len(d.tables) + 2 {
		changed := false
		for _, t := range d.tables {
			c := e.choose(d, t, best)
			if !equalChoice(c, best[t]) {
				best[t], changed = c, true
			}
		}
		if !changed {
			break
		}
	}
	e.solved[d] = best
	return best
}

func equalChoice(a, b *choice) bool {
	if a.none() || b.none() {
		return a.none() && b.none()
	}
	return a.preference == b.preference && a.length == b.length && a.asn == b.asn && a.internal == b.internal && a.tie == b.tie &&
		slices.Equal(a.sessions, b.sessions) && slices.Equal(a.via, b.via)
}

// at is the choice of any table, also of one that hears of d over iBGP alone.
func (e *eval) at(d *dest, t int) *choice {
	best := e.solve(d)
	if c, ok := best[t]; ok {
		return c
	}
	return e.choose(d, t, best)
}

// choose lets table t decide among its own paths and what its neighbors say.
func (e *eval) choose(d *dest, t int, best map[int]*choice) *choice {
	return e.m.decide(e.candidates(d, t, best), e.m.tables[t].multipath)
}

// candidates lists the paths that table t has; a dead router has none.
func (e *eval) candidates(d *dest, t int, best map[int]*choice) []candidate {
	if e.st.at(t) {
		return nil
	}
	var all []candidate
	for _, o := range d.offers {
		if e.m.sessions[o.session].table == t && e.established(o.session) {
			all = append(all, candidate{o.preference, e.length(o.session), o.asn, o.session, -1})
		}
	}
	return append(all, e.heard(d, t, best)...)
}

// length is that of the AS path of whatever session s brings from Azure.
func (e *eval) length(s int) int {
	if l := e.m.sessions[s].link; l >= 0 && e.st.drained(l) {
		return 1 + expressroute.DrainPrepends
	}
	return 1
}

// decide picks the best of the candidates. Equal ones with one AS path are used
// together where the router may; otherwise a tie-break decides that the plan does
// not know: who has been there longer, the neighbor's router ID, the cost of an
// IGP.
func (m *model) decide(all []candidate, limit plan.Multipath) *choice {
	if len(all) == 0 {
		return nil
	}
	first := all[0]
	for _, c := range all[1:] {
		if c.better(first) > 0 {
			first = c
		}
	}
	out := &choice{preference: first.preference, length: first.length, asn: first.asn, internal: first.session < 0}
	paths := make(map[bgp.ASN]int)
	for _, c := range all {
		if c.better(first) != 0 {
			continue
		}
		paths[c.asn]++
		if out.internal {
			out.via = append(out.via, c.table)
		} else {
			out.sessions = append(out.sessions, c.session)
		}
	}
	most := limit.EBGP
	if out.internal {
		most = limit.IBGP
	}
	for _, n := range paths {
		out.narrow = out.narrow || n > max(most, 1)
	}
	out.tie = len(paths) > 1 || out.narrow
	slices.Sort(out.sessions)
	slices.Sort(out.via)
	return out
}

// A pool is what a reflector outside of the intent hears of one destination: it
// tells on its best path alone, one for each route distinguisher.
type pool struct {
	reflector string
	rd        bgp.RouteDistinguisher
	best      candidate
}

// heard lists what the iBGP neighbors of t tell it of d.
func (e *eval) heard(d *dest, t int, best map[int]*choice) []candidate {
	var out []candidate
	var pools []pool
	at := &e.m.tables[t]
	for i := range at.neighbors {
		n := &at.neighbors[i]
		c := best[n.table]
		if n.family != e.family(d) || c.none() || c.internal || e.st.at(n.table) || !n.passes(d.route) {
			continue
		}
		told := candidate{c.preference, c.length, c.asn, -1, n.table}
		if n.reflector == "" {
			out = append(out, told)
			continue
		}
		rd := e.m.tables[n.table].rd
		i := slices.IndexFunc(pools, func(p pool) bool { return p.reflector == n.reflector && p.rd == rd })
		switch {
		case i < 0:
			pools = append(pools, pool{n.reflector, rd, told})
		case e.m.reflects(told, pools[i].best):
			pools[i].best = told
		}
	}
	own := best[t]
	for _, p := range pools {
		// Where the reflector prefers our own path it tells us nothing. A second
		// reflector tells the same path once more.
		prefersOurs := !own.none() && !own.internal && p.rd == at.rd && e.m.reflects(candidate{own.preference, own.length, own.asn, -1, t}, p.best)
		if !prefersOurs && !slices.Contains(out, p.best) {
			out = append(out, p.best)
		}
	}
	return out
}

// reflects reports whether a reflector prefers a to b; the router ID decides
// last (RFC 4271 §9.1.2.2 f).
func (m *model) reflects(a, b candidate) bool {
	if c := a.better(b); c != 0 {
		return c > 0
	}
	id := func(c candidate) *plan.Router { return &m.p.Routers[m.tables[c.table].router] }
	return id(a).RouterID.Less(id(b).RouterID)
}

// passes reports whether a neighbor's route gets through both policies.
func (n *neighbor) passes(r route) bool {
	if !n.communities {
		r.communities = nil
	}
	return n.export.decide(r) != nil && n.in.decide(r) != nil
}
