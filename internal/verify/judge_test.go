package verify

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ercfg/ercfg/internal/fleet"
	"github.com/ercfg/ercfg/internal/intent"
	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/sim"
)

// A carried is what one leg carried, or what was seen on none: "not placed",
// "ambiguous" and "early" are no legs.
type carried struct {
	leg            string
	flows, perFlow uint64 // packets of each flow, of 1000 bytes
	hints          uint64 // records of them that a next hop placed
	rate           uint64 // one packet in N was seen; 0: all
	unknown        bool   // nobody tells the rate
}

func judgeCount(t *testing.T, p *plan.Plan, traffic Traffic, list []carried) []Count {
	t.Helper()
	if list == nil {
		return nil
	}
	c := Count{Traffic: traffic}
	for _, x := range list {
		rate := max(x.rate, 1)
		n := x.flows * x.perFlow
		a := Amount{Records: x.flows, Samples: n, Packets: n * rate, Bytes: n * rate * 1000, Flows: x.flows, Largest: x.perFlow * rate * 1000}
		if x.unknown {
			a.Unknown = n
		}
		switch x.leg {
		case "not placed":
			c.NotPlaced = a
			continue
		case "ambiguous":
			c.Ambiguous = a
			continue
		case "early":
			c.Early = a
			continue
		}
		l := LegCount{Amount: a}
		l.Rungs[ByNextHop], l.Rungs[ByOptions] = x.hints, x.flows-x.hints
		if path, whole := strings.CutSuffix(x.leg, " (link not told)"); whole {
			l.Leg = Leg{Path: path, Whole: true}
		} else {
			for _, leg := range allLegs(p) {
				if leg.String() == x.leg {
					l.Leg = leg
				}
			}
			if l.Leg == (Leg{}) {
				t.Fatalf("no leg %s in %v", x.leg, allLegs(p))
			}
		}
		c.Legs = append(c.Legs, l)
	}
	return []Count{c}
}

const (
	londonP    = "er-london.primary on ce1"
	londonS    = "er-london.secondary on ce2"
	frankfurtP = "er-frankfurt.primary on ce1"
	frankfurtS = "er-frankfurt.secondary on ce1"
	vpnA       = "s2s-frankfurt.a on ce1"
	vpnB       = "s2s-frankfurt.b on ce1"
	zurichP    = "er-zurich.primary on ce1"
	zurichA    = "ipsec-zurich.a on ce1"
	zurichB    = "ipsec-zurich.b on ce1"
)

// The reasons of each verdict, as a person in a change window reads them.
func TestJudgeReasons(t *testing.T) {
	t.Parallel()
	examples := judgeExamples(t)
	const one, three, four, five, seven = "01-two-ce-private", "03-vpn-backup", "04-encrypted-over-private", "05-microsoft-peering", "07-two-sites-standby-telemetry"
	to, from := sim.ToAzure, sim.FromAzure
	tests := []struct {
		name, example, scenario string
		direction               sim.Direction
		seen                    []carried
		silent                  []string
		want                    Verdict
		wait                    time.Duration
		reasons                 []string
	}{
		{name: "both links", example: one, direction: from, seen: []carried{{leg: londonP, flows: 40, perFlow: 10}, {leg: londonS, flows: 40, perFlow: 10}}, want: Pass,
			reasons: []string{"all on er-london.primary on ce1 and er-london.secondary on ce2 as predicted: 800 kB, 800 packets, 80 flows"}},
		{name: "the LAN has one router", example: one, direction: to, seen: []carried{{leg: londonP, flows: 40, perFlow: 10}}, want: Pass,
			reasons: []string{"all on er-london.primary on ce1 as predicted: 400 kB, 400 packets, 40 flows", "er-london.secondary on ce2 carries nothing: the LAN decides which router gets this traffic"}},
		{name: "the other router is silent", example: one, direction: to, seen: []carried{{leg: londonP, flows: 40, perFlow: 10}}, silent: []string{"ce2"}, want: Insufficient,
			reasons: []string{"ce2 exports nothing: what er-london.secondary carries is not seen"}},
		{name: "Azure does not balance", example: one, direction: from, seen: []carried{{leg: londonP, flows: 40, perFlow: 10}}, want: Fail,
			reasons: []string{"er-london.secondary on ce2 carries nothing of 40 flows that it should share with er-london.primary on ce1", "ce2 shows no traffic of any statement from Azure: it may not export that direction"}},
		{name: "a router does not balance", example: three, direction: to, seen: []carried{{leg: frankfurtS, flows: 9, perFlow: 10}}, want: Fail,
			reasons: []string{"er-frankfurt.primary on ce1 carries nothing of 9 flows that it should share with er-frankfurt.secondary on ce1", "a router that hashes by addresses alone spreads pairs of hosts, not flows: then few hosts explain it", "nothing at all was seen on er-frankfurt.primary on ce1: what watches it may be missing"}},
		{name: "too few flows to tell", example: three, direction: to, seen: []carried{{leg: frankfurtS, flows: 5, perFlow: 10}}, want: Insufficient, wait: 4 * time.Minute,
			reasons: []string{"er-frankfurt.primary on ce1 carries nothing yet: 5 flows cannot tell that from chance, it takes 9"}},
		{name: "empty, or not placed", example: three, direction: to, seen: []carried{{leg: frankfurtS, flows: 50, perFlow: 10}, {leg: "not placed", flows: 50, perFlow: 10}}, want: Insufficient,
			reasons: []string{"500 of 1000 packets went by interfaces that nobody knows: give exporter or interfaceIndex, export interface names, or ask the routers", "er-frankfurt.primary on ce1 carries nothing, or what could not be placed"}},
		{name: "the primary alone in the scenario of the secondary", example: one, scenario: "er-london.primary", direction: from, seen: []carried{{leg: londonP, flows: 5, perFlow: 10}, {leg: londonS, flows: 35, perFlow: 10}}, want: Fail,
			reasons: []string{"er-london.primary on ce1 carries 12 % (50 kB, 50 packets) although the prediction has er-london.secondary on ce2 alone"}},
		{name: "a moment of the other link", example: one, scenario: "er-london.primary", direction: from, seen: []carried{{leg: londonP, flows: 1, perFlow: 2}, {leg: londonS, flows: 35, perFlow: 10}}, want: Insufficient,
			reasons: []string{"er-london.primary on ce1 carries 2 packets, which the prediction does not have: too few for a failure, and too many for a proof"}},
		{name: "VPN in use", example: three, direction: from, seen: []carried{{leg: frankfurtP, flows: 10, perFlow: 10}, {leg: frankfurtS, flows: 10, perFlow: 10}, {leg: vpnA, flows: 5, perFlow: 10}}, want: Fail,
			reasons: []string{"backup in use: the VPN s2s-frankfurt.a on ce1 carries 20 % (50 kB, 50 packets) while ExpressRoute lives (er-frankfurt)"}},
		{name: "VPN of a hint", example: three, direction: from, seen: []carried{{leg: frankfurtP, flows: 1000, perFlow: 10}, {leg: frankfurtS, flows: 1000, perFlow: 10}, {leg: vpnA, flows: 5, perFlow: 10, hints: 5}}, want: Insufficient,
			reasons: []string{"s2s-frankfurt.a on ce1 may carry 50 packets: a next hop says so, which is a hint and no proof"}},
		{name: "standby circuit in use", example: seven, direction: to, seen: []carried{{leg: "er-lon.primary on ce-lon", flows: 10, perFlow: 10}, {leg: "er-lon.secondary on ce-lon", flows: 10, perFlow: 10}, {leg: "er-ams.primary on ce-ams", flows: 20, perFlow: 10}}, want: Fail,
			reasons: []string{"backup in use: er-ams.primary on ce-ams carries 50 % (200 kB, 200 packets) although er-lon lives"}},
		{name: "not the state of the scenario", example: three, scenario: "er-frankfurt", direction: to, seen: []carried{{leg: frankfurtP, flows: 20, perFlow: 10}}, want: Fail,
			reasons: []string{"er-frankfurt.primary on ce1 carries 100 % (200 kB, 200 packets) although scenario er-frankfurt leaves it nothing: is that the state?", "no packet is proved on an expected leg; a verdict takes 20"}},
		{name: "leak", example: four, direction: to, seen: []carried{{leg: zurichA, flows: 10, perFlow: 10}, {leg: zurichB, flows: 10, perFlow: 10}, {leg: zurichP, flows: 1, perFlow: 1}}, want: Fail,
			reasons: []string{"leak: 0.5 % (1.0 kB, 1 packet) in clear text on er-zurich.primary on ce1, which the prediction does not have"}},
		{name: "leak of which the link is not told", example: four, direction: to, seen: []carried{{leg: zurichA, flows: 10, perFlow: 10}, {leg: zurichB, flows: 10, perFlow: 10}, {leg: "er-zurich (link not told)", flows: 1, perFlow: 2}}, want: Fail,
			reasons: []string{"leak: 2.0 kB in 2 packets in clear text on er-zurich (link not told), which the prediction does not have"}},
		{name: "clear as predicted", example: four, scenario: "ipsec-zurich", direction: to, seen: []carried{{leg: zurichP, flows: 20, perFlow: 10}, {leg: "er-zurich.secondary on ce1", flows: 20, perFlow: 10}}, want: Pass,
			reasons: []string{"all on er-zurich.primary on ce1 and er-zurich.secondary on ce1 as predicted: 400 kB, 400 packets, 40 flows", "in clear text on er-zurich.primary on ce1, as predicted: 50 % (200 kB, 200 packets)", "in clear text on er-zurich.secondary on ce1, as predicted: 50 % (200 kB, 200 packets)", "nothing was seen on ipsec-zurich.a on ce1 and ipsec-zurich.b on ce1: that what goes there is exported is not proved"}},
		{name: "no path, and traffic", example: one, scenario: "er-london", direction: to, seen: []carried{{leg: londonP, flows: 3, perFlow: 1}}, want: Fail,
			reasons: []string{"er-london.primary on ce1 carries 100 % (3.0 kB, 3 packets) although no path is predicted"}},
		{name: "no path, and none", example: one, scenario: "er-london", direction: to, want: Pass,
			reasons: []string{"no path is predicted and none was seen: ce1 and ce2 would have shown it", "nothing was seen on er-london.primary on ce1 and er-london.secondary on ce2: that what goes there is exported is not proved"}},
		{name: "no path, and a silent router", example: one, scenario: "er-london", direction: to, silent: []string{"ce1"}, want: Insufficient,
			reasons: []string{"ce1 exports nothing: whether it carries any of this, without a path, is not seen"}},
		{name: "no path, and no router", example: "02-dual-stack-one-ce", scenario: "ce1", direction: to, silent: []string{"ce1"}, want: Insufficient,
			reasons: []string{"no router that could carry this is heard, so none can prove that nothing goes"}},
		{name: "no path, and nobody knows where", example: one, scenario: "er-london", direction: to, seen: []carried{{leg: "not placed", flows: 1, perFlow: 1}}, want: Insufficient,
			reasons: []string{"1 of 1 packet went by interfaces that nobody knows: give exporter or interfaceIndex, export interface names, or ask the routers"}},
		{name: "no traffic", example: one, direction: from, want: Insufficient, reasons: []string{"no traffic at all: ce1 and ce2 export, and show none of it"}},
		{name: "no traffic, and one is silent", example: one, direction: from, silent: []string{"ce2"}, want: Insufficient,
			reasons: []string{"ce2 exports nothing: what er-london.secondary carries is not seen", "no traffic at all: ce1 exports, and shows none of it"}},
		{name: "no traffic, and all are silent", example: three, direction: from, silent: []string{"ce1"}, want: Insufficient,
			reasons: []string{"ce1 exports nothing: what er-frankfurt.primary and er-frankfurt.secondary carry is not seen", "no traffic at all: no router that could show it exports anything"}},
		{name: "too few", example: one, direction: from, seen: []carried{{leg: londonP, flows: 4, perFlow: 1}, {leg: londonS, flows: 6, perFlow: 1}}, want: Insufficient, wait: 5 * time.Minute,
			reasons: []string{"10 packets on expected legs, and a verdict takes 20"}},
		{name: "too few, and time does not help", example: one, direction: from, seen: []carried{{leg: londonP, flows: 4, perFlow: 1}, {leg: londonS, flows: 6, perFlow: 1}, {leg: "not placed", flows: 10, perFlow: 1}}, want: Insufficient,
			reasons: []string{"10 of 20 packets went by interfaces that nobody knows: give exporter or interfaceIndex, export interface names, or ask the routers", "10 packets on expected legs, and a verdict takes 20"}},
		{name: "a little of each doubt", example: one, direction: from, seen: []carried{{leg: londonP, flows: 500, perFlow: 1}, {leg: londonS, flows: 500, perFlow: 1}, {leg: "not placed", flows: 6, perFlow: 1}, {leg: "ambiguous", flows: 6, perFlow: 1}}, want: Insufficient,
			reasons: []string{"12 of 1012 packets may have been anywhere: not placed, ambiguous, or by a hint alone"}},
		{name: "all early", example: one, direction: from, seen: []carried{{leg: "early", flows: 40, perFlow: 1}}, want: Insufficient,
			reasons: []string{"all 40 packets began before the time that is judged: wait until such records are over"}},
		{name: "some early", example: one, direction: from, seen: []carried{{leg: "early", flows: 40, perFlow: 1}, {leg: londonP, flows: 20, perFlow: 1}, {leg: londonS, flows: 20, perFlow: 1}}, want: Pass,
			reasons: []string{"all on er-london.primary on ce1 and er-london.secondary on ce2 as predicted: 40 kB, 40 packets, 40 flows", "40 packets began before the time that is judged, and do not count"}},
		{name: "by hints", example: one, direction: from, seen: []carried{{leg: londonP, flows: 20, perFlow: 1, hints: 20}, {leg: londonS, flows: 20, perFlow: 1, hints: 20}}, want: Insufficient,
			reasons: []string{"40 of 40 packets are placed by a next hop alone, which is a hint and no proof"}},
		{name: "ambiguous", example: one, direction: from, seen: []carried{{leg: londonP, flows: 40, perFlow: 1}, {leg: londonS, flows: 40, perFlow: 1}, {leg: "ambiguous", flows: 1, perFlow: 1}}, want: Insufficient,
			reasons: []string{"1 of 81 packets belong to two statements with the same prefixes"}},
		{name: "the circuit is proof enough", example: one, direction: from, seen: []carried{{leg: "er-london (link not told)", flows: 40, perFlow: 1, rate: 4096}}, silent: []string{"ce1", "ce2"}, want: Pass,
			reasons: []string{"all on er-london (link not told) as predicted: 164 MB, 40 packets, 40 flows", "which link of er-london carries how much is not seen: the circuit alone is told", "sampled: another leg could carry up to 7.5 % of it and stay unseen (95 % confidence)"}},
		{name: "the circuit is not", example: one, scenario: "er-london.primary", direction: from, seen: []carried{{leg: "er-london (link not told)", flows: 40, perFlow: 1, rate: 4096}}, silent: []string{"ce1", "ce2"}, want: Insufficient,
			reasons: []string{"of 40 packets on er-london nobody tells the link, and the prediction has er-london.secondary alone", "not seen: what goes by ce1, of which nothing comes; --idle says that silence there is idleness"}},
		{name: "nobody tells the rate", example: one, direction: from, seen: []carried{{leg: londonP, flows: 20, perFlow: 1, unknown: true}, {leg: londonS, flows: 20, perFlow: 1, unknown: true}}, want: Pass,
			reasons: []string{"all on er-london.primary on ce1 and er-london.secondary on ce2 as predicted: 40 kB, 40 packets, 40 flows", "nobody tells the sampling rate of 40 packets: volumes are as seen, and if it is sampled, another leg could carry up to 7.5 % unseen"}},
		{name: "an idle router is silent", example: seven, direction: from, seen: []carried{{leg: "er-lon.primary on ce-lon", flows: 20, perFlow: 1}, {leg: "er-lon.secondary on ce-lon", flows: 20, perFlow: 1}}, silent: []string{"ce-ams"}, want: Insufficient,
			reasons: []string{"not seen: what goes by ce-ams, of which nothing comes; --idle says that silence there is idleness"}},
		{name: "by the Internet", example: five, scenario: "er-ams, er-dub", direction: to, want: Insufficient,
			reasons: []string{"no traffic at all: it is predicted to leave by the Internet, which no link of the plan shows"}},
		{name: "into a dead end", example: four, scenario: "er-zurich.primary:drain", direction: to, seen: []carried{{leg: zurichA, flows: 20, perFlow: 10}, {leg: zurichB, flows: 20, perFlow: 10}}, want: Pass,
			reasons: []string{"all on ipsec-zurich.a on ce1 and ipsec-zurich.b on ce1 as predicted: 400 kB, 400 packets, 40 flows", "ipsec-zurich.a on ce1 may lead into a dead end, as predicted: one of the links under it is drained", "ipsec-zurich.b on ce1 may lead into a dead end, as predicted: one of the links under it is drained", "nothing was seen on er-zurich.primary on ce1 and er-zurich.secondary on ce1: that what goes there is exported is not proved"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := examples[tt.example]
			o := judgeOutcome(t, p, tt.scenario)
			counts := judgeCount(t, p, Traffic{Direction: tt.direction}, tt.seen)
			var got *Judgement
			for _, j := range Judge(p, o, counts, tt.silent, JudgeOptions{Seen: judgeSeen}) {
				if got == nil && j.Direction == tt.direction && !j.Default {
					got = &j
				}
			}
			if got.Verdict != tt.want || got.Wait != tt.wait {
				t.Errorf("got %v and a wait of %v, want %v and %v", got.Verdict, got.Wait, tt.want, tt.wait)
			}
			if d := cmp.Diff(tt.reasons, got.Reasons); d != "" {
				t.Errorf("reasons (-want +got):\n%s", d)
			}
			readable(t, *got)
		})
	}
}

// Judge is one report on 500 circuits with two routers each, as it is made every second
// of a live table.
func BenchmarkJudge(b *testing.B) {
	doc, _ := intent.Read([]intent.File{{Name: "site.yaml", Data: fleet.Intent(500)}})
	p, diags := plan.Resolve(doc, plan.Env{})
	if p == nil {
		b.Fatal(diags)
	}
	o := sim.Predict(p, []sim.Scenario{{}}).Outcomes[0]
	counts := addedUp(perfect(judgeRows(p, o), 30, rand.New(rand.NewPCG(1, 2))))
	for b.Loop() {
		Judge(p, o, counts, nil, JudgeOptions{Seen: judgeSeen})
	}
	b.ReportMetric(float64(2*len(o.Flows)), "rows")
}
