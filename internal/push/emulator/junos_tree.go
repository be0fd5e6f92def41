package emulator

import (
	"errors"
	"slices"
	"strings"
)

// A junosNode is a word of a configuration and what stands below it. A value of
// several words is one node.
type junosNode struct {
	word string // as it is printed, quotes included
	off  bool   // deactivated
	kids []*junosNode
}

// clone copies a tree.
func (n *junosNode) clone() *junosNode {
	out := &junosNode{word: n.word, off: n.off}
	for _, k := range n.kids {
		out.kids = append(out.kids, k.clone())
	}
	return out
}

func (n *junosNode) kid(word string) *junosNode {
	for _, k := range n.kids {
		if k.word == word {
			return k
		}
	}
	return nil
}

// find walks down words; nil: they do not stand there.
func (n *junosNode) find(words ...string) *junosNode {
	for _, w := range words {
		if n = n.kid(w); n == nil {
			return nil
		}
	}
	return n
}

// value is the first word below words; empty: there is none.
func (n *junosNode) value(words ...string) string {
	if at := n.find(words...); at != nil && len(at.kids) > 0 {
		return at.kids[0].word
	}
	return ""
}

// values are the words below words that are active.
func (n *junosNode) values(words ...string) []string {
	var out []string
	if at := n.find(words...); at != nil {
		for _, k := range at.kids {
			if !k.off {
				out = append(out, k.word)
			}
		}
	}
	return out
}

// active is a tree without what is deactivated: what the router works with.
func (n *junosNode) active() *junosNode {
	out := &junosNode{word: n.word}
	for _, k := range n.kids {
		if !k.off {
			out.kids = append(out.kids, k.active())
		}
	}
	return out
}

// A junosFault says which of the words of a command is wrong.
type junosFault struct {
	at   int // of the words behind the verb; their number: one is missing
	text string
}

func (e *junosFault) Error() string { return e.text }

// errJunosNotFound says that a statement to delete is not there.
var errJunosNotFound = errors.New("statement not found")

// steps splits words into those of the tree by the grammar, with the rule of each.
// A value of several words becomes one.
func (g *junosRule) steps(words []string, value bool) (out []string, rules []*junosRule, err error) {
	rule := g
	for i, w := range words {
		if (rule.tail == '=' || rule.tail == '*') && len(rule.kids) == 0 {
			return append(out, strings.Join(words[i:], " ")), append(rules, &junosRule{}), nil
		}
		next, _ := rule.next(w)
		if next == nil && rule.tail == '+' {
			next = &junosRule{tail: '+'}
		}
		if next == nil {
			return nil, nil, &junosFault{i, "syntax error."}
		}
		out, rules, rule = append(out, w), append(rules, next), next
	}
	if value && (rule.tail == '=' || rule.tail == '+' || rule.tail == '*') && (len(out) == 0 || rule.word != "") {
		return nil, nil, &junosFault{len(words), "missing argument."}
	}
	return out, rules, nil
}

// set adds a statement. A value replaces the one before it, of a choice the other
// goes, values of a list accumulate (CLI User Guide: "Modify the Configuration of a
// Device", set).
func (n *junosNode) set(g *junosRule, words []string) error {
	head, list, ok := junosBrackets(words)
	if !ok {
		return &junosFault{len(words), "syntax error."}
	}
	for _, member := range list {
		if err := n.set(g, append(slices.Clone(head), member)); err != nil {
			return err
		}
	}
	if list != nil {
		return nil
	}
	path, rules, err := g.steps(words, true)
	if err != nil {
		return err
	}
	n.plant(g, path, rules)
	return nil
}

// plant puts words into the tree.
func (n *junosNode) plant(g *junosRule, path []string, rules []*junosRule) {
	rule := g
	for i, w := range path {
		next := n.kid(w)
		switch {
		case next != nil && rule.tail == '+' && len(rule.kids) == 0:
			// A value that is there already keeps its place.
		case next == nil:
			if rule.tail == '=' {
				n.kids = nil
			}
			if rules[i].choice {
				n.kids = slices.DeleteFunc(n.kids, func(k *junosNode) bool { r, _ := rule.next(k.word); return r != nil && r.choice })
			}
			next = &junosNode{word: w}
			n.kids = append(n.kids, next)
		}
		n, rule = next, rules[i]
	}
}

// remove deletes a statement with all below it. A plain hierarchy that is left empty
// goes, too; an entry of a list stays (CLI User Guide: "Modify the Configuration of
// a Device", delete).
func (n *junosNode) remove(g *junosRule, words []string) error {
	path, rules, err := g.steps(words, false)
	if err != nil {
		return err
	}
	if len(path) == 0 {
		return &junosFault{0, "missing argument."}
	}
	if n.find(path...) == nil {
		return errJunosNotFound
	}
	for i := len(path) - 1; i >= 0; i-- {
		up := n.find(path[:i]...)
		up.kids = slices.DeleteFunc(up.kids, func(k *junosNode) bool { return k.word == path[i] })
		if len(up.kids) > 0 || i > 0 && rules[i-1].stays() {
			break
		}
	}
	return nil
}

// toggle deactivates or activates a statement.
func (n *junosNode) toggle(g *junosRule, words []string, off bool) error {
	path, rules, err := g.steps(words, false)
	if err != nil {
		return err
	}
	if last := len(path) - 1; last > 0 && rules[last-1].tail == '=' && len(rules[last-1].kids) == 0 {
		path = path[:last] // the statement, not its value
	}
	at := n.find(path...)
	if at == nil || len(path) == 0 {
		return errJunosNotFound
	}
	at.off = off
	return nil
}

// insert moves a statement before or after another of the same list (CLI User
// Guide: "Insert a New Identifier").
func (n *junosNode) insert(words []string) error {
	at := slices.IndexFunc(words, func(w string) bool { return w == "before" || w == "after" })
	if at < 1 || at == len(words)-1 {
		return &junosFault{len(words), "missing argument."}
	}
	path, ref := words[:at], words[at+1:]
	if len(ref) > len(path) {
		return &junosFault{at + 1, "syntax error."}
	}
	up := n.find(path[:len(path)-1]...)
	other := append(slices.Clone(path[:len(path)-len(ref)]), ref...)
	moved := n.find(path...)
	if moved == nil || n.find(other...) == nil || up != n.find(other[:len(other)-1]...) {
		return errJunosNotFound
	}
	up.kids = slices.DeleteFunc(up.kids, func(k *junosNode) bool { return k == moved })
	to := slices.IndexFunc(up.kids, func(k *junosNode) bool { return k.word == other[len(other)-1] })
	if to < 0 {
		return errJunosNotFound
	}
	if words[at] == "after" {
		to++
	}
	up.kids = slices.Insert(up.kids, to, moved)
	return nil
}

// junosBrackets splits words into those before [ and the members between [ and ].
func junosBrackets(words []string) (head, list []string, ok bool) {
	open := slices.Index(words, "[")
	if open < 0 {
		return words, nil, !slices.Contains(words, "]")
	}
	if words[len(words)-1] != "]" || len(words)-open < 3 {
		return nil, nil, false
	}
	return words[:open], words[open+1 : len(words)-1], true
}
