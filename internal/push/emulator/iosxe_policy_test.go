package emulator

import (
	"net/netip"
	"testing"
)

const policyText = `router bgp 65010
 neighbor 192.0.2.1 remote-as 12076
 !
 address-family ipv4
  neighbor 192.0.2.1 activate
  neighbor 192.0.2.1 route-map IN in
  neighbor 192.0.2.1 route-map GONE out
 exit-address-family
!
ip community-list standard EAST permit 12076:51004
ip community-list standard EAST permit 12076:51005 12076:50001
!
ip prefix-list REFUSED seq 5 permit 10.0.0.0/8 le 32
ip prefix-list LONG seq 5 permit 172.16.0.0/12 ge 24 le 28
ip prefix-list SOME seq 5 deny 10.7.0.0/16
ip prefix-list SOME seq 10 permit 10.0.0.0/8 le 16
!
route-map IN deny 10
 match ip address prefix-list REFUSED
 match community EAST
!
route-map IN permit 20
 match ip address prefix-list SOME LONG
 set local-preference 250
!
route-map IN permit 30
 match community EAST
!
route-map IN deny 65535
!
`

// TestPolicy judges routes entry by entry.
func TestPolicy(t *testing.T) {
	t.Parallel()
	p := newIOSXEPolicy(readIOSXEText(policyText), "", netip.MustParseAddr("192.0.2.1"))
	for _, c := range []struct {
		prefix      string
		communities []string
		preference  uint32
		taken       bool
	}{
		{"10.1.0.0/16", nil, 250, true},
		{"10.0.0.0/8", nil, 250, true},
		{"10.1.1.0/24", nil, 0, false},
		{"10.7.0.0/16", nil, 0, false},
		{"10.1.0.0/16", []string{"12076:51004"}, 0, false},
		{"172.16.1.0/24", nil, 250, true},
		{"172.16.0.0/12", nil, 0, false},
		{"172.16.1.0/29", nil, 0, false},
		{"198.51.100.0/24", []string{"12076:51004", "12076:1"}, 100, true},
		{"198.51.100.0/24", []string{"12076:51005"}, 0, false},
		{"198.51.100.0/24", []string{"12076:51005", "12076:50001"}, 100, true},
		{"198.51.100.0/24", nil, 0, false},
	} {
		preference, taken := p.accepts(Offer{Prefix: netip.MustParsePrefix(c.prefix), Communities: c.communities})
		if preference != c.preference || taken != c.taken {
			t.Errorf("%s %v: taken %v at %d, not %v at %d", c.prefix, c.communities, taken, preference, c.taken, c.preference)
		}
	}
	if p.sends(offer("10.1.0.0/16")) {
		t.Error("a route map that is not there lets a route out")
	}
}

// TestRouteLine prints a route in the columns of a table.
func TestRouteLine(t *testing.T) {
	t.Parallel()
	for prefix, want := range map[string]string{
		"10.0.0.0/8":        " *>  10.0.0.0         192.0.2.1                     200      0 12076 i\n",
		"10.0.0.0/16":       " *>  10.0.0.0/16      192.0.2.1                     200      0 12076 i\n",
		"192.168.10.0/24":   " *>  192.168.10.0     192.0.2.1                     200      0 12076 i\n",
		"0.0.0.0/0":         " *>  0.0.0.0          192.0.2.1                     200      0 12076 i\n",
		"172.16.200.100/32": " *>  172.16.200.100/32\n                      192.0.2.1                     200      0 12076 i\n",
	} {
		if got := iosxeRoute(" *>", netip.MustParsePrefix(prefix), "192.0.2.1", "", "200", 0, "12076 i"); got != want {
			t.Errorf("%s is printed as\n%q, not\n%q", prefix, got, want)
		}
	}
}
