package confdiff

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// junosApply returns what a router with Junos holds after it took commands and
// committed.
func junosApply(have Config, commands []string) (Config, error) {
	b := junosBox{slices.Clone(have.Statements)}
	for i, c := range commands {
		if err := b.take(c); err != nil {
			return Config{}, fmt.Errorf("command %d, %q: %w", i+1, c, err)
		}
	}
	return Config{Platform: Junos, Statements: b.have}, nil
}

// A junosBox is the model of a router with Junos.
type junosBox struct{ have []Statement }

// take is what the router does with a command.
func (b *junosBox) take(command string) error {
	words, secret := junosWords(command)
	if len(words) < 2 {
		return errors.New("it names nothing")
	}
	switch verb, words := words[0], words[1:]; verb {
	case "set":
		b.set(Statement{Path: words, Secret: secret})
		return nil
	case "delete":
		return b.delete(words)
	case "insert":
		return b.insert(words)
	case "activate", "deactivate":
		return b.switched(words, verb == "deactivate")
	default:
		return fmt.Errorf("%s is no command of the model", verb)
	}
}

// junosWords cuts a command into words, a string in quotes with them, and masks
// the placeholder of a secret.
func junosWords(command string) (words []string, secret Secret) {
	for rest := strings.TrimSpace(command); rest != ""; rest = strings.TrimLeft(rest, " ") {
		end := strings.IndexByte(rest, ' ')
		if rest[0] == '"' {
			end = 1
			for end < len(rest) && rest[end] != '"' {
				if rest[end] == '\\' {
					end++
				}
				end++
			}
			end = min(end+1, len(rest))
		}
		if end < 0 {
			end = len(rest)
		}
		word := rest[:end]
		rest = rest[end:]
		switch plain := strings.Trim(word, `"`); {
		case plain == KeptMark:
			word, secret = SecretMark, NewSecret(Hashed, plain)
		case junosPlaceholder(plain):
			word, secret = SecretMark, NewSecret(Reference, plain)
		}
		words = append(words, word)
	}
	return words, secret
}

// set puts a statement in: in place of the one with its leaf, and of a hierarchy
// that was empty. It is switched off where the hierarchy around it is.
func (b *junosBox) set(s Statement) {
	slot := junosSlot(s)
	for i, t := range b.have {
		if junosSlot(t) == slot && (slot != s.Key() || t.Key() == s.Key()) {
			s.Inactive = t.Inactive
			b.have[i] = s
			return
		}
	}
	b.have = slices.DeleteFunc(b.have, func(t Statement) bool {
		return !t.Inactive && len(t.Path) < len(s.Path) && slices.Equal(t.Path, s.Path[:len(t.Path)])
	})
	for _, t := range b.have {
		s.Inactive = s.Inactive || t.Inactive && len(t.Path) < len(s.Path) && slices.Equal(t.Path, s.Path[:len(t.Path)])
	}
	if !slices.ContainsFunc(b.have, func(t Statement) bool { return len(t.Path) > len(s.Path) && slices.Equal(t.Path[:len(s.Path)], s.Path) }) {
		b.have = append(b.have, s)
	}
}

// below reports whether a statement is in the hierarchy of words, or is it.
func below(s Statement, words []string) bool {
	return len(s.Path) >= len(words) && slices.Equal(s.Path[:len(words)], words)
}

func (b *junosBox) delete(words []string) error {
	before := len(b.have)
	b.have = slices.DeleteFunc(b.have, func(t Statement) bool { return below(t, words) })
	if len(b.have) == before {
		return errors.New("statement not found")
	}
	return nil
}

// insert moves a term before another, or a policy of a chain.
func (b *junosBox) insert(words []string) error {
	i := slices.Index(words, "before")
	if i < 2 || len(words) < i+2 {
		return errors.New("it moves nothing")
	}
	// The other has the same words but for its name.
	other := append(slices.Clone(words[:i-1]), words[len(words)-1])
	var moved, rest []Statement
	for _, t := range b.have {
		if below(t, words[:i]) {
			moved = append(moved, t)
		} else {
			rest = append(rest, t)
		}
	}
	at := slices.IndexFunc(rest, func(t Statement) bool { return below(t, other) })
	if len(moved) == 0 || at < 0 {
		return errors.New("statement not found")
	}
	b.have = slices.Insert(rest, at, moved...)
	return nil
}

// switched switches a hierarchy off or on, which has a statement of its own while
// it is off and holds others.
func (b *junosBox) switched(words []string, off bool) error {
	if !slices.ContainsFunc(b.have, func(t Statement) bool { return below(t, words) }) {
		return errors.New("statement not found")
	}
	own := slices.IndexFunc(b.have, func(t Statement) bool { return len(t.Path) == len(words) && below(t, words) })
	holds := slices.ContainsFunc(b.have, func(t Statement) bool { return len(t.Path) > len(words) && below(t, words) })
	for i, t := range b.have {
		if below(t, words) {
			b.have[i].Inactive = off
		}
	}
	switch {
	case off && own < 0:
		first := slices.IndexFunc(b.have, func(t Statement) bool { return below(t, words) })
		b.have = slices.Insert(b.have, first, Statement{Path: slices.Clone(words), Inactive: true})
	case !off && own >= 0 && holds:
		b.have = slices.Delete(b.have, own, own+1)
	}
	return nil
}
