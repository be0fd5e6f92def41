//go:build linux

package lab

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// A process is named by its number and its start, in clock ticks after the
// machine's: a number is given again, a start is not.
type process struct {
	PID  int
	Born uint64
}

// errGone says that a process has ended.
var errGone = errors.New("process has ended")

// born returns when a process has started (proc(5), stat, field 22), or errGone,
// also for one that has ended and that nobody has asked about yet.
func born(pid int) (uint64, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, errGone
	}
	// The second field is the name, in parentheses, and may hold anything.
	_, rest, _ := strings.Cut(string(stat[bytes.LastIndexByte(stat, ')')+1:]), " ")
	fields := strings.Fields(rest)
	if len(fields) < 20 || fields[0] == "Z" || fields[0] == "X" {
		return 0, errGone
	}
	return strconv.ParseUint(fields[19], 10, 64)
}

// alive reports whether the process is still there, and still the same.
func (p process) alive() bool {
	start, err := born(p.PID)
	return err == nil && start == p.Born
}

// kill ends the process and waits until it and, where it is process 1 of a
// namespace, every process in there has ended.
func (p process) kill(ctx context.Context) error {
	// The descriptor names one process for good: whatever gets the number between
	// the look and the signal is not hit.
	fd, err := unix.PidfdOpen(p.PID, 0)
	if errors.Is(err, unix.ESRCH) || err == nil && !p.alive() {
		if err == nil {
			_ = unix.Close(fd)
		}
		return nil
	}
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	if err := unix.PidfdSendSignal(fd, unix.SIGKILL, nil, 0); err != nil && !errors.Is(err, unix.ESRCH) {
		return err
	}
	for p.alive() {
		select {
		case <-ctx.Done():
			return fmt.Errorf("process %d does not end: %w", p.PID, ctx.Err())
		case <-time.After(5 * time.Millisecond):
		}
	}
	// It is a child of this process where Up was called in it, and of nobody's
	// concern where it was not.
	_, _ = unix.Wait4(p.PID, nil, unix.WNOHANG, nil)
	return nil
}

// holders are the processes that hold what was started for dir, and are no node:
// those whose environment says so. For what has lost its state there is no other
// way to tell.
func holders(dir string) []int {
	at, err := os.Stat(dir)
	if err != nil {
		return nil
	}
	files, _ := filepath.Glob("/proc/[0-9]*/environ")
	var out []int
	for _, file := range files {
		environ, err := os.ReadFile(file)
		if err != nil || variable(environ, "ERCFG_LAB") == "" || variable(environ, "ERCFG_NODE") != "" {
			continue
		}
		if there, err := os.Stat(variable(environ, "ERCFG_LAB_DIR")); err != nil || !os.SameFile(at, there) {
			continue
		}
		status, err := os.ReadFile(filepath.Join(filepath.Dir(file), "status"))
		if err == nil && innermostIs1(string(status)) {
			pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(file)))
			out = append(out, pid)
		}
	}
	return out
}
