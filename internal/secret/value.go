package secret

import (
	"fmt"
	"io"
	"log/slog"
)

// redacted is what every printer shows in place of a secret.
const redacted = "(secret)"

// Value is a secret. It stands behind a pointer, because fmt does not call the
// methods of an unexported field and would print a string there; a pointer
// inside a struct it prints as an address. A debugger, reflection that follows
// pointers and a core dump still see the value. Two Values are equal by ==
// only when one is a copy of the other.
type Value struct{ text *string }

// NewValue wraps a secret.
func NewValue(text string) Value { return Value{&text} }

// Reveal returns the secret, "" for the zero Value. Only push and lab call it
// to write the secret to a router, and plan to check its form.
func (v Value) Reveal() string {
	if v.text == nil {
		return ""
	}
	return *v.text
}

// String hides the secret.
func (v Value) String() string { return redacted }

// GoString hides the secret from %#v.
func (v Value) GoString() string { return redacted }

// Format hides the secret from every verb, %d and %p among them.
func (v Value) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, redacted) }

// MarshalText hides the secret from YAML and XML, and from JSON keys.
func (v Value) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// MarshalJSON hides the secret from JSON.
func (v Value) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }

// LogValue hides the secret from slog.
func (v Value) LogValue() slog.Value { return slog.StringValue(redacted) }
