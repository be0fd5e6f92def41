package intent

import (
	"testing"

	"github.com/ercfg/ercfg/internal/golden"
)

// The published schema is generated from the types; it must not lag behind.
func TestSchemaIsFresh(t *testing.T) {
	t.Parallel()
	got, err := GenerateSchema(".")
	if err != nil {
		t.Fatal(err)
	}
	golden.Equal(t, "../../schema/intent.schema.json", string(got))
}
