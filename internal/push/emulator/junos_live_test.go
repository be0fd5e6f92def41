package emulator

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// junosJSON is the part of an answer that begins with a bracket.
func junosJSON(t *testing.T, answer string) map[string]any {
	t.Helper()
	var doc map[string]any
	if err := json.NewDecoder(strings.NewReader(answer[strings.IndexByte(answer+"{", '{'):])).Decode(&doc); err != nil {
		t.Fatalf("%v in:\n%s", err, answer)
	}
	return doc
}

// junosPick lists what stands at paths below each element of a list: "peer-state",
// "bgp-bfd/bfd-operational-state"; "-" where nothing does.
func junosPick(t *testing.T, doc map[string]any, list string, paths ...string) []string {
	t.Helper()
	at := []any{doc}
	for step := range strings.SplitSeq(list, "/") {
		var below []any
		for _, o := range at {
			if l, ok := o.(map[string]any)[step].([]any); ok {
				below = append(below, l...)
			}
		}
		at = below
	}
	var out []string
	for _, element := range at {
		var row []string
		for _, path := range paths {
			value := element
			for step := range strings.SplitSeq(path, "/") {
				l, ok := value.(map[string]any)[step].([]any)
				if !ok {
					value = map[string]any{"data": "-"}
					break
				}
				value = l[0]
			}
			row = append(row, fmt.Sprint(value.(map[string]any)["data"]))
		}
		out = append(out, strings.Join(row, " "))
	}
	return out
}

func junosOffers(prefixes ...string) []Offer {
	var out []Offer
	for _, p := range prefixes {
		out = append(out, Offer{Prefix: netip.MustParsePrefix(p), ASPath: []uint32{12076}})
	}
	return out
}

// TestJunosLive shows what a rendered configuration makes of its neighbors' routes.
func TestJunosLive(t *testing.T) {
	t.Parallel()
	msee, inside := netip.MustParseAddr("172.16.200.6"), netip.MustParseAddr("10.10.255.1")
	r := startJunos(t, Options{
		Running: junosGoldens(t)["two-ce-private/ce2.junos.set"],
		Offers: map[netip.Addr][]Offer{
			msee:   junosOffers("10.100.0.0/16", "10.101.0.0/20", "10.99.0.0/16"),
			inside: junosOffers("10.100.0.0/16"),
		},
	})
	c := dialJunos(t, r)
	pick := func(command, list string, paths ...string) string {
		return strings.Join(junosPick(t, junosJSON(t, c.ask(command+" | display json | no-more")), list, paths...), "\n")
	}
	peers := func() string {
		return pick("show bgp neighbor", "bgp-information/bgp-peer", "peer-address", "peer-state", "active-holdtime", "keepalive-interval", "flap-count", "bgp-bfd/bfd-operational-state", "local-interface-name")
	}
	compare := func(what, got, want string) {
		t.Helper()
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s:\n%s", what, d)
		}
	}
	compare("sessions", peers(), "10.10.255.1+179 Established 30 10 0 down -\n172.16.200.6+179 Established 30 10 0 up xe-0/0/1.150")
	bfd := []string{"session-neighbor", "session-state", "session-interface", "session-detection-time", "session-transmission-interval", "detection-multiplier", "session-type", "bfd-client/client-name"}
	compare("BFD", pick("show bfd session extensive", "bfd-session-information/bfd-session", bfd...), "172.16.200.6 Up xe-0/0/1.150 0.900 0.300 3 Single hop BFD BGP")
	rt := "route-information/route-table/rt"
	routes := "show route protocol bgp source-gateway 172.16.200.6 table inet.0 detail"
	row := []string{"rt-destination", "rt-prefix-length", "rt-entry/active-tag", "rt-entry/local-preference", "rt-entry/bgp-rt-flag", "rt-entry/gateway"}
	compare("routes in the table", pick(routes, rt, row...), "10.100.0.0 16 * 200 Accepted 172.16.200.6\n10.101.0.0 20 * 200 Accepted 172.16.200.6")
	compare("routes as they came", pick("show route receive-protocol bgp 172.16.200.6", rt, "rt-destination", "rt-entry/active-tag", "rt-entry/local-preference"), "10.100.0.0/16 * -\n10.101.0.0/20 * -")
	compare("inside", pick("show route receive-protocol bgp 10.10.255.1", rt, "rt-destination", "rt-entry/active-tag", "rt-entry/local-preference"), "10.100.0.0/16 - 100")
	compare("sent to Microsoft", pick("show route advertising-protocol bgp 172.16.200.6 table inet.0", rt, "rt-destination"), "10.10.0.0/16\n10.11.8.0/21")
	compare("sent inside", pick("show route advertising-protocol bgp 10.10.255.1", rt, "rt-destination"), "10.100.0.0/16\n10.101.0.0/20")

	const group = "protocols bgp group CONTOSO-LONDON-ER-LONDON-V4 "
	c.ask("configure")
	c.ask("set policy-options policy-statement CONTOSO-LONDON-ER-LONDON-SECONDARY-IN-V4 term 10 then local-preference 90")
	c.ask("commit and-quit")
	compare("a worse preference, without a reset", peers()+"\n"+pick(routes, rt, row...),
		"10.10.255.1+179 Established 30 10 0 down -\n172.16.200.6+179 Established 30 10 0 up xe-0/0/1.150\n10.100.0.0 16 - 90 Accepted 172.16.200.6\n10.101.0.0 20 * 90 Accepted 172.16.200.6")
	c.ask("configure")
	c.ask("set " + group + "hold-time 15")
	c.ask("set protocols bgp group CONTOSO-LONDON-IBGP-V4 neighbor 10.10.255.1 shutdown")
	c.ask("commit and-quit")
	compare("another hold time and a shutdown", peers(), "10.10.255.1 Idle - - 1 - -\n172.16.200.6+179 Established 15 5 1 up xe-0/0/1.150")
	c.ask("clear bgp neighbor 172.16.200.6")
	compare("a clear", pick("show bgp summary", "bgp-information/bgp-peer", "peer-address", "flap-count"), "10.10.255.1 1\n172.16.200.6 2")
	c.holds("show bgp neighbor", "in JSON alone")
	c.holds("show bgp neighbour | display json", "syntax error, expecting <command>.")
}

// TestJunosMultipath shows that one route is active, and the others contribute.
func TestJunosMultipath(t *testing.T) {
	t.Parallel()
	a, b := netip.MustParseAddr("192.168.33.18"), netip.MustParseAddr("192.168.33.22")
	text := strings.ReplaceAll(junosGoldens(t)["knobs/ce3.junos.set"], "set protocols bgp group FOURTH-COFFEE-ER-THREE-V4 neighbor 192.168.33.22 shutdown\n", "")
	c := dialJunos(t, startJunos(t, Options{Running: text, Offers: map[netip.Addr][]Offer{a: junosOffers("10.133.0.0/16"), b: junosOffers("10.133.0.0/16")}}))
	for addr, want := range map[netip.Addr]string{a: "* Accepted Multipath", b: "- Accepted MultipathContrib"} {
		doc := junosJSON(t, c.ask(fmt.Sprintf("show route protocol bgp source-gateway %s table inet.0 detail | display json", addr)))
		if got := strings.Join(junosPick(t, doc, "route-information/route-table/rt/rt-entry", "active-tag", "bgp-rt-flag"), "\n"); got != want {
			t.Errorf("%s: %q, want %q", addr, got, want)
		}
	}
}

// TestJunosInstances shows that two instances may have a neighbor of one address.
func TestJunosInstances(t *testing.T) {
	t.Parallel()
	c := dialJunos(t, startJunos(t, Options{Running: junosGoldens(t)["pe-customers/pe1.junos.set"]}))
	got := junosPick(t, junosJSON(t, c.ask("show bgp neighbor 192.168.40.2 | display json")), "bgp-information/bgp-peer", "peer-cfg-rti", "peer-state", "bgp-rib/name")
	if d := cmp.Diff([]string{"BLUE Established BLUE.inet.0", "RED Established RED.inet.0"}, got); d != "" {
		t.Error(d)
	}
}

// TestJunosPolicy asks policies for their verdict.
func TestJunosPolicy(t *testing.T) {
	t.Parallel()
	config, err := junosRead(junosRules(), `
set policy-options prefix-list L 10.0.0.0/8
set policy-options community C members 12076:51004
set policy-options policy-statement EXACT from prefix-list L
set policy-options policy-statement EXACT then accept
set policy-options policy-statement LONGER term 1 from prefix-list-filter L orlonger
set policy-options policy-statement LONGER term 1 then reject
set policy-options policy-statement FILTER term 1 from route-filter 10.0.0.0/8 upto /16
set policy-options policy-statement FILTER term 1 then accept
set policy-options policy-statement COMMUNITY term 1 from community C
set policy-options policy-statement COMMUNITY term 1 from protocol bgp
set policy-options policy-statement COMMUNITY term 1 then local-preference 300
set policy-options policy-statement COMMUNITY term 2 from community C
set policy-options policy-statement COMMUNITY term 2 then accept
set policy-options policy-statement COMMUNITY then reject
`)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		policies, prefix, community string
		want                        junosVerdict
		preference                  uint32
	}{
		{"EXACT", "10.0.0.0/8", "", junosAccepted, 100},
		{"EXACT", "10.1.0.0/16", "", junosUndecided, 100},
		{"LONGER", "10.1.0.0/16", "", junosRejected, 100},
		{"LONGER EXACT", "11.0.0.0/8", "", junosUndecided, 100},
		{"FILTER", "10.1.0.0/16", "", junosAccepted, 100},
		{"FILTER", "10.1.1.0/24", "", junosUndecided, 100},
		{"COMMUNITY", "11.0.0.0/8", "12076:51004", junosAccepted, 300},
		{"COMMUNITY", "11.0.0.0/8", "12076:51005", junosRejected, 100},
		{"NONE", "11.0.0.0/8", "", junosRejected, 100},
	} {
		r := &junosRoute{prefix: netip.MustParsePrefix(test.prefix), protocol: "bgp", communities: []string{test.community}, preference: 100}
		if got := junosJudge(config, strings.Fields(test.policies), r); got != test.want || r.preference != test.preference {
			t.Errorf("%s of %s %s: %d, preference %d", test.policies, test.prefix, test.community, got, r.preference)
		}
	}
}
