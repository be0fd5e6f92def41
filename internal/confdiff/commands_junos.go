package confdiff

import (
	"slices"
	"strings"
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
	for n := len(words) - 1; n >= junosObjectLength(s.Path); n-- {
		if key := begin(words[:n]); j.goes[key] == j.holds[key] && j.stays[key] == 0 {
			words = words[:n]
		} else {
			break
		}
	}
	j.say("delete", words)
}

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

// order puts the terms of a policy statement into their order.
func (j *junoser) order(d Difference) {
	if d.Object.Kind != RouteMap || !d.Order && len(d.Missing) == 0 {
		return
	}
	of := func(c Config) []string {
		var mine []Statement
		for _, s := range c.Statements {
			if s.Object(Junos) == d.Object {
				mine = append(mine, s)
			}
		}
		return terms(mine)
	}
	want := of(j.want)
	var now []string // after the deletes and sets: a new term stands at the end
	for _, t := range of(j.have) {
		if slices.Contains(want, t) {
			now = append(now, t)
		}
	}
	for _, t := range want {
		if !slices.Contains(now, t) {
			now = append(now, t)
		}
	}
	policy := []string{"policy-options", "policy-statement", d.Object.Name}
	for i, t := range want {
		if now[i] != t {
			j.say("insert", append(slices.Clone(policy), "term", t, "before", "term", now[i]))
			now = slices.Insert(slices.DeleteFunc(now, func(n string) bool { return n == t }), i, t)
		}
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
