package verify

import "github.com/ercfg/ercfg/internal/sim"

// find classifies a record and places it: to Azure by its egress, from Azure by its
// ingress. Where the VRF of neither is known, it is one of the router's, or of the
// plan's where the router is not known either.
func (p *Placer) find(router int, r *Record) (spot, class) {
	switch {
	case r.Circuit != "" || !r.Exporter.IsValid():
		return p.whole(r)
	case router < 0:
		return spot{}, p.classifier.among(p.all, r.Src, r.Dst)
	}
	if len(p.classifier.tables) == 1 {
		k := p.classifier.classify(0, r.Src, r.Dst)
		if k.none() {
			return spot{}, k
		}
		return p.place(router, sideOf(r, k.direction())), k
	}
	out, in := p.place(router, sideOf(r, sim.ToAzure)), p.place(router, sideOf(r, sim.FromAzure))
	if out.kind == onLeg {
		if k := p.classifier.classify(p.tables[out.leg], r.Src, r.Dst); k.control || !k.none() && k.direction() == sim.ToAzure {
			return out, k
		}
	}
	if in.kind == onLeg {
		if k := p.classifier.classify(p.tables[in.leg], r.Src, r.Dst); k.control || !k.none() && k.direction() == sim.FromAzure {
			return in, k
		}
	}
	return p.astray(router, out, in, r)
}

// astray classifies a record whose leg, on the side that its direction has, is not
// known, so that its VRF is not either, or is that of the other side.
func (p *Placer) astray(router int, out, in spot, r *Record) (spot, class) {
	tables := p.routers[router].tables
	if len(tables) == 0 {
		tables = p.all
	}
	for _, s := range []spot{out, in} {
		if s.kind == onLeg {
			tables = []int{p.tables[s.leg]}
			break
		}
	}
	k := p.classifier.among(tables, r.Src, r.Dst)
	if k.direction() == sim.ToAzure {
		return out, k
	}
	return in, k
}

// sideOf is the side of a record on which Azure is. An exporter that gives one
// interface for both, or none, watches at one point, and its tags are of there
// whichever side they stand for.
func sideOf(r *Record, d sim.Direction) side {
	s := side{index: r.Out, tags: r.OutTags, nextHop: r.NextHop}
	other := r.InTags
	if d == sim.FromAzure {
		s, other = side{index: r.In, tags: r.InTags}, r.OutTags
	}
	if r.In == r.Out && s.tags == (Tags{}) {
		s.tags = other
	}
	return s
}
