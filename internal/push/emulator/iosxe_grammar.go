package emulator

import (
	"strings"
	"sync"
)

// An iosxeToken is a word of a command: a keyword, a kind of value, or the rest of
// the line.
type iosxeToken struct {
	word  string
	kind  iosxeWord // nil: a keyword
	value bool      // what a new line replaces: it does not name the line
}

// An iosxePattern is a command.
type iosxePattern struct {
	text   string
	tokens []iosxeToken
	rest   bool   // the last token takes the rest of the line
	named  int    // tokens up to the last one that names the line
	opens  string // mode that the line opens
	family bool   // it only stands after no, and takes away all that begin so
}

// iosxeGrammar is iosxeTable by mode.
var iosxeGrammar = sync.OnceValue(func() map[string][]*iosxePattern {
	grammar, modes := map[string][]*iosxePattern{}, []string(nil)
	for line := range strings.Lines(iosxeTable[1:]) {
		line = strings.TrimSpace(line)
		if line[0] == '[' {
			modes = strings.Fields(strings.Trim(line, "[]"))
			continue
		}
		p := newIOSXEPattern(line)
		for _, m := range modes {
			grammar[m] = append(grammar[m], p)
		}
	}
	return grammar
})

func newIOSXEPattern(line string) *iosxePattern {
	p := &iosxePattern{}
	line, p.opens, _ = strings.Cut(line, " > ")
	line, p.family = strings.CutSuffix(line, " -")
	p.text = line
	for word := range strings.FieldsSeq(line) {
		t := iosxeToken{}
		t.word, t.value = strings.CutSuffix(word, "=")
		p.rest = t.word == "…"
		t.kind = iosxeWords[t.word]
		p.tokens = append(p.tokens, t)
		if !t.value {
			p.named = len(p.tokens)
		}
	}
	return p
}

// An iosxeLine is a line that was understood.
type iosxeLine struct {
	pattern *iosxePattern
	words   []string // as IOS-XE prints them, the rest of a line as one
}

func (l *iosxeLine) text() string { return strings.Join(l.words, " ") }

// key names the line among those of its context: a new one of the same key
// replaces it.
func (l *iosxeLine) key() string {
	var out []string
	for i, w := range l.words {
		if !l.pattern.tokens[i].value {
			out = append(out, w)
		}
	}
	return strings.Join(out, " ")
}

// An iosxeFault is a line that was not understood (Cisco, Using the Command-Line
// Interface, Table "Common CLI Error Messages").
type iosxeFault struct {
	kind iosxeFaultKind
	at   int // byte of the line that the marker points at
}

type iosxeFaultKind uint8

const (
	iosxeInvalid iosxeFaultKind = iota + 1
	iosxeIncomplete
	iosxeAmbiguous
)

// understand finds the command of a mode that a line is, its keywords abbreviated
// as long as they are unambiguous. After no, what does not name the line may be
// left out.
func understand(mode, line string, negated bool) (*iosxeLine, *iosxeFault) {
	words, at := iosxeSplit(line)
	candidates := iosxeGrammar()[mode]
	var out []string
	for i, w := range words {
		next, word, fault := iosxeNext(candidates, i, w, line[at[i]:])
		if fault != 0 {
			return nil, &iosxeFault{fault, at[i]}
		}
		candidates, out = next, append(out, word)
		if candidates[0].rest && len(candidates[0].tokens) == i+1 {
			break
		}
	}
	for _, p := range candidates {
		if len(p.tokens) == len(out) && (!p.family || negated) {
			return &iosxeLine{p, out}, nil
		}
	}
	for _, p := range candidates {
		if negated && len(out) >= p.named {
			return &iosxeLine{p, out}, nil
		}
	}
	return nil, &iosxeFault{iosxeIncomplete, len(line)}
}

// iosxeNext keeps the candidates that have a word in their i-th place: the same
// keyword, an unambiguous abbreviation, a value, the rest of the line, in this
// order.
func iosxeNext(candidates []*iosxePattern, i int, w, rest string) (next []*iosxePattern, word string, fault iosxeFaultKind) {
	keep := func(f func(t iosxeToken) bool) (out []*iosxePattern) {
		for _, p := range candidates {
			if i < len(p.tokens) && f(p.tokens[i]) {
				out = append(out, p)
			}
		}
		return out
	}
	keyword := func(t iosxeToken) bool { return t.kind == nil && t.word != "…" }
	if next = keep(func(t iosxeToken) bool { return keyword(t) && strings.EqualFold(t.word, w) }); next != nil {
		return next, next[0].tokens[i].word, 0
	}
	if next = keep(func(t iosxeToken) bool { return t.kind != nil && t.word != "<word>" && accepts(t.kind, w) }); next != nil {
		word, _ = next[0].tokens[i].kind(w)
		return next, word, 0
	}
	next = keep(func(t iosxeToken) bool {
		return keyword(t) && len(w) < len(t.word) && strings.EqualFold(t.word[:len(w)], w)
	})
	for _, p := range next {
		if p.tokens[i].word != next[0].tokens[i].word {
			return nil, "", iosxeAmbiguous
		}
	}
	if next != nil {
		return next, next[0].tokens[i].word, 0
	}
	if next = keep(func(t iosxeToken) bool { return t.word == "<word>" }); next != nil {
		return next, w, 0
	}
	if next = keep(func(t iosxeToken) bool { return t.word == "…" }); next != nil {
		return next, strings.TrimSpace(rest), 0
	}
	return nil, "", iosxeInvalid
}

func accepts(kind iosxeWord, w string) bool {
	_, ok := kind(w)
	return ok
}

// iosxeSplit cuts a line into words and says where each begins.
func iosxeSplit(line string) (words []string, at []int) {
	for i := 0; i < len(line); {
		if line[i] == ' ' {
			i++
			continue
		}
		end := i
		for end < len(line) && line[end] != ' ' {
			end++
		}
		words, at = append(words, line[i:end]), append(at, i)
		i = end
	}
	return words, at
}
