//go:build linux

package lab

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ercfg/ercfg/internal/expressroute"
	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/sim"
)

// A fate is what becomes of a session in a scenario.
type fate uint8

const (
	stands fate = iota // it is as planned
	drains             // it stands, and the routes of it have a drain's prepends
	falls              // it is down, and both ends have forgotten its routes
	open               // one cannot tell, or it does not matter
)

// linkFate is the fate of the session of one family on a link of r.
func (d *drill) linkFate(s sim.Scenario, r *plan.Router, link *plan.Link, family plan.Family) fate {
	out := stands
	for _, f := range s.Failures {
		hit := slices.ContainsFunc(d.l.linkWires(f), func(w Wire) bool { return w.A == r.Name && w.Link == link.Origin })
		switch {
		case f.Kind == sim.RouterDown && f.Router == r.Name:
			return falls
		case !hit:
		case f.Kind == sim.LinkDown || f.Kind == sim.CircuitDown || f.Kind == sim.MSEEDown || f.Kind == sim.IPv6Down && family == plan.IPv6:
			return falls
		case f.Kind == sim.BFDDown && family == plan.IPv4:
			out = open // it falls, and FRR has it back without BFD
		case f.Kind == sim.LinkDrained && out != open:
			out = drains
		}
	}
	return out
}

// tunnelFate is the fate of the session in a tunnel of r. That of a tunnel which
// rides on links is open where anything but a tunnel fails: whether there is another
// way for it, its traffic shows.
func (d *drill) tunnelFate(s sim.Scenario, r *plan.Router, t *plan.Tunnel) fate {
	out := stands
	for _, f := range s.Failures {
		switch f.Kind {
		case sim.TunnelDown, sim.VPNDown:
			if slices.ContainsFunc(d.l.tunnelWires(f), func(w Wire) bool { return w.A == r.Name && w.Link == t.Origin }) {
				return falls
			}
		case sim.RouterDown:
			if f.Router == r.Name {
				return falls
			}
			fallthrough
		default:
			if slices.ContainsFunc(d.l.Wires, func(w Wire) bool { return w.A == r.Name && w.Link == t.Origin && w.Tunnel != "veth" }) {
				out = open
			}
		}
	}
	return out
}

// deadRouters are those that have failed in a scenario. What they say themselves
// matters to nobody.
func deadRouters(s sim.Scenario) []string {
	var out []string
	for _, f := range s.Failures {
		if f.Kind == sim.RouterDown {
			out = append(out, f.Router)
		}
	}
	return out
}

// drainedLines are routes as they are heard from an MSEE that is drained.
func drainedLines(lines []string) []string {
	out := make([]string, len(lines))
	for i, line := range lines {
		out[i] = strings.Replace(line, " path ", " path "+strings.Repeat(expressroute.MicrosoftASN.String()+" ", drainPrepends), 1)
	}
	slices.Sort(out)
	return out
}

// settled waits until the routers, and Azure's side, hold the sessions and routes of
// a scenario and no others, in both families, and says what still differs when the
// limit is over. Where the traffic goes says too little: of a link that stands by
// nothing is carried, IPv6 has no BFD there, and its routes stay until the hold time
// is over.
func (d *drill) settled(ctx context.Context, s sim.Scenario, limit time.Duration) ([]string, error) {
	deadline := time.Now().Add(limit)
	told := false
	for {
		checks, err := d.control(ctx, s)
		if err != nil {
			return nil, err
		}
		var late []string
		for _, c := range checks {
			if !c.Pass {
				late = append(late, c.difference())
			}
		}
		if len(late) == 0 || time.Now().After(deadline) {
			return late, nil
		}
		if !told {
			told = true
			more := ""
			if len(late) > 1 {
				more = fmt.Sprintf(", and %d more", len(late)-1)
			}
			d.say("the traffic has moved; waiting %s at most for the routers: %s%s", span(limit), late[0], more)
		}
		if err := pause(ctx, pollEvery); err != nil {
			return nil, err
		}
	}
}

// settleLimit bounds that wait: all that fails is noticed within the time that the
// traffic has, twice over where one direction alone is lost, and what was broken
// before comes back.
func (d *drill) settleLimit(outcome *sim.Outcome, how []string) time.Duration {
	limit, _ := d.limits(outcome, how)
	if slices.Contains(how, byOneWay) {
		limit *= 2
	}
	return max(limit, repairLimit+d.l.offered(d.p))
}
