//go:build linux

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/ercfg/ercfg/internal/lab"
	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/sim"
)

// The help of every verb of lab fits a terminal and has the flags of all of them.
func TestLabHelp(t *testing.T) {
	t.Parallel()
	for _, verb := range []string{"up", "traffic", "test", "drill", "fail", "heal", "status", "sh", "down"} {
		code, text, _ := call(t, &app{}, "help", "lab", verb)
		if code != exitOK {
			t.Fatalf("%s: exit code %d", verb, code)
		}
		for line := range strings.Lines(text) {
			if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > columns {
				t.Errorf("%s: %d columns: %s", verb, n, line)
			}
		}
		for _, want := range []string{"\nUsage:\n  ercfg lab " + verb, "\nExamples:\n  ", "\nFlags of every verb of lab:\n      --dir DIR", "--output text|json"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s: no %q in\n%s", verb, want, text)
			}
		}
	}
}

// written writes the state of a lab as a process that is there would: that of the
// test, which holds nothing.
func written(t *testing.T, dir, name string, up bool, root, starter int) {
	t.Helper()
	boot, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		t.Fatal(err)
	}
	process := func(pid int) map[string]any { return map[string]any{"PID": pid, "Born": born(t, pid)} }
	text, err := json.Marshal(map[string]any{
		"Root": process(root), "Starter": process(starter), "Boot": strings.TrimSpace(string(boot)), "Up": up,
		"Lab": map[string]any{
			"Name": name, "Started": "2026-01-31T09:30:00Z", "Options": map[string]any{"MSEE": "frr"},
			"Nodes": []any{
				map[string]any{"Name": "ce1", "Kind": "router", "PID": root, "Position": "primary"},
				map[string]any{"Name": "gw-hub", "Kind": "gateway", "PID": root, "Position": "primary", "Hosts": []string{"10.90.0.4", "2001:db8::4"}},
			},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(dir, name), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name, "state.json"), text, 0o600); err != nil {
		t.Fatal(err)
	}
}

// born is when a process began (proc(5), stat, field 22); 0: there is none.
func born(t *testing.T, pid int) int {
	t.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	out := 0
	if _, err := fmt.Sscan(fields[19], &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// Labs in every state are listed with what to do, as text and as the published
// schema describes.
func TestLabStatus(t *testing.T) {
	t.Parallel()
	dir, self := t.TempDir(), os.Getpid()
	written(t, dir, "dead", true, 1<<30, self)
	written(t, dir, "half", false, self, 1<<30)
	written(t, dir, "starting", false, self, self)
	written(t, dir, "up", true, self, self)
	written(t, dir, "broken", true, self, self)
	if err := os.WriteFile(filepath.Join(dir, "broken", "broken.json"), []byte(`{"Scenario": "er-lon.primary,er-ams.primary,ce2", "Faults": ["silent", "silent", "down"], "Since": "2026-01-31T09:31:00Z"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"killed", "torn", "notes"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for _, file := range []string{"killed/state.json.77", "torn/state.json", "notes/state.jsonnet"} {
		if err := os.WriteFile(filepath.Join(dir, file), []byte("{"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var out, errs bytes.Buffer
	a := &app{stdout: &out, stderr: &errs}
	if err := a.printLabs(dir); err != nil {
		t.Fatal(err)
	}
	since := time.Date(2026, 1, 31, 9, 30, 0, 0, time.UTC).Local().Format(time.DateTime)
	failed := time.Date(2026, 1, 31, 9, 31, 0, 0, time.UTC).Local().Format(time.DateTime)
	want := strings.NewReplacer("SELF", fmt.Sprint(self), "SINCE", since, "FAILED", failed, "DIR", dir).Replace(`broken: up since SINCE, Microsoft edge on frr
  broken: er-lon.primary,er-ams.primary,ce2 (silent, down), since FAILED; ercfg lab heal FILE repairs it
  ce1     router   
  gw-hub  gateway  10.90.0.4 2001:db8::4

dead: the lab has died: ercfg lab down clears what is left of it

half: lab half was left half started: ercfg lab down half clears it

killed: its start was killed: ercfg lab down clears what is left of it

starting: lab starting is being started by another ercfg, process SELF

torn: DIR/torn/state.json is damaged, and no process holds a lab for it: remove that file

up: up since SINCE, Microsoft edge on frr
  ce1     router   
  gw-hub  gateway  10.90.0.4 2001:db8::4
`)
	if got := out.String(); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}

	a.output = "json"
	for _, at := range []string{dir, t.TempDir()} {
		out.Reset()
		if err := a.printLabs(at); err != nil {
			t.Fatal(err)
		}
		document, err := jsonschema.UnmarshalJSON(bytes.NewReader(out.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		if err := compile(t, "lab-status", labStatusSchemaID).Validate(document); err != nil {
			t.Errorf("%v\n%s", err, out.String())
		}
		told := `"broken": {
        "scenario": "er-lon.primary,er-ams.primary,ce2",
        "faults": [
          "silent",
          "silent",
          "down"
        ],
        "since": "2026-01-31T09:31:00Z",
        "repair": "ercfg lab heal FILE"
      }`
		if got := strings.Count(out.String(), `"broken": {`); at == dir && (got != 1 || !strings.Contains(out.String(), told)) {
			t.Errorf("not once %s in\n%s", told, out.String())
		}
	}
}

// A note that nobody can read is an error, and hides no lab.
func TestLabStatusDamaged(t *testing.T) {
	t.Parallel()
	dir, self := t.TempDir(), os.Getpid()
	written(t, dir, "up", true, self, self)
	if err := os.WriteFile(filepath.Join(dir, "up", "broken.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	a := &app{stdout: &out, stderr: &out}
	err := a.printLabs(dir)
	if err == nil || !strings.Contains(err.Error(), "broken.json is damaged: what is broken in lab up is not known") {
		t.Errorf("got %v", err)
	}
	if !strings.HasPrefix(out.String(), "up: up since ") || strings.Contains(out.String(), "broken") {
		t.Errorf("got:\n%s", out.String())
	}
}

// What was sent is a document of the published schema.
func TestLabTrafficDocument(t *testing.T) {
	t.Parallel()
	for _, r := range []*lab.TrafficReport{{}, {
		Took: 1500 * time.Millisecond, Omitted: []string{"traffic far: no host"},
		Rows: []lab.TrafficRow{{Statement: "near", Family: plan.IPv6, Direction: sim.FromAzure, Sent: 10, Received: 9, Bytes: 7452, Flows: 8}},
	}} {
		var out bytes.Buffer
		if err := writeJSON(&out, newLabTrafficDocument("acme", r)); err != nil {
			t.Fatal(err)
		}
		document, err := jsonschema.UnmarshalJSON(bytes.NewReader(out.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		if err := compile(t, "lab-traffic", labTrafficSchemaID).Validate(document); err != nil {
			t.Errorf("%v\n%s", err, out.String())
		}
		if len(r.Rows) > 0 && !strings.Contains(out.String(), `"arrived": 9`) {
			t.Error(out.String())
		}
	}
}

// The exit code of a command on a node is that of a shell.
func TestExitStatus(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		script string
		want   error
	}{
		{"exit 0", nil},
		{"exit 7", exitStatus(7)},
		{"kill -TERM $$", exitStatus(128 + 15)},
	} {
		if got := statusOfCommand(exec.Command("/bin/sh", "-c", c.script).Run()); got != c.want {
			t.Errorf("%s: %v, want %v", c.script, got, c.want)
		}
	}
	if err := statusOfCommand(exec.Command("/ercfg/has/no/such/program").Run()); err == nil || errors.As(err, new(exitStatus)) {
		t.Errorf("a command that did not run: %v", err)
	}
}

// Ctrl-C ends in one sentence, which claims no repair that has failed, and is no
// excuse for findings.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	noise, left := errors.New("ce1: vtysh: signal: killed"), errors.New("process 7 does not end")
	for _, c := range []struct {
		name  string
		err   error
		press bool
		want  string
	}{
		{"nothing was pressed", noise, false, noise.Error()},
		{"cut short", noise, true, "interrupted; all is repaired"},
		{"repair failed", errors.Join(context.Canceled, lab.Unrepaired{Err: left}), true, "interrupted, and not all could be put right: process 7 does not end; ercfg lab down ends the lab"},
		{"too late", errFindings, true, errFindings.Error()},
	} {
		ctx, cancel := context.WithCancel(t.Context())
		if c.press {
			cancel()
		}
		err := interrupted(ctx, c.err, "all is repaired")
		cancel()
		if err == nil || err.Error() != c.want {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
	}
}
