package push

import (
	"errors"
	"fmt"
	"slices"

	"github.com/ercfg/ercfg/internal/artifact"
	"github.com/ercfg/ercfg/internal/confdiff"
	"github.com/ercfg/ercfg/internal/plan"
)

// A stage is one window on a router: a part of the way, tested and confirmed by
// itself. Most changes have one.
type stage struct {
	name   string // what it is for; empty: the whole change
	want   string // text of the rendering, secrets as placeholders
	plan   *plan.Router
	oracle *oracle
	// leave says which differences stay for a later stage; nil: none.
	leave func(*confdiff.Difference) bool
	// drains says that traffic is to leave the link in this stage, which the tests wait
	// for.
	drains bool
	more   bool // others follow
}

// errBothLinks is rule ER200 of the fact sheet.
var errBothLinks = errors.New("one part of the change resets the sessions of both links of a circuit at once [ER200]; " +
	"--together does it in a window in which the circuit carries nothing")

// stages are the windows of a change. What resets the sessions of both links of a
// circuit that end here, or would when it is undone, goes link by link, the secondary
// first, or the primary where it carries nothing and the secondary does; and a link whose
// sessions reset is drained before, where the person has asked for that.
func (x *router) stages() ([]stage, error) {
	whole := stage{want: x.job.Config.Text, plan: x.plan, oracle: x.run.oracle}
	links := x.resetLinks(x.run.oracle.touchedBy(x.plan, &x.change))
	if both := x.resetLinks(x.thereAndBack(&x.change)); x.haveSiblings(both) {
		links = both
	}
	if len(links) == 0 {
		return []stage{whole}, nil
	}
	apart := !x.run.options.Together && x.haveSiblings(links)
	if !apart && !x.run.options.Drain {
		return []stage{whole}, nil
	}
	if !apart {
		return x.drainedStages(links, nil)
	}
	var out []stage
	for i, position := range x.inOrder(links) {
		var now, later []int
		for _, l := range links {
			if x.plan.Links[l].Position == position {
				now = append(now, l)
			} else if i == 0 {
				later = append(later, l)
			}
		}
		if len(now) == 0 {
			continue
		}
		leave, err := x.leaving(later, now)
		if err != nil {
			return nil, err
		}
		if x.run.options.Drain {
			more, err := x.drainedStages(now, leave)
			if err != nil {
				return nil, err
			}
			out = append(out, more...)
			continue
		}
		s := whole
		s.name, s.leave = x.names(now), leave
		out = append(out, s)
	}
	return out, nil
}

// resetLinks are the links of this router, by index, whose sessions a change with effects
// e may reset.
func (x *router) resetLinks(e effects) []int {
	var out []int
	for i := range x.plan.Links {
		if resetsLink(&x.plan.Links[i], e) {
			out = append(out, i)
		}
	}
	return out
}

// thereAndBack are the effects of a change, where what its undo resets of what is up now
// counts as reset, too: tests that fail undo both links of a window at once. Of other
// objects than neighbors the way back only takes away what came with the change.
func (x *router) thereAndBack(c *confdiff.Change) effects {
	e := x.run.oracle.touchedBy(x.plan, c)
	for i, d := range c.Differences {
		if d.Object.Kind != confdiff.Neighbor {
			continue
		}
		back := confdiff.Change{Platform: c.Platform, Differences: c.Differences[i : i+1], Impacts: []confdiff.Impact{c.Back(i)}}
		for n := range x.run.oracle.touchedBy(x.plan, &back).resets {
			if isUp(x.before.Peer(n)) {
				e.resets[n] = true
			}
		}
	}
	return e
}

func resetsLink(l *plan.Link, e effects) bool {
	return slices.ContainsFunc(l.Sessions, func(s plan.Session) bool { return e.resets[Neighbor{l.VRF, s.Neighbor}] })
}

// inOrder is which links come first: those that carry nothing, because the others have no
// spare until then.
func (x *router) inOrder(links []int) []plan.Position {
	carrying := func(p plan.Position) map[string]bool { // by path
		out := make(map[string]bool)
		for _, l := range links {
			if link := &x.plan.Links[l]; link.Position == p {
				out[link.Path] = x.isUsed(l)
			}
		}
		return out
	}
	secondary := carrying(plan.Secondary)
	for path, used := range carrying(plan.Primary) {
		if !used && secondary[path] {
			return []plan.Position{plan.Primary, plan.Secondary}
		}
	}
	return []plan.Position{plan.Secondary, plan.Primary}
}

// haveSiblings reports whether two of the links belong to one circuit.
func (x *router) haveSiblings(links []int) bool {
	seen := make(map[string]plan.Position)
	for _, i := range links {
		l := &x.plan.Links[i]
		if p, ok := seen[l.Circuit]; ok && p != l.Position {
			return true
		}
		seen[l.Circuit] = l.Position
	}
	return false
}

// leaving says what waits until the links of now are done: whatever resets the
// sessions of later, or is theirs alone, such as a new address; and whatever only takes
// something away, because a session of later may still use it. With none later nothing
// waits.
func (x *router) leaving(later, now []int) (func(*confdiff.Difference) bool, error) {
	if len(later) == 0 {
		return nil, nil
	}
	waits := make(map[confdiff.Object]bool)
	for i, d := range x.change.Differences {
		one := confdiff.Change{Platform: x.change.Platform, Differences: x.change.Differences[i : i+1], Impacts: x.change.Impacts[i : i+1]}
		e := x.thereAndBack(&one)
		hits := func(links []int) bool {
			return slices.ContainsFunc(links, func(l int) bool { return resetsLink(&x.plan.Links[l], e) })
		}
		if hits(later) && hits(now) {
			return nil, fmt.Errorf("%s: %w", d.Object, errBothLinks)
		}
		waits[d.Object] = hits(later) || x.isOnly(later, e) || len(d.Missing) == 0 && !d.Order && !hits(now)
	}
	return func(d *confdiff.Difference) bool { return waits[d.Object] }, nil
}

// isOnly reports whether what a change touches are sessions of these links, and no others.
func (x *router) isOnly(links []int, e effects) bool {
	theirs := make(map[Neighbor]bool)
	for _, i := range links {
		l := &x.plan.Links[i]
		for _, s := range l.Sessions {
			theirs[Neighbor{l.VRF, s.Neighbor}] = true
		}
	}
	for n := range e.touched {
		if !theirs[n] {
			return false
		}
	}
	return len(e.touched) > 0
}

// drainedStages put a drain of links before what resets them together, and end it after.
func (x *router) drainedStages(links []int, leave func(*confdiff.Difference) bool) ([]stage, error) {
	var own []string
	for _, l := range links {
		if !x.plan.Drainable(l) {
			return nil, fmt.Errorf("%s cannot be drained: its policies are used by other sessions, too", x.plan.Links[l].Origin)
		}
		own = append(own, x.policiesOf(l)...)
	}
	s, err := x.drainedStage(links)
	if err != nil {
		return nil, err
	}
	drain, change, undrain := s.open(links), s, stage{want: x.job.Config.Text, plan: x.plan, oracle: x.run.oracle}
	drain.name, drain.drains = "drain "+x.names(links), true
	drain.leave = func(d *confdiff.Difference) bool {
		return d.Object.Kind != confdiff.RouteMap || !slices.Contains(own, d.Object.Name)
	}
	change.name, change.leave = x.names(links), leave
	undrain.name, undrain.leave = "end the drain of "+x.names(links), leave
	return []stage{drain, change, undrain}, nil
}

// drainedStage is the whole change with links drained.
func (x *router) drainedStage(links []int) (stage, error) {
	p := x.run.plan
	for _, l := range links {
		p = p.Drained(x.plan.Name, l)
	}
	configs, err := x.run.options.Render(p)
	if err != nil {
		return stage{}, err
	}
	i := slices.IndexFunc(configs, func(c artifact.Config) bool { return c.Router == x.plan.Name })
	at := slices.IndexFunc(p.Routers, func(r plan.Router) bool { return r.Name == x.plan.Name })
	return stage{want: configs[i].Text, plan: &p.Routers[at], oracle: newOracle(p)}, nil
}

// open is a stage whose tests want the sessions of links up, which the change shuts down
// only when the links are drained.
func (s stage) open(links []int) stage {
	p := *s.oracle.p
	p.Routers = slices.Clone(p.Routers)
	r := &p.Routers[slices.IndexFunc(p.Routers, func(r plan.Router) bool { return r.Name == s.plan.Name })]
	r.Links = slices.Clone(r.Links)
	for _, l := range links {
		sessions := slices.Clone(r.Links[l].Sessions)
		for i := range sessions {
			sessions[i].Shutdown = false
		}
		r.Links[l].Sessions = sessions
	}
	s.plan, s.oracle = r, newOracle(&p)
	return s
}

// policiesOf names the policies of a link's sessions.
func (x *router) policiesOf(link int) []string {
	var out []string
	for _, s := range x.plan.Links[link].Sessions {
		out = append(out, s.Import, s.Export)
	}
	return out
}

// names are links as a person reads them: er-lab.primary.
func (x *router) names(links []int) string {
	text := ""
	for i, l := range links {
		if i > 0 {
			text += ", "
		}
		text += x.plan.Links[l].Path + "." + x.plan.Links[l].Position.String()
	}
	return text
}
