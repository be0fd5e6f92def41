package intent

import (
	"os"
	"path/filepath"
	"testing"
)

// The seven example intents define the format: they load unchanged, always.
func TestExamplesLoad(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../examples/*.yaml")
	if err != nil || len(files) < 7 {
		t.Fatalf("found %d examples (%v), want 7 at least", len(files), err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		doc, diags := Parse([]File{{Name: name, Data: data}})
		if len(diags) > 0 {
			t.Errorf("%s: %v", name, diags)
		}
		if doc == nil || !doc.Intent.Metadata.Name.Set() {
			t.Errorf("%s: no metadata.name was read", name)
		}
	}
}
