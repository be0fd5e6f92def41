package verify

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
)

// WriteMetrics writes r in the text format of Prometheus (version 0.0.4). How many
// series there are is bounded by the plan: exporters that are no router of it are
// counted and not named. What has _total grows as long as the process runs; the rest
// is of one window, and begins anew with the next. The error is the writer's.
//
// Source of format and names: https://prometheus.io/docs/instrumenting/exposition_formats/
// and https://prometheus.io/docs/practices/naming/.
func WriteMetrics(w io.Writer, r *Report) error {
	m := &metrics{}
	m.window(r)
	m.verdicts(r)
	m.legs(r)
	m.beside(r)
	m.routers(r)
	m.dropped(r)
	_, err := io.WriteString(w, m.String())
	return err
}

// metrics is an exposition on its way. All series of a metric follow its head.
type metrics struct{ strings.Builder }

// head begins a metric. The help has neither a backslash nor a line feed.
func (m *metrics) head(name, kind, help string) {
	fmt.Fprintf(m, "# HELP ercfg_verify_%s %s\n# TYPE ercfg_verify_%s %s\n", name, help, name, kind)
}

// value writes one series; labels are those of labelsOf.
func (m *metrics) value(name string, value float64, labels string) {
	m.WriteString("ercfg_verify_")
	m.WriteString(name)
	m.WriteString(labels)
	m.WriteByte(' ')
	m.WriteString(strconv.FormatFloat(value, 'g', -1, 64))
	m.WriteByte('\n')
}

// labelsOf writes labels, which are names and values by turns.
func labelsOf(pairs ...string) string {
	var out strings.Builder
	for i := 0; i < len(pairs); i += 2 {
		out.WriteByte("{,"[min(i, 1)])
		out.WriteString(pairs[i] + `="` + labelValue(pairs[i+1]) + `"`)
	}
	return out.String() + "}"
}

// labelValue escapes what the format has a meaning for, and leaves valid UTF-8.
func labelValue(text string) string {
	if !strings.ContainsAny(text, "\\\n\"") {
		return strings.ToValidUTF8(text, "\uFFFD")
	}
	return strings.NewReplacer(`\`, `\\`, "\n", `\n`, `"`, `\"`).Replace(strings.ToValidUTF8(text, "\uFFFD"))
}

// truth is 1 or 0.
func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// unixSeconds is a point in time; 0: there is none.
func unixSeconds(t time.Time) float64 {
	if t.IsZero() {
		return 0
	}
	return float64(t.UnixMilli()) / 1000
}

func (m *metrics) window(r *Report) {
	m.head("info", "gauge", "What is verified: the intent, and the scenario that was predicted.")
	m.value("info", 1, labelsOf("intent", r.Plan, "scenario", r.Scenario))
	m.head("window_start_timestamp_seconds", "gauge", "When the window began that the verdicts are about.")
	m.value("window_start_timestamp_seconds", unixSeconds(r.Began), "")
	m.head("window_seconds", "gauge", "How long the window is.")
	m.value("window_seconds", r.Took.Seconds(), "")
}

// trafficLabels tell a judgement from all others.
func trafficLabels(j *Judgement, more ...string) string {
	direction, _ := j.Direction.MarshalText() // it has no error
	return labelsOf(append([]string{"statement", j.Statement, "family", j.Family.String(), "direction", string(direction), "default_route", strconv.FormatBool(j.Default)}, more...)...)
}

func (m *metrics) verdicts(r *Report) {
	m.head("verdict", "gauge", "The verdict on a statement in one direction: 1 for the one that holds, 0 for the others.")
	for i := range r.Judgements {
		j := &r.Judgements[i]
		for v := Pass; v <= Fail; v++ {
			m.value("verdict", truth(j.Verdict == v), trafficLabels(j, "verdict", v.String()))
		}
	}
	m.head("verdicts", "gauge", "How many statements and directions have the verdict.")
	for v, n := range verdictCounts(r) {
		m.value("verdicts", float64(n), labelsOf("verdict", Verdict(v).String()))
	}
}

// legLabels tell a leg from all others of a judgement. Where the data does not tell the
// link, there is no router.
func legLabels(j *Judgement, l *LegShare) string {
	return trafficLabels(j, "leg", legName(l.Leg), "router", l.Leg.Router)
}

func (m *metrics) legs(r *Report) {
	type series struct {
		*LegShare
		labels string
	}
	var all []series
	for i := range r.Judgements {
		j := &r.Judgements[i]
		for k := range j.Legs {
			all = append(all, series{&j.Legs[k], legLabels(j, &j.Legs[k])})
		}
	}
	for _, of := range []struct {
		name, help string
		value      func(*LegShare) float64
	}{
		{"leg_expected", "Whether the prediction has the link or tunnel: 1 or 0.", func(l *LegShare) float64 { return truth(l.Expected) }},
		{"leg_bytes", "What the link or tunnel carried of the statement, with what was not sampled made up for.", func(l *LegShare) float64 { return float64(l.Bytes) }},
		{"leg_packets", "The same in packets.", func(l *LegShare) float64 { return float64(l.Packets) }},
		{"leg_samples", "Packets that were really seen.", func(l *LegShare) float64 { return float64(l.Samples) }},
		{"leg_samples_of_unknown_rate", "Those of them of which nobody knows the sampling rate.", func(l *LegShare) float64 { return float64(l.Unknown) }},
		{"leg_share_ratio", "Its part of the bytes of the statement, 0 to 1.", func(l *LegShare) float64 { return l.Share }},
		{"leg_share_low_ratio", "The least that the part is, with 95 % confidence.", func(l *LegShare) float64 { return l.Low }},
		{"leg_share_high_ratio", "The most that the part is, with 95 % confidence.", func(l *LegShare) float64 { return l.High }},
	} {
		m.head(of.name, "gauge", of.help)
		for _, l := range all {
			m.value(of.name, of.value(l.LegShare), l.labels)
		}
	}
}

// beside is what the table has below the legs, and the traffic of no statement.
func (m *metrics) beside(r *Report) {
	for _, of := range []struct {
		name, help string
		amount     func(*Judgement) *Amount
	}{
		{"clear_text_bytes", "What went in clear text although it is to be encrypted.", func(j *Judgement) *Amount { return &j.Clear }},
		{"not_placed_bytes", "What was on an interface that nobody knows.", func(j *Judgement) *Amount { return &j.NotPlaced }},
		{"ambiguous_bytes", "What belongs to two statements with the same prefixes.", func(j *Judgement) *Amount { return &j.Ambiguous }},
		{"early_bytes", "What began before the time that is judged.", func(j *Judgement) *Amount { return &j.Early }},
	} {
		m.head(of.name, "gauge", of.help)
		for i := range r.Judgements {
			m.value(of.name, float64(of.amount(&r.Judgements[i]).Bytes), trafficLabels(&r.Judgements[i]))
		}
	}
	m.head("other_bytes", "gauge", "Traffic of no statement, of the routers themselves, and between routers.")
	m.value("other_bytes", float64(r.Other.Bytes), labelsOf("kind", "no_statement"))
	m.value("other_bytes", float64(r.Control.Bytes), labelsOf("kind", "control"))
	m.value("other_bytes", float64(r.Transit.Bytes), labelsOf("kind", "transit"))
}

// A heardRouter sums up the sources of one router: an attacker may send many
// observation domains, and they are no series each.
type heardRouter struct {
	name                               string
	records, packets, missed, restarts uint64
	sampling                           uint32 // the largest
	skew                               time.Duration
	last                               time.Time
	silent                             bool
}

func heardRouters(r *Report) (out []heardRouter, strangers int) {
	for _, name := range r.Silent {
		out = append(out, heardRouter{name: name, silent: true})
	}
	for i := range r.Exporters {
		e := &r.Exporters[i]
		if e.Router == "" {
			strangers++
			continue
		}
		at := slices.IndexFunc(out, func(h heardRouter) bool { return h.name == e.Router })
		if at < 0 {
			at = len(out)
			out = append(out, heardRouter{name: e.Router})
		}
		h := &out[at]
		h.records, h.packets, h.missed, h.restarts = h.records+e.Records, h.packets+e.Packets, h.missed+e.Missed, h.restarts+e.Restarts
		h.sampling = max(h.sampling, e.Sampled)
		if e.Skew.Abs() > h.skew.Abs() {
			h.skew = e.Skew
		}
		if e.Last.After(h.last) {
			h.last = e.Last
		}
	}
	slices.SortFunc(out, func(a, b heardRouter) int { return strings.Compare(a.name, b.name) })
	return out, strangers
}

func (m *metrics) routers(r *Report) {
	heard, strangers := heardRouters(r)
	for _, of := range []struct {
		name, kind, help string
		value            func(*heardRouter) float64
	}{
		{"router_silent", "gauge", "Whether nothing has come of the router: 1 or 0.", func(h *heardRouter) float64 { return truth(h.silent) }},
		{"router_records_total", "counter", "Flow records that have come of it.", func(h *heardRouter) float64 { return float64(h.records) }},
		{"router_datagrams_total", "counter", "Datagrams that have come of it.", func(h *heardRouter) float64 { return float64(h.packets) }},
		{"router_missed_total", "counter", "Records (NetFlow v5, IPFIX) or datagrams (NetFlow v9, sFlow) that its sequence numbers miss.", func(h *heardRouter) float64 { return float64(h.missed) }},
		{"router_restarts_total", "counter", "How often its sequence or uptime began anew.", func(h *heardRouter) float64 { return float64(h.restarts) }},
		{"router_sampling_packets", "gauge", "It samples one packet in this many; 0: nobody told.", func(h *heardRouter) float64 { return float64(h.sampling) }},
		{"router_clock_ahead_seconds", "gauge", "How far its clock is ahead of ours.", func(h *heardRouter) float64 { return h.skew.Seconds() }},
		{"router_last_heard_timestamp_seconds", "gauge", "When it was heard last; 0: never.", func(h *heardRouter) float64 { return unixSeconds(h.last) }},
	} {
		m.head(of.name, of.kind, of.help)
		for i := range heard {
			m.value(of.name, of.value(&heard[i]), labelsOf("router", heard[i].name))
		}
	}
	m.head("unknown_exporters", "gauge", "Exporters that are no router of the intent.")
	m.value("unknown_exporters", float64(strangers), "")
}

func (m *metrics) dropped(r *Report) {
	m.head("dropped_total", "counter", "What came and was not used: datagrams, sets, templates or records, by reason.")
	for _, d := range dropKinds(&r.Drops) {
		m.value("dropped_total", float64(d.n), labelsOf("reason", d.name))
	}
}
