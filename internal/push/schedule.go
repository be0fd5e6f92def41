package push

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/ercfg/ercfg/internal/plan"
)

// Apply changes the routers that differ: those of one circuit one after the other,
// circuits side by side. After a failure nothing new begins; what has begun comes to
// its end, which is the new configuration or the old one. When ctx ends, what is
// open is put back.
func (r *Run) Apply(ctx context.Context) []RouterReport {
	if err := r.mayApply(); err != nil {
		return r.reports(err)
	}
	if err := r.lock(); err != nil {
		return r.reports(err)
	}
	why := r.schedule(ctx)
	r.warnApart()
	return r.reports(why)
}

// mayApply says why nothing is begun: one router that cannot be changed stops all,
// because a person means the change as a whole.
func (r *Run) mayApply() error {
	for _, x := range r.routers {
		if x.err != nil && !x.asked {
			return fmt.Errorf("%s must not be changed now, and nothing is begun; --only changes the others", x.job.Config.Router)
		}
	}
	return nil
}

// lock keeps other pushes of this user on this machine away from the circuits. Those
// of others meet each other on the routers.
func (r *Run) lock() error {
	var names []string
	for _, x := range r.routers {
		if x.asked {
			continue
		}
		names = append(names, r.plan.Name+"-router-"+x.job.Config.Router)
		for _, c := range r.circuitsOf(x) {
			names = append(names, r.plan.Name+"-"+c)
		}
	}
	release, err := r.store.Lock(names, r.options.Run)
	if err == nil {
		r.release = release
	}
	return err
}

// circuitsOf names the circuits that a router ends.
func (r *Run) circuitsOf(x *router) []string {
	var out []string
	for i := range r.plan.Circuits {
		if c := &r.plan.Circuits[i]; slices.Contains(circuitRouters(c), x.job.Config.Router) {
			out = append(out, c.Name)
		}
	}
	return out
}

// reports are the routers' reports; why is the reason of those that were not begun.
func (r *Run) reports(why error) []RouterReport {
	var out []RouterReport
	for _, x := range r.routers {
		if x.asked {
			continue
		}
		if x.err != nil {
			x.report.Outcome = Untouched
			x.report.Err = r.secrets.Mask(x.err.Error())
		} else if x.report.Outcome == NotBegun && x.report.Err == "" && why != nil {
			x.report.Err = r.secrets.Mask(why.Error())
		}
		out = append(out, x.report)
	}
	return out
}

// schedule begins each router as soon as none of its circuits is being worked on.
// The error says why some were not begun.
func (r *Run) schedule(ctx context.Context) error {
	var wg sync.WaitGroup
	defer wg.Wait()
	todo := slices.DeleteFunc(slices.Clone(r.routers), func(x *router) bool { return x.asked })
	for _, x := range todo {
		x.opens = x.openings()
	}
	// A link that carries nothing loses nothing, and then the other one has a spare.
	last := func(x *router) int {
		if x.alone() {
			return 1
		}
		return 0
	}
	slices.SortStableFunc(todo, func(a, b *router) int { return last(a) - last(b) })
	done := make(chan *router)
	busy := make(map[string]bool)
	var stop error
	for working := 0; ; {
		next := -1
		if stop == nil {
			stop = context.Cause(ctx)
		}
		if stop == nil && working < max(1, r.options.Concurrency) {
			next = slices.IndexFunc(todo, func(x *router) bool {
				return !slices.ContainsFunc(r.circuitsOf(x), func(c string) bool { return busy[c] })
			})
		}
		if next >= 0 {
			x := todo[next]
			todo = slices.Delete(todo, next, next+1)
			for _, c := range r.circuitsOf(x) {
				busy[c] = true
			}
			working++
			wg.Go(func() { x.takeTurn(ctx); done <- x })
			continue
		}
		if working == 0 {
			return stop
		}
		x := <-done
		working--
		for _, c := range r.circuitsOf(x) {
			delete(busy, c)
		}
		if o := x.report.Outcome; o != Same && o != Changed && stop == nil {
			stop = fmt.Errorf("not begun, because %s is %s", x.job.Config.Router, o)
		}
	}
}

// takeTurn changes one router and fills in its report.
func (x *router) takeTurn(ctx context.Context) {
	began := time.Now()
	x.begin()
	x.turn.Lock()
	defer x.turn.Unlock()
	outcome, phase, err := x.carry(ctx)
	x.report.Outcome, x.report.Phase, x.report.Began, x.report.Took = outcome, phase, began, time.Since(began)
	text := ""
	if err != nil {
		text = x.run.secrets.Mask(err.Error())
		x.report.Err = text
	}
	x.say(Event{Phase: phase, Text: text, Outcome: &outcome})
}

// carry looks once more, because time has passed since the survey, and then changes
// the router.
func (x *router) carry(ctx context.Context) (Outcome, Phase, error) {
	if x.change.Same() {
		return Same, Read, nil
	}
	shown := x.digest
	x.say(Event{Phase: Read})
	if err := x.again(ctx); err != nil {
		return Untouched, Read, err
	}
	if x.digest != shown {
		return Untouched, Read, errors.New("somebody has changed ercfg's part of the router since the differences were shown")
	}
	if x.change.Same() || len(x.change.Commands) == 0 {
		return Same, Read, nil
	}
	stages, err := x.stages()
	if err != nil {
		return Untouched, Read, err
	}
	return x.through(ctx, stages)
}

// again reads the router anew, on a new session where the old one was lost while a
// person was reading.
func (x *router) again(ctx context.Context) error {
	if x.device != nil {
		err := x.inspect(ctx)
		if !errors.Is(err, errLost) {
			return err
		}
		_ = x.device.close()
		x.device = nil
	}
	if err := x.reach(ctx); err != nil {
		return err
	}
	return x.inspect(ctx)
}

// otherLinks refuses to touch a link that carries a circuit alone. Of two that end here
// that is one which a change with effects e resets.
func (x *router) otherLinks(ctx context.Context, e effects) error {
	for i := range x.run.plan.Circuits {
		for _, peering := range x.run.plan.Circuits[i].Peerings {
			own, other := x.ends(peering.Links)
			if !slices.ContainsFunc(own, x.carries) {
				continue // nothing is lost with it
			}
			brought := x.brought(own)
			for _, l := range other {
				if err := x.run.asks(ctx, l, brought); err != nil {
					return fmt.Errorf("the %s link of %s is not healthy, and this router's carries the circuit alone: %w", l.Position, peering.Path, err)
				}
			}
			resets := func(l plan.CircuitLink) bool { return resetsLink(&x.plan.Links[l.Link], e) }
			if !slices.ContainsFunc(own, func(l plan.CircuitLink) bool { return resets(l) && x.carries(l) }) {
				continue
			}
			for _, l := range own {
				if ok, why := spare(x.plan, l.Link, x.before, brought); !ok && !resets(l) {
					return fmt.Errorf("the %s link of %s is not healthy, and the one whose sessions reset carries the circuit alone: %s", l.Position, peering.Path, why)
				}
			}
		}
	}
	return nil
}

// alone reports whether a link of the router carries a circuit whose other link, on
// another router that the run changes, carries nothing.
func (x *router) alone() bool {
	for i := range x.run.plan.Circuits {
		for _, peering := range x.run.plan.Circuits[i].Peerings {
			own, other := x.ends(peering.Links)
			if slices.ContainsFunc(own, x.carries) && slices.ContainsFunc(other, func(l plan.CircuitLink) bool {
				y := x.run.router(l.Router)
				return y != nil && !y.asked && !y.carries(l)
			}) {
				return true
			}
		}
	}
	return false
}

// carries reports whether traffic may go over a link: one family, and without BFD, will
// do.
func (x *router) carries(l plan.CircuitLink) bool { return x.isUsed(l.Link) }

// isUsed is carries for a link by its index. Where the link gets another address, its
// session is still the one with the old far end.
func (x *router) isUsed(i int) bool {
	link := &x.plan.Links[i]
	if slices.ContainsFunc(link.Sessions, func(s plan.Session) bool { return isUp(x.before.Peer(Neighbor{link.VRF, s.Neighbor})) }) {
		return true
	}
	return slices.ContainsFunc(x.before.Peers, func(p Peer) bool {
		end := x.farEnd(Neighbor{p.VRF, p.Addr})
		return p.VRF == link.VRF && isUp(&p) && slices.ContainsFunc(link.Sessions, func(s plan.Session) bool { return string(s.Description) == end })
	})
}

// brought are the families in which routes come over links of this router.
func (x *router) brought(links []plan.CircuitLink) map[plan.Family]bool {
	out := make(map[plan.Family]bool)
	for _, l := range links {
		link := &x.plan.Links[l.Link]
		for i := range link.Sessions {
			s := &link.Sessions[i]
			if p := x.before.Peer(Neighbor{link.VRF, s.Neighbor}); p != nil && len(p.Routes) > 0 {
				out[s.Family] = true
			}
		}
	}
	return out
}

// spare reports whether a link can take over from another one that brings routes in some
// families: it is healthy, and brings routes in those of them that the plan has on it.
func spare(r *plan.Router, link int, f Facts, brought map[plan.Family]bool) (ok bool, why string) {
	if ok, why := healthy(r, link, f); !ok {
		return false, why
	}
	l := &r.Links[link]
	for i := range l.Sessions {
		s := &l.Sessions[i]
		n := Neighbor{l.VRF, s.Neighbor}
		if brought[s.Family] && !s.Shutdown && len(f.Peer(n).Routes) == 0 {
			return false, "the session with " + n.name() + " is up and brings no routes"
		}
	}
	return true, ""
}

// ends parts the links of a peering into those that end here and the others.
func (x *router) ends(links []plan.CircuitLink) (own, other []plan.CircuitLink) {
	for _, l := range links {
		if l.Router == x.job.Config.Router {
			own = append(own, l)
		} else {
			other = append(other, l)
		}
	}
	return own, other
}

// asks asks the router of a link whether it is a spare for one that brings routes.
func (r *Run) asks(ctx context.Context, l plan.CircuitLink, brought map[plan.Family]bool) error {
	x := r.router(l.Router)
	if x == nil {
		return fmt.Errorf("%s was not asked, because the intent does not say how it is reached", l.Router)
	}
	x.turn.Lock()
	defer x.turn.Unlock()
	if err := x.reach(ctx); err != nil {
		return fmt.Errorf("%s cannot be asked: %w", l.Router, err)
	}
	facts, err := x.device.facts(ctx, r.oracle.questionFor(x.plan))
	if errors.Is(err, errLost) {
		_ = x.device.close()
		if x.device = nil; x.reach(ctx) == nil {
			facts, err = x.device.facts(ctx, r.oracle.questionFor(x.plan))
		}
	}
	if err != nil {
		return fmt.Errorf("%s cannot be asked: %w", l.Router, err)
	}
	if ok, why := spare(x.plan, l.Link, facts, brought); !ok {
		return fmt.Errorf("%s: %s", l.Router, why)
	}
	return nil
}
