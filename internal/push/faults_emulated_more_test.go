package push

import (
	"strings"
	"testing"
	"time"

	"github.com/ercfg/ercfg/internal/confdiff"
	"github.com/ercfg/ercfg/internal/push/emulator"
)

// An emulatedSpecial is a fault of an emulated router that has one moment of its own.
type emulatedSpecial struct {
	platform string // empty: both
	name     string
	code     int
	says     string // what the push has to say
	end      string
	router   func(o *emulator.Options)
	change   func(e *emulated, o *order)
	at       func(e *emulated, ev Event)
}

func emulatedSpecials() []emulatedSpecial {
	refuse := func(begin, answer string) func(*emulator.Options) {
		return func(o *emulator.Options) {
			patiently(o)
			o.Faults.RefuseLine = func(line string) string {
				if strings.HasPrefix(line, begin) {
					return answer
				}
				return ""
			}
		}
	}
	return []emulatedSpecial{
		{name: "a change that breaks the preference, sessions up", code: 4, end: "old", says: "local-preference", router: patiently,
			change: func(e *emulated, o *order) {
				o.TestFor = 11 * time.Second
				o.Doctor = []string{"match ip address prefix-list LAB-EDGE-ER-LAB-VNETS-LP200-V4\n set local-preference 200", "match ip address prefix-list LAB-EDGE-ER-LAB-VNETS-LP200-V4\n set local-preference 90",
					"then local-preference 200", "then local-preference 90"}
			}},
		{platform: confdiff.IOSXE, name: "a line that the router does not take", code: 4, end: "old", says: "% Invalid input",
			router: refuse("description", "                ^\n% Invalid input detected at '^' marker.\n\n")},
		{platform: confdiff.Junos, name: "a line that the router does not take", code: 4, end: "old", says: "syntax error",
			router: refuse("set interfaces", "                ^\nsyntax error.\n")},
		{platform: confdiff.IOSXE, name: "typing that takes longer than the undo waits", code: 4, end: "old", says: "takes longer than the undo waits",
			change: func(e *emulated, o *order) { o.Undo, o.TestFor = e.options.Minute, e.options.Minute/2 },
			router: func(o *emulator.Options) {
				o.Faults.Slow = func(line string) time.Duration {
					if strings.HasPrefix(line, "interface") || strings.HasPrefix(line, "description") {
						return 5 * time.Second
					}
					return 0
				}
			}},
		{platform: confdiff.Junos, name: "a commit check that fails", code: 4, end: "old", says: "configuration check-out failed",
			router: refuse("commit check", "error: configuration check-out failed\n")},
		{name: "somebody else's change waits for its confirmation", code: 3, end: "old", says: "alice",
			router: func(o *emulator.Options) { o.Faults.ForeignPending = "alice"; o.Minute = 0 }},
		{platform: confdiff.Junos, name: "somebody else holds the configuration", code: 3, end: "old", says: "alice",
			router: func(o *emulator.Options) { o.Faults.ForeignLock = "alice" }},
		{platform: confdiff.Junos, name: "somebody else's edits are in the candidate", code: 3, end: "old", says: "alice",
			at: func(e *emulated, ev Event) {
				if ev.Phase == Arm {
					if err := e.Uncommitted("alice", "set system host-name other"); err != nil {
						e.t.Error(err)
					}
				}
			}},
		{platform: confdiff.IOSXE, name: "the archive is not configured", code: 3, end: "old", says: "archive",
			router: func(o *emulator.Options) { o.Faults.NoArchive = true }},
		{platform: confdiff.IOSXE, name: "the user has privilege level 1", code: 3, end: "old", says: "privilege",
			router: func(o *emulator.Options) { o.Faults.Privilege = 1 }},
		{platform: confdiff.IOSXE, name: "the router's disk is full", code: 3, end: "old", says: "",
			at: func(e *emulated, ev Event) {
				if ev.Phase == Arm {
					e.FillDisk(true)
				}
			}},
		{platform: confdiff.IOSXE, name: "the router's disk fills up after the confirmation", code: 5, end: "new", says: "not saved", router: patiently,
			at: func(e *emulated, ev Event) {
				if ev.Phase == Save {
					e.FillDisk(true)
				}
			}},
		{name: "the password is wrong", code: 3, end: "old", says: "does not let netops in",
			change: func(_ *emulated, o *order) { o.Targets[0].Password = "wrong" }},
		{name: "output in pieces, a pager, the log in between", code: 0, end: "new", says: "changed",
			router: func(o *emulator.Options) {
				patiently(o)
				o.Faults.SplitOutput, o.Faults.Paging = true, true
				if o.Platform == emulator.IOSXE {
					o.Faults.Syslog = func(line string) string {
						if strings.HasPrefix(line, "router bgp") || strings.HasPrefix(line, "interface") {
							return "*Nov 27 04:12:01.123: %SYS-5-CONFIG_I: Configured from console by netops on vty0 (192.0.2.9)"
						}
						return ""
					}
				}
			}},
	}
}

// fileRune makes a name of a file from one of a test.
func fileRune(r rune) rune {
	switch r {
	case ' ':
		return '-'
	case ',', '\'', ':':
		return -1
	}
	return r
}

// The faults of the world around a push to a router that is emulated.
func TestEmulatedSpecialFaults(t *testing.T) {
	t.Parallel()
	for _, platform := range []string{confdiff.IOSXE, confdiff.Junos} {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			var b table
			t.Run("faults", func(t *testing.T) {
				for i, f := range append(emulatedSpecials(), proofSpecials()...) {
					if f.platform != "" && f.platform != platform {
						continue
					}
					t.Run(f.name, func(t *testing.T) {
						t.Parallel()
						e := newEmulated(t, platform, f.router)
						o := e.order()
						if f.change != nil {
							f.change(e, &o)
						}
						r := runChild(t, o, nil, func(ev Event, _ func()) {
							if f.at != nil {
								f.at(e, ev)
							}
						})
						running, startup := e.has()
						if running != f.end {
							t.Errorf("the router has not the %s configuration but:\n%s", f.end, running)
						}
						if r.code != f.code || !strings.Contains(r.said, f.says) {
							t.Errorf("exit code %d, wanted %d and %q:\n%s", r.code, f.code, f.says, r.said)
						}
						// A wrong password sends nothing, and where time decides it is another line each time.
						if o.Targets[0].Password == emulatedPassword && !strings.Contains(f.name, "takes longer") {
							sentGolden(t, o, platform, strings.Map(fileRune, f.name))
						}
						b.add(cell{rank: 100 + i, platform: e.platform(), fault: f.name, end: endText(running, startup), code: codeText(r.code)})
					})
				}
			})
			b.compare(t, platform+"-special")
		})
	}
}
