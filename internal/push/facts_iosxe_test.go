package push

import (
	"net/netip"
	"strings"
	"testing"
	"time"
)

func TestIOSXEAge(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{
		"00:41:32": 41*time.Minute + 32*time.Second, "23:59:59": 24*time.Hour - time.Second, "4d22h": 118 * time.Hour, "7w3d": 52 * 24 * time.Hour, "1y4w": 393 * 24 * time.Hour,
		"": 0, "never": 0, "4x": 0, "d": 0, "1:2": 0, "-1:00:00": 0, "99999d": 0,
	} {
		if got, ok := parseIOSXEAge(text); got != want || ok != (want > 0) {
			t.Errorf("%q: %v, %t, want %v", text, got, ok, want)
		}
	}
}

func TestIOSXEPrefix(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"10.1.0.0/16": "10.1.0.0/16", "10.0.0.0": "10.0.0.0/8", "172.16.0.0": "172.16.0.0/16", "192.168.7.0": "192.168.7.0/24", "0.0.0.0": "0.0.0.0/0",
		"::/0": "::/0", "::": "::/0", "2001:DB8::/32": "2001:db8::/32", "2001:DB8::": "", "224.0.0.0": "", "10.1.0.0/33": "", "x": "",
	} {
		got, err := iosxePrefix(text)
		if (err == nil) != (want != "") || err == nil && got != netip.MustParsePrefix(want) {
			t.Errorf("%q: %v, %v, want %q", text, got, err, want)
		}
	}
}

func TestIOSXELongName(t *testing.T) {
	t.Parallel()
	for short, want := range map[string]string{
		"Gi0/0/0.100": "GigabitEthernet0/0/0.100", "Te0/1/0": "TenGigabitEthernet0/1/0", "Twe1/0/1": "TwentyFiveGigE1/0/1", "Po1.7": "Port-channel1.7", "Nve1": "Nve1", "": "", "GigabitEthernet1": "GigabitEthernet1",
	} {
		if got := iosxeLongName(short); got != want {
			t.Errorf("%q: %q, want %q", short, got, want)
		}
	}
}

const iosxeHeader = "     Network          Next Hop            Metric LocPrf Weight Path\n"

// A table that is not whole, or not in its columns, is an error.
func TestIOSXETableErrors(t *testing.T) {
	t.Parallel()
	const row = " *>   10.1.0.0/16      172.16.0.2               0    200      0 12076 i\n"
	for name, tt := range map[string]struct{ answer, want string }{
		"whole":                  {iosxeHeader + row + "\nTotal number of prefixes 1 \n", ""},
		"a path more than rows":  {iosxeHeader + row + " *m                    172.16.0.6               0    200      0 12076 i\nTotal number of prefixes 1\n", ""},
		"no end":                 {iosxeHeader + row, "does not end"},
		"a row less":             {iosxeHeader + row + "Total number of prefixes 2\n", "1 routes of 2"},
		"no next hop":            {iosxeHeader + " *>   10.1.0.0/16\n" + row + "Total number of prefixes 2\n", "not finished: 10.1.0.0/16"},
		"end within a row":       {iosxeHeader + " *>   10.1.0.0/16      172.16.0.2\n\nTotal number of prefixes 1\n", "not finished"},
		"no prefix":              {iosxeHeader + " *>                    172.16.0.2               0    200      0 12076 i\nTotal number of prefixes 1\n", "without a prefix"},
		"a number elsewhere":     {iosxeHeader + " *>   10.1.0.0/16      172.16.0.2      0 200 0 12076 i\nTotal number of prefixes 1\n", "in no column"},
		"no number":              {iosxeHeader + " *>   10.1.0.0/16      172.16.0.2               -    200      0 12076 i\nTotal number of prefixes 1\n", "not a row"},
		"a status that is none":  {iosxeHeader + " ?>   10.1.0.0/16      172.16.0.2               0    200      0 12076 i\nTotal number of prefixes 1\n", "not a row"},
		"another text":           {iosxeHeader + "something else\nTotal number of prefixes 0\n", "not a row"},
		"a refusal":              {"% BGP not active\n", "BGP not active"},
		"a header without order": {"     Network          Weight LocPrf Next Hop Metric\n" + row + "Total number of prefixes 1\n", "not a header"},
	} {
		_, err := readIOSXERoutes(neighborOf("172.16.0.2"), tt.answer)
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", name, err, tt.want)
		}
	}
}

// Rows of another VRF do not count as those of the one that was asked for.
func TestIOSXEOtherVRF(t *testing.T) {
	t.Parallel()
	answer := iosxeHeader + "Route Distinguisher: 65010:1 (default for vrf BLUE)\n *>   10.1.0.0/16      172.16.0.2               0    200      0 12076 i\n" +
		"Route Distinguisher: <not set> (default for vrf RED)\n *>   10.2.0.0/16      172.16.0.2               0    200      0 12076 i\nTotal number of prefixes 2\n"
	routes, err := readIOSXERoutes(neighborOf("RED", "172.16.0.2"), answer)
	if err != nil || len(routes) != 1 || routes[0].Prefix != netip.MustParsePrefix("10.2.0.0/16") {
		t.Errorf("%v, %v", routes, err)
	}
}

// A neighbor that two families tell differently, or that has no state, is an error.
func TestIOSXESessionErrors(t *testing.T) {
	t.Parallel()
	one := func(lines string) string {
		return "BGP neighbor is 172.16.0.2,  remote AS 12076, external link\n" + lines
	}
	for name, tt := range map[string]struct{ answer, want string }{
		"one":             {one("  BGP state = Idle\n"), ""},
		"two that agree":  {one("  BGP state = Idle\n") + one("  BGP state = Idle\n"), ""},
		"two that do not": {one("  BGP state = Idle\n") + one("  BGP state = Active\n"), "Idle and Active"},
		"no state":        {one("  BGP version 4\n") + one("  BGP state = Idle\n"), "no state"},
		"no time":         {one("  BGP state = Established\n"), "is up for"},
		"no families":     {"Load for five secs: 1%/0%\n", "not understood"},
	} {
		_, err := readIOSXESessions(tt.answer)
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", name, err, tt.want)
		}
	}
}

// Neighbors that others have, and what follows them, are not of the neighbor before: those
// that came from a range (Cisco, "BGP Dynamic Neighbors"), and link-local ones.
func TestIOSXEOtherNeighbors(t *testing.T) {
	t.Parallel()
	const established = "  BGP state = Established, up for 00:41:32\n"
	const ours = "BGP neighbor is 172.16.0.2,  remote AS 12076, external link\n" + established
	for name, tt := range map[string]struct {
		other string
		want  int
	}{
		"dynamic":           {"BGP neighbor is *192.168.3.2,  remote AS 50000, external link\n Belongs to the subnet range group: 192.168.0.0/16\n  BGP state = Idle\n", 2},
		"two on links":      {"BGP neighbor is FE80::1%GigabitEthernet0/0/1,  remote AS 1, external link\n  BGP state = Idle\nBGP neighbor is FE80::1%GigabitEthernet0/0/2,  remote AS 1, external link\n" + established, 3},
		"of a form unknown": {"BGP neighbor is node 7, external link\n  BGP state = Idle\n  Administratively shut down\n", 1},
	} {
		peers, err := readIOSXESessions(ours + tt.other)
		if err != nil || len(peers) != tt.want {
			t.Errorf("%s: %+v, %v", name, peers, err)
			continue
		}
		if peers[0].State != Established || peers[0].Shut {
			t.Errorf("%s: ours is %+v", name, peers[0])
		}
	}
}

// A session that is not up shows a hold time, too, which nobody has agreed on.
func TestIOSXEIdleTimers(t *testing.T) {
	t.Parallel()
	peers, err := readIOSXESessions("BGP neighbor is 172.16.0.2,  remote AS 12076, external link\n  BGP state = Idle\n  Last read 00:00:00, last write 00:00:00, hold time is 180, keepalive interval is 60 seconds\n")
	if err != nil || len(peers) != 1 || peers[0].Hold != 0 || peers[0].Keepalive != 0 {
		t.Errorf("%+v, %v", peers, err)
	}
}

// The older form of "show bfd neighbors details", with both addresses in a row, is
// refused and not taken for no session.
func TestIOSXEOlderBFD(t *testing.T) {
	t.Parallel()
	answer := "IPv4 Sessions\nOurAddr NeighAddr   LD/RD   RH/RS Holdown(mult) State   Int\n172.16.0.1 172.16.0.2 4097/4097 1  0 (3 ) Up Gi0/0/0\nMinTxInt: 300000, MinRxInt: 300000, Multiplier: 3\n"
	if list, err := readIOSXEBFD(answer, nil); err == nil {
		t.Errorf("read as %+v", list)
	}
}

func FuzzIOSXEFacts(f *testing.F) {
	fuzzFacts(f, "iosxe_two_vrfs", iosxeFacts(), `For address family: IPv4 Unicast
BGP neighbor is 172.16.0.2,  remote AS 12076, external link
 BFD is configured. BFD peer is Up. Using BFD to detect fast fallover (single-hop).
  BGP state = Established, up for 1w2d
  Last read 00:00:05, last write 00:00:07, hold time is 30, keepalive interval is 10 seconds
  Connections established 4; dropped 3
  Interface associated: GigabitEthernet0/0/0.100 (peering address in same link)
BGP neighbor is 172.16.0.2,  vrf RED,  remote AS 12076, external link
  Administratively shut down
  BGP state = Idle
`)
}
