package emulator

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// iosxeGoldens are the configurations that ercfg renders for IOS-XE.
func iosxeGoldens(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("../../render/testdata/*/*.ios-xe.cfg")
	if err != nil || len(files) == 0 {
		t.Fatalf("no goldens: %v", err)
	}
	return files
}

// statements are what confdiff reads of a text, except what every router has.
func statements(t *testing.T, text string) []string {
	t.Helper()
	var out []string
	for _, s := range read(t, text).Statements {
		if word, _, _ := strings.Cut(s.Path[0], " "); word != "version" && word != "hostname" && word != "archive" {
			out = append(out, strings.Join(s.Path, " / "))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// TestGoldensTyped types whatever ercfg renders into an empty router, line by
// line: none is refused, and what the router then has is what was rendered.
func TestGoldensTyped(t *testing.T) {
	t.Parallel()
	for _, file := range iosxeGoldens(t) {
		t.Run(filepath.Base(filepath.Dir(file)), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			r := start(t, Options{Platform: IOSXE, Name: "ce1"})
			p := login(t, r)
			p.all("configure terminal")
			for line := range strings.Lines(string(text)) {
				p.all(strings.TrimSpace(line))
			}
			p.all("end")
			if diff := cmp.Diff(statements(t, string(text)), statements(t, p.do("show running-config"))); diff != "" {
				t.Errorf("rendered (-), typed and read back (+):\n%s", diff)
			}
			if r.Startup() == r.Running() {
				t.Error("what was typed is in the startup configuration, without write memory")
			}
		})
	}
}

// TestGoldensStarted starts a router with what ercfg renders: it prints the same,
// and once more when that is read again.
func TestGoldensStarted(t *testing.T) {
	t.Parallel()
	for _, file := range iosxeGoldens(t) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		r := start(t, Options{Platform: IOSXE, Running: string(text)})
		if diff := cmp.Diff(statements(t, string(text)), statements(t, r.Running())); diff != "" {
			t.Errorf("%s: rendered (-), printed (+):\n%s", file, diff)
		}
		again := start(t, Options{Platform: IOSXE, Running: r.Running()})
		if diff := cmp.Diff(r.Running(), again.Running()); diff != "" {
			t.Errorf("%s: printed (-), read and printed again (+):\n%s", file, diff)
		}
	}
}

// TestForeignLinesStay keeps what the emulator does not know, as real routers have
// much of: a banner, a certificate, lines of other features.
func TestForeignLinesStay(t *testing.T) {
	t.Parallel()
	text := "version 17.9\nservice timestamps log datetime msec\nhostname pe7\n!\naaa new-model\n!\ncrypto pki certificate chain SELF\n certificate self-signed 01\n  30820330 30820218\n  \tquit\n!\nbanner motd ^C\nneighbor 192.0.2.1 ^ is not a command here\n^C\nline vty 0 4\n transport input ssh\n!\nend\n"
	r := start(t, Options{Platform: IOSXE, Running: text, Faults: Faults{NoArchive: true}})
	for _, line := range []string{"aaa new-model", "  30820330 30820218\n  \tquit", "^C\nneighbor 192.0.2.1 ^ is not a command here\n^C", "line vty 0 4\n transport input ssh"} {
		if !strings.Contains(r.Running(), line) {
			t.Errorf("%q is gone from\n%s", line, r.Running())
		}
	}
}
