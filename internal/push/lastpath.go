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

// lastPath says why a change must not take away what it takes away.
func (x *router) lastPath(ctx context.Context) error {
	if err := x.orphans(); err != nil {
		return err
	}
	return x.strands(ctx)
}

// strands refuses to take a session with Azure away that is up, where a statement of its
// routing table and family has no path that carries anything: its traffic may go over
// nothing else. A path that the same change opens counts, because the tests want it up.
func (x *router) strands(ctx context.Context) error {
	e := x.run.oracle.touchedBy(x.plan, &x.change)
	planned := x.run.oracle.questionFor(x.plan).Neighbors
	for _, p := range x.before.Peers {
		n := Neighbor{p.VRF, p.Addr}
		if !e.resets[n] || !isUp(&p) || slices.Contains(planned, n) {
			continue
		}
		end := x.farEnd(n)
		if end == "" {
			continue
		}
		for i := range x.run.plan.Statements {
			s := &x.run.plan.Statements[i]
			services := strings.Contains(end, " microsoft ")
			if s.VRF != n.VRF || services != (len(s.Services) > 0) {
				continue
			}
			switch carried, unknown := x.isCarried(ctx, s, plan.FamilyOf(n.Addr), e); {
			case carried:
			case unknown == "":
				return fmt.Errorf("the session with %s (%s), which is up, would go, and nothing else carries %s now: bring up %s first, or push without --prune",
					n.name(), end, s.Name, strings.Join(s.Prefer, " or "))
			default:
				return fmt.Errorf("the session with %s (%s), which is up, would go, and nobody knows whether anything else carries %s now, because %s: push without --only, or without --prune",
					n.name(), end, s.Name, unknown)
			}
		}
	}
	return nil
}

// orphans refuses to take the address of a link away under a session with Azure that is
// up and stays configured, because the tests would want it up: a link that gets another
// address, without --prune.
func (x *router) orphans() error {
	e := x.run.oracle.touchedBy(x.plan, &x.change)
	planned := x.run.oracle.questionFor(x.plan).Neighbors
	for i := range x.change.Differences {
		d := &x.change.Differences[i]
		lost := lostBy(d, x.change.Platform)
		for j := range x.plan.Links {
			l := &x.plan.Links[j]
			if d.Object.Kind != confdiff.Interface || d.Object.Name != l.Interface && d.Object.Name != l.Subinterface() {
				continue
			}
			for _, p := range x.before.Peers {
				n := Neighbor{p.VRF, p.Addr}
				end := x.farEnd(n)
				if !isUp(&p) || end == "" || p.VRF != l.VRF || e.resets[n] || slices.Contains(planned, n) || !heldBy(lost, p.Addr) {
					continue
				}
				return fmt.Errorf("the session with %s (%s), which is up, would end with the address of %s and stay configured: --prune takes it away", n.name(), end, d.Object.Name)
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
// opened here by the change with effects e. Where none is known to, unknown says which
// router does not tell; a statement without a path that ends here is taken as carried
// then, because it is another place's, whose routers --only leaves alone.
func (x *router) isCarried(ctx context.Context, s *plan.Statement, family plan.Family, e effects) (carried bool, unknown string) {
	of := func(p netip.Prefix) bool { return plan.FamilyOf(p.Addr()) == family }
	if !slices.ContainsFunc(s.Onprem, of) || len(s.Services) == 0 && !slices.ContainsFunc(s.Azure, of) {
		return true, "" // it has nothing in this family
	}
	here := false
	for i := range x.run.plan.Routers {
		r := &x.run.plan.Routers[i]
		for _, w := range x.run.oracle.wanted(r) {
			if w.shut || w.family != family || !slices.Contains(s.Prefer, w.path) {
				continue
			}
			y := x.run.router(r.Name)
			if y != nil && y.err != nil && !y.asked {
				return true, "" // nothing is begun anyway, for that reason
			}
			here = here || y == x
			if y == nil {
				unknown = r.Name + " was not asked"
				continue
			}
			if err := y.see(ctx); err != nil {
				unknown = fmt.Sprintf("%s cannot be asked (%v)", r.Name, err)
				continue
			}
			if p := y.before.Peer(w.Neighbor); p == nil && y == x && e.touched[w.Neighbor] || isUp(p) && len(p.Routes) > 0 {
				return true, ""
			}
		}
	}
	return unknown != "" && !here, unknown
}
