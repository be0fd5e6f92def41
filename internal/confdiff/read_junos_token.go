package confdiff

import "strings"

// A junosToken is a word of a text, or one of its brackets.
type junosToken struct {
	text   string // a string in quotes without them, as it is escaped
	line   int    // from 0
	quoted bool
	mark   bool // one of { } [ ] ;
	masked bool // /* SECRET-DATA */ stands where the secret is
	first  bool // of its line
	opaque bool // a string over several lines
}

// A junosLexer cuts lines into tokens. Comments are none.
type junosLexer struct {
	lines  []string
	line   int
	at     int // in the line
	braces bool
	list   bool // within [ ]
}

// next returns the next token, false at the end of the text, and an error for a
// string or a comment without an end.
func (l *junosLexer) next() (junosToken, bool, error) {
	for l.line < len(l.lines) {
		text := l.lines[l.line]
		first := l.at == 0
		for l.at < len(text) && (text[l.at] == ' ' || text[l.at] == '\t' || text[l.at] == '\r') {
			l.at++
		}
		rest := text[l.at:]
		switch {
		case rest == "" || rest[0] == '#':
			l.line, l.at = l.line+1, 0
		case strings.HasPrefix(rest, "/*"):
			masked, err := l.comment()
			if err != nil {
				return junosToken{}, false, err
			}
			if masked {
				return junosToken{line: l.line, masked: true}, true, nil
			}
		case rest[0] == '"':
			t, err := l.quoted()
			t.first = first
			return t, err == nil, err
		case l.marks(rest[0]):
			l.at++
			if rest[0] == '[' || rest[0] == ']' {
				l.list = rest[0] == '['
			}
			return junosToken{text: rest[:1], line: l.line, mark: true, first: first}, true, nil
		default:
			n := l.bare(rest)
			l.at += n
			return junosToken{text: rest[:n], line: l.line, first: first}, true, nil
		}
	}
	return junosToken{}, false, nil
}

// marks reports whether a byte at the start of a token is a bracket here.
func (l *junosLexer) marks(c byte) bool {
	switch c {
	case '[', ']':
		return true
	case '{', '}', ';':
		return l.braces
	}
	return false
}

// bare is the length of a word without quotes. Between < and > of a wildcard or
// of a placeholder brackets are letters.
func (l *junosLexer) bare(text string) int {
	from := 0
	if text[0] == '<' {
		from = max(strings.IndexByte(text, '>'), 0)
		if blank := strings.IndexAny(text, " \t"); blank >= 0 && blank < from {
			from = 0
		}
	}
	for i := from; i < len(text); i++ {
		switch text[i] {
		case ' ', '\t', '\r', '"':
			return max(i, 1)
		case ';', '{', '}':
			if l.braces {
				return max(i, 1)
			}
		case ']':
			if l.list {
				return max(i, 1)
			}
		}
	}
	return len(text)
}

// quoted reads a string, which may go over several lines.
func (l *junosLexer) quoted() (junosToken, error) {
	t := junosToken{line: l.line, quoted: true}
	from := l.at + 1
	for start := l.line; l.line < len(l.lines); l.line, from = l.line+1, 0 {
		text := l.lines[l.line]
		for i := from; i < len(text); i++ {
			switch text[i] {
			case '\\':
				i++
			case '"':
				if t.opaque = l.line > start; !t.opaque {
					t.text = text[from:i]
				}
				l.at = i + 1
				return t, nil
			}
		}
	}
	return t, junosFault(t.line, "a string without an end")
}

// comment skips /* to */ and reports whether it stands for a secret, as the
// router prints to whom may not see it.
func (l *junosLexer) comment() (masked bool, err error) {
	start, from := l.line, l.at+2
	for ; l.line < len(l.lines); l.line, from = l.line+1, 0 {
		text := l.lines[l.line]
		if end := strings.Index(text[from:], "*/"); end >= 0 {
			l.at = from + end + 2
			return start == l.line && strings.TrimSpace(text[from:from+end]) == "SECRET-DATA", nil
		}
	}
	return false, junosFault(start, "a comment without an end")
}

// flagged reports whether what is left of the line says that the statement
// holds a secret.
func (l *junosLexer) flagged() bool {
	if l.line >= len(l.lines) {
		return false
	}
	rest := strings.TrimLeft(l.lines[l.line][l.at:], " \t")
	return strings.HasPrefix(rest, "##") && strings.Contains(rest, "SECRET-DATA")
}
