package verify

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Scopes of NetFlow v9 (RFC 3954 §6.1), which have numbers of their own.
const (
	interfaceScope = 2
	templateScope  = 5
)

// Elements of option data beside the numbers.
const (
	interfaceName        = 82
	interfaceDescription = 83
)

// longestName is how long an interface's name may be, in bytes (ifName, RFC 2863).
const longestName = 255

// optionData takes over what a set of option data tells: sampling rates, names of
// interfaces, and when the exporter began. It returns false for a set that cannot be
// read.
func (d *Decoder) optionData(version uint16, c *compiled, src *source, set []byte, s Sink) bool {
	err := options(version, c, set, func(row [][]byte) {
		v, name := d.optionValues(version, c, row)
		if n := v.first(systemInit); n != 0 {
			src.init = n
		}
		if index := uint32(v.first(ingressInterface, egressInterface, ingressPhysical, egressPhysical)); name != "" && index != 0 {
			s.Interface(Interface{Exporter: src.Addr, Domain: src.Domain, Index: index, Name: name})
		}
		d.rate(src, v)
	})
	return err == nil
}

// rate takes over a sampling rate.
func (d *Decoder) rate(src *source, v *values) {
	population, taken := rateOf(v)
	if ratio(population, taken) == 0 {
		return
	}
	ref, ok := namedSampler(v)
	switch id := v.first(ingressInterface, egressInterface); {
	case ok:
	case id != 0:
		ref = samplerRef{inOrOutIf, id}
	case v.has(templateID):
		ref = samplerRef{ofTemplate, v.n[templateID]}
	}
	if !src.sampling.room(ref, d.bounds.Templates) {
		d.drops.Templates++
		return
	}
	before := src.sampling.rates[ref]
	src.Sampling = src.sampling.set(ref, population, taken)
	if ok && src.Sampling != before {
		d.lend(src, ref)
	}
}

// lend tells the other domains of an exporter the rate of a sampler: IOS-XE tells its
// samplers in a domain that no flow is of (https://github.com/akvorado/akvorado/issues/89).
// Where two of them differ, the rate is not known.
func (d *Decoder) lend(from *source, of samplerRef) {
	n := from.sampling.rates[of]
	for _, s := range d.sources {
		if told := s.sampling.rates[of]; told != 0 && told != n && s.sibling(from) {
			n = 0
			break
		}
	}
	for _, s := range d.sources {
		if s != from && s.sibling(from) {
			s.sampling.borrow(of, n, d.bounds.Templates)
		}
	}
}

// borrow takes over what the other domains of an exporter have told before, as lend has it.
func (d *Decoder) borrow(to *source) {
	for _, s := range d.sources {
		if s == to || !s.sibling(to) {
			continue
		}
		for of, n := range s.sampling.rates {
			if other, known := to.sampling.lent[of]; known && other != n {
				n = 0
			}
			to.sampling.borrow(of, n, d.bounds.Templates)
		}
	}
}

// sibling reports whether two sources are domains of one exporter.
func (s *source) sibling(o *source) bool { return s.Addr == o.Addr && s.Protocol == o.Protocol }

// optionValues returns the numbers of one row of option data, and the name of an
// interface if it has one.
func (d *Decoder) optionValues(version uint16, c *compiled, row [][]byte) (*values, string) {
	d.values.told = 0
	name, description := "", ""
	for i, fd := range c.fields {
		if fd.PEN != 0 {
			continue
		}
		element := fd.Type
		if version == versionNetFlow9 && i < c.scopes {
			switch element {
			case interfaceScope:
				element = 10
			case templateScope:
				element = 145
			default:
				continue
			}
		}
		switch element {
		case interfaceName:
			name = label(row[i])
		case interfaceDescription:
			description = label(row[i])
		}
		if k, ok := kindOf(element); ok && len(row[i]) > 0 && len(row[i]) <= 8 && !d.values.has(k) {
			d.values.told |= 1 << k
			d.values.n[k] = number(row[i])
		}
	}
	if name == "" {
		name = description
	}
	return &d.values, name
}

// label returns a name as an exporter filled it into its field, or nothing where it is
// not one printable line.
func label(b []byte) string {
	name := strings.TrimSpace(strings.TrimRight(string(b), "\x00"))
	if i := strings.IndexByte(name, 0); i >= 0 {
		name = strings.TrimSpace(name[:i]) // what is behind it was there before
	}
	if len(name) > longestName || !utf8.ValidString(name) || strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return ""
	}
	return name
}
