package push

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// undoAfter is long enough that a busy machine has made and looked at the change.
const undoAfter = 40 * time.Second

// units are the timers and services of undos that systemd has in memory.
func (s *systemdEdge) units() string {
	s.t.Helper()
	return s.in("systemctl", "list-units", "--all", "--plain", "--no-legend", "ercfg-undo-*")
}

// left is what the script has on the router, but for the lock that is always there.
func (s *systemdEdge) left() string {
	s.t.Helper()
	return strings.Join(strings.Fields(s.in("sh", "-c", "cd /run/ercfg; find . -mindepth 1 ! -name busy; ls -A /etc/frr | grep '^[.]frr'; true")), " ")
}

// armAndApply makes the change, with an undo that is a timer of systemd. The limits
// of the timer's time are the test's own clock before and after.
func (s *systemdEdge) armAndApply(d *frr, run string, revert time.Duration) *work {
	s.t.Helper()
	t, ctx := s.t, s.t.Context()
	w := &work{run: run, revert: revert, commands: changeOfPreference}
	before := time.Now()
	if err := d.arm(ctx, w); err != nil {
		t.Fatal(err)
	}
	after := time.Now()
	unit := strings.TrimSpace(s.in("cat", "/run/ercfg/"+run+"/unit")) + ".timer"
	// An upgrade of any package may come in between, later than the limits of the timer's
	// time are apart: it must not begin anew.
	time.Sleep(3 * time.Second)
	s.in("systemctl", "daemon-reload")
	if state := s.in("systemctl", "show", "--property=ActiveState,SubState", unit); state != "ActiveState=active\nSubState=waiting\n" {
		t.Errorf("%s: %s", unit, state)
	}
	var timers []struct {
		Next int64 // microseconds since 1970
		Unit string
	}
	if err := json.Unmarshal([]byte(s.in("systemctl", "list-timers", "--all", "--output=json", unit)), &timers); err != nil || len(timers) != 1 {
		t.Fatalf("timers: %+v, %v", timers, err)
	}
	seconds, err := strconv.ParseInt(strings.TrimSpace(s.in("cat", "/run/ercfg/"+run+"/deadline")), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	// The deadline counts from the start of the machine, and so does this of a process.
	up, err := strconv.ParseInt(strings.Fields(s.in("cat", "/proc/self/stat"))[21], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	told := time.Now().Add(time.Duration(seconds)*time.Second - time.Duration(up)*10*time.Millisecond)
	for what, at := range map[string]time.Time{"the timer": time.UnixMicro(timers[0].Next), "the deadline that is told": told} {
		if at.Before(before.Add(revert-time.Second)) || at.After(after.Add(revert+time.Second)) {
			t.Errorf("%s is at %v: armed for %v between %v and %v", what, at, revert, before, after)
		}
	}
	if args := s.in("ps", "-eo", "args"); strings.Contains(args, "undo.sh") || strings.Contains(s.left(), run+"/timer") {
		t.Errorf("a detached process waits, too:\n%s%s", args, s.left())
	}
	if err := d.apply(ctx, w, func(int) {}); err != nil {
		t.Fatal(err)
	}
	if !s.changed() {
		t.Fatal("nothing was applied")
	}
	return w
}

func (s *systemdEdge) changed() bool {
	return strings.Contains(s.ce.RunningConfig(), "set local-preference 150")
}

// awaitUndo waits until systemd has put the configuration back.
func (s *systemdEdge) awaitUndo(w *work, before, startup string) {
	s.t.Helper()
	// While frr-reload.py is at work a look may find anything; this file comes last.
	waitFor(s.t, w.revert+2*time.Minute, "the undo comes", func() bool { return strings.Contains(s.left(), "reverted") })
	waitFor(s.t, time.Minute, "its units are gone", func() bool { return s.units() == "" })
	if got := s.running(); got != before {
		s.t.Errorf("running configuration:\n%s", got)
	}
	if got := s.startup(); got != startup {
		s.t.Errorf("frr.conf:\n%s", got)
	}
	s.only(w, "reverted")
}

// only says that nothing is left of a run but what became of it.
func (s *systemdEdge) only(w *work, end string) {
	s.t.Helper()
	got := s.left()
	for _, other := range []string{"armed", "firing", "confirmed", "saved", "reverted", "broken", "lock", ".frr"} {
		if strings.Contains(got, other) != (other == end) {
			s.t.Errorf("%s: wanted %s: left is %s", w.run, end, got)
		}
	}
	if units := s.units(); units != "" {
		s.t.Errorf("%s: units are left: %s", w.run, units)
	}
}

// systemd puts the old configuration back when nobody is there, and forgets the timer.
func TestFRRSystemdUndo(t *testing.T) {
	t.Parallel()
	s := newSystemdEdge(t)
	before, startup := s.running(), s.startup()
	d, conn, _ := s.login()
	w := s.armAndApply(d, "r1", undoAfter)
	if err := conn.Close(); err != nil {
		t.Error(err)
	}
	s.awaitUndo(w, before, startup)
	d, _, _ = s.login()
	if err := d.confirm(t.Context(), w); !errors.Is(err, errGone) {
		t.Errorf("what is undone is confirmed: %v", err)
	}
}

// The undo is no child of the login: it comes when everything that the login has
// started is killed, whatever lock it held.
func TestFRRSystemdKilled(t *testing.T) {
	t.Parallel()
	s := newSystemdEdge(t)
	before, startup := s.running(), s.startup()
	d, conn, scope := s.login()
	w := s.armAndApply(d, "r1", undoAfter)
	var held sync.WaitGroup
	held.Go(func() {
		_, _ = conn.Exec(t.Context(), `setsid sh -c 'exec 9>>/run/ercfg/busy; flock 9; : >/run/held; sleep 600'`, nil)
	})
	waitFor(t, 30*time.Second, "the lock is held", func() bool { return s.in("sh", "-c", "ls /run/held 2>/dev/null; true") != "" })
	s.in("systemctl", "kill", "--signal=KILL", scope)
	held.Wait()
	waitFor(t, 30*time.Second, "the login is gone", func() bool {
		args := s.in("ps", "-eo", "args")
		return !strings.Contains(args, "sshd") && !strings.Contains(args, "sleep 600")
	})
	s.awaitUndo(w, before, startup)
}

// What is confirmed stays, and what is reverted by hand is not reverted again: the
// timer is stopped.
func TestFRRSystemdStops(t *testing.T) {
	t.Parallel()
	s := newSystemdEdge(t)
	ctx := t.Context()
	before, startup := s.running(), s.startup()
	d, _, _ := s.login()
	w := s.armAndApply(d, "r1", 5*time.Minute)
	if err := d.revert(ctx, w); err != nil {
		t.Fatal(err)
	}
	s.only(w, "reverted")
	if s.running() != before || s.startup() != startup {
		t.Errorf("running configuration:\n%s\nfrr.conf:\n%s", s.running(), s.startup())
	}
	s.in("rm", "-r", "/run/ercfg/r1")

	w = s.armAndApply(d, "r2", undoAfter)
	if err := d.confirm(ctx, w); err != nil {
		t.Fatal(err)
	}
	if units := s.units(); units != "" {
		t.Errorf("after confirm: %s", units)
	}
	// A timer that begins later and lasts as long is beyond the deadline.
	beyond := strconv.Itoa(int(undoAfter/time.Second) + 1)
	s.in("systemd-run", "--quiet", "--collect", "--on-active="+beyond, "--timer-property=AccuracySec=1s", "--unit=beyond", "/bin/sh", "-c", "echo >/run/beyond")
	if err := d.save(ctx, w); err != nil {
		t.Fatal(err)
	}
	waitFor(t, 2*time.Minute, "the deadline is over", func() bool { return s.in("sh", "-c", "ls /run/beyond 2>/dev/null; true") != "" })
	s.only(w, "saved")
	if !s.changed() || !strings.Contains(s.startup(), "set local-preference 150") {
		t.Error("what was confirmed was undone")
	}
}

// A confirmation that is killed before it has stopped the timer is one: the timer finds
// nothing to undo, and the failure of its service is forgotten, too.
func TestFRRSystemdLate(t *testing.T) {
	t.Parallel()
	s := newSystemdEdge(t)
	d, _, _ := s.login()
	w := s.armAndApply(d, "r1", undoAfter)
	s.in("mv", "/run/ercfg/r1/armed", "/run/ercfg/r1/confirmed")
	if s.units() == "" {
		t.Fatal("there is no timer to be late")
	}
	waitFor(t, 2*time.Minute, "the late timer is gone", func() bool { return s.units() == "" })
	if !s.changed() {
		t.Error("what was confirmed was undone")
	}
	if err := d.save(t.Context(), w); err != nil {
		t.Error(err)
	}
	s.only(w, "saved")
}

// Where systemd gives no timer nothing is armed, and nothing is left of the attempt.
func TestFRRSystemdRefuses(t *testing.T) {
	t.Parallel()
	s := newSystemdEdge(t)
	d, _, _ := s.login()
	for i, f := range []struct{ name, begin, end, says string }{
		{"systemd-run fails", "mount --bind /run/systemd/transient /run/systemd/transient; mount -o remount,bind,ro /run/systemd/transient",
			"umount /run/systemd/transient", "systemd-run gives no timer"},
		{"the timer does not become active", "mkdir /run/systemd/system/ercfg-undo-.timer.d; printf '[Unit]\nConditionPathExists=/never\n' >/run/systemd/system/ercfg-undo-.timer.d/never.conf",
			"rm -r /run/systemd/system/ercfg-undo-.timer.d", "the timer of systemd does not run"},
		{"systemctl does not tell", `cp /usr/bin/systemctl /run/real; printf '#!/bin/sh\n[ "$1" != is-active ] || exit 3\nexec /run/real "$@"\n' >/run/fake; chmod +x /run/fake; mount --bind /run/fake /usr/bin/systemctl`,
			"umount /usr/bin/systemctl", "the timer of systemd does not run"},
	} {
		s.in("sh", "-ec", f.begin)
		err := d.arm(t.Context(), &work{run: "r" + strconv.Itoa(i), revert: 5 * time.Minute})
		s.in("sh", "-ec", f.end)
		if e, ok := errors.AsType[*frrError](err); !ok || e.code != frrNoTimer || !strings.Contains(e.said, f.says) {
			t.Errorf("%s: %v", f.name, err)
		}
		if left, units := s.left(), s.units(); left != "" || units != "" {
			t.Errorf("%s: left is %q, units %q", f.name, left, units)
		}
	}
	// The router is free for the next run; also a container in which /proc/uptime counts from
	// its own start (lxcfs), but systemd does not.
	s.in("sh", "-ec", `echo "$(($(cut -d. -f1 /proc/uptime) - 20)).00 7.00" >/run/uptime; mount --bind /run/uptime /proc/uptime`)
	w := s.armAndApply(d, "r9", 5*time.Minute)
	if err := d.revert(t.Context(), w); err != nil {
		t.Fatal(err)
	}
	s.only(w, "reverted")
}
