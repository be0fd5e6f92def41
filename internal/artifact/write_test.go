package artifact

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func manifestOf(configs []Config) Manifest {
	return NewManifest("v1", "contoso", hex64, hex64, configs)
}

// tree lists the files below dir with their modes; a hidden left-over shows.
func tree(t testing.TB, dir string) map[string]string {
	t.Helper()
	out := make(map[string]string)
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		out[name] = info.Mode().Perm().String()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func put(t testing.TB, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestWriteDir(t *testing.T) {
	t.Parallel()
	written := map[string]string{
		"out/ce1.ios-xe.cfg": "-rw-r--r--", "out/ce2.frr.conf": "-rw-r--r--", "out/ce2.frr.vlans": "-rwxr-xr-x", "out/manifest.json": "-rw-r--r--",
	}
	for _, c := range []struct {
		name    string
		prepare func(t *testing.T, parent string)
		want    map[string]string
		err     string
	}{
		{name: "new directory", want: written},
		{name: "empty directory", want: written, prepare: func(t *testing.T, parent string) {
			if err := os.Mkdir(filepath.Join(parent, "out"), 0o755); err != nil {
				t.Fatal(err)
			}
		}},
		{name: "an older rendering: a router that is gone leaves no file", want: written, prepare: func(t *testing.T, parent string) {
			old := []Config{{Router: "gone", Platform: "frr", Name: "gone.frr.conf", Text: "old\n"}}
			if err := WriteDir(filepath.Join(parent, "out"), old, nil, manifestOf(old)); err != nil {
				t.Fatal(err)
			}
		}},
		{name: "a link to a directory stays a link", want: map[string]string{
			"real/ce1.ios-xe.cfg": "-rw-r--r--", "real/ce2.frr.conf": "-rw-r--r--", "real/ce2.frr.vlans": "-rwxr-xr-x", "real/manifest.json": "-rw-r--r--", "out": "-rwxrwxrwx",
		}, prepare: func(t *testing.T, parent string) {
			if err := os.Mkdir(filepath.Join(parent, "real"), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.Symlink("real", filepath.Join(parent, "out")); err != nil {
				t.Fatal(err)
			}
		}},
		{name: "foreign files, no manifest", want: map[string]string{"out/notes.txt": "-rw-r--r--"}, err: "no manifest.json",
			prepare: func(t *testing.T, parent string) { put(t, filepath.Join(parent, "out/notes.txt"), "mine") }},
		{name: "a foreign file beside ours", err: "does not list: notes.txt", want: map[string]string{
			"out/ce1.ios-xe.cfg": "-rw-r--r--", "out/ce2.frr.conf": "-rw-r--r--", "out/ce2.frr.vlans": "-rwxr-xr-x", "out/manifest.json": "-rw-r--r--", "out/notes.txt": "-rw-r--r--",
		}, prepare: func(t *testing.T, parent string) {
			if err := WriteDir(filepath.Join(parent, "out"), sample(t), nil, manifestOf(sample(t))); err != nil {
				t.Fatal(err)
			}
			put(t, filepath.Join(parent, "out/notes.txt"), "mine")
		}},
		{name: "a directory in place of our file", err: "does not list: ce1.ios-xe.cfg", want: map[string]string{
			"out/ce1.ios-xe.cfg/mine": "-rw-r--r--", "out/manifest.json": "-rw-r--r--",
		}, prepare: func(t *testing.T, parent string) {
			put(t, filepath.Join(parent, "out/manifest.json"), string(manifestOf(sample(t)).JSON()))
			put(t, filepath.Join(parent, "out/ce1.ios-xe.cfg/mine"), "mine")
		}},
		{name: "somebody else's manifest.json", err: "none of ercfg's", want: map[string]string{"out/manifest.json": "-rw-r--r--"},
			prepare: func(t *testing.T, parent string) {
				put(t, filepath.Join(parent, "out/manifest.json"), `{"name": "web app"}`)
			}},
		{name: "a broken manifest.json", err: "none of ercfg's", want: map[string]string{"out/manifest.json": "-rw-r--r--"},
			prepare: func(t *testing.T, parent string) { put(t, filepath.Join(parent, "out/manifest.json"), `{`) }},
		{name: "a file has the name", err: "a file, not a directory", want: map[string]string{"out": "-rw-r--r--"},
			prepare: func(t *testing.T, parent string) { put(t, filepath.Join(parent, "out"), "mine") }},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			parent := t.TempDir()
			if c.prepare != nil {
				c.prepare(t, parent)
			}
			dir := filepath.Join(parent, "out")
			err := WriteDir(dir, sample(t), nil, manifestOf(sample(t)))
			if (err == nil) != (c.err == "") || err != nil && (!strings.Contains(err.Error(), c.err) || !strings.HasPrefix(err.Error(), "write "+dir+": ")) {
				t.Errorf("error %v, want one with %q", err, c.err)
			}
			if diff := cmp.Diff(c.want, tree(t, parent)); diff != "" {
				t.Errorf("files (-want +got):\n%s", diff)
			}
		})
	}
}

// What cannot be written leaves nothing behind, not even the parents that it
// would have needed.
func TestWriteDirFails(t *testing.T) {
	t.Parallel()
	parent := t.TempDir()
	long := []Config{{Router: "ce1", Platform: "frr", Name: strings.Repeat("x", 300), Text: "a\n"}}
	err := WriteDir(filepath.Join(parent, "a/b/out"), long, nil, manifestOf(long))
	if err == nil || strings.Contains(err.Error(), ".ercfg-") {
		t.Errorf("error %v, want one about the file and not about a temporary directory", err)
	}
	entries, err := os.ReadDir(parent)
	if err != nil || len(entries) > 0 {
		t.Errorf("left behind: %v %v", entries, err)
	}
}

// A full disk in the middle of writing keeps the old directory whole.
func TestWriteDirFullDisk(t *testing.T) {
	t.Parallel()
	parent := t.TempDir()
	dir := filepath.Join(parent, "out")
	if err := WriteDir(dir, sample(t), nil, manifestOf(sample(t))); err != nil {
		t.Fatal(err)
	}
	before := tree(t, parent)
	broken := append(sample(t), Config{Router: "ce3", Platform: "frr", Name: strings.Repeat("x", 300), Text: "a\n"})
	if err := WriteDir(dir, broken, nil, manifestOf(broken)); err == nil {
		t.Fatal("no error")
	}
	if diff := cmp.Diff(before, tree(t, parent)); diff != "" {
		t.Errorf("files (-before +after):\n%s", diff)
	}
}

// The working directory of the test is the package's own folder.
func TestWriteDirRefusesWorkingDirectory(t *testing.T) {
	t.Parallel()
	if err := WriteDir(".", sample(t), nil, manifestOf(sample(t))); err == nil || !strings.Contains(err.Error(), "working directory") {
		t.Errorf("error %v", err)
	}
}

// Two files of one name are a bug of the renderer, not a lost file.
func TestWriteDirPanicsOnClash(t *testing.T) {
	t.Parallel()
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	twice := append(sample(t), sample(t)...)
	_ = WriteDir(filepath.Join(t.TempDir(), "out"), twice, nil, manifestOf(twice))
}

func BenchmarkWriteDir(b *testing.B) {
	configs := make([]Config, 1000)
	text := strings.Repeat(" neighbor 192.0.2.1 description a line of usual length\n", 150)
	for i := range configs {
		name := fmt.Sprintf("ce%04d", i)
		configs[i] = Config{Router: name, Platform: "ios-xe", Name: name + ".ios-xe.cfg", Text: text}
	}
	dir := filepath.Join(b.TempDir(), "out")
	b.ReportAllocs()
	for b.Loop() {
		if err := WriteDir(dir, configs, nil, manifestOf(configs)); err != nil {
			b.Fatal(err)
		}
	}
}
