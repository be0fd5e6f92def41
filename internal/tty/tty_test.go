package tty_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ercfg/ercfg/internal/tty"
)

// Lines are drawn over those that stand, where they are others, and below what was
// printed since.
func TestPicture(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	var p tty.Picture
	for _, step := range []struct {
		name string
		do   func()
		want string
	}{
		{"nothing to erase", func() { p.Erase(&out) }, ""},
		{"the first", func() { p.Draw(&out, []string{"a", "b"}) }, "\r\x1b[Ka\n\r\x1b[Kb\n\x1b[J"},
		{"the same", func() { p.Draw(&out, []string{"a", "b"}) }, ""},
		{"a shorter one", func() { p.Draw(&out, []string{"c"}) }, "\x1b[2A\r\x1b[Kc\n\x1b[J"},
		{"erased", func() { p.Erase(&out) }, "\x1b[1A\r\x1b[J"},
		{"the same after that", func() { p.Draw(&out, []string{"c"}) }, "\r\x1b[Kc\n\x1b[J"},
		{"left, and the same", func() { p.Leave(); p.Draw(&out, []string{"c"}) }, ""},
		{"another below", func() { p.Draw(&out, []string{"d"}) }, "\r\x1b[Kd\n\x1b[J"},
	} {
		out.Reset()
		step.do()
		if out.String() != step.want {
			t.Errorf("%s: %q, want %q", step.name, out.String(), step.want)
		}
	}
}

// Text is cut by characters, and the ellipsis is one of them.
func TestCut(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text    string
		columns int
		want    string
	}{{"größe", 5, "größe"}, {"größe", 4, "grö…"}, {"größe", 1, "…"}, {"größe", 0, ""}, {"größe", -1, ""}, {"", -1, ""}} {
		if got := tty.Cut(c.text, c.columns); got != c.want {
			t.Errorf("%q in %d: %q, want %q", c.text, c.columns, got, c.want)
		}
	}
}

// A file is no terminal.
func TestSizeOfFile(t *testing.T) {
	t.Parallel()
	f, err := os.Create(filepath.Join(t.TempDir(), "file"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if rows, columns, ok := tty.Size(f.Fd()); ok {
		t.Errorf("a file has %d rows of %d", rows, columns)
	}
}
