package main

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/ercfg/ercfg/schema"
)

func (a *app) schemaCommand() *cobra.Command {
	names := schema.Names()
	return &cobra.Command{
		Use:   "schema [NAME]",
		Short: "Print a JSON Schema: of the intent, or of what ercfg prints",
		Long: `schema prints a published JSON Schema (draft 2020-12): that of the intent, or of
a document that ercfg itself prints as JSON. Without NAME it prints that of the
intent, for editors. The names:

  ` + strings.Join(names, "\n  "),
		Example: `  ercfg schema > ercfg.schema.json
  ercfg schema findings`,
		Args:      oneOf("schema", names),
		ValidArgs: names,
		RunE: func(_ *cobra.Command, args []string) error {
			text := schema.Intent
			if len(args) == 1 {
				text = schema.Get(args[0])
			}
			_, err := a.stdout.Write(text)
			return product(err)
		},
	}
}
