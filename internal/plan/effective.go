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
	return doc.Print(f.defaults), diags
}
