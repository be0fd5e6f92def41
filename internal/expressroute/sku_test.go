package expressroute

import "testing"

func TestParseSKU(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]SKU{"local": LocalSKU, "standard": StandardSKU, "premium": PremiumSKU} {
		if got, err := ParseSKU(word); err != nil || got != want || got.String() != word {
			t.Errorf("ParseSKU(%q) = %v, %v", word, got, err)
		}
	}
	for _, word := range []string{"", "basic", "Premium"} {
		if got, err := ParseSKU(word); err == nil {
			t.Errorf("ParseSKU(%q) = %v", word, got)
		}
	}
	var unset SKU
	if unset != StandardSKU {
		t.Errorf("the zero SKU is %v", unset)
	}
}
