package artifact

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ercfg/ercfg/internal/secret"
)

// hex64 is a digest for places where its value means nothing.
var hex64 = strings.Repeat("0f", 32)

func ref(t testing.TB, text string) secret.Ref {
	t.Helper()
	r, err := secret.ParseRef(text)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// sample is two routers, the later name first.
func sample(t testing.TB) []Config {
	t.Helper()
	return []Config{
		{Router: "ce2", Platform: "frr", Name: "ce2.frr.conf", Text: "frr version 8.4\n", Companions: []File{{"ce2.frr.vlans", 0o755, "#!/bin/sh\n"}}},
		{Router: "ce1", Platform: "ios-xe", Name: "ce1.ios-xe.cfg", Text: "interface Loopback0\n", Secrets: []secret.Ref{ref(t, "env:A"), ref(t, "file:b")}},
	}
}

func TestManifest(t *testing.T) {
	t.Parallel()
	want := `{
  "$schema": "https://github.com/ercfg/ercfg/schema/v1/manifest.schema.json",
  "version": "v1.0.0",
  "intent": {
    "name": "contoso",
    "sha256": "HEX"
  },
  "templates": "HEX",
  "routers": [
    {
      "name": "ce1",
      "platform": "ios-xe",
      "file": "ce1.ios-xe.cfg",
      "sha256": "f942abb98fde9445ebfdf523ab3b96ac98a63ee91cf2ed0283bf4071cdcca88a",
      "companions": [],
      "secrets": [
        "env:A",
        "file:b"
      ],
      "running": "HEX"
    },
    {
      "name": "ce2",
      "platform": "frr",
      "file": "ce2.frr.conf",
      "sha256": "aea10a13d6136e8ae5f09c7a90f9daddfaca114293f248f15b3088615f333ac3",
      "companions": [
        {
          "file": "ce2.frr.vlans",
          "sha256": "a8076d3d28d21e02012b20eaf7dbf75409a6277134439025f282e368e3305abf"
        }
      ],
      "secrets": [],
      "running": ""
    }
  ],
  "documents": [
    {
      "file": "ticket.md",
      "sha256": "SUM"
    }
  ]
}
`
	document := File{"ticket.md", 0o644, "# Change\n"}
	m := NewManifest("v1.0.0", "contoso", hex64, hex64, sample(t))
	m.Add(document)
	m.Seal("ce1", hex64)
	got := string(m.JSON())
	want = strings.ReplaceAll(want, "SUM", document.Digest())
	if diff := cmp.Diff(strings.ReplaceAll(want, "HEX", hex64), got); diff != "" {
		t.Errorf("manifest (-want +got):\n%s", diff)
	}
	back, err := parseManifest([]byte(got))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(got, string(back.JSON())); diff != "" {
		t.Errorf("read back (-want +got):\n%s", diff)
	}
}

// The published schema and the manifest know the same properties, all of them
// required, and the schema's patterns hold for a manifest.
func TestManifestSchema(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("../../schema/manifest.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var schema node
	if err := json.Unmarshal(data, &schema); err != nil {
		t.Fatal(err)
	}
	if schema.ID != ManifestSchema {
		t.Errorf("$id %q, want %q", schema.ID, ManifestSchema)
	}
	var doc any
	if err := json.Unmarshal(NewManifest("v1", "contoso", hex64, hex64, sample(t)).JSON(), &doc); err != nil {
		t.Fatal(err)
	}
	for _, fault := range schema.check("$", &schema, doc) {
		t.Error(fault)
	}
	// The check can fail.
	doc.(map[string]any)["templates"] = "short"
	if len(schema.check("$", &schema, doc)) != 1 {
		t.Error("a short digest passes the schema's pattern")
	}
}

// A node is as much of a JSON Schema as the manifest's uses.
type node struct {
	ID         string          `json:"$id"`
	Ref        string          `json:"$ref"`
	Type       string          `json:"type"`
	Const      any             `json:"const"`
	Enum       []any           `json:"enum"`
	Pattern    string          `json:"pattern"`
	Properties map[string]node `json:"properties"`
	Required   []string        `json:"required"`
	Items      *node           `json:"items"`
	Defs       map[string]node `json:"$defs"`
	Extra      *bool           `json:"additionalProperties"`
}

func (n *node) check(path string, root *node, value any) (faults []string) {
	if n.Ref != "" {
		target, ok := root.Defs[strings.TrimPrefix(n.Ref, "#/$defs/")]
		if !ok {
			return []string{path + ": no " + n.Ref}
		}
		return target.check(path, root, value)
	}
	switch v := value.(type) {
	case map[string]any:
		if n.Type != "object" || n.Extra == nil || *n.Extra {
			faults = append(faults, path+": not a closed object")
		}
		for key, member := range v {
			p, ok := n.Properties[key]
			if !ok || !slices.Contains(n.Required, key) {
				faults = append(faults, path+"."+key+": not a required property of the schema")
				continue
			}
			faults = append(faults, p.check(path+"."+key, root, member)...)
		}
		for key := range n.Properties {
			if _, ok := v[key]; !ok {
				faults = append(faults, path+"."+key+": missing")
			}
		}
	case []any:
		if n.Type != "array" || n.Items == nil {
			return []string{path + ": no array"}
		}
		for _, member := range v {
			faults = append(faults, n.Items.check(path+"[]", root, member)...)
		}
	case string:
		ok := n.Const == value || slices.Contains(n.Enum, value) || n.Type == "string" && regexp.MustCompile(n.Pattern).MatchString(v)
		if !ok {
			faults = append(faults, path+": "+v+" does not fit")
		}
	default:
		faults = append(faults, path+": unexpected type")
	}
	return faults
}
