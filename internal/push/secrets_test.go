package push

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/ercfg/ercfg/internal/secret"
)

// keys reads references from a map.
func keys(t *testing.T, values map[string]string) (refs []secret.Ref, read func(secret.Ref) (secret.Value, error)) {
	t.Helper()
	for _, name := range []string{"env:LONG", "env:SHORT", "file:a key", "env:MISSING", "env:LINES", "env:EMPTY"} {
		if _, ok := values[name]; !ok && name != "env:MISSING" {
			continue
		}
		ref, err := secret.ParseRef(name)
		if err != nil {
			t.Fatal(err)
		}
		refs = append(refs, ref, ref)
	}
	return refs, func(ref secret.Ref) (secret.Value, error) {
		text, ok := values[ref.String()]
		if !ok {
			return secret.Value{}, fmt.Errorf("%s: not set", ref)
		}
		return secret.NewValue(text), nil
	}
}

// Values go in and come out again, the longer of two first.
func TestSecrets(t *testing.T) {
	t.Parallel()
	refs, read := keys(t, map[string]string{"env:LONG": "s3cret-and-more", "env:SHORT": "s3cret", "file:a key": "<env:LONG>"})
	refs = refs[:len(refs)-2] // without the one that is missing
	s, err := NewSecrets(append(refs, secret.Ref{}), read)
	if err != nil {
		t.Fatal(err)
	}
	const text = "password <env:LONG> and <env:SHORT> and <file:a%20key> and <env:OTHER>"
	filled := s.Fill(text)
	if want := "password s3cret-and-more and s3cret and <env:LONG> and <env:OTHER>"; filled != want {
		t.Errorf("filled: %q, want %q", filled, want)
	}
	if got := s.Mask("s3cret-and-more, xs3crety"); got != "<env:LONG>, x<env:SHORT>y" {
		t.Errorf("masked: %q", got)
	}
	if got := fmt.Sprintf("%v %+v %#v %s", s, s, s, s); strings.Contains(got, "s3cret") || !strings.Contains(got, "(secrets)") {
		t.Errorf("printed: %s", got)
	}
}

// All that is wrong is said at once, and no value with it.
func TestSecretsRefused(t *testing.T) {
	t.Parallel()
	refs, read := keys(t, map[string]string{"env:LINES": "one\ntwo", "env:EMPTY": ""})
	_, err := NewSecrets(refs, read)
	if err == nil || !errors.Is(err, secret.ErrEmpty) {
		t.Fatalf("%v", err)
	}
	for _, want := range []string{"env:MISSING: not set", "env:LINES: it holds a line end", "env:EMPTY: empty"} {
		if strings.Count(err.Error(), want) != 1 {
			t.Errorf("%q is not said once: %v", want, err)
		}
	}
	if strings.Contains(err.Error(), "two") {
		t.Errorf("a value is said: %v", err)
	}
}
