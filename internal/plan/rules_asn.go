package plan

import (
	"fmt"

	"github.com/ercfg/ercfg/internal/bgp"
	"github.com/ercfg/ercfg/internal/diag"
	"github.com/ercfg/ercfg/internal/expressroute"
)

// The rules about AS numbers: fact sheet §4.
const (
	mseeASNWrong       diag.Code = "ER050"
	peerASNReserved    diag.Code = "ER051"
	peerASNUnusable    diag.Code = "ER052"
	documentationASN   diag.Code = "ER053"
	peerASNPrivate     diag.Code = "ER054"
	prependStripped    diag.Code = "ER055"
	customerASNPrivate diag.Code = "ER056"
	prependLoops       diag.Code = "ER057"
	prependForeign     diag.Code = "ER058"
)

// checkASNs reports AS numbers that Azure refuses, strips from the path or
// drops the path for.
func (f *facts) checkASNs() {
	for _, c := range f.circuits {
		for _, p := range c.peerings() {
			f.checkMSEEASN(p)
			f.checkCustomerASN(p)
		}
	}
	for _, r := range f.routers {
		if len(r.links) > 0 {
			f.checkRouterASN(r)
		}
	}
	for _, s := range f.statements {
		f.checkPrepends(s)
	}
}

func (f *facts) checkMSEEASN(p *peering) {
	if a := p.mseeASN; a.Set() && p.in.MSEEASN.V != "" && a.V != expressroute.MicrosoftASN {
		f.fault(mseeASNWrong, a.Pos, fmt.Sprintf("AS %s is not Microsoft's", a.V), fmt.Sprintf("every MSEE has AS %s: write that, or leave mseeASN out", expressroute.MicrosoftASN))
	}
}

// checkCustomerASN asks for a public number: the customer ASN is what Microsoft
// looks up in the registries to see who owns the prefixes.
func (f *facts) checkCustomerASN(p *peering) {
	a := p.custASN
	if !p.microsoft || !a.Set() || p.in.CustomerASN.V == "" {
		return
	}
	if a.V.IsPrivate() || a.V.IsDocumentation() || a.V.IsReserved() || a.V == expressroute.MicrosoftASN {
		f.fault(customerASNPrivate, a.Pos, fmt.Sprintf("the customer AS %s of %s is no public AS number of a customer", a.V, p.path), "write the registered AS number that owns the advertised prefixes")
	}
}

// checkRouterASN looks at the number that Azure stores as peer ASN.
func (f *facts) checkRouterASN(r *router) {
	a := r.asn
	if !a.Set() || r.in.ASN.V == "" {
		return
	}
	var microsoft *peering
	for _, l := range r.links {
		if l.peering.microsoft {
			microsoft = l.peering
			break
		}
	}
	switch {
	case expressroute.ReservedASN(a.V):
		f.fault(peerASNReserved, a.Pos, fmt.Sprintf("AS %s of %s is reserved by Microsoft", a.V, r.name.V), "65515 to 65520 are Microsoft's own; choose another, such as 65010", r.links[0].in.Pos)
	case expressroute.UnusablePeerASN(a.V):
		f.fault(peerASNUnusable, a.Pos, fmt.Sprintf("AS %s of %s can be no peer ASN", a.V, r.name.V), "write a registered AS number, or a private one (64512–65514, 65521–65534, 4200000000–4294967294)", r.links[0].in.Pos)
	case a.V.IsDocumentation() && microsoft != nil:
		f.fault(documentationASN, a.Pos, fmt.Sprintf("AS %s of %s is for documentation only, and %s may not carry it", a.V, r.name.V, microsoft.path), "write a registered AS number", microsoft.in.Pos)
	case a.V.IsDocumentation():
		f.warn(documentationASN, a.Pos, fmt.Sprintf("AS %s of %s is for documentation only", a.V, r.name.V), "write a private AS number (64512–65514), or a registered one")
	case a.V.IsPrivate() && microsoft != nil:
		f.warn(peerASNPrivate, a.Pos, fmt.Sprintf("AS %s of %s is private, and %s strips it from the path", a.V, r.name.V, microsoft.path), "Microsoft validates a private peer ASN by hand; write a registered one where there is any", microsoft.in.Pos)
	}
}

// checkPrepends reports what a statement prepends and Azure strips or refuses:
// the numbers that it lists, and the own number where that is private.
func (f *facts) checkPrepends(s *statement) {
	listed := make(map[bgp.ASN]bool)
	microsoft := false
	for _, p := range s.paths {
		microsoft = microsoft || p.peering != nil && p.peering.microsoft
	}
	for i := range s.in.Prepend {
		e := &s.in.Prepend[i]
		links, ends := s.linksOf(e.Name.V)
		if len(links) == 0 && len(ends) == 0 {
			continue // no path of the statement, which is reported
		}
		seen := make(map[bgp.ASN]bool, len(e.Value.ASNs))
		for _, a := range e.Value.ASNs {
			n, err := bgp.ParseASN(string(a.V))
			if err != nil || seen[n] {
				continue // reported as none, or said once already
			}
			seen[n], listed[n] = true, true
			f.checkPrepended(n, a.Pos, e.Name.V, links, ends)
		}
	}
	if !microsoft {
		return
	}
	steers := f.steering(s)
	for i := range steers {
		f.checkOwnPrepend(s, &steers[i], listed)
	}
}

// linksOf returns the links, or the tunnels of a VPN, that a key of prepend
// names.
func (s *statement) linksOf(name string) (links []*link, tunnels []*tunnel) {
	for _, p := range s.paths {
		if p.peering == nil {
			if p.is(name) {
				tunnels = p.vpn.tunnels
			}
			continue
		}
		for pos, l := range p.peering.links {
			if l != nil && (p.is(name) || p.isLink(name, Position(pos))) {
				links = append(links, l)
			}
		}
	}
	return links, tunnels
}

// checkPrepended judges one number of a list.
func (f *facts) checkPrepended(n bgp.ASN, pos diag.Pos, path string, links []*link, ends []*tunnel) {
	if n == expressroute.MicrosoftASN || expressroute.ReservedASN(n) {
		f.fault(prependLoops, pos, fmt.Sprintf("AS %s in a path makes Azure drop it as a loop", n), "prepend your own AS number")
		return
	}
	foreign := func(r *router) {
		f.warn(prependForeign, pos, fmt.Sprintf("AS %s is not the AS %s of %s", n, r.asn.V, r.name.V), "prepend your own AS number: another's makes its owner drop the route", r.asn.Pos)
	}
	for _, t := range ends {
		if t.router != nil && t.router.asn.Set() && n != t.router.asn.V {
			foreign(t.router)
			return
		}
	}
	for _, l := range links {
		if l.router == nil || !l.router.asn.Set() {
			continue
		}
		own := n == l.router.asn.V || n == l.peering.custASN.V
		switch {
		case l.peering.microsoft && n.IsPrivate():
			f.fault(prependStripped, pos, fmt.Sprintf("Microsoft strips the private AS %s from the path of %s, so that prepending it has no effect", n, path), "prepend a registered AS number, or use technique: more-specifics")
			return
		case l.peering.microsoft && n.IsDocumentation() && !own:
			f.fault(documentationASN, pos, fmt.Sprintf("AS %s is for documentation only, and %s may not carry it", n, l.peering.path), "prepend your own AS number", l.peering.in.Pos)
			return
		case !own:
			foreign(l.router)
			return
		}
	}
}

// checkOwnPrepend reports a Microsoft peering that is to be made worse by the
// router's own private AS number: Microsoft strips it, and the order is lost.
func (f *facts) checkOwnPrepend(s *statement, st *steer, listed map[bgp.ASN]bool) {
	if st.path.peering == nil || !st.path.peering.microsoft || !st.advertises {
		return
	}
	for pos, asns := range st.prepend {
		l := st.path.peering.links[pos]
		if len(asns) == 0 || l == nil || l.router == nil {
			continue
		}
		own := l.router.asn
		if !own.V.IsPrivate() || asns[0] != own.V || !st.prependPos[pos].IsZero() && listed[own.V] {
			continue
		}
		at := st.path.name.Pos
		if !st.prependPos[pos].IsZero() {
			at = s.prependAt(st.prependPos[pos])
		}
		f.fault(prependStripped, at, fmt.Sprintf("Microsoft strips the private AS %s from the path of %s, so that prepending it has no effect", own.V, st.path.peering.path), "use technique: more-specifics, or prepend a registered AS number of yours by a list of prepend", own.Pos)
		return
	}
}

// prependAt is the place of the number, or of the first number of the list,
// behind the key of prepend that stands at pos.
func (s *statement) prependAt(pos diag.Pos) diag.Pos {
	for i := range s.in.Prepend {
		e := &s.in.Prepend[i].Value
		switch {
		case e.Pos != pos:
		case e.Count.Set():
			return e.Count.Pos
		case len(e.ASNs) > 0:
			return e.ASNs[0].Pos
		}
	}
	return pos
}
