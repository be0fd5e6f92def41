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
	ours, near, far := &pending{run: "r1", left: 3 * time.Minute}, &pending{left: 3 * time.Minute}, &pending{by: "alice", left: 10 * time.Minute}
	late := &pending{by: "netops", left: 10 * time.Minute} // of our login, at a time that is not the run's
	changed := Changed
	more := func(p Planned) Planned { p.More = true; return p }
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
		"an undo of our login":       {[]Planned{step(a, b, "")}, at(Test), b, late, nil, Unknown, hasNew + ", and an undo of netops is armed that may be this run's"},
		"one of our login, later":    {[]Planned{step(a, b, "")}, append(at(Test), Event{Router: "ce1", Phase: Done, Outcome: &changed}), b, late, nil, Changed, hasNew},
		"the first step alone":       {[]Planned{more(step(a, b, "s"))}, at(Test), b, nil, nil, Unknown, "what it had after the step s, which is a part of the change"},
		"the first step, pending":    {[]Planned{more(step(a, b, "s"))}, at(Test), b, ours, nil, Unknown, "what it had after the step s, which is a part of the change"},
		"all steps that had to be":   {[]Planned{more(step(a, b, "s"))}, append(at(Test), Event{Router: "ce1", Phase: Done, Outcome: &changed}), b, nil, nil, Changed, hasNew},
		"neither":                    {[]Planned{step(a, b, "")}, at(Test), c, nil, nil, Unknown, "neither the old configuration nor the new one"},
		"one step of two":            {[]Planned{step(a, b, "s"), step(b, c, "p")}, at(Test), b, nil, nil, Unknown, "what it had after the step s, which is a part of the change"},
		"both steps":                 {[]Planned{step(a, b, "s"), step(b, c, "p")}, at(Test), c, nil, nil, Changed, hasNew},
		"unwound":                    {[]Planned{step(a, b, "s"), step(b, c, "p"), {Router: "ce1", Back: true, DigestBefore: fingerprint(b), DigestAfter: fingerprint(a)}}, at(Test), a, nil, nil, Reverted, hasOld},
		"keys alone, over":           {[]Planned{step(a, a, "")}, at(Test), a, nil, nil, Unknown, "the old configuration or the new one: they differ in keys alone"},
		"keys alone, armed":          {[]Planned{step(a, a, "")}, at(Arm), a, ours, nil, Unknown, "the old configuration or the new one: they differ in keys alone"},
		"keys alone, typed, pending": {[]Planned{step(a, a, "")}, at(Check), a, ours, nil, Pending, hasNew},
		"keys alone, something else": {[]Planned{step(a, a, "")}, at(Check), c, ours, nil, Unknown, "neither the old configuration nor the new one"},
		"keys alone, drained":        {[]Planned{step(a, b, "drain"), step(b, a, "keys")}, at(Check), b, nil, nil, Unknown, "what it had after the step drain, which is a part of the change"},
		"keys alone, the first step": {[]Planned{more(step(a, a, "s"))}, at(Check), a, ours, nil, Unknown, "the old configuration or the new one: they differ in keys alone"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			j := &Journal{Header: Header{Run: "r1"}, Events: tt.events, Planned: tt.plans}
			x := &router{have: tt.have, job: Job{Target: Target{User: "netops"}}}
			got := x.remains(j.planned()[0], &standing{pending: tt.pending, unsaved: tt.unsaved}, j, nil)
			if got.Outcome != tt.outcome || got.Has != tt.has {
				t.Errorf("%s: %s, want %s: %s", got.Outcome, got.Has, tt.outcome, tt.has)
			}
		})
	}
}
