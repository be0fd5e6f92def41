package verify

import (
	"encoding/binary"
	"slices"
)

// A template is one as it stands in a set: not yet read, but measured.
type template struct {
	id       uint16
	option   bool
	count    int    // of fields
	withdraw bool   // IPFIX takes templates back with a count of 0 (RFC 7011 §8.1)
	bytes    []byte // header and fields
}

// eachTemplate hands on every template of a set, and returns false if the set ends
// before one of them does. A set that is none of templates has none. Less than a header
// at the end fills up.
func eachTemplate(version, set uint16, b []byte, each func(template)) bool {
	option, ok := templateSet(version, set)
	if !ok {
		return true
	}
	for len(b) >= 4 {
		t := template{id: binary.BigEndian.Uint16(b), option: option}
		if t.id == 0 && zero(b) {
			return true // filling
		}
		size, ok := measure(version, b, &t)
		if !ok {
			return false
		}
		t.bytes = b[:size]
		each(t)
		b = b[size:]
	}
	return true
}

// templateSet says whether a set holds templates of option data or others, and false if
// none at all.
func templateSet(version, set uint16) (option, ok bool) {
	switch {
	case version == versionNetFlow9 && set == 0, version == versionIPFIX && set == 2:
		return false, true
	case version == versionNetFlow9 && set == 1, version == versionIPFIX && set == 3:
		return true, true
	}
	return false, false
}

// measure returns how many bytes a template has, and false if b ends before.
func measure(version uint16, b []byte, t *template) (int, bool) {
	n := int(binary.BigEndian.Uint16(b[2:]))
	if version == versionNetFlow9 && t.option {
		if len(b) < 6 {
			return 0, false
		}
		length := n + int(binary.BigEndian.Uint16(b[4:]))
		t.count = length / 4
		// goflow2 divides each of the two by four.
		return 6 + length, n%4 == 0 && length%4 == 0 && 6+length <= len(b)
	}
	t.count = n
	at := 4
	switch {
	case version == versionIPFIX && n == 0:
		t.withdraw = true
		return at, true
	case t.option:
		if len(b) < 6 || int(binary.BigEndian.Uint16(b[4:])) > n {
			return 0, false
		}
		at = 6
	}
	for range n {
		if len(b) < at+4 {
			return 0, false
		}
		if version == versionIPFIX && b[at]&0x80 != 0 {
			at += 4
		}
		at += 4
	}
	return at, at <= len(b)
}

// announced takes a template over, in place of an earlier one of its number, or takes
// one back.
func (d *Decoder) announced(version uint16, src *source, t template) {
	if t.withdraw {
		d.withdraw(src, t)
		return
	}
	if t.id < 256 || t.count == 0 || t.count > d.bounds.Fields {
		d.drops.Templates++
		return
	}
	old := src.templates[t.id]
	if old != nil && old.raw == string(t.bytes) && old.option == t.option {
		delete(src.unread, t.id) // a set that did not fit was broken, and no other template's
		return                   // most of them come again and again
	}
	parse := parseTemplate
	if t.option {
		parse = parseOptionTemplate
	}
	f, err := parse(version, t.bytes)
	if err != nil {
		d.drops.Templates++
		return
	}
	if old != nil && old.used && !old.same(&f) {
		d.doubts++
	}
	d.learn(version, src, f, string(t.bytes))
}

// learn makes a form one of an exporter's templates, if the bounds allow it and records
// of it can be read. One that cannot replaces nothing, but what it would replace is no
// longer true.
func (d *Decoder) learn(version uint16, src *source, f form, raw string) bool {
	d.drop(src, f.id)
	c, ok := compile(f, version)
	if !ok || len(src.templates) >= d.bounds.Templates || d.fields+len(f.fields) > d.bounds.AllFields {
		d.drops.Templates++
		return false
	}
	c.raw = raw
	d.share(c)
	if src.templates == nil {
		src.templates = map[uint16]*compiled{}
	}
	src.templates[f.id] = c
	d.fields += len(f.fields)
	delete(src.unread, f.id)
	return true
}

// sharedForms is how many templates are remembered to be shared: a fleet has a few, for
// both families and either direction.
const sharedForms = 8

// share lets a template have the fields and steps of another one that means the same:
// most exporters of a fleet tell the same, and one copy stays in the processor's cache.
// Steps of variable fields are laid out anew for every record, and nobody else's.
func (d *Decoder) share(c *compiled) {
	if c.option || c.variable {
		return
	}
	for _, l := range d.shared {
		if l.same(&c.form) {
			c.fields, c.steps = l.fields, l.steps
			return
		}
	}
	if len(d.shared) == sharedForms {
		d.shared = d.shared[1:]
	}
	d.shared = append(d.shared, c)
}

// unreadable notes that records of a template came which nobody can read. Beyond the
// bound one is as good as many.
func (d *Decoder) unreadable(src *source, id uint16) {
	if src.unread == nil {
		src.unread = make(map[uint16]bool)
	}
	if len(src.unread) < d.bounds.Templates {
		src.unread[id] = true
	}
}

// same says whether a template means what another form does.
func (c *compiled) same(f *form) bool {
	return c.option == f.option && c.scopes == f.scopes && slices.Equal(c.fields, f.fields)
}

// drop forgets one template.
func (d *Decoder) drop(src *source, id uint16) {
	if c := src.templates[id]; c != nil {
		d.fields -= len(c.fields)
		delete(src.templates, id)
	}
}

// withdraw takes back a template, or with the number of their set all of a sort.
func (d *Decoder) withdraw(src *source, t template) {
	if t.id >= 256 {
		if c := src.templates[t.id]; c != nil && c.option == t.option {
			d.drop(src, t.id)
		}
		return
	}
	for id, c := range src.templates {
		if c.option == t.option && (t.id == 2 || t.id == 3) {
			d.drop(src, id)
		}
	}
}

// forget forgets what an exporter had announced before it began anew.
func (d *Decoder) forget(src *source) {
	for id := range src.templates {
		d.drop(src, id)
	}
	src.sampling = sampling{}
	src.Sampling = 0
	src.init = 0
}
