// Package pathtable lays a prediction out as a person reads it: one block per
// statement, one row per scenario that changes it, both directions side by
// side.
//
// In come a plan and a report of sim; out go a Table and its text, Markdown and
// HTML. The package predicts nothing, judges nothing, and drops a scenario only
// into a count.
package pathtable

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/sim"
)

// Table is a report in the order of reading.
type Table struct {
	Plan   string  // name of the intent
	Blocks []Block // in the order of the plan's statements
	// Head is what a reader of a document asks first: Markdown and HTML have it,
	// text has not. Nil: the document is part of one that says so itself.
	Head *Head
	// Why is an explanation below the table, one step a line, a nested step
	// indented by two spaces a level; empty: none.
	Why []string
}

// Block is one statement, or its default route.
type Block struct {
	Statement string
	// Default marks the way of the VNets to the Internet, which has one
	// direction only.
	Default bool
	Ends    string // "campus ↔ hub"; empty: the plan does not know the statement
	Prefer  []string
	Rows    []Row // normal first
	// Same are the scenarios that leave the statement as it normally is.
	Same Rest
	// Within are the pairs of failures that do to the statement what one of the
	// two does alone.
	Within Rest
}

// Rest is a number of scenarios without a row, of which a reader wants the names
// when they are few: a large plan has thousands for each statement.
type Rest struct {
	Count int
	First []sim.Scenario // all of them, up to mostNames
}

func (r *Rest) add(s sim.Scenario) {
	if r.Count++; r.Count <= mostNames {
		r.First = append(r.First, s)
	}
}

// Row is what holds in some scenarios that have the same kinds of failure.
type Row struct {
	Scenarios []sim.Scenario // one at least, in the order of the report
	// Flows is one flow where the families agree, otherwise one per family.
	Flows []*sim.Flow
}

// New lays out r, a report about p. Every scenario is compared with the normal
// state; without it among them all of them have rows.
func New(p *plan.Plan, r *sim.Report) Table {
	t := Table{Plan: p.Name}
	if len(r.Outcomes) == 0 {
		return t
	}
	flows := r.Outcomes[0].Flows
	alone := make(map[sim.Failure]int)
	for k := range r.Outcomes {
		if f := r.Outcomes[k].Scenario.Failures; len(f) == 1 {
			alone[f[0]] = k
		}
	}
	for i := 0; i < len(flows); {
		n := 1
		for i+n < len(flows) && flows[i+n].Statement == flows[i].Statement && flows[i+n].Default == flows[i].Default {
			n++
		}
		b := Block{Statement: flows[i].Statement, Default: flows[i].Default}
		b.describe(p)
		b.fill(r, alone, i, i+n)
		t.Blocks = append(t.Blocks, b)
		i += n
	}
	return t
}

// describe says what the statement of b is about.
func (b *Block) describe(p *plan.Plan) {
	for i := range p.Statements {
		if s := &p.Statements[i]; s.Name == b.Statement {
			b.Ends = strings.Join(s.Networks, ", ") + " ↔ " + strings.Join(slices.Concat(s.VNets, s.Services), ", ")
			b.Prefer = s.Prefer
			return
		}
	}
}

// fill gives b its rows: the flows from i to j of every outcome. Alone are the
// numbers of the outcomes of single failures.
func (b *Block) fill(r *sim.Report, alone map[sim.Failure]int, i, j int) {
	normal := slices.IndexFunc(r.Outcomes, func(o sim.Outcome) bool { return len(o.Scenario.Failures) == 0 })
	rows := make(map[string]int) // by what a reader sees of them
	add := func(o *sim.Outcome) {
		row := Row{Scenarios: []sim.Scenario{o.Scenario}, Flows: agreed(o.Flows[i:j])}
		key := row.key()
		at, known := rows[key]
		if !known {
			rows[key] = len(b.Rows)
			b.Rows = append(b.Rows, row)
			return
		}
		b.Rows[at].Scenarios = append(b.Rows[at].Scenarios, o.Scenario)
	}
	if normal >= 0 {
		add(&r.Outcomes[normal])
	}
	for k := range r.Outcomes {
		o := &r.Outcomes[k]
		if len(o.Flows) != len(r.Outcomes[0].Flows) || o.Flows[i].Statement != b.Statement {
			panic(fmt.Sprintf("pathtable: the flows of %s are not those of the first outcome", o.Scenario.Name()))
		}
		switch {
		case k == normal:
		case normal >= 0 && slices.EqualFunc(o.Flows[i:j], r.Outcomes[normal].Flows[i:j], unchanged):
			b.Same.add(o.Scenario)
		case within(r, o, alone, i, j):
			b.Within.add(o.Scenario)
		default:
			add(o)
		}
	}
}

// within reports whether a pair of failures leads where one of the two leads
// alone. How long the change takes is left aside: the longer of two is no news.
func within(r *sim.Report, o *sim.Outcome, alone map[sim.Failure]int, i, j int) bool {
	return len(o.Scenario.Failures) == 2 && slices.ContainsFunc(o.Scenario.Failures, func(f sim.Failure) bool {
		one, ok := alone[f]
		return ok && slices.EqualFunc(o.Flows[i:j], r.Outcomes[one].Flows[i:j], func(a, b *sim.Flow) bool {
			return a == b || sameWay(a.To, b.To) && sameWay(a.From, b.From)
		})
	})
}

// agreed is one flow where all of them say the same, and otherwise all.
func agreed(flows []*sim.Flow) []*sim.Flow {
	for _, f := range flows[1:] {
		if !unchanged(f, flows[0]) {
			return flows
		}
	}
	return flows[:1]
}

func unchanged(a, b *sim.Flow) bool {
	return a == b || sameWay(a.To, b.To) && sameWay(a.From, b.From) && a.To.Wait == b.To.Wait && a.From.Wait == b.From.Wait
}

func sameWay(a, b sim.Result) bool {
	return slices.Equal(a.Legs, b.Legs) && a.Lost == b.Lost && a.Tie == b.Tie && a.Narrow == b.Narrow
}

// key is equal for rows that a reader cannot tell apart, but for the names.
func (r Row) key() string {
	var key strings.Builder
	for _, f := range r.Scenarios[0].Failures {
		fmt.Fprintf(&key, "%d ", f.Kind)
	}
	for _, f := range r.Flows {
		fmt.Fprintf(&key, "\n%s\n%s\n%v\n%v", f.To, f.From, f.To.Wait, f.From.Wait)
	}
	return key.String()
}
