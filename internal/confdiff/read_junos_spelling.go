package confdiff

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// junosRaw is a word as it is written, its quotes included.
func junosRaw(w *junosToken) string {
	if w.quoted {
		return `"` + w.text + `"`
	}
	return w.text
}

// junosPlain reports whether a string needs no quotes: it is neither a comment
// nor a tag without them.
func junosPlain(text string) bool {
	for i := range len(text) {
		c := text[i]
		if (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && strings.IndexByte("-_./:+,@*%=~", c) < 0 {
			return false
		}
	}
	return text != "" && !strings.HasPrefix(text, "/*") && text[len(text)-1] != ':'
}

// spell is a word below a node as Junos prints it.
func (t *junosTree) spell(at int32, w *junosToken) string {
	if w.quoted && !junosPlain(w.text) {
		return `"` + junosNoPassword(w.text) + `"`
	}
	word := w.text
	if !w.quoted {
		word, _ = t.nodes[at].rule.step(word)
	}
	word = junosAddress(word)
	switch up := t.nodes[at].word; up {
	case "address":
		if v := t.above(at, 1); (v == "inet" || v == "inet6") && t.above(at, 2) == "family" {
			return junosPrefix(word, false)
		}
	case "route":
		switch t.above(at, 1) {
		case "static", "aggregate", "generate":
			return junosPrefix(word, true)
		}
	case "route-filter":
		return junosPrefix(word, false)
	case "outer", "inner", "inner-range":
		if t.above(at, 1) == "vlan-tags" {
			return strings.TrimPrefix(word, "0x8100.") // what a tag has without it
		}
	case "peer-as", "autonomous-system", "local-as":
		return junosASPlain(word)
	case "bind-interface", "external-interface":
		return junosUnit(word)
	case "interface":
		if t.above(at, 2) == "routing-instances" {
			return junosUnit(word)
		}
	case "interfaces":
		if t.above(at, 2) == "security-zone" {
			return junosUnit(word)
		}
	default:
		if t.above(at, 1) == "prefix-list" && t.above(at, 2) == "policy-options" {
			return junosPrefix(word, true)
		}
	}
	return junosNoPassword(word)
}

// unitOf splits a name such as xe-0/0/1.330 in the interfaces hierarchy, where
// Junos takes it for xe-0/0/1 unit 330.
func (t *junosTree) unitOf(at int32, w *junosToken) (name, unit string, ok bool) {
	if t.nodes[at].word != "interfaces" || t.nodes[at].up != junosRoot {
		return "", "", false
	}
	name, unit, ok = strings.Cut(w.text, ".")
	if !ok || name == "" || strings.ContainsAny(name, `<*`) {
		return "", "", false
	}
	if n, err := strconv.ParseUint(unit, 10, 31); err != nil || strconv.FormatUint(n, 10) != unit {
		return "", "", false
	}
	return name, unit, true
}

// junosAddress is an IPv6 address or prefix as it is printed, and any other word
// as it is.
func junosAddress(word string) string {
	colon := strings.IndexByte(word, ':')
	if colon < 0 || colon > 4 || strings.IndexByte(word[colon+1:], ':') < 0 {
		return word
	}
	if a, err := netip.ParseAddr(word); err == nil {
		return a.String()
	}
	if p, err := netip.ParsePrefix(word); err == nil {
		return p.String()
	}
	return word
}

// junosPrefix is a prefix as it is printed where one is wanted: a host gets its
// length, 10/8 its zeros, and a network (not an interface's address) loses its
// host bits.
func junosPrefix(word string, network bool) string {
	addr, length, ok := strings.Cut(word, "/")
	if dots := strings.Count(addr, "."); ok && dots < 3 && !strings.Contains(addr, ":") && addr != "" {
		addr += strings.Repeat(".0", 3-dots)
	}
	a, err := netip.ParseAddr(addr)
	if err != nil || a.Zone() != "" {
		return word
	}
	bits := a.BitLen()
	if ok {
		if bits, err = strconv.Atoi(length); err != nil {
			return word
		}
	}
	p := netip.PrefixFrom(a, bits)
	if !p.IsValid() {
		return word
	}
	if network {
		p = p.Masked()
	}
	return p.String()
}

// junosASPlain is an AS number that was typed in two parts (RFC 5396 asdot) as
// one.
func junosASPlain(word string) string {
	high, low, ok := strings.Cut(word, ".")
	if !ok {
		return word
	}
	h, err := strconv.ParseUint(high, 10, 16)
	l, err2 := strconv.ParseUint(low, 10, 16)
	if err != nil || err2 != nil {
		return word
	}
	return fmt.Sprint(h<<16 | l)
}

// junosUnit is the name of a logical interface: the CLI adds the unit 0 to one
// without.
func junosUnit(word string) string {
	if word == "" || word == "all" || word == "any" || strings.ContainsAny(word, `.<*"`) || word[len(word)-1] < '0' || word[len(word)-1] > '9' {
		return word
	}
	return word + ".0"
}
