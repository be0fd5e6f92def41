package push

import (
	"testing"
	"time"

	"github.com/ercfg/ercfg/internal/confdiff"
)

// FRR judges routes by a changed policy only after a while: tests wait for longer.
func TestFRRPolicyDelay(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{
		"router bgp 65010\n neighbor 192.0.2.1 remote-as 12076\nexit\n": 5 * time.Second,
		"bgp route-map delay-timer 30\n":                                30 * time.Second,
		"bgp route-map delay-timer 0\n":                                 0,
	} {
		c, err := confdiff.Read(confdiff.FRR, []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if got := frrPolicyDelay(c); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}

// IOS-XE sends routes by a changed policy within a minute, unless it is told to at once.
func TestIOSXEPolicyDelay(t *testing.T) {
	t.Parallel()
	for want, impacts := range map[time.Duration][]confdiff.Impact{
		0:           {{Class: confdiff.RouteRefresh, Then: []string{"clear ip bgp 192.0.2.1 soft in"}}, {Class: confdiff.NoImpact}},
		time.Minute: {{Class: confdiff.RouteRefresh, Then: []string{"clear ip bgp 192.0.2.1 soft in"}}, {Class: confdiff.RouteRefresh}},
	} {
		if got := iosxePolicyDelay(&confdiff.Change{Impacts: impacts}); got != want {
			t.Errorf("%v, want %v", got, want)
		}
	}
}
