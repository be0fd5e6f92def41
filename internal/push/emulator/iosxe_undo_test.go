package emulator

import (
	"strings"
	"testing"
	"time"
)

const shortMinute = 2 * time.Second

// TestUndoExpires lets a change lapse, with somebody connected and with nobody:
// the configuration is the one from before, and nothing is pending.
func TestUndoExpires(t *testing.T) {
	t.Parallel()
	for name, leave := range map[string]func(*Router, *typist){
		"connected": func(*Router, *typist) {},
		"closed":    func(_ *Router, p *typist) { p.client.Close() },
		"cut":       func(r *Router, _ *typist) { r.Cut() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := start(t, Options{Platform: IOSXE, Name: "r", Minute: shortMinute})
			before := r.Running()
			p := login(t, r)
			if answer := p.do("configure terminal revert timer 2"); !strings.HasPrefix(answer, "Rollback Confirmed Change: Backing up current running config to flash:archive-") || !strings.HasSuffix(answer, "-0\n\nEnter configuration commands, one per line.  End with CNTL/Z.\n") {
				t.Errorf("arming is answered %q", answer)
			}
			p.all("interface Loopback7", "description new")
			if r.Running() == before {
				t.Fatal("the change is not in the configuration")
			}
			leave(r, p)
			eventually(t, "the configuration from before", func() bool { return r.Running() == before })
			if name == "connected" {
				p.until(func(screen string) bool {
					return strings.Contains(screen, "Rollback will begin in one minute") && strings.Contains(screen, "rolling to:flash:archive-") && strings.Contains(screen, "Rollback Done")
				})
			}
			r.Heal()
			if answer := login(t, r).do("show archive config rollback timer"); answer != iosxeNoUndo {
				t.Errorf("after the rollback there is still pending: %q", answer)
			}
		})
	}
}

// TestUndoConfirmed keeps a confirmed change beyond the time of the undo.
func TestUndoConfirmed(t *testing.T) {
	t.Parallel()
	r := start(t, Options{Platform: IOSXE, Name: "r", Minute: shortMinute})
	p := login(t, r)
	p.all("configure terminal revert timer 2", "interface Loopback7", "end", "configure confirm")
	kept := r.Running()
	time.Sleep(3 * shortMinute) // the undo would have ended after two
	if r.Running() != kept || !strings.Contains(kept, "Loopback7") {
		t.Error("a confirmed change is undone")
	}
	for _, line := range []string{"configure confirm", "configure revert now", "configure revert timer 5"} {
		if answer := p.do(line); answer != iosxeNoUndo {
			t.Errorf("%q without a pending change is answered %q", line, answer)
		}
	}
}

// TestUndoNow takes a change back at once, from another session too, and a timer
// that is set anew counts from then.
func TestUndoNow(t *testing.T) {
	t.Parallel()
	clock := func() time.Time { return time.Date(2026, 2, 21, 22, 50, 48, 0, time.UTC) }
	r := start(t, Options{Platform: IOSXE, Name: "r", Minute: shortMinute, Clock: clock})
	before := r.Running()
	p := login(t, r)
	p.all("configure terminal revert timer 2", "interface Loopback7", "end", "configure revert timer 90")
	other := login(t, r)
	if got, want := other.do("show archive config rollback timer"), "Time configured(or reconfigured): 22:50:48 UTC Sat Feb 21 2026\nTimer type: absolute timer\nTimer value: 90 min\nUser: netops\n"; got != want {
		t.Errorf("the timer is shown as %q, not %q", got, want)
	}
	if answer := other.do("configure terminal revert timer 5"); answer != iosxeUndoPending {
		t.Errorf("a second undo is answered %q", answer)
	}
	time.Sleep(3 * shortMinute) // the first timer would have ended after two
	if r.Running() == before {
		t.Fatal("the first timer goes on")
	}
	if answer := other.do("configure revert now"); !strings.Contains(answer, "rolling to:flash:archive-Feb-21-22-50-48.000-0\n") || !strings.Contains(answer, "Rollback Done") {
		t.Errorf("the revert is answered %q", answer)
	}
	if r.Running() != before {
		t.Errorf("after the revert:\n%s", r.Running())
	}
	if answer := p.do("show archive"); !strings.Contains(answer, "named flash:archive-<timestamp>-1\n") || !strings.Contains(answer, "flash:archive-Feb-21-22-50-48.000-0 <- Most Recent\n") {
		t.Errorf("the archive is shown as %q", answer)
	}
}

// TestUndoIdle counts from the last line: typing keeps the change, silence does
// not.
func TestUndoIdle(t *testing.T) {
	t.Parallel()
	r := start(t, Options{Platform: IOSXE, Name: "r", Minute: shortMinute})
	before := r.Running()
	p := login(t, r)
	p.all("configure terminal revert timer idle 2", "interface Loopback7")
	for range 6 { // three minutes in all
		time.Sleep(shortMinute / 2)
		p.send("description busy\r")
	}
	if r.Running() == before {
		t.Error("the change is undone though somebody types")
	}
	eventually(t, "the configuration from before", func() bool { return r.Running() == before })
}

// TestUndoRefused cannot arm anything: no archive, no room, a lock.
func TestUndoRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		faults Faults
		answer string
	}{
		"no archive": {Faults{NoArchive: true}, iosxeArchiveOff},
		"disk full":  {Faults{DiskFull: true}, iosxeNoSpace},
		"lock":       {Faults{ForeignLock: "alice"}, " Configuration mode locked exclusively by user 'alice' process '88' from terminal '2'. Please try later.\n"},
		"pending":    {Faults{ForeignPending: "alice"}, iosxeUndoPending},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := login(t, start(t, Options{Platform: IOSXE, Name: "r", Faults: c.faults}))
			if answer := p.do("configure terminal revert timer 5"); answer != c.answer || p.last != "r#" {
				t.Errorf("answered %q, then %q", answer, p.last)
			}
			timer := p.do("show archive config rollback timer")
			if want := c.faults.ForeignPending != ""; strings.Contains(timer, "User: alice\n") != want {
				t.Errorf("the timer is shown as %q", timer)
			}
		})
	}
	p := login(t, start(t, Options{Platform: IOSXE, Faults: Faults{NoArchive: true}}))
	if answer := p.do("show archive"); answer != " Archive feature not enabled\n" {
		t.Errorf("without an archive it is shown as %q", answer)
	}
}

// TestSave writes the startup configuration, as far as there is room, and asks as
// much as file prompt wants.
func TestSave(t *testing.T) {
	t.Parallel()
	const ok = "Building configuration...\n[OK]\n"
	change := []string{"configure terminal", "interface Loopback7", "end"}
	for name, c := range map[string]struct {
		faults Faults
		typed  []string
		answer string
		saved  bool
	}{
		"write":       {Faults{}, []string{"write memory"}, ok, true},
		"short":       {Faults{}, []string{"wr"}, ok, true},
		"copy":        {Faults{}, []string{"copy run start", ""}, ok, true},
		"quiet copy":  {Faults{FilePrompt: "quiet"}, []string{"copy running-config startup-config"}, ok, true},
		"noisy write": {Faults{FilePrompt: "noisy"}, []string{"write memory", ""}, ok, true},
		"full":        {Faults{DiskFull: true}, []string{"write memory"}, "Building configuration...\nstartup-config file open failed (No space left on device)\n", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := start(t, Options{Platform: IOSXE, Name: "r", Faults: c.faults})
			p := login(t, r)
			p.all(change...)
			answer := ""
			for _, line := range c.typed {
				answer = p.do(line)
			}
			if answer != c.answer || p.last != "r#" {
				t.Errorf("answered %q, then %q", answer, p.last)
			}
			if saved := r.Startup() == r.Running(); saved != c.saved {
				t.Errorf("the startup configuration is the running one: %v", saved)
			}
			if shown := p.do("show startup-config"); !strings.Contains(shown, r.Startup()) {
				t.Errorf("the startup configuration is shown as\n%s", shown)
			}
		})
	}
}

// TestFiles copies the configuration into a file, and is asked before a file is
// lost.
func TestFiles(t *testing.T) {
	t.Parallel()
	r := start(t, Options{Platform: IOSXE, Name: "r"})
	p := login(t, r)
	if p.do("copy running-config flash:before.cfg"); p.last != "Destination filename [before.cfg]? " {
		t.Fatalf("the question is %q", p.last)
	}
	if answer := p.do(""); !strings.Contains(answer, " bytes copied in ") {
		t.Errorf("the copy is answered %q", answer)
	}
	p.do("copy running-config flash:before.cfg")
	if p.do(""); !strings.Contains(p.last, "over write? [confirm]") {
		t.Errorf("before a file is overwritten, the question is %q", p.last)
	}
	p.do("")
	if answer := p.do("dir flash:"); !strings.Contains(answer, "before.cfg\n") || !strings.Contains(answer, " bytes total (") {
		t.Errorf("the files are shown as %q", answer)
	}
	p.do("delete flash:before.cfg")
	p.do("")
	p.do("")
	if answer := p.do("dir flash:"); strings.Contains(answer, "before.cfg") {
		t.Errorf("a deleted file is shown: %q", answer)
	}
	full := login(t, start(t, Options{Platform: IOSXE, Faults: Faults{DiskFull: true}}))
	if answer := full.do("dir flash: | include bytes"); !strings.Contains(answer, "(0 bytes free)") {
		t.Errorf("a full disk is shown as %q", answer)
	}
}
