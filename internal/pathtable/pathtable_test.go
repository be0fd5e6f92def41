package pathtable

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/ercfg/ercfg/internal/diag"
	"github.com/ercfg/ercfg/internal/golden"
	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/sim"
)

// link is one link of a circuit as a leg.
func link(path string, p plan.Position) sim.Leg {
	return sim.Leg{Path: path, Router: "ce1", Position: p}
}

func tunnel(path, instance, over string, p plan.Position) sim.Leg {
	return sim.Leg{Path: path, Router: "ce1", Instance: instance, Of: 2, Over: over, OverPosition: p}
}

func by(legs ...sim.Leg) sim.Result { return sim.Result{Legs: legs} }

// after is r with a wait in seconds.
func after(r sim.Result, least, most float64, by string) sim.Result {
	second := func(n float64) time.Duration { return time.Duration(n * float64(time.Second)) }
	r.Wait = sim.Wait{Min: second(least), Max: second(most), By: by}
	return r
}

func lost(r sim.Result) sim.Result { r.Lost = true; return r }

func marked(l sim.Leg, clear, dead bool) sim.Leg { l.Clear, l.Dead = clear, dead; return l }

func flow(statement string, family plan.Family, to, from sim.Result) *sim.Flow {
	return &sim.Flow{Statement: statement, Family: family, To: to, From: from}
}

func outcome(flows []*sim.Flow, failures ...sim.Failure) sim.Outcome {
	return sim.Outcome{Scenario: sim.Scenario{Failures: failures}, Flows: flows}
}

// network is a plan with the statements of report, which is all that a table
// reads of a plan.
func network() *plan.Plan {
	return &plan.Plan{Name: "acme", Statements: []plan.Statement{
		{Name: "campus", Networks: []string{"campus", "plant"}, VNets: []string{"hub"}, Prefer: []string{"er-1", "s2s"}},
		{Name: "payroll", Networks: []string{"payroll"}, VNets: []string{"vault"}, Prefer: []string{"ipsec", "er-1"}},
	}}
}

// report has a row of every form: families that agree and that do not,
// detection that differs by direction, marks, a tie, a default route, scenarios
// that change nothing, and pairs.
func report() *sim.Report {
	const p, s = plan.Primary, plan.Secondary
	both := by(link("er-1", p), link("er-1", s))
	secure := by(tunnel("ipsec", "a", "er-1", p), tunnel("ipsec", "a", "er-1", s), tunnel("ipsec", "b", "er-1", p), tunnel("ipsec", "b", "er-1", s))
	tie := by(link("er-1", p), link("er-1", s))
	tie.Tie, tie.Narrow = true, true
	internet := &sim.Flow{Statement: "campus", Default: true, From: both}
	campus4, campus6, payroll := flow("campus", plan.IPv4, both, both), flow("campus", plan.IPv6, both, both), flow("payroll", plan.IPv4, secure, secure)

	down := sim.Failure{Kind: sim.LinkDown, Path: "er-1", Position: p, Name: "er-1.primary"}
	other := sim.Failure{Kind: sim.LinkDown, Path: "er-1", Position: s, Name: "er-1.secondary"}
	drain := sim.Failure{Kind: sim.LinkDrained, Path: "er-1", Position: p, Name: "er-1.primary:drain"}
	six := sim.Failure{Kind: sim.IPv6Down, Path: "er-1", Position: p, Name: "er-1.primary:ipv6"}
	circuit := sim.Failure{Kind: sim.CircuitDown, Path: "er-1", Name: "er-1"}
	a := sim.Failure{Kind: sim.TunnelDown, Path: "s2s", Instance: "a", Name: "s2s.a"}
	vpn := sim.Failure{Kind: sim.VPNDown, Path: "ipsec", Name: "ipsec"}

	bfd := func(r sim.Result) sim.Result { return after(r, 0, 0.9, "BFD") }
	hold := func(r sim.Result) sim.Result { return after(r, 0, 60, "hold timer") }
	normal := []*sim.Flow{campus4, campus6, internet, payroll}
	oneDown := []*sim.Flow{
		flow("campus", plan.IPv4, bfd(by(link("er-1", s))), hold(by(link("er-1", s)))),
		flow("campus", plan.IPv6, hold(by(link("er-1", s))), hold(by(link("er-1", s)))),
		{Statement: "campus", Default: true, From: bfd(by(link("er-1", s)))},
		flow("payroll", plan.IPv4, bfd(by(tunnel("ipsec", "a", "er-1", s), tunnel("ipsec", "b", "er-1", s))), bfd(by(tunnel("ipsec", "a", "er-1", s), tunnel("ipsec", "b", "er-1", s)))),
	}
	gone := []*sim.Flow{
		flow("campus", plan.IPv4, after(lost(by(tunnel("s2s", "a", "", p), tunnel("s2s", "b", "", p))), 61, 61, "BFD"), after(by(tunnel("s2s", "a", "", p), tunnel("s2s", "b", "", p)), 61, 61, "BFD")),
		flow("campus", plan.IPv6, sim.Result{}, sim.Result{}),
		{Statement: "campus", Default: true},
		flow("payroll", plan.IPv4, sim.Result{}, sim.Result{}),
	}
	return &sim.Report{Plan: "acme", Outcomes: []sim.Outcome{
		outcome(normal),
		outcome(oneDown, down),
		outcome(oneDown, other),
		outcome([]*sim.Flow{flow("campus", plan.IPv4, by(marked(link("er-1", p), false, true), link("er-1", s)), by(link("er-1", s))), campus6, internet, payroll}, drain),
		outcome([]*sim.Flow{campus4, flow("campus", plan.IPv6, tie, by(link("er-1", s))), internet, payroll}, six),
		outcome(gone, circuit),
		outcome(normal, a),
		outcome([]*sim.Flow{campus4, campus6, internet, flow("payroll", plan.IPv4, by(marked(link("er-1", p), true, false), marked(link("er-1", s), true, false)), sim.Result{})}, vpn),
		outcome(gone, down, other),
		outcome(oneDown, down, a),
		outcome([]*sim.Flow{oneDown[0], oneDown[1], oneDown[2], flow("payroll", plan.IPv4, by(marked(link("er-1", s), true, false)), sim.Result{})}, down, vpn),
	}}
}

func TestForms(t *testing.T) {
	t.Parallel()
	table := New(network(), report())
	table.Why = []string{"payroll → vault: ipsec", "  10.90.0.0/16 via er-1: local-preference 200 over 150", "    er-1.primary | er-1.secondary: multipath"}
	table.Head = &Head{File: "acme.yaml", Tool: "ercfg v1.2.3", Findings: diag.List{
		{Code: "ER130", Severity: diag.Error, Pos: diag.Pos{File: "acme.yaml", Line: 4, Column: 2}, Summary: "both <ways> differ"},
		{Code: "ER985", Severity: diag.Warning, Pos: diag.Pos{File: "acme.yaml", Line: 9, Column: 5}, Summary: "statement campus sends traffic into a dead end"},
		{Code: "ER010", Severity: diag.Info, Pos: diag.Pos{File: "acme.yaml", Line: 10, Column: 1}, Summary: "a note"},
	}}
	forms := []struct {
		file  string
		write func(*strings.Builder) error
	}{
		{"table.txt", func(b *strings.Builder) error { return table.WriteText(b, Terminal{Columns: 80}) }},
		{"table.pipe.txt", func(b *strings.Builder) error { return table.WriteText(b, Terminal{}) }},
		{"table.narrow.txt", func(b *strings.Builder) error { return table.WriteText(b, Terminal{Columns: 52}) }},
		{"table.colour.txt", func(b *strings.Builder) error { return table.WriteText(b, Terminal{Colour: true, Columns: 80}) }},
		{"table.md", func(b *strings.Builder) error { return table.WriteMarkdown(b, 2) }},
		{"table.html", func(b *strings.Builder) error { return table.WriteHTML(b) }},
	}
	for _, f := range forms {
		t.Run(f.file, func(t *testing.T) {
			t.Parallel()
			var b strings.Builder
			if err := f.write(&b); err != nil {
				t.Fatal(err)
			}
			golden.Equal(t, "testdata/"+f.file, b.String())
		})
	}
}

// A scenario is a row, one of those that change nothing, or a pair that does
// what one of its failures does: none is missing, none is there twice.
func TestWhole(t *testing.T) {
	t.Parallel()
	r := report()
	for _, b := range New(network(), r).Blocks {
		seen := make(map[string]int)
		note := func(list []sim.Scenario) {
			for _, s := range list {
				seen[s.Name()]++
			}
		}
		for _, row := range b.Rows {
			note(row.Scenarios)
		}
		note(b.Same.First)
		note(b.Within.First)
		want := make(map[string]int)
		for _, o := range r.Outcomes {
			want[o.Scenario.Name()] = 1
		}
		if diff := cmp.Diff(want, seen); diff != "" {
			t.Errorf("%s, default %v (-want +got):\n%s", b.Statement, b.Default, diff)
		}
	}
}

// Scenarios that do the same share a row when one kind of thing fails in them.
func TestFold(t *testing.T) {
	t.Parallel()
	normal := []*sim.Flow{flow("campus", plan.IPv4, by(link("er-1", plan.Primary)), by(link("er-1", plan.Primary)))}
	gone := []*sim.Flow{flow("campus", plan.IPv4, sim.Result{}, sim.Result{})}
	r := &sim.Report{Outcomes: []sim.Outcome{
		outcome(normal),
		outcome(gone, sim.Failure{Kind: sim.LinkDown, Name: "er-1.primary"}),
		outcome(gone, sim.Failure{Kind: sim.LinkDown, Name: "er-2.primary"}),
		outcome(gone, sim.Failure{Kind: sim.RouterDown, Name: "ce1"}),
	}}
	var got []string
	for _, row := range New(network(), r).Blocks[0].Rows {
		got = append(got, names(row.Scenarios))
	}
	if diff := cmp.Diff([]string{"normal", "er-1.primary, er-2.primary", "ce1"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	many := make([]sim.Scenario, mostNames+1)
	if got, want := names(many), "normal, normal, normal, normal, … (6 in all)"; got != want {
		t.Errorf("names = %q, want %q", got, want)
	}
}

// Families share a row only when they agree in everything that it shows.
func TestAgreed(t *testing.T) {
	t.Parallel()
	path := by(link("er-1", plan.Primary))
	slow := after(path, 0, 60, "hold timer")
	tie := path
	tie.Narrow = true
	tests := []struct {
		name string
		to   sim.Result
		from sim.Result
		want int // flows
	}{
		{"all alike", path, path, 1},
		{"the way to Azure", lost(path), path, 2},
		{"the way back", path, by(link("er-1", plan.Secondary)), 2},
		{"who breaks a tie", tie, path, 2},
		{"the wait to Azure", slow, path, 2},
		{"the wait back", path, slow, 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			flows := []*sim.Flow{flow("campus", plan.IPv4, path, path), flow("campus", plan.IPv6, tt.to, tt.from)}
			if got := len(agreed(flows)); got != tt.want {
				t.Errorf("%d flows, want %d", got, tt.want)
			}
		})
	}
}

// Without the normal state there is nothing to compare with.
func TestNoNormal(t *testing.T) {
	t.Parallel()
	r := report()
	r.Outcomes = r.Outcomes[6:7] // changes nothing
	for _, b := range New(network(), r).Blocks {
		if len(b.Rows) != 1 || b.Same.Count != 0 {
			t.Errorf("%s has %d rows, and %d scenarios as normal", b.Statement, len(b.Rows), b.Same.Count)
		}
	}
	var out strings.Builder
	if err := New(network(), &sim.Report{}).WriteText(&out, Terminal{}); err != nil || out.Len() > 0 {
		t.Errorf("an empty report gives %q, %v", out.String(), err)
	}
}

// Names are as long as an intent lets them be: no line is wider than a
// terminal, but for a scenario's name, which stands in one piece.
func TestWidth(t *testing.T) {
	t.Parallel()
	const columns = 80
	long := strings.Repeat("er-a.very/long_name-", 5)
	r := report()
	for i := range r.Outcomes {
		o := &r.Outcomes[i]
		flows := make([]*sim.Flow, len(o.Flows))
		for j, f := range o.Flows {
			copied := *f
			for _, d := range []*sim.Result{&copied.To, &copied.From} {
				d.Legs = append([]sim.Leg(nil), d.Legs...)
				for k := range d.Legs {
					d.Legs[k].Path = long
				}
			}
			flows[j] = &copied
		}
		o.Flows = flows
		for k := range o.Scenario.Failures {
			o.Scenario.Failures[k].Name = long + "." + o.Scenario.Failures[k].Name
		}
	}
	p := network()
	p.Statements[0].Prefer = []string{long + long, long}
	var out strings.Builder
	table := New(p, r)
	if err := table.WriteText(&out, Terminal{Columns: columns}); err != nil {
		t.Fatal(err)
	}
	alone := make(map[string]bool)
	for _, b := range table.Blocks {
		for _, row := range b.Rows {
			for _, name := range each(row.Scenarios) {
				alone[name] = true
				if !strings.Contains(out.String(), "  "+name) {
					t.Errorf("%s is not whole", name)
				}
			}
		}
		for _, s := range b.Same.First { // the sentence below lists them, where they are few
			alone[s.Name()], alone[s.Name()+","] = true, true
			if b.Same.Count <= mostNames && !strings.Contains(out.String(), s.Name()) {
				t.Errorf("%s is not whole", s.Name())
			}
		}
	}
	for l := range strings.Lines(out.String()) {
		l = strings.TrimSuffix(l, "\n")
		if n := utf8.RuneCountInString(l); n > columns && !alone[strings.TrimSpace(l)] {
			t.Errorf("%d columns: %s", n, l)
		}
		if strings.TrimRight(l, " ") != l {
			t.Errorf("spaces at the end: %q", l)
		}
	}
}

func TestWrap(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		text  string
		width int
		want  []string
	}{
		{"short", "er-1(P∥S)", 10, []string{"er-1(P∥S)"}},
		{"runes, not bytes", "→ ∥∥∥∥ →", 8, []string{"→ ∥∥∥∥ →"}},
		{"at a space", "ipsec over er-1(P∥S)", 12, []string{"ipsec over", "er-1(P∥S)"}},
		{"a mark stays whole", "er-1(P) CLEAR TEXT, none", 14, []string{"er-1(P)", "CLEAR TEXT,", "none"}},
		{"a number keeps its unit", "← 0–0.9 s", 8, []string{"←", "0–0.9 s"}},
		{"a long word behind a sign", "er-newcastle.primary", 14, []string{"er-newcastle.", "primary"}},
		{"a long word anywhere", "abcdefghijkl", 5, []string{"abcde", "fghij", "kl"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, wrap(tt.text, tt.width)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestPieces(t *testing.T) {
	t.Parallel()
	tests := []struct {
		cell string
		want []piece
	}{
		{"none", []piece{{"none", true}}},
		{"er-1(P) CLEAR TEXT, none", []piece{{"er-1(P) ", false}, {"CLEAR TEXT", true}, {", ", false}, {"none", true}}},
		{"er-1(P) DEAD END on P", []piece{{"er-1(P) ", false}, {"DEAD END", true}, {" on P", false}}},
		{"er-none(P)", []piece{{"er-none(P)", false}}},
		{"er-none, none", []piece{{"er-none, ", false}, {"none", true}}},
		{"none-such(P), none", []piece{{"none-such(P), ", false}, {"none", true}}},
		{"", nil},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, pieces(tt.cell), cmp.AllowUnexported(piece{})); diff != "" {
			t.Errorf("%q (-want +got):\n%s", tt.cell, diff)
		}
	}
}

func TestSpan(t *testing.T) {
	t.Parallel()
	tests := []struct {
		wait sim.Wait
		want string
	}{
		{sim.Wait{}, ""},
		{sim.Wait{Max: 900 * time.Millisecond, By: "BFD"}, "0–0.9 s (BFD)"},
		{sim.Wait{Min: 80 * time.Millisecond, Max: 61 * time.Second}, "0–61 s"},
		{sim.Wait{Min: 60900 * time.Millisecond, Max: 60900 * time.Millisecond}, "61 s"},
		{sim.Wait{Min: 60900 * time.Millisecond, Max: 90 * time.Second}, "60–90 s"},
		{sim.Wait{Min: time.Minute, Max: time.Minute}, "60 s"},
	}
	for _, tt := range tests {
		if got := span(tt.wait, true); got != tt.want {
			t.Errorf("span(%v) = %q, want %q", tt.wait, got, tt.want)
		}
	}
}

// What an intent's author writes is text in every form.
func TestEscape(t *testing.T) {
	t.Parallel()
	p, r := network(), report()
	p.Name = "<script>alert(1)</script>"
	p.Statements[0].Networks = []string{"<img src=x>", "a|b"}
	var page, markdown strings.Builder
	table := New(p, r)
	if err := table.WriteHTML(&page); err != nil {
		t.Fatal(err)
	}
	if err := table.WriteMarkdown(&markdown, 2); err != nil {
		t.Fatal(err)
	}
	if s := page.String(); strings.Contains(s, "<script") || strings.Contains(s, "<img") || strings.Contains(s, "http") {
		t.Error("the page runs or fetches something")
	}
	if s := markdown.String(); strings.Contains(s, " <img") || strings.Contains(s, "a|b") {
		t.Error("a name is Markdown")
	}
}

// A fragment is what the page of its own has below its first title, one level
// of headings down, in one element and without anything of a page.
func TestFragment(t *testing.T) {
	t.Parallel()
	table := New(network(), report())
	var page, fragment strings.Builder
	if err := table.WriteHTML(&page); err != nil {
		t.Fatal(err)
	}
	if err := table.WriteFragment(&fragment, 3); err != nil {
		t.Fatal(err)
	}
	s := fragment.String()
	if !strings.HasPrefix(s, `<div class="paths">`) || !strings.HasSuffix(s, "</div>\n") || strings.Contains(s, "<style") {
		t.Errorf("no fragment: %s", s)
	}
	if !strings.Contains(page.String(), strings.NewReplacer("<h3>", "<h2>", "</h3>", "</h2>").Replace(s)) {
		t.Error("the page has another table")
	}
	if strings.Count(s, "<h3>") != len(table.Blocks)+1 {
		t.Errorf("%d headings of level 3", strings.Count(s, "<h3>"))
	}
}

func TestThousands(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567"} {
		if got := thousands(n); got != want {
			t.Errorf("thousands(%d) = %s, want %s", n, got, want)
		}
	}
}
