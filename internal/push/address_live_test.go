package push

import (
	"strings"
	"testing"
)

// A link of an FRR router gets another address, and loses the old one: the scratch daemons
// have the interface, without which they would not take it away.
func TestFRRAddress(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	o := e.order(strings.Replace(edgeIntent, "ipv4: 172.16.200.0/30", "ipv4: 172.16.201.0/30", 1))
	o.DryRun, o.Prune = true, true
	r := runChild(t, o, e.at, nil)
	if r.code != 2 || !strings.Contains(r.said, "no ip address 172.16.200.1/30") || !strings.Contains(r.said, "scratch daemons on the router take every command") {
		t.Errorf("exit code %d:\n%s", r.code, r.said)
	}
}
