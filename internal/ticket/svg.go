package ticket

import (
	"encoding/xml"
	"fmt"
	"strings"
)

// svgStyle is in force on the whole page that the picture stands in, and so
// names nothing but the picture's own. Its paper is painted: what is readable
// here is so on any page.
const svgStyle = `
.topology { --t-ink: #1b1f24; --t-quiet: #4b545d; --t-paper: #fff; --t-box: #f4f6f8; --t-router: #e4eefb; --t-azure: #e6f4ea; --t-edge: #57606a; --t-line: #6e7781; --t-first: #0a58b0 }
@media (prefers-color-scheme: dark) { .topology { --t-ink: #e6e6e6; --t-quiet: #b3bcc5; --t-paper: #16191d; --t-box: #23292f; --t-router: #1b2e47; --t-azure: #1b3527; --t-edge: #8b949e; --t-line: #9aa4ae; --t-first: #6cb6ff } }
@media print { .topology { --t-ink: #000; --t-quiet: #222; --t-paper: #fff; --t-box: #fff; --t-router: #fff; --t-azure: #fff; --t-edge: #000; --t-line: #333; --t-first: #000 } }
.topology text { font: 12px system-ui, sans-serif; fill: var(--t-quiet) }
.topology .name { font-size: 13px; font-weight: 600; fill: var(--t-ink) }
.topology .head { font-weight: 600 }
.topology .paper { fill: var(--t-paper) }
.topology .box { fill: var(--t-box); stroke: var(--t-edge); stroke-width: 1 }
.topology .router { fill: var(--t-router) }
.topology .vnet, .topology .service { fill: var(--t-azure) }
.topology .port { fill: var(--t-paper) }
.topology .wire, .topology .label { fill: none; stroke: var(--t-line); stroke-width: 1.3 }
.topology .label { fill: var(--t-paper) }
.topology .attach { stroke-width: 1 }
.topology .first { stroke: var(--t-first); stroke-width: 3.2 }
.topology .label.first { stroke-width: 1.8 }
.topology .tunnel { stroke-dasharray: 8 5 }
.topology .ibgp { stroke-dasharray: 2 4; stroke-width: 1.6 }
`

// SVG returns d as an svg element for a page: no script, nothing to fetch, light
// or dark as the reader's system is, and fit for paper. It is as wide as the page
// lets it be.
func (d Diagram) SVG() string {
	l := newLayout(d)
	var out strings.Builder
	fmt.Fprintf(&out, `<svg xmlns="http://www.w3.org/2000/svg" class="topology" role="img" aria-labelledby="topology-title topology-desc" viewBox="0 0 %d %d" width="100%%" style="max-width:%dpx">`+"\n", l.width(), l.h, l.width()*5/4)
	fmt.Fprintf(&out, "<title id=\"topology-title\">%s</title>\n<desc id=\"topology-desc\">%s</desc>\n", escaped("Topology of "+d.Name), escaped(d.told()))
	fmt.Fprintf(&out, "<style>%s</style>\n", svgStyle)
	fmt.Fprintf(&out, `<rect class="paper" width="%d" height="%d"/>`+"\n", l.width(), l.h)
	for c, head := range columnHeads {
		fmt.Fprintf(&out, `<text class="head" x="%d" y="%d">%s</text>`+"\n", l.x[c], headY, head)
	}
	for i := range l.boxes {
		if l.boxes[i].frame {
			l.boxes[i].write(&out)
		}
	}
	for _, w := range l.wires {
		w.write(&out)
	}
	for i := range l.boxes {
		if !l.boxes[i].frame {
			l.boxes[i].write(&out)
		}
	}
	l.legend(&out)
	out.WriteString("</svg>")
	return out.String()
}

func escaped(text string) string {
	var out strings.Builder
	xml.EscapeText(&out, []byte(text)) // a Builder has no error
	return out.String()
}

// told is the picture in words, for those who do not see it.
func (d Diagram) told() string {
	count := make(map[NodeKind]int)
	for _, n := range d.Nodes {
		count[n.Kind]++
	}
	out := []string{fmt.Sprintf("Routers: %d. Circuits: %d. VPN gateways: %d. VNets: %d. Services: %d.", count[RouterNode], count[CircuitNode], count[GatewayNode], count[VNetNode], count[ServiceNode])}
	for _, e := range d.Edges {
		if e.Kind != LinkEdge && e.Kind != TunnelEdge {
			continue
		}
		part := "backup"
		if e.Preferred {
			part = "preferred"
		}
		out = append(out, fmt.Sprintf("%s %s from %s, %s.", strings.ToUpper(string(e.Kind[:1]))+string(e.Kind[1:]), e.Label[0], d.Nodes[e.From].Name, part))
	}
	return strings.Join(out, " ")
}

func (b *box) write(out *strings.Builder) {
	fmt.Fprintf(out, `<rect class="box %s" x="%d" y="%d" width="%d" height="%d" rx="5"/>`+"\n", b.class, b.x, b.y, b.w, b.h)
	for _, r := range b.rows {
		class := ""
		if r.bold {
			class = ` class="name"`
		}
		title := ""
		if r.whole != "" {
			title = "<title>" + escaped(r.whole) + "</title>"
		}
		fmt.Fprintf(out, `<text%s x="%d" y="%d">%s%s</text>`+"\n", class, r.x, r.y, title, escaped(r.text))
	}
}

// bulge is how far an edge between two routers leans out of their column.
const bulge = 40

func (w *wire) write(out *strings.Builder) {
	path := fmt.Sprintf("M%d %dC%d %d %d %d %d %d", w.x1, w.y1, (w.x1+w.x2)/2, w.y1, (w.x1+w.x2)/2, w.y2, w.x2, w.y2)
	switch {
	case w.shape == bulging:
		path = fmt.Sprintf("M%d %dC%d %d %d %d %d %d", w.x1, w.y1, w.x1-bulge, w.y1, w.x2-bulge, w.y2, w.x2, w.y2)
	case w.shape == vertical || w.y1 == w.y2:
		path = fmt.Sprintf("M%d %dL%d %d", w.x1, w.y1, w.x2, w.y2)
	}
	fmt.Fprintf(out, `<path class="wire %s" d="%s"><title>%s</title></path>`+"\n", w.class, path, escaped(w.title))
	if w.shape == vertical {
		fmt.Fprintf(out, `<text x="%d" y="%d">iBGP</text>`+"\n", w.x1+7, (w.y1+w.y2)/2+4)
	}
}

// legend says what the lines mean, of those that the picture has.
func (l *layout) legend(out *strings.Builder) {
	has := make(map[string]bool)
	for _, w := range l.wires {
		has[w.class] = true
	}
	x, y := margin, l.h-margin-8
	for _, item := range []struct{ class, words string }{
		{"link first", "link, preferred"}, {"link", "link, backup"},
		{"tunnel first", "IPsec, preferred"}, {"tunnel", "IPsec, backup"}, {"ibgp", "iBGP"},
	} {
		if !has[item.class] {
			continue
		}
		fmt.Fprintf(out, `<path class="wire %s" d="M%d %dL%d %d"/><text x="%d" y="%d">%s</text>`+"\n", item.class, x, y, x+36, y, x+43, y+4, item.words)
		x += 43 + textWidth(item.words, noteSize, false) + 24
	}
}
