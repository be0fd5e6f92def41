//go:build linux

package lab

import (
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"
)

// width is how many columns a text report has.
const width = 80

// WriteText writes the report for a terminal: the assertions that do not hold,
// or with verbose all of them, and a sum.
func (r *TestReport) WriteText(w io.Writer, verbose bool) error {
	var b strings.Builder
	failed := 0
	for _, c := range r.Checks {
		if !c.Pass {
			failed++
			fold(&b, "FAIL ", c.Name)
			fold(&b, "     want: ", c.Want)
			fold(&b, "     got:  ", c.Got)
		} else if verbose {
			fold(&b, "ok   ", c.Name+": "+c.Got)
		}
	}
	for _, o := range r.Omitted {
		fold(&b, "not tested: ", o)
	}
	verdict := "as planned"
	if !r.Passed() {
		verdict = "NOT AS PLANNED"
	}
	fold(&b, "", fmt.Sprintf("%s: %d of %d assertions hold: %s (%s)", r.Plan, len(r.Checks)-failed, len(r.Checks), verdict, span(r.Took.Round(time.Second))))
	fold(&b, "", conditions(r.MSEE, r.GatewayHold, r.Clock))
	_, err := io.WriteString(w, b.String())
	return err
}

// WriteText writes the report for a terminal: every run, and a sum.
func (r *DrillReport) WriteText(w io.Writer) error {
	var b strings.Builder
	if len(r.Runs) > 0 {
		fmt.Fprintf(&b, "%s %s %*s %*s  verdict\n\n", pad("scenario, fault, traffic", flowColumn), pad("path, as predicted", pathColumn), lostColumn, "lost, at most", backColumn, "failback")
	}
	for i := range r.Runs {
		r.Runs[i].text(&b)
	}
	for _, o := range r.Omitted {
		fold(&b, "not drilled: ", o)
	}
	if len(r.Omitted) > 0 {
		b.WriteByte('\n')
	}
	for _, line := range r.summary() {
		fold(&b, "", line)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// summary is the end of a report: one sentence a line.
func (r *DrillReport) summary() []string {
	passed, differ, trouble := r.counts()
	out := []string{fmt.Sprintf("%s: %d runs in %s: %d as predicted, %d different, %d without a verdict",
		r.Plan, len(r.Runs), span(r.Took.Round(time.Second)), passed, differ, trouble)}
	if r.Unplayed > 0 {
		out = append(out, fmt.Sprintf("NOT COMPLETE: the drill ended early; scenarios that were not played: %d", r.Unplayed))
	}
	if all := r.Failovers(); len(all) > 0 {
		out = append(out, fmt.Sprintf("failover that BFD detected: median %s, longest %s, of %d; the clock's error is %s",
			span(median(all)), span(all[len(all)-1]), len(all), span(r.Clock)))
	}
	return append(out, conditions(r.MSEE, r.GatewayHold, r.Clock))
}

// conditions says under what conditions a report was made.
func conditions(msee string, hold, clock time.Duration) string {
	text := fmt.Sprintf("Microsoft edge: %s; probes: one packet per stream every %s, clock error %s", msee, span(probeEvery), span(clock))
	if hold > 0 && hold != azureHold {
		text += fmt.Sprintf("; VPN gateways hold sessions %s, Azure's %s", span(hold), span(azureHold))
	}
	return text
}

// Columns of a run's lines: the flow, its path, how long it was lost and may
// have been, how long after the repair; the verdict takes the rest.
const (
	flowColumn = 25
	pathColumn = 19
	lostColumn = 16
	backColumn = 8
)

func (r *Run) text(b *strings.Builder) {
	fold(b, "", r.title())
	for i := range r.Flows {
		r.Flows[i].text(b)
	}
	for _, f := range r.Findings {
		fold(b, "    finding: ", f)
	}
	if r.Trouble != "" {
		fold(b, "    NO VERDICT: ", r.Trouble)
	}
	b.WriteByte('\n')
}

// text writes an observation: its path once where it is the predicted one, and
// both otherwise.
func (o *Observation) text(b *strings.Builder) {
	flow := fmt.Sprintf("  %s %s %s", o.Statement, o.Family, o.Direction)
	path, verdict := o.Measured, "ok"
	if o.Measured != o.Predicted {
		path = ""
	}
	if !o.Passed() {
		verdict = "DIFF"
	}
	if utf8.RuneCountInString(flow) > flowColumn || utf8.RuneCountInString(path) > pathColumn {
		fold(b, "", flow)
		flow = ""
	}
	if utf8.RuneCountInString(path) > pathColumn {
		fold(b, "    ", path)
		path = ""
	}
	fmt.Fprintf(b, "%s %s %*s %*s  %s\n", pad(flow, flowColumn), pad(path, pathColumn), lostColumn, o.lost(), backColumn, span(o.Failback), verdict)
	if o.Measured != o.Predicted {
		fold(b, "    ", o.paths())
	}
	for _, d := range o.Differences {
		if d != o.paths() {
			fold(b, "    ", d)
		}
	}
}

// lost says how long traffic was lost, and how long it may have been.
func (o *Observation) lost() string {
	if o.Limit < 0 {
		return "no path"
	}
	return span(o.Loss) + " of " + span(o.Limit)
}

// title names a run.
func (r *Run) title() string {
	if len(r.Faults) == 0 {
		return r.Scenario
	}
	return r.Scenario + ", " + strings.Join(r.Faults, " + ")
}

// span writes a time as the reports do: 812 ms, 30.2 s, 180 s.
func span(d time.Duration) string {
	switch {
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case d%time.Second == 0 || d >= 100*time.Second:
		return fmt.Sprintf("%d s", d/time.Second)
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}

// tooLong says that a loss is longer than its limit, as precisely as it takes.
func tooLong(loss, limit time.Duration) string {
	a, b := span(loss), span(limit)
	if a == b {
		a, b = fmt.Sprintf("%d ms", loss.Milliseconds()), fmt.Sprintf("%d ms", limit.Milliseconds())
	}
	return fmt.Sprintf("lost for %s: the limit is %s", a, b)
}

// pad fills s with blanks to n characters.
func pad(s string, n int) string {
	return s + strings.Repeat(" ", max(n-utf8.RuneCountInString(s), 0))
}

// fold writes text behind first, broken between words so that no line is wider
// than the page; what follows is indented as far as first is long, and so are
// the lines that the text has itself.
func fold(b *strings.Builder, first, text string) {
	indent := strings.Repeat(" ", utf8.RuneCountInString(first))
	for line := range strings.Lines(text + "\n") {
		b.WriteString(first)
		column := utf8.RuneCountInString(first)
		lead := line[:len(line)-len(strings.TrimLeft(line, " "))]
		b.WriteString(lead)
		column += len(lead)
		for i, word := range strings.Fields(line) {
			n := utf8.RuneCountInString(word)
			switch {
			case i == 0:
			case column+1+n > width:
				b.WriteString("\n" + indent)
				column = len(indent)
			default:
				b.WriteByte(' ')
				column++
			}
			b.WriteString(word)
			column += n
		}
		b.WriteByte('\n')
		first = indent
	}
}
