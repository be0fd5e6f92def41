package expressroute

import (
	"strings"
	"testing"
)

func TestValidCKN(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, ckn string
		want      bool
	}{
		{"one octet", "0a", true},
		{"both cases", "aBcDeF0123456789", true},
		{"longest", strings.Repeat("a", 64), true},
		{"too long", strings.Repeat("a", 66), false},
		{"odd", "abc", false},
		{"empty", "", false},
		{"no digit in the middle", "a-bc", false},
		{"no digit at the end", "abcg", false},
		{"a newline", "abc\n", false},
		{"with a prefix", "0xabcd", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := ValidCKN(c.ckn); got != c.want {
				t.Errorf("ValidCKN(%q) = %v", c.ckn, got)
			}
		})
	}
}

func TestValidCAK(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		cipher string
		length int
		want   bool
	}{
		{"gcm-aes-128", 32, true},
		{"gcm-aes-xpn-128", 32, true},
		{"gcm-aes-256", 64, true},
		{"gcm-aes-xpn-256", 64, true},
		{"gcm-aes-128", 64, false},
		{"gcm-aes-256", 32, false},
		{"gcm-aes-xpn-256", 63, false},
		{"gcm-aes-xpn-256", 66, false},
		{"gcm-aes-xpn-128", 0, false},
	} {
		cipher, ok := MACsecCipherNamed(c.cipher)
		if !ok {
			t.Fatalf("no cipher %s", c.cipher)
		}
		if got := cipher.ValidCAK(strings.Repeat("f", c.length)); got != c.want {
			t.Errorf("%s with %d digits = %v", c.cipher, c.length, got)
		}
		if cipher.ValidCAK(strings.Repeat("x", c.length)) && c.length > 0 {
			t.Errorf("%s takes letters that are no digits", c.cipher)
		}
	}
}

func TestMACsecCipherNamed(t *testing.T) {
	t.Parallel()
	for _, c := range MACsecCiphers() {
		if got, ok := MACsecCipherNamed(c.Name); !ok || got != c {
			t.Errorf("MACsecCipherNamed(%q) = %v, %v", c.Name, got, ok)
		}
		if want := strings.ToLower(c.Azure); strings.ReplaceAll(c.Name, "-", "") != want {
			t.Errorf("%s is not Azure's %s", c.Name, c.Azure)
		}
		if c.XPN != strings.Contains(c.Name, "xpn") {
			t.Errorf("%s: XPN = %v", c.Name, c.XPN)
		}
	}
	for _, name := range []string{"", "gcm-aes-192", "GcmAes256", "gcm-aes-xpn256"} {
		if c, ok := MACsecCipherNamed(name); ok {
			t.Errorf("MACsecCipherNamed(%q) = %v", name, c)
		}
	}
}
