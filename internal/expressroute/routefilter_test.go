package expressroute

import (
	"strings"
	"testing"
	"time"

	"github.com/ercfg/ercfg/internal/bgp"
)

func TestRouteFilterSince(t *testing.T) {
	t.Parallel()
	if got, want := RouteFilterSince().Format(time.DateOnly), "2017-08-01"; got != want {
		t.Errorf("RouteFilterSince() = %s, want %s", got, want)
	}
}

// The range agrees with the table of national regions.
func TestIs21Vianet(t *testing.T) {
	t.Parallel()
	for value := range 65536 {
		c := community(value)
		f := ClassifyCommunity(c)
		want := f.Kind == NationalCloud && strings.HasPrefix(f.Text, "China ")
		if got := Is21Vianet(c); got != want {
			t.Errorf("Is21Vianet(%s) = %v, which is %s", c, got, f.Text)
		}
	}
	if Is21Vianet(bgp.Community(65001<<16 | 51301)) {
		t.Error("a community of another AS is in the cloud of 21Vianet")
	}
}
