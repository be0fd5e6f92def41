package emulator

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/ercfg/ercfg/internal/confdiff"
	"github.com/google/go-cmp/cmp"
)

// junosGoldens are the renderings of ercfg for Junos, with plain secrets in place of
// the references.
func junosGoldens(t *testing.T) map[string]string {
	t.Helper()
	paths, err := filepath.Glob("../../render/testdata/*/*.junos.set")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no goldens: %v", err)
	}
	out := make(map[string]string)
	reference := regexp.MustCompile(`<(?:env|file):([\w./-]+)>`)
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		out[filepath.Base(filepath.Dir(path))+"/"+filepath.Base(path)] = reference.ReplaceAllString(string(text), "$1")
	}
	return out
}

// junosDifferences is what confdiff finds between two texts: statements that only
// one has, secrets that differ, terms in another order.
func junosDifferences(t *testing.T, want, have string) string {
	t.Helper()
	read := func(text string) (confdiff.Config, map[string]bool) {
		config, err := confdiff.Read(confdiff.Junos, []byte(text))
		if err != nil {
			t.Fatalf("%v in:\n%s", err, text)
		}
		keys := make(map[string]bool)
		for _, s := range config.Statements {
			keys[s.Key()] = true
		}
		return config, keys
	}
	wanted, wantedKeys := read(want)
	had, hadKeys := read(have)
	out := cmp.Diff(wantedKeys, hadKeys)
	for _, d := range confdiff.Compare(wanted, had, "no-intent") {
		out += fmt.Sprintf("%v: missing %d, extra %d, unknown %d, order %v\n", d.Object, len(d.Missing), len(d.Extra), len(d.Unknown), d.Order)
	}
	return out
}

// TestJunosGoldens types every rendering into an empty tree, and reads it back as
// commands and in braces.
func TestJunosGoldens(t *testing.T) {
	t.Parallel()
	g := junosRules()
	for name, text := range junosGoldens(t) {
		root := &junosNode{}
		for line := range strings.Lines(text) {
			words, ok := junosSplit(strings.TrimSpace(line))
			if !ok {
				t.Fatalf("%s: %q", name, line)
			}
			if err := root.set(g, junosStored(junosTexts(words[1:]))); err != nil {
				t.Fatalf("%s: %q: %v", name, line, err)
			}
		}
		if d := junosDifferences(t, text, root.sets(g, "")); d != "" {
			t.Errorf("%s: set commands read back differ:\n%s", name, d)
		}
		if d := junosDifferences(t, text, root.braces(g)); d != "" {
			t.Errorf("%s: braces read back differ:\n%s\n%s", name, d, root.braces(g))
		}
		again, err := junosRead(g, root.braces(g))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if d := cmp.Diff(root.sets(g, ""), again.sets(g, "")); d != "" {
			t.Errorf("%s: braces read again differ:\n%s", name, d)
		}
	}
}

// TestJunosEdits shows what the commands make of a configuration.
func TestJunosEdits(t *testing.T) {
	t.Parallel()
	const policy = "policy-options policy-statement P "
	for name, test := range map[string]struct{ have, commands, want string }{
		"a value is replaced":       {"set protocols bgp group G hold-time 30", "set protocols bgp group G hold-time 15", "set protocols bgp group G hold-time 15"},
		"of several words too":      {"set interfaces xe-0/0/0 unit 1 vlan-tags outer 1 inner 2", "set interfaces xe-0/0/0 unit 1 vlan-tags outer 3 inner 4", "set interfaces xe-0/0/0 unit 1 vlan-tags outer 3 inner 4"},
		"a list accumulates":        {"set protocols bgp group G import A", "set protocols bgp group G import B", "set protocols bgp group G import A\nset protocols bgp group G import B"},
		"in brackets too":           {"", "set protocols bgp group G import [ A B ]", "set protocols bgp group G import A\nset protocols bgp group G import B"},
		"twice is once":             {"set protocols bgp group G import A", "set protocols bgp group G import A", "set protocols bgp group G import A"},
		"a choice":                  {"set " + policy + "then accept", "set " + policy + "then reject", "set " + policy + "then reject"},
		"a choice beside others":    {"set " + policy + "term 1 then local-preference 5\nset " + policy + "term 1 then accept", "set " + policy + "term 1 then reject", "set " + policy + "term 1 then local-preference 5\nset " + policy + "term 1 then reject"},
		"delete a value by name":    {"set protocols bgp group G hold-time 30\nset protocols bgp group G type external", "delete protocols bgp group G hold-time", "set protocols bgp group G type external"},
		"delete a member":           {"set policy-options prefix-list L 10.0.0.0/8\nset policy-options prefix-list L 11.0.0.0/8", "delete policy-options prefix-list L 10.0.0.0/8", "set policy-options prefix-list L 11.0.0.0/8"},
		"the last member leaves":    {"set policy-options prefix-list L 10.0.0.0/8", "delete policy-options prefix-list L 10.0.0.0/8", "set policy-options prefix-list L"},
		"the last hierarchy goes":   {"set system host-name r\nset policy-options prefix-list L 10.0.0.0/8", "delete policy-options prefix-list L", "set system host-name r"},
		"a neighbor stays empty":    {"set protocols bgp group G neighbor 192.0.2.1 import A", "delete protocols bgp group G neighbor 192.0.2.1 import", "set protocols bgp group G neighbor 192.0.2.1"},
		"insert before":             {"set " + policy + "term 1 then accept\nset " + policy + "term 2 then accept", "insert " + policy + "term 2 before term 1", "set " + policy + "term 2 then accept\nset " + policy + "term 1 then accept"},
		"insert into a chain":       {"set protocols bgp group G import [ A B C ]", "insert protocols bgp group G import C after A", "set protocols bgp group G import A\nset protocols bgp group G import C\nset protocols bgp group G import B"},
		"deactivate":                {"set protocols bgp group G type external", "deactivate protocols bgp group G", "set protocols bgp group G type external\ndeactivate protocols bgp group G"},
		"activate":                  {"set protocols bgp group G type external\ndeactivate protocols bgp group G", "activate protocols bgp group G", "set protocols bgp group G type external"},
		"read in braces":            {"/* ours */ protocols { bgp { inactive: group G { type external; import [ A B ]; } group H { inactive: hold-time 30; } } }", "", "set protocols bgp group G type external\nset protocols bgp group G import A\nset protocols bgp group G import B\ndeactivate protocols bgp group G\nset protocols bgp group H hold-time 30\ndeactivate protocols bgp group H hold-time"},
		"the order is the router's": {"", "set protocols bgp group G type external\nset interfaces lo0 unit 0 family inet address 192.0.2.1/32", "set interfaces lo0 unit 0 family inet address 192.0.2.1/32\nset protocols bgp group G type external"},
		"quotes only where needed":  {"", `set protocols bgp group G description "two words"` + "\n" + `set protocols bgp group H description "one"`, `set protocols bgp group G description "two words"` + "\nset protocols bgp group H description one"},
	} {
		j := &junosBox{rules: junosRules()}
		root, err := junosRead(j.rules, test.have)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for line := range strings.Lines(test.commands) {
			words, _ := junosSplit(strings.TrimSpace(line))
			if err := j.edit(root, junosTexts(words)); err != nil {
				t.Errorf("%s: %q: %v", name, line, err)
			}
		}
		if got := strings.TrimSpace(root.sets(j.rules, "")); got != test.want {
			t.Errorf("%s:\n got %q\nwant %q", name, got, test.want)
		}
	}
}

// TestJunosCompare shows the patch form.
func TestJunosCompare(t *testing.T) {
	t.Parallel()
	g := junosRules()
	read := func(text string) []*junosBlock {
		root, err := junosRead(g, text)
		if err != nil {
			t.Fatal(err)
		}
		return root.blocks(g)
	}
	const was = `
set policy-options policy-statement P term 1 then accept
set policy-options policy-statement P term 2 then reject
set protocols bgp group G hold-time 30
set protocols bgp group G neighbor 192.0.2.1 import A
`
	const now = `
set policy-options prefix-list L 10.0.0.0/8
set policy-options policy-statement P term 2 then reject
set policy-options policy-statement P term 1 then accept
set protocols bgp group G hold-time 15
set protocols bgp group G neighbor 192.0.2.1 import A
set protocols bgp group G neighbor 192.0.2.1 import B
`
	const want = `[edit policy-options]
+  prefix-list L {
+      10.0.0.0/8;
+  }
[edit policy-options policy-statement P]
!  term 2 { ... }
!  term 1 { ... }
[edit protocols bgp group G]
-  hold-time 30;
+  hold-time 15;
[edit protocols bgp group G neighbor 192.0.2.1]
-  import A;
+  import [ A B ];
`
	if d := cmp.Diff(want, junosCompare(read(was), read(now))); d != "" {
		t.Error(d)
	}
	if got := junosCompare(read(now), read(now)); got != "" {
		t.Errorf("no change: %q", got)
	}
}
