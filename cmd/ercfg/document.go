package main

import (
	"fmt"

	"github.com/ercfg/ercfg/internal/artifact"
	"github.com/ercfg/ercfg/internal/ticket"
)

// The JSON form of a rendering is published as schema/render.schema.json; a
// test compares the two.
type (
	document struct {
		Schema  string           `json:"$schema"`
		Intent  string           `json:"intent"`
		Ticket  documentTicket   `json:"ticket"`
		Routers []documentRouter `json:"routers"`
	}
	documentTicket struct {
		Reference   string          `json:"reference"`
		Owner       string          `json:"owner"`
		Description string          `json:"description"`
		Summary     documentSummary `json:"summary"`
		Mermaid     string          `json:"mermaid"`
		Order       []documentStep  `json:"order"`
		Warnings    []string        `json:"warnings"`
		Digests     documentDigests `json:"digests"`
	}
	documentSummary struct {
		Change     []string `json:"change"`
		Preferred  []string `json:"preferred"`
		Advertised []string `json:"advertised"`
		Timers     []string `json:"timers"`
		Failover   []string `json:"failover"`
	}
	documentStep struct {
		Router string   `json:"router"`
		Links  []string `json:"links"`
		Wait   string   `json:"wait"`
		Note   string   `json:"note"`
	}
	documentDigests struct {
		Version   string `json:"version"`
		Intent    string `json:"intent"`
		Templates string `json:"templates"`
	}
	documentRouter struct {
		Name       string         `json:"name"`
		Platform   string         `json:"platform"`
		File       string         `json:"file"`
		SHA256     string         `json:"sha256"`
		Text       string         `json:"text"`
		Lines      []documentLine `json:"lines,omitempty"`
		Companions []documentFile `json:"companions"`
		Secrets    []string       `json:"secrets"`
		// The router's part of the ticket.
		Problem      string          `json:"problem,omitempty"` // why it was not compared
		Change       *changeDocument `json:"change,omitempty"`
		Pre          []documentCheck `json:"checksBefore"`
		Post         []documentCheck `json:"checksAfter"`
		Interruption []string        `json:"interruption"`
		Rollback     []string        `json:"rollback"`
	}
	documentCheck struct {
		Command string   `json:"command"`
		Expect  []string `json:"expect"`
		Why     string   `json:"why"`
	}
	documentLine struct {
		Text   string `json:"text"`
		Origin string `json:"origin,omitempty"`
	}
	documentFile struct {
		File   string `json:"file"`
		Mode   string `json:"mode"`
		SHA256 string `json:"sha256"`
		Text   string `json:"text"`
	}
)

// renderSchemaID is the $id of the published schema of a document.
const renderSchemaID = "https://github.com/ercfg/ercfg/schema/v1/render.schema.json"

// newDocument lists the configurations of an intent, each with its part of the
// ticket.
func newDocument(t ticket.Ticket, configs []artifact.Config, compared []comparison) document {
	d := document{Schema: renderSchemaID, Intent: t.Intent, Ticket: newDocumentTicket(&t), Routers: make([]documentRouter, 0, len(configs))}
	parts := make(map[string]*ticket.Router, len(t.Routers))
	for i := range t.Routers {
		parts[t.Routers[i].Name] = &t.Routers[i]
	}
	against := make(map[string]*comparison, len(compared))
	for i := range compared {
		against[compared[i].config.Router] = &compared[i]
	}
	for _, c := range configs {
		r := newDocumentRouter(c, parts[c.Router])
		if found := against[c.Router]; found != nil && found.err != nil {
			r.Problem = sentence(found.err)
		} else if found != nil {
			r.Change = newChangeDocument(&found.change, found.digest)
		}
		d.Routers = append(d.Routers, r)
	}
	return d
}

func newDocumentRouter(c artifact.Config, part *ticket.Router) documentRouter {
	r := documentRouter{
		Name: c.Router, Platform: c.Platform, File: c.Name, SHA256: c.Digest(), Text: c.Text,
		Companions: make([]documentFile, 0, len(c.Companions)),
		Secrets:    make([]string, 0, len(c.Secrets)),
		Pre:        newDocumentChecks(part.Pre), Post: newDocumentChecks(part.Post),
		Interruption: listed(part.Interruption), Rollback: listed(part.Rollback),
	}
	for _, l := range c.Lines {
		r.Lines = append(r.Lines, documentLine(l))
	}
	for _, f := range c.Companions {
		r.Companions = append(r.Companions, documentFile{File: f.Name, Mode: fmt.Sprintf("%04o", f.Mode.Perm()), SHA256: f.Digest(), Text: f.Text})
	}
	for _, s := range c.Secrets {
		r.Secrets = append(r.Secrets, s.String())
	}
	return r
}

func newDocumentChecks(all []ticket.Check) []documentCheck {
	out := make([]documentCheck, 0, len(all))
	for _, c := range all {
		out = append(out, documentCheck{c.Command, listed(c.Expect), c.Why})
	}
	return out
}

func newDocumentTicket(t *ticket.Ticket) documentTicket {
	d := documentTicket{
		Reference: t.Reference, Owner: t.Owner, Description: t.Description,
		Summary: documentSummary{listed(t.Summary.Change), listed(t.Summary.Preferred), listed(t.Summary.Advertised), listed(t.Summary.Timers), listed(t.Summary.Failover)},
		Mermaid: t.Diagram.Mermaid(), Warnings: listed(t.Warnings), Order: make([]documentStep, 0, len(t.Order)),
		Digests: documentDigests{t.Digests.Version, t.Digests.Intent, t.Digests.Templates},
	}
	for _, s := range t.Order {
		d.Order = append(d.Order, documentStep{s.Router, listed(s.Links), s.Wait, s.Note})
	}
	return d
}

// listed is a list that JSON writes as one although it is empty.
func listed(list []string) []string { return append([]string{}, list...) }
