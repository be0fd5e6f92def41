package sim

import (
	"slices"
	"strings"

	"github.com/ercfg/ercfg/internal/plan"
)

// Ladders lists, for each statement, the states in which its better paths have
// failed one after the other, as far as they are no single failure: what the
// last path of a list is for shows in no other state.
func Ladders(p *plan.Plan) []Scenario {
	all := Failures(p)
	var out []Scenario
	seen := make(map[string]bool)
	for i := range p.Statements {
		s := &p.Statements[i]
		var failed []Failure
		for _, path := range s.Prefer[:max(len(s.Prefer)-1, 0)] {
			failed = append(failed, whole(p, all, path)...)
			scenario := Scenario{inOrder(all, failed)}
			if name := scenario.Name(); len(failed) > 1 && !seen[name] {
				seen[name] = true
				out = append(out, scenario)
			}
		}
	}
	return out
}

// whole are the failures that take a path away and nothing else.
func whole(p *plan.Plan, all []Failure, path string) []Failure {
	var out []Failure
	circuit := slices.ContainsFunc(p.Circuits, func(c plan.Circuit) bool { return c.Name == path && len(c.Peerings) == 1 })
	for _, f := range all {
		if f.Path != path {
			continue
		}
		if f.Kind == VPNDown || circuit && f.Kind == CircuitDown || !circuit && f.Kind == LinkDown {
			out = append(out, f)
		}
	}
	if len(out) == 0 { // the only peering of a circuit, and not a private one
		name, _, _ := strings.Cut(path, ".")
		for _, f := range all {
			if f.Kind == CircuitDown && f.Path == name {
				out = append(out, f)
			}
		}
	}
	return out
}

// inOrder sorts failures as all lists them, each once.
func inOrder(all, failed []Failure) []Failure {
	var out []Failure
	for _, f := range all {
		if slices.Contains(failed, f) {
			out = append(out, f)
		}
	}
	return out
}
