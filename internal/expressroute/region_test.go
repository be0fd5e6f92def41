package expressroute

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ercfg/ercfg/internal/bgp"
)

// onMicrosoftPeering is what the region's prefixes carry there: the counterpart of
// PrivateCommunity (expressroute-routing.md).
func (r Region) onMicrosoftPeering() bgp.Community { return community(MicrosoftRegionBase + r.Number) }

func TestRegionByCode(t *testing.T) {
	t.Parallel()
	got, ok := RegionByCode("uksouth")
	if !ok {
		t.Fatal("uksouth is unknown")
	}
	if diff := cmp.Diff(Region{"uksouth", "UK South", 24}, got); diff != "" {
		t.Errorf("uksouth (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"12076:50024", "12076:51024"}, []string{got.PrivateCommunity().String(), got.onMicrosoftPeering().String()}); diff != "" {
		t.Errorf("communities (-want +got):\n%s", diff)
	}
	for _, code := range []string{"", "UKSouth", "swedencentral"} {
		if r, ok := RegionByCode(code); ok {
			t.Errorf("RegionByCode(%q) = %v", code, r)
		}
	}
}

// Numbers are copied from the page a second time here, in the order of codes.
func TestRegionNumbers(t *testing.T) {
	t.Parallel()
	want := map[string]int{
		"australiacentral": 32, "australiacentral2": 33, "australiaeast": 15, "australiasoutheast": 16, "brazilsouth": 14,
		"canadacentral": 20, "canadaeast": 21, "centralindia": 17, "centralus": 9, "eastasia": 10, "eastus": 4, "eastus2": 5,
		"francecentral": 30, "francesouth": 31, "germanynorth": 40, "germanywestcentral": 41, "japaneast": 12, "japanwest": 13,
		"koreacentral": 29, "koreasouth": 28, "newzealandnorth": 59, "northcentralus": 7, "northeurope": 3, "norwayeast": 42,
		"norwaywest": 43, "southafricanorth": 34, "southafricawest": 35, "southcentralus": 8, "southeastasia": 11, "southindia": 19,
		"switzerlandnorth": 38, "switzerlandwest": 39, "uaecentral": 37, "uaenorth": 36, "uksouth": 24, "ukwest": 25,
		"westcentralus": 27, "westeurope": 2, "westindia": 18, "westus": 6, "westus2": 26, "westus3": 44,
	}
	got := map[string]int{}
	for n := range 1000 {
		if r, ok := RegionByNumber(n); ok {
			got[r.Code] = n
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("numbers (-want +got):\n%s", diff)
	}
	if len(regions()) != len(want) {
		t.Errorf("%d regions, %d numbers: two share one", len(regions()), len(want))
	}
}
