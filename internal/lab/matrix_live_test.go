//go:build linux

package lab_test

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ercfg/ercfg/internal/intent"
	"github.com/ercfg/ercfg/internal/lab"
	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/sim"
	"github.com/ercfg/ercfg/internal/twin"
)

// TestMain lets six labs run at a time: they wait for timers most of the time,
// and a machine of two cores carries them.
func TestMain(m *testing.M) {
	flag.Parse()
	if err := flag.Set("test.parallel", "6"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// The failure matrix of the fact sheet (§20) comes out of the network as well:
// every row that the lab can build, in the scenarios of its columns.
func TestMatrixLive(t *testing.T) {
	t.Parallel()
	need(t)
	files, err := filepath.Glob("../sim/testdata/matrix/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no rows: %v", err)
	}
	for _, file := range files {
		row := strings.TrimSuffix(filepath.Base(file), ".yaml")
		if why := notHere[row]; why != "" {
			t.Logf("%s: %s", row, why)
			continue
		}
		t.Run(row, func(t *testing.T) {
			t.Parallel()
			p := onFRR(t, file)
			l, _ := up(t, p, lab.Options{GatewayHold: 9 * time.Second})
			ctx, cancel := context.WithTimeout(t.Context(), 8*time.Minute)
			defer cancel()
			drillOn(ctx, t, l, p, sim.Predict(p, columns(p)), lab.DrillOptions{Faults: faultsOf(p)})
		})
	}
}

// notHere are the rows that TestLive drills as an example, in every scenario, and
// one that the lab cannot show.
var notHere = map[string]string{
	"D1-two-routers": "example 01",
	"D3":             "example 03",
	"D7":             "example 07",
	"D8":             "example 04",
	"D11":            "example 02, and 03 for the VPN",
	"D3x-part":       "a network has one host in each prefix, and none in the part that goes by the VPN",
}

// columns are the scenarios of the matrix's columns for the first circuit, and
// the ladders.
func columns(p *plan.Plan) []sim.Scenario {
	out := []sim.Scenario{{}}
	for _, f := range sim.Failures(p) {
		circuit := len(p.Circuits) > 0 && strings.Split(f.Path, ".")[0] == p.Circuits[0].Name
		switch f.Kind {
		case sim.LinkDown, sim.CircuitDown:
			if circuit {
				out = append(out, sim.Scenario{Failures: []sim.Failure{f}})
			}
		case sim.LinkDrained:
			if circuit && f.Position == plan.Primary {
				out = append(out, sim.Scenario{Failures: []sim.Failure{f}})
			}
		case sim.VPNDown:
			out = append(out, sim.Scenario{Failures: []sim.Failure{f}})
		}
	}
	return append(out, sim.Ladders(p)...)
}

// faultsOf picks one fault for each failure. Links fail silently, which asks most
// of both ends; a static route of an FRR to a tunnel's far end lives as long as
// there is carrier.
func faultsOf(p *plan.Plan) []string {
	out := []string{"silent", "drain", "down"}
	if slices.ContainsFunc(p.VPNs, func(v plan.VPN) bool { return v.Underlay != "" }) {
		out[0] = "carrier"
	}
	return out
}

// onFRR resolves an intent with every router on FRR; a rule of design may refuse
// it, for the matrix has faulty rows.
func onFRR(t testing.TB, file string) *plan.Plan {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	doc, diags := intent.Parse([]intent.File{{Name: file, Data: data}})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	twin.Document(doc, plan.FRR)
	p, diags := plan.Resolve(doc, plan.Env{Today: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), Predict: true})
	if p == nil {
		t.Fatal(diags)
	}
	return p
}
