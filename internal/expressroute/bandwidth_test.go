package expressroute

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestValidProviderBandwidth(t *testing.T) {
	t.Parallel()
	var got []int
	for mbps := -1; mbps <= 500000; mbps++ {
		if ValidProviderBandwidth(mbps) {
			got = append(got, mbps)
		}
	}
	if diff := cmp.Diff([]int{50, 100, 200, 500, 1000, 2000, 5000, 10000}, got); diff != "" {
		t.Errorf("bandwidths (-want +got):\n%s", diff)
	}
}

func TestDirectCircuitSizes(t *testing.T) {
	t.Parallel()
	for port, want := range map[int][]int{
		10:  {1, 2, 5, 10},
		100: {5, 10, 40, 100},
		400: {5, 10, 40, 100, 200, 400},
		0:   nil,
		40:  nil,
	} {
		if diff := cmp.Diff(want, DirectCircuitSizes(port)); diff != "" {
			t.Errorf("port of %d Gbps (-want +got):\n%s", port, diff)
		}
	}
}

// The tables are fresh at every call: a caller that changes one changes no
// fact.
func TestTablesAreCopies(t *testing.T) {
	t.Parallel()
	ProviderBandwidthsMbps()[0] = 1
	DirectCircuitSizes(10)[0] = 7
	if ValidProviderBandwidth(1) || DirectCircuitSizes(10)[0] != 1 {
		t.Error("a caller changed a table")
	}
}
