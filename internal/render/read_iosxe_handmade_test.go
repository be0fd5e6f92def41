package render_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/render"
)

// readBack renders the handmade IOS-XE router after a change, reads it, and
// compares with the plan.
func readBack(t *testing.T, change func(*plan.Router), edit func(string) string) []string {
	t.Helper()
	p := render.Handmade(t)
	p.Routers = p.Routers[:1]
	change(&p.Routers[0])
	configs, err := render.All(p, render.Options{})
	if err != nil {
		t.Fatal(err)
	}
	got, err := readIOSXE(edit(configs[0].Text))
	if err != nil {
		return []string{err.Error()}
	}
	want := planned(&p.Routers[0])
	var out []string
	if diff := cmp.Diff(want.facts(got.semantics, false), got.facts(got.semantics, false)); diff != "" {
		out = append(out, diff)
	}
	for k, n := range want.neighbors {
		switch g := got.neighbors[k]; {
		case g == nil:
			out = append(out, fmt.Sprintf("%s is missing", k))
		case g.comparable() != n.comparable() || g.communities != n.communities:
			out = append(out, fmt.Sprintf("%s: want %+v, got %+v", k, *n, *g))
		}
	}
	for _, diff := range []string{cmp.Diff(want.lists, got.lists), cmp.Diff(want.communities, got.communities), cmp.Diff(want.networks, got.networks)} {
		if diff != "" {
			out = append(out, diff)
		}
	}
	if len(got.neighbors) != len(want.neighbors) {
		out = append(out, fmt.Sprintf("%d neighbors for %d", len(got.neighbors), len(want.neighbors)))
	}
	return append(out, got.undefined()...)
}

func unchanged(*plan.Router)      {}
func unedited(text string) string { return text }

// The text of the handmade router says what its plan says, whatever the
// algorithms and the export of flows are.
func TestIOSXEReadsBack(t *testing.T) {
	t.Parallel()
	cases := map[string]func(*plan.Router){
		"as it is": unchanged,
		"flows": func(r *plan.Router) {
			r.Flow.Protocol, r.Flow.Sampling, r.Flow.Active, r.Flow.Inactive = "netflow9", 1, 1800*time.Second, 30*time.Second
		},
		"values of DSCP": func(r *plan.Router) { r.Links[1].DSCP = []int{0, 1, 8, 10, 18, 34, 40, 46, 48} },
		"no perfect forward secrecy": func(r *plan.Router) {
			r.Tunnels[0].IPsec.ESP.PFSGroup, r.Tunnels[1].IPsec.ESP.PFSGroup = 0, 0
		},
	}
	for _, word := range []string{"gcmaes256", "gcmaes128", "aes256", "aes192", "aes128", "des3", "des"} {
		cases["IKE "+word] = func(r *plan.Router) { r.Tunnels[2].IPsec.IKE.Encryption = word }
		if !strings.HasPrefix(word, "gcm") {
			cases["IKEv1 "+word] = func(r *plan.Router) { r.Tunnels[4].IPsec.IKE.Encryption = word }
		}
	}
	for _, word := range []string{"sha384", "sha256", "sha1", "md5"} {
		cases["IKE "+word] = func(r *plan.Router) { r.Tunnels[3].IPsec.IKE.Integrity = word }
		cases["IKEv1 "+word] = func(r *plan.Router) { r.Tunnels[4].IPsec.IKE.Integrity = word }
	}
	for _, word := range []string{"gcmaes256", "gcmaes192", "gcmaes128"} {
		cases["ESP "+word] = func(r *plan.Router) {
			r.Tunnels[3].IPsec.ESP.Encryption, r.Tunnels[3].IPsec.ESP.Integrity = word, word
		}
	}
	for _, word := range []string{"aes256", "aes192", "aes128", "des3", "des", "none"} {
		cases["ESP "+word] = func(r *plan.Router) { r.Tunnels[3].IPsec.ESP.Encryption = word }
	}
	for _, word := range []string{"sha256", "sha1", "md5"} {
		cases["ESP "+word] = func(r *plan.Router) { r.Tunnels[3].IPsec.ESP.Integrity = word }
	}
	for _, n := range []int{24, 20, 19, 14, 2, 1} {
		cases[fmt.Sprint("group ", n)] = func(r *plan.Router) {
			r.Tunnels[3].IPsec.IKE.DHGroup, r.Tunnels[3].IPsec.ESP.PFSGroup = n, n
		}
	}
	for name, change := range cases {
		for _, fault := range readBack(t, change, unedited) {
			t.Errorf("%s: %s", name, fault)
		}
	}
}

// The reader sees what is wrong with a text.
func TestIOSXEReadBackFindsFaults(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, before, after string }{
		{"a key of another", "key-string <file:ams.cak>", "key-string <env:DUB_CAK>"},
		{"the channel identifier", " macsec disable-sci\n", ""},
		{"MACsec off", " macsec\n", ""},
		{"another cipher", "macsec-cipher-suite gcm-aes-xpn-256", "macsec-cipher-suite gcm-aes-256"},
		{"another group", " group 14\n", " group 24\n"},
		{"a peer without key", "  pre-shared-key <env:VPN_PSK>\n", ""},
		{"the gateway's identity", " match identity remote address 203.0.113.11 255.255.255.255\n", ""},
		{"the front VRF", " match fvrf BLUE\n", ""},
		{"the tunnel's VRF", " tunnel vrf BLUE\n", ""},
		{"an endpoint", " tunnel destination 203.0.113.11\n", " tunnel destination 203.0.113.12\n"},
		{"the segments", " ip tcp adjust-mss 1350\n", " ip tcp adjust-mss 1450\n"},
		{"forward secrecy", " set pfs group14\n", ""},
		{"who begins", " responder-only\n", ""},
		{"a VRF of no link", " vrf forwarding RED\n", " vrf forwarding BLUE\n"},
		{"addresses wiped", " vrf forwarding RED\n ip flow", " ip address 10.9.9.1 255.255.255.252\n vrf forwarding RED\n ip flow"},
		{"an import", "  route-target import 64500:999\n", ""},
		{"the distinguisher", " rd 192.0.2.1:301\n", ""},
		{"the hops", " neighbor 10.60.255.4 ebgp-multihop 255\n", ""},
		{"the source", " neighbor 10.60.255.4 update-source Loopback0\n", ""},
		{"who connects", "  neighbor 169.254.21.2 transport connection-mode passive\n", ""},
		{"VPN routes", "  neighbor 192.0.2.3 activate\n", ""},
		{"communities", "  neighbor 192.0.2.4 send-community\n", ""},
		{"a pin", "ip route 10.60.255.4 255.255.255.255 Tunnel1\n", "ip route 10.60.255.4 255.255.255.255 Tunnel2\n"},
		{"a table", "ip route vrf RED 10.64.0.0", "ip route vrf BLUE 10.64.0.0"},
		{"a watched route", "ip route static bfd Port-channel1.100 10.0.0.2\n", ""},
		{"a watch of nothing", "ip route static bfd Port-channel1.100 10.0.0.2\n", "ip route static bfd Port-channel1.100 10.0.0.3\n"},
		{"what lies inside", "203.0.113.0/24 le 32", "203.0.113.0/24"},
		{"le of a host", "permit 203.0.114.1/32\n", "permit 203.0.114.1/32 le 32\n"},
		{"both communities", "WEU permit 12076:51002\n", "WEU permit 12076:51002 12076:52002\n"},
		{"the format", "ip bgp-community new-format\n", ""},
		{"a kept value", " match dscp af11 ef\n", " match dscp af11\n"},
		{"what is set", "  set dscp default\n", "  set dscp af11\n"},
		{"a direction", " ip flow monitor HAND-MADE-V4-OUT sampler HAND-MADE output\n", ""},
		{"the key of a flow", " match interface output\n", ""},
		{"the rate", "mode random 1 out-of 1000", "mode random 1 out-of 100"},
		{"the collector", " destination 10.80.1.50\n", " destination 10.80.1.51\n"},
		{"indexes", "snmp ifmib ifindex persist\n", ""},
		{"a line of nobody's", " ip tcp adjust-mss 1350\n", " ip tcp adjust-mss 1350\n ip nat outside\n"},
	} {
		faults := readBack(t, unchanged, func(text string) string {
			if !strings.Contains(text, c.before) {
				t.Fatalf("%s: no %q", c.name, c.before)
			}
			return strings.Replace(text, c.before, c.after, 1)
		})
		if len(faults) == 0 {
			t.Errorf("%s is not seen", c.name)
		}
	}
}
