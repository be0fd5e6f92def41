package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/ercfg/ercfg/internal/confdiff"
	"github.com/ercfg/ercfg/internal/push"
)

// validate compares a document with a published schema.
func validate(t *testing.T, compiled *jsonschema.Schema, text string) {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if err := compiled.Validate(document); err != nil {
		t.Errorf("%v\n%s", err, text)
	}
}

// The report of a push is what its published schema describes, whatever the outcome.
func TestPushDocument(t *testing.T) {
	t.Parallel()
	compiled := compile(t, "push", pushSchemaID)
	now := time.Now()
	for o := push.Same; o <= push.Unknown; o++ {
		r := push.Report{Run: "20261127-041512-k3f9", Intent: "acme", Began: now, Took: time.Second, Routers: []push.RouterReport{
			{Router: "ce1", Platform: "frr", Outcome: o, Phase: push.Test, Err: "x", Warning: "y", Began: now, Took: time.Second, Deadline: now, Transcript: "t",
				Tests: []push.TestResult{{Name: "a", Want: "b", Got: "c", Note: "d"}}},
			{Router: "ce2", Platform: "junos", Outcome: push.NotBegun},
		}}
		found := []push.Surveyed{{Router: "ce1", Platform: "frr", Version: "FRRouting 8.4.4", Change: &confdiff.Change{Platform: "frr"}, Digest: strings.Repeat("0", 64), Opinion: []string{"fine"}, Unsaved: []string{"a line"}, Warnings: []string{"look"}}}
		var out bytes.Buffer
		if err := writeJSON(&out, newPushDocument(&r, found)); err != nil {
			t.Fatal(err)
		}
		validate(t, compiled, out.String())
	}
}

// So is the status of runs.
func TestStatusDocument(t *testing.T) {
	t.Parallel()
	compiled := compile(t, "push-status", statusSchemaID)
	j := testRun(t, push.Event{Router: "ce1", Phase: push.Arm})
	for _, now := range [][]push.Remains{nil, {{Router: "ce1", Outcome: push.Pending, Has: "the new configuration", Pending: true, Left: time.Minute, Err: "x"}}} {
		var out bytes.Buffer
		if err := writeJSON(&out, newStatusDocument([]runStatus{newRunStatus(j, now)})); err != nil {
			t.Fatal(err)
		}
		validate(t, compiled, out.String())
	}
}

// testRun is the journal of a run that was cut off after these events.
func testRun(t *testing.T, events ...push.Event) *push.Journal {
	t.Helper()
	s := &push.Store{Dir: t.TempDir()}
	const run = "20261127-041512-k3f9"
	j, err := s.Create(push.Header{Run: run, Time: progressTime, Intent: "acme", Routers: []push.HeaderRouter{{Name: "ce1", Platform: "frr"}, {Name: "ce2", Platform: "frr"}}})
	if err != nil {
		t.Fatal(err)
	}
	if err := j.Plan(push.Planned{Router: "ce1", RevertAfter: 5 * time.Minute}); err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		e.Time = progressTime
		if err := j.Event(e); err != nil {
			t.Fatal(err)
		}
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	if j, err = s.Open(run); err != nil {
		t.Fatal(err)
	}
	return j
}
