package push

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ercfg/ercfg/internal/confdiff"
	"github.com/ercfg/ercfg/internal/push/emulator"
)

// stepped is a router of which both links' sessions reset, and a push that goes link by
// link. Third is called when the second step reads the router: the survey and the
// first step have read it before. It says whether the connection breaks there.
func stepped(t *testing.T, third func(e *emulated) bool) (*emulated, order) {
	t.Helper()
	var e *emulated
	var reads atomic.Int32
	e = newEmulated(t, confdiff.IOSXE, func(o *emulator.Options) {
		patiently(o)
		o.Faults.CutBefore = func(line string) bool {
			return strings.HasPrefix(line, "show version") && reads.Add(1) == 3 && third(e)
		}
	})
	o := e.order()
	o.Intent = strings.Replace(e.intent, "bfd: {interval: 300ms, multiplier: 3}", "bfd: false", 1)
	o.TestFor = 20 * time.Second // half of it the tests have to hold
	return e, o
}

// killedIn kills a push of two steps when the second one comes to an event.
func killedIn(t *testing.T, e *emulated, o order, is func(Event) bool) {
	t.Helper()
	second := false
	r := runChild(t, o, nil, func(ev Event, kill func()) {
		second = second || ev.Text == "next: er-lab.primary"
		if second && is(ev) {
			kill()
		}
	})
	if r.code >= 0 {
		t.Fatalf("exit code %d:\n%s", r.code, r.said)
	}
}

// A push that is killed between two steps has left a part of the change: status knows,
// confirm does not call it the change, and revert takes it back.
func TestStepsKilled(t *testing.T) {
	t.Parallel()
	e, o := stepped(t, func(*emulated) bool { return false })
	killedIn(t, e, o, func(Event) bool { return true })
	then := o
	for _, verb := range []string{"status", "confirm"} {
		then.Verb, then.Of, then.Run = verb, o.Run, o.Run+verb
		if r := runChild(t, then, nil, nil); r.code != 5 || !strings.Contains(r.said, "a part of the change") {
			t.Errorf("%s: exit code %d:\n%s", verb, r.code, r.said)
		}
	}
	then.Verb, then.Run = "revert", o.Run+"revert"
	r := runChild(t, then, nil, nil)
	if running, startup := e.has(); r.code != 4 || running != "old" || startup != "old" {
		t.Errorf("revert: exit code %d, running %s, startup %s:\n%s", r.code, running, startup, r.said)
	}
}

// The undo of the second step puts back what the first has made, whether lines were typed
// or not: revert knows, and goes on to the configuration of before.
func TestStepsRevertArmed(t *testing.T) {
	t.Parallel()
	e, o := stepped(t, func(*emulated) bool { return false })
	killedIn(t, e, o, func(ev Event) bool { return ev.Phase == Apply })
	then := o
	then.Verb, then.Of, then.Run = "revert", o.Run, o.Run+"r"
	r := runChild(t, then, nil, nil)
	if running, startup := e.has(); r.code != 4 || running != "old" || startup != "old" {
		t.Errorf("exit code %d, running %s, startup %s:\n%s", r.code, running, startup, r.said)
	}
}

// A step that cannot be saved is no end: it is half a change, and is taken back.
func TestStepsUnsaved(t *testing.T) {
	t.Parallel()
	e, o := stepped(t, func(*emulated) bool { return false })
	first := true
	code, err := o.run(t.Context(), func(ev Event) {
		switch {
		case ev.Phase == Save && first:
			e.FillDisk(true)
			first = false
		case strings.HasPrefix(ev.Text, "undoing: "):
			e.FillDisk(false)
		}
	})
	if running, startup := e.has(); err != nil || code != 4 || running != "old" || startup != "old" {
		t.Errorf("exit code %d, %v, running %s, startup %s", code, err, running, startup)
	}
}

// What brings a run to its end is not cut in the middle by a person's interruption.
func TestConfirmInterrupted(t *testing.T) {
	t.Parallel()
	e := newEmulated(t, confdiff.IOSXE, patiently)
	o := e.order()
	runChild(t, o, nil, func(ev Event, kill func()) {
		if ev.Phase == Confirm {
			kill()
		}
	})
	then := o
	then.Verb, then.Of, then.Run = "confirm", o.Run, o.Run+"c"
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	code, err := then.run(ctx, func(ev Event) {
		if ev.Phase == Read {
			cancel()
		}
	})
	if running, startup := e.has(); err != nil || code != 0 || running != "new" || startup != "new" {
		t.Errorf("exit code %d, %v, running %s, startup %s", code, err, running, startup)
	}
}

// An armDevice is a device that must not be asked for anything.
type armDevice struct {
	device
	asked bool
}

func (d *armDevice) rehearse(context.Context, *work) error { d.asked = true; return nil }
func (d *armDevice) arm(context.Context, *work) error      { d.asked = true; return errForeign }

// What cannot be written down is not begun: nobody would know of the undo.
func TestArmUnwritten(t *testing.T) {
	t.Parallel()
	d := new(armDevice)
	full := errors.New("no space left on device")
	x := &transaction{limits: limitsFor(5 * time.Minute), device: d, work: &work{}, say: func(Event) error { return full }}
	outcome, phase, err := x.run(t.Context())
	if outcome != Untouched || phase != Arm || !errors.Is(err, full) || d.asked {
		t.Errorf("%s at %s: %v; asked %t", outcome, phase, err, d.asked)
	}
}

// Half a change is taken back, or becomes a whole one, also where the session is lost
// between two steps, or a person interrupts the push there.
func TestStepsLost(t *testing.T) {
	t.Parallel()
	t.Run("the connection is cut for a moment", func(t *testing.T) {
		t.Parallel()
		e, o := stepped(t, func(e *emulated) bool {
			e.Cut()
			time.AfterFunc(1500*time.Millisecond, e.Heal)
			return true
		})
		o.Cut = true
		code, err := o.run(t.Context(), func(Event) {})
		if running, startup := e.has(); err != nil || code != 4 || running != "old" || startup != "old" {
			t.Errorf("exit code %d, %v, running %s, startup %s", code, err, running, startup)
		}
	})
	t.Run("the person hits Ctrl-C", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancelCause(t.Context())
		defer cancel(nil)
		e, o := stepped(t, func(*emulated) bool {
			cancel(errors.New("the person hits Ctrl-C"))
			return false
		})
		code, err := o.run(ctx, func(Event) {})
		if running, startup := e.has(); err != nil || code != 4 || running != "old" || startup != "old" {
			t.Errorf("exit code %d, %v, running %s, startup %s", code, err, running, startup)
		}
	})
}
