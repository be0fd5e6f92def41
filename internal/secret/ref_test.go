package secret

import (
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseRef(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, text, placeholder string
		err                     error
	}{
		{name: "variable", text: "env:ER_LONDON_MD5", placeholder: "<env:ER_LONDON_MD5>"},
		{name: "lower-case variable", text: "env:_x1", placeholder: "<env:_x1>"},
		{name: "file", text: "file:secrets/ams.cak", placeholder: "<file:secrets/ams.cak>"},
		{name: "file at home", text: "file:~/.ssh/id_ed25519", placeholder: "<file:~/.ssh/id_ed25519>"},
		{name: "file with a colon", text: "file:a:b", placeholder: "<file:a:b>"},
		{name: "file with a space", text: "file:my key", placeholder: "<file:my%20key>"},
		{name: "percent sign", text: "file:my%20key", placeholder: "<file:my%2520key>"},
		{name: "command", text: `exec:pass show "er/md5" | head -n1`, placeholder: "<exec:pass%20show%20%22er/md5%22%20%7C%20head%20-n1>"},
		{name: "what routers take as an order", text: "file:?;#!{}<>'$*\\", placeholder: "<file:%3F%3B%23%21%7B%7D%3C%3E%27%24%2A%5C>"},
		{name: "UTF-8", text: "file:schlüssel", placeholder: "<file:schl%C3%BCssel>"},

		{name: "empty", text: "", err: ErrNotRef},
		{name: "a key in its place", text: "hunter2hunter2", err: ErrNotRef},
		{name: "a key with a colon", text: "hunter2:hunter2", err: ErrNotRef},
		{name: "upper-case scheme", text: "ENV:X", err: ErrNotRef},
		{name: "space before the scheme", text: " env:X", err: ErrNotRef},
		{name: "no variable", text: "env:", err: ErrBadName},
		{name: "variable with a digit first", text: "env:1X", err: ErrBadName},
		{name: "variable with a hyphen", text: "env:A-B", err: ErrBadName},
		{name: "variable with a letter beyond ASCII", text: "env:Ä", err: ErrBadName},
		{name: "no path", text: "file:", err: ErrBadName},
		{name: "space before the path", text: "file: x", err: ErrBadName},
		{name: "space behind the command", text: "exec:x ", err: ErrBadName},
		{name: "newline", text: "file:a\nb", err: ErrBadName},
		{name: "tab", text: "exec:a\tb", err: ErrBadName},
		{name: "NUL", text: "file:a\x00b", err: ErrBadName},
		{name: "escape", text: "file:a\x1b[2Jb", err: ErrBadName},
		{name: "line separator", text: "file:a\u2028b", err: ErrBadName},
		{name: "right-to-left override", text: "file:a\u202eb", err: ErrBadName},
		{name: "no UTF-8", text: "file:a\xffb", err: ErrBadName},
		{name: "too long", text: "file:" + strings.Repeat("a", 4097), err: ErrBadName},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := ParseRef(c.text)
			if !errors.Is(err, c.err) || (err == nil) != (c.err == nil) {
				t.Fatalf("ParseRef(%q): error %v, want %v", c.text, err, c.err)
			}
			if err != nil {
				if !got.IsZero() {
					t.Errorf("ParseRef(%q) = %q beside an error", c.text, got)
				}
				return
			}
			if diff := cmp.Diff([]string{c.text, c.placeholder}, []string{got.String(), got.Placeholder()}); diff != "" {
				t.Errorf("text and placeholder (-want +got):\n%s", diff)
			}
		})
	}
}

func TestZeroRef(t *testing.T) {
	t.Parallel()
	var r Ref
	if !r.IsZero() || r.String() != "" || r.Placeholder() != "" {
		t.Errorf("zero Ref: %v, %q, %q", r.IsZero(), r.String(), r.Placeholder())
	}
}

func TestRefIsText(t *testing.T) {
	t.Parallel()
	r, err := ParseRef("env:ER_LONDON_MD5")
	if err != nil {
		t.Fatal(err)
	}
	got, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(`"env:ER_LONDON_MD5"`, string(got)); diff != "" {
		t.Errorf("JSON (-want +got):\n%s", diff)
	}
}

// An accepted reference reads back, and so does its placeholder (which makes
// it unique). A refused one leaves no trace in the error.
func FuzzParseRef(f *testing.F) {
	for _, s := range []string{"env:X", "file:~/a b%", "exec:a;b", "hunter2", "env:hunter-2", "file:\n", "file:\xff", "file:<a>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, err := ParseRef(text)
		if err != nil {
			if text := err.Error(); text != ErrNotRef.Error() && text != ErrBadName.Error() {
				t.Errorf("error depends on the input: %q", text)
			}
			return
		}
		if r.String() != text {
			t.Errorf("ParseRef(%q) prints %q", text, r)
		}
		inner := strings.TrimSuffix(strings.TrimPrefix(r.Placeholder(), "<"), ">")
		if len(inner) != len(r.Placeholder())-2 || strings.IndexFunc(inner, func(c rune) bool {
			return c <= ' ' || c > '~' || strings.ContainsRune("<>;#!{}\"'`?$|&*\\()[],=", c)
		}) >= 0 {
			t.Errorf("placeholder %q is no single word", r.Placeholder())
		}
		if back, err := url.PathUnescape(inner); err != nil || back != text {
			t.Errorf("placeholder %q reads back as %q, %v", r.Placeholder(), back, err)
		}
	})
}
