package plan

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ercfg/ercfg/internal/intent"
)

// oneCircuit is an intent in which the rules of the model, of addresses and of
// VLANs find nothing; their tests change one thing in it.
const oneCircuit = `apiVersion: ercfg/v1
kind: Intent
metadata: {name: acme}
onprem:
  networks:
    campus: {prefixes: [10.1.0.0/16]}
azure:
  vnets:
    hub: {prefixes: [10.200.0.0/16]}
routers:
  ce1: {platform: frr, asn: 65001, routerID: 10.1.255.1}
  ce2: {platform: frr, asn: 65001, routerID: 10.1.255.2}
circuits:
  er-a:
    model: exchange
    location: London
    bandwidth: 1Gbps
    private:
      vlan: 100
      primary: {router: ce1, interface: eth1, ipv4: 172.16.0.0/30}
      secondary: {router: ce2, interface: eth2, ipv4: 172.16.0.4/30}
traffic:
  - {name: all, onprem: [campus], azure: [hub], prefer: [er-a]}
`

// More circuits for the tests, to be put before traffic.
const (
	secondCircuit = `  er-b:
    model: exchange
    location: Paris
    bandwidth: 1Gbps
    private:
      vlan: 200
      primary: {router: ce1, interface: eth3, ipv4: 172.16.1.0/30}
      secondary: {router: ce2, interface: eth4, ipv4: 172.16.1.4/30}
traffic:
`
	microsoftPeering = `    microsoft:
      vlan: 300
      primary: {router: ce1, interface: eth1, ipv4: 203.0.113.0/30}
      secondary: {router: ce2, interface: eth2, ipv4: 203.0.113.4/30}
traffic:
`
	directPort = `directPorts:
  pair:
    speed: 10Gbps
    encapsulation: dot1q
    primary: {router: ce1, interface: xe-0/0/1}
    secondary: {router: ce2, interface: xe-0/0/2}
circuits:
`
	directCircuit = `  er-d:
    model: direct
    port: pair
    location: Oslo
    bandwidth: 5Gbps
    private:
      vlan: 400
      primary: {ipv4: 172.16.2.0/30}
      secondary: {ipv4: 172.16.2.4/30}
traffic:
`
	secondDirect = `  er-e:
    model: direct
    port: pair
    location: Oslo
    bandwidth: 5Gbps
    private:
      vlan: 500
      primary: {ipv4: 172.16.3.0/30}
      secondary: {ipv4: 172.16.3.4/30}
traffic:
`
)

// before puts more text in front of a section.
func before(section, more string) []string { return []string{section + ":\n", more} }

// direct is a port pair with a circuit on it, and with a second one.
func direct(changes ...string) []string {
	return append([]string{"circuits:\n", directPort, "traffic:\n", directCircuit}, changes...)
}

func twoDirect(changes ...string) []string {
	return append(direct("traffic:\n", secondDirect), changes...)
}

// changed is oneCircuit after changes: old, new, old, new, …
func changed(t *testing.T, changes []string) string {
	t.Helper()
	text := oneCircuit
	for i := 0; i+1 < len(changes); i += 2 {
		if !strings.Contains(text, changes[i]) {
			t.Fatalf("the intent has no %q:\n%s", changes[i], text)
		}
		text = strings.Replace(text, changes[i], changes[i+1], 1)
	}
	return text
}

// A ruleCase changes oneCircuit: old, new, old, new, … Each finding is wanted
// as its code, its severity and the word that it points at.
type ruleCase struct {
	name    string
	changes []string
	want    []string
}

func (c ruleCase) run(t *testing.T, check func(*facts)) {
	t.Helper()
	text := changed(t, c.changes)
	doc, _ := intent.Parse([]intent.File{{Name: "site.yaml", Data: []byte(text)}})
	if doc == nil {
		t.Fatalf("no YAML:\n%s", text)
	}
	f := gather(doc, Env{Today: today})
	f.diags = nil // what gather finds has tests of its own
	check(f)
	lines := strings.Split(text, "\n")
	var got []string
	for _, d := range f.diags.Sorted() {
		word := lines[d.Pos.Line-1][d.Pos.Column-1:]
		if end := strings.IndexAny(word, " ,]}"); end >= 0 {
			word = word[:end]
		}
		got = append(got, fmt.Sprintf("%s %s %s", d.Code, d.Severity, strings.Trim(word, `:"`)))
		if d.Hint == "" || d.Summary == "" || strings.Contains(d.Summary+d.Hint, "%!") {
			t.Errorf("%+v says too little", d)
		}
		for _, p := range d.Related {
			if p.IsZero() || p == d.Pos {
				t.Errorf("%v has a related place that says nothing", d)
			}
		}
	}
	if diff := cmp.Diff(c.want, got); diff != "" {
		t.Errorf("findings (-want +got):\n%s%v", diff, f.diags)
	}
}

func TestModelRules(t *testing.T) {
	t.Parallel()
	vnets := func(n int) []string {
		more, names := "", ""
		for i := range n {
			more += fmt.Sprintf("    v%d: {prefixes: [10.%d.0.0/16]}\n", i, 100+i)
			names += fmt.Sprintf(", v%d", i)
		}
		return []string{"    hub:", more + "    hub:", "[hub]", "[hub" + names + "]"}
	}
	circuits := func(n int, location string) []string {
		more, names := "", ""
		for i := range n {
			more += fmt.Sprintf("  er-%d: {model: exchange, bandwidth: 1Gbps, location: "+location+", private: {vlan: 5, primary: {router: ce1, interface: p%[1]d, ipv4: 172.17.%[1]d.0/30}, secondary: {router: ce2, interface: p%[1]d, ipv4: 172.17.%[1]d.4/30}}}\n", i)
			names += fmt.Sprintf(", er-%d", i)
		}
		return []string{"traffic:\n", more + "traffic:\n", "prefer: [er-a]", "prefer: [er-a" + names + "]"}
	}
	reach := func(sku, otherSKU string) []string {
		return []string{"location: London", "sku: " + sku + "\n    globalReach: {with: er-b, block: 192.168.9.0/29}", "traffic:\n", strings.Replace(secondCircuit, "location", "sku: "+otherSKU+"\n    location", 1)}
	}
	saas := func(sku string, changes ...string) []string {
		return append([]string{"location: London", "sku: " + sku, "private:\n", "microsoft:\n", "azure:\n", "azure:\n  services:\n    mail: {communities: [\"12076:5010\", \"12076:51002\"]}\n"}, changes...)
	}
	for _, c := range []ruleCase{
		{"nothing is wrong", nil, nil},

		{"a public peering", []string{"    private:\n", "    public: {vlan: 5}\n    private:\n"}, []string{"ER001 error public"}},
		{"a public peering that holds nothing", []string{"    private:\n", "    public: true\n    private:\n"}, []string{"ER001 error public"}},
		{"no peering", before("traffic", "  er-b: {model: exchange, bandwidth: 1Gbps}\ntraffic:\n"), []string{"ER002 error er-b"}},
		{"a public peering alone is one mistake", before("traffic", "  er-b: {model: exchange, bandwidth: 1Gbps, public: {}}\ntraffic:\n"), []string{"ER001 error public"}},

		{"no secondary link", []string{"      secondary: {router: ce2, interface: eth2, ipv4: 172.16.0.4/30}\n", ""}, []string{"ER003 error private"}},
		{"accepted on the circuit", []string{"      secondary: {router: ce2, interface: eth2, ipv4: 172.16.0.4/30}\n", "", "bandwidth: 1Gbps", "bandwidth: 1Gbps\n    waiveSingleLink: true"}, []string{"ER003 warning private"}},
		{"no link at all is never accepted", before("traffic", "  er-b: {model: exchange, bandwidth: 1Gbps, waiveSingleLink: true, private: {vlan: 5}}\ntraffic:\n"), []string{"ER003 error private"}},
		{"a managed circuit needs no links", before("traffic", "  er-b: {model: exchange, layer3: provider, bandwidth: 1Gbps, private: {vlan: 5}}\ntraffic:\n"), nil},

		{"a bandwidth that is not sold", []string{"1Gbps", "300Mbps"}, []string{"ER004 error 300Mbps"}},
		{"no bandwidth", []string{"1Gbps", "0Mbps"}, []string{"ER004 error 0Mbps"}},
		{"beyond all bounds", []string{"1Gbps", "99999999Gbps"}, []string{"ER004 error 99999999Gbps"}},
		{"a thousand Mbps are a Gbps", []string{"1Gbps", "1000Mbps"}, nil},
		{"what the schema refuses is reported there", []string{"1Gbps", "fast"}, nil},

		{"Direct fits", twoDirect(), nil},
		{"a size that the port has not", direct("5Gbps", "3Gbps"), []string{"ER005 error 3Gbps"}},
		{"a size in Mbps", direct("5Gbps", "500Mbps"), []string{"ER005 error 500Mbps"}},
		{"a provider's size on a Direct port", direct("speed: 10Gbps", "speed: 400Gbps", "5Gbps", "2Gbps"), []string{"ER005 error 2Gbps"}},
		{"over the port's speed", twoDirect("5Gbps", "10Gbps"), []string{"ER006 warning 10Gbps"}},
		{"twice the port's speed", twoDirect("5Gbps", "10Gbps", "5Gbps", "10Gbps"), []string{"ER006 warning 10Gbps"}},
		{"over twice the port's speed", twoDirect("5Gbps", "10Gbps", "5Gbps", "10Gbps", "traffic:\n", "  er-f: {model: direct, port: pair, bandwidth: 1Gbps, private: {vlan: 9, primary: {}, secondary: {}}}\ntraffic:\n"), []string{"ER006 error 10Gbps"}},
		{"a provider's circuit that names a port is not on it", append(direct(), "bandwidth: 1Gbps", "bandwidth: 50Mbps\n    port: pair"), nil},
		{"a Direct circuit on an unknown port", direct("port: pair", "port: other"), nil},
		{"a bundle on Junos", direct("xe-0/0/1", "ae0"), []string{"ER007 error ae0"}},
		{"a bundle on IOS-XE", direct("xe-0/0/1", "Port-channel1"), []string{"ER007 error Port-channel1"}},
		{"a bundle on Linux", direct("xe-0/0/1", "bond0"), []string{"ER007 error bond0"}},
		{"a bundle on the circuit's link", direct("primary: {ipv4", "primary: {router: ce1, interface: Po7, ipv4"), []string{"ER007 error Po7"}},
		{"a name that only begins so", direct("xe-0/0/1", "aether0", "xe-0/0/2", "port0"), nil},
		{"a bundle of the provider's circuit", []string{"eth1", "bond0"}, nil},
		{"both ports on one router", direct("{router: ce2, interface: xe-0/0/2}", "{router: ce1, interface: xe-0/0/2}"), []string{"ER010 warning ce1"}},

		{"a managed circuit on a CE", []string{"model: exchange", "model: exchange\n    layer3: provider"}, []string{"ER009 error ce1", "ER009 error ce2"}},
		{"a managed circuit on PEs", []string{"model: exchange", "model: exchange\n    layer3: provider", "frr,", "frr, role: pe,", "ce2: {platform: frr,", "ce2: {platform: frr, role: pe,"}, nil},
		{"an IP VPN on a CE", []string{"model: exchange", "model: ipvpn", "frr,", "frr, role: pe,"}, []string{"ER009 error ce2"}},
		{"a rented port on a CE", direct("port: pair", "port: pair\n    layer3: provider"), []string{"ER009 error provider", "ER009 error provider"}},

		{"one router", []string{"{router: ce2", "{router: ce1"}, []string{"ER010 warning ce1"}},
		{"one interface", []string{"{router: ce2, interface: eth2", "{router: ce1, interface: eth1"}, []string{"ER010 warning ce1"}},
		{"unknown routers are no router", []string{"{router: ce1", "{router: ce8", "{router: ce2", "{router: ce8"}, nil},

		{"production in one location", []string{"{name: acme}", "{name: acme, environment: production}"}, []string{"ER011 warning production"}},
		{"a test in one location", []string{"{name: acme}", "{name: acme, environment: test, resiliency: standard}"}, nil},
		{"production, and standard is said", []string{"{name: acme}", "{name: acme, environment: production, resiliency: standard}"}, []string{"ER011 warning production"}},
		{"maximum in one location", append(before("traffic", secondCircuit), "Paris", "london ", "{name: acme}", "{name: acme, resiliency: maximum}"), []string{"ER011 warning maximum"}},
		{"maximum in two locations", append(before("traffic", secondCircuit), "{name: acme}", "{name: acme, resiliency: maximum}"), nil},
		{"a location that is not said may be another", append(before("traffic", secondCircuit), "    location: Paris\n", "", "{name: acme}", "{name: acme, resiliency: high}"), nil},
		{"one circuit without a location", []string{"    location: London\n", "", "{name: acme}", "{name: acme, resiliency: high}"}, []string{"ER011 warning high"}},
		{"high on a Metro circuit", []string{"London", "Amsterdam Metro", "{name: acme}", "{name: acme, resiliency: high}"}, nil},
		{"maximum on a Metro circuit", []string{"London", "Amsterdam Metro", "{name: acme}", "{name: acme, resiliency: maximum}"}, []string{"ER011 warning maximum"}},

		{"Global Reach from a Local circuit", reach("local", "standard"), []string{"ER012 error er-b"}},
		{"Global Reach to a Local circuit", reach("standard", "local"), []string{"ER012 error er-b"}},
		{"Global Reach between Standard circuits", reach("standard", "standard"), nil},
		{"Global Reach to nowhere", []string{"location: London", "globalReach: {with: er-x, block: 192.168.9.0/29}"}, nil},

		{"Microsoft 365 in the route filter", saas("standard", "vlan: 100", "routeFilter: [\"12076:5010\", \"12076:51002\"]\n      vlan: 100"), []string{"ER013 error 12076:5010"}},
		{"Microsoft 365 in a statement", saas("local", "azure: [hub]", "azure: [mail]"), []string{"ER013 error 12076:5010"}},
		{"Microsoft 365 with Premium", saas("premium", "azure: [hub]", "azure: [mail]", "vlan: 100", "routeFilter: [\"12076:5010\"]\n      vlan: 100"), nil},
		{"Microsoft 365 that no statement asks for", saas("standard"), nil},

		{"ten VNets on a circuit", vnets(9), nil},
		{"eleven VNets on a circuit", vnets(10), []string{"ER014 warning er-a"}},
		{"eleven VNets on a Premium circuit", append(vnets(10), "location", "sku: premium\n    location"), nil},
		{"VNets join by connections", append(vnets(9), "vnets:\n", "vnets:\n    x: {prefixes: [10.99.0.0/16], connections: {er-a: {weight: 5}, er-x: {}}}\n"), []string{"ER014 warning er-a"}},
		{"a statement and a connection are one join", append(vnets(9), "[10.100.0.0/16]", "[10.100.0.0/16], connections: {er-a: {weight: 5}}"), nil},
		{"nine VNets and Global Reach", append(reach("standard", "standard"), vnets(8)...), nil},
		{"ten VNets and Global Reach", append(reach("standard", "standard"), vnets(9)...), []string{"ER014 warning standard"}},
		{"Global Reach to nowhere is none", append(vnets(9), "location: London", "globalReach: {with: er-x, block: 192.168.9.0/29}"), nil},
		{"both ends list Global Reach", append(append(reach("standard", "standard"), "location: Paris", "globalReach: {with: er-a, block: 192.168.9.0/29}"), vnets(8)...), nil},

		{"four circuits", circuits(3, "L%[1]d"), nil},
		{"five circuits", circuits(4, "L%[1]d"), []string{"ER015 warning hub"}},
		{"five circuits from one location", circuits(4, "london"), []string{"ER015 error hub"}},
		{"locations that are not said are not one", circuits(5, `""`), []string{"ER015 warning hub"}},
		{"sixteen circuits", circuits(15, "L%[1]d"), []string{"ER015 warning hub"}},
		{"seventeen circuits", circuits(16, "L%[1]d"), []string{"ER015 error hub"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.run(t, (*facts).checkModel)
		})
	}
}

// Where one rule has several causes, its words say which one it is.
func TestRuleWords(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		changes []string
		want    string
	}{
		{"the list of bandwidths", []string{"1Gbps", "300Mbps"}, "no provider circuit has 300Mbps; write one of 50Mbps, 100Mbps, 200Mbps, 500Mbps, 1Gbps, 2Gbps, 5Gbps, 10Gbps"},
		{"the list of a port's sizes", direct("5Gbps", "3Gbps"), "no circuit on a 10Gbps port has 3Gbps; write one of 1Gbps, 2Gbps, 5Gbps, 10Gbps"},
		{"one router", []string{"{router: ce2", "{router: ce1"}, "both links of er-a end on ce1;"},
		{"one interface", []string{"{router: ce2, interface: eth2", "{router: ce1, interface: eth1"}, "both links of er-a end on interface eth1 of ce1;"},
		{"no location", []string{"    location: London\n", "", "{name: acme}", "{name: acme, resiliency: high}"}, "resiliency: high is claimed, and there is one circuit only;"},
		{"a /31", []string{"172.16.0.0/30", "172.16.0.0/31"}, "172.16.0.0/31 is no IPv4 /30; write the link's /30"},
		{"a block on a link", []string{"172.16.0.0/30", "172.16.0.0/29"}, "172.16.0.0/29 is no IPv4 /30; a /29 for both links goes beside primary and secondary: ipv4: 172.16.0.0/29"},
		{"the other family", []string{"172.16.0.0/30", `"2001:db8::/126"`}, "2001:db8::/126 is no IPv4 /30; the key ipv4 takes an IPv4 /30"},
		{"a VLAN that is one", []string{"vlan: 100", "vlan: 5000"}, "VLAN 5000 is out of range;"},
		{"a VLAN that is none", []string{"vlan: 100", "vlan: 0"}, "the VLAN is no number from 1 to 4094;"},
		{"one tag on a QinQ port", append(twoDirect("encapsulation: dot1q", "encapsulation: qinq"), "vlan: 400", "vlan: {outer: 7, inner: 100}"), "er-e has one tag and er-d two on the port pair pair;"},
		{"two tags on a dot1q port", twoDirect("vlan: 400", "vlan: {outer: 7, inner: 100}"), "er-e has one tag and er-d two on the port pair pair;"},
		{"one tag and two in one peering", direct("secondary: {ipv4", "secondary: {vlan: {outer: 7, inner: 400}, ipv4"), "circuits.er-d.private.primary has one tag and circuits.er-d.private.secondary two on the port pair pair;"},
		{"a link on Microsoft peering", append(before("traffic", microsoftPeering), "[10.1.0.0/16]", "[203.0.113.0/30]", "prefer: [er-a]", "prefer: [er-a.microsoft]"), "no circuit's link may be advertised on Microsoft peering"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			doc, _ := intent.Parse([]intent.File{{Name: "site.yaml", Data: []byte(changed(t, c.changes))}})
			f := gather(doc, Env{Today: today})
			f.checkModel()
			f.checkAddresses()
			f.checkVLANs()
			var words []string
			for _, d := range f.diags {
				words = append(words, d.Summary+"; "+d.Hint)
			}
			if got := strings.Join(words, "\n"); !strings.Contains(got, c.want) {
				t.Errorf("nothing says %q:\n%s", c.want, got)
			}
		})
	}
}

// The examples are right, and warn only of both links on one router and of
// documentation space.
func TestExamplesAgainstRules(t *testing.T) {
	t.Parallel()
	want := map[string]string{
		"01-two-ce-private.yaml": "", "02-dual-stack-one-ce.yaml": "ER010×1", "03-vpn-backup.yaml": "ER010×1", "04-encrypted-over-private.yaml": "ER010×1",
		"05-microsoft-peering.yaml": "ER010×2 ER029×4", "06-direct-qinq-pe.yaml": "", "07-two-sites-standby-telemetry.yaml": "ER010×2",
	}
	files, err := filepath.Glob("../../examples/*.yaml")
	if err != nil || len(files) < len(want) {
		t.Fatalf("found %d examples (%v)", len(files), err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		f := gather(load(t, name, data), Env{Today: today})
		f.checkModel()
		f.checkAddresses()
		f.checkVLANs()
		if want, known := want[filepath.Base(name)]; known && codes(f.diags) != want {
			t.Errorf("%s: findings %q, want %q: %v", name, codes(f.diags), want, f.diags)
		}
	}
}

// What could not be read is passed over: the parser or the schema has said so.
func TestRulesOfPartialIntents(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"{}",
		"circuits: {a: }",
		"circuits: {a: {private: {}, microsoft: {}, public: }}",
		"circuits: {a: {model: direct, port: p, bandwidth: [], globalReach: {}, private: {vlan: {}, primary: {}, secondary: {vlan: [], ipv4: 3, ipv6: x}}}}\ndirectPorts: {p: }",
		"circuits: {a: {model: direct, port: p, private: {vlan: {outer: x}, primary: {}}}}\ndirectPorts: {p: {speed: 7Gbps, encapsulation: both, primary: {}, secondary: }}",
		"circuits: {a: {model: direct, port: q}, b: {model: direct}}\ndirectPorts: {p: {primary: {router: r}}, q: {secondary: {router: r}}}",
		"circuits: {a: {private: {primary: {router: r}}, microsoft: {secondary: {router: r}}}, b: {private: {secondary: {router: r}}, microsoft: {primary: {router: r}}}}",
		"azure: {vnets: {v: {prefixes: [x, 1], connections: {y: }}}}\nonprem: {networks: {n: {prefixes: }}}\ntraffic: [{onprem: [n], azure: [v, w], prefer: [z]}]",
		"circuits: {a: {globalReach: {with: a, block: 10.0.0.0/29}, private: {ipv4: 10.0.0.0/29, ipv6: 10.0.0.0/29, primary: {router: r, address: x, neighbor: 10.0.0.1}, secondary: }}}",
	} {
		doc, _ := intent.Parse([]intent.File{{Name: "site.yaml", Data: []byte(text)}})
		if doc == nil {
			t.Fatalf("no YAML: %s", text)
		}
		f := gather(doc, Env{Today: today})
		f.checkModel()
		f.checkAddresses()
		f.checkVLANs()
	}
}
