//go:build linux

package lab_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ercfg/ercfg/internal/intent"
	"github.com/ercfg/ercfg/internal/lab"
	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/render"
	"github.com/ercfg/ercfg/internal/secret"
	"github.com/ercfg/ercfg/internal/twin"
)

// convergence is how long a lab may take until all sessions are up. On an idle
// machine it takes ten seconds; the laboratory's machines are shared.
const convergence = 3 * time.Minute

// need skips the test, with the reason, where no lab can be. With
// ERCFG_LAB=must in the environment it fails instead.
func need(t testing.TB) {
	t.Helper()
	if err := lab.Need(t.Context()); err != nil {
		if os.Getenv("ERCFG_LAB") == "must" {
			t.Fatalf("ERCFG_LAB=must: %v", err)
		}
		t.Skip(err)
	}
}

// example resolves an example with every router on FRR.
func example(t testing.TB, name string) *plan.Plan {
	t.Helper()
	return changed(t, name, func(text string) string { return text })
}

// changed resolves an example whose text is changed, with every router on FRR.
func changed(t testing.TB, name string, change func(text string) string) *plan.Plan {
	t.Helper()
	file := filepath.Join("..", "..", "examples", name+".yaml")
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	doc, diags := intent.Parse([]intent.File{{Name: file, Data: []byte(change(string(data)))}})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	p, diags := twin.Resolve(doc, plan.FRR, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
	if p == nil || diags.HasErrors() {
		t.Fatal(diags)
	}
	return p
}

// key is the value that a secret has in the laboratory.
func key(ref secret.Ref) (secret.Value, error) {
	return secret.NewValue(strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' {
			return r
		}
		return -1
	}, ref.String())), nil
}

// up starts the lab of an example and ends it with the test.
func up(t testing.TB, p *plan.Plan, o lab.Options) (*lab.Lab, string) {
	t.Helper()
	configs, err := render.All(p, render.Options{})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	t.Cleanup(func() {
		if err := lab.Down(context.Background(), dir); err != nil {
			t.Error(err)
		}
	})
	l, err := lab.Up(t.Context(), p, configs, key, o, dir, t.Logf)
	if err != nil {
		t.Fatal(err)
	}
	return l, dir
}

// waitFor asks done until it says nothing and fails the test when the time is
// up.
func waitFor(t testing.TB, limit time.Duration, what string, done func() string) {
	t.Helper()
	start := time.Now()
	for {
		missing := done()
		if missing == "" {
			t.Logf("%s after %v", what, time.Since(start).Round(100*time.Millisecond))
			return
		}
		if time.Since(start) > limit {
			t.Fatalf("%s: not within %v: %s", what, limit, missing)
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// notEstablished names the first BGP session of a router that is not up, and of
// a router without any says so.
func notEstablished(t testing.TB, n *lab.Node) string {
	t.Helper()
	out, err := n.Vtysh(t.Context(), "show bgp summary json")
	if err != nil {
		t.Fatal(err)
	}
	var summary map[string]struct {
		Peers map[netip.Addr]struct{ State string }
	}
	if err := json.Unmarshal([]byte(out), &summary); err != nil {
		t.Fatal(err)
	}
	count := 0
	for _, family := range summary {
		for peer, s := range family.Peers {
			count++
			if s.State != "Established" {
				return fmt.Sprintf("%s: session with %s is %s", n.Name, peer, s.State)
			}
		}
	}
	if count == 0 {
		return n.Name + " has no session"
	}
	return ""
}

// speaksBGP reports whether a node runs bgpd.
func speaksBGP(l *lab.Lab, n *lab.Node) bool {
	return n.Kind != lab.Site && n.Kind != lab.Provider && (n.Kind != lab.MSEE || l.Options.MSEE == "frr")
}

// Labs come up with all sessions, and every host on either side reaches every
// host on the other, by every router where its LAN hands traffic over.
func TestUp(t *testing.T) {
	t.Parallel()
	need(t)
	for _, c := range []struct {
		name string
		msee string
	}{
		{"02-dual-stack-one-ce", "frr"},
		{"02-dual-stack-one-ce", "bird"},
		{"03-vpn-backup", "frr"},
		{"04-encrypted-over-private", "frr"},
		{"05-microsoft-peering", "frr"},
		{"05-microsoft-peering", "bird"},
		{"07-two-sites-standby-telemetry", "frr"},
	} {
		t.Run(c.name+"/"+c.msee, func(t *testing.T) {
			p := example(t, c.name)
			l, _ := up(t, p, lab.Options{MSEE: c.msee})
			waitFor(t, convergence, "all sessions", func() string {
				for i := range l.Nodes {
					if n := &l.Nodes[i]; speaksBGP(l, n) {
						if missing := notEstablished(t, n); missing != "" {
							return missing
						}
					}
				}
				return ""
			})
			waitFor(t, convergence, "all hosts", func() string { return unreached(t, l, p) })
		})
	}
}

// unreached names a host that a site does not reach.
func unreached(t testing.TB, l *lab.Lab, p *plan.Plan) string {
	t.Helper()
	for _, s := range p.Statements {
		var far []netip.Addr
		for _, name := range s.VNets {
			far = append(far, l.Node("gw-"+name).Hosts...)
		}
		if len(s.Services) > 0 {
			far = append(far, l.Node("microsoft").Hosts...)
		}
		for _, network := range s.Networks {
			site := l.Node("site-" + network)
			for _, host := range site.Hosts {
				for _, router := range l.Entries(network) {
					for _, to := range far {
						if to.Is4() != host.Is4() {
							continue
						}
						if err := echo(site, host, l.Mark(network, router), nodeOf(l, to), to); err != nil {
							return fmt.Sprintf("%s by %s to %s: %v", host, router, to, err)
						}
					}
				}
			}
		}
	}
	return ""
}

// nodeOf returns the node of Azure's side that has an address.
func nodeOf(l *lab.Lab, a netip.Addr) *lab.Node {
	at := slices.IndexFunc(l.Nodes, func(n lab.Node) bool { return n.Kind != lab.Site && slices.Contains(n.Hosts, a) })
	return &l.Nodes[at]
}

// echo sends a datagram with a mark from one host to another and waits for the
// answer.
func echo(from *lab.Node, at netip.Addr, mark int, to *lab.Node, host netip.Addr) error {
	var near, far *net.UDPConn
	err := to.InNet(func() (err error) {
		far, err = net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(host, 0)))
		return err
	})
	if err != nil {
		return err
	}
	defer far.Close()
	err = from.InNet(func() (err error) {
		near, err = net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(at, 0)))
		return err
	})
	if err != nil {
		return err
	}
	defer near.Close()
	raw, err := near.SyscallConn()
	if err != nil {
		return err
	}
	var marked error
	if err := raw.Control(func(fd uintptr) {
		marked = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_MARK, mark)
	}); err != nil || marked != nil {
		return errors.Join(err, marked)
	}
	deadline := time.Now().Add(300 * time.Millisecond)
	_ = far.SetDeadline(deadline)
	_ = near.SetDeadline(deadline)
	if _, err := near.WriteTo([]byte("there"), far.LocalAddr()); err != nil {
		return err
	}
	_, back, err := far.ReadFrom(make([]byte, 64))
	if err != nil {
		return fmt.Errorf("there: %w", err)
	}
	if _, err := far.WriteTo([]byte("back"), back); err != nil {
		return err
	}
	if _, _, err := near.ReadFrom(make([]byte, 64)); err != nil {
		return fmt.Errorf("back: %w", err)
	}
	return nil
}

// holders lists the processes that belong to the lab of dir, by what their
// environment says: its root and its nodes, and daemons that were started by a
// process that has dir in its own.
func holders(t testing.TB, dir string) []string {
	t.Helper()
	files, err := filepath.Glob("/proc/[0-9]*/environ")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, file := range files {
		environ, err := os.ReadFile(file) // of one that has ended: nothing
		if err == nil && file != fmt.Sprintf("/proc/%d/environ", os.Getpid()) && bytes.Contains(environ, []byte("="+dir+"\x00")) {
			command, _ := os.ReadFile(filepath.Join(filepath.Dir(file), "cmdline"))
			out = append(out, filepath.Dir(file)+" "+string(bytes.ReplaceAll(command, []byte{0}, []byte{' '})))
		}
	}
	return out
}

// nothingLeft fails the test where a lab has left a process, or its directory.
func nothingLeft(t testing.TB, dir string) {
	t.Helper()
	waitFor(t, time.Minute, "no process", func() string { return strings.Join(holders(t, dir), "\n") })
	if exists(dir) {
		files, err := os.ReadDir(dir)
		t.Errorf("%s is left, with %v, %v", dir, files, err)
	}
}

// victim is the variable by which the test binary, run by itself, is told to
// start a lab there, and to be killed.
const victim = "ERCFG_TEST_LAB"

// Down leaves no process, and so no namespace and no interface, and no file:
// after Up, after nothing, and after the process that ran Up was killed at any
// point of it.
func TestDown(t *testing.T) {
	if dir := os.Getenv(victim); dir != "" {
		p := example(t, "02-dual-stack-one-ce")
		configs, err := render.All(p, render.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := lab.Up(t.Context(), p, configs, key, lab.Options{}, dir, t.Logf); err != nil {
			t.Fatal(err)
		}
		<-t.Context().Done() // and never is
	}
	t.Parallel()
	need(t)
	for _, c := range []struct {
		name string
		when func(dir string, held int) bool
	}{
		// Up looks first whether there can be namespaces: that process is the first.
		{"its first look", func(_ string, held int) bool { return held > 0 }},
		{"state", func(dir string, _ int) bool { return exists(filepath.Join(dir, "state.json")) }},
		{"nodes", func(_ string, held int) bool { return held > 5 }},
		{"daemons", func(_ string, held int) bool { return held > 20 }},
	} {
		t.Run("killed at "+c.name, func(t *testing.T) {
			dir := t.TempDir()
			cmd := exec.Command(os.Args[0], "-test.run=^TestDown$", "-test.timeout=5m")
			cmd.Env = append(os.Environ(), victim+"="+dir)
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				_ = cmd.Process.Kill()
				_ = lab.Down(context.Background(), dir)
			})
			waitFor(t, convergence, c.name, func() string {
				if held := len(holders(t, dir)) - 1; !c.when(dir, held) {
					return fmt.Sprintf("%d processes", held)
				}
				return ""
			})
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
			if err := lab.Down(t.Context(), dir); err != nil {
				t.Fatal(err)
			}
			nothingLeft(t, dir)
		})
	}
	t.Run("interrupted", func(t *testing.T) {
		dir := t.TempDir()
		ctx, cancel := context.WithCancel(t.Context())
		p := example(t, "02-dual-stack-one-ce")
		configs, err := render.All(p, render.Options{})
		if err != nil {
			t.Fatal(err)
		}
		_, err = lab.Up(ctx, p, configs, key, lab.Options{}, dir, func(string, ...any) { cancel() })
		if err == nil || err.Error() != context.Canceled.Error() {
			t.Errorf("Up = %v, want %v alone", err, context.Canceled)
		}
		nothingLeft(t, dir)
	})
	t.Run("up", func(t *testing.T) {
		p := example(t, "02-dual-stack-one-ce")
		_, dir := up(t, p, lab.Options{})
		l, err := lab.Open(dir, p)
		if err != nil {
			t.Fatal(err)
		}
		if out, err := l.Node("ce1").Exec(t.Context(), "hostname"); err != nil || out != "ce1\n" {
			t.Errorf("hostname of ce1 = %q, %v", out, err)
		}
		if _, err := lab.Open(dir, example(t, "03-vpn-backup")); err == nil {
			t.Error("Open with another plan finds the lab")
		}
		configs, err := render.All(p, render.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := lab.Up(t.Context(), p, configs, key, lab.Options{}, dir, t.Logf); err == nil || !strings.Contains(err.Error(), "is up since") {
			t.Errorf("a second Up = %v", err)
		}
		if len(holders(t, dir)) == 0 {
			t.Fatal("a lab without a process: this proves nothing")
		}
		// What others keep of its nodes ends with it: the keys of SSH, templates.
		if _, err := l.SSH(t.Context(), dir); err != nil && !errors.Is(err, lab.ErrNoSSH) {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, lab.FlowTemplates), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := lab.Down(t.Context(), dir); err != nil {
				t.Fatal(err)
			}
			nothingLeft(t, dir)
		}
		if _, err := l.Node("ce1").Exec(t.Context(), "hostname"); err == nil {
			t.Error("a command on a node that is gone has run")
		}
		if _, err := lab.Open(dir, p); !errors.Is(err, lab.ErrNone) {
			t.Errorf("Open = %v, want %v", err, lab.ErrNone)
		}
	})
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

// An MSEE that is drained says so on both sides, by its path alone, and takes it
// back; no session ends meanwhile.
func TestDrain(t *testing.T) {
	t.Parallel()
	need(t)
	for _, msee := range []string{"frr", "bird"} {
		t.Run(msee, func(t *testing.T) {
			p := example(t, "02-dual-stack-one-ce")
			l, _ := up(t, p, lab.Options{MSEE: msee})
			edge, inAzure, router := l.Node("msee-er-reston-p"), l.Node("gw-core"), l.Node("ce1")
			// What the router and the VNet hear from the edge, the other link being
			// what it always is.
			paths := func() string {
				var out []string
				for _, c := range []struct {
					node   *lab.Node
					prefix string
				}{{router, "10.160.0.0/16"}, {router, "2001:db8:a000::/48"}, {inAzure, "10.40.0.0/14"}, {inAzure, "2001:db8:1000::/40"}} {
					out = append(out, strings.Join(heard(t, c.node, c.prefix), ", "))
				}
				return strings.Join(out, "; ")
			}
			const eight = "12076 12076 12076 12076 12076 12076 12076 12076 "
			const normal = "12076, 12076; 12076, 12076; 12076 4200000010, 12076 4200000010; 12076 4200000010, 12076 4200000010"
			const drained = "12076, " + eight + "12076; 12076, " + eight + "12076; " +
				eight + "12076 4200000010, 12076 4200000010; " + eight + "12076 4200000010, 12076 4200000010"
			await := func(what, want string) {
				t.Helper()
				waitFor(t, convergence, what, func() string { return cmp.Diff(want, paths()) })
			}
			await("normal", normal)
			before := established(t, router)
			if err := l.Drain(t.Context(), edge, true); err != nil {
				t.Fatal(err)
			}
			await("drained", drained)
			if err := l.Drain(t.Context(), edge, false); err != nil {
				t.Fatal(err)
			}
			await("normal again", normal)
			if diff := cmp.Diff(before, established(t, router)); diff != "" {
				t.Errorf("sessions have ended (-before +after):\n%s", diff)
			}
			if err := l.Drain(t.Context(), router, true); err == nil {
				t.Error("a router is drained")
			}
		})
	}
}

// heard lists the AS paths of a prefix that a node has from its neighbors,
// sorted.
func heard(t testing.TB, n *lab.Node, prefix string) []string {
	t.Helper()
	family := "ipv4"
	if strings.Contains(prefix, ":") {
		family = "ipv6"
	}
	out, err := n.Vtysh(t.Context(), "show bgp "+family+" unicast "+prefix+" json")
	if err != nil {
		t.Fatal(err)
	}
	var table struct {
		Paths []struct {
			ASPath struct{ String string }
		}
	}
	if err := json.Unmarshal([]byte(out), &table); err != nil {
		return nil // a prefix that is not there is no JSON
	}
	var paths []string
	for _, p := range table.Paths {
		paths = append(paths, p.ASPath.String)
	}
	slices.Sort(paths)
	return paths
}

// established counts, per neighbor, how often a session has come up.
func established(t testing.TB, n *lab.Node) map[string]int {
	t.Helper()
	text, err := n.Vtysh(t.Context(), "show bgp neighbors json")
	if err != nil {
		t.Fatal(err)
	}
	var neighbors map[string]struct{ ConnectionsEstablished int }
	if err := json.Unmarshal([]byte(text), &neighbors); err != nil {
		t.Fatal(err)
	}
	out := make(map[string]int)
	for peer, s := range neighbors {
		out[peer] = s.ConnectionsEstablished
	}
	return out
}
