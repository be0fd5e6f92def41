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
	setForm(p, forms[p.Pattern])
}

// forms are the patterns of the language in words, for hints and editors. A
// duration is bounded by the rules, not by its form.
var forms = map[string]string{
	`^[a-z][a-z0-9-]{0,30}[a-z0-9]$`:   "2 to 32 lower case letters, digits and hyphens; a letter first, no hyphen last",
	`^[0-9]+\.[0-9]+([.A-Za-z0-9-]*)$`: "a release as the vendor numbers it, in quotes",
	`^[0-9]+(Mbps|Gbps)$`:              "a whole number with Mbps or Gbps, without a blank",
	`^[0-9]{4}-[0-9]{2}-[0-9]{2}$`:     "a day as YYYY-MM-DD",
	`^ER[0-9]{3}$`:                     "the number of a rule",
	`^[0-9]+(ms|s|m)$`:                 "a whole number with ms, s or m, without a blank",
	`^[0-9]+(ms|s)$`:                   "a whole number with ms or s, without a blank",
	`^[0-9]+(s|m)$`:                    "a whole number with s or m, without a blank",
	`^[0-9]+(s|m|h)$`:                  "a whole number with s, m or h, without a blank",
	asnPattern:                         "an AS number, plain (65010) or dotted (\"64620.1\")",
}

// asnPattern is the form of an AS number that is written as text.
const asnPattern = `^[0-9]+(\.[0-9]+)?$`

// setForm publishes the form of a value, where it has one.
func setForm(s *reflector.Schema, form string) {
	if form == "" {
		return
	}
	if s.Extras == nil {
		s.Extras = make(map[string]any)
	}
	s.Extras["x-form"] = form
}

// JSONSchemaAlias makes an At look like its value.
func (At[T]) JSONSchemaAlias() any { var v T; return v }

// JSONSchemaAlias makes a Map look like a mapping.
func (Map[T]) JSONSchemaAlias() any { return map[string]T(nil) }

// JSONSchema describes an AS number: a number, or text in either notation.
func (ASN) JSONSchema() *reflector.Schema {
	written := &reflector.Schema{Type: "string", Pattern: asnPattern}
	setForm(written, forms[asnPattern])
	return &reflector.Schema{OneOf: []*reflector.Schema{{Type: "integer", Minimum: "0", Maximum: "4294967295"}, written}}
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
	word := &reflector.Schema{Type: "string", Enum: []any{"anchor", "network", "learned"}}
	const form = "anchor, network or learned, or {via: ADDRESS}, or {redistribute: ospf}"
	setForm(s, form)
	setForm(word, form)
	either(s, word)
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
	var diags diag.List
	if invalid, ok := errors.AsType[*jsonschema.ValidationError](err); ok {
		d.root.explain(invalid, &diags)
	}
	if len(d.huge) == 0 {
		return diags
	}
	said, unknown := make(map[diag.Pos]bool), make(map[diag.Pos]bool)
	for _, f := range diags {
		said[f.Pos] = true
		unknown[f.Pos] = unknown[f.Pos] || f.Code == unknownKey
	}
	// Behind a key with a slip of the pen may stand a secret.
	d.root.mark(unknown, false, said)
	// Rules know only int64, so a larger number has to be refused as it is
	// written. Where a secret belongs the schema has refused it already.
	for _, n := range d.huge {
		if !said[n.pos()] {
			diags = append(diags, diag.Diagnostic{Code: schemaFault, Pos: n.pos(), Summary: fmt.Sprintf("%s is out of range", quote(n.text)), Hint: "no key takes a number of this size"})
		}
	}
	return diags
}

// mark adds the places of all values behind the keys at the given places.
func (n *node) mark(keys map[diag.Pos]bool, behind bool, places map[diag.Pos]bool) {
	if behind {
		places[n.pos()] = true
	}
	for i := range n.content {
		under := behind
		if n.kind == mapping && i%2 == 1 {
			under = behind || keys[n.content[i-1].pos()]
		}
		n.content[i].mark(keys, under, places)
	}
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
			*out = append(*out, diag.Diagnostic{Code: schemaFault, Pos: key.pos(), Summary: fmt.Sprintf("the key %s is missing%s", quote(name), inside(key, value)), Hint: writeKey(e.SchemaURL, name)})
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
		if secret, _ := find(e.SchemaURL)["x-secret"].(bool); secret {
			// Whatever stands here may be the secret, so no hint builds on it.
			*out = append(*out, diag.Diagnostic{Code: badSecret, Pos: value.pos(), Summary: "a secret is not given by reference",
				Hint: "write env:NAME, file:PATH or exec:COMMAND; never the secret itself"})
			return
		}
		summary, hint := fault(e, value)
		*out = append(*out, diag.Diagnostic{Code: schemaFault, Pos: value.pos(), Summary: summary, Hint: hint})
	}
}

// explainChoice reports the branch of a oneOf that the value was meant for:
// the one whose type fits.
func (n *node) explainChoice(e *jsonschema.ValidationError, key, value *node, out *diag.List) {
	var wants []string
	for _, branch := range e.Causes {
		want := otherType(branch, len(e.InstanceLocation))
		if want == nil {
			n.explain(branch, out)
			return
		}
		wants = append(wants, want...)
	}
	hint := "write " + strings.Join(wants, " or ")
	forms, _ := find(e.SchemaURL)["oneOf"].([]any)
	for _, form := range forms {
		if m, _ := form.(map[string]any); value.kind == float && matches(m, value) {
			hint = "put it in quotes: YAML reads it as " + value.kind.String()
		}
	}
	holds := value.kind.String()
	if value.kind == boolean { // one of the two may be right
		holds = strings.ToLower(value.text)
	}
	*out = append(*out, diag.Diagnostic{Code: schemaFault, Pos: value.pos(), Summary: fmt.Sprintf("%s holds %s", quote(key.text), holds), Hint: hint})
}

// otherType returns the types that a branch of a oneOf wants, in words, or nil
// where the value has the right one and its content is wrong. The value stands
// depth keys deep; an error below it is one of content.
func otherType(e *jsonschema.ValidationError, depth int) []string {
	if len(e.InstanceLocation) != depth {
		return nil
	}
	switch k := e.ErrorKind.(type) {
	case *errkind.Type:
		return words(k.Want)
	case *errkind.Const:
		return []string{fmt.Sprint(k.Want)}
	}
	for _, c := range e.Causes {
		if want := otherType(c, depth); want != nil {
			return want
		}
	}
	return nil
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
		if f := form(e.SchemaURL); f != "" && !slices.Contains(k.Want, "string") {
			hint = f
		}
		if slices.Contains(k.Want, "string") && (value.kind == float || value.kind == integer || value.kind == boolean) {
			hint = quoteOrMend(e.SchemaURL, value)
		}
		if slices.Contains(k.Want, "array") && plainWord.MatchString(got) {
			hint = "write [" + flow(got) + "]"
		}
		return fmt.Sprintf("found %s, want %s", value.kind, strings.Join(words(k.Want), " or ")), hint
	case *errkind.Enum:
		var want []string
		for _, w := range k.Want {
			want = append(want, fmt.Sprint(w))
		}
		hint = diag.DidYouMean(got, want)
		if f := form(e.SchemaURL); f != "" {
			hint = f
		}
		return fmt.Sprintf("%s is none of %s", quote(got), strings.Join(want, ", ")), hint
	case *errkind.Const:
		return fmt.Sprintf("%s is not %v", quote(got), k.Want), ""
	case *errkind.Pattern:
		return fmt.Sprintf("%s does not have the form of this key", quote(got)), formAndExample(e.SchemaURL)
	case *errkind.Minimum:
		return fmt.Sprintf("%s is below %s", got, k.Want.RatString()), span(e.SchemaURL)
	case *errkind.Maximum:
		return fmt.Sprintf("%s is above %s", quote(got), k.Want.RatString()), span(e.SchemaURL)
	case *errkind.MinItems:
		return "the list is empty", writeList(e.SchemaURL)
	case *errkind.MinProperties:
		return "the mapping is empty", form(e.SchemaURL)
	}
	return fmt.Sprintf("the value does not fit the schema (%T)", e.ErrorKind), "`ercfg schema` prints the schema"
}

// quoteOrMend is the hint for a number or a truth where text belongs: quotes
// help only where the text then has the key's form, as 17.10 has and 500 (of
// Mbps) has not.
func quoteOrMend(url string, value *node) string {
	if matches(find(url), value) {
		return "put it in quotes: YAML reads it as " + value.kind.String()
	}
	return formAndExample(url)
}

// matches reports whether the text of value has the form that schema asks of a
// text, any where it asks for none.
func matches(schema map[string]any, value *node) bool {
	if schema["type"] != "string" {
		return false
	}
	pattern, _ := schema["pattern"].(string)
	re, err := regexp.Compile(pattern)
	return err == nil && re.MatchString(value.text)
}

// plainWord is a value that may stand inside of a flow list.
var plainWord = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._/:-]{0,59}$`)

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

// writeKey says what a missing key means and how it is written.
func writeKey(url, name string) string {
	properties, _ := find(url)["properties"].(map[string]any)
	property, _ := properties[name].(map[string]any)
	hint, _ := property["description"].(string)
	examples, _ := property["examples"].([]any)
	if len(examples) == 0 {
		return hint
	}
	if text := flow(examples[0]); len(text) <= hintColumns {
		hint = strings.TrimSpace(strings.TrimSuffix(hint, ".") + "; write " + name + ": " + text)
	}
	return hint
}

// flow writes a JSON value as YAML on one line.
func flow(v any) string {
	switch v := v.(type) {
	case string:
		if _, err := strconv.ParseFloat(v, 64); err == nil || digitsColon.MatchString(v) {
			return strconv.Quote(v)
		}
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case []any:
		parts := make([]string, len(v))
		for i := range v {
			parts[i] = flow(v[i])
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case map[string]any:
		var parts []string
		for _, key := range slices.Sorted(maps.Keys(v)) {
			parts = append(parts, key+": "+flow(v[key]))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	return fmt.Sprint(v)
}

// span is the range of a number in words.
func span(url string) string {
	s := find(url)
	least, low := s["minimum"].(float64)
	most, high := s["maximum"].(float64)
	if !low || !high {
		return ""
	}
	unit, _ := s["x-unit"].(string)
	return strings.TrimSpace(fmt.Sprintf("write %.0f to %.0f %s", least, most, unit))
}

// writeList is the hint for a list that needs a value.
func writeList(url string) string {
	const hint = "write one value at least"
	if examples, _ := find(url)["examples"].([]any); len(examples) > 0 {
		if text := flow(examples[0]); len(text) <= hintColumns {
			return hint + ", for example " + text
		}
	}
	return hint
}

// digitsColon begins what YAML 1.1 may read as a number or a mapping: a
// community, a route target, an IPv6 prefix.
var digitsColon = regexp.MustCompile(`^[0-9A-Fa-f.]*:`)

// hintColumns bounds an example in a hint; a whole circuit helps nobody there.
const hintColumns = 80

// form is what the schema says of the form of a value, as a hint.
func form(url string) string {
	if text, ok := find(url)["x-form"].(string); ok {
		return "write " + text
	}
	return ""
}

func formAndExample(url string) string {
	var parts []string
	if f := form(url); f != "" {
		parts = append(parts, f)
	}
	if examples, ok := find(url)["examples"].([]any); ok && len(examples) > 0 {
		parts = append(parts, fmt.Sprintf("for example %v", examples[0]))
	}
	return strings.Join(parts, "; ")
}
