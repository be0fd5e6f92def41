package pathtable

import (
	"html/template"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/ercfg/ercfg/internal/diag"
	"github.com/ercfg/ercfg/internal/sim"
)

// WriteHTML writes t as one page that stands alone: no script, nothing to
// fetch, light or dark as the reader's system is, and fit for paper. The error
// is the writer's.
func (t Table) WriteHTML(w io.Writer) error {
	return template.Must(template.New("page").Parse(page+parts)).Execute(w, t.view(2))
}

// WriteFragment writes the tables of t, the explanation and the legend as one
// element for a page of someone else's, below headings of the level (2 to 4).
// The page has Style among its own. The error is the writer's.
func (t Table) WriteFragment(w io.Writer, level int) error {
	return template.Must(template.New("fragment").Parse(`{{template "tables" .}}`+parts)).Execute(w, t.view(level))
}

func (t *Table) view(level int) pageView {
	view := pageView{Plan: t.Plan, Legend: legend[:], Why: headView{level, titleWhy}, Terms: headView{level, titleLegend}}
	if t.Head != nil {
		view.Origin = t.Head.origin()
		view.Findings = t.Head.weighty()
	}
	for i := range t.Blocks {
		view.Blocks = append(view.Blocks, t.Blocks[i].view(level))
	}
	for _, step := range t.Why {
		body := strings.TrimLeft(step, " ")
		view.Steps = append(view.Steps, stepView{(len(step) - len(body)) / 2, body})
	}
	return view
}

type (
	pageView struct {
		Plan     string
		Origin   string // empty: neither origin nor findings are told
		Findings diag.List
		Blocks   []blockView
		Why      headView
		Steps    []stepView
		Terms    headView
		Legend   []term
	}
	headView struct {
		Level int // 2 is h2
		Title string
	}
	blockView struct {
		Title  headView
		Ends   string
		Prefer string
		Rows   []rowView
		Rest   []string
	}
	rowView struct {
		Names    []wordView
		Span     int // rows that the name stands beside; 0: an earlier row has it
		Family   string
		To, From []wordView
		WaitTo   []wordView
		WaitFrom []wordView
		Normal   bool
	}
	// A wordView is never broken, unless it is Long.
	wordView struct {
		Before string // space or dot, where a line may end, or empty
		Text   string
		Marked bool
		Long   bool
	}
	stepView struct {
		Level int // of indentation
		Text  string
	}
)

func (b *Block) view(level int) blockView {
	v := blockView{Title: headView{level, b.Statement}, Ends: b.Ends, Prefer: strings.Join(b.Prefer, ", "), Rest: b.rest()}
	if b.Default {
		v.Title.Title += ", default route of the VNets"
	}
	for i := range b.Rows {
		r := &b.Rows[i]
		for j, f := range r.Flows {
			row := rowView{
				Family: r.family(j), To: cellView(to(f)), From: cellView(f.From.String()),
				WaitTo: waitView(f.To.Wait), WaitFrom: waitView(f.From.Wait), Normal: len(r.Scenarios[0].Failures) == 0,
			}
			if j == 0 {
				row.Names, row.Span = nameView(each(r.Scenarios)), len(r.Flows)
			}
			v.Rows = append(v.Rows, row)
		}
	}
	return v
}

// What is before a word.
const (
	space = " "
	dot   = "." // the word before ends in one
)

// longest is how many runes of a word the page keeps together. Five columns of
// a window of 800 pixels have no room for more.
const longest = 24

func newWordView(before, text string) wordView {
	return wordView{Before: before, Text: text, Long: utf8.RuneCountInString(text) > longest}
}

// nameView parts names behind their dots, where a line may end as it may at a
// space. A browser would part them behind a hyphen.
func nameView(names []string) []wordView {
	var out []wordView
	for _, name := range names {
		for failure := range strings.SplitAfterSeq(name, " + ") {
			before := space
			for part := range strings.SplitAfterSeq(strings.TrimSuffix(failure, " "), ".") {
				out = append(out, newWordView(before, part))
				before = dot
			}
		}
	}
	return trimmed(out)
}

func cellView(cell string) []wordView {
	var out []wordView
	for _, p := range pieces(cell) {
		if p.marked {
			out = append(out, wordView{Before: space, Text: p.text, Marked: true})
			continue
		}
		for i, word := range strings.Fields(p.text) {
			v := newWordView(space, word)
			if i == 0 && !strings.HasPrefix(p.text, " ") { // a comma behind a mark
				v.Before = ""
			}
			out = append(out, v)
		}
	}
	return trimmed(out)
}

// trimmed has nothing before its first word.
func trimmed(list []wordView) []wordView {
	list[0].Before = ""
	return list
}

// waitView keeps a range together with its unit, and what detects it.
func waitView(w sim.Wait) []wordView {
	if w.Max == 0 {
		return nil
	}
	out := []wordView{{Text: span(w, false)}}
	if w.By != "" {
		out = append(out, wordView{Before: space, Text: "(" + w.By + ")"})
	}
	return out
}

// Style is the style of the tables, and the colours of a page around them: --ink
// of the text on --paper, --rule of lines, --quiet of what explains, --normal
// behind what is normal, --bad of what must be seen; each in light, in dark and
// for print. What a person reads as one word stays one: a line ends at a space, a
// comma or a dot. A window too narrow for that breaks words rather than to scroll.
const Style = `:root { --ink: #1b1f24; --paper: #fff; --rule: #c8ccd1; --quiet: #57606a; --normal: #eef3f8; --bad: #b3001b }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e6e6; --paper: #16191d; --rule: #40464d; --quiet: #9aa4ae; --normal: #1f2933; --bad: #ff8a8a }
}
@media print {
  :root { --ink: #000; --paper: #fff; --rule: #999; --quiet: #333; --normal: #fff; --bad: #000 }
}
.paths p { margin: .2rem 0 .6rem; color: var(--quiet); overflow-wrap: anywhere }
.paths :is(h2, h3, h4) + p { break-after: avoid }
.paths table { width: 100%; border-collapse: collapse; font-size: .93rem; font-variant-numeric: tabular-nums }
.paths th, .paths td { text-align: left; vertical-align: top; padding: .25rem .5rem; border-bottom: 1px solid var(--rule) }
.paths thead th, .paths td span, .paths th span, .paths strong { white-space: nowrap }
.paths thead th:first-child { width: 25% }
.paths td .long, .paths th .long { white-space: normal; overflow-wrap: anywhere }
.paths tbody th { font-weight: 400 }
.paths tr { break-inside: avoid }
.paths .normal { background: var(--normal) }
.paths strong { color: var(--bad) }
.paths .family { color: var(--quiet) }
.paths ol { list-style: none; margin: .2rem 0; padding: 0; overflow-wrap: anywhere }
.paths dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; margin: .2rem 0; font-size: .93rem }
.paths dd { margin: 0; color: var(--quiet) }
@media (max-width: 40rem) {
  .paths thead th, .paths td span, .paths th span { white-space: normal; overflow-wrap: anywhere }
  .paths dl { grid-template-columns: 1fr }
}`

// page is the whole file.
const page = `<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>Paths of {{.Plan}}</title>
<style>
` + Style + `
body { font: 15px/1.45 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 60rem; margin: 0 auto; padding: 1rem }
h1 { font-size: 1.4rem; overflow-wrap: anywhere }
h2 { font-size: 1.1rem; margin: 2rem 0 .2rem; overflow-wrap: anywhere; break-after: avoid }
p { margin: .2rem 0 .6rem; color: var(--quiet); overflow-wrap: anywhere }
strong { color: var(--bad); white-space: nowrap }
.place { color: var(--quiet) }
ul { list-style: none; margin: .2rem 0; padding: 0; overflow-wrap: anywhere }
ul li { margin-bottom: .3rem }
@media print {
  body { max-width: none; padding: 0; font-size: 10pt }
}
</style>
<h1>Paths of {{.Plan}}</h1>
{{- if .Origin}}
<p>{{.Origin}}</p>
<h2>` + titleFindings + `</h2>
{{- if .Findings}}
<ul>
{{- range .Findings}}
<li><strong>{{.Severity}}</strong> {{.Code}}: {{.Summary}} <span class="place">({{.Pos}})</span></li>
{{- end}}
</ul>
{{- else}}
<p>` + noFindings + `</p>
{{- end}}
{{- end}}
{{template "tables" .}}</html>
`

// parts are the templates of the fragment.
const parts = `{{define "tables"}}<div class="paths">
{{- range .Blocks}}
{{template "heading" .Title}}
{{- if .Ends}}
<p>{{.Ends}}{{if .Prefer}}; prefer {{.Prefer}}{{end}}</p>
{{- end}}
<table>
<thead><tr><th scope="col">` + headScenario + `</th><th scope="col">` + headTo + `</th><th scope="col">` + headFrom + `</th><th scope="col">` + headWaitTo + `</th><th scope="col">` + headWaitFrom + `</th></tr></thead>
<tbody>
{{- range .Rows}}
<tr{{if .Normal}} class="normal"{{end}}>
{{- if .Span}}<th scope="row"{{if gt .Span 1}} rowspan="{{.Span}}"{{end}}>{{template "words" .Names}}</th>{{end -}}
<td>{{if .Family}}<span class="family">{{.Family}}</span>&nbsp;{{end}}{{template "words" .To}}</td>
{{- /**/ -}}
<td>{{template "words" .From}}</td><td>{{template "words" .WaitTo}}</td><td>{{template "words" .WaitFrom}}</td></tr>
{{- end}}
</tbody>
</table>
{{- range .Rest}}
<p>{{.}}</p>
{{- end}}
{{- end}}
{{- if .Steps}}
{{template "heading" .Why}}
<ol>
{{- range .Steps}}
<li style="margin-left: {{.Level}}rem">{{.Text}}</li>
{{- end}}
</ol>
{{- end}}
{{template "heading" .Terms}}
<dl>
{{- range .Legend}}
<dt>{{.Sign}}</dt><dd>{{.Meaning}}</dd>
{{- end}}
</dl>
</div>
{{end}}
{{- define "heading"}}{{if eq .Level 2}}<h2>{{.Title}}</h2>{{else if eq .Level 3}}<h3>{{.Title}}</h3>{{else}}<h4>{{.Title}}</h4>{{end}}{{end}}
{{- define "words"}}{{range .}}{{if eq .Before "."}}<wbr>{{else}}{{.Before}}{{end -}}
{{if .Marked}}<strong>{{.Text}}</strong>{{else}}<span{{if .Long}} class="long"{{end}}>{{.Text}}</span>{{end}}{{end}}{{end}}`
