package plan

import (
	"fmt"
	"time"

	"github.com/ercfg/ercfg/internal/diag"
	"github.com/ercfg/ercfg/internal/expressroute"
	"github.com/ercfg/ercfg/internal/intent"
)

// The rules about timers and BFD of MSEE sessions: fact sheet §7. ercfg binds
// BFD wherever the platform needs it and never over several hops (ER105,
// ER111); the VPN gateway's timers are another file's.
const (
	timersTooLow    diag.Code = "ER100"
	keepaliveRatio  diag.Code = "ER101"
	timersNoEffect  diag.Code = "ER102"
	holdBesideBFD   diag.Code = "ER103"
	bfdTooFast      diag.Code = "ER104"
	bfdNeedsReset   diag.Code = "ER106"
	bfdOnIPv6       diag.Code = "ER107"
	slowDetection   diag.Code = "ER110"
	gracefulAndBFD  diag.Code = "ER112"
	junosKeepalive  diag.Code = "ER113"
	slowIPv6Session diag.Code = "ER114"
)

// checkTimers reports timers that the MSEE refuses, that do nothing, or that
// find a dead link late.
func (f *facts) checkTimers() {
	for _, c := range f.circuits {
		for _, p := range c.peerings() {
			for i, in := range []*intent.Timers{p.in.Timers, p.in.TimersIPv6} {
				if in != nil {
					f.checkPeeringTimers(p, Family(i), in)
				}
			}
			f.checkBFD(p)
			f.checkMTU(p)
		}
	}
	for _, r := range f.routers {
		f.checkGracefulRestart(r)
		f.checkIBGPKeepalive(r)
	}
	f.checkFastPath()
}

// timer reads a BGP timer as written. It reports false for one that is absent,
// or that was reported because it is none.
func timer(a intent.At[string]) (d time.Duration, ok bool) {
	d, err := time.ParseDuration(a.V)
	return d, err == nil && d%time.Second == 0
}

// checkPeeringTimers judges the timers that the intent gives to one family.
// The defaults are in range and in ratio; a test of package expressroute
// holds them to it.
func (f *facts) checkPeeringTimers(p *peering, family Family, in *intent.Timers) {
	keepalive, okKeepalive := timer(in.Keepalive)
	hold, okHold := timer(in.Hold)
	if okKeepalive && keepalive < expressroute.MinKeepalive {
		f.fault(timersTooLow, in.Keepalive.Pos, fmt.Sprintf("keepalive %s on %s is below the MSEE's floor", in.Keepalive.V, p.path), fmt.Sprintf("%s at least", yamlDuration(expressroute.MinKeepalive)))
	}
	if okHold && hold < expressroute.MinHold {
		f.fault(timersTooLow, in.Hold.Pos, fmt.Sprintf("hold time %s on %s is below the MSEE's floor", in.Hold.V, p.path), fmt.Sprintf("%s at least; zero would turn keepalives off, and the MSEE takes none", yamlDuration(expressroute.MinHold)))
	}
	if okKeepalive && keepalive > expressroute.MSEEKeepalive {
		f.note(timersNoEffect, in.Keepalive.Pos, fmt.Sprintf("keepalive %s on %s is above the MSEE's own", in.Keepalive.V, p.path), fmt.Sprintf("the MSEE has %s; a larger number does nothing", yamlDuration(expressroute.MSEEKeepalive)))
	}
	if okHold && hold > expressroute.MSEEHold {
		f.note(timersNoEffect, in.Hold.Pos, fmt.Sprintf("hold time %s on %s is above the MSEE's own", in.Hold.V, p.path), fmt.Sprintf("the lower one of both ends runs, which is the MSEE's %s", yamlDuration(expressroute.MSEEHold)))
	}
	if okKeepalive && okHold && hold > 0 {
		f.checkKeepaliveRatio(p.path, in, keepalive, hold, p.routers()...)
	}
	if okHold && hold >= expressroute.MinHold {
		f.checkDetection(p, family, in, hold)
	}
}

// routers yields the routers that end the peering's links, primary first.
func (p *peering) routers() []*router {
	var out []*router
	for _, l := range p.both() {
		if l.router != nil {
			out = append(out, l.router)
		}
	}
	return out
}

// checkKeepaliveRatio wants at least three keepalives in a hold time (RFC 4271
// §10), or one lost packet ends the session. The timers are those of where, on
// the given routers.
func (f *facts) checkKeepaliveRatio(where string, in *intent.Timers, keepalive, hold time.Duration, routers ...*router) {
	third := yamlDuration(derivedByJunos(hold))
	switch {
	case keepalive >= hold:
		f.fault(keepaliveRatio, in.Keepalive.Pos, fmt.Sprintf("keepalive %s on %s is not below the hold time %s: the session would go down between two keepalives", in.Keepalive.V, where, in.Hold.V), "write a third of the hold time: "+third, in.Hold.Pos)
		return
	case 3*keepalive > hold:
		f.warn(keepaliveRatio, in.Keepalive.Pos, fmt.Sprintf("keepalive %s on %s is more than a third of the hold time %s", in.Keepalive.V, where, in.Hold.V), "two lost keepalives must not end a session; write "+third, in.Hold.Pos)
	}
	for _, r := range routers {
		if r.platform == Junos && derivedByJunos(hold) != keepalive {
			f.warn(junosKeepalive, in.Keepalive.Pos, fmt.Sprintf("%s runs Junos, which sends keepalives every %s, a third of the hold time, and not every %s", r.name.V, third, in.Keepalive.V), "write "+third+", or another hold time", in.Hold.Pos)
			return
		}
	}
}

// derivedByJunos is the keepalive interval that Junos makes of a hold time: it
// has no setting of its own.
func derivedByJunos(hold time.Duration) time.Duration { return (hold / 3).Truncate(time.Second) }

// checkDetection asks how soon a silent failure of the link is noticed.
func (f *facts) checkDetection(p *peering, family Family, in *intent.Timers, hold time.Duration) {
	bfd := p.bfd.On()
	if family == IPv4 && bfd && hold < expressroute.MinHoldWithBFD {
		f.warn(holdBesideBFD, in.Hold.Pos, fmt.Sprintf("hold time %s on %s beside BFD", in.Hold.V, p.path), fmt.Sprintf("BFD notices first, and short timers only cost CPU: write %s or more, such as %s", yamlDuration(expressroute.MinHoldWithBFD), yamlDuration(expressroute.HoldWithBFD)), bfdPlaces(p)...)
	}
	if !p.carries(family) {
		return
	}
	if !bfd && hold >= expressroute.MSEEHold {
		f.warn(slowDetection, in.Hold.Pos, fmt.Sprintf("%s has neither BFD nor a hold time below %s on its %s sessions", p.path, yamlDuration(expressroute.MSEEHold), family), "a silent failure costs three minutes: switch BFD on (IPv4), or write timers of 10s and 30s", bfdPlaces(p)...)
	}
	if bfd && family == IPv6 && hold > expressroute.MaxHoldIPv6 && p.carries(IPv4) {
		f.warn(slowIPv6Session, in.Hold.Pos, fmt.Sprintf("the IPv6 sessions of %s notice a failure after %s, the IPv4 sessions after %s", p.path, in.Hold.V, p.bfd.Interval*time.Duration(p.bfd.Multiplier)), fmt.Sprintf("an MSEE has no BFD on IPv6: write a hold time of %s or less, such as %s", yamlDuration(expressroute.MaxHoldIPv6), yamlDuration(expressroute.Hold)), bfdPlaces(p)...)
	}
}

// bfdPlaces is where the intent speaks of BFD, if it does.
func bfdPlaces(p *peering) []diag.Pos {
	if p.bfdPos.IsZero() {
		return nil
	}
	return []diag.Pos{p.bfdPos}
}

func (f *facts) checkBFD(p *peering) {
	if in := p.in.BFDIPv6; in != nil && !in.Off.V {
		f.warn(bfdOnIPv6, in.Pos, fmt.Sprintf("BFD is asked for on the IPv6 sessions of %s", p.path), "an MSEE has none there, so it is not rendered: take bfdIPv6 away and set timersIPv6")
	}
	if !p.bfd.On() {
		return
	}
	if in := p.in.BFD; in != nil {
		if d, err := time.ParseDuration(in.Interval.V); err == nil && d < expressroute.BFDInterval {
			f.warn(bfdTooFast, in.Interval.Pos, fmt.Sprintf("BFD interval %s on %s is below the MSEE's", in.Interval.V, p.path), fmt.Sprintf("the slower side wins, and the MSEE has %s, sometimes 750ms: write %[1]s", yamlDuration(expressroute.BFDInterval)))
		}
		if m := in.Multiplier; m.V > 0 && m.V < expressroute.BFDMultiplier {
			f.warn(bfdTooFast, m.Pos, fmt.Sprintf("BFD multiplier %d on %s takes the link down after %[1]d lost packets", m.V, p.path), fmt.Sprintf("write %d", expressroute.BFDMultiplier))
		}
	}
	created, since := p.circuit.created, expressroute.BFDDefaultSince(p.product())
	if !created.V.IsZero() && created.V.Before(since) {
		f.warn(bfdNeedsReset, created.Pos, fmt.Sprintf("%s was created on %s, before MSEEs had BFD on its kind of peering (%s)", p.path, created.V.Format(time.DateOnly), since.Format(time.DateOnly)), "reset the peering in Azure first (an outage on both links), or write bfd: false", bfdPlaces(p)...)
	}
}

// checkGracefulRestart reports a router that keeps routes of a dead neighbor
// although BFD has told it (RFC 5882 §4.3).
func (f *facts) checkGracefulRestart(r *router) {
	if !r.in.GracefulRestart.V {
		return
	}
	for _, l := range r.links {
		if l.peering.bfd.On() && l.has(IPv4) {
			f.warn(gracefulAndBFD, r.in.GracefulRestart.Pos, fmt.Sprintf("%s keeps stale routes by graceful restart, and %s has BFD", r.name.V, l.peering.path), "BFD is to take the routes away at once: write gracefulRestart: false, or bfd: false", append(bfdPlaces(l.peering), l.in.Pos)...)
			return
		}
	}
}

// checkIBGPKeepalive reports an iBGP keepalive that a Junos end cannot have.
func (f *facts) checkIBGPKeepalive(r *router) {
	for i := range r.in.IBGP {
		in := &r.in.IBGP[i]
		if in.Timers == nil {
			continue
		}
		keepalive, okKeepalive := timer(in.Timers.Keepalive)
		hold, okHold := timer(in.Timers.Hold)
		if !okKeepalive || !okHold || derivedByJunos(hold) == keepalive {
			continue
		}
		for _, end := range []*router{r, f.routerByName[in.Router.V]} {
			if end != nil && end.platform == Junos {
				f.warn(junosKeepalive, in.Timers.Keepalive.Pos, fmt.Sprintf("%s runs Junos, which sends keepalives every %s, a third of the hold time, and not every %s", end.name.V, yamlDuration(derivedByJunos(hold)), in.Timers.Keepalive.V), "write a third of the hold time", in.Timers.Hold.Pos)
				break
			}
		}
	}
}
