package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ercfg/ercfg/docs"
)

// A rule is a constant beside its check, a page and a script. Whoever adds one
// of the three is told here what is missing.
func TestRulesAreWhole(t *testing.T) {
	t.Parallel()
	codes := diagCodes(t)
	var pages []string
	for _, r := range docs.Rules() {
		pages = append(pages, r.Code)
	}
	scripts, err := filepath.Glob("testdata/script/rule/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range scripts {
		scripts[i] = strings.TrimSuffix(filepath.Base(s), ".txtar")
	}
	for _, code := range codes {
		if !slices.Contains(pages, code) {
			t.Errorf("%s has no page docs/rules/%s.md", code, code)
		}
		if !slices.Contains(scripts, code) {
			t.Errorf("%s has no script testdata/script/rule/%s.txtar", code, code)
		}
	}
	for _, code := range slices.Concat(pages, scripts) {
		if !slices.Contains(codes, code) {
			t.Errorf("%s has a page or a script and no constant of type diag.Code", code)
		}
	}
}

// Every page has the same shape, so that a reader finds the remedy at once.
func TestRulePages(t *testing.T) {
	t.Parallel()
	for _, r := range docs.Rules() {
		t.Run(r.Code, func(t *testing.T) {
			t.Parallel()
			var headings []string
			for line := range strings.Lines(r.Page) {
				if h, ok := strings.CutPrefix(strings.TrimRight(line, "\n"), "## "); ok {
					headings = append(headings, h)
				}
			}
			if diff := cmp.Diff([]string{"What", "Why", "Wrong", "Right"}, headings); diff != "" {
				t.Errorf("headings (-want +got):\n%s", diff)
			}
			if len(severities(r)) == 0 {
				t.Errorf("severity %q names none of error, warning and info", r.Severity)
			}
			if len(r.Title) > columns-len("ER042  error, warning  ") {
				t.Errorf("the title %q is too long for the list of `ercfg explain`", r.Title)
			}
		})
	}
}

// The list of `ercfg explain` fits a terminal also where nothing is checked.
func TestRuleList(t *testing.T) {
	t.Parallel()
	for _, r := range docs.Unchecked() {
		if len(r.Title) > columns-len("ER042  error, warning  ") {
			t.Errorf("the title %q of %s is too long for the list", r.Title, r.Code)
		}
	}
}

// Every rule's script shows an intent that is wrong and one that is right, and
// asserts both.
func TestRuleScripts(t *testing.T) {
	t.Parallel()
	scripts, err := filepath.Glob("testdata/script/rule/*.txtar")
	if err != nil || len(scripts) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, path := range scripts {
		code := strings.TrimSuffix(filepath.Base(path), ".txtar")
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			script, _, _ := strings.Cut(string(text), "\n-- ")
			for _, name := range []string{"wrong", "right"} {
				if !strings.Contains(string(text), "\n-- "+name) {
					t.Errorf("the script has no file that begins with %s", name)
				}
			}
			lines := strings.Split(script, "\n")
			if !slices.ContainsFunc(lines, func(l string) bool { return strings.HasPrefix(l, "stderr ") && strings.Contains(l, code) }) {
				t.Errorf("the script never asserts that %s is reported", code)
			}
			if !slices.ContainsFunc(lines, func(l string) bool { return strings.HasPrefix(l, "! stderr ") && strings.Contains(l, code) }) {
				t.Errorf("the script never asserts that %s is absent", code)
			}
		})
	}
}

// A listedRule is one line of docs/rules/rules.tsv.
type listedRule struct {
	code, severity, title string
	later                 string // the verb that it comes with; empty: it is checked
}

// listedRules reads the table of the rules of ExpressRoute.
func listedRules(t *testing.T) []listedRule {
	t.Helper()
	text, err := os.ReadFile("../../docs/rules/rules.tsv")
	if err != nil {
		t.Fatal(err)
	}
	var rules []listedRule
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		fields := append(strings.Split(strings.TrimSuffix(line, "\n"), "\t"), "")
		if len(fields) < 4 || len(fields) > 5 {
			t.Fatalf("the line %q has not code, severity, title and perhaps a verb", line)
		}
		rules = append(rules, listedRule{fields[0], fields[1], fields[2], fields[3]})
	}
	return rules
}

// constructed reads docs/rules/by-construction.md: rule → the package and the
// test that proves it.
func constructed(t *testing.T) map[string][2]string {
	t.Helper()
	page, err := os.ReadFile("../../docs/rules/by-construction.md")
	if err != nil {
		t.Fatal(err)
	}
	entries := make(map[string][2]string)
	for _, m := range regexp.MustCompile("(?m)^\\| (ER[0-9]{3}) \\|.*\\| `([a-z/]+)` (Test[A-Za-z]+) \\|$").FindAllStringSubmatch(string(page), -1) {
		if _, twice := entries[m[1]]; twice {
			t.Errorf("by-construction.md has %s twice", m[1])
		}
		entries[m[1]] = [2]string{m[2], m[3]}
	}
	if lines := strings.Count(string(page), "\n| ER"); lines != len(entries) {
		t.Errorf("by-construction.md has %d lines of rules, and %d name the test that proves them", lines, len(entries))
	}
	return entries
}

// Every rule of ExpressRoute is checked, cannot be broken, or comes with a verb
// that is not there yet: never two of these, and never none.
func TestEveryRuleIsKept(t *testing.T) {
	t.Parallel()
	pages := make(map[string]docs.Rule)
	for _, r := range docs.Rules() {
		pages[r.Code] = r
	}
	built := constructed(t)
	listed := make(map[string]bool)
	last := ""
	for _, rule := range listedRules(t) {
		if rule.code <= last || !regexp.MustCompile("^ER[0-8][0-9]{2}$").MatchString(rule.code) {
			t.Errorf("%s stands behind %s in rules.tsv", rule.code, last)
		}
		last, listed[rule.code] = rule.code, true
		page, paged := pages[rule.code]
		_, err := os.Stat("testdata/script/rule/" + rule.code + ".txtar")
		scripted := err == nil
		_, inBuilt := built[rule.code]
		ways := 0
		for _, way := range []bool{paged || scripted, inBuilt, rule.later != ""} {
			if way {
				ways++
			}
		}
		switch {
		case ways == 0:
			t.Errorf("%s (%s) has neither page and script nor a line in by-construction.md", rule.code, rule.title)
		case ways > 1:
			t.Errorf("%s (%s) is kept in two ways: page or script %v, by-construction.md %v, comes with %q", rule.code, rule.title, paged || scripted, inBuilt, rule.later)
		case paged != scripted:
			t.Errorf("%s has page %v, script %v; it needs both", rule.code, paged, scripted)
		case paged && page.Severity != rule.severity:
			t.Errorf("%s is %q in rules.tsv and %q on its page", rule.code, rule.severity, page.Severity)
		case rule.later != "" && !slices.Contains([]string{"push", "verify"}, rule.later):
			t.Errorf("%s comes with %q, which is no verb", rule.code, rule.later)
		}
	}
	if n := len(listed); n != 161 {
		t.Errorf("rules.tsv has %d rules, and ExpressRoute has 161", n)
	}
	for code := range pages {
		if code < "ER900" && !listed[code] {
			t.Errorf("%s has a page and no line in rules.tsv", code)
		}
	}
	for code, proof := range built {
		if !listed[code] {
			t.Errorf("%s is in by-construction.md and not in rules.tsv", code)
		}
		if !hasTest(t, filepath.Join("../..", proof[0]), proof[1]) {
			t.Errorf("%s is proved by %s, which %s does not have", code, proof[1], proof[0])
		}
	}
}

// hasTest reports whether a test file of dir has the function.
func hasTest(t *testing.T, dir, name string) bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	return slices.ContainsFunc(files, func(file string) bool {
		text, err := os.ReadFile(file)
		return err == nil && strings.Contains(string(text), "\nfunc "+name+"(")
	})
}

// Where the sheet of facts is at hand, the table has its numbers and at least
// its severities.
func TestRulesOfTheFactSheet(t *testing.T) {
	t.Parallel()
	sheet, err := os.ReadFile("../../../shared/domain/expressroute.md")
	if err != nil {
		t.Skipf("no fact sheet beside the project: %v", err)
	}
	_, section, _ := strings.Cut(string(sheet), "\n## 19. ")
	section, _, _ = strings.Cut(section, "\n## 20. ")
	word := map[string]string{"E": "error", "W": "warning", "I": "info"}
	var want, got []string
	severity := make(map[string]string)
	for _, m := range regexp.MustCompile(`(?m)^\| (ER[0-9]{3}) \| ([EWI/]+) \|`).FindAllStringSubmatch(section, -1) {
		want = append(want, m[1])
		severity[m[1]] = m[2]
	}
	for _, rule := range listedRules(t) {
		got = append(got, rule.code)
		for s := range strings.SplitSeq(severity[rule.code], "/") {
			if !slices.Contains(strings.Split(rule.severity, ", "), word[s]) {
				t.Errorf("%s is %q, and %s on the sheet", rule.code, rule.severity, severity[rule.code])
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("numbers of rules (-sheet +table):\n%s", diff)
	}
}

// diagCodes reads every constant of type diag.Code under internal, each once:
// two packages may share a code of what both can find.
func diagCodes(t *testing.T) []string {
	t.Helper()
	var codes []string
	err := filepath.WalkDir("../../internal", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, decl := range file.Decls {
			if group, ok := decl.(*ast.GenDecl); ok && group.Tok == token.CONST {
				codes = append(codes, codesOf(group)...)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}

// codesOf returns the codes of one const declaration.
func codesOf(group *ast.GenDecl) []string {
	var codes []string
	for _, spec := range group.Specs {
		value := spec.(*ast.ValueSpec)
		typ, ok := value.Type.(*ast.SelectorExpr)
		if !ok || typ.Sel.Name != "Code" {
			continue
		}
		for _, v := range value.Values {
			if literal, ok := v.(*ast.BasicLit); ok {
				if code, err := strconv.Unquote(literal.Value); err == nil {
					codes = append(codes, code)
				}
			}
		}
	}
	return codes
}
