// Package docs holds the pages that the program itself prints: one per rule.
//
// Nothing comes in; out go texts that are compiled in. The package words no
// finding: a finding's own text stands beside its check.
package docs

import (
	"embed"
	"fmt"
	"slices"
	"strings"
)

//go:embed rules/ER*.md
var pages embed.FS

// listed has every rule of ExpressRoute, constructed those that no intent can
// break.
var (
	//go:embed rules/rules.tsv
	listed string
	//go:embed rules/by-construction.md
	constructed string
)

// Rule is the page of one rule and what its head says.
type Rule struct {
	Code     string `json:"code"`     // ER042
	Title    string `json:"title"`    // one line
	Severity string `json:"severity"` // error, warning, info; two of them where the rule has both
	Page     string `json:"page"`     // Markdown
}

// Rules returns every rule, by number. A page opens with `# CODE: title` and a
// line `Severity: …`; one that does not is a bug of this repository, and a
// panic.
func Rules() []Rule {
	entries, err := pages.ReadDir("rules")
	if err != nil {
		panic(fmt.Sprintf("docs: the pages are not embedded: %v", err))
	}
	rules := make([]Rule, 0, len(entries))
	for _, e := range entries {
		text, err := pages.ReadFile("rules/" + e.Name())
		if err != nil {
			panic(fmt.Sprintf("docs: %v", err))
		}
		rules = append(rules, parseRule(e.Name(), string(text)))
	}
	return rules
}

// Unchecked returns the rules of ExpressRoute that no finding is about, by
// number: those that no intent can break, and those that come with a verb that is
// not there yet. Their pages are made of the lines that say so, and their titles
// end in it.
func Unchecked() []Rule {
	var rules []Rule
	built := constructedRules()
	for line := range strings.Lines(listed) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		fields := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(fields) < 3 {
			panic(fmt.Sprintf("docs: the line %q of rules.tsv has not code, severity and title", line))
		}
		r := Rule{Code: fields[0], Severity: fields[1], Title: fields[2]}
		why, cannot := built[r.Code]
		switch {
		case cannot:
			r.Page = "No intent can break this rule.\n\n" + why
			r.Title += " (cannot be)"
		case len(fields) > 3:
			r.Page = fmt.Sprintf("This rule comes with `ercfg %s`, which is not there yet: nothing checks it now.\n", fields[3])
			r.Title += fmt.Sprintf(" (with %s)", fields[3])
		default:
			continue // it has a page
		}
		r.Page = fmt.Sprintf("# %s: %s\n\nSeverity: %s\n\n%s", r.Code, fields[2], r.Severity, r.Page)
		rules = append(rules, r)
	}
	return rules
}

// constructedRules reads the table of by-construction.md: what each rule says,
// and why nothing can break it.
func constructedRules() map[string]string {
	out := make(map[string]string)
	for line := range strings.Lines(constructed) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), " | ")
		if !strings.HasPrefix(line, "| ER") || len(cells) < 3 {
			continue
		}
		_, says, _ := strings.Cut(cells[1], ": ") // behind its severity
		out[strings.TrimSpace(cells[0])] = fmt.Sprintf("## What\n\n%s.\n\n## Why it cannot happen\n\n%s.\n", capital(says), capital(cells[2]))
	}
	return out
}

// capital begins a sentence.
func capital(s string) string {
	s = strings.TrimSuffix(strings.TrimSpace(s), ".")
	if s == "" || s[0] == '`' {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// All returns the rules with a page and the others, by number.
func All() []Rule {
	all := append(Rules(), Unchecked()...)
	slices.SortFunc(all, func(a, b Rule) int { return strings.Compare(a.Code, b.Code) })
	return all
}

func parseRule(file, text string) Rule {
	code := strings.TrimSuffix(file, ".md")
	head, rest, _ := strings.Cut(text, "\n")
	title, ok := strings.CutPrefix(head, "# "+code+": ")
	if !ok {
		panic(fmt.Sprintf("docs: %s opens with %q, not with its code and title", file, head))
	}
	line, _, _ := strings.Cut(strings.TrimSpace(rest), "\n")
	severity, ok := strings.CutPrefix(line, "Severity: ")
	if !ok {
		panic(fmt.Sprintf("docs: %s has no line Severity below its title", file))
	}
	return Rule{Code: code, Title: title, Severity: severity, Page: text}
}
