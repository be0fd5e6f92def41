// Package sim predicts which path carries what: from a plan, for each
// statement, both directions and any scenario of failures, which links and
// tunnels the traffic takes, and why.
//
// In comes a plan; out go values. The model is BGP as the plan's sessions and
// policies make it (RFC 4271 §9), static routes, longest prefix match, and
// Azure's own order of routes. It knows of vendors what the plan says, and that
// FRR cannot track a static route by BFD; so the prediction is otherwise the same
// on every platform. It knows no clock: it tells the states that the network
// settles in, and how long the change may take as a range.
package sim

import (
	"time"

	"github.com/ercfg/ercfg/internal/plan"
)

// A Report is what is predicted for a plan.
type Report struct {
	Plan     string // name of the intent
	Outcomes []Outcome
}

// An Outcome is what is predicted for one scenario.
type Outcome struct {
	Scenario Scenario
	// Flows are those of every statement, in the order of the plan, by family.
	// Outcomes share the flows that a scenario does not touch.
	Flows []*Flow
}

// A Flow is the traffic of one statement in one family.
type Flow struct {
	Statement string
	Family    plan.Family
	// Default is the way of the VNets to the Internet, where a circuit of the
	// statement advertises a default route. To is empty then.
	Default bool
	To      Result // on-premises → Azure
	From    Result // Azure → on-premises
}

// Direction is one of the two of a flow.
type Direction uint8

// The directions, as seen from on-premises.
const (
	ToAzure Direction = iota
	FromAzure
)

// String returns the arrow of tables: "→" to Azure, "←" from Azure.
func (d Direction) String() string { return [...]string{"→", "←"}[d] }

// MarshalText writes "to-azure" or "from-azure".
func (d Direction) MarshalText() ([]byte, error) {
	return []byte([...]string{"to-azure", "from-azure"}[d]), nil
}

// Result is where the traffic of one direction goes. Its traffic enters at
// several routers and has several prefixes: Legs is the union.
type Result struct {
	Legs []Leg // sorted; empty: no path at all
	// Lost says that some of the traffic, or all of it, has no path.
	Lost bool
	// Tie says that a tie-break decides which of the legs carry the traffic, and
	// that the plan does not know the value it looks at (a neighbor's router ID,
	// the cost of an IGP). Any of them may.
	Tie bool
	// Narrow says that it also decides among equal paths of one neighbor's AS, for
	// a router uses fewer than there are.
	Narrow bool
	// Wait is how long traffic may be lost until this holds, when the scenario
	// begins with everything alive; zero where the scenario does not touch it.
	Wait Wait
}

// A Leg is one link, or one tunnel over one link, that carries traffic. Legs
// are comparable.
type Leg struct {
	Path     string        // er-london, er-ams.microsoft, s2s-frankfurt; Internet
	Router   string        // on which the link or tunnel ends
	Position plan.Position // of a link
	Instance string        // of the gateway that a tunnel ends on; empty: a link
	Of       int           // how many tunnels the VPN has; 0: a link
	Shared   bool          // another router has a tunnel to the instance, too
	// Over is the path of the peering that a tunnel rides on, and OverPosition
	// its link; Internet where it has moved there, and empty where it rides on the
	// Internet anyway, which is taken to be always there.
	Over         string
	OverPosition plan.Position
	// Clear marks a link that carries traffic which is to be encrypted: the
	// statement puts a VPN first.
	Clear bool
	// Dead marks traffic that is sent and never arrives: the link is being
	// drained, and what is behind its MSEE may be gone.
	Dead bool
}

// Internet is the path of a leg that leaves by the Internet.
const Internet = "Internet"

// Wait is how long a change of path takes, from the event until traffic flows
// by the new path. Min is the best case (carrier loss is seen at once), Max the
// worst (a silent failure, detected by BFD or the hold timer, and up to a minute
// for Azure's gateway).
type Wait struct {
	Min, Max time.Duration
	// Gateway is the part of Max that Azure's gateway may take after the failure has
	// been detected.
	Gateway time.Duration
	By      string // what detects it in the worst case: "BFD", "hold timer", "BGP update"
}

// Predict says where the traffic of p goes in each scenario. It fans out over
// the scenarios and joins before it returns.
func Predict(p *plan.Plan, scenarios []Scenario) *Report {
	return newModel(p).predict(scenarios)
}
