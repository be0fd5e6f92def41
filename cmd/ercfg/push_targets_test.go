package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ercfg/ercfg/internal/secret"
)

// The command of an exec: reference runs once, in the intent's folder, without
// standard input; what it prints is the secret, and is in no error.
func TestRunSecret(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, command, want, fault, said string }{
		{"a line", "echo s3cret; echo a word to the user >&2", "s3cret", "", "a word to the user\n"},
		{"a file beside the intent", "cat key", "of the folder", "", ""},
		{"no line end", "printf s3cret", "s3cret", "", ""},
		{"no standard input", "cat; echo s3cret", "s3cret", "", ""},
		{"nothing", "true", "", "exec:true: empty", ""},
		{"a failure", "echo s3cret; exit 3", "", "exec:echo s3cret; exit 3: exit status 3", ""},
		{"without an end", "yes 2>/dev/null", "", "exec:yes 2>/dev/null: longer than 65536 bytes", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			if err := os.WriteFile(filepath.Join(folder, "key"), []byte("of the folder\r\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			ref, err := secret.ParseRef("exec:" + tt.command)
			if err != nil {
				t.Fatal(err)
			}
			var said strings.Builder
			read := (&app{stderr: &said}).secretsOf(folder)
			v, err := read(ref)
			if got := v.Reveal(); got != tt.want || (err == nil) != (tt.fault == "") || err != nil && err.Error() != tt.fault {
				t.Errorf("%q, %v; want %q, %s", got, err, tt.want, tt.fault)
			}
			if _, again := read(ref); err == nil && again != nil {
				t.Error(again)
			}
			if said.String() != tt.said {
				t.Errorf("said %q, want %q", said.String(), tt.said)
			}
		})
	}
}
