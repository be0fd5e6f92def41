package push

import "bytes"

// A plain turns the bytes for a terminal into text: of all that moves the cursor only
// line ends and backspaces are left, and no escape sequence. A sequence may be split
// anywhere. It knows the sequences of ECMA-48 that line editors use within a line:
// cursor left, right and to a column, erase, delete.
type plain struct {
	state  plainState
	params []byte // of a control sequence
	column int    // of the cursor, from 0
	length int    // of the line
}

type plainState uint8

const (
	inText    plainState = iota
	inEscape             // after ESC
	inControl            // after ESC [
	inString             // after ESC ], up to BEL or ESC \
	inStringEscape
)

// maxParamBytes is more than any sequence of use has.
const maxParamBytes = 32

// take appends the text of p to out.
func (f *plain) take(out, p []byte) []byte {
	for _, c := range p {
		switch f.state {
		case inText:
			out = f.char(out, c)
		case inEscape:
			f.state = inText
			switch {
			case c == '[':
				f.state, f.params = inControl, f.params[:0]
			case c == ']':
				f.state = inString
			case c >= 0x20 && c <= 0x2f: // an intermediate byte: one more follows
				f.state = inEscape
			}
		case inControl:
			switch {
			case c >= 0x40 && c <= 0x7e:
				f.state = inText
				out = f.control(out, c)
			case c >= 0x20 && c <= 0x3f && len(f.params) < maxParamBytes:
				f.params = append(f.params, c)
			default:
				f.state = inText
			}
		case inString:
			switch c {
			case 0x07:
				f.state = inText
			case 0x1b:
				f.state = inStringEscape
			}
		case inStringEscape:
			f.state = inText
		}
	}
	return out
}

// char takes one byte outside of a sequence.
func (f *plain) char(out []byte, c byte) []byte {
	switch {
	case c == 0x1b:
		f.state = inEscape
	case c == '\n':
		f.column, f.length = 0, 0
		return append(out, c)
	case c == '\r':
		return f.left(out, f.column)
	case c == '\b':
		return f.left(out, 1)
	case c < ' ' && c != '\t' || c == 0x7f:
	default:
		f.column++
		f.length = max(f.length, f.column)
		return append(out, c)
	}
	return out
}

func (f *plain) left(out []byte, n int) []byte {
	n = min(n, f.column)
	f.column -= n
	return append(out, bytes.Repeat([]byte{'\b'}, n)...)
}

// maxPadding bounds what a sequence can make of nothing.
const maxPadding = 4096

func (f *plain) right(out []byte, n int) []byte {
	n = min(n, maxPadding)
	f.column += n
	f.length = max(f.length, f.column)
	return append(out, bytes.Repeat([]byte{cursorRight}, n)...)
}

// cursorRight moves over a character and leaves it. Nothing prints it, since char
// drops it.
const cursorRight = 0x1c

// eraseRight takes away the rest of the line.
const eraseRight = 0x1d

// control takes a control sequence that ends in c.
func (f *plain) control(out []byte, c byte) []byte {
	n := 0
	for _, d := range f.params {
		if d < '0' || d > '9' {
			break
		}
		n = min(n*10+int(d-'0'), maxPadding)
	}
	switch c {
	case 'K', 'J':
		if n == 0 {
			f.length = f.column
			return append(out, eraseRight)
		}
	case 'D':
		return f.left(out, max(n, 1))
	case 'C':
		return f.right(out, max(n, 1))
	case 'G':
		out = f.left(out, f.column)
		return f.right(out, max(n, 1)-1)
	}
	return out
}

// A screen is the text that a router has shown: complete lines, and the line that the
// cursor is in.
type screen struct {
	lines  []byte // each ends in \n
	line   []byte
	cursor int
	edited bool // something of the line was written twice
}

// write takes text that a plain has made.
func (s *screen) write(p []byte) {
	for _, c := range p {
		switch c {
		case '\n':
			line := s.current()
			s.lines = append(append(s.lines, line...), '\n')
			s.line, s.cursor, s.edited = s.line[:0], 0, false
		case '\b':
			s.cursor = max(s.cursor-1, 0)
		case cursorRight:
			if s.cursor == len(s.line) {
				s.line = append(s.line, ' ')
			}
			s.cursor++
		case eraseRight:
			s.line = s.line[:s.cursor]
		default:
			if s.cursor == len(s.line) {
				s.line = append(s.line, c)
			} else {
				s.line[s.cursor], s.edited = c, true
			}
			s.cursor++
		}
	}
}

// current is the line that the cursor is in. What was erased with blanks is gone: a
// pager does that to its own question.
func (s *screen) current() []byte {
	if s.edited {
		return bytes.TrimRight(s.line, " ")
	}
	return s.line
}
