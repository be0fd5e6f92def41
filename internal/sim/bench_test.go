package sim_test

import (
	"os"
	"testing"

	"github.com/ercfg/ercfg/internal/fleet"
	"github.com/ercfg/ercfg/internal/intent"
	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/sim"
)

// Predict is every pair of failures of three routers, two circuits and a VPN.
func BenchmarkPredict(b *testing.B) {
	text, err := os.ReadFile("testdata/matrix/D7.yaml")
	if err != nil {
		b.Fatal(err)
	}
	benchmark(b, text, 2)
}

// PredictFleet is every single failure of 500 circuits with two routers each.
func BenchmarkPredictFleet(b *testing.B) { benchmark(b, fleet.Intent(500), 1) }

func benchmark(b *testing.B, text []byte, depth int) {
	doc, _ := intent.Read([]intent.File{{Name: "site.yaml", Data: text}})
	p, diags := plan.Resolve(doc, plan.Env{})
	if p == nil {
		b.Fatal(diags)
	}
	for b.Loop() {
		r := sim.Predict(p, sim.Scenarios(p, depth))
		if got := len(r.Outcomes); got < 100 {
			b.Fatalf("%d outcomes", got)
		}
		b.ReportMetric(float64(len(r.Outcomes)), "scenarios")
	}
}
