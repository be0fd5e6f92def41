package ticket

import (
	"cmp"
	"slices"
)

// A socket is where a wire may end: a side of a box.
type socket struct {
	box  int
	left bool
}

// An end is one end of a wire that shares its side with others.
type end struct {
	wire  int
	first bool
	far   int // y of the other end, by which ends are in order
}

// wire draws every edge. Where several end on one side, each has its own place,
// in the order of the other ends, so that they cross as little as they can.
func (l *layout) wire() {
	for i, e := range l.d.Edges {
		switch e.Kind {
		case LinkEdge, TunnelEdge:
			label := l.label[i]
			l.join(wire{class: classOf(e), from: l.nodes[e.From], to: label, title: e.Label[0]})
			l.join(wire{class: classOf(e), from: label, to: l.ports[e.To][e.Port], title: e.Label[0]})
		case IBGPEdge:
			shape := bulging
			if l.adjacent(e) {
				shape = vertical
			}
			l.join(wire{class: classOf(e), from: l.nodes[e.From], to: l.nodes[e.To], title: e.Label[0], shape: shape})
		default:
			l.join(wire{class: classOf(e), from: l.nodes[e.From], to: l.nodes[e.To], title: e.Label[0]})
		}
	}
	l.share()
	i := 0
	for _, e := range l.d.Edges { // a label is beside its port, and a way into a VNet has a line
		switch e.Kind {
		case LinkEdge, TunnelEdge:
			into, out := &l.wires[i], &l.wires[i+1]
			into.y2 = l.boxes[into.to].middle()
			out.y1, out.y2 = into.y2, into.y2
			i++
		case ConnectionEdge:
			b := &l.boxes[l.wires[i].to]
			l.wires[i].y2 = b.rows[len(b.rows)-len(l.d.Nodes[e.To].Ports)+e.Port].y - noteSize/3
		}
		i++
	}
}

func classOf(e Edge) string {
	class := string(e.Kind)
	if e.Preferred {
		class += " first"
	}
	return class
}

// adjacent reports whether two routers stand one above the other.
func (l *layout) adjacent(e Edge) bool {
	order := l.order[routerColumn]
	d := slices.Index(order, e.From) - slices.Index(order, e.To)
	return d == 1 || d == -1
}

// join adds a wire, whose ends are on the sides that its shape leaves by.
func (l *layout) join(w wire) {
	from, to := &l.boxes[w.from], &l.boxes[w.to]
	w.x1, w.x2 = from.x+from.w, to.x
	switch w.shape {
	case vertical:
		if from.y > to.y {
			w.from, w.to, from, to = w.to, w.from, to, from
		}
		w.x1, w.y1 = from.x+from.w/2, from.y+from.h
		w.x2, w.y2 = to.x+to.w/2, to.y
	case bulging:
		w.x1 = from.x
	}
	l.wires = append(l.wires, w)
}

// share divides each side among the wires that end there.
func (l *layout) share() {
	ends := make(map[socket][]end)
	for i := range l.wires {
		w := &l.wires[i]
		if w.shape == vertical {
			continue
		}
		a, b := socket{w.from, w.shape == bulging}, socket{w.to, true}
		ends[a] = append(ends[a], end{i, true, l.boxes[w.to].middle()})
		ends[b] = append(ends[b], end{i, false, l.boxes[w.from].middle()})
	}
	for at, list := range ends {
		slices.SortStableFunc(list, func(a, b end) int { return cmp.Compare(a.far, b.far) })
		b := &l.boxes[at.box]
		for i, e := range list {
			y := b.y + b.h*(i+1)/(len(list)+1)
			if e.first {
				l.wires[e.wire].y1 = y
			} else {
				l.wires[e.wire].y2 = y
			}
		}
	}
}
