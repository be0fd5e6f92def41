//go:build linux

package lab

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// sshFolder is where a node keeps what its SSH server needs, and a lab's directory
// what a client needs.
const sshFolder = "ssh"

// ErrNoSSH says that this machine has no OpenSSH server to lend to the routers.
var ErrNoSSH = errors.New("the routers of a lab have no SSH: the package openssh-server is not installed on this host")

// SSH is how the routers of a lab are reached over SSH: each has a host key of its
// own, and root may log in with the lab's key. Nothing listens on a port: a
// connection is a process in the router's namespaces.
type SSH struct {
	User       string // root
	Identity   string // file of the private key
	KnownHosts string // file of the routers' host keys, by name
	nodes      map[string]*Node
}

// sshServer finds the server; it lies where an ordinary user's PATH does not look.
func sshServer() (string, error) {
	tool, err := lookPath("sshd")
	if err != nil {
		return "", ErrNoSSH
	}
	return tool, nil
}

// SSH gives the routers of a lab keys, where they have none yet. Dir is the lab's own
// directory. Whoever calls it at the same time waits.
func (l *Lab) SSH(ctx context.Context, dir string) (*SSH, error) {
	if _, err := sshServer(); err != nil {
		return nil, err
	}
	dir = filepath.Join(dir, sshFolder)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		return nil, err
	}
	s := &SSH{User: "root", Identity: filepath.Join(dir, "id_ed25519"), KnownHosts: filepath.Join(dir, "known_hosts"), nodes: make(map[string]*Node)}
	for i := range l.Nodes {
		if n := &l.Nodes[i]; n.Kind == Router {
			s.nodes[n.Name] = n
		}
	}
	if _, err := os.Stat(s.KnownHosts); err == nil {
		return s, nil
	}
	_ = os.Remove(s.Identity)
	keygen := exec.CommandContext(ctx, "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "ercfg lab "+l.Name, "-f", s.Identity)
	keygen.Env = environment()
	if out, err := keygen.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("ssh-keygen: %w: %s", err, strings.TrimSpace(string(out)))
	}
	public, err := os.ReadFile(s.Identity + ".pub")
	if err != nil {
		return nil, err
	}
	known, err := s.install(ctx, string(public))
	if err != nil {
		return nil, err
	}
	return s, os.WriteFile(s.KnownHosts, []byte(known), 0o600) // last: it says that all is there
}

// install prepares every router and returns the lines of known_hosts.
func (s *SSH) install(ctx context.Context, public string) (known string, err error) {
	for name, n := range s.nodes {
		key, err := n.Exec(ctx, "/bin/sh", "-ec", `mkdir -p /run/sshd /run/ssh
chmod 700 /run/ssh
cd /run/ssh
[ -e host_key ] || ssh-keygen -q -t ed25519 -N '' -C '' -f host_key
printf '%s\n' "$1" >authorized_keys
printf '%s\n' 'HostKey /run/ssh/host_key' 'AuthorizedKeysFile /run/ssh/authorized_keys' 'PermitRootLogin prohibit-password' \
  'PasswordAuthentication no' 'UsePAM no' 'StrictModes no' 'PrintMotd no' 'UseDNS no' 'LogLevel ERROR' \
  'SetEnv HOME=/run/ssh' >config # no router reads what the machine's root has for his shell
cat host_key.pub`, "sh", strings.TrimSpace(public))
		if err != nil {
			return "", err
		}
		known += name + " " + strings.TrimSpace(key) + "\n"
	}
	return known, nil
}

// Command is the command whose standard input and output are a connection to the
// SSH server of a router; see ProxyCommand of ssh_config(5). Empty: no such router.
func (s *SSH) Command(router string) string {
	n := s.nodes[router]
	tool, err := sshServer()
	enter, err2 := lookPath("nsenter")
	if n == nil || err != nil || err2 != nil {
		return ""
	}
	return enter + " --all --target " + strconv.Itoa(n.PID) + " -- " + tool + " -i -f /run/ssh/config"
}
