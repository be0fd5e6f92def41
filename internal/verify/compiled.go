package verify

import "encoding/binary"

// A field is one field of a template, as it was announced (RFC 7011 §3.2, RFC 3954
// §5.2).
type field struct {
	Type   uint16
	Length uint16 // bytes; variable in IPFIX
	PEN    uint32 // private enterprise number; 0: an element of IANA's registry
}

// variable is the length of a field that tells its length in every record (RFC 7011
// §7). NetFlow v9 does not have it.
const variable = 0xffff

// longestRecord is the longest record that is believed: one has to fit into a datagram.
const longestRecord = 65535

// A form is a template: what the bytes of a record mean.
type form struct {
	id     uint16
	option bool // of option data; the first scopes fields are its scope
	scopes int
	fields []field
}

// A step reads one number of a record.
type step struct {
	offset uint16 // from the beginning of the record, in bytes
	length uint8  // 1 to 8 bytes (reduced-size encoding, RFC 7011 §6.2)
	kind   kind
}

// A compiled template reads records without looking at fields nobody wants and
// without memory of its own. Only where a field has a variable length the steps are
// laid out anew for every record.
type compiled struct {
	form
	raw      string // the announcement's bytes, to know it again; empty: not from a datagram
	used     bool   // records of flows have been read with it
	size     int    // bytes of a record; with variable fields the least
	variable bool   // has a variable field
	told     uint64
	steps    []step
	addrs    [addrKinds]place
}

// A place is where an address stands in a record. Length 0: the record has none.
type place struct {
	offset uint16
	length uint8
}

// values are the numbers of one record by their kind. Only those that told names mean
// anything.
type values struct {
	told uint64
	n    [kinds]uint64
}

// has says whether the record tells a number.
func (v *values) has(k kind) bool { return v.told&(1<<k) != 0 }

// first returns the first of several numbers that the record tells, else 0.
func (v *values) first(of ...kind) uint64 {
	for _, k := range of {
		if v.has(k) {
			return v.n[k]
		}
	}
	return 0
}

// compile returns how to read the records of a form, and false for a form that no
// record can have: of no length, for a reader would never come to its end, or longer
// than a datagram.
func compile(f form, version uint16) (*compiled, bool) {
	c := &compiled{form: f}
	for _, fd := range f.fields {
		if fd.Length == variable && version == versionIPFIX {
			c.variable = true
			c.size++
			continue
		}
		c.size += int(fd.Length)
	}
	if c.size == 0 || c.size > longestRecord {
		return nil, false
	}
	if !f.option {
		c.layOut(nil)
	}
	return c, true
}

// layOut places every field that is wanted. Lengths of variable fields are those of
// one record; without them such fields are left out. Of two fields of one kind the
// first counts.
func (c *compiled) layOut(record []byte) {
	c.steps, c.told, c.addrs = c.steps[:0], 0, [addrKinds]place{}
	at := 0
	for _, fd := range c.fields {
		length := int(fd.Length)
		if c.variable && fd.Length == variable {
			if record == nil {
				continue
			}
			head, n := variableLength(record[at:])
			at, length = at+head, n
		}
		c.placeField(fd, at, length)
		at += length
	}
}

// placeField adds the step for a field, if it is wanted and of a length that can be
// read.
func (c *compiled) placeField(fd field, at, length int) {
	if fd.PEN != 0 {
		return
	}
	if a, want, ok := addrOf(fd.Type); ok {
		if length == want && c.addrs[a].length == 0 {
			c.addrs[a] = place{uint16(at), uint8(length)}
		}
		return
	}
	k, ok := kindOf(fd.Type)
	if !ok || length < 1 || length > 8 || c.told&(1<<k) != 0 {
		return
	}
	c.told |= 1 << k
	c.steps = append(c.steps, step{uint16(at), uint8(length), k})
}

// read takes the numbers out of a record, which is long enough for its template.
func (c *compiled) read(record []byte, v *values) {
	for _, s := range c.steps {
		b := record[s.offset:]
		switch s.length {
		case 4:
			v.n[s.kind] = uint64(binary.BigEndian.Uint32(b))
		case 2:
			v.n[s.kind] = uint64(binary.BigEndian.Uint16(b))
		case 8:
			v.n[s.kind] = binary.BigEndian.Uint64(b)
		case 1:
			v.n[s.kind] = uint64(b[0])
		default:
			v.n[s.kind] = number(b[:s.length])
		}
	}
	v.told = c.told
}

// number reads a number of up to eight bytes; 0 for what is longer.
func number(b []byte) (n uint64) {
	if len(b) > 8 {
		return 0
	}
	for _, x := range b {
		n = n<<8 | uint64(x)
	}
	return n
}

// length returns how many bytes the record at the beginning of b has, and false when
// b ends before it.
func (c *compiled) length(b []byte) (int, bool) {
	if !c.variable {
		return c.size, len(b) >= c.size
	}
	at := 0
	for _, fd := range c.fields {
		n := int(fd.Length)
		if fd.Length == variable {
			if at >= len(b) {
				return 0, false
			}
			head, body := variableLength(b[at:])
			n = head + body
		}
		at += n
		if at > len(b) {
			return 0, false
		}
	}
	return at, true
}

// variableLength returns how many bytes tell the length of a variable field, and that
// length (RFC 7011 §7): one byte, or 255 and two more. Of bytes that end in between it
// is beyond their end.
func variableLength(b []byte) (head, body int) {
	switch {
	case len(b) == 0:
		return 1, 0
	case b[0] < 255:
		return 1, int(b[0])
	case len(b) < 3:
		return 3, 0
	}
	return 3, int(binary.BigEndian.Uint16(b[1:]))
}

// records returns how many records a set's bytes hold, and false where they do not fit
// the template: it is an old one, or the set is broken. Up to three bytes of any value
// fill a set up (RFC 3954 §5.3); more have to be zero (RFC 7011 §3.3.1).
func (c *compiled) records(set []byte) (n int, ok bool) {
	rest := set
	if !c.variable {
		n = len(set) / c.size
		rest = set[n*c.size:]
	} else {
		for {
			size, ok := c.length(rest)
			if !ok || len(rest) < 4 && zero(rest) {
				break
			}
			rest = rest[size:]
			n++
		}
	}
	return n, len(rest) < 4 || zero(rest)
}

// zero says whether all bytes are.
func zero(b []byte) bool {
	for _, x := range b {
		if x != 0 {
			return false
		}
	}
	return true
}
