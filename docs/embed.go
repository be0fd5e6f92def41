// Package docs holds the pages that the program itself prints: one per rule.
//
// Nothing comes in; out go texts that are compiled in. The package words no
// finding: a finding's own text stands beside its check.
package docs

import (
	"embed"
	"fmt"
	"strings"
)

//go:embed rules/ER*.md
var pages embed.FS

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
