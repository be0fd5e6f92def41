package verify

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/ercfg/ercfg/internal/sim"
)

// Columns of the table behind the traffic and its path, which share the rest, with a
// blank between two.
const (
	liveRate    = 8
	liveShare   = 5
	liveSamples = 7
	liveVerdict = 12
	liveSpark   = 8 // at least: it takes what is left over
	liveFixed   = liveRate + liveShare + liveSamples + liveVerdict + liveSpark + 6
	liveLeast   = liveFixed + 24 // a terminal that is narrower gets lines that are cut
)

// A liveRow is a line of the table: a leg of a judgement.
type liveRow struct {
	traffic, path, rate, share, samples, verdict, spark string
}

// tableOf is r in as many lines as a terminal has. Where they are too few the worst
// come first, and the last line counts what is not shown.
func tableOf(r *Report, rows, columns int) []string {
	shown := make([]*Judgement, len(r.Judgements))
	total := 0
	for i := range r.Judgements {
		shown[i] = &r.Judgements[i]
		total += len(liveRowsOf(r, shown[i]))
	}
	room := max(rows-4, 1) // the prompt's line stays, the head, the sum and what comes
	var hidden []*Judgement
	full := total > room
	if full {
		slices.SortStableFunc(shown, func(a, b *Judgement) int { return int(b.Verdict) - int(a.Verdict) })
		shown, hidden = fitting(r, shown, room-1)
	}
	table := []liveRow{{"traffic", pathHead(shown), "Mbit/s", "share", "samples", "verdict", "history"}}
	for _, j := range shown {
		table = append(table, liveRowsOf(r, j)...)
	}
	cut := 0
	if full { // of the first judgement alone there may be too much
		cut = max(len(table)-room, 0)
		table = table[:len(table)-cut]
	}
	lines := layOutLive(table, columns)
	switch {
	case len(hidden) > 0:
		var n [Fail + 1]int
		for _, j := range hidden {
			n[j.Verdict]++
		}
		lines = append(lines, cutOff(fmt.Sprintf("… and %s more: %s", grouped(uint64(len(hidden))), countsText(n)), columns-1))
	case cut > 0:
		lines = append(lines, cutOff("… and "+counted(uint64(cut), "line")+" more", columns-1))
	}
	return append(lines, cutOff(sumOf(r), columns-1))
}

// pathHead explains the sign of a leg that the prediction does not have.
func pathHead(shown []*Judgement) string {
	for _, j := range shown {
		for i := range j.Legs {
			if !j.Legs[i].Expected {
				return "path, ! unexpected"
			}
		}
	}
	return "path"
}

// fitting parts judgements into those that have room lines, but one at least, and the
// others.
func fitting(r *Report, all []*Judgement, room int) (shown, hidden []*Judgement) {
	used := 0
	for i, j := range all {
		used += len(liveRowsOf(r, j))
		if used > room && i > 0 {
			return all[:i], all[i:]
		}
	}
	return all, nil
}

// liveRowsOf are the lines of a judgement: one for each leg. The first names it.
func liveRowsOf(r *Report, j *Judgement) []liveRow {
	out := []liveRow{{path: "–"}}
	if len(j.Legs) > 0 {
		out = out[:0]
	}
	slots, most := seriesBounds(j.Legs)
	for i := range j.Legs {
		l := &j.Legs[i]
		row := liveRow{path: printable(shortLegText(l.Leg)), rate: megabits(l.Bytes, r.Took), share: "–", samples: shortCount(l.Samples), spark: sparkline(l.Series, slots, most)}
		if l.Unknown > 0 && l.Bytes > 0 {
			row.rate = "≥" + row.rate
		}
		if !l.Expected {
			row.path = "! " + row.path
		}
		if l.High > 0 {
			row.share = hundredths(l.Share, 0, math.Round) + " %"
		}
		out = append(out, row)
	}
	out[0].traffic, out[0].verdict = printable(trafficText(j)), j.Verdict.String()
	return out
}

// shortLegText names a link as the tables of paths do: er-london(P) on ce1. What is cut
// out of a middle must not be what tells two links apart.
func shortLegText(l Leg) string {
	name := legName(l)
	if l.Instance == "" && !l.Whole && l.Path != sim.Internet {
		name = l.Path + [...]string{"(P)", "(S)"}[l.Position]
	}
	if l.Whole || l.Router == "" {
		return name
	}
	return name + " on " + l.Router
}

// shortCount has six characters at most: 999, 12,345, 1.23 M.
func shortCount(n uint64) string {
	if n < 100_000 {
		return grouped(n)
	}
	return strings.TrimSuffix(bytesText(n), "B")
}

// sparkline draws so many slots against the most of any leg; a dot is nothing.
func sparkline(list []uint64, slots int, most uint64) string {
	var out strings.Builder
	for i := range slots {
		if i >= len(list) || list[i] == 0 {
			out.WriteRune('·')
			continue
		}
		out.WriteRune([]rune("▁▂▃▄▅▆▇█")[int(float64(list[i])/float64(most)*7)])
	}
	return out.String()
}

// layOutLive writes the lines. Traffic and path are cut in their middle, where the
// terminal has no room for them.
func layOutLive(table []liveRow, columns int) []string {
	traffic, path := 0, 0
	for _, row := range table {
		traffic, path = max(traffic, utf8.RuneCountInString(row.traffic)), max(path, utf8.RuneCountInString(row.path))
	}
	room := max(columns, liveLeast) - 1 - liveFixed
	if traffic+path > room {
		traffic = min(traffic, max(room*2/5, room-path))
		path = min(path, room-traffic)
	}
	spark := liveSpark + max(room-traffic-path, 0)
	var out []string
	for _, row := range table {
		history := []rune(row.spark) // the last of it
		line := strings.Join([]string{
			padded(row.traffic, traffic), padded(row.path, path), flushed(row.rate, liveRate), flushed(row.share, liveShare),
			flushed(row.samples, liveSamples), padded(row.verdict, liveVerdict), string(history[max(len(history)-spark, 0):]),
		}, " ")
		out = append(out, cutOff(strings.TrimRight(line, " "), columns-1))
	}
	return out
}

// padded is text in n columns.
func padded(text string, n int) string {
	text = shortened(text, n)
	return text + strings.Repeat(" ", n-utf8.RuneCountInString(text))
}

// flushed is text at the right end of n columns.
func flushed(text string, n int) string {
	return strings.Repeat(" ", max(n-utf8.RuneCountInString(text), 0)) + text
}

// cutOff is the beginning of a line that a terminal has no room for.
func cutOff(text string, n int) string {
	if utf8.RuneCountInString(text) <= n {
		return text
	}
	if n < 1 {
		return ""
	}
	return string([]rune(text)[:n-1]) + "…"
}
