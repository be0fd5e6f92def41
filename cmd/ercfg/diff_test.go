package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ercfg/ercfg/internal/confdiff"
)

// handEdits are what a person does to a configuration, by platform: a line that is
// there, and what stands there then.
var handEdits = map[string][][2]string{
	"ios-xe": {
		{`(?m)^ set local-preference \d+$`, " set local-preference 77"},
		{`(?m)^( neighbor \S+ timers) \d+ \d+$`, "$1 33 99"},
		{`(?m)^ip route (\S+ \S+) Null0 250\n`, ""},
	},
	"junos": {
		{`(?m)local-preference \d+$`, "local-preference 77"},
		{`(?m)hold-time \d+$`, "hold-time 99"},
		{`(?m)^set (interfaces \S+ unit \d+) description .*$`, `set $1 description "by hand"`},
	},
	"frr": {
		{`(?m)^ set local-preference \d+$`, " set local-preference 77"},
		{`(?m)^( neighbor \S+ timers) \d+ \d+$`, "$1 33 99"},
		{`(?m)^ip route (\S+) blackhole 250\n`, ""},
	},
}

// The whole loop works without a router, for every example: a rendering, a copy
// that a person has edited, differences that are the edits, commands that make the
// copy the rendering, and commands that make it the copy again.
func TestDiffLoop(t *testing.T) {
	t.Parallel()
	examples, err := filepath.Glob("../../examples/*.yaml")
	if err != nil || len(examples) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	for _, site := range examples {
		t.Run(filepath.Base(site), func(t *testing.T) {
			t.Parallel()
			out := filepath.Join(t.TempDir(), "out")
			if code, _, stderr := call(t, &app{}, "render", site, "-o", out); code != exitOK {
				t.Fatal(stderr)
			}
			code, stdout, stderr := call(t, &app{}, "diff", site, "--running", out, "--format", "json")
			if code != exitOK {
				t.Fatalf("the rendering itself differs: exit code %d\n%s%s", code, stdout, stderr)
			}
			var same diffDocument
			if err := json.Unmarshal([]byte(stdout), &same); err != nil {
				t.Fatal(err)
			}
			for _, r := range same.Routers {
				oneRouter(t, site, out, r)
			}
		})
	}
}

// oneRouter takes one router of an example through the loop.
func oneRouter(t *testing.T, site, out string, r diffRouter) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(out, r.Name+".*"))
	if err != nil {
		t.Fatal(err)
	}
	var rendered string
	for _, f := range files {
		if !strings.HasPrefix(filepath.Base(f), r.Name+".frr.") || strings.HasSuffix(f, ".frr.conf") {
			rendered = f
		}
	}
	text, err := os.ReadFile(rendered)
	if err != nil {
		t.Fatal(err)
	}
	edited, lines := string(text), 0
	for _, e := range handEdits[r.Platform] {
		pattern := regexp.MustCompile(e[0])
		n := len(pattern.FindAllString(edited, -1))
		if now := pattern.ReplaceAllString(edited, e[1]); now != edited {
			edited, lines = now, lines+n
			if e[1] != "" {
				lines += n // goes and comes
			}
		}
	}
	if lines == 0 {
		t.Fatalf("%s: no edit fits", r.Name)
	}
	copied := filepath.Join(t.TempDir(), "copy")
	if err := os.WriteFile(copied, []byte(edited), 0o600); err != nil {
		t.Fatal(err)
	}
	code, stdout, stderr := call(t, &app{}, "diff", site, "--running", copied, "--router", r.Name, "--format", "json")
	if code != exitDifferent {
		t.Fatalf("%s: exit code %d\n%s%s", r.Name, code, stdout, stderr)
	}
	var found diffDocument
	if err := json.Unmarshal([]byte(stdout), &found); err != nil {
		t.Fatal(err)
	}
	change := found.Routers[0].Change
	told := 0
	for _, d := range change.Differences {
		for _, l := range d.Lines {
			if l.Sign == "-" || l.Sign == "+" {
				told++
			}
		}
	}
	if told != lines {
		t.Errorf("%s: %d lines differ, and %d were edited\n%s", r.Name, told, lines, stdout)
	}
	want, have := read(t, r.Platform, string(text)), read(t, r.Platform, edited)
	after, err := confdiff.Apply(have, change.Commands)
	if err != nil {
		t.Fatalf("%s: %v", r.Name, err)
	}
	if diff := cmp.Diff(statements(want), statements(after)); diff != "" {
		t.Errorf("%s: after the commands (-rendering +now):\n%s", r.Name, diff)
	}
	back, err := confdiff.Apply(after, change.Undo)
	if err != nil {
		t.Fatalf("%s: %v", r.Name, err)
	}
	if diff := cmp.Diff(statements(have), statements(back)); diff != "" {
		t.Errorf("%s: after the commands back (-copy +now):\n%s", r.Name, diff)
	}
}

func read(t *testing.T, platform, text string) confdiff.Config {
	t.Helper()
	c, err := confdiff.Read(platform, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// statements is a configuration as a set.
func statements(c confdiff.Config) map[string]bool {
	out := make(map[string]bool)
	for _, s := range c.Statements {
		out[fmt.Sprint(s.Path, s.Inactive)] = true
	}
	return out
}
