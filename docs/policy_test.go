package docs

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/ercfg/ercfg/internal/intent"
	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/render"
)

// The names of objects in the page about policy are those that routers get:
// each is in a rendering, with the names of that intent. A word of a command in
// front of a name has to stand there, too.
func TestPolicyNames(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("reference/policy.md")
	if err != nil {
		t.Fatal(err)
	}
	all := renderings(t)
	_, section, found := strings.Cut(string(page), "\n## Names\n")
	if !found {
		t.Fatal("the page has no section of names")
	}
	own := strings.NewReplacer("CONTOSO", `[A-Z0-9-]+`, "ER-LONDON", `[A-Z0-9-]+`, "…", `[A-Z0-9-]+`,
		"S2S-LONDON", `[A-Z0-9-]+`, "AMS-PAIR", `[A-Z0-9-]+`, "STORAGE", `[A-Z0-9-]+`, "10-62-0-2", `[0-9]+-[0-9-]+`, "BLUE", `[A-Z0-9]+`,
		"198-51-100-18", `[0-9]+-[0-9]+-[0-9]+-[0-9]+`, "12076-51002", `12076-[0-9]+`, "64610-11", `[0-9]+-[0-9]+`, "DSCP-34-46", `DSCP-[0-9]+-[0-9]+`,
		"LP200", `LP[0-9]+`, "PREPEND3", `PREPEND[0-9]+`, "300X3", `[0-9]+X[0-9]+`)
	checked := 0
	for _, m := range regexp.MustCompile("`([^`]*[A-Z…][A-Z0-9]*-[^`]+|(?:vrf|flow|sampler|routing)[^`]+ [A-Z]+)`").FindAllStringSubmatch(section, -1) {
		if strings.HasSuffix(strings.TrimSuffix(m[1], "-V4"), "-2") {
			continue // a second object of one name, which no design has
		}
		checked++
		if !regexp.MustCompile(own.Replace(m[1]) + `(?:[^A-Z0-9-]|$)`).MatchString(all) {
			t.Errorf("no rendering has %s", m[1])
		}
	}
	if checked < 70 {
		t.Errorf("only %d names are checked", checked)
	}
}

// renderings are the texts of all tests and designs, and those of an intent
// that says little, of which no golden is kept.
func renderings(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	for _, pattern := range []string{"../internal/render/testdata/*/*", "designs/*.md"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("no %s: %v", pattern, err)
		}
		for _, name := range files {
			all.WriteString(readText(t, name))
		}
	}
	const name = "testdata/silent.yaml"
	doc, diags := intent.Parse([]intent.File{{Name: name, Data: []byte(readText(t, name))}})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	p, diags := plan.Resolve(doc, plan.Env{Today: today})
	if p == nil {
		t.Fatal(diags)
	}
	configs, err := render.All(p, render.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range configs {
		all.WriteString(c.Text)
	}
	return all.String()
}
