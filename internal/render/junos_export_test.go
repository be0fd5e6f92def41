package render

import (
	"testing"

	"github.com/ercfg/ercfg/internal/plan"
)

// Handmade is the plan for readers, which stand outside of this package.
func Handmade(t testing.TB) *plan.Plan {
	t.Helper()
	return handmade(t)
}
