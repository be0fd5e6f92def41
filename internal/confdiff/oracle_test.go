package confdiff

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// complaints runs the checker of Juniper's models over commands and returns what
// it says, by line. It skips where the models are not beside the checkout.
func complaints(t *testing.T, commands []string) map[int]string {
	t.Helper()
	const shared = "../../../shared"
	source := filepath.Join(shared, "oracle", "junosyang")
	if _, err := os.Stat(filepath.Join(source, "main.go")); err != nil {
		if os.Getenv("ERCFG_ORACLE") == "must" {
			t.Fatalf("ERCFG_ORACLE=must: %v", err)
		}
		t.Skipf("the vendors' models are not beside the checkout: %v", err)
	}
	dir := t.TempDir()
	build := exec.CommandContext(t.Context(), "go", "build", "-buildvcs=false", "-o", filepath.Join(dir, "junosyang"), ".")
	build.Dir, build.Env = source, append(os.Environ(), "GOWORK=off", "GOFLAGS=")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	file := filepath.Join(dir, "commands.set")
	if err := os.WriteFile(file, []byte(strings.Join(commands, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	models := filepath.Join(shared, "yang", "junos")
	said, err := exec.CommandContext(t.Context(), filepath.Join(dir, "junosyang"), "-yang", models, "-yang", filepath.Join(models, "srx"), file).Output()
	if exit, failed := errors.AsType[*exec.ExitError](err); err != nil && (!failed || exit.ExitCode() != 1) {
		t.Fatal(err)
	}
	out := make(map[int]string)
	for line := range strings.Lines(string(said)) {
		number, complaint, _ := strings.Cut(strings.TrimPrefix(line, file+":"), ": ")
		n := 0
		for _, digit := range number {
			n = 10*n + int(digit-'0')
		}
		out[n] = strings.TrimSpace(complaint)
	}
	return out
}

// What the table takes for a leaf with one value is one in Juniper's models: they
// refuse a list there, and take a list where ercfg sets several.
func TestJunosLeavesModel(t *testing.T) {
	t.Parallel()
	lists := []string{
		"set protocols bgp group G import [ A B ]", "set protocols bgp group G neighbor 192.0.2.1 export [ A B ]",
		"set policy-options policy-statement P term 1 from protocol [ bgp static ]", "set policy-options community C members [ 1:1 1:2 ]",
		"set routing-options forwarding-table export [ A B ]", "set security ike policy P proposals [ A B ]",
	}
	commands := append([]string(nil), lists...)
	seen := make(map[string]bool)
	for _, golden := range goldens(t, "*.junos.set") {
		_, text := rendered(t, golden)
		c, err := Read(Junos, []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range c.Statements {
			n := junosLeaf(s.Path)
			if n == 0 || n != len(s.Path)-1 || s.Path[n] == "accept" || s.Path[n] == "reject" {
				continue
			}
			words := junosTyped(s)
			if name := strings.Join(words[:n], " "); !seen[name] {
				seen[name] = true
				commands = append(commands, "set "+name+" [ "+words[n]+" "+words[n]+" ]")
			}
		}
	}
	if len(seen) < 30 {
		t.Errorf("%d leaves of the goldens are in the table", len(seen))
	}
	said := complaints(t, commands)
	for i, command := range commands {
		if refused := strings.Contains(said[i+1], `"["`); refused != (i >= len(lists)) {
			t.Errorf("%s: %q", command, said[i+1])
		}
	}
}

// The commands are of Junos: its models know every hierarchy that they set or
// delete.
func TestJunosCommandsModel(t *testing.T) {
	t.Parallel()
	var commands []string
	all := goldens(t, "*.junos.set")
	for i, golden := range all {
		_, text := rendered(t, golden)
		_, other := rendered(t, all[(i+1)%len(all)])
		name := strings.ToUpper(junosNameIn(t, text)) + "-"
		other = strings.ReplaceAll(other, strings.ToUpper(junosNameIn(t, other))+"-", name)
		want, err := Read(Junos, []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		have, err := Read(Junos, []byte(other))
		if err != nil {
			t.Fatal(err)
		}
		for _, command := range junosCommands(want, have, Compare(want, have, junosNameIn(t, text))) {
			if !strings.HasPrefix(command, "insert ") { // which the checker does not read
				commands = append(commands, command)
			}
		}
	}
	for line, complaint := range complaints(t, commands) {
		if !strings.Contains(complaint, "pre-shared-key c") { // a placeholder stands for the digits
			t.Errorf("%s: %s", commands[line-1], complaint)
		}
	}
	if len(commands) < 100 {
		t.Errorf("%d commands are few", len(commands))
	}
}
