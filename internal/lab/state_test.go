//go:build linux

package lab

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// self is this process, and gone one that there is not.
func self(t *testing.T) (self, gone process) {
	t.Helper()
	start, err := born(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	return process{os.Getpid(), start}, process{os.Getpid(), start + 1}
}

// A directory is a lab's where a state is, or what a crash leaves of its making.
func TestKnown(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, file := range []string{"up/state.json", "killed/state.json.17", "notes/state.json.bak", "code/state.jsonnet", "old/state.json.", "deep/er/state.json"} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, file)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, file), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(os.Mkdir(filepath.Join(dir, "empty"), 0o700), os.WriteFile(filepath.Join(dir, "state.json"), nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	got, err := Known(dir)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"killed", "up"}, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if got, err := Known(filepath.Join(dir, "nowhere")); err != nil || len(got) > 0 {
		t.Errorf("Known of nothing = %v, %v", got, err)
	}
	// What is not ours survives the removal of what is, with its directory.
	if err := errors.Join(remove(filepath.Join(dir, "notes")), remove(filepath.Join(dir, "killed")), remove(filepath.Join(dir, "nowhere"))); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "notes", "state.json.bak")); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "killed")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the directory of a lab that was killed: %v", err)
	}
}

// Of two labs that start in one directory one does, and the other leaves nothing
// of its own.
func TestCreate(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "lab")
	s := &state{Lab: &Lab{Name: "acme"}}
	if err := s.create(dir); err != nil {
		t.Fatal(err)
	}
	if err := s.create(dir); !errors.Is(err, fs.ErrExist) {
		t.Errorf("the second: %v", err)
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 1 || files[0].Name() != stateName {
		t.Errorf("%v, %v", files, err)
	}
}

func TestStanding(t *testing.T) {
	t.Parallel()
	here, gone := self(t)
	boot, err := bootID()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name  string
		state state
		want  string
	}{
		{"up", state{Root: here, Starter: gone, Boot: boot, Up: true}, ""},
		{"died", state{Root: gone, Starter: here, Boot: boot, Up: true}, ErrDied.Error()},
		{"of an earlier run of the machine", state{Root: here, Boot: "x", Up: true}, ErrDied.Error()},
		{"being started", state{Root: here, Starter: here, Boot: boot}, fmt.Sprintf("lab acme is being started by another ercfg, process %d", here.PID)},
		{"half started", state{Root: here, Starter: gone, Boot: boot}, "lab acme was left half started: ercfg lab down acme clears it"},
	} {
		c.state.Lab = &Lab{Name: "acme"}
		dir := filepath.Join(t.TempDir(), "acme")
		if err := c.state.create(dir); err != nil {
			t.Fatal(err)
		}
		got := ""
		if _, err := Open(dir, nil); err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%s: Open says %q, want %q", c.name, got, c.want)
		}
		// What stands in the way of a lab is told in the same words.
		switch err := clear(t.Context(), dir); {
		case c.want == ErrDied.Error():
			if err != nil {
				t.Errorf("%s: Up clears it: %v", c.name, err)
			}
		case c.want == "":
			if err == nil || !strings.Contains(err.Error(), "lab acme is up since") {
				t.Errorf("%s: Up says %v", c.name, err)
			}
		case err == nil || err.Error() != c.want:
			t.Errorf("%s: Up says %v, want %q", c.name, err, c.want)
		}
	}
}

// Of a state that cannot be read the process that holds the lab is found by its
// environment, and named for a person to end.
func TestDamaged(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, text := range []string{"", "{", `{"Root": {"PID": 1}}`, `["a terraform of something"]`} {
		if err := os.WriteFile(filepath.Join(dir, stateName), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		want := filepath.Join(dir, stateName) + " is damaged, and no process holds a lab for it: remove that file"
		if _, err := readState(dir); err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
		if err := Down(t.Context(), dir); err == nil {
			t.Errorf("%q: Down removes what it cannot read", text)
		}
	}
	if err := NeedRoot(); err != nil {
		t.Skip(err)
	}
	r, err := startRoot("TestDamaged", dir, nil)
	if err != nil {
		t.Skip(err) // namespaces are refused here
	}
	defer r.close() // and so it ends
	want := fmt.Sprintf("`kill -KILL %d` ends it all", r.PID)
	if err := damaged(dir); !strings.Contains(err.Error(), want) {
		t.Errorf("%v, want %s", err, want)
	}
}

// Of two that test or drill one lab the second is refused, until the first has
// ended.
func TestLock(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if _, err := Lock(dir); !errors.Is(err, ErrNone) {
		t.Errorf("no state: %v, want %v", err, ErrNone)
	}
	if err := os.WriteFile(filepath.Join(dir, stateName), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	unlock, err := Lock(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Lock(dir); err == nil || !strings.Contains(err.Error(), "another ercfg") {
		t.Errorf("a second lock: %v", err)
	}
	unlock()
	again, err := Lock(dir)
	if err != nil {
		t.Fatalf("after the first has ended: %v", err)
	}
	again()
}

// A state that names a process which holds no lab ends nothing: a file can say
// anything.
func TestEndForged(t *testing.T) {
	t.Parallel()
	boot, err := bootID()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	own, _ := self(t)
	forged := &state{Root: own, Boot: boot, Up: true, Lab: &Lab{Name: "forged"}}
	if err := forged.end(t.Context(), dir); err == nil || !strings.Contains(err.Error(), "holds no lab") {
		t.Errorf("end: %v, want a refusal", err) // and this process still runs
	}
}
