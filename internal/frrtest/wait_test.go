package frrtest

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// failure is a test that remembers how it failed.
type failure struct {
	testing.TB
	text string
}

func (f *failure) Helper()             {}
func (f *failure) Logf(string, ...any) {}
func (f *failure) Fatalf(format string, args ...any) {
	f.text = fmt.Sprintf(format, args...)
	panic(f) // as runtime.Goexit would, it leaves WaitFor
}

func TestWaitFor(t *testing.T) {
	t.Parallel()
	looks := 0
	WaitFor(t, time.Minute, "third look", func() (bool, string) {
		looks++
		return looks == 3, ""
	})
	if looks != 3 {
		t.Errorf("WaitFor looked %d times, want 3", looks)
	}
}

func TestWaitForGivesUp(t *testing.T) {
	t.Parallel()
	f := &failure{}
	defer func() {
		if recover() != f || !strings.Contains(f.text, "BFD up") || !strings.Contains(f.text, "state Idle") {
			t.Errorf("WaitFor failed with %q, want what was awaited and the last state", f.text)
		}
	}()
	WaitFor(f, time.Millisecond, "BFD up", func() (bool, string) { return false, "state Idle" })
	t.Error("WaitFor returned")
}
