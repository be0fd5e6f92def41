package sim_test

import (
	"cmp"
	"net/netip"
	"slices"

	"github.com/ercfg/ercfg/internal/bgp"
	"github.com/ercfg/ercfg/internal/plan"
)

// A key names a route in a table: VPN routes of two PEs stay apart by their
// route distinguisher.
type key struct {
	rd     string
	prefix netip.Prefix
}

// A path is one way to a prefix, as it stands in a speaker's table.
type path struct {
	key         key
	asns        []bgp.ASN
	preference  uint32
	communities []bgp.Community
	targets     []bgp.RouteTarget // of a VPN route
	origin      *speaker          // router table that brought it into iBGP: its next hop
	protocol    string            // bgp, or what an own prefix comes from
	session     *session          // that brought it; nil: the speaker's own
}

type role uint8

const (
	routerRole    role = iota // a routing table of a router
	mseeRole                  // one peering's side of a Microsoft edge router
	gatewayRole               // an instance of a VPN gateway
	reflectorRole             // a router outside that two or more of ours peer with
	customerRole              // a customer's CE
)

// A speaker is whatever holds routes and talks BGP.
type speaker struct {
	name      string
	role      role
	asn       bgp.ASN
	router    *plan.Router // of a routing table
	vrf       *plan.VRF    // nil: the global table
	vrfName   string
	multipath plan.Multipath
	own       map[key]*path
	heard     map[key]map[*session]*path
	out       []*session
	extra     int // AS numbers that a drained MSEE adds
	circuit   string
	position  plan.Position
}

// A session is one direction of a BGP session.
type session struct {
	from, to         *speaker
	family           plan.Family
	external         bool
	communities, vpn bool
	export, accept   plan.Name // policies of the two ends' routers; empty: none
	filterOut        bool      // the sender is a router with policies
	filterIn         bool
	link             *plan.Link   // on the router's end
	tunnel           *plan.Tunnel // likewise
	back             *session
	rank             int // breaks ties, at random
	queue            []update
	sent             map[key]*path
}

// An update announces a path, or withdraws the key where path is nil.
type update struct {
	key  key
	path *path
}

// converge delivers messages in a random order until there are none.
func (o *oracle) converge() {
	for _, s := range o.speakers {
		for k := range s.own {
			s.tell(k)
		}
	}
	for range 1_000_000 {
		var waiting []*session
		for _, s := range o.sessions {
			if len(s.queue) > 0 {
				waiting = append(waiting, s)
			}
		}
		if len(waiting) == 0 {
			return
		}
		s := waiting[o.rng.IntN(len(waiting))]
		m := s.queue[0]
		s.queue = s.queue[1:]
		s.to.receive(s, m)
	}
	panic("BGP never settles")
}

// receive takes a message in and tells the others what changes.
func (s *speaker) receive(from *session, m update) {
	if s.heard[m.key] == nil {
		s.heard[m.key] = map[*session]*path{}
	}
	delete(s.heard[m.key], from)
	if m.path != nil {
		if got := s.accept(from, *m.path); got != nil {
			s.heard[m.key][from] = got
		}
	}
	s.tell(m.key)
}

// accept is a path as it enters the table; nil: refused.
func (s *speaker) accept(from *session, got path) *path {
	got.session = from
	if from.external {
		if slices.Contains(got.asns, s.asn) || s.role == mseeRole && slices.Contains(got.asns, 65515) {
			return nil
		}
		got.preference, got.origin = 100, s
	}
	if from.vpn && s.role == routerRole && !slices.ContainsFunc(got.targets, func(t bgp.RouteTarget) bool { return slices.Contains(s.vrf.Import, t) }) {
		return nil
	}
	if from.filterIn {
		return filter(s.router, from.accept, got)
	}
	return &got
}

// tell sends the best path of a key to whoever may hear of it.
func (s *speaker) tell(k key) {
	if s.role == routerRole {
		k.rd = "" // a VRF's table holds what came under any distinguisher
	}
	best := s.choice(k)
	for _, out := range s.out {
		if plan.FamilyOf(k.prefix.Addr()) != out.family {
			continue
		}
		m := update{key: k}
		if out.vpn && s.role == routerRole {
			m.key.rd = s.vrf.RD.String()
		}
		if best != nil {
			if m.path = s.advertise(out, *best); m.path != nil {
				m.path.key = m.key
			}
		}
		if same(out.sent[m.key], m.path) {
			continue
		}
		out.sent[m.key] = m.path
		out.queue = append(out.queue, m)
	}
}

func same(a, b *path) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.key == b.key && slices.Equal(a.asns, b.asns) && a.preference == b.preference && slices.Equal(a.communities, b.communities) && a.origin == b.origin && a.protocol == b.protocol
}

// advertise is a path as it leaves on a session; nil: it does not.
func (s *speaker) advertise(out *session, p path) *path {
	p.asns = slices.Clone(p.asns)
	switch s.role {
	case mseeRole, gatewayRole, customerRole:
		if p.session != nil {
			return nil // Azure passes nothing of ours back
		}
		for range 1 + s.extra {
			p.asns = append(p.asns, s.asn)
		}
		return &p
	case reflectorRole:
		if p.session != nil && p.origin.router == out.to.router {
			return nil
		}
		return &p
	}
	learned := p.session
	if learned != nil && (learned.back == out || !learned.external && !out.external) {
		return nil
	}
	if out.vpn {
		if s.vrf.RD == (bgp.RouteDistinguisher{}) {
			return nil
		}
		p.targets = s.vrf.Export
	}
	if out.filterOut {
		q := filter(s.router, out.export, p)
		if q == nil {
			return nil
		}
		p = *q
	}
	if out.external {
		p.asns = append([]bgp.ASN{s.asn}, p.asns...)
	}
	p.origin, p.protocol = s, "bgp"
	if !out.communities {
		p.communities = nil
	}
	return &p
}

// filter evaluates a policy, term by term, as it is written.
func filter(r *plan.Router, name plan.Name, p path) *path {
	policy := r.Policies[slices.IndexFunc(r.Policies, func(o plan.Policy) bool { return o.Name == name })]
	for _, t := range policy.Terms {
		if t.Match != "" {
			list := r.PrefixLists[slices.IndexFunc(r.PrefixLists, func(l plan.PrefixList) bool { return l.Name == t.Match && l.Family == policy.Family })]
			if !slices.ContainsFunc(list.Entries, func(e plan.PrefixEntry) bool {
				return e.Prefix == p.key.prefix || list.OrLonger && e.Prefix.Bits() < p.key.prefix.Bits() && e.Prefix.Contains(p.key.prefix.Addr())
			}) {
				continue
			}
		}
		if t.Communities != "" {
			list := r.Communities[slices.IndexFunc(r.Communities, func(l plan.CommunityList) bool { return l.Name == t.Communities })]
			if !slices.ContainsFunc(p.communities, func(c bgp.Community) bool { return slices.Contains(list.Members, c) }) {
				continue
			}
		}
		if t.Protocol != "" && t.Protocol != p.protocol {
			continue
		}
		if t.Deny {
			return nil
		}
		if t.LocalPreference != 0 {
			p.preference = t.LocalPreference
		}
		p.asns = append(slices.Clone(t.Prepend), p.asns...)
		return &p
	}
	return nil
}

// equals are the paths to a prefix that are left when the decision has nothing
// more to look at.
func (s *speaker) equals(k key) []*path {
	var all []*path
	if p := s.own[k]; p != nil {
		all = append(all, p)
	}
	for other, paths := range s.heard {
		if other != k && (s.role != routerRole || other.prefix != k.prefix) {
			continue
		}
		for _, p := range paths {
			all = append(all, p)
		}
	}
	for _, better := range []func(a, b *path) int{
		func(a, b *path) int { return cmp.Compare(b.preference, a.preference) },
		func(a, b *path) int { return btoi(b.session == nil) - btoi(a.session == nil) },
		func(a, b *path) int { return cmp.Compare(len(a.asns), len(b.asns)) },
		func(a, b *path) int { return btoi(b.external()) - btoi(a.external()) },
	} {
		if len(all) > 0 {
			best := slices.MinFunc(all, better)
			all = slices.DeleteFunc(all, func(p *path) bool { return better(p, best) > 0 })
		}
	}
	return all
}

func (p *path) external() bool { return p.session != nil && p.session.external }

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// choice is the one path that is advertised. Where nothing is left to look at,
// a reflector takes the lowest router ID, and a router any.
func (s *speaker) choice(k key) *path {
	all := s.equals(k)
	if len(all) == 0 {
		return nil
	}
	return slices.MinFunc(all, func(a, b *path) int {
		if a.session == nil || b.session == nil {
			return 0
		}
		if s.role == reflectorRole {
			return a.origin.router.RouterID.Compare(b.origin.router.RouterID)
		}
		return cmp.Compare(a.session.rank, b.session.rank)
	})
}

// installed are the paths that may carry traffic, and whether a tie decides
// among them.
func (s *speaker) installed(k key) (paths []*path, tie bool) {
	for _, p := range s.equals(k) {
		// The same next hop by way of two sessions is one path.
		if p.session == nil || p.session.external || !slices.ContainsFunc(paths, func(q *path) bool { return q.origin == p.origin }) {
			paths = append(paths, p)
		}
	}
	if len(paths) < 2 {
		return paths, false
	}
	limit := s.multipath.IBGP
	if paths[0].session.external {
		limit = s.multipath.EBGP
	}
	for _, p := range paths {
		tie = tie || len(paths) > limit || !slices.Equal(p.asns, paths[0].asns)
	}
	return paths, tie
}
