package ether

import (
	"math"
	"strconv"
	"testing"
)

func TestParseVLAN(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		n    int
		want VLAN
		bad  bool
	}{
		{name: "smallest", n: 1, want: 1},
		{name: "largest", n: 4094, want: 4094},
		{name: "priority tag", n: 0, bad: true},
		{name: "reserved", n: 4095, bad: true},
		{name: "negative", n: -1, bad: true},
		{name: "wraps in 16 bits", n: 65536 + 150, bad: true},
		{name: "most negative", n: math.MinInt, bad: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := ParseVLAN(c.n)
			if got != c.want || (err != nil) != c.bad {
				t.Errorf("ParseVLAN(%d) = %d, %v", c.n, got, err)
			}
		})
	}
}

func FuzzParseVLAN(f *testing.F) {
	for _, n := range []int{-1, 0, 1, 4094, 4095, 65537} {
		f.Add(n)
	}
	f.Fuzz(func(t *testing.T, n int) {
		v, err := ParseVLAN(n)
		if err != nil {
			if 1 <= n && n <= 4094 {
				t.Errorf("ParseVLAN(%d): %v", n, err)
			}
			return
		}
		back, err := strconv.Atoi(v.String())
		if err != nil || back != n {
			t.Errorf("ParseVLAN(%d) prints %s", n, v)
		}
	})
}
