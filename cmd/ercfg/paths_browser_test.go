package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// A seen is what a browser makes of a page in a window of 800 pixels.
type seen struct {
	Name   string
	Width  int      // of what there is to show, in pixels
	Broken []string // words that go on in the next line
	Paper  string   // colour of the background
}

// The page of a prediction fits a window of 800 pixels and breaks no word of its
// tables there, in light and in dark: a browser says so.
func TestPathsBrowser(t *testing.T) {
	t.Parallel()
	browser := browserPath(t)
	pages := make(map[string]string)
	for _, path := range []string{"02-dual-stack-one-ce", "04-encrypted-over-private", "05-microsoft-peering", "07-two-sites-standby-telemetry"} {
		text, err := os.ReadFile("../../examples/" + path + ".yaml")
		if err != nil {
			t.Fatal(err)
		}
		pages[path] = pathsPage(t, text)
		if strings.HasPrefix(path, "07") {
			pages["long names"] = pathsPage(t, bytes.ReplaceAll(text, []byte("er-lon"), []byte("er-london-metropolitan-exchange")))
		}
	}
	paper := make(map[string]string)
	for _, scheme := range []string{"light", "dark"} {
		list := look(t, browser, scheme, pages)
		if len(list) != len(pages) {
			t.Fatalf("%s: %d pages of %d", scheme, len(list), len(pages))
		}
		for _, s := range list {
			if s.Width > 800 {
				t.Errorf("%s, %s: %d pixels wide", s.Name, scheme, s.Width)
			}
			if len(s.Broken) > 0 {
				t.Errorf("%s, %s: broken: %q", s.Name, scheme, s.Broken)
			}
			paper[scheme] = s.Paper
		}
	}
	if paper["light"] == paper["dark"] {
		t.Errorf("light and dark are both %s", paper["light"])
	}
}

// browserPath skips without a browser, and fails where ERCFG_BROWSER=must.
func browserPath(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	if os.Getenv("ERCFG_BROWSER") == "must" {
		t.Fatal("no chromium on the search path")
	}
	t.Skip("no chromium on the search path")
	return ""
}

func pathsPage(t *testing.T, intent []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "site.yaml")
	if err := os.WriteFile(path, intent, 0o644); err != nil {
		t.Fatal(err)
	}
	code, stdout, stderr := call(t, &app{}, "paths", "--depth", "2", "--format", "html", path)
	if code != exitOK {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	return stdout
}

// look shows every page in a frame, 800 pixels wide, and measures it there. The
// pages have no script: the page around them has one, and leaves what it found as
// its title.
func look(t *testing.T, browser, scheme string, pages map[string]string) []seen {
	t.Helper()
	var around strings.Builder
	around.WriteString("<!DOCTYPE html><title></title>\n")
	for name, page := range pages {
		fmt.Fprintf(&around, "<iframe id=\"%s\" width=800 height=600 frameborder=0 srcdoc=\"%s\"></iframe>\n", html.EscapeString(name), html.EscapeString(page))
	}
	around.WriteString(`<script>
onload = () => document.title = JSON.stringify([...document.querySelectorAll("iframe")].map(f => {
  const d = f.contentDocument
  return {
    Name: f.id, Width: d.documentElement.scrollWidth, Paper: f.contentWindow.getComputedStyle(d.body).backgroundColor,
    Broken: [...d.querySelectorAll("table span, table strong")].filter(w => !w.matches(".long") && w.getClientRects().length != 1).map(w => w.textContent),
  }
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
	var list []seen
	if err := json.Unmarshal([]byte(html.UnescapeString(string(title[1]))), &list); err != nil {
		t.Fatal(err)
	}
	return list
}
