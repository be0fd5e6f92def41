package verify

import (
	"cmp"
	"net/netip"
	"slices"

	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/sim"
)

// A balanced is expected legs over which one decision spreads the flows of this traffic.
type balanced []*LegShare

// balance looks for expected legs that carry nothing although they should have their
// part of the flows. Where a tie-break decides, any leg may stay empty. Where the
// links are not told, nobody sees it.
func (t *trial) balance() {
	if t.result.Tie || t.result.Narrow {
		return
	}
	for _, g := range t.groups() {
		var empty []*LegShare
		alive := 0
		for _, l := range g {
			if l.Samples == 0 && !t.isDead(l.Leg) {
				empty = append(empty, l)
			}
			if !t.isDead(l.Leg) || provenOf(l) > 0 {
				alive++
			}
		}
		for _, l := range empty {
			if t.silent[l.Leg.Router] || t.wholeOf(l.Leg.Path) > 0 && t.told(l.Leg.Path) == 0 {
				t.untold(l)
				continue // said already, or the circuit alone is told
			}
			t.emptyLeg(l, g, alive)
		}
	}
}

// emptyLeg judges an expected leg on which nothing was seen, while its group, of k
// legs in use, carried some flows.
func (t *trial) emptyLeg(l *LegShare, g balanced, k int) {
	need, chosen := flowsFor(k, t.rows), t.chances(g, l.Leg)
	switch {
	case t.have() == 0: // and more is missing than one leg
	case chosen.seen == 0 && t.direction == sim.ToAzure && t.elsewhere(l.Leg.Router):
		// The LAN decides which router gets a flow.
		t.note("%s carries nothing: the LAN decides which router gets this traffic", legWords(l.Leg))
	case chosen.seen == 0:
		t.gap(true, "%s carries nothing, and is predicted to", legWords(l.Leg))
	case chosen.n < need && chosen.rate > 0:
		t.gap(false, "%s carries nothing yet: %s elsewhere cannot tell that from chance, at one packet in %d", legWords(l.Leg), chosen.words(), chosen.rate)
	case chosen.n < need:
		t.gap(false, "%s carries nothing yet: %s cannot tell that from chance, it takes %d", legWords(l.Leg), chosen.words(), need)
		if !chosen.pairs { // of hosts there may be no more
			t.later(chosen.n, need)
		}
	case t.many(t.unknown()):
		t.gap(true, "%s carries nothing, or what could not be placed", legWords(l.Leg))
	default:
		t.fails = append(t.fails, t.unbalanced(l, g, k, chosen))
		if !t.shows[shown{l.Leg.Router, t.direction}] {
			t.note("%s shows no traffic of any statement %s: it may not export that direction", l.Leg.Router, towardOf(t.direction))
		} else if t.direction == sim.ToAzure && !chosen.pairs {
			t.note("a router that hashes by addresses alone spreads pairs of hosts, not flows: then few hosts explain it")
		}
		if t.shows[shown{l.Leg.Router, t.direction}] && !t.watched(l.Leg) {
			t.note("nothing at all was seen on %s: what watches it may be missing", legWords(l.Leg))
		}
	}
}

func (t *trial) isDead(l Leg) bool {
	return slices.ContainsFunc(t.expected, func(w want) bool { return w.Leg == l && w.dead })
}

// elsewhere reports whether another router carries some of it on an expected leg.
func (t *trial) elsewhere(router string) bool {
	return slices.ContainsFunc(t.legs, func(l LegShare) bool {
		return l.Expected && !l.Leg.Whole && l.Leg.Router != router && provenOf(&l) > 0
	})
}

// groups are the expected legs by who spreads flows over them: to Azure each router
// over its own, from Azure Azure over all. A result is the union over prefixes and
// VNets, each of which may have its own legs: with several only the links of one path
// are taken to belong together, and with prefixes that come from different routers none
// are.
func (t *trial) groups() []balanced {
	type key struct {
		router, path string
		leg          int
	}
	together := t.oneTarget()
	apart := t.direction == sim.FromAzure && !t.flow.Default && !t.fromSameRouters()
	var keys []key
	var out []balanced
	for i := range t.legs {
		l := &t.legs[i]
		if !l.Expected || l.Leg.Whole || isInternet(l.Leg) {
			continue
		}
		var k key
		if t.direction == sim.ToAzure {
			k.router = l.Leg.Router
		}
		if !together {
			k.path = l.Leg.Path
		}
		if apart {
			k.leg = i
		}
		n := slices.Index(keys, k)
		if n < 0 {
			n = len(keys)
			keys, out = append(keys, k), append(out, nil)
		}
		out[n] = append(out[n], l)
	}
	return out
}

// oneTarget reports whether all traffic is routed alike: it goes to one prefix, and
// from Azure it comes from one VNet.
func (t *trial) oneTarget() bool {
	if len(t.statement.VNets) > 1 || len(t.statement.Services) > 0 {
		return false
	}
	to := t.statement.Azure
	switch {
	case t.flow.Default:
		return true
	case t.direction == sim.FromAzure:
		to = t.statement.Onprem
	}
	n := 0
	for _, p := range to {
		if plan.FamilyOf(p.Addr()) == t.flow.Family {
			n++
		}
	}
	return n == 1
}

// An origin is a prefix that a router brings into BGP.
type origin struct {
	vrf    string
	prefix netip.Prefix
}

// fromSameRouters reports whether the same routers bring all prefixes of the statement
// into BGP in the same way, so that Azure sends all of them over the same legs.
func (t *trial) fromSameRouters() bool {
	var first []int
	for _, p := range t.statement.Onprem {
		if plan.FamilyOf(p.Addr()) != t.flow.Family {
			continue
		}
		by := t.origins(p)
		if first == nil {
			first = by
		}
		if !slices.Equal(first, by) {
			return false
		}
	}
	return true
}

// origins lists, for each router of the expected legs, by how many bits what it brings
// in is shorter than p; -1: it brings nothing that holds p.
func (t *trial) origins(p netip.Prefix) []int {
	out := make([]int, len(t.expected))
	for i, w := range t.expected {
		out[i] = -1
		set := t.brought(w.Router)
		for bits := p.Bits(); bits >= 0 && out[i] < 0; bits-- {
			if wide, err := p.Addr().Prefix(bits); err == nil && set[origin{t.statement.VRF, wide}] {
				out[i] = p.Bits() - bits
			}
		}
	}
	return out
}

// brought are the prefixes that a router brings into BGP.
func (j *judge) brought(router string) map[origin]bool {
	if set, known := j.covering[router]; known {
		return set
	}
	set := make(map[origin]bool)
	if r := j.router(router); r != nil {
		for _, o := range r.Origins {
			set[origin{o.VRF, o.Prefix}] = true
		}
	}
	j.covering[router] = set
	return set
}

// router is the router of a name; nil: the plan has none.
func (j *judge) router(name string) *plan.Router {
	i, found := slices.BinarySearchFunc(j.p.Routers, name, func(r plan.Router, name string) int { return cmp.Compare(r.Name, name) })
	if !found {
		return nil
	}
	return &j.p.Routers[i]
}
