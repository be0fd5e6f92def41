package push

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/ercfg/ercfg/internal/plan"
)

// findings are what is wrong with a session's routes, and what is worth saying.
type findings struct{ faults, notes []string }

func (f *findings) fault(text string, prefixes []netip.Prefix) {
	if len(prefixes) > 0 {
		f.faults = append(f.faults, text+" "+listed(prefixes))
	}
}

func (f *findings) note(text string, prefixes []netip.Prefix) {
	if len(prefixes) > 0 {
		f.notes = append(f.notes, text+" "+listed(prefixes))
	}
}

// test is the result: got says how many routes there are, and what is wrong.
func (f *findings) test(name, want, got string, w *wanted) *test {
	return &test{TestResult: TestResult{
		Name: name, Want: want, Got: strings.Join(append([]string{got}, f.faults...), "; "), Pass: len(f.faults) == 0, Note: strings.Join(f.notes, "; "),
	}, of: []Neighbor{w.Neighbor}}
}

// received wants of a session only routes that the import policy permits, each with
// the planned local-preference, and that none is gone which was there before. Nobody
// knows the communities of a route here: where they decide, it may pass.
func (l *look) received(w *wanted, peer *Peer) *test {
	if w.imports == "" {
		return nil
	}
	var f findings
	var refused, ranked []netip.Prefix
	here := make(map[netip.Prefix]bool, len(peer.Routes))
	for _, r := range peer.Routes {
		here[r.Prefix] = true
		terms := l.r.Possible(w.imports, r.Prefix)
		switch {
		case len(terms) == 0:
			refused = append(refused, r.Prefix)
		case !ranks(terms, r.LocalPreference):
			ranked = append(ranked, r.Prefix)
		}
	}
	f.fault("accepts, against "+w.imports+",", refused)
	f.fault("has another local-preference than "+w.imports+" sets:", ranked)
	if !w.internal { // what another router has best it tells, and nothing else
		l.gone(w, here, &f)
		l.missing(w, here, &f)
	}
	return f.test("routes from "+w.name(), "what "+w.imports+" permits", counted(len(peer.Routes), "route", "routes"), w)
}

// ranks reports whether a local-preference is that of one of the terms; a term that
// leaves it, and a router that does not tell, say nothing.
func ranks(terms []*plan.Term, preference uint32) bool {
	return preference == 0 || slices.ContainsFunc(terms, func(t *plan.Term) bool {
		return t.LocalPreference == preference || t.LocalPreference == 0
	})
}

// gone finds routes that were there before, that the plan permits, and that are not
// there now. Azure's VNets do not go by themselves; other routes may, where nothing
// changes.
func (l *look) gone(w *wanted, here map[netip.Prefix]bool, f *findings) {
	old := l.was[w.Neighbor]
	if !isUp(old) {
		return
	}
	var lost, alone []netip.Prefix
	perhaps := 0 // went, and only communities tell whether they should have
	for _, r := range old.Routes {
		if here[r.Prefix] {
			continue
		}
		terms := l.r.Possible(w.imports, r.Prefix)
		switch {
		case len(terms) == 0:
		case len(terms) > 1 || terms[0].Communities != "":
			perhaps++
		case l.touched[w.Neighbor] || w.offered(r.Prefix):
			lost = append(lost, r.Prefix)
		default:
			alone = append(alone, r.Prefix)
		}
	}
	f.fault("is without", lost)
	f.note("gone, though nothing here changes:", alone)
	if perhaps > 0 && len(here) == 0 {
		f.faults = append(f.faults, fmt.Sprintf("none of %s from before is left", counted(perhaps, "route", "routes")))
	}
}

// offered reports whether the plan knows that Azure announces a prefix.
func (w *wanted) offered(prefix netip.Prefix) bool {
	return slices.ContainsFunc(w.offers, func(o plan.Offer) bool { return o.Prefix == prefix })
}

// missing notes what Azure should announce, the policy takes, and was never there.
func (l *look) missing(w *wanted, here map[netip.Prefix]bool, f *findings) {
	before := make(map[netip.Prefix]bool)
	if old := l.was[w.Neighbor]; old != nil {
		for _, r := range old.Routes {
			before[r.Prefix] = true
		}
	}
	var never []netip.Prefix
	for _, o := range w.offers {
		if !here[o.Prefix] && !before[o.Prefix] && l.r.Decide(w.imports, o.Prefix, o.Communities) != nil {
			never = append(never, o.Prefix)
		}
	}
	f.note("not announced, before neither:", never)
}

// sent wants of a session that only what the export policy permits goes out, and
// that what the router brings into BGP by itself does. What depends on routes that
// others bring is missed only where it went out before.
func (l *look) sent(w *wanted, peer *Peer, list []wanted) *test {
	if w.exports == "" {
		return nil
	}
	var f findings
	var refused []netip.Prefix
	out := make(map[netip.Prefix]bool, len(peer.Sent))
	for _, prefix := range peer.Sent {
		out[prefix] = true
		if len(l.r.Possible(w.exports, prefix)) == 0 {
			refused = append(refused, prefix)
		}
	}
	f.fault("sends, against "+w.exports+",", refused)
	before := make(map[netip.Prefix]bool)
	if old := l.was[w.Neighbor]; isUp(old) {
		for _, prefix := range old.Sent {
			before[prefix] = true
		}
	}
	switch {
	case w.azure():
		originated(w, out, before, &f)
	case !w.internal:
		l.handedOn(w, out, before, list, &f)
	}
	return f.test("routes to "+w.name(), "what "+w.exports+" permits", counted(len(peer.Sent), "route", "routes"), w)
}

// originated finds prefixes of the plan's own that do not go out.
func originated(w *wanted, out, before map[netip.Prefix]bool, f *findings) {
	var missed, ended, depends []netip.Prefix
	for _, o := range w.origins {
		switch {
		case out[o.prefix]:
		case o.sure:
			missed = append(missed, o.prefix)
		case before[o.prefix]:
			ended = append(ended, o.prefix)
		default:
			depends = append(depends, o.prefix)
		}
	}
	f.fault("does not send", missed)
	f.fault("sends no more", ended)
	f.note("not sent, before neither, for the site has to bring it:", depends)
}

// handedOn finds Azure's prefixes that a customer was told and is not any more,
// although the VRF still has them.
func (l *look) handedOn(w *wanted, out, before map[netip.Prefix]bool, list []wanted, f *findings) {
	var ended []netip.Prefix
	for prefix := range before {
		if terms := l.r.Possible(w.exports, prefix); out[prefix] || len(terms) != 1 || terms[0].Communities != "" {
			continue
		}
		if slices.ContainsFunc(list, func(o wanted) bool { return o.azure() && o.VRF == w.VRF && l.is[o.Neighbor].route(prefix) != nil }) {
			ended = append(ended, prefix)
		}
	}
	slices.SortFunc(ended, netip.Prefix.Compare)
	f.fault("sends no more", ended)
}

// route is the route to a prefix from a neighbor; nil: none, or no such session.
func (p *Peer) route(prefix netip.Prefix) *Route {
	if p == nil {
		return nil
	}
	i := slices.IndexFunc(p.Routes, func(r Route) bool { return r.Prefix == prefix })
	if i < 0 {
		return nil
	}
	return &p.Routes[i]
}
