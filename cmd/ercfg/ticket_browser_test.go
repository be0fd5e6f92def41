package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"html"
	"image/png"
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

// paper is the width of a sheet of A4 between the margins of a printer, in
// pixels of a style sheet (96 an inch).
const paper = 718

// The page of a ticket fits a window of 1280 pixels, one of 480 and a sheet of
// paper, in light and in dark, and a browser has nothing to say about it.
func TestTicketBrowser(t *testing.T) {
	t.Parallel()
	browser := browserPath(t)
	pages := make(map[string]string)
	for _, path := range []string{"02-dual-stack-one-ce", "04-encrypted-over-private", "05-microsoft-peering", "07-two-sites-standby-telemetry"} {
		text, err := os.ReadFile("../../examples/" + path + ".yaml")
		if err != nil {
			t.Fatal(err)
		}
		pages[path] = ticketPage(t, text)
		if strings.HasPrefix(path, "07") {
			pages["compared"] = comparedPage(t, text)
			pages["long names"] = ticketPage(t, bytes.ReplaceAll(text, []byte("er-lon"), []byte("er-london-metropolitan-exchange")))
		}
	}
	background := make(map[string]string)
	for _, scheme := range []string{"light", "dark"} {
		list := measure(t, browser, scheme, pages)
		if want := 3 * len(pages); len(list) != want {
			t.Fatalf("%s: %d pages of %d", scheme, len(list), want)
		}
		for _, m := range list {
			if m.Width > m.Window || len(m.Outside) > 0 {
				t.Errorf("%s, %s: %d pixels in a window of %d, beyond it %q", m.Name, scheme, m.Width, m.Window, m.Outside)
			}
			if m.Sheet && m.Cut > 0 {
				t.Errorf("%s: %d blocks of code or pictures are cut off on paper", m.Name, m.Cut)
			}
			if m.Pale < 4.5 {
				t.Errorf("%s, %s: contrast %.1f: %q", m.Name, scheme, m.Pale, m.PaleText)
			}
			if !m.Sheet {
				background[scheme] = m.Paper
			}
		}
	}
	if background["light"] == background["dark"] {
		t.Errorf("light and dark are both %s", background["light"])
	}
}

// A browser draws the page by itself, too, and prints it.
func TestTicketPictures(t *testing.T) {
	t.Parallel()
	browser := browserPath(t)
	text, err := os.ReadFile("../../examples/07-two-sites-standby-telemetry.yaml")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.ArtifactDir()
	page := filepath.Join(t.TempDir(), "ticket.html")
	if err := os.WriteFile(page, []byte(comparedPage(t, text)), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, scheme := range []string{"light", "dark"} {
		for _, width := range []int{1280, 480} {
			file := filepath.Join(dir, fmt.Sprintf("ticket.%s.%d.png", scheme, width))
			browse(t, browser, scheme, fmt.Sprintf("--window-size=%d,2000", width), "--hide-scrollbars", "--screenshot="+file, "file://"+page)
			light, n := colours(t, file)
			if n < 5 {
				t.Errorf("%s has %d colours", file, n)
			}
			if light != (scheme == "light") {
				t.Errorf("%s is not %s", file, scheme)
			}
		}
	}
	file := filepath.Join(dir, "ticket.pdf")
	browse(t, browser, "dark", "--no-pdf-header-footer", "--print-to-pdf="+file, "file://"+page)
	pdf, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(regexp.MustCompile(`/Type /Page\b`).FindAll(pdf, -1)); n < 3 { // two routers have sheets of their own
		t.Errorf("%d sheets", n)
	}
}

func ticketPage(t *testing.T, intent []byte, flags ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "site.yaml")
	if err := os.WriteFile(path, intent, 0o644); err != nil {
		t.Fatal(err)
	}
	code, stdout, stderr := call(t, &app{}, append([]string{"render", "--format", "html", path}, flags...)...)
	if code != exitOK {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	return stdout
}

// comparedPage is the page of a change to routers that have almost what was
// rendered for them: each has lost its prefix lists.
func comparedPage(t *testing.T, intent []byte) string {
	t.Helper()
	path, dir := filepath.Join(t.TempDir(), "site.yaml"), filepath.Join(t.TempDir(), "running")
	if err := os.WriteFile(path, intent, 0o644); err != nil {
		t.Fatal(err)
	}
	if code, _, stderr := call(t, &app{}, "render", "-o", dir, path); code != exitOK {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.cfg"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		text = regexp.MustCompile(`(?m)^(ip prefix-list|set policy-options prefix-list) .*\n`).ReplaceAll(text, nil)
		if err := os.WriteFile(file, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	page := ticketPage(t, intent, "--running", dir)
	if !strings.Contains(page, "<ins>") {
		t.Fatal("the page shows no difference")
	}
	return page
}

// A measured is what a browser makes of one page in one window.
type measured struct {
	Name     string
	Sheet    bool     // as it is printed
	Window   int      // in pixels, without the bar that scrolls down
	Width    int      // of what there is to show
	Outside  []string // what stands beyond the window and scrolls in no frame of its own
	Cut      int      // blocks of code and pictures that are wider than their frames
	Paper    string   // colour of the background
	Pale     float64  // least contrast of a text outside of the diagram to what is behind it
	PaleText string
}

// measure shows every page in frames as wide as a large window, a small one, and
// a sheet, where what holds for print is made to hold. The pages have no script:
// the page around them has one, and leaves what it found as its title.
func measure(t *testing.T, browser, scheme string, pages map[string]string) []measured {
	t.Helper()
	var around strings.Builder
	around.WriteString("<!DOCTYPE html><title></title>\n")
	for _, name := range slices.Sorted(maps.Keys(pages)) {
		for _, width := range []int{1280, 480, paper} {
			page, sheet := pages[name], ""
			if width == paper {
				sheet = "sheet"
				page = strings.ReplaceAll(page, "@media print", "@media all")
			}
			fmt.Fprintf(&around, "<iframe id=\"%s\" class=\"%s\" width=%d height=600 frameborder=0 srcdoc=\"%s\"></iframe>\n", html.EscapeString(name), sheet, width, html.EscapeString(page))
		}
	}
	around.WriteString(`<script>
const parts = c => c.match(/[\d.]+/g).map(Number)
const light = c => { const l = parts(c).slice(0, 3).map(v => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4); return .2126 * l[0] + .7152 * l[1] + .0722 * l[2] }
const frames = "pre, .picture" // what may be wider than the window, and scrolls
const solid = c => { const p = parts(c); return p.length < 4 || p[3] == 1 }
onload = () => document.title = JSON.stringify([...document.querySelectorAll("iframe")].map(f => {
  const w = f.contentWindow, d = f.contentDocument, root = d.documentElement, style = e => w.getComputedStyle(e)
  const out = {Name: f.id, Sheet: f.className == "sheet", Window: root.clientWidth, Width: root.scrollWidth, Paper: style(d.body).backgroundColor, Pale: 21, PaleText: ""}
  const all = [...d.body.querySelectorAll("*")].filter(e => !e.closest("svg") || e.matches("svg"))
  out.Outside = all.filter(e => !e.closest(frames) || e.matches(frames)).filter(e => e.getBoundingClientRect().right > root.clientWidth + 1).map(e => e.tagName + ": " + e.textContent.slice(0, 60))
  out.Cut = all.filter(e => e.matches(frames) && e.scrollWidth > e.clientWidth).length
  for (const e of all) {
    if (e.matches("svg") || ![...e.childNodes].some(n => n.nodeType == 3 && n.data.trim())) continue
    let behind = e
    while (!solid(style(behind).backgroundColor) && behind.parentElement) behind = behind.parentElement
    const l = [light(style(e).color), light(style(behind).backgroundColor)].sort((a, b) => b - a), contrast = (l[0] + .05) / (l[1] + .05)
    if (contrast < out.Pale) { out.Pale = contrast; out.PaleText = e.textContent.slice(0, 60) }
  }
  return out
}))
</script>`)
	path := filepath.Join(t.TempDir(), "around.html")
	if err := os.WriteFile(path, []byte(around.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	output := browse(t, browser, scheme, "--virtual-time-budget=10000", "--dump-dom", "file://"+path)
	title := regexp.MustCompile(`<title>([^<]+)</title>`).FindSubmatch(output)
	if title == nil {
		t.Fatal("the page around has found nothing")
	}
	var list []measured
	if err := json.Unmarshal([]byte(html.UnescapeString(string(title[1]))), &list); err != nil {
		t.Fatal(err)
	}
	return list
}

// browse runs a browser without a window and returns what it prints. What a page
// says to the console fails the test.
func browse(t *testing.T, browser, scheme string, args ...string) []byte {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	preferred := map[string]string{"light": "1", "dark": "0"}[scheme]
	cmd := exec.CommandContext(ctx, browser, append([]string{
		"--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--enable-logging=stderr",
		"--user-data-dir=" + filepath.Join(t.TempDir(), "profile"), "--blink-settings=preferredColorScheme=" + preferred,
	}, args...)...)
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

// colours counts the colours of a picture, and says whether most of it is light.
func colours(t *testing.T, path string) (light bool, n int) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	picture, err := png.Decode(file)
	if err != nil {
		t.Fatal(err)
	}
	seen := make(map[[3]uint32]int)
	bright, all := 0, 0
	for y := picture.Bounds().Min.Y; y < picture.Bounds().Max.Y; y += 2 {
		for x := picture.Bounds().Min.X; x < picture.Bounds().Max.X; x += 2 {
			r, g, b, _ := picture.At(x, y).RGBA()
			seen[[3]uint32{r, g, b}]++
			all++
			if r+g+b > 3*0x8000 {
				bright++
			}
		}
	}
	return 2*bright > all, len(seen)
}
