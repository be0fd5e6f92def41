package docs

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
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
	rows = slices.Compact(rows)
	// What both kinds of peering have stands under private.
	rows = slices.DeleteFunc(rows, func(row string) bool {
		same, ok := strings.CutPrefix(row, "| `circuits.microsoft.")
		return ok && slices.Contains(rows, "| `circuits.private."+same)
	})
	return `
## Defaults

What ercfg assumes where an intent is silent, and why. A key that stands here twice depends on another one. Microsoft peering has the defaults of
private peering, but for those of its own. What is true or false and does not stand here is false. ` + "`ercfg show`" + ` prints the same for your own intent, with the
values that depend on it.

| key | default | because |
| --- | --- | --- |
` + strings.Join(rows, "\n") + "\n"
}

// unshown are the defaults that the effective intent leaves out, because it
// has no such block, the value follows from others, or a word for it is missing.
func unshown() []string {
	row := func(key, value, reason string) string {
		return fmt.Sprintf("| `%s` | %s | %s |", strings.ReplaceAll(key, ", ", "`, `"), value, reason)
	}
	seconds := func(d time.Duration) string { return fmt.Sprintf("`%ds`", int(d.Seconds())) }
	const ibgp = "an anchor that covers the loopbacks keeps a dead router's next hop valid until the hold time ends"
	return []string{
		row("azure.vnets.connections.weight", "`0`", "Azure's own"),
		row("circuits.microsoft.matchBy", "`community`", "nobody can list the prefixes of Microsoft's services"),
		row("circuits.microsoft.primary.unit", "the VLAN", "with QinQ the outer tag + 5000: the private peering has the tag itself"),
		row("circuits.private.advertiseDefault, acceptDefault", "`false`", "a default route moves all Internet traffic; nobody should get one by accident"),
		row("circuits.private.matchBy", "`prefixes`", "Azure announces exactly the address spaces of the VNets"),
		"| `circuits.private.maxPrefixes` warning | 80 % | of either number the router logs a warning; the share has no key |",
		row("circuits.private.primary.address, neighbor", "first and second usable address of the subnet", "Microsoft takes the second"),
		row("circuits.private.primary.shutdown", "`false`", "true drains the link: its sessions are shut, the interface stays up"),
		row("circuits.private.primary.unit", "the VLAN", "with QinQ the outer tag"),
		row("circuits.private.vrf", "none", "the global table"),
		row("onprem.networks.at", "every router of its statements' paths", "the LAN hands its traffic to any of them"),
		row("routers.exporter", "the loopback of the collector's family", "it outlives any link; on Junos a router with neither is refused (ER961)"),
		row("routers.ibgp.timers.keepalive", seconds(expressroute.IBGPKeepalive), ibgp),
		row("routers.ibgp.timers.hold", seconds(expressroute.IBGPHold), ibgp),
		row("routers.ssh.port", "`22`", "the port of SSH"),
		row("routers.vrfs.neighbors.bfd", "none", "both ends have to agree on it"),
		row("routers.vrfs.neighbors.prefixes", "the networks of the VRF's statements", "nothing else is a customer's"),
		row("traffic.technique", "`prepend`", "it adds no route towards Azure"),
		row("vpns.esp.pfsGroup", "`0`", "none, as in Azure's default policy"),
		row("vpns.internetFallback", "none", "true and false both have to be meant: over Microsoft peering ER946 asks"),
		row("vpns.mss", "`"+strconv.Itoa(expressroute.TunnelMSS)+"`, or the MTU less 40 where that is smaller", "what fits through the tunnel without fragments, which Azure drops"),
		row("vpns.tunnels.vrf", "that of the peering under it", "on underlay internet the global table"),
	}
}

// defaultRows reads the defaults out of an effective intent.
func defaultRows(text string) []string {
	var rows, stack []string
	for line := range strings.Lines(text) {
		content := strings.TrimLeft(line, " -")
		depth := (len(line) - len(content)) / 2
		if strings.HasPrefix(strings.TrimLeft(line, " "), "- ") && depth == len(stack)+1 {
			stack = append(stack, "") // a list, whose items have no name
		}
		key, rest, ok := strings.Cut(content, ":")
		if !ok || depth > len(stack) {
			continue
		}
		stack = append(stack[:depth], key)
		value, reason, ok := strings.Cut(rest, "# default: ")
		// What follows from other values is no constant.
		if !ok || slices.Contains([]string{"address", "neighbor", "unit", "mss"}, key) {
			continue
		}
		rows = append(rows, fmt.Sprintf("| `%s` | `%s` | %s |", strings.Join(unnamed(stack), "."), strings.TrimSpace(value), cell(strings.TrimSpace(reason))))
	}
	return rows
}

// unnamed drops the names that the user has chosen from a path, and the places
// in lists.
func unnamed(path []string) []string {
	var out []string
	for i, key := range path {
		if key != "" && (i == 0 || !slices.Contains([]string{"routers", "vrfs", "directPorts", "circuits", "vpns", "vnets", "services", "networks"}, path[i-1])) {
			out = append(out, key)
		}
	}
	return out
}

// Every key whose description names a default has a line among the defaults,
// but for those that are false.
func TestDefaultsAreWhole(t *testing.T) {
	t.Parallel()
	section := defaults(t)
	r := reference{schema: parseObject(t, schema.Intent)}
	r.defs = r.schema.object("$defs")
	seen := 0
	for _, name := range r.defs.keys {
		def := r.defs.object(name)
		for _, form := range append(r.choices(def), def) {
			properties := form.object("properties")
			for _, key := range properties.keys {
				p := properties.object(key)
				if !strings.Contains(p.text("description"), "Default") || p.text("type") == "boolean" {
					continue
				}
				seen++
				if !regexp.MustCompile("[.`]" + key + "[.`]").MatchString(section) {
					t.Errorf("%s.%s has a default that the section does not list: %s", name, key, p.text("description"))
				}
			}
		}
	}
	if seen < 30 {
		t.Errorf("only %d keys name a default", seen)
	}
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
