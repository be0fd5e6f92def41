package sim

import (
	"slices"
	"time"

	"github.com/ercfg/ercfg/internal/expressroute"
	"github.com/ercfg/ercfg/internal/plan"
)

// wait is how long the traffic of one direction may be lost between the normal
// state and that of s. Traffic whose legs no failure hits loses nothing, and
// what has no path afterwards, or goes on into a dead end, waits for nothing.
func (m *model) wait(d Direction, q *ask, before, after Result, s Scenario) Wait {
	var out Wait
	if len(after.Legs) == 0 || slices.ContainsFunc(after.Legs, func(l Leg) bool { return l.Dead }) {
		return out
	}
	for _, f := range s.Failures {
		for _, l := range before.Legs {
			w := m.waitFor(d, q, l, f)
			if w.By != "" && l.Instance != "" && !after.has(l) && !m.tunnelHit(l, f) {
				// The tunnel has gone with what it rode on: nothing tells but the hold
				// timer of the session in it.
				w = m.tunnelWait(l)
			}
			if out.By == "" || w.Max > out.Max {
				out.By, out.Gateway = w.By, w.Gateway
			}
			out.Min, out.Max = max(out.Min, w.Min), max(out.Max, w.Max)
		}
	}
	return out
}

// has reports whether a result has the tunnel of a leg, over whatever link.
func (r Result) has(tunnel Leg) bool {
	return slices.ContainsFunc(r.Legs, func(l Leg) bool {
		return l.Path == tunnel.Path && l.Router == tunnel.Router && l.Instance == tunnel.Instance
	})
}

// waitFor is how long a leg's traffic may be lost when f happens; zero where f
// is not the leg's.
func (m *model) waitFor(d Direction, q *ask, leg Leg, f Failure) Wait {
	if f.Kind == RouterDown && f.Router == leg.Router && d == ToAzure {
		// Its neighbors learn of it from the IGP, at the latest from the hold timer
		// of iBGP.
		return Wait{Max: m.ibgpHold(m.routers[leg.Router]), By: holdTimer}
	}
	if leg.Instance != "" && m.tunnelHit(leg, f) {
		return m.tunnelWait(leg)
	}
	path, position := leg.Path, leg.Position
	if leg.Instance != "" {
		path, position = leg.Over, leg.OverPosition
	}
	i := m.linkAt(path, position)
	if i < 0 {
		return Wait{}
	}
	l := &m.links[i]
	dead := f.Kind == RouterDown && m.routers[f.Router] == l.router
	if !dead && !l.hitBy(f) {
		return Wait{}
	}
	out := l.notice(d, q.family, f.Kind)
	if d == FromAzure && out.By != "" && f.Kind != LinkDrained && !l.Microsoft {
		out.Max, out.Gateway = out.Max+expressroute.GatewayConvergence, expressroute.GatewayConvergence
	}
	return out
}

// notice is how long traffic over a link is lost until the end that sends it has
// noticed a failure. Where a session alone fails, packets go on flowing until the
// routes have moved.
func (l *link) notice(d Direction, family plan.Family, kind Kind) Wait {
	switch {
	case kind == LinkDrained:
		return Wait{By: "BGP update"}
	case kind == BFDDown && family == plan.IPv4:
		return Wait{By: "BFD"}
	case kind == IPv6Down && family == plan.IPv6:
		return Wait{By: holdTimer}
	case kind == BFDDown || kind == IPv6Down:
		return Wait{}
	}
	return l.detection(d, family)
}

const holdTimer = "hold timer"

// detection is how long a router may take to see that a link carries nothing:
// no time where it loses carrier, BFD's detection time or the hold time where
// the failure is silent (RFC 5880 §6.8.4, RFC 4271 §6.5). The slower side's
// interval holds, and the multiplier of the other end: who sends towards Azure
// counts what Microsoft's end has announced. The lower hold time holds.
func (l *link) detection(d Direction, family plan.Family) Wait {
	if family == plan.IPv4 && l.BFD.On() {
		multiplier := expressroute.BFDMultiplier
		if d == FromAzure {
			multiplier = l.BFD.Multiplier
		}
		return Wait{Max: time.Duration(multiplier) * max(l.BFD.Interval, expressroute.BFDInterval), By: "BFD"}
	}
	out := Wait{By: holdTimer}
	for _, s := range l.Sessions {
		if s.Family == family {
			out.Max = min(s.Timers.Hold, expressroute.MSEEHold)
		}
	}
	return out
}

// tunnelHit reports whether f takes a tunnel itself.
func (m *model) tunnelHit(leg Leg, f Failure) bool {
	switch f.Kind {
	case VPNDown:
		return f.Path == leg.Path
	case TunnelDown:
		return f.Path == leg.Path && f.Instance == leg.Instance && f.Router == leg.Router
	case RouterDown:
		return f.Router == leg.Router
	}
	return false
}

// tunnelWait is the hold time: there is no BFD through a VPN gateway. A tunnel
// whose interface goes down is seen at once.
func (m *model) tunnelWait(leg Leg) Wait {
	out := Wait{By: holdTimer}
	for _, s := range m.ofPath[leg.Path] {
		if t := &m.tunnels[m.sessions[s].tunnel]; t.Instance == leg.Instance && m.p.Routers[t.router].Name == leg.Router {
			out.Max = min(t.Session.Timers.Hold, expressroute.VPNHold)
		}
	}
	return out
}

// ibgpHold is the longest hold time of a router's iBGP sessions.
func (m *model) ibgpHold(router int) time.Duration {
	var out time.Duration
	for _, b := range m.p.Routers[router].IBGP {
		out = max(out, b.Timers.Hold)
	}
	return out
}
