package verify

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/ercfg/ercfg/internal/sim"
	"github.com/ercfg/ercfg/internal/tty"
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
	liveLeast   = liveFixed + 24 // a terminal that is narrower gets fewer columns
	liveNames   = 24             // of traffic and path there, at least: then lines are cut
)

// A liveRow is a line of the table: a leg of a judgement.
type liveRow struct {
	traffic, path, rate, share, samples, verdict, spark string

	short string // the path without its router
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
	table := []liveRow{{"traffic", pathHead(shown), "Mbit/s", "share", "samples", "verdict", "history", "path"}}
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
		lines = append(lines, tty.Cut(fmt.Sprintf("… and %s more: %s", grouped(uint64(len(hidden))), countsText(n)), columns-1))
	case cut > 0:
		lines = append(lines, tty.Cut("… and "+counted(uint64(cut), "line")+" more", columns-1))
	}
	return append(lines, tty.Cut(sumOf(r), columns-1))
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
	out := []liveRow{{path: "–", short: "–"}}
	if len(j.Legs) > 0 {
		out = out[:0]
	}
	slots, most := seriesBounds(j.Legs)
	for i := range j.Legs {
		l := &j.Legs[i]
		row := liveRow{path: printable(shortLegText(l.Leg)), short: printable(shortLegName(l.Leg)), rate: megabits(l.Bytes, r.Took), share: "–", samples: shortCount(l.Samples), spark: sparkline(l.Series, slots, most)}
		if l.Unknown > 0 && l.Bytes > 0 {
			row.rate = "≥" + row.rate
		}
		if !l.Expected {
			row.path, row.short = "! "+row.path, "! "+row.short
		}
		if l.High > 0 {
			row.share = hundredths(l.Share, 0, math.Round) + " %"
		}
		out = append(out, row)
	}
	out[0].traffic, out[0].verdict = printable(trafficText(j)), j.Verdict.String()
	return out
}

// shortLegText is shortLegName and the router.
func shortLegText(l Leg) string {
	if l.Whole || l.Router == "" {
		return shortLegName(l)
	}
	return shortLegName(l) + " on " + l.Router
}

// shortLegName names a link as the tables of paths do: er-london(P). What is cut out of
// a middle must not be what tells two links apart.
func shortLegName(l Leg) string {
	if l.Instance == "" && !l.Whole && l.Path != sim.Internet {
		return l.Path + [...]string{"(P)", "(S)"}[l.Position]
	}
	return legName(l)
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
	if columns < liveLeast {
		return narrowLive(table, columns)
	}
	room := columns - 1 - liveFixed
	traffic, path = namesWithin(room, traffic, path)
	spark := liveSpark + max(room-traffic-path, 0)
	var out []string
	for _, row := range table {
		history := []rune(row.spark) // the last of it
		line := strings.Join([]string{
			padded(row.traffic, traffic), padded(row.path, path), flushed(row.rate, liveRate), flushed(row.share, liveShare),
			flushed(row.samples, liveSamples), padded(row.verdict, liveVerdict), string(history[max(len(history)-spark, 0):]),
		}, " ")
		out = append(out, tty.Cut(strings.TrimRight(line, " "), columns-1))
	}
	return out
}

// narrowLive writes the lines for a terminal that has no room for all columns. The
// verdict is what a person waits for, so it comes first; share, samples and rate follow
// where they fit. Routers and history are for wider ones.
func narrowLive(table []liveRow, columns int) []string {
	traffic, path := 0, 0
	for _, row := range table {
		traffic, path = max(traffic, utf8.RuneCountInString(row.traffic)), max(path, utf8.RuneCountInString(row.short))
	}
	room := columns - 1 - liveVerdict - 2
	widths := []int{liveShare, liveSamples, liveRate}
	shown := 0
	for shown < len(widths) && room-widths[shown]-1 >= liveNames {
		room -= widths[shown] + 1
		shown++
	}
	traffic, path = namesWithin(max(room, liveNames), traffic, path)
	var out []string
	for _, row := range table {
		cells := []string{padded(row.verdict, liveVerdict), padded(row.traffic, traffic), padded(row.short, path)}
		for i, text := range []string{row.share, row.samples, row.rate}[:shown] {
			cells = append(cells, flushed(text, widths[i]))
		}
		out = append(out, tty.Cut(strings.TrimRight(strings.Join(cells, " "), " "), columns-1))
	}
	return out
}

// namesWithin are the columns of traffic and path in a room for both.
func namesWithin(room, traffic, path int) (int, int) {
	if traffic+path > room {
		traffic = min(traffic, max(room*2/5, room-path))
		path = min(path, room-traffic)
	}
	return traffic, path
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
