//go:build linux

package lab

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/ercfg/ercfg/internal/bgp"
	"github.com/ercfg/ercfg/internal/expressroute"
	"github.com/ercfg/ercfg/internal/plan"
)

// What a lab is to look like, from its plan and never from a configuration.

// decide returns the term of a router's policy that accepts a route; nil where
// the policy refuses it. FRR lets nothing into BGP that the plan does not bring
// in, so that a term's protocol is no question.
func decide(r *plan.Router, policy plan.Name, prefix netip.Prefix, communities []bgp.Community) *plan.Term {
	family := plan.FamilyOf(prefix.Addr())
	for i := range r.Policies {
		p := &r.Policies[i]
		if p.Name != policy || p.Family != family {
			continue
		}
		for j := range p.Terms {
			t := &p.Terms[j]
			if !listsPrefix(r, t.Match, prefix) || !listsCommunity(r, t.Communities, communities) {
				continue
			}
			if t.Deny {
				return nil
			}
			return t
		}
	}
	return nil
}

// listsPrefix reports whether a prefix list has a prefix; no list has every one.
func listsPrefix(r *plan.Router, list plan.Name, prefix netip.Prefix) bool {
	if list == "" {
		return true
	}
	return slices.ContainsFunc(r.PrefixLists, func(l plan.PrefixList) bool {
		return l.Name == list && l.Family == plan.FamilyOf(prefix.Addr()) && slices.ContainsFunc(l.Entries, func(e plan.PrefixEntry) bool {
			return e.Prefix == prefix || l.OrLonger && e.Prefix.Bits() <= prefix.Bits() && e.Prefix.Contains(prefix.Addr())
		})
	})
}

// listsCommunity reports whether a list has one of a route's communities; no list
// has every route.
func listsCommunity(r *plan.Router, list plan.Name, communities []bgp.Community) bool {
	if list == "" {
		return true
	}
	return slices.ContainsFunc(r.Communities, func(l plan.CommunityList) bool {
		return l.Name == list && slices.ContainsFunc(l.Members, func(c bgp.Community) bool { return slices.Contains(communities, c) })
	})
}

// An offer is a prefix that Azure announces on a session.
type offer struct {
	prefix      netip.Prefix
	communities []bgp.Community
}

// offersOn lists what an MSEE announces on a link's private peering: the VNets
// that have a connection to it.
func offersOn(p *plan.Plan, l *plan.Link) []offer {
	var out []offer
	for i := range p.VNets {
		v := &p.VNets[i]
		if slices.ContainsFunc(v.Connections, func(c plan.Connection) bool { return c.Path == l.Path }) {
			for _, prefix := range v.Prefixes {
				out = append(out, offer{prefix, v.Communities})
			}
		}
	}
	return out
}

// offersIn lists what a VPN gateway announces in a tunnel: its VNet, and every
// VNet that a statement reaches by the VPN. It sends no communities.
func offersIn(p *plan.Plan, t *plan.Tunnel) []offer {
	vnets := make(map[string]bool)
	for i := range p.VPNs {
		if p.VPNs[i].Name == t.Path {
			vnets[p.VPNs[i].VNet] = true
		}
	}
	for i := range p.Statements {
		if s := &p.Statements[i]; slices.Contains(s.Prefer, t.Path) {
			for _, v := range s.VNets {
				vnets[v] = true
			}
		}
	}
	var out []offer
	for i := range p.VNets {
		if vnets[p.VNets[i].Name] {
			for _, prefix := range p.VNets[i].Prefixes {
				out = append(out, offer{prefix: prefix})
			}
		}
	}
	return out
}

// accepted are the lines of what r takes of the offers on a session: prefix,
// local-preference, AS path. A route that no policy sets a local-preference on
// has none of its own.
func accepted(r *plan.Router, s *plan.Session, offers []offer) []string {
	var out []string
	for _, o := range offers {
		if plan.FamilyOf(o.prefix.Addr()) != s.Family || s.Shutdown {
			continue
		}
		if t := decide(r, s.Import, o.prefix, o.communities); t != nil {
			out = append(out, routeLine(o.prefix, t.LocalPreference, s.RemoteASN.String()))
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
		t := decide(r, s.Export, o.Prefix, nil)
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
	out.hold, out.keepalive = agreed(s.Timers, theirs)
	if s.BFD.On() {
		out.bfd = fmt.Sprintf("up on %s, single hop, %d ms x %d, theirs %d ms x %d", port, s.BFD.Interval.Milliseconds(), s.BFD.Multiplier,
			expressroute.BFDInterval.Milliseconds(), expressroute.BFDMultiplier)
	}
	return out
}

// agreed are the hold time and keepalive of a session whose other end offers a
// hold time.
func agreed(t plan.Timers, theirs time.Duration) (hold, keepalive time.Duration) {
	hold = min(t.Hold, theirs)
	return hold, min(t.Keepalive, hold/3)
}
