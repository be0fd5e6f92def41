package plan

import (
	"slices"

	"github.com/ercfg/ercfg/internal/bgp"
	"github.com/ercfg/ercfg/internal/diag"
	"github.com/ercfg/ercfg/internal/expressroute"
	"github.com/ercfg/ercfg/internal/intent"
)

// A steer is how one statement makes one path better or worse, in both
// directions. Numbers are by Position: the two links of a circuit are equal
// unless the user says otherwise.
type steer struct {
	path       *path
	rank       int // among the statement's circuits, or among its VPNs; 0 is best
	advertises bool
	halves     bool // advertises more-specific halves, too
	// Local-preference on import: on-premises → Azure.
	preference    [2]uint32
	preferencePos [2]diag.Pos // zero: derived
	// AS numbers prepended on export: Azure → on-premises.
	prepend    [2][]bgp.ASN
	prependPos [2]diag.Pos // zero: derived
	// A VPN may end on routers of several ASes, so its prepends are a number of
	// the router's own AS, or a list that the user gave.
	times int
	list  []bgp.ASN
	first bool // a VPN before the first circuit, or without one
}

// prependOn are the AS numbers that the path's session on e gets in front.
func (st *steer) prependOn(e *edge) []bgp.ASN {
	switch {
	case e.link != nil:
		return st.prepend[e.link.position]
	case len(st.list) > 0:
		return st.list
	}
	return prepends(e.router.asn.V, st.times)
}

// steering compiles a statement's order of paths (design: the two tables of
// "From traffic to policy"). The result has one entry per path of prefer, in
// its order, and is made once: several rules and derive ask for it.
func (f *facts) steering(s *statement) []steer {
	if s.steers == nil {
		s.steers = f.steer(s)
	}
	return s.steers
}

func (f *facts) steer(s *statement) []steer {
	out := make([]steer, 0, len(s.paths))
	circuits, vpns, before := 0, 0, 0
	last := lastCircuit(s)
	for i, p := range s.paths {
		st := steer{path: p, advertises: true}
		if p.vpn != nil {
			st.rank, st.first = vpns, s.role(i) == encrypted
			number := expressroute.EncryptedPreference(vpns)
			st.times = vpns * expressroute.PrependStep
			if i > last && last >= 0 {
				number = expressroute.BackupPreference(vpns - before)
				st.times = (vpns - before) * expressroute.PrependStep
			} else {
				before++
			}
			vpns++
			st.preference = [2]uint32{number, number}
		} else {
			st.rank = circuits
			circuits++
			number := expressroute.CircuitPreference(st.rank)
			st.preference = [2]uint32{number, number}
			// Behind a VPN that comes first the circuit carries only covering
			// supernets of other statements: Azure must answer through the tunnel.
			st.advertises = before == 0
			f.steerBack(s, &st)
		}
		f.steerOverrides(s, &st)
		out = append(out, st)
	}
	return out
}

// lastCircuit is the index of the statement's last circuit, -1 without one.
func lastCircuit(s *statement) int {
	for i := len(s.paths) - 1; i >= 0; i-- {
		if s.paths[i].peering != nil {
			return i
		}
	}
	return -1
}

// steerBack derives what makes a circuit worse than the ones before it for
// Azure: a longer AS path, or more specific prefixes on the best one.
func (f *facts) steerBack(s *statement, st *steer) {
	worse := st.rank
	if s.in.Technique.V == "more-specifics" && len(s.circuits()) > 1 {
		st.halves = st.rank == 0
		// The halves put the first circuit ahead of the second; prepends order
		// the rest.
		worse = max(worse-1, 0)
	}
	for pos, l := range st.path.peering.links {
		if l == nil || l.router == nil {
			continue
		}
		n := worse * expressroute.PrependStep
		if Position(pos) == Secondary && f.primaryFirst(s, st.path.peering) {
			n++
		}
		st.prepend[pos] = prepends(l.router.asn.V, n)
	}
}

// primaryFirst reports whether Azure is to use the primary link first.
func (f *facts) primaryFirst(s *statement, p *peering) bool {
	return s.in.Links.Or(p.in.Links.V) == "primary-first"
}

// steerOverrides applies the statement's own numbers: for a path, then for one
// link of it.
func (f *facts) steerOverrides(s *statement, st *steer) {
	each := func(name string, apply func(pos Position)) {
		for _, pos := range []Position{Primary, Secondary} {
			if st.path.is(name) || (st.path.peering != nil && st.path.isLink(name, pos)) {
				apply(pos)
			}
		}
	}
	for _, links := range []bool{false, true} {
		for _, e := range s.in.Preference {
			if st.path.is(e.Name.V) == links {
				continue
			}
			each(e.Name.V, func(pos Position) {
				st.preference[pos], st.preferencePos[pos] = uint32(max(e.Value.V, 0)), e.Value.Pos
			})
		}
		for i := range s.in.Prepend {
			e := &s.in.Prepend[i]
			if st.path.is(e.Name.V) == links {
				continue
			}
			if st.path.vpn != nil {
				each(e.Name.V, func(pos Position) {
					st.prependPos[pos] = e.Value.Pos
					st.times, st.list = e.Value.Count.V, f.prependOverride(e.Value.ASNs, 0, nil)
				})
				continue
			}
			each(e.Name.V, func(pos Position) {
				st.prependPos[pos] = e.Value.Pos
				st.prepend[pos] = f.prependOverride(e.Value.ASNs, e.Value.Count.V, st.path.peering.links[pos])
				if !links && pos == Secondary && f.primaryFirst(s, st.path.peering) {
					st.prepend[pos] = append(st.prepend[pos], f.prependOverride(nil, 1, st.path.peering.links[pos])...)
				}
			})
		}
	}
}

// isLink reports whether name is this path with .primary or .secondary.
func (p *path) isLink(name string, pos Position) bool {
	suffix := "." + pos.String()
	return len(name) > len(suffix) && name[len(name)-len(suffix):] == suffix && p.is(name[:len(name)-len(suffix)])
}

func (f *facts) prependOverride(list []intent.At[intent.ASN], count int, l *link) []bgp.ASN {
	if len(list) == 0 {
		if l == nil || l.router == nil {
			return nil
		}
		return prepends(l.router.asn.V, count)
	}
	var out []bgp.ASN
	for _, a := range list {
		if n, err := bgp.ParseASN(string(a.V)); err == nil { // a bad one is reported once, by statementMaps
			out = append(out, n)
		}
	}
	return out
}

// prepends is asn n times; nil for none.
func prepends(asn bgp.ASN, n int) []bgp.ASN {
	if n <= 0 {
		return nil
	}
	return slices.Repeat([]bgp.ASN{asn}, n)
}
