package plan

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/ercfg/ercfg/internal/intent"
)

// Whatever reads as YAML resolves without a panic, whether it fits the schema
// or not: rules and derivation see every half-written intent. The intents are
// the examples and the goldens with values deleted, exchanged and made odd.
func TestResolveNeverPanics(t *testing.T) {
	t.Parallel()
	for _, name := range intentFiles(t) {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for seed := range uint64(60) {
			text := damaged(t, data, rand.New(rand.NewPCG(seed, 1)))
			resolveQuietly(t, fmt.Sprintf("%s, seed %d", name, seed), text)
		}
	}
}

// intentFiles are the examples and the goldens' intents.
func intentFiles(t *testing.T) []string {
	t.Helper()
	var out []string
	for _, pattern := range []string{"../../examples/*.yaml", "../render/testdata/*/intent.yaml"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("no intents like %s: %v", pattern, err)
		}
		out = append(out, files...)
	}
	return out
}

func resolveQuietly(t *testing.T, name string, text []byte) {
	t.Helper()
	defer func() {
		if r := recover(); r != nil {
			t.Fatalf("%s: %v\n%s", name, r, text)
		}
	}()
	doc, _ := intent.Read([]intent.File{{Name: "damaged.yaml", Data: text}})
	if doc == nil {
		return
	}
	doc.Validate()
	if p, diags := Resolve(doc, Env{Today: today}); (p == nil) != diags.HasErrors() {
		t.Errorf("%s: a plan comes with no error and only then: plan %v, findings %v", name, p != nil, diags)
	}
	Effective(doc, Env{Today: today})
}

// odd are values that fit no key, or a key at its edge.
var odd = []string{`""`, "0", "-1", "4095", "99999999999999999999", "true", "false", "null", "[]", "{}", "0.0.0.0/0", "::/0",
	"10.0.0.0/31", "10.0.0.1/32", `"2001:db8::/127"`, "10.0.0.0", "12076", "65515", "0s", "999h", "x", `"a.b.c"`, "ce1", "er-a.microsoft"}

// damaged changes a few nodes of an intent.
func damaged(t *testing.T, data []byte, rng *rand.Rand) []byte {
	t.Helper()
	var root yaml.Node
	if err := yaml.Unmarshal(data, &root); err != nil {
		t.Fatal(err)
	}
	for range 1 + rng.IntN(4) {
		var nodes []*yaml.Node
		var walk func(*yaml.Node)
		walk = func(n *yaml.Node) {
			nodes = append(nodes, n)
			for _, c := range n.Content {
				walk(c)
			}
		}
		walk(root.Content[0])
		n, other := nodes[rng.IntN(len(nodes))], nodes[rng.IntN(len(nodes))]
		switch {
		case n.Kind == yaml.MappingNode && len(n.Content) > 0 && rng.IntN(2) == 0:
			i := 2 * rng.IntN(len(n.Content)/2)
			n.Content = append(n.Content[:i:i], n.Content[i+2:]...)
		case n.Kind == yaml.SequenceNode && len(n.Content) > 0 && rng.IntN(2) == 0:
			n.Content = append(n.Content, n.Content[rng.IntN(len(n.Content))])
		case rng.IntN(2) == 0 && other != n && len(other.Content) == 0:
			*n = *other
		default:
			var value yaml.Node
			if err := yaml.Unmarshal([]byte(odd[rng.IntN(len(odd))]), &value); err != nil {
				t.Fatal(err)
			}
			*n = *value.Content[0]
		}
	}
	out, err := yaml.Marshal(&root)
	if err != nil {
		t.Skipf("a damaged tree that YAML cannot write: %v", err)
	}
	return out
}
