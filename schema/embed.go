// Package schema holds the published JSON Schemas. They are generated or
// written by hand, checked by tests, and never changed at run time.
package schema

import (
	"embed"
	"fmt"
	"strings"
)

// Intent is the schema of an intent.
//
//go:embed intent.schema.json
var Intent []byte

//go:embed *.schema.json
var files embed.FS

// suffix ends the name of every schema's file.
const suffix = ".schema.json"

// Names lists the schemas by name: intent first, then those of the documents
// that ercfg prints.
func Names() []string {
	entries, err := files.ReadDir(".")
	if err != nil {
		panic(fmt.Sprintf("schema: the files are not embedded: %v", err))
	}
	names := []string{"intent"}
	for _, e := range entries {
		if name := strings.TrimSuffix(e.Name(), suffix); name != names[0] {
			names = append(names, name)
		}
	}
	return names
}

// Get returns the schema called name, which must be one of Names.
func Get(name string) []byte {
	text, err := files.ReadFile(name + suffix)
	if err != nil {
		panic(fmt.Sprintf("schema: there is no schema %q: %v", name, err))
	}
	return text
}
