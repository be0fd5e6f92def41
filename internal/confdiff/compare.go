package confdiff

import (
	"slices"
	"strings"
)

// A Difference is one object that a router does not have as it was rendered.
type Difference struct {
	Object Object
	// Missing are statements that were rendered and are not there, in the order of
	// the rendering; Extra those that are there and were not rendered, in the order
	// of the box.
	Missing []Statement
	Extra   []Statement
	// Unknown are statements whose secrets cannot be compared: equal or not, nobody
	// can tell here.
	Unknown []Statement
	// Order says that the statements are the same and that their order, which means
	// something, is not (terms of a Junos policy statement).
	Order bool
}

// Compare says what have, which a router prints, lacks and has too much against
// want, which was rendered for it, object by object. Intent is the name that
// begins the names of objects: what bears it and was not rendered any more is left
// over from an earlier rendering. Of what others share with us (the BGP process, a
// loopback) only statements that were rendered are compared, and what nobody
// rendered and does not bear the name is not ours. Differences are sorted by the
// order of want, then of have.
func Compare(want, have Config, intent string) []Difference {
	c := comparison{platform: want.Platform, prefix: strings.ToUpper(intent) + "-", want: sort(want), have: sort(have)}
	var out []Difference
	for _, o := range slices.Concat(c.want.objects, c.leftOver()) {
		d := Difference{Object: o}
		c.missing(&d)
		c.extra(&d)
		d.Order = len(d.Missing)+len(d.Extra) == 0 && !slices.Equal(terms(c.want.of[o]), terms(c.have.of[o]))
		if len(d.Missing)+len(d.Extra)+len(d.Unknown) > 0 || d.Order {
			out = append(out, d)
		}
	}
	return out
}

type comparison struct {
	platform   string
	prefix     string
	want, have sorted
}

// A sorted is a configuration by object.
type sorted struct {
	platform string
	by       map[string]Statement // by key
	of       map[Object][]Statement
	objects  []Object // in their order
}

// sort puts what can be ours of a configuration under its objects.
func sort(c Config) sorted {
	out := sorted{platform: c.Platform, by: make(map[string]Statement, len(c.Statements)), of: make(map[Object][]Statement)}
	for _, s := range c.Statements {
		if s.Opaque {
			continue
		}
		o := s.Object(c.Platform)
		if out.of[o] == nil {
			out.objects = append(out.objects, o)
		}
		out.by[s.Key()], out.of[o] = s, append(out.of[o], s)
	}
	return out
}

// missing notes what an object lacks.
func (c *comparison) missing(d *Difference) {
	for _, s := range c.want.of[d.Object] {
		there, found := c.have.by[s.Key()]
		switch {
		case !found || there.Inactive != s.Inactive:
			d.Missing = append(d.Missing, s)
		case s.Secret.Compare(there.Secret) == Different:
			d.Missing, d.Extra = append(d.Missing, s), append(d.Extra, there)
		case s.Secret.Compare(there.Secret) == Unknown:
			d.Unknown = append(d.Unknown, there)
		}
	}
}

// extra notes what an object has too much. In a shared one that is only what a
// missing statement takes the place of.
func (c *comparison) extra(d *Difference) {
	shared := d.Object.shared(c.platform)
	for _, s := range c.have.of[d.Object] {
		rendered, found := c.want.by[s.Key()]
		if found && rendered.Inactive != s.Inactive || !found && (!shared || c.replaced(d, s)) {
			d.Extra = append(d.Extra, s)
		}
	}
}

// replaced reports whether a missing statement sets the value that s has set: it
// differs from it in its last word only. Router IDs and addresses of a loopback are
// the LAN's own and stay.
func (c *comparison) replaced(d *Difference, s Statement) bool {
	if d.Object.Kind != BGP {
		return false
	}
	stem := stemOf(c.platform, s)
	return stem != "" && !strings.Contains(stem, "router-id") && slices.ContainsFunc(d.Missing, func(m Statement) bool { return stemOf(c.platform, m) == stem })
}

// stemOf is a statement without its last word.
func stemOf(platform string, s Statement) string {
	words := strings.Fields(strings.Join(s.Path, " "))
	if len(words) < 2 {
		return ""
	}
	return strings.Join(words[:len(words)-1], " ")
}

// leftOver lists the objects of have that were not rendered and are ours: they
// bear the intent's name, or refer to something that does.
func (c *comparison) leftOver() []Object {
	var out []Object
	for _, o := range c.have.objects {
		if c.want.of[o] == nil && !o.shared(c.platform) && slices.ContainsFunc(c.have.of[o], func(s Statement) bool { return c.bears(o, s) }) {
			out = append(out, o)
		}
	}
	return out
}

// bears reports whether an object's name, or a word of one of its statements, is
// one of the intent's.
func (c *comparison) bears(o Object, s Statement) bool {
	if strings.HasPrefix(o.Name, c.prefix) {
		return true
	}
	if o.Kind == PrefixList || o.Kind == RouteMap || o.Kind == CommunityList {
		return false // another's list may name ours, and stays another's
	}
	for _, part := range s.Path {
		for word := range strings.FieldsSeq(part) {
			if strings.HasPrefix(word, c.prefix) {
				return true
			}
		}
	}
	return false
}

// terms lists the terms of a Junos policy statement in their order. Elsewhere
// numbers order what has an order.
func terms(statements []Statement) []string {
	var out []string
	for _, s := range statements {
		if len(s.Path) > 4 && s.Path[1] == "policy-statement" && s.Path[3] == "term" && !slices.Contains(out, s.Path[4]) {
			out = append(out, s.Path[4])
		}
	}
	return out
}
