package expressroute

import (
	"strings"
	"testing"
)

func TestValidMD5(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, key string
		want      bool
	}{
		{"every class", "azAZ09", true},
		{"one", "a", true},
		{"longest", strings.Repeat("a", 25), true},
		{"too long", strings.Repeat("a", 26), false},
		{"empty", "", false},
		{"hyphen", "a-b", false},
		{"space", "a b", false},
		{"newline", "ab\n", false},
		{"underscore", "a_b", false},
		{"neighbours of the classes", "@", false},
		{"bracket", "[", false},
		{"backquote", "`", false},
		{"brace", "{", false},
		{"slash", "/", false},
		{"colon", ":", false},
		{"letter beyond ASCII", "é", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := ValidMD5(c.key); got != c.want {
				t.Errorf("ValidMD5(%q) = %v", c.key, got)
			}
		})
	}
}
