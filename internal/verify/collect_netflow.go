package verify

import (
	"encoding/binary"
	"net/netip"
	"time"
)

// Lengths of headers and records, in bytes.
const (
	header5   = 24 // of NetFlow v5
	record5   = 48
	header9   = 20 // of NetFlow v9 (RFC 3954 §5.1)
	header10  = 16 // of IPFIX (RFC 7011 §3.1)
	setHeader = 4  // of a set of v9 and IPFIX
)

// form5 is the record of NetFlow v5 as if it had been announced
// (https://www.cisco.com/c/en/us/td/docs/net_mgmt/netflow_collection_engine/3-6/user/guide/format.html,
// table B-4). It is read like any other.
func form5() form {
	return form{fields: []field{
		{8, 4, 0}, {12, 4, 0}, {15, 4, 0}, {10, 2, 0}, {14, 2, 0}, {2, 4, 0}, {1, 4, 0}, {22, 4, 0}, {21, 4, 0},
		{7, 2, 0}, {11, 2, 0}, {210, 1, 0}, {6, 1, 0}, {4, 1, 0}, {5, 1, 0}, {16, 2, 0}, {17, 2, 0}, {9, 1, 0}, {13, 1, 0}, {210, 2, 0},
	}}
}

// netFlow5 reads a datagram of NetFlow v5. It returns false if that contradicts itself.
func (d *Decoder) netFlow5(b []byte, from netip.Addr, at time.Time, s Sink) bool {
	if len(b) < header5 {
		return false
	}
	count := int(binary.BigEndian.Uint16(b[2:]))
	if count == 0 || header5+count*record5 > len(b) {
		return false
	}
	src := d.source(sourceKey{from, uint32(binary.BigEndian.Uint16(b[20:])), NetFlow5})
	if src == nil {
		return true
	}
	h := header{
		at:       at,
		export:   time.Unix(int64(binary.BigEndian.Uint32(b[8:])), int64(binary.BigEndian.Uint32(b[12:]))%int64(time.Second)),
		uptime:   binary.BigEndian.Uint32(b[4:]),
		told:     true,
		sequence: binary.BigEndian.Uint32(b[16:]),
	}
	d.heard(src, &h, s)
	src.carried(&h, uint32(count), uint32(count), true)
	// The two highest bits are the mode. Of an interval of 0 the exporter says nothing:
	// one that does not sample and one that does not tell look the same.
	if interval := binary.BigEndian.Uint16(b[22:]) & 0x3fff; interval != 0 {
		src.sampling.set(samplerRef{}, uint64(interval), 1)
	}
	d.flows(d.five, src, &h, b[header5:header5+count*record5], s)
	return true
}

// netFlow9 reads a datagram of NetFlow v9.
func (d *Decoder) netFlow9(b []byte, from netip.Addr, at time.Time, s Sink) bool {
	if len(b) < header9+setHeader || !d.measured(versionNetFlow9, b[header9:]) {
		return false
	}
	src := d.source(sourceKey{from, binary.BigEndian.Uint32(b[16:]), NetFlow9})
	if src == nil {
		return true
	}
	h := header{
		at:       at,
		export:   time.Unix(int64(binary.BigEndian.Uint32(b[8:])), 0),
		coarse:   true,
		uptime:   binary.BigEndian.Uint32(b[4:]),
		told:     true,
		sequence: binary.BigEndian.Uint32(b[12:]),
	}
	d.heard(src, &h, s)
	src.carried(&h, 1, 1, true)
	_, _, ok := d.sets(versionNetFlow9, b[header9:], src, &h, s)
	return ok
}

// ipfix reads a message of IPFIX. What is behind its end is not read.
func (d *Decoder) ipfix(b []byte, from netip.Addr, at time.Time, s Sink) bool {
	size := int(binary.BigEndian.Uint16(b[2:]))
	if size < header10 || size > len(b) || !d.measured(versionIPFIX, b[header10:size]) {
		return false
	}
	src := d.source(sourceKey{from, binary.BigEndian.Uint32(b[12:]), IPFIX})
	if src == nil {
		return true
	}
	h := header{
		at:       at,
		export:   time.Unix(int64(binary.BigEndian.Uint32(b[4:])), 0),
		coarse:   true,
		sequence: binary.BigEndian.Uint32(b[8:]),
	}
	d.heard(src, &h, s)
	n := src.Records
	units, certain, ok := d.sets(versionIPFIX, b[header10:size], src, &h, s)
	src.carried(&h, units, uint32(src.Records-n), certain)
	return ok
}

// measured says whether the sets of a datagram are as long as they say, and the
// templates in them as long as the number of their fields needs. Up to three bytes at
// the end are of no set.
func (d *Decoder) measured(version uint16, b []byte) bool {
	for len(b) >= setHeader {
		id, size := binary.BigEndian.Uint16(b), int(binary.BigEndian.Uint16(b[2:]))
		if size < setHeader || size > len(b) {
			return false
		}
		if id < 256 && !eachTemplate(version, id, b[setHeader:size], func(template) {}) {
			return false
		}
		b = b[size:]
	}
	return true
}

// sets reads the sets of a datagram, which are measured. It returns how many records
// they hold, whether that is certain, and false where a set does not fit its template.
func (d *Decoder) sets(version uint16, b []byte, src *source, h *header, s Sink) (units uint32, certain, ok bool) {
	certain, ok = true, true
	for len(b) >= setHeader {
		id, size := binary.BigEndian.Uint16(b), int(binary.BigEndian.Uint16(b[2:]))
		set := b[setHeader:size]
		b = b[size:]
		if id < 256 {
			eachTemplate(version, id, set, func(t template) { d.announced(version, src, t) })
			continue
		}
		c := src.templates[id]
		if c == nil {
			d.drops.NoTemplate++
			d.unreadable(src, id)
			certain = false
			continue
		}
		n, fits := c.records(set)
		if !fits {
			d.unreadable(src, id)
			certain, ok = false, false
			continue
		}
		units += uint32(n)
		if c.option {
			ok = d.optionData(version, c, src, set, s) && ok
			continue
		}
		d.flows(c, src, h, set, s)
	}
	return units, certain, ok
}

// flows hands the records of a set, which fit the template, to the sink.
func (d *Decoder) flows(c *compiled, src *source, h *header, set []byte, s Sink) {
	n, _ := c.records(set)
	c.used = true
	d.begin(src, h)
	for range n {
		size := c.size
		if c.variable {
			size, _ = c.length(set)
			c.layOut(set[:size])
		}
		c.read(set[:size], &d.values)
		if d.fill(c, src, h, set[:size]) {
			src.Records++
			s.Flow(&d.record)
		} else {
			d.drops.NoAddresses++
		}
		set = set[size:]
	}
}
