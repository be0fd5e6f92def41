// Package tty draws lines on a terminal and draws others in their place.
//
// In come lines that fit, one for each row; out go the sequences of ECMA-48 that
// move, erase and write. The package never reads what a person types, and it cleans
// no text: what drives a terminal is for its callers to take out.
package tty

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/sys/unix"
)

// The size of a terminal that does not know its own, in characters.
const (
	usualRows    = 24
	usualColumns = 80
)

// Size returns the size in characters of the terminal that a file descriptor is,
// and false where it is none. One that does not know its size has the usual one, 24
// rows of 80.
func Size(fd uintptr) (rows, columns int, ok bool) {
	size, err := unix.IoctlGetWinsize(int(fd), unix.TIOCGWINSZ)
	if err != nil {
		return 0, 0, false
	}
	if size.Row == 0 || size.Col == 0 {
		return usualRows, usualColumns, true
	}
	return int(size.Row), int(size.Col), true
}

// A Picture is lines that stand on a terminal and are drawn anew in their place. The
// zero value has none. It is for one goroutine at a time.
type Picture struct {
	drawn int    // lines that stand there
	last  string // the lines
}

// Draw draws lines over those that stand, where they are others. What cannot be
// written is not there to be seen, and that is all.
func (p *Picture) Draw(w io.Writer, lines []string) {
	text := strings.Join(lines, "\n")
	if text == p.last {
		return
	}
	p.last = text
	var out bytes.Buffer
	if p.drawn > 0 {
		fmt.Fprintf(&out, "\x1b[%dA", p.drawn)
	}
	for _, line := range lines {
		fmt.Fprintf(&out, "\r\x1b[K%s\n", line)
	}
	out.WriteString("\x1b[J") // the rest of a longer one
	_, _ = w.Write(out.Bytes())
	p.drawn = len(lines)
}

// Erase takes the lines away; the next Draw draws whatever it gets.
func (p *Picture) Erase(w io.Writer) {
	if p.drawn > 0 {
		fmt.Fprintf(w, "\x1b[%dA\r\x1b[J", p.drawn)
	}
	*p = Picture{}
}

// Leave leaves the lines where they stand: what is printed next stands below them, and
// so do the lines of a later Draw, if they are others.
func (p *Picture) Leave() { p.drawn = 0 }

// Cut shortens text to so many characters, of which an ellipsis is the last.
func Cut(text string, columns int) string {
	if utf8.RuneCountInString(text) <= columns {
		return text
	}
	if columns < 1 {
		return ""
	}
	return string([]rune(text)[:columns-1]) + "…"
}
