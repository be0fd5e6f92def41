package push

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/ercfg/ercfg/internal/confdiff"
	"github.com/ercfg/ercfg/internal/plan"
)

// strands refuses to take a session with Azure away that is up, where a statement of its
// routing table and family has no path that carries anything: its traffic may go over
// nothing else. A path that the same change opens counts, because the tests want it up.
func (x *router) strands(ctx context.Context) error {
	e := x.run.oracle.touchedBy(x.plan, &x.change)
	for _, p := range x.before.Peers {
		n := Neighbor{p.VRF, p.Addr}
		if !e.resets[n] || !isUp(&p) || slices.Contains(x.run.oracle.questionFor(x.plan).Neighbors, n) {
			continue
		}
		end := x.farEnd(n)
		if end == "" {
			continue
		}
		for i := range x.run.plan.Statements {
			s := &x.run.plan.Statements[i]
			services := strings.Contains(end, " microsoft ")
			if s.VRF == n.VRF && services == (len(s.Services) > 0) && !x.isCarried(ctx, s, plan.FamilyOf(n.Addr), e) {
				return fmt.Errorf("the session with %s (%s), which is up, would go, and nothing else carries %s now: bring up %s first, or push without --prune",
					n.name(), end, s.Name, strings.Join(s.Prefer, " or "))
			}
		}
	}
	return nil
}

// farEnds are Azure's neighbors of a configuration, by the names of their objects, in the
// words that every rendering has for them: "er-london private primary MSEE".
func farEnds(c confdiff.Config) map[string]string {
	out := make(map[string]string)
	for _, s := range c.Statements {
		o := s.Object(c.Platform)
		if o.Kind != confdiff.Neighbor {
			continue
		}
		_, text, _ := strings.Cut(s.Text(c.Platform), " description ")
		if text = strings.Trim(text, `"`); strings.HasSuffix(text, " MSEE") || strings.HasSuffix(text, " VPN gateway") {
			out[o.Name] = text
		}
	}
	return out
}

// farEnd is Azure's end of a session that the router has; empty: it is none.
func (x *router) farEnd(n Neighbor) string {
	return x.farEnds[strings.TrimSpace(n.VRF+" "+n.Addr.String())]
}

// isCarried reports whether a session of a statement's paths brings routes now, or is
// opened here by the change with effects e. Where a router does not say, nobody knows.
func (x *router) isCarried(ctx context.Context, s *plan.Statement, family plan.Family, e effects) bool {
	of := func(p netip.Prefix) bool { return plan.FamilyOf(p.Addr()) == family }
	if !slices.ContainsFunc(s.Onprem, of) || len(s.Services) == 0 && !slices.ContainsFunc(s.Azure, of) {
		return true // it has nothing in this family
	}
	for i := range x.run.plan.Routers {
		r := &x.run.plan.Routers[i]
		for _, w := range x.run.oracle.wanted(r) {
			if w.shut || w.family != family || !slices.Contains(s.Prefer, w.path) {
				continue
			}
			y := x.run.router(r.Name)
			if y == nil || y.err != nil || y.asked && y.see(ctx) != nil {
				return true
			}
			if p := y.before.Peer(w.Neighbor); p == nil && y == x && e.touched[w.Neighbor] || isUp(p) && len(p.Routes) > 0 {
				return true
			}
		}
	}
	return false
}
