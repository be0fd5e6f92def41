package confdiff

import (
	"slices"
	"strings"
	"sync"
)

// An iosxeNode is a place in the lines of a mode.
type iosxeNode struct {
	next  map[string]*iosxeNode // by keyword
	words []string              // the keywords in the order of the table
	kind  iosxeKind             // of the value that stands here, if any
	typed *iosxeNode            // after it
	any   *iosxeNode            // after any word
	rest  bool                  // all that follows is one value
	more  bool                  // further words may follow
	opens string                // mode that the line opens, if it ends here
}

// iosxeGrammar is the table as trees, by mode.
var iosxeGrammar = sync.OnceValue(func() map[string]*iosxeNode {
	grammar, modes := make(map[string]*iosxeNode), []string(nil)
	for line := range strings.Lines(iosxeLines[1:]) {
		line = strings.TrimSpace(line)
		if line[0] == '[' {
			modes = strings.Fields(strings.Trim(line, "[]"))
			continue
		}
		line, opens, _ := strings.Cut(line, " >")
		for _, mode := range modes {
			if grammar[mode] == nil {
				grammar[mode] = new(iosxeNode)
			}
			grammar[mode].grow(strings.Fields(line), opens)
		}
	}
	return grammar
})

// grow adds a line.
func (n *iosxeNode) grow(words []string, opens string) {
	for _, w := range words {
		switch {
		case w == "…":
			n.rest = true
		case w == "+":
			n.more = true
		case w == "*":
			if n.any == nil {
				n.any = new(iosxeNode)
			}
			n = n.any
		case w[0] == '<':
			if n.typed == nil {
				n.kind, n.typed = iosxeKindOf(w), new(iosxeNode)
			}
			n = n.typed
		default:
			if n.next[w] == nil {
				if n.next == nil {
					n.next = make(map[string]*iosxeNode)
				}
				n.next[w] = new(iosxeNode)
				n.words = append(n.words, w)
			}
			n = n.next[w]
		}
	}
	n.opens = opens
}

// keyword finds the keyword that a word is or abbreviates, as IOS-XE does: in
// any case, and without doubt among the lines that the table knows.
func (n *iosxeNode) keyword(w string) string {
	found := ""
	for _, k := range n.words {
		switch {
		case len(w) > len(k) || !strings.EqualFold(k[:len(w)], w):
		case len(w) == len(k):
			return k
		case len(w) < 2:
		case found != "":
			return ""
		default:
			found = k
		}
	}
	return found
}

// An iosxeLine is a line in words. Its buffers are used again.
type iosxeLine struct {
	raw   string
	words []string
	at    []int // where each begins
	out   []string
}

// canonical returns a line as the box prints it, and the mode that it opens.
func (l *iosxeLine) canonical(mode, text string) (string, string) {
	root := iosxeGrammar()[mode]
	if root == nil {
		return text, ""
	}
	plain := l.split(text)
	i := 0
	l.out = l.out[:0]
	if strings.EqualFold(l.words[0], "no") && len(l.words) > 1 {
		l.out = append(l.out, "no")
		i = 1
	}
	opens := l.walk(root, i)
	l.out = iosxeComplete(mode, l.out)
	if plain && slices.Equal(l.out, l.words) {
		return text, opens
	}
	return strings.Join(l.out, " "), opens
}

// walk follows the words from the i-th through the table. Where it ends before
// the words do, none of them was an abbreviation: of what others have, the table
// knows too little to expand it.
func (l *iosxeLine) walk(n *iosxeNode, i int) string {
	first, expanded := i, false
	for i < len(l.words) {
		w := l.words[i]
		if n.rest {
			l.out = append(l.out, l.raw[l.at[i]:])
			return n.opens
		}
		if next := n.next[w]; next != nil {
			l.out, n, i = append(l.out, w), next, i+1
			continue
		}
		if n.typed != nil {
			if out, used := n.kind(l.out, l.words[i:]); used > 0 {
				l.out, n, i = out, n.typed, i+used
				continue
			}
		}
		if k := n.keyword(w); k != "" && (n.any == nil || len(k) == len(w)) {
			expanded = expanded || len(k) != len(w)
			l.out, n, i = append(l.out, k), n.next[k], i+1
			continue
		}
		if n.any == nil {
			break
		}
		l.out, n, i = append(l.out, iosxeIP(w)), n.any, i+1
	}
	if expanded && i < len(l.words) && !n.more {
		l.out = append(l.out[:first], l.words[first:]...)
		return ""
	}
	for ; i < len(l.words); i++ {
		l.out = append(l.out, iosxeIP(l.words[i]))
	}
	return n.opens
}

// split cuts a line into words and reports whether single blanks part them.
func (l *iosxeLine) split(text string) (plain bool) {
	l.raw, l.words, l.at = text, l.words[:0], l.at[:0]
	plain = true
	for i := 0; i < len(text); {
		if text[i] == ' ' || text[i] == '\t' {
			i++
			continue
		}
		end := i
		for end < len(text) && text[end] != ' ' && text[end] != '\t' {
			end++
		}
		if n := len(l.at); n > 0 && (i-l.at[n-1]-len(l.words[n-1]) != 1 || text[i-1] == '\t') {
			plain = false
		}
		l.words, l.at = append(l.words, text[i:end]), append(l.at, i)
		i = end
	}
	return plain
}
