package plan

import (
	"fmt"
	"net/netip"

	"github.com/ercfg/ercfg/internal/diag"
	"github.com/ercfg/ercfg/internal/intent"
)

// The rule about the addresses of Global Reach: fact sheet §2 and §14.
const reachBlock diag.Code = "ER035"

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
	return a == b || (a.in.GlobalReach.With.V == b.name.V && b.in.GlobalReach.With.V == a.name.V)
}
