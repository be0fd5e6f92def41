package confdiff

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The commands for one edit are these, no more, and in this order.
func TestScript(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, golden, intent string
		edits                []string // old, new, old, new …
		want, back           string
	}{
		{
			"a value takes the place of the other", "two-ce-private/ce1.ios-xe.cfg", "contoso-london",
			[]string{" set local-preference 200\n", " set local-preference 150\n"},
			"route-map CONTOSO-LONDON-ER-LONDON-PRIMARY-IN-V4 permit 10\n set local-preference 200\nexit",
			"route-map CONTOSO-LONDON-ER-LONDON-PRIMARY-IN-V4 permit 10\n set local-preference 150\nexit",
		},
		{
			"an entry comes under a free number before the other goes", "two-ce-private/ce1.ios-xe.cfg", "contoso-london",
			[]string{"ip prefix-list CONTOSO-LONDON-ANCHORS-V4 seq 10 permit 10.10.0.0/16", "ip prefix-list CONTOSO-LONDON-ANCHORS-V4 seq 10 permit 10.99.0.0/16"},
			"ip prefix-list CONTOSO-LONDON-ANCHORS-V4 seq 11 permit 10.10.0.0/16\nno ip prefix-list CONTOSO-LONDON-ANCHORS-V4 seq 10 permit 10.99.0.0/16",
			"ip prefix-list CONTOSO-LONDON-ANCHORS-V4 seq 10 permit 10.99.0.0/16\nno ip prefix-list CONTOSO-LONDON-ANCHORS-V4 seq 11 permit 10.10.0.0/16",
		},
		{
			"another number is no difference", "two-ce-private/ce1.ios-xe.cfg", "contoso-london",
			[]string{"ip prefix-list CONTOSO-LONDON-ANCHORS-V4 seq 10 ", "ip prefix-list CONTOSO-LONDON-ANCHORS-V4 seq 5 "},
			"", "",
		},
		{
			"an entry that denied is typed again", "two-ce-private/ce1.ios-xe.cfg", "contoso-london",
			[]string{"route-map CONTOSO-LONDON-ER-LONDON-PRIMARY-IN-V4 permit 10\n", "route-map CONTOSO-LONDON-ER-LONDON-PRIMARY-IN-V4 deny 10\n"},
			"no route-map CONTOSO-LONDON-ER-LONDON-PRIMARY-IN-V4 deny 10\nroute-map CONTOSO-LONDON-ER-LONDON-PRIMARY-IN-V4 permit 10\n match ip address prefix-list CONTOSO-LONDON-ER-LONDON-VNETS-LP200-V4\n set local-preference 200\nexit",
			"no route-map CONTOSO-LONDON-ER-LONDON-PRIMARY-IN-V4 permit 10\nroute-map CONTOSO-LONDON-ER-LONDON-PRIMARY-IN-V4 deny 10\n match ip address prefix-list CONTOSO-LONDON-ER-LONDON-VNETS-LP200-V4\n set local-preference 200\nexit",
		},
		{
			"a policy that is left over goes in one line, before its list", "two-ce-private/ce1.ios-xe.cfg", "contoso-london",
			[]string{"ip route 10.10.0.0 255.255.0.0 Null0 250\n", "ip prefix-list CONTOSO-LONDON-OLD-V4 seq 10 permit 10.9.0.0/16\nip prefix-list CONTOSO-LONDON-OLD-V4 seq 20 permit 10.8.0.0/16\nroute-map CONTOSO-LONDON-OLD-IN-V4 permit 10\n match ip address prefix-list CONTOSO-LONDON-OLD-V4\nroute-map CONTOSO-LONDON-OLD-IN-V4 deny 20\nip route 10.10.0.0 255.255.0.0 Null0 250\n"},
			"no route-map CONTOSO-LONDON-OLD-IN-V4\nno ip prefix-list CONTOSO-LONDON-OLD-V4",
			"ip prefix-list CONTOSO-LONDON-OLD-V4 seq 10 permit 10.9.0.0/16\nip prefix-list CONTOSO-LONDON-OLD-V4 seq 20 permit 10.8.0.0/16\nroute-map CONTOSO-LONDON-OLD-IN-V4 permit 10\n match ip address prefix-list CONTOSO-LONDON-OLD-V4\nexit\nroute-map CONTOSO-LONDON-OLD-IN-V4 deny 20\nexit",
		},
		{
			"a neighbor that is missing is activated last", "two-ce-private/ce1.ios-xe.cfg", "contoso-london",
			[]string{
				" neighbor 172.16.200.2 remote-as 12076\n neighbor 172.16.200.2 description er-london private primary MSEE\n neighbor 172.16.200.2 password <env:ER_LONDON_MD5>\n neighbor 172.16.200.2 timers 10 30\n neighbor 172.16.200.2 fall-over bfd\n", "",
				"  neighbor 172.16.200.2 activate\n  neighbor 172.16.200.2 route-map CONTOSO-LONDON-ER-LONDON-PRIMARY-IN-V4 in\n  neighbor 172.16.200.2 route-map CONTOSO-LONDON-ER-LONDON-PRIMARY-OUT-V4 out\n  neighbor 172.16.200.2 maximum-prefix 1000 80 warning-only\n", "",
			},
			"router bgp 65010\n neighbor 172.16.200.2 remote-as 12076\n neighbor 172.16.200.2 description er-london private primary MSEE\n neighbor 172.16.200.2 password <env:ER_LONDON_MD5>\n neighbor 172.16.200.2 timers 10 30\n neighbor 172.16.200.2 fall-over bfd\n address-family ipv4\n  neighbor 172.16.200.2 route-map CONTOSO-LONDON-ER-LONDON-PRIMARY-IN-V4 in\n  neighbor 172.16.200.2 route-map CONTOSO-LONDON-ER-LONDON-PRIMARY-OUT-V4 out\n  neighbor 172.16.200.2 maximum-prefix 1000 80 warning-only\n  neighbor 172.16.200.2 activate\n exit-address-family\nexit",
			"router bgp 65010\n no neighbor 172.16.200.2 remote-as 12076\nexit",
		},
		{
			"an address of the same subnet leaves first, on FRR", "knobs/ce2.frr.conf", "fourth-coffee",
			[]string{" ip address 192.168.33.9/30\n", " ip address 192.168.33.10/30\n"},
			"interface eth1.77\n no ip address 192.168.33.10/30\n ip address 192.168.33.9/30\nexit",
			"interface eth1.77\n no ip address 192.168.33.9/30\n ip address 192.168.33.10/30\nexit",
		},
		{
			"an address of another subnet leaves last, on FRR", "knobs/ce2.frr.conf", "fourth-coffee",
			[]string{" ip address 192.168.33.9/30\n", " ip address 192.168.99.9/30\n"},
			"interface eth1.77\n ip address 192.168.33.9/30\n no ip address 192.168.99.9/30\nexit",
			"interface eth1.77\n ip address 192.168.99.9/30\n no ip address 192.168.33.9/30\nexit",
		},
		{
			"another VRF takes the addresses with it", "pe-customers/pe2.ios-xe.cfg", "carrier-metro",
			[]string{" encapsulation dot1Q 410 second-dot1q 10\n vrf forwarding BLUE\n", " encapsulation dot1Q 410 second-dot1q 10\n vrf forwarding RED\n"},
			"interface TenGigabitEthernet0/1/0.410\n no vrf forwarding RED\n vrf forwarding BLUE\n ip address 192.168.40.5 255.255.255.252\n ipv6 address 2001:DB8:40::5/126\nexit",
			"interface TenGigabitEthernet0/1/0.410\n no vrf forwarding BLUE\n vrf forwarding RED\n ip address 192.168.40.5 255.255.255.252\n ipv6 address 2001:DB8:40::5/126\nexit",
		},
		{
			"a link moves: its address leaves the old interface first", "two-ce-private/ce1.ios-xe.cfg", "contoso-london",
			[]string{
				"interface TenGigabitEthernet0/0/1.150\n", "interface TenGigabitEthernet0/0/2.150\n",
				"router bgp 65010\n", "router bgp 65010\n neighbor 172.16.200.3 remote-as 12076\n neighbor 172.16.200.3 description CONTOSO-LONDON-ER-LONDON-PRIMARY-IN-V4\n",
			},
			"no interface TenGigabitEthernet0/0/2.150\ninterface TenGigabitEthernet0/0/1.150\n description ExpressRoute er-london private primary, Equinix, London\n encapsulation dot1Q 150\n ip address 172.16.200.1 255.255.255.252\n no ip redirects\n no ip proxy-arp\n bfd interval 300 min_rx 300 multiplier 3\n no bfd echo\nexit\nrouter bgp 65010\n no neighbor 172.16.200.3 remote-as 12076\nexit",
			"no interface TenGigabitEthernet0/0/1.150\ninterface TenGigabitEthernet0/0/2.150\n description ExpressRoute er-london private primary, Equinix, London\n encapsulation dot1Q 150\n ip address 172.16.200.1 255.255.255.252\n no ip redirects\n no ip proxy-arp\n bfd interval 300 min_rx 300 multiplier 3\n no bfd echo\nexit\nrouter bgp 65010\n neighbor 172.16.200.3 remote-as 12076\n neighbor 172.16.200.3 description CONTOSO-LONDON-ER-LONDON-PRIMARY-IN-V4\nexit",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, want, have := edited(t, tt.golden, tt.edits)
			c := Between(want, have, Options{Intent: tt.intent, Prune: true, BringUp: true})
			if diff := cmp.Diff(tt.want, strings.Join(c.Commands, "\n")); diff != "" {
				t.Errorf("commands (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.back, strings.Join(c.Undo, "\n")); diff != "" {
				t.Errorf("back (-want +got):\n%s", diff)
			}
		})
	}
}
