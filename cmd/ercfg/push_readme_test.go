//go:build linux

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The README's walk through push works as it is written: on the lab with real FRR,
// and on emulated routers.
func TestReadmePush(t *testing.T) {
	t.Parallel()
	s := newReadmeShell(t, 4*time.Minute, "/usr/sbin/sshd")
	emulated := filepath.Join(s.home, "emulated")
	for _, command := range readmeBlock(t, "--lab --dry-run") {
		command = strings.ReplaceAll(command, " emulated", " "+emulated)
		want, end := "0", exitCode
		switch {
		case strings.HasPrefix(command, "go run"):
			command, end = command+" &\nserve=$!", "i=0; until [ -e "+emulated+"/ssh_config ] || [ $((i += 1)) -gt 600 ]; do sleep 0.1; done; echo \"exit code 0\""
		case strings.Contains(command, "--ssh-config") && strings.Contains(command, "--dry-run"):
			want = "2"
		}
		if said, code := s.run(command, end); code != want {
			t.Errorf("%s: exit code %s:\n%s", command, code, said)
		}
	}
	s.close("pkill -INT -P $serve; ercfg lab down")
}

// readmeBlock are the commands of the README's block that has a line with mark.
func readmeBlock(t *testing.T, mark string) []string {
	t.Helper()
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for i, block := range strings.Split(string(text), "\n```") {
		if i%2 == 0 || !strings.Contains(block, mark) {
			continue
		}
		var out []string
		for line := range strings.Lines(block) {
			command, ok := strings.CutPrefix(line, "$ ")
			if command, _, _ = strings.Cut(command, "  #"); ok {
				out = append(out, strings.TrimSpace(command))
			}
		}
		return out
	}
	t.Fatalf("the README has no block with %q", mark)
	return nil
}

func goEnv(t *testing.T, name string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "env", name).Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}
