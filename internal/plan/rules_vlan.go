package plan

import (
	"fmt"

	"github.com/ercfg/ercfg/internal/diag"
	"github.com/ercfg/ercfg/internal/ether"
	"github.com/ercfg/ercfg/internal/intent"
)

// The rules about VLAN tags: fact sheet §3.
const (
	vlanRange     diag.Code = "ER040"
	vlanDiffers   diag.Code = "ER041"
	vlanShared    diag.Code = "ER042"
	portVLANTwice diag.Code = "ER043"
	outerTagWrong diag.Code = "ER044"
	portMixed     diag.Code = "ER046"
	untagged      diag.Code = "ER047"
	tagTwice      diag.Code = "ER048"
	tagDepth      diag.Code = "ER049"
)

// checkVLANs reports tags that cannot be, and tags that do not tell peerings
// or circuits apart.
func (f *facts) checkVLANs() {
	for _, c := range f.circuits {
		for _, p := range c.peerings() {
			f.checkVLANRange(p.in.VLAN)
			for _, l := range p.both() {
				f.checkVLANRange(l.in.VLAN)
			}
			f.checkTagged(p)
			f.checkOneVLAN(p)
		}
		f.checkPeeringsApart(c)
	}
	for _, pair := range f.portPairs() {
		f.checkPortTags(pair)
	}
	f.checkTagsUnique()
}

// vlan is the link's own VLAN, or the peering's.
func (l *link) vlan() intent.VLAN {
	if l.in.VLAN.Pos.IsZero() {
		return l.peering.in.VLAN
	}
	return l.in.VLAN
}

// checkVLANRange looks at the numbers as written: one out of range has become
// no tag at all in the facts.
func (f *facts) checkVLANRange(v intent.VLAN) {
	for _, n := range []intent.At[int]{v.Outer, v.Inner} {
		if !n.Set() {
			continue
		}
		if _, err := ether.ParseVLAN(n.V); err == nil {
			continue
		}
		summary := fmt.Sprintf("VLAN %d is out of range", n.V)
		if n.V == 0 { // a zero, or something that is no number
			summary = "the VLAN is no number from 1 to 4094"
		}
		f.fault(vlanRange, n.Pos, summary, "802.1Q has VLAN 1 to 4094")
	}
}

// checkTagged reports links without any tag: an MSEE takes tagged frames only.
func (f *facts) checkTagged(p *peering) {
	const hint = "write vlan: NUMBER, the VLAN ID of the peering in Azure; or vlan: {outer: NUMBER, inner: NUMBER}"
	links := p.both()
	var bare []*link
	for _, l := range links {
		if l.tagPos.IsZero() {
			bare = append(bare, l)
		}
	}
	switch {
	case len(bare) == 0:
	case len(bare) == len(links):
		f.fault(untagged, p.in.Pos, fmt.Sprintf("%s has no VLAN", p.path), hint)
	default:
		f.fault(untagged, bare[0].in.Pos, fmt.Sprintf("the %s link of %s has no VLAN", bare[0].position, p.path), hint)
	}
}

// checkOneVLAN compares the tags of a peering's links: Azure stores one VLAN
// ID for both. Outer tags may differ, they are the provider's.
func (f *facts) checkOneVLAN(p *peering) {
	a, b := p.links[Primary], p.links[Secondary]
	if a == nil || b == nil || a.tag.Inner == 0 || b.tag.Inner == 0 || a.tag.Inner == b.tag.Inner {
		return
	}
	at, other := b.vlan().Inner.Pos, a.vlan().Inner.Pos
	summary := fmt.Sprintf("the links of %s have VLAN %s and %s", p.path, a.tag.Inner, b.tag.Inner)
	if p.circuit.in.TagTranslation.V {
		f.warn(vlanDiffers, at, summary, "Azure has one VLAN ID for both links: make sure that the provider translates these two to it", other, p.circuit.in.TagTranslation.Pos)
		return
	}
	f.fault(vlanDiffers, at, summary, "Azure has one VLAN ID for both links: write one vlan on the peering; where the provider translates tags, write tagTranslation: true on the circuit", other)
}

// checkPeeringsApart compares the private with the Microsoft peering of a
// circuit on each link: the inner tag tells them apart, and they share the
// outer one.
func (f *facts) checkPeeringsApart(c *circuit) {
	if c.private == nil || c.microsoft == nil {
		return
	}
	for pos := range c.private.links {
		a, b := c.private.links[pos], c.microsoft.links[pos]
		if a == nil || b == nil {
			continue
		}
		x, y := a.vlan(), b.vlan()
		if a.tag.Inner > 0 && a.tag.Inner == b.tag.Inner {
			f.fault(vlanShared, y.Inner.Pos, fmt.Sprintf("VLAN %s is used twice on circuit %s", b.tag.Inner, c.name.V), "each peering of a circuit needs a VLAN of its own", x.Inner.Pos)
		}
		if c.model == "direct" {
			continue // the port says which tags its circuits have
		}
		switch {
		case a.tag.Inner == 0 || b.tag.Inner == 0:
		case x.Outer.Set() != y.Outer.Set():
			f.fault(tagDepth, y.Inner.Pos, fmt.Sprintf("one peering of circuit %s has one tag, the other has two", c.name.V), "the provider hands over a link with one tag or with two, for both peerings", x.Inner.Pos)
		case a.tag.Outer > 0 && b.tag.Outer > 0 && a.tag.Outer != b.tag.Outer:
			f.fault(tagDepth, y.Outer.Pos, fmt.Sprintf("the peerings of circuit %s have the outer tags %s and %s", c.name.V, a.tag.Outer, b.tag.Outer), "the outer tag is the circuit's: both peerings have the same one on a link", x.Outer.Pos)
		}
	}
}
