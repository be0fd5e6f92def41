package render

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ercfg/ercfg/internal/plan"
)

// Names of MKA policies stay within 16 characters, and two intents that begin
// alike apart.
func TestIOSXEMKAName(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ prefix, cipher, want string }{
		{"A", "gcm-aes-128", "A-G128"},
		{"HAND-MADE-X", "gcm-aes-256", "HAND-MADE-X-G256"},
		{"CARRIER-AMSTERDAM", "gcm-aes-xpn-256", "CARRIE-4AC5-X256"},
		{"CARRIER-AMSTERDAN", "gcm-aes-xpn-128", "CARRIE-1B7F-X128"},
	} {
		got := iosxeMKAName(c.prefix, c.cipher)
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s, %s (-want +got):\n%s", c.prefix, c.cipher, diff)
		}
		if len(got) > mkaNameLimit {
			t.Errorf("%s has %d characters", got, len(got))
		}
	}
}

// Every value that has a name is written by it.
func TestDSCPWord(t *testing.T) {
	t.Parallel()
	var got []string
	for v := range 64 {
		if word := dscpWord(v); word != fmt.Sprint(v) {
			got = append(got, fmt.Sprintf("%s=%d", word, v))
		}
	}
	want := strings.Fields("default=0 cs1=8 af11=10 af12=12 af13=14 cs2=16 af21=18 af22=20 af23=22 cs3=24 af31=26 af32=28 af33=30 cs4=32 af41=34 af42=36 af43=38 cs5=40 ef=46 cs6=48 cs7=56")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
}

// More values than a line takes are several lines, and 0 is one of them.
func TestIOSXERemark(t *testing.T) {
	t.Parallel()
	r := plan.Router{Links: []plan.Link{
		{Remark: true, DSCP: []int{0, 1, 8, 10, 18, 34, 40, 46, 48}},
		{DSCP: []int{46}},
		{Remark: true},
		{Remark: true, DSCP: []int{0, 1, 8, 10, 18, 34, 40, 46, 48}},
	}}
	want := []iosxeRemark{{Name: "X-DSCP", Keep: []string{" default 1 cs1 af11 af21 af41 cs5 ef", " cs6"}}, {Name: "X-DSCP-2"}}
	if diff := cmp.Diff(want, iosxeRemarks("X", &r)); diff != "" {
		t.Errorf("policies (-want +got):\n%s", diff)
	}
	if got := iosxeRemarkName("X", &r, &r.Links[3]); got != "X-DSCP" {
		t.Errorf("the last link has %s", got)
	}
}

// iosxeText renders the handmade IOS-XE router after a change.
func iosxeText(t *testing.T, change func(*plan.Router)) string {
	t.Helper()
	p := handmade(t)
	p.Routers = p.Routers[:1]
	change(&p.Routers[0])
	return render(t, p, Options{})[0].Text
}

// A policy is picked by the local address alone, so VPNs that share one share
// it; a VPN from two addresses has two profiles and one proposal.
func TestIOSXEFronts(t *testing.T) {
	t.Parallel()
	text := iosxeText(t, func(r *plan.Router) {
		r.Tunnels = r.Tunnels[:4]
		r.Tunnels[2].OutsideVRF, r.Tunnels[2].Local = "", r.Tunnels[0].Local
		r.Tunnels[1].Local = netip.MustParseAddr("198.51.100.19")
	})
	for _, want := range []string{
		"crypto ikev2 policy HAND-MADE-198-51-100-18\n match address local 198.51.100.18\n proposal HAND-MADE-S2S-A\n proposal HAND-MADE-IPSEC-B\n!\n",
		"crypto ikev2 policy HAND-MADE-198-51-100-19\n match address local 198.51.100.19\n proposal HAND-MADE-S2S-A\n!\n",
		"crypto ikev2 profile HAND-MADE-S2S-A-2\n match address local 198.51.100.19\n match identity remote address 203.0.113.11 255.255.255.255\n authentication",
		" tunnel source 198.51.100.19\n tunnel mode ipsec ipv4\n tunnel destination 203.0.113.11\n tunnel protection ipsec profile HAND-MADE-S2S-A-2\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("want %q in\n%s", want, text)
		}
	}
	if n := strings.Count(text, "crypto ikev2 proposal HAND-MADE-S2S-A"); n != 1 {
		t.Errorf("the proposal is there %d times", n)
	}
}

// What is a default is not printed, so it is not rendered: NetFlow version 9,
// the timeouts, the lifetimes. Every packet needs no sampler.
func TestIOSXEDefaults(t *testing.T) {
	t.Parallel()
	text := iosxeText(t, func(r *plan.Router) {
		f := &r.Flow
		f.Protocol, f.Sampling, f.Active, f.Inactive, f.SourceInterface = "netflow9", 1, 1800*time.Second, 20*time.Second, ""
		for i := range r.Tunnels {
			s := &r.Tunnels[i].IPsec
			s.IKE.Lifetime, s.ESP.Lifetime, s.ESP.Kilobytes = 86400*time.Second, 3600*time.Second, 4608000
		}
	})
	for _, want := range []string{
		"flow exporter HAND-MADE\n destination 10.80.1.50\n transport udp 2055\n template data timeout 60\n option interface-table timeout 60\n!\n",
		"flow monitor HAND-MADE-V4-IN\n exporter HAND-MADE\n cache timeout inactive 20\n record HAND-MADE-V4-IN\n!\n",
		" ip flow monitor HAND-MADE-V4-OUT output\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("want %q in\n%s", want, text)
		}
	}
	for _, word := range []string{"sampler", "export-protocol", " lifetime"} {
		if strings.Contains(text, word) {
			t.Errorf("%q is rendered", word)
		}
	}
}

// A router without any of it has none of the commands.
func TestIOSXEWithout(t *testing.T) {
	t.Parallel()
	text := iosxeText(t, func(r *plan.Router) {
		r.VRFs, r.Ports, r.Tunnels, r.Routes, r.Communities, r.Flow = nil, nil, nil, nil, nil, plan.Flow{}
		r.Links, r.IBGP = r.Links[:1], r.IBGP[:1]
	})
	for _, word := range []string{"vrf", "vpn", "flow", "sampler", "snmp", "crypto", "key chain", "mka", "macsec", "class-map", "policy-map", "community-list", "new-format", "send-community", "route static bfd"} {
		if strings.Contains(text, word) {
			t.Errorf("%q is rendered", word)
		}
	}
}

// A route that is tracked has the timers on its link where no session does; one
// that is not takes nothing away.
func TestIOSXETrackedLink(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*plan.Router){
		"a tracked route, no session": func(r *plan.Router) { r.Links[0].BFD, r.Links[0].Sessions[0].BFD = plan.BFD{}, plan.BFD{} },
		"a session, no tracked route": func(r *plan.Router) {
			for i := range r.Routes {
				r.Routes[i].BFD = plan.BFD{}
			}
		},
	} {
		text := iosxeText(t, change)
		if want := " ip mtu 1400\n bfd interval 750 min_rx 750 multiplier 4\n no bfd echo\n!\n"; !strings.Contains(text, want) {
			t.Errorf("%s: want %q in\n%s", name, want, text)
		}
	}
}

// Every algorithm of Azure's policies that the table has for IOS-XE is in
// Cisco's model, and so is every protocol that a VRF redistributes.
func TestOracleIOSXEWords(t *testing.T) {
	t.Parallel()
	program := oracle(t, "iosxeyang")
	text := iosxeText(t, func(r *plan.Router) {
		for i := range r.Origins {
			if o := &r.Origins[i]; o.How == plan.Redistribute {
				o.VRF = "RED"
			}
		}
		sample := r.Tunnels[0]
		r.Tunnels = nil
		add := func(kind, word string, set func(*plan.IPsec)) {
			tunnel := sample
			tunnel.Path, tunnel.Interface = kind+"-"+word, fmt.Sprintf("Tunnel%d", len(r.Tunnels)+1)
			set(&tunnel.IPsec)
			r.Tunnels = append(r.Tunnels, tunnel)
		}
		for _, a := range ikeEncryptions() {
			add("ike", a.Azure, func(s *plan.IPsec) { s.IKE.Encryption = a.Azure })
		}
		for _, a := range ikeIntegrities() {
			add("ike", a.Azure, func(s *plan.IPsec) { s.IKE.Integrity = a.Azure })
			add("prf", a.Azure, func(s *plan.IPsec) { s.IKE.Encryption, s.IKE.Integrity = "gcmaes128", a.Azure })
		}
		for i, a := range groups() {
			group := [...]int{24, 20, 19, 14, 2, 1}[i]
			add("group", a.Azure, func(s *plan.IPsec) { s.IKE.DHGroup, s.ESP.PFSGroup = group, group })
		}
		for _, a := range espEncryptions() {
			add("esp", a.Azure, func(s *plan.IPsec) { s.ESP.Encryption, s.ESP.Integrity = a.Azure, "sha256" })
		}
		for _, a := range espIntegrities() {
			add("esp", a.Azure, func(s *plan.IPsec) { s.ESP.Encryption, s.ESP.Integrity = "aes256", a.Azure })
		}
	})
	file := filepath.Join(t.TempDir(), "algorithms.cfg")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	got, _ := complaints(t, program, []string{"-yang", oracleDir + "/../yang/iosxe"}, []string{file})
	for _, line := range got {
		t.Error(line)
	}
}
