// Package golden compares text with a file of the repository. It is for tests
// only. A golden shows what changed, not what is true.
package golden

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Equal fails t when got is not what the file at path holds. With
// ERCFG_UPDATE=1 in the environment it writes the file instead: a flag would
// break packages that do not define it.
func Equal(t testing.TB, path, got string) {
	t.Helper()
	if os.Getenv("ERCFG_UPDATE") == "1" {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (ERCFG_UPDATE=1 writes it)", err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs (-file +now); ERCFG_UPDATE=1 rewrites it:\n%s", path, diff)
	}
}
