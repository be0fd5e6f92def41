package render_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/ercfg/ercfg/internal/expressroute"
	"github.com/ercfg/ercfg/internal/plan"
)

// What a laboratory is to look like, from its plan and never from a text.

// plannedSessions are the sessions of r as both ends agree: the lower hold time
// (RFC 4271 §4.2), and a keepalive of at most a third of it.
func plannedSessions(r *plan.Router) map[netip.Addr]session {
	out := make(map[netip.Addr]session)
	for _, link := range r.Links {
		for _, s := range link.Sessions {
			if s.Shutdown {
				out[s.Neighbor] = session{State: "Idle (Admin)"}
				continue
			}
			hold := min(s.Timers.Hold, expressroute.MSEEHold)
			agreed := session{State: "Established", Hold: hold, Keepalive: min(s.Timers.Keepalive, hold/3)}
			if s.BFD.On() {
				ms := s.BFD.Interval.Milliseconds()
				agreed.BFD = fmt.Sprintf("up on %s, multihop false, %d/%d x %d, theirs %d x %d", link.Subinterface(), ms, ms, s.BFD.Multiplier,
					expressroute.BFDInterval.Milliseconds(), expressroute.BFDMultiplier)
			}
			out[s.Neighbor] = agreed
		}
	}
	for _, s := range r.IBGP {
		out[s.Neighbor] = session{State: "Established", Hold: s.Timers.Hold, Keepalive: s.Timers.Keepalive}
	}
	return out
}

// accepted are the paths that r takes from its edge routers, of all that they
// announce: by the plan's own import policies.
func (l *lab) accepted(r *plan.Router) map[netip.Prefix][]path {
	out := make(map[netip.Prefix][]path)
	d := planned(r)
	for _, link := range r.Links {
		for _, s := range link.Sessions {
			for _, prefix := range l.announced {
				if s.Shutdown || plan.FamilyOf(prefix.Addr()) != s.Family {
					continue
				}
				if got := d.learned(d.peer(s.Neighbor), prefix); got.accepted {
					out[prefix] = append(out[prefix], path{s.Neighbor, got.localPreference, expressroute.MicrosoftASN.String(), s.Neighbor})
				}
			}
		}
	}
	return out
}

// best is the highest local-preference of paths; 0 without any.
func best(paths []path) int {
	out := 0
	for _, p := range paths {
		out = max(out, p.LocalPreference)
	}
	return out
}

// bestOfAll is the highest local-preference that any router has for prefix.
func (l *lab) bestOfAll(prefix netip.Prefix) int {
	out := 0
	for i := range l.plan.Routers {
		out = max(out, best(l.accepted(&l.plan.Routers[i])[prefix]))
	}
	return out
}

// plannedPaths is what r has heard: from its edge routers, and over iBGP from
// each router whose own link is best of all (another one has its best path
// from iBGP and does not pass it on), with that router as the next hop.
func (l *lab) plannedPaths(r *plan.Router) map[netip.Prefix][]path {
	out := l.accepted(r)
	for i := range l.plan.Routers {
		peer := &l.plan.Routers[i]
		for prefix, theirs := range l.accepted(peer) {
			for _, s := range r.IBGP {
				if s.Peer == peer.Name && s.Family == plan.FamilyOf(prefix.Addr()) && best(theirs) == l.bestOfAll(prefix) {
					out[prefix] = append(out[prefix], path{s.Neighbor, best(theirs), expressroute.MicrosoftASN.String(), s.Neighbor})
				}
			}
		}
	}
	for _, paths := range out {
		slices.SortFunc(paths, func(a, b path) int { return a.Peer.Compare(b.Peer) })
	}
	return out
}

// plannedInterfaces are the interfaces that r sends each prefix out of: all of
// its own links that are best of all, or else the wires to the routers that
// have such a link. The plan's limit of equal paths is wide enough for them.
func (l *lab) plannedInterfaces(r *plan.Router) map[netip.Prefix][]string {
	device := make(map[netip.Addr]string)
	for _, link := range r.Links {
		for _, s := range link.Sessions {
			device[s.Neighbor] = link.Subinterface()
		}
	}
	out := make(map[netip.Prefix][]string)
	for prefix, paths := range l.plannedPaths(r) {
		own := best(l.accepted(r)[prefix]) == best(paths)
		for _, p := range paths {
			if p.LocalPreference != best(paths) || own != (device[p.Peer] != "") {
				continue
			}
			if own {
				out[prefix] = append(out[prefix], device[p.Peer])
			} else {
				out[prefix] = append(out[prefix], l.wires[ibgpEnd{r.Name, p.Peer}])
			}
		}
		slices.Sort(out[prefix])
	}
	return out
}

// plannedAtEdge is what the edge router of a link hears: the prefixes that r
// brings into BGP and its export policy lets out, with what is prepended, and
// none of Azure's own.
func plannedAtEdge(r *plan.Router, link plan.Link) map[netip.Prefix][]path {
	out := make(map[netip.Prefix][]path)
	d := planned(r)
	for _, s := range link.Sessions {
		for n := range d.networks {
			prefix := n.prefix
			got := d.advertised(d.peer(s.Neighbor), route{prefix: prefix, from: "static"})
			if got.accepted && !s.Shutdown {
				asPath := strings.TrimSpace(r.ASN.String() + " " + got.prepend)
				out[prefix] = append(out[prefix], path{Peer: s.Local, ASPath: asPath, NextHop: s.Local})
			}
		}
	}
	return out
}
