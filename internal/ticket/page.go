package ticket

import "github.com/ercfg/ercfg/internal/pathtable"

// page is the whole file. A window of 480 pixels has room for it: words are
// broken rather than to let the page scroll, and a line of code scrolls inside
// its own frame. On paper, which does not scroll, a line of code goes on in the
// next; each router begins a sheet of its own. A whole configuration is open,
// because nothing but a script could open it for the printer.
const page = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>{{.Title}}</title>
<style>
` + pathtable.Style + `
:root { --sheet: #f4f6f8; --good: #116329; --doubt: #7a4a00 }
@media (prefers-color-scheme: dark) { :root { --sheet: #20252b; --good: #7ee2a8; --doubt: #f0c674 } }
@media print { :root { --sheet: #fff; --good: #000; --doubt: #000 } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 60rem; margin: 0 auto; padding: 1rem; overflow-wrap: anywhere }
h1 { font-size: 1.5rem }
h2 { font-size: 1.25rem; margin: 2.2rem 0 .4rem; padding-top: .6rem; border-top: 1px solid var(--rule) }
h3 { font-size: 1rem; margin: 1.4rem 0 .3rem }
h1, h2, h3, .lead { break-after: avoid }
p { margin: .4rem 0 }
.lead { margin: .9rem 0 .3rem }
ul, ol { margin: .4rem 0; padding-left: 1.4rem }
li { margin: .2rem 0; break-inside: avoid }
li ul { margin: .1rem 0 }
.boxes { list-style: "☐  " }
.boxes ul { list-style: disc }
code, pre { font: .87em/1.45 ui-monospace, monospace }
code { background: var(--sheet); border-radius: 3px; padding: .05em .25em }
pre { background: var(--sheet); border: 1px solid var(--rule); border-radius: 4px; padding: .5rem .7rem; margin: .4rem 0; overflow-x: auto; overflow-wrap: normal; break-inside: avoid }
pre code { background: none; padding: 0; font-size: 1em }
del, ins, mark { text-decoration: none; background: none }
del { color: var(--bad) }
ins { color: var(--good) }
mark { color: var(--doubt) }
details pre { break-inside: auto }
summary { cursor: pointer; break-after: avoid }
.note { border-left: 4px solid var(--bad); padding: .3rem .8rem; break-inside: avoid }
.note strong { color: var(--bad) }
.facts { width: 100%; border-collapse: collapse; font-size: .93rem }
.facts th, .facts td { text-align: left; vertical-align: top; padding: .25rem .5rem; border-bottom: 1px solid var(--rule) }
.facts thead th { white-space: nowrap }
.facts thead th:first-child { width: 35% }
.facts tbody th { font-weight: 400 }
.facts tr { break-inside: avoid }
a { color: inherit }
.picture { overflow-x: auto; break-inside: avoid }
.picture svg { display: block; min-width: 46rem }
@media (min-width: 64rem) { .picture { width: min(100vw - 4rem, 78rem); margin-left: calc((100% - min(100vw - 4rem, 78rem)) / 2) } }
@media print {
  body { max-width: none; padding: 0; font-size: 10pt }
  .router { break-before: page; border-top: 0 }
  pre { white-space: pre-wrap; overflow-wrap: anywhere }
  .picture { width: auto; margin-left: 0 }
  .picture svg { min-width: 0 }
}
</style>
</head>
<body>
{{- range .Parts}}
{{- if eq .Kind "heading"}}
{{if eq .Level 1}}<h1>{{template "spans" .Spans}}</h1>
{{- else if eq .Level 3}}<h3>{{template "spans" .Spans}}</h3>
{{- else}}<h2{{if .ID}} id="{{.ID}}" class="router"{{end}}>{{template "spans" .Spans}}</h2>
{{- end}}
{{- else if eq .Kind "text"}}
<p>{{template "spans" .Spans}}</p>
{{- else if eq .Kind "lead"}}
<p class="lead">{{template "spans" .Spans}}</p>
{{- else if eq .Kind "note"}}
<p class="note">{{template "spans" .Spans}}</p>
{{- else if eq .Kind "list"}}
<ul>{{template "items" .Items}}</ul>
{{- else if eq .Kind "boxes"}}
<ul class="boxes">{{template "items" .Items}}</ul>
{{- else if eq .Kind "steps"}}
<ol>{{template "items" .Items}}</ol>
{{- else if eq .Kind "table"}}
<table class="facts">
<thead><tr>{{range .Head}}<th scope="col">{{.}}</th>{{end}}</tr></thead>
<tbody>
{{- range .Rows}}
<tr>{{range $i, $cell := .}}{{if $i}}<td>{{template "spans" $cell}}</td>{{else}}<th scope="row">{{template "spans" $cell}}</th>{{end}}{{end}}</tr>
{{- end}}
</tbody>
</table>
{{- else if eq .Kind "fold"}}
<details open><summary>{{template "spans" .Spans}}</summary>
<pre><code>{{.Code}}</code></pre>
</details>
{{- else if eq .Kind "block"}}
<pre><code>{{if .Differs}}{{range $i, $l := .Lines}}{{if $i}}
{{end}}{{if eq .Mark "-"}}<del>{{.Whole}}</del>{{else if eq .Mark "+"}}<ins>{{.Whole}}</ins>{{else if eq .Mark "?"}}<mark>{{.Whole}}</mark>{{else}}{{.Whole}}{{end}}{{end}}{{else}}{{.Code}}{{end}}</code></pre>
{{- else if eq .Kind "picture"}}
<div class="picture">{{$.Diagram}}</div>
{{- else if eq .Kind "paths"}}
{{$.Paths}}
{{- end}}
{{- end}}
</body>
</html>
{{define "spans"}}{{range .}}{{if .Code}}<code>{{.Text}}</code>{{else if .Strong}}<strong>{{.Text}}</strong>{{else}}{{.Text}}{{end}}{{end}}{{end}}
{{- define "items"}}
{{- range .}}
<li>{{if .Link}}<a href="#{{.Link}}">{{template "spans" .Linked}}</a>{{template "spans" .Rest}}{{else}}{{template "spans" .Spans}}{{end}}
{{- if .Sub}}
<ul>{{template "items" .Sub}}</ul>
{{- end}}</li>
{{- end}}
{{end}}`
