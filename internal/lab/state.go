//go:build linux

package lab

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ercfg/ercfg/internal/plan"
	"golang.org/x/sys/unix"
)

// stateName is the file that says what is up, in the lab's directory.
const stateName = "state.json"

// endLimit bounds the end of a lab: the kernel needs a second for the
// namespaces of sixty nodes.
const endLimit = 30 * time.Second

// ErrNone says that no lab is up, and ErrDied that one was and ended without
// Down.
var (
	ErrNone = errors.New("no lab is up: ercfg lab up starts one")
	ErrDied = errors.New("the lab has died: ercfg lab down clears what is left of it")
)

// A state is the lab as the file has it.
type state struct {
	Root    process
	Starter process // that runs Up, or has run it
	Boot    string  // of the machine, so that a process of an earlier one is not looked for
	Up      bool    // everything is started
	Lab     *Lab
}

// bootID names this run of the machine (random(4)).
func bootID() (string, error) {
	id, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	return strings.TrimSpace(string(id)), err
}

// create writes the first state of a lab. It fails with [fs.ErrExist] where
// there is one: of two that start at a time, one does. On an error nothing of it
// is left.
func (s *state) create(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	temporary, err := s.aside(dir)
	if err == nil {
		err = errors.Join(os.Link(temporary, filepath.Join(dir, stateName)), os.Remove(temporary))
	}
	if err != nil {
		_ = os.Remove(dir) // it holds the state of another, or nothing
	}
	return err
}

// replace writes the state over the one that is there.
func (s *state) replace(dir string) error {
	temporary, err := s.aside(dir)
	if err != nil {
		return err
	}
	return os.Rename(temporary, filepath.Join(dir, stateName))
}

// aside writes the state to a file beside its own. Its name is that of its
// process: what a crash leaves there, Down removes.
func (s *state) aside(dir string) (string, error) {
	text, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return "", err
	}
	name := filepath.Join(dir, fmt.Sprintf("%s.%d", stateName, os.Getpid()))
	if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	return name, os.WriteFile(name, append(text, '\n'), 0o600)
}

// isState reports whether a file's name is one that create or aside makes.
func isState(name string) bool {
	rest, ok := strings.CutPrefix(name, stateName)
	return ok && (rest == "" || rest[0] == '.' && len(rest) > 1 && strings.Trim(rest[1:], "0123456789") == "")
}

// Known lists the labs below dir, a directory each, by name: those that are up,
// one whose state somebody has removed among them, and those of which something is
// left. Any other directory is none of the lab's.
func Known(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var out []string
	for _, e := range entries {
		if !e.IsDir() {
			continue
		}
		inside, err := os.ReadDir(filepath.Join(dir, e.Name()))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		if slices.ContainsFunc(inside, func(f fs.DirEntry) bool { return isState(f.Name()) }) || len(holders(filepath.Join(dir, e.Name()))) > 0 {
			out = append(out, e.Name())
		}
	}
	return out, nil
}

// readState reads what is there: ErrNone is nothing.
func readState(dir string) (*state, error) {
	text, err := os.ReadFile(filepath.Join(dir, stateName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNone
	}
	if err != nil {
		return nil, err
	}
	s := new(state)
	if err := json.Unmarshal(text, s); err != nil || s.Lab == nil {
		return nil, damaged(dir)
	}
	return s, nil
}

// damaged says what a person does about a state that cannot be read. What the
// processes' own environment says is not sure enough to end one by it.
func damaged(dir string) error {
	file := filepath.Join(dir, stateName)
	pids := holders(dir)
	if len(pids) == 0 {
		return fmt.Errorf("%s is damaged, and no process holds a lab for it: remove that file", file)
	}
	words := make([]string, len(pids))
	for i, pid := range pids {
		words[i] = strconv.Itoa(pid)
	}
	return fmt.Errorf("%s is damaged. What holds the lab is process %s, as `ps eww %[2]s` should confirm by ERCFG_LAB_DIR: `kill -KILL %[2]s` ends it all; then remove that file",
		file, strings.Join(words, " "))
}

// alive reports whether the process that holds the lab is there.
func (s *state) alive() bool {
	id, err := bootID()
	return err == nil && id == s.Boot && s.Root.alive()
}

// end ends the lab of a state and waits for the end of all its processes. What the
// state names and is no lab's is left alone: a file can say anything.
func (s *state) end(ctx context.Context, dir string) error {
	if !s.alive() {
		return nil
	}
	if !slices.Contains(holders(dir), s.Root.PID) {
		return fmt.Errorf("%s names process %d, which holds no lab for this directory: remove the file", filepath.Join(dir, stateName), s.Root.PID)
	}
	// The way back is not cut short by whoever has cut the way there.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), endLimit)
	defer cancel()
	return s.Root.kill(ctx)
}

// standing says what is wrong with a lab; nil: it is up.
func (s *state) standing() error {
	switch {
	case !s.alive():
		return ErrDied
	case s.Up:
		return nil
	case s.Starter.alive():
		return fmt.Errorf("lab %s is being started by another ercfg, process %d", s.Lab.Name, s.Starter.PID)
	}
	return fmt.Errorf("lab %s was left half started: ercfg lab down %[1]s clears it", s.Lab.Name)
}

// Open returns the lab that is up in dir, ErrNone, or ErrDied. p is the plan that
// it was built from; another one is an error. Without p, whatever asks the lab
// for what is in the plan gets nothing.
func Open(dir string, p *plan.Plan) (*Lab, error) {
	s, err := readState(dir)
	if err != nil {
		return nil, err
	}
	if err := s.standing(); err != nil {
		return nil, err
	}
	if p != nil {
		if digest, err := digestOf(p); err != nil {
			return nil, err
		} else if digest != s.Lab.Intent {
			return nil, fmt.Errorf("lab %s was built from another intent: ercfg lab down %[1]s, then ercfg lab up", s.Lab.Name)
		}
	}
	s.Lab.plan, s.Lab.dir = p, dir
	return s.Lab, nil
}

// digestOf names a plan.
func digestOf(p *plan.Plan) (string, error) {
	text, err := json.Marshal(p)
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), err
}

// Node returns the node of that name, or nil.
func (l *Lab) Node(name string) *Node {
	for i := range l.Nodes {
		if l.Nodes[i].Name == name {
			return &l.Nodes[i]
		}
	}
	return nil
}

// UnmarshalJSON reads what MarshalJSON writes: the position as its word.
func (n *Node) UnmarshalJSON(text []byte) error {
	type plain Node
	read := struct {
		*plain
		Position string
	}{plain: (*plain)(n)}
	if err := json.Unmarshal(text, &read); err != nil {
		return err
	}
	n.Position = plan.Primary
	if read.Position == plan.Secondary.String() {
		n.Position = plan.Secondary
	}
	return nil
}

// Lock keeps others from testing and drilling the lab of dir until unlock: two of
// them would repair each other's faults. An error says that somebody is at it.
func Lock(dir string) (unlock func(), err error) {
	f, err := os.Open(filepath.Join(dir, stateName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNone
	}
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		_ = f.Close()
		if errors.Is(err, unix.EWOULDBLOCK) {
			return nil, fmt.Errorf("lab %s is being tested or drilled by another ercfg: wait until it has ended", filepath.Base(dir))
		}
		return nil, err
	}
	return func() { _ = f.Close() }, nil
}
