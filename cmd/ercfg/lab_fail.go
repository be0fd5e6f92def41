//go:build linux

package main

import (
	"context"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/ercfg/ercfg/internal/lab"
	"github.com/ercfg/ercfg/internal/sim"
)

func (a *app) labFail(f *labFlags) *cobra.Command {
	how := ""
	cmd := &cobra.Command{
		Use:   "fail FILE|DIR|- NAME[,NAME]",
		Short: "Break something and leave it broken",
		Long: `lab fail breaks what NAME says, as paths names it, and leaves it so. It returns
when the traffic has moved to where it is predicted and the routers have the
sessions and routes of that state alone, in both families: without BFD, as IPv6
is, a silent link is noticed when the hold time is over. What is not so when the
time for it is up is said, and the exit code is 1.

The lab is then in that scenario alone: what lab fail has broken before is
repaired first. lab status tells what is broken. lab heal repairs it, and so do
lab test and lab drill before they look.

--fault says how it is broken: silent, carrier, oneway, down, drain, bfd or
reset, where the failure can come about that way. Ctrl-C repairs it.`,
		Example: `  sudo ercfg lab fail site.yaml er-lon.primary
  sudo ercfg lab fail site.yaml er-lon.primary --fault carrier
  sudo ercfg lab heal site.yaml`,
		Args: exactly("FILE|DIR|-", "NAME[,NAME]"),
		RunE: func(_ *cobra.Command, args []string) error {
			return interruptible("what was broken is repaired", func(ctx context.Context) error { return a.failLab(ctx, args[0], args[1], how, f) })
		},
	}
	cmd.Flags().StringVar(&how, "fault", "", "how it is broken (default: silent for a link, down for a tunnel or router)")
	return cmd
}

// failLab breaks the lab of the intent at path.
func (a *app) failLab(ctx context.Context, path, name, how string, f *labFlags) error {
	in, l, err := a.opened(path, f)
	if err != nil {
		return err
	}
	state, err := scenario("lab fail", in.plan, name)
	if err != nil {
		return err
	}
	if len(state.Failures) == 0 {
		return usageError{"lab fail: nothing fails in the scenario normal", "`ercfg lab heal FILE` repairs"}
	}
	unlock, err := lab.Lock(filepath.Join(f.dir, in.plan.Name))
	if err != nil {
		return err
	}
	defer unlock()
	if err := l.Playable(state, how); err != nil {
		return usageError{"lab fail: " + err.Error(), "leave --fault out for the usual one"}
	}
	outcome := sim.Predict(in.plan, []sim.Scenario{state}).Outcomes[0]
	different, err := l.Fail(ctx, in.plan, &outcome, how, a.tell)
	if err != nil {
		return err
	}
	for _, d := range different {
		a.tell("%s", d)
	}
	if len(different) > 0 {
		a.tell("broken, and not all is as predicted; repair it with ercfg lab heal %s", shown(path))
		return errFindings
	}
	a.tell("broken, and traffic and routers are as predicted; repair it with ercfg lab heal %s", shown(path))
	return nil
}

func (a *app) labHeal(f *labFlags) *cobra.Command {
	return &cobra.Command{
		Use:   "heal FILE|DIR|-",
		Short: "Repair what lab fail has broken",
		Long: `lab heal repairs what lab fail has broken, and what a drill that was killed has
left. It returns when sessions, routes and traffic are as in the normal state;
where they are not after a minute and the gateways' hold time, it says so and
the exit code is 1.`,
		Example: `  sudo ercfg lab heal site.yaml`,
		Args:    exactly("FILE|DIR|-"),
		RunE: func(_ *cobra.Command, args []string) error {
			return interruptible("what was broken is repaired", func(ctx context.Context) error { return a.healLab(ctx, args[0], f) })
		},
	}
}

// healLab repairs the lab of the intent at path.
func (a *app) healLab(ctx context.Context, path string, f *labFlags) error {
	in, l, unlock, err := a.openedAlone(path, f)
	if err != nil {
		return err
	}
	defer unlock()
	normal := sim.Predict(in.plan, []sim.Scenario{{}}).Outcomes[0]
	trouble, err := l.Heal(ctx, in.plan, &normal, a.tell)
	switch {
	case err != nil:
		return err
	case trouble != "":
		a.tell("repaired, and the network is not as before: %s", trouble)
		return errFindings
	}
	a.tell("repaired: the network is in its normal state")
	return nil
}
