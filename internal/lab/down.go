//go:build linux

package lab

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// Down ends the lab of dir and everything of it: processes, namespaces,
// interfaces, what is written in dir, and dir where nothing else is in it. Where
// nothing is up, it does nothing.
// It ends what Up has started however Up has ended, while Up is still at it too.
func Down(ctx context.Context, dir string) error {
	s, err := readState(dir)
	if err != nil && !errors.Is(err, ErrNone) {
		return err
	}
	if s != nil {
		if err := s.end(ctx, dir); err != nil {
			return err
		}
	}
	// A lab whose state somebody has removed is known by its processes.
	for _, pid := range holders(dir) {
		if start, err := born(pid); err == nil {
			if err := (process{pid, start}).kill(ctx); err != nil {
				return err
			}
		}
	}
	return remove(dir)
}

// remove removes the state of dir, what a crash has left beside it, and dir
// itself where nothing else is in it.
func remove(dir string) error {
	files, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, f := range files {
		if !isState(f.Name()) {
			continue
		}
		if err := os.Remove(filepath.Join(dir, f.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	// The keys and templates are those of nodes that are no more.
	if err := errors.Join(os.RemoveAll(filepath.Join(dir, sshFolder)), os.RemoveAll(filepath.Join(dir, FlowTemplates)), forgetBroken(dir)); err != nil {
		return err
	}
	_ = os.Remove(dir) // it may hold something that is not ours
	return nil
}
