//go:build linux

package lab

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/ercfg/ercfg/internal/sim"
)

// brokenName is the file of a lab's directory that says what is broken, as long as it
// is. It is none of the state's: the lock is on that file, and no other may take its
// place.
const brokenName = "broken.json"

// Broken is what is broken in a lab on purpose.
type Broken struct {
	Scenario string    // the failures, as paths names them
	Faults   []string  // how each of them is played
	Since    time.Time // UTC
}

// String says what is broken, how, and since when.
func (b *Broken) String() string {
	return fmt.Sprintf("%s (%s), since %s", b.Scenario, strings.Join(slices.Compact(slices.Clone(b.Faults)), ", "), b.Since.Local().Format(time.DateTime))
}

// Broken tells what Fail, or a drill that is at it or was killed, has broken and
// nobody has repaired yet; nil: nothing.
func (l *Lab) Broken() (*Broken, error) {
	text, err := os.ReadFile(filepath.Join(l.dir, brokenName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	out := new(Broken)
	if err := json.Unmarshal(text, out); err != nil || out.Scenario == "" {
		return nil, fmt.Errorf("%s is damaged: what is broken in lab %s is not known; ercfg lab heal FILE repairs it, whatever it is", filepath.Join(l.dir, brokenName), l.Name)
	}
	return out, nil
}

// note writes down what is about to be broken. It comes before the break: what a
// process that is killed leaves behind is known.
func (l *Lab) note(s sim.Scenario, how []string) error {
	text, err := json.Marshal(Broken{s.Name(), how, time.Now().UTC()})
	if err != nil {
		return err
	}
	at := filepath.Join(l.dir, brokenName)
	aside := fmt.Sprintf("%s.%d", at, os.Getpid())
	if err := os.WriteFile(aside, append(text, '\n'), 0o600); err != nil {
		return err
	}
	return os.Rename(aside, at)
}

// forget takes the note away when everything is repaired.
func (l *Lab) forget() error { return forgetBroken(l.dir) }

// forgetBroken takes away the note of a lab's directory, and what a crash has left
// beside it.
func forgetBroken(dir string) error {
	files, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, f := range files {
		if strings.HasPrefix(f.Name(), brokenName) {
			err = errors.Join(err, os.Remove(filepath.Join(dir, f.Name())))
		}
	}
	return err
}
