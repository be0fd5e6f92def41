//go:build linux

package lab_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ercfg/ercfg/internal/lab"
	"github.com/ercfg/ercfg/internal/sim"
	"github.com/ercfg/ercfg/internal/verify"
)

// What somebody has steered by hand, which no plan knows, is found out in the direction
// that it is in.
func TestFlowTruthSteered(t *testing.T) {
	t.Parallel()
	needExporter(t)
	t.Run("a link", func(t *testing.T) {
		t.Parallel()
		f := newFlowTruth(t, exported(t, "02-dual-stack-one-ce", fmt.Sprintf(telemetry, "10.40.1.50", 1), nil))
		f.Log("the edge of the primary link makes its paths longer, towards Azure")
		f.steer("msee-er-reston-p", "route-map TO-GATEWAY permit 10", "set as-path prepend 12076 12076")
		f.leaves("gw-core", "10.40.0.0/14", f.toward("gw-core", "msee-er-reston-s"))
		f.leaves("gw-core", "2001:db8:1000::/40", f.toward("gw-core", "msee-er-reston-s"))
		f.steered(map[sim.Direction]string{sim.FromAzure: "er-reston.primary on ce1 carries nothing"})
	})
	t.Run("the backup", func(t *testing.T) {
		t.Parallel()
		f := newFlowTruth(t, exported(t, "03-vpn-backup", fmt.Sprintf(telemetry, "10.50.1.50", 1), nil))
		f.Log("the VNet prefers what the VPN tells")
		vpn := []string{f.toward("gw-hub", "vpn-hub-a"), f.toward("gw-hub", "vpn-hub-b")}
		f.steer("gw-hub", "route-map PREFERENCE-100 permit 10", "set local-preference 9000")
		f.leaves("gw-hub", "10.50.0.0/16", vpn...)
		f.leaves("gw-hub", "10.51.0.0/16", vpn...)
		const backup = "backup in use: the VPN s2s-frankfurt."
		f.steered(map[sim.Direction]string{sim.FromAzure: backup})
		f.Log("and so does the router")
		lines := []string{"route-map STEERED permit 10", "set local-preference 9000", "exit", "router bgp 65050", "address-family ipv4 unicast"}
		var tunnels []string
		for _, tunnel := range f.p.Routers[0].Tunnels {
			lines = append(lines, fmt.Sprintf("neighbor %s route-map STEERED in", tunnel.Session.Neighbor))
			tunnels = append(tunnels, tunnel.Interface)
		}
		f.steer("ce1", lines...)
		f.leaves("ce1", "10.60.0.0/16", tunnels...)
		f.steered(map[sim.Direction]string{sim.ToAzure: backup, sim.FromAzure: backup})
	})
}

// steered verifies the normal state: the directions that are steered fail and say why,
// and the others pass and say that it is asymmetric.
func (f *flowTruth) steered(wrong map[sim.Direction]string) {
	f.Helper()
	r, truth := f.verified(truthRun{})
	f.agree(r[0], truth)
	f.shares(r[0], truth)
	for _, j := range r[0].Judgements {
		said := strings.Join(j.Reasons, "; ")
		why, bad := wrong[j.Direction]
		want := verify.Pass
		if bad {
			want = verify.Fail
		}
		if j.Verdict != want || !strings.Contains(said, why) {
			f.Errorf("%s %s: %s, want %s and %q: %s", j.Family, j.Direction, j.Verdict, want, why, said)
		}
		if asymmetric := !bad && strings.HasPrefix(wrong[1-j.Direction], "backup"); strings.Contains(said, "asymmetric") != asymmetric {
			f.Errorf("%s %s: asymmetric should be %t: %s", j.Family, j.Direction, asymmetric, said)
		}
	}
}

// steer types configuration into a node by hand.
func (f *flowTruth) steer(node string, lines ...string) {
	f.Helper()
	argv := []string{"vtysh", "-c", "configure terminal"}
	for _, line := range lines {
		argv = append(argv, "-c", line)
	}
	if out, err := f.l.Node(node).Exec(f.Context(), append(argv, "-c", "end", "-c", "clear bgp * soft")...); err != nil {
		f.Fatalf("%s: %v\n%s", node, err, out)
	}
}

// toward is the interface by which a node reaches its neighbor.
func (f *flowTruth) toward(node, neighbor string) string {
	f.Helper()
	i := slices.IndexFunc(f.l.Wires, func(w lab.Wire) bool { return w.B == node && w.A == neighbor })
	if i < 0 {
		f.Fatalf("%s and %s are not joined: %+v", node, neighbor, f.l.Wires)
	}
	return f.l.Wires[i].IfB
}

// leaves waits until a node's kernel sends a prefix out by these interfaces alone.
func (f *flowTruth) leaves(node, prefix string, devices ...string) {
	f.Helper()
	slices.Sort(devices)
	family := "-4"
	if strings.Contains(prefix, ":") {
		family = "-6"
	}
	waitFor(f, time.Minute, node+" sends "+prefix+" by "+strings.Join(devices, " and "), func() string {
		text, err := f.l.Node(node).Exec(f.Context(), "ip", family, "route", "show", prefix)
		if err != nil {
			f.Fatal(err)
		}
		var by []string
		for words := strings.Fields(text); len(words) > 1; words = words[1:] {
			if words[0] == "dev" {
				by = append(by, words[1])
			}
		}
		slices.Sort(by)
		if !slices.Equal(slices.Compact(by), devices) {
			return "it is " + text
		}
		return ""
	})
}
