package plan

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ercfg/ercfg/internal/diag"
	"github.com/ercfg/ercfg/internal/intent"
)

// waivable are the errors that the fact sheet lets a waiver turn into a
// warning. Any warning can be waived.
var waivable = map[diag.Code]bool{"ER003": true}

// waive applies the intent's waivers: a waived warning becomes a note, a
// waived error a warning where the rule allows it. A waiver that has expired,
// or that no finding needs, is itself a finding.
func (f *facts) waive(doc *intent.Document) {
	if len(f.in.Waivers) == 0 {
		return // finding the path of every place is not free
	}
	diags := f.diags
	paths := make(map[diag.Pos]string, len(diags))
	for _, d := range diags {
		paths[d.Pos] = ""
	}
	doc.FillPaths(paths)
	today := f.env.Today.UTC().Truncate(24 * time.Hour)
	for i := range f.in.Waivers {
		w := &f.in.Waivers[i]
		f.line(w.Reason)
		until := f.date(w.Until)
		if until.V.IsZero() {
			continue // reported by the schema or by date
		}
		if until.V.Before(today) {
			f.fault(badWaiver, w.Until.Pos, fmt.Sprintf("the waiver of %s ended on %s", w.Rule.V, w.Until.V), "mend what it waived, or agree on a new date")
			continue
		}
		used := false
		for j := range diags {
			d := &diags[j]
			if string(d.Code) != w.Rule.V || !below(paths[d.Pos], w.Where.V) {
				continue
			}
			switch {
			case d.Severity == diag.Warning:
				d.Severity = diag.Info
			case d.Severity == diag.Error && waivable[d.Code]:
				d.Severity = diag.Warning
			case d.Severity == diag.Error:
				f.fault(badWaiver, w.Rule.Pos, fmt.Sprintf("%s is an error that no waiver covers", w.Rule.V), "mend it, and take the waiver away", d.Pos)
			}
			used = true
		}
		if !used && !f.unjudged(w) {
			f.idleWaiver(doc, w, paths, diags)
		}
	}
}

// unjudged reports whether a waiver is of a verdict on what would happen, which
// nobody was asked for: whether it is needed is not known then.
func (f *facts) unjudged(w *intent.Waiver) bool {
	return f.env.Judge == nil && slices.Contains(f.env.Verdicts, diag.Code(w.Rule.V))
}

// idleWaiver says why no finding needs the waiver: the rule or the place is
// not there at all, or the finding is gone.
func (f *facts) idleWaiver(doc *intent.Document, w *intent.Waiver, paths map[diag.Pos]string, diags diag.List) {
	if f.env.Rules != nil {
		if rules := f.env.Rules(); !slices.Contains(rules, w.Rule.V) {
			f.warn(badWaiver, w.Rule.Pos, fmt.Sprintf("no rule is called %s", w.Rule.V), cmp.Or(diag.DidYouMean(w.Rule.V, rules), "`ercfg explain` lists all"))
			return
		}
	}
	nearest := doc.PathAt(doc.Locate(w.Where.V))
	if nearest == w.Where.V {
		f.warn(badWaiver, w.Rule.Pos, fmt.Sprintf("no finding of %s at %s needs this waiver", w.Rule.V, w.Where.V), "take it away")
		return
	}
	var found []string // where the rule does speak
	seen := make(map[string]bool)
	for _, d := range diags {
		if path := paths[d.Pos]; string(d.Code) == w.Rule.V && path != "" && !seen[path] {
			seen[path] = true
			found = append(found, path)
		}
	}
	hint := diag.DidYouMean(w.Where.V, found)
	switch {
	case hint != "":
	case nearest != "" && below(w.Where.V, nearest):
		hint = fmt.Sprintf("the intent has %s, and not what follows", nearest)
	default:
		hint = "write a path such as circuits.NAME.private"
	}
	f.warn(badWaiver, w.Where.Pos, fmt.Sprintf("%s names nothing in the intent", w.Where.V), hint)
}

// below reports whether path is where or lies under it.
func below(path, where string) bool {
	rest, ok := strings.CutPrefix(path, where)
	return ok && (rest == "" || rest[0] == '.')
}
