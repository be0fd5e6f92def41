package main

import (
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ercfg/ercfg/internal/artifact"
	"github.com/ercfg/ercfg/internal/intent"
	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/render"
)

// fleet writes an intent of n circuits with two routers each, three vendors in
// turn, both families, BFD and iBGP, every circuit with a site and a VNet of
// its own. It holds 8,192 circuits at most: the addresses of their links come
// from 172.16.0.0/15.
func fleet(n int) []byte {
	var b strings.Builder
	b.WriteString("apiVersion: ercfg/v1\nkind: Intent\nmetadata: {name: fleet}\nonprem:\n  networks:\n")
	for i := range n {
		fmt.Fprintf(&b, "    site-%d: {prefixes: [10.%d.%d.0/24, %q]}\n", i, i>>8, i&255, ipv6("2001:db8:%x::/48", i+1))
	}
	b.WriteString("azure:\n  vnets:\n")
	for i := range n {
		fmt.Fprintf(&b, "    vnet-%d: {prefixes: [10.%d.%d.0/24, %q], region: westeurope}\n", i, 64+i>>8, i&255, ipv6("2001:db8:a000:%x::/64", i+1))
	}
	b.WriteString("routers:\n")
	for i := range 2 * n {
		p := fleetPlatforms[i%len(fleetPlatforms)]
		fmt.Fprintf(&b, "  ce%d:\n    platform: %s\n    version: %q\n    asn: %d\n    routerID: 10.128.%d.%d\n", i, p.name, p.version, 4200000000+i/2, i>>8&255, i&255)
		fmt.Fprintf(&b, "    loopback: {interface: %s, ipv4: 10.128.%d.%d/32, ipv6: %q}\n", p.loopback, i>>8&255, i&255, ipv6("2001:db8:b000::%x/128", i+1))
		if i%2 == 0 {
			fmt.Fprintf(&b, "    ibgp: [{router: ce%d}]\n", i+1)
		}
	}
	b.WriteString("circuits:\n")
	for i := range n {
		fmt.Fprintf(&b, "  er-%d:\n    model: exchange\n    provider: Equinix\n    location: Amsterdam\n    sku: premium\n    bandwidth: 1Gbps\n    private:\n      vlan: %d\n", i, 100+i%3900)
		for side, name := range []string{"primary", "secondary"} {
			r := 2*i + side
			fmt.Fprintf(&b, "      %s: {router: ce%d, interface: %s, ipv4: 172.%d.%d.%d/30, ipv6: %q}\n", name, r, fleetPlatforms[r%len(fleetPlatforms)].port,
				16+r>>14, r>>6&255, r<<2&255, ipv6("2001:db8:c000:%x::%x/126", i, 4*side))
		}
		b.WriteString("      md5: env:ER_MD5\n      timers: {keepalive: 20s, hold: 60s}\n      bfd: {interval: 300ms, multiplier: 3}\n")
	}
	b.WriteString("traffic:\n")
	for i := range n {
		fmt.Fprintf(&b, "  - {name: site-%d, onprem: [site-%d], azure: [vnet-%d], prefer: [er-%d]}\n", i, i, i, i)
	}
	return []byte(b.String())
}

var fleetPlatforms = []struct{ name, version, loopback, port string }{
	{"ios-xe", "17.12", "Loopback0", "TenGigabitEthernet0/0/1"},
	{"junos", "23.4", "lo0", "xe-0/0/1"},
	{"frr", "8.4", "lo", "eth1"},
}

// ipv6 writes a prefix in its canonical form, which an intent wants.
func ipv6(format string, args ...any) string {
	return netip.MustParsePrefix(fmt.Sprintf(format, args...)).String()
}

// A fleet of every platform is a sound intent: the figures would mean nothing
// if it were refused.
func TestFleetIsSound(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "fleet.yaml")
	if err := os.WriteFile(path, fleet(12), 0o644); err != nil {
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
		if err := os.WriteFile(path, fleet(circuits), 0o644); err != nil {
			t.Fatal(err)
		}
		stages, size := measureStages(t, path, filepath.Join(dir, "stages"))
		wall, peak := measureProcess(t, program, path, filepath.Join(dir, "process"))
		fmt.Printf("%8d %6.1f MB %6.1f MB", 2*circuits, float64(len(fleet(circuits)))/1e6, float64(size)/1e6)
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
	if err := artifact.WriteDir(out, configs, artifact.NewManifest("test", p.Name, digest(files), render.Digest(), configs)); err != nil {
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
