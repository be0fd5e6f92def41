package confdiff

import (
	"strings"
	"sync"
)

// A lineRule says how IOS-XE or FRR treats a line: which of its words are a
// value that a second such line replaces, and what takes the line away. A line
// without a rule stands beside any other, and no before it takes it away.
type lineRule struct {
	// pattern is the line: a word, * for a word that names what is set (a neighbor, a
	// list), _ for a word of the value, and … for the rest, which is value, too, and
	// may be empty.
	pattern string
	// remove is the line to type, with * filled in their order; empty: no before the
	// whole line.
	remove string
	// first says that the line that is there has to go before another can be
	// taken: the router refuses it, or adds the two up.
	first  bool
	source string // the vendor's page, or the release that it was seen on
}

// match compares a line with the pattern. It returns the words that name what is
// set, values left out.
func (r lineRule) match(words []string) (names []string, ok bool) {
	i := 0
	for p := range strings.FieldsSeq(r.pattern) {
		switch {
		case p == "…":
			return names, true
		case i == len(words):
			return nil, false
		case p == "_":
		case p == "*" || p == words[i]:
			names = append(names, words[i])
		default:
			return nil, false
		}
		i++
	}
	return names, i == len(words)
}

// lineRules are the rules by platform and first word.
var lineRules = sync.OnceValue(func() map[string]map[string][]lineRule {
	out := make(map[string]map[string][]lineRule)
	for platform, rules := range map[string][]lineRule{IOSXE: iosxeLineRules, FRR: frrLineRules} {
		out[platform] = make(map[string][]lineRule)
		for _, r := range rules {
			first, _, _ := strings.Cut(r.pattern, " ")
			out[platform][first] = append(out[platform][first], r)
		}
	}
	return out
})

// lineRuleOf returns the rule of a line, and the words that name what it sets.
func lineRuleOf(platform string, line string) (lineRule, []string, bool) {
	first, _, _ := strings.Cut(line, " ")
	rules := lineRules()[platform][first]
	if len(rules) == 0 {
		return lineRule{}, nil, false
	}
	words := strings.Fields(line)
	for _, r := range rules {
		if names, ok := r.match(words); ok {
			return r, names, true
		}
	}
	return lineRule{}, nil, false
}

// slotOf names what a line sets, without its value: of two lines with the same
// slot in the same context the router keeps one.
func slotOf(platform, line string) string {
	if _, names, ok := lineRuleOf(platform, line); ok {
		return "\x00" + strings.Join(names, " ") // no line begins so
	}
	return line
}

// slotKey is the statement's Key with slots for its lines. On Junos, where
// values are words, it is the Key.
func slotKey(platform string, s Statement) string {
	if platform == Junos {
		return s.Key()
	}
	slots := make([]string, len(s.Path))
	for i, line := range s.Path {
		slots[i] = slotOf(platform, line)
	}
	return strings.Join(slots, "\n")
}

// removal is the line that takes a line away in its context.
func removal(platform, line string) string {
	r, names, ok := lineRuleOf(platform, line)
	switch {
	case ok && r.remove != "":
		return r.fill(names)
	case strings.HasPrefix(line, "no "):
		return strings.TrimPrefix(line, "no ")
	}
	return "no " + line
}

// fill writes the removing line with the words that the pattern's * stood for.
func (r lineRule) fill(names []string) string {
	var stars []string
	i := 0
	for p := range strings.FieldsSeq(r.pattern) {
		switch p {
		case "_", "…":
			continue
		case "*":
			stars = append(stars, names[i])
		}
		i++
	}
	out := strings.Fields(r.remove)
	for k, w := range out {
		if w == "*" {
			out[k], stars = stars[0], stars[1:]
		}
	}
	return strings.Join(out, " ")
}

// opensContext reports whether a line at a depth of contexts has lines below it,
// even where there are none: mka policy NAME defines one outside of all contexts,
// and uses it on an interface.
func opensContext(depth int, line string) bool {
	words := strings.Fields(line)
	if depth > 0 {
		switch words[0] {
		case "address-family", "class", "key", "peer", "profile":
			return true
		}
		return false
	}
	switch n := len(words); words[0] {
	case "interface", "class-map", "policy-map", "sampler":
		return true
	case "bfd":
		return n == 1
	case "route-map":
		return n == 4
	case "vrf":
		return n == 2 || words[1] == "definition"
	case "router", "key", "mka", "flow":
		return n > 2
	case "crypto":
		return n > 3
	}
	return false
}
