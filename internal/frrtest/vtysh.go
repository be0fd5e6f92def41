package frrtest

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// ordinaryUser is the complaint of vtysh when it runs without the right to
// read its own settings, which say nothing about the file under check.
var ordinaryUser = regexp.MustCompile(`(?m)^% Can't open configuration file \S*vtysh\.conf due to .*\n?`)

// missingRouteMap is the complaint of bgpd about a neighbor whose route-map it
// has not read yet.
var missingRouteMap = regexp.MustCompile(`^The route-map '(.*)' does not exist\.$`)

// knownNamespace is the word of zebra about a VRF whose namespace it has found
// by itself and then reads in the file: see VRF.
var knownNamespace = regexp.MustCompile(`^VRF \d+ already configured with NETNS /run/netns/`)

// SyntaxCheck returns what vtysh says about the syntax of conf; the empty
// string means nothing. It needs neither root nor daemons. It finds unknown
// commands and nothing of their meaning: an undefined route-map or a neighbor
// without remote-as passes.
func SyntaxCheck(t testing.TB, conf string) string {
	t.Helper()
	NeedVtysh(t)
	file := filepath.Join(t.TempDir(), "frr.conf")
	if err := os.WriteFile(file, []byte(conf), 0o600); err != nil {
		t.Fatal(err)
	}
	// The exit code is no verdict: it is 0 for some lines that are refused.
	out, err := exec.CommandContext(t.Context(), "vtysh", "-C", "-f", file).CombinedOutput()
	said := ordinaryUser.ReplaceAllString(string(out), "")
	if err != nil && strings.TrimSpace(said) == "" {
		return err.Error()
	}
	return strings.TrimSpace(said)
}

// withoutOrderNoise removes the complaints about route-maps that conf defines.
// FRR's own order puts route-maps after the neighbors that use them, and bgpd
// looks each one up as it reads. A route-map that conf does not define stays a
// complaint. It removes what stand-ins for VRFs cause, too.
func withoutOrderNoise(said, conf string) string {
	var kept []string
	for line := range strings.Lines(said) {
		if knownNamespace.MatchString(line) {
			continue
		}
		m := missingRouteMap.FindStringSubmatch(strings.TrimSpace(line))
		if m != nil && strings.Contains("\n"+conf, "\nroute-map "+m[1]+" ") {
			continue
		}
		kept = append(kept, line)
	}
	return strings.TrimSpace(strings.Join(kept, ""))
}

// Vtysh runs one command in enable mode and returns what it prints. A command
// that vtysh refuses fails the test.
func (r *Router) Vtysh(command string) string {
	r.t.Helper()
	out, err := r.Exec(r.t.Context(), "vtysh", "-c", command)
	if err != nil {
		r.t.Fatalf("%s: %v", r.Name, err)
	}
	return out
}

// VtyshJSON runs one show command that ends in json and decodes what it prints
// into v.
func (r *Router) VtyshJSON(command string, v any) {
	r.t.Helper()
	out := r.Vtysh(command)
	if err := json.Unmarshal([]byte(out), v); err != nil {
		r.t.Fatalf("%s: %s: %v\n%s", r.Name, command, err, out)
	}
}

// RunningConfig returns the running configuration in the daemons' own words,
// frame and all. [Normalize] takes the frame off.
func (r *Router) RunningConfig() string {
	r.t.Helper()
	return r.Vtysh("show running-config")
}
