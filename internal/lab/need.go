//go:build linux

package lab

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// daemonDir is where the frr package puts its daemons.
// Source: Debian package frr, file list.
const daemonDir = "/usr/lib/frr"

// searchPath finds ip, vtysh and the rest on every Linux, whatever the
// environment of the caller says.
const searchPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// ErrNotRoot says that whoever asks may make no namespace, and may not see one.
var ErrNotRoot = errors.New("the lab needs root: run it with sudo")

// NeedRoot returns ErrNotRoot, or nil where this process is root's.
func NeedRoot() error {
	if os.Geteuid() != 0 {
		return ErrNotRoot
	}
	return nil
}

// Need says what is missing on this machine for a lab: nil is nothing. Its text
// is what to install or how to run.
func Need(ctx context.Context) error { return Options{MSEE: "frr"}.need(ctx) }

func (o Options) need(ctx context.Context) error {
	if err := NeedRoot(); err != nil {
		return err
	}
	if err := o.missing(func(name string) bool {
		if filepath.IsAbs(name) {
			_, err := os.Stat(name)
			return err == nil
		}
		_, err := lookPath(name)
		return err == nil
	}); err != nil {
		return err
	}
	// A container may be root and still be refused; only trying tells.
	probe := exec.CommandContext(ctx, "/bin/sh", "-c", "mount --make-rprivate / && mount -t proc proc /proc && ip link add name a type veth peer name b && ip link add name c type bridge")
	probe.SysProcAttr, probe.Env = ownNamespaces(), environment()
	if out, err := probe.CombinedOutput(); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return fmt.Errorf("the lab needs namespaces, veth and bridge, and they are refused (in a container: run it with --privileged): %w: %s", err, strings.TrimSpace(string(out)))
	}
	return nil
}

// missing names all that a lab needs and that is not there, and the one command
// that installs it with Debian's names.
func (o Options) missing(there func(name string) bool) error {
	needs := [][2]string{{"vtysh", "frr"}, {"ip", "iproute2"}, {"nft", "nftables"}, {"nsenter", "util-linux"}, {"unshare", "util-linux"}}
	for _, d := range slices.Backward(daemons) {
		needs = slices.Insert(needs, 0, [2]string{filepath.Join(daemonDir, d), "frr"})
	}
	if o.MSEE == "bird" {
		needs = append(needs, [2]string{"bird", "bird2"}, [2]string{"birdc", "bird2"})
	}
	var names, packages []string
	for _, need := range needs {
		if there(need[0]) {
			continue
		}
		names = append(names, need[0])
		if !slices.Contains(packages, need[1]) {
			packages = append(packages, need[1])
		}
	}
	if len(names) == 0 {
		return nil
	}
	return fmt.Errorf("the lab needs what is not here: %s: apt-get install %s", strings.Join(names, ", "), strings.Join(packages, " "))
}

// lookPath finds a program where the caller's PATH says, and then in the places
// of administrators' tools, which a PATH may lack.
func lookPath(name string) (string, error) {
	found, err := exec.LookPath(name)
	if err == nil {
		return found, nil
	}
	for _, dir := range filepath.SplitList(searchPath) {
		if found, err := exec.LookPath(filepath.Join(dir, name)); err == nil {
			return found, nil
		}
	}
	return "", err
}

// environment is that of the caller, with a PATH that has all of searchPath at
// its end: nsenter looks there for what it is to run. Home is a file system of the
// node's own: vtysh keeps its history there.
func environment() []string {
	return append(os.Environ(), "HOME=/run", "PATH="+strings.TrimPrefix(os.Getenv("PATH")+":"+searchPath, ":"))
}
