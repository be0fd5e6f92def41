package render

import (
	"bytes"
	"strings"

	"github.com/ercfg/ercfg/internal/artifact"
	"github.com/ercfg/ercfg/internal/plan"
)

// splitLines turns the text of templates into lines and reads the marks. A
// mark alone is no line.
func splitLines(text []byte) []artifact.Line {
	all := string(text)
	out := make([]artifact.Line, 0, bytes.Count(text, []byte{'\n'}))
	origin, one := "", ""
	for line := range strings.Lines(all) {
		line = strings.TrimSuffix(line, "\n")
		if line != "" {
			switch line[0] {
			case mark:
				origin, one = line[1:], ""
				continue
			case markOne:
				one = line[1:]
				continue
			}
		}
		l := artifact.Line{Text: line, Origin: origin}
		if one != "" {
			l.Origin, one = one, ""
		}
		if closes(line) {
			l.Origin = ""
		}
		out = append(out, l)
	}
	return out
}

// closes reports whether a line only ends what others have begun.
func closes(line string) bool {
	switch strings.TrimLeft(line, " ") {
	case "", "!", "}", "exit", "exit-address-family":
		return true
	}
	return false
}

// A commentStyle is how a language writes a comment.
type commentStyle struct{ before, after string }

// commentsOf returns the comments of a platform's text.
func commentsOf(p plan.Platform, o Options) commentStyle {
	switch {
	case p != plan.Junos:
		return commentStyle{"! from ", ""}
	case o.Junos == Set:
		return commentStyle{"# from ", ""}
	}
	return commentStyle{"/* from ", " */"}
}

// joinLines writes the lines, and where the origin changes a comment with the
// new one, indented as what follows.
func joinLines(lines []artifact.Line, annotate bool, c commentStyle) string {
	size := 0
	for i := range lines {
		size += len(lines[i].Text) + 1
		if annotate {
			size += len(lines[i].Origin) + 2*len(lines[i].Text)
		}
	}
	var b strings.Builder
	b.Grow(size)
	last := ""
	for i := range lines {
		l := &lines[i]
		if annotate && l.Origin != "" && l.Origin != last {
			last = l.Origin
			b.WriteString(l.Text[:len(l.Text)-len(strings.TrimLeft(l.Text, " "))])
			b.WriteString(c.before)
			b.WriteString(l.Origin)
			b.WriteString(c.after)
			b.WriteByte('\n')
		}
		b.WriteString(l.Text)
		b.WriteByte('\n')
	}
	return b.String()
}
