//go:build linux

package lab

import (
	"context"
	"errors"
	"testing"
)

// The noise of what Ctrl-C has killed is dropped; what failed on the way back
// never is.
func TestEnded(t *testing.T) {
	t.Parallel()
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	late, stop := context.WithTimeoutCause(t.Context(), 0, errors.New("not started within 120 s"))
	defer stop()
	noise, left := errors.New("ce1: vtysh: signal: killed"), errors.New("process 7 does not end")
	for _, c := range []struct {
		name      string
		ctx       context.Context
		err, back error
		want      string
		repaired  bool
	}{
		{"cut short", cancelled, noise, nil, "context canceled", true},
		{"cut short, and something is left", cancelled, noise, left, "context canceled\nprocess 7 does not end", false},
		{"out of time", late, noise, nil, "not started within 120 s: ce1: vtysh: signal: killed", true},
		{"failed", t.Context(), noise, nil, "ce1: vtysh: signal: killed", true},
		{"failed, and something is left", t.Context(), noise, left, "ce1: vtysh: signal: killed\nprocess 7 does not end", false},
	} {
		got := ended(c.ctx, c.err, c.back)
		if got.Error() != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		if _, ok := errors.AsType[Unrepaired](got); ok == c.repaired {
			t.Errorf("%s: repaired is %t, want %t", c.name, !ok, c.repaired)
		}
		if c.back != nil && !errors.Is(got, left) {
			t.Errorf("%s: what is left is lost", c.name)
		}
	}
}
