package plan

import (
	"fmt"

	"github.com/ercfg/ercfg/internal/ether"
)

// checkPortTags reports tags on a Direct port pair that do not fit its
// encapsulation, or do not tell its circuits apart.
func (f *facts) checkPortTags(pair *portPair) {
	qinq := pair.Value.Encapsulation.V == "qinq"
	if !qinq && pair.Value.Encapsulation.V != "dot1q" {
		return
	}
	var fitting, odd []*link
	for _, c := range pair.circuits {
		for _, p := range c.peerings() {
			for _, l := range p.both() {
				switch {
				case l.tag.Inner == 0:
				case l.qinqGiven == qinq:
					fitting = append(fitting, l)
				default:
					odd = append(odd, l)
				}
			}
		}
	}
	f.checkEncapsulation(pair, qinq, fitting, odd)
	if qinq {
		f.checkOuterTags(fitting)
	} else {
		f.checkPortVLANs(pair, fitting)
	}
}

// checkEncapsulation reports circuits with one tag on a QinQ port, or with two
// on a dot1q port.
func (f *facts) checkEncapsulation(pair *portPair, qinq bool, fitting, odd []*link) {
	port := pair.Value.Encapsulation
	for _, l := range odd {
		switch v := l.vlan(); {
		case len(fitting) > 0:
			single, double := l, fitting[0]
			if !qinq {
				single, double = double, single
			}
			names := []any{single.peering.path, double.peering.path, pair.Name.V}
			if single.peering == double.peering {
				names = []any{single.origin, double.origin, pair.Name.V}
			}
			f.fault(portMixed, v.Inner.Pos, fmt.Sprintf("%s has one tag and %s two on the port pair %s", names...), fmt.Sprintf("the encapsulation belongs to the port, which is %s: all its circuits follow", port.V), port.Pos, fitting[0].vlan().Inner.Pos)
		case qinq:
			f.fault(outerTagWrong, v.Inner.Pos, fmt.Sprintf("%s has no outer tag, and the port pair %s is QinQ", l.peering.path, pair.Name.V), fmt.Sprintf("write vlan: {outer: NUMBER, inner: %s}; Azure assigns the outer tag when the circuit is made", l.tag.Inner), port.Pos)
		default:
			f.fault(tagDepth, v.Outer.Pos, fmt.Sprintf("%s has an outer tag, and the port pair %s is dot1q", l.peering.path, pair.Name.V), fmt.Sprintf("write vlan: %s, or encapsulation: qinq where the port was made so", l.tag.Inner), port.Pos)
		}
	}
}

// checkOuterTags wants one outer tag per circuit, on both ports, and no
// circuit with another one's.
func (f *facts) checkOuterTags(links []*link) {
	ofCircuit := make(map[*circuit]*link)
	ofTag := make(map[ether.VLAN]*link)
	for _, l := range links {
		outer, c := l.tag.Outer, l.peering.circuit
		if outer == 0 {
			continue
		}
		if first := ofCircuit[c]; first != nil && first.tag.Outer != outer {
			f.fault(outerTagWrong, l.vlan().Outer.Pos, fmt.Sprintf("circuit %s has the outer tags %s and %s", c.name.V, first.tag.Outer, outer), "Azure assigns one outer tag per circuit, the same on both ports and for both peerings", first.vlan().Outer.Pos)
		}
		if first := ofTag[outer]; first != nil && first.peering.circuit != c {
			f.fault(outerTagWrong, l.vlan().Outer.Pos, fmt.Sprintf("circuit %s has the outer tag %s of circuit %s", c.name.V, outer, first.peering.circuit.name.V), "Azure assigns each circuit on a port pair an outer tag of its own: read it from the circuit", first.vlan().Outer.Pos)
		}
		keep(ofCircuit, c, l)
		keep(ofTag, outer, l)
	}
}

// checkPortVLANs wants every peering of every circuit on a dot1q port to have
// a VLAN of its own. Two peerings of one circuit are ER042's.
func (f *facts) checkPortVLANs(pair *portPair, links []*link) {
	ofTag := make(map[ether.VLAN]*link)
	for _, l := range links {
		if first := ofTag[l.tag.Inner]; first != nil && first.peering.circuit != l.peering.circuit {
			f.fault(portVLANTwice, l.vlan().Inner.Pos, fmt.Sprintf("VLAN %s of %s is also that of %s on the port pair %s", l.tag.Inner, l.peering.path, first.peering.path, pair.Name.V), "on a dot1q port every peering of every circuit needs a VLAN of its own", first.vlan().Inner.Pos)
		}
		keep(ofTag, l.tag.Inner, l)
	}
}

// checkTagsUnique reports two links whose frames a physical interface cannot
// tell apart, where no rule above has said so already.
func (f *facts) checkTagsUnique() {
	type wire struct {
		router *router
		iface  string
		tag    ether.Tag
	}
	first := make(map[wire]*link)
	for _, c := range f.circuits {
		for _, p := range c.peerings() {
			for _, l := range p.both() {
				if l.router == nil || l.iface.V == "" || l.tag.Inner == 0 {
					continue
				}
				key := wire{l.router, l.iface.V, l.tag}
				if before := first[key]; before != nil && !l.comparedWith(before) {
					f.fault(tagTwice, l.iface.Pos, fmt.Sprintf("%s and %s both have the tag %s on %s of %s", before.origin, l.origin, l.tag, l.iface.V, l.router.name.V), "frames with one tag cannot be told apart: use another interface, or another tag", before.iface.Pos)
				}
				keep(first, key, l)
			}
		}
	}
}

// comparedWith reports whether ER042, ER043 or ER044 compares the two links:
// the peerings of a circuit on one link, and the circuits of a port pair.
func (l *link) comparedWith(other *link) bool {
	a, b := l.peering.circuit, other.peering.circuit
	if a == b {
		return l.position == other.position
	}
	return a.model == "direct" && b.model == "direct" && a.in.Port.V == b.in.Port.V
}
