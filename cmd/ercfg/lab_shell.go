//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/ercfg/ercfg/internal/diag"
	"github.com/ercfg/ercfg/internal/lab"
)

func (a *app) labShell(f *labFlags) *cobra.Command {
	name := ""
	cmd := &cobra.Command{
		Use:   "sh NODE [COMMAND...]",
		Short: "Run a shell, or a command, on a node",
		Long: `lab sh runs a shell on a node of a lab, or the command that follows its name:
vtysh is FRR's own. lab status lists the nodes. The exit code is the command's
own, or 128 and the number of the signal that has ended it.`,
		Example: `  sudo ercfg lab sh ce1
  sudo ercfg lab sh ce1 vtysh -c 'show bgp summary'
  sudo ercfg lab sh site-campus ip route`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usageError{"lab sh: NODE is missing", "`ercfg lab status` lists the nodes"}
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if err := lab.NeedRoot(); err != nil {
				return err
			}
			return a.shell(f.dir, name, args[0], args[1:])
		},
	}
	// What follows the node is a command with flags of its own.
	cmd.Flags().SetInterspersed(false)
	cmd.Flags().StringVar(&name, "lab", "", "the lab, where several are up (`NAME`)")
	return cmd
}

// shell runs a command on a node with this process's own terminal.
func (a *app) shell(dir, name, node string, argv []string) error {
	at, err := theLab(dir, name, "ercfg lab sh --lab NAME "+node+" says which")
	if err != nil {
		return err
	}
	l, err := lab.Open(at, nil)
	if err != nil {
		return err
	}
	n := l.Node(node)
	if n == nil {
		var known []string
		for _, o := range l.Nodes {
			known = append(known, o.Name)
		}
		hint := diag.DidYouMean(node, known)
		if hint == "" {
			hint = "`ercfg lab status` lists the nodes"
		}
		return usageError{fmt.Sprintf("lab sh: lab %s has no node %q", l.Name, node), hint}
	}
	if len(argv) == 0 {
		argv = []string{"/bin/sh"}
	}
	cmd := n.Command(context.Background(), argv...)
	// The command belongs to the terminal's own process group, and Ctrl-C is its.
	// It is caught here and not ignored: a command inherits what is ignored.
	cmd.SysProcAttr, cmd.Cancel = nil, nil
	caught := make(chan os.Signal, 1)
	signal.Notify(caught, syscall.SIGINT, syscall.SIGQUIT)
	defer signal.Stop(caught)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = a.stdin, a.stdout, a.stderr
	return statusOfCommand(cmd.Run())
}

// statusOfCommand is the exit status of a command that ran, as a shell has it; any
// other error stays one.
func statusOfCommand(err error) error {
	exit, ok := errors.AsType[*exec.ExitError](err)
	if !ok {
		return err
	}
	if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return exitStatus(128 + int(status.Signal()))
	}
	return exitStatus(exit.ExitCode())
}
