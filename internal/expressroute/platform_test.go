package expressroute

import (
	"net/netip"
	"testing"
)

func TestIsPlatformAddress(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, prefix string
		want         bool
	}{
		{"the address", "168.63.129.16/32", true},
		{"a link that holds it", "168.63.129.16/30", true},
		{"what covers it", "168.63.0.0/16", true},
		{"the next link", "168.63.129.20/30", false},
		{"another family", "2001:db8::/126", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := IsPlatformAddress(netip.MustParsePrefix(c.prefix)); got != c.want {
				t.Errorf("IsPlatformAddress(%s) = %v", c.prefix, got)
			}
		})
	}
}
