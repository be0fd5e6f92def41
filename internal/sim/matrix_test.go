package sim_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ercfg/ercfg/internal/diag"
	"github.com/ercfg/ercfg/internal/intent"
	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/sim"
)

// The columns of the fact sheet's §20, as a person names them to ercfg. In
// every intent circuits are er-a and er-b, and the VPN is v.
const (
	normal    = "normal"
	pDown     = "er-a.primary"
	sDown     = "er-a.secondary"
	aDown     = "er-a"
	drainP    = "er-a.primary:drain"
	vDown     = "v"
	bDown     = "er-b"
	bothDown  = "er-a, er-b"
	saasPDown = "er-a.microsoft.primary" // a drain and a circuit have no peering in their names
	saasSDown = "er-a.microsoft.secondary"
)

// A row is one design of the fact sheet's §20 and its intent in
// testdata/matrix. Codes are those of its findings that speak of design (ER093
// to ER095, ER130 to ER154), each once.
type row struct {
	name  string
	codes []diag.Code
	cells []cell
}

// A cell is what the traffic of one statement does in one scenario. Its flow is the
// statement, with " ipv6" or " default" behind it where that is meant; a row
// leaves out statements that it is not about.
type cell struct {
	scenario, flow string
	to, from       string
}

// activeStandby is what D4, D6 and D7 share: all on the first circuit, on what
// is left of it, then on the second.
var activeStandby = []cell{
	{normal, "site", "er-a(P∥S)", "er-a(P∥S)"},
	{pDown, "site", "er-a(S)", "er-a(S)"},
	{sDown, "site", "er-a(P)", "er-a(P)"},
	{aDown, "site", "er-b(P∥S)", "er-b(P∥S)"},
	{bDown, "site", "er-a(P∥S)", "er-a(P∥S)"},
	{drainP, "site", "er-a(S)", "er-a(S)"},
}

// matrix is written from the fact sheet. Where a cell of the sheet leaves a
// choice, the comment says why the model has to say this.
var matrix = []row{
	{"D1", nil, []cell{
		{normal, "site", "er-a(P∥S)", "er-a(P∥S)"},
		{pDown, "site", "er-a(S)", "er-a(S)"},
		{sDown, "site", "er-a(P)", "er-a(P)"},
		{aDown, "site", "none", "none"},
		{drainP, "site", "er-a(S)", "er-a(S)"},
	}},
	// Each router prefers its own link (eBGP before iBGP); traffic enters at both.
	{"D1-two-routers", nil, []cell{
		{normal, "site", "er-a(P∥S)", "er-a(P∥S)"},
		{pDown, "site", "er-a(S)", "er-a(S)"},
		{sDown, "site", "er-a(P)", "er-a(P)"},
		{aDown, "site", "none", "none"},
		{drainP, "site", "er-a(S)", "er-a(S)"},
	}},
	{"D2", []diag.Code{"ER151"}, []cell{
		{normal, "site", "er-a(P∥S)", "er-a(P)"},
		{pDown, "site", "er-a(S)", "er-a(S)"},
		{sDown, "site", "er-a(P)", "er-a(P)"},
		{aDown, "site", "none", "none"},
		// Eight prepends of Microsoft's against one of ours.
		{drainP, "site", "er-a(S)", "er-a(S)"},
	}},
	{"D2x", []diag.Code{"ER095", "ER151"}, []cell{
		{normal, "site", "er-a(P)", "er-a(P)"},
		{pDown, "site", "er-a(S)", "er-a(S)"},
		{sDown, "site", "er-a(P)", "er-a(P)"},
		{aDown, "site", "none", "none"},
		{drainP, "site", "er-a(P) DEAD END", "er-a(S)"},
	}},
	{"D3", nil, []cell{
		{normal, "site", "er-a(P∥S)", "er-a(P∥S)"},
		{pDown, "site", "er-a(S)", "er-a(S)"},
		{sDown, "site", "er-a(P)", "er-a(P)"},
		{aDown, "site", "v", "v"},
		{drainP, "site", "er-a(S)", "er-a(S)"},
		{vDown, "site", "er-a(P∥S)", "er-a(P∥S)"},
	}},
	// The halves are a network of their own, but to this VNet they have no
	// statement of their own: what they send there is the site's traffic.
	{"D3x", []diag.Code{"ER131"}, []cell{
		{normal, "site", "er-a(P∥S)", "v"},
		{pDown, "site", "er-a(S)", "v"},
		{sDown, "site", "er-a(P)", "v"},
		{aDown, "site", "v", "v"},
		{drainP, "site", "er-a(S)", "v"},
		{vDown, "site", "er-a(P∥S)", "er-a(P∥S)"},
	}},
	// The rest of the site has no more specific prefix and stays on the circuit.
	{"D3x-part", []diag.Code{"ER131"}, []cell{
		{normal, "site", "er-a(P∥S)", "er-a(P∥S), v"},
		{pDown, "site", "er-a(S)", "er-a(S), v"},
		{sDown, "site", "er-a(P)", "er-a(P), v"},
		{aDown, "site", "v", "v"},
		{drainP, "site", "er-a(S)", "er-a(S), v"},
		{vDown, "site", "er-a(P∥S)", "er-a(P∥S)"},
	}},
	// "CE tie-break, may be V": local-preference, path length and origin are
	// equal, and the next step looks at router IDs that no intent knows. The
	// paths of the circuit hold 12076 and those of the VPN 65515, so the two are
	// never used together: the sign of a tie stands between them.
	{"D3y", []diag.Code{"ER130"}, []cell{
		{normal, "site", "er-a(P∥S) or v", "er-a(P∥S)"},
		{pDown, "site", "er-a(S) or v", "er-a(S)"},
		{sDown, "site", "er-a(P) or v", "er-a(P)"},
		{aDown, "site", "v", "v"},
		{drainP, "site", "er-a(S) or v", "er-a(S)"},
		{vDown, "site", "er-a(P∥S)", "er-a(P∥S)"},
	}},
	{"D4", nil, slices.Concat(activeStandby, []cell{
		{bothDown, "site", "none", "none"},
	})},
	// "A∥B or nearest": the circuits end on two routers, so it is the nearest,
	// for a router prefers what it learned itself (eBGP before iBGP). Traffic
	// enters at both, and the union is both. A drain counts on its router alone,
	// which has the other link for it.
	{"D4x", []diag.Code{"ER145"}, []cell{
		{normal, "site", "er-a(P∥S), er-b(P∥S)", "er-a(P∥S)"},
		{pDown, "site", "er-a(S), er-b(P∥S)", "er-a(S)"},
		{sDown, "site", "er-a(P), er-b(P∥S)", "er-a(P)"},
		{aDown, "site", "er-b(P∥S)", "er-b(P∥S)"},
		{bDown, "site", "er-a(P∥S)", "er-a(P∥S)"},
		{drainP, "site", "er-a(S), er-b(P∥S)", "er-a(S)"},
		{bothDown, "site", "none", "none"},
	}},
	{"D5", nil, twoHomes},
	{"D5-community", nil, twoHomes},
	{"D6", nil, slices.Concat(activeStandby, []cell{
		{bothDown, "site", "none", "none"},
	})},
	{"D7", nil, slices.Concat(activeStandby, []cell{
		{bothDown, "site", "v", "v"},
		{vDown, "site", "er-a(P∥S)", "er-a(P∥S)"},
	})},
	// rest is the sources behind the same router that are not protected: the
	// protected ones, whose prefixes lie in its own, have a statement of their
	// own to the same VNet.
	{"D8", []diag.Code{"ER137", "ER154"}, []cell{
		{normal, "payroll", "v over er-a(P∥S)", "v over er-a(P∥S)"},
		{normal, "rest", "v over er-a(P∥S)", "er-a(P∥S)"},
		{pDown, "payroll", "v over er-a(S)", "v over er-a(S)"},
		{pDown, "rest", "v over er-a(S)", "er-a(S)"},
		{sDown, "payroll", "v over er-a(P)", "v over er-a(P)"},
		{sDown, "rest", "v over er-a(P)", "er-a(P)"},
		{aDown, "payroll", "none", "none"},
		{aDown, "rest", "none", "none"},
		// A static route holds the tunnels' ends on both links and does not
		// follow the drain (ER938), and what is behind P may be dead (§15).
		{drainP, "payroll", "v over er-a(P∥S) DEAD END on P", "v over er-a(S)"},
		{drainP, "rest", "v over er-a(P∥S) DEAD END on P", "er-a(S)"},
		{vDown, "payroll", "er-a(P∥S) CLEAR TEXT", "er-a(P∥S) CLEAR TEXT"},
		{vDown, "rest", "er-a(P∥S)", "er-a(P∥S)"},
	}},
	{"D8-disjoint", nil, []cell{
		{normal, "payroll", "v over er-a(P∥S)", "v over er-a(P∥S)"},
		{normal, "ends", "er-a(P∥S)", "er-a(P∥S)"},
		{pDown, "payroll", "v over er-a(S)", "v over er-a(S)"},
		{pDown, "ends", "er-a(S)", "er-a(S)"},
		{sDown, "payroll", "v over er-a(P)", "v over er-a(P)"},
		{sDown, "ends", "er-a(P)", "er-a(P)"},
		{aDown, "payroll", "none", "none"},
		{aDown, "ends", "none", "none"},
		{drainP, "payroll", "v over er-a(S)", "v over er-a(S)"},
		{drainP, "ends", "er-a(S)", "er-a(S)"},
		{vDown, "payroll", "none", "none"},
		{vDown, "ends", "er-a(P∥S)", "er-a(P∥S)"},
	}},
	// The sheet's "→ in clear, unanswered, if others use ER to that VNet". The
	// gateway subnet, which stays with the circuit on purpose, is no statement's
	// destination beside what the VNet has else: nothing but gateways is in it.
	{"D8-shared", []diag.Code{"ER154"}, []cell{
		{normal, "payroll", "v over er-a(P∥S)", "v over er-a(P∥S)"},
		{normal, "rest", "v over er-a(P∥S)", "er-a(P∥S)"},
		{pDown, "payroll", "v over er-a(S)", "v over er-a(S)"},
		{pDown, "rest", "v over er-a(S)", "er-a(S)"},
		{sDown, "payroll", "v over er-a(P)", "v over er-a(P)"},
		{sDown, "rest", "v over er-a(P)", "er-a(P)"},
		{aDown, "payroll", "none", "none"},
		{aDown, "rest", "none", "none"},
		{drainP, "payroll", "v over er-a(S)", "v over er-a(S)"},
		{drainP, "rest", "v over er-a(S)", "er-a(S)"},
		{vDown, "payroll", "er-a(P∥S) CLEAR TEXT", "none"},
		{vDown, "rest", "er-a(P∥S)", "er-a(P∥S)"},
	}},
	// "V over the Internet if reachable": the intent allows it, and the Internet
	// leads to both ends.
	{"D9", nil, slices.Concat(overSaaS, []cell{
		{aDown, "site", "v over Internet", "v over Internet"},
	})},
	{"D9-bound", nil, slices.Concat(overSaaS, []cell{
		{aDown, "site", "none", "none"},
	})},
	// Without the circuit the Internet edge translates to its own pool, so the
	// answer comes back where the question left.
	{"D10", nil, []cell{
		{normal, "saas", "er-a.microsoft(P∥S)", "er-a.microsoft(P∥S)"},
		{saasPDown, "saas", "er-a.microsoft(S)", "er-a.microsoft(S)"},
		{saasSDown, "saas", "er-a.microsoft(P)", "er-a.microsoft(P)"},
		{aDown, "saas", "Internet", "Internet"},
		{drainP, "saas", "er-a.microsoft(S)", "er-a.microsoft(S)"},
	}},
	{"D11", []diag.Code{"ER144"}, []cell{
		{normal, "site", "er-a(P∥S)", "er-a(P∥S)"},
		{normal, "site ipv6", "er-a(P∥S)", "er-a(P∥S)"},
		{pDown, "site", "er-a(S)", "er-a(S)"},
		{pDown, "site ipv6", "er-a(S)", "er-a(S)"},
		{sDown, "site", "er-a(P)", "er-a(P)"},
		{sDown, "site ipv6", "er-a(P)", "er-a(P)"},
		{aDown, "site", "v", "v"},
		{aDown, "site ipv6", "none", "none"},
		{drainP, "site", "er-a(S)", "er-a(S)"},
		{drainP, "site ipv6", "er-a(S)", "er-a(S)"},
		{vDown, "site", "er-a(P∥S)", "er-a(P∥S)"},
		{vDown, "site ipv6", "er-a(P∥S)", "er-a(P∥S)"},
	}},
	{"D12", nil, []cell{
		{normal, "site", "v", "v"},
		{vDown, "site", "none", "none"},
	}},
	{"D13", nil, []cell{
		{normal, "site", "er-a(P∥S)", "er-a(P∥S)"},
		{normal, "site default", "", "er-a(P∥S)"},
		{pDown, "site default", "", "er-a(S)"},
		{sDown, "site default", "", "er-a(P)"},
		{aDown, "site", "none", "none"},
		{aDown, "site default", "", "Internet"},
		{drainP, "site default", "", "er-a(S)"},
	}},
	{"D13-vpn", nil, []cell{
		{normal, "site", "er-a(P∥S)", "er-a(P∥S)"},
		{normal, "site default", "", "er-a(P∥S)"},
		{aDown, "site", "v", "v"},
		{aDown, "site default", "", "Internet"},
		{drainP, "site default", "", "er-a(S)"},
		{vDown, "site default", "", "er-a(P∥S)"},
	}},
}

// twoHomes is D5: each network has a home circuit, and the other's is its
// standby over the LAN between the routers.
var twoHomes = []cell{
	{normal, "west", "er-a(P∥S)", "er-a(P∥S)"},
	{normal, "east", "er-b(P∥S)", "er-b(P∥S)"},
	{pDown, "west", "er-a(S)", "er-a(S)"},
	{pDown, "east", "er-b(P∥S)", "er-b(P∥S)"},
	{sDown, "west", "er-a(P)", "er-a(P)"},
	{sDown, "east", "er-b(P∥S)", "er-b(P∥S)"},
	{aDown, "west", "er-b(P∥S)", "er-b(P∥S)"},
	{aDown, "east", "er-b(P∥S)", "er-b(P∥S)"},
	{bDown, "west", "er-a(P∥S)", "er-a(P∥S)"},
	{bDown, "east", "er-a(P∥S)", "er-a(P∥S)"},
	{drainP, "west", "er-a(S)", "er-a(S)"},
	{drainP, "east", "er-b(P∥S)", "er-b(P∥S)"},
	{bothDown, "west", "none", "none"},
	{bothDown, "east", "none", "none"},
}

// overSaaS is D9 while the circuit lives, and without the VPN.
var overSaaS = []cell{
	{normal, "site", "v over er-a.microsoft(P∥S)", "v over er-a.microsoft(P∥S)"},
	{saasPDown, "site", "v over er-a.microsoft(S)", "v over er-a.microsoft(S)"},
	{saasSDown, "site", "v over er-a.microsoft(P)", "v over er-a.microsoft(P)"},
	{drainP, "site", "v over er-a.microsoft(S)", "v over er-a.microsoft(S)"},
	{vDown, "site", "none", "none"},
}

func TestMatrix(t *testing.T) {
	t.Parallel()
	for _, r := range matrix {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			p, diags := resolveMatrix(t, r.name)
			if diff := cmp.Diff(r.codes, designCodes(diags)); diff != "" {
				t.Errorf("findings of design (-want +got):\n%s", diff)
			}
			if p == nil {
				t.Fatalf("no plan: %v", diags)
			}
			if diff := cmp.Diff(lines(r.cells), lines(predicted(t, p, r.cells))); diff != "" {
				t.Errorf("paths (-want +got):\n%s", diff)
			}
		})
	}
}

// TestMatrixFiles keeps an intent without a row from being tested by nothing.
func TestMatrixFiles(t *testing.T) {
	t.Parallel()
	var want []string
	for _, r := range matrix {
		want = append(want, r.name)
	}
	eachIsNamed(t, "testdata/matrix", want)
}

// eachIsNamed fails where the intents of a directory are not the ones that a
// table names.
func eachIsNamed(t *testing.T, dir string, want []string) {
	t.Helper()
	files, err := filepath.Glob(dir + "/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range files {
		got = append(got, strings.TrimSuffix(filepath.Base(f), ".yaml"))
	}
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("table and intents of %s (-table +intents):\n%s", dir, diff)
	}
}

// TestMatrixDetection checks D11's "v4 S in ~1 s; v6 S after hold" and the
// sheet's "+ ≤ 60 s for the gateway" on Azure's way back.
func TestMatrixDetection(t *testing.T) {
	t.Parallel()
	p, diags := resolveMatrix(t, "D11")
	if p == nil {
		t.Fatalf("no plan: %v", diags)
	}
	s, err := sim.ParseScenario(p, pDown)
	if err != nil {
		t.Fatal(err)
	}
	report := sim.Predict(p, []sim.Scenario{s})
	for _, c := range []struct {
		flow  string
		by    string
		worst time.Duration // until the far end is known to be gone
	}{
		{"site", "BFD", 900 * time.Millisecond},       // 300 ms × 3
		{"site ipv6", "hold timer", 30 * time.Second}, // timersIPv6 by default
	} {
		f := flow(report, 0, c.flow)
		if f == nil {
			t.Fatalf("no flow %s", c.flow)
		}
		// A second is for BGP and the FIB to follow.
		for _, d := range []struct {
			direction sim.Direction
			got       sim.Wait
			gateway   time.Duration
		}{{sim.ToAzure, f.To.Wait, 0}, {sim.FromAzure, f.From.Wait, time.Minute}} {
			least, most := c.worst+d.gateway, c.worst+d.gateway+time.Second
			if d.got.By != c.by || d.got.Max < least || d.got.Max > most || d.got.Min < 0 || d.got.Min > d.got.Max {
				t.Errorf("%s %s: got %v to %v by %s, want at most %v to %v by %s", c.flow, d.direction, d.got.Min, d.got.Max, d.got.By, least, most, c.by)
			}
		}
	}
}

// lines writes each cell as one line, so that a difference shows it whole.
func lines(cells []cell) []string {
	out := make([]string, len(cells))
	for i, c := range cells {
		out[i] = c.scenario + ": " + c.flow + " " + sim.ToAzure.String() + " " + c.to + " " + sim.FromAzure.String() + " " + c.from
	}
	return out
}

// predicted fills in what the model says for the scenarios and flows of cells.
func predicted(t *testing.T, p *plan.Plan, cells []cell) []cell {
	t.Helper()
	scenarios := make([]sim.Scenario, len(cells))
	for i, c := range cells {
		s, err := sim.ParseScenario(p, c.scenario)
		if err != nil {
			t.Fatalf("scenario %s: %v", c.scenario, err)
		}
		scenarios[i] = s
	}
	report := sim.Predict(p, scenarios)
	out := make([]cell, len(cells))
	for i, c := range cells {
		out[i] = cell{scenario: c.scenario, flow: c.flow}
		f := flow(report, i, c.flow)
		if f == nil {
			out[i].to, out[i].from = "no such flow", "no such flow"
			continue
		}
		out[i].from = f.From.String()
		if !f.Default {
			out[i].to = f.To.String()
		}
	}
	return out
}

// flow is the flow of an outcome that a cell names, nil where there is none.
func flow(r *sim.Report, outcome int, name string) *sim.Flow {
	if outcome >= len(r.Outcomes) {
		return nil
	}
	statement, isIPv6 := strings.CutSuffix(name, " ipv6")
	statement, isDefault := strings.CutSuffix(statement, " default")
	for _, f := range r.Outcomes[outcome].Flows {
		if f.Statement == statement && f.Default == isDefault && (f.Family == plan.IPv6) == isIPv6 {
			return f
		}
	}
	return nil
}

// resolveMatrix plans the intent of a row, whatever the rules of design say.
func resolveMatrix(t *testing.T, name string) (*plan.Plan, diag.List) {
	t.Helper()
	file := filepath.Join("testdata", "matrix", name+".yaml")
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	doc, diags := intent.Parse([]intent.File{{Name: file, Data: data}})
	if diags.HasErrors() {
		t.Fatalf("%s: %v", file, diags)
	}
	return plan.Resolve(doc, plan.Env{Today: time.Date(2026, 11, 26, 0, 0, 0, 0, time.UTC), Predict: true})
}

// designCodes are the codes of warnings and errors about drains and design,
// ascending, each once.
func designCodes(list diag.List) []diag.Code {
	var out []diag.Code
	for _, d := range list {
		if drain := d.Code >= "ER093" && d.Code <= "ER095"; d.Severity != diag.Info && (drain || d.Code >= "ER130" && d.Code <= "ER154") {
			out = append(out, d.Code)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
