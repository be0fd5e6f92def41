package confdiff

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestFRRSecrets(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		around, line, text string
		form               Form
		value              string
	}{
		{"", "password vty", "password <secret>", Plain, "vty"},
		{"", "password 8 HuShEd", "password 8 <secret>", Hashed, "HuShEd"},
		{"", "enable password vty", "enable password <secret>", Plain, "vty"},
		{"", "enable password 8 HuShEd", "enable password 8 <secret>", Hashed, "HuShEd"},
		{"key chain K\n key 1\n", "  key-string ks", "key-string <secret>", Plain, "ks"},
		{"router bgp 65001\n", " neighbor 192.0.2.1 password p1", "neighbor 192.0.2.1 password <secret>", Plain, "p1"},
		{"router bgp 65001\n", " neighbor 2001:DB8:0::1 password 8", "neighbor 2001:db8::1 password <secret>", Plain, "8"},
		{"router bgp 65001\n", " neigh 192.0.2.1 passw p1", "neighbor 192.0.2.1 password <secret>", Plain, "p1"},
		{"router bgp 65001\n", " neighbor 192.0.2.1 password <env:MSEE_MD5>", "neighbor 192.0.2.1 password <secret>", Reference, "<env:MSEE_MD5>"},
		{"router bgp 65001\n", " neighbor 192.0.2.1 password <file:keys/a b>", "neighbor 192.0.2.1 password <secret>", Reference, "<file:keys/a b>"},
		{"router bgp 65001\n", " neighbor 192.0.2.1 password <exec:pass show er>", "neighbor 192.0.2.1 password <secret>", Reference, "<exec:pass show er>"},
		{"router bgp 65001\n", " neighbor 192.0.2.1 password <other:X>", "neighbor 192.0.2.1 password <secret>", Plain, "<other:X>"},
		{"router bgp 65001\n", " neighbor 192.0.2.1 some-new-auth key k13", "neighbor 192.0.2.1 some-new-auth key <secret>", Plain, "k13"},
		{"interface a\n", " ip ospf authentication-key k1", "ip ospf authentication-key <secret>", Plain, "k1"},
		{"interface a\n", " ip ospf authentication-key k1 192.0.2.1", "ip ospf authentication-key <secret> 192.0.2.1", Plain, "k1"},
		{"interface a\n", " ip ospf message-digest-key 1 md5 k2 192.0.2.1", "ip ospf message-digest-key 1 md5 <secret> 192.0.2.1", Plain, "k2"},
		{"interface a\n", " ip rip authentication string k3", "ip rip authentication string <secret>", Plain, "k3"},
		{"interface a\n", " ip nhrp authentication k4", "ip nhrp authentication <secret>", Plain, "k4"},
		{"interface a\n", " ipv6 ospf6 authentication key-id 1 hash-algo md5 key k5", "ipv6 ospf6 authentication key-id 1 hash-algo md5 key <secret>", Plain, "k5"},
		{"interface a\n", " isis password clear k6", "isis password clear <secret>", Plain, "k6"},
		{"interface a\n", " openfabric password md5 k7", "openfabric password md5 <secret>", Plain, "k7"},
		{"router isis X\n", " area-password md5 k8", "area-password md5 <secret>", Plain, "k8"},
		{"router isis X\n", " domain-password clear k9", "domain-password clear <secret>", Plain, "k9"},
		{"router ospf\n", " area 1 virtual-link 192.0.2.1 authentication-key k10", "area 1 virtual-link 192.0.2.1 authentication-key <secret>", Plain, "k10"},
		{"mpls ldp\n", " neighbor 192.0.2.1 password k11", "neighbor 192.0.2.1 password <secret>", Plain, "k11"},
		{"a-block-to-come\n", " secret k12", "secret <secret>", Plain, "k12"},

		{"", "service password-encryption", "service password-encryption", NoSecret, ""},
		{"", "ip prefix-list password seq 5 permit any", "ip prefix-list password seq 5 permit any", NoSecret, ""},
		{"", "debug ospf packet hello", "debug ospf packet hello", NoSecret, ""},
		{"router bgp 65001\n", " neighbor 192.0.2.1 description password hunter2", "neighbor 192.0.2.1 description password hunter2", NoSecret, ""},
		{"router bgp 65001\n", " neighbor 192.0.2.1 route-map md5 in", "neighbor 192.0.2.1 route-map md5 in", NoSecret, ""},
		{"route-map R permit 10\n", " match community password exact-match", "match community password exact-match", NoSecret, ""},
		{"interface a\n", " ip rip authentication mode md5 auth-length rfc", "ip rip authentication mode md5 auth-length rfc", NoSecret, ""},
		{"interface a\n", " ip rip authentication key-chain K", "ip rip authentication key-chain K", NoSecret, ""},
		{"router ospf\n", " area 1 authentication message-digest", "area 1 authentication message-digest", NoSecret, ""},
	} {
		got := mustReadFRR(t, []byte("hostname a\n"+c.around+c.line+"\n"))
		s := got.Statements[len(got.Statements)-1]
		value := ""
		if s.Secret.value != nil {
			value = *s.Secret.value
		}
		if s.Text(FRR) != c.text || s.Secret.Form() != c.form || value != c.value {
			t.Errorf("%q: %q, form %d, value %q; want %q, %d, %q", c.line, s.Text(FRR), s.Secret.Form(), value, c.text, c.form, c.value)
		}
	}
}

// No printer and no path shows a secret of any file.
func TestFRRSecretsNowhere(t *testing.T) {
	t.Parallel()
	found := 0
	for _, path := range slices.Concat(frrGoldens(t), frrForeignFiles(t)) {
		text := string(frrFile(t, path))
		c := mustReadFRR(t, []byte(text))
		shown := fmt.Sprintf("%v\n%+v\n%#v\n%s", c, c, c, frrShow(c))
		for _, s := range c.Statements {
			if s.Secret.Form() == NoSecret {
				continue
			}
			found++
			if value := *s.Secret.value; value == "" || strings.Contains(shown, value) {
				t.Errorf("%s:%d: the secret of %q is shown", path, s.Number, s.Path)
			}
		}
		// The foreign files name each of their secrets after what it is.
		for word := range strings.FieldsSeq(shown) {
			if strings.Contains(word, "-secret") && word != SecretMark || strings.Contains(word, "HASHED") || strings.Contains(word, "-hashed-") {
				t.Errorf("%s: %q is shown", path, word)
			}
		}
	}
	if found < 20 {
		t.Errorf("%d secrets in all files", found)
	}
}

// Of two lines that differ in their secret alone the box keeps the second.
func TestFRRSecretTwice(t *testing.T) {
	t.Parallel()
	c := mustReadFRR(t, []byte("router bgp 65001\n neighbor 192.0.2.1 password old\n neighbor 192.0.2.1 password new\n"))
	if len(c.Statements) != 2 || c.Statements[1].Secret.Compare(NewSecret(Plain, "new")) != Equal {
		t.Errorf("statements: %v", c.Statements)
	}
}
