package main

import (
	"bytes"
	"fmt"
	"io"

	"github.com/ercfg/ercfg/internal/artifact"
	"github.com/ercfg/ercfg/internal/confdiff"
	"github.com/ercfg/ercfg/internal/diag"
	"github.com/ercfg/ercfg/internal/render"
	"github.com/ercfg/ercfg/internal/sim"
	"github.com/ercfg/ercfg/internal/ticket"
)

// newTicket makes the change request for an intent: of all its routers, compared
// with what they have where compared says so. Compared may be nil.
func newTicket(in *loaded, configs []artifact.Config, compared []comparison) ticket.Ticket {
	input := ticket.Input{
		Plan: in.plan, Configs: configs,
		Report:  sim.Predict(in.plan, everySingleFailure(in)),
		Changes: make(map[string]confdiff.Change),
		Digests: ticket.Digests{Version: readBuild().Version, Intent: in.digest, Templates: render.Digest(), Running: make(map[string]string)},
	}
	for _, f := range in.findings {
		if f.Severity == diag.Warning {
			input.Warnings = append(input.Warnings, fmt.Sprintf("%s (%s)", f.Summary, f.Code))
		}
	}
	for i := range compared {
		c := &compared[i]
		if c.err != nil {
			input.Warnings = append(input.Warnings, fmt.Sprintf("%s is not compared: %s", c.config.Router, sentence(c.err)))
			continue
		}
		input.Changes[c.config.Router] = c.change
		input.Digests.Running[c.config.Router] = c.digest
	}
	return ticket.New(input)
}

// everySingleFailure lists what a ticket predicts: normal, every failure alone, and
// all but the last path of a statement at once.
func everySingleFailure(in *loaded) []sim.Scenario {
	q := question{}
	q.add(sim.Scenarios(in.plan, 1)...)
	q.add(sim.Ladders(in.plan)...)
	return q.scenarios
}

// writeTicket writes a ticket in a form of --format.
func writeTicket(w io.Writer, t ticket.Ticket, format string) error {
	if format == "html" {
		return t.WriteHTML(w)
	}
	return t.WriteMarkdown(w)
}

// ticketNames are the files of tickets, by the form of --format.
var ticketNames = map[string]string{"markdown": "ticket.md", "html": "ticket.html"}

// ticketFile is a ticket as a file beside the configurations.
func ticketFile(t ticket.Ticket, format string) (artifact.File, error) {
	var text bytes.Buffer
	err := writeTicket(&text, t, format)
	return artifact.File{Name: ticketNames[format], Mode: 0o644, Text: text.String()}, err
}
