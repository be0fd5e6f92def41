package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ercfg/ercfg/internal/diag"
)

// columns is how wide a help text may be: the width of a terminal.
const columns = 80

// rootCommand makes the command tree. Nothing of it outlives one run.
func (a *app) rootCommand() *cobra.Command {
	var version bool
	root := &cobra.Command{
		Use:   "ercfg VERB",
		Short: "Configure the routers at the edge of Azure ExpressRoute",
		Long: `ercfg reads one intent (YAML), checks it against what Azure ExpressRoute and the
routers really do, and renders the configuration of every edge router in its
own language: Cisco IOS-XE, Juniper Junos, FRR.`,
		Example: `  ercfg init -o site.yaml            an intent to start from
  ercfg validate site.yaml           every mistake at once, with its remedy
  ercfg paths site.yaml              which path carries what, in each failure
  ercfg render site.yaml -o out/     one configuration per router
  ercfg diff site.yaml --running captures/    what the routers have instead
  ercfg push site.yaml               change them, test, keep it or put it back
  ercfg verify site.yaml --for 5m    does the traffic take the paths it should?`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          knownVerb,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if version {
				return product(a.version(readBuild()))
			}
			return cmd.Help()
		},
	}
	root.CompletionOptions.DisableDefaultCmd = true
	root.PersistentFlags().Var(newChoice(&a.output, "text", "json"), "output", "form of findings, and of what explain, lab, paths, status, verify and version print")
	root.PersistentFlags().BoolVar(&a.verbose, "verbose", false, "print notes, too")
	root.PersistentFlags().BoolP("help", "h", false, "print this help")
	root.Flags().BoolVar(&version, "version", false, "do what the verb version does")
	root.SetFlagErrorFunc(flagError)
	// In the order of a newcomer's day; cobra sorts its own copy by name.
	verbs := []*cobra.Command{
		a.initCommand(), a.validateCommand(), a.pathsCommand(), a.renderCommand(), a.diffCommand(), a.pushCommand(), a.statusCommand(), a.confirmCommand(), a.revertCommand(), a.verifyCommand(), a.showCommand(), a.labCommand(),
		a.explainCommand(), a.schemaCommand(), a.versionCommand(), a.completionCommand(),
	}
	root.AddCommand(verbs...)
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) { help(cmd, verbs) })
	root.DisableFlagsInUseLine = true
	for _, v := range verbs {
		v.DisableFlagsInUseLine = true
	}
	root.SetHelpCommand(helpCommand())
	return root
}

// knownVerb refuses whatever is left on the command line when no verb fits.
func knownVerb(root *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	var verbs []string
	for _, c := range root.Commands() {
		verbs = append(verbs, c.Name())
	}
	return usageError{fmt.Sprintf("there is no verb %q", args[0]), diag.DidYouMean(args[0], verbs)}
}

// helpCommand is `ercfg help VERB`.
func helpCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "help [VERB]",
		Short: "Print the help of a verb",
		Long:  `help prints the help of a verb, or the list of verbs.`,
		Example: `  ercfg help
  ercfg help render`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			found, rest, err := cmd.Root().Find(args)
			if err == nil && len(rest) > 0 {
				err = knownVerb(cmd.Root(), rest)
			}
			if err != nil {
				return err
			}
			return found.Help()
		},
	}
}

// help prints the help of cmd, 80 columns wide at most.
func help(cmd *cobra.Command, verbs []*cobra.Command) {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\nUsage:\n  %s\n", cmd.Long, cmd.UseLine())
	if cmd.Example != "" {
		fmt.Fprintf(&b, "\nExamples:\n%s\n", cmd.Example)
	}
	if cmd.HasParent() {
		verbs = cmd.Commands()
	}
	if len(verbs) > 0 {
		b.WriteString("\nVerbs:\n")
		for _, c := range verbs {
			fmt.Fprintf(&b, "  %-11s %s\n", c.Name(), c.Short)
		}
	}
	if flags := cmd.LocalNonPersistentFlags(); flags.HasAvailableFlags() {
		fmt.Fprintf(&b, "\nFlags:\n%s", flags.FlagUsagesWrapped(columns))
	}
	for c := cmd; c.HasParent(); c = c.Parent() {
		if flags := c.PersistentFlags(); flags.HasAvailableFlags() {
			fmt.Fprintf(&b, "\nFlags of every verb of %s:\n%s", verb(c), flags.FlagUsagesWrapped(columns))
		}
	}
	fmt.Fprintf(&b, "\nFlags of every verb:\n%s", cmd.Root().PersistentFlags().FlagUsagesWrapped(columns))
	if !cmd.HasParent() {
		b.WriteString(`
Exit codes: 0 as wanted, 1 findings, 2 differences, 3 the environment failed
and nothing was changed, 4 a router was changed and put back, 5 a router's state
is unknown: look at it, 64 wrong usage. The product goes to standard output,
everything else to standard error.
`)
	}
	fmt.Fprint(cmd.OutOrStdout(), b.String())
}

// flagError names the nearest flag for one that does not exist, and says what a
// flag wants whose value is none: the words of Go's parsers help nobody.
func flagError(cmd *cobra.Command, err error) error {
	hint := fmt.Sprintf("`ercfg help %s` lists the flags", verb(cmd))
	if !cmd.HasParent() {
		hint = "`ercfg help` lists the flags"
	}
	if missing, ok := errors.AsType[*pflag.NotExistError](err); ok && len(missing.GetSpecifiedName()) > 1 {
		var known []string
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			if !f.Hidden {
				known = append(known, "--"+f.Name)
			}
		})
		hint = diag.DidYouMean("--"+missing.GetSpecifiedName(), known)
	}
	if invalid, ok := errors.AsType[*pflag.InvalidValueError](err); ok {
		if want := wanted(invalid.GetFlag().Value.Type()); want != "" {
			return usageError{fmt.Sprintf("--%s wants %s, not %q", invalid.GetFlag().Name, want, invalid.GetValue()), hint}
		}
	}
	return usageError{err.Error(), hint}
}

// wanted says what a flag of a type of pflag's takes.
func wanted(kind string) string {
	switch kind {
	case "int":
		return "a whole number"
	case "duration":
		return "a duration such as 9s"
	case "bool":
		return "true, false or no value"
	}
	return "" // the flag says it itself
}

// exactly takes the arguments named, one each, and no others.
func exactly(names ...string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) < len(names):
			return usageError{fmt.Sprintf("%s: %s is missing", verb(cmd), names[len(args)]), "usage: " + cmd.UseLine()}
		case len(args) > len(names):
			return usageError{fmt.Sprintf("%s: %q is one argument too many", verb(cmd), args[len(names)]), "usage: " + cmd.UseLine()}
		}
		return nil
	}
}

// verb is a command's name as a person writes it: lab up.
func verb(cmd *cobra.Command) string { return strings.TrimPrefix(cmd.CommandPath(), "ercfg ") }

// oneOf takes one argument of the list, or none.
func oneOf(what string, list []string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) > 1:
			return usageError{fmt.Sprintf("%s: %q is one argument too many", cmd.Name(), args[1]), "usage: " + cmd.UseLine()}
		case len(args) == 1 && !slices.Contains(list, args[0]):
			return usageError{fmt.Sprintf("%s: there is no %s %q", cmd.Name(), what, args[0]), diag.DidYouMean(args[0], list)}
		}
		return nil
	}
}

// A choice is a flag with a list of values. The first is the default.
type choice struct {
	value *string
	list  []string
}

func newChoice(value *string, list ...string) *choice {
	*value = list[0]
	return &choice{value, list}
}

// Set takes one word of the list.
func (c *choice) Set(word string) error {
	if !slices.Contains(c.list, word) {
		return fmt.Errorf("want %s", strings.Join(c.list, " or "))
	}
	*c.value = word
	return nil
}

func (c *choice) String() string { return *c.value }

// Type is the word that help prints behind the flag.
func (c *choice) Type() string { return strings.Join(c.list, "|") }
