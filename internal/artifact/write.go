package artifact

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
)

// filePerm is the mode of a configuration: it holds no secret.
const filePerm fs.FileMode = 0o644

// dirPerm is the mode of a directory that did not exist before.
const dirPerm fs.FileMode = 0o755

// WriteDir writes the configurations, their companions, the documents beside them
// and the manifest to dir, all or none. The files are made in a directory beside dir, which then
// takes its name: a crash of the process leaves the old directory or the new
// one, never a mixture. (Against a power cut it does nothing: flushing each
// of thousands of files would take minutes.)
//
// An existing dir is replaced only when a manifest in it accounts for every
// file there, or when it is empty: WriteDir deletes nothing that ercfg has not
// made.
func WriteDir(dir string, configs []Config, beside []File, m Manifest) error {
	if err := writeDir(dir, configs, beside, m); err != nil {
		return fmt.Errorf("write %s: %w", dir, err)
	}
	return nil
}

func writeDir(dir string, configs []Config, beside []File, m Manifest) (err error) {
	target, err := resolve(dir)
	if err != nil {
		return err
	}
	perm, exists, err := replaceable(target)
	if err != nil {
		return err
	}
	made, err := makeParents(target)
	defer func() {
		if err != nil {
			for _, parent := range made {
				_ = os.Remove(parent) // a parent that someone else uses by now stays
			}
		}
	}()
	if err != nil {
		return err
	}
	aside, err := os.MkdirTemp(filepath.Dir(target), "."+filepath.Base(target)+".ercfg-")
	if err != nil {
		return plain(err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(aside))
		}
	}()
	if err := fill(aside, configs, beside, m); err != nil {
		return err
	}
	if err := os.Chmod(aside, perm); err != nil {
		return plain(err)
	}
	if !exists {
		return plain(os.Rename(aside, target))
	}
	return swap(aside, target)
}

// resolve follows links, so that a link to a directory stays a link, and
// refuses the working directory: its replacement would leave the caller's
// shell in a deleted one.
func resolve(dir string) (string, error) {
	target, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	switch real, err := filepath.EvalSymlinks(target); {
	case err == nil:
		target = real
	case !errors.Is(err, fs.ErrNotExist):
		return "", plain(err)
	}
	wd, err := os.Getwd()
	if err != nil {
		return "", err
	}
	if real, err := filepath.EvalSymlinks(wd); err == nil && real == target {
		return "", errors.New("this is the working directory; name a directory in it")
	}
	return target, nil
}

// replaceable reports the mode that the new directory gets and whether an old
// one is there. An old one that must not be replaced is an error.
func replaceable(target string) (perm fs.FileMode, exists bool, err error) {
	info, err := os.Stat(target)
	if errors.Is(err, fs.ErrNotExist) {
		return dirPerm, false, nil
	}
	if err != nil {
		return 0, false, plain(err)
	}
	if !info.IsDir() {
		return 0, false, errors.New("this is a file, not a directory")
	}
	entries, err := os.ReadDir(target)
	if err != nil {
		return 0, false, plain(err)
	}
	if len(entries) == 0 {
		return info.Mode().Perm(), true, nil
	}
	data, err := os.ReadFile(filepath.Join(target, ManifestName))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, false, fmt.Errorf("the directory holds files and no %s, so they are not ercfg's to replace", ManifestName)
	}
	if err != nil {
		return 0, false, plain(err)
	}
	m, err := parseManifest(data)
	if err != nil {
		return 0, false, fmt.Errorf("%s there is none of ercfg's: %w", ManifestName, err)
	}
	ours := m.files()
	var foreign []string
	for _, e := range entries {
		if e.IsDir() || !ours[e.Name()] {
			foreign = append(foreign, e.Name())
		}
	}
	if len(foreign) > 0 {
		return 0, false, fmt.Errorf("the directory holds what its %s does not list: %s", ManifestName, some(foreign))
	}
	return info.Mode().Perm(), true, nil
}

// some names the first few.
func some(names []string) string {
	const few = 3
	if len(names) <= few {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:few], ", "), len(names)-few)
}

// makeParents makes the directories above target that are missing and returns
// them, the deepest first.
func makeParents(target string) (made []string, err error) {
	for p := filepath.Dir(target); ; p = filepath.Dir(p) {
		if _, err := os.Stat(p); !errors.Is(err, fs.ErrNotExist) {
			break
		}
		made = append(made, p)
	}
	return made, plain(os.MkdirAll(filepath.Dir(target), dirPerm))
}

// fill writes every file into the directory aside.
func fill(aside string, configs []Config, beside []File, m Manifest) error {
	seen := map[string]bool{ManifestName: true}
	own := func(name string) {
		if seen[name] || name != filepath.Base(name) {
			panic(fmt.Sprintf("artifact: %q is no file name of its own", name))
		}
		seen[name] = true
	}
	for _, c := range configs {
		for _, name := range c.files() {
			own(name)
		}
	}
	for _, f := range beside {
		own(f.Name)
		if err := writeFile(filepath.Join(aside, f.Name), []byte(f.Text), f.Mode); err != nil {
			return err
		}
	}
	// A file costs two system calls and little else: two workers take half the
	// time. They join before anything is renamed.
	errs := make([]error, min(runtime.GOMAXPROCS(0), len(configs)))
	var next atomic.Int64
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() {
			for n := int(next.Add(1) - 1); n < len(configs) && errs[i] == nil; n = int(next.Add(1) - 1) {
				errs[i] = configs[n].write(aside)
			}
		})
	}
	wg.Wait()
	if err := cmp.Or(errs...); err != nil { // a full disk fails every worker alike: one says it
		return err
	}
	return writeFile(filepath.Join(aside, ManifestName), m.JSON(), filePerm)
}

// files are the names of the configuration's files.
func (c Config) files() []string {
	out := []string{c.Name}
	for _, f := range c.Companions {
		out = append(out, f.Name)
	}
	return out
}

// write writes the configuration and its companions into dir.
func (c Config) write(dir string) error {
	if err := writeFile(filepath.Join(dir, c.Name), []byte(c.Text), filePerm); err != nil {
		return err
	}
	for _, f := range c.Companions {
		if err := writeFile(filepath.Join(dir, f.Name), []byte(f.Text), f.Mode); err != nil {
			return err
		}
	}
	return nil
}

func writeFile(name string, data []byte, perm fs.FileMode) error {
	if err := os.WriteFile(name, data, perm); err != nil {
		return fmt.Errorf("%s: %w", filepath.Base(name), plain(err))
	}
	return nil
}

// swap gives the name of the directory target to aside and removes what target
// was. Between the two renames the name is free for a moment; the old
// directory then stands beside it, whole.
func swap(aside, target string) error {
	old := aside + ".old"
	if err := os.Rename(target, old); err != nil {
		return plain(err)
	}
	if err := os.Rename(aside, target); err != nil {
		return errors.Join(plain(err), os.Rename(old, target))
	}
	if err := os.RemoveAll(old); err != nil {
		return fmt.Errorf("the new files are in place; the old ones stay in %s: %w", old, err)
	}
	return nil
}

// plain takes the path off an error: WriteDir names the directory as its
// caller wrote it, and the path of a temporary one says nothing.
func plain(err error) error {
	if pathErr, ok := errors.AsType[*fs.PathError](err); ok {
		return pathErr.Err
	}
	if linkErr, ok := errors.AsType[*os.LinkError](err); ok {
		return linkErr.Err
	}
	return err
}
