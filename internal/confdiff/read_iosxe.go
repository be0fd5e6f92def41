package confdiff

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// iosxeDepth bounds the nesting. IOS-XE itself prints six levels at most; what
// is indented deeper stands in the last context that is kept.
const iosxeDepth = 16

// An iosxeContext is an open context: its line, how far it is indented and what
// may stand in it.
type iosxeContext struct {
	indent int
	mode   string // of the grammar; empty: of others
	family bool   // an address family that has not ended in words
}

// An iosxeReader reads a text line by line.
type iosxeReader struct {
	out    []Statement
	path   []string // of the open contexts, outermost first
	open   []iosxeContext
	words  iosxeLine
	arena  []string // backing of the paths
	opaque iosxeOpaque
	header bool // the text says how long it is
	ended  bool // end was read
}

// readIOSXE reads what show running-config prints, and what ercfg renders for
// it.
func readIOSXE(text []byte) (Config, error) {
	switch {
	case bytes.HasPrefix(text, []byte("\xff\xfe")), bytes.HasPrefix(text, []byte("\xfe\xff")):
		return Config{}, errors.New("the text is UTF-16: save it as UTF-8")
	case bytes.IndexByte(text, 0) >= 0:
		return Config{}, errors.New("the text has zero bytes: it is no configuration")
	}
	all := strings.TrimPrefix(string(text), "\ufeff")
	if !strings.Contains(all, "\n") {
		all = strings.ReplaceAll(all, "\r", "\n")
	}
	r := &iosxeReader{out: make([]Statement, 0, strings.Count(all, "\n")+1)}
	number := 0
	for line := range strings.Lines(all) {
		number++
		if err := r.line(number, iosxeClean(line)); err != nil {
			return Config{}, fmt.Errorf("line %d: %w", number, err)
		}
		if r.ended {
			break // IOS-XE itself reads no further
		}
	}
	return r.finish()
}

// finish refuses a text that stops too early: what it lacks would look like
// what the router lacks.
func (r *iosxeReader) finish() (Config, error) {
	switch {
	case r.opaque.kind != iosxeNoOpaque && r.opaque.kind != iosxeHex:
		return Config{}, fmt.Errorf("line %d: what begins here has no end", r.opaque.from)
	case r.header && !r.ended:
		return Config{}, errors.New("the text stops before the configuration's end")
	case len(r.out) == 0:
		return Config{}, errors.New("the text holds no configuration")
	case !slices.ContainsFunc(r.out, iosxeKnown):
		return Config{}, errors.New("the text holds no configuration: no line of it is a command of IOS-XE")
	}
	return Config{Platform: IOSXE, Statements: r.out}, nil
}

// iosxeKnown reports whether a line stands in a context, or is one that IOS-XE has
// outside of all contexts and hardly anything else.
func iosxeKnown(s Statement) bool {
	if len(s.Path) > 1 {
		return true
	}
	word, _, more := strings.Cut(strings.TrimPrefix(s.Path[0], "no "), " ")
	switch word {
	case "interface", "router", "hostname", "version", "ip", "ipv6", "route-map", "vrf", "crypto", "line", "aaa", "username", "service", "key", "mka",
		"policy-map", "class-map", "flow", "snmp-server", "logging", "ntp", "banner", "enable", "clock", "boot", "spanning-tree", "vlan", "access-list", "redundancy", "license", "snmp", "sampler", "bfd", "track", "archive", "controller", "template", "lldp", "cdp", "platform", "tacacs", "radius", "dot11", "l2vpn", "mpls", "multilink", "object-group":
		return more || word == "redundancy" || s.Opaque
	}
	return false
}

// line reads one line, cleaned of what a terminal adds.
func (r *iosxeReader) line(number int, line string) error {
	if r.opaque.kind != iosxeNoOpaque && r.opaque.holds(line) {
		return nil
	}
	indent, text := iosxeIndent(line)
	if text == "" || text[0] == '!' {
		if strings.HasPrefix(text, "!! IOS XR") {
			return errors.New("this is a configuration of IOS XR")
		}
		return nil
	}
	if indent == 0 {
		switch {
		case text == "end":
			r.ended = true
			return nil
		case strings.HasPrefix(text, "version "):
			r.header = true // a router prints it first, and end last
		case iosxeNoise(text):
			r.header = r.header || strings.HasPrefix(text, "Current configuration")
			return nil
		}
		if err := iosxeForeign(text, len(r.out) > 0); err != nil {
			return err
		}
	}
	if text == "exit" || text == "quit" || strings.HasPrefix(text, "exit-") {
		r.close(indent)
		return nil
	}
	r.leave(indent, text)
	r.statement(number, indent, text)
	return nil
}

// iosxeIndent measures the indentation, a tab as up to eight blanks.
func iosxeIndent(line string) (int, string) {
	n, i := 0, 0
	for ; i < len(line); i++ {
		switch line[i] {
		case ' ':
			n++
		case '\t':
			n += 8 - n%8
		default:
			return n, strings.TrimRight(line[i:], " \t")
		}
	}
	return 0, ""
}

// iosxeForeign refuses an unindented line of another system, and one that never
// stands outside a context: where the indentation is lost, nothing says what
// belongs to what.
func iosxeForeign(text string, begun bool) error {
	word, _, _ := strings.Cut(text, " ")
	switch word {
	case "set", "delete", "deactivate":
		if !begun {
			return errors.New("set commands: this is no configuration of IOS-XE")
		}
		return fmt.Errorf("%s stands in no context: the indentation is lost", word)
	case "neighbor", "encapsulation", "match", "address-family":
		return fmt.Errorf("%s stands in no context: the indentation is lost", word)
	}
	switch {
	case strings.HasSuffix(text, "{") && word != "macro", text == "}":
		return errors.New("braces: this is no configuration of IOS-XE")
	case strings.HasPrefix(text, "frr version ") || strings.HasPrefix(text, "frr defaults "):
		return errors.New("this is a configuration of FRR")
	case text[0] == '<' || text[0] == '{':
		return errors.New("markup: this is no configuration of IOS-XE")
	}
	return nil
}

// close takes note that an address family is at its end, in whatever words. The
// rest is said by the next line's indentation.
func (r *iosxeReader) close(indent int) {
	for i := len(r.open) - 1; i >= 0; i-- {
		if r.open[i].family && r.open[i].indent <= indent {
			r.open[i].family = false
			return
		}
	}
}

// leave ends the contexts that a line with this indentation does not stand in.
// Releases before 15 print an address family and its lines with the same one.
func (r *iosxeReader) leave(indent int, text string) {
	n := len(r.open)
	for n > 0 && r.open[n-1].indent >= indent {
		c := r.open[n-1]
		if c.family && c.indent == indent && indent > 0 && !strings.HasPrefix(text, "address-family") {
			break
		}
		n--
	}
	r.keep(min(n, iosxeDepth-1))
}

// keep leaves the n outermost contexts open.
func (r *iosxeReader) keep(n int) { r.open, r.path = r.open[:n], r.path[:n] }

// statement takes a line into the configuration and opens it as a context.
func (r *iosxeReader) statement(number, indent int, text string) {
	mode, parent := iosxeTop, ""
	if n := len(r.open); n > 0 {
		mode, parent = r.open[n-1].mode, r.path[n-1]
	}
	s := Statement{Number: number}
	if opaque, first := iosxeOpens(text, parent, number); opaque.kind != iosxeNoOpaque || first != "" {
		r.opaque = opaque
		s.Opaque, s.Path = true, r.pathTo(first)
		r.out = append(r.out, s)
		return
	}
	canonical, inside := r.words.canonical(mode, text)
	canonical, s.Secret = iosxeSecret(canonical, parent)
	r.path = append(r.path, canonical)
	r.open = append(r.open, iosxeContext{indent, inside, strings.HasPrefix(canonical, "address-family")})
	if iosxeIsDefault(mode, canonical) {
		return
	}
	for _, line := range iosxeApart(canonical) {
		r.path[len(r.path)-1] = line
		s.Path = r.pathTo("")
		r.out = append(r.out, s)
	}
}

// iosxeApart is a line as the lines that mean the same and say one thing each: both
// route targets, and lists of which a route map matches any.
func iosxeApart(line string) []string {
	if target, both := strings.CutPrefix(line, "route-target both "); both {
		return []string{"route-target export " + target, "route-target import " + target}
	}
	for _, begin := range []string{"match ip address prefix-list ", "match ipv6 address prefix-list ", "match community "} {
		names, found := strings.CutPrefix(line, begin)
		if !found || !strings.Contains(names, " ") || strings.HasSuffix(names, " exact-match") {
			continue
		}
		var out []string
		for name := range strings.FieldsSeq(names) {
			out = append(out, begin+name)
		}
		return out
	}
	return []string{line}
}

// pathTo copies the open contexts and, unless it is empty, one more line.
func (r *iosxeReader) pathTo(last string) []string {
	if cap(r.arena)-len(r.arena) < len(r.path)+1 {
		r.arena = make([]string, 0, 4096)
	}
	from := len(r.arena)
	r.arena = append(r.arena, r.path...)
	if last != "" {
		r.arena = append(r.arena, last)
	}
	return r.arena[from:len(r.arena):len(r.arena)]
}
