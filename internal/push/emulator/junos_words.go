package emulator

import (
	"fmt"
	"strings"
)

// A junosWord is a word of a line and where it begins.
type junosWord struct {
	text string // as the router would print it: in quotes only where it needs them
	at   int
}

// junosSplit cuts a line into words; a string in quotes is one. ok is false where a
// quote has no end.
func junosSplit(line string) (words []junosWord, ok bool) {
	for i := 0; i < len(line); {
		if line[i] == ' ' || line[i] == '\t' {
			i++
			continue
		}
		from := i
		if line[i] != '"' {
			for i < len(line) && line[i] != ' ' && line[i] != '\t' {
				i++
			}
			words = append(words, junosWord{line[from:i], from})
			continue
		}
		for i++; i < len(line) && line[i] != '"'; i++ {
			if line[i] == '\\' {
				i++
			}
		}
		if i >= len(line) {
			return words, false
		}
		i++
		words = append(words, junosWord{junosQuoted(line[from+1 : i-1]), from})
	}
	return words, true
}

// junosQuoted puts quotes around a string that needs them.
func junosQuoted(text string) string {
	if text == "" || strings.ContainsAny(text, " \t;{}[]()<>#$&|!?'\"\\^") {
		return `"` + text + `"`
	}
	return text
}

// junosBare is a word without its quotes.
func junosBare(word string) string {
	if len(word) > 1 && word[0] == '"' {
		return word[1 : len(word)-1]
	}
	return word
}

func junosTexts(words []junosWord) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = w.text
	}
	return out
}

// junosRead reads a configuration in braces or as set commands into a tree. What
// the grammar does not know is taken word by word.
func junosRead(g *junosRule, text string) (*junosNode, error) {
	root := &junosNode{}
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "set ") {
			return root, junosReadSet(root, g, text)
		} else if line != "" && line[0] != '#' && !strings.HasPrefix(line, "/*") {
			break
		}
	}
	rest, err := junosReadBraces(root, g, nil, junosTokens(text))
	if err == nil && len(rest) > 0 {
		err = fmt.Errorf("a bracket too many")
	}
	return root, err
}

func junosReadSet(root *junosNode, g *junosRule, text string) error {
	for line := range strings.Lines(text) {
		words, ok := junosSplit(strings.TrimSpace(line))
		if !ok {
			return fmt.Errorf("no statement: %q", line)
		}
		if len(words) < 2 {
			continue
		}
		path := junosTexts(words[1:])
		switch words[0].text {
		case "set":
			root.plantAny(g, path)
		case "deactivate":
			if err := root.toggle(g, path, true); err != nil {
				return fmt.Errorf("%q: %w", line, err)
			}
		default:
			return fmt.Errorf("no statement: %q", line)
		}
	}
	return nil
}

// plantAny adds a statement, whether the grammar knows it or not.
func (n *junosNode) plantAny(g *junosRule, words []string) {
	if n.set(g, words) == nil {
		return
	}
	free := make([]*junosRule, len(words))
	for i := range free {
		free[i] = &junosRule{tail: '.'}
	}
	n.plant(&junosRule{tail: '.'}, words, free)
}

// junosTokens cuts a text in braces into words and brackets, without comments.
func junosTokens(text string) []string {
	var out []string
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			i++
		case c == '#':
			i += strings.IndexByte(text[i:]+"\n", '\n')
		case strings.HasPrefix(text[i:], "/*"):
			i += strings.Index(text[i:]+"*/", "*/") + 2
		case strings.IndexByte("{};[]", c) >= 0:
			out = append(out, string(c))
			i++
		case c == '"':
			end := i + 1
			for end < len(text) && text[end] != '"' {
				if text[end] == '\\' {
					end++
				}
				end++
			}
			end = min(end, len(text)-1)
			out = append(out, junosQuoted(text[i+1:end]))
			i = end + 1
		default:
			end := i
			for end < len(text) && strings.IndexByte(" \t\r\n;{}[]", text[end]) < 0 {
				end++
			}
			out = append(out, text[i:end])
			i = end
		}
	}
	return out
}

// junosReadBraces reads statements below a path up to the bracket that closes it.
func junosReadBraces(root *junosNode, g *junosRule, path, tokens []string) (rest []string, err error) {
	off := false
	head := append([]string{}, path...)
	flush := func() {
		root.plantAny(g, head)
		if off {
			root.toggle(g, head, true) // it is there: it was just planted
		}
		off, head = false, append([]string{}, path...)
	}
	for len(tokens) > 0 {
		token := tokens[0]
		tokens = tokens[1:]
		switch token {
		case "inactive:":
			off = true
		case ";":
			flush()
		case "{":
			below, was := head, off
			if len(tokens) > 0 && tokens[0] == "}" {
				root.plantAny(g, head)
			}
			if tokens, err = junosReadBraces(root, g, below, tokens); err != nil {
				return nil, err
			}
			if was {
				root.toggle(g, below, true)
			}
			off, head = false, append([]string{}, path...)
		case "}":
			if len(path) == 0 {
				return nil, fmt.Errorf("a bracket too many")
			}
			return tokens, nil
		default:
			head = append(head, token)
		}
	}
	if len(path) > 0 || len(head) > 0 {
		return nil, fmt.Errorf("a bracket or semicolon is missing below %q", strings.Join(head, " "))
	}
	return nil, nil
}
