package confdiff

import (
	"strings"
	"testing"
)

func TestFRRSpelling(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ around, line, want string }{
		{"", "ip route 10.9.1.1/16 null0", "ip route 10.9.0.0/16 Null0"},
		{"", "ip route 10.8.1.0 255.255.0.0 192.0.2.1 1", "ip route 10.8.0.0/16 192.0.2.1"},
		{"", "ip route 10.8.0.0/16 192.0.2.1 eth0 10", "ip route 10.8.0.0/16 192.0.2.1 eth0 10"},
		{"", "ip route 10.8.0.0/16 192.0.2.1 tag 1", "ip route 10.8.0.0/16 192.0.2.1 tag 1"},
		{"", "ip route 10.8.0.0 0.0.255.255 192.0.2.1", "ip route 10.8.0.0 0.0.255.255 192.0.2.1"},
		{"", "ipv6 route 2001:DB8:0000::7/32 Null0 250", "ipv6 route 2001:db8::/32 Null0 250"},
		{"", "ip prefix-list A seq 5 permit 10.1.2.3/8 le 24 ge 16", "ip prefix-list A seq 5 permit 10.0.0.0/8 ge 16 le 24"},
		{"", "ip prefix-list A permit 10.0.0.0/8 le 24", "ip prefix-list A permit 10.0.0.0/8 le 24"},
		{"", "ip pref A seq 5 per any", "ip prefix-list A seq 5 permit any"},
		{"", "ipv6 prefix-list A seq 5 permit 2001:DB8:0::1/32 le 48", "ipv6 prefix-list A seq 5 permit 2001:db8::/32 le 48"},
		{"", "ip prefix-list A description  net  2001:DB8:0::1/32", "ip prefix-list A description net 2001:DB8:0::1/32"},
		{"", "ip community-list standard C permit 65000:1", "bgp community-list standard C permit 65000:1"},
		{"", "ip as-path access-list A permit ^1:2:3$", "bgp as-path access-list A permit ^1:2:3$"},
		{"", "router bgp 1.10", "router bgp 65546"},
		{"", "router bgp 65546 as-notation dot+", "router bgp 65546"},
		{"", "int eth0", "interface eth0"},
		{"", "hostname  AB::CD", "hostname AB::CD"},
		{"", "access-list 10 permit 10.0.0.0 0.0.0.255", "access-list 10 permit 10.0.0.0 0.0.0.255"},
		{"interface eth0\n", "desc a|b   c", "description a|b c"},
		{"interface eth0\n", "ip address 192.0.2.5/24", "ip address 192.0.2.5/24"},
		{"interface eth0\n", "ipv6 address 2001:DB8:0:0::5/64", "ipv6 address 2001:db8::5/64"},
		{"router bgp 65001\n", "neighbor 192.0.2.1 remote 1.20", "neighbor 192.0.2.1 remote-as 65556"},
		{"router bgp 65001\n", "neighbor 192.0.2.1 ebgp-multihop", "neighbor 192.0.2.1 ebgp-multihop 255"},
		{"router bgp 65001\n", "neighbor 192.0.2.1 bfd 3 300 300", "neighbor 192.0.2.1 bfd"},
		{"router bgp 65001\n", "neighbor 192.0.2.1 timers 0010 030", "neighbor 192.0.2.1 timers 10 30"},
		{"router bgp 65001\n", "neighbor 192.0.2.1 timers con 10", "neighbor 192.0.2.1 timers connect 10"},
		{"router bgp 65001\n", "neighbor 2001:DB8::1 update 2001:DB8:0::2", "neighbor 2001:db8::1 update-source 2001:db8::2"},
		{"router bgp 65001\n", "neighbor 192.0.2.1 t 1 3", "neighbor 192.0.2.1 t 1 3"}, // ambiguous
		{"router bgp 65001\n", "address-family ipv6", "address-family ipv6 unicast"},
		{"router bgp 65001\n", "address-family l2vpn evpn", "address-family l2vpn evpn"},
		{"router bgp 65001\n", "neighbor 192.0.2.1 activate", "address-family ipv4 unicast / neighbor 192.0.2.1 activate"},
		{"router bgp 65001\n", "no neighbor 192.0.2.1 activate", "address-family ipv4 unicast / no neighbor 192.0.2.1 activate"},
		{"router bgp 65001\n", "network 10.1.2.3/8", "address-family ipv4 unicast / network 10.0.0.0/8"},
		{"router bgp 65001\naddress-family ipv4\n", "network 172.16.0.0", "network 172.16.0.0/16"},
		{"router bgp 65001\naddress-family ipv4\n", "network 10.7.0.0 mask 255.255.0.0 route-map R", "network 10.7.0.0/16 route-map R"},
		{"router bgp 65001\naddress-family ipv4\n", "aggregate-address 10.0.0.0 255.0.0.0 summary-only", "aggregate-address 10.0.0.0/8 summary-only"},
		{"router bgp 65001\naddress-family ipv4\n", "neighbor 192.0.2.1 maximum-prefix 100 75", "neighbor 192.0.2.1 maximum-prefix 100"},
		{"router bgp 65001\naddress-family ipv4\n", "neighbor 192.0.2.1 maximum-prefix 75 80", "neighbor 192.0.2.1 maximum-prefix 75 80"},
		{"router bgp 65001\naddress-family ipv4\n", "neighbor 192.0.2.1 next-hop-self all", "neighbor 192.0.2.1 next-hop-self force"},
		{"router bgp 65001\naddress-family ipv4\n", "neighbor 192.0.2.1 allowas-in 3", "neighbor 192.0.2.1 allowas-in"},
		{"route-map R permit 10\n", "continue 30", "on-match goto 30"},
		{"route-map R permit 10\n", "set local 150", "set local-preference 150"},
		{"route-map R permit 10\n", "set as-path prepend 1.10 65001", "set as-path prepend 65546 65001"},
		{"route-map R permit 10\n", "set community 65000:3 no-export 65000:1 additive", "set community 65000:1 65000:3 no-export additive"},
		{"route-map R permit 10\n", "set community additive no-export 65000:1", "set community 65000:1 no-export additive"},
		{"route-map R permit 10\n", "set ipv6 next-hop global 2001:DB8:0::1", "set ipv6 next-hop global 2001:db8::1"},
		{"bfd\n", "peer 2001:DB8:0::9 vrf default", "peer 2001:db8::9"},
	} {
		got := mustReadFRR(t, []byte("hostname a\n"+c.around+c.line+"\n"))
		path := got.Statements[len(got.Statements)-1].Path
		outside := strings.Count(c.around, "\n")
		if text := strings.Join(path[outside:], " / "); text != c.want {
			t.Errorf("%q: %q, want %q", c.line, text, c.want)
		}
	}
}

// FRR prints the plain bfd line of a neighbor in front of its options, once.
func TestFRRBareBFD(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"router bgp 65001\n neighbor 192.0.2.1 bfd profile P\n neighbor 192.0.2.1 description a bfd b\n",
		"router bgp 65001\n neighbor 192.0.2.1 bfd\n neighbor 192.0.2.1 bfd profile P\n neighbor 192.0.2.1 description a bfd b\n",
		"router bgp 65001\n neighbor 192.0.2.1 bfd profile P\n neighbor 192.0.2.1 bfd\n neighbor 192.0.2.1 description a bfd b\n",
	} {
		const want = "router bgp 65001\n neighbor 192.0.2.1 bfd\n neighbor 192.0.2.1 bfd profile P\n neighbor 192.0.2.1 description a bfd b\n"
		if got := frrWrite(mustReadFRR(t, []byte(text))); got != want {
			t.Errorf("%q: %q", text, got)
		}
	}
}

// What FRR never prints is no statement, in the profile where it is a default.
func TestFRRDefaults(t *testing.T) {
	t.Parallel()
	around := map[frrKind]string{
		frrTop: "", frrInterface: "interface eth0\n", frrBGP: "router bgp 65001\n",
		frrFamily: "router bgp 65001\n address-family ipv4 unicast\n", frrTimers: "bfd\n profile P\n",
	}
	for d, profiles := range frrDefaults {
		for name, profile := range map[string]frrProfile{"traditional": frrTraditional, "datacenter": frrDatacenter} {
			line := strings.Replace(d.text, "*", "2001:DB8::1", 1)
			c := mustReadFRR(t, []byte("frr defaults "+name+"\n"+around[d.kind]+"   "+line+"\n"))
			last := c.Statements[len(c.Statements)-1].Text(FRR)
			if hidden := last != strings.ToLower(line); hidden != (profiles&profile != 0) {
				t.Errorf("%s, %q: hidden %v, last statement %q", name, d.text, hidden, last)
			}
		}
	}
	c := mustReadFRR(t, []byte("router bgp 65001\n timers bgp 60 180\n no bgp log-neighbor-changes\n"))
	if len(c.Statements) != 1 {
		t.Errorf("without a profile: %v", c.Statements)
	}
}

// Reading the box's own form again changes nothing.
func TestFRRSettles(t *testing.T) {
	t.Parallel()
	for _, path := range frrForeignFiles(t) {
		once := frrWrite(mustReadFRR(t, frrFile(t, path)))
		if twice := frrWrite(mustReadFRR(t, []byte(once))); once != twice {
			t.Errorf("%s: read again:\n%s\nfirst:\n%s", path, twice, once)
		}
	}
}
