package verify

import (
	"fmt"

	"github.com/ercfg/ercfg/internal/plan"
)

// Misnamed are sentences about numbers of interfaces in the intent
// (routers.NAME.interfaceIndex) that stand for no link or tunnel of their router, where
// a link or tunnel of it has none. A misspelt name looks like this, and what passes by
// it counts as handed to another router.
func Misnamed(p *plan.Plan) []string {
	var out []string
	placer := NewPlacer(p, PlaceOptions{})
	for i := range p.Routers {
		r, of := &placer.routers[i], &p.Routers[i]
		without := r.unnumbered(of.Indexes)
		if without == "" {
			continue
		}
		for _, index := range of.Indexes {
			if r.named(canonical(r.platform, index.Interface)).kind == noLeg {
				out = append(out, fmt.Sprintf("interfaceIndex of %s: %s is no link or tunnel of it, while %s has no number: what passes by %d counts as handed to another router", of.Name, index.Interface, without, index.Number))
			}
		}
	}
	return out
}

// unnumbered is the first leg of a router that no index stands for; empty: all have one.
func (r *placed) unnumbered(indexes []plan.Index) string {
	numbered := make(map[int32]bool)
	for _, index := range indexes {
		switch s := r.named(canonical(r.platform, index.Interface)); s.kind {
		case onLeg:
			numbered[s.leg] = true
		case onPort:
			for _, e := range r.ports[s.port].legs {
				numbered[e.leg] = true
			}
		}
	}
	for _, e := range r.legs {
		if !numbered[e.leg] {
			return e.name
		}
	}
	return ""
}
