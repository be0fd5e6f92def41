package main

import (
	"time"

	"github.com/ercfg/ercfg/internal/push"
)

// The JSON form of runs is published as schema/push-status.schema.json; a test
// compares the two.
type (
	statusDocument struct {
		Schema string      `json:"$schema"`
		Runs   []statusRun `json:"runs"`
	}
	statusRun struct {
		Run      string         `json:"run"`
		Intent   string         `json:"intent"`
		Began    time.Time      `json:"began"`
		User     string         `json:"user"`
		Host     string         `json:"host"`
		PID      int            `json:"pid"`
		Alive    bool           `json:"alive"`
		Torn     int            `json:"torn"`
		ExitCode int            `json:"exitCode"`
		Routers  []statusRouter `json:"routers"`
	}
	statusRouter struct {
		Name     string        `json:"name"`
		Phase    push.Phase    `json:"phase"`
		Outcome  *push.Outcome `json:"outcome,omitempty"`
		Text     string        `json:"text,omitempty"`
		Deadline time.Time     `json:"deadline,omitzero"`
		Now      *statusNow    `json:"now,omitempty"`
	}
	statusNow struct {
		Outcome push.Outcome `json:"outcome"`
		Has     string       `json:"has"`
		Pending bool         `json:"pending"`
		LeftMs  int64        `json:"leftMs"`
		Problem string       `json:"problem,omitempty"`
		Then    []string     `json:"then,omitempty"`
	}
)

// statusSchemaID is the $id of the published schema of runs.
const statusSchemaID = "https://github.com/ercfg/ercfg/schema/v1/push-status.schema.json"

func newStatusDocument(all []runStatus) statusDocument {
	d := statusDocument{Schema: statusSchemaID, Runs: make([]statusRun, 0, len(all))}
	for i := range all {
		st := &all[i]
		h := &st.journal.Header
		run := statusRun{
			Run: h.Run, Intent: h.Intent, Began: h.Time.UTC(), User: h.User, Host: h.Host, PID: h.PID,
			Alive: st.journal.Alive, Torn: st.journal.Torn, ExitCode: st.exitCode(), Routers: make([]statusRouter, 0, len(st.routers)),
		}
		for j := range st.routers {
			r := &st.routers[j]
			one := statusRouter{Name: r.Router, Phase: r.Phase, Outcome: r.Outcome, Text: r.Text}
			if !r.armed.IsZero() {
				one.Deadline = r.armed.UTC()
			}
			if n := r.now; n != nil {
				one.Now = &statusNow{n.Outcome, n.Has, n.Pending, n.Left.Milliseconds(), n.Err, n.Then}
			}
			run.Routers = append(run.Routers, one)
		}
		d.Runs = append(d.Runs, run)
	}
	return d
}
