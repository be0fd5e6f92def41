package sim

import (
	"cmp"
	"slices"
	"strings"

	"github.com/ercfg/ercfg/internal/plan"
)

// toAzure follows the traffic of each network from every live router that the
// LAN hands it to.
func (e *eval) toAzure(q *ask) Result {
	var out Result
	for _, tables := range q.entries {
		live := slices.DeleteFunc(slices.Clone(tables), func(t int) bool { return e.st.at(t) })
		for _, t := range live {
			for i := range q.targets {
				out.add(e.forward(t, &q.targets[i], q, nil))
			}
		}
		out.Lost = out.Lost || len(live) == 0
	}
	return out.sorted()
}

// add unites two results.
func (r *Result) add(o Result) {
	for _, l := range o.Legs {
		if !slices.Contains(r.Legs, l) {
			r.Legs = append(r.Legs, l)
		}
	}
	r.Lost, r.Tie, r.Narrow = r.Lost || o.Lost, r.Tie || o.Tie, r.Narrow || o.Narrow
}

func (r Result) sorted() Result {
	slices.SortFunc(r.Legs, func(a, b Leg) int {
		return cmp.Or(strings.Compare(a.Path, b.Path), strings.Compare(a.Router, b.Router), cmp.Compare(a.Position, b.Position), strings.Compare(a.Instance, b.Instance),
			strings.Compare(a.Over, b.Over), cmp.Compare(a.OverPosition, b.OverPosition))
	})
	return r
}

// forward follows a packet from routing table t: the longest prefix that holds
// its destination decides. seen are the tables that it has been in.
func (e *eval) forward(t int, to *target, q *ask, seen []int) Result {
	if slices.Contains(seen, t) {
		return Result{Lost: true} // in circles
	}
	seen = append(slices.Clone(seen), t)
	table := &e.m.tables[t]
	for bits := to.longest(); bits >= 0; bits-- {
		if out, found := e.static(table, to, bits); found {
			return out
		}
		for _, d := range to.dests {
			if d.prefix.IsValid() && d.prefix.Bits() != bits || !d.prefix.IsValid() && bits > 0 {
				continue
			}
			if c := e.choiceOf(d, t); !c.none() {
				return e.follow(c, to, q, seen)
			}
		}
		if e.m.discards(table, to, bits) {
			return Result{Lost: true}
		}
	}
	if q.microsoft {
		return Result{Legs: []Leg{{Path: Internet}}}
	}
	return Result{Lost: true}
}

// choiceOf is the choice of a table for a destination that somebody offers.
func (e *eval) choiceOf(d *dest, t int) *choice {
	if len(d.offers) == 0 {
		return nil
	}
	return e.at(d, t)
}

// longest is the length of the longest prefix that may hold the target.
func (t *target) longest() int {
	if t.prefix.IsValid() {
		return t.prefix.Bits()
	}
	return 0
}

// follow goes the way that a routing table has chosen.
func (e *eval) follow(c *choice, to *target, q *ask, seen []int) Result {
	var out Result
	for _, s := range c.sessions {
		out.add(e.way(s, ToAzure))
	}
	for _, next := range c.via {
		out.add(e.forward(next, to, q, seen))
	}
	out.Tie, out.Narrow = out.Tie || c.tie, out.Narrow || c.narrow
	return out
}

// static follows the static routes of one length: pins of a tunnel's far end,
// and host routes into a tunnel. One whose interface is down is no route.
func (e *eval) static(table *table, to *target, bits int) (Result, bool) {
	var out Result
	for _, r := range table.routes {
		if r.Discard || !to.prefix.IsValid() || r.Prefix.Bits() != bits || !holds(r.Prefix, to.prefix) {
			continue
		}
		if l := e.m.linkOn(table.router, r.Interface); l >= 0 {
			if leg, usable := e.pin(r, l); usable {
				out.add(Result{Legs: []Leg{leg}})
			}
			continue
		}
		if i := slices.IndexFunc(e.m.tunnels, func(t tunnel) bool { return t.router == table.router && t.Interface == r.Interface }); i >= 0 {
			if e.alive[i] {
				out.add(e.tunnelWay(i, ToAzure))
			}
			continue
		}
		out.add(Result{Legs: []Leg{{Path: Internet}}})
	}
	return out, len(out.Legs) > 0
}

// pin is the leg of a static route over a link. BFD takes the route away where
// the platform tracks its next hop; where it cannot, as FRR 8.4, the route lives
// as long as the interface has carrier, and what is behind may be dead.
func (e *eval) pin(r *plan.Route, l int) (leg Leg, usable bool) {
	leg = e.linkLeg(l)
	tracked := r.BFD.On() && e.m.p.Routers[e.m.links[l].router].Platform != plan.FRR
	switch {
	case tracked && e.st.has(l, noIPv4):
		return leg, false
	case !e.st.link(l):
		return leg, true
	}
	leg.Dead = true
	return leg, e.st.silent(l) && !tracked
}

// discards reports whether a packet meets a discard, or a route of the LAN's
// own, of one length: what the LAN has, or lacks, is no way to Azure.
func (m *model) discards(table *table, to *target, bits int) bool {
	if !to.prefix.IsValid() {
		return false
	}
	for _, o := range table.origins {
		if o.Prefix.Bits() == bits && bits > 0 && holds(o.Prefix, to.prefix) {
			return true
		}
	}
	for _, r := range table.routes {
		if r.Discard && r.Prefix.Bits() == bits && holds(r.Prefix, to.prefix) {
			return true
		}
	}
	return false
}

// way is that of a session's packets.
func (e *eval) way(s int, d Direction) Result {
	if at := &e.m.sessions[s]; at.link >= 0 {
		return Result{Legs: []Leg{e.linkLeg(at.link)}}
	}
	return e.tunnelWay(e.m.sessions[s].tunnel, d)
}

func (e *eval) linkLeg(i int) Leg {
	l := &e.m.links[i]
	return Leg{Path: l.Path, Router: e.m.p.Routers[l.router].Name, Position: l.Position, Dead: e.st.drained(i)}
}

// tunnelWay is a tunnel over each link that it rides on.
func (e *eval) tunnelWay(i int, d Direction) Result {
	t := &e.m.tunnels[i]
	leg := Leg{Path: t.Path, Router: e.m.p.Routers[t.router].Name, Instance: t.Instance, Of: len(t.vpn.Tunnels), Shared: t.shared()}
	if t.vpn.Underlay == "" {
		return Result{Legs: []Leg{leg}}
	}
	out := Result{Tie: e.under[i][d].Tie, Narrow: e.under[i][d].Narrow}
	for _, under := range e.under[i][d].Legs {
		leg.Over, leg.OverPosition, leg.Dead = under.Path, under.Position, under.Dead
		out.add(Result{Legs: []Leg{leg}})
	}
	return out
}
