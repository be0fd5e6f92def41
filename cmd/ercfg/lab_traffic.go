//go:build linux

package main

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/ercfg/ercfg/internal/lab"
	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/sim"
)

func (a *app) labTraffic(f *labFlags) *cobra.Command {
	o := lab.TrafficOptions{For: 30 * time.Second, Rate: 100}
	cmd := &cobra.Command{
		Use:   "traffic FILE|DIR|-",
		Short: "Send traffic between the hosts, for verify to see",
		Long: `lab traffic sends UDP between the hosts of every statement, both ways and by
every router that the LAN hands it to, and prints what was sent and what has
arrived. Flows live eight seconds each, eight of a stream at a time: exporters
tell of them soon, and the balance over equal links shows.

It ends after --for, and with Ctrl-C, which prints what was sent until then.
lab fail, test and drill may run meanwhile. Where nothing arrives the exit code
is 1.`,
		Example: `  sudo ercfg lab traffic site.yaml --for 60s &
  sudo ercfg verify site.yaml --lab --for 50s`,
		Args: exactly("FILE|DIR|-"),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := o.Check(); err != nil {
				return usageError{"lab traffic: " + err.Error(), "--for 60s --rate 100"}
			}
			return a.sendTraffic(args[0], f, o)
		},
	}
	cmd.Flags().DurationVar(&o.For, "for", o.For, "how long; an hour at most")
	cmd.Flags().IntVar(&o.Rate, "rate", o.Rate, "packets a second of each stream, up to 1000 (`N`)")
	return cmd
}

// The JSON form of what lab traffic has sent is published as
// schema/lab-traffic.schema.json; a test compares the two.
type (
	labTrafficDocument struct {
		Schema  string          `json:"$schema"`
		Intent  string          `json:"intent"`
		TookMs  int64           `json:"tookMs"`
		Traffic []labTrafficRow `json:"traffic"`
		Omitted []string        `json:"omitted"`
	}
	labTrafficRow struct {
		Statement string        `json:"statement"`
		Family    plan.Family   `json:"family"`
		Direction sim.Direction `json:"direction"`
		Flows     uint64        `json:"flows"`
		Sent      uint64        `json:"sent"`
		Arrived   uint64        `json:"arrived"`
		Bytes     uint64        `json:"bytes"`
	}
)

// labTrafficSchemaID is the $id of the published schema of a labTrafficDocument.
const labTrafficSchemaID = "https://github.com/ercfg/ercfg/schema/v1/lab-traffic.schema.json"

func newLabTrafficDocument(intent string, r *lab.TrafficReport) labTrafficDocument {
	d := labTrafficDocument{Schema: labTrafficSchemaID, Intent: intent, TookMs: r.Took.Milliseconds(), Traffic: []labTrafficRow{}, Omitted: listed(r.Omitted)}
	for _, row := range r.Rows {
		d.Traffic = append(d.Traffic, labTrafficRow{row.Statement, row.Family, row.Direction, row.Flows, row.Sent, row.Received, row.Bytes})
	}
	return d
}

// sendTraffic sends traffic in the lab of the intent at path.
func (a *app) sendTraffic(path string, f *labFlags, o lab.TrafficOptions) error {
	in, l, err := a.opened(path, f)
	if err != nil {
		return err
	}
	a.tell("sending for %s; Ctrl-C ends it", o.For)
	var r *lab.TrafficReport
	err = interruptible("nothing is sent any more", func(ctx context.Context) (err error) {
		r, err = l.Traffic(ctx, in.plan, o)
		return err
	})
	if err != nil {
		return err
	}
	if a.output == "json" {
		err = writeJSON(a.stdout, newLabTrafficDocument(in.plan.Name, r))
	} else {
		err = writeTraffic(a.stdout, r)
	}
	if err := product(err); err != nil {
		return err
	}
	for _, left := range r.Omitted {
		a.tell("not sent: %s", left)
	}
	if !r.Arrived() {
		return errFindings
	}
	return nil
}

// writeTraffic writes what was sent for a terminal.
func writeTraffic(out io.Writer, r *lab.TrafficReport) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "traffic\tflows\tsent\tarrived\tlost\n")
	for _, row := range r.Rows {
		lost := "none"
		switch {
		case row.Received == 0:
			lost = "ALL"
		case row.Received < row.Sent:
			lost = fmt.Sprintf("%d", row.Sent-row.Received)
		}
		fmt.Fprintf(w, "%s %s %s\t%d\t%d\t%d\t%s\n", row.Statement, row.Family, row.Direction, row.Flows, row.Sent, row.Received, lost)
	}
	return w.Flush()
}
