package plan

import (
	"fmt"

	"github.com/ercfg/ercfg/internal/bgp"
	"github.com/ercfg/ercfg/internal/diag"
	"github.com/ercfg/ercfg/internal/intent"
)

// The rules about the order of circuits: fact sheet §8.
const (
	oneDirection      diag.Code = "ER145"
	noAggregate       diag.Code = "ER146"
	azureSpreads      diag.Code = "ER147"
	weightContradicts diag.Code = "ER148"
)

// checkDesign reports orders of circuits that hold in one direction only, and
// pairs of links that are worth less than two.
func (f *facts) checkDesign() {
	weights := f.weights()
	for _, s := range f.statements {
		if len(s.circuits()) > 1 {
			f.checkWeights(s, weights)
			f.checkOrder(s, weights)
			f.checkAggregates(s)
			f.checkPlaces(s)
		}
		f.checkPassiveLinks(s)
	}
	f.checkLinkPairs()
}

// weights are Azure's connection weights of each VNet, by peering.
type weights map[*vnet]map[*peering]intent.At[int]

func (f *facts) weights() weights {
	out := make(weights)
	for _, v := range f.vnets {
		for i := range v.in.Connections {
			e := &v.in.Connections[i]
			if p := f.peeringOf(e.Name.V); p != nil && e.Value.Weight.Set() {
				if out[v] == nil {
					out[v] = make(map[*peering]intent.At[int])
				}
				out[v][p] = e.Value.Weight
			}
		}
	}
	return out
}

// order reports whether the weights alone order the two for every VNet of s.
func (w weights) order(s *statement, a, b *peering) bool {
	for _, v := range s.vnets {
		if w[v][a].V == w[v][b].V {
			return false
		}
	}
	return len(s.vnets) > 0
}

// checkWeights reports connection weights that put a circuit ahead of the one
// that stands before it: Azure looks at them before it looks at the AS path.
func (f *facts) checkWeights(s *statement, w weights) {
	circuits := s.circuits()
	for i, worse := range circuits[1:] {
		better := circuits[i]
		for _, v := range s.vnets {
			low, high := w[v][better.peering], w[v][worse.peering]
			if high.V <= low.V {
				continue
			}
			related := []diag.Pos{better.name.Pos}
			if low.Set() {
				related = append(related, low.Pos)
			}
			f.warn(weightContradicts, high.Pos, fmt.Sprintf("%s reaches %s with weight %d and %s with %d, and on-premises prefers %[4]s", v.name.V, worse.peering.path, high.V, better.peering.path, low.V),
				fmt.Sprintf("the higher weight wins over any prepend: give %s the higher one, or none to both", better.peering.path), related...)
		}
	}
}

// checkOrder compares each circuit of a statement with the next one: both
// directions must put them in the order of prefer. What ercfg derives does.
func (f *facts) checkOrder(s *statement, w weights) {
	if len(s.in.Preference) == 0 && len(s.in.Prepend) == 0 || !s.prependsParse() {
		return
	}
	var better *steer
	spread := false
	steers := f.steering(s)
	for i := range steers {
		worse := &steers[i]
		if worse.path.peering == nil || !worse.advertises {
			continue // Azure's answer does not come this way
		}
		if better != nil && better.complete() && worse.complete() {
			pair := f.comparePair(s, better, worse, w)
			f.checkPair(pair)
			if pair.back == 0 && !spread {
				spread = true
				f.warn(azureSpreads, pair.prependPlace(), fmt.Sprintf("Azure uses %s and %s of statement %s alike: the same AS path length, the same connection weight", pair.a, pair.b, s.name),
					"traffic spreads over both sites: prepend more on the standby, or write connections: {PATH: {weight: N}} at the VNet as Azure has it")
			}
		}
		better = worse
	}
}

// prependsParse reports whether every listed AS number is one; what is none is
// reported by the parser and has no length.
func (s *statement) prependsParse() bool {
	for i := range s.in.Prepend {
		for _, a := range s.in.Prepend[i].Value.ASNs {
			if _, err := bgp.ParseASN(string(a.V)); err != nil {
				return false
			}
		}
	}
	return true
}

// complete reports whether every link of the circuit has a router with an AS
// number: without one nothing is known of its prepends.
func (st *steer) complete() bool {
	links := st.path.peering.both()
	for _, l := range links {
		if l.router == nil || l.router.asn.V == 0 {
			return false
		}
	}
	return len(links) > 0
}

// A pair is two neighbouring circuits of a statement.
type pair struct {
	statement     *statement
	better, worse *steer // by prefer
	a, b          string // their paths
	// 1 where the direction prefers better on every link, -1 where it prefers
	// worse, 0 where it does not tell them apart.
	there int // on-premises → Azure
	back  int // Azure → on-premises
}

func (f *facts) comparePair(s *statement, better, worse *steer, w weights) pair {
	p := pair{statement: s, better: better, worse: worse, a: better.path.peering.path, b: worse.path.peering.path}
	p.there = compareSteers(better, worse, func(st *steer, pos Position) int { return int(st.preference[pos]) })
	p.back = compareSteers(better, worse, func(st *steer, pos Position) int { return -len(st.prepend[pos]) })
	if better.halves || p.back < 1 && w.order(s, better.path.peering, worse.path.peering) {
		p.back = 1 // weights that contradict are ER148
	}
	return p
}

// compareSteers returns 1 where every link of a has a larger number than every
// link of b, -1 where every link has a smaller one, 0 otherwise.
func compareSteers(a, b *steer, number func(*steer, Position) int) int {
	lowA, highA := a.bounds(number)
	lowB, highB := b.bounds(number)
	switch {
	case lowA > highB:
		return 1
	case highA < lowB:
		return -1
	}
	return 0
}

func (st *steer) bounds(number func(*steer, Position) int) (low, high int) {
	for i, l := range st.path.peering.both() {
		n := number(st, l.position)
		if i == 0 {
			low, high = n, n
		}
		low, high = min(low, n), max(high, n)
	}
	return low, high
}

// checkPair reports two circuits that one direction orders as prefer does and
// the other does not, or that both order the other way round. That neither
// direction tells them apart is no asymmetry.
func (f *facts) checkPair(p pair) {
	a, b := p.a, p.b
	if p.there == p.back && p.there >= 0 {
		return
	}
	ways := map[int]string{1: "prefers " + a + " to " + b, 0: "does not tell " + a + " and " + b + " apart", -1: "prefers " + b + " to " + a}
	at, hint := p.prependPlace(), "steer both directions alike: take the override away, or override the other direction, too"
	if p.there < 1 {
		at = p.preferencePlace()
	}
	if p.there == p.back {
		f.fault(oneDirection, at, fmt.Sprintf("statement %s prefers %s to %s, and both directions %s", p.statement.name, a, b, "prefer "+b), "change the order of prefer, and take the overrides away", p.better.path.name.Pos)
		return
	}
	f.fault(oneDirection, at, fmt.Sprintf("in statement %s on-premises %s, and Azure %s", p.statement.name, ways[p.there], ways[p.back]), hint, p.better.path.name.Pos)
}

// preferencePlace is where the pair's local-preferences are overridden, or
// else its prepends, or else where the worse path is listed.
func (p pair) preferencePlace() diag.Pos {
	return firstPlace(p.worse.preferencePos, p.better.preferencePos, p.prepends(p.worse), p.prepends(p.better), [2]diag.Pos{p.worse.path.name.Pos})
}

// prependPlace likewise looks for prepends first.
func (p pair) prependPlace() diag.Pos {
	return firstPlace(p.prepends(p.worse), p.prepends(p.better), p.worse.preferencePos, p.better.preferencePos, [2]diag.Pos{p.worse.path.name.Pos})
}

func (p pair) prepends(st *steer) [2]diag.Pos {
	out := st.prependPos
	for i, pos := range out {
		if !pos.IsZero() {
			out[i] = p.statement.prependAt(pos)
		}
	}
	return out
}

func firstPlace(candidates ...[2]diag.Pos) diag.Pos {
	for _, c := range candidates {
		for _, pos := range c {
			if !pos.IsZero() {
				return pos
			}
		}
	}
	return diag.Pos{}
}

// checkAggregates reports a standby circuit that cannot carry the aggregate of
// what the first one carries in halves: it has no session of that family.
func (f *facts) checkAggregates(s *statement) {
	if s.in.Technique.V != "more-specifics" || s.paths[0].peering == nil {
		return
	}
	circuits := s.circuits()
	for _, worse := range circuits[1:] {
		for _, family := range []Family{IPv4, IPv6} {
			if !circuits[0].peering.carries(family) || worse.peering.lacks(family) == nil || !s.has(family) {
				continue
			}
			f.fault(noAggregate, worse.name.Pos, fmt.Sprintf("%s has no %s session to carry the aggregates whose halves %s carries", worse.peering.path, family, circuits[0].peering.path),
				fmt.Sprintf("when %s fails, Azure has no way back: give the standby %s subnets, too", circuits[0].peering.path, family), worse.peering.in.Pos)
		}
	}
}

// has reports whether the statement has on-premises prefixes of a family.
func (s *statement) has(family Family) bool {
	for _, n := range s.networks {
		for _, p := range n.prefixes {
			if FamilyOf(p.V.Addr()) == family {
				return true
			}
		}
	}
	return false
}

// lacks returns a link without a subnet of the family where the peering has no
// session of it, and nil otherwise. A subnet of the wrong size makes no session
// and is another rule's finding.
func (p *peering) lacks(family Family) *link {
	var out *link
	for _, l := range p.both() {
		if l.has(family) || l.subnet[family].Set() {
			return nil
		}
		out = l
	}
	return out
}
