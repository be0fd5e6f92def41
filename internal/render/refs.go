package render

import (
	"slices"
	"strings"

	"github.com/ercfg/ercfg/internal/secret"
)

// refs collects references, each once. A router has few of them.
type refs []secret.Ref

func (r *refs) add(ref secret.Ref) {
	if !ref.IsZero() && !slices.Contains(*r, ref) {
		*r = append(*r, ref)
	}
}

func (r refs) sorted() []secret.Ref {
	slices.SortFunc(r, func(a, b secret.Ref) int { return strings.Compare(a.String(), b.String()) })
	return r
}
