package confdiff

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Every statement that ercfg renders has a rule, whether it comes, goes or takes
// the place of another.
func TestImpactRules(t *testing.T) {
	t.Parallel()
	used := make(map[string]bool)
	for _, c := range renderings(t) {
		for _, s := range c.Statements {
			for _, how := range []turn{added, removed, changed} {
				r, ok := impactRuleOf(c.Platform, s, how)
				if !ok {
					t.Errorf("%s: no rule for %q, turn %d", c.Platform, s.Path, how)
				}
				used[c.Platform+r.in+r.pattern] = true
			}
		}
	}
	for platform, rules := range map[string][]impactRule{IOSXE: iosxeImpacts, Junos: junosImpacts, FRR: frrImpacts} {
		for _, r := range rules {
			if r.Reason == "" || r.Evidence == "" || r.how == 0 {
				t.Errorf("%s: %q says too little", platform, r.pattern)
			}
			if r.soft != "" && r.Class != RouteRefresh {
				t.Errorf("%s: %q: a soft reset for a %s", platform, r.pattern, r.Class)
			}
		}
	}
	if len(used) < 100 {
		t.Errorf("%d rules were used: the goldens are not read", len(used))
	}
}

// renderings are all renderings.
func renderings(t testing.TB) []Config {
	t.Helper()
	var out []Config
	for _, pattern := range []string{"*.ios-xe.cfg", "*.frr.conf", "*.junos.set"} {
		files, err := filepath.Glob(filepath.Join("..", "render", "testdata", "*", pattern))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v, %d files", pattern, err, len(files))
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			platform := strings.Split(filepath.Base(pattern), ".")[1]
			c, err := Read(platform, text)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, c)
		}
	}
	return out
}

// What one edit on a router does when ercfg takes it back.
func TestImpactOf(t *testing.T) {
	t.Parallel()
	const primary = "CONTOSO-LONDON-ER-LONDON-PRIMARY"
	for _, tt := range []struct {
		name, golden string
		edit         []string // old and new
		class        Class
		reason       string // in the reason
		then         []string
	}{
		{
			"timers wait for the next session", "two-ce-private/ce1.ios-xe.cfg",
			[]string{"neighbor 172.16.200.2 timers 10 30", "neighbor 172.16.200.2 timers 20 60"},
			NextReset, "hold time", nil,
		},
		{
			"an inbound policy asks its own neighbor again", "two-ce-private/ce1.ios-xe.cfg",
			[]string{"route-map " + primary + "-IN-V4 in", "route-map OTHER in"},
			RouteRefresh, "judged", []string{"clear ip bgp 172.16.200.2 soft in"},
		},
		{
			"an outbound policy goes by itself", "two-ce-private/ce1.ios-xe.cfg",
			[]string{"route-map " + primary + "-OUT-V4 out", "route-map OTHER out"},
			RouteRefresh, "judged", nil,
		},
		{
			"a list that no inbound policy uses", "two-ce-private/ce1.ios-xe.cfg",
			[]string{"ANCHORS-V4 seq 10 permit 10.10.0.0/16", "ANCHORS-V4 seq 10 permit 10.99.0.0/16"},
			RouteRefresh, "prefixes", nil,
		},
		{
			"the worst line counts", "two-ce-private/ce1.ios-xe.cfg",
			[]string{" neighbor 172.16.200.2 description er-london private primary MSEE\n neighbor 172.16.200.2 password <env:ER_LONDON_MD5>\n", ""},
			SessionReset, "key", nil,
		},
		{
			"a neighbor that is new", "two-ce-private/ce1.ios-xe.cfg",
			[]string{
				" neighbor 172.16.200.2 remote-as 12076\n neighbor 172.16.200.2 description er-london private primary MSEE\n neighbor 172.16.200.2 password <env:ER_LONDON_MD5>\n neighbor 172.16.200.2 timers 10 30\n neighbor 172.16.200.2 fall-over bfd\n", "",
				"  neighbor 172.16.200.2 activate\n  neighbor 172.16.200.2 route-map " + primary + "-IN-V4 in\n  neighbor 172.16.200.2 route-map " + primary + "-OUT-V4 out\n  neighbor 172.16.200.2 maximum-prefix 1000 80 warning-only\n", "",
			},
			RouteRefresh, "its own session comes up", nil,
		},
		{
			"a neighbor that is left over", "two-ce-private/ce1.ios-xe.cfg",
			[]string{"router bgp 65010\n", "router bgp 65010\n neighbor 172.16.200.9 remote-as 12076\n neighbor 172.16.200.9 description CONTOSO-LONDON-ER\n"},
			SessionReset, "the session ends", nil,
		},
		{
			"another tag", "two-ce-private/ce1.ios-xe.cfg",
			[]string{"encapsulation dot1Q 150", "encapsulation dot1Q 151"},
			InterfaceBounce, "tags", nil,
		},
		{
			"a subinterface that is new", "two-ce-private/ce1.ios-xe.cfg",
			[]string{"interface TenGigabitEthernet0/0/1.150\n description ExpressRoute er-london private primary, Equinix, London\n encapsulation dot1Q 150\n ip address 172.16.200.1 255.255.255.252\n no ip redirects\n no ip proxy-arp\n bfd interval 300 min_rx 300 multiplier 3\n no bfd echo\n", ""},
			NoImpact, "new", nil,
		},
		{
			"BFD agrees anew", "two-ce-private/ce1.ios-xe.cfg",
			[]string{"bfd interval 300 min_rx 300 multiplier 3", "bfd interval 750 min_rx 750 multiplier 3"},
			NoImpact, "intervals", nil,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			d := onlyDifference(t, tt.golden, tt.edit...)
			got := impactOf(IOSXE, d)
			if got.Class != tt.class || !strings.Contains(got.Reason, tt.reason) || got.Evidence == "" {
				t.Errorf("%s: %s, %q (%s), want %s, %q", d.Object, got.Class, got.Reason, got.Evidence, tt.class, tt.reason)
			}
			if diff := cmp.Diff(tt.then, got.Then); diff != "" {
				t.Errorf("then (-want +got):\n%s", diff)
			}
		})
	}
}

// onlyDifference is the one that edits of a golden make.
func onlyDifference(t testing.TB, golden string, edit ...string) Difference {
	t.Helper()
	platform, text := rendered(t, golden)
	want, err := Read(platform, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(edit); i += 2 {
		if !strings.Contains(text, edit[i]) {
			t.Fatalf("the golden has no %q", edit[i])
		}
		text = strings.Replace(text, edit[i], edit[i+1], 1)
	}
	have, err := Read(platform, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	differences := Compare(want, have, "contoso-london")
	if len(differences) != 1 {
		t.Fatalf("%d differences: %v", len(differences), differences)
	}
	return differences[0]
}

// On Junos the statement says what happens, in a routing instance, too.
func TestImpactOfJunos(t *testing.T) {
	t.Parallel()
	of := func(lines ...string) (out []Statement) {
		for _, line := range lines {
			out = append(out, Statement{Path: strings.Fields(line)})
		}
		return out
	}
	for _, tt := range []struct {
		name           string
		object         Object
		missing, extra []Statement
		order          bool
		want           Class
	}{
		{"hold time", Object{Group, "ER"}, of("protocols bgp group ER hold-time 30"), of("protocols bgp group ER hold-time 60"), false, SessionReset},
		{"hold time in a VRF", Object{Group, "RED ER"}, of("routing-instances RED protocols bgp group ER hold-time 30"), of("routing-instances RED protocols bgp group ER hold-time 60"), false, SessionReset},
		{"multipath", Object{Group, "ER"}, of("protocols bgp group ER multipath"), nil, false, RouteRefresh},
		{"BFD interval", Object{Group, "ER"}, of("protocols bgp group ER bfd-liveness-detection minimum-interval 300"), of("protocols bgp group ER bfd-liveness-detection minimum-interval 400"), false, NoImpact},
		{"BFD begins", Object{Group, "ER"}, of("protocols bgp group ER bfd-liveness-detection minimum-interval 300"), nil, false, SessionReset},
		{"policy", Object{RouteMap, "P"}, of("policy-options policy-statement P term 10 then reject"), nil, false, RouteRefresh},
		{"order of terms", Object{RouteMap, "P"}, nil, nil, true, RouteRefresh},
		{"a neighbor that is gone", Object{Neighbor, "192.0.2.1"}, nil, of("protocols bgp group ER neighbor 192.0.2.1 description a"), false, SessionReset},
		{"a neighbor that is new", Object{Neighbor, "192.0.2.1"}, of("protocols bgp group ER neighbor 192.0.2.1 description a"), nil, false, RouteRefresh},
		{"a unit that is new", Object{Interface, "xe-0/0/0.100"}, of("interfaces xe-0/0/0 unit 100 vlan-id 100", "interfaces xe-0/0/0 unit 100 family inet mtu 1500"), nil, false, NoImpact},
		{"a neighbor without statements", Object{Neighbor, "192.0.2.1"}, nil, of("protocols bgp group ER neighbor 192.0.2.1"), false, SessionReset},
		{"a key of one neighbor", Object{Neighbor, "192.0.2.1"}, of("protocols bgp group ER neighbor 192.0.2.1 authentication-key a"), nil, false, SessionReset},
		{"an unknown statement", Object{Group, "ER"}, nil, of("protocols bgp group ER damping"), false, SessionReset},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := impactOf(Junos, Difference{Object: tt.object, Missing: tt.missing, Extra: tt.extra, Order: tt.order})
			if got.Class != tt.want || got.Then != nil {
				t.Errorf("%+v, want %s", got, tt.want)
			}
		})
	}
}

// Where only a secret cannot be compared, no command does anything.
func TestImpactOfUnknown(t *testing.T) {
	t.Parallel()
	s := Statement{Path: []string{"router bgp 1", "neighbor 192.0.2.1 password " + SecretMark}}
	if got := impactOf(IOSXE, Difference{Object: Object{Neighbor, "192.0.2.1"}, Unknown: []Statement{s}}); got.Class != NoImpact {
		t.Errorf("%+v", got)
	}
}

// Only the neighbors whose inbound policy uses what has changed are asked for their
// routes again, and of others none.
func TestSoftly(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		golden, intent, old, new string
		want                     []string
		reason                   string
	}{
		{"two-ce-private/ce1.ios-xe.cfg", "contoso-london", " set local-preference 200\n", " set local-preference 150\n", []string{"clear ip bgp 172.16.200.2 soft in"}, ""},
		{"two-ce-private/ce1.ios-xe.cfg", "contoso-london", "ip prefix-list CONTOSO-LONDON-ER-LONDON-VNETS-LP200-V4 seq 10 permit 10.100.0.0/16", "ip prefix-list CONTOSO-LONDON-ER-LONDON-VNETS-LP200-V4 seq 10 permit 10.99.0.0/16", []string{"clear ip bgp 172.16.200.2 soft in"}, ""},
		{"two-ce-private/ce1.ios-xe.cfg", "contoso-london", "ip prefix-list CONTOSO-LONDON-ER-LONDON-SUPERNETS-V4 seq 10 permit 10.10.0.0/16\n", "", nil, ""},
		{"pe-customers/pe2.ios-xe.cfg", "carrier-metro", " set local-preference 200\n", " set local-preference 150\n", nil, "have the neighbors in the VRF send their routes again"},
	} {
		_, want, have := edited(t, tt.golden, []string{tt.old, tt.new})
		c := Between(want, have, Options{Intent: tt.intent, Prune: true, BringUp: true})
		if len(c.Impacts) != 1 || !strings.Contains(c.Impacts[0].Reason, tt.reason) {
			t.Fatalf("%q: %+v", tt.old, c.Impacts)
		}
		if diff := cmp.Diff(tt.want, c.Impacts[0].Then); diff != "" {
			t.Errorf("%q (-want +got):\n%s", tt.old, diff)
		}
	}
}

// Routes are asked for again in the words of their family and VRF.
func TestSoftCommands(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		object Object
		want   string
	}{
		{Object{Neighbor, "192.0.2.1"}, "clear ip bgp 192.0.2.1 soft in"},
		{Object{Neighbor, "2001:DB8::1"}, "clear bgp ipv6 unicast 2001:DB8::1 soft in"},
	} {
		if got := softCommands(IOSXE, tt.object, "in"); !slices.Equal(got, []string{tt.want}) {
			t.Errorf("%s: %q, want %q", tt.object, got, tt.want)
		}
	}
	if got := softCommands(IOSXE, Object{Neighbor, "RED 192.0.2.1"}, "in"); got != nil {
		t.Errorf("in a VRF: %q", got)
	}
	if got := softCommands(FRR, Object{RouteMap, "ER-IN-V4"}, "in"); got != nil {
		t.Errorf("FRR: %q", got)
	}
}
