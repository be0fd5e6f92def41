package render_test

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/render"
)

// edge is the handmade plan, and in its VRF the redistribution that one of the
// policies there is about: Junos exports what the policy names, with or without
// such a command.
func edge(t testing.TB) *plan.Plan {
	p := render.Handmade(t)
	for i := range p.Routers {
		r := &p.Routers[i]
		r.Origins = append(r.Origins, plan.Origination{
			VRF: "RED", Prefix: netip.MustParsePrefix("2001:db8:ad::/48"), How: plan.Redistribute, Protocol: "ospf", Process: "8", Filter: "HAND-MADE-FROM-V6", Origin: "edge",
		})
	}
	return p
}

// What no golden has at once means on Junos what the plan says: VRFs, tunnels,
// routes of every kind, communities, MACsec, DSCP and flow export.
func TestJunosEdge(t *testing.T) {
	t.Parallel()
	p := edge(t)
	asked := probes(p)
	for i, c := range configs(t, p) {
		if c.Platform != plan.Junos.String() {
			continue
		}
		got, err := read(c)
		if err != nil {
			t.Errorf("%s: %v", c.Name, err)
			continue
		}
		for _, name := range got.undefined() {
			t.Errorf("%s: %s is used and not defined", c.Name, name)
		}
		found := differences(planned(&p.Routers[i]), got, asked)
		for _, d := range found[:min(len(found), 20)] {
			t.Errorf("%s: %s", c.Name, d)
		}
	}
}

// Each of these changes is found: the reader refuses the text, or it means
// something else than the plan.
func TestJunosEdgeFindsFaults(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, router string
		old, new     string // a line, and what stands there instead; empty: nothing
	}{
		{"another key", "srx", `set security ike policy HAND-MADE-S2S-A pre-shared-key ascii-text "<env:VPN_PSK>"`, `set security ike policy HAND-MADE-S2S-A pre-shared-key ascii-text "<env:OTHER>"`},
		{"another group", "srx", "proposal HAND-MADE-S2S-A dh-group group14", "proposal HAND-MADE-S2S-A dh-group group2"},
		{"GCM with an authentication algorithm", "srx", "set security ike proposal HAND-MADE-IPSEC-B dh-group group20", "set security ike proposal HAND-MADE-IPSEC-B dh-group group20\nset security ike proposal HAND-MADE-IPSEC-B authentication-algorithm sha-384"},
		{"no forward secrecy", "srx", "set security ipsec policy HAND-MADE-S2S-A perfect-forward-secrecy keys group14", ""},
		{"another gateway", "srx", "gateway HAND-MADE-S2S-A-B address 203.0.113.11", "gateway HAND-MADE-S2S-A-B address 203.0.113.10"},
		{"no dead peer detection", "srx", "set security ike gateway HAND-MADE-S2S-A-A dead-peer-detection interval 15", ""},
		{"waits for the gateway", "srx", "vpn HAND-MADE-S2S-A-A establish-tunnels immediately", "vpn HAND-MADE-S2S-A-A establish-tunnels responder-only"},
		{"segments too large", "srx", "ipsec-vpn mss 1350", "ipsec-vpn mss 1380"},
		{"ER unit that hears no IKE", "srx", "set security zones security-zone blue interfaces ge-0/0/1.201 host-inbound-traffic system-services ike", ""},
		{"loopback that hears no IKE", "srx", "set security zones security-zone trust host-inbound-traffic system-services ike", ""},
		{"loopback that hears no BGP", "srx", "set security zones security-zone trust host-inbound-traffic protocols bgp", ""},
		{"ER unit that hears no BFD", "srx", "set security zones security-zone azure interfaces reth0.100 host-inbound-traffic protocols bfd", ""},
		{"tunnel in the wrong table", "srx", "set routing-instances RED interface st0.3", "set routing-instances BLUE interface st0.3"},
		{"no way to the peer in a tunnel", "srx", "set routing-options static route 10.60.255.4/32 next-hop st0.1", ""},
		{"untracked route", "srx", "set routing-options static route 10.70.255.8/32 qualified-next-hop 10.0.0.2 bfd-liveness-detection minimum-interval 750", ""},
		{"next hop as bad as the discard", "srx", "set routing-options static route 10.70.255.7/32 qualified-next-hop 10.0.0.6 preference 5", "set routing-options static route 10.70.255.7/32 qualified-next-hop 10.0.0.6"},
		{"not multihop", "srx", "set protocols bgp group HAND-MADE-S2S-A-V4 multihop ttl 255", ""},
		{"connects to the gateway", "srx", "group HAND-MADE-IPSEC-B-V4 neighbor 169.254.21.2 passive", "group HAND-MADE-IPSEC-B-V4 neighbor 169.254.21.2"},
		{"route target not exported", "mx", "set policy-options policy-statement HAND-MADE-VRF-RED-EXPORT term 10 then community add HAND-MADE-TARGET-RED-64500-301", ""},
		{"imports all", "mx", "policy-statement HAND-MADE-VRF-RED-IMPORT then reject", "policy-statement HAND-MADE-VRF-RED-IMPORT then accept"},
		{"no route distinguisher", "mx", "set routing-instances RED route-distinguisher 192.0.2.1:301", ""},
		{"no router id", "mx", "set routing-instances RED routing-options router-id 192.0.2.1", ""},
		{"VPN routes filtered", "mx", "set protocols bgp group HAND-MADE-IBGP-VPN-V4-2 import HAND-MADE-VPN-ROUTES", ""},
		{"no VPN routes of IPv6", "mx", "set protocols bgp group HAND-MADE-IBGP-VPN-V4 family inet6-vpn unicast", ""},
		{"what lies inside is lost", "mx", "prefix-list-filter HAND-MADE-WITHIN-V4 orlonger", "prefix-list HAND-MADE-WITHIN-V4"},
		{"a community fewer", "mx", "set policy-options policy-statement HAND-MADE-SERVICES-V4 term 30 from community HAND-MADE-WEU-12076-52002", ""},
		{"all communities at once", "mx", "community HAND-MADE-ENTRA-12076-5060 members 12076:5060", "community HAND-MADE-ENTRA-12076-5060 members 12076:5060\nset policy-options community HAND-MADE-ENTRA-12076-5060 members 12076:51002"},
		{"DSCP kept", "mx", "set firewall family inet6 filter HAND-MADE-DSCP-10-46-V6 term 20 then traffic-class 0", ""},
		{"a DSCP fewer", "mx", "set firewall family inet6 filter HAND-MADE-DSCP-10-46-V6 term 10 from traffic-class 46", ""},
		{"no secure channel identifier", "mx", "set security macsec connectivity-association HAND-MADE-AMS-PAIR include-sci", ""},
		{"another key of the port", "mx", "set security macsec interfaces et-0/1/0 connectivity-association HAND-MADE-AMS-PAIR", "set security macsec interfaces et-0/1/0 connectivity-association HAND-MADE-DUB-PAIR"},
		{"one direction", "mx", "set interfaces ae1 unit 100 family inet sampling output", ""},
		{"no line card samples", "mx", "set chassis fpc 0 sampling-instance HAND-MADE-FLOW", ""},
		{"another collector for IPv6", "mx", "family inet6 output flow-server 10.80.1.50 port 2055", "family inet6 output flow-server 10.80.1.50 port 2056"},
	}
	p := edge(t)
	asked := probes(p)
	all := configs(t, p)
	for _, tt := range tests {
		t.Run(tt.router+" "+tt.name, func(t *testing.T) {
			t.Parallel()
			for i, c := range all {
				if c.Router != tt.router {
					continue
				}
				before := c.Text
				if tt.new == "" {
					c.Text = strings.Replace(before, tt.old+"\n", "", 1)
				} else {
					c.Text = strings.Replace(before, tt.old+"\n", tt.new+"\n", 1)
				}
				if c.Text == before {
					t.Fatalf("%s has no line %q", c.Name, tt.old)
				}
				got, err := read(c)
				if err == nil && len(differences(planned(&p.Routers[i]), got, asked)) == 0 {
					t.Errorf("%s: nothing is found", c.Name)
				}
			}
		})
	}
}
