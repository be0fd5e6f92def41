package render

import (
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/templates"
)

func platforms() []plan.Platform { return []plan.Platform{plan.IOSXE, plan.Junos, plan.FRR} }

// A pack's directory holds the files of its lists, each of them once, and the
// directories are the platforms.
func TestSections(t *testing.T) {
	t.Parallel()
	var want []string
	for _, p := range platforms() {
		for _, s := range sectionsOf(p) {
			want = append(want, p.String()+"/"+s+".tmpl")
		}
		for _, c := range companionsOf(p) {
			want = append(want, p.String()+"/companions/"+c.file+".tmpl")
		}
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, templateFiles(t)); diff != "" {
		t.Errorf("templates (-lists +directory):\n%s", diff)
	}
}

func templateFiles(t *testing.T) []string {
	t.Helper()
	var out []string
	err := fs.WalkDir(templates.FS, ".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			out = append(out, path)
		}
		return err
	})
	if err != nil || len(out) == 0 {
		t.Fatalf("no templates: %v", err)
	}
	slices.Sort(out)
	return out
}

// A control line holds one action and nothing else.
var controlLine = regexp.MustCompile(`^ *\{\{- (range|if|else|end|with|template)\b[^{}]*\}\}$`)

// A comment explains the file.
var commentLine = regexp.MustCompile(`^\{\{- /\* [^{}]*\*/\}\}$`)

// The actions of a control line and of a text line: a field, a field of the
// loop, or an allowed function of a field.
var (
	controlWords = regexp.MustCompile(`^(else|end|(range|if|with) \.[A-Za-z0-9]+|template "(at|of)" \.[A-Za-z0-9]+)$`)
	textWords    = regexp.MustCompile(`^(\.[A-Za-z0-9]*|join " " \.[A-Za-z0-9]+)$`)
)

// faults says what is wrong with a template's text; the rules are those of the
// house style.
func faults(text string) (out []string) {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if len(lines) < 2 || !commentLine.MatchString(lines[0]) || !commentLine.MatchString(lines[1]) || !strings.Contains(lines[1], " Vendor: ") {
		out = append(out, "it does not open with what it configures, and with release and vendor's page")
	}
	for i, line := range lines {
		fault := func(what string) { out = append(out, fmt.Sprintf("line %d: %s: %s", i+1, what, line)) }
		switch {
		case commentLine.MatchString(line):
		case controlLine.MatchString(line):
			if words := strings.TrimSuffix(strings.TrimSpace(line)[4:], " }}"); !controlWords.MatchString(words) {
				fault("logic in a control line")
			}
		case strings.Contains(line, "{{-") || strings.Contains(line, "-}}"):
			fault("neither a control line nor a text line")
		default:
			for _, action := range regexp.MustCompile(`\{\{ ?(.*?) ?\}\}`).FindAllStringSubmatch(line, -1) {
				if !textWords.MatchString(action[1]) {
					fault("more than a value in a text line")
				}
			}
			if line != strings.TrimRight(line, " \t") {
				fault("blanks at the end")
			}
		}
	}
	return out
}

func TestTemplateLines(t *testing.T) {
	t.Parallel()
	for _, name := range templateFiles(t) {
		text, err := fs.ReadFile(templates.FS, name)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range faults(string(text)) {
			t.Errorf("%s: %s", name, f)
		}
	}
}

// The rules of TestTemplateLines find each kind of offence.
func TestTemplateLinesFindsFaults(t *testing.T) {
	t.Parallel()
	const head = "{{- /* What. */}}\n{{- /* R 1. Vendor: page. */}}\n"
	for _, c := range []struct{ name, text string }{
		{"no comment", "router bgp\nrouter-id\n"},
		{"right trim", head + "{{- if .A -}}\n"},
		{"if inside a text line", head + "neighbor {{ .A }}{{ if .B }} bfd{{ end }}\n"},
		{"two actions on a control line", head + "{{- if .A }}{{ end }}\n"},
		{"comparison", head + "{{- if eq .A 1 }}\n"},
		{"variable", head + "{{- range $i := .A }}\n"},
		{"pipeline in text", head + "a {{ .A | quote }}\n"},
		{"left trim in text", head + "a {{- .A }}\n"},
		{"blank at the end", head + "a \n"},
	} {
		if len(faults(c.text)) == 0 {
			t.Errorf("%s passes", c.name)
		}
	}
}

// Packs read side by side: a section that two of them have has one name. The
// names below are those that a single pack has, with the reason.
func TestSectionNames(t *testing.T) {
	t.Parallel()
	alone := map[string]string{
		"chassis":  "junos: only there line cards are told to sample",
		"services": "junos: the form of flow records stands away from the rest of flow export",
		"macsec":   "ios-xe: prints keys and policies of MACsec as blocks of their own",
		"ike":      "ios-xe: prints every part of a VPN as a block of its own",
		"isakmp":   "ios-xe: IKEv1 has other commands than IKEv2",
		"ipsec":    "ios-xe: prints every part of a VPN as a block of its own",
		"ifindex":  "ios-xe: only there interface indexes move at a reload",
		"security": "junos: prints zones, IPsec and MACsec as one section",
		"bfd":      "frr: the others write BFD on the interface or the group",
	}
	count := make(map[string]int)
	for _, p := range platforms() {
		for _, s := range sectionsOf(p) {
			count[s]++
		}
	}
	got := make(map[string]string)
	for s, n := range count {
		if n == 1 {
			got[s] = alone[s]
		}
	}
	if diff := cmp.Diff(alone, got); diff != "" {
		t.Errorf("sections of one pack (-known +now):\n%s", diff)
	}
}

// Templates call nothing but what is listed.
func TestFuncs(t *testing.T) {
	t.Parallel()
	got := slices.Sorted(maps.Keys(funcs()))
	if diff := cmp.Diff([]string{"join"}, got); diff != "" {
		t.Errorf("functions (-want +got):\n%s", diff)
	}
	for name, f := range funcs() {
		if f == nil {
			t.Errorf("%s is no function of sprig", name)
		}
	}
}

func TestDigest(t *testing.T) {
	t.Parallel()
	if got := Digest(); len(got) != 64 || got != Digest() {
		t.Errorf("digest %q", got)
	}
}

// Every file of a pack is embedded: go:embed names directories, so a new one
// must be added there.
func TestPlatformDirectories(t *testing.T) {
	t.Parallel()
	dirs := make(map[string]bool)
	for _, name := range templateFiles(t) {
		dirs[strings.Split(path.Dir(name), "/")[0]] = true
	}
	want := map[string]bool{}
	for _, p := range platforms() {
		want[p.String()] = true
	}
	if diff := cmp.Diff(want, dirs); diff != "" {
		t.Errorf("packs (-platforms +directories):\n%s", diff)
	}
}
