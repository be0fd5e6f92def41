package ticket

import (
	"bufio"
	"html/template"
	"io"
	"iter"
	"strings"
)

// WriteHTML writes t as one page that stands alone: no script, nothing to fetch,
// light or dark as the reader's system is, and fit for paper. The error is the
// writer's.
func (t Ticket) WriteHTML(w io.Writer) error {
	out := bufio.NewWriter(w)
	if err := template.Must(template.New("page").Parse(page)).Execute(out, &pageView{&t}); err != nil {
		return err
	}
	return out.Flush()
}

// A pageView is what the template asks.
type pageView struct{ of *Ticket }

// Title is that of the window.
func (v *pageView) Title() string { return v.of.Title() }

// Parts are the document.
func (v *pageView) Parts() iter.Seq[part] { return v.of.parts() }

// Diagram is the picture, which escapes what it writes.
func (v *pageView) Diagram() template.HTML { return template.HTML(v.of.Diagram.SVG()) }

// Paths are the tables, which are made by a template, too.
func (v *pageView) Paths() (template.HTML, error) {
	var out strings.Builder
	err := v.of.Paths.WriteFragment(&out, 3)
	return template.HTML(out.String()), err
}

// Linked is what leads to the heading.
func (i bullet) Linked() []span { return i.Spans[:1] }

// Rest is what follows the link.
func (i bullet) Rest() []span { return i.Spans[1:] }

// Code is code without the signs of a difference.
func (p part) Code() string { return p.text() }

// Differs reports whether the lines of code have signs.
func (p part) Differs() bool { return len(p.Lines) > 0 && p.Lines[0].Sign != 0 }

// Whole is a line of a difference with its sign.
func (l CodeLine) Whole() string { return string(l.Sign) + " " + l.Text }

// Mark is the sign of a line, which is an element of the page's.
func (l CodeLine) Mark() string { return string(l.Sign) }
