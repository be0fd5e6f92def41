package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ercfg/ercfg/internal/push"
)

// Where a router is not to be changed, and a run of this user's that was cut off may be
// the reason, that run is named; one whose undo is over, or which has ended, is not.
func TestPushNamesOwnRun(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("XDG_STATE_HOME", home)
	t.Setenv("ER_1_MD5", pushKey)
	t.Setenv("ER_PASSWORD", "correct-horse")
	file := filepath.Join(home, "site.yaml")
	text := strings.NewReplacer("HOST1", "127.0.0.1", "HOST2", "127.0.0.1", "PORT1", "9", "PORT2", "11").Replace(pushIntent)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s := &push.Store{Dir: filepath.Join(home, "ercfg")}
	for run, e := range map[string]push.Event{
		"20261127-041512-aaaa": {Phase: push.Test, Deadline: time.Now().Add(time.Hour)},
		"20261127-041512-bbbb": {Phase: push.Test, Deadline: time.Now().Add(-time.Minute)},
		"20261127-041512-cccc": {Phase: push.Done, Deadline: time.Now().Add(time.Hour), Outcome: outcome(push.Changed)},
	} {
		j, err := s.Create(push.Header{Run: run, Time: time.Now(), Intent: "acme", Routers: []push.HeaderRouter{{Name: "ce1", Platform: "ios-xe"}}})
		if err != nil {
			t.Fatal(err)
		}
		e.Router, e.Time = "ce1", time.Now()
		if err := j.Event(e); err != nil {
			t.Fatal(err)
		}
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
	}
	code, _, stderr := call(t, &app{}, "push", file, "--dry-run")
	want := "run 20261127-041512-aaaa of yours may have left ce1 pending, and was cut off: ercfg status 20261127-041512-aaaa --ask\n"
	if code != exitWorld || !strings.Contains(stderr, want) || strings.Count(stderr, " of yours ") != 1 {
		t.Errorf("exit code %d\n%s", code, stderr)
	}
	if _, _, stderr = call(t, &app{}, "push", file, "--dry-run", "--only", "ce2"); strings.Contains(stderr, " of yours ") {
		t.Errorf("of another router:\n%s", stderr)
	}
}
