package plan

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/ercfg/ercfg/internal/diag"
	"github.com/ercfg/ercfg/internal/expressroute"
	"github.com/ercfg/ercfg/internal/intent"
)

// The rules about ExpressRoute Direct port pairs: fact sheet §1.
const (
	directSize     diag.Code = "ER005"
	oversubscribed diag.Code = "ER006"
	aggregatedPort diag.Code = "ER007"
)

// A portPair is a Direct port pair and the circuits on it.
type portPair struct {
	*intent.Entry[intent.DirectPort]
	mbps     int // zero: a speed that the schema refused
	circuits []*circuit
}

// portPairs lists the port pairs of the intent, and which circuits use them.
func (f *facts) portPairs() []*portPair {
	out := make([]*portPair, 0, len(f.in.DirectPorts))
	byName := make(map[string]*portPair)
	for i := range f.in.DirectPorts {
		e := &f.in.DirectPorts[i]
		pair := &portPair{Entry: e, mbps: f.rate(e.Value.Speed).V}
		out, byName[e.Name.V] = append(out, pair), pair
	}
	for _, c := range f.circuits {
		if pair := byName[c.in.Port.V]; pair != nil && c.model == "direct" {
			pair.circuits = append(pair.circuits, c)
		}
	}
	return out
}

// checkPorts reports what a port pair cannot carry, and ports that are no
// links of their own.
func (f *facts) checkPorts() {
	for _, pair := range f.portPairs() {
		f.checkDirectSizes(pair)
		f.checkSubscription(pair)
		f.checkAggregation(pair)
		f.checkOnePortRouter(pair)
	}
}

func (f *facts) checkDirectSizes(pair *portPair) {
	sizes := expressroute.DirectCircuitSizes(pair.mbps / 1000)
	if sizes == nil {
		return
	}
	var words []string
	for _, gbps := range sizes {
		words = append(words, rateText(gbps*1000))
	}
	for _, c := range pair.circuits {
		known := c.mbps.V%1000 == 0 && slices.Contains(sizes, c.mbps.V/1000)
		if !known && bandwidthForm.MatchString(c.in.Bandwidth.V) {
			f.fault(directSize, c.mbps.Pos, fmt.Sprintf("no circuit on a %s port has %s", pair.Value.Speed.V, c.in.Bandwidth.V), "write one of "+strings.Join(words, ", "), pair.Value.Speed.Pos)
		}
	}
}

// checkSubscription compares the sum of the circuits with the port. Each
// circuit is on both ports, so one port carries them all when the other fails.
func (f *facts) checkSubscription(pair *portPair) {
	sum := 0
	var places []diag.Pos
	for _, c := range pair.circuits {
		sum += c.mbps.V
		places = append(places, c.mbps.Pos)
	}
	summary := fmt.Sprintf("the circuits on %s sum up to %s, and its ports have %s", pair.Name.V, rateText(sum), rateText(pair.mbps))
	switch {
	case pair.mbps == 0 || sum <= pair.mbps:
	case sum > expressroute.DirectOversubscription*pair.mbps:
		f.fault(oversubscribed, pair.Value.Speed.Pos, summary, fmt.Sprintf("Azure takes %s at most: make a circuit smaller, or use a second port pair", rateText(expressroute.DirectOversubscription*pair.mbps)), places...)
	default:
		f.warn(oversubscribed, pair.Value.Speed.Pos, summary, "Azure takes that from its command line only; when all circuits are busy, each gets less than its bandwidth", places...)
	}
}

// aggregated matches the names by which the three vendors call a bundle of
// ports.
var aggregated = regexp.MustCompile(`(?i)^((ae|po|port-channel|team)[0-9]|bond)`)

// checkAggregation reports a port that is a bundle: the ports of a pair end on
// two MSEEs, and neither of them speaks LACP.
func (f *facts) checkAggregation(pair *portPair) {
	ends := []*intent.Port{pair.Value.Primary, pair.Value.Secondary}
	var names []intent.At[string]
	for _, end := range ends {
		if end != nil {
			names = append(names, end.Interface)
		}
	}
	for _, c := range pair.circuits {
		for _, p := range c.peerings() {
			for _, l := range p.both() {
				names = append(names, l.in.Interface)
			}
		}
	}
	seen := make(map[diag.Pos]bool)
	for _, name := range names {
		if aggregated.MatchString(name.V) && !seen[name.Pos] {
			seen[name.Pos] = true
			f.fault(aggregatedPort, name.Pos, fmt.Sprintf("%s is an aggregate, and a port of %s is one link", name.V, pair.Name.V), "Direct knows no LAG, LACP or MLAG: name the physical interface")
		}
	}
}

// checkOnePortRouter is checkOneRouter for the links that take their router
// from the port pair.
func (f *facts) checkOnePortRouter(pair *portPair) {
	a, b := pair.Value.Primary, pair.Value.Secondary
	if a == nil || b == nil || !a.Router.Set() || a.Router.V != b.Router.V {
		return
	}
	f.warn(oneRouter, b.Router.Pos, fmt.Sprintf("both ports of %s are on %s", pair.Name.V, b.Router.V), "one failure or one reload takes every circuit on them: use two routers", a.Router.Pos)
}
