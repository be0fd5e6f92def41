package push

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// changeOfPreference is what a change of the intent would type.
var changeOfPreference = []string{
	"route-map LAB-EDGE-ER-LAB-PRIMARY-IN-V4 permit 10",
	" set local-preference 150",
	"exit",
	"ip prefix-list LAB-EDGE-MORE seq 10 permit 10.161.0.0/16",
}

func frrOn(t *testing.T, e *edge) *frr {
	t.Helper()
	d, err := newFRR(t.Context(), direct{e.ce}, func(s string) string { return s })
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// The script on a real router, step by step: what is armed comes back by itself,
// what is confirmed stays, what is reverted is the old text, byte for byte but for
// the order of lists.
func TestFRRScript(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	d := frrOn(t, e)
	ctx := t.Context()
	s, err := d.read(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if s.version != "FRRouting 8.4.4" || s.pending != nil || len(s.unsaved) > 0 {
		t.Errorf("read: %+v", s)
	}
	before, startup, drops := e.running(), e.startup(), e.drops()
	same := func(what string) {
		t.Helper()
		if got := e.running(); got != before {
			t.Errorf("%s: running configuration:\n%s", what, got)
		}
		if got := e.startup(); got != startup {
			t.Errorf("%s: frr.conf:\n%s", what, got)
		}
	}
	w := &work{run: "r1", revert: 300 * time.Second, commands: changeOfPreference}

	said, err := d.opinion(ctx, w)
	if err != nil {
		t.Fatal(err)
	}
	t.Log(strings.Join(said, "\n"))
	if !slices.ContainsFunc(said, func(l string) bool { return strings.Contains(l, "set local-preference 150") }) {
		t.Errorf("frr-reload.py does not speak of the change: %q", said)
	}
	same("opinion")

	if err := d.rehearse(ctx, w); err != nil {
		t.Fatal(err)
	}
	if err := d.arm(ctx, w); err != nil {
		t.Fatal(err)
	}
	p, err := d.pending(ctx)
	if err != nil || p == nil || p.run != "r1" || p.by != "root" || p.left < 240*time.Second {
		t.Fatalf("pending: %+v, %v", p, err)
	}
	same("arm")
	if err := d.arm(ctx, &work{run: "r2", revert: time.Minute, commands: changeOfPreference}); err == nil || !strings.Contains(err.Error(), "r1") {
		t.Errorf("a second run is armed: %v", err)
	}
	lines := []int{}
	if err := d.apply(ctx, w, func(n int) { lines = append(lines, n) }); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(lines, []int{1, 4}) {
		t.Errorf("lines: %v", lines)
	}
	if !strings.Contains(e.running(), "set local-preference 150") {
		t.Fatal("nothing was applied")
	}
	if err := d.revert(ctx, w); err != nil {
		t.Fatal(err)
	}
	same("revert")
	if p, err := d.pending(ctx); p != nil || err != nil {
		t.Errorf("after revert: %+v, %v", p, err)
	}

	// The timer does the same with nobody there.
	w = &work{run: "r3", revert: 20 * time.Second, commands: changeOfPreference}
	if err := d.arm(ctx, w); err != nil {
		t.Fatal(err)
	}
	if err := d.apply(ctx, w, func(int) {}); err != nil {
		t.Fatal(err)
	}
	deadline := time.Now().Add(90 * time.Second)
	for {
		p, err := d.pending(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if p == nil {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("the timer does not fire: %+v", p)
		}
		time.Sleep(200 * time.Millisecond)
	}
	same("timer")
	if err := d.confirm(ctx, w); err == nil {
		t.Error("what is undone is confirmed")
	}

	// What is confirmed and never saved does not keep its run from going on.
	w = &work{run: "r4", revert: 300 * time.Second, commands: changeOfPreference}
	for range 2 {
		if err := d.arm(ctx, w); err != nil {
			t.Fatal(err)
		}
		if err := d.confirm(ctx, w); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.arm(ctx, w); err != nil {
		t.Fatal(err)
	}
	if err := d.apply(ctx, w, func(int) {}); err != nil {
		t.Fatal(err)
	}
	if err := d.confirm(ctx, w); err != nil {
		t.Fatal(err)
	}
	if err := d.save(ctx, w); err != nil {
		t.Fatal(err)
	}
	for what, text := range map[string]string{"running": e.running(), "startup": e.startup()} {
		if !strings.Contains(text, "set local-preference 150") || !strings.Contains(text, "LAB-EDGE-MORE") {
			t.Errorf("%s has not the change:\n%s", what, text)
		}
	}
	if left := e.on(e.ce, "sh", "-c", "ls -A /etc/frr; ls /run/ercfg; ps -eo args"); strings.Contains(left, ".frr.conf.") || strings.Contains(left, "lock") || strings.Contains(left, "undo.sh") {
		t.Errorf("something is left:\n%s", left)
	}
	if got := e.drops(); got != drops {
		t.Errorf("sessions went down %d times", got-drops)
	}
}

// A connection that is cut in the middle of the commands leaves no half command, and
// holds no lock that the undo would wait for.
func TestFRRCutBlock(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	d := frrOn(t, e)
	ctx := t.Context()
	before := e.running()
	w := &work{run: "r1", revert: 20 * time.Second, commands: changeOfPreference}
	if err := d.arm(ctx, w); err != nil {
		t.Fatal(err)
	}
	if err := d.apply(ctx, w, func(int) {}); err != nil {
		t.Fatal(err)
	}
	half := []byte("ip prefix-list HALF seq 5 permit 10.0.0.0/1")
	if _, err := d.call(ctx, half, "apply", "r1", strconv.Itoa(len(half)+2)); err == nil || !strings.Contains(err.Error(), "whole") {
		t.Errorf("half of the commands is taken: %v", err)
	}
	// The same with nothing that says that no more will come.
	hang := e.ce.Command(ctx, "sh", "-c", `sh -c 'self=$1; shift; eval "$self"' ercfg `+shellQuote(strings.TrimSpace(frrScript))+" apply r1 100")
	in, err := hang.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := hang.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := in.Write(half); err != nil {
		t.Fatal(err)
	}
	waitFor(t, w.revert+2*time.Minute, "the undo comes", func() bool { p, err := d.pending(ctx); return err == nil && p == nil })
	_ = in.Close()
	_ = hang.Wait()
	if got := e.running(); got != before {
		t.Errorf("running configuration:\n%s", got)
	}
}
