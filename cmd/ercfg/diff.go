package main

import (
	"bufio"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/ercfg/ercfg/internal/confdiff"
	"github.com/ercfg/ercfg/internal/ticket"
)

// diffFlags are the flags of diff.
type diffFlags struct {
	running  string
	routers  []string
	format   string
	commands bool
	undo     bool
	agreed
}

func (a *app) diffCommand() *cobra.Command {
	var f diffFlags
	cmd := &cobra.Command{
		Use:   "diff FILE|DIR|- --running DIR|FILE|-",
		Short: "Show what routers have against what was rendered for them",
		Long: `diff compares the running configuration of each router with what render makes
for it, in the part that is ercfg's: what is missing, what is too much, what was
changed by hand, and what an earlier intent has left. It prints the commands
that make the difference go, those that bring it back, and what they do to live
sessions. It changes nothing and asks no router: the running configurations are
files, as "show running-config", "show configuration" or vtysh print them.

--running DIR has a file for each router: its name, or its name with anything
behind a dot (ce1.txt). FILE and - are one router's; --router says whose.

What others have configured is not ercfg's and not shown. No key is printed;
where two cannot be compared the line has a question mark.`,
		Example: `  ercfg diff site.yaml --running captures/
  ssh ce1 show running-config | ercfg diff site.yaml --router ce1 --running -
  ercfg diff site.yaml --running captures/ --router ce1 --commands
  ercfg diff site.yaml --running captures/ --format html > diff.html`,
		Args: exactly("FILE|DIR|-"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := f.contradiction(args[0]); err != nil {
				return err
			}
			if a.output == "json" && !cmd.Flags().Changed("format") {
				f.format = "json"
			}
			return a.diff(args[0], f)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.running, "running", "", "the routers' own configurations: a `DIR`, a file, or - for standard input")
	flags.StringSliceVar(&f.routers, "router", nil, "compare this router only; may be repeated (`NAME`)")
	flags.Var(newChoice(&f.format, "text", "markdown", "json", "html"), "format", "form of the differences; --output json is --format json")
	flags.BoolVar(&f.commands, "commands", false, "print the commands there alone")
	flags.BoolVar(&f.undo, "undo", false, "print the commands back alone")
	f.agreed.flags(flags)
	return cmd
}

// contradiction refuses flags that do not go together.
func (f *diffFlags) contradiction(path string) error {
	switch {
	case f.running == "":
		return usageError{"diff: --running is missing: it names the routers' own configurations", "ercfg diff site.yaml --running captures/"}
	case path == "-" && f.running == "-":
		return usageError{"diff: the intent and --running cannot both come in on standard input", "write one of them to a file"}
	case f.commands && f.undo:
		return usageError{"diff: --commands prints the way there, and --undo the way back", "leave one of them out"}
	case (f.commands || f.undo) && f.format != "text":
		return usageError{"diff: --commands and --undo print commands, and no other form", "leave --format out"}
	}
	return nil
}

// diff prints what differs between the routers and the intent at path.
func (a *app) diff(path string, f diffFlags) error {
	in, err := a.load(path)
	if err != nil {
		return err
	}
	if err := a.printFindings(a.stderr, in.doc, in.findings); err != nil {
		return err
	}
	if in.findings.HasErrors() {
		a.tell("%s: %s; nothing is compared", in.name, a.summary(in.findings))
		return errFindings
	}
	configs, err := renderFor(in)
	if err != nil {
		return err
	}
	names := routerNames(configs) // pick overwrites configs
	if configs, err = pick(configs, f.routers); err != nil {
		return err
	}
	all, err := a.compare(f.options(in.plan.Name), f.running, names, configs)
	if err != nil {
		return err
	}
	if err := product(a.printDiff(in, all, f)); err != nil {
		return err
	}
	return a.diffOutcome(all)
}

// diffOutcome says how many routers differ, and is the exit code.
func (a *app) diffOutcome(all []comparison) error {
	compared, differ, unknown := 0, 0, 0
	for i := range all {
		c := &all[i]
		if c.err != nil {
			continue
		}
		compared++
		if !c.change.Same() {
			differ++
		}
		unknown += c.change.Unknown()
	}
	switch {
	case compared == 0:
		a.tell("no router was compared")
	case compared == 1:
		a.tell("%s", map[bool]string{true: "the router differs", false: "the router is the same"}[differ == 1])
	default:
		a.tell("%d of %d routers differ", differ, compared)
	}
	if unknown > 0 {
		a.tell("%s not compared: the intent has a name for it, or the router shows it hashed", count(unknown, "key"))
	}
	if err := notCompared(all); err != nil {
		return err
	}
	if differ > 0 {
		return exitStatus(exitDifferent)
	}
	return nil
}

// printDiff writes the product.
func (a *app) printDiff(in *loaded, all []comparison, f diffFlags) error {
	w := bufio.NewWriter(a.stdout)
	var err error
	switch {
	case f.commands || f.undo:
		a.printCommands(w, all, f.undo)
	case f.format == "json":
		err = writeJSON(w, newDiffDocument(in.plan.Name, all))
	case f.format == "markdown":
		err = newComparisonTicket(in, all).WriteMarkdown(w)
	case f.format == "html":
		err = newComparisonTicket(in, all).WriteHTML(w)
	default:
		colour := false
		if file, ok := a.stdout.(*os.File); ok {
			colour = isTerminal(file) && wantsColour(file)
		}
		for i := range all {
			diffText{w, colour}.router(&all[i], i == 0)
		}
	}
	if err != nil {
		return err
	}
	return w.Flush()
}

// printCommands prints commands alone, ready for a router. Where there are several
// a line parts them. A router without commands of whom some are wanted is told of.
func (a *app) printCommands(w *bufio.Writer, all []comparison, undo bool) {
	first := true
	for i := range all {
		c := &all[i]
		if c.change.Refused != "" {
			a.tell("%s has no commands: %s", c.config.Router, c.change.Refused)
		}
		if c.err != nil || c.change.Refused != "" {
			continue
		}
		commands := c.change.Commands
		if undo {
			commands = c.change.Undo
		}
		if len(all) > 1 {
			header(w, first, c.config.Router)
			first = false
		}
		for _, line := range commands {
			fmt.Fprintln(w, line)
		}
	}
}

// newComparisonTicket is the part of a ticket that is about the routers alone.
func newComparisonTicket(in *loaded, all []comparison) ticket.Ticket {
	t := ticket.Ticket{Intent: in.plan.Name, Bare: true}
	for i := range all {
		c := &all[i]
		if c.err != nil {
			t.Warnings = append(t.Warnings, fmt.Sprintf("%s is not compared: %s", c.config.Router, sentence(c.err)))
			continue
		}
		t.Routers = append(t.Routers, ticket.Router{Name: c.config.Router, Platform: c.config.Platform, Config: c.config, Change: &c.change})
	}
	return t
}

// A diffText writes differences for a person at a terminal.
type diffText struct {
	io.Writer
	colour bool
}

// router writes one router's.
func (w diffText) router(c *comparison, first bool) {
	if !first {
		fmt.Fprintln(w)
	}
	name := c.config.Router + " (" + c.config.Platform + ")"
	ch := &c.change
	switch {
	case c.err != nil:
		fmt.Fprintf(w, "%s: not compared\n", w.bold(name))
		return
	case ch.Same():
		fmt.Fprintf(w, "%s: same\n", w.bold(name))
	case ch.Refused != "":
		fmt.Fprintf(w, "%s: %s, and no commands\n", w.bold(name), count(ch.Count(), "difference"))
	default:
		fmt.Fprintf(w, "%s: %s, worst impact: %s\n", w.bold(name), count(ch.Count(), "difference"), ch.Worst())
	}
	for i := range ch.Differences {
		w.difference(ch, i)
	}
	if len(ch.Doubtful) > 0 {
		fmt.Fprintf(w, "\n  left alone: the intent's name, and not rendered; --prune takes what is surely ercfg's\n")
		for _, o := range ch.Doubtful {
			fmt.Fprintf(w, "    %s\n", o)
		}
	}
	if ch.Refused != "" {
		fmt.Fprintf(w, "\n  no commands: %s\n", ch.Refused)
	}
	w.block("commands there", ch.Commands)
	w.block("then, in operational mode", ch.Operational())
	w.block("commands back", ch.Undo)
	if len(ch.Undo) > 0 {
		w.block("then, in operational mode", ch.Operational())
	}
	if ch.Kept {
		fmt.Fprintf(w, "\n  %s stands for a key that only the router has\n", confdiff.KeptMark)
	}
}

// difference writes one object's.
func (w diffText) difference(ch *confdiff.Change, i int) {
	d, impact := &ch.Differences[i], ch.Impacts[i]
	fmt.Fprintf(w, "\n  %s", w.bold(d.Object.String()))
	switch {
	case len(d.Missing)+len(d.Extra) == 0 && !d.Order:
		fmt.Fprint(w, ": keys that cannot be compared\n")
	case impact.Reason != "":
		fmt.Fprintf(w, ": %s (%s)\n", impact.Class, impact.Reason)
	default:
		fmt.Fprintf(w, ": %s\n", impact.Class)
	}
	if d.Order {
		fmt.Fprint(w, "    its terms stand in another order\n")
	}
	for _, l := range ticket.DifferenceLines(ch.Platform, d) {
		text := "    " + string(l.Sign) + " " + l.Text
		switch {
		case l.Sign == '-' && w.colour:
			text = "\x1b[31m" + text + "\x1b[0m"
		case l.Sign == '+' && w.colour:
			text = "\x1b[32m" + text + "\x1b[0m"
		}
		fmt.Fprintln(w, text)
	}
}

// block writes commands as they are typed, so that they can be copied.
func (w diffText) block(title string, commands []string) {
	if len(commands) == 0 {
		return
	}
	fmt.Fprintf(w, "\n  %s:\n", title)
	for _, c := range commands {
		fmt.Fprintln(w, c)
	}
}

func (w diffText) bold(text string) string {
	if !w.colour {
		return text
	}
	return "\x1b[1m" + text + "\x1b[0m"
}
