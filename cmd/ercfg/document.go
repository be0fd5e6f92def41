package main

import (
	"fmt"

	"github.com/ercfg/ercfg/internal/artifact"
)

// The JSON form of a rendering is published as schema/render.schema.json; a
// test compares the two.
type (
	document struct {
		Schema  string           `json:"$schema"`
		Intent  string           `json:"intent"`
		Routers []documentRouter `json:"routers"`
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

// newDocument lists the configurations of an intent.
func newDocument(intent string, configs []artifact.Config) document {
	d := document{Schema: renderSchemaID, Intent: intent, Routers: make([]documentRouter, 0, len(configs))}
	for _, c := range configs {
		r := documentRouter{
			Name: c.Router, Platform: c.Platform, File: c.Name, SHA256: c.Digest(), Text: c.Text,
			Companions: make([]documentFile, 0, len(c.Companions)),
			Secrets:    make([]string, 0, len(c.Secrets)),
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
		d.Routers = append(d.Routers, r)
	}
	return d
}
