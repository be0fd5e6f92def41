package plan

import (
	"fmt"
	"net/netip"

	"github.com/ercfg/ercfg/internal/diag"
	"github.com/ercfg/ercfg/internal/expressroute"
	"github.com/ercfg/ercfg/internal/intent"
)

// The rules about the addresses of one peering: fact sheet §2. The rule about
// host bits, ER022, stands where prefixes are parsed.
const (
	linkNotIPv4     diag.Code = "ER020"
	linkNotIPv6     diag.Code = "ER021"
	notFirstUsable  diag.Code = "ER023"
	notSecondUsable diag.Code = "ER024"
	linksOverlap    diag.Code = "ER025"
	halvesSwapped   diag.Code = "ER026"
	linkNotPublic   diag.Code = "ER029"
	linkLinkLocal   diag.Code = "ER030"
	linkUnusable    diag.Code = "ER031"
)

// linkShapes are, by Family, the prefix lengths of a link and of a block for
// both links of a peering, and the rule that asks for them.
var linkShapes = [2]struct {
	rule        diag.Code
	name        string
	link, block int
}{{linkNotIPv4, "IPv4", 30, 29}, {linkNotIPv6, "IPv6", 126, 125}}

// checkLinks looks at one peering: sizes, the addresses in them, the halves of
// a block, and the space that they are taken from.
func (f *facts) checkLinks(p *peering) {
	for _, family := range []Family{IPv4, IPv6} {
		f.checkBlockSize(p, family)
		f.checkLinksApart(p, family)
		f.checkHalves(p, family)
		for _, l := range p.both() {
			f.checkLinkSize(l, family)
			f.checkLinkSpace(l, family)
		}
	}
	for _, l := range p.both() {
		f.checkHasSubnet(l)
		f.checkEnds(l)
	}
}

func (p *peering) block(family Family) intent.At[netip.Prefix] {
	return [...]intent.At[netip.Prefix]{p.block4, p.block6}[family]
}

// own is the subnet that the link itself is given, and zero where it takes its
// half of the peering's block.
func (l *link) own(family Family) intent.At[netip.Prefix] {
	if given := [...]intent.At[string]{l.in.IPv4, l.in.IPv6}[family]; !given.Set() {
		return intent.At[netip.Prefix]{}
	}
	return l.subnet[family]
}

// written is what the intent says of the link's subnet: its own, or the block
// for both links. Findings quote it, so that a fault of a block is one finding.
func (l *link) written(family Family) netip.Prefix {
	if s := l.own(family); s.Set() {
		return s.V
	}
	return l.peering.block(family).V
}

func (f *facts) checkBlockSize(p *peering, family Family) {
	b, shape := p.block(family), linkShapes[family]
	if !b.V.IsValid() || (FamilyOf(b.V.Addr()) == family && b.V.Bits() == shape.block) {
		return
	}
	f.fault(shape.rule, b.Pos, fmt.Sprintf("%s is no %s /%d", b.V, shape.name, shape.block), fmt.Sprintf("a block for both links is a /%d; a link of its own is a /%d below primary and secondary", shape.block, shape.link))
}

func (f *facts) checkLinkSize(l *link, family Family) {
	s, shape := l.own(family), linkShapes[family]
	if !s.V.IsValid() || (FamilyOf(s.V.Addr()) == family && s.V.Bits() == shape.link) {
		return
	}
	hint := fmt.Sprintf("write the link's /%d", shape.link)
	switch {
	case FamilyOf(s.V.Addr()) != family:
		hint = fmt.Sprintf("the key %s takes an %s /%d", family, shape.name, shape.link)
	case s.V.Bits() == shape.block:
		hint = fmt.Sprintf("a /%d for both links goes beside primary and secondary: %s: %s", shape.block, family, yamlText(s.V.String()))
	}
	f.fault(shape.rule, s.Pos, fmt.Sprintf("%s is no %s /%d", s.V, shape.name, shape.link), hint)
}

// checkHasSubnet reports a link without any address.
func (f *facts) checkHasSubnet(l *link) {
	if l.in.IPv4.Set() || l.in.IPv6.Set() || l.peering.in.IPv4.Set() || l.peering.in.IPv6.Set() {
		return
	}
	f.fault(linkNotIPv4, l.in.Pos, fmt.Sprintf("the %s link of %s has no subnet", l.position, l.peering.path), "write ipv4: SUBNET/30, or the peering's /29 for both links")
}

// checkLinksApart compares the two subnets of a peering.
func (f *facts) checkLinksApart(p *peering, family Family) {
	a, b := p.links[Primary], p.links[Secondary]
	if a == nil || b == nil {
		return
	}
	x, y := a.subnet[family], b.subnet[family]
	if x.V.IsValid() && x.V.Overlaps(y.V) {
		f.fault(linksOverlap, y.Pos, fmt.Sprintf("%s of the secondary link overlaps %s of the primary link of %s", y.V, x.V, p.path), "give each link a subnet of its own", x.Pos)
	}
}

// checkHalves reports links that have the wrong half of a block: of the one
// that the peering names, or of the one that their own subnets make up.
func (f *facts) checkHalves(p *peering, family Family) {
	shape := linkShapes[family]
	if block := p.block(family); block.V.IsValid() {
		primary, secondary, err := expressroute.SplitLinkBlock(block.V)
		if err != nil {
			return
		}
		for _, l := range p.both() {
			want, half := primary, "low"
			if l.position == Secondary {
				want, half = secondary, "high"
			}
			if s := l.own(family); s.V.IsValid() && s.V != want && s.V.Bits() == shape.link {
				f.fault(halvesSwapped, s.Pos, fmt.Sprintf("%s is not the %s half of %s", s.V, half, block.V), fmt.Sprintf("the %s link has %s: write that, or leave it out", l.position, want), block.Pos)
			}
		}
		return
	}
	a, b := p.links[Primary], p.links[Secondary]
	if a == nil || b == nil {
		return
	}
	x, y := a.subnet[family], b.subnet[family]
	if x.V.Bits() != shape.link || y.V.Bits() != shape.link { // absent, or another rule's
		return
	}
	block := netip.PrefixFrom(x.V.Addr(), shape.block).Masked()
	if y.V.Addr().Less(x.V.Addr()) && block.Contains(y.V.Addr()) {
		f.fault(halvesSwapped, x.Pos, fmt.Sprintf("the primary link of %s has the high half of %s", p.path, block), fmt.Sprintf("the low half is primary: %s there, and %s on the secondary link", y.V, x.V), y.Pos)
	}
}

// checkEnds compares the addresses that are given to be checked with those
// that the subnet leaves no choice about.
func (f *facts) checkEnds(l *link) {
	for _, end := range []struct {
		rule  diag.Code
		given intent.At[string]
		want  [2]netip.Addr
		order string
		whose string
		other string
	}{
		{notFirstUsable, l.in.Address, l.ours, "first", "our", "Microsoft holds the second"},
		{notSecondUsable, l.in.Neighbor, l.msee, "second", "Microsoft's", "we hold the first"},
	} {
		got := f.addr(end.given)
		if !got.V.IsValid() {
			continue
		}
		family := FamilyOf(got.V)
		switch want := end.want[family]; {
		case want == got.V:
		case want.IsValid():
			f.fault(end.rule, got.Pos, fmt.Sprintf("%s is not the %s usable address of %s", got.V, end.order, l.subnet[family].V), fmt.Sprintf("%s address is %s: %s", end.whose, want, end.other), l.subnet[family].Pos)
		case !l.subnet[family].Set():
			f.fault(end.rule, got.Pos, fmt.Sprintf("%s belongs to no subnet: the %s link of %s has no %s", got.V, l.position, l.peering.path, linkShapes[family].name), fmt.Sprintf("give the link an %s subnet, or take the address away", linkShapes[family].name))
		}
	}
}

// checkLinkSpace judges where a link's subnet is taken from.
func (f *facts) checkLinkSpace(l *link, family Family) {
	s := l.subnet[family]
	if !s.V.IsValid() {
		return
	}
	microsoft, written := l.peering.microsoft, l.written(family)
	switch {
	case expressroute.IsUnusableLink(s.V):
		f.fault(linkUnusable, s.Pos, fmt.Sprintf("no link can have addresses in %s", written), "this space is loopback, multicast, reserved, or Azure's own: choose another subnet")
	case microsoft && expressroute.IsPublicPeeringForbidden(s.V):
		f.fault(linkNotPublic, s.Pos, fmt.Sprintf("%s on the Microsoft peering of %s is no public space", written, l.peering.circuit.name.V), "Microsoft checks in the registries who owns a link's subnet: write public space of your own")
	case microsoft && expressroute.IsDocumentation(s.V):
		f.warn(linkNotPublic, s.Pos, fmt.Sprintf("%s on the Microsoft peering of %s is space for documentation", written, l.peering.circuit.name.V), "it never passes Microsoft's check of ownership: write public space of your own")
	case !microsoft && expressroute.IsLinkLocal(s.V):
		f.warn(linkLinkLocal, s.Pos, fmt.Sprintf("%s of %s is link-local space", written, l.peering.path), "it works where the provider's router uses it, as some exchanges do; otherwise choose private space")
	}
}
