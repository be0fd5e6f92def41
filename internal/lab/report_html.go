//go:build linux

package lab

import (
	"html/template"
	"io"
	"slices"

	"github.com/ercfg/ercfg/internal/sim"
)

// style is the look of both reports: the reader's own fonts, light or dark as
// the reader's machine is set.
const style = `<style>
:root { color-scheme: light dark; --line: #c8c8c8; --good: #1a6b2d; --bad: #b00020; --soft: #5a5a5a; }
@media (prefers-color-scheme: dark) { :root { --line: #4a4a4a; --good: #7bd88f; --bad: #ff8a94; --soft: #a8a8a8; } }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid var(--line); overflow-wrap: break-word; padding: .3rem .4rem; text-align: left; vertical-align: top; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.w { white-space: nowrap; }
.good { color: var(--good); } .bad { color: var(--bad); font-weight: 600; } .soft { color: var(--soft); }
th[scope] { font-size: 1.05rem; padding-top: 1.2rem; }
tbody { break-inside: avoid; }
h2 { font-size: 1.05rem; margin: 1.6rem 0 .3rem; }
dl { display: grid; gap: .2rem 1rem; grid-template-columns: max-content 1fr; } dd { margin: 0; }
</style>`

// page is the frame of both reports: one file, without a script, that fetches
// nothing.
const page = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{.Title}}</title>
` + style + `
</head>
<body>
<h1>{{.Title}}</h1>
{{template "body" .}}
</body>
</html>
`

const testBody = `{{define "body"}}<p>{{.Conditions}}</p>
<table>
<thead><tr><th>assertion</th><th>planned</th><th>found</th><th>verdict</th></tr></thead>
{{range .Report.Checks}}<tr><td>{{.Name}}</td><td>{{.Want}}</td><td>{{.Got}}</td>{{if .Pass}}<td class="good">ok</td>{{else}}<td class="bad">FAIL</td>{{end}}</tr>
{{end}}</table>
{{range .Report.Omitted}}<p class="soft">not tested: {{.}}</p>
{{end}}{{end}}`

// drillBody has one table, so that every page of paper has its head, and what the
// words in it mean.
const drillBody = `{{define "body"}}{{range .Summary}}<p>{{.}}</p>
{{end}}{{if .Runs}}<table>
<thead><tr><th>statement</th><th>family</th><th>direction</th><th>predicted</th><th>measured</th><th class="n">lost</th><th class="n">at most</th><th class="n">failback</th><th>verdict</th></tr></thead>
{{range .Runs}}<tbody>
<tr><th colspan="9" scope="rowgroup">{{.Title}} <span class="{{if .Passed}}good">as predicted{{else}}bad">{{if .Trouble}}no verdict{{else}}different{{end}}{{end}}</span></th></tr>
{{if .Trouble}}<tr><td colspan="9" class="bad">{{.Trouble}}</td></tr>
{{end}}{{range .Findings}}<tr><td colspan="9">finding: {{.}}</td></tr>
{{end}}{{range .Flows}}<tr><td>{{.Statement}}</td><td class="w">{{.Family}}</td><td class="w">{{.Way}}</td><td>{{.Predicted}}</td><td>{{.Measured}}</td><td class="n">{{.LossText}}</td><td class="n">{{.LimitText}}</td><td class="n">{{.FailbackText}}</td>{{if .Passed}}<td class="good">ok</td>{{else}}<td class="bad">DIFF</td>{{end}}</tr>
{{range .Differences}}<tr><td colspan="9" class="bad">{{.}}</td></tr>
{{end}}{{end}}</tbody>
{{end}}</table>
{{end}}{{range .Report.Omitted}}<p class="soft">not drilled: {{.}}</p>
{{end}}<h2>Words</h2>
<dl>
{{range .Words}}<dt>{{.Word}}</dt><dd>{{.Text}}</dd>
{{end}}</dl>
{{end}}`

// WriteHTML writes the report as one page for a browser, light or dark.
func (r *TestReport) WriteHTML(w io.Writer) error {
	t := template.Must(template.Must(template.New("page").Parse(page)).Parse(testBody))
	return t.Execute(w, struct {
		Title, Conditions string
		Report            *TestReport
	}{"Lab test of " + r.Plan, conditions(r.MSEE, r.GatewayHold, r.Clock), r})
}

// htmlRun is a run with its title.
type htmlRun struct {
	*Run
	Title string
	Flows []htmlFlow
}

// htmlFlow is an observation with its direction and times written.
type htmlFlow struct {
	*Observation
	Way, LossText, LimitText, FailbackText string
}

// A meaning explains a word of a report.
type meaning struct{ Word, Text string }

// faultWords say what each fault does, in the order of an explanation.
var faultWords = []meaning{
	{bySilence, "nothing comes through, and both ends keep their carrier: only BFD or the hold timer sees it"},
	{byCarrier, "the router loses its carrier, Microsoft's end keeps its own"},
	{byOneWay, "what Microsoft sends is lost, what the router sends arrives"},
	{byProcess, "the BGP process of the Microsoft edge router is killed"},
	{byCables, "a router loses the carrier of all its interfaces; a tunnel goes down at both ends"},
	{byDrain, "the Microsoft edge router puts 12076 in front eight times, and then forwards nothing any more"},
	{byBFD, "the packets of BFD alone are lost"},
	{byReset, "the session is reset and kept down"},
}

// words are the meanings of the words that a report has: its faults, and what all
// reports speak of.
func (r *DrillReport) words() []meaning {
	out := slices.DeleteFunc(slices.Clone(faultWords), func(m meaning) bool {
		return !slices.ContainsFunc(r.Runs, func(run Run) bool { return slices.Contains(run.Faults, m.Word) })
	})
	return append(out,
		meaning{"lost, at most", "the longest time without a packet, from the fault to the new path, and how long it may have been: the prediction's longest time, what routers need to act on it, and the clock's error"},
		meaning{"failback", "the longest time without a packet after the repair"},
		meaning{"clock error", "how late a probe was sent at most: a time without packets is known to within it"},
	)
}

// WriteHTML writes the report as one page for a browser, light or dark.
func (r *DrillReport) WriteHTML(w io.Writer) error {
	ways := map[sim.Direction]string{sim.ToAzure: "to Azure", sim.FromAzure: "from Azure"}
	runs := make([]htmlRun, len(r.Runs))
	for i := range r.Runs {
		in := &r.Runs[i]
		runs[i] = htmlRun{Run: in, Title: in.title()}
		for j := range in.Flows {
			o := &in.Flows[j]
			flow := htmlFlow{o, ways[o.Direction], span(o.Loss), span(o.Limit), span(o.Failback)}
			if o.Limit < 0 {
				flow.LossText, flow.LimitText = "no path", "–"
			}
			runs[i].Flows = append(runs[i].Flows, flow)
		}
	}
	t := template.Must(template.Must(template.New("page").Parse(page)).Parse(drillBody))
	return t.Execute(w, struct {
		Title   string
		Summary []string
		Report  *DrillReport
		Runs    []htmlRun
		Words   []meaning
	}{"Lab drill of " + r.Plan, r.summary(), r, runs, r.words()})
}
