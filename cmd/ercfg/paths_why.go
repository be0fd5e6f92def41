package main

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/ercfg/ercfg/internal/diag"
	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/sim"
)

// whyQuestion is what --explain, or --from and --to, ask.
func (f *pathsFlags) whyQuestion(p *plan.Plan) (question, error) {
	q := question{scenarios: []sim.Scenario{{}}, statements: []string{f.explain}}
	var unasked []sim.Direction
	var err error
	if f.explain != "" {
		err = knownStatement(p, f.explain)
	} else {
		q.statements, unasked, err = between(p, f.from, f.to)
	}
	if err != nil {
		return q, err
	}
	var s sim.Scenario
	if f.scenario != "" {
		if s, err = scenario("paths", p, f.scenario); err != nil {
			return q, err
		}
	}
	q.add(s)
	for _, statement := range q.statements {
		q.why = append(q.why, without(sim.Explain(p, s, statement), unasked)...)
	}
	return q, nil
}

// without drops from an explanation the directions that nobody asked about:
// each begins with a step of its own, marked by its arrow.
func without(steps []string, unasked []sim.Direction) []string {
	dropping := false
	return slices.DeleteFunc(steps, func(step string) bool {
		if !strings.HasPrefix(step, " ") {
			dropping = slices.ContainsFunc(unasked, func(d sim.Direction) bool { return strings.HasPrefix(step, d.String()) })
		}
		return dropping
	})
}

// between names the statements that carry traffic from one end to the other,
// whichever of the two is on-premises, and the direction that is not asked
// about. Of several statements those with the longest prefixes are it, as a
// router would choose.
func between(p *plan.Plan, from, to string) (found []string, unasked []sim.Direction, err error) {
	best := -1
	for _, way := range []struct {
		onprem, azure string
		opposite      sim.Direction
	}{{from, to, sim.FromAzure}, {to, from, sim.ToAzure}} {
		for i := range p.Statements {
			s := &p.Statements[i]
			near, ok := reach(way.onprem, s.Networks, s.Onprem)
			far, also := reach(way.azure, slices.Concat(s.VNets, s.Services), s.Azure)
			switch bits := near + far; {
			case !ok || !also || bits < best:
			case bits > best:
				best, found, unasked = bits, []string{s.Name}, []sim.Direction{way.opposite}
			default:
				found = append(found, s.Name)
			}
		}
	}
	if len(found) > 0 {
		return found, unasked, nil
	}
	for _, word := range []string{from, to} {
		if err := knownEnd(p, word); err != nil {
			return nil, nil, err
		}
	}
	return nil, nil, usageError{fmt.Sprintf("paths: no statement joins %s and %s", from, to), "only what a statement of traffic lists has a path"}
}

// reach reports whether a word names an end: by name, or by an address in one
// of its prefixes, whose length it returns.
func reach(word string, names []string, prefixes []netip.Prefix) (bits int, ok bool) {
	if slices.Contains(names, word) {
		return 0, true
	}
	addr, err := netip.ParseAddr(word)
	if err != nil {
		return 0, false
	}
	bits = -1
	for _, prefix := range prefixes {
		if prefix.Contains(addr.Unmap()) {
			bits = max(bits, prefix.Bits())
		}
	}
	return bits, bits >= 0
}

// knownEnd refuses a word that no statement knows.
func knownEnd(p *plan.Plan, word string) error {
	var known []string
	for i := range p.Statements {
		s := &p.Statements[i]
		known = slices.Concat(known, s.Networks, s.VNets, s.Services)
		if _, ok := reach(word, nil, slices.Concat(s.Onprem, s.Azure)); ok {
			return nil
		}
	}
	slices.Sort(known)
	known = slices.Compact(known)
	switch _, err := netip.ParseAddr(word); {
	case slices.Contains(known, word):
		return nil
	case err == nil:
		return usageError{fmt.Sprintf("paths: no statement has a prefix with %s in it", word), "only what a statement of traffic lists has a path"}
	case slices.ContainsFunc(p.Routers, func(r plan.Router) bool { return r.Name == word }):
		return usageError{fmt.Sprintf("paths: %s is a router, and --from and --to take an address, a network or a VNet", word), "a network's traffic enters at every router of its `at` at once"}
	}
	return usageError{fmt.Sprintf("paths: no statement has a network, VNet or service %q", word), diag.DidYouMean(word, known)}
}
