package expressroute

import "time"

// BFD as an MSEE runs it and as ercfg configures it by default, on IPv4
// sessions only. Some MSEEs run at 750 ms; the slower side wins, so a shorter
// interval is without effect. Source: expressroute-bfd.md.
const (
	BFDInterval   = 300 * time.Millisecond // transmit and receive
	BFDMultiplier = 3                      // missed packets, so detection takes 900 ms
)

// GatewayConvergence is how long Azure may take, at most, to move traffic to
// another MSEE after a failure has been detected. Source: expressroute-bfd.md.
const GatewayConvergence = 60 * time.Second

// BFDDefaultSince returns the day (00:00 UTC) after which a new peering has
// BFD on the MSEE: 2018-08-01 for private, 2020-01-10 for Microsoft peering.
// An older peering needs a reset, which interrupts both links. Source:
// expressroute-bfd.md, expressroute-howto-reset-peering.md.
func BFDDefaultSince(p Peering) time.Time {
	if p == MicrosoftPeering {
		return time.Date(2020, time.January, 10, 0, 0, 0, 0, time.UTC)
	}
	return time.Date(2018, time.August, 1, 0, 0, 0, 0, time.UTC)
}
