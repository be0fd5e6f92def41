package confdiff

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// A box is the model of a router with IOS-XE or FRR that takes commands.
type box struct {
	platform string
	have     []Statement
	context  []string
}

// lineApply returns what a router holds after it took commands. A context ends
// with exit or exit-address-family, at the depth of the line that opened it.
func lineApply(have Config, commands []string) (Config, error) {
	b := box{platform: have.Platform, have: slices.Clone(have.Statements)}
	for i, c := range commands {
		depth := len(c) - len(strings.TrimLeft(c, " "))
		line := c[depth:]
		if strings.HasPrefix(line, "exit") && depth < len(b.context) {
			b.context = b.context[:depth]
			continue
		}
		if depth != len(b.context) {
			return Config{}, fmt.Errorf("command %d, %q: it stands at depth %d, in %d contexts", i+1, c, depth, len(b.context))
		}
		if err := b.take(line, opens(commands, i, depth)); err != nil {
			return Config{}, fmt.Errorf("command %d, %q: %w", i+1, c, err)
		}
	}
	if len(b.context) > 0 {
		return Config{}, fmt.Errorf("%q is not left", b.context[len(b.context)-1])
	}
	return Config{Platform: have.Platform, Statements: b.have}, nil
}

// opens reports whether a context begins with the i-th command: the next one
// stands deeper, or leaves it.
func opens(commands []string, i, depth int) bool {
	if i+1 == len(commands) {
		return false
	}
	next := commands[i+1]
	deep := len(next) - len(strings.TrimLeft(next, " "))
	return deep > depth || deep == depth && strings.HasPrefix(next[deep:], "exit") && opensContext(depth, commands[i][depth:])
}

// take is what the router does with a command.
func (b *box) take(line string, context bool) error {
	if gone, negated := strings.CutPrefix(line, "no "); negated {
		return b.negate(line, gone)
	}
	s := b.statement(line)
	if b.negative("no "+line) && b.forget(func(t Statement) bool { return t.Path[len(t.Path)-1] == "no "+line && sibling(t.Path, s.Path) }) {
		return nil // the default is back
	}
	if b.defaults(s) {
		return nil
	}
	if err := b.refuses(s); err != nil {
		return err
	}
	b.set(s)
	if context {
		b.context = append(b.context, s.Path[len(s.Path)-1])
	}
	return nil
}

// defaults is what a line does that says the default: the value that was there
// goes.
func (b *box) defaults(s Statement) bool {
	line := s.Path[len(s.Path)-1]
	rule, _, ok := lineRuleOf(b.platform, line)
	if !ok || rule.remove != line {
		return false
	}
	if i := b.inPlaceOf(s); i >= 0 {
		b.have = slices.Delete(b.have, i, i+1)
	}
	return true
}

// statement makes a command in the open context a statement.
func (b *box) statement(line string) Statement {
	s := Statement{}
	if from, to := placeholderIn(line); to > from {
		value := line[from:to]
		s.Secret = NewSecret(Reference, value)
		if value == KeptMark {
			s.Secret = NewSecret(Hashed, value)
		}
		line = line[:from] + SecretMark + line[to:]
	}
	s.Path = append(slices.Clone(b.context), line)
	return s
}

// placeholderIn finds the placeholder of a secret in a command.
func placeholderIn(line string) (from, to int) {
	for _, scheme := range []string{"<env:", "<file:", "<exec:", KeptMark} {
		if from := strings.Index(line, scheme); from >= 0 {
			if end := strings.IndexByte(line[from:], '>'); end >= 0 {
				return from, from + end + 1
			}
		}
	}
	return 0, 0
}

// refuses is the error with which the router answers a line that it does not take
// beside what it has.
func (b *box) refuses(s Statement) error {
	line := s.Path[len(s.Path)-1]
	rule, _, _ := lineRuleOf(b.platform, line)
	if rule.first {
		if i := b.inPlaceOf(s); i >= 0 && b.have[i].Path[len(s.Path)-1] != line && !addsUp(b.have[i], s) {
			return fmt.Errorf("%q has to go first", b.have[i].Path[len(s.Path)-1])
		}
	}
	e, numbered := entryOf(b.platform, s)
	if !numbered {
		return nil
	}
	for _, t := range b.have {
		if !strings.HasPrefix(t.Path[0], e.list) {
			continue
		}
		if o, ok := entryOf(b.platform, t); ok && o.list == e.list && o != e && (o.number == e.number || o.body == e.body) {
			return fmt.Errorf("the list has %q", t.Path[0])
		}
	}
	return nil
}

// inPlaceOf returns where the statement stands that has the place of s; -1: none.
func (b *box) inPlaceOf(s Statement) int {
	line := s.Path[len(s.Path)-1]
	slot := slotOf(b.platform, line)
	first, _, _ := strings.Cut(line, " ")
	return slices.IndexFunc(b.have, func(t Statement) bool {
		there := t.Path[len(t.Path)-1]
		return strings.HasPrefix(there, first) && sibling(t.Path, s.Path) && (there == line || slotOf(b.platform, there) == slot)
	})
}

// sibling reports whether two lines stand in the same context.
func sibling(a, b []string) bool { return len(a) == len(b) && slices.Equal(a[:len(a)-1], b[:len(b)-1]) }

// set puts a statement into the place of the one with its slot, or at the end.
func (b *box) set(s Statement) {
	line := s.Path[len(s.Path)-1]
	old := b.inPlaceOf(s)
	if old < 0 {
		b.have = append(b.have, s)
	} else {
		b.rename(b.have[old].Path, s.Path)
		b.have[old] = s
	}
	if b.platform == IOSXE && strings.HasPrefix(line, "vrf forwarding ") {
		b.dropAddresses(s.Path[:len(s.Path)-1])
	}
}

// rename gives the lines of a context whose line has another value now its new
// name.
func (b *box) rename(from, to []string) {
	if slices.Equal(from, to) {
		return
	}
	for i, t := range b.have {
		if len(t.Path) > len(from) && slices.Equal(t.Path[:len(from)], from) {
			b.have[i].Path = slices.Concat(to, t.Path[len(from):])
		}
	}
}

// dropAddresses is what IOS-XE does to a subinterface whose VRF changes.
func (b *box) dropAddresses(context []string) {
	b.forget(func(t Statement) bool {
		_, address := addressOf(b.platform, t)
		return address && slices.Equal(t.Path[:len(t.Path)-1], context)
	})
}

// forget drops statements and reports whether there were any.
func (b *box) forget(which func(Statement) bool) bool {
	before := len(b.have)
	b.have = slices.DeleteFunc(b.have, which)
	return len(b.have) < before
}

// negate is what no does.
func (b *box) negate(line, gone string) error {
	words := strings.Fields(gone)
	switch {
	case words[0] == "neighbor" && (len(words) == 2 || words[2] == "remote-as"):
		return b.dropNeighbor(words[1])
	case words[0] == "route-map" && len(words) == 2, len(words) == 3 && words[1] == "prefix-list":
		if !b.forget(func(t Statement) bool { return strings.HasPrefix(t.Path[0], gone+" ") }) {
			return errors.New("there is none")
		}
		return nil
	}
	depth := len(b.context)
	i := slices.IndexFunc(b.have, func(t Statement) bool {
		return len(t.Path) == depth+1 && slices.Equal(t.Path[:depth], b.context) && b.removes(line, words[0], t)
	})
	switch {
	case i >= 0:
		path := b.have[i].Path
		b.forget(func(t Statement) bool { return len(t.Path) >= len(path) && slices.Equal(t.Path[:len(path)], path) })
		if last := path[depth]; b.platform == FRR && strings.HasSuffix(last, " bfd") {
			b.forget(func(t Statement) bool {
				return sibling(t.Path, path) && strings.HasPrefix(t.Path[depth], last+" ")
			})
		}
		b.vanish([][]string{path})
		if b.platform == IOSXE && strings.HasPrefix(gone, "vrf forwarding ") {
			b.dropAddresses(b.context)
		}
		return nil
	case b.negative(line):
		b.set(b.statement(line))
		return nil
	}
	return errors.New("there is nothing to take away")
}

// negative reports whether a configuration may hold a line that begins with no: one
// that is rendered, or any on an interface (no cdp enable).
func (b *box) negative(line string) bool {
	return slices.Contains(iosxeNegatives, line) || slices.Contains(frrNegatives, line) || len(b.context) > 0 && strings.HasPrefix(b.context[0], "interface ")
}

// removes reports whether a line takes a statement away.
func (b *box) removes(line, first string, t Statement) bool {
	there := t.Path[len(t.Path)-1]
	if !strings.HasPrefix(there, first) && !strings.HasPrefix(there, "no ") {
		return false
	}
	if t.Secret.form != NoSecret {
		line = b.statement(line).Path[len(b.context)]
	}
	return removal(b.platform, there) == line
}

// dropNeighbor is what no neighbor does: the neighbor goes from every address
// family of the instance.
func (b *box) dropNeighbor(name string) error {
	vrf := ""
	for _, c := range b.context {
		vrf = max(vrf, vrfOf(strings.Fields(c)))
	}
	o := Object{Neighbor, within(vrf, name)}
	var gone [][]string
	for _, t := range b.have {
		if t.Object(b.platform) == o {
			gone = append(gone, t.Path)
		}
	}
	if len(gone) == 0 {
		return errors.New("there is no such neighbor")
	}
	b.forget(func(t Statement) bool { return t.Object(b.platform) == o })
	b.vanish(gone)
	return nil
}

// vanish drops the contexts of paths that FRR does not print without lines.
func (b *box) vanish(paths [][]string) {
	if b.platform != FRR {
		return
	}
	contexts := make(map[string]bool)
	for _, path := range paths {
		around(Statement{Path: path}, func(key string) { contexts[key] = true })
	}
	below := make(map[string]int)
	for _, s := range b.have {
		around(s, func(key string) { below[key]++ })
	}
	b.forget(func(s Statement) bool { return contexts[s.Key()] && vanishes(s) && below[s.Key()] == 0 })
}
