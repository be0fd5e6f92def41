package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/ercfg/ercfg/internal/diag"
	"github.com/ercfg/ercfg/internal/intent"
)

// printFindings writes the findings: text for a person, or the published JSON
// document, to w. The JSON document is written even when there are none.
func (a *app) printFindings(w io.Writer, doc *intent.Document, list diag.List) error {
	out := bufio.NewWriter(w)
	if a.output == "json" {
		if doc != nil {
			addPaths(doc, list)
		}
		if err := list.WriteJSON(out); err != nil {
			return err
		}
		return out.Flush()
	}
	for _, d := range list {
		if err := a.printFinding(out, d); err != nil {
			return err
		}
	}
	return out.Flush()
}

// addPaths gives every finding the path of its place, which only JSON prints.
func addPaths(doc *intent.Document, list diag.List) {
	paths := make(map[diag.Pos]string)
	for _, d := range list {
		if d.Path == "" {
			paths[d.Pos] = ""
		}
	}
	doc.FillPaths(paths)
	for i := range list {
		if list[i].Path == "" {
			list[i].Path = paths[list[i].Pos]
		}
	}
}

// printFinding writes one finding as text, with its severity in colour where
// the terminal has it.
func (a *app) printFinding(w io.Writer, d diag.Diagnostic) error {
	if !a.colour {
		return diag.List{d}.WriteText(w, a.verbose)
	}
	var b bytes.Buffer
	if err := (diag.List{d}).WriteText(&b, a.verbose); err != nil {
		return err
	}
	colour := map[diag.Severity]string{diag.Error: "\x1b[1;31m", diag.Warning: "\x1b[1;33m", diag.Info: "\x1b[1;36m"}[d.Severity]
	plain := fmt.Sprintf("%s: %s: ", d.Pos, d.Severity)
	_, err := fmt.Fprint(w, strings.Replace(b.String(), plain, fmt.Sprintf("%s: %s%s\x1b[0m: ", d.Pos, colour, d.Severity), 1))
	return err
}

// tell says something to the person at the terminal. With --output json nobody
// is there, and a program may be reading the findings from standard error.
func (a *app) tell(format string, args ...any) {
	if a.output != "json" {
		fmt.Fprintf(a.stderr, format+"\n", args...)
	}
}

// summary counts the findings in words: "2 errors, 1 warning".
func (a *app) summary(list diag.List) string {
	var parts []string
	for _, s := range []diag.Severity{diag.Error, diag.Warning} {
		if n := list.Count(s); n > 0 {
			parts = append(parts, count(n, s.String()))
		}
	}
	if len(parts) == 0 {
		parts = append(parts, "no findings")
	}
	text := strings.Join(parts, ", ")
	if n := list.Count(diag.Info); n > 0 {
		text += ", " + count(n, "note")
		if !a.verbose {
			text += " (--verbose prints notes)"
		}
	}
	return text
}

// count is a number of things in words.
func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
