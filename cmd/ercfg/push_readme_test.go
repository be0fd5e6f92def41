//go:build linux

package main

import (
	"bufio"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ercfg/ercfg/internal/frrtest"
)

// The README's walk through push works as it is written: on the lab with real FRR,
// and on emulated routers. It runs with a /run of its own, where labs are kept.
func TestReadmePush(t *testing.T) {
	t.Parallel()
	frrtest.Need(t)
	if _, err := os.Stat("/usr/sbin/sshd"); err != nil {
		if os.Getenv("ERCFG_LAB") == "must" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	bin, home := t.TempDir(), t.TempDir()
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", bin, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if err := os.WriteFile(filepath.Join(bin, "sudo"), []byte("#!/bin/sh\nexec \"$@\"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	shell := exec.CommandContext(t.Context(), "unshare", "--mount", "--", "sh", "-c", "mount --make-rprivate / && mount -t tmpfs tmpfs /run && exec sh")
	shell.Dir = filepath.Join("..", "..")
	emulated := filepath.Join(home, "emulated")
	shell.Env = append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"), "HOME="+home, "XDG_STATE_HOME="+home, "NO_COLOR=1", "GOPATH="+goEnv(t, "GOPATH"), "GOCACHE="+goEnv(t, "GOCACHE"))
	shell.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	in, err := shell.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := shell.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	shell.Stderr = shell.Stdout
	if err := shell.Start(); err != nil {
		t.Fatal(err)
	}
	limit := time.AfterFunc(4*time.Minute, func() { _ = syscall.Kill(-shell.Process.Pid, syscall.SIGKILL) })
	defer limit.Stop()
	lines := bufio.NewScanner(out)
	for _, command := range readmeBlock(t, "--lab --dry-run") {
		command = strings.ReplaceAll(command, " emulated", " "+emulated)
		want, end := "0", "echo \"exit code $?\""
		switch {
		case strings.HasPrefix(command, "go run"):
			command, end = command+" &\nserve=$!", "i=0; until [ -e "+emulated+"/ssh_config ] || [ $((i += 1)) -gt 600 ]; do sleep 0.1; done; echo \"exit code 0\""
		case strings.Contains(command, "--ssh-config") && strings.Contains(command, "--dry-run"):
			want = "2"
		}
		if _, err := in.Write([]byte(command + "\n" + end + "\n")); err != nil {
			t.Fatal(err)
		}
		var said strings.Builder
		code := ""
		for code == "" && lines.Scan() {
			said.WriteString(lines.Text() + "\n")
			code = strings.TrimPrefix(lines.Text(), "exit code ")
			if code == lines.Text() {
				code = ""
			}
		}
		if code != want {
			t.Errorf("%s: exit code %s:\n%s", command, code, &said)
		}
	}
	_, _ = in.Write([]byte("pkill -INT -P $serve; ercfg lab down; exit\n"))
	_ = in.Close()
	for lines.Scan() {
	}
	if err := shell.Wait(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Logf("shell: %v", err)
	}
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
