package main

import (
	"bufio"
	"bytes"
	"errors"
	"io/fs"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/ercfg/ercfg/internal/push/emulator"
)

// pushIntent is a circuit whose links end on two routers, IOS-XE and Junos.
const pushIntent = `apiVersion: ercfg/v1
kind: Intent
metadata: {name: acme, ticket: CHG0012345}
onprem: {networks: {campus: {prefixes: [10.10.0.0/16]}}}
azure: {vnets: {hub: {prefixes: [10.100.0.0/16]}}}
routers:
  ce1: {platform: ios-xe, asn: 65010, routerID: 10.10.255.1, loopback: {interface: Loopback0, ipv4: 10.10.255.1/32}, ibgp: [{router: ce2}], ssh: {host: HOST1, port: PORT1, user: netops, password: env:ER_PASSWORD}}
  ce2: {platform: junos, asn: 65010, routerID: 10.10.255.2, loopback: {interface: lo0, ipv4: 10.10.255.2/32}, ssh: {host: HOST2, port: PORT2, user: netops, password: 'exec:echo correct-horse'}}
circuits:
  er-1:
    model: exchange
    bandwidth: 500Mbps
    private:
      vlan: 150
      md5: env:ER_1_MD5
      primary: {router: ce1, interface: TenGigabitEthernet0/0/1, ipv4: 172.16.200.0/30}
      secondary: {router: ce2, interface: xe-0/0/1, ipv4: 172.16.200.4/30}
traffic: [{name: all, onprem: [campus], azure: [hub], prefer: [er-1]}]
`

// pushKey is what both links have, and renewedKey what the far ends take as well.
const pushKey, renewedKey = "s3cretS3cret", "renewedK3y"

// An emulatedSite is an intent and its two routers, imitated.
type emulatedSite struct {
	file     string
	ce1, ce2 *emulator.Router
}

// newEmulatedSite starts the routers with what is rendered for them, but for a local
// preference that somebody has changed on each. Faults are the first one's.
func newEmulatedSite(t *testing.T, faults emulator.Faults) *emulatedSite {
	t.Helper()
	return newEmulatedSiteOf(t, pushIntent, faults)
}

// newEmulatedSiteOf is newEmulatedSite of another intent.
func newEmulatedSiteOf(t *testing.T, intent string, faults emulator.Faults) *emulatedSite {
	t.Helper()
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("XDG_STATE_HOME", filepath.Join(home, "state"))
	t.Setenv("SSH_AUTH_SOCK", "")
	t.Setenv("ER_PASSWORD", "correct-horse")
	t.Setenv("ER_1_MD5", pushKey)
	s := &emulatedSite{file: filepath.Join(home, "site.yaml")}
	blank := strings.NewReplacer("HOST1", "192.0.2.1", "HOST2", "192.0.2.1", "PORT1", "22", "PORT2", "22").Replace(intent)
	if err := os.WriteFile(s.file, []byte(blank), 0o600); err != nil {
		t.Fatal(err)
	}
	s.ce1 = startRouter(t, s.file, "ce1", emulator.IOSXE, "local-preference 200", "local-preference 150", faults)
	s.ce2 = startRouter(t, s.file, "ce2", emulator.Junos, "local-preference 200", "local-preference 150", emulator.Faults{})
	host1, port1, err := net.SplitHostPort(s.ce1.Addr())
	if err != nil {
		t.Fatal(err)
	}
	host2, port2, err := net.SplitHostPort(s.ce2.Addr())
	if err != nil {
		t.Fatal(err)
	}
	text := strings.NewReplacer("HOST1", host1, "HOST2", host2, "PORT1", port1, "PORT2", port2).Replace(intent)
	if err := os.WriteFile(s.file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return s
}

func startRouter(t *testing.T, file, router, platform, now, was string, faults emulator.Faults) *emulator.Router {
	t.Helper()
	code, text, stderr := call(t, &app{}, "render", file, "--router", router)
	if code != exitOK {
		t.Fatal(stderr)
	}
	if !strings.Contains(text, now) {
		t.Fatalf("%s has no %q:\n%s", router, now, text)
	}
	text = strings.ReplaceAll(strings.ReplaceAll(text, now, was), "<env:ER_1_MD5>", pushKey)
	r, err := emulator.Start(emulator.Options{
		Platform: platform, Name: router, Running: text, User: "netops", Password: "correct-horse", Faults: faults,
		Offers: map[netip.Addr][]emulator.Offer{
			netip.MustParseAddr("172.16.200.2"): {{Prefix: netip.MustParsePrefix("10.100.0.0/16"), ASPath: []uint32{12076}}},
			netip.MustParseAddr("172.16.200.6"): {{Prefix: netip.MustParsePrefix("10.100.0.0/16"), ASPath: []uint32{12076}}},
		},
		Keys: map[netip.Addr][]string{
			netip.MustParseAddr("172.16.200.2"): {pushKey, renewedKey},
			netip.MustParseAddr("172.16.200.6"): {pushKey, renewedKey},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return r
}

// A dry run shows what a push then does, a push does it, and another one finds
// nothing to do. (Emulated.)
func TestPushEmulated(t *testing.T) {
	s := newEmulatedSite(t, emulator.Faults{})
	code, stdout, stderr := call(t, &app{}, "push", s.file, "--dry-run", "--trust-new")
	if code != exitDifferent {
		t.Fatalf("dry run: exit code %d\n%s\n%s", code, stdout, stderr)
	}
	for _, want := range []string{"ce1 (ios-xe): 1 difference", "+  set local-preference 200", "\nce2     differs  1 command, "} {
		if !strings.Contains(stdout, want) {
			t.Errorf("dry run: no %q in\n%s", want, stdout)
		}
	}
	if code, stdout, stderr = call(t, &app{}, "push", s.file); code != exitDifferent || !strings.Contains(stderr, "nothing is changed: there is no terminal to ask at; --yes answers") {
		t.Errorf("nobody to ask: exit code %d\n%s\n%s", code, stdout, stderr)
	}
	for name, r := range map[string]*emulator.Router{"ce1": s.ce1, "ce2": s.ce2} {
		if strings.Contains(r.Running(), "local-preference 200") {
			t.Errorf("the dry run has changed %s", name)
		}
	}
	code, stdout, stderr = call(t, &app{}, "push", s.file, "--yes")
	if code != exitOK {
		t.Fatalf("push: exit code %d\n%s\n%s", code, stdout, stderr)
	}
	s.wants(t, "local-preference 200")
	for _, want := range []string{"ce1     changed  3 commands, worst impact: route refresh; ", "ce2     changed  1 command, worst impact: route refresh; "} {
		if !strings.Contains(stdout, want) {
			t.Errorf("push: no %q in\n%s", want, stdout)
		}
	}
	if code, stdout, stderr = call(t, &app{}, "push", s.file); code != exitOK || strings.Contains(stderr, "--yes") || !strings.Contains(stdout, "ce1     same ") {
		t.Errorf("nobody to ask, and nothing to ask: exit code %d\n%s\n%s", code, stdout, stderr)
	}
	if code, stdout, stderr = call(t, &app{}, "push", s.file, "--yes"); code != exitOK || !strings.Contains(stdout, "ce2     same     nothing to change") {
		t.Errorf("the second push: exit code %d\n%s\n%s", code, stdout, stderr)
	}
	s.hasNoKey(t)
}

// What a run has changed another process puts back, in a run of its own, and once is
// enough. (Emulated.)
func TestRevertEmulated(t *testing.T) {
	s := newEmulatedSite(t, emulator.Faults{})
	if code, stdout, stderr := call(t, &app{}, "push", s.file, "--yes", "--trust-new"); code != exitOK {
		t.Fatalf("push: exit code %d\n%s\n%s", code, stdout, stderr)
	}
	first := lastRun(t)
	// Not while another process is at one of its circuits.
	store, err := runStore()
	if err != nil {
		t.Fatal(err)
	}
	release, err := store.Lock([]string{"acme-er-1"}, "another")
	if err != nil {
		t.Fatal(err)
	}
	if code, _, stderr := call(t, &app{}, "revert", first); code != exitWorld || !strings.Contains(stderr, "acme-er-1 is being changed by another push (run another, ") {
		t.Errorf("beside another: exit code %d\n%s", code, stderr)
	}
	release()
	for range 2 {
		if code, stdout, stderr := call(t, &app{}, "revert", first, "--revert-after", "1m"); code != exitOK || strings.Count(stdout, "reverted  the old configuration is back") != 2 {
			t.Fatalf("revert: exit code %d\n%s\n%s", code, stdout, stderr)
		}
		s.wants(t, "local-preference 150")
	}
	if code, stdout, stderr := call(t, &app{}, "status", first, "--ask"); code != 4 || strings.Count(stdout, "reverted; has the old configuration") != 2 {
		t.Errorf("status: exit code %d\n%s\n%s", code, stdout, stderr)
	}
}

// A push that is killed while it tests is told of by status, and another process
// keeps what it has left pending. (Emulated.)
func TestPushKilledEmulated(t *testing.T) {
	s := newEmulatedSite(t, emulator.Faults{})
	cmd := exec.CommandContext(t.Context(), "ercfg", "push", s.file, "--yes", "--trust-new", "--output", "json", "--only", "ce1")
	events, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(events)
	lines.Buffer(nil, 1<<20)
	for found := false; !found && lines.Scan(); {
		found = strings.Contains(lines.Text(), `"phase":"test"`) && strings.Contains(lines.Text(), `"tests"`)
	}
	// It goes no further, however long it takes to ask.
	if err := cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	run := lastRun(t)
	if code, stdout, _ := call(t, &app{}, "status", run); code != exitOK || !strings.Contains(stdout, ": goes on, process ") {
		t.Errorf("while it goes on: exit code %d\n%s", code, stdout)
	}
	if code, _, stderr := call(t, &app{}, "confirm", run); code != exitWorld || !strings.Contains(stderr, "still goes on") {
		t.Errorf("confirm while it goes on: exit code %d\n%s", code, stderr)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	for _, step := range []struct {
		code int
		want string
		args []string
	}{
		{exitUnknown, "ce1  cut off in test; all ", []string{"status", run}},
		{exitUnknown, "ce1  pending; has the new configuration, not saved; undoes the change in ", []string{"status", run, "--ask"}},
		{exitOK, "ce1     changed", []string{"confirm", run}},
		{exitOK, "ce1  changed; run ", []string{"status", run}},
		{exitOK, "ce1  changed; has the new configuration", []string{"status", run, "--ask"}},
	} {
		code, stdout, stderr := call(t, &app{}, step.args...)
		if code != step.code || !strings.Contains(stdout, step.want) {
			t.Fatalf("%s: exit code %d, want %d and %q\n%s\n%s", step.args, code, step.code, step.want, stdout, stderr)
		}
	}
	if !strings.Contains(s.ce1.Startup(), "local-preference 200") {
		t.Error("what was confirmed is not saved")
	}
	s.hasNoKey(t)
}

// A sealed plan holds as long as the routers have what they had. (Emulated.)
func TestPushSealedEmulated(t *testing.T) {
	s := newEmulatedSite(t, emulator.Faults{})
	captures, sealed := filepath.Join(t.TempDir(), "captures"), filepath.Join(t.TempDir(), "plan")
	if err := os.Mkdir(captures, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, was string // what ce1 had when the plan was sealed
		code      int
		want      string
	}{
		{"as it was", "local-preference 150", exitDifferent, "ce1     differs"},
		{"changed since", "local-preference 140", exitWorld, "ce1     untouched  read: the router has something else than when the plan was"},
	} {
		for name, text := range map[string]string{"ce1": strings.ReplaceAll(s.ce1.Running(), "local-preference 150", tt.was), "ce2": s.ce2.Running()} {
			if err := os.WriteFile(filepath.Join(captures, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if code, _, stderr := call(t, &app{}, "render", s.file, "-o", sealed, "--running", captures); code != exitOK {
			t.Fatal(stderr)
		}
		code, stdout, stderr := call(t, &app{}, "push", s.file, "--dry-run", "--trust-new", "--plan", sealed)
		if code != tt.code || !strings.Contains(stdout, tt.want) {
			t.Errorf("%s: exit code %d, want %d and %q\n%s\n%s", tt.name, code, tt.code, tt.want, stdout, stderr)
		}
	}
}

// Who presses Ctrl-C twice does not wait for the way back, and is told when the
// router undoes the change by itself. (Emulated.)
func TestPushAbandonedEmulated(t *testing.T) {
	s := newEmulatedSite(t, emulator.Faults{Hang: func(line string) bool { return line == "configure revert now" }})
	cmd := exec.CommandContext(t.Context(), "ercfg", "push", s.file, "--yes", "--trust-new", "--only", "ce1")
	said, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for lines := bufio.NewScanner(said); lines.Scan(); {
		text.WriteString(lines.Text() + "\n")
		if strings.Contains(lines.Text(), "ce1: test  all ") || strings.Contains(lines.Text(), "ce1: revert") {
			if err := cmd.Process.Signal(os.Interrupt); err != nil {
				t.Fatal(err)
			}
		}
	}
	err = cmd.Wait()
	if exit, ok := errors.AsType[*exec.ExitError](err); !ok || exit.ExitCode() != exitUnknown {
		t.Errorf("%v, want exit code %d", err, exitUnknown)
	}
	for _, want := range []string{"\ninterrupted: putting the old configuration back; wait\n", "\ninterrupted again: the router undoes the change by itself, until "} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("no %q in\n%s", want, text.String())
		}
	}
}

// A reader who goes away ends no push: what has begun comes to its end. (Emulated.)
func TestPushUnheardEmulated(t *testing.T) {
	s := newEmulatedSite(t, emulator.Faults{})
	cmd := exec.CommandContext(t.Context(), "ercfg", "push", s.file, "--yes", "--trust-new", "--only", "ce1")
	said, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(said); lines.Scan() && !strings.Contains(lines.Text(), "ce1: arm"); {
	}
	said.Close()
	if err := cmd.Wait(); err != nil {
		t.Errorf("%v", err)
	}
	if !strings.Contains(s.ce1.Startup(), "local-preference 200") {
		t.Error("the push has not come to its end")
	}
}

// wants compares what both routers have, now and after a restart.
func (s *emulatedSite) wants(t *testing.T, text string) {
	t.Helper()
	for _, r := range []*emulator.Router{s.ce1, s.ce2} {
		if !strings.Contains(r.Running(), text) || !strings.Contains(r.Startup(), text) {
			t.Fatalf("no %q in the running or in the startup configuration:\n%s\n%s", text, r.Running(), r.Startup())
		}
	}
}

// lastRun is the newest run with a journal.
func lastRun(t *testing.T) string {
	t.Helper()
	s, err := runStore()
	if err != nil {
		t.Fatal(err)
	}
	runs, err := s.List()
	if err != nil || len(runs) == 0 {
		t.Fatalf("%q, %v", runs, err)
	}
	return runs[0]
}

// hasNoKey looks for secrets in all that the runs have written.
func (s *emulatedSite) hasNoKey(t *testing.T) {
	t.Helper()
	files := 0
	err := filepath.WalkDir(os.Getenv("XDG_STATE_HOME"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		text, err := os.ReadFile(path)
		for _, secret := range []string{pushKey, "correct-horse"} {
			if strings.Contains(string(text), secret) {
				t.Errorf("%s has a secret in it", path)
			}
		}
		return err
	})
	if err != nil || files < 4 {
		t.Errorf("%d files, %v", files, err)
	}
}

// A deaf reader takes so many writes, and then none.
type deaf struct{ takes int }

func (d *deaf) Write(p []byte) (int, error) {
	if d.takes--; d.takes < 0 {
		return 0, syscall.EPIPE
	}
	return len(p), nil
}

// Where nobody reads the differences nothing is changed, and where nobody reads the report,
// of a push or of a revert, the exit code does not say so. (Emulated.)
func TestPushUnreadEmulated(t *testing.T) {
	s := newEmulatedSite(t, emulator.Faults{})
	at := func(takes int, args ...string) (int, string) {
		var errs bytes.Buffer
		a := &app{stdin: strings.NewReader(""), stdout: &deaf{takes}, stderr: &errs}
		code := a.run(args)
		return code, errs.String()
	}
	push := []string{"push", s.file, "--yes", "--trust-new"}
	if code, stderr := at(0, push...); code != exitWorld || strings.Count(stderr, "ercfg: write standard output: broken pipe; nothing is changed\n") != 1 {
		t.Errorf("no differences: exit code %d\n%s", code, stderr)
	}
	s.wants(t, "local-preference 150")
	if _, stdout, _ := call(t, &app{}, "status"); !strings.Contains(stdout, "acme  ended (2 not begun)\n") {
		t.Errorf("status:\n%s", stdout)
	}
	code, stderr := at(1, push...)
	if code != exitFindings || strings.Count(stderr, "ercfg: write standard output: broken pipe\n") != 1 || !strings.Contains(stderr, "2 routers: 2 changed\n") {
		t.Errorf("no report: exit code %d\n%s", code, stderr)
	}
	s.wants(t, "local-preference 200")
	_, run, _ := strings.Cut(stderr, "\nrun ")
	run, _, _ = strings.Cut(run, ";")
	if code, stderr := at(0, "revert", run); code != exitFindings || strings.Count(stderr, "ercfg: write standard output: broken pipe\n") != 1 || !strings.Contains(stderr, "2 routers: 2 reverted\n") {
		t.Errorf("no report of a revert: exit code %d\n%s", code, stderr)
	}
	s.wants(t, "local-preference 150")
}

// A key that has changed reaches both routers by its value; what is shown and written
// down has its name, and the old one is on the routers alone. (Emulated.)
func TestPushKey(t *testing.T) {
	s := newEmulatedSiteOf(t, strings.Replace(pushIntent, "md5: env:ER_1_MD5", "md5: env:ER_1_MD5\n      timers: {keepalive: 4s, hold: 12s}", 1), emulator.Faults{})
	t.Setenv("ER_1_MD5", renewedKey)
	code, stdout, stderr := call(t, &app{}, "push", s.file, "--yes", "--trust-new")
	if code != exitOK {
		t.Fatalf("exit code %d\n%s\n%s", code, stdout, stderr)
	}
	for _, want := range []string{
		" neighbor 172.16.200.2 password <env:ER_1_MD5>\n", " neighbor 172.16.200.2 password <kept-on-the-router>\n",
		` authentication-key "<env:ER_1_MD5>"` + "\n", ` authentication-key "<kept-on-the-router>"` + "\n",
	} {
		if n := strings.Count(stdout, want); n != 1 {
			t.Errorf("%d times %q in\n%s", n, want, stdout)
		}
	}
	if text := s.ce1.Running(); !strings.Contains(text, " password "+renewedKey+"\n") {
		t.Errorf("ce1 has another key:\n%s", text)
	}
	if strings.Contains(stdout+stderr, renewedKey) || strings.Contains(stdout+stderr, pushKey) {
		t.Errorf("a key is shown:\n%s\n%s", stdout, stderr)
	}
	code, stdout, stderr = call(t, &app{}, "push", s.file) // which reads the keys back, that of Junos decoded
	if code != exitOK || !strings.Contains(stdout, "ce1     same ") || !strings.Contains(stdout, "ce2     same ") {
		t.Errorf("a second push: exit code %d\n%s\n%s", code, stdout, stderr)
	}
	runs, err := os.ReadDir(filepath.Join(os.Getenv("XDG_STATE_HOME"), "ercfg", "runs"))
	if err != nil {
		t.Fatal(err)
	}
	for _, run := range runs {
		if code, stdout, _ := call(t, &app{}, "revert", run.Name()); strings.Contains(stdout, "changed") && (code != exitWorld || !strings.Contains(stdout, "a key that only the router had")) {
			t.Errorf("revert: exit code %d\n%s", code, stdout)
		}
	}
}
