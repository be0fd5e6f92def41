package render_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/ercfg/ercfg/internal/artifact"
	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/twin"
)

// differences compares two devices: their facts, their sessions, what becomes
// of every probe on every session, both ways, and, on one platform, over which
// routes a next hop resolves and what the interfaces are called.
func differences(want, got *device, probes []probe) []string {
	var out []string
	report := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	same := want.semantics.platform == got.semantics.platform
	wanted, found := want.facts(got.semantics, !same), got.facts(got.semantics, !same)
	for _, fact := range subtract(wanted, found) {
		report("missing: %s", fact)
	}
	for _, fact := range subtract(found, wanted) {
		report("not wanted: %s", fact)
	}
	if same { // FRR can keep no next hop off the anchors
		for _, p := range probes {
			for _, from := range origins() {
				if a, b := want.resolves(p.from(from)), got.resolves(p.from(from)); a != b {
					report("next hops over %s of %s: %t, want %t", p.prefix, from, b, a)
				}
			}
		}
	}
	if !sameKeys(want.neighbors, got.neighbors) {
		report("neighbors %v, want %v", slices.Collect(maps.Keys(got.neighbors)), slices.Collect(maps.Keys(want.neighbors)))
		return out
	}
	for key, w := range want.neighbors {
		g := got.neighbors[key]
		if w.comparable() != g.comparable() {
			report("neighbor %s: %+v, want %+v", key, g.comparable(), w.comparable())
		}
		if w.communities && !g.communities && !got.semantics.sendsCommunities {
			report("neighbor %s is sent no communities", key)
		}
		if w.unicast && g.unicast {
			out = append(out, decisions(want, got, w, g, probes)...)
		}
	}
	slices.Sort(out)
	return out
}

// decisions compares what two devices do with the probes on one session.
func decisions(want, got *device, w, g *neighbor, probes []probe) []string {
	var out []string
	for _, p := range probes {
		if a, b := want.learned(w, p.prefix, p.communities...), got.learned(g, p.prefix, p.communities...); a != b {
			out = append(out, fmt.Sprintf("from %s %s %v: %+v, want %+v", peerOf(want, w), p.prefix, p.communities, b, a))
		}
		for _, from := range origins() {
			r := p.from(from)
			if got.semantics.platform == plan.Junos && !r.bgp() && want.passes(w, p) {
				// The export of a learned prefix names no protocol: Junos sends
				// it whatever has brought it, the others only when BGP has.
				continue
			}
			if a, b := want.advertised(w, r), got.advertised(g, r); a != b {
				out = append(out, fmt.Sprintf("to %s %s of %s %v: %+v, want %+v", peerOf(want, w), p.prefix, from, p.communities, b, a))
			}
		}
	}
	return out
}

// peerOf finds the address of a neighbor.
func peerOf(d *device, n *neighbor) string {
	for key, other := range d.neighbors {
		if other == n {
			return key.String()
		}
	}
	return "nobody"
}

// subtract returns what a has more often than b.
func subtract(a, b []string) []string {
	out := slices.Clone(a)
	for _, s := range b {
		if i := slices.Index(out, s); i >= 0 {
			out = slices.Delete(out, i, i+1)
		}
	}
	return out
}

// passes reports whether a probe goes to an eBGP neighbor when BGP has brought
// it, from another router or from a customer.
func (d *device) passes(n *neighbor, p probe) bool {
	return d.advertised(n, p.from("internal")).accepted || d.advertised(n, p.from("external")).accepted
}

func sameKeys[K comparable, V any](a, b map[K]V) bool {
	for k := range a {
		if _, ok := b[k]; !ok {
			return false
		}
	}
	return len(a) == len(b)
}

// Every subject means the same on three vendors, and what the plan says: the
// same sessions, the same static routes, and for every prefix on every session
// the same answer, both ways.
func TestSamePolicy(t *testing.T) {
	t.Parallel()
	for _, s := range subjects(t) {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			reference := s.reference(t)
			asked := probes(reference)
			for _, platform := range vendors() {
				p, diags := twin.Resolve(s.document(t), platform, today)
				if diags.HasErrors() {
					continue // TestRetarget knows why
				}
				for i, c := range configs(t, p) {
					got, err := read(c)
					if err != nil {
						t.Errorf("%s: %v", c.Name, err)
						continue
					}
					for _, name := range got.undefined() {
						t.Errorf("%s: %s is used and not defined", c.Name, name)
					}
					for _, want := range []*plan.Router{&reference.Routers[i], &p.Routers[i]} {
						found := differences(planned(want), got, asked)
						for _, d := range found[:min(len(found), 10)] {
							t.Errorf("%s against the plan on %s: %s", c.Name, want.Platform, d)
						}
					}
				}
			}
		})
	}
}

// reference is the plan that every vendor's text is compared with, that of FRR,
// also where FRR cannot express it.
func (s subject) reference(t testing.TB) *plan.Plan {
	t.Helper()
	p, diags := twin.Resolve(s.document(t), plan.FRR, today)
	if p == nil {
		t.Fatal(findings(t, diags))
	}
	return p
}

// A test of texts is worth something when a wrong text fails it: each of these
// changes is one that an operator or a template could make.
func TestPolicyFindsFaults(t *testing.T) {
	t.Parallel()
	const (
		backup    = "03-vpn-backup"
		encrypted = "04-encrypted-over-private"
		microsoft = "05-microsoft-peering"
		direct    = "06-direct-qinq-pe without MACsec"
		telemetry = "07-two-sites-standby-telemetry"
	)
	tests := []struct {
		name, subject string
		platform      plan.Platform
		old, new      string // a line, and what stands there instead; empty: nothing
	}{
		{"policy without its end", "two-ce-private", plan.Junos, "set policy-options policy-statement CONTOSO-LONDON-ER-LONDON-PRIMARY-IN-V4 then reject", ""},
		{"policy that ends in accept", "two-ce-private", plan.Junos, "set policy-options policy-statement CONTOSO-LONDON-ER-LONDON-PRIMARY-OUT-V4 then reject", "set policy-options policy-statement CONTOSO-LONDON-ER-LONDON-PRIMARY-OUT-V4 then accept"},
		{"no static route to announce", "two-ce-private", plan.Junos, "set routing-options static route 10.11.8.0/21 discard", ""},
		{"next hop that must be connected", "originate", plan.Junos, "set routing-options static route 10.45.0.0/16 resolve", ""},
		{"static route better than the IGP", "two-ce-private", plan.Junos, "set routing-options static route 10.10.0.0/16 preference 250", ""},
		{"next hop left", "two-ce-private", plan.Junos, "set policy-options policy-statement CONTOSO-LONDON-IBGP-OUT-V4 term 10 then next-hop self", ""},
		{"prepend of two", "two-homes", plan.Junos, `set policy-options policy-statement WINGTIP-ER-EAST-PRIMARY-OUT-V4 term 20 then as-path-prepend "65101 65101 65101"`, `set policy-options policy-statement WINGTIP-ER-EAST-PRIMARY-OUT-V4 term 20 then as-path-prepend "65101 65101"`},
		{"no MD5", "two-ce-private", plan.Junos, `set protocols bgp group CONTOSO-LONDON-ER-LONDON-V4 authentication-key "<env:ER_LONDON_MD5>"`, ""},
		{"no route map", "two-ce-private", plan.IOSXE, "  neighbor 172.16.200.2 route-map CONTOSO-LONDON-ER-LONDON-PRIMARY-IN-V4 in", ""},
		{"prefix list that is not there", "two-homes", plan.IOSXE, "ip prefix-list WINGTIP-ER-EAST-VNETS-LP200-V4 seq 10 permit 10.200.0.0/16", ""},
		{"match left out", "two-ce-private", plan.IOSXE, " match ip address prefix-list CONTOSO-LONDON-ER-LONDON-SUPERNETS-V4", ""},
		{"network left out", "two-ce-private", plan.IOSXE, "  network 10.11.8.0 mask 255.255.248.0", ""},
		{"next hop left", "two-ce-private", plan.IOSXE, "  neighbor 10.10.255.2 next-hop-self", ""},
		{"next hop over no static route", "two-ce-private", plan.IOSXE, " match source-protocol static", ""},
		{"next hop over nothing", "two-ce-private", plan.Junos, "set policy-options policy-statement CONTOSO-LONDON-NEXTHOP-V4 then accept", ""},
		{"next hop over an anchor", "two-ce-private", plan.Junos, "set routing-options resolution rib inet.0 import CONTOSO-LONDON-NEXTHOP-V4", ""},
		{"drained link in service", "knobs", plan.IOSXE, " neighbor 192.168.33.6 shutdown", ""},
		{"local-preference", "standby-circuit", plan.FRR, " set local-preference 150", " set local-preference 250"},
		{"BFD of another speed", "knobs", plan.FRR, "  receive-interval 750\n", "  receive-interval 300\n"},
		{"longer prefix", "standby-circuit", plan.FRR, "permit 10.90.0.0/16", "permit 10.90.0.0/17"},
		{"filter of redistribution", "originate", plan.FRR, "seq 20 permit 10.47.16.0/20", "seq 20 permit 10.47.32.0/20"},
		{"hold time", "standby-circuit", plan.FRR, "timers 20 60", "timers 20 180"},
		{"next hops in groups", "standby-circuit", plan.FRR, "no zebra nexthop kernel enable", ""},

		{"community of another region", microsoft, plan.IOSXE, " permit 12076:51003", " permit 12076:51004"},
		{"match of communities left out", microsoft, plan.IOSXE, " match community ADATUM-SAAS-IBGP-COMMUNITIES", ""},
		{"only the prefixes themselves refused", microsoft, plan.IOSXE, "permit 203.0.113.128/27 le 32", "permit 203.0.113.128/27"},
		{"longer ones accepted", "two-ce-private", plan.IOSXE, "permit 10.100.0.0/16", "permit 10.100.0.0/16 le 24"},
		{"communities kept back", microsoft, plan.IOSXE, "  neighbor 198.18.0.2 send-community", ""},
		{"VRF that takes another's routes", direct, plan.IOSXE, "  route-target import 64620:301", "  route-target import 64620:302"},
		{"VRF that exports nothing", direct, plan.IOSXE, "  route-target export 64620:301", ""},
		{"RD of the other PE", direct, plan.IOSXE, " rd 10.64.255.1:301", " rd 10.64.255.2:301"},
		{"link in the global table", direct, plan.IOSXE, " vrf forwarding PROD", ""},
		{"no VPN routes", direct, plan.IOSXE, " address-family vpnv4", " address-family vpnv6"},
		{"customer's prefix", "pe-customers", plan.IOSXE, "CE-10-62-0-6-V4 seq 10 permit 10.32.0.0/16", "CE-10-62-0-6-V4 seq 10 permit 10.32.0.0/15"},
		{"far end unpinned", backup, plan.IOSXE, "ip route 203.0.113.10 255.255.255.255 198.51.100.17", ""},
		{"peer through the other tunnel", backup, plan.IOSXE, "ip route 10.60.255.4 255.255.255.255 Tunnel1", "ip route 10.60.255.4 255.255.255.255 Tunnel2"},
		{"peer out of reach", backup, plan.IOSXE, " neighbor 10.60.255.4 ebgp-multihop 255", ""},
		{"session from the outside", backup, plan.IOSXE, " neighbor 10.60.255.4 update-source Loopback0", ""},
		{"another key", backup, plan.IOSXE, "  pre-shared-key <env:VPN_PSK>", "  pre-shared-key <env:OTHER_PSK>"},
		{"weak group", backup, plan.IOSXE, " group 14", " group 2"},
		{"shorter key", backup, plan.IOSXE, "esp-gcm 256", "esp-gcm"},
		{"another cipher of IKE", backup, plan.IOSXE, " encryption aes-cbc-256", " encryption aes-gcm-256"},
		{"no perfect forward secrecy", backup, plan.IOSXE, " set pfs group14", ""},
		{"segments too long", backup, plan.IOSXE, " ip tcp adjust-mss 1350", " ip tcp adjust-mss 1400"},
		{"another gateway", backup, plan.IOSXE, " tunnel destination 203.0.113.10", " tunnel destination 203.0.113.12"},
		{"no dead peer detection", backup, plan.IOSXE, " dpd 45 5 periodic", ""},
		{"pin that nothing tracks", encrypted, plan.IOSXE, "ip route static bfd TenGigabitEthernet0/0/1.330 172.20.6.2", ""},
		{"pin over one link", encrypted, plan.IOSXE, "ip route 10.70.255.6 255.255.255.255 TenGigabitEthernet0/0/2.330 172.20.6.6", ""},
		{"DSCP value lost", "vpn-over-microsoft", plan.IOSXE, " match dscp af41 ef", " match dscp ef"},
		{"DSCP left alone", "vpn-over-microsoft", plan.IOSXE, " service-policy output FOURTH-COFFEE-DSCP", ""},
		{"no discard below the circuit", "vpn-over-microsoft", plan.IOSXE, "ip route 192.0.2.0 255.255.255.192 Null0 250", ""},
		{"another MACsec cipher", "06-direct-qinq-pe", plan.IOSXE, " macsec-cipher-suite gcm-aes-xpn-256", " macsec-cipher-suite gcm-aes-256"},
		{"port in clear", "06-direct-qinq-pe", plan.IOSXE, " mka pre-shared-key key-chain CARRIER-AMSTERDAM-AMS-PAIR", ""},
		{"flows of one direction", telemetry, plan.IOSXE, " ip flow monitor TAILSPIN-EMEA-V4-OUT sampler TAILSPIN-EMEA output", ""},
		{"another sampling rate", telemetry, plan.IOSXE, " mode random 1 out-of 1000", " mode random 1 out-of 100"},
		{"flows kept for long", telemetry, plan.IOSXE, " cache timeout active 60", ""},
		{"another collector", telemetry, plan.IOSXE, " destination 10.80.1.50", " destination 10.80.1.51"},

		{"community of another region", microsoft, plan.Junos, "-12076-51003 members 12076:51003", "-12076-51003 members 12076:51004"},
		{"communities that all have to be there", microsoft, plan.Junos, "-LP200-12076-5060 members 12076:5060", "-LP200-12076-5060 members [ 12076:5060 12076:51002 ]"},
		{"only the prefixes themselves refused", microsoft, plan.Junos, "from prefix-list-filter ADATUM-SAAS-REFUSED-ONPREM-V4 orlonger", "from prefix-list ADATUM-SAAS-REFUSED-ONPREM-V4"},
		{"VRF of another target", direct, plan.Junos, "set routing-instances PROD vrf-target target:64620:301", "set routing-instances PROD vrf-target target:64620:302"},
		{"import of a target left out", "pe-customers", plan.Junos, "set policy-options policy-statement CARRIER-METRO-VRF-BLUE-IMPORT term 10 from community CARRIER-METRO-TARGET-BLUE-64610-99", ""},
		{"link in the global table", direct, plan.Junos, "set routing-instances PROD interface et-0/1/0.301", ""},
		{"no VPN routes", direct, plan.Junos, "set protocols bgp group CARRIER-AMSTERDAM-IBGP-VPN-V4 family inet-vpn unicast", "set protocols bgp group CARRIER-AMSTERDAM-IBGP-VPN-V4 family inet6-vpn unicast"},
		{"far end unpinned", backup, plan.Junos, "set routing-options static route 203.0.113.10/32 next-hop 198.51.100.17", ""},
		{"peer through the other tunnel", backup, plan.Junos, "set routing-options static route 10.60.255.4/32 next-hop st0.1", "set routing-options static route 10.60.255.4/32 next-hop st0.2"},
		{"peer out of reach", backup, plan.Junos, "set protocols bgp group NORTHWIND-FRANKFURT-S2S-FRANKFURT-V4 multihop ttl 255", ""},
		{"another key", backup, plan.Junos, `pre-shared-key ascii-text "<env:VPN_PSK>"`, `pre-shared-key ascii-text "<env:OTHER_PSK>"`},
		{"weak group", backup, plan.Junos, "dh-group group14", "dh-group group2"},
		{"weak perfect forward secrecy", backup, plan.Junos, "perfect-forward-secrecy keys group14", "perfect-forward-secrecy keys group2"},
		{"tunnels crossed", backup, plan.Junos, " bind-interface st0.1", " bind-interface st0.2"},
		{"segments too long", backup, plan.Junos, "set security flow tcp-mss ipsec-vpn mss 1350", "set security flow tcp-mss ipsec-vpn mss 1400"},
		{"pin that nothing tracks", encrypted, plan.Junos, "set routing-options static route 10.70.255.6/32 qualified-next-hop 172.20.6.2 bfd-liveness-detection minimum-interval 300", ""},
		{"DSCP value lost", "vpn-over-microsoft", plan.Junos, "set firewall family inet filter FOURTH-COFFEE-DSCP-34-46-V4 term 10 from dscp 34", ""},
		{"DSCP left alone", "vpn-over-microsoft", plan.Junos, "set interfaces xe-0/0/1 unit 700 family inet filter output FOURTH-COFFEE-DSCP-34-46-V4", ""},
		{"MACsec without SCI", "06-direct-qinq-pe", plan.Junos, "set security macsec connectivity-association CARRIER-AMSTERDAM-AMS-PAIR include-sci", ""},
		{"port in clear", "06-direct-qinq-pe", plan.Junos, "set security macsec interfaces et-0/1/0 connectivity-association CARRIER-AMSTERDAM-AMS-PAIR", ""},
		{"flows of one direction", telemetry, plan.Junos, "set interfaces xe-0/0/1 unit 410 family inet sampling output", ""},
		{"another sampling rate", telemetry, plan.Junos, "FLOW input rate 1000", "FLOW input rate 100"},

		{"community of another region", microsoft, plan.FRR, " permit 12076:51003", " permit 12076:51004"},
		{"only the prefixes themselves refused", microsoft, plan.FRR, "permit 203.0.113.128/27 le 32", "permit 203.0.113.128/27"},
		{"VRF of another target", direct, plan.FRR, "  rt vpn both 64620:301", "  rt vpn both 64620:302"},
		{"VRF that takes nothing", direct, plan.FRR, "  import vpn", ""},
		{"RD of the other PE", direct, plan.FRR, "  rd vpn export 10.64.255.1:301", "  rd vpn export 10.64.255.2:301"},
		{"far end unpinned", backup, plan.FRR, "ip route 203.0.113.10/32 198.51.100.17", ""},
		{"peer through the other tunnel", backup, plan.FRR, "ip route 10.60.255.4/32 vti1", "ip route 10.60.255.4/32 vti2"},
		{"peer out of reach", backup, plan.FRR, " neighbor 10.60.255.4 ebgp-multihop 255", ""},
		{"pin over one link", encrypted, plan.FRR, "ip route 10.70.255.6/32 172.20.6.6 eth2.330", ""},
		{"link in the main table", direct, plan.FRR, "vlan ens1.s301 ens1.301 100 1500 PROD", "vlan ens1.s301 ens1.301 100 1500"},
		{"another key", backup, plan.FRR, `        secret = "<env:VPN_PSK>"`, `        secret = "<env:OTHER_PSK>"`},
		{"weak group", backup, plan.FRR, "        proposals = aes256-sha256-modp2048", "        proposals = aes256-sha256-modp1024"},
		{"shorter key", backup, plan.FRR, "                esp_proposals = aes256gcm16-modp2048", "                esp_proposals = aes128gcm16-modp2048"},
		{"no perfect forward secrecy", backup, plan.FRR, "                esp_proposals = aes256gcm16-modp2048", "                esp_proposals = aes256gcm16"},
		{"tunnels crossed", backup, plan.FRR, "remote_addrs = 203.0.113.10", "remote_addrs = 203.0.113.11"},
		{"segments too long", backup, plan.FRR, "maxseg size set 1350", "maxseg size set 1400"},
		{"segments of one direction", backup, plan.FRR, "\t\tiifname \"vti1\" tcp flags syn tcp option maxseg size set 1350", ""},
		{"DSCP value lost", "vpn-over-microsoft", plan.FRR, "dscp != { 0, 34, 46 }", "dscp != { 0, 46 }"},
		{"flows of one device", telemetry, plan.FRR, `elements = { "eth1.410", "eth2.410" }`, `elements = { "eth1.410" }`},
		{"another sampling rate", telemetry, plan.FRR, "random mod 1000", "random mod 100"},
		{"another collector", telemetry, plan.FRR, "nfprobe_receiver[ercfg]: 10.80.1.50:2055", "nfprobe_receiver[ercfg]: 10.80.1.50:2056"},
		{"customer without MD5", "pe-customers", plan.FRR, " neighbor 10.62.0.2 password <env:BLUE_MD5>", ""},
	}
	for _, tt := range tests {
		t.Run(tt.platform.String()+" "+tt.name, func(t *testing.T) {
			t.Parallel()
			s := subjectNamed(t, tt.subject)
			p := s.on(t, tt.platform)
			changed := false
			for i, c := range configs(t, p) {
				wrong, ok := edited(c, tt.old, tt.new)
				if !ok {
					continue
				}
				changed = true
				got, err := read(wrong)
				if want := planned(&p.Routers[i]); err == nil && len(differences(want, got, nil)) == 0 && len(differences(want, got, probes(p))) == 0 {
					t.Errorf("%s: nothing is found", c.Name)
				}
			}
			if !changed {
				t.Errorf("no router has the line %q", tt.old)
			}
		})
	}
}

// edited replaces old in the text of a router and in its companions, or takes
// the line out, and reports whether that changed anything.
func edited(c artifact.Config, old, new string) (artifact.Config, bool) {
	if new == "" {
		old += "\n"
	}
	changed := strings.Contains(c.Text, old)
	c.Text = strings.ReplaceAll(c.Text, old, new)
	c.Companions = slices.Clone(c.Companions)
	for i := range c.Companions {
		f := &c.Companions[i]
		changed = changed || strings.Contains(f.Text, old)
		f.Text = strings.ReplaceAll(f.Text, old, new)
	}
	return c, changed
}

// The readers refuse what they do not know: a line that no one understands may
// mean anything.
func TestReadersAreStrict(t *testing.T) {
	t.Parallel()
	tests := []struct {
		platform plan.Platform
		old, new string
	}{
		{plan.IOSXE, "\nip prefix-list", "\nip prefix-list X seq 5 deny 10.0.0.0/8\nip prefix-list"},
		{plan.IOSXE, "permit 10.100.0.0/16\n", "permit 10.100.0.0/16 ge 18 le 24\n"},
		{plan.IOSXE, " set local-preference 200\n", " set local-preference 200\n set metric 5\n"},
		{plan.IOSXE, " exit-address-family\n", "  neighbor 172.16.200.2 allowas-in\n exit-address-family\n"},
		{plan.IOSXE, " bgp log-neighbor-changes\n", " bgp log-neighbor-changes\n bgp bestpath med confed\n"},
		{plan.Junos, "\nset routing-options router-id", "\nset policy-options policy-statement X term 1 then metric 5\nset routing-options router-id"},
		{plan.Junos, "\nset routing-options router-id", "\nset policy-options policy-statement X term 1 from route-filter 10.0.0.0/8 orlonger\nset routing-options router-id"},
		{plan.Junos, "\nset routing-options router-id", "\nset routing-options aggregate route 10.0.0.0/8\nset routing-options router-id"},
		{plan.Junos, " peer-as 12076\n", " peer-as 12076 loops 2\n"},
		{plan.FRR, "\nip prefix-list", "\nip prefix-list X seq 5 permit any\nip prefix-list"},
		{plan.FRR, " set local-preference 200\n", " set local-preference 200\n on-match next\n"},
		{plan.FRR, " no bgp default ipv4-unicast\n", " no bgp default ipv4-unicast\n no bgp ebgp-requires-policy\n"},
		{plan.FRR, "\nexit\n!\nroute-map", "\nroute-map"},
		{plan.FRR, "        mobike = no\n", "        mobike = yes\n"},
		{plan.FRR, "        keyingtries = 0\n", "        keyingtries = 0\n        encap = yes\n"},
		{plan.FRR, "            id = 203.0.113.20\n", "            id = %any\n"},
		{plan.FRR, "                if_id_out = ", "                if_id_out = 1"},
		{plan.FRR, "                dpd_action = restart\n", "                dpd_action = clear\n"},
		{plan.FRR, "\tchain sample {\n", "\tchain sample {\n\t\taccept\n"},
		{plan.FRR, "uacctd_ext_sampling_rate: 1000\n", "uacctd_ext_sampling_rate: 100\n"},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprintf("%s %q", tt.platform, tt.new), func(t *testing.T) {
			t.Parallel()
			changed := false
			for _, name := range []string{"two-ce-private", "07-two-sites-standby-telemetry"} {
				for _, c := range configs(t, subjectNamed(t, name).on(t, tt.platform)) {
					wrong, ok := edited(c, tt.old, tt.new)
					if changed = changed || ok; !ok {
						continue
					}
					if _, err := read(wrong); err == nil {
						t.Errorf("%s of %s is read all the same", c.Name, name)
					}
				}
			}
			if !changed {
				t.Errorf("no router has %q", tt.old)
			}
		})
	}
}
