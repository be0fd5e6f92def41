package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/spf13/pflag"

	"github.com/ercfg/ercfg/internal/artifact"
	"github.com/ercfg/ercfg/internal/confdiff"
	"github.com/ercfg/ercfg/internal/render"
)

// maxRunningBytes bounds a router's own configuration: the largest that routers
// print have some ten megabytes.
const maxRunningBytes = 64 << 20

// A comparison is what a router has against what was rendered for it.
type comparison struct {
	config artifact.Config
	file   string // that the running configuration was read from
	change confdiff.Change
	digest string // of our slice of it; see confdiff.Digest
	err    error  // not nil: the router was not compared
}

// compare reads the running configurations at path, a directory, a file or "-",
// and compares each with the rendering of its router. A router that cannot be
// compared has an error of its own; the error returned is about path itself.
// Names are the routers of the intent, of which configs may be some.
func (a *app) compare(o confdiff.Options, path string, names []string, configs []artifact.Config) ([]comparison, error) {
	out := make([]comparison, len(configs))
	for i, c := range configs {
		out[i].config = c
	}
	if path == "-" {
		if err := onlyOne(path, configs); err != nil {
			return nil, err
		}
		out[0].file = stdinName
		text, err := io.ReadAll(io.LimitReader(a.stdin, maxRunningBytes+1))
		if err != nil {
			return nil, fmt.Errorf("read standard input: %w", err)
		}
		out[0].against(o, text)
		return out, nil
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		if err := onlyOne(path, configs); err != nil {
			return nil, err
		}
		out[0].file = path
	} else {
		strays, err := find(path, names, out)
		if err != nil {
			return nil, err
		}
		a.tellStrays(path, strays)
	}
	fanOut(len(out), func(i int) { out[i].read(o) })
	return out, nil
}

// fanOut calls f with 0 to n-1, on every core at once, and returns when all is
// done.
func fanOut(n int, f func(i int)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		wg.Go(func() {
			for i := int(next.Add(1) - 1); i < n; i = int(next.Add(1) - 1) {
				f(i)
			}
		})
	}
	wg.Wait()
}

// onlyOne refuses one text for several routers.
func onlyOne(path string, configs []artifact.Config) error {
	if len(configs) == 1 {
		return nil
	}
	names := make([]string, 0, mostKnown)
	for _, c := range configs[:min(len(configs), mostKnown)] {
		names = append(names, c.Router)
	}
	if len(configs) > mostKnown {
		names = append(names, "…")
	}
	return usageError{
		fmt.Sprintf("--running %s is one configuration, and the intent has %d routers", shown(path), len(configs)),
		"say whose it is with --router (" + strings.Join(names, ", ") + "), or name a directory with a file for each",
	}
}

// find names the file of each router in dir: the router's name alone, or with
// anything behind a dot. It returns the files that are no router's of the intent.
func find(dir string, routers []string, all []comparison) (strays []string, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	beside := map[string]bool{artifact.ManifestName: true, ticketNames["markdown"]: true, ticketNames["html"]: true}
	for _, c := range all {
		for _, f := range c.config.Companions {
			beside[f.Name] = true
		}
	}
	known := make(map[string]bool, len(routers))
	for _, r := range routers {
		known[r] = true
	}
	of := make(map[string][]string)
	for _, e := range entries {
		// A pipe in a directory is waited for until somebody writes to it.
		if t := e.Type(); !t.IsRegular() && t&os.ModeSymlink == 0 {
			continue
		}
		router := ownerOf(e.Name(), known)
		switch {
		case router == "" && !beside[e.Name()]:
			strays = append(strays, e.Name())
		case router != "" && !beside[e.Name()]:
			of[router] = append(of[router], e.Name())
		}
	}
	for i := range all {
		c := &all[i]
		switch names := of[c.config.Router]; len(names) {
		case 0:
			c.err = fmt.Errorf("%s has no file for it: %s, or %[2]s and anything behind a dot", shown(dir), c.config.Router)
		case 1:
			c.file = filepath.Join(dir, names[0])
		default:
			slices.Sort(names)
			c.err = fmt.Errorf("%s has %d files for it, and one is wanted: %s", shown(dir), len(names), shown(strings.Join(names, ", ")))
		}
	}
	return strays, nil
}

// ownerOf is the router that a file is named after, and empty where there is none.
// Of two, such as edge and edge.oslo, it is the longer name.
func ownerOf(file string, known map[string]bool) string {
	for name := file; name != ""; {
		if known[name] {
			return name
		}
		name = name[:max(strings.LastIndexByte(name, '.'), 0)]
	}
	return ""
}

// tellStrays says which files of dir were not looked at, because a router that the
// intent has lost looks like one that was compared.
func (a *app) tellStrays(dir string, strays []string) {
	if len(strays) == 0 {
		return
	}
	list := strings.Join(strays[:min(len(strays), mostKnown)], ", ")
	if len(strays) > mostKnown {
		list += ", …"
	}
	a.tell("%s: %s no router's of this intent: %s", shown(dir), map[bool]string{true: "a file is", false: "files are"}[len(strays) == 1], shown(list))
}

// routerNames are the routers of configs.
func routerNames(configs []artifact.Config) []string {
	out := make([]string, 0, len(configs))
	for _, c := range configs {
		out = append(out, c.Router)
	}
	return out
}

// read reads the file and compares.
func (c *comparison) read(o confdiff.Options) {
	if c.err != nil {
		return
	}
	f, err := os.Open(c.file)
	if err != nil {
		c.err = err
		return
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxRunningBytes+1))
	if err != nil {
		c.err = err
		return
	}
	c.against(o, text)
}

// against compares the rendering with the text of a running configuration.
func (c *comparison) against(o confdiff.Options, text []byte) {
	if len(text) > maxRunningBytes {
		c.err = fmt.Errorf("%s: it is larger than %d MiB", shown(c.file), maxRunningBytes>>20)
		return
	}
	have, err := confdiff.Read(c.config.Platform, text)
	if err != nil {
		c.err = fmt.Errorf("%s: %w", shown(c.file), err)
		return
	}
	want, err := confdiff.Read(c.config.Platform, []byte(c.config.Text))
	if err != nil {
		panic("a rendering does not read: " + err.Error())
	}
	c.change = confdiff.Between(want, have, o)
	c.digest = confdiff.Digest(want, have, o.Intent)
}

// notCompared joins the errors of what was not compared, a router each.
func notCompared(all []comparison) error {
	var out []error
	for _, c := range all {
		if c.err != nil {
			out = append(out, fmt.Errorf("%s is not compared: %s", c.config.Router, sentence(c.err)))
		}
	}
	return errors.Join(out...)
}

// agreed are the flags by which a person lets go what was not rendered.
type agreed struct{ prune, bringUp bool }

func (g *agreed) flags(flags *pflag.FlagSet) {
	flags.BoolVar(&g.prune, "prune", false, "also take away sessions, links, tunnels and anchors that an earlier intent has left")
	flags.BoolVar(&g.bringUp, "bring-up", false, "bring up sessions that are shut down on the router and not in the intent")
}

func (g *agreed) options(intent string) confdiff.Options {
	return confdiff.Options{Intent: intent, Prune: g.prune, BringUp: g.bringUp}
}

// renderFor renders for a comparison: without comments, Junos as set commands.
func renderFor(in *loaded) ([]artifact.Config, error) { return render.All(in.plan, render.Options{}) }
