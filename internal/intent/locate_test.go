package intent

import (
	"fmt"
	"testing"

	"github.com/ercfg/ercfg/internal/diag"
)

func TestLocate(t *testing.T) {
	t.Parallel()
	doc, _ := Parse([]File{{Name: "a.yaml", Data: []byte(`circuits:
  er.london: {private: {vlan: 150}}
  er: {private: {vlan: 151, md5: env:X}}
traffic:
  - {name: one, prefer: [er, er.london]}
  - prefer: [er]
`)}})
	tests := []struct {
		name string
		path string
		want string // line:column
	}{
		{"a scalar is where its value is", "circuits.er.private.vlan", "3:24"},
		{"a mapping is where its key is", "circuits.er.private", "3:8"},
		{"a name may hold a dot", "circuits.er.london.private.vlan", "2:31"},
		{"an item goes by its name", "traffic.one.name", "5:12"},
		{"an item without a name goes by its number", "traffic.1.prefer.0", "6:14"},
		{"an item of a list goes by its number", "traffic.one.prefer.1", "5:30"},
		{"what is not written is where the nearest value above it is", "circuits.er.private.timers.hold", "3:8"},
		{"below a scalar there is nothing", "circuits.er.private.vlan.outer", "3:24"},
		{"a name is not a prefix of another", "circuits.e", "1:1"},
		{"nothing of the path is known", "vpns.a", "1:1"},
		{"the empty path is the document", "", "1:1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			pos := doc.Locate(tt.path)
			if got := fmt.Sprintf("%d:%d", pos.Line, pos.Column); got != tt.want {
				t.Errorf("Locate(%q) is %s, want %s", tt.path, got, tt.want)
			}
		})
	}
}

func TestPathAt(t *testing.T) {
	t.Parallel()
	doc, _ := Parse([]File{{Name: "a.yaml", Data: []byte("circuits:\n  er: {private: {vlan: 151}}\ntraffic: [{name: one, prefer: [er]}]\n")}})
	tests := []struct {
		name         string
		line, column int
		want         string
	}{
		{"a value", 2, 24, "circuits.er.private.vlan"},
		{"its key", 2, 18, "circuits.er.private.vlan"},
		{"a list item that is a mapping", 3, 11, "traffic.one"},
		{"a list item that is a scalar", 3, 32, "traffic.one.prefer.0"},
		{"no place of anything", 2, 5, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := doc.PathAt(diag.Pos{File: "a.yaml", Line: tt.line, Column: tt.column}); got != tt.want {
				t.Errorf("PathAt(%d:%d) is %q, want %q", tt.line, tt.column, got, tt.want)
			}
		})
	}
}
