// Package frrtest is test support: it runs real FRR daemons for the length of
// one test and lets the test read what they think of a configuration.
//
// In goes the text of an frr.conf; out come the daemons' own words: what they
// refuse, their running-config, JSON of any show command, and the plan of
// frr-reload.py. A router is a set of private namespaces (network, mount, UTS,
// PID) that belong to one process, so /etc/frr, /run/frr and the host name are
// the router's own, and nothing outlives the test, even a test that is killed.
//
// The package is imported by tests only. It never touches the machine's own
// FRR, its interfaces or its files, and it never judges a configuration: that
// is the test's work. It knows FRR 8.4 and no other vendor.
package frrtest

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// daemonDir is where the frr package puts its daemons and frr-reload.py.
// Source: Debian package frr, file list.
const daemonDir = "/usr/lib/frr"

// daemons are the FRR daemons that an ExpressRoute edge needs, in the order of
// their start: the others connect to zebra.
var daemons = [...]string{"zebra", "staticd", "bfdd", "bgpd"}

// Need skips the test, with the reason, where FRR cannot run in namespaces:
// without root, without FRR 8.4 or without the tools of iproute2 and
// util-linux. With ERCFG_LAB=must in the environment it fails instead.
func Need(t testing.TB) {
	t.Helper()
	NeedVtysh(t)
	if os.Geteuid() != 0 {
		missing(t, "root is needed to make namespaces")
	}
	for _, d := range daemons {
		if _, err := os.Stat(filepath.Join(daemonDir, d)); err != nil {
			missing(t, "FRR daemon is not installed: "+err.Error())
		}
	}
	if _, err := os.Stat(filepath.Join(daemonDir, reloadScript)); err != nil {
		missing(t, "package frr-pythontools is not installed: "+err.Error())
	}
	for _, tool := range [...]string{"ip", "nsenter"} {
		if _, err := exec.LookPath(tool); err != nil {
			missing(t, err.Error())
		}
	}
	// A container may be root and still be refused; only trying tells.
	probe := exec.CommandContext(t.Context(), "/bin/sh", "-c", "mount --make-rprivate /")
	probe.SysProcAttr = ownNamespaces()
	if out, err := probe.CombinedOutput(); err != nil {
		missing(t, "namespaces are refused: "+err.Error()+": "+string(bytes.TrimSpace(out)))
	}
}

// NeedVtysh skips the test, with the reason, where the vtysh program is not
// installed. With ERCFG_LAB=must in the environment it fails instead.
func NeedVtysh(t testing.TB) {
	t.Helper()
	if _, err := exec.LookPath("vtysh"); errors.Is(err, exec.ErrNotFound) {
		missing(t, err.Error())
	}
}

// missing ends the test: as skipped, or as failed where the lab is compulsory.
func missing(t testing.TB, reason string) {
	t.Helper()
	if os.Getenv("ERCFG_LAB") == "must" {
		t.Fatalf("ERCFG_LAB=must: %s", reason)
	}
	t.Skip(reason)
}
