//go:build linux

package lab

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/sim"
)

// A wanted is what is predicted for one direction of one flow, and the streams
// that show it.
type wanted struct {
	statement string
	family    plan.Family
	direction sim.Direction
	result    sim.Result
	streams   []int
	encrypted bool // the statement puts a VPN first
}

// A sight is where the traffic of every flow was seen to go.
type sight struct {
	want []wanted
	got  []sim.Result // by want
}

// wants lists what an outcome predicts for the flows that are probed. A router
// that has failed gets no traffic from the LAN.
func (d *drill) wants(outcome *sim.Outcome) []wanted {
	dead := deadRouters(outcome.Scenario)
	var out []wanted
	for _, flow := range outcome.Flows {
		i := slices.IndexFunc(d.probes, func(p probe) bool { return p.statement.Name == flow.Statement && p.family == flow.Family })
		if flow.Default || i < 0 {
			continue
		}
		first := d.probes[i].statement.Prefer[0]
		encrypted := slices.ContainsFunc(d.p.VPNs, func(v plan.VPN) bool { return v.Name == first })
		for direction, result := range []sim.Result{flow.To, flow.From} {
			if toInternet(result) {
				continue
			}
			w := wanted{statement: flow.Statement, family: flow.Family, direction: sim.Direction(direction), result: result, encrypted: encrypted}
			for _, s := range d.probes[i].streams[direction] {
				if !slices.Contains(dead, d.streams[s].entry) {
					w.streams = append(w.streams, s)
				}
			}
			out = append(out, w)
		}
	}
	return out
}

// toInternet reports whether some of the traffic leaves by the Internet, or a
// tunnel over a circuit moves there: it is not in the lab.
func toInternet(r sim.Result) bool {
	return slices.ContainsFunc(r.Legs, func(l sim.Leg) bool { return l.Path == sim.Internet || l.Over == sim.Internet })
}

// unseen lists the flows of an outcome that no probe shows, each with the reason.
func (d *drill) unseen(outcome *sim.Outcome) []string {
	var out []string
	for _, flow := range outcome.Flows {
		name := fmt.Sprintf("traffic %s, %s", flow.Statement, flow.Family)
		switch {
		case flow.Default:
			out = append(out, name+": the way of the VNets to the Internet is not in the lab")
		case !slices.ContainsFunc(d.probes, func(p probe) bool { return p.statement.Name == flow.Statement && p.family == flow.Family }):
			out = append(out, name+": has no hosts in the lab")
		case toInternet(flow.To) || toInternet(flow.From):
			out = append(out, name+": is predicted to leave by the Internet, which is not in the lab, in scenario "+outcome.Scenario.Name())
		}
	}
	return out
}

// await looks until everything goes where an outcome says, at least for dwell and
// at most for limit, and returns what it saw then. Without dead, what is
// being drained is still alive.
func (d *drill) await(ctx context.Context, outcome *sim.Outcome, dead bool, limit, dwell time.Duration) (*sight, error) {
	want := d.wants(outcome)
	if !dead {
		for i := range want {
			want[i].result = alive(want[i].result)
		}
	}
	lost := func(l sim.Leg) bool { return dead && d.loses(outcome.Scenario, l) }
	from := d.prober.now()
	for {
		got, err := d.look(ctx, want, lost)
		if err != nil {
			return nil, err
		}
		same := true
		for i := range want {
			same = same && d.agrees(want[i].result, got[i])
		}
		if waited := d.prober.now() - from; waited >= dwell && (same || waited > limit) {
			return &sight{want, got}, nil
		}
	}
}

// agrees compares as [agrees] does, and minds how the lab plays tunnels.
func (d *drill) agrees(want, got sim.Result) bool {
	if slices.ContainsFunc(d.l.Wires, func(w Wire) bool { return w.Tunnel == "gre" }) {
		want = oneLink(want, got)
	}
	return agrees(want, got)
}

// alive is a result before what is drained has died.
func alive(r sim.Result) sim.Result {
	r.Legs = slices.Clone(r.Legs)
	for i := range r.Legs {
		r.Legs[i].Dead = false
	}
	return r
}

// loses reports whether a scenario has a leg lose what it carries: its link is
// silent, or is drained.
func (d *drill) loses(s sim.Scenario, leg sim.Leg) bool {
	path, position := leg.Path, leg.Position
	if leg.Instance != "" {
		path, position = leg.Over, leg.OverPosition
	}
	circuit := ""
	for i := range d.p.Circuits {
		for _, peering := range d.p.Circuits[i].Peerings {
			if peering.Path == path {
				circuit = d.p.Circuits[i].Name
			}
		}
	}
	return slices.ContainsFunc(s.Failures, func(f sim.Failure) bool {
		switch f.Kind {
		case sim.LinkDown:
			return f.Path == path && f.Position == position
		case sim.LinkDrained, sim.MSEEDown:
			return f.Path == circuit && f.Position == position
		case sim.CircuitDown:
			return f.Path == circuit
		}
		return false
	})
}

// look counts for a while and says where the traffic went.
func (d *drill) look(ctx context.Context, want []wanted, dead func(sim.Leg) bool) ([]sim.Result, error) {
	before, err := d.watch.read(ctx)
	if err != nil {
		return nil, err
	}
	from := d.prober.now()
	if err := pause(ctx, lookFor); err != nil {
		return nil, err
	}
	to := d.prober.now()
	after, err := d.watch.read(ctx)
	if err != nil {
		return nil, err
	}
	// What is still under way is not lost. The counters have taken long enough for
	// most of it; half of the time is looked at.
	to -= lookFor / 4
	out := make([]sim.Result, len(want))
	for i, w := range want {
		var trips []trip
		for _, s := range w.streams {
			trips = append(trips, trip{d.watch.legs(before, after, s), d.prober.loss(s, from, to)})
		}
		out[i] = resultOf(trips, w.result, w.encrypted, dead)
	}
	return out, nil
}

// longest is how long a change of path may take in a lab: its Azure acts at once
// on what has been detected, and takes no minute for it as a gateway may. Where
// one direction alone fails, the end that hears nothing notices and tells the
// other; TCP, whose acknowledgements are lost, may hold that word back until the
// other's hold timer has run out as well.
func longest(w sim.Wait, how []string) time.Duration {
	out := w.Max - w.Gateway
	if slices.Contains(how, byOneWay) && w.By == "hold timer" {
		out *= 2
	}
	return out
}

// observations compares what was seen with what was predicted. The times are those
// of the break, of the repair, and of its end.
func (d *drill) observations(seen *sight, how []string, broken, repaired, over time.Duration) []Observation {
	out := make([]Observation, len(seen.want))
	clock := d.prober.clock.error(broken, repaired)
	for i, w := range seen.want {
		o := Observation{
			Statement: w.statement, Family: w.family, Direction: w.direction, Predicted: w.result.String(), Measured: seen.got[i].String(), By: w.result.Wait.By,
		}
		var during, after loss
		for _, s := range w.streams {
			during = during.worse(d.prober.loss(s, broken, repaired))
			after = after.worse(d.prober.loss(s, repaired, over))
		}
		o.Loss, o.Failback, o.Lost, o.Sent = during.longest, after.longest, during.lost, during.sent
		o.Limit = longest(w.result.Wait, how) + reaction + clock + probeEvery
		if w.result.Lost || len(w.result.Legs) == 0 || slices.ContainsFunc(w.result.Legs, func(l sim.Leg) bool { return l.Dead }) {
			o.Limit = -1
		}
		if !d.agrees(w.result, seen.got[i]) {
			o.Differences = append(o.Differences, o.paths())
		}
		if o.Limit >= 0 && o.Loss > o.Limit {
			o.Differences = append(o.Differences, tooLong(o.Loss, o.Limit))
		}
		out[i] = o
	}
	return out
}

// unprotected watches for sessions that are back though their BFD is down: from
// then on only the hold timer sees a link that is silent.
func (d *drill) unprotected(ctx context.Context, s sim.Scenario, since time.Duration) ([]string, error) {
	const limit = 15 * time.Second
	var out []string
	for _, f := range s.Failures {
		if f.Kind != sim.BFDDown {
			continue
		}
		for _, w := range d.l.linkWires(f) {
			for len(out) == 0 && d.prober.now()-since < limit {
				all, err := d.l.Node(w.A).standings(ctx)
				if err != nil {
					return out, err
				}
				for _, session := range linkOf(d.p, &w).Sessions {
					if now := all[session.Neighbor]; session.BFD.On() && now.state == established && !strings.HasPrefix(now.bfd, "up ") {
						out = append(out, fmt.Sprintf("recovers without protection: %s has its session with %s back after %.1f s, and BFD is down", w.A, session.Neighbor, (d.prober.now()-since).Seconds()))
					}
				}
				if err := pause(ctx, pollEvery/2); err != nil {
					return out, err
				}
			}
		}
	}
	return out, nil
}

// word is a run's verdict in a line of progress.
func (r *Run) word() string {
	switch {
	case r.Trouble != "":
		return "no verdict: " + r.Trouble
	case r.Passed():
		return "as predicted"
	}
	return "different"
}
