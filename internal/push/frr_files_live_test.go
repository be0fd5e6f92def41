package push

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

// What FRR cannot save, and where a refusal could not be told, is refused before anything
// is armed.
func TestFRRUnfitFiles(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	d, ctx := frrOn(t, e), t.Context()
	for name, f := range map[string]struct{ begin, end, says string }{
		"a link": {"mkdir /run/kept; mv /etc/frr/frr.conf /run/kept; ln -s /run/kept/frr.conf /etc/frr/frr.conf",
			"mv /run/kept/frr.conf /etc/frr/frr.conf", "would not be in /run/kept/frr.conf"},
		"no vtysh.conf": {"mv /etc/frr/vtysh.conf /run", "mv /run/vtysh.conf /etc/frr", "/etc/frr/vtysh.conf"},
		"read-only":     {"mount -o remount,ro /etc/frr", "mount -o remount,rw /etc/frr", "read-only"},
	} {
		e.on(e.ce, "sh", "-ec", f.begin)
		w := &work{run: "r1", revert: 5 * time.Minute, commands: changeOfPreference}
		err := d.rehearse(ctx, w)
		if err == nil {
			err = d.arm(ctx, w)
		}
		e.on(e.ce, "sh", "-ec", f.end)
		if err == nil || !strings.Contains(err.Error(), f.says) {
			t.Errorf("%s: %v", name, err)
		}
		if left := e.on(e.ce, "sh", "-c", "ls -A /run/ercfg"); strings.Trim(left, "busy\n") != "" {
			t.Errorf("%s: left is %q", name, left)
		}
	}
}

// An undo gives frr.conf back as it was, owner, mode and what the daemons do not have
// included; where it is mounted by itself, too; and where the disk has filled up since.
func TestFRRUndoFiles(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	d, ctx := frrOn(t, e), t.Context()
	e.on(e.ce, "sh", "-ec", "echo '! ticket 4711' >>/etc/frr/frr.conf; chown root:frrvty /etc/frr/frr.conf; chmod 644 /etc/frr/frr.conf; touch /etc/frr/.frr.conf.swp")
	const look = "stat -c '%U:%G %a' /etc/frr/frr.conf; cat /etc/frr/frr.conf"
	file, before := e.on(e.ce, "sh", "-c", look), e.running()
	for _, f := range []struct{ run, begin, end string }{
		{"plain", "true", "true"},
		{"full", "cat /dev/zero >/run/filler 2>/dev/null || true", "rm /run/filler"},
		{"mounted", "cp -p /etc/frr/frr.conf /run/bound; mount --bind /run/bound /etc/frr/frr.conf", "umount /etc/frr/frr.conf"},
	} {
		w := &work{run: f.run, revert: 5 * time.Minute, commands: changeOfPreference}
		if f.run == "mounted" {
			e.on(e.ce, "sh", "-ec", f.begin)
		}
		if err := cmp.Or(d.arm(ctx, w), d.apply(ctx, w, func(int) {})); err != nil {
			t.Fatal(err)
		}
		if f.run != "mounted" {
			e.on(e.ce, "sh", "-ec", f.begin)
		}
		if err := d.revert(ctx, w); err != nil {
			t.Errorf("%s: %v", f.run, err)
		}
		if got := e.on(e.ce, "sh", "-c", look); got != file {
			t.Errorf("%s: frr.conf:\n%s", f.run, got)
		}
		if got := e.running(); got != before {
			t.Errorf("%s: running configuration:\n%s", f.run, got)
		}
		e.on(e.ce, "sh", "-ec", f.end)
	}
	if left := e.on(e.ce, "sh", "-c", "ls -A /etc/frr | grep '^[.]'"); left != ".frr.conf.swp\n" {
		t.Errorf("beside an editor's file, left is %q", left)
	}
}

// Where frr.conf cannot be written when the undo comes, that is told if it is another one by
// then, and what it was is not lost.
func TestFRRUndoReadOnly(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	d, ctx := frrOn(t, e), t.Context()
	e.on(e.ce, "sh", "-ec", "echo '! ticket 4711' >>/etc/frr/frr.conf")
	file, before := e.startup(), e.running()
	for _, f := range []struct{ run, begin, at, says string }{
		{"same", "true", "/etc/frr/frr.conf", "<nil>"},
		{"other", "vtysh -c 'write memory'", "/run/ercfg/other/before.conf", "did not come back"},
	} {
		w := &work{run: f.run, revert: 5 * time.Minute, commands: changeOfPreference}
		if err := cmp.Or(d.arm(ctx, w), d.apply(ctx, w, func(int) {})); err != nil {
			t.Fatal(err)
		}
		e.on(e.ce, "sh", "-ec", f.begin+"; cd /etc/frr; mount --bind frr.conf frr.conf; mount -o remount,bind,ro frr.conf")
		err := d.revert(ctx, w)
		e.on(e.ce, "umount", "/etc/frr/frr.conf")
		if !strings.Contains(fmt.Sprint(err), f.says) {
			t.Errorf("%s: %v", f.run, err)
		}
		if got := e.on(e.ce, "sh", "-c", "cat "+f.at+" 2>&1; true"); got != file {
			t.Errorf("%s: frr.conf of before:\n%s", f.run, got)
		}
		if got := e.running(); got != before {
			t.Errorf("%s: running configuration:\n%s", f.run, got)
		}
	}
}

// What is saved late, when another run is at work, would have that run's lines in it.
func TestFRRSaveBesideOther(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	d, ctx := frrOn(t, e), t.Context()
	startup := e.startup()
	late, other := &work{run: "r1", revert: 5 * time.Minute}, &work{run: "r2", revert: 5 * time.Minute, commands: changeOfPreference}
	if err := cmp.Or(d.arm(ctx, late), d.confirm(ctx, late), d.arm(ctx, other), d.apply(ctx, other, func(int) {})); err != nil {
		t.Fatal(err)
	}
	if err := d.save(ctx, late); !errors.Is(err, errForeign) || !strings.Contains(err.Error(), "run r2") {
		t.Errorf("saved beside another run: %v", err)
	}
	if got := e.startup(); got != startup {
		t.Errorf("frr.conf:\n%s", got)
	}
	if err := cmp.Or(d.revert(ctx, other), d.save(ctx, late)); err != nil {
		t.Error(err)
	}
}

// A confirmation that was killed before it ended the timer is one, and its timer does not
// undo the next step of the run.
func TestFRRTimerOfStepBefore(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	d, ctx := frrOn(t, e), t.Context()
	timers := func() int { return strings.Count(e.on(e.ce, "ps", "-eo", "args"), "/run/ercfg/r1 300 r1") }
	w := &work{run: "r1", revert: 5 * time.Minute, commands: changeOfPreference}
	for _, again := range []string{"confirm", "save", "arm"} {
		if err := d.arm(ctx, w); err != nil {
			t.Fatal(err)
		}
		e.on(e.ce, "mv", "/run/ercfg/r1/armed", "/run/ercfg/r1/confirmed")
		if timers() != 1 {
			t.Fatalf("%d timers", timers())
		}
		want := 0
		var err error
		switch again {
		case "confirm":
			err = d.confirm(ctx, w)
		case "save":
			err = d.save(ctx, w)
		case "arm":
			err, want = d.arm(ctx, w), 1
		}
		if got := timers(); err != nil || got != want {
			t.Errorf("%s: %d timers, %v", again, got, err)
		}
	}
	if err := d.apply(ctx, w, func(int) {}); err != nil {
		t.Error(err)
	}
}
