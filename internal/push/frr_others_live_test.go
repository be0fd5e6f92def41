package push

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ercfg/ercfg/internal/frrtest"
)

// othersText is what other teams have in the same daemons: commands of a module (bmp),
// of daemons that ercfg does not use, files that bgpd writes, keys, VRFs.
const othersText = `password zebra
enable password zebra
log file /run/frr/frr.log informational
log commands
debug bgp updates in
dump bgp updates /run/mrt/bgp
ip nht resolve-via-default
ip protocol bgp route-map OTHERS-FIB
access-list VTY seq 5 permit 127.0.0.0/8
ip prefix-list OTHERS description the core's own
ip prefix-list OTHERS seq 5 permit 10.200.0.0/16 le 24
bgp as-path access-list OTHERS seq 5 permit _65020$
bgp community-list expanded OTHERS seq 5 permit 65010:.*
ip route 10.201.0.0/16 blackhole tag 7
vrf RED
 ip route 10.64.0.0/14 blackhole
exit-vrf
interface mgmt
 description management, see 2001:db8::1
 ip ospf cost 10
 ip ospf message-digest-key 1 md5 OspfKey
exit
router bgp 65010
 neighbor CORE peer-group
 neighbor CORE remote-as 65020
 neighbor 10.99.0.1 remote-as 65020
 neighbor 10.99.0.1 password OthersKey
 neighbor mgmt interface remote-as external
 bgp listen range 10.97.0.0/24 peer-group CORE
 bmp targets COLLECTOR
  bmp monitor ipv4 unicast post-policy
  bmp connect 10.99.0.1 port 5000 min-retry 1000 max-retry 2000
 exit
 address-family ipv4 unicast
  redistribute ospf route-map OTHERS
  neighbor CORE activate
  neighbor 10.99.0.1 activate
  neighbor 10.99.0.1 route-map OTHERS in
  neighbor 10.99.0.1 filter-list OTHERS in
 exit-address-family
 address-family l2vpn evpn
  neighbor 10.99.0.1 activate
  advertise-all-vni
 exit-address-family
exit
router bgp 65010 vrf RED
 neighbor 10.64.0.9 remote-as 65030
 address-family ipv4 unicast
  rd vpn export 65010:1
  rt vpn both 65010:1
  export vpn
  import vpn
 exit-address-family
exit
router ospf
 redistribute bgp route-map OTHERS-FIB
 network 10.99.0.0/30 area 0
exit
route-map OTHERS permit 10
 match ip address prefix-list OTHERS
 on-match next
 set community 65010:1 additive
exit
route-map OTHERS permit 20
exit
route-map OTHERS-FIB permit 10
 set src 10.40.255.1
exit
bfd
 peer 10.99.0.1 interface mgmt
  detect-multiplier 5
 exit
exit
line vty
 access-class VTY
exit
`

// addOthers starts the daemons of others, with their module, and gives them othersText.
func (e *edge) addOthers() {
	e.t.Helper()
	e.on(e.ce, "sh", "-ec", `mkdir -m 777 /run/mrt
kill $(cat /run/frr/bgpd.pid)
while vtysh -c 'show daemons' | grep -q bgpd; do sleep 0.1; done
/usr/lib/frr/bgpd -d -A 127.0.0.1 -M bmp
/usr/lib/frr/ospfd -d -A 127.0.0.1`)
	if said := e.ce.Load(e.startup() + othersText); strings.Contains(said, "%") {
		e.t.Fatal(said)
	}
	e.on(e.ce, "vtysh", "-c", "write memory")
	e.awaitSessions()
}

// What others have in the same daemons is there after a change and after an undo as it
// was, and nothing of the trial on scratch daemons reaches their files.
func TestFRROthers(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	e.addOthers()
	e.on(e.ce, "cp", "/run/mrt/bgp", "/run/mrt/was")
	// Whatever bgpd has written is there; meanwhile it writes more.
	files := func() string {
		return e.on(e.ce, "sh", "-c", `ls /var/tmp/frr; head -c "$(wc -c </run/mrt/was)" /run/mrt/bgp | cmp - /run/mrt/was; true`)
	}
	d, ctx := frrOn(t, e), t.Context()
	before, startup, drops, had := e.running(), e.startup(), e.dropsOf(), files()
	w := &work{run: "r1", revert: 5 * time.Minute, commands: append([]string{
		"router bgp 65010", " neighbor 172.16.200.2 description another", " address-family ipv4 unicast", "  neighbor 172.16.200.2 weight 7", " exit-address-family", "exit",
		"no route-map LAB-EDGE-ER-LAB-SECONDARY-OUT-V4 deny 65535"}, changeOfPreference...)}
	// The scratch daemons have all of it: what is there already is not added.
	said, err := d.opinion(ctx, w)
	if text := strings.Join(said, "\n"); err != nil || said[0] != "scratch daemons on the router take every command" || !strings.Contains(text, " no set local-preference 200") {
		t.Errorf("opinion: %v\n%s", err, text)
	}
	for _, keep := range []bool{false, true} {
		for _, err := range []error{d.rehearse(ctx, w), d.arm(ctx, w), d.apply(ctx, w, func(int) {})} {
			if err != nil {
				t.Fatal(err)
			}
		}
		if keep {
			break
		}
		if err := d.revert(ctx, w); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(contexts(t, before), contexts(t, e.running())); diff != "" {
			t.Errorf("running configuration:\n%s", diff)
		}
		if diff := cmp.Diff(startup, e.startup()); diff != "" {
			t.Errorf("frr.conf:\n%s", diff)
		}
	}
	for _, err := range []error{d.confirm(ctx, w), d.save(ctx, w)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(e.running(), frrtest.Normalize(e.startup())); diff != "" {
		t.Errorf("frr.conf is not the running configuration:\n%s", diff)
	}
	if diff := cmp.Diff(had, files()); diff != "" {
		t.Errorf("files of others:\n%s", diff)
	}
	if diff := cmp.Diff(drops, e.dropsOf()); diff != "" {
		t.Errorf("sessions went down:\n%s", diff)
	}

	// frr-reload.py would write this one in lower case, and find it other than it was.
	e.on(e.ce, "vtysh", "-c", "configure terminal", "-c", "interface mgmt", "-c", "description see 2001:DB8::1", "-c", "exit",
		"-c", "router bgp 65010", "-c", "neighbor 10.99.0.1 description see 2001:DB8::1")
	if err := d.rehearse(ctx, w); err == nil || !strings.Contains(err.Error(), " no description see 2001:DB8::1") {
		t.Errorf("an undo that changes what is others': %v", err)
	}
}
