package main

import (
	"time"

	"github.com/ercfg/ercfg/internal/push"
)

// The JSON form of a push is published as schema/push.schema.json; a test compares
// the two.
type (
	pushDocument struct {
		Schema   string       `json:"$schema"`
		Run      string       `json:"run,omitempty"` // empty: a dry run, which keeps no journal
		Intent   string       `json:"intent"`
		DryRun   bool         `json:"dryRun"`
		ExitCode int          `json:"exitCode"`
		Began    time.Time    `json:"began"`
		TookMs   int64        `json:"tookMs"`
		Routers  []pushRouter `json:"routers"`
	}
	pushRouter struct {
		Name       string            `json:"name"`
		Platform   string            `json:"platform"`
		Software   string            `json:"software,omitempty"` // as the router says
		Outcome    push.Outcome      `json:"outcome"`
		Phase      push.Phase        `json:"phase"`
		Problem    string            `json:"problem,omitempty"`
		Warning    string            `json:"warning,omitempty"`
		Began      time.Time         `json:"began,omitzero"`
		TookMs     int64             `json:"tookMs"`
		Deadline   time.Time         `json:"deadline,omitzero"`
		Transcript string            `json:"transcript,omitempty"`
		Opinion    []string          `json:"opinion"`
		Unsaved    []string          `json:"unsaved"`
		Warnings   []string          `json:"warnings"`
		Tests      []push.TestResult `json:"tests"`
		Change     *changeDocument   `json:"change,omitempty"`
	}
)

// pushSchemaID is the $id of the published schema of a push.
const pushSchemaID = "https://github.com/ercfg/ercfg/schema/v1/push.schema.json"

func newPushDocument(r *push.Report, found []push.Surveyed) pushDocument {
	d := pushDocument{
		Schema: pushSchemaID, Run: r.Run, Intent: r.Intent, DryRun: r.DryRun, ExitCode: r.ExitCode(),
		Began: r.Began.UTC(), TookMs: r.Took.Milliseconds(), Routers: make([]pushRouter, 0, len(r.Routers)),
	}
	surveyed := make(map[string]*push.Surveyed, len(found))
	for i := range found {
		surveyed[found[i].Router] = &found[i]
	}
	for i := range r.Routers {
		from := &r.Routers[i]
		one := pushRouter{
			Name: from.Router, Platform: from.Platform, Outcome: from.Outcome, Phase: from.Phase, Problem: from.Err, Warning: from.Warning,
			TookMs: from.Took.Milliseconds(), Transcript: from.Transcript, Opinion: []string{}, Unsaved: []string{}, Warnings: []string{},
			Tests: append([]push.TestResult{}, from.Tests...),
		}
		if !from.Began.IsZero() {
			one.Began = from.Began.UTC()
		}
		if !from.Deadline.IsZero() {
			one.Deadline = from.Deadline.UTC()
		}
		if s := surveyed[from.Router]; s != nil {
			one.Software, one.Opinion, one.Unsaved, one.Warnings = s.Version, listed(s.Opinion), listed(s.Unsaved), listed(s.Warnings)
			if s.Change != nil {
				one.Change = newChangeDocument(s.Change, s.Digest)
			}
		}
		d.Routers = append(d.Routers, one)
	}
	return d
}
