package emulator

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/ercfg/ercfg/internal/confdiff"
)

// TestJunosTakesCommands takes lines out of renderings at random, and types the
// commands that confdiff finds, from the torn one to the rendering and back: the
// router takes each without a warning, and then has what confdiff wanted. The two
// know Junos from different tables.
func TestJunosTakesCommands(t *testing.T) {
	t.Parallel()
	typed := 0
	for name, whole := range junosGoldens(t) {
		intent, err := os.ReadFile(filepath.Join("../../render/testdata", filepath.Dir(name), "intent.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		options := confdiff.Options{Intent: regexp.MustCompile(`(?m)\bname: ([a-z0-9-]+)`).FindStringSubmatch(string(intent))[1], Prune: true, BringUp: true}
		random := rand.New(rand.NewPCG(1, uint64(len(whole))))
		for range 4 {
			var torn strings.Builder
			for line := range strings.Lines(whole) {
				if random.IntN(10) > 0 || strings.Contains(line, "-key") || strings.Contains(line, "ckn") {
					torn.WriteString(line)
				}
			}
			typed += junosType(t, name, torn.String(), whole, options)
			typed += junosType(t, name, whole, torn.String(), options)
		}
	}
	if typed < 500 {
		t.Errorf("only %d commands were typed", typed)
	}
}

// junosType types what brings have to want, and returns how many commands that took.
func junosType(t *testing.T, name, have, want string, options confdiff.Options) int {
	t.Helper()
	read := func(text string) confdiff.Config {
		config, err := confdiff.Read(confdiff.Junos, []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return config
	}
	j := &junosBox{rules: junosRules()}
	root, err := junosRead(j.rules, have)
	if err != nil {
		t.Fatal(err)
	}
	change := confdiff.Between(read(want), read(root.sets(j.rules, "")), options)
	for _, line := range change.Commands {
		words, ok := junosSplit(line)
		if err := j.edit(root, junosTexts(words)); err != nil || !ok {
			t.Errorf("%s: %q: %v", name, line, err)
		}
	}
	if change.Refused != "" {
		return 0
	}
	for _, text := range []string{root.sets(j.rules, ""), root.braces(j.rules)} {
		for _, d := range confdiff.Between(read(want), read(text), options).Differences {
			if len(d.Missing)+len(d.Extra) > 0 || d.Order {
				t.Errorf("%s: %v: missing %v, extra %v, order %v after\n%s", name, d.Object, d.Missing, d.Extra, d.Order, strings.Join(change.Commands, "\n"))
			}
		}
	}
	return len(change.Commands)
}
