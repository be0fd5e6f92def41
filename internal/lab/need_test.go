//go:build linux

package lab

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// All that is missing is one line, with one command that installs it.
func TestMissing(t *testing.T) {
	t.Parallel()
	const bgpd = daemonDir + "/bgpd"
	for _, c := range []struct {
		name string
		msee string
		gone []string
		want string
	}{
		{"nothing", "frr", []string{"bird"}, ""},
		{"one daemon", "frr", []string{bgpd}, "the lab needs what is not here: " + bgpd + ": apt-get install frr"},
		{"one package of two programs", "frr", []string{"nsenter", "unshare"}, "the lab needs what is not here: nsenter, unshare: apt-get install util-linux"},
		{"three packages", "bird", []string{"vtysh", "nft", "bird", "birdc"}, "the lab needs what is not here: vtysh, nft, bird, birdc: apt-get install frr nftables bird2"},
	} {
		got := ""
		if err := (Options{MSEE: c.msee}).missing(func(name string) bool { return !slices.Contains(c.gone, name) }); err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// A PATH without the directories of administrators hides no tool, neither from
// us nor from what we start.
func TestLookPath(t *testing.T) {
	if _, err := os.Stat("/usr/sbin/ip"); err != nil {
		if _, err := os.Stat("/sbin/ip"); err != nil {
			t.Skip("ip is not in a directory of administrators here")
		}
	}
	empty := t.TempDir()
	t.Setenv("PATH", empty)
	if found, err := lookPath("ip"); err != nil || filepath.Base(found) != "ip" {
		t.Errorf("lookPath(ip) = %q, %v", found, err)
	}
	if found, err := lookPath("ercfg-has-no-such-tool"); err == nil {
		t.Errorf("found %s", found)
	}
	cmd := exec.Command("/bin/sh", "-c", "command -v ip")
	cmd.Env = environment()
	if out, err := cmd.Output(); err != nil || !strings.HasSuffix(strings.TrimSpace(string(out)), "/ip") {
		t.Errorf("what we start finds %q, %v", out, err)
	}
	if got := environment(); got[len(got)-1] != "PATH="+empty+":"+searchPath {
		t.Errorf("%s", got[len(got)-1])
	}
}
