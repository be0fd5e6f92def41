package plan

import (
	"fmt"
	"strings"

	"github.com/ercfg/ercfg/internal/diag"
)

// The rules about the two links of a circuit, and about where two circuits
// come from: fact sheet §8.
const (
	noMultipath   diag.Code = "ER149"
	statefulLinks diag.Code = "ER150"
	passiveLink   diag.Code = "ER151"
	samePlace     diag.Code = "ER152"
)

const passiveHint = "links: balance uses both, and shows every day that both work"

// checkPassiveLinks reports statements that make one link of a circuit stand
// by.
func (f *facts) checkPassiveLinks(s *statement) {
	if s.in.Links.V == "primary-first" && len(s.circuits()) > 0 {
		f.warn(passiveLink, s.in.Links.Pos, fmt.Sprintf("the secondary links of statement %s stand by for Azure", s.name), passiveHint)
	}
	if len(s.in.Prepend) == 0 || !s.prependsParse() {
		return
	}
	for _, st := range f.steering(s) {
		p := st.path.peering
		if p == nil || len(p.both()) < 2 || f.primaryFirst(s, p) || len(st.prepend[Primary]) == len(st.prepend[Secondary]) {
			continue
		}
		longer := Primary
		if len(st.prepend[Secondary]) > len(st.prepend[Primary]) {
			longer = Secondary
		}
		at := st.prependPos[longer]
		if at.IsZero() {
			at = st.prependPos[1-longer]
		}
		if !at.IsZero() {
			f.warn(passiveLink, s.prependAt(at), fmt.Sprintf("the %s link of %s is prepended more than the other and stands by for Azure", longer, p.path), passiveHint)
		}
	}
}

// checkLinkPairs looks at both links of each peering.
func (f *facts) checkLinkPairs() {
	balanced := make(map[*peering]bool) // some statement uses both links
	for _, s := range f.statements {
		for _, p := range s.circuits() {
			if !f.primaryFirst(s, p.peering) {
				balanced[p.peering] = true
			}
		}
	}
	sessions := f.ibgpSessions()
	for _, c := range f.circuits {
		for _, p := range c.peerings() {
			if p.in.Links.V == "primary-first" {
				f.warn(passiveLink, p.in.Links.Pos, fmt.Sprintf("the secondary link of %s stands by for Azure", p.path), passiveHint)
			}
			a, b := p.links[Primary], p.links[Secondary]
			if balanced[p] && a != nil && b != nil && a.router != nil && b.router != nil {
				f.checkMultipath(p, sessions)
				f.checkStateful(p)
			}
		}
	}
}

// sessions are the iBGP sessions that an intent writes.
type sessions struct {
	between map[sessionEnds]bool
	outside map[sessionEnds]bool // with a router outside of the intent; b is nil
}

// sessionEnds are two routers and whether they exchange VPN routes.
type sessionEnds struct {
	a, b *router
	vpn  bool
}

func (f *facts) ibgpSessions() sessions {
	out := sessions{make(map[sessionEnds]bool), make(map[sessionEnds]bool)}
	for _, r := range f.routers {
		for i := range r.in.IBGP {
			in := &r.in.IBGP[i]
			vpn := in.Family.V == "vpn"
			if peer := f.routerByName[in.Router.V]; peer != nil {
				out.between[sessionEnds{r, peer, vpn}] = true
				out.between[sessionEnds{peer, r, vpn}] = true
			} else if in.Address.Set() {
				out.outside[sessionEnds{r, nil, vpn}] = true
			}
		}
	}
	return out
}

// join reports whether a and b hear each other: directly, or each over a
// router outside (a cluster of route reflectors has several addresses).
func (s sessions) join(a, b *router, vpn bool) bool {
	return s.between[sessionEnds{a, b, vpn}] || s.outside[sessionEnds{a, nil, vpn}] && s.outside[sessionEnds{b, nil, vpn}]
}

// checkMultipath reports links on two routers that do not tell each other of
// their routes: on-premises then leaves by one of them. On one router ercfg
// renders multipath itself.
func (f *facts) checkMultipath(p *peering, s sessions) {
	a, b := p.links[Primary].router, p.links[Secondary].router
	if a == b || a.asn.V != b.asn.V || s.join(a, b, p.vrf != "") {
		return
	}
	if a.role == CE && b.role == CE && !s.join(a, b, false) {
		return // ER923 says that a statement with both needs a session
	}
	family := ""
	if p.vrf != "" {
		family = ", family: vpn"
	}
	f.warn(noMultipath, p.in.Pos, fmt.Sprintf("both links of %s are active, and %s and %s have no iBGP session that carries its routes", p.path, a.name.V, b.name.V),
		fmt.Sprintf("one link would idle outbound: write ibgp: [{router: %s%s}] on %s", b.name.V, family, a.name.V), a.name.Pos, b.name.Pos)
}

// checkStateful reports firewalls that see only one direction of a flow: Azure
// and on-premises hash flows to links independently.
func (f *facts) checkStateful(p *peering) {
	a, b := p.links[Primary], p.links[Secondary]
	if !a.router.stateful() && !b.router.stateful() {
		return
	}
	if a.router != b.router {
		what := fmt.Sprintf("two stateful firewalls, %s and %s", a.router.name.V, b.router.name.V)
		if !a.router.stateful() || !b.router.stateful() {
			one, other := a.router, b.router
			if !one.stateful() {
				one, other = other, one
			}
			what = fmt.Sprintf("the stateful firewall %s and on %s", one.name.V, other.name.V)
		}
		f.warn(statefulLinks, p.in.Pos, fmt.Sprintf("the links of %s are active on %s", p.path, what),
			"a flow may return on the other link and is dropped there: end both links on one SRX (or cluster), or on routers in front of it", a.in.Pos, b.in.Pos)
		return
	}
	if a.zone != b.zone {
		at := b.in.Zone.Pos
		if at.IsZero() {
			at = a.in.Zone.Pos
		}
		f.warn(statefulLinks, at, fmt.Sprintf("the links of %s are active in two zones of %s, %s and %s", p.path, a.router.name.V, a.zone, b.zone),
			"a flow that returns in another zone is dropped: give both links one zone", a.in.Pos, b.in.Pos)
	}
}

// checkPlaces looks at the claim of maximum resiliency: two circuits that one
// event cannot take.
func (f *facts) checkPlaces(s *statement) {
	claim := f.in.Metadata.Resiliency
	if claim.V != "maximum" {
		return
	}
	circuits := s.circuits()
	first := circuits[0].peering.circuit.in
	location, provider := true, true // all have the first one's
	for _, p := range circuits[1:] {
		in := p.peering.circuit.in
		location = location && sameText(in.Location.V, first.Location.V)
		provider = provider && sameText(in.Provider.V, first.Provider.V)
	}
	last := circuits[len(circuits)-1].peering.circuit.in
	if location {
		f.warn(samePlace, last.Location.Pos, fmt.Sprintf("every circuit of statement %s is at %s, and resiliency: maximum is claimed", s.name, last.Location.V), "take the second circuit in another peering location, or claim less", first.Location.Pos, claim.Pos)
	}
	if provider {
		f.warn(samePlace, last.Provider.Pos, fmt.Sprintf("every circuit of statement %s is from %s, and resiliency: maximum is claimed", s.name, last.Provider.V), "take the second circuit from another provider, or claim less", first.Provider.Pos, claim.Pos)
	}
}

// sameText compares two names as people do; a name that is not given is the
// same as no other.
func sameText(a, b string) bool {
	a, b = strings.TrimSpace(a), strings.TrimSpace(b)
	return a != "" && strings.EqualFold(a, b)
}
