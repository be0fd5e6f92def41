package verify

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ercfg/ercfg/internal/plan"
)

// A misspelt name in interfaceIndex is told. What is right is not: the router's other
// interfaces where every link and tunnel has a number, an abbreviation that the
// platform itself has, and a port that stands for its link.
func TestMisnamed(t *testing.T) {
	t.Parallel()
	p := examplePlan(t, "07-two-sites-standby-telemetry")
	for _, c := range []struct {
		name, router string
		indexes      []plan.Index
		want         []string
	}{
		{"none", "ce-lon", nil, nil},
		{"both links", "ce-lon", []plan.Index{{Interface: "eth1.410", Number: 7}, {Interface: "eth2.410", Number: 9}}, nil},
		{"both links and the LAN", "ce-lon", []plan.Index{{Interface: "eth0", Number: 2}, {Interface: "eth1.410", Number: 7}, {Interface: "eth2.410", Number: 9}}, nil},
		{"ports", "ce-lon", []plan.Index{{Interface: "eth0", Number: 2}, {Interface: "eth1", Number: 7}, {Interface: "eth2", Number: 9}}, nil},
		{"one link, and nothing else", "ce-lon", []plan.Index{{Interface: "eth1.410", Number: 7}}, nil},
		{"short names", "ce-vpn", []plan.Index{{Interface: "Tu1", Number: 7}, {Interface: "Tu2", Number: 8}, {Interface: "Gi0/0/1", Number: 9}}, nil},
		{"a misspelt link", "ce-lon", []plan.Index{{Interface: "eth1.410", Number: 7}, {Interface: "eth2.41", Number: 9}},
			[]string{"interfaceIndex of ce-lon: eth2.41 is no link or tunnel of it, while eth2.410 has no number: what passes by 9 counts as handed to another router"}},
		{"a misspelt tunnel", "ce-vpn", []plan.Index{{Interface: "Tunnel11", Number: 5}},
			[]string{"interfaceIndex of ce-vpn: Tunnel11 is no link or tunnel of it, while tunnel1 has no number: what passes by 5 counts as handed to another router"}},
	} {
		of := &p.Routers[slices.IndexFunc(p.Routers, func(r plan.Router) bool { return r.Name == c.router })]
		of.Indexes = c.indexes
		if diff := cmp.Diff(c.want, Misnamed(p)); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", c.name, diff)
		}
		of.Indexes = nil
	}
}
