package expressroute

import (
	"testing"
	"time"
)

func TestBFD(t *testing.T) {
	t.Parallel()
	if got, want := BFDMultiplier*BFDInterval, 900*time.Millisecond; got != want {
		t.Errorf("detection takes %v, want %v", got, want)
	}
	for p, want := range map[Peering]string{PrivatePeering: "2018-08-01", MicrosoftPeering: "2020-01-10"} {
		if got := BFDDefaultSince(p).Format(time.DateOnly); got != want {
			t.Errorf("%s peering: %s, want %s", p, got, want)
		}
	}
}
