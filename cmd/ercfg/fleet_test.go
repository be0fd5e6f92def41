package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ercfg/ercfg/internal/artifact"
	"github.com/ercfg/ercfg/internal/fleet"
	"github.com/ercfg/ercfg/internal/intent"
	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/render"
)

// A fleet of every platform is a sound intent: the figures would mean nothing
// if it were refused.
func TestFleetIsSound(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "fleet.yaml")
	if err := os.WriteFile(path, fleet.Intent(12), 0o644); err != nil {
		t.Fatal(err)
	}
	code, stdout, stderr := call(t, &app{}, "render", path)
	if code != exitOK || strings.Count(stdout, "router bgp ") < 8 {
		t.Errorf("exit code %d\n%s", code, stderr)
	}
}

// TestFleet prints how long every stage takes and how much memory the whole
// process needs. It judges nothing: figures of a shared machine are no test.
func TestFleet(t *testing.T) {
	if os.Getenv("ERCFG_FLEET") == "" {
		t.Skip("ERCFG_FLEET is not set: make bench-fleet prints the figures")
	}
	dir := t.TempDir()
	if info, err := os.Stat("/dev/shm"); err == nil && info.IsDir() {
		memory, err := os.MkdirTemp("/dev/shm", "ercfg-fleet-")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = os.RemoveAll(memory) })
		dir = memory
	}
	program := filepath.Join(t.TempDir(), "ercfg")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	fmt.Printf("%8s %9s %9s %8s %8s %8s %8s %8s %8s %9s\n", "routers", "intent", "text", "read", "parse", "resolve", "render", "write", "process", "peak")
	for _, circuits := range []int{500, 5000} {
		path := filepath.Join(dir, fmt.Sprintf("fleet-%d.yaml", circuits))
		if err := os.WriteFile(path, fleet.Intent(circuits), 0o644); err != nil {
			t.Fatal(err)
		}
		stages, size := measureStages(t, path, filepath.Join(dir, "stages"))
		wall, peak := measureProcess(t, program, path, filepath.Join(dir, "process"))
		fmt.Printf("%8d %6.1f MB %6.1f MB", 2*circuits, float64(len(fleet.Intent(circuits)))/1e6, float64(size)/1e6)
		for _, d := range append(stages, wall) {
			fmt.Printf(" %6.0fms", float64(d)/float64(time.Millisecond))
		}
		fmt.Printf(" %5d MiB\n", peak>>20)
	}
}

// measureStages runs the stages one after the other and returns how long each
// took, with the bytes of all configurations.
func measureStages(t *testing.T, path, out string) (took []time.Duration, size int) {
	t.Helper()
	start := time.Now()
	lap := func() {
		took = append(took, time.Since(start))
		start = time.Now()
	}
	files, _, err := (&app{}).readIntent(path)
	if err != nil {
		t.Fatal(err)
	}
	lap()
	doc, diags := intent.Parse(files)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	lap()
	p, diags := plan.Resolve(doc, plan.Env{Today: time.Now(), Secret: secretReader(".").Read})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	lap()
	render.Check(p)
	configs, err := render.All(p, render.Options{})
	if err != nil {
		t.Fatal(err)
	}
	lap()
	if err := artifact.WriteDir(out, configs, nil, artifact.NewManifest("test", p.Name, digest(files), render.Digest(), configs)); err != nil {
		t.Fatal(err)
	}
	lap()
	for _, c := range configs {
		size += len(c.Text)
	}
	return took, size
}

// measureProcess returns the wall time and the peak memory, in bytes, of the
// program on the same intent.
func measureProcess(t *testing.T, program, path, out string) (time.Duration, int64) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, "render", path, "-o", out)
	start := time.Now()
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	usage := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	return time.Since(start), usage.Maxrss << 10 // Linux counts in KiB, getrusage(2)
}
