package confdiff

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ercfg/ercfg/internal/golden"
)

func junosFile(t testing.TB, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func junosFiles(t testing.TB, patterns ...string) []string {
	t.Helper()
	var out []string
	for _, pattern := range patterns {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("no files like %s: %v", pattern, err)
		}
		out = append(out, files...)
	}
	return out
}

func junosForeign(t testing.TB) []string {
	t.Helper()
	return junosFiles(t, "testdata/junos/*.conf", "testdata/junos/*.set")
}

func junosStatements(t testing.TB, text string) []Statement {
	t.Helper()
	c, err := Read(Junos, []byte(text))
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	return c.Statements
}

// junosLines writes statements, one a line: the place, marks, the words.
func junosLines(statements []Statement, places bool) []string {
	var out []string
	for _, s := range statements {
		line := ""
		if places {
			line = fmt.Sprintf("%d ", s.Number)
		}
		if s.Inactive {
			line += "inactive: "
		}
		if s.Opaque {
			line += "opaque: "
		}
		line += [...]string{"", "plain: ", "reversible: ", "hashed: ", "reference: "}[s.Secret.Form()]
		out = append(out, line+s.Text(Junos))
	}
	return out
}

// Each foreign configuration gives the statements beside it.
func TestReadJunosFiles(t *testing.T) {
	t.Parallel()
	for _, file := range junosForeign(t) {
		got := junosLines(junosStatements(t, junosFile(t, file)), true)
		golden.Equal(t, file+".statements", strings.Join(got, "\n")+"\n")
	}
}

// The statements of the foreign configurations that a mistake would fall on,
// written down by hand with the line each begins on.
func TestReadJunosForeign(t *testing.T) {
	t.Parallel()
	for file, want := range map[string][]string{
		"mx-edge.conf": {
			"5 version 21.4R3-S5.4",
			"24 groups CORE-LINKS interfaces <[xe|et]*> mtu 9192",
			"41 apply-groups CORE-LINKS",
			"44 hashed: system root-authentication encrypted-password <secret>",
			`48 system login announcement "Maintenance on Sundays; see {the wiki} [page 3]\nAsk \"noc\" first."`,
			"51 system login password minimum-length 12",
			"75 system archival configuration archive-sites ftp://archive:<secret>@198.51.100.21/junos",
			"90 reversible: system ntp authentication-key 7 type md5 value <secret>",
			"123 interfaces xe-0/1/0 unit 330 vlan-tags outer 330 inner 10",
			"129 inactive: interfaces xe-0/1/0 unit 331",
			"133 inactive: interfaces xe-0/1/0 unit 331 family inet address 172.20.7.1/30",
			"139 inactive: interfaces xe-0/1/0 unit 900 vlan-id 900",
			"163 plain: snmp community <secret> authorization read-only",
			"194 policy-options policy-statement LITWARE-BERLIN-OUT-V4 term 10 from community GREEN",
			"303 protocols bgp group IBGP-CORE export ( NEXTHOP-SELF && !REJECT-ALL )",
			"306 protocols bgp group IBGP-CORE neighbor 10.20.255.3 description edge8",
			"316 protocols bgp group LITWARE-BERLIN-V4 family inet unicast prefix-limit teardown 80 idle-timeout 30",
			"334 inactive: protocols bgp group TRANSIT-A import",
			"334 inactive: protocols bgp group TRANSIT-A import REJECT-ALL",
			"339 protocols bgp group EMPTY-YET",
		},
		"srx-branch.conf": {
			"6 hashed: system root-authentication encrypted-password <secret>",
			"21 opaque: security certificates local fw-lux",
			"50 security ike gateway LITWARE-LUX-AZURE-1 dead-peer-detection",
			"96 security policies from-zone trust to-zone azure policy ANY match application junos-https",
			"138 interfaces st0 unit 1 family inet address 169.254.21.5/30",
		},
		"hand.set": {
			"7 interfaces xe-0/0/1 unit 330 vlan-tags outer 330 inner 10",
			"10 interfaces xe-0/0/1 unit 330 family inet6 address 2001:db8:6::1/126",
			"12 interfaces lo0 unit 0 family inet6 address 2001:db8:20::1/128",
			"16 policy-options prefix-list OURS-V4 172.16.0.0/16",
			"20 policy-options policy-statement OUT term 10 from prefix-list HOSTS",
			"33 reference: protocols bgp group MSEE neighbor 192.0.2.2 authentication-key <secret>",
		},
	} {
		got := junosLines(junosStatements(t, junosFile(t, "testdata/junos/"+file)), true)
		for _, line := range want {
			if !slices.Contains(got, line) {
				t.Errorf("%s: no statement %q", file, line)
			}
		}
		for _, line := range got {
			for _, foreign := range []string{"SECRET-DATA", "---(", "noc@", "master", "Contoso", "license of", "BEGIN", "nor is", "NOT-THIS", "protect", "v1-only", "interval 10"} {
				if strings.Contains(line, foreign) {
					t.Errorf("%s: %q is in %q", file, foreign, line)
				}
			}
		}
	}
}

// A capture in braces and one of the same router as commands, with prompts and
// what a pager left, say the same.
func TestReadJunosForms(t *testing.T) {
	t.Parallel()
	braces := junosStatements(t, junosFile(t, "testdata/junos/mx-edge.conf"))
	set := junosStatements(t, junosFile(t, "testdata/junos/mx-edge.set"))
	if diff := cmp.Diff(junosLines(braces, false), junosLines(set, false)); diff != "" {
		t.Fatalf("statements (-braces +set):\n%s", diff)
	}
	for i := range braces {
		if braces[i].Secret.Compare(set[i].Secret) != Equal {
			t.Errorf("%s: the secrets differ", braces[i].Text(Junos))
		}
	}
}

// Nothing of a golden is lost: the statements of both forms, written as commands
// again, are the lines of the set form but for quotes around one word, and what
// is missing is in the table of defaults.
func TestReadJunosGoldens(t *testing.T) {
	t.Parallel()
	quotes := regexp.MustCompile(`"(\S*)"`)
	dropped := 0
	for _, file := range junosFiles(t, "../render/testdata/*/*.junos.conf") {
		set := junosFile(t, strings.TrimSuffix(file, ".conf")+".set")
		var want []string
		for line := range strings.Lines(set) {
			if line = strings.TrimSuffix(line, "\n"); junosIsDefault(strings.Fields(line)[1:]) {
				dropped++
				continue
			}
			want = append(want, quotes.ReplaceAllString(line, "$1"))
		}
		for form, text := range map[string]string{"braces": junosFile(t, file), "set": set} {
			var got []string
			for _, s := range junosStatements(t, text) {
				line := "set " + s.Text(Junos)
				if s.Secret.Form() != NoSecret {
					line = strings.Replace(line, SecretMark, *s.Secret.value, 1)
				}
				if !strings.HasSuffix(line, " dead-peer-detection") { // emptied of defaults
					got = append(got, line)
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s from %s (-golden +statements):\n%s", file, form, diff)
			}
		}
	}
	if dropped == 0 {
		t.Error("no golden holds a default: nothing shows that they are dropped")
	}
}

// junosIsDefault looks a statement up the slow way.
func junosIsDefault(words []string) bool {
	return slices.ContainsFunc(junosDefaults(), func(d junosDefault) bool {
		pattern := strings.Fields(d.path)
		if len(pattern) != len(words) {
			return false
		}
		for i := range pattern {
			if pattern[i] != "*" && pattern[i] != words[i] {
				return false
			}
		}
		return true
	})
}

// Each default says where it comes from, is dropped where it stands, and stays
// where something else is said or it is not in use.
func TestJunosDefaults(t *testing.T) {
	t.Parallel()
	const other = "set system host-name r1\n"
	for _, d := range junosDefaults() {
		command := "set " + strings.ReplaceAll(d.path, "*", "X") + "\n"
		if d.source == "" {
			t.Errorf("%s: no source", d.path)
		}
		got := strings.Join(junosLines(junosStatements(t, other+command), false), "\n")
		words := strings.Fields(command)
		if keyword := words[len(words)-2]; strings.Contains(got, keyword) {
			t.Errorf("%s: still there in %q", d.path, got)
		}
		if got := junosStatements(t, other+strings.TrimSuffix(command, "\n")+"1\n"); len(got) != 2 || got[1].Path[len(got[1].Path)-1] != words[len(words)-1]+"1" {
			t.Errorf("%s: another value is dropped", d.path)
		}
		if got := junosStatements(t, other+command+"de"+"activate"+command[len("set"):]); len(got) != 2 || !got[1].Inactive {
			t.Errorf("%s: dropped where it is switched off", d.path)
		}
	}
}

// 1 MB of foreign configuration is to be read in under 100 ms.
func BenchmarkReadJunos(b *testing.B) {
	for _, file := range []string{"mx-edge.conf", "mx-edge.set"} {
		text := []byte(junosMegabyte(b, file))
		b.Run(file, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Read(Junos, text); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// junosMegabyte is a foreign configuration many times over, each time with names
// of its own.
func junosMegabyte(t testing.TB, file string) string {
	t.Helper()
	one := junosFile(t, "testdata/junos/"+file)
	start, end := strings.Index(one, "version"), strings.LastIndex(one, "{master:0}")
	if strings.HasSuffix(file, ".set") {
		start = strings.Index(one, "set version")
	}
	one = one[start:end]
	var b strings.Builder
	for i := 0; b.Len() < 1<<20; i++ {
		n := fmt.Sprint(i)
		b.WriteString(strings.NewReplacer("xe-0/", "xe-"+n+"/", "BERLIN", "BERLIN"+n, "TRANSIT", "TRANSIT"+n, "CUST", "CUST"+n, "re0", "re"+n, "CORE", "CORE"+n, "messages", "messages"+n, "noc", "noc"+n).Replace(one))
	}
	return b.String()
}
