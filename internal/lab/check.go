//go:build linux

package lab

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/ercfg/ercfg/internal/expressroute"
	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/sim"
)

// azureHold is the hold time that a VPN gateway of Azure's offers, and an MSEE
// (vpn-gateway-vpn-faq.md, expressroute-routing.md).
const azureHold = expressroute.MSEEHold

const (
	// convergenceLimit bounds the wait for a network that has just come up: ten
	// seconds on an idle machine.
	convergenceLimit = 90 * time.Second
	// settling is how long a network that is as planned is left alone before it is
	// looked at once more: a route too many may come after all that are expected.
	settling = 2 * time.Second
	// pollEvery is the pause between two looks at the sessions.
	pollEvery = 500 * time.Millisecond
)

// Test waits for the lab to converge and compares it with its plan: sessions,
// routes both ways, and with the prediction for the normal state where the
// traffic goes. A lab that is not as planned is in the report; the error is that
// of a lab that cannot be looked at, or of ctx.
func (l *Lab) Test(ctx context.Context, p *plan.Plan, normal *sim.Outcome, say func(format string, args ...any)) (*TestReport, error) {
	began := time.Now()
	r := &TestReport{Plan: p.Name, MSEE: l.Options.MSEE, GatewayHold: l.offered(p)}
	d, err := l.newDrill(p, say)
	if err != nil {
		return nil, err
	}
	r.Omitted = append(d.omitted, d.unseen(normal)...)
	err = d.during(ctx, func(ctx context.Context) error {
		say("waiting for the network to converge")
		if _, err := d.awaitControl(ctx, convergenceLimit); err != nil {
			return err
		}
		if err := pause(ctx, settling); err != nil {
			return err
		}
		// What is seen now counts, also if it was as planned before.
		checks, err := d.control(ctx, normal.Scenario)
		if err != nil {
			return err
		}
		r.Checks = checks
		say("sending probes")
		from := d.prober.now()
		seen, err := d.await(ctx, normal, true, convergenceLimit/3, 0)
		if err != nil {
			return err
		}
		for i, want := range seen.want {
			got := seen.got[i]
			r.Checks = append(r.Checks, Check{
				Name: fmt.Sprintf("traffic %s, %s %s", want.statement, want.family, want.direction),
				Want: want.result.String(), Got: got.String(), Pass: d.agrees(want.result, got),
			})
		}
		r.Clock = d.prober.clock.error(from, d.prober.now())
		return nil
	})
	r.Took = time.Since(began)
	if err != nil {
		return nil, err
	}
	return r, nil
}

// hold is the hold time that the VPN gateways offer.
func (l *Lab) hold() time.Duration {
	if l.Options.GatewayHold == 0 {
		return azureHold
	}
	return l.Options.GatewayHold
}

// offered is hold for a report: zero where p has no VPN.
func (l *Lab) offered(p *plan.Plan) time.Duration {
	if len(p.VPNs) == 0 {
		return 0
	}
	return l.hold()
}

// awaitControl waits until every session and route is as planned, with nothing
// broken, or for the limit, and returns how things then stand.
func (d *drill) awaitControl(ctx context.Context, limit time.Duration) ([]Check, error) {
	deadline := time.Now().Add(limit)
	for {
		checks, err := d.control(ctx, sim.Scenario{})
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(checks, func(c Check) bool { return !c.Pass }) || time.Now().After(deadline) {
			return checks, nil
		}
		if err := pause(ctx, pollEvery); err != nil {
			return nil, err
		}
	}
}

// control looks at the sessions and the routes of every router of the plan, and at
// what Azure's side hears: are they as a scenario has them?
func (d *drill) control(ctx context.Context, in sim.Scenario) ([]Check, error) {
	heard, err := d.listen(ctx)
	if err != nil {
		return nil, err
	}
	out, err := d.sessions(ctx, in)
	if err != nil {
		return nil, err
	}
	dead := deadRouters(in)
	add := func(r *plan.Router, far string, s *plan.Session, is fate, offers []plan.Offer) {
		here, there := accepted(r, s, offers), advertised(r, s)
		switch is {
		case open:
			return
		case falls:
			here, there = nil, nil
		case drains:
			here = drainedLines(here)
		}
		if !slices.Contains(dead, r.Name) {
			out = append(out, listCheck(fmt.Sprintf("%s hears from %s (%s)", r.Name, s.Neighbor, far), here, heard[r.Name][s.Neighbor]))
		}
		out = append(out, listCheck(fmt.Sprintf("%s hears from %s (%s)", far, s.Local, r.Name), there, heard[far][s.Local]))
	}
	for i := range d.p.Routers {
		r := &d.p.Routers[i]
		for j := range r.Links {
			link := &r.Links[j]
			for k := range link.Sessions {
				s := &link.Sessions[k]
				add(r, d.far(r, link.Origin), s, d.linkFate(in, r, link, s.Family), d.offers(link))
			}
		}
		for j := range r.Tunnels {
			t := &r.Tunnels[j]
			add(r, d.far(r, t.Origin), &t.Session, d.tunnelFate(in, r, t), d.p.OffersIn(t))
		}
	}
	return out, nil
}

// offers lists what an MSEE announces on a link. On Microsoft peering it is one
// prefix for each service and family, which the lab has chosen.
func (d *drill) offers(link *plan.Link) []plan.Offer {
	if !link.Microsoft {
		return d.p.OffersOn(link)
	}
	var out []plan.Offer
	for _, service := range d.services {
		out = append(out, service.offer)
	}
	return out
}

// far names the node at the other end of a link or tunnel of r.
func (d *drill) far(r *plan.Router, origin string) string {
	for i := range d.l.Wires {
		if w := &d.l.Wires[i]; w.Link == origin && w.A == r.Name {
			return w.B
		}
	}
	return ""
}

// listen asks every node that has BGP with the customer what it hears.
func (d *drill) listen(ctx context.Context) (map[string]map[netip.Addr][]string, error) {
	out := make(map[string]map[netip.Addr][]string)
	var mu sync.Mutex
	err := d.l.each(func(n *Node) bool { return n.Kind == Router || n.Kind == MSEE || n.Kind == VPN }, func(n *Node) error {
		heard, err := d.l.heard(ctx, n)
		mu.Lock()
		defer mu.Unlock()
		out[n.Name] = heard
		return err
	})
	return out, err
}

// sessions compares every session of every router that has not failed with what a
// scenario leaves of the plan. A session with a router that has failed is of no
// matter: the IGP has taken away where its routes lead to.
func (d *drill) sessions(ctx context.Context, in sim.Scenario) ([]Check, error) {
	found := make([][]Check, len(d.p.Routers))
	dead := deadRouters(in)
	err := d.l.each(func(n *Node) bool { return n.Kind == Router && !slices.Contains(dead, n.Name) }, func(n *Node) error {
		i := slices.IndexFunc(d.p.Routers, func(r plan.Router) bool { return r.Name == n.Name })
		got, err := n.standings(ctx)
		if err != nil || i < 0 {
			return err
		}
		r := &d.p.Routers[i]
		add := func(neighbor netip.Addr, want standing, is fate) {
			have, ok := got[neighbor]
			text := have.String()
			if !ok {
				text = "no such session"
			}
			name := fmt.Sprintf("%s: session with %s", r.Name, neighbor)
			switch is {
			case falls:
				found[i] = append(found[i], Check{name, "not " + established, text, ok && have.state != established})
			case stands, drains:
				found[i] = append(found[i], Check{name, want.String(), text, ok && have == want})
			}
		}
		for j := range r.Links {
			link := &r.Links[j]
			for k := range link.Sessions {
				s := &link.Sessions[k]
				add(s.Neighbor, planned(s, expressroute.MSEEHold, link.Subinterface()), d.linkFate(in, r, link, s.Family))
			}
		}
		for j := range r.Tunnels {
			t := &r.Tunnels[j]
			add(t.Session.Neighbor, planned(&t.Session, d.l.hold(), ""), d.tunnelFate(in, r, t))
		}
		for _, s := range r.IBGP {
			if routerOf(d.p, s.Peer) == nil || slices.Contains(dead, s.Peer) {
				continue // a peer outside of the plan is not in the lab
			}
			want := standing{state: established}
			want.hold, want.keepalive = s.Timers.Agreed(s.Timers.Hold)
			add(s.Neighbor, want, stands)
		}
		return nil
	})
	return slices.Concat(found...), err
}

// each calls do for the nodes that are wanted, a few at a time, and joins.
func (l *Lab) each(wanted func(*Node) bool, do func(*Node) error) error {
	var wg sync.WaitGroup
	var mu sync.Mutex
	var all []error
	turns := make(chan struct{}, 4)
	for i := range l.Nodes {
		if n := &l.Nodes[i]; wanted(n) {
			wg.Go(func() {
				turns <- struct{}{}
				defer func() { <-turns }()
				if err := do(n); err != nil {
					mu.Lock()
					defer mu.Unlock()
					all = append(all, err)
				}
			})
		}
	}
	wg.Wait()
	return errors.Join(all...)
}

// listCheck compares lists of lines that are sorted.
func listCheck(name string, want, got []string) Check {
	return Check{name, listText(want), listText(got), slices.Equal(want, got)}
}

func listText(lines []string) string {
	if len(lines) == 0 {
		return "nothing"
	}
	return strings.Join(lines, "; ")
}

// pause waits, or returns the error of ctx.
func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
