package render

import (
	"fmt"
	"strings"

	"github.com/ercfg/ercfg/internal/artifact"
)

// flatten turns curly-brace text into set commands, as "show | display set"
// does: one command for each statement, with the names of all blocks around it
// in front; one command for each member of a list in brackets; an inactive
// statement gets a deactivate command after it. An empty block is a statement.
//
// It reads what this package's own templates write. Text that is no complete
// configuration is an error that names the line.
func flatten(lines []artifact.Line) ([]artifact.Line, error) {
	f := flattener{out: make([]artifact.Line, 0, len(lines))}
	for i := range lines {
		if err := f.line(lines[i]); err != nil {
			return nil, fmt.Errorf("line %d: %w: %s", i+1, err, strings.TrimSpace(lines[i].Text))
		}
	}
	if len(f.blocks) > 0 || len(f.words) > 0 || f.inList {
		return nil, fmt.Errorf("the text ends within %q", strings.TrimSpace(f.path()+strings.Join(f.words, " ")))
	}
	return f.out, nil
}

// A flattener holds what has been read of the statement at hand.
type flattener struct {
	out    []artifact.Line
	blocks []block
	words  []string // of the statement at hand
	list   []string // members of its list in brackets
	inList bool
	listed bool // the list is closed
}

// A block is an open brace.
type block struct {
	words    string
	path     string // the names of all open blocks up to this one, each followed by a blank
	origin   string
	inactive bool
	filled   bool // holds a statement
}

// inactive is the word in front of a statement that is kept and not applied.
const inactive = "inactive:"

func (f *flattener) line(l artifact.Line) error {
	for text := l.Text; ; {
		token, rest, err := nextToken(text)
		if err != nil {
			return err
		}
		if token == "" {
			return nil
		}
		if err := f.token(token, l.Origin); err != nil {
			return err
		}
		text = rest
	}
}

func (f *flattener) token(token, origin string) error {
	switch {
	case f.inList && token == "]":
		if len(f.list) == 0 {
			return fmt.Errorf("an empty list")
		}
		f.inList, f.listed = false, true
	case f.inList:
		if strings.ContainsAny(token, "{};[") && token[0] != '"' {
			return fmt.Errorf("%s in a list", token)
		}
		f.list = append(f.list, token)
	case f.listed && token != ";":
		return fmt.Errorf("%s after a list", token)
	case token == "[":
		if len(f.words) == 0 {
			return fmt.Errorf("a list without a name")
		}
		f.inList = true
	case token == "]":
		return fmt.Errorf("] without [")
	case token == ";":
		return f.statement(origin)
	case token == "{":
		return f.open(origin)
	case token == "}":
		return f.close()
	default:
		f.words = append(f.words, token)
	}
	return nil
}

// take returns the words of the statement at hand and forgets them.
func (f *flattener) take() (words string, off bool, err error) {
	if len(f.words) > 0 && f.words[0] == inactive {
		off, f.words = true, f.words[1:]
	}
	if len(f.words) == 0 {
		return "", false, fmt.Errorf("a statement without a word")
	}
	words = strings.Join(f.words, " ")
	f.words = f.words[:0]
	return words, off, nil
}

func (f *flattener) statement(origin string) error {
	words, off, err := f.take()
	if err != nil {
		return err
	}
	f.fill()
	if f.listed {
		for _, member := range f.list {
			f.emit("set ", words+" "+member, origin)
		}
		f.list, f.listed = f.list[:0], false
	} else {
		f.emit("set ", words, origin)
	}
	if off {
		f.emit("deactivate ", words, origin)
	}
	return nil
}

func (f *flattener) open(origin string) error {
	words, off, err := f.take()
	if err != nil {
		return err
	}
	f.fill()
	f.blocks = append(f.blocks, block{words: words, path: f.path() + words + " ", origin: origin, inactive: off})
	return nil
}

func (f *flattener) close() error {
	if len(f.words) > 0 {
		return fmt.Errorf("no ; after %q", strings.Join(f.words, " "))
	}
	if len(f.blocks) == 0 {
		return fmt.Errorf("} without {")
	}
	b := f.blocks[len(f.blocks)-1]
	f.blocks = f.blocks[:len(f.blocks)-1]
	if !b.filled {
		f.emit("set ", b.words, b.origin)
	}
	if b.inactive {
		f.emit("deactivate ", b.words, b.origin)
	}
	return nil
}

// fill notes that the innermost block is not empty.
func (f *flattener) fill() {
	if n := len(f.blocks); n > 0 {
		f.blocks[n-1].filled = true
	}
}

func (f *flattener) emit(verb, words, origin string) {
	f.out = append(f.out, artifact.Line{Text: verb + f.path() + words, Origin: origin})
}

// path is what stands in front of a statement.
func (f *flattener) path() string {
	if n := len(f.blocks); n > 0 {
		return f.blocks[n-1].path
	}
	return ""
}

// nextToken returns the first word, quoted string or bracket of text, and what
// follows it; "" at the end of the line. A string does not cross lines.
func nextToken(text string) (token, rest string, err error) {
	text = strings.TrimLeft(text, " \t")
	if text == "" {
		return "", "", nil
	}
	switch text[0] {
	case '{', '}', ';', '[', ']':
		return text[:1], text[1:], nil
	case '"':
		for i := 1; i < len(text); i++ {
			switch text[i] {
			case '\\':
				i++
			case '"':
				return text[:i+1], text[i+1:], nil
			}
		}
		return "", "", fmt.Errorf("a string without an end")
	}
	end := strings.IndexAny(text, " \t{};[]\"")
	if end < 0 {
		end = len(text)
	}
	return text[:end], text[end:], nil
}
