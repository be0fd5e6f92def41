package main

import (
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ercfg/ercfg/internal/push/emulator"
)

// Two routers of a new site, which have nothing yet, get it in one push although the
// session between them comes up with the second alone; and one of them gets it alone, with
// a word about that session. Only ce1 has a route of its LAN. (Emulated.)
func TestPushFresh(t *testing.T) {
	intent := strings.Replace(pushIntent, "platform: ios-xe,", "platform: junos,", 1)
	intent = strings.NewReplacer("Loopback0", "lo0", "TenGigabitEthernet0/0/1", "xe-0/0/1").Replace(intent)
	home := t.TempDir()
	for name, value := range map[string]string{"HOME": home, "XDG_STATE_HOME": filepath.Join(home, "state"), "SSH_AUTH_SOCK": "", "ER_PASSWORD": "correct-horse", "ER_1_MD5": pushKey} {
		t.Setenv(name, value)
	}
	bare := func(n int, down string) *emulator.Router {
		msee := netip.MustParseAddr([]string{"172.16.200.2", "172.16.200.6"}[n-1])
		o := emulator.Options{
			Platform: emulator.Junos, Name: fmt.Sprintf("ce%d", n), User: "netops", Password: "correct-horse",
			Running: fmt.Sprintf("set system host-name ce%d\nset interfaces lo0 unit 0 family inet address 10.10.255.%[1]d/32\n", n),
			Offers:  map[netip.Addr][]emulator.Offer{msee: {{Prefix: netip.MustParsePrefix("10.100.0.0/16"), ASPath: []uint32{12076}}}},
		}
		if n == 1 {
			o.Table = []netip.Prefix{netip.MustParsePrefix("10.10.7.0/24")}
		}
		if down != "" {
			o.Down = map[netip.Addr]bool{netip.MustParseAddr(down): true}
		}
		r, err := emulator.Start(o)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(r.Close)
		return r
	}
	for _, tt := range []struct {
		name, down string // neighbor of ce2 that does not answer
		flags      []string
		code       int
		hollow     int // anchors without a route of the LAN
		want       []string
	}{
		{"both", "", nil, exitOK, 1, []string{"ce1     changed  ", "ce2     changed  "}},
		{"one alone", "", []string{"--only", "ce1"}, exitOK, 0, []string{"warning: the session with 10.10.255.2 is not up: this run does not change ce2"}},
		{"the second has to have it up", "10.10.255.1", []string{"--test-for", "20s"}, 4, 1, []string{
			"ce1     changed   ", "ce2     reverted  ", "warning: the session with 10.10.255.2 is not up: ce2 is reverted", "session with 10.10.255.1: Active, wanted: Established"}},
	} {
		ce1, ce2 := bare(1, "10.10.255.2"), bare(2, tt.down)
		text := intent
		for i, r := range []*emulator.Router{ce1, ce2} {
			host, port, err := net.SplitHostPort(r.Addr())
			if err != nil {
				t.Fatal(err)
			}
			text = strings.NewReplacer(fmt.Sprintf("HOST%d", i+1), host, fmt.Sprintf("PORT%d", i+1), port).Replace(text)
		}
		file := filepath.Join(home, "site.yaml")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		code, stdout, stderr := call(t, &app{}, append([]string{"push", file, "--yes", "--trust-new"}, tt.flags...)...)
		_, report, _ := strings.Cut(stdout, "router  outcome")
		report = strings.Join(strings.Fields(report), " ")
		if n := strings.Count(stdout, "    no route but loopbacks lies inside of the anchor 10.10.0.0/16: "); n != tt.hollow {
			t.Errorf("%s: %d anchors without a route of the LAN, want %d\n%s", tt.name, n, tt.hollow, stdout)
		}
		for _, want := range tt.want {
			if !strings.Contains(report, strings.Join(strings.Fields(want), " ")) {
				t.Errorf("%s: no %q in\n%s", tt.name, want, report)
			}
		}
		if code != tt.code {
			t.Errorf("%s: exit code %d\n%s\n%s", tt.name, code, report, stderr)
		}
		if tt.code == 4 {
			if code, stdout, _ := call(t, &app{}, "status", lastRun(t)); code != 4 || !strings.Contains(stdout, "ce1  changed; the session with 10.10.255.2 is not up: ce2 is reverted\n") {
				t.Errorf("status: exit code %d\n%s", code, stdout)
			}
		}
	}
}
