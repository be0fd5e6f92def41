//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ercfg/ercfg/internal/lab"
	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/sim"
)

func (a *app) labTest(f *labFlags) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "test FILE|DIR|-",
		Short: "Compare the lab with the plan: sessions, timers, routes, packets",
		Long: `lab test waits until the network of lab up has converged, and compares it with
the plan: sessions and the timers that both ends agreed on, BFD bound to session
and interface, what each router hears and what it tells Azure, and where packets
really go, both ways. Anything else than planned makes the exit code 1.`,
		Example: `  sudo ercfg lab test site.yaml
  sudo ercfg lab test site.yaml --format junit > test.xml`,
		Args: exactly("FILE|DIR|-"),
		RunE: func(_ *cobra.Command, args []string) error {
			return interruptible("the lab is as it was", func(ctx context.Context) error { return a.testLab(ctx, args[0], f) })
		},
	}
	reportFormat(cmd, f)
	return cmd
}

func (a *app) labDrill(f *labFlags) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "drill FILE|DIR|-",
		Short: "Break everything that can fail, and compare with the prediction",
		Long: `lab drill breaks the network of lab up in every way that paths knows, one after
the other: a link with and without carrier, a Microsoft edge router, a drain,
BFD, a router, a circuit, a tunnel. It sends packets every 10 ms in both
directions, measures where they go, how long they are lost, and whether all is
well after the repair, and prints it beside the prediction. A difference makes
the exit code 1.

It takes about a quarter of a minute for each failure, and says what it does.
Ctrl-C repairs what is broken and prints what was drilled until then.`,
		Example: `  sudo ercfg lab drill site.yaml
  sudo ercfg lab drill site.yaml --only er-lon.primary,er-lon
  sudo ercfg lab drill site.yaml --variants all --format html > drill.html`,
		Args: exactly("FILE|DIR|-"),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := unnamed(f.only); err != nil {
				return err
			}
			return interruptible("what was broken is repaired", func(ctx context.Context) error { return a.drillLab(ctx, args[0], f) })
		},
	}
	reportFormat(cmd, f)
	variants := ""
	cmd.Flags().StringArrayVar(&f.only, "only", nil, "only this scenario, failures that hold at once: `NAME[,NAME]`; may be repeated")
	cmd.Flags().Var(newChoice(&variants, "usual", "all"), "variants", "how a failure is made: in the usual ways, or in all")
	cmd.PreRun = func(*cobra.Command, []string) { f.all = variants == "all" }
	return cmd
}

func reportFormat(cmd *cobra.Command, f *labFlags) {
	cmd.Flags().Var(newChoice(&f.format, "text", "json", "html", "junit"), "format", "form of the report; --output json is --format json")
}

// opened is the lab of the intent at path, which is up.
func (a *app) opened(path string, f *labFlags) (*labIntent, *lab.Lab, error) {
	in, err := a.loadLab(path)
	if err != nil {
		return nil, nil, err
	}
	if err := lab.NeedRoot(); err != nil {
		return nil, nil, err
	}
	names, err := lab.Known(f.dir)
	if err != nil {
		return nil, nil, err
	}
	if len(names) > 0 && !slices.Contains(names, in.plan.Name) {
		return nil, nil, fmt.Errorf("lab %s is not up (up: %s): ercfg lab up %s", in.plan.Name, strings.Join(names, ", "), shown(path))
	}
	l, err := lab.Open(filepath.Join(f.dir, in.plan.Name), in.plan)
	return in, l, err
}

// openedAlone opens a lab for a verb that wants it for itself, until unlock.
func (a *app) openedAlone(path string, f *labFlags) (in *labIntent, l *lab.Lab, unlock func(), err error) {
	if in, l, err = a.opened(path, f); err != nil {
		return nil, nil, nil, err
	}
	unlock, err = lab.Lock(filepath.Join(f.dir, in.plan.Name))
	return in, l, unlock, err
}

// testLab compares the lab with its plan.
func (a *app) testLab(ctx context.Context, path string, f *labFlags) error {
	in, l, unlock, err := a.openedAlone(path, f)
	if err != nil {
		return err
	}
	defer unlock()
	normal := sim.Predict(in.plan, []sim.Scenario{{}}).Outcomes[0]
	r, err := l.Test(ctx, in.plan, &normal, a.tell)
	if err != nil {
		return err
	}
	a.tellTwins(in)
	return a.report(labReport{r.Passed(), func(w io.Writer) error { return r.WriteText(w, a.verbose) }, r.WriteJSON, r.WriteHTML, r.WriteJUnit}, f)
}

// drillLab breaks the lab and compares it with the prediction.
func (a *app) drillLab(ctx context.Context, path string, f *labFlags) error {
	in, l, err := a.opened(path, f)
	if err != nil {
		return err
	}
	scenarios, err := drilled(in.plan, f.only)
	if err != nil {
		return err
	}
	unlock, err := lab.Lock(filepath.Join(f.dir, in.plan.Name))
	if err != nil {
		return err
	}
	defer unlock()
	a.tell("%s to play; Ctrl-C repairs what is broken and ends", count(len(scenarios)-1, "scenario"))
	r, err := l.Drill(ctx, in.plan, sim.Predict(in.plan, scenarios), lab.DrillOptions{All: f.all}, a.tell)
	if err != nil && (r == nil || len(r.Runs) == 0) {
		return err
	}
	a.tellTwins(in)
	printed := a.report(labReport{r.Passed(), r.WriteText, r.WriteJSON, r.WriteHTML, r.WriteJUnit}, f)
	switch {
	case err == nil:
		return printed
	case errors.Is(printed, errFindings): // a report that is cut short never passes
		return err
	}
	return errors.Join(err, printed)
}

// unnamed refuses a scenario without a failure.
func unnamed(only []string) error {
	for _, name := range only {
		switch strings.Trim(name, ", ") {
		case "":
			return usageError{fmt.Sprintf("lab drill: --only %q names no scenario", name), "`ercfg paths FILE` lists the scenarios"}
		case "normal":
			return usageError{"lab drill: nothing fails in the scenario normal", "`ercfg lab test FILE` looks at it"}
		}
	}
	return nil
}

// drilled are the scenarios of a drill: the normal state, and those that were
// asked for or every single failure and the ladders.
func drilled(p *plan.Plan, only []string) ([]sim.Scenario, error) {
	if len(only) == 0 {
		return append(sim.Scenarios(p, 1), sim.Ladders(p)...), nil
	}
	out := []sim.Scenario{{}}
	for _, name := range only {
		s, err := sim.ParseScenario(p, name)
		if err != nil {
			return nil, usageError{"lab drill: " + err.Error(), "`ercfg paths FILE` lists the scenarios"}
		}
		out = append(out, s)
	}
	return out, nil
}

// A labReport is what a lab has shown, and its writers.
type labReport struct {
	passed                  bool
	text, json, html, junit func(io.Writer) error
}

// report prints a report; one that has not passed makes the exit code 1.
func (a *app) report(r labReport, f *labFlags) error {
	write := map[string]func(io.Writer) error{"text": r.text, "json": r.json, "html": r.html, "junit": r.junit}[f.format]
	if a.output == "json" && f.format == "text" {
		write = r.json
	}
	if err := product(write(a.stdout)); err != nil {
		return err
	}
	if !r.passed {
		return errFindings
	}
	return nil
}
