package frrtest

import (
	"bufio"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The files under testdata/canonical are written the way FRR 8.4.4 prints
// them: nothing is lost, added or moved, and a reload of the same file plans
// nothing.
func TestCanonical(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/canonical/*.conf")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			conf := string(text)
			if said := SyntaxCheck(t, conf); said != "" {
				t.Errorf("SyntaxCheck:\n%s", said)
			}
			n := New(t)
			r := n.Router("ce1")
			n.StandIn(r, interfacesOf(conf)...)
			r.Start(conf)
			if diff := cmp.Diff(Normalize(conf), Normalize(r.RunningConfig())); diff != "" {
				t.Errorf("running-config differs (-file +daemon):\n%s", diff)
			}
			toDelete, toAdd, rc := r.Reload(conf, true)
			if len(toDelete)+len(toAdd) > 0 || rc != 0 {
				t.Errorf("reload of the same file: rc %d, delete %q, add %q", rc, toDelete, toAdd)
			}
		})
	}
}

// interfacesOf lists the interfaces that conf configures, without lo.
func interfacesOf(conf string) []string {
	var names []string
	for s := bufio.NewScanner(strings.NewReader(conf)); s.Scan(); {
		if name, ok := strings.CutPrefix(s.Text(), "interface "); ok && name != "lo" {
			names = append(names, name)
		}
	}
	return names
}
