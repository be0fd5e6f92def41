// Package ticket makes the text of a change request: what is wanted and why, in
// words; a picture; which path carries what in each failure; and per router what
// changes, what that does to sessions, what to check before and after, and the
// way back.
//
// In come a plan, its prediction, the rendered configurations and, where they
// are known, the differences to what the routers have; out go a Ticket and its
// Markdown and HTML. The package predicts nothing and compares nothing itself,
// and the same input gives the same bytes: no date, no clock.
package ticket

import (
	"github.com/ercfg/ercfg/internal/artifact"
	"github.com/ercfg/ercfg/internal/confdiff"
	"github.com/ercfg/ercfg/internal/pathtable"
	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/sim"
)

// An Input is what a ticket is made of.
type Input struct {
	Plan   *plan.Plan
	Report *sim.Report // every single failure and the ladders, normal first
	// Configs are the renderings, one per router of the plan.
	Configs []artifact.Config
	// Changes are the ways from what a router has to its rendering, by router's
	// name. A router without one was not compared.
	Changes map[string]confdiff.Change
	Digests Digests
	// Warnings are the findings that do not stop the rendering, as one line each.
	Warnings []string
}

// Digests say what a ticket was made from: SHA-256 in lower-case hexadecimal.
type Digests struct {
	Version   string // of ercfg
	Intent    string
	Templates string
	// Running are those of our slice of each running configuration, by router;
	// see confdiff.Slice.
	Running map[string]string
}

// A Ticket is a change request in the order of reading.
type Ticket struct {
	// Bare says that this is about the routers alone: their differences and
	// commands, without what the plan says.
	Bare        bool
	Intent      string
	Description string
	Reference   string // metadata.ticket; may be empty
	Owner       string // metadata.owner; may be empty
	Compared    bool   // some router was compared with its running configuration
	Summary     Summary
	Diagram     Diagram
	Paths       pathtable.Table
	Order       []Step
	Routers     []Router // in the order of the plan
	Warnings    []string
	Digests     Digests
}

// A Summary says in sentences what a change board asks. A code-like word (a
// name, an address) stands in backquotes, and a writer sets it apart.
type Summary struct {
	Change     []string // what this changes: routers, worst impact; or that it was not compared
	Preferred  []string // per statement: which path carries it, and which come after
	Advertised []string // per peering and VPN: what is announced where, with what prepended
	Timers     []string // per kind of session: BFD, keepalive and hold, and how fast a failure is seen
	Failover   []string // per kind of failure: what moves where and how long it may be lost
}

// A Router is one router's part.
type Router struct {
	Name     string
	Platform string
	Config   artifact.Config
	// Change is nil where the router was not compared.
	Change *confdiff.Change
	Pre    []Check
	// Begin says how the work on the router begins and ends, so that it goes back by
	// itself where the platform can.
	Begin []string
	Post  []Check
	// Interruption says what the change may cost, in words: which sessions, what
	// moves where, for how long.
	Interruption []string
	// Rollback says in words how to go back, beside Change.Undo.
	Rollback []string
}

// A Check is a command of operational mode and what it has to show.
type Check struct {
	Command string
	Expect  []string // each a sentence or a literal part of the output
	Why     string
}

// A Step is one piece of the work, done and tested before the next begins.
type Step struct {
	Router string
	// Links are those of circuits that end on the router, and tunnels: er-lon.primary,
	// s2s.a.
	Links []string
	// Wait says what has to hold before the step may begin.
	Wait string
	// Note warns: both links of a circuit end on this router. Empty: none.
	Note string
}
