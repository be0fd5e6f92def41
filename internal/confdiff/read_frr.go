package confdiff

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
)

// The reader of FRR: frr.conf and show running-config. It follows FRRouting
// 8.4.4, where each rule of spelling and each default was seen on the daemons,
// and keeps what it does not know as it is written.

// frrDepth bounds how deep contexts nest. FRR's deepest has five levels
// (segment-routing).
const frrDepth = 8

// errFRREmpty says that no line of a text is one that FRR prints.
var errFRREmpty = errors.New("no FRR configuration: no line of it is an FRR command")

// An frrContext is a block that is open where the reader stands.
type frrContext struct {
	kind     frrKind
	path     []string
	id       int  // number of the statement that opens it, from 1; 0 is the text itself
	indent   int  // of the line that opens it
	indented bool // a line of it stands deeper than that one
	lines    int  // read in it so far
	divided  bool // a bare ! came after its last line
}

// An frrLine is one line of the text without what a terminal adds.
type frrLine struct {
	number, indent int
	text           string // trimmed
	words          []string
}

// An frrKey is a statement in its context.
type frrKey struct {
	context int
	text    string
}

// An frrReader reads one text.
type frrReader struct {
	out     Config
	open    []frrContext   // the text itself first
	seen    map[frrKey]int // index of the statement in out
	profile frrProfile
	before  int  // indentation of the line read last
	opener  bool // whether that line could open a block that the reader does not know
	last    int  // index in out of the statement made or repeated last
	known   bool // a line was FRR's
}

func readFRR(text []byte) (Config, error) {
	size := bytes.Count(text, []byte("\n")) + 1
	r := frrReader{
		out:  Config{Platform: FRR, Statements: make([]Statement, 0, size)},
		open: []frrContext{{kind: frrTop, indent: -1}},
		seen: make(map[frrKey]int, size),
	}
	lines := frrTerminal{text: string(text)}
	for line, bare := range lines.all() {
		if bare {
			r.divide()
			continue
		}
		if strange := frrStrange(line); strange != "" {
			return Config{}, fmt.Errorf("no FRR configuration: line %d is of %s", line.number, strange)
		}
		r.read(line)
		r.before = line.indent
	}
	if lines.cut() {
		return Config{}, errors.New("the FRR configuration is cut off: it has a beginning and no end")
	}
	if !r.known {
		return Config{}, errFRREmpty
	}
	return r.out, nil
}

// frrStrange names the system whose configuration a line is from, where it
// cannot be FRR's.
func frrStrange(line frrLine) string {
	words := line.words
	first, last := words[0], words[len(words)-1]
	switch {
	case strings.IndexByte(line.text, 0) >= 0:
		return "no text"
	case first == "}" || first == "set" && len(words) > 2 && (words[1] == "system" || words[1] == "version"):
		return "Junos"
	case first == "version" && len(words) == 2 && last[0] >= '0' && last[0] <= '9':
		return "Cisco IOS"
	case first == "encapsulation", first == "vrf" && len(words) > 1 && words[1] == "definition",
		first == "ip" && len(words) > 3 && words[1] == "address" && strings.HasPrefix(words[3], "255."):
		return "Cisco IOS" // FRR writes the length of a prefix, and has no encapsulation
	}
	return ""
}

// top is the innermost open context.
func (r *frrReader) top() *frrContext { return &r.open[len(r.open)-1] }

// divide notes a bare ! after the innermost context's lines.
func (r *frrReader) divide() { r.top().divided = true }

// read takes one line in.
func (r *frrReader) read(line frrLine) {
	if r.leave(line) {
		return
	}
	words, known := r.place(line)
	c := r.top()
	r.known = r.known || known && c.kind == frrTop
	c.indented = c.indented || line.indent > c.indent
	c.lines++
	c.divided = false
	r.opener = !known || c.kind == frrForeign
	if kind, opens := frrOpens(c.kind, words); opens && len(r.open) <= frrDepth {
		r.enter(line, kind, frrJoin(line.text, words))
		r.opener = false
		return
	}
	r.say(line, words)
}

// leave closes contexts for a line that does nothing else, and says whether
// line is one.
func (r *frrReader) leave(line frrLine) bool {
	if len(line.words) != 1 {
		return false
	}
	word := line.words[0]
	if name, named := strings.CutPrefix(word, "exit-"); named {
		r.exitNamed(name)
	} else if word == "exit" || word == "quit" {
		r.exit(line)
	} else if word == "end" {
		r.open = r.open[:1]
	} else {
		return false
	}
	r.opener = false
	return true
}

// exitNamed closes the innermost context of a name: exit-address-family.
func (r *frrReader) exitNamed(name string) {
	for i := len(r.open) - 1; i > 0; i-- {
		path := r.open[i].path
		if first, _, _ := strings.Cut(path[len(path)-1], " "); first == name {
			r.open = r.open[:i]
			return
		}
	}
}

// exit closes the innermost context, unless the line closes a block inside it
// that the reader has not taken for one.
func (r *frrReader) exit(line frrLine) {
	for len(r.open) > 1 && r.top().indented && line.indent < r.top().indent {
		r.open = r.open[:len(r.open)-1] // its own exit is missing
	}
	inner := r.top().indented && line.indent > r.top().indent && (r.before > line.indent || r.opener)
	if len(r.open) > 1 && !inner {
		r.open = r.open[:len(r.open)-1]
	}
}

// place closes the contexts that line is no part of, and returns its words with
// abbreviations written out. Not known is a line of a command that the
// innermost context has no name for.
//
// FRR itself does not look at indentation: a command that the innermost context
// does not have is tried in the one around it. Only commands of others need
// indentation here, because the reader does not know them all.
func (r *frrReader) place(line frrLine) (words []string, known bool) {
	for {
		c := r.top()
		words, known = frrExpand(c.kind, line.words)
		if len(r.open) == 1 || !c.ends(line, known, func() bool { return r.around(line.words) }) {
			break
		}
		r.open = r.open[:len(r.open)-1]
	}
	if !known && r.opener && line.indent > r.before && len(r.open) <= frrDepth {
		r.adopt()
		words = line.words
	}
	return words, known
}

// around says whether a context around the innermost has a name for a line.
func (r *frrReader) around(words []string) bool {
	for _, c := range r.open[:len(r.open)-1] {
		if _, known := frrExpand(c.kind, words); known {
			return true
		}
	}
	return false
}

// ends says whether line is outside the context. Known is a line that the
// context has a name for, around one that a context around it has one for.
func (c *frrContext) ends(line frrLine, known bool, around func() bool) bool {
	switch {
	case line.indent > c.indent:
		return !known && c.kind != frrForeign && frrNeverInside(line.words) && around()
	case c.indented || line.indent < c.indent:
		return !known || around()
	case c.kind == frrForeign:
		return c.lines == 0 && c.divided || around()
	}
	return !known && (c.lines == 0 && c.divided || around())
}

// adopt makes the last statement a context, because the next line stands deeper.
func (r *frrReader) adopt() {
	s := r.out.Statements[r.last]
	if s.Secret.form != NoSecret || len(s.Path) != len(r.top().path)+1 {
		return
	}
	r.push(frrForeign, r.before)
	r.top().indented = true
}

// enter opens a context and states it.
func (r *frrReader) enter(line frrLine, kind frrKind, text string) {
	r.state(line.number, frrOpener(kind, text), Secret{})
	r.push(kind, line.indent)
}

// push makes the last statement the innermost context.
func (r *frrReader) push(kind frrKind, indent int) {
	r.open = append(r.open, frrContext{kind: kind, path: r.out.Statements[r.last].Path, id: r.last + 1, indent: indent})
}

// pathOf is the path of a statement in the innermost context.
func (r *frrReader) pathOf(text string) []string {
	around := r.top().path
	path := make([]string, 0, len(around)+1)
	return append(append(path, around...), text)
}

// state adds a statement to the innermost context. The box keeps one of two
// lines that are the same but for a secret: the second.
func (r *frrReader) state(number int, text string, secret Secret) {
	key := frrKey{r.top().id, text}
	if i, twice := r.seen[key]; twice {
		r.out.Statements[i].Secret, r.last = secret, i
		return
	}
	r.last = len(r.out.Statements)
	r.seen[key] = r.last
	r.out.Statements = append(r.out.Statements, Statement{Path: r.pathOf(text), Number: number, Secret: secret})
}

// within states what stands in a context that the text does not open.
func (r *frrReader) within(line frrLine, kind frrKind, opener string, say func()) {
	r.enter(line, kind, opener)
	say()
	r.open = r.open[:len(r.open)-1]
}

// say states a line in the innermost context, in the box's spelling.
func (r *frrReader) say(line frrLine, words []string) {
	c := r.top()
	if c.kind == frrBGP && frrOfFamily(words) {
		// Commands of IPv4 unicast may stand outside the family; the box prints
		// them inside.
		r.within(line, frrFamily, "address-family ipv4 unicast", func() { r.say(line, words) })
		return
	}
	if c.kind == frrTop {
		r.profile = r.profile.after(words)
		if rest, vrf := frrRouteVRF(words); vrf != "" {
			r.within(line, frrVRF, "vrf "+vrf, func() { r.say(line, rest) })
			return
		}
	}
	masked, secret := frrSecret(c.kind, words)
	if secret.form != NoSecret {
		r.state(line.number, masked, secret)
		return
	}
	text := frrJoin(line.text, frrSpell(c.kind, words))
	if bfd := frrBare(c.kind, text); bfd != "" {
		r.state(line.number, bfd, Secret{})
	}
	if !r.profile.hides(c.kind, text) {
		r.state(line.number, text, Secret{})
	}
}
