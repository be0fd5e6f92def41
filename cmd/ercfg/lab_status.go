//go:build linux

package main

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/ercfg/ercfg/internal/lab"
)

// The JSON form of the list of labs is published as schema/lab-status.schema.json;
// a test compares the two.
type (
	labStatusDocument struct {
		Schema string      `json:"$schema"`
		Labs   []labStatus `json:"labs"`
	}
	labStatus struct {
		Name    string    `json:"name"`
		Up      bool      `json:"up"`
		Problem string    `json:"problem,omitempty"` // why it is not up
		Started string    `json:"started,omitempty"` // RFC 3339, UTC
		MSEE    string    `json:"msee,omitempty"`
		Broken  *labFault `json:"broken,omitempty"`
		Nodes   []labNode `json:"nodes"`
	}
	// A labFault is what lab fail has broken and nobody has repaired.
	labFault struct {
		Scenario string   `json:"scenario"`
		Faults   []string `json:"faults"` // of each failure
		Since    string   `json:"since"`  // RFC 3339, UTC
		Repair   string   `json:"repair"` // the command
		text     string   // for a terminal
	}
	labNode struct {
		Name  string   `json:"name"`
		Kind  lab.Kind `json:"kind"`
		PID   int      `json:"pid"`
		Hosts []string `json:"hosts"`
	}
)

// labStatusSchemaID is the $id of the published schema of a labStatusDocument.
const labStatusSchemaID = "https://github.com/ercfg/ercfg/schema/v1/lab-status.schema.json"

// labRepair is the command that repairs what is broken in a lab. Where its intent lies
// the lab does not know.
const labRepair = "ercfg lab heal FILE"

func (a *app) labStatus(f *labFlags) *cobra.Command {
	return &cobra.Command{
		Use:   "status",
		Short: "List the labs that are up, and their nodes",
		Long: `lab status lists the labs of this host that are up, what is broken in them on
purpose, since when and how to repair it, and what their nodes play.`,
		Example: `  sudo ercfg lab status`,
		Args:    exactly(),
		RunE: func(*cobra.Command, []string) error {
			if err := lab.NeedRoot(); err != nil {
				return err
			}
			return a.printLabs(f.dir)
		},
	}
}

// printLabs lists the labs below dir.
func (a *app) printLabs(dir string) error {
	names, err := lab.Known(dir)
	if err != nil {
		return err
	}
	labs := make([]labStatus, len(names))
	var unknown error // what is broken in a lab
	for i, name := range names {
		var err error
		labs[i], err = statusOf(dir, name)
		unknown = errors.Join(unknown, err)
	}
	if a.output == "json" {
		return errors.Join(product(writeJSON(a.stdout, labStatusDocument{labStatusSchemaID, labs})), unknown)
	}
	if len(labs) == 0 {
		a.tell("no lab is up")
		return nil
	}
	return errors.Join(product(writeLabs(a.stdout, labs)), unknown)
}

// statusOf looks at one lab. The error is that of what is broken in it: the rest is
// told all the same.
func statusOf(dir, name string) (labStatus, error) {
	out := labStatus{Name: name, Nodes: []labNode{}}
	l, err := lab.Open(filepath.Join(dir, name), nil)
	switch {
	case errors.Is(err, lab.ErrNone): // known, and without a state
		out.Problem = "its start was killed: ercfg lab down clears what is left of it"
		return out, nil
	case err != nil:
		out.Problem = err.Error()
		return out, nil
	}
	out.Up, out.Started, out.MSEE = true, l.Started.Format(time.RFC3339), l.Options.MSEE
	for _, n := range l.Nodes {
		node := labNode{n.Name, n.Kind, n.PID, []string{}}
		for _, h := range n.Hosts {
			node.Hosts = append(node.Hosts, h.String())
		}
		out.Nodes = append(out.Nodes, node)
	}
	broken, err := l.Broken()
	if broken != nil {
		out.Broken = &labFault{broken.Scenario, broken.Faults, broken.Since.Format(time.RFC3339), labRepair, broken.String()}
	}
	return out, err
}

// writeLabs writes the list for a terminal.
func writeLabs(out io.Writer, labs []labStatus) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for i, l := range labs {
		if i > 0 {
			fmt.Fprintln(w)
		}
		if !l.Up {
			fmt.Fprintf(w, "%s: %s\n", l.Name, l.Problem)
			continue
		}
		started, _ := time.Parse(time.RFC3339, l.Started) // written above
		fmt.Fprintf(w, "%s: up since %s, Microsoft edge on %s\n", l.Name, started.Local().Format(time.DateTime), l.MSEE)
		if l.Broken != nil {
			fmt.Fprintf(w, "  broken: %s; %s repairs it\n", l.Broken.text, l.Broken.Repair)
		}
		for _, n := range l.Nodes {
			fmt.Fprintf(w, "  %s\t%s\t%s\n", n.Name, n.Kind, strings.Join(n.Hosts, " "))
		}
	}
	return w.Flush()
}
