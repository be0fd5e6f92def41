package intent

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Addition is a value that an intent does not write: a default, or what
// follows from other values.
type Addition struct {
	Path    string // circuits.er-london.private.timers.hold
	Value   string // as YAML
	Reason  string
	Comment bool // print it as a comment: writing it would change the meaning
}

// Print writes the intent as YAML with the additions in their places. Behind
// each value stands where it comes from: file and line, or the reason. The
// result is itself an intent, with the same meaning.
func (d *Document) Print(additions []Addition) string {
	tree := d.root.printable()
	for _, a := range additions {
		tree.add(a)
	}
	var b strings.Builder
	tree.write(&b, "")
	return b.String()
}

// A leaf is a node of the printed tree.
type leaf struct {
	key     string // empty for a list item
	value   string // of a scalar, as YAML
	origin  string // of a scalar
	comment bool
	list    bool
	content []*leaf // of a mapping or a list
}

func (n *node) printable() *leaf {
	l := &leaf{list: n.kind == sequence}
	switch n.kind {
	case mapping:
		for i := 0; i < len(n.content); i += 2 {
			child := n.content[i+1].printable()
			child.key = n.content[i].text
			l.content = append(l.content, child)
		}
	case sequence:
		for i := range n.content {
			l.content = append(l.content, n.content[i].printable())
		}
	default:
		l.value, l.origin = n.yaml(), n.file+":"+strconv.Itoa(int(n.line))
	}
	return l
}

// quantity is a number with a unit, which no YAML reader takes for a number.
var quantity = regexp.MustCompile(`^[0-9]+(ms|s|m|h|Mbps|Gbps)$`)

// yaml writes a scalar so that it reads back with the same type.
func (n *node) yaml() string {
	if n.kind != text {
		return n.text
	}
	plain := n.text != "" && !strings.ContainsAny(n.text, ":#'\"\\{}[],&*!|>%@`\t\n") && utf8.ValidString(n.text) &&
		strings.TrimSpace(n.text) == n.text && !strings.ContainsAny(n.text[:1], "-?0123456789.~+=<") &&
		!slices.Contains([]string{"true", "false", "null", "yes", "no", "on", "off", "y", "n"}, strings.ToLower(n.text))
	// An address or a prefix cannot be read as a number; two dots see to that.
	if plain || quantity.MatchString(n.text) || (strings.Count(n.text, ".") >= 2 && strings.Trim(n.text, "0123456789./") == "") {
		return n.text
	}
	return strconv.Quote(n.text)
}

// add puts an addition where its path leads, making the mappings on the way.
func (l *leaf) add(a Addition) {
	path := a.Path
	at := l
	for {
		child, rest := at.step(path)
		if child == nil {
			break
		}
		at, path = child, rest
	}
	if at.value != "" && len(at.content) == 0 && path != "" {
		// A scalar stands where the addition wants a mapping: vlan: 150 has no
		// room for more, and needs none.
		return
	}
	if a.Comment {
		at.content = append(at.content, &leaf{key: path, value: a.Value, origin: a.Reason, comment: true})
		return
	}
	for _, key := range strings.Split(path, ".") {
		next := &leaf{key: key}
		at.content = append(at.content, next)
		at = next
	}
	at.value, at.origin = a.Value, "default: "+a.Reason
}

// step follows the longest key that path begins with.
func (l *leaf) step(path string) (*leaf, string) {
	var best *leaf
	rest := ""
	for i, c := range l.content {
		name := c.key
		if l.list {
			name = strconv.Itoa(i)
			for _, g := range c.content {
				if g.key == "name" {
					name = strings.Trim(g.value, `"`)
				}
			}
		}
		after, ok := strings.CutPrefix(path, name)
		if ok && !c.comment && (after == "" || after[0] == '.') && (best == nil || len(after) < len(rest)+1) {
			best, rest = c, strings.TrimPrefix(after, ".")
		}
	}
	return best, rest
}

func (l *leaf) write(b *strings.Builder, indent string) {
	for _, c := range l.content {
		head := c.key + ":"
		switch {
		case c.comment:
			fmt.Fprintf(b, "%s# %s: %s  (%s)\n", indent, c.key, c.value, c.origin)
			continue
		case l.list:
			head = "-"
		case c.yamlKey() != c.key:
			head = c.yamlKey() + ":"
		}
		switch {
		case len(c.content) == 0 && c.value == "" && c.list:
			fmt.Fprintf(b, "%s%s []\n", indent, head)
		case len(c.content) == 0:
			line := indent + head + " " + c.value
			fmt.Fprintf(b, "%-50s # %s\n", line, c.origin)
		case c.flow():
			var values []string
			for _, v := range c.content {
				values = append(values, v.value)
			}
			line := indent + head + " [" + strings.Join(values, ", ") + "]"
			fmt.Fprintf(b, "%-50s # %s\n", line, c.content[0].origin)
		case l.list:
			var item strings.Builder
			c.write(&item, indent+"  ")
			b.WriteString(indent + "- " + strings.TrimPrefix(item.String(), indent+"  "))
		default:
			b.WriteString(indent + head + "\n")
			c.write(b, indent+"  ")
		}
	}
}

// flow reports whether a list of scalars fits one line.
func (l *leaf) flow() bool {
	return l.list && !slices.ContainsFunc(l.content, func(c *leaf) bool { return len(c.content) > 0 || c.value == "" })
}

func (l *leaf) yamlKey() string { return (&node{kind: text, text: l.key}).yaml() }
