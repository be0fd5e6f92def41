package push

import (
	"strconv"
	"strings"
	"testing"
	"time"
)

// A Linux router tells the numbers that its kernel has, and its sessions.
func TestFRRAsk(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	d := frrOn(t, e)
	got, err := d.interfaces(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range interfacesOf(&e.plan.Routers[0]) {
		text, _, _ := strings.Cut(e.on(e.ce, "ip", "-o", "link", "show", "dev", name), ":")
		index, err := strconv.ParseUint(text, 10, 32)
		if err != nil || got[uint32(index)] != name {
			t.Errorf("%s has the number %s: %v, %v", name, text, got, err)
		}
	}
	facts, err := d.facts(t.Context(), Question{})
	if err != nil {
		t.Fatal(err)
	}
	now := func() (string, []string) {
		s, notes := ScenarioOf(e.plan, map[string]Facts{"ce1": facts})
		return s.Name(), notes
	}
	if s, notes := now(); s != "normal" || len(notes) > 0 {
		t.Errorf("both sessions are up, and it is %s: %q", s, notes)
	}
	e.on(e.ce, "ip", "link", "set", "eth2.150", "down")
	waitFor(t, time.Minute, "the second session is down", func() bool {
		if facts, err = d.facts(t.Context(), Question{}); err != nil {
			t.Fatal(err)
		}
		s, _ := now()
		return s == "er-lab.secondary"
	})
}
