package confdiff

import (
	"errors"
	"fmt"
	"slices"
)

// A Change is what one router differs in, and the way there and back.
type Change struct {
	Platform    string
	Differences []Difference
	// Impacts say what the commands for each difference do to live sessions, in
	// the order of Differences.
	Impacts []Impact
	// Commands bring the router to what was rendered, one line each, in an order in
	// which they may be typed in configuration mode. A secret is a placeholder.
	Commands []string
	// Undo brings the router back, once all Commands were taken.
	Undo []string
	// Kept says that Undo has KeptMark where a secret stood that only the router
	// has: a person puts it in.
	Kept bool
	// Doubtful are objects that bear the intent's name and were not rendered, and
	// that may be another's all the same. No command touches them: a person looks.
	Doubtful []Object
	// Refused says why there are no commands although there are differences: what
	// a person has to decide first. Empty: nothing is in the way.
	Refused string
}

// KeptMark stands in the commands back for a secret that was never read out of
// the router's configuration.
const KeptMark = "<kept-on-the-router>"

// Options say what of a router's a person lets go.
type Options struct {
	Intent string // its name, which begins the names of objects
	// Prune also takes away sessions, links, tunnels and anchors that were not rendered
	// and that an earlier intent has surely left. Without it only lists and policies of
	// paths that are still there go, and the others are in doubt.
	Prune bool
	// BringUp ends the shutdown of a session that the intent does not shut down.
	BringUp bool
	// Leave says which differences are left as they are, for another time: a change in
	// steps. Nil leaves none.
	Leave func(*Difference) bool
}

// Between returns the way from have, which a router prints, to want, which was
// rendered for it; see Compare.
func Between(want, have Config, o Options) Change {
	compared := newComparison(want, have, o.Intent, o.Prune)
	c := Change{Platform: want.Platform, Differences: compared.differences(), Doubtful: compared.left.doubt}
	if o.Leave != nil {
		c.Differences = slices.DeleteFunc(c.Differences, func(d Difference) bool { return o.Leave(&d) })
	}
	for _, d := range c.Differences {
		impact := impactOf(c.Platform, d)
		compared.softly(d.Object, &impact)
		c.Impacts = append(c.Impacts, impact)
	}
	if c.Refused = compared.refuse(c.Differences, o, want, have); c.Refused != "" {
		return c
	}
	c.Commands = commands(want, have, c.Differences)
	after, err := Apply(have, c.Commands)
	if err != nil {
		return c.unfit(err)
	}
	after = after.resolvedAs(want)
	back := all(have, after)
	c.Undo = commands(have, after, back)
	start, err := Apply(after, c.Undo)
	if err == nil && len(all(have, start)) > 0 {
		err = errors.New("the commands back do not bring it back")
	}
	if err != nil {
		return c.unfit(err)
	}
	for _, d := range back {
		for _, s := range d.Missing {
			c.Kept = c.Kept || s.Secret.form != NoSecret && s.Secret.form != Reference
		}
	}
	return c
}

// unfit is the change without its commands, which the model of the platform does not
// take: the configuration is of a form that no box prints, or ercfg has a fault.
// Either way nobody should type them.
func (c Change) unfit(err error) Change {
	c.Commands, c.Undo = nil, nil
	c.Refused = fmt.Sprintf("the commands do not fit this configuration: %v", err)
	return c
}

// Same reports whether nothing differs. Secrets that cannot be compared are no
// difference.
func (c *Change) Same() bool { return c.Count() == 0 }

// Count counts the objects that differ.
func (c *Change) Count() int {
	n := 0
	for _, d := range c.Differences {
		if len(d.Missing)+len(d.Extra) > 0 || d.Order {
			n++
		}
	}
	return n
}

// Unknown counts the secrets that cannot be compared.
func (c *Change) Unknown() int {
	n := 0
	for _, d := range c.Differences {
		n += len(d.Unknown)
	}
	return n
}

// Operational lists the commands of operational mode that make the router use the
// change at once, each once; they belong behind Commands, and behind Undo. Nil
// where nothing is typed.
func (c *Change) Operational() []string {
	if c.Refused != "" {
		return nil
	}
	var out []string
	for _, i := range c.Impacts {
		out = append(out, i.Then...)
	}
	return unique(out)
}

// Worst is the worst impact of the change.
func (c *Change) Worst() Class {
	worst := NoImpact
	for _, i := range c.Impacts {
		worst = max(worst, i.Class)
	}
	return worst
}

// Back is what taking a difference back does to live sessions, which may be more than the
// way there: FRR begins BFD beside a session, and ends the session with BFD.
func (c *Change) Back(difference int) Impact {
	d := c.Differences[difference]
	d.Missing, d.Extra = d.Extra, d.Missing
	return impactOf(c.Platform, d)
}

// commands returns the lines from have to want for these differences.
func commands(want, have Config, differences []Difference) []string {
	if want.Platform == Junos {
		return junosCommands(want, have, differences)
	}
	return lineCommands(want, have, differences)
}

// Apply returns what a router holds after it took commands, by a model of its
// platform: no, replaced values and contexts on IOS-XE and FRR; set, delete,
// insert, activate and deactivate on Junos. An error names the command that the
// model does not take.
func Apply(have Config, commands []string) (Config, error) {
	if have.Platform == Junos {
		return junosApply(have, commands)
	}
	return lineApply(have, commands)
}
