package plan

import (
	"github.com/ercfg/ercfg/internal/diag"
	"github.com/ercfg/ercfg/internal/intent"
)

// Effective returns the intent with every default in its place, as YAML, and
// behind each value where it comes from. Rendering the result gives the same
// configurations.
func Effective(doc *intent.Document, env Env) (string, diag.List) {
	f := newFacts(doc, env)
	f.explain = true
	f.gather()
	_, diags := f.resolve(doc)
	additions := make([]intent.Addition, len(f.defaults))
	for i, d := range f.defaults {
		additions[i] = intent.Addition{Path: d.Path, Value: d.Value, Reason: d.Reason, Comment: d.Derived}
	}
	return doc.Print(additions), diags
}
