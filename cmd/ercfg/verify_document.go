package main

import (
	"time"

	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/sim"
	"github.com/ercfg/ercfg/internal/verify"
)

// The JSON form of a verification is published as schema/verify.schema.json; a test
// compares the two.
type (
	verifyDocument struct {
		Schema     string            `json:"$schema"`
		Intent     string            `json:"intent"`
		Scenario   string            `json:"scenario"`
		Source     string            `json:"source"`
		Began      time.Time         `json:"began,omitzero"`
		TookMs     int64             `json:"tookMs"`
		SlotMs     int64             `json:"slotMs"`
		SeriesFrom time.Time         `json:"seriesFrom,omitzero"`
		Verdict    verify.Verdict    `json:"verdict"`
		Judgements []verifyJudgement `json:"judgements"`
		Exporters  []verifyExporter  `json:"exporters"`
		Silent     []string          `json:"silent"`
		Other      verify.Amount     `json:"other"`
		Control    verify.Amount     `json:"control"`
		Transit    verify.Amount     `json:"transit"`
		Drops      verify.Drops      `json:"drops"`
		Notes      []string          `json:"notes"`
	}
	verifyJudgement struct {
		Statement string         `json:"statement"`
		Family    plan.Family    `json:"family"`
		Direction sim.Direction  `json:"direction"`
		Default   bool           `json:"defaultRoute,omitempty"`
		Verdict   verify.Verdict `json:"verdict"`
		Expected  []verifyLeg    `json:"expected"`
		Reasons   []string       `json:"reasons"`
		WaitMs    int64          `json:"waitMs,omitempty"`
		Total     verify.Amount  `json:"total"`
		Legs      []verifyShare  `json:"legs"`
		Clear     verify.Amount  `json:"clearText"`
		NotPlaced verify.Amount  `json:"notPlaced"`
		Ambiguous verify.Amount  `json:"ambiguous"`
		Early     verify.Amount  `json:"early"`
	}
	verifyLeg struct {
		Path     string `json:"path"`
		Router   string `json:"router,omitempty"`
		Position string `json:"position,omitempty"`
		Instance string `json:"instance,omitempty"`
	}
	verifyShare struct {
		verifyLeg
		Expected bool `json:"expected"`
		verify.Amount
		Share  float64     `json:"share"`
		Low    float64     `json:"low"`
		High   float64     `json:"high"`
		Found  verifyFound `json:"interfaceFoundBy"`
		Series []uint64    `json:"series"`
	}
	// verifyFound are records by how their interface was found.
	verifyFound struct {
		Intent  uint64 `json:"intent"`
		Options uint64 `json:"optionData"`
		Asking  uint64 `json:"asking"`
		VLAN    uint64 `json:"vlan"`
		NextHop uint64 `json:"nextHop"`
	}
	verifyExporter struct {
		Address   string          `json:"address,omitempty"`
		Domain    uint32          `json:"domain"`
		Protocol  verify.Protocol `json:"protocol"`
		Router    string          `json:"router,omitempty"`
		By        string          `json:"recognisedBy,omitempty"`
		Datagrams uint64          `json:"datagrams"`
		Records   uint64          `json:"records"`
		Sampling  uint32          `json:"sampling"`
		SampledBy string          `json:"samplingBy,omitempty"`
		AheadMs   int64           `json:"clockAheadMs"`
		Restarts  uint64          `json:"restarts"`
		Missed    uint64          `json:"missed"`
		Last      time.Time       `json:"last,omitzero"`
	}
)

// verifySchemaID is the $id of the published schema of a verification.
const verifySchemaID = "https://github.com/ercfg/ercfg/schema/v1/verify.schema.json"

func newVerifyDocument(r *verify.Report) verifyDocument {
	d := verifyDocument{
		Schema: verifySchemaID, Intent: r.Plan, Scenario: r.Scenario, Source: r.Source, Began: utc(r.Began), TookMs: r.Took.Milliseconds(), SlotMs: r.Slot.Milliseconds(), SeriesFrom: utc(r.SeriesFrom),
		Verdict: r.Verdict(), Judgements: make([]verifyJudgement, 0, len(r.Judgements)), Exporters: make([]verifyExporter, 0, len(r.Exporters)), Silent: listed(r.Silent),
		Other: r.Other, Control: r.Control, Transit: r.Transit, Drops: r.Drops, Notes: listed(r.Notes),
	}
	for i := range r.Judgements {
		d.Judgements = append(d.Judgements, newVerifyJudgement(&r.Judgements[i]))
	}
	for i := range r.Exporters {
		e := &r.Exporters[i]
		one := verifyExporter{
			Domain: e.Domain, Protocol: e.Protocol, Router: e.Router, By: e.By, Datagrams: e.Packets, Records: e.Records, Sampling: e.Sampled, SampledBy: e.SampledBy,
			AheadMs: e.Skew.Milliseconds(), Restarts: e.Restarts, Missed: e.Missed, Last: utc(e.Last),
		}
		if e.Addr.IsValid() {
			one.Address = e.Addr.String()
		}
		d.Exporters = append(d.Exporters, one)
	}
	return d
}

func newVerifyJudgement(j *verify.Judgement) verifyJudgement {
	out := verifyJudgement{
		Statement: j.Statement, Family: j.Family, Direction: j.Direction, Default: j.Default, Verdict: j.Verdict,
		Expected: make([]verifyLeg, 0, len(j.Expected)), Reasons: listed(j.Reasons), WaitMs: j.Wait.Milliseconds(), Total: j.Total,
		Legs: make([]verifyShare, 0, len(j.Legs)), Clear: j.Clear, NotPlaced: j.NotPlaced, Ambiguous: j.Ambiguous, Early: j.Early,
	}
	for _, l := range j.Expected {
		out.Expected = append(out.Expected, newVerifyLeg(l))
	}
	for i := range j.Legs {
		l := &j.Legs[i]
		out.Legs = append(out.Legs, verifyShare{
			verifyLeg: newVerifyLeg(l.Leg), Expected: l.Expected, Amount: l.Amount, Share: l.Share, Low: l.Low, High: l.High, Series: append([]uint64{}, l.Series...),
			Found: verifyFound{l.Rungs[verify.ByIntent], l.Rungs[verify.ByOptions], l.Rungs[verify.ByAsking], l.Rungs[verify.ByVLAN], l.Rungs[verify.ByNextHop]},
		})
	}
	return out
}

// newVerifyLeg has a position only where the leg is a link that the data tells.
func newVerifyLeg(l verify.Leg) verifyLeg {
	out := verifyLeg{Path: l.Path, Router: l.Router, Instance: l.Instance}
	if !l.Whole && l.Instance == "" && l.Path != sim.Internet {
		out.Position = l.Position.String()
	}
	return out
}

// utc is t for a document; no time stays none.
func utc(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.UTC()
}
