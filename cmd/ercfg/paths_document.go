package main

import (
	"slices"
	"strings"

	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/sim"
)

// The JSON form of a prediction is published as schema/paths.schema.json; a
// test compares the two. An outcome is listed where it is not the normal one:
// a large plan has millions that are.
type (
	pathsDocument struct {
		Schema      string           `json:"$schema"`
		Intent      string           `json:"intent"`
		Scenarios   []pathsScenario  `json:"scenarios"`
		Statements  []pathsStatement `json:"statements"`
		Explanation []pathsStep      `json:"explanation,omitempty"`
	}
	pathsScenario struct {
		Name     string         `json:"name"`
		Failures []pathsFailure `json:"failures"`
	}
	pathsFailure struct {
		Name     string   `json:"name"`
		Kind     sim.Kind `json:"kind"`
		Path     string   `json:"path,omitempty"`
		Position string   `json:"position,omitempty"`
		Instance string   `json:"instance,omitempty"`
		Router   string   `json:"router,omitempty"`
	}
	pathsStatement struct {
		Name         string         `json:"name"`
		Family       plan.Family    `json:"family"`
		DefaultRoute bool           `json:"defaultRoute,omitempty"`
		Outcomes     []pathsOutcome `json:"outcomes"`
	}
	pathsOutcome struct {
		Scenario string       `json:"scenario"`
		To       *pathsResult `json:"toAzure,omitempty"`
		From     *pathsResult `json:"fromAzure"`
	}
	pathsResult struct {
		Text string     `json:"text"`
		Legs []pathsLeg `json:"legs"`
		Lost bool       `json:"lost"`
		Tie  bool       `json:"tie"`
		Wait *pathsWait `json:"wait,omitempty"`
	}
	pathsLeg struct {
		Path         string `json:"path"`
		Router       string `json:"router,omitempty"`
		Position     string `json:"position,omitempty"`
		Instance     string `json:"instance,omitempty"`
		Over         string `json:"over,omitempty"`
		OverPosition string `json:"overPosition,omitempty"`
		ClearText    bool   `json:"clearText"`
		DeadEnd      bool   `json:"deadEnd"`
	}
	pathsWait struct {
		LeastMs int64  `json:"leastMs"`
		MostMs  int64  `json:"mostMs"`
		By      string `json:"by,omitempty"`
	}
	pathsStep struct {
		Level int    `json:"level"`
		Text  string `json:"text"`
	}
)

// pathsSchemaID is the $id of the published schema of a pathsDocument.
const pathsSchemaID = "https://github.com/ercfg/ercfg/schema/v1/paths.schema.json"

// newPathsDocument lists r, whose first outcome is the normal one.
func newPathsDocument(r *sim.Report, why []string) pathsDocument {
	d := pathsDocument{
		Schema: pathsSchemaID, Intent: r.Plan,
		Scenarios: make([]pathsScenario, 0, len(r.Outcomes)), Statements: []pathsStatement{},
	}
	for _, o := range r.Outcomes {
		s := pathsScenario{Name: o.Scenario.Name(), Failures: make([]pathsFailure, 0, len(o.Scenario.Failures))}
		for _, f := range o.Scenario.Failures {
			s.Failures = append(s.Failures, newPathsFailure(f))
		}
		d.Scenarios = append(d.Scenarios, s)
	}
	if len(r.Outcomes) > 0 {
		for i, f := range r.Outcomes[0].Flows {
			s := pathsStatement{Name: f.Statement, Family: f.Family, DefaultRoute: f.Default, Outcomes: []pathsOutcome{newPathsOutcome("normal", f)}}
			for _, o := range r.Outcomes[1:] {
				if !sameFlow(o.Flows[i], f) {
					s.Outcomes = append(s.Outcomes, newPathsOutcome(o.Scenario.Name(), o.Flows[i]))
				}
			}
			d.Statements = append(d.Statements, s)
		}
	}
	for _, step := range why {
		text := strings.TrimLeft(step, " ")
		d.Explanation = append(d.Explanation, pathsStep{(len(step) - len(text)) / 2, text})
	}
	return d
}

func sameFlow(a, b *sim.Flow) bool {
	same := func(a, b sim.Result) bool {
		return slices.Equal(a.Legs, b.Legs) && a.Lost == b.Lost && a.Tie == b.Tie && a.Narrow == b.Narrow && a.Wait == b.Wait
	}
	return a == b || same(a.To, b.To) && same(a.From, b.From)
}

func newPathsFailure(f sim.Failure) pathsFailure {
	out := pathsFailure{Name: f.Name, Kind: f.Kind, Path: f.Path, Instance: f.Instance, Router: f.Router}
	switch f.Kind {
	case sim.LinkDown, sim.LinkDrained, sim.BFDDown, sim.IPv6Down, sim.MSEEDown:
		out.Position = f.Position.String()
	}
	return out
}

func newPathsOutcome(scenario string, f *sim.Flow) pathsOutcome {
	o := pathsOutcome{Scenario: scenario, From: newPathsResult(f.From)}
	if !f.Default {
		o.To = newPathsResult(f.To)
	}
	return o
}

func newPathsResult(r sim.Result) *pathsResult {
	out := &pathsResult{Text: r.String(), Legs: make([]pathsLeg, 0, len(r.Legs)), Lost: r.Lost, Tie: r.Tie}
	for _, l := range r.Legs {
		leg := pathsLeg{Path: l.Path, Router: l.Router, Instance: l.Instance, Over: l.Over, ClearText: l.Clear, DeadEnd: l.Dead}
		switch {
		case l.Over != "" && l.Over != sim.Internet:
			leg.OverPosition = l.OverPosition.String()
		case l.Over == "" && l.Instance == "" && l.Path != sim.Internet:
			leg.Position = l.Position.String()
		}
		out.Legs = append(out.Legs, leg)
	}
	if r.Wait.Max > 0 {
		out.Wait = &pathsWait{r.Wait.Min.Milliseconds(), r.Wait.Max.Milliseconds(), r.Wait.By}
	}
	return out
}
