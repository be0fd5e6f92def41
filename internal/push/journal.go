package push

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

// A Store is the directory of one user on one machine where runs, their journals
// and their locks are kept.
type Store struct{ Dir string }

// JournalFormat is the version of the form in which a journal is written.
const JournalFormat = 1

const journalName = "journal.jsonl"

// NewRunID names a run by its time, in UTC, and four random characters:
// 20261127-041512-k3f9. It is a word of [a-z0-9-], fit for a file name, a systemd
// unit and a comment on a router. A source of random bytes that gives none is a
// broken machine, and a panic.
func NewRunID(now time.Time, random io.Reader) string {
	const letters = "abcdefghijkmnpqrstuvwxyz23456789" // 32 of them: a byte has no bias
	var b [4]byte
	if _, err := io.ReadFull(random, b[:]); err != nil {
		panic("push: no random bytes: " + err.Error())
	}
	for i := range b {
		b[i] = letters[int(b[i])%len(letters)]
	}
	return now.UTC().Format("20060102-150405-") + string(b[:])
}

// A Header opens a journal: who changes what, and from which intent, so that another
// process can finish it.
type Header struct {
	Format  int       `json:"format"` // JournalFormat of the ercfg that wrote it
	Run     string    `json:"run"`
	Time    time.Time `json:"time"`
	Version string    `json:"version"` // of ercfg
	// Intent is metadata.name; File is where it was read, "-" for standard input.
	Intent       string         `json:"intent"`
	IntentSHA256 string         `json:"intentSHA256"`
	File         string         `json:"file,omitempty"`
	Host         string         `json:"host"` // the machine that ercfg ran on
	User         string         `json:"user"` // of that machine
	PID          int            `json:"pid"`
	Flags        []string       `json:"flags,omitempty"` // of the command line, as they were set
	Routers      []HeaderRouter `json:"routers"`
}

// A HeaderRouter is a router that a run is about.
type HeaderRouter struct {
	Name     string   `json:"name"`
	Platform string   `json:"platform"` // the intent's word: ios-xe, junos, frr
	Host     string   `json:"host"`
	Port     int      `json:"port,omitempty"` // zero: SSH's own
	User     string   `json:"user,omitempty"`
	Circuits []string `json:"circuits,omitempty"`
}

// Planned is what a run means to type on a router, and the way back. It is written
// before the undo is armed. Lines hold placeholders, never the values of secrets.
type Planned struct {
	Router      string   `json:"router"`
	Commands    []string `json:"commands"`
	Operational []string `json:"operational,omitempty"`
	Undo        []string `json:"undo"`
	Kept        bool     `json:"kept,omitempty"` // Undo has confdiff.KeptMark in it
	// Stage names the step of a change that goes in steps; empty: the whole change. Back
	// says that it undoes an earlier step of the run.
	Stage string `json:"stage,omitempty"`
	Back  bool   `json:"back,omitempty"`
	// More says that steps of the same change, or of the way back, are to follow: with
	// this one alone the router has a part of it.
	More bool `json:"more,omitempty"`
	// DigestBefore and DigestAfter are fingerprints of the whole configuration, without
	// the values of keys: as it was read, and as it is meant to be.
	DigestBefore string        `json:"digestBefore,omitempty"`
	DigestAfter  string        `json:"digestAfter,omitempty"`
	RevertAfter  time.Duration `json:"revertAfterNs"` // of the router's own undo
}

// A Journal is the record of one run: a file that is only ever appended to, a line
// of JSON for each record, on the disk before the call that wrote it returns. Its
// methods may be called by several goroutines at once.
type Journal struct {
	Header  Header
	Events  []Event   // as they were read by Open; those written later are not among them
	Planned []Planned // as they were read by Open
	// Unknown are records of a kind that this ercfg does not know, as they stand.
	Unknown []json.RawMessage
	// Torn counts lines that are no record: a crash has cut them off.
	Torn int
	// Alive says that the process which writes the journal is still there.
	Alive bool

	file journalFile // nil: opened for reading

	mu      sync.Mutex // of what follows
	written int        // records
	cut     bool       // the file does not end in a whole line
	failed  error      // of the last fsync: what it left on the disk nobody knows

	syncing sync.Mutex // held during fsync, so that one is enough for all who wait
	synced  int        // records
}

// A journalFile is an *os.File, or what a test puts in its place.
type journalFile interface {
	io.WriteCloser
	Sync() error
}

// The kinds of records.
const (
	kindRun     = "run"
	kindEvent   = "event"
	kindPlanned = "planned"
)

// record is a line of a journal: exactly one of its pointers is set, by Kind.
type record struct {
	Kind    string   `json:"kind"`
	Run     *Header  `json:"run,omitempty"`
	Event   *Event   `json:"event,omitempty"`
	Planned *Planned `json:"planned,omitempty"`
}

// RunDir is the directory of a run: its journal and its transcripts.
func (s *Store) RunDir(run string) string { return filepath.Join(s.Dir, "runs", run) }

// Create begins the journal of a new run and fills in what the machine knows: host,
// user, process. It holds the journal until Close or the end of the process, so
// that others can tell whether the run goes on. An error means that nothing can be
// recorded, and therefore that nothing may be changed.
func (s *Store) Create(h Header) (*Journal, error) {
	if !isRunID(h.Run) {
		panic(fmt.Sprintf("push: %q names no run", h.Run))
	}
	h.Format, h.PID = JournalFormat, os.Getpid()
	h.Host, _ = os.Hostname()
	if u, err := user.Current(); err == nil {
		h.User = u.Username
	}
	dir := s.RunDir(h.Run)
	if err := os.MkdirAll(filepath.Dir(dir), 0o700); err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	f, err := os.OpenFile(filepath.Join(dir, journalName), os.O_WRONLY|os.O_APPEND|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	j := &Journal{Header: h, file: f, Alive: true}
	if err := errors.Join(flockJournal(f), j.append(record{Kind: kindRun, Run: &h}), s.syncDirs(dir)); err != nil {
		f.Close()
		return nil, err
	}
	return j, nil
}

// syncDirs puts the names down to dir on the disk: a file whose name is lost with
// the power is lost itself.
func (s *Store) syncDirs(dir string) error {
	for _, name := range []string{dir, filepath.Dir(dir), s.Dir, filepath.Dir(s.Dir)} {
		d, err := os.Open(name)
		if err != nil {
			return fmt.Errorf("journal: %w", err)
		}
		err = d.Sync()
		d.Close()
		if err != nil && !errors.Is(err, syscall.EINVAL) { // a file system that keeps no such thing
			return fmt.Errorf("journal: %w", err)
		}
	}
	return nil
}

// Event records what has happened or is about to.
func (j *Journal) Event(e Event) error { return j.append(record{Kind: kindEvent, Event: &e}) }

// Plan records what is to be typed on a router.
func (j *Journal) Plan(p Planned) error { return j.append(record{Kind: kindPlanned, Planned: &p}) }

// Close lets the journal go: whoever looks at it sees that the run is over.
func (j *Journal) Close() error {
	if j.file == nil {
		return nil
	}
	if f, ok := j.file.(*os.File); ok {
		unlock(f)
	}
	return j.file.Close()
}

// append writes a record with one write and waits until it is on the disk.
func (j *Journal) append(r record) error {
	var line bytes.Buffer
	enc := json.NewEncoder(&line)
	enc.SetEscapeHTML(false) // a person reads <env:NAME>, too
	if err := enc.Encode(r); err != nil {
		panic("push: a record is no JSON: " + err.Error())
	}
	n, err := j.write(line.Bytes())
	if err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	return j.sync(n)
}

// write returns how many records there are now.
func (j *Journal) write(line []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	switch {
	case j.file == nil:
		panic("push: the journal is open for reading")
	case j.failed != nil:
		return 0, j.failed
	case j.cut: // what was cut off stays, and spoils no line but its own
		line = append([]byte{'\n'}, line...)
	}
	n, err := j.file.Write(line)
	if n > 0 {
		j.cut = n < len(line)
	}
	if err != nil {
		return 0, err
	}
	j.written++
	return j.written, nil
}

// sync waits until n records are on the disk. Those who wait together share one
// fsync, so that many routers at once do not wait for one another's.
func (j *Journal) sync(n int) error {
	j.syncing.Lock()
	defer j.syncing.Unlock()
	if j.synced >= n {
		return nil
	}
	j.mu.Lock()
	upto, err := j.written, j.failed
	j.mu.Unlock()
	if err != nil {
		return err
	}
	if err := j.file.Sync(); err != nil {
		// A second fsync may succeed although the first one's data is lost.
		j.mu.Lock()
		defer j.mu.Unlock()
		j.failed = fmt.Errorf("journal: %w", err)
		return j.failed
	}
	j.synced = upto
	return nil
}

// flock takes the lock of an open file, or says that somebody has it. The kernel
// frees it with the process, however that ends.
func flock(f *os.File) error { return flockAs(f, syscall.LOCK_EX) }

// flockJournal is flock for a journal: whoever looks whether a run goes on holds it for a
// moment, and that is no reason to refuse.
func flockJournal(f *os.File) error {
	for try := 0; ; try++ {
		if err := flock(f); !errors.Is(err, errBusy) || try == 20 {
			return err
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func flockAs(f *os.File, how int) error {
	err := syscall.Flock(int(f.Fd()), how|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return errBusy
	}
	if err != nil {
		return &os.PathError{Op: "flock", Path: f.Name(), Err: err}
	}
	return nil
}

// unlock lets a lock go at once: a process that is being started at this moment may
// hold a copy of the file for as long as it takes.
func unlock(f *os.File) { _ = syscall.Flock(int(f.Fd()), syscall.LOCK_UN) }

// errBusy says that another process holds a lock.
var errBusy = errors.New("another process holds it")

// isRunID reports whether text may name a run: it becomes the name of a directory.
func isRunID(text string) bool {
	return text != "" && len(text) <= 64 && text[0] != '-' && strings.Trim(text, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}

// List names the runs that have a journal, newest first. A dry run has none.
func (s *Store) List() ([]string, error) {
	entries, err := os.ReadDir(filepath.Join(s.Dir, "runs"))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var out []string
	for _, e := range entries {
		if !e.IsDir() || !isRunID(e.Name()) {
			continue
		}
		if _, err := os.Stat(filepath.Join(s.RunDir(e.Name()), journalName)); err == nil {
			out = append(out, e.Name())
		}
	}
	slices.Sort(out) // a name begins with its time
	slices.Reverse(out)
	return out, nil
}
