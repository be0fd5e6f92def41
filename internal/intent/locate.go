package intent

import (
	"strconv"
	"strings"

	"github.com/ercfg/ercfg/internal/diag"
)

// Locate returns the place of a path such as circuits.er-london.private.vlan.
// A list item goes by its name key, or by its number from 0. Where the path
// names something that is not written, the place of the nearest written value
// above it comes back; the zero Pos only for an empty document.
func (d *Document) Locate(path string) diag.Pos { return d.LocateAll([]string{path})[0] }

// LocateAll returns what Locate returns for each path. It reads a mapping
// once, however many paths lead through it.
func (d *Document) LocateAll(paths []string) []diag.Pos {
	l := make(locator)
	out := make([]diag.Pos, len(paths))
	for i, path := range paths {
		out[i] = l.locate(&d.root, path)
	}
	return out
}

// A locator knows which child of a node goes by which name.
type locator map[*node]map[string]int

func (l locator) locate(n *node, path string) diag.Pos {
	at := n
	for path != "" {
		key, value, rest := l.step(n, path)
		if value == nil {
			break
		}
		at, n, path = key, value, rest
	}
	if n.kind != mapping && n.kind != sequence {
		return n.pos()
	}
	return at.pos()
}

// step takes the longest name in n that path begins with: names may hold dots.
func (l locator) step(n *node, path string) (key, value *node, rest string) {
	names := l.names(n)
	for end := len(path); end >= 0; end = strings.LastIndexByte(path[:end], '.') {
		i, ok := names[path[:end]]
		if !ok {
			continue
		}
		rest = strings.TrimPrefix(path[end:], ".")
		if n.kind == mapping {
			return &n.content[i], &n.content[i+1], rest
		}
		return &n.content[i], &n.content[i], rest
	}
	return nil, nil, ""
}

// names indexes the children of n. Of two items with one name the first
// counts.
func (l locator) names(n *node) map[string]int {
	names, ok := l[n]
	if ok {
		return names
	}
	names = make(map[string]int, len(n.content))
	for i := range n.content {
		name := n.content[i].text
		switch {
		case n.kind == sequence:
			name = n.content[i].itemName(i)
		case i%2 == 1:
			continue
		}
		if _, taken := names[name]; !taken {
			names[name] = i
		}
	}
	l[n] = names
	return names
}

func (n *node) itemName(i int) string {
	if _, name := n.get("name"); name != nil && name.kind == text {
		return name.text
	}
	return strconv.Itoa(i)
}

// PathAt returns the path of the value or key that stands at pos, or "".
func (d *Document) PathAt(pos diag.Pos) string {
	path, _ := d.root.pathAt(pos, "")
	return path
}

func (n *node) pathAt(pos diag.Pos, path string) (string, bool) {
	switch n.kind {
	case mapping:
		for i := 0; i < len(n.content); i += 2 {
			here := strings.TrimPrefix(path+"."+n.content[i].text, ".")
			if n.content[i].pos() == pos {
				return here, true
			}
			if p, ok := n.content[i+1].pathAt(pos, here); ok {
				return p, true
			}
		}
	case sequence:
		for i := range n.content {
			here := path + "." + n.content[i].itemName(i)
			if n.content[i].pos() == pos && n.content[i].kind == mapping {
				return here, true
			}
			if p, ok := n.content[i].pathAt(pos, here); ok {
				return p, true
			}
		}
	default:
		if n.pos() == pos {
			return path, true
		}
	}
	return "", false
}

// FillPaths sets, for every place in paths, the path that PathAt returns. One
// walk serves all of them: a fleet can have as many findings as routers.
func (d *Document) FillPaths(paths map[diag.Pos]string) {
	if len(paths) > 0 {
		d.root.fillPaths("", paths)
	}
}

func (n *node) fillPaths(path string, paths map[diag.Pos]string) {
	// An alias makes one place the value of several paths; the first counts.
	fill := func(n *node, path string) {
		if before, wanted := paths[n.pos()]; wanted && before == "" {
			paths[n.pos()] = path
		}
	}
	switch n.kind {
	case mapping:
		for i := 0; i < len(n.content); i += 2 {
			here := strings.TrimPrefix(path+"."+n.content[i].text, ".")
			fill(&n.content[i], here)
			n.content[i+1].fillPaths(here, paths)
		}
	case sequence:
		for i := range n.content {
			here := path + "." + n.content[i].itemName(i)
			if n.content[i].kind == mapping {
				fill(&n.content[i], here)
			}
			n.content[i].fillPaths(here, paths)
		}
	default:
		fill(n, path)
	}
}
