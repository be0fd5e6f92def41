package confdiff

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What others have on a router stays theirs although it bears the intent's name,
// has the prefix of one of our anchors or stands on an interface where we have
// lines; what an earlier rendering left there is ours.
func TestLeftOver(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, golden, intent string
		add                  string // more lines, in the platform's words
		want                 []string
		doubt                []string
	}{
		{
			"the LAN's policy with the company's name, on IOS-XE", "two-ce-private/ce1.ios-xe.cfg", "contoso-london",
			"route-map CONTOSO-LONDON-LAN-OUT permit 10\n match ip address prefix-list CONTOSO-LONDON-LAN-V4\n!\nip prefix-list CONTOSO-LONDON-LAN-V4 seq 5 permit 10.0.0.0/8\n!\nrouter bgp 65010\n neighbor 10.0.0.9 remote-as 65099\n address-family ipv4\n  neighbor 10.0.0.9 activate\n  neighbor 10.0.0.9 route-map CONTOSO-LONDON-LAN-OUT out\n",
			nil,
			[]string{"route map CONTOSO-LONDON-LAN-OUT", "prefix list CONTOSO-LONDON-LAN-V4"},
		},
		{
			"another team's VPN with the company's name, on IOS-XE", "two-ce-private/ce1.ios-xe.cfg", "contoso-london",
			"crypto ikev2 proposal CONTOSO-LONDON-BRANCHES\n encryption aes-cbc-256\n!\ncrypto ipsec profile CONTOSO-LONDON-BRANCHES\n!\ninterface Tunnel99\n description branches\n ip address 10.77.0.1 255.255.255.252\n tunnel protection ipsec profile CONTOSO-LONDON-BRANCHES\n!\n",
			nil,
			[]string{"IPsec ikev2 proposal CONTOSO-LONDON-BRANCHES", "IPsec ipsec profile CONTOSO-LONDON-BRANCHES"},
		},
		{
			"a VPN that left the intent, on IOS-XE", "two-ce-private/ce1.ios-xe.cfg", "contoso-london",
			"crypto ikev2 proposal CONTOSO-LONDON-S2S-OLD\n encryption aes-cbc-256\n!\ncrypto ipsec profile CONTOSO-LONDON-S2S-OLD\n!\ninterface Tunnel9\n description VPN s2s-old to gateway a\n tunnel protection ipsec profile CONTOSO-LONDON-S2S-OLD\n!\n",
			[]string{
				"IPsec ikev2 proposal CONTOSO-LONDON-S2S-OLD: - crypto ikev2 proposal CONTOSO-LONDON-S2S-OLD",
				"IPsec ikev2 proposal CONTOSO-LONDON-S2S-OLD: - encryption aes-cbc-256",
				"IPsec ipsec profile CONTOSO-LONDON-S2S-OLD: - crypto ipsec profile CONTOSO-LONDON-S2S-OLD",
				"interface Tunnel9: - interface Tunnel9",
				"interface Tunnel9: - description VPN s2s-old to gateway a",
				"interface Tunnel9: - tunnel protection ipsec profile CONTOSO-LONDON-S2S-OLD",
			},
			nil,
		},
		{
			"a list in our form that others use, on FRR", "knobs/ce2.frr.conf", "fourth-coffee",
			"ip prefix-list FOURTH-COFFEE-SITES-V4 seq 10 permit 10.0.0.0/8\nroute-map THEIRS permit 10\n match ip address prefix-list FOURTH-COFFEE-SITES-V4\nexit\n",
			nil,
			[]string{"prefix list FOURTH-COFFEE-SITES-V4"},
		},
		{
			"a list in our form that nobody uses, on FRR", "knobs/ce2.frr.conf", "fourth-coffee",
			"ip prefix-list FOURTH-COFFEE-ER-OLD-SUPERNETS-V4 seq 10 permit 10.9.0.0/16\n",
			[]string{"prefix list FOURTH-COFFEE-ER-OLD-SUPERNETS-V4: - ip prefix-list FOURTH-COFFEE-ER-OLD-SUPERNETS-V4 seq 10 permit 10.9.0.0/16"},
			nil,
		},
		{
			"the LAN's route to the prefix of an anchor, on FRR", "knobs/ce2.frr.conf", "fourth-coffee",
			"ip route 10.33.0.0/16 10.33.255.77\nip route 10.44.0.0/16 10.33.255.77\nip route 10.45.0.0/16 blackhole 254\n",
			nil, nil,
		},
		{
			"an anchor that left the intent, and its network, on FRR", "knobs/ce2.frr.conf", "fourth-coffee",
			"ip prefix-list FOURTH-COFFEE-ER-TWO-SUPERNETS-PREPEND4-V4 seq 20 permit 10.44.0.0/16\nip route 10.44.0.0/16 blackhole 250\nip route 10.46.0.0/16 blackhole 250\nrouter bgp 65033\n address-family ipv4 unicast\n  network 10.44.0.0/16\n  network 10.45.0.0/16\n exit-address-family\nexit\n",
			[]string{"prefix list FOURTH-COFFEE-ER-TWO-SUPERNETS-PREPEND4-V4: - ip prefix-list FOURTH-COFFEE-ER-TWO-SUPERNETS-PREPEND4-V4 seq 20 permit 10.44.0.0/16", "static route 10.44.0.0/16: - ip route 10.44.0.0/16 blackhole 250", "network 10.44.0.0/16: - network 10.44.0.0/16"},
			nil,
		},
		{
			"a customer's interface, on IOS-XE", "pe-customers/pe2.ios-xe.cfg", "carrier-metro",
			"interface GigabitEthernet0/0/3.11\n encapsulation dot1Q 11\n vrf forwarding BLUE\n ip address 10.62.0.5 255.255.255.252\n!\n",
			nil, nil,
		},
		{
			"a link that left the intent, on Junos", "two-ce-private/ce2.junos.set", "contoso-london",
			"set interfaces xe-0/0/9 unit 77 description \"ExpressRoute er-old private secondary\"\nset interfaces xe-0/0/9 unit 77 family inet address 172.31.9.5/30\nset protocols bgp group CONTOSO-LONDON-ER-OLD-V4 peer-as 12076\nset protocols bgp group CONTOSO-LONDON-ER-OLD-V4 neighbor 172.31.9.6 description old\nset interfaces xe-0/0/9 unit 78 description \"ExpressRoute of somebody\"\nset interfaces xe-0/0/9 unit 78 family inet address 172.31.8.5/30\n",
			[]string{
				`interface xe-0/0/9.77: - interfaces xe-0/0/9 unit 77 description "ExpressRoute er-old private secondary"`,
				"interface xe-0/0/9.77: - interfaces xe-0/0/9 unit 77 family inet address 172.31.9.5/30",
				"group CONTOSO-LONDON-ER-OLD-V4: - protocols bgp group CONTOSO-LONDON-ER-OLD-V4 peer-as 12076",
				"neighbor 172.31.9.6: - protocols bgp group CONTOSO-LONDON-ER-OLD-V4 neighbor 172.31.9.6 description old",
			},
			nil,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			platform, text := rendered(t, tt.golden)
			want, err := Read(platform, []byte(text))
			if err != nil {
				t.Fatal(err)
			}
			have, err := Read(platform, []byte(strings.TrimRight(text, "\n")+"\n"+tt.add))
			if err != nil {
				t.Fatal(err)
			}
			c := Between(want, have, Options{Intent: tt.intent, Prune: true, BringUp: true})
			if diff := cmp.Diff(tt.want, said(platform, c.Differences)); diff != "" {
				t.Errorf("differences (-want +got):\n%s", diff)
			}
			var doubt []string
			for _, o := range c.Doubtful {
				doubt = append(doubt, o.String())
			}
			if diff := cmp.Diff(tt.doubt, doubt); diff != "" {
				t.Errorf("in doubt (-want +got):\n%s", diff)
			}
			if len(tt.want) == 0 && Digest(want, want, tt.intent) != Digest(want, have, tt.intent) {
				t.Error("lines of others change the digest of our slice")
			}
			if len(tt.want) > 0 && Digest(want, want, tt.intent) == Digest(want, have, tt.intent) {
				t.Error("what is left over does not change the digest of our slice")
			}
		})
	}
}

// What only a person may decide has no commands, and says why.
func TestRefuse(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, golden, intent, old, new, want string }{
		{"another AS, on IOS-XE", "two-ce-private/ce1.ios-xe.cfg", "contoso-london", "router bgp 65010", "router bgp 65020", "runs BGP in AS 65020 and the intent says AS 65010"},
		{"another AS, on FRR", "knobs/ce2.frr.conf", "fourth-coffee", "router bgp 65033", "router bgp 65034", "runs BGP in AS 65034 and the intent says AS 65033"},
		{"neighbors active by default, on FRR", "knobs/ce2.frr.conf", "fourth-coffee", " no bgp default ipv4-unicast\n", "", "activates IPv4 unicast for every neighbor by default"},
		{"a member of a peer group, on IOS-XE", "two-ce-private/ce1.ios-xe.cfg", "contoso-london", " neighbor 172.16.200.2 remote-as 12076\n", " neighbor 172.16.200.2 peer-group AZURE\n", "has neighbor 172.16.200.2 in a peer group"},
		{"the LAN's route to an anchor's prefix, on Junos", "two-ce-private/ce2.junos.set", "contoso-london", "set routing-options static route 10.10.0.0/16 discard\n", "set routing-options static route 10.10.0.0/16 next-hop 10.0.0.9\n", "has a static route of its own to 10.10.0.0/16"},
		{"what is deactivated, on Junos", "two-ce-private/ce2.junos.set", "contoso-london", "set routing-options autonomous-system 65010\n", "set routing-options autonomous-system 65010\ndeactivate protocols bgp group CONTOSO-LONDON-ER-LONDON-V4 neighbor 172.16.200.6\n", "neighbor 172.16.200.6 is deactivated on the router"},
		{"an interface that is shut down, on IOS-XE", "two-ce-private/ce1.ios-xe.cfg", "contoso-london", " encapsulation dot1Q 150\n", " encapsulation dot1Q 150\n shutdown\n", "interface TenGigabitEthernet0/0/1.150 is shut down on the router"},
		{"an interface that is shut down, on Junos", "two-ce-private/ce2.junos.set", "contoso-london", "set routing-options autonomous-system 65010\n", "set routing-options autonomous-system 65010\nset interfaces xe-0/0/1 unit 150 disable\n", "interface xe-0/0/1.150 is shut down on the router"},
		{"a neighbor that is drained, on IOS-XE", "two-ce-private/ce1.ios-xe.cfg", "contoso-london", " neighbor 172.16.200.2 remote-as 12076\n", " neighbor 172.16.200.2 remote-as 12076\n neighbor 172.16.200.2 shutdown\n", "neighbor 172.16.200.2 is shut down on the router"},
		{"a neighbor that is drained, on FRR", "knobs/ce2.frr.conf", "fourth-coffee", " neighbor 192.168.33.10 bfd\n", " neighbor 192.168.33.10 shutdown message tonight\n neighbor 192.168.33.10 bfd\n", "neighbor 192.168.33.10 is shut down on the router"},
		{"a neighbor that is drained, on Junos", "two-ce-private/ce2.junos.set", "contoso-london", "set routing-options autonomous-system 65010\n", "set routing-options autonomous-system 65010\nset protocols bgp group CONTOSO-LONDON-ER-LONDON-V4 neighbor 172.16.200.6 shutdown\n", "neighbor 172.16.200.6 is shut down on the router"},
		{"an address that another interface has, on IOS-XE", "two-ce-private/ce1.ios-xe.cfg", "contoso-london", "interface TenGigabitEthernet0/0/1.150\n", "interface TenGigabitEthernet0/0/2.777\n", "the address 172.16.200.1/30 of interface TenGigabitEthernet0/0/1.150 is on interface TenGigabitEthernet0/0/2.777 already"},
		{"a VLAN that another unit has, on Junos", "two-ce-private/ce2.junos.set", "contoso-london", "set interfaces xe-0/0/1 unit 150 vlan-id 150\n", "set interfaces xe-0/0/1 unit 7 vlan-id 150\n", "the VLAN (vlan-id 150) of interface xe-0/0/1.150 is on interface xe-0/0/1.7 already"},
		{"another route distinguisher, on IOS-XE", "pe-customers/pe2.ios-xe.cfg", "carrier-metro", " rd 10.63.255.2:11\n", " rd 64610:77\n", "vrf definition BLUE has the route distinguisher 64610:77"},
		{"another way of tagging, on Junos", "two-ce-private/ce2.junos.set", "contoso-london", "set interfaces xe-0/0/1 vlan-tagging\n", "set interfaces xe-0/0/1 stacked-vlan-tagging\n", "port xe-0/0/1 has stacked-vlan-tagging"},
		{"a route of the LAN's that rejects, on Junos", "two-ce-private/ce2.junos.set", "contoso-london", "set routing-options static route 10.10.0.0/16 discard\n", "set routing-options static route 10.10.0.0/16 reject\n", "has a static route of its own to 10.10.0.0/16"},
		{"a policy of the LAN's before ours, on Junos", "two-ce-private/ce2.junos.set", "contoso-london", "set routing-options forwarding-table export CONTOSO-LONDON-LOAD-BALANCE\n", "set routing-options forwarding-table export LAN-LB\n", "has a policy of its own in routing-options forwarding-table export (LAN-LB)"},
		{"next hops by a policy of the LAN's, on IOS-XE", "two-ce-private/ce1.ios-xe.cfg", "contoso-london", "  bgp nexthop route-map CONTOSO-LONDON-NEXTHOP-V4\n", "  bgp nexthop route-map LAN-NHT\n", "resolves next hops by a policy of its own"},
		{"another AS, on Junos", "two-ce-private/ce2.junos.set", "contoso-london", "set routing-options autonomous-system 65010", "set routing-options autonomous-system 65020", "runs BGP in AS 65020 and the intent says AS 65010"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, want, have := edited(t, tt.golden, []string{tt.old, tt.new})
			c := Between(want, have, Options{Intent: tt.intent})
			if !strings.Contains(c.Refused, tt.want) || len(c.Commands)+len(c.Undo) > 0 || c.Same() {
				t.Errorf("refused %q, want %q; commands %q", c.Refused, tt.want, c.Commands)
			}
		})
	}
}

// Without a person's word nothing of an earlier intent goes but lists and policies
// of paths that are still there; and never anything of an intent whose name begins
// with ours.
func TestPrune(t *testing.T) {
	t.Parallel()
	_, text := rendered(t, "two-ce-private/ce1.ios-xe.cfg")
	want, err := Read(IOSXE, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	gone := func(of string, o Options) string {
		have, err := Read(IOSXE, []byte(text+of))
		if err != nil {
			t.Fatal(err)
		}
		c := Between(want, have, o)
		if told := fmt.Sprint(c.Doubtful); len(c.Commands) == 0 && !strings.Contains(told, "ER-OLD") && !strings.Contains(told, "192.0.2.9") && !strings.Contains(told, "10.77.0.0") {
			t.Errorf("%q is not told of: %s", of, told)
		}
		return strings.Join(c.Commands, "; ")
	}
	const (
		list  = "ip prefix-list CONTOSO-LONDON-ER-LONDON-VNETS-LP300-V4 seq 10 permit 10.100.0.0/16\n"
		other = "ip prefix-list CONTOSO-LONDON-ER-OLD-VNETS-LP300-V4 seq 10 permit 10.100.0.0/16\n"
		peer  = "router bgp 65010\n neighbor 192.0.2.9 remote-as 12076\n address-family ipv4\n  neighbor 192.0.2.9 route-map CONTOSO-LONDON-ER-OLD-PRIMARY-IN-V4 in\n"
	)
	const anchor = "ip prefix-list CONTOSO-LONDON-ER-OLD-SUPERNETS-V4 seq 10 permit 10.77.0.0/16\nip route 10.77.0.0 255.255.0.0 Null0 250\n"
	for _, tt := range []struct{ have, without, with string }{
		{anchor, "", "no ip route 10.77.0.0 255.255.0.0 Null0 250; no ip prefix-list CONTOSO-LONDON-ER-OLD-SUPERNETS-V4"},
		{list, "no ip prefix-list CONTOSO-LONDON-ER-LONDON-VNETS-LP300-V4", "no ip prefix-list CONTOSO-LONDON-ER-LONDON-VNETS-LP300-V4"},
		{other, "", "no ip prefix-list CONTOSO-LONDON-ER-OLD-VNETS-LP300-V4"},
		{peer, "", "router bgp 65010;  no neighbor 192.0.2.9 remote-as 12076; exit"},
	} {
		if got := gone(tt.have, Options{Intent: "contoso-london"}); got != tt.without {
			t.Errorf("%q: %q, want %q", tt.have, got, tt.without)
		}
		if got := gone(tt.have, Options{Intent: "contoso-london", Prune: true}); got != tt.with {
			t.Errorf("%q, pruned: %q, want %q", tt.have, got, tt.with)
		}
	}
	// The whole of it is of contoso-london, and contoso takes nothing.
	mine, err := Read(IOSXE, []byte(strings.NewReplacer("CONTOSO-LONDON-", "CONTOSO-", "172.16.200.", "172.16.210.", "0/0/1.150", "0/0/1.160", "dot1Q 150", "dot1Q 160", "10.10.255.2 ", "10.10.254.2 ").Replace(text)))
	if err != nil {
		t.Fatal(err)
	}
	theirs := Config{Platform: IOSXE} // but for what a router has once
	for _, t := range want.Statements {
		if !strings.Contains(t.Key(), "bgp nexthop") {
			theirs.Statements = append(theirs.Statements, t)
		}
	}
	c := Between(mine, theirs, Options{Intent: "contoso", Prune: true})
	if c.Refused != "" || len(c.Commands) == 0 {
		t.Fatalf("refused: %s", c.Refused)
	}
	after, err := Apply(theirs, c.Commands)
	if err != nil {
		t.Fatal(err)
	}
	there := make(map[string]bool)
	for _, s := range after.Statements {
		there[s.Key()] = true
	}
	for _, s := range theirs.Statements {
		if !there[s.Key()] {
			t.Errorf("contoso takes %q from contoso-london", s.Key())
		}
	}
	if c := Between(mine, want, Options{Intent: "contoso", Prune: true}); !strings.Contains(c.Refused, "resolves next hops by a policy of its own") {
		t.Errorf("the policy of next hops is taken: %s", c.Refused)
	}
}

// A router whose FRR has the defaults of a data center does not print what holds
// there anyway.
func TestDatacenter(t *testing.T) {
	t.Parallel()
	_, text := rendered(t, "knobs/ce2.frr.conf")
	want, err := Read(FRR, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	for profile, same := range map[string]bool{"datacenter": true, "traditional": false} {
		there := strings.Replace(strings.Replace(text, "frr defaults traditional", "frr defaults "+profile, 1), " bgp log-neighbor-changes\n", "", 1)
		have, err := Read(FRR, []byte(there))
		if err != nil {
			t.Fatal(err)
		}
		if c := Between(want, have, Options{Intent: "fourth-coffee", Prune: true, BringUp: true}); c.Same() != same {
			t.Errorf("%s: %q", profile, said(FRR, c.Differences))
		}
	}
}
