package verify

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/ercfg/ercfg/internal/golden"
)

// A screen is a terminal that does what the table asks of it, and no more.
type screen struct {
	t     *testing.T
	lines []string
	at    int // line of the cursor
}

func (s *screen) Write(p []byte) (int, error) {
	text := string(p)
	for text != "" {
		switch {
		case strings.HasPrefix(text, "\x1b[J"):
			s.lines, text = s.lines[:min(len(s.lines), s.at)], text[3:]
		case strings.HasPrefix(text, "\r\x1b[K"):
			for len(s.lines) <= s.at {
				s.lines = append(s.lines, "")
			}
			s.lines[s.at], text = "", text[4:]
		case strings.HasPrefix(text, "\x1b["):
			n, rest := 0, text[2:]
			for ; rest[0] >= '0' && rest[0] <= '9'; rest = rest[1:] {
				n = 10*n + int(rest[0]-'0')
			}
			if rest[0] != 'A' || n > s.at {
				s.t.Fatalf("up %d from line %d: %q", n, s.at, text[:8])
			}
			s.at, text = s.at-n, rest[1:]
		case text[0] == '\n':
			s.at, text = s.at+1, text[1:]
		default:
			r, n := utf8.DecodeRuneInString(text)
			if unicode.IsControl(r) || s.at >= len(s.lines) {
				s.t.Fatalf("%q at line %d of %d", text, s.at, len(s.lines))
			}
			s.lines[s.at], text = s.lines[s.at]+string(r), text[n:]
		}
	}
	return len(p), nil
}

// liveOn shows on a screen of this size.
func liveOn(t *testing.T, rows, columns int) (*Live, *screen) {
	s := &screen{t: t}
	l := NewLive(s, columns, true)
	l.size = func() (int, int) { return rows, columns }
	return l, s
}

// What the table looks like, at the usual width and at a wide one.
func TestLiveTable(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		report        *Report
		rows, columns int
	}{"80": {mixedReport(), 40, 80}, "140": {mixedReport(), 40, 140}, "60": {mixedReport(), 40, 60}, "40": {mixedReport(), 40, 40}, "few-rows": {mixedReport(), 9, 80}, "empty": {emptyReport(), 24, 80}} {
		l, s := liveOn(t, tt.rows, tt.columns)
		l.Show(tt.report)
		golden.Equal(t, filepath.Join("testdata", "report", "live-"+name+".txt"), strings.Join(s.lines, "\n")+"\n")
	}
}

// The table fits any terminal, and stands in its own place: a shorter one leaves
// nothing of a longer one, and after the end the next stands below.
func TestLiveRedraws(t *testing.T) {
	t.Parallel()
	for _, rows := range []int{3, 6, 24, 200} {
		for _, columns := range []int{10, 40, 80, 200} {
			l, s := liveOn(t, rows, columns)
			for _, r := range []*Report{largeReport(), goodReport(), hugeReport(), hostileReport(), emptyReport(), mixedReport()} {
				l.Show(r)
				if len(s.lines) > max(rows-1, 4) {
					t.Errorf("%d×%d: %d lines", rows, columns, len(s.lines))
				}
				for _, line := range s.lines {
					if n := utf8.RuneCountInString(line); n >= columns {
						t.Errorf("%d×%d: %d columns: %s", rows, columns, n, line)
					}
				}
			}
			before := len(s.lines)
			l.End()
			l.Show(goodReport())
			if len(s.lines) <= before {
				t.Errorf("%d×%d: the table after the end stands in the one before", rows, columns)
			}
		}
	}
}

// Where a screen is too small, what is worst is on it, and what is not is counted.
func TestLiveWorstFirst(t *testing.T) {
	t.Parallel()
	l, s := liveOn(t, 12, 100)
	r := mixedReport()
	fail := r.Judgements[1]
	r.Judgements = largeReport().Judgements
	for i := range r.Judgements {
		r.Judgements[i].Verdict = Pass
	}
	fail.Statement = "the-bad-one"
	r.Judgements = append(r.Judgements, fail)
	l.Show(r)
	text := strings.Join(s.lines, "\n")
	if !strings.HasPrefix(s.lines[1], "the-bad-one v4 ←") || !strings.Contains(text, " more: ") || !strings.Contains(s.lines[len(s.lines)-1], "1 FAIL, 2,000 PASS") {
		t.Error(text)
	}
	shown, hidden := 0, 0
	for _, line := range s.lines[1:] {
		if strings.Contains(line, " v4 ") || strings.Contains(line, " v6 ") {
			shown++
		}
		_, _ = fmt.Sscanf(strings.ReplaceAll(line, ",", ""), "… and %d more:", &hidden) // not every line is that one
	}
	if shown+hidden != len(r.Judgements) {
		t.Errorf("%d are shown and %d counted, of %d:\n%s", shown, hidden, len(r.Judgements), text)
	}
}

// Elsewhere there is a line when a verdict changes, and one every half a minute; that
// a new window has seen nothing yet is no change.
func TestLiveLines(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	l := NewLive(&out, 80, false)
	r := mixedReport()
	r.Judgements, r.Exporters, r.Silent = r.Judgements[:2], r.Exporters[:1], nil
	at := func(window, took time.Duration, first, second Verdict) {
		r.Began, r.Took = reportBegan.Add(window), took
		r.Judgements[0].Verdict, r.Judgements[1].Verdict = first, second
		l.Show(r)
	}
	at(0, 1*time.Second, Insufficient, Insufficient) // a sum, for it begins
	at(0, 2*time.Second, Insufficient, Insufficient)
	at(0, 3*time.Second, Pass, Insufficient) // a change, and a sum
	at(0, 4*time.Second, Pass, Insufficient)
	at(0, 34*time.Second, Pass, Insufficient) // half a minute
	at(0, 35*time.Second, Pass, Fail)         // a change
	at(0, 36*time.Second, Pass, Insufficient) // news: it was worse in this window
	at(time.Minute, 1*time.Second, Insufficient, Insufficient)
	at(time.Minute, 2*time.Second, Insufficient, Insufficient)
	at(time.Minute, 3*time.Second, Pass, Insufficient) // what it was
	at(time.Minute, 4*time.Second, Fail, Insufficient) // a change
	want := `04:15:13 2 INSUFFICIENT; 2,400 records of 1 exporter in 1 s
04:15:15 campus v4 →: PASS, was INSUFFICIENT
04:15:15 1 INSUFFICIENT, 1 PASS; 2,400 records of 1 exporter in 3 s
04:15:46 1 INSUFFICIENT, 1 PASS; 2,400 records of 1 exporter in 34 s
04:15:47 campus v4 ←: FAIL, was INSUFFICIENT; s2s-frankfurt.a on ce1 carries 12 % of it although er-london.primary on ce1 lives, and the prediction has no traffic there
04:15:47 1 FAIL, 1 PASS; 2,400 records of 1 exporter in 35 s
04:15:48 campus v4 ←: INSUFFICIENT, was FAIL; s2s-frankfurt.a on ce1 carries 12 % of it although er-london.primary on ce1 lives, and the prediction has no traffic there
04:15:48 1 INSUFFICIENT, 1 PASS; 2,400 records of 1 exporter in 36 s
04:16:16 campus v4 →: FAIL, was PASS; 3,456 samples on the predicted links, and none elsewhere
04:16:16 1 FAIL, 1 INSUFFICIENT; 2,400 records of 1 exporter in 4 s
`
	if got := out.String(); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
	if l.End(); strings.ContainsRune(out.String(), '\x1b') {
		t.Error("a pipe gets what drives a terminal")
	}
}
