package push

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/ercfg/ercfg/internal/secret"
)

// Secrets put values into what goes to a router, and take them out of what comes
// back. They print no value.
type Secrets struct {
	fill, mask *strings.Replacer
	values     []secret.Value // for a transcript, which looks for them in what comes in pieces
}

// NewSecrets reads the value of each reference once. All that cannot be read are
// said together. A value with a line end or another control character would type
// more than one line, and is refused.
func NewSecrets(refs []secret.Ref, read func(secret.Ref) (secret.Value, error)) (*Secrets, error) {
	var there []string
	type pair struct{ value, placeholder string }
	var back []pair
	var faults []error
	seen := make(map[secret.Ref]bool)
	for _, ref := range refs {
		if ref.IsZero() || seen[ref] {
			continue
		}
		seen[ref] = true
		v, err := read(ref)
		switch {
		case err != nil:
			faults = append(faults, err)
			continue
		case v.Reveal() == "":
			faults = append(faults, fmt.Errorf("%s: %w", ref, secret.ErrEmpty))
			continue
		case strings.ContainsFunc(v.Reveal(), unicode.IsControl):
			faults = append(faults, fmt.Errorf("%s: it holds a line end or another control character, which no key of a router has", ref))
			continue
		}
		there = append(there, ref.Placeholder(), v.Reveal())
		if len(v.Reveal()) < leastMasked {
			continue
		}
		back = append(back, pair{v.Reveal(), ref.Placeholder()})
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	// Of two values that begin alike the longer one is looked for first.
	slices.SortStableFunc(back, func(a, b pair) int { return len(b.value) - len(a.value) })
	out := &Secrets{fill: strings.NewReplacer(there...)}
	var flat []string
	for _, p := range back {
		flat = append(flat, p.value, p.placeholder)
		out.values = append(out.values, secret.NewValue(p.value))
	}
	out.mask = strings.NewReplacer(flat...)
	return out, nil
}

// Fill puts values in the places of their placeholders.
func (s *Secrets) Fill(text string) string { return s.fill.Replace(text) }

// Mask puts placeholders in the places of values, wherever they stand. Two
// references with one value become the first of them. A value of fewer than four bytes
// stays: it would be found in half of all words.
func (s *Secrets) Mask(text string) string { return s.mask.Replace(text) }

// String never prints a value.
func (s *Secrets) String() string { return "(secrets)" }

// GoString never prints a value.
func (s *Secrets) GoString() string { return s.String() }
