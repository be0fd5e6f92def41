package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

func (a *app) completionCommand() *cobra.Command {
	shells := []string{"bash", "fish", "powershell", "zsh"}
	return &cobra.Command{
		Use:   "completion bash|fish|powershell|zsh",
		Short: "Print a script that completes ercfg in a shell",
		Long:  `completion prints a script that completes verbs, flags and rules in a shell.`,
		Example: `  source <(ercfg completion bash)
  ercfg completion zsh > "${fpath[1]}/_ercfg"
  ercfg completion fish > ~/.config/fish/completions/ercfg.fish`,
		ValidArgs: shells,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return exactly("SHELL")(cmd, args)
			}
			if !slices.Contains(shells, args[0]) {
				// The nearest spelling is no help here: tcsh is no slip for bash.
				return usageError{fmt.Sprintf("completion: there is no script for the shell %q", args[0]), "known here: " + strings.Join(shells, ", ")}
			}
			return oneOf("shell", shells)(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			root := cmd.Root()
			switch args[0] {
			case "bash":
				return product(root.GenBashCompletionV2(a.stdout, true))
			case "fish":
				return product(root.GenFishCompletion(a.stdout, true))
			case "powershell":
				return product(root.GenPowerShellCompletionWithDesc(a.stdout))
			}
			return product(root.GenZshCompletion(a.stdout))
		},
	}
}
