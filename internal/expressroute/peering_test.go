package expressroute

import "testing"

func TestPeeringString(t *testing.T) {
	t.Parallel()
	for p, want := range map[Peering]string{PrivatePeering: "private", MicrosoftPeering: "microsoft"} {
		if got := p.String(); got != want {
			t.Errorf("peering %d is %q, want %q", uint8(p), got, want)
		}
	}
}
