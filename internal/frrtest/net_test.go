package frrtest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// sessionLimit is how long two fresh routers may take to agree. A session
// takes five seconds on an idle machine; the lab's machines are shared.
const sessionLimit = time.Minute

// peerConf is one end of an eBGP link, IPv4 and IPv6, with BFD on IPv4, as an
// ExpressRoute private peering has it.
func peerConf(asn, peerASN int, last, peerLast int, password string) string {
	return fmt.Sprintf(`ip route 10.%[3]d.0.0/16 blackhole 250
ipv6 route 2001:db8:%[3]d::/48 blackhole 250
!
interface eth1.150
 ip address 172.16.200.%[3]d/30
 ipv6 address 2001:db8:ff::%[3]d/126
exit
!
router bgp %[1]d
 bgp router-id 192.0.2.%[3]d
 no bgp default ipv4-unicast
 neighbor 172.16.200.%[4]d remote-as %[2]d
 neighbor 172.16.200.%[4]d bfd
 neighbor 172.16.200.%[4]d bfd profile ER
 neighbor 172.16.200.%[4]d password %[5]s
 neighbor 172.16.200.%[4]d timers 10 30
 neighbor 172.16.200.%[4]d timers connect 5
 neighbor 2001:db8:ff::%[4]d remote-as %[2]d
 neighbor 2001:db8:ff::%[4]d password %[5]s
 neighbor 2001:db8:ff::%[4]d timers 10 30
 neighbor 2001:db8:ff::%[4]d timers connect 5
 !
 address-family ipv4 unicast
  network 10.%[3]d.0.0/16
  neighbor 172.16.200.%[4]d activate
  neighbor 172.16.200.%[4]d route-map ALL in
  neighbor 172.16.200.%[4]d route-map ALL out
 exit-address-family
 !
 address-family ipv6 unicast
  network 2001:db8:%[3]d::/48
  neighbor 2001:db8:ff::%[4]d activate
  neighbor 2001:db8:ff::%[4]d route-map ALL in
  neighbor 2001:db8:ff::%[4]d route-map ALL out
 exit-address-family
exit
!
route-map ALL permit 10
exit
!
bfd
 profile ER
 exit
 !
exit
`, asn, peerASN, last, peerLast, password)
}

// bgpStates are the states of a router's sessions by peer address.
func bgpStates(r *Router) map[string]string {
	var summary map[string]struct {
		Peers map[string]struct{ State string }
	}
	r.VtyshJSON("show bgp summary json", &summary)
	states := make(map[string]string)
	for _, family := range summary {
		for peer, s := range family.Peers {
			states[peer] = s.State
		}
	}
	return states
}

// bfdStates are the states of a router's BFD sessions by peer address.
func bfdStates(r *Router) map[string]string {
	var peers []struct{ Peer, Status string }
	r.VtyshJSON("show bfd peers json", &peers)
	states := make(map[string]string)
	for _, p := range peers {
		states[p.Peer] = p.Status
	}
	return states
}

// Two routers agree on BGP with TCP MD5 and on BFD, and each learns the
// other's prefixes.
func TestTwoRouters(t *testing.T) {
	t.Parallel()
	n := New(t)
	ce, msee := n.Router("ce1"), n.Router("msee1")
	n.Link(ce, "eth1.150", msee, "eth1.150")
	ce.Start(peerConf(65010, 12076, 1, 2, "S3cret"))
	msee.Start(peerConf(12076, 65010, 2, 1, "S3cret"))

	wantBGP := map[string]string{"172.16.200.2": "Established", "2001:db8:ff::2": "Established"}
	WaitFor(t, sessionLimit, "BGP Established", func() (bool, string) {
		got := bgpStates(ce)
		return cmp.Equal(wantBGP, got), fmt.Sprint(got)
	})
	wantBFD := map[string]string{"172.16.200.2": "up"}
	WaitFor(t, sessionLimit, "BFD up", func() (bool, string) {
		got := bfdStates(ce)
		return cmp.Equal(wantBFD, got), fmt.Sprint(got)
	})
	for _, show := range []string{"show ip route 10.2.0.0/16", "show ipv6 route 2001:db8:2::/48"} {
		WaitFor(t, sessionLimit, show, func() (bool, string) {
			got := ce.Vtysh(show)
			return strings.Contains(got, `Known via "bgp"`), got
		})
	}
	if got := strings.TrimSpace(mustExec(t, ce, "hostname")); got != "ce1" {
		t.Errorf("hostname = %q, want ce1", got)
	}
}

// The kernel checks TCP MD5: with two different keys it drops the segments and
// counts them, and the session stays down.
func TestWrongKey(t *testing.T) {
	t.Parallel()
	n := New(t)
	ce, msee := n.Router("ce1"), n.Router("msee1")
	n.Link(ce, "eth1.150", msee, "eth1.150")
	ce.Start(peerConf(65010, 12076, 1, 2, "S3cret"))
	msee.Start(peerConf(12076, 65010, 2, 1, "0ther"))

	WaitFor(t, sessionLimit, "segments with a wrong key", func() (bool, string) {
		got := mustExec(t, msee, "nstat", "-az", "TcpExtTCPMD5Failure")
		var count int
		for line := range strings.Lines(got) {
			fmt.Sscanf(line, "TcpExtTCPMD5Failure %d", &count)
		}
		return count > 0, got
	})
	for peer, state := range bgpStates(ce) {
		if state == "Established" {
			t.Errorf("session to %s is Established with a wrong key", peer)
		}
	}
}

// A router's processes end with its test, the daemons as well.
func TestNothingIsLeft(t *testing.T) {
	t.Parallel()
	var namespace string
	t.Run("router", func(t *testing.T) {
		r := New(t).Router("ce1")
		r.StartDaemons()
		link, err := os.Readlink(filepath.Join("/proc", fmt.Sprint(r.pid), "ns/pid"))
		if err != nil {
			t.Fatal(err)
		}
		namespace = link
		if got := processesIn(t, namespace); len(got) < 1+len(daemons) {
			t.Fatalf("processes of the router: %q, want process 1 and %d daemons", got, len(daemons))
		}
	})
	if namespace == "" {
		t.SkipNow() // as the router's own test was
	}
	if got := processesIn(t, namespace); len(got) > 0 {
		t.Errorf("processes left: %q", got)
	}
}

// processesIn lists the processes of a PID namespace. One that ends while it
// is looked at does not count.
func processesIn(t *testing.T, namespace string) []string {
	t.Helper()
	links, err := filepath.Glob("/proc/[0-9]*/ns/pid")
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, link := range links {
		if target, err := os.Readlink(link); err == nil && target == namespace {
			found = append(found, link)
		}
	}
	return found
}

// mustExec runs a command on r that cannot fail.
func mustExec(t *testing.T, r *Router, argv ...string) string {
	t.Helper()
	out, err := r.Exec(t.Context(), argv...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}
