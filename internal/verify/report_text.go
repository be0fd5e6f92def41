package verify

import (
	"io"
	"strings"
	"unicode/utf8"
)

// Columns of the table behind the first, which takes the rest: the verdict stands
// where its legs have their samples.
const (
	bytesColumn   = 8
	shareColumn   = 13
	samplesColumn = 12
	columnGap     = 2
	behindName    = bytesColumn + shareColumn + samplesColumn + 3*columnGap
	leastWidth    = behindName + 20
)

// WriteText writes r for a terminal or a file: no line but a name that is longer is
// wider than width columns, of which it takes 57 at least. The error is the writer's.
func WriteText(w io.Writer, r *Report, width int) error {
	t := &textReport{width: max(width, leastWidth)}
	t.name = min(t.width-behindName, max(t.longestName(r), 26)) // the head of the column
	t.fold("", headOf(r))
	if len(r.Judgements) > 0 {
		t.WriteByte('\n')
		t.row("traffic, and where it went", "bytes", "share", "samples")
	}
	for i := range r.Judgements {
		t.judgement(&r.Judgements[i])
	}
	for _, f := range factsOf(r) {
		t.facts(f)
	}
	t.end(r)
	_, err := io.WriteString(w, t.String())
	return err
}

type textReport struct {
	strings.Builder
	width, name int // columns: of a line, of the first column
}

// longestName is how wide the first column would like to be.
func (t *textReport) longestName(r *Report) int {
	longest := 0
	for i := range r.Judgements {
		longest = max(longest, utf8.RuneCountInString(trafficText(&r.Judgements[i])))
		for _, row := range reportRowsOf(&r.Judgements[i]) {
			longest = max(longest, 2+utf8.RuneCountInString(row.Name))
		}
	}
	return longest
}

func (t *textReport) judgement(j *Judgement) {
	t.WriteByte('\n')
	t.row(printable(trafficText(j)), "", "", j.Verdict.String())
	for _, row := range reportRowsOf(j) {
		t.row("  "+row.Name, row.Bytes, row.Share, row.Samples)
	}
	for _, reason := range whyOf(j, true) {
		t.fold("    ", reason)
	}
}

func (t *textReport) facts(f reportFacts) {
	t.WriteByte('\n')
	t.fold("", f.Title)
	for _, line := range f.Lines {
		t.fold("  ", line)
	}
}

// end writes the last lines: the last one of all is always the verdict of the whole.
func (t *textReport) end(r *Report) {
	t.WriteByte('\n')
	if worst := worstNames(r); worst != "" {
		t.fold("", worst)
	}
	t.fold("", endOf(r))
}

// row writes a line of the table. A name that is too long has a line of its own.
func (t *textReport) row(name, bytes, share, samples string) {
	n := utf8.RuneCountInString(name)
	if n > t.name {
		t.WriteString(name + "\n")
		name, n = "", 0
	}
	line := name + strings.Repeat(" ", t.name-n)
	for _, cell := range []struct {
		text  string
		width int
	}{{bytes, bytesColumn}, {share, shareColumn}, {samples, samplesColumn}} {
		line += strings.Repeat(" ", columnGap+max(cell.width-utf8.RuneCountInString(cell.text), 0)) + cell.text
	}
	t.WriteString(strings.TrimRight(line, " ") + "\n")
}

// fold writes text behind an indent, and its further lines two columns deeper. A line
// ends between words; a word that is longer than a line has one of its own.
func (t *textReport) fold(indent, text string) {
	t.WriteString(indent)
	column := len(indent)
	for i, word := range strings.Fields(text) {
		n := utf8.RuneCountInString(word)
		switch {
		case i == 0:
		case column+1+n > t.width:
			t.WriteString("\n" + indent + "  ")
			column = len(indent) + 2
		default:
			t.WriteByte(' ')
			column++
		}
		t.WriteString(word)
		column += n
	}
	t.WriteByte('\n')
}
