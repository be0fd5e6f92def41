package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// interruptEnv makes the test binary write slowly and be interrupted: a signal
// to this process would hit every other test.
const interruptEnv = "ERCFG_TEST_INTERRUPT"

// Ctrl-C while files are written lets the write end, and then ends the program
// in the way that the shell expects of a signal.
func TestInterrupt(t *testing.T) {
	if path := os.Getenv(interruptEnv); path != "" {
		err := (&app{stderr: os.Stderr}).uninterrupted(func() error {
			if err := syscall.Kill(os.Getpid(), syscall.SIGINT); err != nil {
				return err
			}
			time.Sleep(50 * time.Millisecond) // the signal has come long before
			return os.WriteFile(path, []byte("whole"), 0o644)
		})
		t.Fatalf("still alive after the signal: %v", err)
	}
	t.Parallel()
	path := filepath.Join(t.TempDir(), "file")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, "-test.run=^TestInterrupt$")
	cmd.Env = append(os.Environ(), interruptEnv+"="+path)
	out, err := cmd.CombinedOutput()
	status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus)
	if err == nil || !ok || !status.Signaled() || status.Signal() != syscall.SIGINT {
		t.Errorf("ended with %v, want death by SIGINT:\n%s", err, out)
	}
	if !strings.Contains(string(out), "interrupted; what was being written is whole") {
		t.Errorf("said %q", out)
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != "whole" {
		t.Errorf("the file holds %q (%v), want it whole", got, err)
	}
}
