package confdiff

import (
	"strings"
	"testing"
)

func TestIOSXESpellings(t *testing.T) {
	t.Parallel()
	for _, c := range [][3]string{ // context, as written, as the box prints it
		{"", "interface Gi0/0/0", "interface GigabitEthernet0/0/0"},
		{"", "interface gigabitethernet 0/0/0.5", "interface GigabitEthernet0/0/0.5"},
		{"", "interface Po1", "interface Port-channel1"},
		{"", "interface Twe1/0/1", "interface TwentyFiveGigE1/0/1"},
		{"", "interface Fo0/1", "interface FortyGigabitEthernet0/1"},
		{"", "interface Hu0/1/0", "interface HundredGigE0/1/0"},
		{"", "interface T1", "interface T1"},
		{"", "interface ucse1/0", "interface ucse1/0"},
		{"", "ip route 10.1.2.3 255.255.0.0 Te0/0/1 192.0.2.1", "ip route 10.1.0.0 255.255.0.0 TenGigabitEthernet0/0/1 192.0.2.1"},
		{"", "ip route 10.1.0.0 255.255.0.0 192.0.2.1 1", "ip route 10.1.0.0 255.255.0.0 192.0.2.1"},
		{"", "ip route 10.1.0.0 255.255.0.0 192.0.2.1 tag 1", "ip route 10.1.0.0 255.255.0.0 192.0.2.1 tag 1"},
		{"", "ip route static bfd gi0/0/1 192.0.2.1", "ip route static bfd GigabitEthernet0/0/1 192.0.2.1"},
		{"", "ipv6 route vrf BLUE 2001:db8::/32 null0 250", "ipv6 route vrf BLUE 2001:DB8::/32 Null0 250"},
		{"", "ip prefix-list A seq 5 permit 0.0.0.0/0 le 32", "ip prefix-list A seq 5 permit 0.0.0.0/0 le 32"},
		{"", "ip prefix-list A permit 10.0.0.0/8", "ip prefix-list A permit 10.0.0.0/8"},
		{"", "ip community-list standard A permit 12076:5  no-export", "ip community-list standard A permit 12076:5 no-export"},
		{"", "route-map permit permit 20", "route-map permit permit 20"},
		{"", "hostname  a", "hostname a"},
		{"", "ip nat inside source list 1", "ip nat inside source list 1"},
		{"interface Tunnel1", "tunnel source te0/0/0.5", "tunnel source TenGigabitEthernet0/0/0.5"},
		{"interface Tunnel1", "tunnel source 192.0.2.1", "tunnel source 192.0.2.1"},
		{"interface Tunnel1", "ip address 192.0.2.1/31", "ip address 192.0.2.1 255.255.255.254"},
		{"interface Tunnel1", "ip address 192.0.2.1 255.0.255.0", "ip address 192.0.2.1 255.0.255.0"},
		{"interface Tunnel1", "ip address dhcp", "ip address dhcp"},
		{"interface Tunnel1", "ipv6 address fe80::1 link-local", "ipv6 address FE80::1 link-local"},
		{"router bgp 1", "neighbor act activate", "neighbor act activate"},
		{"router bgp 1", "network 172.16.0.0 mask 255.255.0.0", "network 172.16.0.0"},
		{"router bgp 1", "network 192.168.1.0/24 route-map A", "network 192.168.1.0 route-map A"},
		{"router bgp 1", "network 10.1.0.0 mask 255.255.0.0 backdoor", "network 10.1.0.0 mask 255.255.0.0 backdoor"},
		{"router bgp 1", "network 0.0.0.0", "network 0.0.0.0"},
		{"router bgp 1", "neighbor 192.0.2.1 ebgp-multihop", "neighbor 192.0.2.1 ebgp-multihop 255"},
		{"router bgp 1", "neigh 192.0.2.1 foo bar", "neigh 192.0.2.1 foo bar"},
		{"", "ip route vrf SEC 10.1.0.0 255.255.0.0 192.0.2.1", "ip route vrf SEC 10.1.0.0 255.255.0.0 192.0.2.1"},
		{"router bgp 1", "neighbor 192.0.2.1 route-map SECRET in", "neighbor 192.0.2.1 route-map SECRET in"},
		{"", "crypto key storage", "crypto key storage"},
		{"", "ip pref A seq 5 perm 10.0.0.0/8 le 24", "ip prefix-list A seq 5 permit 10.0.0.0/8 le 24"},
		{"", "h A", "h A"},
		{"", "class-map match-al", "class-map match-all match-al"},
		{"", "interface Vir1", "interface Vir1"},
		{"", "interface virtualp1", "interface VirtualPortGroup1"},
		{"", "ip community-list standard A permit 100", "ip community-list standard A permit 100"},
		{"", "snmp mib community-map hushhush engineid 8", "snmp mib community-map <secret> engineid 8"},
		{"router bgp 1", "neighbor 192.0.2.1 maximum-prefix 10 80", "neighbor 192.0.2.1 maximum-prefix 10 80"},
		{"router bgp 1", "neighbor 192.0.2.1 description two  blanks", "neighbor 192.0.2.1 description two  blanks"},
		{"crypto ikev2 profile P", "match identity remote address 192.0.2.1", "match identity remote address 192.0.2.1 255.255.255.255"},
		{"vrf definition A", "rd 1.1:7", "rd 65537:7"},
		{"vrf definition A", "rd 10.0.0.1:7", "rd 10.0.0.1:7"},
		{"policy-map A\n class class-default", "set dscp 0", "set dscp default"},
		{"policy-map A\n class class-default", "set dscp 26", "set dscp af31"},
		{"policy-map A\n class class-default", "set dscp 48", "set dscp cs6"},
		{"policy-map A\n class class-default", "set dscp 7", "set dscp 7"},
	} {
		indent := ""
		if c[0] != "" {
			indent = strings.Repeat(" ", strings.Count(c[0], "\n")+1)
		}
		config := iosxeRead(t, []byte("hostname x\n"+c[0]+"\n"+indent+c[1]+"\n"))
		if got := config.Statements[len(config.Statements)-1].Text(IOSXE); got != c[2] {
			t.Errorf("%q: %q is read as %q, want %q", c[0], c[1], got, c[2])
		}
	}
}

// TestIOSXETerminal reads what editors, terminals and files add.
func TestIOSXETerminal(t *testing.T) {
	t.Parallel()
	want := "interface Loopback0\n ip address 192.0.2.1 255.255.255.255\n"
	for _, text := range []string{
		"\ufeffinterface Loopback0\n ip address 192.0.2.1 255.255.255.255\n",
		"interface Loopback0\r ip address 192.0.2.1 255.255.255.255\r",
		"interface Loopback0\r\r\n ip address 192.0.2.1 255.255.255.255\r\r\n",
		"interface Loop\aback0\n\tip address 192.0.2.1 255.255.255.255 \t\n",
		"interface Loopbackx\b0\n ip address 192.0.2.1 255.255.255.255junk\b\b\b\b\x1b[K\n",
		"\x1b[1minterface Loopback0\x1b[0m\n ip address 192.0.2.1 255.255.255.255",
		"[10:00:00.1] interface Loopback0\n[10:00:00.2]  ip address 192.0.2.1 255.255.255.255\n",
	} {
		if got := iosxeWrite(iosxeRead(t, []byte(text))); got != want {
			t.Errorf("%q is read as %q", text, got)
		}
	}
	mixed := iosxeRead(t, []byte("a\n        b\n\tc\n         d\n    e\n"))
	if got, want := iosxeWrite(mixed), "a\n b\n c\n  d\n e\n"; got != want {
		t.Errorf("tabs: %q, want %q", got, want)
	}
}

// TestIOSXEDefaults reads every default in its place and expects nothing of it.
func TestIOSXEDefaults(t *testing.T) {
	t.Parallel()
	contexts := map[string]string{
		"top": "", "interface": "interface Loopback0\n ", "bgp": "router bgp 1\n ", "family": "router bgp 1\n address-family ipv4\n  ",
		"ikev2-profile": "crypto ikev2 profile A\n ", "isakmp": "crypto isakmp policy 1\n ", "exporter": "flow exporter A\n ", "monitor": "flow monitor A\n ",
	}
	for _, d := range iosxeDefaults {
		context, known := contexts[d.mode]
		line := strings.Replace(d.line, "*", "192.0.2.1", 1)
		c := iosxeRead(t, []byte("hostname a\n"+context+line+"\n"))
		if want := 1 + strings.Count(context, "\n"); !known || len(c.Statements) != want || d.source == "" {
			t.Errorf("%s: %s: %d statements, want %d; source %q", d.mode, d.line, len(c.Statements), want, d.source)
		}
	}
	c := iosxeRead(t, []byte("interface Loopback0\n shutdown\n no ip redirects\nrouter bgp 1\n neighbor 192.0.2.1 shutdown\n"))
	if len(c.Statements) != 5 {
		t.Errorf("%d statements, want 5: what is no default stays", len(c.Statements))
	}
}
