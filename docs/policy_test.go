package docs

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The names of objects in the page about policy are those that routers get:
// each is in a rendering of the tests, with the names of that intent.
func TestPolicyNames(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("reference/policy.md")
	if err != nil {
		t.Fatal(err)
	}
	goldens, err := filepath.Glob("../internal/render/testdata/*/*")
	if err != nil || len(goldens) == 0 {
		t.Fatalf("no goldens: %v", err)
	}
	var all strings.Builder
	for _, name := range goldens {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(text)
	}
	_, table, found := strings.Cut(string(page), "\n| name |")
	table, _, closed := strings.Cut(table, "\n\n")
	if !found || !closed {
		t.Fatal("the page has no table of names")
	}
	own := strings.NewReplacer("CONTOSO", `[A-Z0-9-]+`, "ER-LONDON", `[A-Z0-9-]+`, "…", `[A-Z0-9-]+`,
		"S2S-LONDON", `[A-Z0-9-]+`, "WITHIN-STORAGE", `WITHIN-[A-Z0-9-]+`, "BLUE-CE-10-62-0-2", `[A-Z0-9]+-CE-[0-9-]+`, "BLUE", `[A-Z0-9]+`,
		"LP200", `LP[0-9]+`, "PREPEND3", `PREPEND[0-9]+`, "300X3", `[0-9]+X[0-9]+`)
	for _, m := range regexp.MustCompile("`((?:CONTOSO|…)-[A-Z0-9-]+)`").FindAllStringSubmatch(table, -1) {
		if !regexp.MustCompile(own.Replace(m[1]) + `\b`).MatchString(all.String()) {
			t.Errorf("no rendering has an object like %s", m[1])
		}
	}
}
