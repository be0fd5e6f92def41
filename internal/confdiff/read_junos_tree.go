package confdiff

import "errors"

// junosRoot is the node that all top hierarchies hang on.
const junosRoot int32 = 0

// A junosTree is a configuration by its words: what is written twice, in one
// block or in two, is there once.
type junosTree struct {
	nodes    []junosNode
	edges    map[junosEdge]int32
	switches []junosSwitch
}

// A junosSwitch is a command that switches on or off what may come after it.
type junosSwitch struct {
	words []junosToken
	off   bool
}

// A junosNode is a word in its place.
type junosNode struct {
	word   string // canonical; of a secret as it is written
	up     int32
	kids   int32 // that are not gone
	first  int32 // kid; 0 for none
	last   int32
	next   int32 // kid of the same node; 0 for none
	line   int32 // where its statement begins, from 0
	rule   *junosRule
	secret bool
	opaque bool
	off    bool // switched off, with all below
	gone   bool
}

type junosEdge struct {
	up   int32
	word string
}

// newJunosTree makes room for a text of so many bytes.
func newJunosTree(size int) *junosTree {
	return &junosTree{
		nodes: append(make([]junosNode, 0, size/16+1), junosNode{rule: junosGrammar()}),
		edges: make(map[junosEdge]int32, size/16),
	}
}

// add puts the words of a statement below a node and returns the last. Where
// secret is set the last word is one, whatever its name.
func (t *junosTree) add(at int32, words []junosToken, secret bool) int32 {
	line := words[0].line
	for i := range words {
		w := &words[i]
		hidden := secret && i == len(words)-1
		if known, ok := t.edges[junosEdge{at, w.text}]; ok && !w.quoted && !hidden {
			at = known
			continue
		}
		if w.opaque {
			t.nodes[at].opaque = true
			return at
		}
		before, unit, split := t.unitOf(at, w)
		if split {
			at = t.kid(t.kid(at, before, line), "unit", line)
			at = t.kid(at, unit, line)
			continue
		}
		if hidden || t.hides(at, w) || t.behindKey(at) {
			at = t.kid(at, junosRaw(w), line)
			t.nodes[at].secret = true
			continue
		}
		at = t.kid(at, t.spell(at, w), line)
	}
	return at
}

// behindKey reports whether a node is a key behind which nothing stands: a word
// there is the rest of it, badly written.
func (t *junosTree) behindKey(at int32) bool {
	if !t.nodes[at].secret {
		return false
	}
	switch t.nodes[t.nodes[at].up].word {
	case "authentication-key", "ascii-text", "hexadecimal", "cak", "ckn":
		return true
	}
	return false
}

// find follows the words of a statement that is there.
func (t *junosTree) find(words []junosToken) (int32, bool) {
	at := junosRoot
	for i := range words {
		w := &words[i]
		path := []string{""}
		if before, unit, split := t.unitOf(at, w); split {
			path = []string{before, "unit", unit}
		} else if t.hides(at, w) {
			path[0] = junosRaw(w)
		} else {
			path[0] = t.spell(at, w)
		}
		for _, word := range path {
			node, ok := t.edges[junosEdge{at, word}]
			if !ok {
				return 0, false
			}
			at = node
		}
	}
	return at, true
}

func (t *junosTree) kid(at int32, word string, line int) int32 {
	edge := junosEdge{at, word}
	if node, ok := t.edges[edge]; ok {
		return node
	}
	node := int32(len(t.nodes))
	t.edges[edge] = node
	_, rule := t.nodes[at].rule.step(word)
	t.nodes = append(t.nodes, junosNode{word: word, line: int32(line), rule: rule})
	t.hang(node, at)
	return node
}

// hang makes a node the last kid of another.
func (t *junosTree) hang(node, at int32) {
	n, up := &t.nodes[node], &t.nodes[at]
	n.up, n.next = at, 0
	if up.kids++; up.last == 0 {
		up.first = node
	} else {
		t.nodes[up.last].next = node
	}
	up.last = node
}

// off notes that a node is switched off.
func (t *junosTree) off(node int32, off bool) {
	if off {
		t.nodes[node].off = true
	}
}

// applySwitches does what the commands say, each on what is there.
func (t *junosTree) applySwitches() {
	for _, s := range t.switches {
		if node, ok := t.find(s.words); ok {
			t.nodes[node].off = s.off
		}
	}
}

// above is the word so many steps above a node, 1 for the nearest; "" above the
// top.
func (t *junosTree) above(node int32, steps int) string {
	for ; steps > 0 && node != junosRoot; steps-- {
		node = t.nodes[node].up
	}
	return t.nodes[node].word
}

// joinOneLiners hangs the parts of a statement that is printed on one line below
// each other, in the order of its print: display set and people write a command
// for each.
func (t *junosTree) joinOneLiners() {
	for node := range int32(len(t.nodes)) {
		switch t.nodes[node].word {
		case "inner", "inner-range", "inner-list":
			if up := t.nodes[node].up; t.nodes[up].word == "vlan-tags" && t.nodes[up].kids > 1 {
				if outer, ok := t.edges[junosEdge{up, "outer"}]; ok && t.nodes[outer].kids == 1 {
					t.move(node, t.nodes[outer].first)
				}
			}
		case "idle-timeout":
			if up := t.nodes[node].up; t.nodes[up].word == "teardown" && t.nodes[up].kids == 2 {
				for kid := t.nodes[up].first; kid != 0; kid = t.nodes[kid].next {
					if kid != node && t.nodes[kid].kids == 0 {
						t.move(node, kid)
						break
					}
				}
			}
		}
	}
}

// move takes a node from where it hangs to below another.
func (t *junosTree) move(node, to int32) {
	up := &t.nodes[t.nodes[node].up]
	link := &up.first
	for up.last = 0; *link != 0; {
		if *link == node {
			*link = t.nodes[node].next
			continue
		}
		up.last = *link
		link = &t.nodes[*link].next
	}
	up.kids--
	t.hang(node, to)
}

// statements writes the tree down: its leaves, and what is switched off as a
// whole. The words of all paths together may be so many times the bytes of the
// text, which no configuration comes near to.
func (t *junosTree) statements(size int) ([]Statement, error) {
	const wordsPerByte, small = 8, 4096
	count, words := 0, 0
	for node := int32(1); node < int32(len(t.nodes)); node++ {
		if !t.prints(node) {
			continue
		}
		count++
		for at := node; at != junosRoot; at = t.nodes[at].up {
			words++
		}
		if words > size*wordsPerByte+small {
			return nil, errors.New("more in each other than a Junos configuration has")
		}
	}
	out, paths := make([]Statement, 0, count), make([]string, words)
	for node := int32(1); node < int32(len(t.nodes)); node++ {
		if t.prints(node) {
			var s Statement
			s, paths = t.statement(node, paths)
			out = append(out, s)
		}
	}
	return out, nil
}

// prints reports whether a node ends a statement: nothing is below it, or it is
// switched off and has more below than its own value.
func (t *junosTree) prints(node int32) bool {
	n := &t.nodes[node]
	switch {
	case n.gone:
		return false
	case n.kids == 0 || n.opaque:
		return true
	}
	return n.off && !t.oneLine(node)
}

// oneLine reports whether all below a node is its value: one word, or the words
// of a statement that is printed on one line.
func (t *junosTree) oneLine(node int32) bool {
	n := &t.nodes[node]
	if n.word == "vlan-tags" || n.word == "teardown" {
		for n.kids == 1 {
			n = &t.nodes[n.first]
		}
		return n.kids == 0
	}
	return n.kids == 1 && t.nodes[n.first].kids == 0
}

// statement makes that of a node, its path at the start of room.
func (t *junosTree) statement(node int32, room []string) (Statement, []string) {
	depth := 0
	for at := node; at != junosRoot; at = t.nodes[at].up {
		depth++
	}
	s := Statement{Path: room[:depth:depth], Number: int(t.nodes[node].line) + 1, Opaque: t.nodes[node].opaque}
	for at := node; at != junosRoot; at = t.nodes[at].up {
		depth--
		n := &t.nodes[at]
		s.Inactive = s.Inactive || n.off
		s.Path[depth] = n.word
		if n.secret {
			s.Path[depth] = SecretMark
			s.Secret = junosBoth(junosSecret(n.word), s.Secret)
		}
	}
	return s, room[len(s.Path):]
}
