// Package schema holds the published JSON Schemas. They are generated or
// written by hand, checked by tests, and never changed at run time.
package schema

import _ "embed"

// Intent is the schema of an intent.
//
//go:embed intent.schema.json
var Intent []byte

// Findings is the schema of what `--output json` prints about findings.
//
//go:embed findings.schema.json
var Findings []byte
