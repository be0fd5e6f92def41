package verify

import (
	"encoding/xml"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/ercfg/ercfg/internal/golden"
)

// reportForms are all forms of a report that a person or a program reads.
var reportForms = map[string]func(io.Writer, *Report) error{
	"txt":  func(w io.Writer, r *Report) error { return WriteText(w, r, 80) },
	"md":   WriteMarkdown,
	"xml":  WriteJUnit,
	"html": WriteHTML,
	"prom": WriteMetrics,
}

func written(t *testing.T, form string, r *Report) string {
	t.Helper()
	var out strings.Builder
	if err := reportForms[form](&out, r); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// What the reports look like.
func TestReportForms(t *testing.T) {
	t.Parallel()
	for name, r := range map[string]*Report{"mixed": mixedReport(), "empty": emptyReport(), "good": goodReport(), "hostile": hostileReport()} {
		for form := range reportForms {
			golden.Equal(t, filepath.Join("testdata", "report", name+"."+form), written(t, form, r))
		}
	}
}

// A text has no line that is wider than the terminal, but for a name that is; and says
// of every verdict which it is.
func TestReportTextWidth(t *testing.T) {
	t.Parallel()
	for name, r := range map[string]*Report{"mixed": mixedReport(), "empty": emptyReport(), "large": largeReport(), "huge": hugeReport(), "hostile": hostileReport()} {
		for _, width := range []int{0, 60, 80, 132, 300} {
			var out strings.Builder
			if err := WriteText(&out, r, width); err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(out.String()) {
				line = strings.TrimSuffix(line, "\n")
				if n := utf8.RuneCountInString(line); n > max(width, leastWidth) && !nameOnly(r, line) {
					t.Errorf("%s at %d: %d columns: %s", name, width, n, line)
				}
				if strings.ContainsFunc(line, unicode.IsControl) || strings.TrimRight(line, " ") != line {
					t.Errorf("%s at %d: %q", name, width, line)
				}
			}
			for v := Pass; v <= Fail; v++ {
				n := 0
				for line := range strings.Lines(out.String()) {
					if strings.HasSuffix(line, " "+v.String()+"\n") && !strings.Contains(line, ":") {
						n++
					}
				}
				if want := verdictCounts(r)[v]; n != want {
					t.Errorf("%s at %d: %d lines end in %s, want %d", name, width, n, v, want)
				}
			}
		}
	}
}

// nameOnly reports whether a line is a name of r, and nothing else.
func nameOnly(r *Report, line string) bool {
	for i := range r.Judgements {
		if line == printable(trafficText(&r.Judgements[i])) {
			return true
		}
		for _, row := range reportRowsOf(&r.Judgements[i]) {
			if line == "  "+row.Name {
				return true
			}
		}
	}
	return false
}

// The last line is the verdict of the whole.
func TestReportEnd(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		report *Report
		want   string
	}{
		{mixedReport(), "FAIL: 1 FAIL, 2 INSUFFICIENT, 3 PASS, of 6 verdicts"},
		{goodReport(), "PASS: 1 PASS, of 1 verdict"},
		{emptyReport(), "INSUFFICIENT: nothing is judged"},
		{largeReport(), "FAIL: 668 FAIL, 664 INSUFFICIENT, 668 PASS, of 2,000 verdicts"},
	} {
		for _, form := range []string{"txt", "md"} {
			text := strings.TrimSuffix(written(t, form, tt.report), "\n")
			if got := text[strings.LastIndex(text, "\n")+1:]; got != tt.want {
				t.Errorf("%s: %q, want %q", form, got, tt.want)
			}
		}
	}
}

// A long report names what failed at its end; what fits on a page does not, and neither
// does a line of the live view with all routers of a fleet.
func TestReportWorst(t *testing.T) {
	t.Parallel()
	for _, form := range []string{"txt", "md", "xml"} {
		const want = "FAIL: statement-001-x v4 →, statement-001-x v4 ←, statement-001-x v6 → and 665"
		if text := written(t, form, largeReport()); !strings.Contains(text, want) {
			t.Errorf("%s does not name the first of what failed", form)
		}
		if text := written(t, form, mixedReport()); strings.Contains(text, "FAIL: campus") {
			t.Errorf("%s names what stands a few lines above", form)
		}
	}
	page := written(t, "html", largeReport())
	if row := page[strings.Index(page, "<tbody>"):]; !strings.Contains(row[:strings.Index(row, "</tr>")], "statement-001-x v4 →") {
		t.Errorf("the first row of the page is not the first that failed: %s", row[:200])
	}
	r := goodReport()
	for i := range 500 {
		r.Silent = append(r.Silent, fmt.Sprintf("ce%d", i))
	}
	if line := sumOf(r); !strings.HasSuffix(line, "silent: ce0, ce1, ce2 and 497 more") {
		t.Error(line)
	}
	if text := written(t, "txt", r); !strings.Contains(text, "  500 routers: ce0, ce1, ") {
		t.Error("the report does not count the routers that nothing came of")
	}
}

// A JUnit report is XML whose counts are those of its cases: FAIL is a failure and
// INSUFFICIENT an error, each with its own type.
func TestReportJUnit(t *testing.T) {
	t.Parallel()
	type fault struct {
		Type string `xml:"type,attr"`
	}
	type suite struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Errors   int `xml:"errors,attr"`
		Cases    []struct {
			Name    string `xml:"name,attr"`
			Failure *fault `xml:"failure"`
			Error   *fault `xml:"error"`
		} `xml:"testcase"`
	}
	for name, r := range map[string]*Report{"mixed": mixedReport(), "large": largeReport(), "huge": hugeReport(), "hostile": hostileReport(), "empty": emptyReport()} {
		var got suite
		if err := xml.Unmarshal([]byte(written(t, "xml", r)), &got); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		want := verdictCounts(r)
		if len(r.Judgements) == 0 {
			want[Insufficient] = 1
		}
		var n [Fail + 1]int
		names := make(map[string]bool)
		for _, c := range got.Cases {
			names[c.Name] = true
			switch {
			case c.Failure != nil && c.Failure.Type == "FAIL":
				n[Fail]++
			case c.Error != nil && c.Error.Type == "INSUFFICIENT":
				n[Insufficient]++
			case c.Failure == nil && c.Error == nil:
				n[Pass]++
			}
		}
		if n != want || got.Failures != want[Fail] || got.Errors != want[Insufficient] || got.Tests != len(got.Cases) {
			t.Errorf("%s: cases %v, counts %d %d %d, want %v", name, n, got.Tests, got.Failures, got.Errors, want)
		}
		if name != "hostile" && len(names) != len(got.Cases) {
			t.Errorf("%s: %d names of %d cases", name, len(names), len(got.Cases))
		}
	}
}

// A table of Markdown has as many cells in each row as its head has, whatever the names
// are.
func TestReportMarkdownCells(t *testing.T) {
	t.Parallel()
	escaped := regexp.MustCompile(`\\.`)
	for name, r := range map[string]*Report{"mixed": mixedReport(), "hostile": hostileReport()} {
		rows := 0
		for line := range strings.Lines(written(t, "md", r)) {
			if !strings.HasPrefix(line, "|") {
				continue
			}
			rows++
			bare := strings.ReplaceAll(escaped.ReplaceAllString(line, ""), "**", "")
			if n := strings.Count(bare, "|"); n != 7 || strings.ContainsAny(bare, "<[*_`#") {
				t.Errorf("%s: %d bars, or markup: %s", name, n, line)
			}
		}
		if rows < 5 {
			t.Errorf("%s: %d rows", name, rows)
		}
	}
}

func TestBytesText(t *testing.T) {
	t.Parallel()
	for n, want := range map[uint64]string{
		0: "0 B", 999: "999 B", 1000: "1.00 kB", 9_994: "9.99 kB", 9_996: "10.0 kB", 99_949: "99.9 kB", 99_951: "100 kB",
		999_499: "999 kB", 999_501: "1.00 MB", 12_345_678: "12.3 MB", 1_234_567_890: "1.23 GB", 5e15: "5.00 PB", 1<<64 - 1: "18 EB",
	} {
		if got := bytesText(n); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
}

func TestMegabits(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		bytes uint64
		over  time.Duration
		want  string
	}{
		{0, time.Second, "0"}, {1, time.Second, "<0.001"}, {125_000, time.Second, "1.000"}, {1_250_000, time.Second, "10.0"}, {1_250_000_000, 10 * time.Second, "1,000"},
		{1, 0, "–"},
	} {
		if got := megabits(tt.bytes, tt.over); got != tt.want {
			t.Errorf("%d in %s: %s, want %s", tt.bytes, tt.over, got, tt.want)
		}
	}
}

// A share never looks more certain than it is.
func TestShareText(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		share, low, high float64
		want             string
	}{
		{0, 0, 0, "–"}, {0.508, 0.47, 0.546, "51 ± 4 %"}, {0.122, 0.101, 0.147, "12 ± 3 %"}, {0.5, 0.497, 0.503, "50 ± 0.3 %"}, {0.5034, 0.5, 0.5068, "50.3 ± 0.4 %"},
		{0, 0, 0.003, "0 to 0.3 %"}, {1, 0.997, 1, "99.7 to 100 %"}, {1, 0.2, 1, "20 to 100 %"}, {1, 1, 1, "100 %"}, {0.9996, 0.9981, 0.9999, "99.8 to 100 %"}, {0.001, 0.0002, 0.2, "0 to 20 %"}, {0, 0, 0.0021, "0 to 0.3 %"}, {0.25, 0.25, 0.25, "25 %"},
	} {
		if got := shareText(&LegShare{Share: tt.share, Low: tt.low, High: tt.high}); got != tt.want {
			t.Errorf("%v in %v to %v: %s, want %s", tt.share, tt.low, tt.high, got, tt.want)
		}
	}
}

func TestSpanText(t *testing.T) {
	t.Parallel()
	got := []string{}
	for _, d := range []time.Duration{0, 812 * time.Millisecond, 1500 * time.Millisecond, 9999 * time.Millisecond, 30 * time.Second, 59999 * time.Millisecond, 150 * time.Second, time.Hour, 26*time.Hour + 10*time.Minute + 5*time.Second, 720 * time.Hour} {
		got = append(got, spanText(d))
	}
	want := []string{"0 s", "812 ms", "1.5 s", "10 s", "30 s", "1 min", "2 min 30 s", "1 h", "26 h 10 min", "30 days"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// The error of the writer comes back.
func TestReportWriterError(t *testing.T) {
	t.Parallel()
	for form, write := range reportForms {
		r, w := io.Pipe()
		r.CloseWithError(io.ErrClosedPipe)
		if err := write(w, mixedReport()); err == nil {
			t.Errorf("%s: no error", form)
		}
	}
}

// A report of 500 statements, in both families and directions, is written at once, and
// the page of it stays one that a browser shows.
func TestReportLarge(t *testing.T) {
	t.Parallel()
	r := largeReport()
	for form := range reportForms {
		began := time.Now()
		n := len(written(t, form, r))
		took := time.Since(began)
		t.Logf("%s: %d kB in %s", form, n/1000, took)
		if n > 16_000_000 {
			t.Errorf("%s: %d bytes", form, n)
		}
	}
}
