package intent

import (
	"fmt"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/ercfg/ercfg/internal/diag"
)

// A node is a YAML value with its place: what yaml.Node holds, without
// comments and aliases, and with the file. Files of a directory become one
// tree, so a node must know its file by itself.
type node struct {
	kind    kind
	text    string // of a scalar
	file    string
	line    int32
	column  int32
	content []node // of a mapping: key, value, key, value, …
}

type kind uint8

const (
	null kind = iota
	text
	integer
	float
	boolean
	mapping
	sequence
)

// String is the word for a person who knows YAML, not JSON Schema.
func (k kind) String() string {
	return [...]string{"nothing", "text", "a number", "a number", "true or false", "a mapping", "a list"}[k]
}

func (n *node) pos() diag.Pos {
	return diag.Pos{File: n.file, Line: int(n.line), Column: int(n.column)}
}

// get returns the value behind key and the key itself, or nil.
func (n *node) get(key string) (k, v *node) {
	if n.kind != mapping {
		return nil, nil
	}
	for i := 0; i < len(n.content); i += 2 {
		if n.content[i].text == key {
			return &n.content[i], &n.content[i+1]
		}
	}
	return nil, nil
}

// MaxFileBytes is the longest file that Parse reads. 10,000 routers have 8 MB.
const MaxFileBytes = 64 << 20

// Bounds on what one intent may hold. They are far above any real network
// (10,000 routers are 900,000 nodes) and keep a hostile file from taking the
// machine.
const (
	maxDepth        = 64
	maxAliasedNodes = 200_000
)

// A converter copies one file's yaml.Node tree.
type converter struct {
	file    string
	aliased int     // nodes reached through an alias so far
	secret  bool    // the value of a key that takes a secret is being read
	huge    []*node // integers beyond int64
	diags   diag.List
}

func (c *converter) pos(y *yaml.Node) diag.Pos {
	return diag.Pos{File: c.file, Line: y.Line, Column: y.Column}
}

func (c *converter) fault(y *yaml.Node, code diag.Code, summary, hint string) {
	c.diags = append(c.diags, diag.Diagnostic{Code: code, Pos: c.pos(y), Summary: summary, Hint: hint})
}

// convert copies y into n. It reports false where the tree is too deep or too
// large to go on.
func (c *converter) convert(n *node, y *yaml.Node, depth int, viaAlias bool) bool {
	if depth > maxDepth {
		c.fault(y, yamlSyntax, fmt.Sprintf("the file nests deeper than %d levels", maxDepth), "an intent needs no more than ten levels; an alias inside its own anchor never ends")
		return false
	}
	if viaAlias {
		if c.aliased++; c.aliased > maxAliasedNodes {
			c.fault(y, yamlSyntax, fmt.Sprintf("aliases expand to more than %d values", maxAliasedNodes), "write the values out")
			return false
		}
	}
	n.file, n.line, n.column = c.file, int32(y.Line), int32(y.Column)
	switch y.Kind {
	case yaml.AliasNode:
		return c.convert(n, y.Alias, depth+1, true)
	case yaml.ScalarNode:
		c.scalar(n, y)
		return true
	case yaml.SequenceNode:
		n.kind = sequence
		n.content = make([]node, len(y.Content))
		for i, item := range y.Content {
			if !c.convert(&n.content[i], item, depth+1, viaAlias) {
				return false
			}
		}
		return true
	case yaml.MappingNode:
		return c.mapping(n, y, depth, viaAlias)
	}
	panic(fmt.Sprintf("intent: YAML node of kind %d inside a document", y.Kind))
}

func (c *converter) mapping(n *node, y *yaml.Node, depth int, viaAlias bool) bool {
	n.kind = mapping
	n.content = make([]node, 0, len(y.Content))
	first := make(map[string]*yaml.Node, len(y.Content)/2)
	for i := 0; i+1 < len(y.Content); i += 2 {
		key, value := y.Content[i], y.Content[i+1]
		if key.Kind == yaml.AliasNode {
			key = key.Alias
		}
		if key.Kind != yaml.ScalarNode {
			c.fault(key, yamlSyntax, "a key is a list or a mapping", "keys are names")
			continue
		}
		if key.ShortTag() == "!!merge" {
			c.fault(key, yamlSyntax, "merge keys (<<) are not part of YAML 1.2", "write the keys out, or give the whole value an anchor and an alias")
			continue
		}
		if twin, ok := first[key.Value]; ok {
			d := diag.Diagnostic{Code: duplicateName, Pos: c.pos(key), Summary: fmt.Sprintf("%s is given twice", quote(key.Value)),
				Hint: "keep one of them", Related: []diag.Pos{c.pos(twin)}}
			c.diags = append(c.diags, d)
			continue
		}
		first[key.Value] = key
		n.content = append(n.content, node{kind: text, text: key.Value, file: c.file, line: int32(key.Line), column: int32(key.Column)}, node{})
		before := c.secret
		c.secret = secretKeys[key.Value]
		whole := c.convert(&n.content[len(n.content)-1], value, depth+1, viaAlias)
		c.secret = before
		if !whole {
			return false
		}
	}
	return true
}

// secretKeys are the keys that take a reference to a secret. The schema marks
// them with x-secret; a test compares the two.
var secretKeys = map[string]bool{"md5": true, "psk": true, "password": true, "key": true, "ckn": true, "cak": true}

func (c *converter) scalar(n *node, y *yaml.Node) {
	n.text = y.Value
	switch y.ShortTag() {
	case "!!null":
		n.kind = null
	case "!!bool":
		n.kind = boolean
	case "!!int":
		n.kind = integer
		// YAML 1.1 and 1.2 read 010, 0x1F and 1_000 differently; a VLAN must
		// not depend on the reader. A key made of digits gets no advice to quote
		// it: the schema refuses it, and says what belongs there.
		if !plainInteger(y.Value) && !c.secret {
			c.fault(y, badValue, "a number is not written in plain decimal", "write digits only, without leading zeros; quote it where it is a name")
		}
	case "!!float":
		n.kind = float
		if plainInteger(y.Value) { // larger than 64 bits
			n.kind = integer
		}
	case "!!str", "!!timestamp":
		n.kind = text
	default:
		n.kind = text
		hint := "take the tag away, or quote the text"
		if c.secret {
			hint = "take the tag away"
		}
		c.fault(y, yamlSyntax, "a YAML tag (!…) has no meaning here", hint)
	}
	if n.kind == integer && plainInteger(y.Value) {
		if _, err := strconv.ParseInt(y.Value, 10, 64); err != nil {
			c.huge = append(c.huge, &node{text: n.text, file: n.file, line: n.line, column: n.column})
		}
	}
}

func plainInteger(s string) bool {
	digits := strings.TrimPrefix(s, "-")
	return digits != "" && strings.Trim(digits, "0123456789") == "" && (digits == "0" || digits[0] != '0')
}

// No message of this file repeats a scalar: it may be a secret that was pasted
// where a reference belongs.

// quote shows user text in a message: bounded, and with control characters
// made visible so that a file cannot drive the terminal.
func quote(s string) string {
	const most = 60
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + "…"
	}
	return fmt.Sprintf("%q", s)
}
