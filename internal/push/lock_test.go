package push

import (
	"bufio"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// Two pushes of one circuit exclude each other, and the second hears of the first;
// it holds nothing then.
func TestLock(t *testing.T) {
	t.Parallel()
	s := &Store{Dir: t.TempDir()}
	release, err := s.Lock([]string{"contoso-er-lon", "contoso-er-ams", "contoso-er-lon"}, "first")
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Lock([]string{"contoso-a", "contoso-er-lon"}, "second")
	locked, ok := errors.AsType[*LockedError](err)
	if !ok || locked.Name != "contoso-er-lon" || !strings.Contains(err.Error(), "run first, process ") {
		t.Fatalf("the second: %v", err)
	}
	again, err := s.Lock([]string{"contoso-a"}, "third")
	if err != nil {
		t.Errorf("a refused push has kept a lock: %v", err)
	} else {
		again()
	}
	release()
	release()
	again, err = s.Lock([]string{"contoso-er-lon"}, "fourth")
	if err != nil {
		t.Fatalf("after the release: %v", err)
	}
	again()
}

// A name with anything in it stays in its directory, and differs from any other.
func TestLockNames(t *testing.T) {
	t.Parallel()
	s := &Store{Dir: t.TempDir()}
	for _, name := range []string{"../../x", "a/b", "a%2Fb", ".", "..", "a.b"} {
		release, err := s.Lock([]string{name}, "r")
		if err != nil {
			t.Errorf("%q: %v", name, err)
			continue
		}
		defer release()
	}
	if entries, err := os.ReadDir(s.Dir); err != nil || len(entries) != 1 {
		t.Errorf("%v, %v", entries, err)
	}
}

// The kernel frees the locks of a process that is killed.
func TestLockOfDead(t *testing.T) {
	t.Parallel()
	const name = "contoso-er-lon"
	if dir := os.Getenv("ERCFG_TEST_LOCK"); dir != "" {
		if _, err := (&Store{Dir: dir}).Lock([]string{name}, "child"); err != nil {
			t.Fatal(err)
		}
		os.Stdout.WriteString("locked\n")
		_, _ = io.ReadAll(os.Stdin) // until the parent kills it
		return
	}
	s := &Store{Dir: t.TempDir()}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	child := exec.CommandContext(t.Context(), self, "-test.run", "^TestLockOfDead$")
	child.Env = append(os.Environ(), "ERCFG_TEST_LOCK="+s.Dir)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := child.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "locked\n" {
		t.Fatalf("%q, %v", line, err)
	}
	if _, err := s.Lock([]string{name}, "parent"); err == nil || !strings.Contains(err.Error(), "run child") {
		t.Errorf("while the child lives: %v", err)
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait()
	release, err := s.Lock([]string{name}, "parent")
	if err != nil {
		t.Fatalf("after the child's death: %v", err)
	}
	release()
}
