package main

import (
	"io"

	"github.com/spf13/cobra"

	"github.com/ercfg/ercfg/internal/diag"
	"github.com/ercfg/ercfg/internal/plan"
)

func (a *app) showCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "show FILE|DIR|-",
		Short: "Print the effective intent, each value with its origin",
		Long: `show prints the intent as ercfg understands it: every default in its place, and
behind each value where it comes from, a line of a file or a default with its
reason. The result is itself an intent, in YAML whatever --output says;
rendering it gives the same configurations.`,
		Example: `  ercfg show site.yaml
  ercfg show site.yaml | grep default`,
		Args: exactly("FILE|DIR|-"),
		RunE: func(_ *cobra.Command, args []string) error { return a.show(args[0]) },
	}
}

// show prints the effective intent, or its findings where it has errors.
func (a *app) show(path string) error {
	in, env, err := a.parse(path)
	if err != nil {
		return err
	}
	text := ""
	if in.doc != nil {
		in.check(func() (found diag.List) {
			text, found = plan.Effective(in.doc, env)
			return found
		})
	}
	if err := a.printFindings(a.stderr, in.doc, in.findings); err != nil {
		return err
	}
	if in.findings.HasErrors() {
		a.tell("%s: %s", in.name, a.summary(in.findings))
		return errFindings
	}
	_, err = io.WriteString(a.stdout, text)
	return product(err)
}
