package verify

import (
	"fmt"
	"maps"
	"slices"

	"github.com/ercfg/ercfg/internal/ether"
)

// Bounds on what exporters may tell beside the names of legs: a large provider edge
// has some thousand interfaces, and a forger shall not fill the memory.
const (
	maxNames   = 65536 // of all routers
	maxNameLen = 128   // ifDescr of any platform is shorter
)

// Indexes are what a router's interfaces are numbered, by each rung that names them.
type indexes struct {
	// What the last look-up found: most records of a router are of one leg, which is
	// egress of one direction and ingress of the other. 0: nothing yet.
	last     uint32
	lastSpot spot
	lastTags Tags // that do not contradict it; none: nothing yet

	numbered bool                            // every leg of the router has an index of its own
	complete bool                            // the router itself has told them
	spots    map[uint32]spot                 // of every index that has a name
	names    [ByAsking + 1]map[uint32]string // as they were told
	numbers  [ByAsking + 1]map[string]uint32 // by canonical name
}

// find looks an index up, which is not 0. One that nobody names is no leg where every
// leg has another, and so is what the intent alone has as no leg's: a name may be misspelt.
func (x *indexes) find(index uint32) spot {
	if index != x.last {
		s, ok := x.spots[index]
		switch {
		case !ok && x.numbered:
			s.kind = noLeg
		case s.kind == noLeg && s.rung == ByIntent && !x.numbered:
			s = spot{}
		}
		x.last, x.lastSpot, x.lastTags = index, s, Tags{}
	}
	return x.lastSpot
}

// name notes what a rung calls an index. A name has one index on a rung, the last that
// was told: a router that restarts may number its interfaces anew.
func (r *placed) name(rung Rung, index uint32, name string) {
	x := &r.indexes
	x.last = 0
	if x.spots == nil {
		x.spots = make(map[uint32]spot)
	}
	if x.names[rung] == nil {
		x.names[rung], x.numbers[rung] = make(map[uint32]string), make(map[string]uint32)
	}
	if before, ok := x.names[rung][index]; ok {
		delete(x.numbers[rung], canonical(r.platform, before))
	}
	same := canonical(r.platform, name)
	moved, ok := x.numbers[rung][same]
	if ok {
		delete(x.names[rung], moved)
	}
	x.names[rung][index], x.numbers[rung][same] = name, index
	changed := r.resolve(index)
	if ok && moved != index {
		changed = r.resolve(moved) || changed
	}
	if changed {
		r.complete()
	}
}

// resolve works out what an index means, and reports whether legs may be affected.
// Where two rungs name different interfaces for it, it means nothing.
func (r *placed) resolve(index uint32) bool {
	x := &r.indexes
	before := x.spots[index]
	delete(x.spots, index)
	for rung, names := range x.names {
		name, ok := names[index]
		if !ok {
			continue
		}
		s := r.named(canonical(r.platform, name))
		s.rung = Rung(rung)
		better, ok := x.spots[index]
		if ok && (better.kind != s.kind || better.leg != s.leg || better.port != s.port) {
			x.spots[index] = spot{}
			return true
		}
		if !ok {
			x.spots[index] = s
		}
	}
	return before.exact() || x.spots[index].exact()
}

// complete notes whether every leg has an index, and whether the router itself has told
// it: numbers that the intent alone has may be those of before a restart.
func (r *placed) complete() {
	has := func(e legEnd, rungs ...Rung) bool {
		return slices.ContainsFunc(rungs, func(rung Rung) bool {
			n, ok := r.indexes.numbers[rung][e.name]
			return ok && r.indexes.spots[n].exact()
		})
	}
	x := &r.indexes
	x.complete, x.numbered = len(r.legs) > 0, len(r.legs) > 0
	for _, e := range r.legs {
		x.complete = x.complete && has(e, ByOptions, ByAsking)
		x.numbered = x.numbered && has(e, ByIntent, ByOptions, ByAsking)
	}
}

// named tells what an interface is by its canonical name. The port under one leg alone
// stands for it: exporters on Linux watch the port and tell the tag. Of several legs
// over a port nobody can tell which is meant.
func (r *placed) named(name string) spot {
	for i := range r.legs {
		if e := &r.legs[i]; e.name == name {
			return spot{kind: onLeg, leg: e.leg, port: own}
		}
	}
	for i := range r.ports {
		switch p := &r.ports[i]; {
		case p.name != name:
		case len(p.legs) == 1:
			return spot{kind: onLeg, leg: p.legs[0].leg, port: int32(i)}
		default:
			return spot{kind: onPort, port: int32(i)}
		}
	}
	return spot{kind: noLeg}
}

// outdated reports whether the tags of a frame contradict what the intent, or the router
// when it was asked, has an index for: a router that restarts may number its interfaces
// anew. Names that the exporter tells itself are of now, and its tags may be others than
// those of the link.
func (r *placed) outdated(at spot, s side) bool {
	if _, told := r.indexes.names[ByOptions][s.index]; told {
		return false
	}
	for i := range r.legs {
		if e := &r.legs[i]; e.leg == at.leg && e.tag != (ether.Tag{}) {
			return !tagged(e.tag, s.tags)
		}
	}
	return false
}

// forget forgets what exporters have called the interfaces.
func (r *placed) forget() {
	x := &r.indexes
	names := x.names[ByOptions]
	x.last, x.names[ByOptions], x.numbers[ByOptions] = 0, nil, nil
	for index := range names {
		r.resolve(index)
	}
	r.complete()
}

// Interface learns what an exporter calls an interface. What no router of the plan
// tells is not kept.
func (p *Placer) Interface(i Interface) {
	e, ok := p.exporters[i.Exporter.Unmap()]
	if !ok || e.router < 0 {
		return
	}
	r := &p.routers[e.router]
	switch {
	case i.Index == 0:
		r.forget()
		return
	case i.Name == "" || len(i.Name) > maxNameLen:
		return
	}
	before, told := r.indexes.names[ByOptions][i.Index]
	if told && before == i.Name {
		return
	}
	if !told && r.named(canonical(r.platform, i.Name)).kind == noLeg {
		if p.others == maxNames {
			return
		}
		p.others++
	}
	numbered := r.indexes.numbered
	r.name(ByOptions, i.Index, i.Name)
	if r.indexes.numbered && !numbered {
		p.named = append(p.named, e.router)
	}
}

// Unconfirmed are the routers whose interfaces the intent alone has numbered.
func (p *Placer) Unconfirmed() []string {
	var out []string
	for i := range p.routers {
		if x := &p.routers[i].indexes; x.numbered && !x.complete {
			out = append(out, p.plan.Routers[i].Name)
		}
	}
	return out
}

// Contradictions are sentences about interfaces that two sources name differently. No
// record is placed by such an index.
func (p *Placer) Contradictions() []string {
	words := [...]string{"the intent", "the exporter", "the router, when asked,"}
	var out []string
	for i := range p.routers {
		x := &p.routers[i].indexes
		for _, n := range slices.Sorted(maps.Keys(x.spots)) {
			if x.spots[n].kind != unknown {
				continue
			}
			text := ""
			for rung, names := range x.names {
				if name, ok := names[n]; ok && text != "" {
					text += fmt.Sprintf(", and %s that it is %s", words[rung], name)
				} else if ok {
					text = fmt.Sprintf("%s says that it is %s", words[rung], name)
				}
			}
			out = append(out, fmt.Sprintf("interface %d of %s is not believed: %s", n, p.plan.Routers[i].Name, text))
		}
	}
	return out
}
