//go:build linux

package lab

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ercfg/ercfg/internal/artifact"
	"github.com/ercfg/ercfg/internal/plan"
)

// The collector is on the host of the network that it is in, by the longest prefix,
// or else on the first one; every router has a route to it, and no host its address.
func TestCollectorPlace(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, collector, want string }{
		{"in a network", "10.2.0.10", "site-two"},
		{"in the longer prefix", "10.3.1.10", "site-three"},
		{"in none", "192.0.2.7", "site-one"},
		{"IPv6", "2001:db8:3::7", "site-three"},
		{"no telemetry", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := &plan.Plan{
				Networks: []plan.OnpremNetwork{
					{Name: "one", Prefixes: prefixes("10.1.0.0/16")},
					{Name: "two", Prefixes: prefixes("10.2.0.0/16", "10.3.0.0/16")},
					{Name: "three", Prefixes: prefixes("10.3.1.0/24", "2001:db8:3::/48")},
				},
				Routers: []plan.Router{{Name: "ce1", Platform: plan.FRR, RouterID: netip.MustParseAddr("10.1.255.1")}},
			}
			if c.collector != "" {
				p.Routers[0].Flow.Collector = netip.MustParseAddr(c.collector)
			}
			n, err := design(p, Options{}.withDefaults(), "vxlan")
			if err != nil {
				t.Fatal(err)
			}
			at := ""
			for _, node := range n.nodes {
				if node.Collector.IsValid() {
					at += node.Name
				}
				for _, h := range node.Hosts {
					if h.String() == c.collector {
						t.Errorf("%s has the collector's address for a host", node.Name)
					}
				}
			}
			if at != c.want {
				t.Errorf("the collector is on %q, want %q", at, c.want)
			}
			route, own := "route "+c.collector+"/", "address add "+c.collector+"/"
			if has := strings.Contains(n.lanText(&p.Routers[0]), route); has != (c.want != "") {
				t.Errorf("the router has a route to the collector: %t", has)
			}
			for name, s := range n.sites {
				if has := strings.Contains(s.setup(n), own); has != (c.want == "site-"+name) {
					t.Errorf("site %s has the address: %t", name, has)
				}
			}
		})
	}
}

// Flow export is taken from the companion files, and only of a router that has it.
func TestFlowLoadOf(t *testing.T) {
	t.Parallel()
	c := artifact.Config{Companions: []artifact.File{{Name: "ce1.frr.nft", Text: "rules"}, {Name: "ce1.frr.uacctd.conf", Text: "! uacctd_group: 9\nuacctd_group: 2055\n"}}}
	on := &plan.Router{Flow: plan.Flow{Collector: netip.MustParseAddr("10.0.0.9"), Source: netip.MustParseAddr("10.0.0.1")}}
	want := flowLoad{"rules", "! uacctd_group: 9\nuacctd_group: 2055\n", netip.MustParseAddr("10.0.0.1")}
	if got := flowLoadOf(on, c); got != want {
		t.Errorf("flowLoadOf = %+v, want %+v", got, want)
	}
	if got := flowLoadOf(new(plan.Router), c); got != (flowLoad{}) {
		t.Errorf("without telemetry: %+v", got)
	}
	if got := keyOf(want.uacctd, "uacctd_group"); got != "2055" {
		t.Errorf("keyOf = %q", got)
	}
}

// A wire's router end has the number of the intent, and the other end none.
func TestWireNumbers(t *testing.T) {
	t.Parallel()
	p := &plan.Plan{Routers: []plan.Router{{Name: "ce1", Indexes: []plan.Index{{Interface: "eth1.150", Number: 7}}}}}
	w := wire{Wire: Wire{A: "ce1", IfA: "eth1.150", B: "msee"}, index: indexOf(p, "ce1", "eth1.150"), mtuA: 1400}
	got := []string{
		w.numbered(), strings.SplitAfter(w.ride("eth1.150", w.numbered(), "192.0.2.1", "192.0.2.2"), "type")[0],
		(&wire{index: indexOf(p, "ce1", "eth2")}).numbered() + (&wire{index: indexOf(p, "msee", "eth1.150")}).numbered(),
	}
	want := []string{" index 7", "link add name eth1.150 index 7 mtu 1400 type", ""}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// What has arrived is known for every row: a row that lacks all of it is no success.
func TestTrafficArrived(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		rows []TrafficRow
		want bool
	}{
		{"nothing was sent", nil, false},
		{"some of each", []TrafficRow{{Sent: 2, Received: 1}, {Sent: 2, Received: 2}}, true},
		{"none of one", []TrafficRow{{Sent: 2, Received: 2}, {Sent: 2}}, false},
	} {
		if got := (&TrafficReport{Rows: c.rows}).Arrived(); got != c.want {
			t.Errorf("%s: Arrived = %t", c.name, got)
		}
	}
}
