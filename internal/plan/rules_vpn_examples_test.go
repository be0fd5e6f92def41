package plan

import (
	"os"
	"regexp"
	"testing"
)

// vpnChecks are the checks of everything about VPNs.
func vpnChecks(f *facts) {
	f.checkVPNs()
	f.checkIPsec()
	f.checkTunnels()
	f.checkVPNDesign()
}

var remarks = regexp.MustCompile(`(?m) +#.*$`)

// example reads one of the examples without its remarks.
func example(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile("../../examples/" + name + ".yaml")
	if err != nil {
		t.Fatal(err)
	}
	return remarks.ReplaceAllString(string(data), "")
}

// What stands in the examples is right, but for what is said of them.
func TestExamplesOfVPNs(t *testing.T) {
	t.Parallel()
	each(t, vpnChecks, []change{
		{"backup", example(t, "03-vpn-backup"), nil, nil},
		{"encrypted", example(t, "04-encrypted-over-private"), nil, []string{"ER938 warning er-zurich.private", "ER137 warning ipsec-zurich", "ER154 warning ipsec-zurich"}},
		{"two circuits and a backup", example(t, "07-two-sites-standby-telemetry"), nil, nil},
	})
}
