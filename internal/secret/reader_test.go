package secret

import (
	"errors"
	"io/fs"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRead(t *testing.T) {
	t.Parallel()
	env := map[string]string{"SET": "from-env\n", "EMPTY": ""}
	files := map[string]string{
		"/intent/secrets/ams.cak": "relative\n",
		"/home/netops/.ssh/id":    "line 1\nline 2\n",
		"/abs":                    "absolute",
		"/crlf":                   "windows\r\n",
		"/two":                    "two\n\n",
		"/blank":                  "\n",
		"/intent/~user/key":       "not a home",
	}
	reader := Reader{
		Dir:    "/intent",
		Home:   "/home/netops",
		Getenv: func(name string) (string, bool) { v, ok := env[name]; return v, ok },
		ReadFile: func(path string) ([]byte, error) {
			text, ok := files[path]
			if !ok {
				return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}
			}
			return []byte(text), nil
		},
	}
	homeless := reader
	homeless.Home = ""
	for _, c := range []struct {
		name, ref, want, errText string
		reader                   Reader
		err                      error
	}{
		{name: "variable, as it is", reader: reader, ref: "env:SET", want: "from-env\n"},
		{name: "variable not set", reader: reader, ref: "env:UNSET", errText: "env:UNSET: not set"},
		{name: "empty variable", reader: reader, ref: "env:EMPTY", errText: "env:EMPTY: empty", err: ErrEmpty},
		{name: "relative path", reader: reader, ref: "file:secrets/ams.cak", want: "relative"},
		{name: "path at home keeps its inner lines", reader: reader, ref: "file:~/.ssh/id", want: "line 1\nline 2"},
		{name: "path at home without one", reader: homeless, ref: "file:~/.ssh/id", errText: "file:~/.ssh/id: no home directory is known"},
		{name: "absolute path", reader: reader, ref: "file:/abs", want: "absolute"},
		{name: "another user's home is a relative path", reader: reader, ref: "file:~user/key", want: "not a home"},
		{name: "line end of Windows", reader: reader, ref: "file:/crlf", want: "windows"},
		{name: "one line end only", reader: reader, ref: "file:/two", want: "two\n"},
		{name: "blank file", reader: reader, ref: "file:/blank", errText: "file:/blank: empty", err: ErrEmpty},
		{name: "missing file", reader: reader, ref: "file:nope", errText: "file:nope: open /intent/nope: file does not exist", err: fs.ErrNotExist},
		{name: "command", reader: reader, ref: "exec:pass er", errText: "exec:pass er: commands are not run here", err: ErrNotRun},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			ref, err := ParseRef(c.ref)
			if err != nil {
				t.Fatal(err)
			}
			got, err := c.reader.Read(ref)
			text := ""
			if err != nil {
				text = err.Error()
			}
			if diff := cmp.Diff([]string{c.want, c.errText}, []string{got.Reveal(), text}); diff != "" {
				t.Errorf("value and error (-want +got):\n%s", diff)
			}
			if c.err != nil && !errors.Is(err, c.err) {
				t.Errorf("error %v is no %v", err, c.err)
			}
		})
	}
}

func TestReadOfNothingIsABug(t *testing.T) {
	t.Parallel()
	defer func() {
		if r, _ := recover().(string); !strings.Contains(r, "zero Ref") {
			t.Errorf("recovered %q", r)
		}
	}()
	_, _ = Reader{}.Read(Ref{})
}
