package main

import (
	"bytes"
	"path/filepath"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/ercfg/ercfg/internal/artifact"
	"github.com/ercfg/ercfg/internal/diag"
	"github.com/ercfg/ercfg/internal/intent"
	"github.com/ercfg/ercfg/schema"
)

// What ercfg prints as JSON is what its published schemas describe.
func TestJSON(t *testing.T) {
	t.Parallel()
	const site = "../../examples/01-two-ce-private.yaml"
	tests := []struct {
		name   string
		schema string
		id     string
		args   []string
		code   int
	}{
		{"findings of a sound intent", "findings", diag.SchemaID, []string{"validate", "--output", "json", site}, exitOK},
		{"findings of none", "findings", diag.SchemaID, []string{"validate", "--output", "json", "/dev/null"}, exitFindings},
		{"findings with related places", "findings", diag.SchemaID, []string{"validate", "--output", "json", "testdata/duplicate.yaml"}, exitFindings},
		{"configurations", "render", renderSchemaID, []string{"render", "--format", "json", site}, exitOK},
		{"configurations with origins", "render", renderSchemaID, []string{"render", "--format", "json", "--annotate", site}, exitOK},
		{"configurations with companions", "render", renderSchemaID, []string{"render", "--format", "json", "../../examples/02-dual-stack-one-ce.yaml"}, exitOK},
		{"configurations beside what routers have", "render", renderSchemaID, []string{"render", "--format", "json", "--running", "testdata/running", site}, exitOK},
		{"differences", "diff", diffSchemaID, []string{"diff", "--format", "json", "--running", "testdata/running", site}, exitDifferent},
		{"differences of one router, the other not compared", "diff", diffSchemaID, []string{"diff", "--output", "json", "--running", "testdata/running/one", site}, exitWorld},
		{"no difference", "diff", diffSchemaID, []string{"diff", "--format", "json", "--running", "testdata/running/ce1.txt", "--router", "ce1", site}, exitDifferent},
		{"rules", "rules", rulesSchemaID, []string{"explain", "--output", "json"}, exitOK},
		{"a rule", "rules", rulesSchemaID, []string{"explain", "--output", "json", "900"}, exitOK},
		{"version", "version", versionSchemaID, []string{"version", "--output", "json"}, exitOK},
		{"schema of an intent", "intent", intent.SchemaID, nil, 0},
		{"schema of a manifest", "manifest", artifact.ManifestSchema, nil, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			compiled := compile(t, tt.schema, tt.id)
			if tt.args == nil {
				return
			}
			code, stdout, stderr := call(t, &app{}, tt.args...)
			if code != tt.code {
				t.Fatalf("exit code %d, want %d: %s", code, tt.code, stderr)
			}
			document, err := jsonschema.UnmarshalJSON(bytes.NewReader([]byte(stdout)))
			if err != nil {
				t.Fatal(err)
			}
			if err := compiled.Validate(document); err != nil {
				t.Errorf("%v\n%s", err, stdout)
			}
		})
	}
}

// The manifest on disk is what its schema describes.
func TestManifest(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "out")
	if code, _, stderr := call(t, &app{}, "render", "../../examples/01-two-ce-private.yaml", "-o", dir); code != exitOK {
		t.Fatal(stderr)
	}
	file, err := readFile(filepath.Join(dir, artifact.ManifestName))
	if err != nil {
		t.Fatal(err)
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(file.Data))
	if err != nil {
		t.Fatal(err)
	}
	if err := compile(t, "manifest", artifact.ManifestSchema).Validate(document); err != nil {
		t.Errorf("%v\n%s", err, file.Data)
	}
}

// compile reads a published schema by the id that the code knows it by.
func compile(t *testing.T, name, id string) *jsonschema.Schema {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema.Get(name)))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if got := document.(map[string]any)["$id"]; got != id {
		t.Fatalf("the $id of schema %s is %v, the code says %s", name, got, id)
	}
	if err := c.AddResource(id, document); err != nil {
		t.Fatal(err)
	}
	return c.MustCompile(id)
}
