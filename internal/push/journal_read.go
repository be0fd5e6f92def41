package push

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// Errors of Open that a caller tells apart.
var (
	// ErrNoRun says that there is no run of that name.
	ErrNoRun = errors.New("there is no such run")
	// ErrUnbegun says that a run was cut off before its first record was on the disk.
	// Nothing is typed before that.
	ErrUnbegun = errors.New("the run was cut off before it began; no router was asked for anything")
)

// Open reads the journal of a run. What a crash has cut off is counted in Torn; a
// journal of a newer form is refused.
func (s *Store) Open(run string) (*Journal, error) {
	if !isRunID(run) {
		return nil, fmt.Errorf("%q: %w", run, ErrNoRun)
	}
	name := filepath.Join(s.RunDir(run), journalName)
	data, err := os.ReadFile(name)
	switch {
	case errors.Is(err, os.ErrNotExist) && !isDir(s.RunDir(run)):
		return nil, fmt.Errorf("%q: %w", run, ErrNoRun)
	case errors.Is(err, os.ErrNotExist):
		return nil, fmt.Errorf("%s: %w", run, ErrUnbegun)
	case err != nil:
		return nil, err
	}
	j, err := parseJournal(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", run, err)
	}
	j.Alive = isHeld(name)
	return j, nil
}

// Resume opens the journal of a run whose process has ended, to write what another
// one does about it. Nobody else can, until Close.
func (s *Store) Resume(run string) (*Journal, error) {
	j, err := s.Open(run)
	if err != nil {
		return nil, err
	}
	f, err := os.OpenFile(filepath.Join(s.RunDir(run), journalName), os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return nil, err
	}
	if err := flockJournal(f); err != nil {
		f.Close()
		if errors.Is(err, errBusy) {
			err = fmt.Errorf("run %s still goes on: process %d of %s on %s", run, j.Header.PID, j.Header.User, j.Header.Host)
		}
		return nil, err
	}
	// Between Open and flock the other process may have written its last records.
	j, err = s.Open(run)
	if err != nil {
		f.Close()
		return nil, err
	}
	j.file = f
	return j, nil
}

func isDir(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

// isHeld reports whether a process holds the journal. Two who ask at the same time share
// the lock, and take nobody for the run's process.
func isHeld(name string) bool {
	f, err := os.Open(name)
	if err != nil {
		return false
	}
	defer f.Close() // which lets the lock go
	err = flockAs(f, syscall.LOCK_SH)
	if err == nil {
		unlock(f)
	}
	return errors.Is(err, errBusy)
}

// parseJournal reads the lines of a journal.
func parseJournal(data []byte) (*Journal, error) {
	j := &Journal{cut: len(data) > 0 && data[len(data)-1] != '\n'}
	begun := false
	for line := range bytes.Lines(data) {
		line = bytes.TrimSuffix(line, []byte{'\n'})
		if len(line) == 0 {
			continue // behind a line that was cut off
		}
		var kind struct {
			Kind string `json:"kind"`
			Run  struct {
				Format int `json:"format"`
			} `json:"run"`
		}
		if json.Unmarshal(line, &kind) != nil || kind.Kind == "" {
			j.Torn++
			continue
		}
		if kind.Kind == kindRun && kind.Run.Format > JournalFormat {
			return nil, fmt.Errorf("a newer ercfg has written the journal (form %d, and this one reads %d): use that one", kind.Run.Format, JournalFormat)
		}
		if err := j.take(kind.Kind, line); err != nil {
			return nil, err
		}
		begun = begun || kind.Kind == kindRun
	}
	if !begun {
		return nil, ErrUnbegun
	}
	return j, nil
}

// take keeps one record.
func (j *Journal) take(kind string, line []byte) error {
	var r record
	switch kind {
	case kindRun, kindEvent, kindPlanned:
	default:
		j.Unknown = append(j.Unknown, bytes.Clone(line))
		return nil
	}
	if err := json.Unmarshal(line, &r); err != nil {
		return fmt.Errorf("the journal has a record that is none of ercfg's: %w", err)
	}
	switch {
	case kind == kindRun && r.Run != nil:
		j.Header = *r.Run
	case kind == kindEvent && r.Event != nil:
		j.Events = append(j.Events, *r.Event)
	case kind == kindPlanned && r.Planned != nil:
		j.Planned = append(j.Planned, *r.Planned)
	default:
		return fmt.Errorf("the journal has a record %q without its content", kind)
	}
	return nil
}

// A RouterState is the last that a journal knows of a router.
type RouterState struct {
	Router string
	Phase  Phase
	// Outcome is nil where none is written: the run goes on, or was cut off.
	Outcome *Outcome
	// Begun says that the undo of some step was about to be armed, at least: of several
	// steps those before the last are confirmed, whatever the phase is now.
	Begun bool
	// Deadline is when the router undoes the change by itself; zero: it does not.
	Deadline time.Time
	Text     string    // of the last event that had one
	Time     time.Time // of the last event; zero: there was none
}

// State returns the last that the journal knows of each router, in the order of
// the header.
func (j *Journal) State() []RouterState {
	out := make([]RouterState, len(j.Header.Routers))
	at := make(map[string]*RouterState, len(out))
	for i, r := range j.Header.Routers {
		out[i].Router = r.Name
		at[r.Name] = &out[i]
	}
	for _, e := range j.Events {
		s := at[e.Router]
		if s == nil {
			continue // of the whole run
		}
		s.Phase, s.Deadline, s.Time = e.Phase, e.Deadline, e.Time
		s.Begun = s.Begun || e.Phase >= Arm && e.Phase != Done
		if e.Text != "" {
			s.Text = e.Text
		}
		if e.Outcome != nil {
			s.Outcome = e.Outcome
		}
	}
	return out
}

// PlannedFor returns the last plan of a router; nil: nothing was planned, and
// therefore nothing typed.
func (j *Journal) PlannedFor(router string) *Planned {
	for i := len(j.Planned) - 1; i >= 0; i-- {
		if j.Planned[i].Router == router {
			return &j.Planned[i]
		}
	}
	return nil
}
