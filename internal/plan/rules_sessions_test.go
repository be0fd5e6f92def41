package plan

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ercfg/ercfg/internal/diag"
	"github.com/ercfg/ercfg/internal/secret"
)

// many writes n IPv4 or IPv6 prefixes as a list.
func many(n int, family Family) string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("10.%d.%d.0/24", i/256+2, i%256)
		if family == IPv6 {
			out[i] = fmt.Sprintf(`"2001:db8:2:%x::/64"`, i+1)
		}
	}
	return strings.Join(out, ", ")
}

func TestRulesOfSessions(t *testing.T) {
	t.Parallel()
	peering := func(text string) []string { return []string{"vlan: 100", text + "\n      vlan: 100"} }
	vnet := func(text string) []string { return []string{"[10.200.0.0/16]", text} }
	networks := func(list string) []string { return []string{`[10.1.0.0/16, "2001:db8:1::/48"]`, "[" + list + "]"} }
	noIPv6 := []string{`, ipv6: "2001:db8:ff::/126"`, "", `, ipv6: "2001:db8:ff::4/126"`, ""}
	public := func(prefixes, registered string) []string {
		return []string{"prefixes: [192.88.99.0/27]", "prefixes: [" + prefixes + "]", "Prefixes: [192.88.99.0/27]", "Prefixes: [" + registered + "]"}
	}
	with := func(parts ...[]string) []string {
		var out []string
		for _, p := range parts {
			out = append(out, p...)
		}
		return out
	}
	each(t, (*facts).checkSessions, []change{
		{"nothing", twoPrivate, nil, nil},
		{"nothing on Microsoft peering", twoMicrosoft, nil, nil},

		{"79 IPv6 prefixes", twoPrivate, networks(many(79, IPv6)), nil},
		{"80 IPv6 prefixes", twoPrivate, networks(many(80, IPv6)), []string{"ER073 warning private ×2"}},
		{"100 IPv6 prefixes", twoPrivate, networks(many(100, IPv6)), []string{"ER073 warning private ×2"}},
		{"101 IPv6 prefixes", twoPrivate, networks(many(101, IPv6)), []string{"ER072 error private ×2"}},
		{"101 IPv6 prefixes without a session", twoPrivate, with(networks(many(101, IPv6)), []string{`, ipv6: "2001`, `} # ipv6: "2001`}), nil},
		{"the same 80 twice", twoPrivate, with(networks(many(79, IPv6)), []string{"prefixes: [10.200", "prefixes: [10.200", "traffic:", "traffic:\n  - {name: more, onprem: [campus], azure: [hub], prefer: [er-a, er-b]}"}), nil},
		{"halves count", twoPrivate, with(networks(many(27, IPv6)), []string{"er-b]", "er-b], technique: more-specifics"}), []string{"ER073 warning private"}},
		{"the default route counts", twoPrivate, with(networks(many(100, IPv6)), peering("advertiseDefault: true")), []string{"ER072 error private", "ER075 warning true", "ER073 warning private"}},
		{"3200 IPv4 prefixes", twoPrivate, networks(many(3200, IPv4)), []string{"ER073 warning private ×2"}},
		{"4001 IPv4 prefixes", twoPrivate, networks(many(4001, IPv4)), []string{"ER072 error private ×2"}},
		{"4001 IPv4 prefixes with premium", twoPrivate, with(networks(many(4001, IPv4)), []string{"bandwidth: 1Gbps", "bandwidth: 1Gbps\n    sku: premium"}), nil},
		{"a circuit behind a tunnel advertises nothing", twoPrivate, with(networks(many(101, IPv6)), []string{"[10.200.0.0/16]", "[10.200.0.0/16], vpnGateway: {instances: [{name: a, public: 203.0.113.10, private: 10.200.255.4, bgp: 169.254.21.2}]}", "prefer: [er-a", "prefer: [tunnel, er-a", "traffic:", "vpns:\n  tunnel: {vnet: hub, underlay: er-a.private, psk: env:PSK, tunnels: [{router: ce1, instance: a, interface: Tunnel1}]}\ntraffic:"}), nil},

		{"a default route that nobody asked for", twoPrivate, networks(`10.1.0.0/16, "::/0"`), []string{`ER075 error "::/0" ×2`}},
		{"a default route that is asked for", twoPrivate, with(networks("10.1.0.0/16, 0.0.0.0/0"), []string{"vlan:", "advertiseDefault: true\n      vlan:"}), []string{"ER075 warning true ×2"}},
		{"a default route on Microsoft peering", twoMicrosoft, public("0.0.0.0/0", "192.88.99.0/27"), []string{"ER074 error 0.0.0.0/0 ×2"}},
		{"a default route for Microsoft peering", twoMicrosoft, peering("advertiseDefault: true"), []string{"ER074 error true"}},

		{"shared space", twoMicrosoft, public("100.64.0.0/24", "100.64.0.0/24"), []string{"ER076 error 100.64.0.0/24"}},
		{"ULA", twoMicrosoft, public(`"fd00::/48"`, `"fd00::/48"`), []string{`ER076 error "fd00::/48"`}},
		{"documentation", twoMicrosoft, public("198.51.100.64/27", "198.51.100.64/27"), []string{"ER076 warning 198.51.100.64/27"}},
		{"registered as something longer", twoMicrosoft, public("192.88.99.0/26", "192.88.99.0/27"), []string{"ER077 error 192.88.99.0/26 ×2"}},
		{"registered as something shorter", twoMicrosoft, public("192.88.99.0/27", "192.88.99.0/26"), []string{"ER077 error 192.88.99.0/27 ×2"}},
		{"halves are not registered", twoMicrosoft, []string{"er-b.microsoft]", "er-b.microsoft], technique: more-specifics"}, []string{"ER077 error 192.88.99.0/27 ×2"}},
		{"registered with the halves", twoMicrosoft, with(public("192.88.99.0/27", "192.88.99.0/27, 192.88.99.0/28, 192.88.99.16/28"), []string{"er-b.microsoft]", "er-b.microsoft], technique: more-specifics"}), nil},
		{"the Internet has less specific", twoMicrosoft, []string{"public: true", "public: true, internet: [192.88.99.0/26]"}, nil},
		{"the Internet has the same", twoMicrosoft, []string{"public: true", "public: true, internet: [192.88.99.0/27]"}, []string{"ER078 error 192.88.99.0/27 ×2"}},
		{"the Internet has a part", twoMicrosoft, []string{"public: true", "public: true, internet: [192.88.99.16/29]"}, []string{"ER078 error 192.88.99.0/27 ×2"}},
		{"the Internet has a neighbor", twoMicrosoft, []string{"public: true", "public: true, internet: [192.88.98.0/24, 192.88.99.32/27]"}, nil},

		{"a guard at what is expected", twoPrivate, with(vnet("[10.200.0.0/16, 10.201.0.0/16]"), peering("maxPrefixes: {ipv4: 2}")), nil},
		{"a guard below what is expected", twoPrivate, with(vnet("[10.200.0.0/16, 10.201.0.0/16]"), peering("maxPrefixes: {ipv4: 1}")), []string{"ER089 warning 1"}},
		{"a guard without room for the default", twoPrivate, peering("acceptDefault: true\n      maxPrefixes: {ipv4: 1}"), []string{"ER089 warning 1"}},
		{"101 VNet prefixes of IPv6", twoPrivate, vnet("[" + many(101, IPv6) + "]"), []string{"ER089 warning private ×2"}},
		{"Global Reach and the default guard at both ends", twoPrivate, []string{"location: London", "location: London\n    globalReach: {with: er-b, block: 192.168.100.0/29}"}, []string{"ER089 warning er-b ×2"}},
		{"Global Reach and a guard at one end", twoPrivate, with([]string{"location: London", "location: London\n    globalReach: {with: er-b, block: 192.168.100.0/29}"}, peering("maxPrefixes: {ipv4: 2000}")), []string{"ER089 warning er-b"}},
		{"Global Reach and guards", twoPrivate, []string{"location: London", "location: London\n    globalReach: {with: er-b, block: 192.168.100.0/29}", "vlan:", "maxPrefixes: {ipv4: 2000}\n      vlan:"}, nil},
		{"Global Reach of IPv6", twoPrivate, []string{"location: London", "location: London\n    globalReach: {with: er-b, block: \"2001:db8:fe::/125\"}", "vlan:", "maxPrefixes: {ipv4: 2000}\n      vlan:"}, []string{"ER089 warning er-b ×2"}},

		{"IPv6 on one link", twoPrivate, noIPv6[2:], []string{"ER090 warning secondary"}},
		{"IPv6 on no link", twoPrivate, noIPv6, nil},
		{"multihop", twoPrivate, []string{`"2001:db8:ff::/126"`, `"2001:db8:ff::/126", ebgpMultihop: 1`}, []string{"ER091 error 1"}},

		{"two preferences", twoPrivate, []string{"er-b]", "er-b], preference: {er-a.secondary: 190}"}, []string{"ER095 warning 190"}},
		{"two preferences, both given", twoPrivate, []string{"er-b]", "er-b], preference: {er-a.primary: 210, er-a.secondary: 190}"}, []string{"ER095 warning 190"}},
		{"the same preference, both given", twoPrivate, []string{"er-b]", "er-b], preference: {er-a.primary: 210, er-a: 210}"}, nil},

		{"a gateway with IPv6", twoPrivate, []string{"fastPath: true", "ipv6: true"}, nil},
		{"a gateway with IPv6 and a peering without", twoPrivate, with(noIPv6, []string{"fastPath: true", "ipv6: true"}), []string{"ER096 warning true"}},
	})
}

// No finding shows a key; every form that Azure refuses is found, and what
// cannot be read is noted.
func TestMD5Form(t *testing.T) {
	t.Parallel()
	text := strings.Replace(twoPrivate, "vlan: 100", "md5: env:KEY\n      vlan: 100", 1)
	for _, tt := range []struct {
		name, key string
		err       error
		want      diag.Code
	}{
		{"good", "abcXYZ0123456789", nil, ""},
		{"25 characters", strings.Repeat("k", 25), nil, ""},
		{"26 characters", strings.Repeat("k", 26), nil, md5Form},
		{"a hyphen", "hunter-2", nil, md5Form},
		{"a space behind", "hunter2 ", nil, md5Form},
		{"an umlaut", "schlüssel", nil, md5Form},
		{"cannot be read", "", errors.New("not set"), unreadSecret},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			env := Env{Today: today, Secret: func(secret.Ref) (secret.Value, error) { return secret.NewValue(tt.key), tt.err }}
			f := gather(load(t, "site.yaml", []byte(text)), env)
			f.checkSessions()
			var got diag.Code
			for _, d := range f.diags {
				got = d.Code
				if tt.key != "" && strings.Contains(d.Summary+d.Hint, tt.key) {
					t.Errorf("the finding shows the key: %s (%s)", d.Summary, d.Hint)
				}
			}
			if got != tt.want || len(f.diags) > 1 {
				t.Errorf("findings %v, want %q", f.diags, tt.want)
			}
		})
	}
}

func TestHalve(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][2]string{
		"0.0.0.0/0":       {"0.0.0.0/1", "128.0.0.0/1"},
		"10.1.0.0/16":     {"10.1.0.0/17", "10.1.128.0/17"},
		"10.1.0.2/31":     {"10.1.0.2/32", "10.1.0.3/32"},
		"2001:db8::/32":   {"2001:db8::/33", "2001:db8:8000::/33"},
		"2001:db8::2/127": {"2001:db8::2/128", "2001:db8::3/128"},
	} {
		halves := halve(netip.MustParsePrefix(text))
		if diff := cmp.Diff(want, [2]string{halves[0].String(), halves[1].String()}); diff != "" {
			t.Errorf("halves of %s (-want +got):\n%s", text, diff)
		}
	}
}

func TestRulesOfCommunities(t *testing.T) {
	t.Parallel()
	custom := func(c string) []string {
		return []string{"prefixes: [10.200.0.0/16]", `prefixes: [10.200.0.0/16], community: "` + c + `"`}
	}
	services := func(list string) []string {
		return []string{`communities: ["12076:51002"]`, "communities: [" + list + "]"}
	}
	filter := func(list string) []string {
		return []string{`routeFilter: ["12076:51002"]`, "routeFilter: [" + list + "]"}
	}
	match := []string{"vlan: 100", "matchBy: community\n      vlan: 100"}
	each(t, (*facts).checkSessions, []change{
		{"a custom value", twoPrivate, custom("12076:20010"), nil},
		{"the last custom value", twoPrivate, custom("12076:49999"), nil},
		{"above the custom values", twoPrivate, custom("12076:56000"), []string{`ER084 warning "12076:56000"`}},
		{"a custom value of another AS", twoPrivate, custom("65010:20010"), []string{`ER084 warning "65010:20010"`}},
		{"a region as custom value", twoPrivate, custom("12076:50002"), []string{`ER084 warning "12076:50002"`}},
		{"a public region as custom value", twoPrivate, custom("12076:51002"), []string{`ER085 error "12076:51002"`}},
		{"an unknown region", twoMicrosoft, append(services(`"12076:51099"`), filter(`"12076:51099"`)...), []string{`ER084 warning "12076:51099" ×3`}},
		{"a typo", twoMicrosoft, append(services(`"12067:51002"`), filter(`"12067:51002"`)...), []string{`ER084 warning "12067:51002" ×3`}},
		{"a VNet region as a service", twoMicrosoft, services(`"12076:50002"`), []string{`ER085 error "12076:50002"`}},
		{"a custom value in the filter", twoMicrosoft, filter(`"12076:51002", "12076:20010"`), []string{`ER085 error "12076:20010" ×2`}},
		{"services on private peering", twoPrivate, []string{"routers:", "  services:\n    weu: {communities: [\"12076:51002\"]}\nrouters:", "[hub]", "[hub, weu]"}, []string{"ER085 error weu ×2"}},
		{"matched by prefix", twoPrivate, []string{"vlan: 100", "matchBy: prefixes\n      vlan: 100"}, nil},
		{"matched without a custom value", twoPrivate, match, []string{"ER086 warning community"}},
		{"matched with one", twoPrivate, append(custom("12076:20010"), match...), nil},
		{"no filter", twoMicrosoft, []string{"      routeFilter: [\"12076:51002\"]\n", ""}, []string{"ER087 warning microsoft ×2"}},
		{"no filter on an old peering", twoMicrosoft, []string{"      routeFilter: [\"12076:51002\"]\n", "", "sku: premium", "sku: premium\n    created: 2017-07-31"}, nil},
		{"no filter since the day", twoMicrosoft, []string{"      routeFilter: [\"12076:51002\"]\n", "", "sku: premium", "sku: premium\n    created: 2017-08-01"}, []string{"ER087 warning microsoft ×2"}},
		{"the filter leaves one out", twoMicrosoft, services(`"12076:51002", "12076:5060"`), []string{`ER087 warning "12076:5060" ×2`}},
		{"365 and China", twoMicrosoft, filter(`"12076:51002", "12076:51302", "12076:5100"`), []string{`ER088 error "12076:5100" ×2`}},
		{"365 as a service and China in the filter", twoMicrosoft, append(services(`"12076:5010"`), filter(`"12076:51302", "12076:5010"`)...), []string{`ER088 error "12076:5010" ×4`}},
		{"365 elsewhere", twoMicrosoft, filter(`"12076:51002", "12076:5100"`), nil},
		{"China without 365", twoMicrosoft, filter(`"12076:51002", "12076:51302", "12076:5060"`), nil},
	})
}
