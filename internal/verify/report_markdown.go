package verify

import (
	"fmt"
	"io"
	"strings"
)

// WriteMarkdown writes r in GitHub Flavored Markdown, for a ticket. Whatever text
// stands in r, it stays text. The error is the writer's.
func WriteMarkdown(w io.Writer, r *Report) error {
	var out strings.Builder
	fmt.Fprintf(&out, "## Flows of %s: %s\n\n%s\n", markdownText(r.Plan), r.Verdict(), markdownText(headOf(r)))
	if len(r.Judgements) > 0 {
		out.WriteString("\n| verdict | traffic | where it went | bytes | share | samples |\n| --- | --- | --- | ---: | ---: | ---: |\n")
	}
	for i := range r.Judgements {
		markdownRows(&out, &r.Judgements[i])
	}
	for i := range r.Judgements {
		j := &r.Judgements[i]
		if why := whyOf(j, true); len(why) > 0 {
			markdownList(&out, trafficText(j)+": "+j.Verdict.String(), why)
		}
	}
	for _, f := range factsOf(r) {
		markdownList(&out, f.Title, f.Lines)
	}
	if worst := worstNames(r); worst != "" {
		fmt.Fprintf(&out, "\n%s\n", markdownText(worst))
	}
	fmt.Fprintf(&out, "\n%s\n", markdownText(endOf(r)))
	_, err := io.WriteString(w, out.String())
	return err
}

// markdownRows writes the rows of a judgement. Each names it: a long table leaves a
// reader alone with a cell that is empty.
func markdownRows(out *strings.Builder, j *Judgement) {
	verdict := j.Verdict.String()
	if j.Verdict != Pass {
		verdict = "**" + verdict + "**"
	}
	for _, row := range reportRowsOf(j) {
		name := markdownText(row.Name)
		if row.Wrong {
			name = "**" + name + "**"
		}
		fmt.Fprintf(out, "| %s | %s | %s | %s | %s | %s |\n", verdict, markdownText(printable(trafficText(j))), name, row.Bytes, row.Share, row.Samples)
	}
}

func markdownList(out *strings.Builder, title string, lines []string) {
	fmt.Fprintf(out, "\n### %s\n\n", markdownText(title))
	for _, line := range lines {
		fmt.Fprintf(out, "- %s\n", markdownText(line))
	}
}

// markdownText keeps Markdown from reading anything into text. A bar would end a cell.
func markdownText(text string) string {
	if !strings.ContainsAny(text, "\\|*_`<>[#~&") {
		return printable(text)
	}
	return strings.NewReplacer(`\`, `\\`, "|", `\|`, "*", `\*`, "_", `\_`, "`", "\\`", "<", `\<`, ">", `\>`, "[", `\[`, "#", `\#`, "~", `\~`, "&", `\&`).Replace(printable(text))
}
