package expressroute

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPreferences(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		of    func(int) uint32
		ranks int
		want  []uint32
	}{
		{"circuits", CircuitPreference, CircuitRanks, []uint32{200, 150, 140, 130, 120, 110, 109, 108, 107, 106, 105, 104, 103, 102, 101}},
		{"backup", BackupPreference, BackupRanks, []uint32{100, 90, 80, 70, 60, 50, 40, 30, 20, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1}},
		{"encrypted", EncryptedPreference, EncryptedRanks, []uint32{250, 240, 230, 220, 210, 209, 208, 207, 206, 205, 204, 203, 202, 201}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var got []uint32
			for rank := range c.ranks {
				got = append(got, c.of(rank))
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("by rank (-want +got):\n%s", diff)
			}
			last := c.want[len(c.want)-1]
			for _, rank := range []int{c.ranks, 1000, math.MaxInt} {
				if got := c.of(rank); got != last {
					t.Errorf("rank %d has %d, want the last, %d", rank, got, last)
				}
			}
			if got := c.of(-1); got != c.want[0] {
				t.Errorf("rank -1 has %d, want the first, %d", got, c.want[0])
			}
		})
	}
}
