package plan

import (
	"cmp"
	"fmt"

	"github.com/ercfg/ercfg/internal/diag"
	"github.com/ercfg/ercfg/internal/expressroute"
)

// The rules about how many VNets and circuits may be joined: fact sheet §1.
const (
	tooManyVNets    diag.Code = "ER014"
	tooManyCircuits diag.Code = "ER015"
)

// joins counts who is joined to whom: a VNet to a circuit by each statement
// over its private peering and by each connection that the VNet lists, two
// circuits by Global Reach.
type joins struct {
	onCircuit map[*circuit]int     // VNets and Global Reach connections
	ofVNet    map[*vnet][]*circuit // in the order of the intent
}

func (f *facts) joins() joins {
	type pair [2]any
	seen := make(map[pair]bool)
	out := joins{onCircuit: make(map[*circuit]int), ofVNet: make(map[*vnet][]*circuit)}
	add := func(v *vnet, p *peering) {
		if p == nil || p.microsoft || seen[pair{v, p.circuit}] {
			return
		}
		seen[pair{v, p.circuit}] = true
		out.onCircuit[p.circuit]++
		out.ofVNet[v] = append(out.ofVNet[v], p.circuit)
	}
	for _, s := range f.statements {
		for _, path := range s.circuits() {
			for _, v := range s.vnets {
				add(v, path.peering)
			}
		}
	}
	for _, v := range f.vnets {
		for _, e := range v.in.Connections {
			add(v, f.peeringOf(e.Name.V))
		}
	}
	for _, c := range f.circuits {
		if c.in.GlobalReach == nil {
			continue
		}
		other := f.circuitByName[c.in.GlobalReach.With.V]
		if other == nil || seen[pair{c, other}] || seen[pair{other, c}] {
			continue // one connection, though both ends may list it
		}
		seen[pair{c, other}] = true
		out.onCircuit[c]++
		out.onCircuit[other]++
	}
	return out
}

// checkAllowances reports more joins than Azure allows, or spreads flows over.
func (f *facts) checkAllowances() {
	joins := f.joins()
	for _, c := range f.circuits {
		sku, err := expressroute.ParseSKU(c.sku)
		if err != nil {
			continue // the schema has said so
		}
		if n, limit := joins.onCircuit[c], expressroute.VNetLinks(sku, c.mbps.V); n > limit {
			f.warn(tooManyVNets, cmp.Or(c.in.SKU.Pos, c.name.Pos), fmt.Sprintf("%s has %d VNets and Global Reach connections, and its SKU allows %d", c.name.V, n, limit), allowanceHint(sku), c.mbps.Pos)
		}
	}
	for _, v := range f.vnets {
		f.checkCircuitsOf(v, joins.ofVNet[v])
	}
}

func allowanceHint(sku expressroute.SKU) string {
	if sku == expressroute.PremiumSKU {
		return "a larger bandwidth allows more; or reach some VNets by peering them with a hub"
	}
	return "sku: premium allows more; or reach some VNets by peering them with a hub"
}

// checkCircuitsOf reports the worst of what holds for one VNet.
func (f *facts) checkCircuitsOf(v *vnet, circuits []*circuit) {
	n := len(circuits)
	if n <= min(expressroute.MaxECMPCircuits, expressroute.MaxCircuitsPerLocation) {
		return
	}
	if n > expressroute.MaxCircuitsPerVNet {
		f.fault(tooManyCircuits, v.name.Pos, fmt.Sprintf("VNet %s is on %d circuits", v.name.V, n), fmt.Sprintf("the largest gateway takes %d", expressroute.MaxCircuitsPerVNet))
		return
	}
	count := make(map[string]int)
	for _, c := range circuits {
		key := locationKey(c)
		if key == "" {
			continue
		}
		if count[key]++; count[key] == expressroute.MaxCircuitsPerLocation+1 {
			f.fault(tooManyCircuits, v.name.Pos, fmt.Sprintf("VNet %s is on more than %d circuits from %s", v.name.V, expressroute.MaxCircuitsPerLocation, c.in.Location.V), "use circuits of another peering location", c.in.Location.Pos)
			return
		}
	}
	f.warn(tooManyCircuits, v.name.Pos, fmt.Sprintf("VNet %s is on %d circuits", v.name.V, n), fmt.Sprintf("Azure spreads flows over %d at most; the others stand by", expressroute.MaxECMPCircuits))
}
