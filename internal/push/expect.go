package push

import (
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/ercfg/ercfg/internal/expressroute"
	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/sim"
)

// An oracle knows what a plan wants of the live state of its routers. It is made
// once per plan, and keeps what it has predicted. It is safe for goroutines.
type oracle struct {
	p        *plan.Plan
	mu       sync.Mutex
	sessions map[string][]wanted            // by router
	ways     map[string]map[way]*sim.Result // by router and what is down on it
}

func newOracle(p *plan.Plan) *oracle {
	return &oracle{p: p, sessions: make(map[string][]wanted), ways: make(map[string]map[way]*sim.Result)}
}

// Effects say what a change may do to the sessions of a router. A session that is
// in none of the three is to stay as it is.
type effects struct {
	touched map[Neighbor]bool   // something that the session uses changes
	resets  map[Neighbor]bool   // it may go down, and has to come up again, or it ends
	waits   map[Neighbor]bool   // something changes that it uses after its next reset
	apart   map[Neighbor]string // the router at its other end has not that end yet; see pair.go
}

// A wanted is a session that the plan has.
type wanted struct {
	Neighbor
	family   plan.Family
	internal bool // iBGP
	shut     bool
	timers   plan.Timers
	theirs   time.Duration // hold time that the other end offers; zero: nobody knows
	bfd      plan.BFD      // zero: none
	iface    string        // of BFD, in the vendor's words
	theirBFD time.Duration // interval of the other end; zero: nobody knows
	imports  plan.Name     // policy; empty: routes are not judged
	exports  plan.Name
	offers   []plan.Offer // what Azure announces, as far as the plan knows
	origins  []origin     // of the router's own, what goes out to Azure
	path     string       // of a link or tunnel
	position plan.Position
	instance string // of a tunnel
}

// An origin is a prefix that a router brings into BGP.
type origin struct {
	prefix netip.Prefix
	sure   bool // whatever others announce
}

// azure reports whether the other end is Microsoft's.
func (w *wanted) azure() bool { return w.path != "" }

// name is the neighbor as a person reads it: with its VRF, and for Azure's ends the
// path.
func (w *wanted) name() string {
	switch {
	case w.instance != "":
		return w.Neighbor.name() + " (" + w.path + " " + w.instance + ")"
	case w.path != "":
		return w.Neighbor.name() + " (" + w.path + " " + w.position.String() + ")"
	}
	return w.Neighbor.name()
}

// name is the address, and the VRF where there is one.
func (n Neighbor) name() string {
	if n.VRF == "" {
		return n.Addr.String()
	}
	return n.Addr.String() + " in VRF " + n.VRF
}

// wantedOf lists the sessions of a router that the plan has: links, tunnels,
// customers, iBGP, each in the order of the plan.
func wantedOf(p *plan.Plan, r *plan.Router) []wanted {
	var out []wanted
	of := func(vrf plan.Name, s *plan.Session) wanted {
		return wanted{Neighbor: Neighbor{vrf, s.Neighbor}, family: s.Family, shut: s.Shutdown, timers: s.Timers, bfd: s.BFD, imports: s.Import, exports: s.Export}
	}
	for i := range r.Links {
		l := &r.Links[i]
		for j := range l.Sessions {
			w := of(l.VRF, &l.Sessions[j])
			w.theirs, w.iface, w.theirBFD = expressroute.MSEEHold, l.Subinterface(), expressroute.BFDInterval
			w.path, w.position = l.Path, l.Position
			if !l.Microsoft {
				w.offers = ofFamily(p.OffersOn(l), w.family)
			}
			out = append(out, w)
		}
	}
	for i := range r.Tunnels {
		t := &r.Tunnels[i]
		w := of(t.VRF, &t.Session)
		w.theirs, w.path, w.instance, w.offers = expressroute.VPNHold, t.Path, t.Instance, ofFamily(p.OffersIn(t), w.family)
		out = append(out, w)
	}
	for i := range r.VRFs {
		for j := range r.VRFs[i].Customers {
			c := &r.VRFs[i].Customers[j]
			w := of(r.VRFs[i].Name, &c.Session)
			w.iface = c.Interface
			out = append(out, w)
		}
	}
	for i := range r.IBGP {
		b := &r.IBGP[i]
		// The other end may still have the timers of before: routers are changed one
		// after the other.
		out = append(out, wanted{Neighbor: Neighbor{"", b.Neighbor}, family: b.Family, internal: true, timers: b.Timers, imports: b.Import, exports: b.Export})
	}
	for i := range out {
		if w := &out[i]; w.azure() {
			w.origins = originsOf(r, w)
		}
	}
	return out
}

// originsOf lists what the plan brings into BGP on a router and lets out on a session.
func originsOf(r *plan.Router, w *wanted) []origin {
	var out []origin
	for i := range r.Origins {
		o := &r.Origins[i]
		if o.VRF == w.VRF && plan.FamilyOf(o.Prefix.Addr()) == w.family && r.Decide(w.exports, o.Prefix, nil) != nil {
			out = append(out, origin{o.Prefix, o.How == plan.Anchor || o.How == plan.Via})
		}
	}
	return out
}

// ofFamily keeps the offers that a session carries: one family each.
func ofFamily(offers []plan.Offer, family plan.Family) []plan.Offer {
	return slices.DeleteFunc(offers, func(o plan.Offer) bool { return plan.FamilyOf(o.Prefix.Addr()) != family })
}

// questionFor asks for all sessions of a router that the plan has.
func (o *oracle) questionFor(r *plan.Router) Question {
	var q Question
	for _, w := range o.wanted(r) {
		q.Neighbors = append(q.Neighbors, w.Neighbor)
	}
	return q
}

// wanted is wantedOf, made once for each router.
func (o *oracle) wanted(r *plan.Router) []wanted {
	o.mu.Lock()
	defer o.mu.Unlock()
	list, ok := o.sessions[r.Name]
	if !ok {
		list = wantedOf(o.p, r)
		o.sessions[r.Name] = list
	}
	return list
}

// A test is a result before it is known whether it was so before.
type test struct {
	TestResult
	of []Neighbor // whose doing it may be
}

// A look is two readings of one router, and what lies between them.
type look struct {
	r           *plan.Router
	before, now *Facts
	effects
	elapsed time.Duration      // between the two; zero: they are one
	was, is map[Neighbor]*Peer // before and now, by neighbor
}

func newLook(r *plan.Router, before, now *Facts, e effects, elapsed time.Duration) *look {
	return &look{r, before, now, e, elapsed, before.byNeighbor(), now.byNeighbor()}
}

// byNeighbor finds sessions faster than Peer: a router may have thousands.
func (f *Facts) byNeighbor() map[Neighbor]*Peer {
	out := make(map[Neighbor]*Peer, len(f.Peers))
	for i := range f.Peers {
		out[Neighbor{f.Peers[i].VRF, f.Peers[i].Addr}] = &f.Peers[i]
	}
	return out
}

// judge holds the live state of a router after a change against the plan, and
// against its state before. Elapsed is the time from the reading of before to that
// of now. What does not hold, did not hold before, and is about sessions that the
// change does not touch passes with a note.
func (o *oracle) judge(r *plan.Router, before, now Facts, e effects, elapsed time.Duration) []TestResult {
	tests := o.tests(newLook(r, &before, &now, e, elapsed))
	var old map[string]bool // names of tests that did not pass before
	var out []TestResult
	for _, t := range tests {
		if !t.Pass && !slices.ContainsFunc(t.of, func(n Neighbor) bool { return e.touched[n] || e.resets[n] }) {
			if old == nil {
				old = failing(o.tests(newLook(r, &before, &before, effects{}, 0)))
			}
			if old[t.Name] {
				t.Pass, t.Note = true, "not so before either, and not touched by this change"
				if strings.HasPrefix(t.Name, sessionWith) {
					t.Note = "down before, too, and not touched by this change"
				}
			}
		}
		out = append(out, t.TestResult)
	}
	return out
}

// failing are the names of the tests that do not pass.
func failing(tests []test) map[string]bool {
	out := make(map[string]bool)
	for _, t := range tests {
		if !t.Pass {
			out[t.Name] = true
		}
	}
	return out
}

// tests are all tests of one look, session by session, then the paths, then what is
// not ours.
func (o *oracle) tests(l *look) []test {
	list := o.wanted(l.r)
	var out []test
	for i := range list {
		w := &list[i]
		out = append(out, l.session(w))
		peer := l.is[w.Neighbor]
		if !isUp(peer) || w.shut {
			continue
		}
		for _, t := range []*test{l.timers(w, peer), l.bfd(w), l.received(w, peer), l.sent(w, peer, list)} {
			if t != nil {
				out = append(out, *t)
			}
		}
	}
	out = append(out, o.paths(l, list)...)
	return append(out, l.others(list)...)
}

// healthy reports whether a circuit link of a router carries traffic: every session
// that the plan has on it is up, and BFD with it. Why says what is not so.
func healthy(r *plan.Router, link int, f Facts) (ok bool, why string) {
	l := &r.Links[link]
	up := 0
	for i := range l.Sessions {
		s := &l.Sessions[i]
		if s.Shutdown {
			continue
		}
		up++
		n := Neighbor{l.VRF, s.Neighbor}
		peer := f.Peer(n)
		if !isUp(peer) {
			return false, "the session with " + n.name() + " is not up: " + stateText(peer)
		}
		if !s.BFD.On() {
			continue
		}
		if b := bfdPeer(&f, n); b == nil || !b.Up {
			return false, "BFD with " + n.name() + " is not up"
		}
	}
	if up == 0 {
		return false, "the plan shuts its sessions down"
	}
	return true, ""
}

// listed joins what a person reads, a few in full: 500 routes fill no table.
func listed(prefixes []netip.Prefix) string {
	const most = 3
	words := make([]string, 0, most)
	for _, p := range prefixes[:min(most, len(prefixes))] {
		words = append(words, p.String())
	}
	text := strings.Join(words, ", ")
	if more := len(prefixes) - most; more > 0 {
		text += " and " + counted(more, "more", "more")
	}
	return text
}
