package secret

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
)

// ErrNotRun says that a secret comes from a command. A Reader runs none:
// validate and render must not execute what an intent says.
var ErrNotRun = errors.New("commands are not run here")

// ErrEmpty says that a secret was read and holds nothing.
var ErrEmpty = errors.New("empty")

// Reader reads secrets from the environment and from files. The functions
// keep it pure; all of them must be set.
type Reader struct {
	// Dir is the intent's folder; relative paths start there.
	Dir string
	// Home stands for ~ in front of a path. Empty: there is none.
	Home string
	// Getenv is os.LookupEnv or a fake.
	Getenv func(string) (string, bool)
	// ReadFile is os.ReadFile or a fake.
	ReadFile func(string) ([]byte, error)
}

// Read returns the secret that ref names. One line end after a file's content
// is an editor's and is taken off; anything else stays, since a private key
// has several lines. An exec: reference gives ErrNotRun; a variable that is
// not set, a file that cannot be read and an empty secret are errors that name
// the reference and never hold a value.
func (r Reader) Read(ref Ref) (Value, error) {
	var text string
	switch ref.scheme {
	case envScheme:
		value, set := r.Getenv(ref.name)
		if !set {
			return Value{}, fmt.Errorf("%s: not set", ref)
		}
		text = value
	case fileScheme:
		path, err := r.path(ref.name)
		if err != nil {
			return Value{}, fmt.Errorf("%s: %w", ref, err)
		}
		content, err := r.ReadFile(path)
		if err != nil {
			return Value{}, fmt.Errorf("%s: %w", ref, err)
		}
		text = strings.TrimSuffix(strings.TrimSuffix(string(content), "\n"), "\r")
	case execScheme:
		return Value{}, fmt.Errorf("%s: %w", ref, ErrNotRun)
	default:
		panic("secret: Read of the zero Ref")
	}
	if text == "" {
		return Value{}, fmt.Errorf("%s: %w", ref, ErrEmpty)
	}
	return NewValue(text), nil
}

// path returns where the file is. A name such as ~user/key is a relative path:
// only ~/ is known.
func (r Reader) path(name string) (string, error) {
	if rest, found := strings.CutPrefix(name, "~/"); found {
		if r.Home == "" {
			return "", errors.New("no home directory is known")
		}
		return filepath.Join(r.Home, rest), nil
	}
	if filepath.IsAbs(name) {
		return name, nil
	}
	return filepath.Join(r.Dir, name), nil
}
