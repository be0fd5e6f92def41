package confdiff

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ercfg/ercfg/internal/golden"
)

// iosxeGoldens are what ercfg renders.
func iosxeGoldens(t testing.TB) []string {
	t.Helper()
	names, err := filepath.Glob("../render/testdata/*/*.ios-xe.cfg")
	if err != nil || len(names) == 0 {
		t.Fatalf("no goldens: %v", err)
	}
	return names
}

// iosxeOthers are configurations of others, after the shapes of real ones.
func iosxeOthers(t testing.TB) []string {
	t.Helper()
	var names []string
	for _, pattern := range []string{"testdata/iosxe/*.cfg", "testdata/iosxe/*.log"} {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) == 0 {
			t.Fatalf("no files %s: %v", pattern, err)
		}
		names = append(names, found...)
	}
	return names
}

func iosxeFile(t testing.TB, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func iosxeRead(t testing.TB, text []byte) Config {
	t.Helper()
	c, err := Read(IOSXE, text)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// iosxeWrite turns statements into text, secrets included.
func iosxeWrite(c Config) string {
	var b strings.Builder
	for _, s := range c.Statements {
		line := s.Path[len(s.Path)-1]
		if s.Secret.form != NoSecret {
			line = strings.ReplaceAll(line, SecretMark, *s.Secret.value)
		}
		fmt.Fprintf(&b, "%*s%s\n", len(s.Path)-1, "", line)
	}
	return b.String()
}

// iosxeLinesOf are the lines of a text without what only separates.
func iosxeLinesOf(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		switch strings.TrimSpace(line) {
		case "", "!", "exit-address-family":
		default:
			b.WriteString(line)
		}
	}
	return b.String()
}

// TestIOSXEGoldens reads what ercfg renders and writes it again: nothing is lost
// and nothing is respelled, so that canonical form is the form of the goldens.
func TestIOSXEGoldens(t *testing.T) {
	t.Parallel()
	for _, name := range iosxeGoldens(t) {
		text := iosxeFile(t, name)
		c := iosxeRead(t, text)
		want := iosxeLinesOf(string(text))
		if diff := cmp.Diff(want, iosxeWrite(c)); diff != "" {
			t.Errorf("%s (-file +read):\n%s", name, diff)
		}
		lines := strings.Split(string(text), "\n")
		for _, s := range c.Statements {
			if strings.Contains(s.Key(), "<env:") || s.Secret.Form() != NoSecret && s.Secret.Form() != Reference {
				t.Errorf("%s:%d: the placeholder of %q is no reference", name, s.Number, s.Key())
			}
			if _, last := iosxeIndent(lines[s.Number-1]); s.Secret.form == NoSecret && last != s.Text(IOSXE) {
				t.Errorf("%s:%d: is %q, read as %q", name, s.Number, last, s.Text(IOSXE))
			}
		}
	}
}

// TestIOSXEGrammarKnowsGoldens finds the lines of the goldens that the table does
// not have: they would not be expanded when a person abbreviates them.
func TestIOSXEGrammarKnowsGoldens(t *testing.T) {
	t.Parallel()
	for _, name := range iosxeGoldens(t) {
		modes := map[string]string{"": iosxeTop}
		for _, s := range iosxeRead(t, iosxeFile(t, name)).Statements {
			mode := modes[strings.Join(s.Path[:len(s.Path)-1], "\n")]
			last := strings.TrimPrefix(s.Text(IOSXE), "no ")
			var l iosxeLine
			l.split(last)
			if root := iosxeGrammar()[mode]; root == nil || !iosxeKnows(root, l.words) {
				t.Errorf("%s:%d: no line in the table for %q of %q", name, s.Number, last, mode)
				continue
			}
			_, opens := l.canonical(mode, last)
			modes[s.Key()] = opens
		}
	}
}

// iosxeKnows reports whether each keyword among words is in the table.
func iosxeKnows(n *iosxeNode, words []string) bool {
	for len(words) > 0 && !n.rest {
		next := n.next[words[0]]
		if next == nil && n.typed != nil {
			if _, used := n.kind(nil, words); used > 0 {
				n, words = n.typed, words[used:]
				continue
			}
		}
		if next == nil {
			next = n.any
		}
		if next == nil {
			return words[0] == "le" || iosxeIsNumber(words[0])
		}
		n, words = next, words[1:]
	}
	return true
}

func iosxeIsNumber(s string) bool { return strings.Trim(s, "0123456789") == "" }

// TestIOSXEOthers shows every statement of the configurations of others.
func TestIOSXEOthers(t *testing.T) {
	t.Parallel()
	for _, name := range iosxeOthers(t) {
		var b strings.Builder
		for _, s := range iosxeRead(t, iosxeFile(t, name)).Statements {
			fmt.Fprintf(&b, "%3d %*s%s", s.Number, len(s.Path)-1, "", s.Text(IOSXE))
			if s.Opaque {
				b.WriteString("  [opaque]")
			}
			if f := s.Secret.Form(); f != NoSecret {
				fmt.Fprintf(&b, "  [%s]", [...]string{"", "plain", "reversible", "hashed", "reference"}[f])
			}
			b.WriteByte('\n')
		}
		golden.Equal(t, name+".read", b.String())
	}
}

// TestIOSXEInteresting is the other look at the files of others: what must be
// among the statements, and what must not be.
func TestIOSXEInteresting(t *testing.T) {
	t.Parallel()
	want := map[string][]string{
		"asr-full.cfg": {
			"vrf definition PARTNER/address-family ipv6",
			"crypto pki certificate chain TP-self-signed-1187265/certificate self-signed 01",
			"crypto pki certificate chain SLA-TrustPoint/certificate ca 01 nvram:SLA-Trust#1.cer",
			"license udi pid ASR1001-X sn FOX0000T0ST",
			"policy-map WAN-OUT/class VOICE/priority percent 20",
			"router bgp 65040/address-family ipv4/neighbor 172.20.40.2 activate",
			"router bgp 65040/neighbor 172.20.40.2 password <secret>",
			"router bgp 65040/address-family ipv4 vrf PARTNER/redistribute connected",
			"ip access-list extended FLOOR-IN/20 remark no password here",
			"banner login ^C", "aaa authentication banner ^C", "line con 0/stopbits 1", "line vty 0 4/transport input ssh",
			"snmp-server community <secret> RO 70", "ntp server 198.51.100.90",
			"-router bgp 1", "-interface Loopback99", "-neighbor 192.0.2.99 remote-as 1", "-ntp clock-period 36029056",
		},
		"hand-edited.cfg": {
			"interface TenGigabitEthernet0/0/1.300/description ExpressRoute  er-sud private primary",
			"interface TenGigabitEthernet0/0/1.300/encapsulation dot1Q 300 second-dot1q 31",
			"interface TenGigabitEthernet0/0/1.300/ip address 172.21.9.1 255.255.255.252",
			"interface TenGigabitEthernet0/0/1.300/no ip redirects",
			"interface TenGigabitEthernet0/0/1.300/no ip proxy-arp",
			"interface TenGigabitEthernet0/0/1.300/ip tcp adjust-mss 1350",
			"interface TenGigabitEthernet0/0/1.300/ipv6 address 2001:DB8:9:300::1/126",
			"interface TenGigabitEthernet0/0/1.300/bfd interval 300 min_rx 300 multiplier 3",
			"interface Port-channel1/no ip address",
			"router bgp 65546/neighbor 2001:DB8:9:300::2 remote-as 12076",
			"router bgp 65546/neighbor 172.21.9.2 remote-as 12076",
			"router bgp 65546/neighbor 172.21.9.2 update-source Loopback0",
			"router bgp 65546/neighbor 172.21.9.2 password <secret>",
			"router bgp 65546/address-family ipv4/network 10.9.0.0 mask 255.255.0.0",
			"router bgp 65546/address-family ipv4/network 10.0.0.0",
			"router bgp 65546/address-family ipv4/neighbor 172.21.9.2 send-community",
			"router bgp 65546/address-family ipv4/neighbor 172.21.9.2 maximum-prefix 1000 warning-only",
			"router bgp 65546/address-family ipv4/neighbor 172.21.9.2 soft-reconfiguration inbound",
			"ip route 10.9.0.0 255.255.0.0 Null0 250",
			"ip route 10.9.7.0 255.255.255.0 GigabitEthernet0/0/3 172.21.9.6",
			"ipv6 route 2001:DB8:9::/48 Null0 250",
			"ip prefix-list SUD-ALL permit 10.9.0.0/16 le 24",
			"ipv6 prefix-list sud-all seq 10 permit 2001:DB8:9::/48",
			"ip community-list standard SUD-REGION permit 12076:52008",
			"route-map SUD-OUT permit 10/match ip address prefix-list SUD-ALL",
			"route-map SUD-OUT permit 10/set as-path prepend 65546 65546",
			"route-map SUD-OUT deny 10",
			"class-map match-all VIDEO/match dscp ef af41",
			"snmp ifmib ifindex persist",
			"-interface TenGigabitEthernet0/0/1.300/no shutdown",
			"-router bgp 65546/no neighbor 172.21.9.2 shutdown",
		},
		"old-release.cfg": {
			"banner motd #", "macro name desk", "key chain OSPF-KEYS/key 2/key-string <secret>",
			"router bgp 4200000001/neighbor 192.0.2.2 password <secret>",
			"router bgp 4200000001/address-family vpnv4/neighbor 192.0.2.2 activate",
			"router bgp 4200000001/address-family ipv4 vrf BRANCH/redistribute static",
			"ip route vrf BRANCH 198.51.100.0 255.255.255.0 192.0.2.2 name one",
			"archive/path ftp://<secret>@192.0.2.50/$h",
			"crypto key pubkey-chain rsa/named-key peer.example/key-string", "line vty 0 4/login",
			"-router bgp 4200000001/no auto-summary", "-router bgp 4200000001/no synchronization",
			"-router bgp 4200000001/address-family ipv4 vrf BRANCH/no synchronization",
			"-interface Loopback7", "-interface Vlan7", "-ip classless",
		},
		"keys.cfg": {
			"enable password level 7 <secret>", "username b password <secret>", "password encryption aes",
			"crypto isakmp key <secret> address 192.0.2.2 255.255.255.255 no-xauth",
			"crypto keyring K1/pre-shared-key address 192.0.2.4 255.255.255.255 key <secret>",
			"crypto ikev2 keyring K2/peer x/pre-shared-key local <secret>",
			"crypto ikev2 keyring K2/peer y/address 192.0.2.6",
			"crypto ikev2 profile P1/authentication remote pre-share key <secret>",
			"crypto ikev2 profile P1/authentication local pre-share",
			"key chain MK macsec/key <secret>/key-string <secret>",
			"interface GigabitEthernet1/mka pre-shared-key key-chain MK",
			"router bgp 65000/neighbor 192.0.2.9 description the password is in the safe",
			"router eigrp CAMPUS/address-family ipv4 unicast autonomous-system 7/af-interface GigabitEthernet1/authentication mode hmac-sha-256 <secret>",
			"boot system tftp://192.0.2.77/image.bin",
			"-crypto ikev2 profile P1/lifetime 86400",
		},
		"capture.log": {
			"version 17.12",
			"interface GigabitEthernet0/0/1.77/description ExpressRoute er-est private primary, Lyon",
			"interface GigabitEthernet0/0/1.77/ip address 172.22.7.1 255.255.255.252",
			"interface GigabitEthernet0/0/1.77/no ip redirects",
			"router bgp 65077/neighbor 172.22.7.2 timers 20 60",
			"router bgp 65077/address-family ipv4/neighbor 172.22.7.2 activate",
		},
	}
	for _, name := range iosxeOthers(t) {
		var got []string
		for _, s := range iosxeRead(t, iosxeFile(t, name)).Statements {
			got = append(got, strings.Join(s.Path, "/"))
		}
		lines := want[filepath.Base(name)]
		if len(lines) == 0 {
			t.Errorf("%s: nothing is expected of it", name)
		}
		for _, line := range lines {
			line, not := strings.CutPrefix(line, "-")
			if slices.Contains(got, line) == not {
				t.Errorf("%s: %q: there %t, want %t", name, line, not, !not)
			}
		}
	}
}

// TestIOSXEAgain writes what was read of others and reads it again: canonical
// form is canonical.
func TestIOSXEAgain(t *testing.T) {
	t.Parallel()
	for _, name := range iosxeOthers(t) {
		c := iosxeRead(t, iosxeFile(t, name))
		var want, got []string
		c.Statements = slices.DeleteFunc(c.Statements, func(s Statement) bool { return s.Opaque })
		for _, s := range c.Statements {
			want = append(want, s.Key())
		}
		for _, s := range iosxeRead(t, []byte(iosxeWrite(c)+"end\n")).Statements {
			got = append(got, s.Key())
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-read +again):\n%s", name, diff)
		}
	}
}

// TestIOSXEFamilies reads the ends of an address family: the box's words, a
// person's, and the indentation of releases before 15.
func TestIOSXEFamilies(t *testing.T) {
	t.Parallel()
	want := "router bgp 1\n address-family ipv4\n  network 10.0.0.0\n address-family ipv6\n  network 2001:DB8::/32\n neighbor 192.0.2.1 shutdown\n"
	for _, text := range []string{
		"router bgp 1\n address-family ipv4\n  network 10.0.0.0\n exit-address-family\n !\n address-family ipv6\n  network 2001:DB8::/32\n exit-address-family\n neighbor 192.0.2.1 shutdown\n",
		"router bgp 1\n address-family ipv4\n  network 10.0.0.0\n exit\n address-family ipv6\n  network 2001:DB8::/32\n  exit\n neighbor 192.0.2.1 shutdown\n",
		"router bgp 1\n address-family ipv4\n network 10.0.0.0\n exit-address-family\n address-family ipv6\n network 2001:DB8::/32\n exit-address-family\n neighbor 192.0.2.1 shutdown\n",
		"router bgp 1\n address-family ipv4\n network 10.0.0.0\n address-family ipv6\n network 2001:DB8::/32\n exit\n neighbor 192.0.2.1 shutdown\nexit\n",
	} {
		if got := iosxeWrite(iosxeRead(t, []byte(text))); got != want {
			t.Errorf("%q is read as %q", text, got)
		}
	}
}

// A line that says two things is read as the two lines that say them.
func TestIOSXEApart(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"vrf definition A\n route-target both 1:1\n":                     "vrf definition A\n route-target export 1:1\n route-target import 1:1\n",
		"route-map A permit 10\n match ip address prefix-list B C\n":     "route-map A permit 10\n match ip address prefix-list B\n match ip address prefix-list C\n",
		"route-map A permit 10\n match community 1 B\n":                  "route-map A permit 10\n match community 1\n match community B\n",
		"route-map A permit 10\n match community B C exact-match\n":      "route-map A permit 10\n match community B C exact-match\n",
		"route-map A permit 10\n match ipv6 address prefix-list B6 C6\n": "route-map A permit 10\n match ipv6 address prefix-list B6\n match ipv6 address prefix-list C6\n",
	} {
		if got := iosxeWrite(iosxeRead(t, []byte(text))); got != want {
			t.Errorf("%q is read as %q, want %q", text, got, want)
		}
	}
}

// One hostile line of a megabyte costs a second at most, on an idle machine; what grows
// with the square of its length takes minutes on any.
func TestIOSXELongLine(t *testing.T) {
	t.Parallel()
	for _, word := range []string{"md5 ", "authentication ", "key ", "no ", "address ", "neighbor ", "\b", "--More-- ", "a:", "% "} {
		start := time.Now()
		_, _ = Read(IOSXE, []byte("router bgp 1\n "+strings.Repeat(word, 1<<20/len(word))+"\n"))
		if took := time.Since(start); took > 30*time.Second {
			t.Errorf("%q: %v", word, took)
		}
	}
}

func TestIOSXERefuses(t *testing.T) {
	t.Parallel()
	for _, c := range [][2]string{
		{"", "no configuration"},
		{"\r\n\r\n", "no configuration"},
		{"% Invalid input detected at '^' marker.\n", "no configuration"},
		{"edge#show running-config\nedge#\n", "no configuration"},
		{"hostname a\x00\n", "zero bytes"},
		{"\xff\xfeh\x00", "UTF-16"},
		{"system {\n", "line 1: braces"},
		{"set system host-name a\n", "line 1: set commands"},
		{"route-map A permit 10\nset local-preference 200\n", "line 2: set stands in no context"},
		{"router bgp 1\nneighbor 192.0.2.1 remote-as 2\n", "line 2: neighbor stands in no context"},
		{"frr version 8.4.4\n", "FRR"},
		{"<html>\n", "markup"},
		{"!! IOS XR Configuration 7.1.1\nhostname a\n", "IOS XR"},
		{"Current configuration : 9 bytes\nhostname a\n", "stops before"},
		{"version 17.12\nhostname a\n", "stops before"},
		{"hello\n", "no line of it is a command"},
		{"ssh: connect to host ce1 port 22: Connection refused\n", "no line of it is a command"},
		{"Permission denied (publickey,password).\n", "no line of it is a command"},
		{"banner motd aHello\n", "line 1: what begins here has no end"},
		{"hostname a\nbanner motd ^C\nhello\n", "line 2: what begins here has no end"},
	} {
		if got, err := Read(IOSXE, []byte(c[0])); err == nil || !strings.Contains(err.Error(), c[1]) {
			t.Errorf("%q: %v, %v; want an error with %q", c[0], got, err, c[1])
		}
	}
}

// TestIOSXENesting bounds what a hostile indentation costs.
func TestIOSXENesting(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	for i := range 2000 {
		fmt.Fprintf(&b, "%*sa%d\n", i, "", i)
	}
	c := iosxeRead(t, b.Bytes())
	deepest := 0
	for _, s := range c.Statements {
		deepest = max(deepest, len(s.Path))
	}
	if len(c.Statements) != 2000 || deepest != iosxeDepth {
		t.Errorf("%d statements, %d deep; want 2000 and %d", len(c.Statements), deepest, iosxeDepth)
	}
}

// iosxeMegabyte repeats a full configuration of others with other numbers, until
// it has a million bytes.
func iosxeMegabyte(t testing.TB) []byte {
	text := string(iosxeFile(t, "testdata/iosxe/asr-full.cfg"))
	text, _, _ = strings.Cut(text, "\nend\n\n")
	var b bytes.Buffer
	for i := 0; b.Len() < 1_000_000; i++ {
		b.WriteString(strings.ReplaceAll(text, "172.20.40.", fmt.Sprintf("172.20.%d.", i%256)))
		b.WriteString("\n")
	}
	b.WriteString("end\n")
	return b.Bytes()
}

func BenchmarkReadIOSXE(b *testing.B) {
	text := iosxeMegabyte(b)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Read(IOSXE, text); err != nil {
			b.Fatal(err)
		}
	}
}

func FuzzReadIOSXE(f *testing.F) {
	for _, name := range append(iosxeGoldens(f), iosxeOthers(f)...) {
		f.Add(iosxeFile(f, name))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := Read(IOSXE, text)
		if err != nil {
			return
		}
		for _, s := range c.Statements {
			switch {
			case len(s.Path) == 0 || len(s.Path) > iosxeDepth || slices.Contains(s.Path, ""):
				t.Fatalf("path %q", s.Path)
			case strings.Contains(s.Key(), "\n ") || s.Number < 1:
				t.Fatalf("statement %q of line %d", s.Path, s.Number)
			case s.Secret.form != NoSecret && !strings.Contains(s.Text(IOSXE), SecretMark):
				t.Fatalf("a secret without a mark: %q", s.Path)
			}
		}
	})
}
