package ticket

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ercfg/ercfg/internal/plan"
)

// A pair is two routers that have iBGP with each other: nodes, the lesser first.
type pair struct{ a, b int }

// addIBGP draws one edge per pair of routers. Sessions with routers outside the
// plan, and more pairs than a reader can tell apart, are said in words.
func (s *sketch) addIBGP() {
	families := make(map[pair][]string)
	var order []pair
	for i := range s.plan.Routers {
		r := &s.plan.Routers[i]
		var outside []string
		for _, session := range r.IBGP {
			peer, known := s.routers[session.Peer]
			if !known {
				outside = append(outside, "iBGP with "+session.Neighbor.String())
				continue
			}
			at := pair{min(s.routers[r.Name], peer), max(s.routers[r.Name], peer)}
			if families[at] == nil {
				order = append(order, at)
			}
			if f := familyName(session.Family); !slices.Contains(families[at], f) {
				families[at] = append(families[at], f)
			}
		}
		s.note(s.routers[r.Name], shortList(outside, strings.Clone)...)
	}
	if len(order) > mostIBGP {
		s.countIBGP(order)
		return
	}
	for _, at := range order {
		label := fmt.Sprintf("iBGP %s – %s, %s", s.Nodes[at.a].Name, s.Nodes[at.b].Name, strings.Join(families[at], " and "))
		s.Edges = append(s.Edges, Edge{Kind: IBGPEdge, From: at.a, To: at.b, Port: -1, Label: []string{label}})
	}
}

func (s *sketch) note(node int, lines ...string) {
	s.Nodes[node].Notes = append(s.Nodes[node].Notes, lines...)
}

func (s *sketch) countIBGP(pairs []pair) {
	peers := make(map[int]int)
	for _, at := range pairs {
		peers[at.a]++
		peers[at.b]++
	}
	for _, i := range s.routers {
		if peers[i] > 0 {
			s.note(i, fmt.Sprintf("iBGP with %d routers", peers[i]))
		}
	}
}

func familyName(f plan.Family) string {
	if f == plan.IPv6 {
		return "IPv6"
	}
	return "IPv4"
}
