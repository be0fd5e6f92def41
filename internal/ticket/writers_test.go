package ticket

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ercfg/ercfg/internal/confdiff"
	"github.com/ercfg/ercfg/internal/golden"
)

func written(t testing.TB, write func(io.Writer) error) string {
	t.Helper()
	var out strings.Builder
	if err := write(&out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// The picture has its own tests: here it stands where it belongs.
func TestForms(t *testing.T) {
	t.Parallel()
	ticket := full(t)
	for _, f := range []struct {
		file  string
		write func(io.Writer) error
		drawn string
	}{{"ticket.md", ticket.WriteMarkdown, ticket.Diagram.Mermaid()}, {"ticket.html", ticket.WriteHTML, ticket.Diagram.SVG()}} {
		document := written(t, f.write)
		drawn := strings.TrimSuffix(f.drawn, "\n")
		if strings.Count(document, drawn) != 1 {
			t.Errorf("%s has another picture", f.file)
		}
		golden.Equal(t, "testdata/"+f.file, strings.Replace(document, drawn, "PICTURE", 1))
	}
}

var tags = regexp.MustCompile(`<[^>]*>`)

// titles lists the headings of a document in their order.
func titles(document, pattern string) []string {
	var out []string
	for _, m := range regexp.MustCompile(pattern).FindAllStringSubmatch(document, -1) {
		out = append(out, tags.ReplaceAllString(m[1], ""))
	}
	return out
}

// Both forms say the same in the same order.
func TestSameOrder(t *testing.T) {
	t.Parallel()
	ticket := full(t)
	markdown := titles(written(t, ticket.WriteMarkdown), `(?m)^#{1,3} (.*)$`)
	page := titles(written(t, ticket.WriteHTML), `<h[123][^>]*>(.*?)</h[123]>`)
	if diff := cmp.Diff(markdown, page); diff != "" {
		t.Errorf("(-markdown +html):\n%s", diff)
	}
	if len(markdown) < 30 {
		t.Errorf("%d headings: %q", len(markdown), markdown)
	}
}

// What a person must not overlook is there, and what is not to be done is not.
func TestStates(t *testing.T) {
	t.Parallel()
	ticket := full(t)
	document := written(t, ticket.WriteMarkdown)
	of := func(router string) string {
		_, rest, _ := strings.Cut(document, "\n## Router "+router+"\n")
		rest, _, _ = strings.Cut(rest, "\n## ")
		return rest
	}
	tests := []struct {
		router   string
		has, not []string
	}{
		{"ce1", []string{"worst impact: **session reset**", "`env:ER_MD5` in place of `<env:ER_MD5>`", "neighbor 192.0.2.2 password <env:ER_MD5>", "Keep a key at hand", "clear ip bgp 192.0.2.2 soft out\nclear ip bgp 192.0.2.2 soft in\n", "keys differ"}, []string{"Not compared", "NOT_IN_THE_COMMANDS"}},
		{"ce2", []string{"> **No commands.** policy `ACME-IN`", "+ protocols bgp group ACME neighbor", "- inactive: protocols", "another order"}, []string{"### Commands", "Rollback", "In configuration mode", "Secrets to fill in", "keys differ"}},
		{"ce3", []string{"Nothing to do", "One key cannot be compared", "?  neighbor 192.0.2.10 password <secret>"}, []string{"Commands", "Rollback", "Expected interruption", "What this does to sessions", "Checks"}},
		{"ce4", []string{"**Not compared.**", "```text\n! ce4\n", "`ce4.frr.daemons`", "0644", "`env:ER_MD5` in place"}, []string{"Differences", "In configuration mode", "Nothing to do"}},
	}
	for _, tt := range tests {
		section := of(tt.router)
		for _, s := range tt.has {
			if !strings.Contains(section, s) {
				t.Errorf("%s: no %q in:\n%s", tt.router, s, section)
			}
		}
		for _, s := range tt.not {
			if strings.Contains(section, s) {
				t.Errorf("%s: %q in:\n%s", tt.router, s, section)
			}
		}
	}
}

// No value of a key reaches a document.
func TestNoSecret(t *testing.T) {
	t.Parallel()
	ticket := full(t)
	for _, document := range []string{written(t, ticket.WriteMarkdown), written(t, ticket.WriteHTML)} {
		for _, value := range []string{"new-key", "old-key", "hashed\n"} {
			if strings.Contains(document, value) {
				t.Errorf("%q is shown", value)
			}
		}
	}
}

// hostile is a text that is markup in one form or the other.
const hostile = "<script>alert(1)</script> | a_b_ *c* [d](e) ## & &lt; ``` `"

// What a person wrote is text in both forms, wherever it stands.
func TestEscape(t *testing.T) {
	t.Parallel()
	ticket := full(t)
	ticket.Intent, ticket.Description, ticket.Reference, ticket.Owner = hostile, "- "+hostile, hostile, hostile
	ticket.Warnings = []string{hostile, "1. " + hostile, "two\n\n# lines"}
	ticket.Order[0].Note, ticket.Order[0].Router = hostile, hostile
	ticket.Order[0].Links = []string{"``x|`", hostile}
	r := &ticket.Routers[0]
	r.Name = hostile
	r.Pre[0].Command = "show | include ``"
	r.Change.Commands = append(r.Change.Commands, "banner ````", "</code></pre><script>")
	r.Change.Differences[0].Object.Name = hostile
	r.Change.Impacts[0].Reason = "a|b `c|d`"
	ticket.Routers[3].Config.Text = "```\n# no heading\n</pre><img>\n"

	page := strings.ReplaceAll(written(t, ticket.WriteHTML), ` xmlns="http://www.w3.org/2000/svg"`, "")
	for _, tag := range []string{"<script", "<img", " src=", "http", "url(", "@import", "onerror"} {
		if strings.Contains(page, tag) {
			t.Errorf("the page has %q", tag)
		}
	}
	document := written(t, ticket.WriteMarkdown)
	for _, s := range []string{
		"# Change: \\<script>alert(1)\\</script> \\| a\\_b\\_ \\*c\\* \\[d\\](e) \\#\\# \\& \\&lt; \\`\\`\\` \\`\n",
		"\n\\- \\<script>",
		"- 1\\. \\<script>",
		"- two  \\# lines\n",
		"- [ ] ``` show | include `` ```: ",
		"\n`````text\nip prefix-list",
		"| a\\|b `c\\|d` |",
		"\n````text\n```\n# no heading\n",
	} {
		if !strings.Contains(document, s) {
			t.Errorf("no %q", s)
		}
	}
	prose := strings.NewReplacer(codeSpan(hostile, false), "", codeSpan(hostile, true), "").Replace(outside(document))
	prose = regexp.MustCompile("`[^`\n]+`").ReplaceAllString(prose, "")
	for l := range strings.Lines(prose) {
		if strings.Count(l, "<") != strings.Count(l, `\<`) {
			t.Errorf("a tag: %s", l)
		}
	}
}

// outside is Markdown without what stands in fences.
func outside(document string) string {
	var out strings.Builder
	fence := ""
	for l := range strings.Lines(document) {
		ticks := l[:len(l)-len(strings.TrimLeft(l, "`"))]
		switch {
		case fence == "" && len(ticks) >= 3:
			fence = ticks
		case fence == "":
			out.WriteString(l)
		case strings.TrimRight(l, "\n") == fence:
			fence = ""
		}
	}
	return out.String()
}

// The page is well-formed: every element ends, in order, and every link inside
// of it leads somewhere.
func TestWellFormed(t *testing.T) {
	t.Parallel()
	ticket := full(t)
	page := written(t, ticket.WriteHTML)
	for _, m := range regexp.MustCompile(`href="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		if !strings.Contains(page, `id="`+strings.TrimPrefix(m[1], "#")+`"`) {
			t.Errorf("%s leads nowhere", m[1])
		}
	}
	strict := regexp.MustCompile(`<meta [^>]*>|<wbr>|<!DOCTYPE html>`).ReplaceAllString(page, "")
	d := xml.NewDecoder(strings.NewReader(strings.ReplaceAll(strict, "<details open>", "<details>")))
	d.Entity = xml.HTMLEntity
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			line, _ := d.InputPos()
			t.Fatalf("%v: %s", err, strings.Split(strict, "\n")[line-1])
		}
	}
}

// A long document has contents, a short one has not, and nobody's heading is
// another's.
func TestContents(t *testing.T) {
	t.Parallel()
	ticket := full(t)
	ticket.Routers[1].Name = "C E.2"
	ticket.Routers[2].Name = "c-e2"
	if diff := cmp.Diff([]string{"router-ce1", "router-c-e2", "router-c-e2-1", "router-ce4"}, ticket.ids()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	document := written(t, ticket.WriteMarkdown)
	if want := "- [Router C E.2](#router-c-e2): `junos`, **no commands: a person decides first**\n"; !strings.Contains(document, want) {
		t.Errorf("no %q", want)
	}
	ticket.Routers = ticket.Routers[:shortDocument]
	if document := written(t, ticket.WriteMarkdown); strings.Contains(document, "](#") {
		t.Error("a short document has contents")
	}
}

// A ticket of nothing is a document with a title.
func TestZero(t *testing.T) {
	t.Parallel()
	ticket := Ticket{Intent: "acme"}
	for _, heading := range []string{titleWarnings, titleOrder, "Failover"} {
		if document := written(t, ticket.WriteMarkdown); strings.Contains(document, heading) {
			t.Errorf("an empty part %s", heading)
		}
	}
	written(t, ticket.WriteHTML)
}

// broken is a disk with room for some bytes.
type broken struct{ left int }

func (b *broken) Write(p []byte) (int, error) {
	if b.left -= len(p); b.left < 0 {
		return 0, io.ErrShortWrite
	}
	return len(p), nil
}

func TestWriterFails(t *testing.T) {
	t.Parallel()
	ticket := full(t)
	for name, write := range map[string]func(io.Writer) error{"markdown": ticket.WriteMarkdown, "html": ticket.WriteHTML} {
		for _, left := range []int{0, 5000, len(written(t, write)) - 1} {
			if err := write(&broken{left}); !errors.Is(err, io.ErrShortWrite) {
				t.Errorf("%s, %d bytes: %v", name, left, err)
			}
		}
	}
}

func TestDifferenceLines(t *testing.T) {
	t.Parallel()
	neighbor := iosChange().Differences[1]
	got := (&part{Lines: DifferenceLines(confdiff.IOSXE, &neighbor)}).text()
	want := `  router bgp 65010
-  neighbor 192.0.2.2 password <secret>
+  neighbor 192.0.2.2 password <secret>
+  neighbor 192.0.2.2 timers 10 30
   address-family ipv4
+   neighbor 192.0.2.2 activate
+   neighbor 192.0.2.2 route-map ACME-IN in
?  neighbor 192.0.2.2 other-password <secret>`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestSentence(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text string
		want []span
	}{
		{"", nil},
		{"plain", []span{{Text: "plain"}}},
		{"`a` and `b c`.", []span{{Text: "a", Code: true}, {Text: " and "}, {Text: "b c", Code: true}, {Text: "."}}},
		{"one ` only", []span{{Text: "one ` only"}}},
		{"``` `", []span{{Text: "``` `"}}},
		{"`` `a`", []span{{Text: "`` "}, {Text: "a", Code: true}}},
		{"`a` and `", []span{{Text: "a", Code: true}, {Text: " and `"}}},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, sentence(tt.text)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", tt.text, diff)
		}
	}
}

// Both forms take a time that grows with the routers, not with their square.
func BenchmarkWriters(b *testing.B) {
	for _, n := range []int{50, 500} {
		ticket := large(b, n)
		for _, form := range []struct {
			name  string
			write func(io.Writer) error
		}{{"markdown", ticket.WriteMarkdown}, {"html", ticket.WriteHTML}} {
			b.Run(fmt.Sprintf("%s/%d", form.name, n), func(b *testing.B) {
				for b.Loop() {
					if err := form.write(io.Discard); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// Objects that share a fate share a row, and the worst stands first.
func TestImpacts(t *testing.T) {
	t.Parallel()
	var got []string
	for _, row := range impactTable(iosChange())[1].Rows {
		got = append(got, row[0][0].Text+": "+row[1][0].Text)
	}
	want := []string{"neighbor 192.0.2.2: session reset", "prefix list ACME-CAMPUS; route map ACME-IN: route refresh", "interface TenGigabitEthernet0/0/1.100: none"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	list := []confdiff.Object{{Kind: confdiff.PrefixList, Name: "A"}, {Kind: confdiff.BGP}, {Kind: confdiff.PrefixList, Name: "B"}}
	if got, want := objectNames(list), "prefix list A, B; BGP"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
