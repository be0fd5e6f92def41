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
func (d *Document) Locate(path string) diag.Pos {
	at, n := &d.root, &d.root
	for path != "" {
		key, value, rest := n.step(path)
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

// step takes the longest key of n that path begins with: names may hold dots.
func (n *node) step(path string) (key, value *node, rest string) {
	try := func(name string, k, v *node) {
		after, ok := strings.CutPrefix(path, name)
		if !ok || (after != "" && after[0] != '.') || (value != nil && len(after) >= len(rest)+1) {
			return
		}
		key, value, rest = k, v, strings.TrimPrefix(after, ".")
	}
	switch n.kind {
	case mapping:
		for i := 0; i < len(n.content); i += 2 {
			try(n.content[i].text, &n.content[i], &n.content[i+1])
		}
	case sequence:
		for i := range n.content {
			try(n.content[i].itemName(i), &n.content[i], &n.content[i])
		}
	}
	return key, value, rest
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
