package push

import (
	"context"
	"errors"
	"net"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/ercfg/ercfg/internal/confdiff"
	"github.com/ercfg/ercfg/internal/push/emulator"
	"github.com/ercfg/ercfg/internal/secret"
)

// An emulation is a router that imitates a platform, and a change for it.
type emulation struct {
	*emulator.Router
	t      *testing.T
	target Target
	work   *work
	have   confdiff.Config
	want   confdiff.Config
}

// emulate starts a router with a session to an MSEE, and a change of its prefix list
// and of its description. A minute of its undo takes as long as o says.
func emulate(t *testing.T, platform string, o emulator.Options) *emulation {
	t.Helper()
	e := &emulation{t: t, work: &work{run: "20261127-034512-k3f9", revert: 5 * time.Minute, ticket: "CHG0012345"}}
	o.Platform, o.Name, o.User, o.Password = platform, "ce1", "netops", "correct-horse"
	switch platform {
	case confdiff.IOSXE:
		o.Running = iosxeBefore
		e.work.commands = []string{"ip prefix-list VNETS seq 10 permit 172.20.0.0/14", "router bgp 65010", " neighbor 172.16.0.2 description primary MSEE", "exit"}
		e.work.operational = []string{"clear ip bgp 172.16.0.2 soft in"}
	case confdiff.Junos:
		o.Running = junosBefore
		e.work.commands = []string{"delete policy-options prefix-list VNETS 10.40.0.0/16", "set policy-options prefix-list VNETS 172.20.0.0/14", `set protocols bgp group MSEE neighbor 172.16.0.2 description "primary MSEE"`}
	}
	var err error
	if e.Router, err = emulator.Start(o); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	host, port, err := net.SplitHostPort(e.Addr())
	if err != nil {
		t.Fatal(err)
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	e.target = Target{
		Router: "ce1", Platform: platform, Host: host, Port: number, User: "netops", Password: secret.NewValue("correct-horse"),
		KnownHosts: []string{filepath.Join(t.TempDir(), "known_hosts")}, TrustNew: true, Timeout: 3 * patience,
	}
	if e.have, err = confdiff.Read(platform, []byte(e.Running())); err != nil {
		t.Fatal(err)
	}
	if e.want, err = confdiff.Apply(e.have, e.work.commands); err != nil {
		t.Fatal(err)
	}
	return e
}

const iosxeBefore = `hostname ce1
!
interface Loopback0
 ip address 10.0.0.1 255.255.255.255
!
router bgp 65010
 bgp log-neighbor-changes
 no bgp default ipv4-unicast
 neighbor 172.16.0.2 remote-as 12076
 neighbor 172.16.0.2 description MSEE
 !
 address-family ipv4
  neighbor 172.16.0.2 activate
 exit-address-family
!
ip prefix-list VNETS seq 5 permit 10.40.0.0/16
!
end
`

const junosBefore = `set interfaces lo0 unit 0 family inet address 10.0.0.1/32
set policy-options prefix-list VNETS 10.40.0.0/16
set policy-options prefix-list VNETS 10.41.0.0/16
set routing-options autonomous-system 65010
set protocols bgp group MSEE type external
set protocols bgp group MSEE neighbor 172.16.0.2 description MSEE
set protocols bgp group MSEE neighbor 172.16.0.2 peer-as 12076
`

// open opens a session; it ends with the test at the latest.
func (e *emulation) open() device {
	e.t.Helper()
	conn, err := Dial(e.t.Context(), e.target, nil)
	if err != nil {
		e.t.Fatal(err)
	}
	var d device
	if e.target.Platform == confdiff.IOSXE {
		d, err = newIOSXE(e.t.Context(), conn, "netops")
	} else {
		d, err = newJunos(e.t.Context(), conn, "netops")
	}
	if err != nil {
		e.t.Fatal(errors.Join(err, conn.Close()))
	}
	e.t.Cleanup(func() { _ = d.close() })
	return d
}

// must ends the test on an error.
func (e *emulation) must(what string, err error) {
	e.t.Helper()
	if err != nil {
		e.t.Fatalf("%s: %v\ntyped:\n%s", what, err, strings.Join(e.Log(), "\n"))
	}
}

// holds makes sure that the router, and the device that reads it, have c.
func (e *emulation) holds(d device, c confdiff.Config) {
	e.t.Helper()
	text, err := d.running(e.t.Context())
	e.must("running", err)
	for who, text := range map[string]string{"device": string(text), "router": e.Running()} {
		apart, err := e.apart(text, c)
		if err != nil || len(apart) > 0 {
			e.t.Errorf("%s has another configuration: %v %v\n%s", who, err, apart, strings.Join(e.Log(), "\n"))
		}
	}
}

// apart compares without order: routers sort what is no policy.
func (e *emulation) apart(text string, c confdiff.Config) ([]string, error) {
	got, err := confdiff.Read(e.target.Platform, []byte(text))
	if err != nil {
		return nil, err
	}
	sorted := func(c confdiff.Config) confdiff.Config {
		c.Statements = slices.SortedFunc(slices.Values(c.Statements), func(a, b confdiff.Statement) int { return strings.Compare(a.Key(), b.Key()) })
		return c
	}
	return statementsApart(sorted(got), sorted(c)), nil
}

// waits makes sure that an undo is armed, or that none is.
func (e *emulation) waits(d device, want bool) *pending {
	e.t.Helper()
	p, err := d.pending(e.t.Context())
	e.must("pending", err)
	if (p != nil) != want {
		e.t.Fatalf("pending %+v, want one: %t\ntyped:\n%s", p, want, strings.Join(e.Log(), "\n"))
	}
	return p
}

// configures tells which lines were typed to come into a mode of configuration, or in
// it.
func (e *emulation) configures() []string {
	return slices.DeleteFunc(e.Log(), func(line string) bool {
		mode, typed, _ := strings.Cut(line, ": ")
		return mode == "exec" && !strings.HasPrefix(typed, "conf")
	})
}

func (e *emulation) apply(ctx context.Context, d device) (last int, err error) {
	err = d.apply(ctx, e.work, func(line int) { last = line })
	return last, err
}

// begins picks the line that a fault waits for, by how it begins.
func begins(with string) func(string) bool {
	return func(typed string) bool { return strings.HasPrefix(typed, with) }
}

var bothPlatforms = []string{confdiff.IOSXE, confdiff.Junos}

func TestEmulatedChange(t *testing.T) {
	t.Parallel()
	for _, platform := range bothPlatforms {
		for name, faults := range map[string]emulator.Faults{
			"well":         {},
			"in pieces":    {SplitOutput: true},
			"with a pager": {Paging: true},
			"noisy":        {FilePrompt: "noisy"},
			"quiet":        {FilePrompt: "quiet"},
			"log":          {Syslog: func(string) string { return "%BGP-5-ADJCHANGE: neighbor 192.0.2.9 Up" }},
		} {
			if platform == confdiff.Junos && (faults.FilePrompt != "" || faults.Syslog != nil) {
				continue
			}
			t.Run(platform+" "+name, func(t *testing.T) {
				t.Parallel()
				e := emulate(t, platform, emulator.Options{Faults: faults})
				d := e.open()
				s, err := d.read(t.Context())
				e.must("read", err)
				if s.version == "" || s.pending != nil || s.locked != "" || len(s.unsaved) > 0 {
					t.Errorf("standing %+v, pending %+v", s, s.pending)
				}
				e.holds(d, e.have)
				if typed := e.configures(); len(typed) > 0 {
					t.Errorf("reading configures: %q", typed)
				}
				e.must("arm", d.arm(t.Context(), e.work))
				if platform == confdiff.IOSXE {
					e.waits(d, true)
				}
				last, err := e.apply(t.Context(), d)
				e.must("apply", err)
				if last != len(e.work.commands) {
					t.Errorf("the last line was %d", last)
				}
				p := e.waits(d, true)
				if p.by != "netops" || p.left <= 4*time.Minute || p.left > 5*time.Minute {
					t.Errorf("pending %+v", p)
				}
				e.holds(d, e.want)
				e.must("confirm", d.confirm(t.Context(), e.work))
				e.waits(d, false)
				e.must("save", d.save(t.Context(), e.work))
				e.holds(d, e.want)
				if apart, err := e.apart(e.Startup(), e.want); err != nil || len(apart) > 0 {
					t.Errorf("startup configuration: %v %v", err, apart)
				}
				if s, err = d.read(t.Context()); err != nil || len(s.unsaved) > 0 {
					t.Errorf("read again: %+v, %v", s, err)
				}
			})
		}
	}
}

func TestEmulatedRevert(t *testing.T) {
	t.Parallel()
	for _, platform := range bothPlatforms {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			e := emulate(t, platform, emulator.Options{})
			d := e.open()
			e.must("arm", d.arm(t.Context(), e.work))
			_, err := e.apply(t.Context(), d)
			e.must("apply", err)
			e.holds(d, e.want)
			e.must("revert", d.revert(t.Context(), e.work))
			e.waits(d, false)
			e.holds(d, e.have)
			// Once more, there is nothing to do.
			e.must("revert", d.revert(t.Context(), e.work))
			e.holds(d, e.have)
		})
	}
}

// A refused line is named, whichever it is, and what came before it is taken back.
func TestEmulatedRefusedLine(t *testing.T) {
	t.Parallel()
	for _, platform := range bothPlatforms {
		for _, at := range []string{"first", "middle", "last"} {
			t.Run(platform+" "+at, func(t *testing.T) {
				t.Parallel()
				var line, answer string
				e := emulate(t, platform, emulator.Options{Faults: emulator.Faults{RefuseLine: func(typed string) string {
					if typed == strings.TrimSpace(line) {
						return answer
					}
					return ""
				}}})
				n := map[string]int{"first": 1, "middle": 2, "last": len(e.work.commands)}[at]
				line, answer = e.work.commands[n-1], "        ^\n% Invalid input detected at '^' marker.\n"
				if platform == confdiff.Junos {
					answer = "        ^\nsyntax error, expecting <statement>.\n"
				}
				d := e.open()
				e.must("arm", d.arm(t.Context(), e.work))
				last, err := e.apply(t.Context(), d)
				refused, ok := errors.AsType[*RefusedError](err)
				if !ok || refused.Line != line || last != n || errors.Is(err, errLost) {
					t.Fatalf("after line %d: %v; want that line %d is refused", last, err, n)
				}
				e.must("revert", d.revert(t.Context(), e.work))
				if m, ok := d.(interface{ configuring() bool }); !ok || m.configuring() {
					t.Error("after revert the session is still in configuration mode")
				}
				e.waits(d, false)
				e.holds(d, e.have)
			})
		}
	}
}

// An interruption comes between two lines, and the session goes on.
func TestEmulatedInterruption(t *testing.T) {
	t.Parallel()
	for _, platform := range bothPlatforms {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			slowly := func(typed string) time.Duration {
				if strings.HasPrefix(typed, "router bgp") || strings.HasPrefix(typed, "set policy-options") {
					return 200 * time.Millisecond
				}
				return 0
			}
			e := emulate(t, platform, emulator.Options{Faults: emulator.Faults{Slow: slowly}})
			d := e.open()
			e.must("arm", d.arm(t.Context(), e.work))
			ctx, cancel := context.WithCancelCause(t.Context())
			defer cancel(nil)
			why := errors.New("the person hits Ctrl-C")
			last := 0
			err := d.apply(ctx, e.work, func(line int) {
				if last = line; line == 2 {
					cancel(why)
				}
			})
			if last != 2 || !errors.Is(err, why) || errors.Is(err, errLost) {
				t.Fatalf("after line %d: %v", last, err)
			}
			e.must("revert", d.revert(t.Context(), e.work))
			e.waits(d, false)
			e.holds(d, e.have)
		})
	}
}

// Another session finds what the first has left, and ends it.
func TestEmulatedCut(t *testing.T) {
	t.Parallel()
	const before, after = false, true
	for _, c := range []struct {
		platform, name string
		line           string // at which the connection breaks; a number: that of the commands
		after          bool   // the router has taken it
		phase          Phase
		waits          bool // for its confirmation, afterwards
		changed        bool // the router has the change, afterwards
	}{
		{confdiff.IOSXE, "before arm", "configure terminal revert timer", before, Arm, false, false},
		{confdiff.IOSXE, "after arm", "configure terminal revert timer", after, Arm, true, false},
		{confdiff.IOSXE, "in the commands", "neighbor 172.16.0.2", after, Apply, true, false},
		{confdiff.IOSXE, "before confirm", "configure confirm", before, Confirm, true, true},
		{confdiff.IOSXE, "after confirm", "configure confirm", after, Confirm, false, true},
		{confdiff.Junos, "before arm", "configure exclusive", before, Arm, false, false},
		{confdiff.Junos, "after arm", "configure exclusive", after, Arm, false, false},
		{confdiff.Junos, "in the commands", "set policy-options", after, Apply, false, false},
		{confdiff.Junos, "before the check", "commit check", before, Apply, false, false},
		{confdiff.Junos, "before the commit", "commit confirmed", before, Apply, false, false},
		{confdiff.Junos, "after the commit", "commit confirmed", after, Apply, true, true},
		{confdiff.Junos, "before confirm", "commit comment", before, Confirm, true, true},
		{confdiff.Junos, "after confirm", "commit comment", after, Confirm, false, true},
	} {
		t.Run(c.platform+" "+c.name, func(t *testing.T) {
			t.Parallel()
			faults := emulator.Faults{CutBefore: begins(c.line)}
			if c.after {
				faults = emulator.Faults{CutAfter: begins(c.line)}
			}
			once := onlyOnce(&faults)
			e := emulate(t, c.platform, emulator.Options{Faults: *once})
			d := e.open()
			err := d.arm(t.Context(), e.work)
			if c.phase > Arm {
				e.must("arm", err)
				_, err = e.apply(t.Context(), d)
			}
			if c.phase > Apply {
				e.must("apply", err)
				err = d.confirm(t.Context(), e.work)
			}
			if !errors.Is(err, errLost) {
				t.Fatalf("%s: %v; want that the session is lost", c.phase, err)
			}
			second := e.open()
			p := e.waits(second, c.waits)
			if p != nil && c.platform == confdiff.Junos && p.run != e.work.run {
				t.Errorf("the change that waits is of run %q", p.run)
			}
			if c.phase == Confirm {
				if c.waits {
					e.must("confirm", second.confirm(t.Context(), e.work))
				}
				e.waits(second, false)
				e.holds(second, e.want)
				return
			}
			if c.changed {
				e.holds(second, e.want)
			}
			e.must("revert", second.revert(t.Context(), e.work))
			e.waits(second, false)
			e.holds(second, e.have)
		})
	}
}

// onlyOnce lets a cut happen at the first of its lines only.
func onlyOnce(f *emulator.Faults) *emulator.Faults {
	first := func(when func(string) bool) func(string) bool {
		if when == nil {
			return nil
		}
		done := make(chan struct{}, 1)
		return func(line string) bool {
			if !when(line) {
				return false
			}
			select {
			case done <- struct{}{}:
				return true
			default:
				return false
			}
		}
	}
	f.CutBefore, f.CutAfter, f.Mute, f.Hang = first(f.CutBefore), first(f.CutAfter), first(f.Mute), first(f.Hang)
	return f
}

// The router undoes the change with nobody there, and a new session reads that.
func TestEmulatedExpiry(t *testing.T) {
	t.Parallel()
	for _, platform := range bothPlatforms {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			e := emulate(t, platform, emulator.Options{Minute: 5 * time.Second})
			e.work.revert = 2 * time.Minute // in the last one the router says to its terminals that time runs out
			d := e.open()
			e.must("arm", d.arm(t.Context(), e.work))
			_, err := e.apply(t.Context(), d)
			e.must("apply", err)
			e.Cut()
			if _, err := d.pending(t.Context()); !errors.Is(err, errLost) {
				t.Errorf("pending after the cut: %v", err)
			}
			e.until("the undo has run out", func() bool {
				apart, err := e.apart(e.Running(), e.have)
				return err == nil && len(apart) == 0
			})
			e.Heal()
			second := e.open()
			e.waits(second, false)
			e.holds(second, e.have)
			if err := second.confirm(t.Context(), e.work); err == nil || !strings.Contains(err.Error(), "any more") {
				t.Errorf("a change that is undone is confirmed: %v", err)
			}
			e.must("revert", second.revert(t.Context(), e.work))
			e.holds(second, e.have)
		})
	}
}

// until waits for a condition.
func (e *emulation) until(what string, holds func() bool) {
	e.t.Helper()
	for end := time.Now().Add(3 * patience); !holds(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			e.t.Fatalf("never: %s\ntyped:\n%s", what, strings.Join(e.Log(), "\n"))
		}
	}
}

// A change of others is named, and nothing is configured.
func TestEmulatedForeignPending(t *testing.T) {
	t.Parallel()
	for _, platform := range bothPlatforms {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			e := emulate(t, platform, emulator.Options{Faults: emulator.Faults{ForeignPending: "alice"}})
			d := e.open()
			s, err := d.read(t.Context())
			e.must("read", err)
			if s.pending == nil || s.pending.by != "alice" || s.pending.run != "" {
				t.Fatalf("pending %+v", s.pending)
			}
			err = d.arm(t.Context(), e.work)
			if !errors.Is(err, errForeign) || !strings.Contains(err.Error(), "alice") {
				t.Errorf("arm: %v", err)
			}
			if typed := e.configures(); platform == confdiff.IOSXE && len(typed) > 0 {
				t.Errorf("typed %q", typed)
			}
			if err := d.revert(t.Context(), e.work); !errors.Is(err, errForeign) {
				t.Errorf("revert: %v", err)
			}
			if err := d.confirm(t.Context(), e.work); !errors.Is(err, errForeign) {
				t.Errorf("confirm: %v", err)
			}
			if p := e.waits(d, true); p.by != "alice" {
				t.Errorf("pending %+v", p)
			}
		})
	}
}

// What the router does and does not answer is not done again.
func TestEmulatedNoAnswer(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ platform, line string }{
		{confdiff.IOSXE, "neighbor 172.16.0.2"}, {confdiff.Junos, "commit confirmed"},
	} {
		t.Run(c.platform, func(t *testing.T) {
			t.Parallel()
			e := emulate(t, c.platform, emulator.Options{Faults: *onlyOnce(&emulator.Faults{Mute: begins(c.line)})})
			d := e.open()
			e.must("arm", d.arm(t.Context(), e.work))
			switch d := d.(type) {
			case *iosxe:
				d.session = d.session.Within(4 * time.Second)
			case *junos:
				d.timeout = 500 * time.Millisecond // of which a commit has eight
			}
			if _, err := e.apply(t.Context(), d); !errors.Is(err, errLost) {
				t.Fatalf("apply: %v", err)
			}
			_ = d.close()
			second := e.open()
			e.waits(second, true)
			// The router notices the end of the first session, and of its lock, in its own time.
			var err error
			e.until("the lock of the first session ends", func() bool {
				err = second.revert(t.Context(), e.work)
				return !errors.Is(err, errForeign)
			})
			e.must("revert", err)
			e.holds(second, e.have)
		})
	}
}
