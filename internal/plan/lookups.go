package plan

import (
	"fmt"

	"github.com/ercfg/ercfg/internal/diag"
	"github.com/ercfg/ercfg/internal/intent"
)

// checkLookups looks up the names that no plan is derived from: a typo in them
// would pass without a word.
func (f *facts) checkLookups() {
	for _, n := range f.networks {
		for _, name := range n.in.At {
			f.router(name)
		}
		for _, name := range n.in.NAT {
			f.network(name)
		}
	}
	for _, v := range f.vnets {
		for i := range v.in.Connections {
			f.connection(v.in.Connections[i].Name)
		}
	}
	for _, c := range f.circuits {
		if reach := c.in.GlobalReach; reach != nil && reach.With.Set() {
			f.otherCircuit(c, reach.With)
		}
		for _, p := range c.peerings() {
			if p.in.NAT == nil {
				continue
			}
			for _, pool := range [][]intent.At[string]{p.in.NAT.Primary, p.in.NAT.Secondary} {
				for _, name := range pool {
					f.network(name)
				}
			}
		}
	}
}

// connection looks up the path of a VNet's connection.
func (f *facts) connection(name intent.At[string]) {
	if f.peeringOf(name.V) == nil && f.in.VPNs.Get(name.V) == nil && !f.withoutPeering(name.V) {
		f.fault(unknownName, name.Pos, fmt.Sprintf("no circuit or VPN is called %q", name.V), diag.DidYouMean(name.V, f.pathNames()))
	}
}

// otherCircuit looks up the far end of Global Reach.
func (f *facts) otherCircuit(c *circuit, name intent.At[string]) {
	switch other := f.circuitByName[name.V]; {
	case other == nil:
		f.fault(unknownName, name.Pos, fmt.Sprintf("no circuit is called %q", name.V), diag.DidYouMean(name.V, names(f.circuits, func(c *circuit) string { return c.name.V })))
	case other == c:
		f.fault(badValue, name.Pos, fmt.Sprintf("%s reaches itself", c.name.V), "Global Reach joins two circuits: name the other one")
	}
}
