package sim

import (
	"slices"

	"github.com/ercfg/ercfg/internal/plan"
)

// A mark says what is wrong with an element: a router, a link, or a tunnel of
// itself; what that rides on is found out. Marks combine.
type mark uint8

const (
	dead    mark = 1 << iota
	silent       // of a dead link: the router keeps carrier, as what failed is behind the provider
	drained      // of a link: Microsoft prepends, and what is behind may be dead
	noIPv4       // of a link: its IPv4 session alone is down
	noIPv6       // of a link: its IPv6 session alone is down
)

// A state says what is not working.
type state struct {
	m     *model
	marks []mark // by element
	// changed are the elements that have a mark, ascending.
	changed []int
}

func (s *state) router(i int) bool  { return s.marks[s.m.routerElement(i)] != 0 }
func (s *state) tunnel(i int) bool  { return s.marks[s.m.tunnelElement(i)] != 0 }
func (s *state) link(i int) bool    { return s.has(i, dead) }
func (s *state) silent(i int) bool  { return s.has(i, silent) }
func (s *state) drained(i int) bool { return s.has(i, drained) }

func (s *state) has(link int, what mark) bool { return s.marks[s.m.linkElement(link)]&what != 0 }

// at reports whether the router of a table is dead.
func (s *state) at(table int) bool { return s.router(s.m.tables[table].router) }

func (s *state) equal(o *state) bool { return slices.Equal(s.marks, o.marks) }

// state is the state that a scenario's failures make. A dead router takes its
// links and tunnels with it, and a dead link is nothing else.
func (m *model) state(s Scenario) *state {
	st := &state{m: m, marks: make([]mark, m.elements())}
	for _, f := range s.Failures {
		m.fail(st, f)
	}
	slices.Sort(st.changed)
	st.changed = slices.Compact(st.changed)
	for _, e := range st.changed {
		if i := e - m.linkElement(0); i >= 0 && i < len(m.links) && st.link(i) {
			st.marks[e] &= dead | silent
			if st.router(m.links[i].router) {
				st.marks[e] = dead
			}
		}
	}
	return st
}

func (s *state) set(element int, what mark) {
	s.marks[element] |= what
	s.changed = append(s.changed, element)
}

func (m *model) fail(st *state, f Failure) {
	switch f.Kind {
	case RouterDown:
		r := m.routers[f.Router]
		st.set(m.routerElement(r), dead)
		for l := m.firstLink[r]; l < m.firstLink[r+1]; l++ {
			st.set(m.linkElement(l), dead)
		}
		for t := m.firstTunnel[r]; t < m.firstTunnel[r+1]; t++ {
			st.set(m.tunnelElement(t), dead)
		}
	case TunnelDown, VPNDown:
		for _, s := range m.ofPath[f.Path] {
			t := &m.tunnels[m.sessions[s].tunnel]
			if f.Kind == VPNDown || t.Instance == f.Instance && m.p.Routers[t.router].Name == f.Router {
				st.set(m.tunnelElement(m.sessions[s].tunnel), dead)
			}
		}
	default:
		what := [...]mark{LinkDown: dead, CircuitDown: dead, MSEEDown: dead | silent, LinkDrained: drained, BFDDown: noIPv4, IPv6Down: noIPv6}[f.Kind]
		for _, i := range m.ofCircuit[m.circuit(f)] {
			if m.links[i].hitBy(f) {
				if what == dead {
					// A link that has lost carrier has lost it whatever else fails.
					st.marks[m.linkElement(i)] &^= silent
				} else if st.link(i) && what == dead|silent {
					continue
				}
				st.set(m.linkElement(i), what)
			}
		}
	}
}

// circuit is the circuit of a failed link, MSEE or circuit.
func (m *model) circuit(f Failure) string {
	if s := m.ofPath[f.Path]; len(s) > 0 {
		return m.links[m.sessions[s[0]].link].Circuit
	}
	return f.Path
}

// hitBy reports whether a failure of a link, an MSEE or a circuit is l's.
func (l *link) hitBy(f Failure) bool {
	switch f.Kind {
	case LinkDown, BFDDown, IPv6Down:
		return l.Path == f.Path && l.Position == f.Position
	case LinkDrained, MSEEDown:
		return l.Circuit == f.Path && l.Position == f.Position
	case CircuitDown:
		return l.Circuit == f.Path
	}
	return false
}

// up reports whether a link's session is established, as far as the link
// decides.
func (s *state) up(at *session) bool {
	without := noIPv4
	if at.Family == plan.IPv6 {
		without = noIPv6
	}
	return !at.Shutdown && !s.has(at.link, dead|without)
}
