package expressroute

import (
	"time"

	"github.com/ercfg/ercfg/internal/bgp"
)

// RouteFilterSince returns the day (00:00 UTC) from which a new Microsoft
// peering, 2017-08-01, sends nothing until a route filter is attached in
// Azure. Source: how-to-routefilter-portal.md.
func RouteFilterSince() time.Time { return time.Date(2017, time.August, 1, 0, 0, 0, 0, time.UTC) }

// Is21Vianet reports whether c is the community of a region in the cloud that
// 21Vianet runs in China, which has no Microsoft 365 communities. Source:
// bgp-communities.md, expressroute-routing.md.
func Is21Vianet(c bgp.Community) bool {
	return bgp.ASN(c.ASN()) == MicrosoftASN && 51301 <= c.Value() && c.Value() <= 51305
}
