package plan

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/ercfg/ercfg/internal/diag"
	"github.com/ercfg/ercfg/internal/intent"
)

// familyMissing is about a prefix that a path cannot carry: a session has one
// address family, and a prefix of the other one is in none of its lists.
const familyMissing diag.Code = "ER939"

// checkFamilies reports the prefixes of a statement for which no path, or not
// every circuit, has a session.
func (f *facts) checkFamilies() {
	seen := make(map[familyGap]bool)
	for _, s := range f.statements {
		for _, family := range []Family{IPv4, IPv6} {
			if lacking, all := s.without(family); len(lacking) > 0 {
				f.checkFamily(s, family, lacking, all, seen)
			}
		}
	}
}

// A familyGap is what one finding says. Statements that share prefixes and
// paths say it once.
type familyGap struct {
	prefix diag.Pos
	path   string // the first that lacks the family
	all    bool   // no path of the statement has it
}

// without returns the paths of a statement that have no session of a family,
// and whether that is all of them. VPNs carry IPv4 and are no standby for
// IPv6, so they lack it only where nothing else is there. A circuit whose
// subnet has the wrong size is counted in: another rule speaks of it.
func (s *statement) without(family Family) (lacking []*path, all bool) {
	all = true
	var vpns []*path
	for _, p := range s.paths {
		switch {
		case p.peering == nil && family == IPv6:
			vpns = append(vpns, p)
		case p.peering == nil, p.peering.lacks(family) == nil:
			all = false
		default:
			lacking = append(lacking, p)
		}
	}
	if all {
		lacking = append(lacking, vpns...)
	}
	return lacking, all && len(s.paths) == len(s.in.Prefer)
}

func (f *facts) checkFamily(s *statement, family Family, lacking []*path, all bool, seen map[familyGap]bool) {
	halved := s.in.Technique.V == "more-specifics" // then a standby without the family is ER146's
	if !all && len(s.paths) != len(s.in.Prefer) {
		return // an unknown path may be the one that carries it
	}
	if all && family == IPv6 && !slices.ContainsFunc(s.paths, func(p *path) bool { return p.vpn == nil }) {
		return // what a VPN gateway does not carry is ER144's
	}
	words := [...]string{"IPv4", "IPv6"}
	related := make([]diag.Pos, len(lacking))
	for i, p := range lacking {
		related[i] = p.name.Pos
	}
	report := func(prefix intent.At[netip.Prefix], owner string) {
		gap := familyGap{prefix.Pos, lacking[0].name.V, all}
		if FamilyOf(prefix.V.Addr()) != family || seen[gap] {
			return
		}
		seen[gap] = true
		what := fmt.Sprintf("%s session for %s of %s", words[family], prefix.V, owner)
		if all {
			f.fault(familyMissing, prefix.Pos, fmt.Sprintf("no path of statement %s has an %s", s.name, what),
				fmt.Sprintf("it would be neither advertised nor accepted: give the circuit's links %s subnets, or take the prefix out", words[family]), related...)
			return
		}
		f.warn(familyMissing, prefix.Pos, fmt.Sprintf("%s of statement %s has no %s", lacking[0].name.V, s.name, what),
			fmt.Sprintf("it is no path for this prefix: give its links %s subnets, or put the prefix into a statement of its own", words[family]), related...)
	}
	for _, n := range s.networks {
		for _, p := range n.prefixes {
			if !halved || all {
				report(p, "network "+n.name.V)
			}
		}
	}
	for _, v := range s.vnets {
		for _, p := range v.prefixes {
			report(p, "VNet "+v.name.V)
		}
	}
	for _, e := range s.services {
		for _, p := range e.prefixes {
			report(p, "service set "+e.name.V)
		}
	}
}
