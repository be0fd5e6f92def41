//go:build linux

package lab

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// execLimit bounds one command on a node; the slowest, the load of a long
// configuration, takes seconds on a busy machine.
const execLimit = 60 * time.Second

// rootScript is process 1 of the lab's own PID namespace. It waits for the word
// that its place is written down: without it, because whoever started it has
// died, it ends. Then it starts every node and sleeps; its end is the end of
// every node, by the kernel's own rule (pid_namespaces(7)). Processes whose
// parents have died become its children and are forgotten when they end, as
// SIGCHLD is ignored (wait(2)).
const rootScript = `set -e
read -r word
[ "$word" = start ]
boot=$1
shift
mount --make-rprivate /
mount -t proc proc /proc
for name; do
	ERCFG_NODE=$name unshare --net --mount --uts --ipc --pid --fork -- /bin/sh -c "$boot" sh "$name" &
done
trap '' CHLD
exec sleep infinity </dev/null >/dev/null 2>&1
`

// nodeScript is process 1 of a node. Files that FRR writes are on file systems
// of the node's own. Duplicate address detection keeps an IPv6 session down for
// the first seconds, and there is none; redirects would take a host away from the
// router that a probe is to enter by.
const nodeScript = `set -e
trap 'echo "failed $1"' EXIT
mount --make-rprivate /
mount -t proc proc /proc
for dir in /etc/frr /run /var/tmp; do mount -t tmpfs tmpfs $dir; done
install -d -o frr -g frr /run/frr
chown frr:frr /etc/frr
echo service integrated-vtysh-config >/etc/frr/vtysh.conf
echo "$1" >/proc/sys/kernel/hostname
cd /proc/sys/net
echo 1 >ipv4/ip_forward
echo 1 >ipv6/conf/all/forwarding
echo 1 >ipv4/fib_multipath_hash_policy
echo 1 >ipv6/fib_multipath_hash_policy
for conf in all default; do
	echo 0 >ipv4/conf/$conf/rp_filter
	echo 0 >ipv4/conf/$conf/send_redirects
	echo 0 >ipv4/conf/$conf/accept_redirects
	echo 0 >ipv6/conf/$conf/accept_redirects
	echo 0 >ipv6/conf/$conf/accept_dad
	echo 0 >ipv6/conf/$conf/accept_ra
done
cd /
ip link set lo up
trap - EXIT
echo "ready $1"
trap '' CHLD
exec sleep infinity </dev/null >/dev/null 2>&1
`

// ownNamespaces are the attributes of a process that begins namespaces of its
// own and outlives the session that it was started from.
func ownNamespaces() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{
		Setsid:     true,
		Cloneflags: syscall.CLONE_NEWNET | syscall.CLONE_NEWNS | syscall.CLONE_NEWUTS | syscall.CLONE_NEWPID | syscall.CLONE_NEWIPC,
	}
}

// A root is the process that is to hold every node, and the ends of its pipes.
type root struct {
	process
	mark  string // of the environment of its processes
	stdin *os.File
	said  *bufio.Reader
	pipe  *os.File
}

// startRoot starts the process that waits for the word. A person who wonders what
// it is finds dir in its environment.
func startRoot(mark, dir string, names []string) (*root, error) {
	stdin, word, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer stdin.Close()
	pipe, output, err := os.Pipe()
	if err != nil {
		_ = word.Close()
		return nil, err
	}
	defer output.Close()
	// Not bound to a context: the lab outlives the command that starts it.
	cmd := exec.Command("/bin/sh", append([]string{"-c", rootScript, "sh", nodeScript}, names...)...)
	cmd.Dir = "/"
	cmd.Env = []string{"PATH=" + searchPath, "ERCFG_LAB=" + mark, "ERCFG_LAB_DIR=" + dir}
	cmd.SysProcAttr = ownNamespaces()
	// Files, so that no goroutine copies.
	cmd.Stdin, cmd.Stdout, cmd.Stderr = stdin, output, output
	r := &root{mark: mark, stdin: word, said: bufio.NewReader(pipe), pipe: pipe}
	if err := cmd.Start(); err != nil {
		r.close()
		return nil, err
	}
	r.PID = cmd.Process.Pid
	_ = cmd.Process.Release()
	if r.Born, err = born(r.PID); err != nil {
		r.close() // and so it ends
		return nil, err
	}
	return r, nil
}

// close closes the pipes to the root process, which ends if it has not had the
// word.
func (r *root) close() {
	_ = r.stdin.Close()
	_ = r.pipe.Close()
}

// boot gives the root process the word and waits until count nodes are ready.
// What a node says before it is ready is its complaint.
func (r *root) boot(ctx context.Context, count int) error {
	defer r.close()
	if _, err := r.stdin.WriteString("start\n"); err != nil {
		return err
	}
	// A pipe of os.Pipe takes deadlines.
	stop := context.AfterFunc(ctx, func() { _ = r.pipe.SetReadDeadline(time.Unix(1, 0)) })
	defer stop()
	var complaints strings.Builder
	for ready := 0; ready < count; {
		line, err := r.said.ReadString('\n')
		word, name, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch {
		case err != nil && ctx.Err() != nil:
			return fmt.Errorf("namespaces: %w", ctx.Err())
		case err != nil:
			return fmt.Errorf("namespaces: %w: %s", err, strings.TrimSpace(complaints.String()))
		case word == "ready":
			ready++
		case word == "failed":
			return fmt.Errorf("namespaces of %s: %s", name, strings.TrimSpace(complaints.String()))
		default:
			complaints.WriteString(line)
		}
	}
	return nil
}

// find looks for process 1 of every node among the processes of the machine. The
// shells that have started the nodes know their numbers in the lab only. A
// process that is about to become another program has no environment for a
// moment, so that one look may miss it.
func (r *root) find(ctx context.Context, nodes []Node) error {
	ctx, cancel := context.WithTimeout(ctx, findLimit)
	defer cancel()
	for {
		err := r.look(nodes)
		if err == nil || ctx.Err() != nil {
			return err
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// findLimit bounds the search for nodes that have said that they are ready.
const findLimit = 5 * time.Second

// look goes over the processes of the machine once.
func (r *root) look(nodes []Node) error {
	files, err := filepath.Glob("/proc/[0-9]*/environ")
	if err != nil {
		return err
	}
	found := make(map[string]process)
	for _, file := range files {
		environ, err := os.ReadFile(file)
		if err != nil || variable(environ, "ERCFG_LAB") != r.mark {
			continue
		}
		name := variable(environ, "ERCFG_NODE")
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(file)))
		// The node's number in the namespaces that it is in, outermost first: the
		// one of process 1 ends with 1 and that of unshare, above it, does not.
		if status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid)); err != nil || name == "" || !innermostIs1(string(status)) {
			continue
		}
		start, err := born(pid)
		if err != nil {
			return err
		}
		found[name] = process{pid, start}
	}
	for i := range nodes {
		p, ok := found[nodes[i].Name]
		if !ok {
			return fmt.Errorf("node %s has died at its start", nodes[i].Name)
		}
		nodes[i].PID, nodes[i].Born = p.PID, p.Born
	}
	return nil
}

// variable is the value of a variable in an environment as proc(5) shows it;
// empty: it is not there.
func variable(environ []byte, name string) string {
	for word := range bytes.SplitSeq(environ, []byte{0}) {
		if value, ok := bytes.CutPrefix(word, []byte(name+"=")); ok {
			return string(value)
		}
	}
	return ""
}

// innermostIs1 reports whether a status of proc(5) is that of process 1 of its
// PID namespace.
func innermostIs1(status string) bool {
	for line := range strings.Lines(status) {
		if ids, ok := strings.CutPrefix(line, "NSpid:"); ok {
			fields := strings.Fields(ids)
			return len(fields) > 1 && fields[len(fields)-1] == "1"
		}
	}
	return false
}

// Command is a command inside all of the node's namespaces. It ends with ctx,
// and what it has started with it. Where the node is gone, starting it fails.
func (n *Node) Command(ctx context.Context, argv ...string) *exec.Cmd {
	args := append([]string{"--all", "--target", strconv.Itoa(n.PID), "--"}, argv...)
	tool, err := lookPath("nsenter")
	if err != nil {
		tool = "nsenter" // and starting it fails
	}
	cmd := exec.CommandContext(ctx, tool, args...)
	cmd.Env = environment()
	// nsenter forks to enter the PID namespace and passes no signal on: the whole
	// process group, which is the command's alone, has to be ended.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 5 * time.Second // a busy machine takes its time to hand over the last output
	if !(process{n.PID, n.Born}).alive() && cmd.Err == nil {
		cmd.Err = fmt.Errorf("node %s: %w", n.Name, errGone)
	}
	return cmd
}

// Exec runs a command on the node and returns its standard output. The error of
// a command that ran and failed is an [exec.ExitError], with its output in the
// text. The command ends with ctx, or after a minute.
func (n *Node) Exec(ctx context.Context, argv ...string) (string, error) {
	return n.pipe(ctx, "", argv...)
}

// pipe is Exec with something to read for the command.
func (n *Node) pipe(ctx context.Context, input string, argv ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, execLimit)
	defer cancel()
	return run(n.Command(ctx, argv...), n.Name, input, argv)
}

// inNet runs a command in the node's network namespace alone, where process
// numbers and files are still the machine's.
func (n *Node) inNet(ctx context.Context, input string, argv ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, execLimit)
	defer cancel()
	cmd := n.Command(ctx, argv...)
	cmd.Args[1] = "--net"
	return run(cmd, n.Name, input, argv)
}

func run(cmd *exec.Cmd, where, input string, argv []string) (string, error) {
	var stdout, stderr bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(input), &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return stdout.String(), fmt.Errorf("%s: %s: %w\n%s%s", where, strings.Join(argv, " "), err, &stdout, &stderr)
	}
	return stdout.String(), nil
}

// Vtysh runs one command in FRR's enable mode and returns what it prints. A word
// that vtysh does not know is an error.
func (n *Node) Vtysh(ctx context.Context, command string) (string, error) {
	return n.Exec(ctx, "vtysh", "-c", command)
}

// InNet runs fn inside the node's network namespace: the sockets that it opens
// are the node's, wherever they are used later. fn starts no goroutine that
// opens one, as only its own thread is in there.
func (n *Node) InNet(fn func() error) error {
	runtime.LockOSThread()
	home, err := os.Open(fmt.Sprintf("/proc/self/task/%d/ns/net", unix.Gettid()))
	if err != nil {
		runtime.UnlockOSThread()
		return err
	}
	defer home.Close()
	there, err := os.Open(fmt.Sprintf("/proc/%d/ns/net", n.PID))
	if err == nil {
		defer there.Close()
		if !(process{n.PID, n.Born}).alive() {
			err = errGone
		} else {
			err = unix.Setns(int(there.Fd()), unix.CLONE_NEWNET)
		}
	}
	if err != nil {
		runtime.UnlockOSThread()
		return fmt.Errorf("node %s: %w", n.Name, err)
	}
	err = fn()
	// A thread that cannot come home is never unlocked, and ends with its
	// goroutine.
	if back := unix.Setns(int(home.Fd()), unix.CLONE_NEWNET); back != nil {
		return errors.Join(err, back)
	}
	runtime.UnlockOSThread()
	return err
}

// writeFile writes a file of the node. Only below /etc/frr, /run and /var/tmp is
// it the node's own.
func (n *Node) writeFile(name, text string) error {
	if !(process{n.PID, n.Born}).alive() {
		return fmt.Errorf("node %s: %w", n.Name, errGone)
	}
	return os.WriteFile(filepath.Join("/proc", strconv.Itoa(n.PID), "root", name), []byte(text), 0o600)
}
