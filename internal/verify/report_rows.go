package verify

import (
	"fmt"
	"strings"
)

// A reportRow is a line of the table below what it is about: a leg, or an amount that
// is on none.
type reportRow struct {
	Name    string
	Bytes   string
	Share   string
	Samples string
	Wrong   bool // it is to be seen: not expected, or in clear text
}

// reportRowsOf are the rows of a judgement: its legs, then what is beside them.
func reportRowsOf(j *Judgement) []reportRow {
	var out []reportRow
	if len(j.Expected) == 0 {
		out = append(out, reportRow{Name: "no path is predicted", Share: "–"})
	}
	for i := range j.Legs {
		l := &j.Legs[i]
		row := reportRow{Name: printable(legText(l.Leg)), Bytes: amountBytes(&l.Amount), Share: shareText(l), Samples: shortNumber(l.Samples)}
		if !l.Expected {
			row.Name, row.Wrong = row.Name+", not expected", l.Records > 0
		}
		out = append(out, row)
	}
	for _, beside := range []struct {
		name   string
		amount *Amount
		wrong  bool
	}{
		{"clear text, to be encrypted, of these", &j.Clear, true},
		{"not placed: on an unknown interface", &j.NotPlaced, false},
		{"ambiguous: of two statements", &j.Ambiguous, false},
		{"early: begun before the time judged", &j.Early, false},
	} {
		if a := beside.amount; a.Records > 0 {
			out = append(out, reportRow{Name: beside.name, Bytes: amountBytes(a), Share: "–", Samples: shortNumber(a.Samples), Wrong: beside.wrong})
		}
	}
	return out
}

// whyOf are the sentences below a judgement. The first of a PASS says what the rows
// above it say, too, and a terminal does without.
func whyOf(j *Judgement, terminal bool) []string {
	var out []string
	for i, reason := range j.Reasons {
		if i > 0 || j.Verdict != Pass || !terminal {
			out = append(out, printable(reason))
		}
	}
	if j.Wait > 0 {
		out = append(out, "listening about "+spanText(j.Wait)+" longer may be enough")
	}
	return out
}

// headOf says what a report is about.
func headOf(r *Report) string {
	out := fmt.Sprintf("%s, predicted for %s: %s", printable(r.Plan), printable(r.Scenario), printable(r.Source))
	if r.Took > 0 {
		out += ", " + spanText(r.Took)
	}
	if !r.Began.IsZero() {
		out += " from " + timeText(r.Began)
	}
	return out
}

// verdictCounts are how many judgements have which verdict.
func verdictCounts(r *Report) (n [Fail + 1]int) {
	for i := range r.Judgements {
		n[r.Judgements[i].Verdict]++
	}
	return n
}

// countsText is 1 FAIL, 2 INSUFFICIENT, 3 PASS, the worst first; what there is none of
// is not told.
func countsText(n [Fail + 1]int) string {
	var out []string
	for v := int(Fail); v >= int(Pass); v-- {
		if n[v] > 0 {
			out = append(out, grouped(uint64(n[v]))+" "+Verdict(v).String())
		}
	}
	if len(out) == 0 {
		return "nothing is judged"
	}
	return strings.Join(out, ", ")
}

// endOf is the last line of a report: the verdict of the whole, and the counts.
func endOf(r *Report) string {
	n := len(r.Judgements)
	if n == 0 {
		return r.Verdict().String() + ": nothing is judged"
	}
	return fmt.Sprintf("%s: %s, of %s", r.Verdict(), countsText(verdictCounts(r)), counted(uint64(n), "verdict"))
}

// onePage is how many verdicts a person finds the worst of without help.
const onePage = 12

// worstNames names the FAILs of a long report, for its end, where a person looks first;
// empty: there are none, or the report is short.
func worstNames(r *Report) string {
	var names []string
	for i := range r.Judgements {
		if j := &r.Judgements[i]; j.Verdict == Fail {
			names = append(names, printable(trafficText(j)))
		}
	}
	if len(names) == 0 || len(r.Judgements) <= onePage {
		return ""
	}
	return "FAIL: " + namesOf(names)
}

// atLeast explains the sign before bytes, where a report has it.
const atLeast = "≥: nobody told the sampling rate of a part; its bytes are as seen, and not multiplied"

// hasUnknown reports whether a row of r has the sign.
func hasUnknown(r *Report) bool {
	for i := range r.Judgements {
		j := &r.Judgements[i]
		n := j.Clear.Unknown + j.NotPlaced.Unknown + j.Ambiguous.Unknown + j.Early.Unknown
		for k := range j.Legs {
			n += j.Legs[k].Unknown
		}
		if n > 0 {
			return true
		}
	}
	return r.Other.Unknown+r.Control.Unknown+r.Transit.Unknown > 0
}
