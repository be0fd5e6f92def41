//go:build linux

package lab

import (
	"encoding/json"
	"io"
	"time"
)

// The $id of the published schemas of the two reports.
const (
	TestSchema  = "https://github.com/ercfg/ercfg/schema/v1/lab-test.schema.json"
	DrillSchema = "https://github.com/ercfg/ercfg/schema/v1/lab-drill.schema.json"
)

// WriteJSON writes the report as schema/lab-test.schema.json describes it.
func (r *TestReport) WriteJSON(w io.Writer) error {
	type check struct {
		Name string `json:"name"`
		Want string `json:"want"`
		Got  string `json:"got"`
		Pass bool   `json:"pass"`
	}
	out := struct {
		Schema      string   `json:"$schema"`
		Plan        string   `json:"intent"`
		Passed      bool     `json:"passed"`
		MSEE        string   `json:"msee"`
		GatewayHold int64    `json:"gatewayHoldMs"`
		Clock       int64    `json:"clockErrorMs"`
		Took        int64    `json:"tookMs"`
		Checks      []check  `json:"checks"`
		Omitted     []string `json:"omitted"`
	}{
		Schema: TestSchema, Plan: r.Plan, Passed: r.Passed(), MSEE: r.MSEE, GatewayHold: r.GatewayHold.Milliseconds(), Clock: r.Clock.Milliseconds(),
		Took: r.Took.Milliseconds(), Checks: []check{}, Omitted: listed(r.Omitted),
	}
	for _, c := range r.Checks {
		out.Checks = append(out.Checks, check(c))
	}
	return writeJSON(w, out)
}

// WriteJSON writes the report as schema/lab-drill.schema.json describes it.
func (r *DrillReport) WriteJSON(w io.Writer) error {
	type flow struct {
		Statement   string   `json:"statement"`
		Family      string   `json:"family"`
		Direction   string   `json:"direction"`
		Predicted   string   `json:"predicted"`
		Measured    string   `json:"measured"`
		Limit       *int64   `json:"limitMs"`
		Loss        int64    `json:"lossMs"`
		Failback    int64    `json:"failbackMs"`
		Lost        int      `json:"lost"`
		Sent        int      `json:"sent"`
		By          string   `json:"detectedBy"`
		Differences []string `json:"differences"`
	}
	type run struct {
		Scenario string   `json:"scenario"`
		Faults   []string `json:"faults"`
		Passed   bool     `json:"passed"`
		Trouble  string   `json:"trouble"`
		Findings []string `json:"findings"`
		Took     int64    `json:"tookMs"`
		Flows    []flow   `json:"flows"`
	}
	type failover struct {
		Median  int64 `json:"medianMs"`
		Longest int64 `json:"longestMs"`
		Count   int   `json:"count"`
	}
	out := struct {
		Schema      string   `json:"$schema"`
		Plan        string   `json:"intent"`
		Passed      bool     `json:"passed"`
		MSEE        string   `json:"msee"`
		GatewayHold int64    `json:"gatewayHoldMs"`
		Clock       int64    `json:"clockErrorMs"`
		Took        int64    `json:"tookMs"`
		Failover    failover `json:"bfdFailover"`
		Unplayed    int      `json:"unplayed"`
		Omitted     []string `json:"omitted"`
		Runs        []run    `json:"runs"`
	}{
		Schema: DrillSchema, Plan: r.Plan, Passed: r.Passed(), MSEE: r.MSEE, GatewayHold: r.GatewayHold.Milliseconds(), Clock: r.Clock.Milliseconds(),
		Took: r.Took.Milliseconds(), Unplayed: r.Unplayed, Omitted: listed(r.Omitted), Runs: []run{},
	}
	if all := r.Failovers(); len(all) > 0 {
		out.Failover = failover{median(all).Milliseconds(), all[len(all)-1].Milliseconds(), len(all)}
	}
	for i := range r.Runs {
		in := &r.Runs[i]
		one := run{in.Scenario, listed(in.Faults), in.Passed(), in.Trouble, listed(in.Findings), in.Took.Milliseconds(), []flow{}}
		for _, o := range in.Flows {
			direction, _ := o.Direction.MarshalText()
			one.Flows = append(one.Flows, flow{
				o.Statement, o.Family.String(), string(direction), o.Predicted, o.Measured, limit(o.Limit), o.Loss.Milliseconds(),
				o.Failback.Milliseconds(), o.Lost, o.Sent, o.By, listed(o.Differences),
			})
		}
		out.Runs = append(out.Runs, one)
	}
	return writeJSON(w, out)
}

// limit is d in milliseconds; nil where there is none.
func limit(d time.Duration) *int64 {
	if d < 0 {
		return nil
	}
	ms := d.Milliseconds()
	return &ms
}

// listed is list, and never null in JSON.
func listed(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}
