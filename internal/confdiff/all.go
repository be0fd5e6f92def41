package confdiff

import "slices"

// all lists every difference of two configurations of one router, whoever a
// statement belongs to: what a change has done, so that it can be undone.
func all(want, have Config) []Difference {
	w, h := byKey(want), byKey(have)
	at := make(map[Object]int)
	var out []Difference
	of := func(s Statement) *Difference {
		o := s.Object(want.Platform)
		i, known := at[o]
		if !known {
			i = len(out)
			at[o], out = i, append(out, Difference{Object: o})
		}
		return &out[i]
	}
	same := func(a, b Statement) bool { return a.Inactive == b.Inactive && a.Secret.Compare(b.Secret) != Different }
	for _, s := range want.Statements {
		if there, found := h[s.Key()]; !found || !same(s, there) {
			d := of(s)
			d.Missing = append(d.Missing, s)
		}
	}
	for _, s := range have.Statements {
		if there, found := w[s.Key()]; !found || !same(s, there) {
			d := of(s)
			d.Extra = append(d.Extra, s)
		}
	}
	if want.Platform != Junos {
		return out
	}
	a, b := arranged(want), arranged(have)
	for _, o := range a.objects {
		if i, known := at[o]; !slices.Equal(terms(a.of[o]), terms(b.of[o])) && (!known || len(out[i].Missing)+len(out[i].Extra) == 0) {
			out = append(out, Difference{Object: o, Order: true})
		}
	}
	return out
}

func byKey(c Config) map[string]Statement {
	out := make(map[string]Statement, len(c.Statements))
	for _, s := range c.Statements {
		out[s.Key()] = s
	}
	return out
}
