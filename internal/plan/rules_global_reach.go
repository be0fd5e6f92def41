package plan

import (
	"fmt"
	"net/netip"

	"github.com/ercfg/ercfg/internal/diag"
	"github.com/ercfg/ercfg/internal/intent"
)

// The rules about Global Reach: fact sheet §2 and §14.
const (
	reachBlock diag.Code = "ER035"
	reachOneAS diag.Code = "ER153"
)

// checkReachBlocks reports blocks of Global Reach that Azure refuses, and
// those that something else uses. Each is named with one thing that uses it.
func (f *facts) checkReachBlocks(t *addressTables) {
	blocks := f.reachBlocks()
	if len(blocks) == 0 {
		return
	}
	refuse := func(block span[*circuit], other intent.At[netip.Prefix], whose string) {
		f.fault(reachBlock, block.Pos, fmt.Sprintf("the Global Reach block %s of %s overlaps %s of %s", block.V, block.of.name.V, other.V, whose), "choose a block that is used nowhere else, on neither side", other.Pos)
	}
	used := f.usedSpaces(t)
	for _, b := range blocks {
		vrf := ""
		if b.of.private != nil {
			vrf = b.of.private.vrf
		}
		if x, ok := used[vrf].meeting(b.V); ok {
			refuse(b, x.At, x.of)
		}
	}
	for _, o := range overlaps(blocks, sameReach) {
		refuse(o.inner, o.outer.At, o.outer.of.name.V)
	}
}

func (f *facts) reachBlocks() []span[*circuit] {
	var out []span[*circuit]
	for _, c := range f.circuits {
		if c.in.GlobalReach == nil {
			continue
		}
		b := f.prefix(c.in.GlobalReach.Block)
		if !b.V.IsValid() {
			continue
		}
		if want := linkShapes[FamilyOf(b.V.Addr())].block; b.V.Bits() != want {
			f.fault(reachBlock, b.Pos, fmt.Sprintf("the Global Reach block %s is no /%d", b.V, want), "Global Reach takes a /29 of its own, for IPv6 a /125")
		}
		out = append(out, span[*circuit]{b, c})
	}
	return out
}

// usedSpaces are the prefixes of each VRF, and what they belong to. A default
// route covers everything and uses nothing.
func (f *facts) usedSpaces(t *addressTables) map[string]*space[string] {
	spans := make(map[string][]span[string])
	for vrf, list := range t.vnets {
		for _, s := range list {
			spans[vrf] = append(spans[vrf], span[string]{s.At, "VNet " + s.of.name.V})
		}
	}
	for vrf, list := range t.onprem {
		for _, s := range list {
			if s.V.Bits() > 0 {
				spans[vrf] = append(spans[vrf], span[string]{s.At, "network " + s.of.name.V})
			}
		}
	}
	for l, slot := range f.subnets() {
		vrf := l.peering.vrf
		spans[vrf] = append(spans[vrf], span[string]{l.subnet[slot], l.peering.path})
	}
	out := make(map[string]*space[string], len(spans))
	for vrf, list := range spans {
		out[vrf] = newSpace(list)
	}
	return out
}

// sameReach reports whether two circuits describe one connection from its two
// ends.
func sameReach(a, b *circuit) bool {
	return a == b || (a.in.GlobalReach != nil && b.in.GlobalReach != nil && a.in.GlobalReach.With.V == b.name.V && b.in.GlobalReach.With.V == a.name.V)
}

// checkReachASNs reports two ends of Global Reach in one AS: each side drops
// the other's routes, whose AS path holds its own number. A connection that is
// described from both ends is reported once.
func (f *facts) checkReachASNs() {
	seen := make(map[*circuit]bool)
	for _, c := range f.circuits {
		in := c.in.GlobalReach
		if in == nil || c.private == nil {
			continue
		}
		seen[c] = true
		other := f.circuitByName[in.With.V]
		if other == nil || other == c || other.private == nil {
			continue
		}
		if seen[other] && sameReach(c, other) {
			continue
		}
		if a, b := sharedAS(c.private, other.private); a != nil {
			related := []diag.Pos{a.asn.Pos}
			if b != a {
				related = append(related, b.asn.Pos)
			}
			f.warn(reachOneAS, in.With.Pos, fmt.Sprintf("%s and %s join over Global Reach, and both end in AS %s", c.name.V, other.name.V, a.asn.V),
				"each side drops the other's routes as its own: give the sites AS numbers of their own, or do without these routes", related...)
		}
	}
}

// sharedAS returns a router of each peering where both have one AS number, and
// nil otherwise.
func sharedAS(a, b *peering) (*router, *router) {
	for _, l := range a.both() {
		for _, m := range b.both() {
			if l.router != nil && m.router != nil && l.router.asn.Set() && l.router.asn.V == m.router.asn.V {
				return l.router, m.router
			}
		}
	}
	return nil, nil
}
