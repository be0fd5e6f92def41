//go:build linux

package lab

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ercfg/ercfg/internal/plan"
)

func prefixes(words ...string) []netip.Prefix {
	var out []netip.Prefix
	for _, w := range words {
		out = append(out, netip.MustParsePrefix(w))
	}
	return out
}

func TestHostIn(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		prefix string
		others []netip.Prefix
		taken  string // the address that is
		offset int
		want   string
	}{
		{"the offset-th", "10.90.0.0/16", nil, "", 4, "10.90.0.4"},
		{"after one that is taken", "10.90.0.0/16", nil, "10.90.0.4", 4, "10.90.0.5"},
		{"not in a longer prefix", "10.20.0.0/16", prefixes("10.20.0.0/24", "10.20.1.0/24"), "", 10, "10.20.2.0"},
		{"in a prefix too small for the offset", "10.0.0.0/30", nil, "", 10, "10.0.0.1"},
		{"never the broadcast address", "10.0.0.0/30", nil, "10.0.0.1", 3, "10.0.0.2"},
		{"one address", "10.0.0.7/32", nil, "", 10, "10.0.0.7"},
		{"none left", "10.0.0.0/24", prefixes("10.0.0.0/25", "10.0.0.128/25"), "", 10, "invalid IP"},
		{"IPv6", "2001:db8::/48", prefixes("2001:db8::/64"), "", 4, "2001:db8:0:1::"},
		{"the Internet", "0.0.0.0/0", nil, "", 10, "192.88.99.10"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			taken := make(map[netip.Addr]bool)
			if tt.taken != "" {
				taken[netip.MustParseAddr(tt.taken)] = true
			}
			got := hostIn(netip.MustParsePrefix(tt.prefix), tt.others, taken, tt.offset)
			if got.String() != tt.want {
				t.Errorf("hostIn = %v, want %s", got, tt.want)
			}
		})
	}
}

// The wires of the lab take no space of the plan, and no two ends share an
// address.
func TestPool(t *testing.T) {
	t.Parallel()
	p := &plan.Plan{Networks: []plan.OnpremNetwork{{Name: "all", Prefixes: prefixes("0.0.0.0/0", "100.64.0.0/10", "198.18.7.0/24", "fd65:7263:1::/64")}}}
	got, err := newPool(p)
	if err != nil {
		t.Fatal(err)
	}
	want := pool{netip.MustParsePrefix("198.19.0.0/16"), netip.MustParsePrefix("fd65:7263:2::/48")}
	if got != want {
		t.Errorf("newPool = %v, want %v", got, want)
	}
	seen := make(map[netip.Addr]string)
	add := func(where string, e lanEnd) {
		for _, a := range []netip.Prefix{e.v4, e.v6} {
			if seen[a.Addr()] != "" || !got.v4.Contains(a.Addr()) && !got.v6.Contains(a.Addr()) {
				t.Fatalf("%s: %v is that of %q, or not of the pool", where, a, seen[a.Addr()])
			}
			seen[a.Addr()] = where
		}
	}
	for i := range MaxNodes {
		add(fmt.Sprintf("LAN %d", i), got.lan(i+1))
	}
	for i := range MaxNodes * MaxNodes {
		a, b := got.wire(i)
		add(fmt.Sprintf("wire %d", i), a)
		add(fmt.Sprintf("wire %d", i), b)
		if a.v4.Masked() != b.v4.Masked() || a.v6.Masked() != b.v6.Masked() {
			t.Fatalf("wire %d: %v and %v are not of one subnet", i, a, b)
		}
	}
}

// Without a list of its own, a network's traffic enters at the routers of its
// statements' paths.
func TestEntries(t *testing.T) {
	t.Parallel()
	l := &Lab{plan: &plan.Plan{
		Networks: []plan.OnpremNetwork{{Name: "campus"}, {Name: "branch", At: []string{"ce9", "ce3"}}, {Name: "idle"}},
		Circuits: []plan.Circuit{
			{Name: "er", Peerings: []plan.CircuitPeering{{Path: "er", Links: []plan.CircuitLink{{Router: "ce2"}, {Router: "ce1"}}}}},
			{Name: "other", Peerings: []plan.CircuitPeering{{Path: "other", Links: []plan.CircuitLink{{Router: "ce4"}}}}},
		},
		VPNs:       []plan.VPN{{Name: "s2s", Tunnels: []plan.VPNTunnel{{Router: "ce2"}, {Router: "ce3"}}}},
		Statements: []plan.Statement{{Networks: []string{"campus", "branch"}, Prefer: []string{"er", "s2s"}}},
	}}
	got := map[string][]string{}
	for _, name := range []string{"campus", "branch", "idle", "unknown"} {
		got[name] = l.Entries(name)
	}
	want := map[string][]string{"campus": {"ce1", "ce2", "ce3"}, "branch": {"ce9", "ce3"}, "idle": nil, "unknown": nil}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Entries (-want +got):\n%s", diff)
	}
	marks := []int{l.Mark("branch", "ce9"), l.Mark("branch", "ce3"), l.Mark("branch", "ce1")}
	if diff := cmp.Diff([]int{100, 101, 0}, marks); diff != "" {
		t.Errorf("Mark (-want +got):\n%s", diff)
	}
}

// A plan that the lab has no form for is refused, with all reasons.
func TestExpressible(t *testing.T) {
	t.Parallel()
	p := &plan.Plan{Routers: []plan.Router{
		{Name: "ce1", Platform: plan.Junos},
		{Name: "pe1", Platform: plan.FRR, VRFs: []plan.VRF{{Name: "PROD"}}},
		{Name: "pe2", Platform: plan.FRR, VRFs: []plan.VRF{{Name: "PROD"}}},
		{Name: "ce2", Platform: plan.FRR, Origins: []plan.Origination{{How: plan.Redistribute, Protocol: "isis"}}},
	}}
	_, err := design(p, Options{}, "vxlan")
	if err == nil {
		t.Fatal("design has no objection")
	}
	for _, want := range []string{"router ce1 is junos", "on pe1, pe2: ercfg paths predicts the intent as it is; the lab takes a copy of it without them (docs/reference/lab.md)", "router ce2 redistributes isis"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("design says %q, nothing of %q", err, want)
		}
	}
	big := &plan.Plan{Networks: make([]plan.OnpremNetwork, MaxNodes)}
	for i := range big.Networks {
		big.Networks[i].Name = fmt.Sprint(i)
	}
	if _, err := design(big, Options{}, "vxlan"); err == nil || !strings.Contains(err.Error(), "65 nodes") {
		t.Errorf("design of a network that is too large = %v", err)
	}
}

func TestBorn(t *testing.T) {
	t.Parallel()
	start, err := born(1)
	if err != nil || start > 1<<40 {
		t.Errorf("born(1) = %d, %v", start, err)
	}
	if !(process{1, start}).alive() || (process{1, start + 1}).alive() {
		t.Error("a process is told by its number alone")
	}
	if _, err := born(1 << 30); err == nil {
		t.Error("a process that cannot be has a start")
	}
}

// A root process whose starter dies before it has written down where it is ends
// by itself, and starts no node.
func TestRootWithoutWord(t *testing.T) {
	t.Parallel()
	if err := Need(t.Context()); err != nil {
		if os.Getenv("ERCFG_LAB") == "must" {
			t.Fatalf("ERCFG_LAB=must: %v", err)
		}
		t.Skip(err)
	}
	r, err := startRoot("mark", t.TempDir(), []string{"ce1"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.kill(context.Background()); err != nil {
			t.Error(err)
		}
	})
	if !r.alive() {
		t.Fatal("the root process does not wait")
	}
	r.close()
	for deadline := time.Now().Add(10 * time.Second); r.alive(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the root process goes on without its word")
		}
	}
}
