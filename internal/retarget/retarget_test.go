package retarget_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ercfg/ercfg/internal/diag"
	"github.com/ercfg/ercfg/internal/intent"
	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/retarget"
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

func parse(t *testing.T) *intent.Document {
	t.Helper()
	doc, _ := intent.Parse([]intent.File{{Name: "intent.yaml", Data: []byte(interfaces)}})
	return doc
}

// Every interface gets one name of the platform, the same wherever it stands.
func TestDocument(t *testing.T) {
	t.Parallel()
	tests := []struct {
		platform plan.Platform
		model    string
		process  int
		want     []string // loopback, links, ports, tunnels, sources, customer, indexes
	}{
		{plan.IOSXE, "", 1, []string{
			"Loopback0", "TenGigabitEthernet0/0/1", "TenGigabitEthernet0/0/1", "HundredGigE0/1/0", "HundredGigE0/2/0", "Tunnel1", "Tunnel2", "Tunnel3", "Tunnel4",
			"GigabitEthernet0/0/0", "Loopback0", "Loopback10", "TenGigabitEthernet0/0/1.150", "GigabitEthernet0/3/0", "TenGigabitEthernet0/0/1.150", "xe-9/9/9",
		}},
		{plan.Junos, "srx", 0, []string{
			"lo0", "xe-0/0/1", "xe-0/0/1", "et-0/1/0", "et-0/2/0", "st0.1", "st0.2", "st0.3", "st0.4",
			"ge-0/0/0.0", "lo0.0", "lo0.0", "xe-0/0/1.150", "ge-0/3/0.0", "xe-0/0/1.150", "xe-9/9/9",
		}},
		{plan.FRR, "", 0, []string{
			"lo", "eth1", "eth1", "ens1", "ens2", "vti1", "vti2", "vti3", "vti4", "wan0", "lo", "dummy10", "eth1.150", "cust0", "eth1.150", "xe-9/9/9",
		}},
	}
	for _, tt := range tests {
		t.Run(tt.platform.String(), func(t *testing.T) {
			t.Parallel()
			doc := parse(t)
			retarget.Document(doc, tt.platform)
			in := doc.Intent
			r := in.Routers[0].Value
			p := in.Circuits[0].Value.Private
			got := []string{r.Loopback.Interface.V, p.Primary.Interface.V, p.Secondary.Interface.V, in.DirectPorts[0].Value.Primary.Interface.V, in.DirectPorts[0].Value.Secondary.Interface.V}
			var sources []string
			for _, x := range in.VPNs[0].Value.Tunnels {
				got, sources = append(got, x.Interface.V), append(sources, x.Source.V)
			}
			got = append(append(got, sources...), r.VRFs[0].Value.Neighbors[0].Interface.V, r.InterfaceIndex[0].Name.V, r.InterfaceIndex[1].Name.V)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("names (-want +got):\n%s", diff)
			}
			if r.Platform.V != tt.platform.String() || r.Version.Set() || r.Model.V != tt.model || r.Originate.Process.V != tt.process {
				t.Errorf("router: %s %q model %q process %d", r.Platform.V, r.Version.V, r.Model.V, r.Originate.Process.V)
			}
		})
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
	for _, platform := range []plan.Platform{plan.IOSXE, plan.Junos, plan.FRR} {
		doc, diags := intent.Parse([]intent.File{{Name: "intent.yaml", Data: []byte(text + macsec)}})
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		p, diags := retarget.Resolve(doc, platform, time.Date(2026, 11, 26, 0, 0, 0, 0, time.UTC))
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
