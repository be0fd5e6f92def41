package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ercfg/ercfg/docs"
	"github.com/ercfg/ercfg/internal/diag"
)

func (a *app) explainCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "explain [RULE]",
		Short: "Print a rule's page: what, why, wrong, right",
		Long: `explain prints the page of a rule: what it refuses, why, with the source, and
how the intent looks wrong and right. Every finding ends in the number of its
rule. Of a rule that no intent can break it says why, and of one that is not
checked yet with which verb it comes. Without an argument it lists the rules.`,
		Example: `  ercfg explain ER042
  ercfg explain 42
  ercfg explain | grep BFD`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return nil
			}
			return exactly("RULE")(cmd, args)
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			var codes []string
			for _, r := range docs.All() {
				codes = append(codes, r.Code+"\t"+r.Title)
			}
			return codes, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return product(a.listRules(docs.All()))
			}
			return a.explain(args[0])
		},
	}
}

// explain prints one page.
func (a *app) explain(word string) error {
	code := ruleCode(word)
	var known []string
	for _, r := range docs.All() {
		if r.Code != code {
			known = append(known, r.Code)
			continue
		}
		if a.output == "json" {
			return product(a.writeRules([]docs.Rule{r}))
		}
		_, err := io.WriteString(a.stdout, r.Page)
		return product(err)
	}
	hint := "`ercfg explain` lists the rules"
	if near := diag.DidYouMean(code, known); strings.HasPrefix(code, "ER") && near != "" {
		hint = near + " " + hint
	}
	return usageError{fmt.Sprintf("explain: there is no rule %q", word), hint}
}

// ruleCode takes 42, er042 and ER042 for the same rule.
func ruleCode(word string) string {
	digits := strings.TrimPrefix(strings.ToUpper(word), "ER")
	if digits == "" || len(digits) > 3 || strings.Trim(digits, "0123456789") != "" {
		return word
	}
	return "ER" + strings.Repeat("0", 3-len(digits)) + digits
}

// listRules prints code, severity and title of every rule.
func (a *app) listRules(rules []docs.Rule) error {
	if a.output == "json" {
		return a.writeRules(rules)
	}
	w := bufio.NewWriter(a.stdout)
	for _, r := range rules {
		fmt.Fprintf(w, "%s  %-14s %s\n", r.Code, strings.Join(severities(r), ", "), r.Title)
	}
	return w.Flush()
}

// severities picks the severities out of a page's line, which also says when.
func severities(r docs.Rule) []string {
	var found []string
	for _, s := range []diag.Severity{diag.Error, diag.Warning, diag.Info} {
		if strings.Contains(r.Severity, s.String()) {
			found = append(found, s.String())
		}
	}
	return found
}

// rulesSchemaID is the $id of the published schema of writeRules.
const rulesSchemaID = "https://github.com/ercfg/ercfg/schema/v1/rules.schema.json"

func (a *app) writeRules(rules []docs.Rule) error {
	return writeJSON(a.stdout, struct {
		Schema string      `json:"$schema"`
		Rules  []docs.Rule `json:"rules"`
	}{rulesSchemaID, rules})
}

// writeJSON writes one document for programs that a person can read, too.
func writeJSON(w io.Writer, document any) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(document)
}
