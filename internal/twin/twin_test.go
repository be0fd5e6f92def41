package twin_test

import (
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ercfg/ercfg/internal/bgp"
	"github.com/ercfg/ercfg/internal/diag"
	"github.com/ercfg/ercfg/internal/intent"
	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/secret"
	"github.com/ercfg/ercfg/internal/twin"
)

// An intent with an interface of every kind.
const interfaces = `apiVersion: ercfg/v1
kind: Intent
metadata: {name: names}
routers:
  r1:
    platform: junos
    version: "22.4"
    model: mx
    asn: 65010
    routerID: 10.0.0.1
    loopback: {interface: lo0, ipv4: 10.0.0.1/32}
    originate: {redistribute: ospf}
    vrfs: {BLUE: {neighbors: [{address: 10.1.0.2, asn: 65301, interface: ge-1/0/0.7}]}}
    interfaceIndex: {xe-1/1/1.150: 7, xe-9/9/9: 8}
directPorts:
  pair:
    speed: 10Gbps
    encapsulation: dot1q
    primary: {router: r1, interface: et-1/0/0}
    secondary: {router: r1, interface: et-1/0/1}
circuits:
  er-a:
    model: exchange
    bandwidth: 1Gbps
    private:
      vlan: 150
      primary: {router: r1, interface: xe-1/1/1, ipv4: 172.16.0.0/30}
      secondary: {router: r1, interface: xe-1/1/1, vlan: 151, ipv4: 172.16.0.4/30}
vpns:
  s2s:
    vnet: hub
    underlay: internet
    psk: env:PSK
    tunnels:
      - {router: r1, instance: a, interface: st0.7, source: ge-1/0/9.0}
      - {router: r1, instance: b, interface: st0.8, source: lo0.0}
      - {router: r1, instance: c, interface: st0.9, source: lo0.5}
      - {router: r1, instance: d, interface: st0.10, source: xe-1/1/1.150}
`

// today is the day of every test: no waiver depends on the real one.
var today = time.Date(2026, 11, 26, 0, 0, 0, 0, time.UTC)

// platforms are all of them.
func platforms() []plan.Platform { return []plan.Platform{plan.IOSXE, plan.Junos, plan.FRR} }

// parse reads the intent above with its router on a platform. The names stay:
// intent judges none.
func parse(t *testing.T, own plan.Platform) *intent.Document {
	t.Helper()
	text := strings.Replace(interfaces, "platform: junos", "platform: "+own.String(), 1)
	doc, _ := intent.Parse([]intent.File{{Name: "intent.yaml", Data: []byte(text)}})
	return doc
}

// interfacesOf lists what r1 calls its loopback, links, ports, tunnels, their
// sources, its customer and its indexes.
func interfacesOf(in *intent.Intent) []string {
	r, p, pair := in.Routers[0].Value, in.Circuits[0].Value.Private, in.DirectPorts[0].Value
	out := []string{r.Loopback.Interface.V, p.Primary.Interface.V, p.Secondary.Interface.V, pair.Primary.Interface.V, pair.Secondary.Interface.V}
	var sources []string
	for _, x := range in.VPNs[0].Value.Tunnels {
		out, sources = append(out, x.Interface.V), append(sources, x.Source.V)
	}
	return append(append(out, sources...), r.VRFs[0].Value.Neighbors[0].Interface.V, r.InterfaceIndex[0].Name.V, r.InterfaceIndex[1].Name.V)
}

// Every interface gets one name of the platform, the same wherever it stands,
// and a router of the platform itself keeps all that it has.
func TestDocument(t *testing.T) {
	t.Parallel()
	own := interfacesOf(parse(t, plan.Junos).Intent)
	tests := []struct {
		name           string
		from, to       plan.Platform
		twins          []string
		version, model string
		process        int
		want           []string // of interfacesOf
	}{
		{"to IOS-XE", plan.Junos, plan.IOSXE, []string{"r1"}, "", "", 1, []string{
			"Loopback0", "TenGigabitEthernet0/0/1", "TenGigabitEthernet0/0/1", "HundredGigE0/1/0", "HundredGigE0/2/0", "Tunnel1", "Tunnel2", "Tunnel3", "Tunnel4",
			"GigabitEthernet0/0/0", "Loopback0", "Loopback10", "TenGigabitEthernet0/0/1.150", "GigabitEthernet0/3/0", "TenGigabitEthernet0/0/1.150", "xe-9/9/9",
		}},
		{"to Junos", plan.FRR, plan.Junos, []string{"r1"}, "", "srx", 0, []string{
			"lo0", "xe-0/0/1", "xe-0/0/1", "et-0/1/0", "et-0/2/0", "st0.1", "st0.2", "st0.3", "st0.4",
			"ge-0/0/0.0", "lo0.0", "lo0.0", "xe-0/0/1.150", "ge-0/3/0.0", "xe-0/0/1.150", "xe-9/9/9",
		}},
		{"to FRR", plan.Junos, plan.FRR, []string{"r1"}, "", "", 0, []string{
			"lo", "eth1", "eth1", "ens1", "ens2", "vti1", "vti2", "vti3", "vti4", "wan0", "lo", "dummy10", "eth1.150", "cust0", "eth1.150", "xe-9/9/9",
		}},
		{"of its own", plan.Junos, plan.Junos, nil, "22.4", "mx", 0, own},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			doc := parse(t, tt.from)
			if diff := cmp.Diff(tt.twins, twin.Document(doc, tt.to)); diff != "" {
				t.Errorf("twins (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.want, interfacesOf(doc.Intent)); diff != "" {
				t.Errorf("names (-want +got):\n%s", diff)
			}
			r := doc.Intent.Routers[0].Value
			if r.Platform.V != tt.to.String() || r.Version.V != tt.version || r.Model.V != tt.model || r.Originate.Process.V != tt.process {
				t.Errorf("router: %s %q model %q process %d", r.Platform.V, r.Version.V, r.Model.V, r.Originate.Process.V)
			}
		})
	}
}

// Of several routers only those of another platform are twins, in the order of
// their names; the link of a router that is not there stays.
func TestTwins(t *testing.T) {
	t.Parallel()
	const routers = `apiVersion: ercfg/v1
kind: Intent
metadata: {name: twins}
routers:
  r9: {platform: junos, asn: 65010, routerID: 10.0.0.9}
  r5: {platform: frr, version: "10.2", asn: 65010, routerID: 10.0.0.5}
  r1: {platform: ios-xe, asn: 65010, routerID: 10.0.0.1}
circuits:
  er-a:
    model: exchange
    bandwidth: 1Gbps
    private:
      vlan: 150
      primary: {router: r5, interface: enp1s0, ipv4: 172.16.0.0/30}
      secondary: {router: r7, interface: xe-1/1/1, ipv4: 172.16.0.4/30}
`
	doc, _ := intent.Parse([]intent.File{{Name: "intent.yaml", Data: []byte(routers)}})
	if diff := cmp.Diff([]string{"r1", "r9"}, twin.Document(doc, plan.FRR)); diff != "" {
		t.Errorf("twins (-want +got):\n%s", diff)
	}
	links := doc.Intent.Circuits[0].Value.Private
	if got := links.Primary.Interface.V + " " + links.Secondary.Interface.V + " " + doc.Intent.Routers[1].Value.Version.V; got != "enp1s0 xe-1/1/1 10.2" {
		t.Errorf("a router that is no twin has %s", got)
	}
}

// What a platform cannot express comes back as a finding, beside those of the
// intent.
func TestResolve(t *testing.T) {
	t.Parallel()
	const macsec = `    macsec: {cipher: gcm-aes-256, ckn: env:CKN, cak: env:CAK}
circuits:
  er-a:
    model: direct
    port: pair
    bandwidth: 1Gbps
    private:
      vlan: 150
      primary: {ipv4: 172.16.0.0/30}
      secondary: {ipv4: 172.16.0.4/30}
onprem: {networks: {site: {prefixes: [10.1.0.0/16]}}}
azure: {vnets: {hub: {prefixes: [10.2.0.0/16], region: westeurope}}}
traffic: [{name: all, onprem: [site], azure: [hub], prefer: [er-a]}]
`
	text, _, _ := strings.Cut(interfaces, "circuits:\n")
	text = strings.Replace(text, "    vrfs: {BLUE: {neighbors: [{address: 10.1.0.2, asn: 65301, interface: ge-1/0/0.7}]}}\n", "", 1)
	for _, platform := range platforms() {
		doc, diags := intent.Parse([]intent.File{{Name: "intent.yaml", Data: []byte(text + macsec)}})
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		p, diags := twin.Resolve(doc, platform, today)
		if p == nil {
			t.Fatalf("%s: no plan: %v", platform, diags)
		}
		var refused []diag.Code
		for _, d := range diags {
			if d.Severity == diag.Error {
				refused = append(refused, d.Code)
			}
		}
		var want []diag.Code
		if platform == plan.FRR {
			want = []diag.Code{"ER950", "ER950"}
		}
		if diff := cmp.Diff(want, refused); diff != "" {
			t.Errorf("%s refuses (-want +got):\n%s", platform, diff)
		}
	}
}

// subjects are the files of every example and every golden case.
func subjects(t *testing.T) []string {
	t.Helper()
	var out []string
	for _, pattern := range []string{"../../examples/*.yaml", "../render/testdata/*/intent.yaml"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: no files: %v", pattern, err)
		}
		out = append(out, files...)
	}
	return out
}

// A twin keeps what paths depend on. All that may differ is what neutral takes
// away: without it, the plan of an intent is the plan of its twins.
func TestTwinsKeepThePlan(t *testing.T) {
	t.Parallel()
	for _, file := range subjects(t) {
		t.Run(strings.TrimPrefix(file, "../"), func(t *testing.T) {
			t.Parallel()
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			read := func() *intent.Document {
				doc, diags := intent.Parse([]intent.File{{Name: file, Data: data}})
				if diags.HasErrors() {
					t.Fatal(diags)
				}
				return doc
			}
			own, diags := plan.Resolve(read(), plan.Env{Today: today})
			if own == nil {
				t.Fatal(diags)
			}
			neutral(own)
			for _, platform := range platforms() {
				p, diags := twin.Resolve(read(), platform, today)
				if p == nil {
					t.Fatal(diags)
				}
				neutral(p)
				if diff := cmp.Diff(own, p, values()...); diff != "" {
					t.Errorf("%s (-own +twin):\n%s", platform, diff)
				}
			}
		})
	}
}

// values compare the plan's types that show no field.
func values() cmp.Options {
	return cmp.Options{
		cmp.Comparer(func(a, b netip.Addr) bool { return a == b }), cmp.Comparer(func(a, b netip.Prefix) bool { return a == b }),
		cmp.Comparer(func(a, b secret.Ref) bool { return a == b }), cmp.Comparer(func(a, b bgp.RouteDistinguisher) bool { return a == b }),
		cmp.Comparer(func(a, b bgp.RouteTarget) bool { return a == b }),
	}
}

// neutral takes away the words of a platform, the order that they give, and what
// the package comment says that a platform decides.
func neutral(p *plan.Plan) {
	for i := range p.Routers {
		neutralRouter(&p.Routers[i])
	}
	for i := range p.Circuits {
		for j := range p.Circuits[i].Peerings {
			for k := range p.Circuits[i].Peerings[j].Links {
				p.Circuits[i].Peerings[j].Links[k].Link = 0
			}
		}
	}
	for i := range p.VPNs {
		for j := range p.VPNs[i].Tunnels {
			p.VPNs[i].Tunnels[j].Tunnel = 0
		}
	}
}

func neutralRouter(r *plan.Router) {
	r.Platform, r.Version, r.Model, r.Indexes, r.Flow.SourceInterface = 0, plan.Version{}, 0, nil, ""
	r.Loopback.Interface, r.Loopback.Zone = "", ""
	for i := range r.Ports {
		r.Ports[i].Interface = ""
	}
	for i := range r.Links {
		r.Links[i].Interface, r.Links[i].Zone = "", ""
	}
	for i := range r.Tunnels {
		t := &r.Tunnels[i]
		t.Interface, t.Source, t.Zone, t.OutsideZone = "", "", "", ""
	}
	for i := range r.VRFs {
		for j := range r.VRFs[i].Customers {
			r.VRFs[i].Customers[j].Interface = ""
		}
	}
	for i := range r.Origins {
		r.Origins[i].Process = ""
	}
	for i := range r.Routes {
		r.Routes[i].Interface = ""
	}
	for _, guard := range r.Resolution {
		i := slices.IndexFunc(r.Policies, func(p plan.Policy) bool { return p.Name == guard.Policy })
		anchors := r.Policies[i].Terms[0].Match
		r.Policies = slices.Delete(r.Policies, i, i+1)
		r.PrefixLists = slices.DeleteFunc(r.PrefixLists, func(l plan.PrefixList) bool { return l.Name == anchors })
	}
	r.Resolution = nil
	r.Routes = slices.DeleteFunc(r.Routes, func(x plan.Route) bool { return x.Discard && strings.HasSuffix(x.Origin, ".gatewaySubnet") })
	slices.SortFunc(r.Ports, func(a, b plan.Port) int { return strings.Compare(a.Origin, b.Origin) })
	slices.SortFunc(r.Links, func(a, b plan.Link) int { return strings.Compare(a.Origin, b.Origin) })
	slices.SortFunc(r.Tunnels, func(a, b plan.Tunnel) int { return strings.Compare(a.Origin, b.Origin) })
}

// The pairs that had MACsec are named in order, and nothing else of them
// changes.
func TestWithoutMACsec(t *testing.T) {
	t.Parallel()
	const text = `directPorts:
  z: {speed: 10Gbps, encapsulation: qinq, macsec: {cipher: gcm-aes-256, ckn: env:CKN, cak: env:CAK}}
  m: {speed: 100Gbps, encapsulation: dot1q}
  a: {speed: 10Gbps, encapsulation: qinq, macsec: {cipher: gcm-aes-256, ckn: env:CKN, cak: env:CAK}}
`
	doc, _ := intent.Parse([]intent.File{{Name: "intent.yaml", Data: []byte(text)}})
	want := slices.Clone(doc.Intent.DirectPorts)
	want[0].Value.MACsec, want[2].Value.MACsec = nil, nil
	if diff := cmp.Diff([]string{"a", "z"}, twin.WithoutMACsec(doc)); diff != "" {
		t.Errorf("cleared (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want, doc.Intent.DirectPorts); diff != "" {
		t.Errorf("port pairs (-want +got):\n%s", diff)
	}
	if again := twin.WithoutMACsec(doc); again != nil {
		t.Errorf("a second time it clears %q", again)
	}
}
