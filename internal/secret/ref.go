package secret

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Ref is a secret by name. It is comparable; the zero Ref means "none".
type Ref struct {
	scheme scheme
	name   string // without the scheme; one printable line
}

// scheme says where a secret is kept.
type scheme uint8

const (
	noScheme scheme = iota
	envScheme
	fileScheme
	execScheme
)

// String returns the word in front of the colon.
func (s scheme) String() string { return [...]string{"", "env", "file", "exec"}[s] }

// MaxRefBytes is the longest reference that ParseRef takes: a path that Linux
// can open (4096 bytes) and its scheme fit.
const MaxRefBytes = 4096 + len("file:")

// Errors of ParseRef. They are constants because the text that is no
// reference may be the secret itself: no error of it quotes anything.
var (
	// ErrNotRef says that the text has none of the three schemes.
	ErrNotRef = errors.New("no reference to a secret: write env:NAME, file:PATH or exec:COMMAND")
	// ErrBadName says that what follows the scheme is unusable.
	ErrBadName = errors.New("reference to a secret: env: wants letters, digits and underscores, file: and exec: one printable line without blanks at its ends")
)

// ParseRef reads env:NAME (a name that a shell can set, POSIX XBD §8.1, lower
// case allowed), file:PATH or exec:COMMAND. Path and command are one printable
// line of UTF-8 without blanks at either end. The error is ErrNotRef or
// ErrBadName and never holds the text.
func ParseRef(text string) (Ref, error) {
	word, name, found := strings.Cut(text, ":")
	if !found {
		return Ref{}, ErrNotRef
	}
	for _, s := range []scheme{envScheme, fileScheme, execScheme} {
		if word != s.String() {
			continue
		}
		if len(text) > MaxRefBytes || (s == envScheme && !isEnvName(name)) || !isLine(name) {
			return Ref{}, ErrBadName
		}
		return Ref{scheme: s, name: name}, nil
	}
	return Ref{}, ErrNotRef
}

// IsZero reports whether r names no secret.
func (r Ref) IsZero() bool { return r == Ref{} }

// String returns the text that ParseRef has read, "" for the zero Ref.
func (r Ref) String() string {
	if r.IsZero() {
		return ""
	}
	return r.scheme.String() + ":" + r.name
}

// MarshalText returns String: a reference is no secret.
func (r Ref) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// Placeholder returns the token that stands for the secret in an artifact,
// such as <env:ER_LONDON_MD5>; "" for the zero Ref. Between the angle brackets
// stand only ASCII letters, digits and : / . _ - ~ and %, so that a router's
// lexer and a template see one word; every other byte is written %XX. Two
// references never share a placeholder, and none is part of another.
func (r Ref) Placeholder() string {
	if r.IsZero() {
		return ""
	}
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	b.WriteByte('<')
	b.WriteString(r.scheme.String())
	b.WriteByte(':')
	for i := range len(r.name) {
		c := r.name[i]
		if isWordByte(c) || strings.IndexByte(":/.-~", c) >= 0 {
			b.WriteByte(c)
			continue
		}
		b.WriteByte('%')
		b.WriteByte(hex[c>>4])
		b.WriteByte(hex[c&15])
	}
	b.WriteByte('>')
	return b.String()
}

func isEnvName(name string) bool {
	for i := range len(name) {
		if !isWordByte(name[i]) {
			return false
		}
	}
	return name != "" && (name[0] < '0' || name[0] > '9')
}

// isWordByte reports whether c is an ASCII letter, digit or underscore.
func isWordByte(c byte) bool {
	return 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '_'
}

// isLine reports whether name is non-empty, printable, and without blanks at
// its ends. unicode.IsPrint knows one blank only, the ASCII space, so a tab or
// a non-breaking space is refused as well.
func isLine(name string) bool {
	if name == "" || name[0] == ' ' || name[len(name)-1] == ' ' || !utf8.ValidString(name) {
		return false
	}
	return strings.IndexFunc(name, func(r rune) bool { return !unicode.IsPrint(r) }) < 0
}
