package pathtable

import (
	"fmt"

	"github.com/ercfg/ercfg/internal/diag"
)

// Head says where a prediction comes from. It holds no date: the same intent
// gives the same document.
type Head struct {
	File     string    // of the intent, as its user wrote it
	Tool     string    // "ercfg v1.2.3"
	Findings diag.List // about the intent; notes among them are not shown
}

// origin is the sentence below the title.
func (h *Head) origin() string { return fmt.Sprintf("Predicted from %s by %s.", h.File, h.Tool) }

// weighty are the findings that an approver has to know.
func (h *Head) weighty() diag.List {
	var out diag.List
	for _, d := range h.Findings {
		if d.Severity != diag.Info {
			out = append(out, d)
		}
	}
	return out
}

// The titles of the parts of a document, the same in Markdown and HTML.
const (
	titleFindings = "Findings"
	titleWhy      = "Why"
	titleLegend   = "Legend"
	noFindings    = "No errors and no warnings."
)
