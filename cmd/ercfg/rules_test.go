package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
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
