package plan

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/ercfg/ercfg/internal/diag"
	"github.com/ercfg/ercfg/internal/secret"
)

func TestRulesOfIPsec(t *testing.T) {
	t.Parallel()
	text := example(t, "03-vpn-backup")
	const ike = "ike: {encryption: aes256, integrity: sha256, dhGroup: 14}"
	const esp = "esp: {encryption: gcmaes256, integrity: gcmaes256, pfsGroup: 14}"
	withIKE := func(s string) []string { return []string{ike, "ike: {" + s + "}"} }
	withESP := func(s string) []string { return []string{esp, "esp: {" + s + "}"} }
	byDefault := func(ikeText, espText string) []string {
		return []string{"policy: custom", "policy: default", ike, ikeText, esp, espText}
	}
	more := func(s string) []string { return []string{"dpd: 45s", s} }
	each(t, (*facts).checkIPsec, []change{
		{"nothing", text, nil, nil},
		{"the strongest", text, append(withIKE("encryption: gcmaes256, integrity: sha384, dhGroup: 20"), withESP("encryption: gcmaes256, integrity: gcmaes256, pfsGroup: 20")...), nil},
		{"AES-CBC", text, withESP("encryption: aes256, integrity: sha256, pfsGroup: 19"), nil},

		{"an encryption of nobody", text, withIKE("encryption: aes512, integrity: sha256, dhGroup: 14"), []string{"ER160 error aes512"}},
		{"another spelling", text, withIKE("encryption: AES256, integrity: sha256, dhGroup: 14"), []string{"ER160 error AES256"}},
		{"GCM of 192 bits is for IPsec only", text, withIKE("encryption: gcmaes192, integrity: sha256, dhGroup: 14"), []string{"ER160 error gcmaes192"}},
		{"SHA384 is for IKE only", text, withESP("encryption: aes256, integrity: sha384, pfsGroup: 14"), []string{"ER160 error sha384"}},
		{"SHA512", text, withIKE("encryption: aes256, integrity: sha512, dhGroup: 14"), []string{"ER160 error sha512"}},
		{"a group that Azure has not", text, append(withIKE("encryption: aes256, integrity: sha256, dhGroup: 16"), withESP("encryption: aes256, integrity: sha256, pfsGroup: 5")...), []string{"ER160 error 16", "ER160 error 5"}},

		{"GCM with SHA", text, withESP("encryption: gcmaes256, integrity: sha256, pfsGroup: 14"), []string{"ER161 error sha256"}},
		{"GCM of two lengths", text, withESP("encryption: gcmaes256, integrity: gcmaes128, pfsGroup: 14"), []string{"ER161 error gcmaes128"}},
		{"AES with GCM", text, withESP("encryption: aes256, integrity: gcmaes256, pfsGroup: 14"), []string{"ER161 error gcmaes256"}},
		{"GCM for IKE has a pseudo-random function", text, withIKE("encryption: gcmaes256, integrity: sha384, dhGroup: 14"), nil},

		{"ike alone", text, []string{esp, "# none"}, []string{"ER162 error s2s-frankfurt"}},
		{"esp alone", text, []string{ike, "# none"}, []string{"ER162 error s2s-frankfurt"}},
		{"ike alone and a default policy", text, byDefault("ike: {encryption: aes256, integrity: sha256, dhGroup: 2}", "# none"), []string{"ER162 error s2s-frankfurt", "ER163 warning 2"}},
		{"custom and neither", text, []string{ike, "# none", esp, "# none"}, []string{"ER162 error s2s-frankfurt"}},

		{"weak words", text, append(withIKE("encryption: des3, integrity: sha1, dhGroup: 2"), withESP("encryption: des, integrity: md5, pfsGroup: 1")...), []string{"ER163 warning des3", "ER163 warning sha1", "ER163 warning 2", "ER163 warning des", "ER163 warning md5", "ER163 warning 1"}},
		{"group 24", text, withIKE("encryption: aes256, integrity: sha256, dhGroup: 24"), []string{"ER163 warning 24"}},
		{"no PFS, said", text, withESP("encryption: aes256, integrity: sha256, pfsGroup: 0"), []string{"ER163 warning 0"}},
		{"no PFS, unsaid", text, withESP("encryption: aes256, integrity: sha256"), []string{"ER163 warning aes256"}},
		{"no encryption", text, withESP("encryption: none, integrity: sha256, pfsGroup: 14"), []string{"ER163 warning none"}},
		{"neither and the default policy", text, byDefault("# none", "# none"), []string{"ER163 warning default"}},
		{"neither and no policy", text, []string{"policy: custom", "# policy: none", ike, "# none", esp, "# none"}, []string{"ER163 warning s2s-frankfurt"}},

		{"group 14 and the default policy", text, []string{"policy: custom", "policy: default"}, []string{"ER164 error 14"}},
		{"group 14 and no policy", text, []string{"policy: custom", "# policy: none"}, []string{"ER164 error 14"}},
		{"group 2 and the default policy", text, byDefault("ike: {encryption: aes256, integrity: sha256, dhGroup: 2}", "esp: {encryption: aes256, integrity: sha256, pfsGroup: 14}"), []string{"ER163 warning 2"}},
		{"GCM for IKE and the default policy", text, byDefault("ike: {encryption: gcmaes256, integrity: sha256, dhGroup: 2}", "esp: {encryption: aes256, integrity: sha256, pfsGroup: 14}"), []string{"ER164 error gcmaes256", "ER163 warning 2"}},
		{"PFS of a curve and the default policy", text, byDefault("ike: {encryption: aes256, integrity: sha256, dhGroup: 2}", "esp: {encryption: aes256, integrity: sha256, pfsGroup: 20}"), []string{"ER163 warning 2", "ER164 error aes256"}},

		{"the shortest lifetimes", text, more("lifetimes: {ike: 1h, esp: 300s, espKilobytes: 1024}"), nil},
		{"shorter lifetimes", text, more("lifetimes: {esp: 4m, espKilobytes: 1023}"), []string{"ER165 error 4m", "ER165 error 1023"}},

		{"the advised times", text, more("dpd: 30s"), nil},
		{"no time", text, more("# dpd: none"), nil},
		{"below the advised", text, more("dpd: 29s"), []string{"ER166 warning 29s"}},
		{"above the advised", text, more("dpd: 46s"), []string{"ER166 warning 46s"}},
		{"the shortest", text, more("dpd: 9s"), []string{"ER166 warning 9s"}},
		{"too short", text, more("dpd: 8s"), []string{"ER166 error 8s"}},
		{"the longest", text, more("dpd: 60m"), []string{"ER166 warning 60m"}},
		{"too long", text, more("dpd: 3601s"), []string{"ER166 error 3601s"}},

		{"IKEv2", text, more("ikeVersion: 2"), nil},
		{"IKEv1", text, more("ikeVersion: 1"), []string{"ER174 warning 1"}},
	})
}

// No finding shows a key; every form that Azure refuses is found, and what
// cannot be read is noted.
func TestPSKForm(t *testing.T) {
	t.Parallel()
	text := example(t, "03-vpn-backup")
	for _, tt := range []struct {
		name, key string
		err       error
		want      diag.Code
	}{
		{"letters and digits", "abcXYZ0123456789", nil, ""},
		{"other signs", "!#$%&'()*+,./:;<=>?@[]^_`{|}", nil, ""},
		{"a hyphen", "hunter-2", nil, pskForm},
		{"a space", "hunter 2", nil, pskForm},
		{"a tilde", "hunter~2", nil, pskForm},
		{"an end of line", "hunter2\n", nil, pskForm},
		{"an umlaut", "schlüssel", nil, pskForm},
		{"empty", "", nil, pskForm},
		{"empty, as a reader says", "", fmt.Errorf("env:VPN_PSK: %w", secret.ErrEmpty), pskForm},
		{"cannot be read", "", errors.New("not set"), unreadSecret},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			env := Env{Today: today, Secret: func(secret.Ref) (secret.Value, error) { return secret.NewValue(tt.key), tt.err }}
			f := gather(load(t, "site.yaml", []byte(text)), env)
			f.checkIPsec()
			var got diag.Code
			for _, d := range f.diags {
				got = d.Code
				if d.Severity != map[diag.Code]diag.Severity{pskForm: diag.Error, unreadSecret: diag.Info}[d.Code] {
					t.Errorf("%s is an %v", d.Code, d.Severity)
				}
				if tt.key != "" && strings.Contains(d.Summary+d.Hint, tt.key) {
					t.Errorf("the finding shows the key: %s (%s)", d.Summary, d.Hint)
				}
				if !strings.HasPrefix(strings.Split(text, "\n")[d.Pos.Line-1][d.Pos.Column-1:], "env:VPN_PSK") {
					t.Errorf("the finding is at %v", d.Pos)
				}
			}
			if got != tt.want || len(f.diags) > 1 {
				t.Errorf("findings %v, want %q", f.diags, tt.want)
			}
		})
	}
}

// For a word that Azure has not, the hint is a word that is not weak.
func TestAlgorithmHints(t *testing.T) {
	t.Parallel()
	text := example(t, "03-vpn-backup")
	for _, tt := range []struct{ old, new, want string }{
		{"sha256", "sha512", "write sha384, or sha256"},
		{"sha256", "SHA256", "write sha256"},
		{"sha256", "sha265", "did you mean sha256?"},
		{"sha256", "MD5", "write md5"},
		{"sha256", "md4", "write sha384, or sha256"},
		{"aes256, integrity: sha256", "3des, integrity: sha256", "write gcmaes256, or gcmaes128, or aes256"},
		{"aes256, integrity: sha256", "aes265, integrity: sha256", "did you mean aes256?"},
		{"dhGroup: 14", "dhGroup: 5", "write 20, or 19, or 14"},
		{"dhGroup: 14", "dhGroup: 21", "did you mean 20?"},
	} {
		t.Run(tt.new, func(t *testing.T) {
			t.Parallel()
			f := gather(load(t, "site.yaml", []byte(strings.Replace(text, tt.old, tt.new, 1))), Env{Today: today})
			f.checkIPsec()
			if len(f.diags) != 1 || f.diags[0].Code != unknownAlgorithm || f.diags[0].Hint != tt.want {
				t.Errorf("findings %v, want one with the hint %q", f.diags, tt.want)
			}
		})
	}
}
