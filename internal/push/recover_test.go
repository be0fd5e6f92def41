package push

import (
	"testing"
	"time"

	"github.com/ercfg/ercfg/internal/confdiff"
)

// What a router has of an earlier run, by its configuration and the journal: never the
// new configuration where only keys differ and nobody knows, never the old one where a
// step of several is there.
func TestRemains(t *testing.T) {
	t.Parallel()
	read := func(text string) confdiff.Config {
		c, err := confdiff.Read(confdiff.FRR, []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	a, b, c := read("ip prefix-list A seq 5 permit 10.0.0.0/8\n"), read("ip prefix-list B seq 5 permit 10.0.0.0/8\n"), read("ip prefix-list C seq 5 permit 10.0.0.0/8\n")
	step := func(from, to confdiff.Config, name string) Planned {
		return Planned{Router: "ce1", Stage: name, DigestBefore: fingerprint(from), DigestAfter: fingerprint(to), Operational: []string{"clear"}}
	}
	due := time.Now().Add(3 * time.Minute)
	at := func(p Phase) []Event {
		return []Event{{Router: "ce1", Phase: Apply}, {Router: "ce1", Phase: p, Deadline: due}}
	}
	ours, near, far := &pending{run: "r1", left: 3 * time.Minute}, &pending{left: 3 * time.Minute}, &pending{left: 10 * time.Minute}
	for name, tt := range map[string]struct {
		plans   []Planned
		events  []Event
		have    confdiff.Config
		pending *pending
		unsaved []string
		outcome Outcome
		has     string
	}{
		"old, typed":                 {[]Planned{step(a, b, "")}, at(Test), a, nil, nil, Reverted, hasOld},
		"old, not typed":             {[]Planned{step(a, b, "")}, nil, a, nil, nil, Untouched, hasOld},
		"new":                        {[]Planned{step(a, b, "")}, at(Test), b, nil, nil, Changed, hasNew},
		"new, not saved":             {[]Planned{step(a, b, "")}, at(Test), b, nil, []string{"x"}, Unsaved, hasNew + ", not saved"},
		"pending":                    {[]Planned{step(a, b, "")}, at(Test), b, ours, nil, Pending, hasNew},
		"pending without a run":      {[]Planned{step(a, b, "")}, at(Test), b, near, nil, Pending, hasNew},
		"another's undo":             {[]Planned{step(a, b, "")}, at(Test), b, far, nil, Changed, hasNew},
		"neither":                    {[]Planned{step(a, b, "")}, at(Test), c, nil, nil, Unknown, "neither the old configuration nor the new one"},
		"one step of two":            {[]Planned{step(a, b, "s"), step(b, c, "p")}, at(Test), b, nil, nil, Unknown, "what it had after the step s, which is a part of the change"},
		"both steps":                 {[]Planned{step(a, b, "s"), step(b, c, "p")}, at(Test), c, nil, nil, Changed, hasNew},
		"unwound":                    {[]Planned{step(a, b, "s"), step(b, c, "p"), {Router: "ce1", Back: true, DigestBefore: fingerprint(b), DigestAfter: fingerprint(a)}}, at(Test), a, nil, nil, Reverted, hasOld},
		"keys alone, over":           {[]Planned{step(a, a, "")}, at(Test), a, nil, nil, Unknown, "the old configuration or the new one: they differ in keys alone"},
		"keys alone, armed":          {[]Planned{step(a, a, "")}, at(Arm), a, ours, nil, Unknown, "the old configuration or the new one: they differ in keys alone"},
		"keys alone, typed, pending": {[]Planned{step(a, a, "")}, at(Check), a, ours, nil, Pending, hasNew},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			j := &Journal{Header: Header{Run: "r1"}, Events: tt.events, Planned: tt.plans}
			x := &router{have: tt.have}
			got := x.remains(j.planned()[0], &standing{pending: tt.pending, unsaved: tt.unsaved}, j, nil)
			if got.Outcome != tt.outcome || got.Has != tt.has {
				t.Errorf("%s: %s, want %s: %s", got.Outcome, got.Has, tt.outcome, tt.has)
			}
		})
	}
}
