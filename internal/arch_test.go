// Package internal holds no code. Its test keeps the shape of the whole
// module: who may import whom, what a pure package may not touch, and which
// file a dependency stays in.
package internal

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/ercfg/ercfg/"

// A rank says what a package may do beside importing.
type rank int

const (
	shell rank = iota // waits, reads clocks and the environment
	pure              // values in, values out
	files             // pure, and reads and writes files
	data              // embedded files and nothing else
	tests             // imported by tests only
)

// A node is one package's place in the picture of the house style. Leaves are
// open to all; a package of the table that does not exist yet is passed over.
type node struct {
	rank    rank
	imports []string // beside leaves and data; tests may import more
	fansOut bool     // may start goroutines, and joins them before it returns
}

var (
	leaves = []string{"internal/bgp", "internal/ether", "internal/expressroute", "internal/diag", "internal/secret"}

	table = map[string]node{
		"cmd/ercfg":                    {rank: shell, fansOut: true},
		"internal/intent":              {rank: pure, imports: []string{"schema"}},
		"internal/plan":                {rank: pure, imports: []string{"internal/intent"}, fansOut: true}, // Resolve, over routers
		"internal/render":              {rank: pure, imports: []string{"internal/plan", "internal/artifact", "templates"}, fansOut: true},
		"internal/artifact":            {rank: files, fansOut: true}, // WriteDir, over files
		"internal/sim":                 {rank: pure, imports: []string{"internal/plan"}, fansOut: true},
		"internal/pathtable":           {rank: pure, imports: []string{"internal/plan", "internal/sim"}},
		"internal/ticket":              {rank: pure, imports: []string{"internal/plan", "internal/artifact", "internal/sim", "internal/pathtable", "internal/confdiff"}},
		"internal/confdiff":            {rank: pure},
		"internal/push":                {rank: shell, imports: []string{"internal/plan", "internal/artifact", "internal/sim", "internal/confdiff", "internal/junit"}, fansOut: true},
		"internal/push/emulator":       {rank: tests, fansOut: true},
		"internal/push/emulator/serve": {rank: tests, imports: []string{"internal/intent", "internal/plan", "internal/push/emulator"}},
		"internal/verify":              {rank: shell, imports: []string{"internal/plan", "internal/sim", "internal/junit", "internal/tty"}, fansOut: true},
		"internal/lab":                 {rank: shell, imports: []string{"internal/plan", "internal/artifact", "internal/sim", "internal/junit"}, fansOut: true},
		"internal/azure":               {rank: pure, imports: []string{"internal/intent", "internal/plan"}},
		"internal/junit":               {rank: pure},
		"internal/tty":                 {rank: shell},
		"internal/bgp":                 {rank: pure},
		"internal/ether":               {rank: pure},
		"internal/expressroute":        {rank: pure, imports: []string{"internal/bgp", "internal/ether"}},
		"internal/diag":                {rank: pure},
		"internal/secret":              {rank: pure},
		"internal/golden":              {rank: tests},
		"internal/fleet":               {rank: tests},
		"internal/frrtest":             {rank: tests, fansOut: true},
		"internal/twin":                {rank: pure, imports: []string{"internal/intent", "internal/plan", "internal/render"}},
		"templates":                    {rank: data},
		"schema":                       {rank: data},
		"docs":                         {rank: data},
	}

	// home is where a module of somebody else may be imported: files, as
	// patterns of path.Match. Test files are free, and packages for tests alone.
	home = map[string]string{
		"github.com/Masterminds/sprig/v3":          "internal/render/funcs.go",
		"github.com/invopop/jsonschema":            "internal/intent/schema.go",
		"github.com/santhosh-tekuri/jsonschema/v6": "internal/intent/schema.go",
		"go.yaml.in/yaml/v3":                       "internal/intent/*.go",
		"github.com/spf13/cobra":                   "cmd/ercfg/*.go",
		"github.com/spf13/pflag":                   "cmd/ercfg/*.go",
		"github.com/google/go-cmp":                 "internal/golden/*.go",
		"github.com/scrapli/scrapligo":             "internal/push/session.go",
		"golang.org/x/crypto":                      "internal/push/*.go",
		"github.com/kevinburke/ssh_config":         "internal/push/sshconfig.go",
		"golang.org/x/sys":                         "internal/*/*.go", // lab, and verify's sockets
		"github.com/netsampler/goflow2/v2":         "internal/verify/collect.go",
		"github.com/gaissmai/bart":                 "internal/verify/classify.go",
	}

	// impure are packages of the standard library that a pure one may not
	// import. net/netip is a value type and not among them.
	impure = []string{
		"context", "crypto/rand", "io/ioutil", "log", "log/slog", "math/rand", "math/rand/v2", "net", "net/http",
		"os", "os/exec", "os/signal", "os/user", "runtime/debug", "syscall",
	}

	// valued are types of an impure package that a pure one needs: a secret
	// redacts itself in slog's own words.
	valued = map[string]string{"internal/secret": "log/slog"}

	// clock are the functions of package time that know what time it is.
	clock = []string{"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTicker", "NewTimer"}

	// caches are package variables that change and never change a result.
	caches = map[string]bool{"internal/intent.shapes": true}

	vague = []string{"util", "utils", "common", "helper", "helpers", "types", "models", "base", "manager", "misc"}
)

// source is one Go file of the module.
type source struct {
	pkg  string // directory, relative to the module
	file string // the same with the file's name
	test bool
	ast  *ast.File
}

// load parses every Go file of the module.
func load(t *testing.T) []source {
	t.Helper()
	var out []source
	fset := token.NewFileSet()
	err := filepath.WalkDir("..", func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && p != ".." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata" || d.Name() == "out" || d.Name() == "bin"):
			return fs.SkipDir
		case d.IsDir() || filepath.Ext(p) != ".go":
			return nil
		}
		file, err := parser.ParseFile(fset, p, nil, parser.ParseComments|parser.SkipObjectResolution)
		name := filepath.ToSlash(strings.TrimPrefix(p, ".."+string(filepath.Separator)))
		out = append(out, source{pkg: path.Dir(name), file: name, test: strings.HasSuffix(p, "_test.go"), ast: file})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(out, func(s source) bool { return s.pkg == "internal" })
}

// imports returns what a file imports.
func (s source) imports() []string {
	out := make([]string, len(s.ast.Imports))
	for i, spec := range s.ast.Imports {
		out[i], _ = strconv.Unquote(spec.Path.Value)
	}
	return out
}

// Code and table agree, both ways: an import that is not granted is a fault,
// and so is a grant that nobody uses; a leaf is open and may go unused.
func TestImports(t *testing.T) {
	t.Parallel()
	used := make(map[string]map[string]bool)
	for _, s := range load(t) {
		if _, known := table[s.pkg]; !known {
			t.Errorf("%s: the package has no row in the table of the house style", s.pkg)
		}
		if used[s.pkg] == nil {
			used[s.pkg] = make(map[string]bool)
		}
		for _, imported := range s.imports() {
			ours, ok := strings.CutPrefix(imported, module)
			if !ok || ours == s.pkg {
				continue
			}
			if err := mayImport(s, ours); err != nil {
				t.Errorf("%s: %v", s.file, err)
			}
			if !s.test {
				used[s.pkg][ours] = true
			}
		}
	}
	for pkg, n := range table {
		for _, granted := range n.imports {
			if used[pkg] != nil && used[granted] != nil && !used[pkg][granted] && !slices.Contains(leaves, granted) {
				t.Errorf("%s may import %s and does not: take it out of the table", pkg, granted)
			}
		}
	}
}

// mayImport reports why a file must not import a package of the module.
func mayImport(s source, imported string) error {
	n, target := table[s.pkg], table[imported]
	switch {
	case imported == "cmd/ercfg":
		return errors.New("nothing imports cmd/ercfg")
	case s.test:
		return nil
	case target.rank == tests && n.rank != tests:
		return fmt.Errorf("%s is for tests only", imported)
	case s.pkg == "cmd/ercfg" || slices.Contains(n.imports, imported):
		return nil
	case slices.Contains(leaves, imported) && !slices.Contains(leaves, s.pkg) && n.rank != data:
		return nil
	}
	return fmt.Errorf("%s may not import %s", s.pkg, imported)
}

// A module of somebody else stays in its file, behind our own type.
func TestDependencies(t *testing.T) {
	t.Parallel()
	for _, s := range load(t) {
		for _, imported := range s.imports() {
			first, _, _ := strings.Cut(imported, "/")
			if s.test || !strings.Contains(first, ".") || strings.HasPrefix(imported, module) {
				continue
			}
			at := ""
			for mod, pattern := range home {
				if imported == mod || strings.HasPrefix(imported, mod+"/") {
					at = pattern
				}
			}
			if ok, err := path.Match(at, s.file); err != nil || !ok && (at == "" || table[s.pkg].rank != tests) {
				t.Errorf("%s imports %s, which belongs into %q", s.file, imported, at)
			}
		}
	}
}

// A pure package has no clock, environment, network, logger, goroutine or
// random number.
func TestPurity(t *testing.T) {
	t.Parallel()
	for _, s := range load(t) {
		n := table[s.pkg]
		if s.test || n.rank == tests {
			continue
		}
		if n.rank != shell {
			for _, imported := range s.imports() {
				if slices.Contains(impure, imported) && !(n.rank == files && imported == "os") && valued[s.pkg] != imported {
					t.Errorf("%s is pure and imports %s", s.file, imported)
				}
			}
		}
		ast.Inspect(s.ast, func(x ast.Node) bool {
			switch x := x.(type) {
			case *ast.GoStmt:
				if !n.fansOut {
					t.Errorf("%s starts a goroutine", s.file)
				}
			case *ast.CallExpr:
				name, pkg := called(x)
				if name == "Go" && !n.fansOut {
					t.Errorf("%s starts a goroutine", s.file)
				}
				if n.rank != shell && pkg == "time" && slices.Contains(clock, name) {
					t.Errorf("%s is pure and calls time.%s", s.file, name)
				}
			}
			return true
		})
	}
}

// called names the function or method of a call, and what stands before the
// dot.
func called(call *ast.CallExpr) (name, before string) {
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return "", ""
	}
	if id, ok := sel.X.(*ast.Ident); ok {
		before = id.Name
	}
	return sel.Sel.Name, before
}

// There is no init, and no package variable that anything changes.
func TestState(t *testing.T) {
	t.Parallel()
	variables := make(map[string]bool) // "internal/intent.shapes"
	sources := slices.DeleteFunc(load(t), func(s source) bool { return s.test })
	for _, s := range sources {
		for _, decl := range s.ast.Decls {
			switch d := decl.(type) {
			case *ast.FuncDecl:
				if d.Recv == nil && d.Name.Name == "init" {
					t.Errorf("%s has an init", s.file)
				}
			case *ast.GenDecl:
				for _, v := range mutableForms(s, d) {
					t.Errorf("%s: the package variable %s can change: it needs a place in a value", s.file, v)
				}
				for _, spec := range d.Specs {
					if value, ok := spec.(*ast.ValueSpec); ok && d.Tok == token.VAR {
						for _, name := range value.Names {
							variables[s.pkg+"."+name.Name] = true
						}
					}
				}
			}
		}
	}
	for _, s := range sources {
		for _, decl := range s.ast.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if !ok || f.Body == nil {
				continue
			}
			local := locals(f)
			for _, name := range changed(f.Body) {
				if variables[s.pkg+"."+name] && !local[name] {
					t.Errorf("%s: %s changes the package variable %s", s.file, f.Name.Name, name)
				}
			}
		}
	}
}

// mutableForms names the variables of a declaration that hold something made
// to change: a lock, a sync.Map, a channel, or nothing yet.
func mutableForms(s source, d *ast.GenDecl) []string {
	if d.Tok != token.VAR {
		return nil
	}
	var out []string
	embedded := d.Doc != nil && slices.ContainsFunc(d.Doc.List, func(c *ast.Comment) bool { return strings.HasPrefix(c.Text, "//go:embed") })
	for _, spec := range d.Specs {
		v := spec.(*ast.ValueSpec)
		inner := v.Doc != nil && slices.ContainsFunc(v.Doc.List, func(c *ast.Comment) bool { return strings.HasPrefix(c.Text, "//go:embed") })
		for _, name := range v.Names {
			if name.Name != "_" && len(v.Values) == 0 && !embedded && !inner && !caches[s.pkg+"."+name.Name] {
				out = append(out, name.Name)
			}
		}
	}
	return out
}

// changed names whatever a function body assigns to, takes the address of or
// deletes from, at the left end of the expression.
func changed(body *ast.BlockStmt) []string {
	var out []string
	note := func(e ast.Expr) {
		for {
			switch x := e.(type) {
			case *ast.IndexExpr:
				e = x.X
				continue
			case *ast.SelectorExpr:
				e = x.X
				continue
			case *ast.ParenExpr:
				e = x.X
				continue
			case *ast.Ident:
				out = append(out, x.Name)
			}
			return
		}
	}
	ast.Inspect(body, func(x ast.Node) bool {
		switch x := x.(type) {
		case *ast.AssignStmt:
			if x.Tok != token.DEFINE {
				for _, lhs := range x.Lhs {
					note(lhs)
				}
			}
		case *ast.IncDecStmt:
			note(x.X)
		case *ast.UnaryExpr:
			if x.Op == token.AND {
				note(x.X)
			}
		case *ast.CallExpr:
			if id, ok := x.Fun.(*ast.Ident); ok && (id.Name == "delete" || id.Name == "clear") {
				note(x.Args[0])
			}
		}
		return true
	})
	return out
}

// locals names everything that a function declares, which may hide a package
// variable.
func locals(f *ast.FuncDecl) map[string]bool {
	out := make(map[string]bool)
	ast.Inspect(f, func(x ast.Node) bool {
		switch x := x.(type) {
		case *ast.Field:
			for _, name := range x.Names {
				out[name.Name] = true
			}
		case *ast.AssignStmt:
			if x.Tok == token.DEFINE {
				for _, lhs := range x.Lhs {
					if id, ok := lhs.(*ast.Ident); ok {
						out[id.Name] = true
					}
				}
			}
		case *ast.RangeStmt:
			for _, e := range []ast.Expr{x.Key, x.Value} {
				if id, ok := e.(*ast.Ident); ok {
					out[id.Name] = true
				}
			}
		case *ast.ValueSpec:
			for _, name := range x.Names {
				out[name.Name] = true
			}
		}
		return true
	})
	return out
}

// A package says what comes in, what goes out and what it never does, and has
// a name that means something.
func TestPackages(t *testing.T) {
	t.Parallel()
	commented := make(map[string]int)
	for _, s := range load(t) {
		if s.test {
			continue
		}
		commented[s.pkg] += 0
		if s.ast.Doc != nil {
			commented[s.pkg]++
		}
		if slices.Contains(vague, path.Base(s.pkg)) {
			t.Errorf("%s: the name says nothing", s.pkg)
		}
	}
	for pkg, n := range commented {
		if n != 1 {
			t.Errorf("%s has %d package comments, want 1", pkg, n)
		}
	}
}
