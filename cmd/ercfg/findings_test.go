package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ercfg/ercfg/internal/diag"
)

func TestPrintFinding(t *testing.T) {
	t.Parallel()
	d := diag.Diagnostic{Code: "ER042", Pos: diag.Pos{File: "a: error: b.yaml", Line: 5, Column: 33}, Summary: "an error: VLAN 100 is used twice", Hint: "error: none"}
	note := d
	note.Severity = diag.Info
	tests := []struct {
		name string
		app  app
		in   diag.Diagnostic
		want string
	}{
		{"plain", app{}, d, "a: error: b.yaml:5:33: error: an error: VLAN 100 is used twice [ER042]\n  hint: error: none\n"},
		{"only the severity has colour", app{colour: true}, d, "a: error: b.yaml:5:33: \x1b[1;31merror\x1b[0m: an error: VLAN 100 is used twice [ER042]\n  hint: error: none\n"},
		{"a note is left out", app{colour: true}, note, ""},
		{"a note on request", app{colour: true, verbose: true}, note, "a: error: b.yaml:5:33: \x1b[1;36minfo\x1b[0m: an error: VLAN 100 is used twice [ER042]\n  hint: error: none\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var b strings.Builder
			if err := tt.app.printFinding(&b, tt.in); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, b.String()); diff != "" {
				t.Errorf("text (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSummary(t *testing.T) {
	t.Parallel()
	of := func(severities ...diag.Severity) diag.List {
		var l diag.List
		for _, s := range severities {
			l = append(l, diag.Diagnostic{Severity: s})
		}
		return l
	}
	tests := []struct {
		name    string
		list    diag.List
		verbose bool
		want    string
	}{
		{"nothing", nil, false, "no findings"},
		{"one of each", of(diag.Error, diag.Warning, diag.Info), true, "1 error, 1 warning, 1 note"},
		{"several", of(diag.Error, diag.Error, diag.Warning), false, "2 errors, 1 warning"},
		{"notes are no findings, and not hidden", of(diag.Info, diag.Info), false, "no findings, 2 notes (--verbose prints notes)"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := (&app{verbose: tt.verbose}).summary(tt.list); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
