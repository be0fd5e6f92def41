package confdiff

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ercfg/ercfg/internal/golden"
)

// frrGoldens are the paths of the FRR configurations that render makes.
func frrGoldens(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob("../render/testdata/*/*.frr.conf")
	if err != nil || len(files) < 5 {
		t.Fatalf("goldens of render: %q, %v", files, err)
	}
	return files
}

// frrForeignFiles are the paths of configurations with the matter of others.
func frrForeignFiles(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/frr/*.conf")
	if err != nil || len(files) < 5 {
		t.Fatalf("foreign configurations: %q, %v", files, err)
	}
	return files
}

func frrFile(t testing.TB, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func mustReadFRR(t testing.TB, text []byte) Config {
	t.Helper()
	c, err := Read(FRR, text)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// frrWrite turns statements back into the text of a file, secrets included,
// without lines that only separate.
func frrWrite(c Config) string {
	var text strings.Builder
	for _, s := range c.Statements {
		line := s.Path[len(s.Path)-1]
		if s.Secret.Form() != NoSecret {
			line = strings.Replace(line, SecretMark, *s.Secret.value, 1)
		}
		fmt.Fprintf(&text, "%s%s\n", strings.Repeat(" ", len(s.Path)-1), line)
	}
	return text.String()
}

// Nothing of a rendered configuration is lost, added or moved.
func TestFRRGoldensWhole(t *testing.T) {
	t.Parallel()
	for _, path := range frrGoldens(t) {
		text := frrFile(t, path)
		var want strings.Builder
		for line := range strings.Lines(string(text)) {
			switch strings.TrimSpace(line) {
			case "!", "exit", "exit-vrf", "exit-address-family":
			default:
				want.WriteString(line)
			}
		}
		if diff := cmp.Diff(want.String(), frrWrite(mustReadFRR(t, text))); diff != "" {
			t.Errorf("%s (-golden +written):\n%s", path, diff)
		}
	}
}

// frrShow lists statements one a line: number, path, how its secret is written.
func frrShow(c Config) string {
	var text strings.Builder
	for _, s := range c.Statements {
		fmt.Fprintf(&text, "%d: %s", s.Number, strings.Join(s.Path, " / "))
		if form := s.Secret.Form(); form != NoSecret {
			fmt.Fprintf(&text, " (%s)", []string{"", "plain", "reversible", "hashed", "reference"}[form])
		}
		text.WriteByte('\n')
	}
	return text.String()
}

func TestFRRForeign(t *testing.T) {
	t.Parallel()
	for _, path := range frrForeignFiles(t) {
		golden.Equal(t, strings.TrimSuffix(path, ".conf")+".statements", frrShow(mustReadFRR(t, frrFile(t, path))))
	}
}

// What must come out of the foreign files, written by hand and not by the
// reader; a line with - in front must not.
func TestFRRForeignByHand(t *testing.T) {
	t.Parallel()
	for file, expect := range map[string]string{
		"handwritten": `
			ip route 10.61.0.0/16 blackhole 250
			ip route 10.62.0.0/16 192.0.2.1
			ip route 10.63.0.0/16 Null0
			ip route 10.64.0.0/16 192.0.2.1
			vrf lab-red / ip route 10.65.0.0/16 192.0.2.9
			ipv6 route 2001:db8:6100::/40 blackhole 250
			interface eth1.61
			interface eth1.61 / description Link to the provider
			interface eth1.61 / ipv6 address 2001:db8:0:61::5/64
			- interface eth1.61 / no shutdown
			router bgp 65061 / bgp router-id 10.61.255.1
			router bgp 65061 / bgp log-neighbor-changes
			router bgp 65061 / neighbor 192.0.2.6 remote-as 12076
			router bgp 65061 / neighbor 192.0.2.6 description the first one
			router bgp 65061 / neighbor 192.0.2.6 bfd
			router bgp 65061 / neighbor 192.0.2.6 bfd profile LAB-SLOW
			router bgp 65061 / neighbor 192.0.2.6 timers 20 60
			router bgp 65061 / neighbor 192.0.2.6 timers connect 10
			- router bgp 65061 / neighbor 192.0.2.6 port 179
			- router bgp 65061 / timers bgp 60 180
			router bgp 65061 / neighbor 198.51.100.9 ebgp-multihop 255
			router bgp 65061 / neighbor 198.51.100.9 password <secret> (plain)
			router bgp 65061 / neighbor 2001:db8:0:61::6 update-source 2001:db8:0:61::5
			router bgp 65061 / address-family ipv4 unicast / network 10.61.0.0/16
			router bgp 65061 / address-family ipv4 unicast / network 11.0.0.0/8
			router bgp 65061 / address-family ipv4 unicast / network 198.18.0.0/24
			router bgp 65061 / address-family ipv4 unicast / neighbor 198.51.100.9 soft-reconfiguration inbound
			router bgp 65061 / address-family ipv4 unicast / neighbor 192.0.2.6 maximum-prefix 900 warning-only
			- router bgp 65061 / address-family ipv4 unicast / neighbor 192.0.2.6 send-community both
			router bgp 65061 / address-family ipv6 unicast / no neighbor 2001:db8:0:61::6 send-community
			ip prefix-list LAB-NETS seq 10 permit 10.61.0.0/16 ge 20 le 24
			route-map LAB-IN permit 10 / set community 65061:4 65061:30 no-export additive
			route-map LAB-IN permit 10 / on-match goto 30
			route-map LAB-IN deny 65535
			bfd / profile LAB-SLOW / transmit-interval 750
			- bfd / profile LAB-SLOW / receive-interval 300
			bfd / peer 2001:db8:0:61::8 local-address 2001:db8:0:61::5 / profile LAB-SLOW`,
		"flat": `
			password <secret> (plain)
			enable password 8 <secret> (hashed)
			key chain CORE / key 1 / key-string <secret> (plain)
			interface ens192 / ip ospf message-digest-key 3 md5 <secret> (plain)
			interface lo
			interface ens224 / ip address 203.0.113.129/25
			router ospf / network 203.0.113.0/29 area 0.0.0.0
			router ospf / area 0.0.0.5 virtual-link 203.0.113.6 message-digest-key 1 md5 <secret> (plain)
			router bgp 64620 / neighbor CORE password <secret> (plain)
			router bgp 64620 / neighbor 203.0.113.130 description Transit with a password in its name
			router bgp 64620 / address-family ipv4 unicast / neighbor 203.0.113.130 route-map TRANSIT-OUT out
			router bgp 64620 / address-family ipv6 unicast / neighbor CORE activate
			ip prefix-list OUR-SPACE permit 203.0.113.0/24
			bgp community-list standard BLACKHOLE permit 64620:666
			bgp as-path access-list UPSTREAM permit ^64999_[0-9]+$
			route-map TRANSIT-OUT permit 10 / match ip address prefix-list OUR-SPACE
			route-map TRANSIT-OUT deny 20
			line vty / access-class MGMT`,
		"modern": `
			password 8 <secret> (hashed)
			key chain ISIS / key 7 / cryptographic-algorithm hmac-sha-256
			vrf tenant-a / ip route 198.18.0.0/15 blackhole
			vrf tenant-a / rpki / rpki cache tcp 192.0.2.50 3323 preference 1
			interface swp1 / ip ospf authentication-key <secret> 198.51.100.1 (plain)
			interface swp1 / ipv6 ospf6 authentication key-id 3 hash-algo hmac-sha-256 key <secret> (plain)
			interface swp1 / isis password md5 <secret> (plain)
			interface swp2 vrf tenant-a / ip address 198.18.4.1/24
			- router bgp 65221 / setting one
			router bgp 65221 / new-thing alpha / setting two
			router bgp 65221 / bgp listen range 198.51.100.64/26 peer-group FABRIC
			router bgp 65221 / segment-routing srv6 / locator MAIN
			router bgp 65221 / bmp targets COLLECTOR / bmp monitor ipv4 unicast post-policy
			router bgp 65221 / address-family l2vpn evpn / vni 10100 / rd 198.51.100.21:100
			router bgp 65221 vrf tenant-a / address-family ipv4 unicast / import vrf tenant-b
			router isis FABRIC / domain-password clear <secret> (plain)
			mpls ldp / neighbor 198.51.100.22 password <secret> (plain)
			mpls ldp / address-family ipv4 / interface swp1
			- interface swp1 / discovery transport-address 198.51.100.21
			ip prefix-list TENANT-NETS description what tenants may have
			segment-routing / srv6 / locators / locator MAIN / prefix 2001:db8:f00d::/48 block-len 32 node-len 16
			segment-routing / traffic-eng / pcep / pce PCE1 / tcp-md5-auth <secret> (plain)
			line vty / exec-timeout 15 0`,
		"terminal": `
			ip route 10.70.0.0/16 blackhole 250
			- show clock
			vrf branch / ip route 198.18.0.0/24 198.18.7.1
			interface eth0 / ip ospf authentication-key <secret> (plain)
			interface eth1.70 / description ExpressRoute er-north private primary, Oslo
			router bgp 65070 / neighbor 172.30.70.2 bfd profile NORTHWIND-OSLO-BFD-300X3
			router bgp 65070 / neighbor 172.30.70.2 password <secret> (plain)
			router bgp 65070 / address-family ipv4 unicast / neighbor 172.30.70.2 route-map NORTHWIND-OSLO-ER-NORTH-PRIMARY-OUT-V4 out
			route-map NORTHWIND-OSLO-ER-NORTH-PRIMARY-OUT-V4 deny 65535
			bfd / profile NORTHWIND-OSLO-BFD-300X3
			bfd / profile OFFICE-SLOW / transmit-interval 1000
			- Neighbor V AS MsgRcvd MsgSent`,
		"mixed-levels": `
			router bgp 64700 / address-family ipv4 unicast / network 192.0.2.64/26
			router bgp 64700 / address-family ipv4 unicast / neighbor 192.0.2.66 prefix-list CUST in
			router bgp 64700 / address-family ipv6 unicast / neighbor 2001:db8:47::2 activate
			router bgp 64700 / vnc defaults / response-lifetime 3600
			ip prefix-list CUST seq 5 permit 198.51.100.0/24
			router pim / msdp peer 192.0.2.67 password <secret> (plain)
			pbr-map STEER seq 10 / set nexthop 192.0.2.70
			some-new-block one / inner two / deepest three
			some-new-block one / inner four
			nexthop-group UP / nexthop 192.0.2.70
			route-map CUST permit 10 / match as-path CUST`,
	} {
		var got []string
		for line := range strings.Lines(frrShow(mustReadFRR(t, frrFile(t, "testdata/frr/"+file+".conf")))) {
			_, line, _ = strings.Cut(strings.TrimSpace(line), ": ")
			got = append(got, line)
		}
		for line := range strings.Lines(strings.TrimSpace(expect)) {
			line, unwanted := strings.CutPrefix(strings.TrimSpace(line), "- ")
			if slices.Contains(got, line) == unwanted {
				t.Errorf("%s: %q: wanted %v, found %v", file, line, !unwanted, unwanted)
			}
		}
	}
}

// A context is a statement, too, and stands before what it holds; the whole
// list has no statement twice.
func TestFRRContexts(t *testing.T) {
	t.Parallel()
	for _, path := range slices.Concat(frrGoldens(t), frrForeignFiles(t)) {
		seen := map[string]bool{"": true}
		for _, s := range mustReadFRR(t, frrFile(t, path)).Statements {
			around := strings.Join(s.Path[:len(s.Path)-1], "\n")
			if !seen[around] {
				t.Errorf("%s:%d: %q stands before its context", path, s.Number, s.Path)
			}
			if seen[s.Key()] {
				t.Errorf("%s:%d: %q is there twice", path, s.Number, s.Path)
			}
			seen[s.Key()] = true
		}
	}
}

// Indentation means nothing to FRR, and the exits may be missing.
func TestFRRIndentation(t *testing.T) {
	t.Parallel()
	for _, path := range frrGoldens(t) {
		plain := string(frrFile(t, path))
		want := frrWrite(mustReadFRR(t, []byte(plain)))
		var flat, wide, open strings.Builder
		for line := range strings.Lines(plain) {
			text := strings.TrimLeft(line, " ")
			flat.WriteString(text)
			wide.WriteString(strings.Repeat(" ", 4*(len(line)-len(text))) + text)
			if !strings.HasPrefix(text, "exit") {
				open.WriteString(line)
			}
		}
		for name, text := range map[string]string{"flat": flat.String(), "wide": wide.String(), "without exit": open.String()} {
			if diff := cmp.Diff(want, frrWrite(mustReadFRR(t, []byte(text)))); diff != "" {
				t.Errorf("%s, %s (-plain +read):\n%s", path, name, diff)
			}
		}
	}
}

// A line that the reader has no name for is outside of a context that has ended.
func TestFRREnds(t *testing.T) {
	t.Parallel()
	for _, before := range []string{
		"interface a\ndescription b\nend\n", "interface a\ndescription b\nexit\n", "interface a\n!\n", "rpki\n!\n", "interface a\n description b\n!\n",
		"router bgp 65001\naddress-family ipv4 unicast\nend\n", "vrf a\nexit-vrf\n", "router bgp 65001\n some-new x\n  y\n exit\n bgp router-id 192.0.2.1\nexit\n",
	} {
		c := mustReadFRR(t, []byte("hostname a\n"+before+"some-new-command b\n"))
		if last := c.Statements[len(c.Statements)-1]; len(last.Path) != 1 {
			t.Errorf("%q: %q", before, last.Path)
		}
	}
}

func TestFRRRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, want string }{
		"nothing":                           {"", errFRREmpty.Error()},
		"only separators":                   {"!\n!\n# nothing\n", errFRREmpty.Error()},
		"a shell's word":                    {"bash: vtysh: command not found\n", errFRREmpty.Error()},
		"Junos":                             {"system {\n    host-name r1;\n}\ninterfaces {\n    lo0;\n}\n", "no FRR configuration: line 3 is of Junos"},
		"Junos, set":                        {"set version 22.4R3\nset system host-name r1\n", "no FRR configuration: line 1 is of Junos"},
		"Cisco IOS":                         {"!\nversion 17.9\nhostname r1\ninterface Loopback0\n", "no FRR configuration: line 2 is of Cisco IOS"},
		"an IOS-XE without its first lines": {"interface TenGigabitEthernet0/0/1.150\n encapsulation dot1Q 150\n ip address 172.16.200.1 255.255.255.252\n!\nrouter bgp 65010\n", "no FRR configuration: line 2 is of Cisco IOS"},
		"bytes":                             {"hostname a\n\x00\x00\x01 x\n", "no FRR configuration: line 2 is of no text"},
		"end lost":                          {"Building configuration...\n\nCurrent configuration:\n!\nhostname a\nrouter bgp 65001\n", "the FRR configuration is cut off: it has a beginning and no end"},
		"end in a neighbor":                 {"Building configuration...\nhostname a\nrouter bgp 65001\n neighbor 192.0.2.1 description the end\n", "the FRR configuration is cut off: it has a beginning and no end"},
	} {
		if _, err := Read(FRR, []byte(c.text)); err == nil || err.Error() != c.want {
			t.Errorf("%s: error %v, want %s", name, err, c.want)
		}
	}
}

// Depth is bounded whatever the text.
func TestFRRDepth(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	text.WriteString("hostname a\n")
	for i := range 1000 {
		fmt.Fprintf(&text, "%snested %d\n", strings.Repeat(" ", i), i)
	}
	for _, s := range mustReadFRR(t, []byte(text.String())).Statements {
		if len(s.Path) > frrDepth+1 {
			t.Fatalf("line %d has a path of %d", s.Number, len(s.Path))
		}
	}
}

func FuzzReadFRR(f *testing.F) {
	for _, path := range slices.Concat(frrGoldens(f), frrForeignFiles(f)) {
		f.Add(frrFile(f, path))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := Read(FRR, text)
		if err != nil {
			return
		}
		if len(c.Statements) > bytes.Count(text, []byte("\n"))*4+4 {
			t.Fatalf("%d statements", len(c.Statements))
		}
		for _, s := range c.Statements {
			if len(s.Path) == 0 || len(s.Path) > frrDepth+2 || slices.Contains(s.Path, "") || s.Number < 1 {
				t.Fatalf("statement %q of line %d", s.Path, s.Number)
			}
			if (s.Secret.Form() != NoSecret) != strings.Contains(s.Text(FRR), SecretMark) && !bytes.Contains(text, []byte(SecretMark)) {
				t.Fatalf("statement %q has a secret of form %d", s.Path, s.Secret.Form())
			}
		}
	})
}

// 1 MB of the configuration of others takes less than 100 ms.
func BenchmarkReadFRR(b *testing.B) {
	var text []byte
	for i := 0; len(text) < 1<<20; i++ {
		text = fmt.Appendf(text, "interface eth%d\n description customer %d\n ip address 198.51.100.1/24\n ip ospf message-digest-key 1 md5 k%d\nexit\n!\nrouter bgp 65001 vrf c%d\n neighbor 192.0.2.%d remote-as 64999\n neighbor 2001:DB8::%x:1 remote-as 64999\n !\n address-family ipv4 unicast\n  network 198.18.%d.0/24\n  neighbor 192.0.2.%d route-map C%d in\n exit-address-family\nexit\n!\nip prefix-list C%d seq 5 permit 198.18.%d.0/24 le 32\nroute-map C%d permit 10\n match ip address prefix-list C%d\nexit\n!\n",
			i, i, i, i, i%250, i%60000, i%250, i%250, i, i, i%250, i, i)
	}
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		mustReadFRR(b, text)
	}
}
