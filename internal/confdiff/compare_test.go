package confdiff

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// rendered reads a golden of internal/render.
func rendered(t testing.TB, name string) (string, string) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "render", "testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	platform := map[string]string{".cfg": IOSXE, ".set": Junos, ".conf": Junos}[filepath.Ext(name)]
	if strings.HasSuffix(name, ".frr.conf") {
		platform = FRR
	}
	return platform, string(data)
}

// edited reads a golden, and what a person has made of it: old, new, old, new …
func edited(t testing.TB, golden string, edits []string) (platform string, want, have Config) {
	t.Helper()
	platform, text := rendered(t, golden)
	want, err := Read(platform, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(edits); i += 2 {
		if !strings.Contains(text, edits[i]) {
			t.Fatalf("the golden has no %q", edits[i])
		}
		text = strings.Replace(text, edits[i], edits[i+1], 1)
	}
	if have, err = Read(platform, []byte(text)); err != nil {
		t.Fatal(err)
	}
	return platform, want, have
}

// said writes differences as a person would read them off: object, sign, text.
func said(platform string, all []Difference) []string {
	var out []string
	for _, d := range all {
		for _, s := range d.Extra {
			out = append(out, d.Object.String()+": - "+s.Text(platform))
		}
		for _, s := range d.Missing {
			out = append(out, d.Object.String()+": + "+s.Text(platform))
		}
		for _, s := range d.Unknown {
			out = append(out, d.Object.String()+": ? "+s.Text(platform))
		}
		if d.Order {
			out = append(out, d.Object.String()+": order")
		}
	}
	return out
}

// A router that has been edited by hand differs in exactly these edits, whatever
// of others stands around them.
func TestCompare(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, golden, intent string
		edits                []string // old, new, old, new …
		want                 []string
	}{
		{"nothing, on IOS-XE", "two-ce-private/ce1.ios-xe.cfg", "contoso-london", nil, nil},
		{"nothing, on Junos", "two-ce-private/ce2.junos.set", "contoso-london", nil, nil},
		{"nothing, on FRR", "knobs/ce2.frr.conf", "fourth-coffee", nil, nil},
		{
			"a preference, on IOS-XE", "two-ce-private/ce1.ios-xe.cfg", "contoso-london",
			[]string{" set local-preference 200\n", " set local-preference 150\n"},
			[]string{
				"route map CONTOSO-LONDON-ER-LONDON-PRIMARY-IN-V4: - set local-preference 150",
				"route map CONTOSO-LONDON-ER-LONDON-PRIMARY-IN-V4: + set local-preference 200",
			},
		},
		{
			"another's neighbor beside ours, on IOS-XE", "two-ce-private/ce1.ios-xe.cfg", "contoso-london",
			[]string{" neighbor 172.16.200.2 remote-as 12076\n", " neighbor 172.16.200.2 remote-as 12076\n neighbor 192.0.2.99 remote-as 64999\n neighbor 192.0.2.99 description theirs\n"},
			nil,
		},
		{
			"a neighbor that left the intent, on IOS-XE", "two-ce-private/ce1.ios-xe.cfg", "contoso-london",
			[]string{" neighbor 172.16.200.2 remote-as 12076\n", " neighbor 172.16.200.2 remote-as 12076\n neighbor 192.0.2.99 remote-as 12076\n", "  maximum-paths ibgp 2\n", "  neighbor 192.0.2.99 activate\n  neighbor 192.0.2.99 route-map CONTOSO-LONDON-OLD-IN-V4 in\n  maximum-paths ibgp 2\n"},
			[]string{"neighbor 192.0.2.99: - neighbor 192.0.2.99 remote-as 12076", "neighbor 192.0.2.99: - neighbor 192.0.2.99 activate", "neighbor 192.0.2.99: - neighbor 192.0.2.99 route-map CONTOSO-LONDON-OLD-IN-V4 in"},
		},
		{
			"more paths than are wanted stay, on IOS-XE", "two-ce-private/ce1.ios-xe.cfg", "contoso-london",
			[]string{"maximum-paths ibgp 2", "maximum-paths ibgp 4"},
			nil,
		},
		{
			"fewer paths, on FRR", "knobs/ce2.frr.conf", "fourth-coffee",
			[]string{"  maximum-paths 2\n", "  maximum-paths 1\n"},
			[]string{"BGP: - maximum-paths 1", "BGP: + maximum-paths 2"},
		},
		{
			"what others have on our subinterface, on IOS-XE", "two-ce-private/ce1.ios-xe.cfg", "contoso-london",
			[]string{" encapsulation dot1Q 150\n", " encapsulation dot1Q 150\n ip access-group ER-ACL in\n ip flow monitor NF input\n service-policy input POLICE\n no cdp enable\n ip ospf network point-to-point\n"},
			nil,
		},
		{
			"a network that the LAN announces with a policy, on IOS-XE", "two-ce-private/ce1.ios-xe.cfg", "contoso-london",
			[]string{"  network 10.10.0.0 mask 255.255.0.0\n", "  network 10.10.0.0 mask 255.255.0.0 route-map LAN-TAG\n"},
			nil,
		},
		{
			"a port that takes two tags, too, and a filter, on Junos", "two-ce-private/ce2.junos.set", "contoso-london",
			[]string{"set interfaces xe-0/0/1 vlan-tagging\n", "set interfaces xe-0/0/1 flexible-vlan-tagging\nset interfaces xe-0/0/1 unit 150 family inet filter input ER-ACL\n"},
			nil,
		},
		{
			"another router ID stays, on IOS-XE", "two-ce-private/ce1.ios-xe.cfg", "contoso-london",
			[]string{"bgp router-id 10.10.255.1", "bgp router-id 10.10.255.9"},
			nil,
		},
		{
			"a key in clear, on IOS-XE", "two-ce-private/ce1.ios-xe.cfg", "contoso-london",
			[]string{"password <env:ER_LONDON_MD5>", "password S3cret"},
			[]string{"neighbor 172.16.200.2: ? neighbor 172.16.200.2 password " + SecretMark},
		},
		{
			"an entry too much, on FRR", "knobs/ce2.frr.conf", "fourth-coffee",
			[]string{"ip prefix-list FOURTH-COFFEE-IBGP-VNETS-V4 seq 20 permit 10.134.0.0/16\n", "ip prefix-list FOURTH-COFFEE-IBGP-VNETS-V4 seq 20 permit 10.134.0.0/16\nip prefix-list FOURTH-COFFEE-IBGP-VNETS-V4 seq 30 permit 10.9.0.0/16\nip prefix-list THEIRS seq 5 permit any\n"},
			[]string{"prefix list FOURTH-COFFEE-IBGP-VNETS-V4: - ip prefix-list FOURTH-COFFEE-IBGP-VNETS-V4 seq 30 permit 10.9.0.0/16"},
		},
		{
			"a term too much and an entry too few, on Junos", "two-ce-private/ce2.junos.set", "contoso-london",
			[]string{
				"set policy-options policy-statement CONTOSO-LONDON-NEXTHOP-V4 term 10 from protocol static\n", "set policy-options policy-statement CONTOSO-LONDON-NEXTHOP-V4 term 5 then next term\nset policy-options policy-statement CONTOSO-LONDON-NEXTHOP-V4 term 10 from protocol static\n",
				"set policy-options prefix-list CONTOSO-LONDON-IBGP-VNETS-V4 10.101.0.0/20\n", "set policy-options prefix-list THEIRS 192.0.2.0/24\n",
			},
			[]string{
				"prefix list CONTOSO-LONDON-IBGP-VNETS-V4: + policy-options prefix-list CONTOSO-LONDON-IBGP-VNETS-V4 10.101.0.0/20",
				"route map CONTOSO-LONDON-NEXTHOP-V4: - policy-options policy-statement CONTOSO-LONDON-NEXTHOP-V4 term 5 then next term",
			},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			platform, want, have := edited(t, tt.golden, tt.edits)
			if diff := cmp.Diff(tt.want, said(platform, Compare(want, have, tt.intent))); diff != "" {
				t.Errorf("differences (-want +got):\n%s", diff)
			}
		})
	}
}

// Terms of a Junos policy statement mean something by their order, and lines of
// Junos that stand elsewhere mean nothing by it.
func TestCompareOrder(t *testing.T) {
	t.Parallel()
	const first, second = "set policy-options policy-statement ACME-IN term A then accept\n", "set policy-options policy-statement ACME-IN term B then reject\n"
	const group = "set protocols bgp group ACME neighbor 192.0.2.1 peer-as 12076\n"
	want, err := Read(Junos, []byte(first+second+group))
	if err != nil {
		t.Fatal(err)
	}
	for text, expected := range map[string][]string{
		group + first + second: nil,
		second + group + first: {"route map ACME-IN: order"},
	} {
		have, err := Read(Junos, []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(expected, said(Junos, Compare(want, have, "acme"))); diff != "" {
			t.Errorf("%s(-want +got):\n%s", text, diff)
		}
	}
}
