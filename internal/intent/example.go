package intent

import (
	"encoding/json"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// essential are the keys of types without required ones that a reader wants to
// see in an example, all the same.
var essential = map[string][]string{
	"Onprem": {"networks"}, "Azure": {"vnets"}, "VNet": {"region"}, "Circuit": {"private"}, "Peering": {"vlan", "primary", "secondary"},
	"Link": {"router", "interface", "ipv4"}, "Loopback": {"ipv4"}, "VLAN": {"outer", "inner"}, "BFD": {"interval", "multiplier"},
	"IBGP": {"router"}, "VRF": {"rd", "import", "export"}, "SSH": {"user", "key"}, "MaxPrefixes": {"ipv4", "ipv6"}, "PeeringNAT": {"primary", "secondary"},
	"ExpressRouteGateway": {"sku"}, "VPNGateway": {"sku", "asn", "instances"}, "Connection": {"weight"}, "Instance": {"public", "bgp"},
	"Originate": {"via"}, "Lifetimes": {"ike", "esp"}, "Tunnel": {"nextHop"},
}

// exampleTable returns an example of every key, by type and key, as
// Peering.vlan: the example in the key's tag, or one that is put together from
// the keys below it.
func exampleTable() map[string]json.RawMessage {
	table := make(map[string]json.RawMessage)
	addExamples(reflect.TypeFor[Intent](), table)
	return table
}

func addExamples(t reflect.Type, table map[string]json.RawMessage) {
	switch {
	case t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice:
		addExamples(t.Elem(), table)
		return
	case t.Kind() != reflect.Struct || isScalar(t):
		return
	}
	for i := range t.NumField() {
		f := t.Field(i)
		key, tag, _ := tagsOf(f)
		if id := t.Name() + "." + key; key != "" && table[id] == nil {
			example := exampleOf(f.Type, tag)
			switch key {
			case "secondary":
				example = secondOf.Replace(example)
			case "microsoft":
				example = publicOf.Replace(example)
			}
			table[id] = json.RawMessage(example)
		} else if key != "" {
			continue // seen, and everything below it
		}
		addExamples(f.Type, table)
	}
}

// isScalar reports whether t is an At.
func isScalar(t reflect.Type) bool { return strings.HasPrefix(t.Name(), "At[") }

// tagsOf reads a field's key, its example and whether it is required.
func tagsOf(f reflect.StructField) (key, example string, required bool) {
	key, _, _ = strings.Cut(f.Tag.Get("yaml"), ",")
	if key == "-" {
		key = ""
	}
	// `\\,` is a comma inside of a value; no example has one.
	for _, word := range strings.Split(f.Tag.Get("jsonschema"), ",") {
		if value, ok := strings.CutPrefix(word, "example="); ok {
			example = value
		}
		required = required || word == "required"
	}
	return key, example, required
}

// exampleOf writes an example of t as JSON.
func exampleOf(t reflect.Type, tag string) string {
	switch {
	case t.Kind() == reflect.Pointer:
		return exampleOf(t.Elem(), tag)
	case isScalar(t):
		return scalarExample(t.Field(0).Type, tag)
	case t.Kind() == reflect.Slice && strings.HasPrefix(t.Name(), "Map["):
		name, value, _ := strings.Cut(tag, "=")
		return "{" + strconv.Quote(name) + ":" + exampleOf(t.Elem().Field(1).Type, value) + "}"
	case t.Kind() == reflect.Slice:
		return "[" + exampleOf(t.Elem(), tag) + "]"
	case tag != "": // the short form of a type that YAML writes in two ways
		return scalarExample(reflect.TypeFor[ASN](), tag)
	}
	var parts []string
	for i := range t.NumField() {
		f := t.Field(i)
		key, tag, required := tagsOf(f)
		if required || (key != "" && slices.Contains(essential[t.Name()], key)) {
			value := exampleOf(f.Type, tag)
			if key == "secondary" {
				value = secondOf.Replace(value)
			}
			parts = append(parts, strconv.Quote(key)+":"+value)
		}
	}
	return "{" + strings.Join(parts, ",") + "}"
}

// publicOf turns the subnets of a private peering into those of a Microsoft
// peering, which are public and in another VLAN.
var publicOf = strings.NewReplacer(`172.16.200.`, `203.0.113.`, `"vlan":150`, `"vlan":151`)

// secondOf turns the example of a primary link, or port, into that of its
// secondary: another router and another subnet, as the rules want it.
var secondOf = strings.NewReplacer(`"ce1"`, `"ce2"`, `"pe1"`, `"pe2"`, `"172.16.200.0/30"`, `"172.16.200.4/30"`)

// scalarExample writes tag as a value of t. An AS number is a number where it
// looks like one, as YAML reads it.
func scalarExample(t reflect.Type, tag string) string {
	_, notNumber := strconv.ParseUint(tag, 10, 32)
	if t.Kind() == reflect.Int || t.Kind() == reflect.Bool || (t == reflect.TypeFor[ASN]() && notNumber == nil) {
		return tag
	}
	return strconv.Quote(tag)
}
