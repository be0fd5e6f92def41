package push

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/ercfg/ercfg/internal/confdiff"
	"github.com/ercfg/ercfg/internal/plan"
)

// A session inside the AS has an end on two routers, which are changed one after the
// other: what both changes open, or give another key, comes up with the second.

// openings are the neighbors inside the AS, by address, whose sessions the router's change
// opens, or gives another key. What resets a session otherwise lets it come up again with
// the other end as it is.
func (x *router) openings() map[netip.Addr]bool {
	out := make(map[netip.Addr]bool)
	e, keys := x.run.oracle.touchedBy(x.plan, &x.change), x.rekeyed()
	for i := range x.plan.IBGP {
		n := Neighbor{Addr: x.plan.IBGP[i].Neighbor}
		if keys[n] || e.touched[n] && !isUp(x.before.Peer(n)) {
			out[n.Addr] = true
		}
	}
	return out
}

// rekeyed are the sessions whose key the router's change sets, changes or takes away.
func (x *router) rekeyed() map[Neighbor]bool {
	keys := confdiff.Change{Platform: x.change.Platform}
	isKey := func(s confdiff.Statement) bool {
		text := s.Text(x.change.Platform) + " "
		return strings.Contains(text, " password ") || strings.Contains(text, " authentication-key ")
	}
	for i, d := range x.change.Differences {
		if slices.ContainsFunc(d.Missing, isKey) || slices.ContainsFunc(d.Extra, isKey) {
			keys.Differences, keys.Impacts = append(keys.Differences, d), append(keys.Impacts, x.change.Impacts[i])
		}
	}
	return x.run.oracle.touchedBy(x.plan, &keys).touched
}

// begin gives the router its place in the order in which routers are changed.
func (x *router) begin() {
	x.run.mu.Lock()
	defer x.run.mu.Unlock()
	x.run.begun++
	x.place = x.run.begun
}

// apart names the routers that have not their end yet of sessions which the change
// touches. The tests of the other end then want the session up, so that of two ends one is
// forgiven, at most. Where the other router is not changed in this run nobody knows what
// it has: a session that was up has to come up again.
func (x *router) apart(e effects) map[Neighbor]string {
	out := make(map[Neighbor]string)
	for i := range x.plan.IBGP {
		b := &x.plan.IBGP[i]
		n := Neighbor{Addr: b.Neighbor}
		if e.touched[n] && x.run.isApart(x, b) {
			out[n] = b.Peer
		}
	}
	return out
}

func (r *Run) isApart(x *router, b *plan.IBGP) bool {
	if !slices.ContainsFunc(r.plan.Routers, func(o plan.Router) bool { return o.Name == b.Peer }) {
		return false // a router outside of the plan, which is to have its end before
	}
	other := r.router(b.Peer)
	if other == nil || other.asked {
		return !isUp(x.before.Peer(Neighbor{Addr: b.Neighbor}))
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return x.opens[b.Neighbor] && other.opens[b.Local] && (other.place == 0 || other.place > x.place)
}

// router is the router of a name; nil: the run neither changes nor asks it.
func (r *Run) router(name string) *router {
	i := slices.IndexFunc(r.routers, func(x *router) bool { return x.job.Config.Router == name })
	if i < 0 {
		return nil
	}
	return r.routers[i]
}

// apartNote is what a test says of a session whose other end is not there yet.
func apartNote(other string) string { return "it comes up when " + other + " has its end of it" }

// isConfirmed reports whether the router has the new configuration, tested.
func (x *router) isConfirmed() bool {
	return x.report.Outcome == Changed || x.report.Outcome == Unsaved
}

// warnApart says which sessions of changed routers nobody has seen up, because the other
// end did not come, and why.
func (r *Run) warnApart() {
	for _, x := range r.routers {
		if !x.isConfirmed() {
			continue
		}
		for i := range x.plan.IBGP {
			b := &x.plan.IBGP[i]
			if !slices.ContainsFunc(x.report.Tests, func(t TestResult) bool {
				return t.Name == sessionWith+b.Neighbor.String() && t.Note == apartNote(b.Peer)
			}) {
				continue
			}
			why := "this run does not change " + b.Peer
			if other := r.router(b.Peer); other != nil && other.isConfirmed() {
				continue // its tests have wanted the session up
			} else if other != nil && !other.asked {
				why = fmt.Sprintf("%s is %s", b.Peer, other.report.Outcome)
			}
			x.warn(fmt.Sprintf("the session with %s is not up: %s", b.Neighbor, why))
		}
	}
}
