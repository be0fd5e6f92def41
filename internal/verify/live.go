package verify

import (
	"fmt"
	"io"
	"time"

	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/sim"
	"github.com/ercfg/ercfg/internal/tty"
)

// A Live shows a person how a verification stands. On a terminal it is a table that is
// drawn anew in its place. Elsewhere lines are added, and none is ever taken back: one
// when a verdict changes, and one every half a minute.
type Live struct {
	w        io.Writer
	terminal bool
	size     func() (rows, columns int) // of the terminal

	stands tty.Picture // the table

	window  time.Time // beginning of the window that was shown last
	told    map[liveKey]Verdict
	decided map[liveKey]bool // in this window
	nextSum time.Time        // when the next line is due although nothing has changed
}

// A liveKey tells a judgement from the others of its report.
type liveKey struct {
	statement string
	family    plan.Family
	direction sim.Direction
	isDefault bool
}

func liveKeyOf(j *Judgement) liveKey {
	return liveKey{j.Statement, j.Family, j.Direction, j.Default}
}

// sumEvery is how often a line says that it goes on.
const sumEvery = 30 * time.Second

// NewLive shows on w, which is width columns wide, and a terminal or not. A terminal
// that knows its size is asked for it each time: a person may change it.
func NewLive(w io.Writer, width int, terminal bool) *Live {
	return &Live{w: w, terminal: terminal, size: sizeOf(w, width), told: make(map[liveKey]Verdict)}
}

// Show shows r. It is for one goroutine at a time.
func (l *Live) Show(r *Report) {
	if l.terminal {
		l.draw(r)
		return
	}
	l.lines(r)
}

// End leaves the table as it stands: what is printed next stands below it, and so does
// the table that a later Show draws.
func (l *Live) End() { l.stands = tty.Picture{} }

// lines adds what is new. That a new window has seen too little yet is no news: what a
// window before has decided is what a change is measured by.
func (l *Live) lines(r *Report) {
	now := r.Began.Add(r.Took)
	if l.decided == nil || !l.window.Equal(r.Began) {
		l.window, l.decided = r.Began, make(map[liveKey]bool)
	}
	changed := false
	for i := range r.Judgements {
		j := &r.Judgements[i]
		k := liveKeyOf(j)
		before, known := l.told[k]
		if !known {
			before = Insufficient // so it begins
		}
		if before != j.Verdict && (j.Verdict != Insufficient || l.decided[k]) {
			fmt.Fprintf(l.w, "%s %s: %s, was %s%s\n", now.Format(time.TimeOnly), printable(trafficText(j)), j.Verdict, before, firstReason(j))
			l.told[k], changed = j.Verdict, true
		}
		l.decided[k] = l.decided[k] || j.Verdict != Insufficient
	}
	if changed || !now.Before(l.nextSum) {
		fmt.Fprintf(l.w, "%s %s\n", now.Format(time.TimeOnly), sumOf(r))
		l.nextSum = now.Add(sumEvery)
	}
}

func firstReason(j *Judgement) string {
	if j.Verdict == Pass || len(j.Reasons) == 0 {
		return ""
	}
	return "; " + printable(j.Reasons[0])
}

// sumOf says in one line how r stands.
func sumOf(r *Report) string {
	var records uint64
	for i := range r.Exporters {
		records += r.Exporters[i].Records
	}
	out := countsText(verdictCounts(r)) + "; " + counted(records, "record") + " of " + counted(uint64(len(r.Exporters)), "exporter") + " in " + spanText(r.Took.Truncate(time.Second))
	if len(r.Silent) > 0 {
		out += "; silent: " + printable(namesOf(r.Silent))
	}
	return out
}

// draw draws the table over the last one, where it is another.
func (l *Live) draw(r *Report) {
	rows, columns := l.size()
	l.stands.Draw(l.w, tableOf(r, rows, columns))
}
