package confdiff

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// $9$ of known secrets is read; what is none is not.
func TestJunosClear(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]string{
		"$9$LbHX-wg4Z":                   "lc", // Crypt::Juniper's documentation
		"$9$nnet/9pOBEyrv":               "abc",
		"$9$nnet/p01RhrKM":               "123",
		"$9$2GgZjHkPQ39.PhrvLVb.P5Tz6":   "password",
		"$9$nnet9pBcSe8xdApK8xdg4aZUi.5": "netconan",
	} {
		if got, ok := junosClear(word); !ok || got != want {
			t.Errorf("junosClear(%q) = %q, %v; want %q", word, got, ok, want)
		}
	}
	for _, word := range []string{"$9$", "$9$j", "$9$Q", "$9$asd", "$9$asdf*", "$9$*asdf", "$9$jadsfdf"} {
		if got, ok := junosClear(word); ok {
			t.Errorf("junosClear(%q) = %q", word, got)
		}
	}
}

// What a slow encoder writes, with any random characters, is read.
func TestJunosClearBack(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(9, 9))
	for range 2000 {
		clear := make([]byte, 1+random.IntN(40))
		for i := range clear {
			clear[i] = byte(random.UintN(256))
		}
		word := junosHidden(random, clear)
		if got, ok := junosClear(word); !ok || got != string(clear) {
			t.Fatalf("junosClear(%q) = %q, %v; want %q", word, got, ok, clear)
		}
	}
}

// junosHidden encodes as a router does: for each byte its digits by the weights
// of its place, the greatest first, each as a walk through the alphabet.
func junosHidden(random *rand.Rand, clear []byte) string {
	first := random.IntN(len(junosFamilies))
	out := "$9$" + junosFamilies[first:first+1]
	for family, size, n := 0, []int{15, 20, 20, 10}, first; family < 4; family++ {
		if n -= size[family]; n < 0 {
			for range 3 - family {
				i := random.IntN(len(junosFamilies))
				out += junosFamilies[i : i+1]
			}
			break
		}
	}
	at := first
	for i, c := range clear {
		weights := junosWeights()[i%7]
		digits, rest := make([]int, len(weights)), int(c)
		for w := len(weights) - 1; w >= 0; w-- {
			digits[w], rest = rest/weights[w], rest%weights[w]
		}
		for _, d := range digits {
			at = (at + d + 1) % len(junosFamilies)
			out += junosFamilies[at : at+1]
		}
	}
	return out
}

// Each way to write a secret has its form, in braces and as a command.
func TestReadJunosSecrets(t *testing.T) {
	t.Parallel()
	const hidden = "$9$2GgZjHkPQ39.PhrvLVb.P5Tz6"
	for _, c := range []struct {
		path, word string
		form       Form
		value      string
	}{
		{"protocols bgp group A authentication-key", "hunter2", Plain, "hunter2"},
		{"protocols bgp group A authentication-key", `"hunter2 \"x\""`, Plain, `hunter2 "x"`},
		{"protocols bgp group A authentication-key", `"` + hidden + `"`, Reversible, "password"},
		{"protocols bgp group A authentication-key", hidden, Reversible, "password"},
		{"protocols bgp group A authentication-key", `"$9$hunter2"`, Hashed, "$9$hunter2"},
		{"protocols bgp group A authentication-key", `"$8$aes256-gcm$hunter2"`, Hashed, "$8$aes256-gcm$hunter2"},
		{"protocols bgp group A authentication-key", `"<env:MD5_A>"`, Reference, "<env:MD5_A>"},
		{"protocols bgp group A authentication-key", `"<exec:pass show a>"`, Reference, "<exec:pass show a>"},
		{"protocols bgp group A neighbor 192.0.2.1 authentication-key", "<removed>", Hashed, "<removed>"},
		{"protocols bgp group A authentication-key", "/* SECRET-DATA */", Hashed, ""},
		{"routing-instances V protocols bgp group A authentication-key", "hunter2", Plain, "hunter2"},
		{"groups G protocols bgp group A authentication-key", "hunter2", Plain, "hunter2"},
		{"security ike policy P pre-shared-key ascii-text", "hunter2", Plain, "hunter2"},
		{"security ike policy P pre-shared-key hexadecimal", "00ff", Plain, "00ff"},
		{"security macsec connectivity-association C pre-shared-key ckn", "00ff", Plain, "00ff"},
		{"security macsec connectivity-association C pre-shared-key cak", `"$9$LbHX-wg4Z"`, Reversible, "lc"},
		{"security authentication-key-chains key-chain K key 1 secret", `"$9$LbHX-wg4Z"`, Reversible, "lc"},
		{"system root-authentication encrypted-password", `"$6$hunter2"`, Hashed, "$6$hunter2"},
		{"system login user u authentication encrypted-password", `"$1$hunter2"`, Hashed, "$1$hunter2"},
		{"system login user u authentication ssh-rsa", `"ssh-rsa AAAA u"`, Plain, "ssh-rsa AAAA u"},
		{"system radius-server 192.0.2.9 secret", "hunter2", Plain, "hunter2"},
		{"snmp community", "hunter2", Plain, "hunter2"},
		{"protocols ospf area 0.0.0.0 interface a.0 authentication md5 1 key", "hunter2", Plain, "hunter2"},
		{"protocols ospf area 0.0.0.0 interface a.0 authentication simple-password", "hunter2", Plain, "hunter2"},
		{"system ntp authentication-key 7 type md5 value", "hunter2", Plain, "hunter2"},
		{"interfaces a unit 0 ppp-options chap default-chap-secret", "hunter2", Plain, "hunter2"},
		{"services something new", `"$9$LbHX-wg4Z"`, Reversible, "lc"},
	} {
		words := strings.Fields(c.path)
		braces := strings.Join(words[:len(words)-1], " {\n") + " {\n" + words[len(words)-1] + " " + c.word + ";\n" + strings.Repeat("}\n", len(words)-1)
		for _, text := range []string{"set " + c.path + " " + c.word + "\n", braces} {
			got := junosStatements(t, text)
			if len(got) != 1 {
				t.Errorf("%q: %d statements", text, len(got))
				continue
			}
			s := got[0]
			if s.Text(Junos) != c.path+" "+SecretMark || s.Secret.Form() != c.form || *s.Secret.value != c.value {
				t.Errorf("%q: %q, form %d", text, s.Text(Junos), s.Secret.Form())
			}
		}
	}
}

// What the router says is secret is one, whatever the word in front.
func TestReadJunosFlagged(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"services {\n    novelty hunter2; ## SECRET-DATA\n}\n":          "plain: services novelty <secret>",
		"services {\n    novelty hunter2 { ## SECRET-DATA\n a;\n}\n}\n": "plain: services novelty <secret> a",
		"services {\n    novelty [ hunter2 ]; ## SECRET-DATA\n}\n":      "plain: services novelty <secret>",
		"services {\n    novelty known; ## other\n}\n":                  "services novelty known",
	} {
		if got := strings.Join(junosLines(junosStatements(t, text), false), "\n"); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// Two secrets in a statement are compared both.
func TestReadJunosTwoSecrets(t *testing.T) {
	t.Parallel()
	const text = "set system radius-server 192.0.2.9 secret A password B\n"
	a := junosStatements(t, text)[0].Secret
	for other, want := range map[string]Verdict{"secret A password B": Equal, "secret A password C": Different, "secret C password B": Different, "secret A password $6$x": Unknown} {
		b := junosStatements(t, strings.Replace(text, "secret A password B", other, 1))[0]
		if got := a.Compare(b.Secret); got != want || b.Text(Junos) != "system radius-server 192.0.2.9 secret <secret> password <secret>" {
			t.Errorf("%s: %d in %q, want %d", other, got, b.Text(Junos), want)
		}
	}
}

// No printer prints a secret, and no path holds one.
func TestReadJunosHides(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	values := map[string]string{}
	var text strings.Builder
	for i, path := range []string{
		"protocols bgp group A authentication-key", "security ike policy A pre-shared-key ascii-text", "snmp community",
		"security macsec connectivity-association A pre-shared-key cak", "system radius-server 192.0.2.1 secret",
		"system root-authentication encrypted-password", "system archival configuration archive-sites",
	} {
		for n := range 20 {
			value := fmt.Sprintf("S3cr3t%dx%dx%d", i, n, random.Uint32())
			written := value
			switch {
			case strings.HasSuffix(path, "archive-sites"):
				written = `"ftp://u:` + value + `@192.0.2.1/x"`
			case n%4 == 1:
				written = `"` + value + `"`
			case n%4 == 2:
				written = `"` + junosHidden(random, []byte(value)) + `"`
				values[written[4:len(written)-1]] = path
			case n%4 == 3:
				written = `"$6$` + value + `"`
			}
			values[value] = path
			fmt.Fprintf(&text, "set %s %s\n", path, written)
		}
	}
	c, err := Read(Junos, []byte(text.String()))
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	out := string(encoded) + fmt.Sprintf("%v %+v %#v", c, c, c)
	for _, s := range c.Statements {
		out += s.Key() + s.Text(Junos) + fmt.Sprintf("%v %+v %#v", s.Secret, &s, s)
	}
	for value, path := range values {
		if strings.Contains(out, value) {
			t.Errorf("%s: the secret is printed", path)
		}
	}
	if len(values) < 140 || len(c.Statements) < 100 {
		t.Errorf("%d values, %d statements", len(values), len(c.Statements))
	}
}

// Words behind a key are part of it, however it is written.
func TestJunosBehindKey(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"set protocols bgp group A authentication-key \"Pl4nted\" Pl4nted\n",
		"set security ike policy A pre-shared-key ascii-text Pl4 nted\n",
		"protocols { bgp { group A { authentication-key Pl4nted Pl4nted; } } }\n",
	} {
		c, err := Read(Junos, []byte(text))
		if err != nil {
			continue
		}
		for _, s := range c.Statements {
			if strings.Contains(s.Key(), "Pl4") || strings.Contains(s.Key(), "nted") {
				t.Errorf("%q is read as %q", text, s.Path)
			}
		}
	}
}
