package main

import (
	"bytes"
	"encoding/json"
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/sim"
	"github.com/ercfg/ercfg/internal/verify"
)

// The report of a verification is what its published schema describes: with every
// verdict, kind of leg and protocol, and with nothing at all.
func TestVerifyDocument(t *testing.T) {
	t.Parallel()
	compiled := compile(t, "verify", verifySchemaID)
	for _, r := range []*verify.Report{{}, verifiedReport()} {
		var out bytes.Buffer
		if err := writeJSON(&out, newVerifyDocument(r)); err != nil {
			t.Fatal(err)
		}
		validate(t, compiled, out.String())
	}
}

func verifiedReport() *verify.Report {
	began := time.Date(2026, 11, 27, 4, 15, 12, 0, time.FixedZone("CET", 3600))
	amount := verify.Amount{Records: 1, Samples: 2, Packets: 3, Bytes: 4, Unknown: 5, Flows: 6, Largest: 7}
	r := &verify.Report{
		Plan: "contoso-london", Scenario: "normal", Source: "UDP :2055", Began: began, Took: 90 * time.Second, Slot: 5 * time.Second, SeriesFrom: began,
		Silent: []string{"ce2"}, Other: amount, Control: amount, Transit: amount, Drops: verify.Drops{Malformed: 1}, Notes: []string{"a note"},
	}
	legs := []verify.Leg{
		{Path: "er-lon", Router: "ce1", Position: plan.Secondary}, {Path: "s2s", Router: "ce1", Instance: "a"},
		{Path: "er-lon", Whole: true}, {Path: sim.Internet, Router: "ce1"},
	}
	for v := verify.Pass; v <= verify.Fail; v++ {
		j := verify.Judgement{
			Statement: "campus", Family: plan.IPv6, Direction: sim.FromAzure, Default: v == verify.Fail, Verdict: v, Expected: legs, Reasons: []string{"why"}, Wait: time.Minute,
			Total: amount, Clear: amount, NotPlaced: amount, Ambiguous: amount, Early: amount,
		}
		for _, l := range legs {
			j.Legs = append(j.Legs, verify.LegShare{Leg: l, Expected: true, Amount: amount, Share: 0.5, Low: 0.25, High: 1, Rungs: [verify.Rungs]uint64{1, 2, 3, 4, 5}, Series: []uint64{0, 4}})
		}
		r.Judgements = append(r.Judgements, j)
	}
	for p := verify.NetFlow5; p <= verify.TrafficCollector; p++ {
		r.Exporters = append(r.Exporters, verify.Exporter{
			Source: verify.Source{Addr: netip.MustParseAddr("192.0.2.11"), Domain: 109, Protocol: p, Packets: 1, Records: 2, Skew: -3 * time.Second, Restarts: 4, Missed: 5, Last: began},
			Router: "ce1", By: "its address", Sampled: 1000, SampledBy: "its data",
		})
	}
	r.Exporters = append(r.Exporters, verify.Exporter{Source: verify.Source{Protocol: verify.TrafficCollector}})
	return r
}

// A program finds in it what the report says.
func TestVerifyDocumentValues(t *testing.T) {
	t.Parallel()
	var text bytes.Buffer
	if err := writeJSON(&text, newVerifyDocument(verifiedReport())); err != nil {
		t.Fatal(err)
	}
	type leg struct {
		Path, Router, Position, Instance string
		Share                            float64
		InterfaceFoundBy                 map[string]int
	}
	var got struct {
		Verdict    string
		Began      string
		TookMs     int
		Judgements []struct {
			Verdict, Direction string
			DefaultRoute       bool
			WaitMs             int
			Legs               []leg
		}
		Exporters []struct {
			Protocol     string
			ClockAheadMs int
		}
	}
	if err := json.Unmarshal(text.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	found := map[string]int{"intent": 1, "optionData": 2, "asking": 3, "vlan": 4, "nextHop": 5}
	want := []leg{
		{"er-lon", "ce1", "secondary", "", 0.5, found}, {"s2s", "ce1", "", "a", 0.5, found}, {"er-lon", "", "", "", 0.5, found}, {sim.Internet, "ce1", "", "", 0.5, found},
	}
	last := got.Judgements[2]
	if diff := cmp.Diff(want, last.Legs); diff != "" {
		t.Error(diff)
	}
	if got.Verdict != "FAIL" || got.Began != "2026-11-27T03:15:12Z" || got.TookMs != 90_000 || last.Verdict != "FAIL" || last.Direction != "from-azure" || !last.DefaultRoute || last.WaitMs != 60_000 {
		t.Errorf("%+v", got)
	}
	if e := got.Exporters[1]; e.Protocol != "NetFlow v9" || e.ClockAheadMs != -3000 {
		t.Errorf("%+v", e)
	}
}
