package push

import (
	"net/netip"
	"testing"
	"time"

	"github.com/ercfg/ercfg/internal/plan"
)

// A keepalive that is a third of a hold time is taken in whole seconds, as routers print
// it; anything else is not.
func TestTimersOfThirds(t *testing.T) {
	t.Parallel()
	n := Neighbor{Addr: netip.MustParseAddr("172.16.200.2")}
	for _, c := range []struct {
		name       string
		platform   plan.Platform
		keepalive  time.Duration // of the plan; its hold time is 10 s
		told, hold int           // of the router
		pass       bool
	}{
		{"Junos drops the rest", plan.Junos, 3 * time.Second, 3, 10, true},
		{"Junos rounds up", plan.Junos, 3 * time.Second, 4, 10, true},
		{"Junos has another hold time's", plan.Junos, 3 * time.Second, 5, 10, false},
		{"Junos has another hold time", plan.Junos, 3 * time.Second, 3, 11, false},
		{"IOS-XE, more than a third is wanted", plan.IOSXE, 5 * time.Second, 3, 10, true},
		{"IOS-XE, more than a third is had", plan.IOSXE, 5 * time.Second, 5, 10, false},
		{"IOS-XE, whole seconds", plan.IOSXE, 3 * time.Second, 4, 10, false},
		{"FRR, more than a third is wanted", plan.FRR, 5 * time.Second, 3, 10, true},
		{"FRR, whole seconds", plan.FRR, 3 * time.Second, 2, 10, false},
	} {
		l := &look{r: &plan.Router{Platform: c.platform}}
		w := &wanted{Neighbor: n, timers: plan.Timers{Keepalive: c.keepalive, Hold: 10 * time.Second}, theirs: 180 * time.Second}
		peer := &Peer{Addr: n.Addr, State: Established, Hold: time.Duration(c.hold) * time.Second, Keepalive: time.Duration(c.told) * time.Second}
		if got := l.timers(w, peer); got.Pass != c.pass || got.Want != "hold 10 s, keepalive 3 s" {
			t.Errorf("%s: %v, wanted %q, got %q", c.name, got.Pass, got.Want, got.Got)
		}
	}
}
