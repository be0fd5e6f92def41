package plan

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ercfg/ercfg/internal/secret"
)

func TestRulesOfCustomers(t *testing.T) {
	t.Parallel()
	const ce1, ce2 = "{address: 10.1.0.2, asn: 65001", "{address: 10.1.0.6, asn: 65001"
	at := func(address string) []string { return []string{"address: 10.1.0.2", "address: " + address} }
	asn := func(n string) []string { return []string{ce1, "{address: 10.1.0.2, asn: " + n} }
	with := func(keys string) []string { return []string{ce1, ce1 + ", " + keys} }
	timers := func(keepalive, hold string) []string {
		return with("timers: {keepalive: " + keepalive + ", hold: " + hold + "}")
	}
	each(t, (*facts).checkCustomers, []change{
		{"nothing", twoVRFs, nil, nil},
		{"nothing without VRFs", twoPrivate, nil, nil},

		{"Microsoft's AS number", twoVRFs, asn("12076"), []string{"ER970 error 12076"}},
		{"AS zero", twoVRFs, asn("0"), []string{"ER970 error 0"}},
		{"a reserved AS number", twoVRFs, asn("23456"), []string{"ER970 error 23456"}},
		{"the last AS number", twoVRFs, asn("4294967295"), []string{"ER970 error 4294967295"}},
		{"the PE's own AS number", twoVRFs, asn("65010"), []string{"ER970 error 65010"}},
		{"a customer's public AS number", twoVRFs, asn("199524"), nil},

		{"a neighbor twice", twoVRFs, []string{"neighbors: [" + ce1, "neighbors: [{address: 10.1.0.2, asn: 65002}, " + ce1}, []string{"ER971 error 10.1.0.2"}},
		{"one address on two routers", twoVRFs, at("10.1.0.6"), nil},
		{"the address of an MSEE", twoVRFs, at("172.16.0.2"), []string{"ER971 error 172.16.0.2"}},
		{"our own address on a link", twoVRFs, at("172.16.0.1"), []string{"ER971 error 172.16.0.1"}},
		{"a link of another VRF", twoVRFs, at("172.16.1.2"), nil},
		{"a multicast address", twoVRFs, at("224.0.0.5"), []string{"ER971 error 224.0.0.5"}},

		{"a hold time below BGP's", twoVRFs, timers("1s", "2s"), []string{"ER970 error 2s"}},
		{"no hold time", twoVRFs, timers("0s", "0s"), []string{"ER970 error 0s"}},
		{"the shortest hold time", twoVRFs, timers("1s", "3s"), nil},
		{"a keepalive as long as the hold time", twoVRFs, timers("30s", "30s"), []string{"ER101 error 30s"}},
		{"a keepalive of half the hold time", twoVRFs, timers("15s", "30s"), []string{"ER101 warning 15s"}},
		{"a keepalive that Junos cannot have", twoVRFs, []string{ce2, ce2 + ", timers: {keepalive: 9s, hold: 30s}"}, []string{"ER113 warning 9s"}},

		{"the network", twoVRFs, with("prefixes: [10.1.0.0/16]"), nil},
		{"a part of the network", twoVRFs, with("prefixes: [10.1.4.0/24]"), nil},
		{"more than the network", twoVRFs, with("prefixes: [10.0.0.0/15]"), []string{"ER972 error 10.0.0.0/15"}},
		{"beside the network", twoVRFs, with("prefixes: [10.2.0.0/16]"), []string{"ER972 error 10.2.0.0/16"}},
		{"the default route", twoVRFs, with("prefixes: [0.0.0.0/0]"), []string{"ER972 error 0.0.0.0/0"}},
		{"the other family", twoVRFs, with(`prefixes: ["2001:db8:1::/48"]`), []string{`ER972 error "2001:db8:1::/48"`}},

		{"no statement in the VRF", twoVRFs, []string{"OUTSIDE: {}", "OUTSIDE: {neighbors: [{address: 10.2.0.2, asn: 65002, prefixes: [10.9.0.0/16]}]}"}, []string{"ER973 warning 10.2.0.2"}},
	})
}

// What is not known may be what is missed.
func TestCustomersBesideAnUnknownName(t *testing.T) {
	t.Parallel()
	for name, change := range map[string][]string{
		"an unknown path":    {"prefer: [er-a, s2s]", "prefer: [er-x]"},
		"an unknown network": {"onprem: [campus], azure: [hub], prefer: [er-a, s2s]", "onprem: [x], azure: [hub], prefer: [er-a, s2s]", "asn: 65001, int", "asn: 65001, prefixes: [10.1.0.0/16], int"},
	} {
		text := twoVRFs
		for i := 0; i+1 < len(change); i += 2 {
			text = strings.ReplaceAll(text, change[i], change[i+1])
		}
		f := gather(load(t, "site.yaml", []byte(text)), Env{Today: today})
		before := len(f.diags)
		if f.checkCustomers(); before == 0 || len(f.diags) != before {
			t.Errorf("%s: %v", name, f.diags)
		}
	}
}

// A customer's key is not bound by Azure's rules, and never said.
func TestRulesOfCustomerKeys(t *testing.T) {
	t.Parallel()
	for key, want := range map[string]string{
		"a":                           "",
		"with-26-characters-&-a-dash": "",
		strings.Repeat("k", 80):       "",
		strings.Repeat("k", 81):       "the MD5 key env:CE is longer than 80 characters",
		"":                            "the MD5 key env:CE is empty",
		"two words":                   "the MD5 key env:CE holds a blank, or a character that is not printable ASCII",
		"umlaut-\u00e4":               "the MD5 key env:CE holds a blank, or a character that is not printable ASCII",
		"hidden\x7f":                  "the MD5 key env:CE holds a blank, or a character that is not printable ASCII",
	} {
		env := Env{Today: today, Secret: func(secret.Ref) (secret.Value, error) { return secret.NewValue(key), nil }}
		f := gather(load(t, "site.yaml", []byte(strings.Replace(twoVRFs, "asn: 65001", "asn: 65001, md5: env:CE", 1))), env)
		f.checkCustomers()
		got := ""
		for _, d := range f.diags {
			if d.Code == customerSession {
				got += d.Summary
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", key, diff)
		}
	}
}
