package artifact

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// ManifestName is the file name of the manifest in a rendered directory.
const ManifestName = "manifest.json"

// ManifestSchema is the id of the manifest's JSON Schema, which the package
// schema publishes.
const ManifestSchema = "https://github.com/ercfg/ercfg/schema/v1/manifest.schema.json"

// Manifest says what a directory holds and what it was made from. It has no
// date: the same input gives the same bytes.
type Manifest struct {
	Schema    string           `json:"$schema"`
	Version   string           `json:"version"`   // of ercfg
	Intent    ManifestIntent   `json:"intent"`    // what was rendered
	Templates string           `json:"templates"` // SHA-256 of the template packs
	Routers   []ManifestRouter `json:"routers"`   // sorted by name
	Documents []ManifestFile   `json:"documents"` // tickets; sorted by name
}

// ManifestIntent identifies an intent.
type ManifestIntent struct {
	Name   string `json:"name"`   // metadata.name
	SHA256 string `json:"sha256"` // of the files' bytes
}

// ManifestRouter lists the files of one router.
type ManifestRouter struct {
	Name       string         `json:"name"`
	Platform   string         `json:"platform"`
	File       string         `json:"file"`
	SHA256     string         `json:"sha256"`
	Companions []ManifestFile `json:"companions"` // sorted by name
	Secrets    []string       `json:"secrets"`    // references, never values
	// Running is the SHA-256 of ercfg's slice of what the router had when the
	// directory was written; empty: it was not compared. See [Manifest.Seal].
	Running string `json:"running"`
}

// ManifestFile is a companion file.
type ManifestFile struct {
	File   string `json:"file"`
	SHA256 string `json:"sha256"`
}

// NewManifest lists configs. The digests of the intent and of the templates
// are SHA-256 in lower-case hexadecimal.
func NewManifest(version, intentName, intentSHA256, templatesSHA256 string, configs []Config) Manifest {
	m := Manifest{
		Schema:    ManifestSchema,
		Version:   version,
		Intent:    ManifestIntent{Name: intentName, SHA256: intentSHA256},
		Templates: templatesSHA256,
		Routers:   make([]ManifestRouter, 0, len(configs)),
		Documents: []ManifestFile{},
	}
	for _, c := range configs {
		r := ManifestRouter{
			Name: c.Router, Platform: c.Platform, File: c.Name, SHA256: c.Digest(),
			Companions: make([]ManifestFile, 0, len(c.Companions)),
			Secrets:    make([]string, 0, len(c.Secrets)),
		}
		for _, f := range c.Companions {
			r.Companions = append(r.Companions, ManifestFile{f.Name, f.Digest()})
		}
		for _, s := range c.Secrets {
			r.Secrets = append(r.Secrets, s.String())
		}
		m.Routers = append(m.Routers, r)
	}
	slices.SortFunc(m.Routers, func(a, b ManifestRouter) int { return strings.Compare(a.Name, b.Name) })
	return m
}

// Seal notes what a router had: the digest of ercfg's slice of its running
// configuration. A plan that is sealed for a router holds as long as the router
// has that.
func (m *Manifest) Seal(router, digest string) {
	for i := range m.Routers {
		if m.Routers[i].Name == router {
			m.Routers[i].Running = digest
		}
	}
}

// Add lists a document beside the configurations.
func (m *Manifest) Add(f File) {
	m.Documents = append(m.Documents, ManifestFile{f.Name, f.Digest()})
	slices.SortFunc(m.Documents, func(a, b ManifestFile) int { return strings.Compare(a.File, b.File) })
}

// JSON returns the manifest as indented JSON with a final newline.
func (m Manifest) JSON() []byte {
	data, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		panic("artifact: a manifest of strings does not marshal: " + err.Error())
	}
	return append(data, '\n')
}

// parseManifest reads what JSON has written.
func parseManifest(data []byte) (Manifest, error) {
	var m Manifest
	if err := json.Unmarshal(data, &m); err != nil {
		return Manifest{}, err
	}
	if m.Schema != ManifestSchema {
		return Manifest{}, fmt.Errorf("its $schema is %q, want %q", m.Schema, ManifestSchema)
	}
	return m, nil
}

// files is the set of file names that the manifest accounts for, itself among
// them.
func (m Manifest) files() map[string]bool {
	out := map[string]bool{ManifestName: true}
	for _, r := range m.Routers {
		out[r.File] = true
		for _, f := range r.Companions {
			out[f.File] = true
		}
	}
	for _, f := range m.Documents {
		out[f.File] = true
	}
	return out
}
