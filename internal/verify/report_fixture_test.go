package verify

import (
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/sim"
)

var (
	reportBegan   = time.Date(2026, 11, 27, 4, 15, 12, 0, time.UTC)
	reportPrimary = Leg{Path: "er-london", Router: "ce1"}
	reportSecond  = Leg{Path: "er-london", Router: "ce1", Position: plan.Secondary}
	reportTunnel  = Leg{Path: "s2s-frankfurt", Router: "ce1", Instance: "a"}
)

// hostile is a name as nobody should have it: markup of every form, what drives a
// terminal, and bytes that are no text.
const hostile = "<b>x</b> | \"y\" \\ *z* [l](h) & `c`\x1b[2J\n\xff\u202e"

// seen is an amount in proportion, of a sample in a thousand.
func seenAmount(samples uint64) Amount {
	return Amount{Records: samples / 4, Samples: samples, Packets: 1000 * samples, Bytes: 1_400_000 * samples, Flows: samples / 8, Largest: 5_600_000}
}

// mixedReport has every verdict, and every oddity that a report can have.
func mixedReport() *Report {
	r := &Report{
		Plan: "contoso-london", Scenario: "normal", Source: "UDP :2055", Began: reportBegan, Took: 5 * time.Minute, Slot: 5 * time.Second, SeriesFrom: reportBegan,
		Silent: []string{"ce2"}, Other: seenAmount(80), Control: Amount{Records: 3, Samples: 3, Packets: 3, Bytes: 240, Unknown: 3}, Transit: seenAmount(8),
		Drops: Drops{Malformed: 1, NoTemplate: 12, Socket: 1234}, Notes: []string{"the sampling rate of ce1 is assumed: 1 packet in 1,000"},
	}
	r.Judgements = []Judgement{
		{
			Statement: "campus", Verdict: Pass, Expected: []Leg{reportPrimary, reportSecond}, Total: seenAmount(3456), Early: seenAmount(40),
			Reasons: []string{"3,456 samples on the predicted links, and none elsewhere", "the return traffic prefers the other link"},
			Legs: []LegShare{
				{Leg: reportPrimary, Expected: true, Amount: seenAmount(1756), Share: 0.508, Low: 0.47, High: 0.546, Rungs: [Rungs]uint64{0, 439}, Series: waves(60, 0, 12)},
				{Leg: reportSecond, Expected: true, Amount: seenAmount(1700), Share: 0.492, Low: 0.454, High: 0.53, Rungs: [Rungs]uint64{0, 420, 0, 5}, Series: waves(60, 6, 12)},
			},
		},
		{
			Statement: "campus", Direction: sim.FromAzure, Verdict: Fail, Expected: []Leg{reportPrimary}, Total: seenAmount(820), Clear: Amount{Records: 2, Samples: 2, Packets: 2, Bytes: 3000, Unknown: 2},
			Reasons: []string{"s2s-frankfurt.a on ce1 carries 12 % of it although er-london.primary on ce1 lives, and the prediction has no traffic there", "2 packets were in clear text"},
			Legs: []LegShare{
				{Leg: reportPrimary, Expected: true, Amount: seenAmount(720), Share: 0.878, Low: 0.853, High: 0.899, Rungs: [Rungs]uint64{180}, Series: waves(60, 0, 60)[:40]},
				{Leg: reportTunnel, Amount: seenAmount(100), Share: 0.122, Low: 0.101, High: 0.147, Rungs: [Rungs]uint64{0, 0, 25}, Series: append(make([]uint64, 40), waves(20, 0, 5)...)},
			},
		},
		{
			Statement: "campus", Family: plan.IPv6, Verdict: Insufficient, Expected: []Leg{reportPrimary}, Wait: 150 * time.Second,
			Total: Amount{Records: 7, Samples: 7, Packets: 7, Bytes: 9800, Unknown: 7, Flows: 7, Largest: 1400}, NotPlaced: seenAmount(4), Ambiguous: seenAmount(4),
			Reasons: []string{"7 samples of 20 that a PASS takes"},
			Legs: []LegShare{{
				Leg: reportPrimary, Expected: true, Amount: Amount{Records: 7, Samples: 7, Packets: 7, Bytes: 9800, Unknown: 7, Flows: 7, Largest: 1400},
				Share: 1, Low: 0.6457, High: 1, Rungs: [Rungs]uint64{0, 0, 0, 0, 7}, Series: []uint64{0, 9800},
			}},
		},
		{
			Statement: "campus", Direction: sim.FromAzure, Default: true, Verdict: Insufficient, Expected: []Leg{{Path: "Internet", Router: "ce1"}},
			Reasons: []string{"nothing was seen"}, Legs: []LegShare{{Leg: Leg{Path: "Internet", Router: "ce1"}, Expected: true}},
		},
		{Statement: "saas", Verdict: Pass, Reasons: []string{"nothing was seen, and nothing is predicted"}, Legs: []LegShare{}},
		{
			Statement: "a-statement-with-a-name-that-is-as-long-as-names-may-be-and-then-some-more", Family: plan.IPv6, Direction: sim.FromAzure, Verdict: Pass,
			Expected: []Leg{{Path: "er-london-metropolitan-exchange.microsoft", Whole: true}}, Reasons: []string{"all of it was on the circuit"}, Total: seenAmount(400),
			Legs: []LegShare{
				{Leg: Leg{Path: "er-london-metropolitan-exchange.microsoft", Whole: true}, Expected: true, Amount: seenAmount(400), Share: 1, Low: 1, High: 1, Rungs: [Rungs]uint64{0, 0, 0, 100}, Series: waves(60, 0, 20)},
				{Leg: reportSecond, Amount: Amount{}, High: 0.003},
			},
		},
	}
	r.Exporters = []Exporter{
		{
			Source: Source{Addr: netip.MustParseAddr("192.0.2.11"), Domain: 109, Protocol: IPFIX, Packets: 120, Records: 2400, Sampling: 1000, Skew: 3 * time.Second, Restarts: 1, Missed: 12, Last: reportBegan.Add(4 * time.Minute)},
			Router: "ce1", By: "its address", Sampled: 1000, SampledBy: "its data",
		},
		{Source: Source{Addr: netip.MustParseAddr("2001:db8:ffff:ffff:ffff:ffff:ffff:fff1"), Protocol: NetFlow9, Packets: 7, Records: 70, Skew: -90 * time.Second, Restarts: 2, Missed: 1}, Router: "ce1", By: "its observation domain"},
		{Source: Source{Addr: netip.MustParseAddr("198.51.100.7"), Protocol: SFlow, Packets: 3, Records: 9}, Sampled: 1, SampledBy: "its data"},
		{Source: Source{Protocol: TrafficCollector, Records: 3}, Sampled: 4096, SampledBy: "what Azure says"},
	}
	return r
}

// waves is a series that rises and falls.
func waves(n, from, every int) []uint64 {
	out := make([]uint64, n)
	for i := range out {
		out[i] = uint64((i+from)%every+1) * 4_000_000
	}
	return out
}

// emptyReport has heard nothing.
func emptyReport() *Report {
	return &Report{Plan: "contoso-london", Scenario: "er-london.primary", Source: "empty.pcap"}
}

// hostileReport has a hostile name wherever the world may write one.
func hostileReport() *Report {
	r := mixedReport()
	r.Source, r.Notes, r.Silent = hostile, []string{hostile}, []string{hostile}
	r.Judgements = r.Judgements[1:3]
	for i := range r.Judgements {
		r.Judgements[i].Statement, r.Judgements[i].Reasons = hostile+strings.Repeat("x", 100), []string{hostile} // no place to break it
		for k := range r.Judgements[i].Legs {
			r.Judgements[i].Legs[k].Leg.Path = hostile
		}
	}
	for i := range r.Exporters {
		r.Exporters[i].By, r.Exporters[i].SampledBy = hostile, hostile
	}
	return r
}

// largeReport has 500 statements, in both families and directions, with long names.
func largeReport() *Report {
	r := mixedReport()
	of := r.Judgements[:3]
	r.Judgements = nil
	for i := range 500 {
		for _, f := range []plan.Family{plan.IPv4, plan.IPv6} {
			for _, d := range []sim.Direction{sim.ToAzure, sim.FromAzure} {
				j := of[i%3]
				j.Statement, j.Family, j.Direction = fmt.Sprintf("statement-%03d-%s", i, strings.Repeat("x", i%20)), f, d
				r.Judgements = append(r.Judgements, j)
			}
		}
	}
	return r
}

// goodReport has nothing that must be said.
func goodReport() *Report {
	r := mixedReport()
	r.Judgements = r.Judgements[:1]
	r.Judgements[0].Reasons, r.Judgements[0].Early = r.Judgements[0].Reasons[:1], Amount{}
	r.Exporters, r.Silent, r.Drops, r.Notes = r.Exporters[:1], nil, Drops{}, nil
	r.Other, r.Control, r.Transit = Amount{}, Amount{}, Amount{}
	return r
}

// hugeReport has numbers as only a router that lies tells them.
func hugeReport() *Report {
	r := mixedReport()
	const n = 1<<64 - 1
	for i := range r.Judgements {
		j := &r.Judgements[i]
		j.Total = Amount{n, n, n, n, n, n, n}
		j.Clear, j.NotPlaced, j.Ambiguous, j.Early = j.Total, j.Total, j.Total, j.Total
		for k := range j.Legs {
			j.Legs[k].Amount, j.Legs[k].Series = j.Total, []uint64{n, 0, n}
		}
	}
	return r
}
