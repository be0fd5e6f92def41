package schema

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// A property is one key that a schema describes, and where it stands.
type property struct {
	name    string // Peering.vlan
	pointer string // of its schema
	body    map[string]any
}

// properties walks a schema. Keys come in the order of their names.
func properties(name, pointer string, schema map[string]any) []property {
	var out []property
	if all, ok := schema["properties"].(map[string]any); ok {
		for _, key := range slices.Sorted(maps.Keys(all)) {
			body := all[key].(map[string]any)
			at := pointer + "/properties/" + key
			out = append(out, property{strings.TrimPrefix(name+"."+key, "."), at, body})
			out = append(out, properties(name+"."+key, at, body)...)
		}
	}
	if defs, ok := schema["$defs"].(map[string]any); ok {
		for _, def := range slices.Sorted(maps.Keys(defs)) {
			inner, _ := defs[def].(map[string]any) // or true, which takes anything
			out = append(out, properties(def, pointer+"/$defs/"+def, inner)...)
		}
	}
	for _, key := range []string{"items", "additionalProperties"} {
		if inner, ok := schema[key].(map[string]any); ok {
			out = append(out, properties(name, pointer+"/"+key, inner)...)
		}
	}
	if choice, ok := schema["oneOf"].([]any); ok {
		for i, inner := range choice {
			out = append(out, properties(name, fmt.Sprintf("%s/oneOf/%d", pointer, i), inner.(map[string]any))...)
		}
	}
	return out
}

func parse(t *testing.T, name string) map[string]any {
	t.Helper()
	var schema map[string]any
	if err := json.Unmarshal(Get(name), &schema); err != nil {
		t.Fatal(err)
	}
	return schema
}

// Every key says what it is, and shows one value that the schema itself takes.
func TestQuality(t *testing.T) {
	t.Parallel()
	for _, name := range Names() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			schema := parse(t, name)
			id, _ := schema["$id"].(string)
			if want := "https://github.com/ercfg/ercfg/schema/v1/" + name + ".schema.json"; id != want {
				t.Errorf("$id is %q, want %q", id, want)
			}
			if schema["$schema"] != "https://json-schema.org/draft/2020-12/schema" {
				t.Errorf("$schema is %v", schema["$schema"])
			}
			doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Get(name)))
			if err != nil {
				t.Fatal(err)
			}
			compiler := jsonschema.NewCompiler()
			if err := compiler.AddResource(id, doc); err != nil {
				t.Fatal(err)
			}
			for _, p := range properties("", "#", schema) {
				if text, _ := p.body["description"].(string); text == "" {
					t.Errorf("%s has no description", p.name)
				}
				examples, _ := p.body["examples"].([]any)
				if len(examples) == 0 {
					t.Errorf("%s has no example", p.name)
				}
				compiled, err := compiler.Compile(id + p.pointer)
				if err != nil {
					t.Fatal(err)
				}
				for _, e := range examples {
					if err := compiled.Validate(e); err != nil {
						t.Errorf("the example of %s: %v", p.name, err)
					}
				}
			}
		})
	}
}

// unitless are the numbers that count nothing and measure nothing.
var unitless = []string{
	"BFD.multiplier", "Collector.port", "Connection.weight", "ESP.pfsGroup", "IKE.dhGroup", "Link.ebgpMultihop", "Link.unit",
	"Originate.process", "SSH.port", "VLAN.inner", "VLAN.outer", "VPN.ikeVersion",
	"exporter.domain", "node.pid", "place.column", "place.line", "run.pid",
}

// durable matches the patterns that end in units of time or rate.
var durable = regexp.MustCompile(`\((ms|s|Mbps)\|`)

// A number and a text with a unit say which unit it is.
func TestUnits(t *testing.T) {
	t.Parallel()
	found := make(map[string]bool)
	for _, name := range Names() {
		for _, p := range properties("", "#", parse(t, name)) {
			pattern, _ := p.body["pattern"].(string)
			counts := p.body["type"] == "integer" || p.body["type"] == "number"
			unit, _ := p.body["x-unit"].(string)
			found[p.name] = true
			switch bare := slices.Contains(unitless, p.name); {
			case bare && unit != "":
				t.Errorf("%s has the unit %s and is listed as unitless", p.name, unit)
			case (counts || durable.MatchString(pattern)) && unit == "" && !bare:
				t.Errorf("%s has no x-unit", p.name)
			}
		}
	}
	for _, name := range unitless {
		if !found[name] {
			t.Errorf("%s is listed as unitless and does not exist", name)
		}
	}
}
