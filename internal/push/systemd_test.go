package push

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/ercfg/ercfg/internal/frrtest"
)

// superviseSystemd keeps a systemd in a cgroup of its own until its standard input
// ends, because the test closed it or died, and leaves no cgroup. It says the number
// of systemd's process as the machine counts. Arguments: the cgroup, and bootSystemd.
const superviseSystemd = `set -e
mount --make-rprivate /
mount -t proc proc /proc
mkdir -p /run/cgroup
mount -t cgroup2 cgroup2 /run/cgroup
own=/run/cgroup/$1
mkdir "$own"
sh -c 'echo 0 >"$1/cgroup.procs"; exec unshare --pid --fork --kill-child --mount --uts --ipc --cgroup sh -c "$2"' sh "$own" "$2" </dev/null >&2 &
set +e
i=0
until pid=$(head -n 1 "$own/init.scope/cgroup.procs" 2>/dev/null) && [ -n "$pid" ]; do
  i=$((i + 1))
  kill -0 $! && [ $i -lt 600 ] || break
  sleep 0.1
done
echo "ready $pid"
read -r end
kill -9 $!
wait
i=0
until find "$own" -depth -type d -exec rmdir {} + 2>/dev/null || [ $i -gt 100 ]; do
  i=$((i + 1))
  sleep 0.1
done
`

// bootSystemd becomes systemd. A systemd that boots does to a machine what its units
// say, such as to empty /tmp and to set the kernel up: this one is process 1 of a root
// of its own, with nothing of the machine's but /usr and /etc, read-only, and the
// router's /run and /etc/frr. No unit is there but those that are written here, and
// the kernel's settings are read-only but for the router's own network.
const bootSystemd = `set -e
mount --make-rprivate /
mount -t proc proc /proc
umount /run/cgroup
mkdir /run/root
mount -t tmpfs root /run/root
cd /run/root
mkdir usr etc proc sys dev run tmp var var/log var/tmp root old
for d in bin sbin lib lib32 lib64 libx32; do [ ! -L /$d ] || cp -P /$d $d; done
for d in usr etc; do mount --bind /$d $d; mount -o remount,bind,ro $d; done
mount --bind /etc/frr etc/frr
for d in etc/systemd usr/lib/systemd/system usr/lib/systemd/system-generators usr/lib/systemd/system-environment-generators usr/local/lib/systemd; do
  [ ! -d $d ] || mount -t tmpfs units $d
done
mount --bind /run run
ln -s ../run var/run
mount -t tmpfs tmp tmp
mkdir dev/shm dev/pts
for d in null zero full random urandom tty; do : >dev/$d; mount --bind /dev/$d dev/$d; done
mount -t tmpfs shm dev/shm
mount -t devpts -o newinstance,ptmxmode=0666 devpts dev/pts
ln -s pts/ptmx dev/ptmx
mount -t proc proc proc
mount --bind proc/sys proc/sys
mount -o remount,bind,ro proc/sys
mount --bind proc/sys/net proc/sys/net
mount -o remount,bind,rw proc/sys/net
mount -t sysfs -o ro sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
mkdir -p run/systemd/system
for t in default sysinit basic shutdown; do printf '[Unit]\nDefaultDependencies=no\n' >run/systemd/system/$t.target; done
cat >run/systemd/system/frr.service <<'end'
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/lib/frr/zebra -d -A 127.0.0.1
ExecStart=/usr/lib/frr/staticd -d -A 127.0.0.1
ExecStart=/usr/lib/frr/bfdd -d -A 127.0.0.1
ExecStart=/usr/lib/frr/bgpd -d -A 127.0.0.1
end
pivot_root . old
cd /
umount -l old
rmdir old
[ "$(ls -A /tmp /usr/lib/systemd/system /etc/systemd | wc -w)" = 3 ] && ! touch /usr/ercfg-test 2>/dev/null || { echo "the root is not its own" >&2; exit 1; }
exec setpriv --bounding-set -sys_module,-sys_boot,-sys_time,-sys_rawio,-mknod,-syslog \
  env -i container=ercfg PATH="$PATH" /usr/lib/systemd/systemd --system --log-target=null --show-status=no
`

// needSystemd skips a test that this machine cannot do, or fails it where it must. What
// the kernel refuses nobody can install: that skips it everywhere.
func needSystemd(t *testing.T) {
	t.Helper()
	frrtest.Need(t)
	needSSHD(t)
	for _, tool := range []string{"/usr/lib/systemd/systemd", "systemctl", "systemd-run", "setpriv", "pivot_root"} {
		if _, err := exec.LookPath(tool); err != nil {
			if os.Getenv("ERCFG_LAB") == "must" {
				t.Fatal(err)
			}
			t.Skip(err)
		}
	}
	probe := exec.CommandContext(t.Context(), "unshare", "--mount", "--cgroup", "sh", "-ec",
		`mount --make-rprivate /; mount -t tmpfs tmpfs /run; mkdir /run/c; mount -t cgroup2 cgroup2 /run/c; mkdir "/run/c/$1"; rmdir "/run/c/$1"`, "sh", cgroupName(t))
	if out, err := probe.CombinedOutput(); err != nil {
		t.Skipf("the kernel gives systemd no cgroup: %v: %s", err, out)
	}
}

func cgroupName(t *testing.T) string {
	return fmt.Sprintf("ercfg-test-%d-%s", os.Getpid(), strings.ToLower(t.Name()))
}

// A systemdEdge is a router whose process 1 is systemd. FRR is a service of it, and
// whoever logs in over SSH is in a scope of his own, as logind would have it. Nobody is
// at the other end of its links.
type systemdEdge struct {
	*edge
	supervisor, pid int // of the machine's counting
	keys            Target
	logins          int
}

func newSystemdEdge(t *testing.T) *systemdEdge {
	t.Helper()
	needSystemd(t)
	p, configs := edgePlan(t, edgeIntent)
	n := frrtest.New(t)
	s := &systemdEdge{edge: &edge{t: t, plan: p, config: configs[0], ce: n.Router("ce1")}}
	n.StandIn(s.ce, "eth1.150", "eth2.150")
	s.boot()
	s.in("systemctl", "start", "frr.service")
	if said := s.ce.Load(s.config.Text); said != "" {
		t.Fatal(said)
	}
	s.on(s.ce, "vtysh", "-c", "write memory")
	s.sshd()
	return s
}

// boot starts systemd in all of the router's namespaces but that of processes: its end
// would otherwise leave a cgroup.
func (s *systemdEdge) boot() {
	s.t.Helper()
	router := s.ce.Command(s.t.Context()).Args[3] // nsenter --all --target
	cmd := exec.Command("nsenter", "--net", "--mount", "--uts", "--ipc", "--target", router, "--",
		"unshare", "--mount", "sh", "-c", superviseSystemd, "sh", cgroupName(s.t), bootSystemd)
	var stderr tail
	cmd.Stderr = &stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() {
		_ = stdin.Close()
		_ = cmd.Wait()
	})
	line, err := bufio.NewReader(stdout).ReadString('\n')
	s.supervisor = cmd.Process.Pid
	s.pid, _ = strconv.Atoi(strings.TrimSpace(strings.TrimPrefix(line, "ready ")))
	if s.pid == 0 {
		s.t.Fatalf("systemd does not start: %q, %v: %s", line, err, stderr.line())
	}
	waitFor(s.t, time.Minute, "systemd is up", func() bool {
		out, _ := s.command(s.t.Context(), "systemctl", "is-system-running").Output()
		return string(out) == "running\n"
	})
}

// command is a command in all of systemd's namespaces and in its cgroup: a process that
// comes from another one cannot always be moved into a scope.
func (s *systemdEdge) command(ctx context.Context, argv ...string) *exec.Cmd {
	return exec.CommandContext(ctx, "sh", append([]string{"-c",
		`echo 0 >"$1/cgroup.procs" || exit; pid=$2; shift 2; exec nsenter --all --target "$pid" -- "$@"`, "sh",
		fmt.Sprintf("/proc/%d/root/run/cgroup/%s/init.scope", s.supervisor, cgroupName(s.t)), strconv.Itoa(s.pid)}, argv...)...)
}

// in runs a command on the router as systemd sees it.
func (s *systemdEdge) in(argv ...string) string {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), time.Minute)
	defer cancel()
	out, err := s.command(ctx, argv...).CombinedOutput()
	if err != nil {
		s.t.Fatalf("%s: %v: %s", strings.Join(argv, " "), err, out)
	}
	return string(out)
}

// sshd gives the router the keys of an OpenSSH server that starts with each login.
func (s *systemdEdge) sshd() {
	s.t.Helper()
	s.keys = sshdTarget(s.t, "")
	dir := filepath.Dir(s.keys.KnownHosts[0])
	s.on(s.ce, "mkdir", "-p", "/run/login", "/run/sshd")
	for _, name := range []string{"host_key", "authorized_keys", "config"} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			s.t.Fatal(err)
		}
		s.ce.WriteFile("/run/login/"+name, strings.ReplaceAll(string(text), dir, "/run/login"))
	}
	s.on(s.ce, "chmod", "600", "/run/login/host_key")
}

// login is a login over SSH, and the scope of it and of whatever it starts.
func (s *systemdEdge) login() (d *frr, conn *Conn, scope string) {
	s.t.Helper()
	s.logins++
	scope = fmt.Sprintf("session-%d.scope", s.logins)
	var words []string
	for _, w := range s.command(s.t.Context(), "systemd-run", "--quiet", "--scope", "--collect", "--unit="+scope, "/usr/sbin/sshd", "-i", "-e", "-f", "/run/login/config").Args {
		words = append(words, shellQuote(w))
	}
	target := s.keys
	target.ProxyCommand = strings.ReplaceAll(strings.Join(words, " "), "%", "%%")
	conn = dial(s.t, target, nil)
	d, err := newFRR(s.t.Context(), conn, func(text string) string { return text })
	if err != nil {
		s.t.Fatal(err)
	}
	return d, conn, scope
}
