package push

import (
	"errors"
	"net"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ercfg/ercfg/internal/confdiff"
	"github.com/ercfg/ercfg/internal/plan"
)

// twoRouters is emulatedIntent with the secondary link on a router of its own.
func twoRouters(platform string) string {
	intent := emulatedIntent(platform)
	for line := range strings.Lines(intent) {
		if strings.HasPrefix(line, "  ce1: {") {
			second := strings.NewReplacer("ce1", "ce2", "10.40.255.1", "10.40.255.2").Replace(line)
			first := strings.Replace(line, "routerID:", "ibgp: [{router: ce2}], routerID:", 1)
			intent = strings.Replace(intent, line, first+second, 1)
		}
	}
	return strings.Replace(intent, "secondary: {router: ce1", "secondary: {router: ce2", 1)
}

// askJobs are the routers of an intent: ce1 is where target says, all others are where
// nobody listens.
func askJobs(t *testing.T, intent string, target Target) (*plan.Plan, []Job) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	free, _ := strconv.Atoi(port)
	p, configs := edgePlan(t, intent)
	var jobs []Job
	for _, c := range configs {
		to := target
		if to.Router = c.Router; c.Router != target.Router {
			to.Port = free
		}
		jobs = append(jobs, Job{Config: c, Target: to})
	}
	return p, jobs
}

// A router is asked for its interfaces and sessions, and nothing is configured; another
// one that cannot be reached does not matter to it.
func TestAskEmulated(t *testing.T) {
	t.Parallel()
	for platform, want := range map[string]map[uint32]string{
		confdiff.IOSXE: {1: "Loopback0", 2: "TenGigabitEthernet0/0/1.150", 3: "TenGigabitEthernet0/0/2.150", 4: "Null0"},
		confdiff.Junos: {503: "xe-0/0/1", 504: "xe-0/0/1.150"},
	} {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			e := newEmulated(t, platform, nil)
			p, jobs := askJobs(t, twoRouters(platform), e.target())
			secrets, err := NewSecrets(nil, nil)
			if err != nil {
				t.Fatal(err)
			}
			got, err := Ask(t.Context(), p, jobs, secrets, &Store{Dir: t.TempDir()}, "20261127-034512-k3f9")
			if err != nil || len(got) != 2 || got[0].Router != "ce1" || got[1].Router != "ce2" {
				t.Fatalf("%+v, %v", got, err)
			}
			if got[0].Err != nil {
				t.Error(got[0].Err)
			}
			if diff := cmp.Diff(want, got[0].Interfaces); diff != "" {
				t.Errorf("interfaces (-want +got):\n%s", diff)
			}
			up := 0
			for _, peer := range got[0].Facts.Peers {
				if peer.State == Established {
					up++
				}
			}
			if up != 2 || len(got[0].Facts.BFD) != 2 {
				t.Errorf("sessions: %+v", got[0].Facts)
			}
			if _, ok := errors.AsType[*UnreachableError](got[1].Err); !ok || len(got[1].Interfaces) > 0 {
				t.Errorf("ce2: %+v", got[1])
			}
			for _, line := range e.Log() {
				mode, typed, _ := strings.Cut(line, ": ")
				if mode != "exec" && mode != "operational" || strings.HasPrefix(typed, "conf") {
					t.Errorf("asking types %q", line)
				}
			}
		})
	}
}

// What cannot be asked of a router does not keep the rest from being told.
func TestAskEmulatedInPart(t *testing.T) {
	t.Parallel()
	e := newEmulated(t, confdiff.Junos, nil)
	intent := strings.Replace(emulatedIntent(confdiff.Junos), "xe-0/0/2", "xe-0/0/7", 1)
	p, jobs := askJobs(t, intent, e.target())
	secrets, err := NewSecrets(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	got, err := Ask(t.Context(), p, jobs, secrets, &Store{Dir: t.TempDir()}, "20261127-034512-k3f9")
	if err != nil || len(got) != 1 {
		t.Fatalf("%+v, %v", got, err)
	}
	if got[0].Err == nil || !strings.Contains(got[0].Err.Error(), "xe-0/0/7") {
		t.Errorf("a port that the router does not have: %v", got[0].Err)
	}
	if got[0].Interfaces[504] != "xe-0/0/1.150" || len(got[0].Facts.Peers) != 2 {
		t.Errorf("the rest: %+v", got[0])
	}
}

func TestReadLinuxInterfaces(t *testing.T) {
	t.Parallel()
	got, err := readLinuxInterfaces(`[{"ifindex":1,"ifname":"lo","mtu":65536},{"ifindex":7,"link":"eth1","ifname":"eth1.150","flags":["UP"]}]`)
	if want := map[uint32]string{1: "lo", 7: "eth1.150"}; err != nil || !cmp.Equal(got, want) {
		t.Errorf("%v, %v", got, err)
	}
	for _, wrong := range []string{``, `[]`, `null`, `[{"ifname":"lo"}]`, `[{"ifindex":-1,"ifname":"lo"}]`, `[{"ifindex":2147483648,"ifname":"lo"}]`,
		`[{"ifindex":1,"ifname":"lo"},{"ifindex":1,"ifname":"eth1"}]`, `[{"ifindex":1}]`, `sh: ip: not found`} {
		if got, err := readLinuxInterfaces(wrong); err == nil {
			t.Errorf("%s: %v", wrong, got)
		}
	}
}

func TestReadIOSXEInterfaces(t *testing.T) {
	t.Parallel()
	got, err := readIOSXEInterfaces("GigabitEthernet1: Ifindex = 1\r\nGigabitEthernet2.12: Ifindex = 7\nFastEthernet0/0.10-802.1Q vLAN subif: Ifindex = 9\n" +
		"unrouted VLAN 1003: Ifindex = 36\nATM1/0-aal5 layer: Ifindex = 12\nTunnel1: Ifindex = 20\n\n")
	want := map[uint32]string{1: "GigabitEthernet1", 7: "GigabitEthernet2.12", 9: "FastEthernet0/0.10", 20: "Tunnel1"}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v, (-want +got):\n%s", err, diff)
	}
	for _, wrong := range []string{"", "% Incomplete command.\n", "Tunnel1: Ifindex = 0\n", "Tunnel1: Ifindex = 99999999999999999999\n", "Tunnel1: Ifindex = 3\nTunnel2: Ifindex = 3\n"} {
		if got, err := readIOSXEInterfaces(wrong); err == nil {
			t.Errorf("%q: %v", wrong, got)
		}
	}
}

func TestReadJunosInterfaces(t *testing.T) {
	t.Parallel()
	const port = `{"physical-interface": [{"name": [{"data": "xe-0/0/0"}], "snmp-index": [{"data": "528"}], "logical-interface": [` +
		`{"name": [{"data": "xe-0/0/0.150"}], "local-index": [{"data": "571"}], "snmp-index": [{"data": "541"}]}, {"name": [{"data": "xe-0/0/0.32767"}]}]}]}`
	want := map[uint32]string{528: "xe-0/0/0", 541: "xe-0/0/0.150"}
	for name, text := range map[string]string{
		"a router":         `{"interface-information": [` + port + `]}`,
		"with a node line": `{"interface-information": [` + port + "]}\n\n{master:0}\n",
		"members":          `{"multi-routing-engine-results": [{"multi-routing-engine-item": [{"re-name": [{"data": "node0"}], "interface-information": [` + port + `]}]}]}`,
		"compact":          `{"interface-information": {"physical-interface": {"name": "xe-0/0/0", "snmp-index": "528", "logical-interface": {"name": "xe-0/0/0.150", "snmp-index": "541"}}}}`,
	} {
		got := make(map[uint32]string)
		if err := readJunosInterfaces(got, text); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	for _, wrong := range []string{``, `{}`, "error: device xe-0/0/9 not found\n", `{"interface-information": [{}]}`,
		`{"interface-information": [{"physical-interface": [{"name": [{"data": ""}], "snmp-index": [{"data": "5"}]}]}]}`} {
		got := make(map[uint32]string)
		if err := readJunosInterfaces(got, wrong); err == nil {
			t.Errorf("%s: %v", wrong, got)
		}
	}
	if got := junosPorts([]string{"xe-0/0/1.150", "st0.1", "xe-0/0/1.151", "st0.2"}); !slices.Equal(got, []string{"st0", "xe-0/0/1"}) {
		t.Errorf("ports: %q", got)
	}
}

// No answer of a router ends the program.
func FuzzReadInterfaces(f *testing.F) {
	f.Add(`[{"ifindex":1,"ifname":"lo"}]`)
	f.Add("GigabitEthernet1: Ifindex = 1\n")
	f.Add(`{"interface-information": [{"physical-interface": [{"name": [{"data": "xe-0/0/0"}], "snmp-index": [{"data": "528"}]}]}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		junos := make(map[uint32]string)
		_ = readJunosInterfaces(junos, text)
		linux, _ := readLinuxInterfaces(text)
		iosxe, _ := readIOSXEInterfaces(text)
		for _, found := range []map[uint32]string{junos, linux, iosxe} {
			for index, name := range found {
				if index == 0 || index > maxIfIndex || name == "" {
					t.Errorf("%d: %q", index, name)
				}
			}
		}
	})
}
