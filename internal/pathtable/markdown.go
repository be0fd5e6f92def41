package pathtable

import (
	"fmt"
	"io"
	"strings"
)

// WriteMarkdown writes t as tables of GitHub Flavored Markdown, one below each
// heading of the level (1 to 6), with a legend. Marks are bold. The error is the
// writer's.
func (t Table) WriteMarkdown(w io.Writer, level int) error {
	var out strings.Builder
	heading := func(title string) { fmt.Fprintf(&out, "\n%s %s\n\n", strings.Repeat("#", level), title) }
	if t.Head != nil {
		fmt.Fprintf(&out, "Paths of %s. %s\n", escape(t.Plan), escape(t.Head.origin()))
		heading(titleFindings)
		t.Head.markdown(&out)
		out.WriteByte('\n')
	}
	for i := range t.Blocks {
		if i > 0 {
			out.WriteByte('\n')
		}
		t.Blocks[i].markdown(&out, level)
	}
	if len(t.Why) > 0 {
		heading(titleWhy)
	}
	for _, step := range t.Why {
		body := strings.TrimLeft(step, " ")
		fmt.Fprintf(&out, "%s- %s\n", step[:len(step)-len(body)], escape(body))
	}
	heading(titleLegend)
	for _, l := range legend {
		fmt.Fprintf(&out, "- %s: %s\n", escape(l.Sign), escape(l.Meaning))
	}
	_, err := io.WriteString(w, out.String())
	return err
}

func (h *Head) markdown(out *strings.Builder) {
	list := h.weighty()
	if len(list) == 0 {
		fmt.Fprintln(out, noFindings)
	}
	for _, d := range list {
		fmt.Fprintf(out, "- **%s** %s: %s (%s)\n", d.Severity, d.Code, escape(d.Summary), escape(d.Pos.String()))
	}
}

func (b *Block) markdown(out *strings.Builder, level int) {
	heading := b.Statement
	if b.Default {
		heading += ", default route of the VNets"
	}
	fmt.Fprintf(out, "%s %s\n\n", strings.Repeat("#", level), escape(heading))
	if b.Ends != "" {
		fmt.Fprintf(out, "%s", escape(b.Ends))
		if len(b.Prefer) > 0 {
			fmt.Fprintf(out, "; prefer %s", escape(strings.Join(b.Prefer, ", ")))
		}
		out.WriteString("\n\n")
	}
	fmt.Fprintf(out, "| %s | %s | %s | %s | %s |\n| --- | --- | --- | --- | --- |\n", headScenario, headTo, headFrom, headWaitTo, headWaitFrom)
	for i := range b.Rows {
		r := &b.Rows[i]
		for j, f := range r.Flows {
			// A cell that repeats nothing would leave the reader of a long
			// table alone: the name stands before each family.
			name := escape(names(r.Scenarios))
			if family := r.family(j); family != "" {
				name += " (" + family + ")"
			}
			fmt.Fprintf(out, "| %s | %s | %s | %s | %s |\n", name, bold(to(f)), bold(f.From.String()), span(f.To.Wait, true), span(f.From.Wait, true))
		}
	}
	for _, sentence := range b.rest() {
		fmt.Fprintf(out, "\n%s\n", escape(sentence))
	}
}

// bold writes a cell with its marks in bold.
func bold(cell string) string {
	var out strings.Builder
	for _, p := range pieces(cell) {
		if p.marked {
			out.WriteString("**" + p.text + "**")
			continue
		}
		out.WriteString(escape(p.text))
	}
	return out.String()
}

// escape keeps Markdown from reading anything into a name. The bar of a tie
// would end the cell.
func escape(text string) string {
	return strings.NewReplacer(`\`, `\\`, "|", `\|`, "*", `\*`, "_", `\_`, "`", "\\`", "<", `\<`, "[", `\[`, "#", `\#`).Replace(text)
}
