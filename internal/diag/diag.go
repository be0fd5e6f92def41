// Package diag holds findings: what is wrong with an intent, where it stands,
// and what to write instead.
//
// In come facts from the packages that check; out go values, text for a person
// and JSON for a program. A finding is never an error: the world's failures
// are errors, the user's mistakes are findings. The package reads no file and
// knows no rule.
package diag

import (
	"cmp"
	"fmt"
	"slices"
)

// Pos is a place in a file. Line and Column count from 1; the zero Pos means
// that the value is not written anywhere (a default, a derived value).
type Pos struct {
	File   string
	Line   int
	Column int
}

// IsZero reports whether p names no place.
func (p Pos) IsZero() bool { return p == Pos{} }

// String returns file:line:column, the form that editors and terminals jump
// to. A Pos without a line is a whole file.
func (p Pos) String() string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
}

// Compare orders places by file, line and column.
func (p Pos) Compare(q Pos) int {
	return cmp.Or(cmp.Compare(p.File, q.File), cmp.Compare(p.Line, q.Line), cmp.Compare(p.Column, q.Column))
}

// Severity says whether a finding stops the program.
type Severity uint8

// The severities of the fact sheet. Only Error stops a verb; Info is printed
// on request.
const (
	Error Severity = iota
	Warning
	Info
)

// String returns "error", "warning" or "info".
func (s Severity) String() string {
	switch s {
	case Error:
		return "error"
	case Warning:
		return "warning"
	case Info:
		return "info"
	}
	panic(fmt.Sprintf("diag: no severity %d", uint8(s)))
}

// Code names a rule. ER001 to ER899 are the numbers of the ExpressRoute rules;
// ER900 and up are ercfg's own (YAML, schema, names, what a vendor cannot). A
// number is never reused.
type Code string

// Diagnostic is one finding.
type Diagnostic struct {
	Code     Code
	Severity Severity
	Pos      Pos    // of the offending scalar
	Path     string // of the offending scalar in the intent, such as circuits.er-london.private.vlan
	Summary  string // the fact, with the offending value
	Hint     string // what to write instead; may be empty
	Related  []Pos  // other places that take part
}

// List is a set of findings. It is no error: an empty List stored in an error
// would not be nil.
type List []Diagnostic

// HasErrors reports whether any finding stops the program.
func (l List) HasErrors() bool {
	return slices.ContainsFunc(l, func(d Diagnostic) bool { return d.Severity == Error })
}

// Count returns the number of findings of severity s.
func (l List) Count(s Severity) int {
	n := 0
	for _, d := range l {
		if d.Severity == s {
			n++
		}
	}
	return n
}

// Sorted returns the findings ordered by place, then severity, code and
// summary, each once.
func (l List) Sorted() List {
	out := slices.Clone(l)
	slices.SortStableFunc(out, func(a, b Diagnostic) int {
		return cmp.Or(a.Pos.Compare(b.Pos), cmp.Compare(a.Severity, b.Severity),
			cmp.Compare(a.Code, b.Code), cmp.Compare(a.Summary, b.Summary))
	})
	return slices.CompactFunc(out, func(a, b Diagnostic) bool {
		return a.Pos == b.Pos && a.Code == b.Code && a.Summary == b.Summary
	})
}
