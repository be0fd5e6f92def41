package expressroute

import (
	"net/netip"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Which words and groups of the table are weak; what is not in the table is
// nowhere weak.
func TestWeakAlgorithms(t *testing.T) {
	t.Parallel()
	weak := func(words []string) (out []string) {
		for _, w := range words {
			if WeakAlgorithm(w) {
				out = append(out, w)
			}
		}
		return out
	}
	for name, tt := range map[string]struct{ all, weak []string }{
		"IKE encryption": {IKEEncryptions(), []string{"des3", "des"}},
		"IKE integrity":  {IKEIntegrities(), []string{"sha1", "md5"}},
		"ESP encryption": {ESPEncryptions(), []string{"des3", "des", "none"}},
		"ESP integrity":  {ESPIntegrities(), []string{"sha1", "md5"}},
	} {
		if diff := cmp.Diff(tt.weak, weak(tt.all)); diff != "" {
			t.Errorf("weak %s (-want +got):\n%s", name, diff)
		}
	}
	var groups []int
	for _, g := range DHGroups() {
		if WeakGroup(g) {
			groups = append(groups, g)
		}
	}
	if diff := cmp.Diff([]int{24, 2, 1, 0}, groups); diff != "" {
		t.Errorf("weak groups (-want +got):\n%s", diff)
	}
	IKEEncryptions()[0] = "rot13"
	if slices.Contains(IKEEncryptions(), "rot13") {
		t.Error("a caller changed the table")
	}
}

// Every proposal that the default policy takes, out of the whole table.
func TestDefaultPolicy(t *testing.T) {
	t.Parallel()
	ike, esp := 0, make(map[string][]int)
	for _, e := range IKEEncryptions() {
		for _, i := range IKEIntegrities() {
			for _, g := range DHGroups() {
				if DefaultIKE(e, i, g) {
					ike++
					if g != 2 {
						t.Errorf("group %d of IKE", g)
					}
				}
			}
		}
	}
	if ike != 6 {
		t.Errorf("%d IKE proposals, want 3 encryptions × 2 integrities", ike)
	}
	for _, e := range ESPEncryptions() {
		for _, i := range ESPIntegrities() {
			for _, g := range []int{0, 1, 2, 14, 19, 20, 24} {
				if DefaultESP(e, i, g) {
					esp[e+" "+i] = append(esp[e+" "+i], g)
				}
			}
		}
	}
	want := map[string][]int{
		"gcmaes256 gcmaes256": {0},
		"des3 sha1":           {0}, "des3 sha256": {0},
		"aes256 sha1": {0, 1, 2, 14, 24}, "aes256 sha256": {0, 1, 2, 14, 24},
		"aes128 sha1": {0, 1, 2, 14}, "aes128 sha256": {0, 1, 2, 14},
	}
	if diff := cmp.Diff(want, esp); diff != "" {
		t.Errorf("IPsec proposals (-want +got):\n%s", diff)
	}
}

func TestValidPSK(t *testing.T) {
	t.Parallel()
	var refused []byte
	for c := range 128 {
		if !ValidPSK(string(rune(c))) && c > ' ' {
			refused = append(refused, byte(c))
		} else if c <= ' ' && ValidPSK(string(rune(c))) {
			t.Errorf("%#02x is taken", c)
		}
	}
	if diff := cmp.Diff("-~\x7f", string(refused)); diff != "" {
		t.Errorf("refused above space (-want +got):\n%s", diff)
	}
	for _, key := range []string{"", "a b", "schlüssel", "x\n"} {
		if ValidPSK(key) {
			t.Errorf("%q is taken", key)
		}
	}
}

func TestAPIPA(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][2]bool{
		"169.254.20.255": {true, false}, "169.254.21.0": {true, true}, "169.254.22.255": {true, true}, "169.254.23.0": {true, false},
		"169.253.21.1": {false, false}, "10.254.21.1": {false, false}, "fe80::1": {false, false}, "::ffff:169.254.21.1": {false, false},
	} {
		a := netip.MustParseAddr(text)
		if got := [2]bool{IsAPIPA(a), ValidAPIPA(a)}; got != want {
			t.Errorf("%s: APIPA and valid %v, want %v", text, got, want)
		}
	}
	if IsAPIPA(netip.Addr{}) || ValidAPIPA(netip.Addr{}) {
		t.Error("no address is an APIPA one")
	}
}

func TestGatewaySKUs(t *testing.T) {
	t.Parallel()
	for sku, want := range map[string][2]bool{
		"Basic": {true, false}, "basic": {true, false}, "": {false, false}, "VpnGw1": {false, false}, "VpnGw1AZ": {false, true}, "vpngw5az": {false, true}, "VpnGw6AZ": {false, false}, "ErGw1AZ": {false, false},
	} {
		if got := [2]bool{IsBasicGateway(sku), IsPrivateGateway(sku)}; got != want {
			t.Errorf("%s: Basic and private %v, want %v", sku, got, want)
		}
	}
}

// Azure's words for VPN gateways, in any case, and none of other gateways.
func TestVPNGatewaySKUs(t *testing.T) {
	t.Parallel()
	for sku, want := range map[string]bool{"Basic": true, "VpnGw1": true, "vpngw5az": true, "VpnGw6": false, "ErGw1AZ": false, "Standard": false, "": false} {
		if got := IsVPNGatewaySKU(sku); got != want {
			t.Errorf("%q is a SKU of a VPN gateway: %t, want %t", sku, got, want)
		}
	}
	for _, sku := range PrivateGatewaySKUs() {
		if !IsVPNGatewaySKU(sku) {
			t.Errorf("%s ends private tunnels and is no SKU of a VPN gateway", sku)
		}
	}
}
