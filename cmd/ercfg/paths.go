package main

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ercfg/ercfg/internal/diag"
	"github.com/ercfg/ercfg/internal/pathtable"
	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/sim"
)

// pathsFlags are the flags of paths. What the user did not write is empty, but
// for depth and format.
type pathsFlags struct {
	depth      int
	fail       []string
	statements []string
	format     string
	explain    string // statement
	scenario   string // of explain, from and to
	from, to   string
}

func (a *app) pathsCommand() *cobra.Command {
	var f pathsFlags
	var all bool
	cmd := &cobra.Command{
		Use:   "paths FILE|DIR|-",
		Short: "Predict which path carries what, normally and in each failure",
		Long: `paths predicts from an intent, without a router, which links and tunnels carry
the traffic of each statement, to Azure and back: normally, and when a link, a
router, a circuit, a tunnel or a VPN fails, or Microsoft drains one of its
routers for maintenance. The prediction is the same for every vendor.

A cell names the path and its links: er-lon(P∥S) is both links, er-lon(S) the
secondary alone, "none" no path at all. CLEAR TEXT is traffic that the intent
wants encrypted, DEAD END traffic that is sent and lost for as long as it lasts.
The last two columns are how long traffic may be lost until the row holds, to
Azure and back.

A rule of design that the intent breaks is an error and makes the exit code 1;
the table is printed all the same, because it shows what would happen.`,
		Example: `  ercfg paths site.yaml
  ercfg paths site.yaml --depth 2 --format html > paths.html
  ercfg paths site.yaml --fail er-lon.primary,s2s-emea
  ercfg paths site.yaml --explain emea --scenario er-lon.primary:drain
  ercfg paths site.yaml --from 10.80.1.9 --to emea-hub --scenario er-lon`,
		Args: exactly("FILE|DIR|-"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := f.contradiction(all || cmd.Flags().Changed("depth")); err != nil {
				return err
			}
			if err := f.nameless(); err != nil {
				return err
			}
			if a.output == "json" && !cmd.Flags().Changed("format") {
				f.format = "json"
			}
			return a.paths(args[0], f)
		},
	}
	flags := cmd.Flags()
	flags.BoolVar(&all, "all", false, "every single failure, and all but the last path of a statement at once; the default")
	flags.IntVar(&f.depth, "depth", 1, "failures at once: `N` is 0, 1 or 2")
	flags.StringArrayVar(&f.fail, "fail", nil, "only this scenario: failures that hold at once, `NAME[,NAME]`; may be repeated")
	flags.StringArrayVar(&f.statements, "statement", nil, "only this statement; may be repeated (`NAME`)")
	flags.StringVar(&f.explain, "explain", "", "say step by step why this `STATEMENT` takes its path")
	flags.StringVar(&f.from, "from", "", "with --to, explain the way from this `ADDR|NETWORK|VNET`")
	flags.StringVar(&f.to, "to", "", "… to this `ADDR|VNET|NETWORK`")
	flags.StringVar(&f.scenario, "scenario", "", "what has failed in the explanation (`NAME[,NAME]`)")
	flags.Var(newChoice(&f.format, "text", "markdown", "json", "html"), "format", "form of the table; --output json is --format json")
	return cmd
}

// contradiction refuses flags that do not go together. Ranged says that the
// user chose how many failures to combine.
func (f *pathsFlags) contradiction(ranged bool) error {
	explains := f.explain != "" || f.from != "" || f.to != ""
	switch {
	case f.depth < 0 || f.depth > 2:
		return usageError{fmt.Sprintf("paths: --depth %d: it is 0, 1 or 2", f.depth), "--fail NAME,NAME,NAME predicts a scenario of three"}
	case len(f.fail) > 0 && ranged:
		return usageError{"paths: --fail predicts the scenarios that it names, --all and --depth others", "leave one of them out"}
	case (f.from == "") != (f.to == ""):
		return usageError{"paths: --from and --to belong together", "ercfg paths FILE --from NETWORK --to VNET"}
	case f.explain != "" && f.from != "":
		return usageError{"paths: --explain names a statement, and --from and --to find one", "leave one of them out"}
	case f.scenario != "" && !explains:
		return usageError{"paths: --scenario belongs to --explain, --from and --to", "--fail " + f.scenario + " predicts that scenario"}
	case explains && (len(f.fail) > 0 || len(f.statements) > 0 || ranged):
		return usageError{"paths: an explanation is about one scenario and what it is asked for", "use --scenario, and leave --fail, --statement, --all and --depth out"}
	}
	return nil
}

// nameless refuses a scenario without names, and a comma without one behind or
// before it: an empty variable of a shell is not the normal state.
func (f *pathsFlags) nameless() error {
	for flag, list := range map[string][]string{"--fail": f.fail, "--scenario": {cmp.Or(f.scenario, "normal")}} {
		for _, names := range list {
			hint := flag + " normal is the state without a failure"
			switch words := strings.Split(strings.ReplaceAll(names, " ", ""), ","); {
			case strings.Join(words, "") == "":
				return usageError{fmt.Sprintf("paths: %s %q names no scenario", flag, names), hint}
			case slices.Contains(words, ""):
				return usageError{fmt.Sprintf("paths: %s %q has a comma too many", flag, names), hint}
			}
		}
	}
	return nil
}

// paths prints what is predicted for the intent at path.
func (a *app) paths(path string, f pathsFlags) error {
	in, err := a.loadAs(path, predicted)
	if err != nil {
		return err
	}
	if err := a.printFindings(a.stderr, in.doc, in.findings); err != nil {
		return err
	}
	if in.plan == nil {
		a.tell("%s: %s; nothing is predicted", in.name, a.summary(in.findings))
		return errFindings
	}
	q, err := f.question(in.plan)
	if err != nil {
		return err
	}
	report := only(sim.Predict(in.plan, q.scenarios), q.statements)
	if err := product(a.printPaths(in, report, q.why, f.format)); err != nil {
		return err
	}
	a.tell("%s: %s; %s predicted", in.name, a.summary(in.findings), count(len(q.scenarios), "scenario"))
	if in.findings.HasErrors() {
		return errFindings
	}
	return nil
}

// A question is what the flags ask about a plan.
type question struct {
	scenarios  []sim.Scenario // normal first
	statements []string       // empty: all
	why        []string       // the answer to why, which is part of the product
}

// mostPairs bounds --depth 2. A plan of a hundred circuits has a million pairs,
// and nobody reads their table.
const mostPairs = 50_000

func (f *pathsFlags) question(p *plan.Plan) (question, error) {
	if f.explain != "" || f.from != "" {
		return f.whyQuestion(p)
	}
	q := question{statements: f.statements}
	for _, name := range f.statements {
		if err := knownStatement(p, name); err != nil {
			return q, err
		}
	}
	if len(f.fail) == 0 {
		if n := len(sim.Failures(p)); f.depth == 2 && n*(n-1)/2 > mostPairs {
			return q, usageError{fmt.Sprintf("paths: %d failures make %d pairs; --depth 2 takes at most %d pairs", n, n*(n-1)/2, mostPairs), "--fail NAME,NAME predicts one pair"}
		}
		q.scenarios = sim.Scenarios(p, f.depth)
		if f.depth > 0 { // what the last path of three is for shows in no smaller scenario
			q.add(sim.Ladders(p)...)
		}
		return q, nil
	}
	q.scenarios = []sim.Scenario{{}}
	for _, names := range f.fail {
		s, err := scenario("paths", p, names)
		if err != nil {
			return q, err
		}
		q.add(s)
	}
	return q, nil
}

// add takes scenarios, each once.
func (q *question) add(list ...sim.Scenario) {
	known := make(map[string]bool, len(q.scenarios))
	for _, s := range q.scenarios {
		known[s.Name()] = true
	}
	for _, s := range list {
		if name := s.Name(); !known[name] {
			known[name] = true
			q.scenarios = append(q.scenarios, s)
		}
	}
}

// scenario reads the names of what has failed. Tables join names by a plus, and
// what a person copies from there is read, too.
func scenario(verb string, p *plan.Plan, names string) (sim.Scenario, error) {
	names = strings.ReplaceAll(names, " + ", ",")
	s, err := sim.ParseScenario(p, names)
	if err != nil {
		return s, usageError{verb + ": " + err.Error(), failureHint(p, names)}
	}
	return s, nil
}

// mostKnown is how many names a hint lists.
const mostKnown = 12

// failureHint helps with the first of names that nothing has.
func failureHint(p *plan.Plan, names string) string {
	var known []string
	for _, f := range sim.Failures(p) {
		known = append(known, f.Name)
	}
	near := ""
	for name := range strings.SplitSeq(names, ",") {
		if name = strings.TrimSpace(name); !slices.Contains(known, name) {
			near = diag.Nearest(name, known)
			break
		}
	}
	switch {
	case near == "" && len(known) <= mostKnown:
		return "known here: " + strings.Join(known, ", ")
	case near == "":
		return "`ercfg paths FILE --format json` lists every name below scenarios"
	}
	return "did you mean " + near + "? `ercfg paths FILE --format json` lists every name"
}

func knownStatement(p *plan.Plan, name string) error {
	var known []string
	for i := range p.Statements {
		known = append(known, p.Statements[i].Name)
	}
	if !slices.Contains(known, name) {
		return usageError{fmt.Sprintf("paths: the intent has no statement %q", name), diag.DidYouMean(name, known)}
	}
	return nil
}

// only is r with the flows of the statements alone; of none it is r.
func only(r *sim.Report, statements []string) *sim.Report {
	if len(statements) == 0 || len(r.Outcomes) == 0 {
		return r
	}
	var keep []int // the outcomes list the same flows in the same order
	for i, f := range r.Outcomes[0].Flows {
		if slices.Contains(statements, f.Statement) {
			keep = append(keep, i)
		}
	}
	out := &sim.Report{Plan: r.Plan, Outcomes: make([]sim.Outcome, len(r.Outcomes))}
	for i, o := range r.Outcomes {
		flows := make([]*sim.Flow, len(keep))
		for j, k := range keep {
			flows[j] = o.Flows[k]
		}
		out.Outcomes[i] = sim.Outcome{Scenario: o.Scenario, Flows: flows}
	}
	return out
}

// printPaths writes the product.
func (a *app) printPaths(in *loaded, r *sim.Report, why []string, format string) error {
	if format == "json" {
		return writeJSON(a.stdout, newPathsDocument(r, why))
	}
	table := pathtable.New(in.plan, r)
	table.Head = &pathtable.Head{File: in.name, Tool: "ercfg " + readBuild().Version, Findings: in.findings}
	table.Why = why
	out := bufio.NewWriter(a.stdout)
	var err error
	switch format {
	case "markdown":
		err = table.WriteMarkdown(out, 2)
	case "html":
		err = table.WriteHTML(out)
	default:
		err = table.WriteText(out, terminal(a.stdout, os.Getenv("COLUMNS")))
	}
	if err != nil {
		return err
	}
	return out.Flush()
}

// terminal describes what w is, where a shell says in COLUMNS how wide its
// terminal is; not every shell exports that. A table that goes anywhere else is
// as wide as its text: whoever reads it there has other means than ercfg to make
// it fit.
func terminal(w io.Writer, width string) pathtable.Terminal {
	file, ok := w.(*os.File)
	if !ok || !isTerminal(file) {
		return pathtable.Terminal{}
	}
	on := pathtable.Terminal{Colour: wantsColour(file), Columns: columns}
	if n, err := strconv.Atoi(width); err == nil && n > 0 {
		on.Columns = n
	}
	return on
}

// isTerminal takes every character device for a terminal, which hurts nobody.
func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
