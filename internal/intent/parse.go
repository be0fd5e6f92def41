package intent

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/ercfg/ercfg/internal/diag"
)

// File is one YAML file: its name, as findings print it, and its bytes.
type File struct {
	Name string
	Data []byte
}

// Document is a parsed intent and the tree that it was read from.
type Document struct {
	Intent *Intent
	root   node
	huge   []*node // integers beyond int64
}

// Parse reads files and validates the document: what most callers want.
func Parse(files []File) (*Document, diag.List) {
	doc, diags := Read(files)
	if doc != nil {
		diags = append(diags, doc.Validate()...)
	}
	return doc, diags
}

// Read reads files, in their order, into one document. The document is nil
// when a file is no YAML. Otherwise it holds whatever could be read, even
// where Validate finds errors, so that the rules can report theirs in the same
// run.
func Read(files []File) (*Document, diag.List) {
	var diags diag.List
	doc := &Document{root: node{kind: mapping}}
	if len(files) > 0 {
		doc.root.file, doc.root.line, doc.root.column = files[0].Name, 1, 1
	}
	whole := true
	for _, f := range files {
		root, huge, ds := parseFile(f)
		diags = append(diags, ds...)
		doc.huge = append(doc.huge, huge...)
		if root == nil {
			whole = false
			continue
		}
		diags = append(diags, doc.root.merge(root, "")...)
	}
	if !whole {
		return nil, diags.Sorted()
	}
	doc.Intent = &Intent{}
	decode(&doc.root, doc.Intent)
	return doc, diags
}

// parseFile reads one file; a nil node means that nothing can be said about
// its content. It also returns the integers beyond int64.
func parseFile(f File) (root *node, huge []*node, diags diag.List) {
	start := diag.Pos{File: f.Name, Line: 1, Column: 1}
	fail := func(pos diag.Pos, summary, hint string) (*node, []*node, diag.List) {
		return nil, nil, diag.List{{Code: yamlSyntax, Pos: pos, Summary: summary, Hint: hint}}
	}
	if len(f.Data) > MaxFileBytes {
		return fail(start, fmt.Sprintf("the file has %d bytes; ercfg reads %d at most", len(f.Data), MaxFileBytes), "split the intent into a directory of files")
	}
	var y yaml.Node
	dec := yaml.NewDecoder(bytes.NewReader(f.Data))
	switch err := decodeYAML(dec, &y); {
	case errors.Is(err, io.EOF):
		return fail(start, "the file is empty", "`ercfg init` writes an intent to start from")
	case err != nil:
		pos, summary := syntaxError(f, err)
		return fail(pos, summary, syntaxHint(f, pos))
	}
	var second yaml.Node
	if err := decodeYAML(dec, &second); err == nil {
		return fail(diag.Pos{File: f.Name, Line: second.Line, Column: second.Column}, "a second YAML document starts here", "put it into a file of its own in the same directory")
	} else if !errors.Is(err, io.EOF) {
		pos, summary := syntaxError(f, err)
		return fail(pos, summary, syntaxHint(f, pos))
	}
	c := converter{file: f.Name}
	var n node
	if !c.convert(&n, y.Content[0], 0, false) {
		return nil, nil, c.diags
	}
	if n.kind == null {
		return fail(start, "the file is empty", "`ercfg init` writes an intent to start from")
	}
	if n.kind != mapping {
		return fail(n.pos(), fmt.Sprintf("the file holds %s; an intent is a mapping", n.kind), "`ercfg init` writes an intent to start from")
	}
	return &n, c.huge, c.diags
}

// decodeYAML turns a panic of the YAML library into an error: input never
// panics, whoever reads it.
func decodeYAML(dec *yaml.Decoder, y *yaml.Node) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("yaml: %v", r)
		}
	}()
	return dec.Decode(y)
}

var yamlLine = regexp.MustCompile(`^yaml: line (\d+): (.*)$`)

// syntaxError finds the place in the YAML library's message.
func syntaxError(f File, err error) (diag.Pos, string) {
	pos := diag.Pos{File: f.Name, Line: 1, Column: 1}
	msg := err.Error()
	if m := yamlLine.FindStringSubmatch(msg); m != nil {
		if n, err := strconv.Atoi(m[1]); err == nil && n > 0 {
			pos.Line = n
		}
		msg = m[2]
	}
	msg = strings.TrimPrefix(msg, "yaml: ")
	if strings.HasPrefix(msg, "unknown anchor") {
		// The library repeats the name, and `md5: *hunter2` is a pasted secret.
		msg = "an alias (*name) refers to no anchor (&name)"
	}
	for _, m := range plainer {
		if strings.HasPrefix(msg, m.library) {
			msg = m.words
		}
	}
	return pos, msg
}

// plainer says the library's commonest messages in words for somebody who
// does not know its grammar.
var plainer = []struct{ library, words string }{
	{"did not find expected key", "a key was expected here: a line is indented unlike its neighbours, or a quote or bracket is not closed"},
	{"did not find expected '-' indicator", "a list ends here, and the line is no key of what is around it"},
	{"did not find expected ',' or", "a [ or { above is not closed, or a comma is missing"},
	{"mapping values are not allowed in this context", "a colon makes a key where none can stand"},
	{"could not find expected ':'", "a key without a colon"},
	{"found character that cannot start any token", "a value begins with a character that YAML keeps for itself (a tab, @, ` or %)"},
	{"found unexpected end of stream", "the file ends inside of a quoted text"},
}

// syntaxHint names the usual causes that the library's message does not.
func syntaxHint(f File, pos diag.Pos) string {
	if bytes.IndexByte(f.Data, 0) >= 0 {
		return "the file holds NUL bytes; is it a text file in UTF-8?"
	}
	lines := bytes.SplitN(f.Data, []byte("\n"), pos.Line+2)
	for i := max(pos.Line-2, 0); i < min(pos.Line+1, len(lines)); i++ {
		indent := lines[i][:len(lines[i])-len(bytes.TrimLeft(lines[i], " \t"))]
		if bytes.IndexByte(indent, '\t') >= 0 {
			return fmt.Sprintf("line %d is indented with a tab; YAML wants spaces", i+1)
		}
	}
	return "the mistake is at or above this line: check the indentation, the quotes and the brackets"
}

// sections are the mappings that hold names, at any of the places that several
// files may share. Below a name nothing unites: a router is described in one
// file.
var sections = map[string]bool{
	"metadata": true, "onprem": true, "onprem.networks": true, "azure": true, "azure.vnets": true, "azure.services": true,
	"routers": true, "directPorts": true, "circuits": true, "vpns": true,
}

// merge adds the sections of o to n, which stands at path. Mappings of names
// unite, lists append; a name or a scalar that both have is an error that
// names both places.
func (n *node) merge(o *node, path string) diag.List {
	var diags diag.List
	index := make(map[string]int, len(n.content)/2)
	for i := 0; i < len(n.content); i += 2 {
		index[n.content[i].text] = i
	}
	for i := 0; i < len(o.content); i += 2 {
		key, value := &o.content[i], &o.content[i+1]
		at, both := index[key.text]
		if !both {
			n.content = append(n.content, *key, *value)
			continue
		}
		before, here := &n.content[at+1], strings.TrimPrefix(path+"."+key.text, ".")
		switch {
		case sections[here] && before.kind == mapping && value.kind == mapping:
			diags = append(diags, before.merge(value, here)...)
		case path == "" && before.kind == sequence && value.kind == sequence:
			before.content = append(before.content, value.content...)
		case before.text == value.text && (here == "apiVersion" || here == "kind"):
			// Every file of a directory may say what it is.
		default:
			diags = append(diags, diag.Diagnostic{Code: duplicateName, Pos: key.pos(), Summary: fmt.Sprintf("%s is given in two files", quote(key.text)),
				Hint: "keep one of them", Related: []diag.Pos{n.content[at].pos()}})
		}
	}
	return diags
}
