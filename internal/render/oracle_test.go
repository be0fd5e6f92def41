package render

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// oracleDir is where the checkers may stand, seen from this package: beside
// the module. They are no part of it.
const oracleDir = "../../../shared/oracle"

// A disagreement is text that the vendor's model refuses and the vendor's own
// document shows to be right.
type disagreement struct {
	complaint *regexp.Regexp // of the oracle, without file and line
	document  string
}

// disagreements are few and each has its document.
func disagreements() []disagreement {
	return []disagreement{
		{
			// The model holds one nssa-external, the command line takes both types.
			regexp.MustCompile(`^"nssa-external" does not fit in "router bgp address-family (no-vrf ipv[46]|with-vrf ipv[46] vrf) ipv[46]-unicast redistribute(-v6|-vrf)? ospf"$`),
			"Cisco, Understanding Redistribution of OSPF Routes into BGP (document 5242)",
		},
		{
			// The model has the level under a name that is not typed.
			regexp.MustCompile(`^"level-1-2" does not fit in "router bgp address-family (no-vrf ipv[46]|with-vrf ipv[46] vrf) ipv[46]-unicast redistribute(-v6|-vrf)? isis"$`),
			"Cisco IOS IP Routing: Protocol-Independent Command Reference, redistribute (IP)",
		},
		{
			// The model has the names of the policy and of the key chain under a
			// leaf that is not typed.
			regexp.MustCompile(`^"[A-Z0-9-]+" does not fit in "interface [A-Za-z]+ mka (policy|pre-shared-key key-chain)"$`),
			"Cisco MACsec and MKA Configuration Guide, WAN MACsec and MKA Support Enhancements, mka policy",
		},
		{
			// The model has the command under macsec-enable and macsec-option.
			regexp.MustCompile(`^"macsec" does not fit in "interface [A-Za-z]+"$`),
			"Cisco MACsec and MKA Configuration Guide, WAN MACsec and MKA Support Enhancements, macsec; Cisco-IOS-XE-ethernet.yang, disable-sci-v2",
		},
		{
			// A placeholder stands where push puts the digits.
			regexp.MustCompile(`^bad value "<[a-z]+:[^"]+>" for "security macsec connectivity-association pre-shared-key c(kn|ak)": want string `),
			"Junos CLI Reference, ckn and cak (Security MACsec)",
		},
	}
}

// oracle builds a checker into a folder of the test. Without the sources it
// skips; with ERCFG_ORACLE=must it fails instead.
func oracle(t *testing.T, name string) string {
	t.Helper()
	source := filepath.Join(oracleDir, name)
	if _, err := os.Stat(filepath.Join(source, "main.go")); err != nil {
		if os.Getenv("ERCFG_ORACLE") == "must" {
			t.Fatalf("ERCFG_ORACLE=must: %v", err)
		}
		t.Skipf("the vendors' models are not beside the checkout: %v", err)
	}
	program := filepath.Join(t.TempDir(), name)
	build := exec.CommandContext(t.Context(), "go", "build", "-buildvcs=false", "-o", program, ".")
	build.Dir = source
	build.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build %s: %v\n%s", name, err, out)
	}
	return program
}

// complaints runs a checker over files and returns what it says, without the
// known disagreements.
func complaints(t *testing.T, program string, args, files []string) (out []string, disagreed int) {
	t.Helper()
	if len(files) == 0 {
		t.Fatal("no files to check")
	}
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(t.Context(), program, append(args, files...)...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		exit, ok := errors.AsType[*exec.ExitError](err)
		if !ok || exit.ExitCode() != 1 {
			t.Fatalf("%s: %v\n%s", filepath.Base(program), err, stderr.String())
		}
	}
lines:
	for line := range strings.Lines(stdout.String()) {
		line = strings.TrimSuffix(line, "\n")
		_, complaint, _ := strings.Cut(line, ": ")
		for _, d := range disagreements() {
			if d.complaint.MatchString(complaint) {
				disagreed++
				continue lines
			}
		}
		out = append(out, line)
	}
	return out, disagreed
}

func glob(t *testing.T, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// mutated writes a copy of a golden with one text put in place of another.
func mutated(t *testing.T, file, before, after string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), before) {
		t.Fatalf("%s has no %q", file, before)
	}
	out := filepath.Join(t.TempDir(), filepath.Base(file))
	if err := os.WriteFile(out, []byte(strings.Replace(string(text), before, after, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	return out
}

// Every golden of IOS-XE is inside Cisco's native model of 17.18.
func TestOracleIOSXE(t *testing.T) {
	t.Parallel()
	program := oracle(t, "iosxeyang")
	args := []string{"-yang", oracleDir + "/../yang/iosxe"}
	files := glob(t, "testdata/*/*.cfg")
	got, disagreed := complaints(t, program, args, append(files, handmadeFiles(t, ".cfg")...))
	for _, line := range got {
		t.Error(line)
	}
	if disagreed == 0 {
		t.Error("no disagreement is left: take them off the list")
	}
	bad := mutated(t, "testdata/two-ce-private/ce1.ios-xe.cfg", " fall-over bfd", " fall-over bdf")
	if got, _ := complaints(t, program, args, []string{bad}); len(got) != 1 {
		t.Errorf("a misspelt line gives %q", got)
	}
}

// Every golden of Junos is inside Juniper's model of 24.4, in both forms; the
// zones of an SRX inside that family's.
func TestOracleJunos(t *testing.T) {
	t.Parallel()
	program := oracle(t, "junosyang")
	args := []string{"-yang", oracleDir + "/../yang/junos", "-yang", oracleDir + "/../yang/junos/srx"}
	for _, ext := range []string{".conf", ".set"} {
		files := glob(t, "testdata/*/*.junos"+ext)
		got, _ := complaints(t, program, args, append(files, handmadeFiles(t, ".junos"+ext)...))
		for _, line := range got {
			t.Error(line)
		}
		bad := mutated(t, files[0], "peer-as", "peer-sa")
		if got, _ := complaints(t, program, args, []string{bad}); len(got) == 0 {
			t.Errorf("a misspelt line of %s passes", ext)
		}
	}
}
