//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/ercfg/ercfg/internal/diag"
	"github.com/ercfg/ercfg/internal/lab"
)

// labsDir is where labs keep what is known of them: a directory each.
const labsDir = "/run/ercfg/lab"

// labFlags are the flags of the verbs under lab.
type labFlags struct {
	dir     string // of all labs
	options lab.Options
	format  string
	only    []string // scenarios
	all     bool     // faults
}

func (a *app) labCommand() *cobra.Command {
	f := labFlags{dir: labsDir}
	cmd := &cobra.Command{
		Use:   "lab up|traffic|test|drill|fail|heal|status|sh|down",
		Short: "Build the network alive on this host, test it and break it",
		Long: `lab builds the network of an intent on one Linux host: each router as a real FRR
in namespaces of its own with the text that render makes, Azure's side around it
(Microsoft edge routers, VPN gateways, VNets), hosts at both ends. Routers of
other vendors are played by an FRR twin. Sessions, BFD, routes and packets are
real; nothing leaves the namespaces, and no secret of yours is used.

It needs root, FRR, iproute2 and nftables, and says what is missing.`,
		Example: `  sudo ercfg lab up site.yaml
  sudo ercfg lab test site.yaml       is everything as planned?
  sudo ercfg lab drill site.yaml      does every failure end as predicted?
  sudo ercfg lab traffic site.yaml    traffic for verify --lab to see
  sudo ercfg lab fail site.yaml er-lon.primary
  sudo ercfg lab sh ce1               a shell on a router, or vtysh
  sudo ercfg lab down`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return nil
			}
			var verbs []string
			for _, c := range cmd.Commands() {
				verbs = append(verbs, c.Name())
			}
			return usageError{fmt.Sprintf("lab: there is no verb %q", args[0]), diag.DidYouMean(args[0], verbs)}
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.PersistentFlags().StringVar(&f.dir, "dir", f.dir, "keep what is known of labs in this `DIR`")
	for _, c := range []*cobra.Command{a.labUp(&f), a.labTraffic(&f), a.labTest(&f), a.labDrill(&f), a.labFail(&f), a.labHeal(&f), a.labStatus(&f), a.labShell(&f), a.labDown(&f)} {
		c.DisableFlagsInUseLine = true
		cmd.AddCommand(c)
	}
	return cmd
}

// theLab is the directory of a lab below dir: of the name that is given, or the
// only one. Where there are several, hint says how one is named.
func theLab(dir, name, hint string) (string, error) {
	names, err := lab.Known(dir)
	switch {
	case err != nil:
		return "", err
	case len(names) == 0:
		return "", lab.ErrNone
	case name != "" && slices.Contains(names, name):
		return filepath.Join(dir, name), nil
	case name != "":
		return "", usageError{fmt.Sprintf("lab: no lab is called %q", name), diag.DidYouMean(name, names)}
	case len(names) > 1:
		return "", usageError{"lab: several labs are up: " + strings.Join(names, ", "), hint}
	}
	return filepath.Join(dir, names[0]), nil
}

// interruptible runs do until it ends or the user presses Ctrl-C, and lets it
// clean up. repaired says what is so then.
func interruptible(repaired string, do func(ctx context.Context) error) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	return interrupted(ctx, do(ctx), repaired)
}

// interrupted words the error of what ctx has cut short: whatever it says, Ctrl-C
// is the reason. repaired is said where the way back has not failed.
func interrupted(ctx context.Context, err error, repaired string) error {
	if err == nil || ctx.Err() == nil || errors.Is(err, errFindings) {
		return err
	}
	if left, ok := errors.AsType[lab.Unrepaired](err); ok {
		return fmt.Errorf("interrupted, and not all could be put right: %w; ercfg lab down ends the lab", left)
	}
	return errors.New("interrupted; " + repaired)
}
