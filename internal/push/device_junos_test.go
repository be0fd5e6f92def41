package push

import (
	"errors"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ercfg/ercfg/internal/confdiff"
	"github.com/ercfg/ercfg/internal/push/emulator"
)

func TestJunosCommit(t *testing.T) {
	t.Parallel()
	// As a router with Junos 23.2 prints it; see the comment of readJunosCommit.
	waiting := "0   2026-11-27 03:46:00 UTC by netops via cli commit confirmed, rollback in 5mins\n    ercfg 20261127-034512-k3f9 CHG1\n    rollback pending\n" +
		"1   2026-11-20 10:00:00 UTC by alice via cli commit confirmed, rollback in 10mins\n    ercfg 20261120-095912-aaaa CHG0\n"
	at := func(clock string) string {
		return "Current time: 2026-11-27 " + clock + " UTC\nSystem booted: 2026-01-01 00:00:00 UTC (47w1d 03:47 ago)\n"
	}
	for _, c := range []struct {
		name, text, uptime string
		marks              bool
		by, run            string
		waits              bool
		left               time.Duration
		fault              string
	}{
		{name: "waits", text: waiting, uptime: at("03:47:00"), by: "netops", run: "20261127-034512-k3f9", waits: true, left: 4 * time.Minute},
		{name: "overdue and still marked", text: waiting, uptime: at("04:47:00"), by: "netops", run: "20261127-034512-k3f9", waits: true},
		{name: "older release, in time", text: strings.Replace(waiting, "    rollback pending\n", "", 1), uptime: at("03:50:59"), by: "netops", run: "20261127-034512-k3f9", waits: true, left: time.Second},
		{name: "older release, a little late", text: strings.Replace(waiting, "    rollback pending\n", "", 1), uptime: at("03:51:30"), by: "netops", run: "20261127-034512-k3f9", waits: true},
		{name: "release that marks, and no mark", marks: true, text: strings.Replace(waiting, "    rollback pending\n", "", 1), uptime: at("03:47:00"), by: "netops", run: "20261127-034512-k3f9"},
		{name: "confirmed long ago", text: strings.Replace(waiting, "    rollback pending\n", "", 1), uptime: at("04:51:00"), by: "netops", run: "20261127-034512-k3f9"},
		{name: "another zone", text: waiting, uptime: "Current time: 2026-11-27 04:47:00 CET\n", by: "netops", run: "20261127-034512-k3f9", waits: true, left: 5 * time.Minute},
		{name: "no clock", text: waiting, by: "netops", run: "20261127-034512-k3f9", waits: true, left: 5 * time.Minute},
		{name: "only an older one was confirmed so", text: "0   2026-11-27 03:50:00 UTC by netops via cli\n    ercfg 20261127-034512-k3f9 confirmed\n" + strings.Replace(waiting, "0  ", "1  ", 1), uptime: at("03:51:00"), by: "netops", run: "20261127-034512-k3f9"},
		{name: "undone", text: "0   2026-11-27 03:51:00 UTC by root via other\n", uptime: at("03:52:00"), by: "root"},
		{name: "somebody else's, without a comment", text: "0   2026-11-27 03:46:00 UTC by alice via netconf commit confirmed, rollback in 10mins\n", uptime: at("03:47:00"), by: "alice", waits: true, left: 9 * time.Minute},
		{name: "comment behind the method", text: "0   2026-11-27 03:46:00 UTC by netops via cli commit confirmed, rollback in 5mins ercfg r-1 CHG1\n", uptime: at("03:47:00"), by: "netops", run: "r-1", waits: true, left: 4 * time.Minute},
		{name: "two routing engines", text: "{master:0}\n" + waiting, uptime: "{master:0}\n" + at("03:47:00"), by: "netops", run: "20261127-034512-k3f9", waits: true, left: 4 * time.Minute},
		{name: "to be committed later", text: "commit requested by alice via cli at Tue May  7 15:59:00 2027\n0   2026-11-27 03:46:00 UTC by netops via cli\n", by: "alice", waits: true},
		{name: "begins late", text: "1   2026-11-20 10:00:00 UTC by alice via cli\n", fault: "begins with entry 1"},
		{name: "refused", text: "error: permission denied\n", fault: "nobody can read"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := readJunosCommit(c.text)
			if text := errorText(err); !strings.Contains(text, c.fault) || (text == "") != (c.fault == "") {
				t.Fatalf("error %q, want %q", text, c.fault)
			}
			if err != nil {
				return
			}
			waits, left := got.waits(c.uptime, c.marks)
			if got.by != c.by || got.run != c.run || waits != c.waits || left != c.left {
				t.Errorf("by %q run %q waits %t left %s; want %q %q %t %s", got.by, got.run, waits, left, c.by, c.run, c.waits, c.left)
			}
		})
	}
}

func TestJunosWarning(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, text, want string }{
		{"none", "\n[edit]\n", ""},
		{"warning", "warning: statement not found\n\n[edit]\n", "warning: statement not found"},
		{"harmless", "warning: uncommitted changes will be discarded on exit\nEntering configuration mode\n", ""},
		{"license", "warning: requires 'bgp' license\nconfiguration check succeeds\n", ""},
		{"one behind a harmless one", "warning: requires 'bgp' license\n  warning: something new\n", "warning: something new"},
		{"a difference that has the word", "[edit]\n+  description \"warning: none\";\n", ""},
	} {
		if got := junosWarning(c.text); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestJunosLines(t *testing.T) {
	t.Parallel()
	text := "{master:0}\n[edit protocols bgp group x]\n  'neighbor 192.0.2.1'\n      ^\nerror: configuration check-out failed\n\n# commit confirmed will be rolled back in 4 minutes\n[edit]\n"
	want := "[edit protocols bgp group x] / 'neighbor 192.0.2.1' / error: configuration check-out failed"
	if got := strings.Join(junosLines(text), " / "); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestJunosVersion(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, text, want string }{
		{"own line", "Hostname: ce1\nModel: vsrx\nJunos: 21.4R3.15\nJUNOS OS Kernel 64-bit [20221215.abc]\n", "Junos 21.4R3.15"},
		{"package", "Hostname: ce1\nModel: mx240\nJUNOS Base OS boot [12.3R12.4]\n", "Junos 12.3R12.4"},
		{"another system", "Arista vEOS\n", ""},
	} {
		got, err := junosVersion(c.text)
		if got != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%s: %q, %v; want %q", c.name, got, err, c.want)
		}
	}
}

func TestJunosComment(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, text, want string }{
		{"plain", "r-1 CHG0012345", "ercfg r-1 CHG0012345"},
		{"no ticket", "r-1 ", "ercfg r-1"},
		{"what would end it", "r-1 a\"; commit\x03 b|c?\\", "ercfg r-1 a_; commit_ b_c__"},
		{"long", "r-1 " + strings.Repeat("x", 200), "ercfg r-1 " + strings.Repeat("x", 90)},
		{"not of the terminal's alphabet", "r-1 é", "ercfg r-1 _"},
	} {
		if got := junosComment(c.text); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// What can be read back is a secret, and not ours to mask by its value.
func TestHideEncoded(t *testing.T) {
	t.Parallel()
	got := hideEncoded(`+ authentication-key "$9$Ab.-cd/ef"; ## SECRET-DATA` + "\n" + `- encrypted-password "$6$salt$hash";`)
	want := `+ authentication-key "<secret>"; ## SECRET-DATA` + "\n" + `- encrypted-password "<secret>";`
	if got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

// A dry run asks the router's opinion on a private candidate, of which nothing is left.
func TestEmulatedJunosDryRun(t *testing.T) {
	t.Parallel()
	e := emulate(t, confdiff.Junos, emulator.Options{})
	d := e.open()
	_, err := d.read(t.Context())
	e.must("read", err)
	_, err = d.facts(t.Context(), Question{Neighbors: []Neighbor{{Addr: netip.MustParseAddr("172.16.0.2")}}})
	e.must("facts", err)
	if typed := e.configures(); len(typed) > 0 {
		t.Errorf("reading configures: %q", typed)
	}
	lines, err := d.opinion(t.Context(), e.work)
	e.must("opinion", err)
	all := strings.Join(lines, "\n")
	for _, want := range []string{"172.20.0.0/14", "primary MSEE", "configuration check succeeds"} {
		if !strings.Contains(all, want) {
			t.Errorf("the opinion has no %q:\n%s", want, all)
		}
	}
	for _, line := range e.Log() {
		if _, typed, _ := strings.Cut(line, ": "); strings.HasPrefix(typed, "commit") && typed != "commit check" || typed == "configure" || typed == "configure exclusive" {
			t.Errorf("a dry run types %q", line)
		}
	}
	e.waits(d, false)
	e.holds(d, e.have)
	// Nothing is left for the next one: the candidate is clean.
	e.must("arm", e.open().arm(t.Context(), e.work))
}

// The opinion names a line that the router refuses, and leaves nothing either.
func TestEmulatedJunosOpinionRefused(t *testing.T) {
	t.Parallel()
	e := emulate(t, confdiff.Junos, emulator.Options{})
	d := e.open()
	wrong := *e.work
	wrong.commands = append(slices.Clone(wrong.commands), "set protocols bgp group MSEE neighbour 172.16.0.6")
	_, err := d.opinion(t.Context(), &wrong)
	if refused, ok := errors.AsType[*RefusedError](err); !ok || refused.Line != wrong.commands[len(wrong.commands)-1] {
		t.Errorf("opinion: %v", err)
	}
	e.holds(d, e.have)
	e.must("arm", d.arm(t.Context(), e.work))
}

// A commit check would confirm a change that waits.
func TestEmulatedJunosOpinionWhileAnotherWaits(t *testing.T) {
	t.Parallel()
	e := emulate(t, confdiff.Junos, emulator.Options{Faults: emulator.Faults{ForeignPending: "alice"}})
	d := e.open()
	lines, err := d.opinion(t.Context(), e.work)
	if err != nil || !strings.Contains(strings.Join(lines, "\n"), "it would confirm the change of alice") {
		t.Errorf("opinion: %q, %v", lines, err)
	}
	if p := e.waits(d, true); p.by != "alice" {
		t.Errorf("pending %+v", p)
	}
}

func TestEmulatedJunosForeignLock(t *testing.T) {
	t.Parallel()
	e := emulate(t, confdiff.Junos, emulator.Options{Faults: emulator.Faults{ForeignLock: "alice"}})
	d := e.open()
	_, err := d.read(t.Context())
	e.must("read", err)
	if err := d.arm(t.Context(), e.work); !errors.Is(err, errForeign) || !strings.Contains(err.Error(), "alice") {
		t.Errorf("arm: %v", err)
	}
	e.holds(d, e.have)
}

// What somebody has left in the shared candidate is named, and stays.
func TestEmulatedJunosDirtyCandidate(t *testing.T) {
	t.Parallel()
	e := emulate(t, confdiff.Junos, emulator.Options{})
	other, ok := e.open().(*junos)
	if !ok {
		t.Fatal("no Junos")
	}
	for _, line := range []string{"configure", "set system host-name other"} {
		_, err := other.ask(t.Context(), line)
		e.must(line, err)
	}
	d := e.open()
	err := d.arm(t.Context(), e.work)
	if !errors.Is(err, errForeign) || !strings.Contains(err.Error(), "host-name other") {
		t.Errorf("arm: %v", err)
	}
	if _, err := d.opinion(t.Context(), e.work); !errors.Is(err, errForeign) {
		t.Errorf("opinion: %v", err)
	}
	theirs, err := other.differences(t.Context())
	if err != nil || !strings.Contains(strings.Join(theirs, "\n"), "host-name other") {
		t.Errorf("the other's changes are gone: %q, %v", theirs, err)
	}
	e.holds(d, e.have)
}

// Only what the check takes is committed, and the router's words come back.
func TestEmulatedJunosCommitRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, line, answer, want string }{
		{"check", "commit check", "[edit protocols bgp group MSEE]\n  'neighbor 172.16.0.2'\n    no good\nerror: configuration check-out failed\n", "no good"},
		{"check without success", "commit check", "\n", "commit check"},
		{"warning", "commit check", "warning: something new\nconfiguration check succeeds\n", "something new"},
		{"commit", "commit confirmed", "error: commit failed: (statements constraint check failed)\n", "commit failed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			e := emulate(t, confdiff.Junos, emulator.Options{Faults: emulator.Faults{RefuseLine: func(typed string) string {
				if strings.HasPrefix(typed, c.line) {
					return c.answer
				}
				return ""
			}}})
			d := e.open()
			e.must("arm", d.arm(t.Context(), e.work))
			_, err := e.apply(t.Context(), d)
			if _, ok := errors.AsType[*RefusedError](err); !ok || !strings.Contains(err.Error(), c.want) {
				t.Errorf("apply: %v", err)
			}
			e.must("revert", d.revert(t.Context(), e.work))
			e.waits(d, false)
			e.holds(d, e.have)
		})
	}
}

// A commit may take longer than other answers do.
func TestEmulatedJunosSlowCommit(t *testing.T) {
	t.Parallel()
	e := emulate(t, confdiff.Junos, emulator.Options{Faults: emulator.Faults{Slow: func(line string) time.Duration {
		if strings.HasPrefix(line, "commit confirmed") {
			return 6 * time.Second
		}
		return 0
	}}})
	e.target.Timeout = 4 * time.Second
	d := e.open()
	e.must("arm", d.arm(t.Context(), e.work))
	_, err := e.apply(t.Context(), d)
	e.must("apply", err)
	e.must("confirm", d.confirm(t.Context(), e.work))
	e.holds(d, e.want)
}

// While a change waits for its confirmation Junos says so above every prompt, in
// operational mode, too. It is none of the answer.
func TestEmulatedJunosReadsWhileItWaits(t *testing.T) {
	t.Parallel()
	e := emulate(t, confdiff.Junos, emulator.Options{})
	d := e.open()
	e.must("arm", d.arm(t.Context(), e.work))
	_, err := e.apply(t.Context(), d)
	e.must("apply", err)
	n := Neighbor{Addr: netip.MustParseAddr("172.16.0.2")}
	f, err := d.facts(t.Context(), Question{Neighbors: []Neighbor{n}})
	e.must("facts", err)
	if f.Peer(n) == nil {
		t.Errorf("no session: %+v", f)
	}
	text, err := d.running(t.Context())
	e.must("running", err)
	if strings.Contains(string(text), "commit confirmed") {
		t.Errorf("the configuration has the reminder:\n%s", text)
	}
	e.waits(d, true)
}

// A commit that warns is done, and its session lives: nobody has to ask what became of it.
func TestEmulatedJunosCommitWarns(t *testing.T) {
	t.Parallel()
	const warning = "warning: graceful-switchover is enabled, commit synchronize should be used"
	e := emulate(t, confdiff.Junos, emulator.Options{Faults: emulator.Faults{Syslog: func(typed string) string {
		if strings.HasPrefix(typed, "commit confirmed") {
			return warning
		}
		return ""
	}}})
	d := e.open()
	e.must("arm", d.arm(t.Context(), e.work))
	_, err := e.apply(t.Context(), d)
	if err == nil || errors.Is(err, errLost) || !strings.Contains(err.Error(), "has committed, and warns: ") || !strings.Contains(err.Error(), warning) {
		t.Errorf("apply: %v", err)
	}
	e.must("revert", d.revert(t.Context(), e.work))
	e.waits(d, false)
	e.holds(d, e.have)
}
