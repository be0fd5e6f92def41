package main

import "github.com/spf13/cobra"

func (a *app) validateCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "validate FILE|DIR|-",
		Short: "Check an intent: every mistake at once, with its remedy",
		Long: `validate checks an intent: its YAML, its schema, the rules of ExpressRoute and
BGP design, what each router's platform can express, and what the traffic would
do in every single failure. It reads one file, all *.yaml files of a directory
as one intent, or standard input (-), and writes nothing.

Findings are printed together, sorted by place. An error makes the exit code 1;
a warning does not. With --output json the findings go to standard output.`,
		Example: `  ercfg validate site.yaml
  ercfg validate intents/london/
  generate-intent | ercfg validate -
  ercfg validate site.yaml --output json | jq '.findings[].code'`,
		Args: exactly("FILE|DIR|-"),
		RunE: func(_ *cobra.Command, args []string) error { return a.validate(args[0]) },
	}
}

// validate prints every finding of an intent.
func (a *app) validate(path string) error {
	in, err := a.loadAs(path, judged)
	if err != nil {
		return err
	}
	if a.output == "json" {
		err = product(a.printFindings(a.stdout, in.doc, in.findings))
	} else {
		err = a.printFindings(a.stderr, in.doc, in.findings)
		a.tell("%s: %s", in.name, a.summary(in.findings))
	}
	if err == nil && in.findings.HasErrors() {
		err = errFindings
	}
	return err
}
