package push

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"time"
)

// A holder is what a lock's file says of who has it.
type holder struct {
	Run   string    `json:"run"`
	PID   int       `json:"pid"`
	User  string    `json:"user"`
	Since time.Time `json:"since"`
}

func (h holder) String() string {
	return fmt.Sprintf("run %s, process %d of %s, since %s", h.Run, h.PID, h.User, h.Since.Local().Format("15:04:05"))
}

// A LockedError says that another push on this machine works on a circuit.
type LockedError struct {
	Name string // of the lock
	By   string // who, in words
}

func (e *LockedError) Error() string {
	return fmt.Sprintf("%s is being changed by another push (%s): wait for it, or interrupt it", e.Name, e.By)
}

// Lock takes exclusive locks for a run, all of them or none. A name is the intent's
// and a circuit's: contoso-er-london. Whoever takes several takes them in the same
// order, so that two who wait for each other cannot be; nobody waits: a lock that
// is taken is a *LockedError. A process that ends, however, frees its locks. The
// files stay, because who removes one might remove another's.
func (s *Store) Lock(names []string, run string) (release func(), err error) {
	dir := filepath.Join(s.Dir, "locks")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("lock: %w", err)
	}
	var held []*os.File
	release = func() {
		for _, f := range held {
			unlock(f)
			f.Close()
		}
		held = nil
	}
	for _, name := range slices.Compact(slices.Sorted(slices.Values(names))) {
		f, err := lockFile(filepath.Join(dir, fileName(name)+".lock"), run)
		if errors.Is(err, errBusy) {
			err = &LockedError{Name: name, By: holderOf(dir, name)}
		}
		if err != nil {
			release()
			return nil, err
		}
		held = append(held, f)
	}
	return release, nil
}

// lockFile takes the lock of a file and writes into it who has it.
func lockFile(name, run string) (*os.File, error) {
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock: %w", err)
	}
	if err := flock(f); err != nil {
		f.Close()
		return nil, err
	}
	h := holder{Run: run, PID: os.Getpid(), User: "unknown", Since: time.Now()}
	if u, err := user.Current(); err == nil {
		h.User = u.Username
	}
	text, err := json.Marshal(h)
	if err == nil {
		err = errors.Join(f.Truncate(0), writeAt(f, append(text, '\n')))
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("lock: %w", err)
	}
	return f, nil
}

func writeAt(f *os.File, text []byte) error {
	_, err := f.WriteAt(text, 0)
	return err
}

// holderOf says who has a lock. Who has just taken it may not have said so yet.
func holderOf(dir, name string) string {
	text, err := os.ReadFile(filepath.Join(dir, fileName(name)+".lock"))
	var h holder
	if err != nil || json.Unmarshal(text, &h) != nil {
		return "another process"
	}
	return h.String()
}

// fileName makes one part of a path of any text.
func fileName(name string) string { return url.PathEscape(name) }
