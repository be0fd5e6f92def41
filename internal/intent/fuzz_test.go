package intent

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ercfg/ercfg/internal/diag"
)

// pasted is a secret that somebody wrote where a reference belongs.
const pasted = "Tr0ub4dor&3"

// nasty are inputs that have broken readers of YAML before.
var nasty = []string{
	"", "\x00", "\ufeff", "---\n", "- a", "a: b: c", "a: {b", "a: [*x]", "a: &x [*x]", "? [a]\n: b", "a: !!binary x", "a: !x y", "<<: {a: b}",
	"{a: 1, a: 2}", "routers: {ce1: {asn: 99999999999999999999999}}", "routers: {ce1: {asn: -1}}", "routers: {ce1: 0x1F}", "a: 1_000", "a: 010", "a: .inf", "a: 2001-01-01",
	"circuits: {er: {private: {md5: " + pasted + "}}}", "circuits: {er: {private: {md5: [" + pasted + "]}}}", "circuits: {er: {private: {md5: {a: " + pasted + "}}}}",
	"vpns: {v: {psk: *" + pasted + "}}", "vpns: {v: {psk: !" + pasted + " x}}", "vpns: {v: {psk: !!int " + pasted + "}}", "routers: {r: {ssh: {password: \"" + pasted + "\n\"}}}",
	"metadata: {name: \"a\\nb\"}", "traffic: [{name: a}, {name: a}]", "circuits: {er: {public: true}}", "circuits: {er: {private: {vlan: {outer: x}}}}",
	"circuits: {er: {private: {bfd: true}}}", "circuits: {er: {private: {vlan: [1]}}}", "routers: {\"\": {}}", "routers: {a.b: {}, a: {b: {}}}", "kind: Intent\r\nkind: Intent\r\n",
	strings.Repeat("[", 2000), strings.Repeat("a: {", 200), "a: |\n  x\n b", "\t", "a:\n\tb: c",
}

// FuzzParse feeds Parse with anything. It must not panic, must not repeat a
// secret, and every finding must say something about a line that exists.
func FuzzParse(f *testing.F) {
	for _, s := range nasty {
		f.Add([]byte(s))
	}
	examples, err := filepath.Glob("../../examples/*.yaml")
	if err != nil || len(examples) == 0 {
		f.Fatalf("no examples: %v", err)
	}
	for _, name := range examples {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		doc, diags := Parse([]File{{Name: "f.yaml", Data: data}})
		if doc == nil && !diags.HasErrors() {
			t.Error("no document and no error")
		}
		for _, d := range diags {
			if d.Summary == "" || d.Code == "" || d.Pos.File != "f.yaml" || d.Pos.Line < 1 || strings.ContainsAny(d.Summary+d.Hint, "\n\x00\x1b") {
				t.Errorf("unusable finding %#v", d)
			}
		}
		if doc == nil {
			return
		}
		checkSecrets(t, data, doc, diags)
		checkPaths(t, doc)
		doc.Print(nil)
	})
}

// checkSecrets fails when a finding repeats a secret that stands nowhere but
// behind keys that hold one.
func checkSecrets(t *testing.T, data []byte, doc *Document, diags diag.List) {
	t.Helper()
	hidden := 0
	var count func(n *node, secret bool)
	count = func(n *node, secret bool) {
		if n.kind == text && secret {
			hidden += strings.Count(n.text, pasted)
		}
		for i := range n.content {
			inner := secret
			if n.kind == mapping && i%2 == 1 {
				inner = secret || slices.Contains([]string{"md5", "psk", "password", "key", "cak", "ckn"}, n.content[i-1].text)
			}
			count(&n.content[i], inner && (n.kind != mapping || i%2 == 1))
		}
	}
	count(&doc.root, false)
	if hidden == 0 || hidden != strings.Count(string(data), pasted) {
		return
	}
	for _, d := range diags {
		if strings.Contains(d.Summary+d.Hint, pasted) {
			t.Errorf("a finding repeats the secret: %#v", d)
		}
	}
}

// checkPaths fails where Locate and PathAt are not each other's inverse, or
// FillPaths and PathAt disagree.
func checkPaths(t *testing.T, doc *Document) {
	t.Helper()
	places := make(map[diag.Pos]string)
	seen := make(map[string]int)
	odd := false // names with dots and aliases make paths and places ambiguous
	var walk func(n *node, key string)
	walk = func(n *node, path string) {
		for i := range n.content {
			c := &n.content[i]
			switch n.kind {
			case mapping:
				if i%2 == 1 {
					continue
				}
				key, value := c, &n.content[i+1]
				here := strings.TrimPrefix(path+"."+key.text, ".")
				odd = odd || key.text == "" || strings.Contains(key.text, ".")
				at := key
				if value.kind != mapping && value.kind != sequence {
					at = value
				}
				_, twice := places[at.pos()]
				odd = odd || twice
				places[at.pos()] = here
				seen[here]++
				walk(value, here)
			case sequence:
				here := path + "." + c.itemName(i)
				odd = odd || strings.Contains(c.itemName(i), ".") || c.itemName(i) == ""
				seen[here]++
				if c.kind != sequence {
					_, twice := places[c.pos()]
					odd = odd || (twice && c.kind != mapping)
					places[c.pos()] = here
				}
				walk(c, here)
			}
		}
	}
	walk(&doc.root, "")
	filled := make(map[diag.Pos]string)
	for pos := range places {
		filled[pos] = ""
	}
	doc.FillPaths(filled)
	for pos, path := range places {
		got := doc.PathAt(pos)
		if got != filled[pos] {
			t.Errorf("PathAt(%s) is %q, FillPaths says %q", pos, got, filled[pos])
		}
		if odd || seen[path] > 1 {
			doc.Locate(got)
			continue
		}
		if back := doc.Locate(got); back != pos {
			t.Errorf("Locate(PathAt(%s)) is %s, by %q", pos, back, got)
		}
	}
}
