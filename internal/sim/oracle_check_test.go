package sim_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/ercfg/ercfg/internal/intent"
	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/sim"
)

// resolve is the plan of an intent; nil where Resolve refuses it.
func resolve(t *testing.T, text string) *plan.Plan {
	t.Helper()
	doc, diags := intent.Read([]intent.File{{Name: "random.yaml", Data: []byte(text)}})
	if doc == nil {
		t.Fatalf("no YAML: %v\n%s", diags, text)
	}
	p, _ := plan.Resolve(doc, plan.Env{Today: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), Predict: true})
	return p
}

// The oracle knows the rows of the matrix (fact sheet §20) that the examples
// show.
func TestOracleKnowsTheMatrix(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		file, statement, scenario string
		to, from                  string
	}{
		{"01-two-ce-private", "campus-to-hub", "", "er-london(P∥S)", "er-london(P∥S)"},
		{"01-two-ce-private", "campus-to-hub", "er-london.primary", "er-london(S)", "er-london(S)"},
		{"01-two-ce-private", "campus-to-hub", "er-london.secondary", "er-london(P)", "er-london(P)"},
		{"01-two-ce-private", "campus-to-hub", "er-london", "none", "none"},
		{"01-two-ce-private", "campus-to-hub", "er-london.primary:drain", "er-london(S)", "er-london(S)"},
		{"01-two-ce-private", "campus-to-hub", "ce1", "er-london(S)", "er-london(S)"},
		{"01-two-ce-private", "campus-to-hub", "er-london.primary:drain,er-london.secondary", "er-london(P) DEAD END", "er-london(P) DEAD END"},
		{"02-dual-stack-one-ce", "sites-to-core", "er-reston.primary:bfd", "er-reston(S)", "er-reston(S)"},
		{"03-vpn-backup", "plant-and-office", "", "er-frankfurt(P∥S)", "er-frankfurt(P∥S)"},
		{"03-vpn-backup", "plant-and-office", "er-frankfurt.primary", "er-frankfurt(S)", "er-frankfurt(S)"},
		{"03-vpn-backup", "plant-and-office", "er-frankfurt", "s2s-frankfurt", "s2s-frankfurt"},
		{"03-vpn-backup", "plant-and-office", "er-frankfurt,s2s-frankfurt.a", "s2s-frankfurt(b)", "s2s-frankfurt(b)"},
		{"03-vpn-backup", "plant-and-office", "er-frankfurt.primary:drain", "er-frankfurt(S)", "er-frankfurt(S)"},
		{"03-vpn-backup", "plant-and-office", "s2s-frankfurt", "er-frankfurt(P∥S)", "er-frankfurt(P∥S)"},
		{"03-vpn-backup", "plant-and-office", "ce1", "none", "none"},
		{"04-encrypted-over-private", "payroll", "", "ipsec-zurich over er-zurich(P∥S)", "ipsec-zurich over er-zurich(P∥S)"},
		{"04-encrypted-over-private", "everything-else", "", "ipsec-zurich over er-zurich(P∥S)", "er-zurich(P∥S)"},
		{"04-encrypted-over-private", "payroll", "er-zurich.primary", "ipsec-zurich over er-zurich(S)", "ipsec-zurich over er-zurich(S)"},
		{"04-encrypted-over-private", "everything-else", "er-zurich.primary", "ipsec-zurich over er-zurich(S)", "er-zurich(S)"},
		{"04-encrypted-over-private", "payroll", "er-zurich", "none", "none"},
		{"04-encrypted-over-private", "payroll", "er-zurich.primary:drain", "ipsec-zurich over er-zurich(P∥S) DEAD END on P", "ipsec-zurich over er-zurich(S)"},
		{"04-encrypted-over-private", "payroll", "ipsec-zurich", "er-zurich(P∥S) CLEAR TEXT", "er-zurich(P∥S) CLEAR TEXT"},
		{"04-encrypted-over-private", "everything-else", "ipsec-zurich", "er-zurich(P∥S)", "er-zurich(P∥S)"},
		{"05-microsoft-peering", "ams-to-weu", "", "er-ams.microsoft(P∥S)", "er-ams.microsoft(P∥S)"},
		{"05-microsoft-peering", "ams-to-weu", "er-ams", "er-dub.microsoft(P∥S)", "er-dub.microsoft(P∥S)"},
		{"05-microsoft-peering", "ams-to-weu", "er-ams,er-dub", "Internet", "Internet"},
		{"06-direct-qinq-pe", "prod", "", "er-prod(P∥S)", "er-prod(P∥S)"},
		{"07-two-sites-standby-telemetry", "emea", "", "er-lon(P∥S)", "er-lon(P∥S)"},
		{"07-two-sites-standby-telemetry", "emea", "er-lon.primary", "er-lon(S)", "er-lon(S)"},
		{"07-two-sites-standby-telemetry", "emea", "er-lon", "er-ams(P∥S)", "er-ams(P∥S)"},
		{"07-two-sites-standby-telemetry", "emea", "ce-lon", "er-ams(P∥S)", "er-ams(P∥S)"},
		{"07-two-sites-standby-telemetry", "emea", "er-lon,er-ams", "s2s-emea", "s2s-emea"},
		{"07-two-sites-standby-telemetry", "emea", "er-lon.primary:drain", "er-lon(S)", "er-lon(S)"},
		{"07-two-sites-standby-telemetry", "emea", "s2s-emea", "er-lon(P∥S)", "er-lon(P∥S)"},
	} {
		data, err := os.ReadFile("../../examples/" + tt.file + ".yaml")
		if err != nil {
			t.Fatal(err)
		}
		p := resolve(t, string(data))
		s, err := sim.ParseScenario(p, tt.scenario)
		if err != nil {
			t.Fatal(err)
		}
		o := newOracle(p, s, 1)
		o.settle()
		to, from := o.flow(&sim.Flow{Statement: tt.statement})
		if got, want := strings.Join([]string{to.String(), from.String()}, " / "), tt.to+" / "+tt.from; got != want {
			t.Errorf("%s, %s, %s: got %s, want %s", tt.file, tt.statement, s.Name(), got, want)
		}
	}
}
