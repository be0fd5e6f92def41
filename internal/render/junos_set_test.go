package render

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ercfg/ercfg/internal/artifact"
)

func textLines(text string) []artifact.Line {
	var out []artifact.Line
	for line := range strings.Lines(text) {
		out = append(out, artifact.Line{Text: strings.TrimSuffix(line, "\n")})
	}
	return out
}

func setText(lines []artifact.Line) string {
	return joinLines(lines, false, commentStyle{})
}

func TestFlatten(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, braces, want string }{
		{"statement", "a b;\n", "set a b\n"},
		{"nesting", "a {\n    b c {\n        d;\n        e f;\n    }\n    g;\n}\n", "set a b c d\nset a b c e f\nset a g\n"},
		{"empty block is a statement", "a {\n    b c {\n    }\n}\n", "set a b c\n"},
		{"list", "import [ A B ];\n", "set import A\nset import B\n"},
		{"list in a block", "a {\n    b [ c d ];\n}\n", "set a b c\nset a b d\n"},
		{"string with blanks, brackets and quotes", `d "a { b; [c] \" \\";` + "\n", `set d "a { b; [c] \" \\"` + "\n"},
		{"string in a list", `a [ "b c" d ];` + "\n", "set a \"b c\"\nset a d\n"},
		{"inactive statement", "a {\n    inactive: b c;\n}\n", "set a b c\ndeactivate a b c\n"},
		{"inactive block", "inactive: a {\n    b;\n    c;\n}\n", "set a b\nset a c\ndeactivate a\n"},
		{"inactive list", "inactive: a [ b c ];\n", "set a b\nset a c\ndeactivate a\n"},
		{"one line", "a { b { c; } d; }\n", "set a b c\nset a d\n"},
		{"statement over lines", "a {\n    b [ c\n        d ];\n}\n", "set a b c\nset a b d\n"},
		{"nothing", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := flatten(textLines(c.braces))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, setText(got)); diff != "" {
				t.Errorf("set (-want +got):\n%s", diff)
			}
		})
	}
}

func TestFlattenRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, braces, want string }{
		{"no semicolon", "a {\n    b\n}\n", "line 3: no ; after"},
		{"open block", "a {\n    b;\n", "the text ends within \"a\""},
		{"open statement", "a b\n", "the text ends within \"a b\""},
		{"open list", "a [ b\n", "the text ends within \"a\""},
		{"one brace too many", "a;\n}\n", "line 2: } without {"},
		{"bare semicolon", ";\n", "a statement without a word"},
		{"bare block", "{\n}\n", "a statement without a word"},
		{"list without a name", "[ a ];\n", "a list without a name"},
		{"empty list", "a [ ];\n", "an empty list"},
		{"bracket out of nowhere", "a ];\n", "] without ["},
		{"brace in a list", "a [ b { ];\n", "{ in a list"},
		{"word after a list", "a [ b ] c;\n", "c after a list"},
		{"open string", "a \"b;\n", "a string without an end"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := flatten(textLines(c.braces))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("flatten = %q, %v; want an error with %q", setText(got), err, c.want)
			}
		})
	}
}

// Each set command carries the origin of its statement, an empty block that of
// the block.
func TestFlattenOrigins(t *testing.T) {
	t.Parallel()
	got, err := flatten([]artifact.Line{
		{Text: "a {", Origin: "x"}, {Text: "    b;", Origin: "y"}, {Text: "    c {", Origin: "z"}, {Text: "    }"}, {Text: "}"},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []artifact.Line{{Text: "set a b", Origin: "y"}, {Text: "set a c", Origin: "z"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
}

// Both goldens of a Junos router say the same: the set form turned back into
// statements by an obvious reader of one-statement lines, and the braces form
// read the same way, give the same paths in the same order.
func TestSetEqualsBraces(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*/*.junos.conf")
	if err != nil || len(files) == 0 {
		t.Fatalf("no goldens: %v", err)
	}
	for _, file := range files {
		braces, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		set, err := os.ReadFile(strings.TrimSuffix(file, ".conf") + ".set")
		if err != nil {
			t.Fatal(err)
		}
		want, err := slowPaths(string(braces))
		if err != nil {
			t.Errorf("%s: %v", file, err)
		}
		if diff := cmp.Diff(want, string(set)); diff != "" {
			t.Errorf("%s (-braces +set):\n%s", file, diff)
		}
	}
}

// slowPaths reads text with one statement or bracket a line, indented by four
// blanks a level: the canonical form. It uses the indentation, which flatten
// does not look at.
func slowPaths(text string) (string, error) {
	var b strings.Builder
	var path []string
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		words := strings.TrimLeft(line, " ")
		depth := (len(line) - len(words)) / 4
		switch {
		case (len(line)-len(words))%4 != 0:
			return "", fmt.Errorf("odd indentation: %q", line)
		case words == "}":
			if depth != len(path)-1 {
				return "", fmt.Errorf("bracket at depth %d closes depth %d", depth, len(path)-1)
			}
			path = path[:depth]
		case depth != len(path):
			return "", fmt.Errorf("depth %d, want %d: %q", depth, len(path), line)
		case strings.HasSuffix(words, " {"):
			path = append(path, strings.TrimSuffix(words, " {"))
		case strings.HasSuffix(words, ";"):
			statement := strings.Join(append(append([]string{"set"}, path...), strings.TrimSuffix(words, ";")), " ")
			before, list, many := strings.Cut(statement, " [ ")
			if !many {
				fmt.Fprintln(&b, statement)
			}
			for member := range strings.FieldsSeq(strings.TrimSuffix(list, " ]")) { // a line for each
				fmt.Fprintln(&b, before, member)
			}
		default:
			return "", fmt.Errorf("neither statement nor bracket: %q", line)
		}
	}
	return b.String(), nil
}

// No text makes flatten panic, and what it takes it takes again in one-line
// form.
func FuzzFlatten(f *testing.F) {
	for _, s := range []string{"a b;", "a { b; }", "inactive: a [ b c ];", `a "b \" c";`, "a {", "]", "a [ [ ];", `"`, "inactive:;"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		once, err := flatten(textLines(text))
		if err != nil {
			return
		}
		for _, l := range once {
			verb, words, ok := strings.Cut(l.Text, " ")
			if !ok || (verb != "set" && verb != "deactivate") || words == "" {
				t.Fatalf("%q gives %q", text, l.Text)
			}
		}
		var again strings.Builder
		for _, l := range once {
			if words, ok := strings.CutPrefix(l.Text, "set "); ok {
				fmt.Fprintf(&again, "%s;\n", words)
			}
		}
		if _, err := flatten(textLines(again.String())); err != nil && !strings.Contains(text, inactive) {
			t.Errorf("%q gives %q, which is refused: %v", text, again.String(), err)
		}
	})
}
