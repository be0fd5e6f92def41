package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/ercfg/ercfg/internal/intent"
)

// stdinName is how findings name what came in on standard input.
const stdinName = "<stdin>"

// readIntent reads the intent at path: one file, the *.yaml files of a
// directory sorted by name, or standard input for "-". It also returns the
// folder that a secret's relative path starts from.
func (a *app) readIntent(path string) (files []intent.File, folder string, err error) {
	if path == "-" {
		data, err := readBounded(a.stdin)
		if err != nil {
			return nil, "", fmt.Errorf("read standard input: %w", err)
		}
		return []intent.File{{Name: stdinName, Data: data}}, ".", nil
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, "", err
	}
	if !info.IsDir() {
		file, err := readFile(path)
		return []intent.File{file}, filepath.Dir(path), err
	}
	names, err := yamlFiles(path)
	if err != nil {
		return nil, "", err
	}
	files, err = readAll(names)
	return files, path, err
}

// yamlFiles lists the intent's files in dir. Hidden ones are an editor's.
func yamlFiles(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var names []string
	other := ""
	for _, e := range entries {
		name := filepath.Join(dir, e.Name())
		switch {
		case e.IsDir() || strings.HasPrefix(e.Name(), "."):
		case filepath.Ext(name) == ".yaml":
			names = append(names, name)
		case filepath.Ext(name) == ".yml":
			other = name
		}
	}
	switch {
	case other != "":
		// Leaving it out in silence would render half a network.
		return nil, fmt.Errorf("%s: the files of an intent end in .yaml: rename it, or move it away", shown(other))
	case len(names) == 0:
		return nil, fmt.Errorf("%s: the directory holds no *.yaml file", shown(dir))
	}
	return names, nil
}

// readAll reads files in parallel and keeps their order. Every failure is
// reported, not only the first.
func readAll(names []string) ([]intent.File, error) {
	files := make([]intent.File, len(names))
	errs := make([]error, len(names))
	fanOut(len(names), func(i int) { files[i], errs[i] = readFile(names[i]) })
	return files, errors.Join(errs...)
}

func readFile(path string) (intent.File, error) {
	f, err := os.Open(path)
	if err != nil {
		return intent.File{}, err
	}
	defer f.Close()
	data, err := readBounded(f)
	if err != nil {
		return intent.File{}, err
	}
	return intent.File{Name: shown(path), Data: data}, nil
}

// readBounded reads r up to one byte more than an intent may have, so that
// intent.Parse can refuse the rest: /dev/zero never ends.
func readBounded(r io.Reader) ([]byte, error) {
	return io.ReadAll(io.LimitReader(r, intent.MaxFileBytes+1))
}

// shown is a file's name as messages print it: a name with control characters
// must not drive the terminal.
func shown(path string) string {
	if quoted := strconv.Quote(path); quoted[1:len(quoted)-1] != path {
		return quoted
	}
	return path
}
