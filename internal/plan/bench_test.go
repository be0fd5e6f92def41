package plan_test

import (
	"testing"

	"github.com/ercfg/ercfg/internal/fleet"
	"github.com/ercfg/ercfg/internal/intent"
	"github.com/ercfg/ercfg/internal/plan"
)

// Resolve is every rule and the plan of 1,000 routers.
func BenchmarkResolve(b *testing.B) {
	doc, _ := intent.Read([]intent.File{{Name: "fleet.yaml", Data: fleet.Intent(500)}})
	for b.Loop() {
		if p, diags := plan.Resolve(doc, plan.Env{}); p == nil {
			b.Fatal(diags)
		}
	}
}
