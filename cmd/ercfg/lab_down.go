//go:build linux

package main

import (
	"context"
	"errors"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/ercfg/ercfg/internal/lab"
)

func (a *app) labDown(f *labFlags) *cobra.Command {
	all := false
	cmd := &cobra.Command{
		Use:   "down [NAME]",
		Short: "End a lab and everything of it",
		Long: `lab down ends a lab: its processes, namespaces and interfaces, and what is known
of it. It also clears what a crash has left. Without NAME it ends the only lab.`,
		Example: `  sudo ercfg lab down
  sudo ercfg lab down contoso-london
  sudo ercfg lab down --all`,
		Args: func(cmd *cobra.Command, args []string) error {
			switch {
			case len(args) > 1:
				return exactly("NAME")(cmd, args)
			case len(args) == 1 && all:
				return usageError{"lab down: --all ends every lab, and NAME one", "leave one of them out"}
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if err := lab.NeedRoot(); err != nil {
				return err
			}
			return a.endLabs(context.Background(), f.dir, append(args, "")[0], all)
		},
	}
	cmd.Flags().BoolVar(&all, "all", false, "end every lab")
	return cmd
}

// endLabs ends one lab, or all of them.
func (a *app) endLabs(ctx context.Context, dir, name string, all bool) error {
	names, err := lab.Known(dir)
	if err != nil {
		return err
	}
	if len(names) == 0 {
		a.tell("no lab is up")
		return nil
	}
	if !all {
		at, err := theLab(dir, name, "ercfg lab down NAME ends one, and --all every one")
		if err != nil {
			return err
		}
		names = []string{filepath.Base(at)}
	}
	var errs []error
	for _, n := range names {
		err := lab.Down(ctx, filepath.Join(dir, n))
		if err == nil {
			a.tell("lab %s is down", n)
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}
