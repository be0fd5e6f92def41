//go:build linux

package main

import (
	"bufio"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ercfg/ercfg/internal/frrtest"
)

// A readmeShell runs commands of the README as a reader would, in the project's
// directory, with ercfg built from here. It has a /run of its own, where labs are kept.
type readmeShell struct {
	t     *testing.T
	cmd   *exec.Cmd
	in    io.WriteCloser
	lines *bufio.Scanner
	home  string
}

// newReadmeShell starts one that is ended after limit. It skips where live tests cannot
// run, or one of the programs that the walk takes is missing.
func newReadmeShell(t *testing.T, limit time.Duration, programs ...string) *readmeShell {
	t.Helper()
	frrtest.Need(t)
	for _, path := range programs {
		if _, err := os.Stat(path); err != nil {
			if os.Getenv("ERCFG_LAB") == "must" {
				t.Fatal(err)
			}
			t.Skip(err)
		}
	}
	bin := t.TempDir()
	s := &readmeShell{t: t, home: t.TempDir()}
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", bin, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if err := os.WriteFile(filepath.Join(bin, "sudo"), []byte("#!/bin/sh\nexec \"$@\"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	s.cmd = exec.CommandContext(t.Context(), "unshare", "--mount", "--", "sh", "-c", "mount --make-rprivate / && mount -t tmpfs tmpfs /run && exec sh")
	s.cmd.Dir = filepath.Join("..", "..")
	s.cmd.Env = append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"), "HOME="+s.home, "XDG_STATE_HOME="+s.home, "NO_COLOR=1", "GOPATH="+goEnv(t, "GOPATH"), "GOCACHE="+goEnv(t, "GOCACHE"))
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	s.cmd.Stderr = s.cmd.Stdout
	if s.in, err = s.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(limit, func() { _ = syscall.Kill(-s.cmd.Process.Pid, syscall.SIGKILL) })
	t.Cleanup(func() { timer.Stop() })
	s.lines = bufio.NewScanner(out)
	return s
}

// run runs a command; end prints "exit code N" when it is over.
func (s *readmeShell) run(command, end string) (said, code string) {
	s.t.Helper()
	if _, err := s.in.Write([]byte(command + "\n" + end + "\n")); err != nil {
		s.t.Fatal(err)
	}
	var out strings.Builder
	for s.lines.Scan() {
		line := s.lines.Text()
		out.WriteString(line + "\n")
		if code, ok := strings.CutPrefix(line, "exit code "); ok {
			return out.String(), code
		}
	}
	s.t.Fatalf("%s: the shell has ended:\n%s", command, &out)
	return "", ""
}

// exitCode is how a command in the foreground ends.
const exitCode = "echo \"exit code $?\""

// close runs a last command and waits for the shell.
func (s *readmeShell) close(last string) {
	_, _ = s.in.Write([]byte(last + "; exit\n"))
	_ = s.in.Close()
	for s.lines.Scan() {
	}
	if err := s.cmd.Wait(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		s.t.Logf("shell: %v", err)
	}
}
