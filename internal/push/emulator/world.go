package emulator

import (
	"cmp"
	"net/netip"
	"slices"
	"sync"
	"time"
)

// peerHold is the hold time that the other end of every session offers: the
// default of BGP (RFC 4271 §10 suggests 90 s, Cisco and Microsoft use 180).
const peerHold = 180 * time.Second

// peerInterval is how often the other end of every BFD session sends, at least.
const peerInterval = 300 * time.Millisecond

// A peer is what a configuration says of one BGP session.
type peer struct {
	vrf       string
	addr      netip.Addr
	as, local uint32
	shut      bool
	hold      time.Duration // as configured
	keepalive time.Duration
	iface     string // that the neighbor is connected to; empty: none
	key       string // of TCP MD5, in clear; empty: none
	// identity is whatever resets the session when it changes.
	identity string
	bfd      *LiveBFD // configured at both the neighbor and the interface; Up is not set
	paths    int      // how many equal paths are used at once
	// origin are the routes that the router itself announces in the session's table,
	// before its policy.
	origin []Offer
	// policy returns the policies of the session as they are configured at the moment,
	// and will stay for who keeps them.
	policy func() policy
}

// A policy is what a session's policies were at some moment.
type policy interface {
	// accepts judges a route that comes: the local-preference that it gets, and whether
	// it is taken.
	accepts(Offer) (uint32, bool)
	// sends judges a route that goes.
	sends(Offer) bool
}

type peerKey struct {
	vrf  string
	addr netip.Addr
}

// A session is a BGP session as it lives: what was agreed when it came up, and
// the policies by which routes were judged last, in and out.
type session struct {
	peer            peer
	since           time.Time // it comes up, or has come up
	up              bool      // agreed already
	wired           bool      // its interface was there once: it needs one from then on
	hold, keepalive time.Duration
	drops           int
	deafSince       time.Time // the other end has another key; zero: the same
	in, out         policy
}

// A world keeps the sessions of a router while its configuration changes.
type world struct {
	options  Options
	mu       sync.Mutex
	sessions map[peerKey]*session
	// firstKeys are what sessions were first configured with, those that are gone, too.
	firstKeys map[peerKey]string
}

func newWorld(o Options) *world {
	return &world{options: o, sessions: map[peerKey]*session{}, firstKeys: map[peerKey]string{}}
}

// update takes the sessions that a configuration wants: new ones come up, changed
// ones are reset, others go on with what they have agreed and learned.
func (w *world) update(peers []peer) {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.options.Clock()
	wanted := map[peerKey]bool{}
	for _, p := range peers {
		key := peerKey{p.vrf, p.addr}
		wanted[key] = true
		s := w.sessions[key]
		if s == nil {
			s = &session{peer: p, since: now.Add(w.options.Settle)}
			w.sessions[key] = s
			w.hears(s, now)
		}
		w.settle(s, now)
		if s.peer.identity != p.identity || s.peer.shut != p.shut || s.wired && p.iface == "" {
			s.reset(now.Add(w.options.Settle))
		}
		s.peer = p
		s.wired = s.wired || p.iface != ""
		w.hears(s, now)
	}
	for key := range w.sessions {
		if !wanted[key] {
			delete(w.sessions, key)
		}
	}
}

// reset ends a session; it may come up again at since.
func (s *session) reset(since time.Time) {
	if s.up {
		s.drops++
	}
	s.up, s.since, s.in, s.out = false, since, nil, nil
}

// settle ends a session that hears nothing any more, and brings one up when it is time:
// the lower hold time holds, and the keepalive interval is a third of it unless it was
// configured lower (RFC 4271 §4.2, §4.4).
func (w *world) settle(s *session, now time.Time) {
	w.expire(s, now)
	p := s.peer
	if s.up || !s.deafSince.IsZero() || p.shut || w.options.Down[p.addr] || now.Before(s.since) || s.wired && p.iface == "" {
		return
	}
	s.up = true
	s.hold = min(p.hold, peerHold)
	s.keepalive = min(p.keepalive, s.hold/3)
	s.in = p.policy()
	s.out = s.in
}

// learned are the routes that a session's policy has taken.
func (w *world) learned(s *session) []LiveRoute {
	if !s.up {
		return nil
	}
	var out []LiveRoute
	for _, o := range w.options.Offers[s.peer.addr] {
		if preference, ok := s.in.accepts(o); ok {
			out = append(out, LiveRoute{Prefix: o.Prefix, LocalPreference: preference, ASPath: o.ASPath})
		}
	}
	slices.SortFunc(out, func(a, b LiveRoute) int { return comparePrefix(a.Prefix, b.Prefix) })
	return out
}

// sent are the prefixes that go to a neighbor: the router's own, and those of other
// neighbors, except from one inside the AS to another (RFC 4271 §9.2).
func (w *world) sent(s *session) []netip.Prefix {
	routes := slices.Clone(s.peer.origin)
	for _, o := range w.sessions {
		inside := o.peer.as == o.peer.local && s.peer.as == s.peer.local
		if o == s || inside || o.peer.vrf != s.peer.vrf {
			continue
		}
		for _, offer := range w.options.Offers[o.peer.addr] {
			if o.up {
				if _, ok := o.in.accepts(offer); ok {
					routes = append(routes, offer)
				}
			}
		}
	}
	var out []netip.Prefix
	for _, r := range routes {
		if r.Prefix.Addr().Is4() == s.peer.addr.Is4() && s.out.sends(r) {
			out = append(out, r.Prefix)
		}
	}
	slices.SortFunc(out, comparePrefix)
	return slices.Compact(out)
}

func comparePrefix(a, b netip.Prefix) int {
	return cmp.Or(a.Addr().Compare(b.Addr()), cmp.Compare(a.Bits(), b.Bits()))
}

// refresh has routes judged anew, without a reset (RFC 2918): those that come, and
// those that go.
func (w *world) refresh(which func(vrf string, addr netip.Addr) bool, in, out bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for key, s := range w.sessions {
		if !which(key.vrf, key.addr) || !s.up {
			continue
		}
		now := s.peer.policy()
		if in {
			s.in = now
		}
		if out {
			s.out = now
		}
	}
}

// clear resets sessions, which come up again.
func (w *world) clear(which func(vrf string, addr netip.Addr) bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.options.Clock()
	for key, s := range w.sessions {
		if which(key.vrf, key.addr) {
			s.reset(now.Add(w.options.Settle))
		}
	}
}

// live is the state of now, in the order of the VRFs and addresses.
func (w *world) live() Live {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.options.Clock()
	var out Live
	for _, s := range w.sessions {
		w.settle(s, now)
	}
	learned := map[*session][]LiveRoute{}
	for _, s := range w.sessions {
		learned[s] = w.learned(s)
	}
	for _, s := range w.sessions {
		out.Sessions = append(out.Sessions, w.liveSession(s, learned, now))
	}
	slices.SortFunc(out.Sessions, func(a, b LiveSession) int {
		return cmp.Or(cmp.Compare(a.VRF, b.VRF), a.Neighbor.Compare(b.Neighbor))
	})
	return out
}

func (w *world) liveSession(s *session, learned map[*session][]LiveRoute, now time.Time) LiveSession {
	p := s.peer
	l := LiveSession{VRF: p.vrf, Neighbor: p.addr, AS: p.as, LocalAS: p.local, Shut: p.shut, Drops: s.drops, State: "Idle"}
	switch {
	case s.up:
		l.State, l.Hold, l.Keepalive, l.Up = "Established", s.hold, s.keepalive, now.Sub(s.since)
		l.Sent = w.sent(s)
		l.Routes = learned[s]
		for i := range l.Routes {
			l.Routes[i].Best = best(s, l.Routes[i], learned)
		}
	case !p.shut && (!s.wired || p.iface != ""):
		l.State = "Active"
	}
	if p.bfd != nil && !p.shut {
		bfd := *p.bfd
		bfd.Interval = max(bfd.Interval, peerInterval)
		bfd.Up = s.up
		l.BFD = &bfd
	}
	return l
}

// best reports whether a route is used: nobody has one with a higher
// local-preference or a shorter path, and of equal ones those of the lowest
// addresses are used, as many as the configuration says (RFC 4271 §9.1.2;
// multipath is the vendors').
func best(of *session, r LiveRoute, learned map[*session][]LiveRoute) bool {
	before := 0
	for s, routes := range learned {
		if s == of || s.peer.vrf != of.peer.vrf {
			continue
		}
		for _, o := range routes {
			if o.Prefix != r.Prefix {
				continue
			}
			switch c := cmp.Or(cmp.Compare(r.LocalPreference, o.LocalPreference), cmp.Compare(len(o.ASPath), len(r.ASPath))); {
			case c < 0:
				return false
			case c == 0 && s.peer.addr.Less(of.peer.addr):
				before++
			}
		}
	}
	return before < max(1, of.peer.paths)
}
