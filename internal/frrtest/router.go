package frrtest

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// execLimit bounds one command on a router. frr-reload.py of a few hundred
// lines takes a second; the rest is for a loaded machine.
const execLimit = 4 * time.Minute

// boot turns fresh namespaces into a router and then waits. The shell is
// process 1 of the router: when its standard input ends, because the test
// closed it or died, the kernel ends every process of the router and the
// namespaces go with them.
//
// Forwarding is on as on any edge router; off, it would show in running-config
// as "no ip forwarding". Duplicate address detection is off, because it keeps
// an IPv6 session down for the first seconds.
const boot = `set -e
mount --make-rprivate /
mount -t proc proc /proc
for dir in /etc/frr /run /var/tmp; do mount -t tmpfs tmpfs $dir; done
install -d -o frr -g frr /run/frr
chown frr:frr /etc/frr
echo service integrated-vtysh-config >/etc/frr/vtysh.conf
echo "$1" >/proc/sys/kernel/hostname
echo 1 >/proc/sys/net/ipv4/ip_forward
echo 1 >/proc/sys/net/ipv6/conf/all/forwarding
echo 0 >/proc/sys/net/ipv6/conf/default/accept_dad
ip link set lo up
echo ready
read -r end || exit 0
`

// Router is one router: FRR daemons, files and interfaces of its own. Paths
// are those of a real box: /etc/frr/frr.conf, /run/frr, plain vtysh.
type Router struct {
	// Name is the router's host name.
	Name string

	t   testing.TB
	pid int // the router's process 1, as the machine numbers it

	vrfs    []string          // sorted
	members map[string]string // interface → its VRF
}

// ownNamespaces are the attributes of a process that becomes a router.
func ownNamespaces() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{
		Cloneflags: syscall.CLONE_NEWNET | syscall.CLONE_NEWNS | syscall.CLONE_NEWUTS | syscall.CLONE_NEWPID | syscall.CLONE_NEWIPC,
	}
}

// newRouter boots a router without daemons and ends it with the test.
func newRouter(t testing.TB, name string) *Router {
	t.Helper()
	// Not bound to t.Context, which ends before the clean-up functions run: a
	// test may want to read a router in its own.
	cmd := exec.Command("/bin/sh", "-c", boot, "sh", name)
	cmd.SysProcAttr = ownNamespaces()
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatalf("router %s: %v", name, err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatalf("router %s: %v", name, err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatalf("router %s: %v", name, err)
	}
	t.Cleanup(func() {
		_ = stdin.Close()
		_ = cmd.Process.Kill()
		// Process 1 is reaped only after every process of its namespace, so
		// that nothing of the router is left when Wait returns.
		_ = cmd.Wait()
	})
	if line, err := bufio.NewReader(stdout).ReadString('\n'); line != "ready\n" {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		t.Fatalf("router %s: boot: %v: %s", name, err, stderr.String())
	}
	return &Router{Name: name, t: t, pid: cmd.Process.Pid}
}

// Start writes conf as the router's frr.conf, starts the daemons and loads the
// file. Any word that they say about it fails the test.
func (r *Router) Start(conf string) {
	r.t.Helper()
	r.StartDaemons()
	if said := r.Load(conf); said != "" {
		r.t.Fatalf("%s: loading the configuration:\n%s", r.Name, said)
	}
}

// StartDaemons starts zebra, staticd, bfdd and bgpd without a configuration.
func (r *Router) StartDaemons() {
	r.t.Helper()
	for _, d := range daemons {
		// With -d a daemon returns when it is ready to be configured.
		argv := []string{filepath.Join(daemonDir, d), "-d", "-A", "127.0.0.1"}
		if d == "zebra" && len(r.vrfs) > 0 {
			argv = append(argv, "-n") // a network namespace is a VRF
		}
		if _, err := r.Exec(r.t.Context(), argv...); err != nil {
			r.t.Fatalf("%s: %v", r.Name, err)
		}
	}
}

// Load writes conf as the router's frr.conf, loads it into the running daemons
// and returns what they say; the empty string means that every line was taken.
// Lines are added to what is there, as vtysh -b does; Reload replaces.
func (r *Router) Load(conf string) string {
	r.t.Helper()
	r.WriteFile("/etc/frr/frr.conf", conf)
	out, err := r.Command(r.t.Context(), "vtysh", "-b").CombinedOutput()
	said := withoutOrderNoise(string(out), conf)
	if err != nil && said == "" {
		said = err.Error()
	}
	return said
}

// WriteFile writes a file on the router, readable to FRR. Name is absolute;
// only below /etc/frr, /run and /var/tmp is it the router's own.
func (r *Router) WriteFile(name, text string) {
	r.t.Helper()
	path := filepath.Join("/proc", fmt.Sprint(r.pid), "root", name)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		r.t.Fatalf("%s: %v", r.Name, err)
	}
}

// Exec runs a command on the router and returns its standard output. The error
// of a command that ran and failed is an [exec.ExitError], with its output in
// the text. The command ends with ctx, or after a minute.
func (r *Router) Exec(ctx context.Context, argv ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, execLimit)
	defer cancel()
	cmd := r.Command(ctx, argv...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return stdout.String(), fmt.Errorf("%s: %w\n%s%s", strings.Join(argv, " "), err, &stdout, &stderr)
	}
	return stdout.String(), nil
}

// Command is a command inside all of the router's namespaces.
func (r *Router) Command(ctx context.Context, argv ...string) *exec.Cmd {
	args := append([]string{"--all", "--target", fmt.Sprint(r.pid), "--"}, argv...)
	cmd := exec.CommandContext(ctx, "nsenter", args...)
	// nsenter forks to enter the PID namespace and passes no signal on: the
	// whole process group, which is ours alone, has to be ended.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 5 * time.Second // a busy machine takes its time to hand over the last output
	return cmd
}

// netns runs ip in the router's network namespace alone, where process numbers
// of other routers still mean what the machine means by them.
func (r *Router) netns(args ...string) {
	r.t.Helper()
	args = append([]string{"--net", "--target", fmt.Sprint(r.pid), "--", "ip"}, args...)
	if out, err := exec.CommandContext(r.t.Context(), "nsenter", args...).CombinedOutput(); err != nil {
		r.t.Fatalf("%s: %s: %v: %s", r.Name, strings.Join(args[4:], " "), err, out)
	}
}
