package verify

import (
	"os"
	"testing"

	"github.com/ercfg/ercfg/internal/intent"
	"github.com/ercfg/ercfg/internal/plan"
)

// resolved makes a plan of an intent.
func resolved(tb testing.TB, text []byte) *plan.Plan {
	tb.Helper()
	doc, diags := intent.Read([]intent.File{{Name: "site.yaml", Data: text}})
	if doc == nil {
		tb.Fatal(diags)
	}
	p, diags := plan.Resolve(doc, plan.Env{})
	if p == nil {
		tb.Fatal(diags)
	}
	return p
}

// examplePlan makes the plan of one of the examples, and edits its text before.
func examplePlan(tb testing.TB, name string, edit ...func(string) string) *plan.Plan {
	tb.Helper()
	text, err := os.ReadFile("../../examples/" + name + ".yaml")
	if err != nil {
		tb.Fatal(err)
	}
	for _, e := range edit {
		text = []byte(e(string(text)))
	}
	return resolved(tb, text)
}

// numbered numbers the legs of every router from 101, as an intent would: links first,
// then tunnels, each in their order.
func numbered(p *plan.Plan) {
	for i := range p.Routers {
		r := &p.Routers[i]
		r.Indexes = nil
		for j := range r.Links {
			r.Indexes = append(r.Indexes, plan.Index{Interface: r.Links[j].Subinterface(), Number: 101 + len(r.Indexes)})
		}
		for j := range r.Tunnels {
			r.Indexes = append(r.Indexes, plan.Index{Interface: r.Tunnels[j].Interface, Number: 101 + len(r.Indexes)})
		}
	}
}
