package push

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ercfg/ercfg/internal/frrtest"
)

// biggerIntent is edgeIntent with another VNet prefix and another place: prefix lists
// and the descriptions of interfaces, which are contexts of their own.
var biggerIntent = strings.NewReplacer("[10.160.0.0/16]", "[10.160.0.0/16, 10.161.0.0/16]", "London", "Slough").Replace(edgeIntent)

// order is a push to the edge.
func (e *edge) order(intent string) order {
	e.t.Helper()
	key, err := os.ReadFile(filepath.Join(e.dir, "id"))
	if err != nil {
		e.t.Fatal(err)
	}
	return order{
		Run: NewRunID(time.Now(), strings.NewReader(e.t.Name()[len(e.t.Name())-4:])), Dir: filepath.Join(e.dir, "state"), Intent: intent, Verb: "push",
		Targets: []orderTarget{{Router: "ce1", Host: "10.99.0.2", User: "root", Key: string(key), KnownHosts: filepath.Join(e.dir, "known_hosts")}},
		// Long, for a busy machine: what succeeds does not wait for it.
		Undo: 4 * time.Minute, Grace: 30 * time.Second, TestFor: 90 * time.Second,
	}
}

// at enters the namespaces of the station.
func (e *edge) at(argv ...string) *exec.Cmd { return e.station.Command(e.t.Context(), argv...) }

// A good change over real SSH is tested, confirmed and saved; a dry run before it
// shows it and changes nothing, and a push after it finds nothing to do.
func TestFRRPush(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	before, startup, drops := e.running(), e.startup(), e.drops()
	o := e.order(biggerIntent)
	o.DryRun = true
	r := runChild(t, o, e.at, nil)
	if r.code != 2 || !strings.Contains(r.said, "permit 10.161.0.0/16") {
		t.Errorf("dry run: exit code %d:\n%s", r.code, r.said)
	}
	if e.running() != before || e.startup() != startup {
		t.Error("the dry run has changed the router")
	}

	sentGolden(t, o, "frr", "dry-run")
	o.DryRun, o.Run = false, o.Run+"1"
	r = runChild(t, o, e.at, nil)
	if r.code != 0 {
		t.Fatalf("exit code %d:\n%s", r.code, r.said)
	}
	if text := e.running(); !strings.Contains(text, "10.161.0.0/16") || frrtest.Normalize(e.startup()) != text {
		t.Errorf("running configuration:\n%s\nfrr.conf:\n%s", text, e.startup())
	}

	sentGolden(t, o, "frr", "push")
	o.Run += "2"
	if r = runChild(t, o, e.at, nil); r.code != 0 || !strings.Contains(r.said, "report: same") {
		t.Errorf("a second push: exit code %d:\n%s", r.code, r.said)
	}
	if got := e.drops(); got != drops {
		t.Errorf("sessions went down %d times", got-drops)
	}
}

// A frrSubject is an edge that faults are played on.
type frrSubject struct {
	*edge
	old, new string // normalized
	runs     int
}

func newFRRSubject(t *testing.T) *frrSubject {
	t.Helper()
	e := newEdge(t)
	_, configs := edgePlan(t, biggerIntent)
	return &frrSubject{edge: e, old: e.running(), new: frrtest.Normalize(configs[0].Text)}
}

func (s *frrSubject) platform() string { return "FRR 8.4.4" }

func (s *frrSubject) order() order {
	o := s.edge.order(biggerIntent)
	s.runs++
	o.Run += "-" + string(rune('a'+s.runs))
	// Long enough for a busy machine: most of it is waiting.
	o.Undo, o.Grace, o.TestFor = 45*time.Second, 20*time.Second, 33*time.Second
	return o
}

func (s *frrSubject) enter() func(argv ...string) *exec.Cmd { return s.at }

func (s *frrSubject) cut() {
	s.on(s.station, "nft", "add table inet cut; add chain inet cut out { type filter hook output priority 0; policy drop; }; add chain inet cut in { type filter hook input priority 0; policy drop; }")
}

func (s *frrSubject) heal() {
	_, _ = s.station.Exec(context.WithoutCancel(s.t.Context()), "nft", "delete table inet cut")
}

func (s *frrSubject) has() (running, startup string) {
	s.t.Helper()
	name := func(text string) string {
		switch frrtest.Normalize(text) {
		case s.old:
			return "old"
		case s.new:
			return "new"
		}
		return text
	}
	return name(s.ce.RunningConfig()), name(s.startup())
}

func (s *frrSubject) pending() bool {
	const look = "ls /run/ercfg/*/armed /run/ercfg/*/firing 2>/dev/null; "
	// The first look may come while one of the two is renamed to the other.
	return strings.TrimSpace(s.on(s.ce, "sh", "-c", look+look+"true")) != ""
}

func (s *frrSubject) reset() {
	s.t.Helper()
	s.heal()
	if running, startup := s.has(); running != "old" || startup != "old" {
		s.ce.WriteFile("/etc/frr/frr.conf", s.config.Text)
		s.on(s.ce, "/usr/lib/frr/frr-reload.py", "--reload", "/etc/frr/frr.conf")
		s.on(s.ce, "vtysh", "-c", "write memory")
	}
	s.on(s.ce, "sh", "-c", "rm -rf /run/ercfg/*")
	s.awaitSessions()
}

// Whatever happens to a push, and when: the router ends with the old configuration
// or the new one.
func TestFRRFaults(t *testing.T) {
	t.Parallel()
	var b table
	t.Run("faults", func(t *testing.T) {
		for _, f := range faults() {
			for part := range 3 {
				t.Run(fmt.Sprintf("%s/%d", f.name, part+1), func(t *testing.T) {
					t.Parallel()
					s := newFRRSubject(t)
					for i, m := range moments() {
						if i%3 == part {
							b.add(playCell(t, s, m, f))
						}
					}
				})
			}
		}
	})
	b.compare(t, "frr")
}
