package intent

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Files of a directory become one intent. Names unite, lists append, and what
// two files both say is named at both places.
func TestMerge(t *testing.T) {
	t.Parallel()
	const head = "apiVersion: ercfg/v1\nkind: Intent\nmetadata: {name: acme}\n"
	const ce = ": {platform: frr, asn: 65010, routerID: 10.0.0.1}"
	tests := []struct {
		name     string
		files    []string
		routers  []string
		findings string
		related  string
	}{
		{"names unite", []string{head + "routers:\n  ce1" + ce, "routers:\n  ce2" + ce}, []string{"ce1", "ce2"}, "", ""},
		{"every file may say what it is", []string{head + "routers: {ce1" + ce + "}", "apiVersion: ercfg/v1\nkind: Intent\nrouters: {ce2" + ce + "}"}, []string{"ce1", "ce2"}, "", ""},
		{"metadata unites", []string{head, "metadata: {owner: noc}\nrouters: {ce1" + ce + "}"}, []string{"ce1"}, "", ""},
		{"lists append", []string{head + "routers: {ce1" + ce + "}\ntraffic: [{name: a, onprem: [n], azure: [v], prefer: [p]}]", "traffic: [{name: b, onprem: [n], azure: [v], prefer: [p]}]"}, []string{"ce1"}, "", ""},
		{"a name in two files", []string{head + "routers:\n  ce1" + ce, "routers:\n  ce1" + ce}, []string{"ce1"}, `2:3 ER903 "ce1" is given in two files | keep one of them`, "a:5:3"},
		{"a value in two files", []string{head + "routers: {ce1" + ce + "}", "metadata: {name: other}"}, []string{"ce1"}, `1:12 ER903 "name" is given in two files | keep one of them`, "a:3:12"},
		{"a router in halves", []string{head + "routers: {ce1" + ce + "}", "routers: {ce1: {version: \"8.4\"}}"}, []string{"ce1"}, `1:11 ER903 "ce1" is given in two files | keep one of them`, "a:4:11"},
		{"two kinds of document", []string{head + "routers: {ce1" + ce + "}", "kind: Other"}, []string{"ce1"}, `1:1 ER903 "kind" is given in two files | keep one of them`, "a:2:1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var files []File
			for i, text := range tt.files {
				files = append(files, File{Name: string(rune('a' + i)), Data: []byte(text)})
			}
			doc, diags := Parse(files)
			if diff := cmp.Diff(tt.findings, lines(diags)); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
			var related []string
			for _, d := range diags {
				for _, p := range d.Related {
					related = append(related, p.String())
				}
			}
			if diff := cmp.Diff(tt.related, strings.Join(related, " ")); diff != "" {
				t.Errorf("related places (-want +got):\n%s", diff)
			}
			var routers []string
			for _, r := range doc.Intent.Routers {
				routers = append(routers, r.Name.V)
			}
			if diff := cmp.Diff(tt.routers, routers); diff != "" {
				t.Errorf("routers (-want +got):\n%s", diff)
			}
		})
	}
}
