package emulator

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// An iosxeBlock is a line of the configuration and the lines that stand in it.
// The root has no line.
type iosxeBlock struct {
	line string
	key  string // among the lines of its context
	mode string // of the lines in it; empty: it opens none
	kids []*iosxeBlock
	// verbatim holds lines that are no commands: of a banner.
	verbatim string
}

func (b *iosxeBlock) clone() *iosxeBlock {
	c := *b
	c.kids = make([]*iosxeBlock, len(b.kids))
	for i, k := range b.kids {
		c.kids[i] = k.clone()
	}
	return &c
}

// find returns the line with a key; nil: there is none.
func (b *iosxeBlock) find(key string) *iosxeBlock {
	for _, k := range b.kids {
		if k.key == key {
			return k
		}
	}
	return nil
}

// has reports whether a line stands here.
func (b *iosxeBlock) has(line string) bool {
	return slices.ContainsFunc(b.kids, func(k *iosxeBlock) bool { return k.line == line })
}

// begins are the lines that begin with these words.
func (b *iosxeBlock) begins(words string) []*iosxeBlock {
	var out []*iosxeBlock
	for _, k := range b.kids {
		if k.line == words || strings.HasPrefix(k.line, words+" ") {
			out = append(out, k)
		}
	}
	return out
}

// drop takes the lines away that f picks, and says how many.
func (b *iosxeBlock) drop(f func(*iosxeBlock) bool) int {
	n := len(b.kids)
	b.kids = slices.DeleteFunc(b.kids, f)
	return n - len(b.kids)
}

// insert puts a line where IOS-XE prints it, whatever the order of typing was.
func (b *iosxeBlock) insert(k *iosxeBlock) {
	rank, of := iosxePlace(b.mode, k.line)
	at := len(b.kids)
	for i, o := range slices.Backward(b.kids) {
		r, key := iosxePlace(b.mode, o.line)
		if r == 0 {
			continue // of a kind that the emulator has no place for: it stays where it was
		}
		if c := cmp.Or(cmp.Compare(r, rank), cmp.Compare(key, of)); c <= 0 {
			at = i + 1
			break
		}
		at = i
	}
	b.kids = slices.Insert(b.kids, at, k)
}

// readIOSXEText reads a configuration as it is printed. What stands in what is said
// by the indentation alone, and lines that the emulator does not know are kept.
func readIOSXEText(text string) *iosxeBlock {
	root := &iosxeBlock{mode: "config"}
	stack := []*iosxeBlock{root}
	lines := strings.Split(strings.ReplaceAll(text, "\r", ""), "\n")
	for i := 0; i < len(lines); i++ {
		line := strings.TrimLeft(lines[i], " ")
		depth := len(lines[i]) - len(line)
		if line = strings.TrimRightFunc(line, unicode.IsSpace); line == "end" && depth == 0 {
			break
		}
		switch {
		case strings.TrimSpace(line) == "", line[0] == '!', line == "exit", strings.HasPrefix(line, "exit-"), iosxeHeader(line):
			continue
		}
		stack = stack[:min(depth, len(stack)-1)+1]
		parent := stack[len(stack)-1]
		k := newIOSXEBlock(parent.mode, line)
		if end := iosxeVerbatim(lines, i); end > i {
			k.verbatim = strings.Join(lines[i+1:end+1], "\n")
			i = end
		}
		parent.kids = append(parent.kids, k)
		stack = append(stack, k)
	}
	return root
}

// iosxeHeader reports whether a line is what show running-config says before the
// configuration.
func iosxeHeader(line string) bool {
	return strings.HasPrefix(line, "Building configuration") || strings.HasPrefix(line, "Current configuration") || strings.HasPrefix(line, "Using ")
}

// newIOSXEBlock is a line of a mode, with its key where the line is known.
func newIOSXEBlock(mode, line string) *iosxeBlock {
	plain, negated := strings.CutPrefix(line, "no ")
	l, _ := understand(mode, plain, negated)
	switch {
	case l == nil:
		return &iosxeBlock{line: line, key: line, mode: "open"}
	case negated:
		return &iosxeBlock{line: "no " + l.text(), key: "no " + l.key()}
	}
	return &iosxeBlock{line: l.text(), key: l.key(), mode: l.pattern.opens}
}

// iosxeVerbatim is the last line of a banner that begins in the i-th: the one with
// its delimiter again; i: none begins there. The lines of a certificate need no
// care: they are indented.
func iosxeVerbatim(lines []string, i int) int {
	words := strings.Fields(lines[i])
	if words[0] != "banner" || len(words) < 3 {
		return i
	}
	delimiter := words[2][:1]
	if delimiter == "^" { // a control character, as it is printed
		delimiter = words[2][:min(2, len(words[2]))]
	}
	if strings.Count(lines[i], delimiter) > 1 {
		return i
	}
	for j := i + 1; j < len(lines); j++ {
		if strings.Contains(lines[j], delimiter) {
			return j
		}
	}
	return i
}

// print writes the configuration as show running-config does, between version and
// end (Cisco, Configuration Fundamentals Command Reference, show running-config).
func (b *iosxeBlock) print() string {
	var out strings.Builder
	section := ""
	for i, k := range b.kids {
		s := iosxeSection(k)
		if i > 0 && s != section {
			out.WriteString("!\n")
		}
		section = s
		k.write(&out, 0)
	}
	out.WriteString("!\nend\n")
	return out.String()
}

// iosxeSection names what stands together without a line between.
func iosxeSection(k *iosxeBlock) string {
	words := strings.Fields(k.line)
	if len(words) > 2 && words[1] == "prefix-list" {
		return strings.Join(words[:3], " ")
	}
	if k.mode != "" && k.mode != "open" || len(k.kids) > 0 {
		return k.line
	}
	return words[0]
}

func (b *iosxeBlock) write(out *strings.Builder, depth int) {
	indent := strings.Repeat(" ", depth)
	family := depth > 0 && strings.HasPrefix(b.line, "address-family ")
	if family {
		fmt.Fprintf(out, "%s!\n", indent)
	}
	fmt.Fprintf(out, "%s%s\n", indent, b.line)
	if b.verbatim != "" {
		out.WriteString(b.verbatim + "\n")
	}
	for _, k := range b.kids {
		k.write(out, depth+1)
	}
	if family {
		fmt.Fprintf(out, "%sexit-address-family\n", indent)
	}
}
