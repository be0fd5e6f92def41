package emulator

import (
	"slices"
	"strings"
)

// A junosBlock is a statement as Junos prints it: "hold-time 30", or "neighbor
// 192.0.2.1" with what stands in its braces.
type junosBlock struct {
	head   string
	off    bool
	open   bool // it has braces
	secret bool
	kids   []*junosBlock
}

// junosApart are the lists that print their entries in braces of their own.
var junosApart = []string{"interfaces", "routing-instances"}

// ordered are the kids of a node in the order of the grammar, those of a list as
// they were configured.
func (n *junosNode) ordered(g *junosRule) []*junosNode {
	kids := slices.Clone(n.kids)
	place := func(k *junosNode) int { _, i := g.next(k.word); return i }
	slices.SortStableFunc(kids, func(a, b *junosNode) int { return place(a) - place(b) })
	return kids
}

// blocks are what stands below a node.
func (n *junosNode) blocks(g *junosRule) []*junosBlock {
	var out []*junosBlock
	for _, k := range n.ordered(g) {
		rule, _ := g.next(k.word)
		if rule == nil {
			rule = &junosRule{tail: '.'}
		}
		named := len(rule.kids) == 1 && rule.kids[0].word == "{}"
		switch {
		case named && g.word != "{}" && slices.Contains(junosApart, k.word) || !named && len(rule.kids) > 0 && rule.word != "then":
			out = append(out, k.block(rule, k.word))
		case named && !k.off:
			for _, entry := range k.kids {
				out = append(out, entry.block(rule.kids[0], k.word+" "+entry.word))
			}
		default:
			out = append(out, k.plain(rule)...)
		}
	}
	return out
}

// block is a node with what stands in its braces.
func (n *junosNode) block(rule *junosRule, head string) *junosBlock {
	if rule.tail == '=' && len(n.kids) == 1 {
		return &junosBlock{head: head + " " + n.kids[0].word, off: n.off}
	}
	kids := n.blocks(rule)
	return &junosBlock{head: head, off: n.off, open: len(kids) > 0, kids: kids}
}

// plain is a node without entries: a flag, a value, a list of values, words of any
// kind.
func (n *junosNode) plain(rule *junosRule) []*junosBlock {
	b := &junosBlock{head: n.word, off: n.off}
	switch {
	case len(n.kids) == 0:
	case rule.tail == '*':
		var out []*junosBlock
		for _, v := range n.kids {
			out = append(out, &junosBlock{head: n.word + " " + v.word, off: n.off || v.off})
		}
		return out
	case rule.tail == '+' && len(n.kids) > 1:
		words := make([]string, len(n.kids))
		for i, v := range n.kids {
			words[i] = v.word
		}
		b.head += " [ " + strings.Join(words, " ") + " ]"
	case rule.tail == '=' || rule.tail == '+':
		b.head += " " + n.kids[0].word
		b.secret = junosHides(n.word)
	case len(n.kids) == 1 && (len(n.kids[0].kids) == 0 && (rule.word == "then" && rule.kids != nil || rule.tail == '.')):
		b.head += " " + n.kids[0].word // then accept; host-name r1
	default:
		b.kids = n.blocks(rule)
		b.open = true
	}
	return []*junosBlock{b}
}

// junosPrint prints blocks in braces, each line behind a mark (CLI User Guide:
// "Display the Configuration").
func junosPrint(out *strings.Builder, blocks []*junosBlock, mark string, depth int) {
	indent := mark + strings.Repeat("    ", depth)
	for _, b := range blocks {
		head := b.head
		if b.off {
			head = "inactive: " + head
		}
		switch {
		case b.open:
			out.WriteString(indent + head + " {\n")
			junosPrint(out, b.kids, mark, depth+1)
			out.WriteString(indent + "}\n")
		case b.secret:
			out.WriteString(indent + head + "; ## SECRET-DATA\n")
		default:
			out.WriteString(indent + head + ";\n")
		}
	}
}

// braces is the configuration below a node in braces.
func (n *junosNode) braces(g *junosRule) string {
	var out strings.Builder
	junosPrint(&out, n.blocks(g), "", 0)
	return out.String()
}

// sets is the configuration as commands (CLI Reference: | display set).
func (n *junosNode) sets(g *junosRule, path string) string {
	var out strings.Builder
	for _, k := range n.ordered(g) {
		rule, _ := g.next(k.word)
		if rule == nil {
			rule = &junosRule{tail: '.'}
		}
		if len(k.kids) == 0 {
			out.WriteString("set " + path + k.word + "\n")
		} else {
			out.WriteString(k.sets(rule, path+k.word+" "))
		}
		if k.off {
			out.WriteString("deactivate " + path + k.word + "\n")
		}
	}
	return out.String()
}
