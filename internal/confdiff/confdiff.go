// Package confdiff compares a router's own configuration with the one that was
// rendered for it, in our slice only: what is missing, what is there too much,
// what is different, the commands there and back, and what each change does to
// live sessions.
//
// In come an artifact and the text that a router prints; out go values. The
// package talks to no router, and what it does not recognise as ours it neither
// shows nor touches. A secret never leaves it: it is equal, different or
// unknown.
package confdiff

import (
	"slices"
	"strings"
)

// The platforms, in the intent's words.
const (
	IOSXE = "ios-xe"
	Junos = "junos"
	FRR   = "frr"
)

// A Config is a configuration as the list of its statements, in the order of the
// text.
type Config struct {
	Platform   string
	Statements []Statement
}

// A Statement is one line of a configuration in canonical form: as the box
// prints it, whatever spelling it was read in.
type Statement struct {
	// Path holds the contexts that the statement stands in, outermost first, and
	// then the statement itself. On IOS-XE and FRR each is one line without its
	// indentation (router bgp 65010 / address-family ipv4 / neighbor 192.0.2.1
	// activate); a context without statements of its own is a statement, too, and
	// stands before them. On Junos each is one word of the set command
	// (protocols / bgp / group / NAME / …), and every member of a list in brackets
	// is a statement of its own.
	Path []string
	// Number is the line of the text, from 1, where it begins.
	Number int
	// Inactive marks what Junos keeps and does not use (inactive:).
	Inactive bool
	// Opaque marks what has lines that are not configuration: a banner, a
	// certificate. Path is its first line alone, and it is never ours.
	Opaque bool
	// Secret is what Path has a mark for, where the statement holds one.
	Secret Secret
}

// SecretMark stands in a Path where a secret was.
const SecretMark = "<secret>"

// Text is the statement as one line: the words of Junos, the last line
// elsewhere.
func (s Statement) Text(platform string) string {
	if platform == Junos {
		return strings.Join(s.Path, " ")
	}
	return s.Path[len(s.Path)-1]
}

// Key names the statement among those of its configuration.
func (s Statement) Key() string { return strings.Join(s.Path, "\n") }

// A Secret is a key as a configuration has it. No printer prints its value. The
// zero Secret is none.
type Secret struct {
	form  Form
	value *string // behind a pointer, where fmt does not look
	name  string  // placeholder of a reference whose value is known; see Resolved
}

// A Form is how a configuration writes a secret.
type Form uint8

// The forms. Only Plain, Reversible and Reference can be compared.
const (
	NoSecret   Form = iota
	Plain           // in clear
	Reversible      // Cisco type 7, Junos $9$: decoded by the reader, so that value is clear text
	Hashed          // types 5, 6, 8, 9, $6$: nothing can be read from it
	Reference       // a placeholder of ours: <env:NAME>
)

// NewSecret is a secret as a reader found it; value is clear text where the form
// can be read.
func NewSecret(form Form, value string) Secret { return Secret{form: form, value: &value} }

// Resolved is the configuration with the values of its references, as value returns
// them for a placeholder: a router's own secrets can be compared with them. Commands go
// on naming the references.
func (c Config) Resolved(value func(placeholder string) string) Config {
	c.Statements = slices.Clone(c.Statements)
	for i := range c.Statements {
		s := &c.Statements[i].Secret
		if s.form != Reference {
			continue
		}
		if v := value(*s.value); v != *s.value {
			*s = Secret{Plain, &v, *s.value}
		}
	}
	return c
}

// resolvedAs gives the references of c the values that those of o have.
func (c Config) resolvedAs(o Config) Config {
	known := make(map[string]string)
	for _, s := range o.Statements {
		if s.Secret.name != "" {
			known[s.Secret.name] = *s.Secret.value
		}
	}
	return c.Resolved(func(placeholder string) string {
		if v, ok := known[placeholder]; ok {
			return v
		}
		return placeholder
	})
}

// Form returns how the secret was written.
func (s Secret) Form() Form { return s.form }

// String never prints the value.
func (s Secret) String() string {
	if s.form == NoSecret {
		return ""
	}
	return SecretMark
}

// GoString never prints the value.
func (s Secret) GoString() string { return s.String() }

// Verdict says how two secrets compare.
type Verdict uint8

// The verdicts.
const (
	Equal Verdict = iota
	Different
	Unknown // one of them cannot be read here
)

// Compare compares two secrets: Unknown where either is hashed, or one is a
// reference and the other is not the same reference.
func (s Secret) Compare(o Secret) Verdict {
	readable := func(x Secret) bool { return x.form == Plain || x.form == Reversible }
	switch {
	case s.form == NoSecret && o.form == NoSecret:
		return Equal
	case s.form == NoSecret || o.form == NoSecret:
		return Different
	case readable(s) && readable(o), s.form == Reference && o.form == Reference, s.form == Hashed && o.form == Hashed && *s.value == *o.value:
		if *s.value == *o.value {
			return Equal
		}
		return Different
	}
	return Unknown
}
