package plan

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ercfg/ercfg/internal/diag"
	"github.com/ercfg/ercfg/internal/secret"
)

// directPair has a Direct port pair with MACsec on two routers, a circuit on
// it, and a provider's circuit beside it.
const directPair = `apiVersion: ercfg/v1
kind: Intent
metadata: {name: acme}
onprem:
  networks:
    campus: {prefixes: [10.1.0.0/16]}
azure:
  vnets:
    hub: {prefixes: [10.200.0.0/16]}
routers:
  pe1: {platform: ios-xe, asn: 65010, routerID: 10.1.255.1}
  pe2: {platform: junos, asn: 65010, routerID: 10.1.255.2}
directPorts:
  pair:
    speed: 10Gbps
    encapsulation: dot1q
    primary: {router: pe1, interface: HundredGigE0/1/0}
    secondary: {router: pe2, interface: et-0/1/0}
    macsec: {cipher: gcm-aes-256, ckn: env:CKN, cak: env:CAK}
circuits:
  er-a:
    model: direct
    port: pair
    bandwidth: 1Gbps
    private:
      vlan: 100
      primary: {ipv4: 172.16.0.0/30}
      secondary: {ipv4: 172.16.0.4/30}
  er-b:
    model: exchange
    bandwidth: 1Gbps
    private:
      vlan: 200
      primary: {router: pe1, interface: TenGigabitEthernet0/0/1, ipv4: 172.16.1.0/30}
      secondary: {router: pe2, interface: xe-0/0/1, ipv4: 172.16.1.4/30}
traffic:
  - {name: all, onprem: [campus], azure: [hub], prefer: [er-a, er-b]}
`

func TestRulesOfMACsec(t *testing.T) {
	t.Parallel()
	cipher := func(name string) []string { return []string{"cipher: gcm-aes-256", "cipher: " + name} }
	fast := []string{"speed: 10Gbps", "speed: 100Gbps"}
	none := []string{"    macsec:", "    #"}
	own := []string{"primary: {ipv4: 172.16.0.0/30}", "primary: {router: pe1, interface: HundredGigE0/1/0, ipv4: 172.16.0.0/30}"}
	other := []string{"primary: {ipv4: 172.16.0.0/30}", "primary: {router: pe1, interface: HundredGigE0/1/4, ipv4: 172.16.0.0/30}"}
	shared := []string{"interface: xe-0/0/1", "interface: et-0/1/0"}
	named := []string{"model: exchange", "model: exchange\n    port: pair"}
	each(t, (*facts).checkMACsec, []change{
		{"nothing", directPair, nil, nil},
		{"no MACsec", directPair, none, nil},

		{"another cipher", directPair, cipher("gcm-aes-192"), []string{"ER183 error gcm-aes-192"}},
		{"Azure's spelling", directPair, cipher("GcmAes256"), []string{"ER183 error GcmAes256"}},
		{"32 bits of packet numbers on a fast port", directPair, fast, []string{"ER183 warning gcm-aes-256"}},
		{"64 bits on a fast port", directPair, append(cipher("gcm-aes-xpn-256"), fast...), nil},
		{"64 bits on a slow port", directPair, cipher("gcm-aes-xpn-128"), nil},

		{"a link that names its port", directPair, own, nil},
		{"a link on another port", directPair, other, []string{"ER184 error HundredGigE0/1/4"}},
		{"a link on another port without MACsec", directPair, append(other, none...), nil},
		{"a link on the other router's port", directPair, []string{"primary: {ipv4: 172.16.0.0/30}", "primary: {router: pe2, interface: et-0/1/0, ipv4: 172.16.0.0/30}"}, []string{"ER184 error et-0/1/0"}},

		{"a provider's circuit on the port", directPair, shared, []string{"ER180 error et-0/1/0"}},
		{"a provider's circuit on the port without MACsec", directPair, append(shared, none...), nil},
		{"a provider's circuit on the same name elsewhere", directPair, []string{"interface: xe-0/0/1", "interface: HundredGigE0/1/0"}, nil},
		{"a provider's circuit that names the pair", directPair, named, []string{"ER180 error pair"}},
		{"a provider's circuit that names a pair without MACsec", directPair, append(named, none...), nil},

		{"both ports on one router", directPair, []string{"secondary: {router: pe2, interface: et-0/1/0}", "secondary: {router: pe1, interface: HundredGigE0/1/4}"}, []string{"ER186 warning pe1"}},
		{"both ports on one router without MACsec", directPair, append([]string{"secondary: {router: pe2, interface: et-0/1/0}", "secondary: {router: pe1, interface: HundredGigE0/1/4}"}, none...), nil},
	})
}

// No finding shows a key or its name; every form that Azure refuses is found,
// and what cannot be read is noted.
func TestMACsecKeys(t *testing.T) {
	t.Parallel()
	hex := func(n int) string { return strings.Repeat("5", n) }
	for _, tt := range []struct {
		name, cipher, ckn, cak string
		err                    error
		want                   []diag.Code
	}{
		{"good", "gcm-aes-256", hex(64), hex(64), nil, nil},
		{"CKN that Junos fills", "gcm-aes-256", "c0ffee", hex(64), nil, []diag.Code{shortCKN}},
		{"good and short", "gcm-aes-xpn-128", hex(64), hex(32), nil, nil},
		{"odd CKN", "gcm-aes-256", "c0ffe", hex(64), nil, []diag.Code{cknForm}},
		{"long CKN", "gcm-aes-256", hex(66), hex(64), nil, []diag.Code{cknForm}},
		{"empty CKN", "gcm-aes-256", "", hex(64), nil, []diag.Code{cknForm}},
		{"CKN of letters", "gcm-aes-256", "amsterdam1", hex(64), nil, []diag.Code{cknForm}},
		{"CAK of the other length", "gcm-aes-256", hex(64), hex(32), nil, []diag.Code{cakForm}},
		{"CAK too long", "gcm-aes-128", hex(64), hex(64), nil, []diag.Code{cakForm}},
		{"CAK of letters", "gcm-aes-128", hex(64), strings.Repeat("x", 32), nil, []diag.Code{cakForm}},
		{"CAK of an unknown cipher", "gcm-aes-192", hex(64), hex(32), nil, []diag.Code{macsecCipher}},
		{"cannot be read", "gcm-aes-256", hex(64), hex(64), errors.New("not set"), []diag.Code{unreadSecret, unreadSecret}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			env := Env{Today: today, Secret: func(ref secret.Ref) (secret.Value, error) {
				if strings.Contains(ref.String(), "CKN") {
					return secret.NewValue(tt.ckn), tt.err
				}
				return secret.NewValue(tt.cak), tt.err
			}}
			f := gather(load(t, "site.yaml", []byte(strings.Replace(directPair, "gcm-aes-256", tt.cipher, 1))), env)
			f.checkMACsec()
			var got []diag.Code
			for _, d := range f.diags {
				got = append(got, d.Code)
				for _, key := range []string{tt.ckn, tt.cak} {
					if key != "" && strings.Contains(d.Summary+d.Hint, key) {
						t.Errorf("the finding shows the key: %s (%s)", d.Summary, d.Hint)
					}
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}
