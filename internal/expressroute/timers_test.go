package expressroute

import (
	"testing"
	"time"
)

// The defaults must hold against the facts: the MSEE takes them, they decide
// over its own, and they keep the ratio of three that Junos derives.
func TestDefaultTimersFit(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ keepalive, hold time.Duration }{
		"without BFD": {Keepalive, Hold},
		"with BFD":    {KeepaliveWithBFD, HoldWithBFD},
		"VPN":         {VPNKeepalive, VPNHold},
		"iBGP":        {IBGPKeepalive, IBGPHold},
	} {
		if c.hold != 3*c.keepalive {
			t.Errorf("%s: %v is not three times %v", name, c.hold, c.keepalive)
		}
		if c.keepalive < MinKeepalive || c.hold < MinHold || c.hold > MSEEHold || c.keepalive > MSEEKeepalive {
			t.Errorf("%s: %v/%v is outside of what an MSEE takes", name, c.keepalive, c.hold)
		}
	}
	if HoldWithBFD < MinHoldWithBFD || Hold > MaxHoldIPv6 {
		t.Error("the defaults draw a warning")
	}
}
