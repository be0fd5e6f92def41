package verify

import (
	"bufio"
	"fmt"
	htmltemplate "html/template"
	"io"
	"slices"
	"strings"
)

// WriteHTML writes r as one page that stands alone: no script, nothing to fetch, light
// or dark as the reader's system is, and fit for a window of 480 pixels and for paper.
// The error is the writer's.
func WriteHTML(w io.Writer, r *Report) error {
	view := reportPage{
		Title: "Flows of " + printable(r.Plan), Head: headOf(r), Verdict: verdictView{r.Verdict()}, Counts: countsText(verdictCounts(r)), Facts: factsOf(r),
	}
	for i := range r.Judgements {
		view.Judged = append(view.Judged, newJudgedView(r, i))
	}
	view.Worst = slices.SortedStableFunc(slices.Values(view.Judged), func(a, b judgedView) int { return int(b.Verdict.Verdict) - int(a.Verdict.Verdict) })
	out := bufio.NewWriter(w)
	if err := htmltemplate.Must(htmltemplate.New("report").Parse(reportPageText)).Execute(out, view); err != nil {
		return err
	}
	return out.Flush()
}

type (
	reportPage struct {
		Title, Head, Counts string
		Verdict             verdictView
		Judged              []judgedView // as the intent has them
		Worst               []judgedView // the same, the worst first
		Facts               []reportFacts
	}
	judgedView struct {
		ID      string
		Title   string
		Way     string // the arrow in words
		Bytes   string
		Verdict verdictView
		Rows    []reportRow
		Why     []string
		Chart   htmltemplate.HTML // empty: there was nothing to draw
	}
	verdictView struct{ Verdict }
)

// Class is the verdict in the style.
func (v verdictView) Class() string { return strings.ToLower(v.String()) }

func newJudgedView(r *Report, i int) judgedView {
	j := &r.Judgements[i]
	v := judgedView{
		ID: fmt.Sprintf("verdict-%d", i+1), Title: printable(trafficText(j)), Way: directionText(j), Bytes: amountBytes(&j.Total), Verdict: verdictView{j.Verdict},
		Rows: reportRowsOf(j), Why: whyOf(j, false),
	}
	if c, ok := newChart(r, j, v.ID); ok {
		v.Chart = htmltemplate.HTML(c.svg()) // which escapes what it writes
	}
	return v
}

// reportStyle has one class for each verdict, and one for each line of a chart: a line
// is told by its colour, and where there is none by its dashes.
const reportStyle = `:root { --ink: #1b1f24; --paper: #fff; --rule: #c8ccd1; --quiet: #57606a; --sheet: #f4f6f8; --bad: #b3001b; --good: #116329; --doubt: #7a4a00;
  --c0: #0a58b0; --c1: #b4510b; --c2: #16713f; --c3: #8a2f9e; --c4: #5c6670; --c5: #00707a; --c6: #a11a4d; --c7: #6b5a00 }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e6e6; --paper: #16191d; --rule: #40464d; --quiet: #9aa4ae; --sheet: #20252b; --bad: #ff8a8a; --good: #7ee2a8; --doubt: #f0c674;
    --c0: #6cb6ff; --c1: #ffa657; --c2: #7ee2a8; --c3: #e0a3f0; --c4: #c3ccd5; --c5: #5fd7e0; --c6: #ff9cc2; --c7: #e5d06a }
}
@media print {
  :root { --ink: #000; --paper: #fff; --rule: #999; --quiet: #333; --sheet: #fff; --bad: #000; --good: #000; --doubt: #000;
    --c0: #0a58b0; --c1: #b4510b; --c2: #16713f; --c3: #8a2f9e; --c4: #5c6670; --c5: #00707a; --c6: #a11a4d; --c7: #6b5a00 }
}
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 60rem; margin: 0 auto; padding: 1rem; overflow-wrap: anywhere }
h1 { font-size: 1.5rem; margin: 0 0 .3rem }
h2 { font-size: 1.1rem; margin: 2rem 0 .2rem; padding-top: .6rem; border-top: 1px solid var(--rule) }
h3 { font-size: 1rem; margin: 1.2rem 0 .2rem }
h1, h2, h3 { break-after: avoid }
p { margin: .3rem 0 }
.quiet { color: var(--quiet) }
a { color: inherit }
table { width: 100%; border-collapse: collapse; font-size: .93rem; font-variant-numeric: tabular-nums }
th, td { text-align: left; vertical-align: top; padding: .25rem .4rem; border-bottom: 1px solid var(--rule) }
tbody th { font-weight: 400 }
.n { text-align: right; white-space: nowrap }
tr, section > svg { break-inside: avoid }
.pass, .fail, .insufficient { font-weight: 600; white-space: nowrap }
.pass { color: var(--good) }
.insufficient { color: var(--doubt) }
.fail, .wrong { color: var(--bad) }
.wrong { font-weight: 600 }
ul { margin: .4rem 0; padding-left: 1.3rem }
li { margin: .2rem 0; break-inside: avoid }
.chart { display: block; width: 100%; max-width: 40rem; margin: .6rem 0 }
.chart text { font: 11px system-ui, sans-serif; fill: var(--ink) }
.chart .axis { fill: var(--quiet) }
.chart .mid { text-anchor: middle }
.chart .end { text-anchor: end }
.chart .grid { fill: none; stroke: var(--rule); stroke-width: 1 }
.chart .line { fill: none; stroke-width: 2 }
.l0 { stroke: var(--c0) }
.l1 { stroke: var(--c1); stroke-dasharray: 6 3 }
.l2 { stroke: var(--c2); stroke-dasharray: 2 2 }
.l3 { stroke: var(--c3); stroke-dasharray: 9 3 2 3 }
.l4 { stroke: var(--c4); stroke-dasharray: 12 4 }
.l5 { stroke: var(--c5); stroke-dasharray: 4 4 }
.l6 { stroke: var(--c6); stroke-dasharray: 1 3 }
.l7 { stroke: var(--c7); stroke-dasharray: 9 2 2 2 2 2 }
@media (max-width: 32rem) {
  body { padding: .6rem }
  th, td { padding: .25rem .3rem; font-size: .87rem }
}
@media print {
  body { max-width: none; padding: 0; font-size: 10pt }
  .chart { max-width: 34rem }
}`

// reportPageText is the whole file.
const reportPageText = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>{{.Title}}: {{.Verdict}}</title>
<style>
` + reportStyle + `
</style>
</head>
<body>
<h1>{{.Title}}: <span class="{{.Verdict.Class}}">{{.Verdict}}</span></h1>
<p>{{.Counts}}</p>
<p class="quiet">{{.Head}}</p>
{{- if .Judged}}
<h2>Verdicts</h2>
<table>
<thead><tr><th scope="col">traffic</th><th scope="col" class="n">bytes</th><th scope="col">verdict</th></tr></thead>
<tbody>
{{- range .Worst}}
<tr><th scope="row"><a href="#{{.ID}}">{{.Title}}</a></th><td class="n">{{.Bytes}}</td><td class="{{.Verdict.Class}}">{{.Verdict}}</td></tr>
{{- end}}
</tbody>
</table>
{{- end}}
{{- range .Judged}}
<section>
<h2 id="{{.ID}}">{{.Title}} <span class="quiet">{{.Way}}</span> <span class="{{.Verdict.Class}}">{{.Verdict}}</span></h2>
<table>
<thead><tr><th scope="col">where it went</th><th scope="col" class="n">bytes</th><th scope="col" class="n">share</th><th scope="col" class="n">samples</th></tr></thead>
<tbody>
{{- range .Rows}}
<tr><th scope="row"{{if .Wrong}} class="wrong"{{end}}>{{.Name}}</th><td class="n">{{.Bytes}}</td><td class="n">{{.Share}}</td><td class="n">{{.Samples}}</td></tr>
{{- end}}
</tbody>
</table>
{{- if .Why}}
<ul>
{{- range .Why}}
<li>{{.}}</li>
{{- end}}
</ul>
{{- end}}
{{- if .Chart}}
{{.Chart}}
{{- else}}
<p class="quiet">There is no chart: nothing was seen over time.</p>
{{- end}}
</section>
{{- end}}
{{- if .Facts}}
<h2>What this rests on</h2>
{{- range .Facts}}
<h3>{{.Title}}</h3>
<ul>
{{- range .Lines}}
<li>{{.}}</li>
{{- end}}
</ul>
{{- end}}
{{- end}}
</body>
</html>
`
