package verify

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"html"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// A page needs nothing but itself, and has no script.
func TestReportHTMLAlone(t *testing.T) {
	t.Parallel()
	for name, r := range map[string]*Report{"mixed": mixedReport(), "hostile": hostileReport(), "empty": emptyReport()} {
		page := written(t, "html", r)
		for _, bad := range []string{"<script", "<link", "<img", "src=", "@import", "url(", "<b>x"} {
			if strings.Contains(page, bad) {
				t.Errorf("%s has %s", name, bad)
			}
		}
		if n := strings.Count(strings.ReplaceAll(page, `xmlns="http://www.w3.org/2000/svg"`, ""), "http"); n > 0 {
			t.Errorf("%s: %d addresses", name, n)
		}
	}
}

// A picture is well-formed, says in words what it shows, and has a line and a name for
// each leg, and units on both axes.
func TestReportChart(t *testing.T) {
	t.Parallel()
	r := mixedReport()
	c, ok := newChart(r, &r.Judgements[1], "x")
	if !ok {
		t.Fatal("no chart")
	}
	picture := c.svg()
	d := xml.NewDecoder(strings.NewReader(picture))
	for {
		if _, err := d.Token(); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []string{
		`role="img"`, `aria-labelledby="x-title x-desc"`, "<title id=\"x-title\">Bytes over time, campus v4 ←</title>", "s2s-frankfurt.a on ce1: at most 20.0 MB in a step, after 3 min 40 s.",
		">s2s-frankfurt.a on ce1, not expected</text>", ">bytes in 5 s</text>", ">200 MB</text>", ">1 min</text>", ">5 min</text>",
	} {
		if !strings.Contains(picture, want) {
			t.Errorf("the picture has no %s", want)
		}
	}
	if n := strings.Count(picture, `class="line l`); n != 4 {
		t.Errorf("%d lines, want two and their samples in the legend", n)
	}
	for _, i := range []int{3, 4} {
		if _, ok := newChart(r, &r.Judgements[i], "x"); ok {
			t.Errorf("a chart of %s, of which nothing was seen", trafficText(&r.Judgements[i]))
		}
	}
}

// Axes have few marks and reach what is drawn, whatever the amount and the time are.
func TestReportChartAxes(t *testing.T) {
	t.Parallel()
	for most := uint64(1); most < 1e17; most = most*3 + 1 {
		step := stepOf(most)
		if n := (most + step - 1) / step; n < 1 || n > 4 {
			t.Errorf("%d in steps of %d: %d", most, step, n)
		}
	}
	for whole := time.Second; whole < 5000*time.Hour; whole = whole*3/2 + time.Second {
		if n := whole / timeStep(whole); n > 5 {
			t.Errorf("%s: %d marks", whole, n)
		}
	}
}

// More legs than lines that a reader can tell apart are counted.
func TestReportChartManyLegs(t *testing.T) {
	t.Parallel()
	r := mixedReport()
	j := &r.Judgements[0]
	for range 10 {
		j.Legs = append(j.Legs, j.Legs[0])
	}
	c, _ := newChart(r, j, "x")
	if picture := c.svg(); !strings.Contains(picture, "and 4 legs that have no line here") || strings.Contains(picture, "line l8") {
		t.Error(picture)
	}
}

// A looked is what a browser makes of a page in a window.
type looked struct {
	Name          string
	Window, Width int      // in pixels
	Outside       []string // what stands beyond the window
	Pale          float64  // the least contrast of a text
	PaleText      string
	Paper         string // colour of the background
	Charts        int
	Crossing      []string // texts of a chart that are cut off at its border
}

// The page fits a window of 1280 pixels, one of 480 and a sheet of paper, in light and
// in dark; its text can be read, its charts are whole, and a browser has nothing to say
// about it.
func TestReportBrowser(t *testing.T) {
	t.Parallel()
	browser := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil && browser == "" {
			browser = path
		}
	}
	if browser == "" {
		if os.Getenv("ERCFG_BROWSER") == "must" {
			t.Fatal("no chromium on the search path")
		}
		t.Skip("no chromium on the search path")
	}
	pages := map[string]string{"mixed": written(t, "html", mixedReport()), "empty": written(t, "html", emptyReport()), "hostile": written(t, "html", hostileReport()), "huge": written(t, "html", hugeReport())}
	charts := map[string]int{"mixed": 4, "hostile": 2, "huge": 5}
	paper := make(map[string]string)
	for _, scheme := range []string{"light", "dark"} {
		list := lookAt(t, browser, scheme, pages)
		if want := 3 * len(pages); len(list) != want {
			t.Fatalf("%s: %d pages of %d", scheme, len(list), want)
		}
		for _, l := range list {
			name, kind, _ := strings.Cut(l.Name, " ")
			if l.Width > l.Window || len(l.Outside) > 0 || len(l.Crossing) > 0 {
				t.Errorf("%s, %s: %d pixels in a window of %d, beyond it %q, beyond a chart %q", l.Name, scheme, l.Width, l.Window, l.Outside, l.Crossing)
			}
			if l.Pale < 4.5 {
				t.Errorf("%s, %s: contrast %.1f: %q", l.Name, scheme, l.Pale, l.PaleText)
			}
			if l.Charts != charts[name] {
				t.Errorf("%s, %s: %d charts, want %d", l.Name, scheme, l.Charts, charts[name])
			}
			if kind == "sheet" && l.Paper != "rgb(255, 255, 255)" {
				t.Errorf("%s, %s: the paper is %s", l.Name, scheme, l.Paper)
			}
			if kind == "window" {
				paper[scheme] = l.Paper
			}
		}
	}
	if paper["light"] == paper["dark"] {
		t.Errorf("light and dark are both %s", paper["light"])
	}
}

// lookAt shows every page in frames and measures it there. The pages have no script:
// the page around them has one, and leaves what it found as its title.
func lookAt(t *testing.T, browser, scheme string, pages map[string]string) []looked {
	t.Helper()
	var around strings.Builder
	around.WriteString("<!DOCTYPE html><title></title>\n")
	for _, name := range slices.Sorted(maps.Keys(pages)) {
		for _, frame := range []struct {
			kind  string
			width int
		}{{"window", 1280}, {"narrow", 480}, {"sheet", 718}} { // A4 between margins is 718 pixels
			page := pages[name]
			if frame.kind == "sheet" {
				page = strings.ReplaceAll(page, "@media print", "@media all")
			}
			fmt.Fprintf(&around, "<iframe id=\"%s %s\" width=%d height=600 frameborder=0 srcdoc=\"%s\"></iframe>\n", name, frame.kind, frame.width, html.EscapeString(page))
		}
	}
	around.WriteString(`<script>
const parts = c => c.match(/[\d.]+/g).map(Number)
const light = c => { const l = parts(c).slice(0, 3).map(v => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4); return .2126 * l[0] + .7152 * l[1] + .0722 * l[2] }
onload = () => document.title = JSON.stringify([...document.querySelectorAll("iframe")].map(f => {
  const w = f.contentWindow, d = f.contentDocument, root = d.documentElement, style = e => w.getComputedStyle(e)
  const out = {Name: f.id, Window: root.clientWidth, Width: root.scrollWidth, Paper: style(d.body).backgroundColor, Pale: 21, PaleText: "", Charts: d.querySelectorAll("svg.chart").length}
  out.Outside = [...d.body.querySelectorAll("*")].filter(e => e.getBoundingClientRect().right > root.clientWidth + 1).map(e => e.tagName + ": " + e.textContent.slice(0, 60))
  out.Crossing = [...d.querySelectorAll("svg.chart")].flatMap(s => { const b = s.getBoundingClientRect(); return [...s.querySelectorAll("text")].filter(e => { const r = e.getBoundingClientRect(); return r.left < b.left - 1 || r.right > b.right + 1 || r.bottom > b.bottom + 1 }).map(e => e.textContent) })
  for (const e of d.body.querySelectorAll("*")) {
    if (e.matches("svg, title, desc") || ![...e.childNodes].some(n => n.nodeType == 3 && n.data.trim())) continue
    const l = [light(e.closest("svg") ? style(e).fill : style(e).color), light(out.Paper)].sort((a, b) => b - a), contrast = (l[0] + .05) / (l[1] + .05)
    if (contrast < out.Pale) { out.Pale = contrast; out.PaleText = e.textContent.slice(0, 60) }
  }
  return out
}))
</script>`)
	path := filepath.Join(t.TempDir(), "around.html")
	if err := os.WriteFile(path, []byte(around.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	title := regexp.MustCompile(`<title>([^<]+)</title>`).FindSubmatch(browsed(t, browser, scheme, path))
	if title == nil {
		t.Fatal("the page around has found nothing")
	}
	var list []looked
	if err := json.Unmarshal([]byte(html.UnescapeString(string(title[1]))), &list); err != nil {
		t.Fatal(err)
	}
	return list
}

// browsed is the document that a browser without a window makes of a page. What the
// page says to the console fails the test.
func browsed(t *testing.T, browser, scheme, path string) []byte {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, browser,
		"--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--enable-logging=stderr", "--virtual-time-budget=10000",
		"--user-data-dir="+filepath.Join(t.TempDir(), "profile"), "--blink-settings=preferredColorScheme="+map[string]string{"light": "1", "dark": "0"}[scheme],
		"--dump-dom", "file://"+path)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	cmd.WaitDelay = 20 * time.Second // its own children may hold the pipe for a while
	output, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v", browser, err)
	}
	for l := range strings.Lines(errs.String()) {
		if strings.Contains(l, "CONSOLE") {
			t.Errorf("on the console: %s", l)
		}
	}
	return output
}
