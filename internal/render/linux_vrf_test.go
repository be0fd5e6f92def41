package render

import (
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ercfg/ercfg/internal/plan"
)

// onlyVRFs leaves, of the handmade links, those in VRFs.
func onlyVRFs(r *plan.Router) {
	r.Tunnels, r.Routes, r.Flow = nil, nil, plan.Flow{}
	r.Links = slices.DeleteFunc(r.Links, func(l plan.Link) bool { return l.VRF == "" })
}

// states says of each named device its index, master, MTU and whether it is up.
func (b vlanBox) states(names ...string) map[string]string {
	b.t.Helper()
	out := make(map[string]string)
	all := b.ip("-o link show")
	for _, name := range names {
		for line := range strings.Lines(all) {
			w := strings.Fields(line)
			if dev, _, _ := strings.Cut(strings.TrimSuffix(w[1], ":"), "@"); dev != name {
				continue
			}
			said := "MTU " + w[slices.Index(w, "mtu")+1]
			if at := slices.Index(w, "master"); at >= 0 {
				said += ", in " + w[at+1]
			}
			if slices.Contains(strings.Split(strings.Trim(w[2], "<>"), ","), "UP") {
				said += ", up"
			}
			out[name] = said
		}
	}
	return out
}

// The script makes VRFs and puts devices into them, keeps a VRF that is there,
// and never leaves a device up in another table. A second run finds the same.
func TestVRFScript(t *testing.T) {
	t.Parallel()
	ok := map[string]string{"RED": "MTU 1500, up", "BLUE": "MTU 1500, up", "wan0.200": "MTU 1500, in RED, up", "wan0.201": "MTU 1500, in BLUE, up"}
	but := func(changes map[string]string) map[string]string {
		out := maps.Clone(ok)
		maps.Copy(out, changes)
		maps.DeleteFunc(out, func(_, said string) bool { return said == "" })
		return out
	}
	tables := numbers([]string{"BLUE", "RED"})
	for _, c := range []struct {
		name   string
		setup  []string
		refuse string
		faults []string
		want   map[string]string
		table  int // of RED
	}{
		{name: "new router", want: ok, table: tables["RED"]},
		{name: "a VRF of the LAN's", setup: []string{"link add RED type vrf table 77"}, want: ok, table: 77},
		{
			name: "a device in the wrong VRF", setup: []string{"link add BLUE type vrf table 78", "link add link wan0 name wan0.200 type vlan protocol 802.1Q id 200", "link set dev wan0.200 master BLUE"},
			want: ok, table: tables["RED"],
		},
		{
			name: "no VRF can be made", refuse: "link add RED",
			faults: []string{"RED: cannot be made", "wan0.200: set down, because RED is not as it should be"},
			want:   but(map[string]string{"RED": "", "wan0.200": "MTU 1500"}),
		},
		{
			name: "a device cannot be moved", refuse: "link set dev wan0.201 master",
			faults: []string{"wan0.201: set down, because it cannot be put into VRF BLUE"},
			want:   but(map[string]string{"wan0.201": "MTU 1500"}), table: tables["RED"],
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := newVLANBox(t, "vlans", onlyVRFs, []string{"wan0"})
			for _, words := range c.setup {
				b.ip(words)
			}
			b.r.WriteFile("/run/refuse", strings.TrimPrefix(c.refuse+"\n", "\n"))
			for run := range b.runs(c.faults) {
				if diff := cmp.Diff(c.want, b.states("RED", "BLUE", "wan0.200", "wan0.201")); diff != "" {
					t.Errorf("%s run: devices (-want +got):\n%s", run, diff)
				}
				if c.table != 0 {
					for _, family := range []string{"-4", "-6"} {
						if got := b.ip(family + " route show table " + strconv.Itoa(c.table)); !strings.Contains(got, "unreachable default") {
							t.Errorf("%s run: table %d of RED has %q", run, c.table, got)
						}
					}
				}
				for _, family := range []string{"-4", "-6"} {
					if got := b.ip(family + " rule show"); strings.HasPrefix(got, "0:") || !strings.Contains(got, "1001:\tfrom all lookup local") {
						t.Errorf("%s run: local addresses first:\n%s", run, got)
					}
				}
			}
		})
	}
}

// A new router's devices have the index that flow records name, and the tunnels
// their IDs, MTU and VRF. What is something else stays as it is.
func TestTunnelScript(t *testing.T) {
	t.Parallel()
	two := func(r *plan.Router) { r.Tunnels = r.Tunnels[1:3] }
	ok := map[string]string{"vti2": "MTU 1400, up", "vti3": "MTU 1400, in RED, up"}
	for _, c := range []struct {
		name   string
		setup  []string
		refuse string
		faults []string
		want   map[string]string
	}{
		{name: "new router", want: ok},
		{name: "wrong MTU and VRF", setup: []string{"link add vti2 type xfrm if_id 14424", "link set dev vti2 mtu 1300 master RED"}, want: ok},
		{
			name: "another ID", setup: []string{"link add vti2 type xfrm if_id 7"},
			faults: []string{"vti2: is vti2@NONE 0x7; should be vti2@NONE 0x3858; left as it is"},
			want:   map[string]string{"vti2": "MTU 1500", "vti3": ok["vti3"]},
		},
		{
			name: "another outside", setup: []string{"link add vti3 type xfrm dev lo if_id 42043"},
			faults: []string{"vti3: is vti3@lo 0xa43b; should be vti3@wan0.201 0xa43b; left as it is"},
			want:   map[string]string{"vti2": ok["vti2"], "vti3": "MTU 1500"},
		},
		{
			name: "no XFRM interface", setup: []string{"link add vti2 type bridge"},
			faults: []string{"vti2: is vti2, no XFRM interface; should be vti2@NONE 0x3858; left as it is"},
			want:   map[string]string{"vti2": "MTU 1500", "vti3": ok["vti3"]},
		},
		{
			name: "outside is missing", setup: []string{"link delete dev wan0.201"},
			faults: []string{"vti3: cannot be made"}, want: map[string]string{"vti2": ok["vti2"]},
		},
		{
			name: "not into its VRF", refuse: "link set dev vti3 master",
			faults: []string{"vti3: set down, because it cannot be put into VRF RED"},
			want:   map[string]string{"vti2": ok["vti2"], "vti3": "MTU 1500"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := newVLANBox(t, "tunnels", two, []string{"wan0.201"})
			b.ip("link add RED type vrf table 1000")
			for _, words := range c.setup {
				b.ip(words)
			}
			b.r.WriteFile("/run/refuse", strings.TrimPrefix(c.refuse+"\n", "\n"))
			for run := range b.runs(c.faults) {
				if diff := cmp.Diff(c.want, b.states("vti2", "vti3")); diff != "" {
					t.Errorf("%s run: devices (-want +got):\n%s", run, diff)
				}
			}
			if len(c.setup) == 0 && len(c.faults) == 0 {
				if got := b.ip("-o link show dev vti2"); !strings.HasPrefix(got, "14424: vti2") {
					t.Errorf("index: %s", got)
				}
			}
		})
	}
}

// A number outlives every change but that of its name.
func TestNumbers(t *testing.T) {
	t.Parallel()
	few, many := numbers([]string{"RED", "BLUE"}), []string{"RED", "BLUE", "GREEN"}
	for i := range 3000 { // as many as make some names meet
		many = append(many, "eth"+strconv.Itoa(i))
	}
	all := numbers(many)
	seen := make(map[int]string)
	for name, n := range all {
		if n < firstNumber || n >= firstNumber+numbersGiven {
			t.Errorf("%s has %d", name, n)
		}
		if seen[n] != "" {
			t.Errorf("%s and %s have %d", seen[n], name, n)
		}
		seen[n] = name
	}
	if all["RED"] != few["RED"] || all["BLUE"] != few["BLUE"] {
		t.Errorf("RED %d and BLUE %d become %d and %d", few["RED"], few["BLUE"], all["RED"], all["BLUE"])
	}
}

// The scripts name the index of every device that has one.
func TestPlaceOfIndex(t *testing.T) {
	t.Parallel()
	r := &plan.Router{
		Links:   []plan.Link{{Interface: "eth1", Unit: 100, VRF: "RED"}, {Interface: "eth1", Unit: 200}},
		Tunnels: []plan.Tunnel{{Interface: "vti1"}},
		Indexes: []plan.Index{{Interface: "eth1.100", Number: 8}, {Interface: "vti1", Number: 7}},
	}
	indexes := linuxIndexes(r, numbers(edgeDevices(r)))
	var v linuxView
	for i := range r.Links {
		v.addLink(&r.Links[i], indexes)
	}
	got := []string{v.Parents[0].VLANs[0].Place, v.Parents[0].VLANs[1].Place, place(r.Tunnels[0].VRF, indexes["vti1"])}
	if diff := cmp.Diff([]string{" RED 8", "", " - 7"}, got); diff != "" {
		t.Errorf("places (-want +got):\n%s", diff)
	}
}

// A device has the index that the intent gives it, whether flows name it or not,
// and no other device gets that one.
func TestIndexes(t *testing.T) {
	t.Parallel()
	names := []string{"eth1.100", "eth1.200", "vti1"}
	own := numbers(names)
	flow := plan.Flow{Collector: netip.MustParseAddr("10.0.0.9")}
	for _, tt := range []struct {
		name  string
		flow  plan.Flow
		given []plan.Index
		want  map[string]int
	}{
		{"nobody asks", plan.Flow{}, nil, map[string]int{}},
		{"flows ask", flow, nil, own},
		{"the intent asks", plan.Flow{}, []plan.Index{{Interface: "vti1", Number: 7}}, map[string]int{"vti1": 7}},
		{"both", flow, []plan.Index{{Interface: "vti1", Number: 7}}, map[string]int{"eth1.100": own["eth1.100"], "eth1.200": own["eth1.200"], "vti1": 7}},
		{"a device that is not ours", flow, []plan.Index{{Interface: "eth1", Number: 7}}, own},
		{
			"another's number", flow, []plan.Index{{Interface: "vti1", Number: own["eth1.100"]}},
			map[string]int{"eth1.100": own["eth1.100"] + 1, "eth1.200": own["eth1.200"], "vti1": own["eth1.100"]},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, linuxIndexes(&plan.Router{Flow: tt.flow, Indexes: tt.given}, own)); diff != "" {
				t.Errorf("indexes (-want +got):\n%s", diff)
			}
		})
	}
}
