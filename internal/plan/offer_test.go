package plan_test

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ercfg/ercfg/internal/bgp"
	"github.com/ercfg/ercfg/internal/plan"
)

// What VNets Azure announces where: by connection on a link, by gateway and
// statement in a tunnel.
func TestOffers(t *testing.T) {
	t.Parallel()
	hub, spoke, other := netip.MustParsePrefix("10.1.0.0/16"), netip.MustParsePrefix("10.2.0.0/16"), netip.MustParsePrefix("10.3.0.0/16")
	p := &plan.Plan{
		VNets: []plan.VNet{
			{Name: "hub", Prefixes: []netip.Prefix{hub}, Communities: []bgp.Community{7}, Connections: []plan.Connection{{Path: "er-a"}}},
			{Name: "other", Prefixes: []netip.Prefix{other}, Connections: []plan.Connection{{Path: "er-b"}}},
			{Name: "spoke", Prefixes: []netip.Prefix{spoke}, Connections: []plan.Connection{{Path: "er-a"}, {Path: "er-b"}}},
		},
		VPNs:       []plan.VPN{{Name: "s2s", VNet: "hub"}},
		Statements: []plan.Statement{{Prefer: []string{"er-a", "s2s"}, VNets: []string{"spoke"}}, {Prefer: []string{"er-b"}, VNets: []string{"other"}}},
	}
	samePrefix := cmp.Comparer(func(a, b netip.Prefix) bool { return a == b })
	if diff := cmp.Diff([]plan.Offer{{Prefix: hub, Communities: []bgp.Community{7}}, {Prefix: spoke}}, p.OffersOn(&plan.Link{Path: "er-a"}), samePrefix); diff != "" {
		t.Errorf("on a link: -want +got:\n%s", diff)
	}
	if diff := cmp.Diff([]plan.Offer{{Prefix: hub}, {Prefix: spoke}}, p.OffersIn(&plan.Tunnel{Path: "s2s"}), samePrefix); diff != "" {
		t.Errorf("in a tunnel: -want +got:\n%s", diff)
	}
}
