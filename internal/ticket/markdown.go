package ticket

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// WriteMarkdown writes t in GitHub Flavored Markdown, its diagram as Mermaid.
// Whatever text stands in t, it stays text. The error is the writer's.
func (t Ticket) WriteMarkdown(w io.Writer) error {
	out := markdown{bufio.NewWriter(w), &t}
	for p := range t.parts() {
		if err := out.part(&p); err != nil {
			return err
		}
	}
	return out.Flush()
}

type markdown struct {
	*bufio.Writer // its first error stays, and Flush returns it
	of            *Ticket
}

// part writes one block, and a blank line between it and the one before.
func (m markdown) part(p *part) error {
	if p.Kind != aHeading || p.Level > 1 {
		m.WriteByte('\n')
	}
	switch p.Kind {
	case aHeading:
		fmt.Fprintf(m, "%s %s\n", strings.Repeat("#", p.Level), inline(p.Spans, false))
	case aText, aLead:
		fmt.Fprintf(m, "%s\n", blockStart(inline(p.Spans, false)))
	case aNote:
		fmt.Fprintf(m, "> %s\n", blockStart(inline(p.Spans, false)))
	case aList, aBoxes, aSteps:
		m.items(p.Kind, p.Items, "")
	case aTable:
		m.table(p)
	case aFold:
		fmt.Fprintf(m, "%s\n\n", blockStart(inline(p.Spans, false)))
		m.fence(p.Lang, p.text())
	case aBlock:
		m.fence(p.Lang, p.text())
	case aPicture:
		m.fence("mermaid", m.of.Diagram.Mermaid())
	case aPaths:
		return m.of.Paths.WriteMarkdown(m, 3)
	}
	return nil
}

// items writes a list. What belongs to an item begins below its first letter.
func (m markdown) items(kind kind, items []bullet, indent string) {
	for n, i := range items {
		mark := "- "
		if kind == aSteps {
			mark = fmt.Sprintf("%d. ", n+1)
		}
		body := blockStart(inline(i.Spans, false))
		if i.Link != "" {
			body = "[" + inline(i.Linked(), false) + "](#" + i.Link + ")" + inline(i.Rest(), false)
		}
		box := ""
		if kind == aBoxes {
			box = "[ ] "
		}
		fmt.Fprintf(m, "%s%s%s%s\n", indent, mark, box, body)
		m.items(aList, i.Sub, indent+strings.Repeat(" ", len(mark)))
	}
}

func (m markdown) table(p *part) {
	fmt.Fprintf(m, "| %s |\n|%s\n", strings.Join(p.Head, " | "), strings.Repeat(" --- |", len(p.Head)))
	for _, row := range p.Rows {
		for _, cell := range row {
			fmt.Fprintf(m, "| %s ", inline(cell, true))
		}
		m.WriteString("|\n")
	}
}

// fence writes code between fences that are longer than anything in it that
// looks like one.
func (m markdown) fence(lang, text string) {
	fence := strings.Repeat("`", max(3, longestRun(text)+1))
	fmt.Fprintf(m, "%s%s\n%s\n%s\n", fence, lang, strings.TrimSuffix(text, "\n"), fence)
}

// text is the code of a part.
func (p *part) text() string {
	var out strings.Builder
	for i, l := range p.Lines {
		if i > 0 {
			out.WriteByte('\n')
		}
		if l.Sign != 0 {
			out.WriteByte(l.Sign)
			out.WriteByte(' ')
		}
		out.WriteString(l.Text)
	}
	return out.String()
}

// longestRun is the number of backquotes in the longest run of them.
func longestRun(text string) int {
	longest, run := 0, 0
	for _, r := range text {
		if r != '`' {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	return longest
}

// inline writes spans. In a cell a bar ends the cell, even that of code.
func inline(spans []span, cell bool) string {
	var out strings.Builder
	for _, s := range spans {
		switch {
		case s.Text == "":
		case s.Code:
			out.WriteString(codeSpan(s.Text, cell))
		case s.Strong:
			out.WriteString("**" + literal.Replace(s.Text) + "**")
		default:
			out.WriteString(literal.Replace(s.Text))
		}
	}
	return out.String()
}

func codeSpan(text string, cell bool) string {
	if cell {
		text = strings.ReplaceAll(text, "|", `\|`)
	}
	run := longestRun(text)
	fence := strings.Repeat("`", run+1)
	if run > 0 || text[0] == ' ' && text[len(text)-1] == ' ' {
		text = " " + text + " " // a viewer takes one blank away at either end
	}
	return fence + text + fence
}

// literal is text in which Markdown reads nothing.
var literal = strings.NewReplacer(`\`, `\\`, "|", `\|`, "*", `\*`, "_", `\_`, "`", "\\`", "<", `\<`, "&", `\&`, "[", `\[`, "]", `\]`, "~", `\~`, "#", `\#`)

// blockStart keeps the first sign of a block from making it a list, a quotation or
// the line below a heading.
func blockStart(text string) string {
	text = strings.TrimLeft(text, " ")
	rest := strings.TrimLeft(text, "0123456789")
	switch {
	case strings.HasPrefix(text, "-"), strings.HasPrefix(text, "+"), strings.HasPrefix(text, ">"), strings.HasPrefix(text, "="):
		return `\` + text
	case rest != text && (strings.HasPrefix(rest, ".") || strings.HasPrefix(rest, ")")):
		return text[:len(text)-len(rest)] + `\` + rest
	}
	return text
}
