package push

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/ercfg/ercfg/internal/secret"
)

// A Transcript records every byte that goes to a router and comes back, with the
// values of secrets masked: "> " begins a line that was sent, "< " one that was
// received. Bytes that do not print stand as \x1b; the line ends are the file's own. It
// is safe for concurrent use; a nil one records nothing and masks nothing.
type Transcript struct {
	mu      sync.Mutex
	w       io.Writer
	err     error // the first of writing
	secrets [][]byte
	out, in stream
	open    *stream // whose line has no end yet
}

// A stream is one direction.
type stream struct {
	mark string
	held []byte // what may begin a secret
	cr   bool   // a carriage return that may belong to a line end
}

const maskText = "(secret)"

// leastMasked is the length, in bytes, of the shortest secret that is masked by its
// value: a shorter one would take parts out of half the words, and hide nothing.
const leastMasked = 4

// NewTranscript writes to w, which the caller makes readable for the user only.
func NewTranscript(w io.Writer, secrets []secret.Value) *Transcript {
	return &Transcript{w: w, secrets: maskable(secrets), out: stream{mark: "> "}, in: stream{mark: "< "}}
}

// maskable are the texts by which secrets can be seen: line by line, since a line end
// is not the same everywhere, and with question marks as they are typed.
func maskable(secrets []secret.Value) [][]byte {
	var out [][]byte
	for _, s := range secrets {
		for line := range strings.Lines(s.Reveal()) {
			line = strings.TrimRight(line, "\r\n")
			if len(line) < leastMasked {
				continue
			}
			out = append(out, []byte(line))
			if typed := literal(line); typed != line {
				out = append(out, []byte(typed))
			}
		}
	}
	return out
}

// Mask returns text with the values of secrets masked.
func (t *Transcript) Mask(text string) string {
	if t == nil || len(t.secrets) == 0 {
		return text
	}
	masked, _ := t.mask([]byte(text), true)
	return string(masked)
}

// Close writes what is held back, and returns the first error of writing. It does not
// close the writer.
func (t *Transcript) Close() error {
	if t == nil {
		return nil
	}
	t.lineEnd()
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.err
}

func (t *Transcript) sent(p []byte)     { t.record(p, true) }
func (t *Transcript) received(p []byte) { t.record(p, false) }

func (t *Transcript) record(p []byte, sent bool) {
	if t == nil || len(p) == 0 {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	s := &t.in
	if sent {
		s = &t.out
	}
	masked, rest := t.mask(append(s.held, p...), false)
	s.held = append([]byte(nil), rest...)
	t.write(s, masked)
}

// lineEnd ends the lines of both directions, where one is open. The beginning of a
// secret of which no more came is masked, too.
func (t *Transcript) lineEnd() {
	if t == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, s := range []*stream{&t.out, &t.in} {
		switch {
		case len(s.held) > 2:
			t.write(s, []byte(maskText))
		case len(s.held) > 0:
			t.write(s, s.held)
		}
		s.held = nil
	}
	t.breakLine()
}

func (t *Transcript) breakLine() {
	if t.open != nil {
		t.put("\n")
		t.open.cr = false
		t.open = nil
	}
}

// write writes masked text of one direction.
func (t *Transcript) write(s *stream, text []byte) {
	var b strings.Builder
	for _, c := range text {
		if c == '\r' && !s.cr {
			s.cr = true
			continue
		}
		if t.open != s {
			t.put(b.String())
			b.Reset()
			t.breakLine()
			b.WriteString(s.mark)
			t.open = s
		}
		if s.cr && c != '\n' {
			b.WriteString(`\r`)
		}
		s.cr = c == '\r'
		switch {
		case c == '\n':
			b.WriteByte('\n')
			t.open = nil
		case c == '\r':
		case c < ' ' && c != '\t' || c == 0x7f:
			fmt.Fprintf(&b, `\x%02x`, c)
		default:
			b.WriteByte(c)
		}
	}
	t.put(b.String())
}

func (t *Transcript) put(text string) {
	if t.err == nil && text != "" {
		_, t.err = io.WriteString(t.w, text)
	}
}

// mask masks the secrets in text and returns what can be written, and the rest, in
// which a secret may begin; with end nothing more comes, and there is no rest.
// Secrets that overlap are masked as one.
func (t *Transcript) mask(text []byte, end bool) (masked, rest []byte) {
	limit := len(text)
	ends := make(map[int]int) // of the longest secret that begins there
	for _, s := range t.secrets {
		for at := 0; ; at++ {
			i := bytes.Index(text[at:], s)
			if i < 0 {
				break
			}
			at += i
			ends[at] = max(ends[at], at+len(s))
		}
		for n := min(len(s)-1, len(text)); n > 0 && !end; n-- {
			if bytes.HasSuffix(text, s[:n]) {
				limit = min(limit, len(text)-n)
				break
			}
		}
	}
	for i := 0; i < limit; {
		until := ends[i]
		if until == 0 {
			masked = append(masked, text[i])
			i++
			continue
		}
		for j := i + 1; j < until; j++ {
			until = max(until, ends[j])
		}
		if until > limit {
			return masked, text[i:]
		}
		masked = append(masked, maskText...)
		i = until
	}
	return masked, text[limit:]
}
