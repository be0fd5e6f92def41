package main

import (
	"github.com/ercfg/ercfg/internal/confdiff"
	"github.com/ercfg/ercfg/internal/ticket"
)

// The JSON form of differences is published as schema/diff.schema.json; a test
// compares the two. The change of a router stands in that of a rendering, too.
type (
	diffDocument struct {
		Schema  string       `json:"$schema"`
		Intent  string       `json:"intent"`
		Routers []diffRouter `json:"routers"`
	}
	diffRouter struct {
		Name     string          `json:"name"`
		Platform string          `json:"platform"`
		Compared bool            `json:"compared"`
		Problem  string          `json:"problem,omitempty"` // why it was not
		Change   *changeDocument `json:"change,omitempty"`
	}
	changeDocument struct {
		Same        bool                 `json:"same"`
		Running     string               `json:"running"` // SHA-256 of our slice
		Worst       string               `json:"worst"`
		Refused     string               `json:"refused,omitempty"`
		Differences []differenceDocument `json:"differences"`
		Commands    []string             `json:"commands"`
		Undo        []string             `json:"undo"`
		Kept        bool                 `json:"kept"`
		Doubtful    []objectDocument     `json:"doubtful"`
		NotCompared int                  `json:"notComparable"` // keys
		Operational []string             `json:"operational"`
	}
	differenceDocument struct {
		objectDocument
		Impact   string         `json:"impact"`
		Reason   string         `json:"reason"`
		Evidence string         `json:"evidence"`
		Reorder  bool           `json:"reorder"`
		Lines    []lineDocument `json:"lines"`
	}
	objectDocument struct {
		Kind string `json:"kind"`
		Name string `json:"name"`
	}
	lineDocument struct {
		Sign string `json:"sign"` // -, +, ? or a blank for a context
		Text string `json:"text"`
	}
)

// diffSchemaID is the $id of the published schema of differences.
const diffSchemaID = "https://github.com/ercfg/ercfg/schema/v1/diff.schema.json"

func newDiffDocument(intent string, all []comparison) diffDocument {
	d := diffDocument{Schema: diffSchemaID, Intent: intent, Routers: make([]diffRouter, 0, len(all))}
	for i := range all {
		c := &all[i]
		r := diffRouter{Name: c.config.Router, Platform: c.config.Platform, Compared: c.err == nil}
		if c.err != nil {
			r.Problem = sentence(c.err)
		} else {
			r.Change = newChangeDocument(&c.change, c.digest)
		}
		d.Routers = append(d.Routers, r)
	}
	return d
}

func newChangeDocument(c *confdiff.Change, digest string) *changeDocument {
	d := &changeDocument{
		Same: c.Same(), Running: digest, Worst: c.Worst().String(), Refused: c.Refused,
		Differences: make([]differenceDocument, 0, len(c.Differences)),
		Commands:    listed(c.Commands), Undo: listed(c.Undo), Kept: c.Kept,
		Doubtful: make([]objectDocument, 0, len(c.Doubtful)), NotCompared: c.Unknown(), Operational: listed(c.Operational()),
	}
	for i := range c.Differences {
		from, impact := &c.Differences[i], c.Impacts[i]
		one := differenceDocument{
			objectDocument: objectDocument{string(from.Object.Kind), from.Object.Name},
			Impact:         impact.Class.String(), Reason: impact.Reason, Evidence: impact.Evidence,
			Reorder: from.Order, Lines: []lineDocument{},
		}
		for _, l := range ticket.DifferenceLines(c.Platform, from) {
			one.Lines = append(one.Lines, lineDocument{string(l.Sign), l.Text})
		}
		d.Differences = append(d.Differences, one)
	}
	for _, o := range c.Doubtful {
		d.Doubtful = append(d.Doubtful, objectDocument{string(o.Kind), o.Name})
	}
	return d
}
