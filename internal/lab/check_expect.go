//go:build linux

package lab

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/ercfg/ercfg/internal/expressroute"
	"github.com/ercfg/ercfg/internal/plan"
)

// What a lab is to look like, from its plan and never from a configuration.

// accepted are the lines of what r takes of the offers on a session: prefix,
// local-preference, AS path. A route that no policy sets a local-preference on
// has none of its own.
func accepted(r *plan.Router, s *plan.Session, offers []plan.Offer) []string {
	var out []string
	for _, o := range offers {
		if plan.FamilyOf(o.Prefix.Addr()) != s.Family || s.Shutdown {
			continue
		}
		if t := r.Decide(s.Import, o.Prefix, o.Communities); t != nil {
			out = append(out, routeLine(o.Prefix, t.LocalPreference, s.RemoteASN.String()))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// routeLine writes a route as the assertions compare it.
func routeLine(prefix netip.Prefix, preference uint32, path string) string {
	if preference == 0 {
		return fmt.Sprintf("%s path %s", prefix, path)
	}
	return fmt.Sprintf("%s preference %d path %s", prefix, preference, path)
}

// advertised are the lines of what r tells the far end of a session: what it
// brings into BGP itself and its export policy lets out, with the prepends.
// What is learned from a router that the plan does not describe is not in a lab.
func advertised(r *plan.Router, s *plan.Session) []string {
	var out []string
	for i := range r.Origins {
		o := &r.Origins[i]
		if o.How == plan.Learned || plan.FamilyOf(o.Prefix.Addr()) != s.Family || s.Shutdown {
			continue
		}
		t := r.Decide(s.Export, o.Prefix, nil)
		if t == nil {
			continue
		}
		path := []string{r.ASN.String()}
		for _, asn := range t.Prepend {
			path = append(path, asn.String())
		}
		out = append(out, routeLine(o.Prefix, 0, strings.Join(path, " ")))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// A standing is what one end says of a session that is as planned.
type standing struct {
	state           string
	keepalive, hold time.Duration // as agreed
	bfd             string        // empty: none
}

func (s standing) String() string {
	if s.state != established {
		return s.state
	}
	text := fmt.Sprintf("%s, keepalive %s, hold %s, ", s.state, span(s.keepalive), span(s.hold))
	if s.bfd == "" {
		return text + "no BFD"
	}
	return text + "BFD " + s.bfd
}

// established is FRR's word for a session that is up.
const established = "Established"

// planned is how a session of r is to stand: the lower hold time of both ends
// (RFC 4271 §4.2) and a keepalive of a third of it at most, and on a link the
// BFD of both.
func planned(s *plan.Session, theirs time.Duration, port string) standing {
	if s.Shutdown {
		return standing{state: "Idle (Admin)"}
	}
	out := standing{state: established}
	out.hold, out.keepalive = s.Timers.Agreed(theirs)
	if s.BFD.On() {
		out.bfd = fmt.Sprintf("up on %s, single hop, %d ms x %d, theirs %d ms x %d", port, s.BFD.Interval.Milliseconds(), s.BFD.Multiplier,
			expressroute.BFDInterval.Milliseconds(), expressroute.BFDMultiplier)
	}
	return out
}
