package emulator

import (
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func offer(prefix string, path ...uint32) Offer {
	return Offer{Prefix: netip.MustParsePrefix(prefix), ASPath: path}
}

// reach is a router with two links to Microsoft, as ercfg renders it, with VNets
// behind both.
func reach(t *testing.T, o Options) (*Router, *typist) {
	t.Helper()
	text, err := os.ReadFile("../../render/testdata/global-reach/ce-lis.ios-xe.cfg")
	if err != nil {
		t.Fatal(err)
	}
	o.Platform, o.Name, o.Running = IOSXE, "r", string(text)
	o.Offers = map[netip.Addr][]Offer{
		netip.MustParseAddr("172.29.0.2"): {offer("10.220.0.0/16", 12076), offer("10.212.8.0/21", 12076), offer("10.99.0.0/16", 12076)},
		netip.MustParseAddr("172.29.0.6"): {offer("10.220.0.0/16", 12076)},
	}
	r := start(t, o)
	return r, login(t, r)
}

// routes are the lines of a table of routes, with single blanks.
func routes(answer string) []string {
	var out []string
	_, table, _ := strings.Cut(answer, "LocPrf Weight Path\n")
	for line := range strings.Lines(table) {
		if words := strings.Fields(line); len(words) > 0 && words[0] != "Total" && words[0] != "Route" {
			out = append(out, strings.Join(words, " "))
		}
	}
	return out
}

const (
	fromFirst  = "show bgp ipv4 unicast neighbors 172.29.0.2 routes"
	fromSecond = "show bgp ipv4 unicast neighbors 172.29.0.6 routes"
	toFirst    = "show bgp ipv4 unicast neighbors 172.29.0.2 advertised-routes"
)

// wants compares a table of routes.
func (p *typist) wants(line string, want ...string) {
	p.t.Helper()
	if diff := cmp.Diff(want, routes(p.do(line))); diff != "" {
		p.t.Errorf("%s: wanted (-), got (+):\n%s", line, diff)
	}
}

// neighbor is what show bgp all neighbors says of one.
func (p *typist) neighbor(addr string) string {
	p.t.Helper()
	_, rest, found := strings.Cut(p.do("show bgp all neighbors"), "BGP neighbor is "+addr+",")
	if !found {
		p.t.Fatalf("no neighbor %s", addr)
	}
	one, _, _ := strings.Cut(rest, "BGP neighbor is ")
	return one
}

// TestLiveRoutes judges routes by the configured policies, in and out.
func TestLiveRoutes(t *testing.T) {
	t.Parallel()
	_, p := reach(t, Options{})
	p.wants(fromFirst, "*> 10.212.8.0/21 172.29.0.2 0 12076 i", "*> 10.220.0.0/16 172.29.0.2 200 0 12076 i")
	p.wants(fromSecond, "*m 10.220.0.0/16 172.29.0.6 200 0 12076 i")
	p.wants(toFirst, "*> 10.210.0.0/16 0.0.0.0 0 32768 i")
	p.all("configure terminal", "no ip route 10.210.0.0 255.255.0.0 Null0 250", "end")
	p.wants(toFirst)
}

// TestLivePolicyIn wants a soft reset before a changed inbound policy means
// anything.
func TestLivePolicyIn(t *testing.T) {
	t.Parallel()
	_, p := reach(t, Options{Minute: 10 * time.Millisecond})
	p.all("configure terminal", "route-map WIDE-WORLD-ER-LIS-SECONDARY-IN-V4 permit 10", "set local-preference 300", "end")
	time.Sleep(30 * time.Millisecond) // outbound policies are used after ten
	p.wants(fromSecond, "*m 10.220.0.0/16 172.29.0.6 200 0 12076 i")
	p.all("clear ip bgp 172.29.0.6 soft out")
	p.wants(fromSecond, "*m 10.220.0.0/16 172.29.0.6 200 0 12076 i")
	p.all("clear ip bgp 172.29.0.6 soft in")
	p.wants(fromSecond, "*> 10.220.0.0/16 172.29.0.6 300 0 12076 i")
	p.wants(fromFirst, "*> 10.212.8.0/21 172.29.0.2 0 12076 i", "* 10.220.0.0/16 172.29.0.2 200 0 12076 i")
	if one := p.neighbor("172.29.0.6"); !strings.Contains(one, "dropped 0\n") {
		t.Errorf("a soft reset drops the session:\n%s", one)
	}
}

// TestLiveAfterRollback has a reverted inbound policy wait for a soft reset like any
// other.
func TestLiveAfterRollback(t *testing.T) {
	t.Parallel()
	_, p := reach(t, Options{})
	p.all("configure terminal revert timer 5", "route-map WIDE-WORLD-ER-LIS-SECONDARY-IN-V4 permit 10", "set local-preference 300", "end", "clear ip bgp * soft in")
	p.do("configure revert now")
	p.wants(fromSecond, "*> 10.220.0.0/16 172.29.0.6 300 0 12076 i")
	p.all("clear ip bgp * soft in")
	p.wants(fromSecond, "*m 10.220.0.0/16 172.29.0.6 200 0 12076 i")
}

// TestLivePolicyOut uses a changed outbound policy a minute later, or at once when
// told.
func TestLivePolicyOut(t *testing.T) {
	t.Parallel()
	_, slow := reach(t, Options{})
	refuse := []string{"configure terminal", "ip prefix-list WIDE-WORLD-ER-LIS-SUPERNETS-V4 seq 5 deny 10.210.0.0/16", "end"}
	slow.all(refuse...)
	slow.wants(toFirst, "*> 10.210.0.0/16 0.0.0.0 0 32768 i")
	slow.all("clear ip bgp 172.29.0.2 soft out")
	slow.wants(toFirst)
	_, fast := reach(t, Options{Minute: 10 * time.Millisecond})
	fast.all(refuse...)
	eventually(t, "nothing sent any more", func() bool { return len(routes(fast.do(toFirst))) == 0 })
}

// TestLiveSessions follows sessions through changes: timers wait for a reset, a
// shutdown is one, BFD comes and goes with its lines.
func TestLiveSessions(t *testing.T) {
	t.Parallel()
	_, p := reach(t, Options{})
	has := func(addr string, parts ...string) {
		t.Helper()
		one := p.neighbor(addr)
		for _, part := range parts {
			if !strings.Contains(one, part) {
				t.Errorf("%q is not in\n%s", part, one)
			}
		}
	}
	has("172.29.0.2", "external link\n Description: er-lis private primary MSEE\n", "BGP state = Established, up for 00:00:0", "hold time is 60, keepalive interval is 20 seconds\n", "established 1; dropped 0\n", "BFD peer is UP")
	p.all("configure terminal", "router bgp 65210", "neighbor 172.29.0.2 timers 3 10", "neighbor 172.29.0.2 description new", "end")
	has("172.29.0.2", "  Last read 00:00:01, last write 00:00:02, hold time is 60,", "Configured hold time is 10, keepalive interval is 3 seconds", "dropped 0\n", "Description: new\n")
	p.all("clear ip bgp 172.29.0.2")
	has("172.29.0.2", "hold time is 10, keepalive interval is 3 seconds", "established 2; dropped 1\n")
	p.all("configure terminal", "router bgp 65210", "neighbor 172.29.0.2 ttl-security hops 1", "end")
	has("172.29.0.2", "BGP state = Established", "established 3; dropped 2\n")
	p.all("configure terminal", "router bgp 65210", "neighbor 172.29.0.2 shutdown", "end")
	has("172.29.0.2", "Administratively shut down\n", "BGP state = Idle", "established 3; dropped 3\n")
	p.wants(fromFirst)
	p.wants(fromSecond, "*> 10.220.0.0/16 172.29.0.6 200 0 12076 i")
	if bfd := p.do("show bfd neighbors details"); strings.Contains(bfd, "\n172.29.0.2 ") || !strings.Contains(bfd, "\n172.29.0.6                             4098/4098     Up        Up        Gi0/0/2.601\n") {
		t.Errorf("BFD:\n%s", bfd)
	}
	p.all("configure terminal", "interface GigabitEthernet0/0/2.601", "bfd interval 500 min_rx 500 multiplier 4", "end")
	if bfd := p.do("show bfd neighbors details"); !strings.Contains(bfd, "MinTxInt: 500000, MinRxInt: 500000, Multiplier: 4\n") || !strings.Contains(bfd, "Hello (hits): 500(") {
		t.Errorf("BFD:\n%s", bfd)
	}
	p.all("configure terminal", "interface GigabitEthernet0/0/2.601", "shutdown", "end")
	has("172.29.0.6", "BGP state = Idle", "dropped 1\n")
}

// TestLiveDown keeps a session with a neighbor that does not answer from coming up,
// and lets others take their time.
func TestLiveDown(t *testing.T) {
	t.Parallel()
	var clock clockwork
	_, p := reach(t, Options{Down: map[netip.Addr]bool{netip.MustParseAddr("172.29.0.2"): true}, Settle: 5 * time.Second, Clock: clock.now})
	if !strings.Contains(p.neighbor("172.29.0.6"), "BGP state = Active") {
		t.Error("a session is up at once")
	}
	clock.add(90 * time.Minute)
	if one := p.neighbor("172.29.0.6"); !strings.Contains(one, "BGP state = Established, up for 01:29:55\n") {
		t.Errorf("it does not come up:\n%s", one)
	}
	if one := p.neighbor("172.29.0.2"); !strings.Contains(one, "BGP state = Active") || !strings.Contains(one, "BFD peer is Down") {
		t.Errorf("a session with nobody:\n%s", one)
	}
	if bfd := p.do("show bfd neighbors details"); !strings.Contains(bfd, "4097/0        Down      Down      Gi0/0/1.601\n") {
		t.Errorf("BFD:\n%s", bfd)
	}
}

// TestLiveVRF shows sessions and routes of VRFs, IPv6 too, with long names on lines
// of their own.
func TestLiveVRF(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../render/testdata/pe-customers/pe2.ios-xe.cfg")
	if err != nil {
		t.Fatal(err)
	}
	p := login(t, start(t, Options{Platform: IOSXE, Name: "r", Running: string(text) + "ip prefix-list CARRIER-METRO-ER-RED-SUPERNETS-V4 seq 20 permit 10.32.0.0/16\n", Offers: map[netip.Addr][]Offer{
		netip.MustParseAddr("10.62.0.6"):      {offer("10.32.0.0/16", 65301)},
		netip.MustParseAddr("192.168.40.6"):   {offer("10.34.0.0/16", 12076), offer("10.35.0.0/16", 12076)},
		netip.MustParseAddr("2001:db8:40::6"): {offer("2001:db8:a340::/48", 12076)},
	}}))
	p.wants("show bgp vpnv4 unicast vrf BLUE neighbors 192.168.40.6 routes", "*> 10.34.0.0/16 192.168.40.6 200 0 12076 i")
	p.wants("show bgp vpnv4 unicast vrf BLUE neighbors 192.168.40.6 advertised-routes", "*> 10.32.0.0/16 0.0.0.0 0 32768 i")
	p.wants("show bgp vpnv4 unicast vrf RED neighbors 192.168.40.6 advertised-routes") // what BLUE has stays there
	p.wants("show bgp vpnv6 unicast vrf BLUE neighbors 2001:db8:40::6 routes", "*> 2001:DB8:A340::/48", "2001:DB8:40::6 200 0 12076 i")
	p.all("configure terminal", "no ip prefix-list CARRIER-METRO-ER-RED-VNETS-LP200-V4 seq 10", "ip prefix-list CARRIER-METRO-ER-RED-VNETS-LP200-V4 seq 20 permit 10.35.0.0/16", "end")
	p.all("clear ip bgp * soft in") // of the global table: no page of Cisco's that was read says how a VRF's is written
	p.wants("show bgp vpnv4 unicast vrf RED neighbors 192.168.40.6 routes", "*> 10.34.0.0/16 192.168.40.6 200 0 12076 i")
	all := p.do("show bgp all neighbors")
	vpnv4, vpnv6 := strings.Index(all, "For address family: VPNv4 Unicast\n"), strings.Index(all, "For address family: VPNv6 Unicast\n")
	if red := strings.Index(all, "BGP neighbor is 192.168.40.6,  vrf RED,  remote AS 12076, external link\n"); red < vpnv4 || red > vpnv6 {
		t.Errorf("the session of RED is not in VPNv4:\n%s", all)
	}
	if blue := strings.Index(all, "BGP neighbor is 2001:DB8:40::6,  vrf BLUE,"); blue < vpnv6 {
		t.Errorf("the IPv6 session of BLUE is not in VPNv6:\n%s", all)
	}
	if strings.Count(all, "BGP neighbor is 10.63.255.9,  remote AS 64610, internal link\n") != 2 {
		t.Errorf("the route reflector is not in both families:\n%s", all)
	}
}

// TestWorld shows the state that a test makes up.
func TestWorld(t *testing.T) {
	t.Parallel()
	_, p := reach(t, Options{World: func(running string) Live {
		state := "Established"
		if strings.Contains(running, "Loopback7") {
			state = "Active"
		}
		return Live{Sessions: []LiveSession{{Neighbor: netip.MustParseAddr("172.29.0.2"), AS: 12076, LocalAS: 65210, State: state, Hold: 9 * time.Second, Keepalive: 3 * time.Second, Drops: 4}}}
	}})
	if one := p.neighbor("172.29.0.2"); !strings.Contains(one, "hold time is 9, keepalive interval is 3 seconds") || !strings.Contains(one, "established 5; dropped 4\n") {
		t.Errorf("got\n%s", one)
	}
	p.all("configure terminal", "interface Loopback7", "end")
	if one := p.neighbor("172.29.0.2"); !strings.Contains(one, "BGP state = Active") {
		t.Errorf("got\n%s", one)
	}
}
