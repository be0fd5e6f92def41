package render

import (
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ercfg/ercfg/internal/bgp"
	"github.com/ercfg/ercfg/internal/plan"
)

// junosVariant is a handmade router in the forms that the plan of all vendors
// has not: VRFs that leak into each other and have one route target each way,
// AS numbers of four bytes in them, short timers in a VRF, NetFlow over IPv6,
// tunnels that have only an address for a source.
func junosVariant(t testing.TB, router string) *plan.Plan {
	t.Helper()
	p := handmade(t)
	for i := range p.Routers {
		if p.Routers[i].Name == router {
			p.Routers = p.Routers[i : i+1]
			break
		}
	}
	r := &p.Routers[0]
	target := func(text string) []bgp.RouteTarget {
		out, err := bgp.ParseRouteTarget(text)
		if err != nil {
			t.Fatal(err)
		}
		return []bgp.RouteTarget{out}
	}
	blue, red := &r.VRFs[0], &r.VRFs[1]
	rd, err := bgp.ParseRD("4200000001:1")
	if err != nil {
		t.Fatal(err)
	}
	blue.RD, blue.Import, blue.Export = rd, target("4200000001:1"), target("4200000001:1")
	red.Import, red.Export = target("4200000001:1"), target("64500:2")
	red.Customers[0].Timers = plan.Timers{Keepalive: 4 * time.Second, Hold: 12 * time.Second, Origin: "timers"}
	r.Flow.Protocol, r.Flow.Collector, r.Flow.Source = "netflow9", netip.MustParseAddr("2001:db8::50"), r.Loopback.IPv6
	for i := range r.Tunnels {
		if r.Tunnels[i].Local == r.Loopback.IPv4 || r.Tunnels[i].OutsideVRF != "" {
			r.Tunnels[i].Source = ""
		}
	}
	return p
}

// Those forms are in the words that are wanted, and a line with ~ in front is
// absent.
func TestJunosVariants(t *testing.T) {
	t.Parallel()
	for router, lines := range map[string][]string{
		"mx": {
			"set routing-instances BLUE instance-type vrf",
			"set routing-instances BLUE route-distinguisher 4200000001L:1\nset routing-instances BLUE vrf-target target:4200000001L:1\nset routing-instances BLUE vrf-table-label\n",
			"set routing-instances RED vrf-target import target:4200000001L:1\nset routing-instances RED vrf-target export target:64500:2\nset routing-instances RED vrf-table-label\n",
			"~set routing-instances RED vrf-import",
			"~set policy-options policy-statement HAND-MADE-VRF",
			"set routing-instances BLUE routing-options auto-export",
			"set routing-instances RED routing-options auto-export",
			"set routing-instances RED protocols bgp precision-timers",
			"~set routing-instances BLUE protocols bgp precision-timers",
			"set services flow-monitoring version9 template HAND-MADE-FLOW-V6 ipv6-template",
			"set forwarding-options sampling instance HAND-MADE-FLOW family inet output flow-server 2001:db8::50 version9 template HAND-MADE-FLOW-V4\nset forwarding-options sampling instance HAND-MADE-FLOW family inet output inline-jflow source-address 2001:db8::1\n",
		},
		"srx": {
			"set security ike gateway HAND-MADE-IPSEC-D-A external-interface lo0.0",
			"set security ike gateway HAND-MADE-IPSEC-B-A external-interface ge-0/0/1.201",
		},
	} {
		text := "\n" + render(t, junosVariant(t, router), Options{})[0].Text
		for _, line := range lines {
			absent, is := strings.CutPrefix(line, "~")
			if strings.Contains(text, "\n"+absent) == is {
				t.Errorf("%s: want %q in\n%s", router, line, text)
			}
		}
	}
}

// And they are inside Juniper's models.
func TestOracleJunosVariants(t *testing.T) {
	t.Parallel()
	program := oracle(t, "junosyang")
	var files []string
	for _, router := range []string{"mx", "srx"} {
		for _, style := range []JunosStyle{Set, Braces} {
			c := render(t, junosVariant(t, router), Options{Junos: style})[0]
			file := filepath.Join(t.TempDir(), c.Name)
			if err := os.WriteFile(file, []byte(c.Text), 0o600); err != nil {
				t.Fatal(err)
			}
			files = append(files, file)
		}
	}
	got, _ := complaints(t, program, junosModels(), files)
	for _, line := range got {
		t.Error(line)
	}
	bad := mutated(t, files[0], "auto-export", "auto-exprot")
	if got, _ := complaints(t, program, junosModels(), []string{bad}); len(got) == 0 {
		t.Error("a misspelt line passes")
	}
}

// junosModels are the arguments that name Juniper's models.
func junosModels() []string {
	return []string{"-yang", oracleDir + "/../yang/junos", "-yang", oracleDir + "/../yang/junos/srx"}
}

// Every spelling of the table is one that Juniper's model of the SRX takes
// where it is written.
func TestOracleJunosAlgorithms(t *testing.T) {
	t.Parallel()
	program := oracle(t, "junosyang")
	var text strings.Builder
	for _, c := range []struct {
		table []Spelling
		at    []string
	}{
		{ikeEncryptions(), []string{"ike proposal X encryption-algorithm"}},
		{ikeIntegrities(), []string{"ike proposal X authentication-algorithm"}},
		{groups(), []string{"ike proposal X dh-group", "ipsec policy X perfect-forward-secrecy keys"}},
		{espEncryptions(), []string{"ipsec proposal X encryption-algorithm"}},
		{espIntegrities(), []string{"ipsec proposal X authentication-algorithm"}},
	} {
		for _, a := range c.table {
			for _, at := range c.at {
				if a.Junos != "" {
					text.WriteString("set security " + at + " " + a.Junos + "\n")
				}
			}
		}
	}
	file := filepath.Join(t.TempDir(), "algorithms.set")
	if err := os.WriteFile(file, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	got, _ := complaints(t, program, junosModels(), []string{file})
	for _, line := range got {
		t.Error(line)
	}
	bad := mutated(t, file, "group14", "group13")
	if got, _ := complaints(t, program, junosModels(), []string{bad}); len(got) != 1 {
		t.Errorf("a group that is none gives %q", got)
	}
}
