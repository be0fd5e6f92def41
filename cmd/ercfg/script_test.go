package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"ercfg": main, "ercfg-panics": func() { abortOnPanic(); panic("a fault") }})
}

// TestScript runs ercfg as its user does: one script per thing that a user
// meets, one per rule.
func TestScript(t *testing.T) {
	t.Parallel()
	for _, dir := range []string{"testdata/script", "testdata/script/rule"} {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			t.Parallel()
			testscript.Run(t, testscript.Params{
				Dir:                 dir,
				Cmds:                map[string]func(*testscript.TestScript, bool, []string){"exits": exits},
				Condition:           condition,
				RequireExplicitExec: true,
				RequireUniqueNames:  true,
				UpdateScripts:       os.Getenv("ERCFG_UPDATE") == "1",
			})
		})
	}
}

// exits N COMMAND… runs a command and wants exactly that exit code, which
// `! exec` cannot say.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		exit, ok := errors.AsType[*exec.ExitError](err)
		if !ok {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// condition knows [root], [tmpfs] where a private mount can be made, and [userns]
// where a user namespace can.
func condition(cond string) (bool, error) {
	switch cond {
	case "root":
		return os.Geteuid() == 0, nil
	case "userns":
		return exec.Command("unshare", "--user", "true").Run() == nil, nil
	case "tmpfs":
		return exec.Command("unshare", "-m", "mount", "-t", "tmpfs", "none", "/mnt").Run() == nil, nil
	}
	return false, fmt.Errorf("no condition %q", cond)
}
