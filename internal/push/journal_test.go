package push

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var (
	journalTime = time.Date(2026, 11, 27, 4, 15, 12, 0, time.UTC)
	headOfRun   = Header{
		Run: "20261127-041512-k3f9", Time: journalTime, Version: "v1", Intent: "contoso",
		Routers: []HeaderRouter{{Name: "ce1", Platform: "frr", Host: "192.0.2.1", Circuits: []string{"er-lon"}}, {Name: "ce2", Platform: "junos", Host: "192.0.2.2"}},
	}
)

// writeRun writes the journal of a run that changes ce1 and never begins with ce2.
func writeRun(t *testing.T, j *Journal) {
	t.Helper()
	changed := Changed
	deadline := journalTime.Add(5 * time.Minute)
	for _, err := range []error{
		j.Event(Event{Time: journalTime, Router: "ce1", Phase: Connect, Text: "connected"}),
		j.Plan(Planned{Router: "ce1", Commands: []string{"neighbor 192.0.2.9 password <env:KEY>"}, Undo: []string{"no neighbor 192.0.2.9 password"}, RevertAfter: 5 * time.Minute}),
		j.Event(Event{Time: journalTime, Router: "ce1", Phase: Arm, Deadline: deadline}),
		j.Event(Event{Time: journalTime, Router: "ce1", Phase: Test, Deadline: deadline, Text: "all hold", Tests: []TestResult{{Name: "session", Want: Established, Got: Established, Pass: true}}}),
		j.Event(Event{Time: journalTime, Phase: Done, Text: "of the whole run"}),
		j.Event(Event{Time: journalTime, Router: "ce1", Phase: Done, Outcome: &changed}),
		j.Close(),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
}

// newJournal creates the journal of headOfRun in a directory of its own.
func newJournal(t *testing.T) (*Store, *Journal) {
	t.Helper()
	s := &Store{Dir: filepath.Join(t.TempDir(), "state")}
	j, err := s.Create(headOfRun)
	if err != nil {
		t.Fatal(err)
	}
	return s, j
}

// A journal reads back as it was written, for nobody else to read.
func TestJournal(t *testing.T) {
	t.Parallel()
	s, j := newJournal(t)
	if open, err := s.Open(headOfRun.Run); err != nil || !open.Alive {
		t.Errorf("the run goes on: %v, %v", open, err)
	}
	writeRun(t, j)
	got, err := s.Open(headOfRun.Run)
	if err != nil {
		t.Fatal(err)
	}
	if got.Alive || got.Torn != 0 || len(got.Unknown) != 0 {
		t.Errorf("alive %v, torn %d, unknown %q", got.Alive, got.Torn, got.Unknown)
	}
	if diff := cmp.Diff(j.Header, got.Header); diff != "" || got.Header.PID != os.Getpid() {
		t.Errorf("header (-written +read):\n%s", diff)
	}
	changed := Changed
	want := []RouterState{{Router: "ce1", Phase: Done, Outcome: &changed, Text: "all hold", Time: journalTime, Begun: true}, {Router: "ce2"}}
	if diff := cmp.Diff(want, got.State()); diff != "" {
		t.Errorf("state (-want +got):\n%s", diff)
	}
	if p := got.PlannedFor("ce1"); p == nil || p.Commands[0] != "neighbor 192.0.2.9 password <env:KEY>" || p.RevertAfter != 5*time.Minute {
		t.Errorf("planned %+v", p)
	}
	if p := got.PlannedFor("ce2"); p != nil {
		t.Errorf("planned for ce2: %+v", p)
	}
	text, err := os.ReadFile(filepath.Join(s.RunDir(headOfRun.Run), journalName))
	if err != nil || !strings.Contains(string(text), "<env:KEY>") {
		t.Errorf("a person cannot read the placeholder: %s, %v", text, err)
	}
	for name, perm := range map[string]os.FileMode{s.RunDir(headOfRun.Run): 0o700, filepath.Join(s.RunDir(headOfRun.Run), journalName): 0o600} {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != perm {
			t.Errorf("%s: mode %v, want %v, %v", name, info.Mode(), perm, err)
		}
	}
}

// However a crash cuts the file, what is read is what was written up to there.
func TestJournalCutAnywhere(t *testing.T) {
	t.Parallel()
	s, j := newJournal(t)
	writeRun(t, j)
	name := filepath.Join(s.RunDir(headOfRun.Run), journalName)
	whole, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for size := range whole {
		if err := os.WriteFile(name, whole[:size], 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := s.Open(headOfRun.Run)
		lines := bytes.Count(whole[:size], []byte{'\n'})
		atEnd := whole[size] == '\n' // the record is whole but for its line end
		if lines == 0 && !atEnd {
			if !errors.Is(err, ErrUnbegun) {
				t.Fatalf("%d bytes: %v, want ErrUnbegun", size, err)
			}
			continue
		}
		if err != nil {
			t.Fatalf("%d bytes: %v", size, err)
		}
		records, torn := lines, 0
		switch {
		case atEnd:
			records++
		case whole[size-1] != '\n':
			torn = 1
		}
		if n := 1 + len(got.Events) + len(got.Planned); n != records || got.Torn != torn {
			t.Fatalf("%d bytes: %d records and %d torn lines, want %d and %d", size, n, got.Torn, records, torn)
		}
		// Whoever takes the run over writes on, and loses nothing.
		next, err := s.Resume(headOfRun.Run)
		if err != nil {
			t.Fatalf("%d bytes: %v", size, err)
		}
		if err := errors.Join(next.Event(Event{Router: "ce1", Phase: Revert, Text: "taken over"}), next.Close()); err != nil {
			t.Fatal(err)
		}
		got, err = s.Open(headOfRun.Run)
		if err != nil {
			t.Fatalf("%d bytes and one record: %v", size, err)
		}
		if n := 1 + len(got.Events) + len(got.Planned); n != records+1 || got.Torn != torn || got.State()[0].Text != "taken over" {
			t.Fatalf("%d bytes and one record: %d records, %d torn lines, state %+v", size, n, got.Torn, got.State()[0])
		}
	}
}

// A journal of a newer ercfg is refused, a record of a new kind is kept, and a name
// that is no run's leads nowhere.
func TestOpenForeign(t *testing.T) {
	t.Parallel()
	s, j := newJournal(t)
	writeRun(t, j)
	name := filepath.Join(s.RunDir(headOfRun.Run), journalName)
	f, err := os.OpenFile(name, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	fmt.Fprintln(f, `{"kind":"weather","weather":{"rain":true}}`)
	got, err := s.Open(headOfRun.Run)
	if err != nil || len(got.Unknown) != 1 || got.Torn != 0 {
		t.Errorf("a new kind: %+v, %v", got, err)
	}
	fmt.Fprintln(f, `{"kind":"run","run":{"format":2}}`)
	if _, err := s.Open(headOfRun.Run); err == nil || !strings.Contains(err.Error(), "newer ercfg") {
		t.Errorf("a newer form: %v", err)
	}
	for _, run := range []string{"20200101-000000-aaaa", "", "../" + headOfRun.Run, "."} {
		if _, err := s.Open(run); !errors.Is(err, ErrNoRun) {
			t.Errorf("%q: %v", run, err)
		}
	}
}

// A run that goes on cannot be taken over, and its name cannot be used twice.
func TestJournalIsHeld(t *testing.T) {
	t.Parallel()
	s, j := newJournal(t)
	if _, err := s.Resume(headOfRun.Run); err == nil || !strings.Contains(err.Error(), "still goes on") {
		t.Errorf("Resume: %v", err)
	}
	if _, err := s.Create(headOfRun); err == nil {
		t.Error("one run was created twice")
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	next, err := s.Resume(headOfRun.Run)
	if err != nil {
		t.Fatal(err)
	}
	if err := next.Close(); err != nil {
		t.Fatal(err)
	}
}

// Who looks whether a run goes on holds its journal for a moment: another who looks takes
// nobody for the run's process, and the run that is taken over waits for him.
func TestJournalIsLookedAt(t *testing.T) {
	t.Parallel()
	s, j := newJournal(t)
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(s.RunDir(headOfRun.Run), journalName)
	looks, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer looks.Close()
	if err := flockAs(looks, syscall.LOCK_SH); err != nil {
		t.Fatal(err)
	}
	if isHeld(name) {
		t.Error("who looks at the journal is taken for the run's process")
	}
	looked := make(chan struct{})
	time.AfterFunc(50*time.Millisecond, func() { unlock(looks); close(looked) })
	next, err := s.Resume(headOfRun.Run)
	<-looked
	if err != nil {
		t.Fatal(err)
	}
	if err := next.Close(); err != nil {
		t.Fatal(err)
	}
}

// Runs are named by their time, and listed from the newest.
func TestRuns(t *testing.T) {
	t.Parallel()
	s := &Store{Dir: t.TempDir()}
	if got, err := s.List(); err != nil || got != nil {
		t.Errorf("no runs: %q, %v", got, err)
	}
	random := bytes.NewReader([]byte{0, 1, 2, 3, 255, 254, 253, 252})
	first, second := NewRunID(journalTime, random), NewRunID(journalTime.Add(time.Second).In(time.FixedZone("", 3600)), random)
	if first != "20261127-041512-abcd" || second != "20261127-041513-9876" || !isRunID(first) {
		t.Errorf("%q, %q", first, second)
	}
	for _, run := range []string{first, second} {
		h := headOfRun
		h.Run = run
		j, err := s.Create(h)
		if err != nil {
			t.Fatal(err)
		}
		j.Close()
	}
	if err := os.Mkdir(s.RunDir("20261127-041514-aaaa"), 0o700); err != nil { // of a dry run
		t.Fatal(err)
	}
	got, err := s.List()
	if diff := cmp.Diff([]string{second, first}, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

// limited is a disk with room for so many bytes.
type limited struct {
	bytes.Buffer
	room  int
	fails error // of Sync
	syncs int
}

func (l *limited) Write(p []byte) (int, error) {
	n := min(l.room, len(p))
	l.room -= n
	l.Buffer.Write(p[:n])
	if n < len(p) {
		return n, syscall.ENOSPC
	}
	return n, nil
}

func (l *limited) Sync() error  { l.syncs++; return l.fails }
func (l *limited) Close() error { return nil }

// A full disk is an error of the very record that did not fit; when there is room
// again, the line that was cut off spoils no other.
func TestJournalFullDisk(t *testing.T) {
	t.Parallel()
	disk := &limited{room: 1 << 20}
	j := &Journal{file: disk}
	h := headOfRun
	if err := j.append(record{Kind: kindRun, Run: &h}); err != nil {
		t.Fatal(err)
	}
	for _, room := range []int{0, 10, 10} {
		disk.room = room
		if err := j.Event(Event{Router: "ce1", Phase: Arm}); !errors.Is(err, syscall.ENOSPC) {
			t.Errorf("room for %d bytes: %v", room, err)
		}
	}
	disk.room = 1 << 20
	if err := j.Event(Event{Router: "ce1", Phase: Revert}); err != nil {
		t.Fatal(err)
	}
	got, err := parseJournal(disk.Bytes())
	if err != nil || len(got.Events) != 1 || got.Torn != 2 || got.State()[0].Phase != Revert {
		t.Errorf("%+v, %v", got, err)
	}
}

// What an fsync has lost no later one brings back: the journal stays broken.
func TestJournalLostWrite(t *testing.T) {
	t.Parallel()
	disk := &limited{room: 1 << 20, fails: syscall.EIO}
	j := &Journal{file: disk}
	if err := j.Event(Event{Phase: Arm}); !errors.Is(err, syscall.EIO) {
		t.Errorf("%v", err)
	}
	disk.fails = nil
	if err := j.Event(Event{Phase: Apply}); !errors.Is(err, syscall.EIO) {
		t.Errorf("after a lost write: %v", err)
	}
}

// Every record of many goroutines is whole, and each was on the disk before its call
// returned.
func TestJournalTogether(t *testing.T) {
	t.Parallel()
	s, j := newJournal(t)
	var wg sync.WaitGroup
	const writers, each = 16, 20
	for range writers {
		wg.Go(func() {
			for line := range each {
				if err := j.Event(Event{Router: "ce1", Phase: Apply, Line: line + 1, Lines: each}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if j.synced != 1+writers*each {
		t.Errorf("%d records are on the disk, want %d", j.synced, 1+writers*each)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	got, err := s.Open(headOfRun.Run)
	if err != nil || len(got.Events) != writers*each || got.Torn != 0 {
		t.Errorf("%d events, %d torn, %v", len(got.Events), got.Torn, err)
	}
}

// A disk of one page: the journal that does not fit there is refused as a whole.
func TestCreateFullDisk(t *testing.T) {
	if out, err := exec.Command("unshare", "-m", "true").CombinedOutput(); err != nil {
		if os.Getenv("ERCFG_LAB") == "must" {
			t.Fatalf("ERCFG_LAB=must: %v: %s", err, out)
		}
		t.Skipf("no private mounts: %v", err)
	}
	if dir := os.Getenv("ERCFG_TEST_FULL_DISK"); dir != "" {
		h := headOfRun
		h.IntentSHA256 = strings.Repeat("0", 1<<20)
		_, err := (&Store{Dir: dir}).Create(h)
		fmt.Println("create:", err)
		return
	}
	dir := t.TempDir()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("unshare", "-m", "sh", "-c", `mount -t tmpfs -o size=64k none "$ERCFG_TEST_FULL_DISK" && exec "$0" -test.run '^TestCreateFullDisk$' -test.v`, self)
	cmd.Env = append(os.Environ(), "ERCFG_TEST_FULL_DISK="+dir)
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "create: journal: write "+dir) || !strings.Contains(string(out), "no space left on device") {
		t.Errorf("%v: %s", err, out)
	}
}
