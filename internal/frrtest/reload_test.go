package frrtest

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// reloadBase is canonical: what Reload plans against it is the case's change.
const reloadBase = `router bgp 65010
 bgp router-id 10.0.0.1
 no bgp default ipv4-unicast
 neighbor 10.0.0.2 remote-as 12076
 neighbor 10.0.0.2 bfd
 neighbor 10.0.0.2 bfd profile P
exit
!
ip prefix-list OUT seq 10 permit 10.40.0.0/14
!
bfd
 profile P
 exit
 !
exit
!
`

func TestReloadPlan(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		old, new string // replaced in reloadBase
		toDelete []string
		toAdd    []string
		rc       int
	}{
		{name: "same file"},
		{
			name: "profile without the bare bfd line drops BFD",
			old:  " neighbor 10.0.0.2 bfd\n", new: "",
			toDelete: []string{"router bgp 65010\n no neighbor 10.0.0.2 bfd"},
		},
		{
			name: "a BFD default is wanted for ever",
			old:  " profile P\n exit", new: " profile P\n  receive-interval 300\n exit",
			toAdd: []string{"bfd\n profile P\n  receive-interval 300"},
		},
		{
			name: "a prefix-list line is deleted among the additions",
			old:  "seq 10 permit 10.40.0.0/14", new: "seq 20 permit 10.44.0.0/16",
			toAdd: []string{"ip prefix-list OUT seq 20 permit 10.44.0.0/16", "no ip prefix-list OUT seq 10 permit 10.40.0.0/14"},
		},
		{
			name: "a typing error is refused",
			old:  "ip prefix-list", new: "ip prefix-lost",
			rc: 1,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := New(t).Router("ce1")
			r.Start(reloadBase)
			toDelete, toAdd, rc := r.Reload(strings.Replace(reloadBase, tt.old, tt.new, 1), true)
			if diff := cmp.Diff(tt.toDelete, toDelete); diff != "" {
				t.Errorf("to delete (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.toAdd, toAdd); diff != "" {
				t.Errorf("to add (-want +got):\n%s", diff)
			}
			if rc != tt.rc {
				t.Errorf("rc = %d, want %d", rc, tt.rc)
			}
		})
	}
}

// A reload that is meant is carried out, and planned no second time.
func TestReload(t *testing.T) {
	t.Parallel()
	r := New(t).Router("ce1")
	r.Start(reloadBase)
	conf := strings.Replace(reloadBase, "seq 10 permit 10.40.0.0/14", "seq 20 permit 10.44.0.0/16", 1)
	if _, toAdd, rc := r.Reload(conf, false); rc != 0 || len(toAdd) == 0 {
		t.Fatalf("Reload: rc %d, to add %q", rc, toAdd)
	}
	if diff := cmp.Diff(Normalize(conf), Normalize(r.RunningConfig())); diff != "" {
		t.Errorf("running-config (-file +daemon):\n%s", diff)
	}
	if toDelete, toAdd, rc := r.Reload(conf, true); len(toDelete)+len(toAdd) > 0 || rc != 0 {
		t.Errorf("second plan: rc %d, delete %q, add %q", rc, toDelete, toAdd)
	}
}

func TestParsePlan(t *testing.T) {
	t.Parallel()
	const out = `2026-01-02 03:04:05,678  INFO: Loading Config object from vtysh show running

Lines To Delete
===============
router bgp 65010
 no neighbor 10.0.0.2 bfd
router bgp 65010
 no neighbor 10.0.0.2 shutdown

Lines To Add
============
no ip route 10.0.0.0/8 blackhole 250
bfd
 profile P
  receive-interval 300
`
	toDelete, toAdd := parsePlan(out)
	want := [2][]string{
		{"router bgp 65010\n no neighbor 10.0.0.2 bfd", "router bgp 65010\n no neighbor 10.0.0.2 shutdown"},
		{"no ip route 10.0.0.0/8 blackhole 250", "bfd\n profile P\n  receive-interval 300"},
	}
	if diff := cmp.Diff(want, [2][]string{toDelete, toAdd}); diff != "" {
		t.Errorf("parsePlan (-want +got):\n%s", diff)
	}
}
