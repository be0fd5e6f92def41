package frrtest

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// vrfConf is for VRF devices: nothing says which interface stands in which VRF.
const vrfConf = `vrf RED
 ip route 10.64.0.0/14 blackhole 250
exit-vrf
!
interface eth1.201
 ip address 10.0.0.1/30
exit
!
interface eth1.200
 ip address 10.0.0.1/30
exit
!
router bgp 65010 vrf RED
 bgp router-id 192.0.2.1
 no bgp default ipv4-unicast
 neighbor 10.0.0.2 remote-as 12076
exit
!
`

// A namespace is a VRF to FRR: what is loaded is read back, each interface has
// its address in its VRF, and a reload has nothing to do.
func TestVRF(t *testing.T) {
	t.Parallel()
	n := New(t)
	r := n.Router("ce1")
	r.VRF("RED", "BLUE") // BLUE has no block of its own
	n.StandIn(r, "eth1.200", "eth1.201")
	r.Enslave("eth1.201", "RED")
	conf := r.InVRFs(vrfConf)
	want := "vrf BLUE\n netns /run/netns/BLUE\nexit-vrf\n!\nvrf RED\n netns /run/netns/RED\n ip route"
	if !strings.HasPrefix(conf, want) || !strings.Contains(conf, "interface eth1.201 vrf RED\n") {
		t.Fatalf("InVRFs:\n%s", conf)
	}
	r.Start(conf)
	if diff := cmp.Diff(Normalize(conf), Normalize(r.RunningConfig())); diff != "" {
		t.Errorf("running-config (-file +daemon):\n%s", diff)
	}
	WaitFor(t, sessionLimit, "RED has its own routes", func() (bool, string) {
		out := r.Vtysh("show ip route vrf RED")
		return strings.Contains(out, "10.0.0.0/30 is directly connected, eth1.201") && strings.Contains(out, "10.64.0.0/14"), out
	})
	if toDelete, toAdd, rc := r.Reload(conf, true); len(toDelete)+len(toAdd) > 0 || rc != 0 {
		t.Errorf("frr-reload.py plans, rc %d: to delete %q, to add %q", rc, toDelete, toAdd)
	}
}

// Without VRFs a text stays as it is.
func TestInVRFsWithoutVRFs(t *testing.T) {
	t.Parallel()
	if got := (&Router{}).InVRFs(vrfConf); got != vrfConf {
		t.Errorf("InVRFs = %q", got)
	}
}
