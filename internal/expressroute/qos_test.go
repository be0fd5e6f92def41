package expressroute

import (
	"slices"
	"testing"
)

func TestIsKeptDSCP(t *testing.T) {
	t.Parallel()
	var kept []int
	for v := -1; v <= DSCPMax+1; v++ {
		if IsKeptDSCP(v) {
			kept = append(kept, v)
		}
	}
	if want := []int{0, 10, 18, 34, 46}; !slices.Equal(kept, want) {
		t.Errorf("kept %v, want %v", kept, want)
	}
}
