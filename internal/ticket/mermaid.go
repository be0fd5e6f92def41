package ticket

import (
	"fmt"
	"strings"
	"unicode"
)

// Mermaid refuses a chart of more than 500 edges or 50 000 characters unless its
// page says otherwise, and a ticket's page is not ours (config.schema.yaml of
// Mermaid 11: maxEdges, maxTextSize).
const (
	mermaidEdges = 500
	mermaidText  = 50_000
)

// Mermaid returns d as a flowchart of Mermaid, without a line end after it. A
// thick line carries preferred traffic, a thin one is a backup, a dashed one is
// IPsec or iBGP. What is too big for Mermaid has short labels, and says how many
// edges it leaves out.
func (d Diagram) Mermaid() string {
	for depth := 5; depth > 1; depth-- {
		if out := d.chart(depth, mermaidEdges); len(out) < mermaidText {
			return out
		}
	}
	most := len(d.Edges)
	for most > 0 && len(d.chart(1, most)) >= mermaidText {
		most /= 2
	}
	return d.chart(1, min(most, mermaidEdges))
}

// chart has labels of at most depth lines, and most edges.
func (d Diagram) chart(depth, most int) string {
	var out strings.Builder
	out.WriteString("flowchart LR\n")
	for i := range d.Nodes {
		d.chartNode(&out, i)
	}
	var thick []string
	for i, e := range d.Edges {
		if i == most-1 && len(d.Edges) > most {
			fmt.Fprintf(&out, "  more[\"%d more edges\"]\n", len(d.Edges)-i)
			break
		}
		if e.Preferred && e.Kind == TunnelEdge {
			thick = append(thick, fmt.Sprint(i))
		}
		fmt.Fprintf(&out, "  n%d %s %s\n", e.From, arrow(e, depth), d.end(e))
	}
	if len(thick) > 0 {
		fmt.Fprintf(&out, "  linkStyle %s stroke-width:4px\n", strings.Join(thick, ","))
	}
	return strings.TrimSuffix(out.String(), "\n")
}

// chartNode writes a node. Circuits and gateways are frames around their ports;
// those of other nodes are lines, because Mermaid lays a frame over the label of
// an edge that leaves it.
func (d Diagram) chartNode(out *strings.Builder, i int) {
	n := &d.Nodes[i]
	if !n.framed() {
		fmt.Fprintf(out, "  n%d[%s]\n", i, mermaidLabel(n.lines()))
		return
	}
	fmt.Fprintf(out, "  subgraph n%d[%s]\n", i, mermaidLabel([]string{strings.Join(append([]string{n.Name}, n.Notes...), " · ")}))
	for j, p := range n.Ports {
		fmt.Fprintf(out, "    n%dp%d[%s]\n", i, j, mermaidLabel(append([]string{p.Name}, p.Notes...)))
	}
	out.WriteString("  end\n")
}

func (d Diagram) end(e Edge) string {
	if d.Nodes[e.To].framed() {
		return fmt.Sprintf("n%dp%d", e.To, e.Port)
	}
	return fmt.Sprintf("n%d", e.To)
}

func arrow(e Edge, depth int) string {
	line := "---"
	switch {
	case e.Kind == TunnelEdge || e.Kind == IBGPEdge:
		line = "-.-"
	case e.Preferred:
		line = "==="
	}
	switch e.Kind {
	case AttachEdge, ConnectionEdge:
		return line
	case IBGPEdge:
		return line + `|"iBGP"|`
	}
	return line + "|" + mermaidLabel(e.Label[:min(depth, len(e.Label))]) + "|"
}

// mermaidLabel is a quoted label of lines. What Mermaid or its Markdown would
// read as more than text stands as a character's number, in Mermaid's own form.
func mermaidLabel(lines []string) string {
	var out strings.Builder
	for i, line := range lines {
		if i > 0 {
			out.WriteString("<br/>")
		}
		digits := true // so far: what follows may make an item of a list
		for j, r := range line {
			switch {
			case strings.ContainsRune("\"#&<>`*_~[]\\|;", r), j == 0 && strings.ContainsRune("-+=", r),
				digits && j > 0 && strings.ContainsRune(".)", r) && strings.HasPrefix(line[j+1:], " "), !unicode.IsPrint(r):
				fmt.Fprintf(&out, "#%d;", r)
			default:
				out.WriteRune(r)
			}
			digits = digits && unicode.IsDigit(r)
		}
	}
	return `"` + out.String() + `"`
}
