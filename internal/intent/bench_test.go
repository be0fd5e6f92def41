package intent_test

import (
	"testing"

	"github.com/ercfg/ercfg/internal/fleet"
	"github.com/ercfg/ercfg/internal/intent"
)

// Read is YAML, the tree with its places, and the values.
func BenchmarkRead(b *testing.B) {
	files := []intent.File{{Name: "fleet.yaml", Data: fleet.Intent(500)}}
	b.SetBytes(int64(len(files[0].Data)))
	for b.Loop() {
		if doc, _ := intent.Read(files); doc == nil {
			b.Fatal("the fleet does not read")
		}
	}
}

// Validate is the schema alone.
func BenchmarkValidate(b *testing.B) {
	doc, _ := intent.Read([]intent.File{{Name: "fleet.yaml", Data: fleet.Intent(500)}})
	for b.Loop() {
		if diags := doc.Validate(); len(diags) > 0 {
			b.Fatal(diags)
		}
	}
}
