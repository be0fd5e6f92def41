package push

import (
	"strings"
	"testing"
	"time"
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
// ends that have it, too.
func TestFRRKey(t *testing.T) {
	t.Parallel()
	const key = "NewKey-4711"
	e := newEdge(t)
	o := e.order(strings.Replace(edgeIntent, "bfd: {interval", "md5: env:ER_KEY\n      bfd: {interval", 1))
	o.Secret, o.Together, o.Undo, o.TestFor, o.Grace = key, true, 4*time.Minute, 40*time.Second, 30*time.Second
	told := false
	r := runChild(t, o, e.at, func(ev Event, _ func()) {
		if ev.Phase == Test && !told {
			told = true
			for _, link := range []string{"172.16.200.1", "172.16.200.5"} {
				e.on(e.msee, "vtysh", "-c", "configure terminal", "-c", "router bgp 12076", "-c", "neighbor "+link+" password "+key)
			}
		}
	})
	if has := strings.Count(e.running(), " password "+key+"\n"); r.code != 0 || has != 2 {
		t.Errorf("exit code %d, %d neighbors with the key:\n%s\n%s", r.code, has, r.said, e.running())
	}
}
