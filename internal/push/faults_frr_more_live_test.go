package push

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"
)

// A special is a fault that has one moment of its own.
type special struct {
	name   string
	code   int
	says   string // what the push has to say
	end    string // of the router: old or new
	change func(s *frrSubject, o *order)
	at     func(s *frrSubject, e Event, kill func())
	after  func(s *frrSubject)
}

// frrSpecials are the faults of the world around a push, each with the exit code and
// the router's end that are right for it.
func frrSpecials() []special {
	proved := func(how string) func(*frrSubject, *order) {
		return func(_ *frrSubject, o *order) { o.Prove, o.ProveFor, o.Undo = how, 4*time.Second, o.Undo+15*time.Second }
	}
	once := func(phase Phase, do func(s *frrSubject)) func(*frrSubject, Event, func()) {
		done := false
		return func(s *frrSubject, e Event, _ func()) {
			if !done && e.Phase == phase {
				done = true
				do(s)
			}
		}
	}
	return []special{
		{name: "a change that breaks the preference, sessions up", code: 4, end: "old", says: "10.160.0.0/16",
			change: func(_ *frrSubject, o *order) {
				o.Doctor = []string{"route-map LAB-EDGE-ER-LAB-PRIMARY-IN-V4 permit 10\n match ip address prefix-list LAB-EDGE-ER-LAB-VNETS-LP200-V4\n set local-preference 200",
					"route-map LAB-EDGE-ER-LAB-PRIMARY-IN-V4 permit 10\n match ip address prefix-list LAB-EDGE-ER-LAB-VNETS-LP200-V4\n set local-preference 90"}
			}},
		{name: "a line that FRR does not take", code: 3, end: "old", says: "scratch daemons",
			change: func(_ *frrSubject, o *order) { o.Doctor = []string{"maximum-paths 2", "maximum-paths 2000"} }},
		{name: "the router's disk is full", code: 3, end: "old", says: "no room",
			at:    once(Arm, func(s *frrSubject) { s.fill("/run") }),
			after: func(s *frrSubject) { s.on(s.ce, "rm", "-f", "/run/filler") }},
		{name: "the disk of frr.conf is full", code: 3, end: "old", says: "no room",
			at:    once(Arm, func(s *frrSubject) { s.fill("/etc/frr") }),
			after: func(s *frrSubject) { s.on(s.ce, "rm", "-f", "/etc/frr/filler") }},
		{name: "frr.conf cannot be written any more", code: 5, end: "new", says: "not saved",
			at:    once(Save, func(s *frrSubject) { s.on(s.ce, "mount", "-o", "remount,ro", "/etc/frr") }),
			after: func(s *frrSubject) { s.on(s.ce, "mount", "-o", "remount,rw", "/etc/frr") }},
		{name: "bgpd crashes in the middle, and comes back with frr.conf", code: 4, end: "old", says: "",
			at: once(Check, func(s *frrSubject) {
				s.on(s.ce, "sh", "-c", "kill -9 $(cat /run/frr/bgpd.pid)")
				time.AfterFunc(2*time.Second, func() {
					_, _ = s.ce.Exec(s.t.Context(), "sh", "-c", "/usr/lib/frr/bgpd -d -A 127.0.0.1 && vtysh -d bgpd -f /etc/frr/frr.conf")
				})
			})},
		{name: "the host key is another one", code: 3, end: "old", says: "10.99.0.2",
			change: func(s *frrSubject, o *order) {
				other := s.edge.otherKey()
				s.write("known_other", []byte("10.99.0.2 "+string(ssh.MarshalAuthorizedKey(other))))
				o.Targets[0].KnownHosts = filepath.Join(s.dir, "known_other")
			}},
		{name: "the host key is not known", code: 3, end: "old", says: "SHA256:",
			change: func(s *frrSubject, o *order) {
				s.write("known_none", nil)
				o.Targets[0].KnownHosts = filepath.Join(s.dir, "known_none")
			}},
		{name: "the password is wrong", code: 3, end: "old", says: "password",
			change: func(_ *frrSubject, o *order) { o.Targets[0].Key, o.Targets[0].Password = "", "wrong-"+routerPassword }},
		{name: "none: login with a password", code: 0, end: "new", says: "changed",
			change: func(_ *frrSubject, o *order) { o.Targets[0].Key, o.Targets[0].Password = "", routerPassword }},
		{name: "Ctrl-C while the tests run", code: 4, end: "old", says: "interrupted",
			at: func(s *frrSubject, e Event, _ func()) {
				if e.Phase == Test {
					s.interrupt()
				}
			}},
		{name: "somebody has configured and not saved", code: 3, end: "old", says: "--save-others",
			change: func(s *frrSubject, _ *order) {
				s.on(s.ce, "vtysh", "-c", "configure terminal", "-c", "ip prefix-list OTHERS seq 5 permit 192.0.2.0/24")
			},
			after: func(s *frrSubject) {
				s.on(s.ce, "vtysh", "-c", "configure terminal", "-c", "no ip prefix-list OTHERS seq 5 permit 192.0.2.0/24")
			}},
		{name: "none: flows prove the change", code: 0, end: "new", says: "changed", change: proved("pass")},
		{name: "flows show another path", code: 4, end: "old", says: "the traffic is not proved: FAIL", change: proved("fail")},
	}
}

// fill leaves no room on the file system of dir.
func (s *frrSubject) fill(dir string) {
	s.on(s.ce, "sh", "-c", "cat /dev/zero >"+dir+"/filler 2>/dev/null; true")
}

// interrupt sends the push what Ctrl-C sends.
func (s *frrSubject) interrupt() {
	out := s.on(s.station, "sh", "-c", "grep -lz "+childVariable+" /proc/[0-9]*/environ 2>/dev/null | cut -d/ -f3; true")
	for _, pid := range strings.Fields(out) {
		s.on(s.station, "sh", "-c", "kill -INT "+pid+" 2>/dev/null; true")
	}
}

func TestFRRSpecialFaults(t *testing.T) {
	t.Parallel()
	var b table
	t.Run("faults", func(t *testing.T) {
		for part := range 3 {
			t.Run(strconv.Itoa(part+1), func(t *testing.T) {
				t.Parallel()
				s := newFRRSubject(t)
				for i, f := range frrSpecials() {
					if i%3 == part {
						b.add(playSpecial(t, s, i, f))
					}
				}
			})
		}
	})
	b.compare(t, "frr-special")
}

// playSpecial plays a fault, and holds what came of it against what is right for it.
func playSpecial(t *testing.T, s *frrSubject, i int, f special) cell {
	t.Helper()
	o := s.order()
	if f.end == "new" {
		o.Undo, o.TestFor = 4*time.Minute, 90*time.Second // it does not wait for them
	}
	if f.change != nil {
		f.change(s, &o)
	}
	r := runChild(t, o, s.at, func(e Event, kill func()) {
		if f.at != nil {
			f.at(s, e, kill)
		}
	})
	if f.after != nil {
		f.after(s)
	}
	waitFor(t, o.Undo+o.Grace, "the router has nothing pending", func() bool { return !s.pending() })
	running, startup := s.has()
	if running != f.end {
		t.Errorf("%s: the router has not the %s configuration but:\n%s", f.name, f.end, running)
	}
	if r.code != f.code || !strings.Contains(r.said, f.says) {
		t.Errorf("%s: exit code %d, wanted %d and %q:\n%s", f.name, r.code, f.code, f.says, r.said)
	}
	if i < 2 { // of the others time decides how often is asked
		sentGolden(t, o, "frr", strings.Map(fileRune, f.name))
	}
	s.reset()
	return cell{rank: 100 + i, platform: s.platform(), fault: f.name, end: endText(running, startup), code: codeText(r.code)}
}

// Two pushes at once: one of them works, the other says who does; from another
// machine, where no lock of this one is, too.
func TestFRRTwoPushes(t *testing.T) {
	t.Parallel()
	s := newFRRSubject(t)
	for _, dir := range []string{"state", "another-machine"} {
		first, second := s.order(), s.order()
		first.Undo, first.TestFor = 4*time.Minute, 90*time.Second // the second runs meanwhile
		second.Dir = filepath.Join(s.dir, dir)
		var other result
		r := runChild(t, first, s.at, func(e Event, _ func()) {
			if e.Phase == Check && other.events == nil {
				other = runChild(t, second, s.at, nil)
			}
		})
		if r.code != 0 {
			t.Errorf("the first push: exit code %d:\n%s", r.code, r.said)
		}
		if other.code != 3 || !strings.Contains(other.said, first.Run) {
			t.Errorf("the second push: exit code %d, and it does not name run %s:\n%s", other.code, first.Run, other.said)
		}
		if running, startup := s.has(); running != "new" || startup != "new" {
			t.Errorf("running %s, startup %s", running, startup)
		}
		s.reset()
	}
}

// A run that was killed while it tested is confirmed, or reverted, by another
// process; one that was confirmed is reverted, too.
func TestFRRRecovery(t *testing.T) {
	t.Parallel()
	s := newFRRSubject(t)
	killed := func() order {
		o := s.order()
		o.Undo = time.Minute
		runChild(t, o, s.at, func(e Event, kill func()) {
			if e.Phase == Test {
				kill()
			}
		})
		if running, _ := s.has(); running != "new" || !s.pending() {
			t.Fatalf("the change is not pending: %s", running)
		}
		return o
	}
	verb := func(o order, verb string) result {
		o.Verb, o.Of, o.Run = verb, o.Run, o.Run+verb[:1]
		return runChild(t, o, s.at, nil)
	}
	is := func(what, running, startup string) {
		t.Helper()
		if r, st := s.has(); r != running || st != startup || s.pending() {
			t.Errorf("%s: running %s, startup %s", what, r, st)
		}
	}
	o := killed()
	if r := verb(o, "status"); r.code != 5 || !strings.Contains(r.said, "pending true") {
		t.Errorf("status: exit code %d:\n%s", r.code, r.said)
	}
	if r := verb(o, "revert"); r.code != 4 {
		t.Errorf("revert: exit code %d:\n%s", r.code, r.said)
	}
	is("revert", "old", "old")

	o = killed()
	if r := verb(o, "confirm"); r.code != 0 {
		t.Errorf("confirm: exit code %d:\n%s", r.code, r.said)
	}
	is("confirm", "new", "new")
	if r := verb(o, "status"); r.code != 0 {
		t.Errorf("status after confirm: exit code %d:\n%s", r.code, r.said)
	}
	if r := verb(o, "revert"); r.code != 4 {
		t.Errorf("revert of what is confirmed: exit code %d:\n%s", r.code, r.said)
	}
	is("revert of what is confirmed", "old", "old")
}

// A hundred pushes of what is there already, on four routers: nobody notices.
func TestFRRIdenticalPushes(t *testing.T) {
	t.Parallel()
	for part := range 4 {
		t.Run(strconv.Itoa(part+1), func(t *testing.T) {
			t.Parallel()
			e := newEdge(t)
			before, startup, drops := e.running(), e.startup(), e.drops()
			o := e.order(edgeIntent)
			o.Repeat = 25
			r := runChild(t, o, e.at, nil)
			if r.code != 0 || strings.Count(r.said, "report: same") != 25 {
				t.Errorf("exit code %d:\n%s", r.code, r.said)
			}
			if got := e.drops(); got != drops {
				t.Errorf("sessions went down %d times", got-drops)
			}
			if e.running() != before || e.startup() != startup {
				t.Error("the router has another configuration")
			}
			text, err := os.ReadFile(filepath.Join(o.Dir, "runs", o.Run+"-1", "ce1.transcript"))
			if err != nil || strings.Contains(string(text), "' arm ") || strings.Contains(string(text), "' apply ") {
				t.Errorf("something was armed or typed, or the transcript is not there: %v", err)
			}
		})
	}
}

func waitFor(t *testing.T, limit time.Duration, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(limit); !done(); time.Sleep(100 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not within %v: %s", limit, what)
		}
	}
}
