package ticket

import (
	"cmp"
	"slices"
	"unicode"
)

// Sizes in units of the picture, which are pixels where it is as wide as its
// viewBox says.
const (
	margin    = 16
	headY     = 26 // base line of the columns' headings
	topY      = 44 // first box
	pad       = 9  // in a box, beside text
	inset     = 9  // of a port in its frame
	lineY     = 16 // from one line to the next
	boxGap    = 14
	routerGap = 36 // has room for the word on a vertical edge
	rowGap    = 8  // between labels
	nameSize  = 13
	noteSize  = 12
	legendY   = 44
)

// The columns, from left to right.
const (
	onpremColumn = iota
	routerColumn
	labelColumn
	edgeColumn
	azureColumn
	columns
)

var (
	columnHeads = [columns]string{"On-premises", "Routers", "Links and tunnels", "ExpressRoute, VPN", "Azure"}
	columnLeast = [columns]int{120, 120, 180, 150, 120}
	// No text makes a box wider: it is cut, and a tooltip has the whole.
	columnMost = [columns]int{190, 190, 330, 230, 210}
	columnGap  = [columns]int{64, 76, 22, 64, margin} // behind the column
)

// A row is a line of text in a box.
type row struct {
	x, y  int // start of the base line
	text  string
	whole string // where text is cut
	bold  bool
}

// A box is a rectangle with text.
type box struct {
	class      string
	x, y, w, h int
	rows       []row
	frame      bool // other boxes lie in it
	parent     int  // index of the frame it lies in; -1: none
}

func (b *box) middle() int { return b.y + b.h/2 }

// A wire is an edge as it is drawn.
type wire struct {
	class          string
	from, to       int // boxes
	x1, y1, x2, y2 int
	shape          shape
	title          string
}

// A shape is the way of a wire from end to end.
type shape int

const (
	curved   shape = iota // leaves and arrives horizontally
	vertical              // straight, with a word beside it
	bulging               // from a left side to a left side
)

// A layout is the picture with every place decided.
type layout struct {
	d     Diagram
	x, w  [columns]int
	boxes []box
	wires []wire
	nodes []int         // boxes by node
	ports [][]int       // boxes by node and port, of frames
	label map[int]int   // boxes by edge, of links and tunnels
	order map[int][]int // nodes by column, from top to bottom
	h     int
}

func newLayout(d Diagram) *layout {
	l := &layout{d: d, nodes: make([]int, len(d.Nodes)), ports: make([][]int, len(d.Nodes)), label: make(map[int]int), order: make(map[int][]int)}
	l.measure()
	l.placeFrames()
	l.placeColumn(routerColumn, routerGap, func(e Edge, i int) (int, int, bool) {
		at, ok := l.label[i]
		return e.From, at, ok
	})
	l.placeColumn(onpremColumn, boxGap, func(e Edge, _ int) (int, int, bool) {
		return e.From, l.nodes[e.To], e.Kind == AttachEdge
	})
	l.placeColumn(azureColumn, boxGap, func(e Edge, _ int) (int, int, bool) {
		return e.To, l.nodes[e.From], e.Kind == ConnectionEdge
	})
	l.wire()
	for i := range l.boxes {
		l.h = max(l.h, l.boxes[i].y+l.boxes[i].h)
	}
	l.h += legendY + margin
	return l
}

func columnOf(k NodeKind) int {
	switch k {
	case NetworkNode, CustomersNode:
		return onpremColumn
	case RouterNode:
		return routerColumn
	case CircuitNode, GatewayNode:
		return edgeColumn
	}
	return azureColumn
}

// measure gives each column the width of its widest text.
func (l *layout) measure() {
	need := columnLeast
	for c, head := range columnHeads {
		need[c] = max(need[c], textWidth(head, noteSize, true))
	}
	for _, n := range l.d.Nodes {
		c, in := columnOf(n.Kind), 0
		need[c] = max(need[c], rowsWidth(append([]string{n.Name}, n.Notes...))+2*pad)
		if n.framed() {
			in = inset
		}
		for _, p := range n.Ports {
			need[c] = max(need[c], rowsWidth(append([]string{p.Name}, p.Notes...))+2*pad+2*in)
		}
	}
	for _, e := range l.d.Edges {
		if e.Kind == LinkEdge || e.Kind == TunnelEdge {
			need[labelColumn] = max(need[labelColumn], rowsWidth(e.Label)+2*pad)
		}
	}
	x := margin
	for c := range columns {
		l.x[c], l.w[c] = x, min(need[c], columnMost[c])
		x += l.w[c] + columnGap[c]
	}
}

func (l *layout) width() int { return l.x[columns-1] + l.w[columns-1] + margin }

func rowsWidth(lines []string) int {
	w := 0
	for i, line := range lines {
		w = max(w, textWidth(line, sizeOf(i == 0), i == 0))
	}
	return w
}

func sizeOf(bold bool) int {
	if bold {
		return nameSize
	}
	return noteSize
}

// textWidth is no less than the width of text in any common sans-serif: it takes
// the widths of DejaVu Sans and Verdana, the widest that systems come with.
func textWidth(text string, size int, bold bool) int {
	w := 0 // hundredths of an em
	for _, r := range text {
		switch {
		case r >= 0x1f000:
			w += 140
		case r >= 0x2e80 || r == '@' || r == 'W' || r == '%':
			w += 104
		case r == 'm' || r == 'w' || r == 'M' || r == '…' || r > 0x2ff && unicode.IsLetter(r):
			w += 100
		case 'A' <= r && r <= 'Z' || r == '×' || r == '·':
			w += 76
		case r == 'i' || r == 'l' || r == 'j' || r == '.' || r == ',' || r == ':' || r == ' ' || r == '-' || r == '/':
			w += 38
		default:
			w += 64
		}
	}
	if bold {
		w = w * 112 / 100
	}
	return w*size/100 + 1
}

// fit cuts text to a width: a name in its middle, because names that begin alike
// differ at their ends.
func fit(text string, width, size int, bold bool) row {
	if textWidth(text, size, bold) <= width {
		return row{text: text, bold: bold}
	}
	runes := []rune(text)
	for keep := len(runes) - 1; keep > 0; keep-- {
		tail := 0
		if bold {
			tail = keep / 2
		}
		short := string(runes[:keep-tail]) + "…" + string(runes[len(runes)-tail:])
		if textWidth(short, size, bold) <= width {
			return row{text: short, whole: text, bold: bold}
		}
	}
	return row{whole: text, bold: bold}
}

// add makes a box of lines, the first of them bold, and returns its index.
func (l *layout) add(class string, x, y, w int, lines []string) int {
	b := box{class: class, x: x, y: y, w: w, parent: -1}
	for i, line := range lines {
		r := fit(line, w-2*pad, sizeOf(i == 0), i == 0)
		r.x, r.y = x+pad, y+pad+lineY*i+noteSize
		b.rows = append(b.rows, r)
	}
	b.h = 2*pad + lineY*len(lines) - 2
	l.boxes = append(l.boxes, b)
	return len(l.boxes) - 1
}

// placeFrames stacks circuits and gateways, and beside each port the labels of
// its links and tunnels, so that those edges end straight.
func (l *layout) placeFrames() {
	y := topY
	for i, n := range l.d.Nodes {
		if !n.framed() {
			continue
		}
		frame := l.add(string(n.Kind), l.x[edgeColumn], y, l.w[edgeColumn], append([]string{n.Name}, n.Notes...))
		l.boxes[frame].frame = true
		l.nodes[i] = frame
		y += l.boxes[frame].h
		for j, p := range n.Ports {
			port := l.add("port", l.x[edgeColumn]+inset, y, l.w[edgeColumn]-2*inset, append([]string{p.Name}, p.Notes...))
			l.boxes[port].parent = frame
			l.ports[i] = append(l.ports[i], port)
			at := y
			for k, e := range l.d.Edges {
				if e.To != i || e.Port != j || e.Kind != LinkEdge && e.Kind != TunnelEdge {
					continue
				}
				label := l.add("label "+classOf(e), l.x[labelColumn], at, l.w[labelColumn], e.Label)
				l.label[k] = label
				at += l.boxes[label].h + rowGap
			}
			l.grow(port, at-rowGap-y)
			y += l.boxes[port].h + rowGap
		}
		l.boxes[frame].h = y - rowGap + inset - l.boxes[frame].y
		y = l.boxes[frame].y + l.boxes[frame].h + boxGap
	}
}

// grow makes a box as high as h, if it is not, and keeps its text in the middle.
func (l *layout) grow(at, h int) {
	b := &l.boxes[at]
	more := max(0, h-b.h)
	for i := range b.rows {
		b.rows[i].y += more / 2
	}
	b.h += more
}

// placeColumn puts each node of a column beside the middle of what it is joined
// to: pull tells of an edge which node it pulls, and to which box.
func (l *layout) placeColumn(column, gap int, pull func(Edge, int) (int, int, bool)) {
	sum, count := make(map[int]int), make(map[int]int)
	for i, e := range l.d.Edges {
		if node, to, ok := pull(e, i); ok {
			sum[node] += l.boxes[to].middle()
			count[node]++
		}
	}
	wish := make(map[int]int)
	last := topY
	for i := range l.boxes {
		last = max(last, l.boxes[i].y+l.boxes[i].h)
	}
	for i, n := range l.d.Nodes {
		if columnOf(n.Kind) != column {
			continue
		}
		l.order[column] = append(l.order[column], i)
		wish[i] = last // what nothing pulls stands at the end
		if count[i] > 0 {
			wish[i] = sum[i] / count[i]
		}
		l.nodes[i] = l.add(string(n.Kind), l.x[column], 0, l.w[column], n.lines())
	}
	order := l.order[column]
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(wish[a], wish[b]) })
	l.spread(order, wish, gap)
}

// spread puts boxes as near to their wishes as their order and the gap allow: it
// makes room upwards from the last one, goes halfway back to the wishes, and
// pushes down what is too near then.
func (l *layout) spread(order []int, wish map[int]int, gap int) {
	up := make([]int, len(order))
	for i, n := range slices.Backward(order) {
		h := l.boxes[l.nodes[n]].h
		up[i] = wish[n] - h/2
		if i < len(order)-1 {
			up[i] = min(up[i], up[i+1]-h-gap)
		}
	}
	y := topY
	for i, n := range order {
		h := l.boxes[l.nodes[n]].h
		y = max(y, (wish[n]-h/2+max(topY, up[i])+1)/2)
		l.move(l.nodes[n], y)
		y += h + gap
	}
}

func (l *layout) move(at, y int) {
	b := &l.boxes[at]
	for i := range b.rows {
		b.rows[i].y += y - b.y
	}
	b.y = y
}
