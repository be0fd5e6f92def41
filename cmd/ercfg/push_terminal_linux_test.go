package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/ercfg/ercfg/internal/push/emulator"
)

// A teletype is a terminal at which a test types.
type teletype struct {
	keys *os.File // the person's side
	line *os.File // the program's side

	mu   sync.Mutex
	seen bytes.Buffer
}

func newTeletype(t *testing.T) *teletype {
	t.Helper()
	keys, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("no pseudo terminals: %v", err)
	}
	number, err := unix.IoctlGetInt(int(keys.Fd()), unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(int(keys.Fd()), unix.TIOCSPTLCK, 0)
	}
	if err != nil {
		t.Fatal(err)
	}
	line, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	tty := &teletype{keys: keys, line: line}
	var wg sync.WaitGroup
	wg.Go(func() {
		buffer := make([]byte, 4096)
		for {
			n, err := keys.Read(buffer)
			tty.mu.Lock()
			tty.seen.Write(buffer[:n])
			tty.mu.Unlock()
			if err != nil {
				return // the program's side is closed
			}
		}
	})
	t.Cleanup(func() { line.Close(); wg.Wait(); keys.Close() })
	return tty
}

// text is what the terminal has been sent.
func (tty *teletype) text() string {
	tty.mu.Lock()
	defer tty.mu.Unlock()
	return tty.seen.String()
}

// wait waits until the terminal has been sent what is wanted.
func (tty *teletype) wait(t *testing.T, want string) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); !strings.Contains(tty.text(), want); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Errorf("no %q on the terminal:\n%s", want, tty.text())
			return
		}
	}
}

// At a terminal push asks, and takes nothing but a yes for one; what was begun then
// Ctrl-C puts back. (Emulated.)
func TestPushAsksEmulated(t *testing.T) {
	s := newEmulatedSite(t, emulator.Faults{})
	at := func(person func(tty *teletype)) (int, string) {
		tty := newTeletype(t)
		var out bytes.Buffer
		a := &app{stdin: tty.line, stdout: &out, stderr: tty.line}
		var wg sync.WaitGroup
		wg.Go(func() { person(tty) })
		code := a.run([]string{"push", s.file, "--trust-new"})
		wg.Wait()
		return code, out.String() + tty.text()
	}
	code, said := at(func(tty *teletype) {
		tty.wait(t, "Change 2 routers (worst impact: route refresh)?\r\nThe routers undo it by themselves after 5m unless all tests pass. [y/N] ")
		_, _ = tty.keys.WriteString("maybe\n")
	})
	if code != exitWorld || !strings.Contains(said, "ce1     not begun  read: the answer was no") {
		t.Errorf("no: exit code %d\n%s", code, said)
	}
	code, said = at(func(tty *teletype) {
		tty.wait(t, "[y/N] ")
		_, _ = tty.keys.WriteString("yes\n")
		tty.wait(t, "ce1  test  undo in 4:")
		_ = syscall.Kill(os.Getpid(), syscall.SIGINT)
	})
	if code != 4 || !strings.Contains(said, "interrupted: putting the old configuration back; wait") ||
		!strings.Contains(said, "ce1     reverted   test: ") || !strings.Contains(said, "ce2     not begun  ") {
		t.Errorf("interrupted: exit code %d\n%s", code, said)
	}
	s.wants(t, "local-preference 150")
}

// Ctrl-C at the question is a no, and the run has ended. The program is a process of its
// own here: nothing but its end ends a read of a terminal. (Emulated.)
func TestPushAnsweredWithCtrlCEmulated(t *testing.T) {
	s := newEmulatedSite(t, emulator.Faults{})
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "ercfg") // by which testscript.Main knows the command
	if err := os.Symlink(self, name); err != nil {
		t.Fatal(err)
	}
	tty := newTeletype(t)
	cmd := exec.CommandContext(t.Context(), name, "push", s.file, "--trust-new")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = tty.line, tty.line, tty.line
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	tty.wait(t, "[y/N] ")
	_, _ = tty.keys.WriteString("\x03")
	_ = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != exitWorld {
		t.Errorf("exit code %d", code)
	}
	tty.wait(t, "run ")
	for _, want := range []string{"interrupted; nothing was changed", "ce1     not begun  read: interrupted", "2 routers: 2 not begun"} {
		if !strings.Contains(tty.text(), want) {
			t.Errorf("no %q in\n%s", want, tty.text())
		}
	}
	if code, stdout, stderr := call(t, &app{}, "status"); code != exitOK || !strings.Contains(stdout, "acme  ended (2 not begun)\n") {
		t.Errorf("status: exit code %d\n%s\n%s", code, stdout, stderr)
	}
}
