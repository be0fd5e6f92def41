package confdiff

import (
	"slices"
	"strings"
	"sync"
)

// A junoser finds the commands of Junos.
type junoser struct {
	want, have Config
	comes      map[string]bool // slots of what is missing
	stays      map[string]int  // how many statements of want begin with words
	goes       map[string]int  // how many that go do
	holds      map[string]int  // how many of have do
	out        []string
	done       map[string]bool
}

// junosCommands returns the commands that bring have to want for these
// differences: what goes, what comes, the order of terms, and what is switched on
// or off. They take effect with one commit, so that their order makes no hole.
func junosCommands(want, have Config, differences []Difference) []string {
	j := &junoser{
		want: want, have: have, comes: make(map[string]bool), done: make(map[string]bool),
		stays: counted(want.Statements), holds: counted(have.Statements),
	}
	var goes []Statement
	for _, d := range differences {
		for _, s := range d.Missing {
			j.comes[junosSlot(s)] = true
		}
		goes = append(goes, d.Extra...)
	}
	j.goes = counted(goes)
	for _, s := range goes {
		j.remove(s)
	}
	for _, d := range differences {
		for _, s := range d.Missing {
			j.add(s)
		}
	}
	for _, d := range differences {
		j.order(d)
	}
	for _, d := range differences {
		for _, s := range d.Missing {
			j.switched(s)
		}
	}
	return j.out
}

// counted counts the statements that begin with words, by the words.
func counted(statements []Statement) map[string]int {
	out := make(map[string]int)
	for _, s := range statements {
		key := ""
		for _, w := range s.Path {
			key += w + "\n"
			out[key]++
		}
	}
	return out
}

// begin is the key of words in what counted returns.
func begin(words []string) string { return strings.Join(words, "\n") + "\n" }

func (j *junoser) say(verb string, words []string) {
	line := verb + " " + strings.Join(words, " ")
	if !j.done[line] {
		j.done[line] = true
		j.out = append(j.out, line)
	}
}

// remove deletes a statement: the largest hierarchy around it of which everything
// goes and to which nothing comes, so that no empty one is left.
func (j *junoser) remove(s Statement) {
	if j.comes[junosSlot(s)] || s.Inactive && j.stays[begin(s.Path)] > 0 {
		return // the set replaces it, or it is switched on
	}
	words := s.Path
	if n := junosLeaf(words); n > 0 && words[n] != "accept" && words[n] != "reject" {
		words = words[:n]
	}
	best := words
	for n := len(words) - 1; n >= junosObjectLength(s.Path); n-- {
		if key := begin(words[:n]); j.goes[key] != j.holds[key] || j.stays[key] > 0 {
			break
		}
		if !junosNames(words[:n]) {
			best = words[:n]
		}
	}
	j.say("delete", best)
}

// junosNames reports whether a name follows words: a delete gives it.
func junosNames(words []string) bool {
	rule := junosRules()
	for _, w := range words {
		_, rule = rule.step(w)
	}
	return rule != nil && rule.exactly("*") != nil
}

// junosRules is the grammar of what ercfg renders, made once.
var junosRules = sync.OnceValue(junosGrammar)

// add sets a statement, unless it is there and only switched off or on.
func (j *junoser) add(s Statement) {
	there := slices.ContainsFunc(j.have.Statements, func(h Statement) bool { return h.Key() == s.Key() && h.Secret.Compare(s.Secret) != Different })
	if there || s.Inactive && j.stays[begin(s.Path)] > 1 { // which is there with what it holds
		return
	}
	j.say("set", junosTyped(s))
}

// junosTyped are the words of a statement with a placeholder for its secret.
func junosTyped(s Statement) []string {
	words := slices.Clone(s.Path)
	if i := slices.Index(words, SecretMark); i >= 0 {
		words[i] = `"` + placeholder(s.Secret) + `"`
	}
	return words
}

// order puts the terms of a policy statement, and the policies of a chain, into
// their order: what was set anew stands at the end.
func (j *junoser) order(d Difference) {
	if d.Object.Kind == RouteMap && (d.Order || len(d.Missing) > 0) {
		list := func(c Config) []string { return terms(of(c, d.Object)) }
		path := []string{"policy-options", "policy-statement", d.Object.Name, "term"}
		j.arrange(path, list(j.want), list(j.have), true)
	}
	done := make(map[string]bool)
	for _, s := range d.Missing {
		n := len(s.Path) - 1
		if n < 1 || !slices.Contains(junosChains, s.Path[n-1]) || done[begin(s.Path[:n])] {
			continue
		}
		done[begin(s.Path[:n])] = true
		list := func(c Config) []string {
			var out []string
			for _, t := range of(c, d.Object) {
				if len(t.Path) == n+1 && slices.Equal(t.Path[:n], s.Path[:n]) {
					out = append(out, t.Path[n])
				}
			}
			return out
		}
		j.arrange(s.Path[:n], list(j.want), list(j.have), false)
	}
}

// junosChains are the statements whose values are evaluated in their order.
var junosChains = []string{"import", "export", "vrf-import", "vrf-export"}

// of lists the statements of an object.
func of(c Config, o Object) []Statement {
	var out []Statement
	for _, s := range c.Statements {
		if s.Object(Junos) == o {
			out = append(out, s)
		}
	}
	return out
}

// arrange inserts what does not stand where it is wanted below path, whose last word
// is named again where it is a hierarchy's.
func (j *junoser) arrange(path, want, have []string, named bool) {
	var now []string // after the deletes and sets
	for _, t := range have {
		if slices.Contains(want, t) {
			now = append(now, t)
		}
	}
	for _, t := range want {
		if !slices.Contains(now, t) {
			now = append(now, t)
		}
	}
	for i, t := range want {
		if now[i] == t {
			continue
		}
		words := append(slices.Clone(path), t, "before")
		if named {
			words = append(words, path[len(path)-1])
		}
		j.say("insert", append(words, now[i]))
		now = slices.Insert(slices.DeleteFunc(now, func(n string) bool { return n == t }), i, t)
	}
}

// switched switches a statement on or off, by the hierarchy that is switched.
func (j *junoser) switched(s Statement) {
	from, verb := j.want, "deactivate"
	if !s.Inactive {
		from, verb = j.have, "activate"
	}
	for n := 1; n <= len(s.Path); n++ {
		i := slices.IndexFunc(from.Statements, func(t Statement) bool { return t.Inactive && slices.Equal(t.Path, s.Path[:n]) })
		if i >= 0 {
			j.say(verb, s.Path[:n])
			return
		}
	}
}
