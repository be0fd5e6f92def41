package intent

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	reflector "github.com/invopop/jsonschema"
	"github.com/santhosh-tekuri/jsonschema/v6"
	errkind "github.com/santhosh-tekuri/jsonschema/v6/kind"

	"github.com/ercfg/ercfg/internal/diag"
	"github.com/ercfg/ercfg/schema"
)

// SchemaID is the $id of the published schema. Its version is that of the
// language, not of the program.
const SchemaID = "https://github.com/ercfg/ercfg/schema/v1/intent.schema.json"

// GenerateSchema derives the JSON Schema (draft 2020-12) from the types of
// this package and their comments, which it reads from the Go files in dir.
// The program itself uses the embedded result; a test keeps it fresh.
func GenerateSchema(dir string) ([]byte, error) {
	r := reflector.Reflector{FieldNameTag: "yaml", RequiredFromJSONSchemaTags: true, ExpandedStruct: true}
	if err := r.AddGoComments("github.com/ercfg/ercfg/internal/intent", dir, reflector.WithFullComment()); err != nil {
		return nil, fmt.Errorf("read the comments of %s: %w", dir, err)
	}
	// The reader joins package path and directory; the types know the former only.
	for name, comment := range maps.Clone(r.CommentMap) {
		if i := strings.LastIndex(name, "/"); i >= 0 {
			_, typ, _ := strings.Cut(name[i:], ".")
			r.CommentMap["github.com/ercfg/ercfg/internal/intent."+typ] = strings.Join(strings.Fields(comment), " ")
		}
	}
	s := r.Reflect(&Intent{})
	s.ID = SchemaID
	s.Title = "ercfg intent"
	examples := exampleTable()
	polishAll("Intent", s, examples)
	for name, def := range s.Definitions {
		polishAll(name, def, examples)
	}
	out, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return nil, err
	}
	return append(bytes.ReplaceAll(out, []byte(`\u003c`), []byte("<")), '\n'), nil
}

// polishAll polishes the properties of a definition, in both of its forms where
// it has two.
func polishAll(name string, def *reflector.Schema, examples map[string]json.RawMessage) {
	for _, form := range append(def.OneOf, def) {
		if form.Properties == nil {
			continue
		}
		for p := form.Properties.Oldest(); p != nil; p = p.Next() {
			polish(p.Value, examples[name+"."+p.Key])
		}
	}
}

// polish gives a property what its Go type cannot say: what a name of a Map
// looks like, and an example as the value that the key takes.
func polish(p *reflector.Schema, example json.RawMessage) {
	if p.AdditionalProperties != nil && p.Type == "object" {
		p.PropertyNames = &reflector.Schema{Pattern: `^[A-Za-z0-9][A-Za-z0-9._/-]{0,62}$`}
	}
	if p.Items != nil {
		p.Items.Examples = nil
	}
	p.Examples = []any{example}
}

// JSONSchemaAlias makes an At look like its value.
func (At[T]) JSONSchemaAlias() any { var v T; return v }

// JSONSchemaAlias makes a Map look like a mapping.
func (Map[T]) JSONSchemaAlias() any { return map[string]T(nil) }

// JSONSchema describes an AS number: a number, or text in either notation.
func (ASN) JSONSchema() *reflector.Schema {
	return &reflector.Schema{OneOf: []*reflector.Schema{
		{Type: "integer", Minimum: "0", Maximum: "4294967295"},
		{Type: "string", Pattern: `^[0-9]+(\.[0-9]+)?$`},
	}}
}

// JSONSchemaExtend adds the short form: one number.
func (VLAN) JSONSchemaExtend(s *reflector.Schema) { either(s, &reflector.Schema{Type: "integer"}) }

// JSONSchemaExtend adds the word false.
func (BFD) JSONSchemaExtend(s *reflector.Schema) { either(s, &reflector.Schema{Const: false}) }

// JSONSchemaExtend adds the words, and lets via be one address.
func (Originate) JSONSchemaExtend(s *reflector.Schema) {
	if via, ok := s.Properties.Get("via"); ok {
		one := *via
		one.Type, one.Items = "string", nil
		via.OneOf = []*reflector.Schema{{Type: "string"}, {Type: "array", Items: via.Items}}
		via.Type, via.Items = "", nil
	}
	s.MinProperties = ptr(uint64(1))
	either(s, &reflector.Schema{Type: "string", Enum: []any{"anchor", "network", "learned"}})
}

// JSONSchema describes a prepend: a count, or AS numbers.
func (Prepend) JSONSchema() *reflector.Schema {
	return &reflector.Schema{OneOf: []*reflector.Schema{
		{Type: "integer", Minimum: "0", Maximum: "10"},
		{Type: "array", Items: ASN("").JSONSchema(), MinItems: ptr(uint64(1)), MaxItems: ptr(uint64(10))},
	}}
}

// JSONSchema lets anything stand behind a peering that no longer exists, so
// that rule ER001 is what refuses it.
func (RetiredPeering) JSONSchema() *reflector.Schema { return &reflector.Schema{} }

// either turns an object schema into a choice between it and short.
func either(s, short *reflector.Schema) {
	long := *s
	long.Description = ""
	*s = reflector.Schema{Description: s.Description, OneOf: []*reflector.Schema{short, &long}}
}

func ptr[T any](v T) *T { return &v }

// compiled is the embedded schema, ready to validate. Compiling it takes
// milliseconds, so it is done once and only when an intent is read.
var compiled = sync.OnceValue(func() *jsonschema.Schema {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema.Intent))
	if err != nil {
		panic(fmt.Sprintf("intent: the embedded schema is no JSON: %v", err))
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource(SchemaID, doc); err != nil {
		panic(fmt.Sprintf("intent: the embedded schema: %v", err))
	}
	return c.MustCompile(SchemaID)
})

// Validate checks the document against the schema. It only reads, so it may
// run beside the rules.
func (d *Document) Validate() diag.List {
	err := compiled().Validate(d.root.plain())
	var invalid *jsonschema.ValidationError
	if !errors.As(err, &invalid) {
		return nil
	}
	var diags diag.List
	d.root.explain(invalid, &diags)
	return diags
}

// plain is the tree as the JSON values that the validator wants.
func (n *node) plain() any {
	switch n.kind {
	case null:
		return nil
	case boolean:
		return strings.EqualFold(n.text, "true")
	case integer:
		if i, err := strconv.Atoi(n.text); err == nil {
			return i
		}
		return json.Number(n.text)
	case float:
		return 0.5 // whatever it is, no key takes a fraction
	case text:
		return n.text
	case sequence:
		list := make([]any, len(n.content))
		for i := range n.content {
			list[i] = n.content[i].plain()
		}
		return list
	}
	m := make(map[string]any, len(n.content)/2)
	for i := 0; i < len(n.content); i += 2 {
		m[n.content[i].text] = n.content[i+1].plain()
	}
	return m
}

// explain turns one validation error, or the causes inside of it, into
// findings.
func (n *node) explain(e *jsonschema.ValidationError, out *diag.List) {
	key, value := n.at(e.InstanceLocation)
	switch k := e.ErrorKind.(type) {
	case *errkind.AdditionalProperties:
		known := knownKeys(e.SchemaURL)
		for _, name := range k.Properties {
			unknown, _ := value.get(name)
			*out = append(*out, diag.Diagnostic{Code: unknownKey, Pos: unknown.pos(), Summary: fmt.Sprintf("unknown key %s", quote(name)), Hint: diag.DidYouMean(name, known)})
		}
	case *errkind.Required:
		for _, name := range k.Missing {
			*out = append(*out, diag.Diagnostic{Code: schemaFault, Pos: key.pos(), Summary: fmt.Sprintf("the key %s is missing%s", quote(name), inside(key, value)), Hint: describe(e.SchemaURL, name)})
		}
	case *errkind.OneOf:
		n.explainChoice(e, key, value, out)
	case *errkind.PropertyNames:
		// jsonschema v6.0.3 keeps no copy of this error's location and
		// overwrites it later, so the name itself has to lead to its place.
		n.eachKey(k.Property, func(bad *node) {
			*out = append(*out, diag.Diagnostic{Code: schemaFault, Pos: bad.pos(), Summary: fmt.Sprintf("%s is no name", quote(k.Property)),
				Hint: "a name has 63 characters at most: letters, digits, hyphen, dot, underscore, and begins with a letter or digit"})
		})
	case *errkind.Group, *errkind.Schema, *errkind.Reference, *errkind.AllOf, *errkind.AnyOf:
		for _, c := range e.Causes {
			n.explain(c, out)
		}
	default:
		summary, hint := fault(e, value)
		*out = append(*out, diag.Diagnostic{Code: schemaFault, Pos: value.pos(), Summary: summary, Hint: hint})
	}
}

// explainChoice reports the branch of a oneOf that the value was meant for:
// the one whose type fits.
func (n *node) explainChoice(e *jsonschema.ValidationError, key, value *node, out *diag.List) {
	var wants []string
	for _, branch := range e.Causes {
		leaf := branch
		for len(leaf.Causes) > 0 && len(leaf.InstanceLocation) == len(leaf.Causes[0].InstanceLocation) {
			if _, choice := leaf.ErrorKind.(*errkind.Group); !choice && leaf.ErrorKind != nil {
				if _, ref := leaf.ErrorKind.(*errkind.Reference); !ref {
					break
				}
			}
			leaf = leaf.Causes[0]
		}
		switch k := leaf.ErrorKind.(type) {
		case *errkind.Type:
			wants = append(wants, words(k.Want)...)
		case *errkind.Const:
			wants = append(wants, fmt.Sprint(k.Want))
		default:
			n.explain(branch, out)
			return
		}
	}
	*out = append(*out, diag.Diagnostic{Code: schemaFault, Pos: value.pos(), Summary: fmt.Sprintf("%s holds %s", quote(key.text), value.kind), Hint: "write " + strings.Join(wants, " or ")})
}

// at follows a JSON pointer to a value and the key that holds it.
func (n *node) at(pointer []string) (key, value *node) {
	key, value = n, n
	for _, token := range pointer {
		if value.kind == sequence {
			i, err := strconv.Atoi(token)
			if err != nil || i >= len(value.content) {
				return key, value
			}
			value = &value.content[i]
			if value.kind == mapping {
				key = value
			}
			continue
		}
		k, v := value.get(token)
		if v == nil {
			return key, value
		}
		key, value = k, v
	}
	return key, value
}

// eachKey visits every key called name.
func (n *node) eachKey(name string, visit func(key *node)) {
	for i := range n.content {
		if n.kind == mapping && i%2 == 0 && n.content[i].text == name {
			visit(&n.content[i])
		}
		n.content[i].eachKey(name, visit)
	}
}

// inside names the mapping that misses a key.
func inside(key, value *node) string {
	if key == value || key.text == "" {
		return ""
	}
	return " in " + quote(key.text)
}

// fault words the errors about one scalar. Only keys that never hold a secret
// have a pattern or a list, so repeating the value is safe.
func fault(e *jsonschema.ValidationError, value *node) (summary, hint string) {
	got := value.text
	switch k := e.ErrorKind.(type) {
	case *errkind.Type:
		hint = "write " + strings.Join(words(k.Want), " or ")
		if slices.Contains(k.Want, "string") && (value.kind == float || value.kind == integer || value.kind == boolean) {
			hint = quoteOrMend(e.SchemaURL, value)
		}
		return fmt.Sprintf("found %s, want %s", value.kind, strings.Join(words(k.Want), " or ")), hint
	case *errkind.Enum:
		var want []string
		for _, w := range k.Want {
			want = append(want, fmt.Sprint(w))
		}
		return fmt.Sprintf("%s is none of %s", quote(got), strings.Join(want, ", ")), diag.DidYouMean(got, want)
	case *errkind.Const:
		return fmt.Sprintf("%s is not %v", quote(got), k.Want), ""
	case *errkind.Pattern:
		return fmt.Sprintf("%s does not have the form of this key", quote(got)), example(e.SchemaURL)
	case *errkind.Minimum:
		return fmt.Sprintf("%s is below %s", got, k.Want.RatString()), ""
	case *errkind.Maximum:
		return fmt.Sprintf("%s is above %s", quote(got), k.Want.RatString()), ""
	case *errkind.MinItems:
		return fmt.Sprintf("the list needs %d value at least", k.Want), ""
	}
	return fmt.Sprintf("the value does not fit the schema (%T)", e.ErrorKind), "`ercfg schema` prints the schema"
}

// quoteOrMend is the hint for a number or a truth where text belongs: quotes
// help only where the text then has the key's form, as 17.10 has and 500 (of
// Mbps) has not.
func quoteOrMend(url string, value *node) string {
	pattern, _ := find(url)["pattern"].(string)
	if re, err := regexp.Compile(pattern); err == nil && re.MatchString(value.text) {
		return "put it in quotes: YAML reads it as " + value.kind.String()
	}
	return example(url)
}

func words(types []string) []string {
	names := map[string]string{"string": "text", "integer": "a whole number", "number": "a number", "boolean": "true or false", "object": "a mapping", "array": "a list", "null": "nothing"}
	out := make([]string, len(types))
	for i, t := range types {
		out[i] = names[t]
	}
	return out
}

// asJSON is the embedded schema as plain JSON, for the words of hints. It is
// read once, and only when there is a finding.
var asJSON = sync.OnceValue(func() any {
	var doc any
	if err := json.Unmarshal(schema.Intent, &doc); err != nil {
		panic(fmt.Sprintf("intent: the embedded schema is no JSON: %v", err))
	}
	return doc
})

// find returns what stands in the embedded schema behind a schema URL.
func find(url string) map[string]any {
	at := asJSON()
	_, pointer, _ := strings.Cut(url, "#")
	for _, token := range strings.Split(strings.TrimPrefix(pointer, "/"), "/") {
		switch v := at.(type) {
		case map[string]any:
			if token != "" {
				at = v[token]
			}
		case []any:
			i, err := strconv.Atoi(token)
			if err != nil || i >= len(v) {
				return nil
			}
			at = v[i]
		}
	}
	m, _ := at.(map[string]any)
	return m
}

func knownKeys(url string) []string {
	properties, _ := find(url)["properties"].(map[string]any)
	return slices.Sorted(maps.Keys(properties))
}

// describe returns the description of a key: what to write is the best hint.
func describe(url, name string) string {
	properties, _ := find(url)["properties"].(map[string]any)
	property, _ := properties[name].(map[string]any)
	description, _ := property["description"].(string)
	return description
}

func example(url string) string {
	if examples, ok := find(url)["examples"].([]any); ok && len(examples) > 0 {
		return fmt.Sprintf("for example %v", examples[0])
	}
	return ""
}
