package render

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ercfg/ercfg/internal/plan"
)

// annotation is a comment that names an intent path.
var annotation = regexp.MustCompile(`^ *(?:! from (\S+)|# from (\S+)|/\* from (\S+) \*/)$`)

// Annotation adds comments and nothing else; every line that is more than a
// bracket knows its origin; and no mark is left over in any form.
func TestAnnotate(t *testing.T) {
	t.Parallel()
	for _, dir := range cases(t) {
		p := resolve(t, dir)
		for _, style := range []JunosStyle{Set, Braces} {
			plainConfigs := render(t, p, Options{Junos: style})
			for i, c := range render(t, p, Options{Junos: style, Annotate: true}) {
				var kept, ours strings.Builder
				comments := 0
				for line := range strings.Lines(c.Text) {
					if annotation.MatchString(strings.TrimSuffix(line, "\n")) {
						comments++
						continue
					}
					kept.WriteString(line)
				}
				for _, l := range c.Lines {
					ours.WriteString(l.Text + "\n")
					if l.Origin == "" && !closes(l.Text) && !wrapper.MatchString(l.Text) {
						t.Errorf("%s %s: no origin: %s", dir, c.Name, l.Text)
					}
				}
				plain := plainConfigs[i]
				if diff := cmp.Diff(plain.Text, kept.String()); diff != "" {
					t.Errorf("%s %s: without comments (-plain +annotated):\n%s", dir, c.Name, diff)
				}
				if diff := cmp.Diff(plain.Text, ours.String()); diff != "" {
					t.Errorf("%s %s: lines (-plain +annotated):\n%s", dir, c.Name, diff)
				}
				if comments == 0 || plain.Lines != nil || strings.ContainsAny(c.Text+plain.Text, "\x01\x02") {
					t.Errorf("%s %s: %d comments, %d lines without asking, or a mark left over", dir, c.Name, comments, len(plain.Lines))
				}
				if diff := cmp.Diff(plain.Companions, c.Companions); diff != "" {
					t.Errorf("%s %s: companions (-plain +annotated):\n%s", dir, c.Name, diff)
				}
			}
		}
	}
}

// wrapper is a line that only opens what several origins share.
var wrapper = regexp.MustCompile(`^( *(security|zones|security-zone \S+|interfaces|policy-options|protocols|bgp|static|rib \S+|resolution|forwarding-table) \{|bfd)$`)

// Origins are paths of the intent. What a default or a derivation gave has the
// place of a value above it, which is a router, a network, a peering or a
// statement at least: not a whole section.
func TestOriginsExist(t *testing.T) {
	t.Parallel()
	for _, dir := range cases(t) {
		p := resolve(t, dir)
		doc, _ := load(t, dir)
		for _, c := range render(t, p, Options{Annotate: true}) {
			seen := make(map[string]bool)
			for _, l := range c.Lines {
				if l.Origin == "" || seen[l.Origin] {
					continue
				}
				seen[l.Origin] = true
				at := doc.PathAt(doc.Locate(l.Origin))
				if !strings.HasPrefix(l.Origin+".", at+".") || strings.Count(at, ".") < 1 {
					t.Errorf("%s %s: the intent has no %s, only %q (%s)", filepath.Base(dir), c.Name, l.Origin, at, l.Text)
				}
			}
		}
	}
}

// The line that a field made says so.
func TestAnnotateFields(t *testing.T) {
	t.Parallel()
	p := resolve(t, "testdata/knobs")
	origins := func(style JunosStyle, router, text string) string {
		for _, c := range render(t, p, Options{Junos: style, Annotate: true}) {
			if c.Router != router {
				continue
			}
			for _, l := range c.Lines {
				if strings.TrimSpace(l.Text) == text {
					return l.Origin
				}
			}
		}
		return "no such line"
	}
	for _, c := range []struct {
		style        JunosStyle
		router, text string
		want         string
	}{
		{Set, "ce1", "neighbor 192.168.33.2 timers 3 10", "circuits.er-one.private.timers"},
		{Set, "ce1", "neighbor 192.168.33.2 maximum-prefix 50 80 restart 5", "circuits.er-one.private.maxPrefixes"},
		{Set, "ce1", "neighbor 192.168.33.2 activate", "circuits.er-one.private.primary"},
		{Set, "ce1", "neighbor 192.168.33.6 shutdown", "circuits.er-one.private.secondary.shutdown"},
		{Set, "ce1", "network 10.33.7.0 mask 255.255.255.0", "onprem.networks.tills"},
		{Set, "ce1", "neighbor 10.33.255.2 password <env:IBGP_MD5>", "routers.ce1.ibgp.0.md5"},
		{Set, "ce2", "neighbor 192.168.33.10 bfd", "circuits.er-two.private.bfd"},
		{Braces, "ce3", "hold-time 15;", "circuits.er-three.private.timers"},
		{Braces, "ce3", "minimum-interval 300;", "circuits.er-three.private.bfd"},
		{Set, "ce3", "set protocols bgp group FOURTH-COFFEE-ER-THREE-V4 hold-time 15", "circuits.er-three.private.timers"},
	} {
		if got := origins(c.style, c.router, c.text); got != c.want {
			t.Errorf("%s %q comes from %q, want %q", c.router, c.text, got, c.want)
		}
	}
}

// Comments have the form of the language.
func TestComments(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		platform plan.Platform
		style    JunosStyle
		want     string
	}{
		{plan.IOSXE, Set, " ! from x\n line\n"},
		{plan.FRR, Set, " ! from x\n line\n"},
		{plan.Junos, Set, " # from x\n line\n"},
		{plan.Junos, Braces, " /* from x */\n line\n"},
	} {
		got := joinLines(splitLines([]byte("\x01x\n line\n")), true, commentsOf(c.platform, Options{Junos: c.style}))
		if got != c.want {
			t.Errorf("%s %s: %q, want %q", c.platform, c.style, got, c.want)
		}
	}
}
