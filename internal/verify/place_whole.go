package verify

import (
	"strings"

	"github.com/ercfg/ercfg/internal/ether"
)

// fold makes names of circuits comparable: Azure keeps the case that a person wrote,
// and ignores it.
func fold(name string) string { return strings.ToLower(name) }

// whole places a record that tells a circuit and no link, and classifies it in the VRF
// of the peering. The circuit is known by its name. A name that the plan does not have
// may be Azure's own for it; then the tags have to tell, and do where only one peering
// of the plan has them.
//
// Of the two peerings of one circuit the tags tell which is meant. Where they do not,
// it is the one that leads to the end of the flow in Azure: services are reached by
// Microsoft peering alone, VNets by private peering alone.
func (p *Placer) whole(r *Record) (spot, class) {
	tags := r.InTags
	if tags == (Tags{}) {
		tags = r.OutTags
	}
	named := p.circuits[fold(r.Circuit)]
	switch len(named) {
	case 0:
		return p.only(one(p.peerings, func(at *peering) bool { return at.marked(tags) }), ByVLAN, r)
	case 1:
		return p.only(&named[0], ByOptions, r)
	}
	if at := one(named, func(at *peering) bool { return at.marked(tags) }); at != nil {
		return p.only(at, ByVLAN, r)
	}
	return p.only(one(named, func(at *peering) bool {
		k := p.classifier.classify(p.tables[at.leg], r.Src, r.Dst)
		return !k.none() && k.service == at.microsoft
	}), ByOptions, r)
}

// one finds the only peering that fits; nil: none does, or several do.
func one(list []peering, fits func(*peering) bool) *peering {
	var found *peering
	for i := range list {
		if at := &list[i]; fits(at) {
			if found != nil {
				return nil
			}
			found = at
		}
	}
	return found
}

// only takes a peering; where it is not told, the VRF is not known either.
func (p *Placer) only(at *peering, rung Rung, r *Record) (spot, class) {
	if at == nil {
		return spot{}, p.classifier.among(p.all, r.Src, r.Dst)
	}
	return spot{kind: onLeg, rung: rung, leg: at.leg}, p.classifier.classify(p.tables[at.leg], r.Src, r.Dst)
}

// marked reports whether a frame of the peering may show tags, as Azure sees them: on
// a circuit of a provider the outer one is the provider's own, which no intent has.
func (at *peering) marked(tags Tags) bool {
	if tags == (Tags{}) {
		return false
	}
	for _, t := range at.tags {
		if t.QinQ() && tagged(t, tags) || !t.QinQ() && tagged(ether.Tag{Inner: t.Inner}, innermost(tags)) {
			return true
		}
	}
	return false
}

// innermost is the customer's tag of a frame.
func innermost(t Tags) Tags {
	if t.Inner != 0 {
		return Tags{Inner: t.Inner}
	}
	return t
}
