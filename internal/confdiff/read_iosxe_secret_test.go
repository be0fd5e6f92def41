package confdiff

import (
	"fmt"
	"strings"
	"testing"
)

func TestIOSXEType7(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text, want string
		ok         bool
	}{
		{"0822455D0A16", "cisco", true},
		{"02050D480809", "cisco", true},
		{"060506324F41", "cisco", true},
		{"5200", "\x37", true}, // the table's last byte
		{"5300", "", false},
		{"0822455D0A1", "", false},
		{"08", "", false},
		{"0822455D0AXX", "", false},
		{"XX22455D0A16", "", false},
	} {
		if got, ok := iosxeType7(c.text); got != c.want || ok != c.ok {
			t.Errorf("%s: %q %t, want %q %t", c.text, got, ok, c.want, c.ok)
		}
	}
}

// TestIOSXESecretForms reads each form of a key.
func TestIOSXESecretForms(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text, value string
		form        Form
	}{
		{"cisco", "cisco", Plain},
		{"0 cisco", "cisco", Plain},
		{"7 0822455D0A16", "cisco", Reversible},
		{"7 nonsense", "7 nonsense", Hashed},
		{"5 $1$made$UpHashOfNothingAtAl1", "5 $1$made$UpHashOfNothingAtAl1", Hashed},
		{"6 eFQ_PYJaFZc", "6 eFQ_PYJaFZc", Hashed},
		{"8 $8$x", "8 $8$x", Hashed},
		{"9 $9$x", "9 $9$x", Hashed},
		{"<env:ER_MD5>", "<env:ER_MD5>", Reference},
		{"7 <env:ER_MD5>", "<env:ER_MD5>", Reference},
		{"<exec:vault read a>", "<exec:vault read a>", Reference},
		{"<removed>", "<removed>", Hashed},
		{"*****", "*****", Hashed},
	} {
		config := iosxeRead(t, []byte("router bgp 1\n neighbor 192.0.2.1 password "+c.text+"\n"))
		s := config.Statements[1]
		if s.Text(IOSXE) != "neighbor 192.0.2.1 password "+SecretMark {
			t.Errorf("%q: %q", c.text, s.Text(IOSXE))
		}
		if s.Secret.form != c.form || *s.Secret.value != c.value {
			t.Errorf("%q: form %d, %q; want %d, %q", c.text, s.Secret.form, *s.Secret.value, c.form, c.value)
		}
	}
}

// TestIOSXESecretsStay looks for every secret of the files of others, as it is
// written and as it can be decoded, in all that can be printed.
func TestIOSXESecretsStay(t *testing.T) {
	t.Parallel()
	secrets := []string{
		"0822455D0A16", "02050D480809", "13061E010803", "121A0C041104", "060506324F41", "045802150C2E", "094F471A1A0A", "05080F1C2243", "14141B180F0B",
		"075E731F1A5C4F524F", "$1$made", "$8$", "$9$", "MadeUpHash", "winterlight", "summer light", "lantern", "keeper", "s3cret-boat", "pear tree", "plumtree", "quincetree",
		"]]NfC", "figtree", "limetree", "bJcLN", "palmtree", "VPN_PSK", "0BADC0DE", "ashtree1", "elmtree7", "0123456789ABCDEF", "keys/ckn", "vault read",
		"nhtree9", "oaktree3", "not-a-type-7", "eFQ_PY", "coldwater", "firstpart", "secondpart", "birchtree", "cisco",
	}
	files, found := 0, make(map[string]bool)
	for _, name := range iosxeOthers(t) {
		text := iosxeFile(t, name)
		files++
		config := iosxeRead(t, text)
		printed := fmt.Sprintf("%v %+v %#v", config, config, config)
		for _, s := range config.Statements {
			printed += s.Key() + fmt.Sprint(s) + s.Text(IOSXE)
			if f := s.Secret.form; f != NoSecret {
				found[*s.Secret.value] = true
				if strings.Count(s.Text(IOSXE), SecretMark) != 1 {
					t.Errorf("%s:%d: %q", name, s.Number, s.Text(IOSXE))
				}
			}
		}
		for _, secret := range secrets {
			if strings.Contains(printed, secret) {
				t.Errorf("%s: %q is printed", name, secret)
			}
		}
	}
	if files < 5 || len(found) < 30 || !found["cisco"] {
		t.Errorf("%d files, %d secrets", files, len(found))
	}
}

// TestIOSXESecretsCompare proves that one key in two forms is one statement and
// is equal.
func TestIOSXESecretsCompare(t *testing.T) {
	t.Parallel()
	read := func(key string) Statement {
		return iosxeRead(t, []byte("router bgp 1\n neighbor 192.0.2.1 password "+key+"\n")).Statements[1]
	}
	plain := read("cisco")
	for key, want := range map[string]Verdict{
		"7 0822455D0A16": Equal, "7 02050D480809": Equal, "0 cisco": Equal, "other": Different, "7 0723": Different, "6 eFQ_PYJaFZc": Unknown, "<env:A>": Unknown,
	} {
		if s := read(key); s.Key() != plain.Key() || s.Secret.Compare(plain.Secret) != want {
			t.Errorf("%q: %d, want %d", key, s.Secret.Compare(plain.Secret), want)
		}
	}
}
