package push

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/ercfg/ercfg/internal/frrtest"
)

// What frr-reload.py would do it says with keys in clear: no report has the key that a
// change takes away, which nobody has named to ercfg.
func TestFRROpinionHidesKeys(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	e.on(e.ce, "vtysh", "-c", "configure terminal", "-c", "router bgp 65010", "-c", "neighbor 172.16.200.2 password OldKey99")
	e.on(e.ce, "vtysh", "-c", "write memory")
	o := e.order(edgeIntent)
	o.DryRun = true
	const line = " neighbor 172.16.200.2 remote-as 12076\n"
	o.Doctor = []string{line, line + " neighbor 172.16.200.2 password NewKey99\n"}
	r := runChild(t, o, e.at, nil)
	if r.code != 2 || !strings.Contains(r.said, "opinion: ") || !strings.Contains(r.said, "172.16.200.2 password") {
		t.Errorf("exit code %d:\n%s", r.code, r.said)
	}
	if strings.Contains(r.said, "OldKey99") {
		t.Errorf("the old key is told:\n%s", r.said)
	}
}

// A key that a change brings reaches FRR by its value: the sessions come up with the far
// ends that take it, too, in place of none or of another. Where they keep the old one the
// sessions do not come up, and the router has the old one again.
func TestFRRKey(t *testing.T) {
	t.Parallel()
	const old = "OldKey-0815"
	for name, c := range map[string]struct {
		had     string // by both ends, before
		follows bool   // the far ends take the new key while it is tested
		code    int
	}{
		"none, and then a key":      {"", true, 0},
		"another key":               {old, true, 0},
		"the far ends keep the old": {old, false, 4},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newEdge(t)
			if c.had != "" {
				e.key(e.ce, 65010, c.had, "172.16.200.2", "172.16.200.6")
				e.on(e.ce, "vtysh", "-c", "write memory")
				e.key(e.msee, 12076, c.had, "172.16.200.1", "172.16.200.5")
				e.awaitSessions()
			}
			before := e.running()
			o := e.order(strings.Replace(edgeIntent, "bfd: {interval", "md5: env:ER_KEY\n      bfd: {interval", 1))
			o.Secret, o.Together, o.Undo, o.TestFor, o.Grace = newKey, true, 4*time.Minute, 40*time.Second, 30*time.Second
			if !c.follows {
				o.TestFor = 15 * time.Second
			}
			told := !c.follows
			r := runChild(t, o, e.at, func(ev Event, _ func()) {
				if ev.Phase == Test && !told {
					told = true
					e.key(e.msee, 12076, newKey, "172.16.200.1", "172.16.200.5")
				}
			})
			has := strings.Count(e.running(), " password "+newKey+"\n")
			if r.code != c.code || c.code == 0 && has != 2 || c.code != 0 && e.running() != before {
				t.Errorf("exit code %d, want %d; %d neighbors with the key:\n%s\n%s", r.code, c.code, has, r.said, e.running())
			}
			e.awaitSessions()
			hidesKeys(t, &o, r.said, c.had)
		})
	}
}

// key gives both neighbors of a router a key.
func (e *edge) key(r *frrtest.Router, as int, key string, neighbors ...string) {
	e.t.Helper()
	argv := []string{"vtysh", "-c", "configure terminal", "-c", "router bgp " + strconv.Itoa(as)}
	for _, n := range neighbors {
		argv = append(argv, "-c", "neighbor "+n+" password "+key)
	}
	e.on(r, argv...)
}
