package expressroute

import "testing"

func TestParsePeering(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]Peering{"private": PrivatePeering, "microsoft": MicrosoftPeering} {
		if got, err := ParsePeering(word); err != nil || got != want || got.String() != word {
			t.Errorf("ParsePeering(%q) = %v, %v", word, got, err)
		}
	}
	for _, word := range []string{"", "public", "Private", "AzurePrivatePeering"} {
		if got, err := ParsePeering(word); err == nil {
			t.Errorf("ParsePeering(%q) = %v", word, got)
		}
	}
}
