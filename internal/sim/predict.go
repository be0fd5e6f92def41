package sim

import (
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

// predict answers every ask in every scenario. What a scenario does not touch is
// shared with the normal state.
func (m *model) predict(scenarios []Scenario) *Report {
	base, normal := m.baseline()
	out := &Report{Plan: m.p.Name, Outcomes: make([]Outcome, len(scenarios))}
	m.each(base, normal, scenarios, func(n int, _ *eval, changed []change) {
		flows := normal
		if len(changed) > 0 {
			flows = slices.Clone(normal)
		}
		for _, c := range changed {
			flows[c.ask] = c.flow
		}
		out.Outcomes[n] = Outcome{Scenario: scenarios[n], Flows: flows}
	})
	return out
}

// baseline answers every ask in the normal state.
func (m *model) baseline() (*eval, []*Flow) {
	base := m.normal()
	normal := make([]*Flow, len(m.asks))
	for i := range m.asks {
		normal[i] = base.flow(&m.asks[i], nil, Scenario{})
	}
	return base, normal
}

// A change is a flow that a scenario may have changed.
type change struct {
	ask  int
	flow *Flow
}

// each answers, for every scenario, the asks that it touches, and hands them to
// do, with the number of the scenario and its eval. It fans out over the
// scenarios and joins before it returns.
func (m *model) each(base *eval, normal []*Flow, scenarios []Scenario, do func(n int, e *eval, changed []change)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(scenarios)) {
		wg.Go(func() {
			for n := int(next.Add(1) - 1); n < len(scenarios); n = int(next.Add(1) - 1) {
				e, changed := m.changes(base, normal, scenarios[n])
				do(n, e, changed)
			}
		})
	}
	wg.Wait()
}

// changes answers the asks that a scenario touches.
func (m *model) changes(base *eval, normal []*Flow, s Scenario) (*eval, []change) {
	st := m.state(s)
	if len(st.changed) == 0 {
		return base, nil
	}
	e := base.in(st)
	var asks []int
	for _, element := range st.changed {
		asks = append(asks, m.touches[element]...)
	}
	slices.Sort(asks)
	var out []change
	for _, i := range slices.Compact(asks) {
		out = append(out, change{i, e.flow(&m.asks[i], normal[i], s)})
	}
	return e, out
}

// flow answers an ask; before is the answer in the normal state.
func (e *eval) flow(q *ask, before *Flow, s Scenario) *Flow {
	f := &Flow{Statement: e.m.p.Statements[q.statement].Name, Family: q.family, Default: q.isDefault}
	f.To, f.From = e.answer(q)
	if before != nil {
		f.To.Wait = e.m.wait(ToAzure, q, before.To, f.To, s)
		f.From.Wait = e.m.wait(FromAzure, q, before.From, f.From, s)
	}
	return f
}
