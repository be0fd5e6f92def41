package push

import (
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ercfg/ercfg/internal/confdiff"
)

// goldenConfig is a router's rendering.
func goldenConfig(t testing.TB, file string) (platform, text string) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("../render/testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(filepath.Base(file), ".")[1], string(data)
}

// readConfig reads a configuration.
func readConfig(t testing.TB, platform, text string) confdiff.Config {
	t.Helper()
	c, err := confdiff.Read(platform, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// addrs are the neighbors of a set, as a person writes them, sorted.
func addrs(set map[Neighbor]bool) []string {
	var out []string
	for n := range set {
		out = append(out, strings.TrimSpace(n.VRF+" "+n.Addr.String()))
	}
	slices.Sort(out)
	return out
}

// What one edit on a router touches when ercfg takes it back.
func TestTouchedBy(t *testing.T) {
	t.Parallel()
	const two, dual, pe = "two-ce-private/ce1.ios-xe.cfg", "dual-stack-one-ce/ce1.frr.conf", "pe-customers/pe2.ios-xe.cfg"
	plans := goldenPlans(t)
	link, inside := []string{"172.16.200.2"}, []string{"10.10.255.2"}
	every := []string{"10.10.255.2", "172.16.200.2"}
	for _, tt := range []struct {
		name, golden           string
		old, new               string
		touched, resets, waits []string
	}{
		{"timers", two, "neighbor 172.16.200.2 timers 10 30", "neighbor 172.16.200.2 timers 20 60", link, nil, link},
		{"timers of iBGP", two, "neighbor 10.10.255.2 timers 10 30", "neighbor 10.10.255.2 timers 20 60", inside, nil, inside},
		{"a key", two, " neighbor 172.16.200.2 password <env:ER_LONDON_MD5>\n", "", link, link, nil},
		{"a tag", two, "encapsulation dot1Q 150", "encapsulation dot1Q 151", link, link, nil},
		{"an old tag", two, "TenGigabitEthernet0/0/1.150", "TenGigabitEthernet0/0/1.149", link, link, nil},
		{"a policy", two, " set local-preference 200\n", " set local-preference 150\n", link, nil, nil},
		{"a list of VNets", two, "ER-LONDON-VNETS-LP200-V4 seq 10 permit 10.100.0.0/16", "ER-LONDON-VNETS-LP200-V4 seq 10 permit 10.99.0.0/16", link, nil, nil},
		{"a list of iBGP", two, "IBGP-VNETS-V4 seq 10 permit 10.100.0.0/16", "IBGP-VNETS-V4 seq 10 permit 10.99.0.0/16", inside, nil, nil},
		{"a list that only the router knows", two, "ip prefix-list CONTOSO-LONDON-ER-LONDON-VNETS", "ip prefix-list CONTOSO-LONDON-ER-LONDON-OLD-V4 seq 10 permit 10.9.0.0/16\nip prefix-list CONTOSO-LONDON-ER-LONDON-VNETS", nil, nil, nil},
		{"a network", two, "  network 10.10.0.0 mask 255.255.0.0\n", "", link, nil, nil},
		{"a neighbor of before", two, "router bgp 65010\n", "router bgp 65010\n neighbor 172.16.200.9 remote-as 12076\n neighbor 172.16.200.9 description CONTOSO-LONDON-ER\n", []string{"172.16.200.9"}, []string{"172.16.200.9"}, nil},
		{"the router ID", two, " bgp router-id 10.10.255.1\n", "", every, every, nil},
		{"nothing", two, "\n", "\n", nil, nil, nil},
		{"a BFD profile", dual, "bfd\n profile FABRIKAM-RESTON-BFD-300X3\n", "bfd\n profile FABRIKAM-RESTON-BFD-300X3\n  detect-multiplier 5\n", []string{"10.255.10.2", "10.255.10.6"}, nil, nil},
		{"a policy in a VRF", pe, " set local-preference 200\n", " set local-preference 150\n", []string{"BLUE 192.168.40.6"}, nil, nil},
		{"timers in a VRF", pe, "neighbor 10.62.0.6 timers 10 30", "neighbor 10.62.0.6 timers 20 60", []string{"BLUE 10.62.0.6"}, nil, []string{"BLUE 10.62.0.6"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			platform, text := goldenConfig(t, tt.golden)
			if !strings.Contains(text, tt.old) && tt.old != tt.new {
				t.Fatalf("the golden has no %q", tt.old)
			}
			o := newOracle(plans[filepath.Dir(tt.golden)])
			r := o.router(strings.Split(filepath.Base(tt.golden), ".")[0])
			c := confdiff.Between(readConfig(t, platform, text), readConfig(t, platform, strings.Replace(text, tt.old, tt.new, 1)), confdiff.Options{Intent: o.p.Name, Prune: true, BringUp: true})
			e := o.touchedBy(r, &c)
			if diff := cmp.Diff([][]string{tt.touched, tt.resets, tt.waits}, [][]string{addrs(e.touched), addrs(e.resets), addrs(e.waits)}); diff != "" {
				t.Errorf("touched, resets, waits (-want +got):\n%s%v", diff, c.Impacts)
			}
		})
	}
}

// Whatever line of a rendering is missing, some session is touched unless none uses
// it, and the neighbor that a line names is always among them.
func TestTouchedByEveryLine(t *testing.T) {
	t.Parallel()
	plans := goldenPlans(t)
	untouched := make(map[confdiff.Kind]bool)
	lines := 0
	for _, pattern := range []string{"*.ios-xe.cfg", "*.frr.conf", "*.junos.set"} {
		files, err := filepath.Glob("../render/testdata/*/" + pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v, %d files", pattern, err, len(files))
		}
		for _, file := range files {
			name := filepath.Base(filepath.Dir(file))
			platform, text := goldenConfig(t, filepath.Join(name, filepath.Base(file)))
			o := newOracle(plans[name])
			r := o.router(strings.Split(filepath.Base(file), ".")[0])
			for _, s := range readConfig(t, platform, text).Statements {
				d := confdiff.Difference{Object: s.Object(platform), Missing: []confdiff.Statement{s}}
				e := o.touchedBy(r, &confdiff.Change{Platform: platform, Differences: []confdiff.Difference{d}, Impacts: []confdiff.Impact{{Class: confdiff.SessionReset}}})
				lines++
				if len(e.touched) == 0 {
					untouched[d.Object.Kind] = true
				}
				if len(e.touched) != len(e.resets) {
					t.Errorf("%s: %s: touched %v, reset %v", file, d.Object, addrs(e.touched), addrs(e.resets))
				}
				for n := range e.touched {
					if !slices.Contains(o.questionFor(r).Neighbors, n) {
						t.Errorf("%s: %s touches %s, which the plan does not have", file, d.Object, n.name())
					}
				}
				if vrf, addr := splitName(d.Object.Name); d.Object.Kind == confdiff.Neighbor && !e.touched[Neighbor{vrf, netip.MustParseAddr(addr)}] {
					t.Errorf("%s: %s is not touched", file, d.Object)
				}
			}
		}
	}
	for _, kind := range []confdiff.Kind{confdiff.Neighbor, confdiff.Group, confdiff.RouteMap, confdiff.PrefixList, confdiff.CommunityList, confdiff.BGP, confdiff.BFDProfile, confdiff.IPsec, confdiff.Setting} {
		if untouched[kind] {
			t.Errorf("a %s touches nobody", kind)
		}
	}
	if lines < 2000 {
		t.Errorf("%d lines: the goldens are not read", lines)
	}
}

// An interface that goes takes along what rides on it.
func TestTouchedByInterface(t *testing.T) {
	t.Parallel()
	o := newOracle(goldenPlans(t)["encrypted-two-routers"])
	r := o.router("ce2")
	for _, tt := range []struct {
		iface string
		class confdiff.Class
		want  []string
	}{
		{"eth1.340", confdiff.InterfaceBounce, []string{"169.254.21.6", "172.20.7.6"}},
		{"eth1.340", confdiff.NoImpact, []string{"172.20.7.6"}},
		{"eth1", confdiff.NoImpact, []string{"172.20.7.6"}},
		{r.Tunnels[0].Interface, confdiff.InterfaceBounce, []string{"169.254.21.6"}},
		{"lo", confdiff.NoImpact, []string{"10.22.255.1", "169.254.21.6"}},
		{"eth7.1", confdiff.NoImpact, []string{"10.22.255.1", "169.254.21.6", "172.20.7.6"}},
	} {
		d := confdiff.Difference{Object: confdiff.Object{Kind: confdiff.Interface, Name: tt.iface}, Missing: make([]confdiff.Statement, 1)}
		e := o.touchedBy(r, &confdiff.Change{Differences: []confdiff.Difference{d}, Impacts: []confdiff.Impact{{Class: tt.class}}})
		if diff := cmp.Diff(tt.want, addrs(e.touched)); diff != "" {
			t.Errorf("%s, %s (-want +got):\n%s", tt.iface, tt.class, diff)
		}
	}
}

func TestPrefixIn(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, vrf, prefix string }{
		{"10.10.0.0/16", "", "10.10.0.0/16"},
		{"RED 10.10.0.0/16", "RED", "10.10.0.0/16"},
		{"2001:db8::/32", "", "2001:db8::/32"},
		{"10.10.0.0 mask 255.255.0.0", "", "10.10.0.0/16"},
		{"10.60.255.4 255.255.255.255", "", "10.60.255.4/32"},
		{"RED 10.10.0.0 255.255.240.0", "RED", "10.10.0.0/20"},
		{"10.10.0.0 255.0.255.0", "", ""},
		{"10.10.0.0", "", ""},
		{"x 255.0.0.0", "", ""},
		{"", "", ""},
	} {
		vrf, prefix, ok := prefixIn(tt.name)
		if ok != (tt.prefix != "") || ok && (vrf != tt.vrf || prefix != netip.MustParsePrefix(tt.prefix)) {
			t.Errorf("%q: %q, %s, %v", tt.name, vrf, prefix, ok)
		}
	}
}
