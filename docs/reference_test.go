package docs

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ercfg/ercfg/internal/expressroute"
	"github.com/ercfg/ercfg/internal/golden"
	"github.com/ercfg/ercfg/internal/intent"
	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/schema"
)

// The reference is generated from the schema, which is generated from the
// types; it must not lag behind. `make generate` rewrites both.
func TestReferenceIsFresh(t *testing.T) {
	t.Parallel()
	r := reference{schema: parseObject(t, schema.Intent)}
	r.defs = r.schema.object("$defs")
	golden.Equal(t, "reference/intent.md", r.text()+defaults(t))
}

// defaults lists what ercfg assumes where an intent is silent. It asks the
// program itself, with the intents that leave most unsaid.
func defaults(t *testing.T) string {
	files, err := filepath.Glob("../cmd/ercfg/profile/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no profiles: %v", err)
	}
	files = append(files, "testdata/silent.yaml")
	rows := unshown()
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		doc, _ := intent.Parse([]intent.File{{Name: name, Data: data}})
		text, diags := plan.Effective(doc, plan.Env{})
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		rows = append(rows, defaultRows(text)...)
	}
	slices.Sort(rows)
	return `
## Defaults

What ercfg assumes where an intent is silent, and why, for private peering. A key that stands here twice depends on another one.
` + "`ercfg show`" + ` prints the same for your own intent, with the values that depend on it.

| key | default | because |
| --- | --- | --- |
` + strings.Join(slices.Compact(rows), "\n") + "\n"
}

// unshown are the defaults that the effective intent leaves out, because it
// has no such block or the value follows from others.
func unshown() []string {
	seconds := func(d time.Duration) string { return fmt.Sprintf("%ds", int(d.Seconds())) }
	return []string{
		"| `routers.ibgp.timers.keepalive` | `" + seconds(expressroute.IBGPKeepalive) + "` | an anchor that covers the loopbacks keeps a dead router's next hop valid until the hold time ends |",
		"| `routers.ibgp.timers.hold` | `" + seconds(expressroute.IBGPHold) + "` | an anchor that covers the loopbacks keeps a dead router's next hop valid until the hold time ends |",
		"| `routers.loopback.zone` | zone of the first link | SRX only: iBGP arrives there |",
		"| `circuits.private.maxPrefixes` warning | 80 % | of either number the router logs a warning; the share has no key |",
		"| `circuits.private.matchBy` | `prefixes` | Azure announces exactly the address spaces of the VNets |",
		"| `circuits.private.advertiseDefault`, `acceptDefault` | `false` | a default route moves all Internet traffic; nobody should get one by accident |",
		"| `circuits.private.primary.unit` | the VLAN | with QinQ the outer tag |",
		"| `circuits.private.primary.address`, `neighbor` | first and second usable address of the subnet | Microsoft takes the second |",
		"| `circuits.private.primary.shutdown` | `false` | true drains the link: its sessions are shut, the interface stays up |",
		"| `traffic.technique` | `prepend` | it adds no route towards Azure |",
	}
}

// defaultRows reads the defaults out of an effective intent.
func defaultRows(text string) []string {
	var rows, stack []string
	for line := range strings.Lines(text) {
		content := strings.TrimLeft(line, " -")
		depth := (len(line) - len(content)) / 2
		key, rest, ok := strings.Cut(content, ":")
		if !ok || depth > len(stack) {
			continue
		}
		stack = append(stack[:depth], key)
		value, reason, ok := strings.Cut(rest, "# default: ")
		// What follows from the link's own addresses is no constant.
		if !ok || slices.Contains([]string{"address", "neighbor", "unit"}, key) {
			continue
		}
		rows = append(rows, fmt.Sprintf("| `%s` | `%s` | %s |", strings.Join(unnamed(stack), "."), strings.TrimSpace(value), cell(strings.TrimSpace(reason))))
	}
	return rows
}

// unnamed drops the names that the user has chosen from a path.
func unnamed(path []string) []string {
	var out []string
	for i, key := range path {
		if i == 0 || !slices.Contains([]string{"routers", "circuits", "vnets", "networks"}, path[i-1]) {
			out = append(out, key)
		}
	}
	return out
}

// An object is a JSON object that keeps the order of its keys: the order of
// the fields in the types, which is that of an intent.
type object struct {
	keys   []string
	values map[string]json.RawMessage
	decode func([]byte) object
}

func parseObject(t *testing.T, data []byte) object {
	o := object{values: make(map[string]json.RawMessage), decode: func(b []byte) object { return parseObject(t, b) }}
	if len(data) == 0 || data[0] != '{' {
		return o
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	if _, err := dec.Token(); err != nil {
		t.Fatal(err)
	}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			t.Fatal(err)
		}
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			t.Fatal(err)
		}
		o.keys = append(o.keys, key.(string))
		o.values[key.(string)] = value
	}
	return o
}

func (o object) object(key string) object { return o.decode(o.values[key]) }

func (o object) text(key string) string {
	var s string
	_ = json.Unmarshal(o.values[key], &s) // another type is no text
	return s
}

func (o object) list(key string) []string {
	var raw []json.RawMessage
	_ = json.Unmarshal(o.values[key], &raw)
	out := make([]string, len(raw))
	for i, r := range raw {
		if json.Unmarshal(r, &out[i]) != nil {
			out[i] = string(r)
		}
	}
	return out
}

// reference writes one section per definition, in the order in which an
// intent meets them.
type reference struct {
	schema object
	defs   object
	queue  []string // definitions that are named and not written yet
	seen   []string
	out    strings.Builder
}

func (r *reference) text() string {
	r.out.WriteString(`# Reference of the intent

Generated from ` + "`schema/intent.schema.json`" + ` by ` + "`make generate`" + `; do not edit. ` + "`ercfg schema`" + ` prints the
schema for editors, ` + "`ercfg show`" + ` the effective value of every key. Keys in bold are required.
`)
	r.section("Intent", r.schema)
	for len(r.queue) > 0 {
		name := r.queue[0]
		r.queue = r.queue[1:]
		r.section(name, r.defs.object(name))
	}
	return r.out.String()
}

// section writes a table of the keys of one definition.
func (r *reference) section(name string, def object) {
	form := def
	for _, choice := range r.choices(def) {
		if _, ok := choice.values["properties"]; ok {
			form = choice
		}
	}
	properties := form.object("properties")
	if len(properties.keys) == 0 {
		return
	}
	fmt.Fprintf(&r.out, "\n## %s\n", name)
	if d := def.text("description"); d != "" {
		fmt.Fprintf(&r.out, "\n%s\n", d)
	}
	if short := r.short(def); short != "" {
		fmt.Fprintf(&r.out, "\nIn place of the mapping: %s.\n", short)
	}
	r.out.WriteString("\n| key | value | meaning | example |\n| --- | --- | --- | --- |\n")
	required := form.list("required")
	for _, key := range properties.keys {
		p := properties.object(key)
		shown := "`" + key + "`"
		if slices.Contains(required, key) {
			shown = "**" + shown + "**"
		}
		fmt.Fprintf(&r.out, "| %s | %s | %s | %s |\n", shown, cell(r.value(p)), cell(p.text("description")), cell(r.example(p)))
	}
}

// choices returns the forms of a definition that has several.
func (r *reference) choices(def object) []object {
	var raw []json.RawMessage
	_ = json.Unmarshal(def.values["oneOf"], &raw)
	var out []object
	for _, b := range raw {
		out = append(out, def.decode(b))
	}
	return out
}

// short names the forms of a definition that are no mapping.
func (r *reference) short(def object) string {
	var out []string
	for _, c := range r.choices(def) {
		if _, ok := c.values["properties"]; !ok {
			out = append(out, r.value(c))
		}
	}
	return strings.Join(out, " or ")
}

// value says what a key takes, and queues the definitions that it names.
func (r *reference) value(p object) string {
	switch {
	case p.values["$ref"] != nil:
		return r.named(p.text("$ref"))
	case p.values["enum"] != nil:
		return "`" + strings.Join(p.list("enum"), "`, `") + "`"
	case p.values["const"] != nil:
		return "`" + string(p.values["const"]) + "`"
	case p.values["oneOf"] != nil:
		var out []string
		for _, c := range r.choices(p) {
			out = append(out, r.value(c))
		}
		return strings.Join(out, " or ")
	}
	switch p.text("type") {
	case "array":
		return "list of " + r.value(p.object("items"))
	case "object":
		return "names → " + r.value(p.object("additionalProperties"))
	case "boolean":
		return "true or false"
	case "integer":
		return "number" + bounds(p) + unit(p)
	}
	return "text" + unit(p)
}

func bounds(p object) string {
	low, high := string(p.values["minimum"]), string(p.values["maximum"])
	switch {
	case low != "" && high != "":
		return " " + low + " to " + high
	case low != "":
		return " from " + low
	}
	return ""
}

func unit(p object) string {
	switch u := p.text("x-unit"); {
	case u == "":
		return ""
	case p.text("type") == "string":
		return " with a unit (" + u + ")"
	default:
		return " of " + u
	}
}

// named links to the section of a definition, or says what a scalar one is.
func (r *reference) named(ref string) string {
	name := strings.TrimPrefix(ref, "#/$defs/")
	def := r.defs.object(name)
	hasKeys := def.values["properties"] != nil || slices.ContainsFunc(r.choices(def), func(c object) bool { return c.values["properties"] != nil })
	switch {
	case !hasKeys && len(r.choices(def)) > 0:
		return r.value(def)
	case !hasKeys:
		return "anything"
	case !slices.Contains(r.seen, name):
		r.seen = append(r.seen, name)
		r.queue = append(r.queue, name)
	}
	return fmt.Sprintf("[%s](#%s)", name, strings.ToLower(name))
}

// example shows the example as the YAML flow that JSON is.
func (r *reference) example(p object) string {
	var raw []json.RawMessage
	_ = json.Unmarshal(p.values["examples"], &raw)
	if len(raw) == 0 {
		return ""
	}
	var compact bytes.Buffer
	_ = json.Compact(&compact, raw[0])
	text := strings.NewReplacer(`":`, `": `, `,"`, `, "`).Replace(compact.String())
	return "`" + text + "`"
}

// cell keeps a text inside of its table cell.
func cell(s string) string { return strings.ReplaceAll(strings.ReplaceAll(s, "\n", " "), "|", `\|`) }
