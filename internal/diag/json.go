package diag

import (
	"encoding/json"
	"io"
)

// The JSON form is published as schema/findings.schema.json; a test compares
// the two.
type (
	jsonReport struct {
		Schema   string        `json:"$schema"`
		Errors   int           `json:"errors"`
		Warnings int           `json:"warnings"`
		Findings []jsonFinding `json:"findings"`
	}
	jsonFinding struct {
		Code     Code      `json:"code"`
		Severity string    `json:"severity"`
		Place    jsonPos   `json:"place"`
		Path     string    `json:"path,omitempty"`
		Summary  string    `json:"summary"`
		Hint     string    `json:"hint,omitempty"`
		Related  []jsonPos `json:"related,omitempty"`
	}
	jsonPos struct {
		File   string `json:"file"`
		Line   int    `json:"line"`
		Column int    `json:"column"`
	}
)

// SchemaID is the $id of the published schema of the JSON form.
const SchemaID = "https://github.com/ercfg/ercfg/schema/v1/findings.schema.json"

// WriteJSON writes the findings as one JSON document, Info included: a program
// filters for itself.
func (l List) WriteJSON(w io.Writer) error {
	r := jsonReport{Schema: SchemaID, Errors: l.Count(Error), Warnings: l.Count(Warning), Findings: []jsonFinding{}}
	for _, d := range l {
		f := jsonFinding{Code: d.Code, Severity: d.Severity.String(), Place: jsonPos(d.Pos), Path: d.Path, Summary: d.Summary, Hint: d.Hint}
		for _, p := range d.Related {
			f.Related = append(f.Related, jsonPos(p))
		}
		r.Findings = append(r.Findings, f)
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(r)
}
