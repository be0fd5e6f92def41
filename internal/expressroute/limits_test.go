package expressroute

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPrefixLimits(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		sku     SKU
		peering Peering
		want    [2]int
	}{
		{LocalSKU, PrivatePeering, [2]int{4000, 100}},
		{StandardSKU, PrivatePeering, [2]int{4000, 100}},
		{PremiumSKU, PrivatePeering, [2]int{10000, 100}},
		{LocalSKU, MicrosoftPeering, [2]int{200, 200}},
		{StandardSKU, MicrosoftPeering, [2]int{200, 200}},
		{PremiumSKU, MicrosoftPeering, [2]int{200, 200}},
	} {
		t.Run(c.sku.String()+" "+c.peering.String(), func(t *testing.T) {
			t.Parallel()
			v4, v6 := PrefixLimits(c.sku, c.peering)
			if diff := cmp.Diff(c.want, [2]int{v4, v6}); diff != "" {
				t.Errorf("IPv4 and IPv6 (-want +got):\n%s", diff)
			}
		})
	}
}

func TestVNetLinks(t *testing.T) {
	t.Parallel()
	got := map[int]int{}
	for _, mbps := range append(ProviderBandwidthsMbps(), 0, 40000, 400000) {
		got[mbps] = VNetLinks(PremiumSKU, mbps)
		for _, sku := range []SKU{LocalSKU, StandardSKU} {
			if n := VNetLinks(sku, mbps); n != 10 {
				t.Errorf("%s circuit of %d Mbps: %d links", sku, mbps, n)
			}
		}
	}
	want := map[int]int{0: 20, 50: 20, 100: 25, 200: 25, 500: 40, 1000: 50, 2000: 60, 5000: 75, 10000: 100, 40000: 100, 400000: 100}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("links of Premium by Mbps (-want +got):\n%s", diff)
	}
}
