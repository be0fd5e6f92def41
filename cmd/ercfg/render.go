package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/ercfg/ercfg/internal/artifact"
	"github.com/ercfg/ercfg/internal/diag"
	"github.com/ercfg/ercfg/internal/render"
)

// renderFlags are the flags of render.
type renderFlags struct {
	dir      string
	routers  []string
	annotate bool
	style    string
	format   string
	running  string
	agreed
}

func (a *app) renderCommand() *cobra.Command {
	var f renderFlags
	cmd := &cobra.Command{
		Use:   "render FILE|DIR|- [-o DIR]",
		Short: "Render the configuration of every router",
		Long: `render checks an intent as validate does and renders the configuration of every
edge router in its own language: Cisco IOS-XE, Juniper Junos (set commands or
braces), FRR with its companion files. With an error nothing is rendered.

Without -o the configurations go to standard output; where there are several,
a line ==> FILE <== stands before each. With -o DIR they become files, beside
manifest.json with their digests, all or none. A directory that render has
written before is replaced; one that holds anything else is left alone.

--format markdown and html make a change ticket: what is wanted in words, a
picture, which path carries what in each failure, the order of work, and per
router the commands, checks and the way back. With --running, as in diff, it
holds what differs on the routers; without, the whole configuration.

A secret is never written: its place holds a token such as <env:ER_1_MD5>.`,
		Example: `  ercfg render site.yaml
  ercfg render site.yaml -o out/
  ercfg render site.yaml --router ce2 --style text
  ercfg render site.yaml --router ce1 --annotate | less
  ercfg render site.yaml --format html --running captures/ > ticket.html
  ercfg render site.yaml -o out/ --format markdown --running captures/`,
		Args: exactly("FILE|DIR|-"),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := f.contradiction(args[0]); err != nil {
				return err
			}
			return a.render(args[0], f)
		},
	}
	cmd.Flags().StringVarP(&f.dir, "to", "o", "", "write files into `DIR` instead")
	cmd.Flags().StringSliceVar(&f.routers, "router", nil, "print this router only; may be repeated (`NAME`)")
	cmd.Flags().BoolVar(&f.annotate, "annotate", false, "say in comments which path of the intent made what")
	cmd.Flags().Var(newChoice(&f.style, "set", "text"), "style", "Junos as set commands, or as text with braces")
	cmd.Flags().Var(newChoice(&f.format, "text", "markdown", "html", "json"), "format", "configurations as text, a change ticket, or one JSON document with both")
	cmd.Flags().StringVar(&f.running, "running", "", "the routers' own configurations, for the ticket and the manifest: a `DIR`, a file, or -")
	f.agreed.flags(cmd.Flags())
	return cmd
}

// contradiction refuses flags that do not go together.
func (f *renderFlags) contradiction(path string) error {
	switch {
	case f.dir != "" && f.format == "json":
		return usageError{"render: -o writes files and --format json prints one document", "leave one of them out"}
	case f.dir != "" && len(f.routers) > 0:
		// A directory with one router of many would pass for the whole.
		return usageError{"render: -o writes every router and --router prints some", "leave one of them out"}
	case f.isTicket() && len(f.routers) > 0:
		return usageError{"render: a ticket is about every router of the intent, and --router prints some", "`ercfg diff --router NAME --format markdown` is about one"}
	case f.isTicket() && (f.annotate || f.style != "set"):
		return usageError{"render: --annotate and --style are about configurations, and a ticket has commands", "leave them out"}
	case f.running != "" && f.format == "text" && f.dir == "":
		return usageError{"render: --running is for a ticket and for the manifest of -o", "`ercfg diff` shows what differs"}
	case (f.prune || f.bringUp) && f.running == "":
		return usageError{"render: --prune and --bring-up are about what routers have, which --running names", "add --running, or leave them out"}
	case f.running == "-" && path == "-":
		return usageError{"render: the intent and --running cannot both come in on standard input", "write one of them to a file"}
	}
	return nil
}

// isTicket reports whether a change ticket is wanted.
func (f *renderFlags) isTicket() bool { return f.format == "markdown" || f.format == "html" }

// render prints the configuration of every router, or writes all of them
// under f.dir, or nothing.
func (a *app) render(path string, f renderFlags) error {
	in, err := a.load(path)
	if err != nil {
		return err
	}
	if err := a.printFindings(a.findingsOf(f), in.doc, in.findings); err != nil {
		return err
	}
	if in.findings.HasErrors() {
		a.tell("%s: %s; nothing is rendered", in.name, a.summary(in.findings))
		return errFindings
	}
	configs, err := render.All(in.plan, f.options())
	if err != nil {
		return err
	}
	var compared []comparison
	if f.running != "" {
		if compared, err = a.compare(f.agreed.options(in.plan.Name), f.running, routerNames(configs), configs); err != nil {
			return err
		}
	}
	switch {
	case f.dir != "":
		return a.writeConfigs(in, configs, compared, f)
	case f.isTicket():
		if err := product(writeTicket(a.stdout, newTicket(in, configs, compared), f.format)); err != nil {
			return err
		}
		a.tellSecrets(configs)
		return notCompared(compared)
	}
	picked, err := pick(slices.Clone(configs), f.routers)
	if err != nil {
		return err
	}
	if f.format == "json" {
		if err := product(writeJSON(a.stdout, newDocument(newTicket(in, configs, compared), picked, compared))); err != nil {
			return err
		}
		return notCompared(compared)
	}
	configs = picked
	if err := a.printConfigs(configs, len(f.routers) > 0); err != nil {
		return product(err)
	}
	a.tellSecrets(configs)
	return nil
}

// mostSecrets is how many references tellSecrets names.
const mostSecrets = 5

// tellSecrets says what a person has to fill in: a router takes a placeholder
// for a key without a word, and the session then never comes up.
func (a *app) tellSecrets(configs []artifact.Config) {
	var names []string
	for _, c := range configs {
		for _, s := range c.Secrets {
			names = append(names, s.String())
		}
	}
	slices.Sort(names)
	if names = slices.Compact(names); len(names) == 0 {
		return
	}
	total := count(len(names), "secret")
	if len(names) > mostSecrets {
		names = append(names[:mostSecrets], "…")
	}
	a.tell("%s to fill in before a router gets this: %s", total, strings.Join(names, ", "))
}

func (f renderFlags) options() render.Options {
	o := render.Options{Annotate: f.annotate}
	if f.style == "text" {
		o.Junos = render.Braces
	}
	return o
}

// findingsOf is where the findings go: standard output belongs to the
// configurations, unless they become files and the findings are for a program.
func (a *app) findingsOf(f renderFlags) io.Writer {
	if a.output == "json" && f.dir != "" {
		return a.stdout
	}
	return a.stderr
}

// pick returns the configurations of the named routers, in the plan's order.
func pick(configs []artifact.Config, routers []string) ([]artifact.Config, error) {
	if len(routers) == 0 {
		return configs, nil
	}
	var known []string
	for _, c := range configs {
		known = append(known, c.Router)
	}
	for _, name := range routers {
		if !slices.Contains(known, name) {
			return nil, usageError{fmt.Sprintf("the intent has no router %q", name), diag.DidYouMean(name, known)}
		}
	}
	return slices.DeleteFunc(configs, func(c artifact.Config) bool { return !slices.Contains(routers, c.Router) }), nil
}

// printConfigs prints configurations. One that was asked for by name stands
// alone, ready for the router; its companions are files and only named.
func (a *app) printConfigs(configs []artifact.Config, named bool) error {
	w := bufio.NewWriter(a.stdout)
	bare := len(configs) == 1 && (named || len(configs[0].Companions) == 0)
	for i, c := range configs {
		if !bare {
			header(w, i == 0, c.Name)
		}
		w.WriteString(c.Text)
		if named {
			a.tellCompanions(c)
			continue
		}
		for _, f := range c.Companions {
			header(w, false, f.Name)
			w.WriteString(f.Text)
		}
	}
	return w.Flush() // a bufio.Writer keeps its first error
}

func (a *app) tellCompanions(c artifact.Config) {
	if len(c.Companions) == 0 {
		return
	}
	names := make([]string, len(c.Companions))
	for i, f := range c.Companions {
		names[i] = f.Name
	}
	a.tell("%s also needs %s; -o writes them", c.Router, strings.Join(names, ", "))
}

// header parts files on standard output, in the form of head(1).
func header(w *bufio.Writer, first bool, name string) {
	if !first {
		w.WriteByte('\n')
	}
	fmt.Fprintf(w, "==> %s <==\n", name)
}

// writeConfigs writes every configuration, the manifest and, where it is wanted,
// the ticket. With the running configurations the directory is a sealed plan, and
// what is not compared cannot be sealed.
func (a *app) writeConfigs(in *loaded, configs []artifact.Config, compared []comparison, f renderFlags) error {
	if info, err := os.Stat(f.dir); err == nil && !info.IsDir() {
		return fmt.Errorf("%s is a file; -o wants a directory, which render makes", shown(f.dir))
	}
	if err := notCompared(compared); err != nil {
		return fmt.Errorf("nothing is written: %w", err)
	}
	manifest := artifact.NewManifest(readBuild().Version, in.plan.Name, in.digest, render.Digest(), configs)
	for i := range compared {
		manifest.Seal(compared[i].config.Router, compared[i].digest)
	}
	var beside []artifact.File
	if f.isTicket() {
		file, err := ticketFile(newTicket(in, configs, compared), f.format)
		if err != nil {
			return err
		}
		beside = append(beside, file)
		manifest.Add(file)
	}
	if err := a.uninterrupted(func() error { return artifact.WriteDir(f.dir, configs, beside, manifest) }); err != nil {
		return err
	}
	files := 1 + len(beside) // the manifest
	for _, c := range configs {
		files += 1 + len(c.Companions)
	}
	a.tell("%s: %s in %s", shown(f.dir), count(len(configs), "router"), count(files, "file"))
	a.tellSecrets(configs)
	return nil
}

// uninterrupted runs write to its end although the user presses Ctrl-C, and
// then dies of the signal as the shell expects. A second Ctrl-C ends it at
// once: a network file system can hang.
func (a *app) uninterrupted(write func() error) error {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	done := make(chan struct{})
	var caught os.Signal
	var wg sync.WaitGroup
	wg.Go(func() {
		select {
		case caught = <-signals:
			signal.Stop(signals)
		case <-done:
		}
	})
	err := write()
	close(done)
	wg.Wait()
	signal.Stop(signals)
	if s, ok := caught.(syscall.Signal); ok {
		fmt.Fprintln(a.stderr, "ercfg: interrupted; what was being written is whole")
		if err := syscall.Kill(os.Getpid(), s); err == nil { // the default action ends the process
			time.Sleep(time.Second) // any thread may take the signal, so this one lives on for a moment
		}
		return errors.New("interrupted")
	}
	return err
}
