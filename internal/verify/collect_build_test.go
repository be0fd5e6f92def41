package verify

import (
	"encoding/binary"
	"net/netip"
	"testing"
	"time"
)

// at is when packets of tests come.
var decoderTime = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// router is where they come from.
var decoderRouter = netip.MustParseAddr("192.0.2.1")

// A caught is a sink that keeps everything.
type caught struct {
	flows      []Record
	interfaces []Interface
}

func (c *caught) Flow(r *Record)        { c.flows = append(c.flows, *r) }
func (c *caught) Interface(i Interface) { c.interfaces = append(c.interfaces, i) }
func (c *caught) last(t *testing.T) Record {
	t.Helper()
	if len(c.flows) == 0 {
		t.Fatal("no flow came")
	}
	return c.flows[len(c.flows)-1]
}

// bytesOf writes numbers, addresses and bytes one after the other, in network order.
func bytesOf(parts ...any) (b []byte) {
	for _, p := range parts {
		switch p := p.(type) {
		case uint8:
			b = append(b, p)
		case uint16:
			b = binary.BigEndian.AppendUint16(b, p)
		case uint32:
			b = binary.BigEndian.AppendUint32(b, p)
		case uint64:
			b = binary.BigEndian.AppendUint64(b, p)
		case string:
			if a, err := netip.ParseAddr(p); err == nil {
				b = append(b, a.AsSlice()...)
			} else {
				b = append(b, p...)
			}
		case []byte:
			b = append(b, p...)
		default:
			panic("a part of no known type")
		}
	}
	return b
}

// set writes a set of v9 or IPFIX.
func set(id uint16, parts ...any) []byte {
	b := bytesOf(parts...)
	return append(bytesOf(id, uint16(4+len(b))), b...)
}

// templateOf writes a template of IPFIX or v9: pairs of element and length.
func templateOf(id uint16, pairs ...uint16) []byte {
	b := bytesOf(id, uint16(len(pairs)/2))
	for _, n := range pairs {
		b = binary.BigEndian.AppendUint16(b, n)
	}
	return b
}

// optionsOf writes a template of option data: the first so many pairs are scopes.
func optionsOf(version, id uint16, scopes int, pairs ...uint16) []byte {
	b := bytesOf(id, uint16(len(pairs)/2), uint16(scopes))
	if version == 9 {
		b = bytesOf(id, uint16(4*scopes), uint16(2*len(pairs)-4*scopes))
	}
	for _, n := range pairs {
		b = binary.BigEndian.AppendUint16(b, n)
	}
	return b
}

// A message is how a test says what a header tells.
type message struct {
	sequence, domain uint32
	uptime           uint32    // milliseconds
	export           time.Time // zero: when the packet comes
}

func (m message) seconds() uint32 {
	if m.export.IsZero() {
		return uint32(decoderTime.Unix())
	}
	return uint32(m.export.Unix())
}

// packet9 writes a packet of NetFlow v9, packet10 a message of IPFIX.
func packet9(m message, sets ...[]byte) []byte {
	b := bytesOf(uint16(9), uint16(len(sets)), m.uptime, m.seconds(), m.sequence, m.domain)
	for _, s := range sets {
		b = append(b, s...)
	}
	return b
}

func packet10(m message, sets ...[]byte) []byte {
	b := bytesOf(uint16(10), uint16(0), m.seconds(), m.sequence, m.domain)
	for _, s := range sets {
		b = append(b, s...)
	}
	binary.BigEndian.PutUint16(b[2:], uint16(len(b)))
	return b
}

// packet5 writes a packet of NetFlow v5.
func packet5(m message, sampling uint16, records ...[]byte) []byte {
	b := bytesOf(uint16(5), uint16(len(records)), m.uptime, m.seconds(), uint32(0), m.sequence, uint16(m.domain), sampling)
	for _, r := range records {
		b = append(b, r...)
	}
	return b
}

// flow5 writes a record of NetFlow v5 that ended two seconds before an uptime.
func flow5(src, dst string, in, out uint16, packets, octets, uptime uint32) []byte {
	return bytesOf(src, dst, "198.51.100.1", in, out, packets, octets, uptime-5000, uptime-2000,
		uint16(45001), uint16(5201), uint8(0), uint8(0x1b), uint8(6), uint8(0), uint16(64500), uint16(12076), uint8(24), uint8(16), uint16(0))
}

// flow20 is a template of twenty fields as routers announce it, and record20 a record.
func flow20(id uint16) []byte {
	return templateOf(id, 8, 4, 12, 4, 15, 4, 10, 4, 14, 4, 2, 8, 1, 8, 22, 4, 21, 4, 7, 2, 11, 2, 6, 1, 4, 1, 5, 1, 16, 4, 17, 4, 9, 1, 13, 1, 61, 1, 58, 2)
}

func record20(src, dst string, n uint32) []byte {
	return bytesOf(src, dst, "198.51.100.1", uint32(2), uint32(7), uint64(n), uint64(n)*1000, uint32(100000-5000), uint32(100000-2000),
		uint16(45001), uint16(5201), uint8(0x1b), uint8(6), uint8(0), uint32(64500), uint32(12076), uint8(24), uint8(16), uint8(0), uint16(100))
}

// datagram writes a datagram of sFlow v5.
func sFlowDatagram(m message, samples ...[]byte) []byte {
	b := bytesOf(uint32(5), uint32(1), "192.0.2.11", m.domain, m.sequence, m.uptime, uint32(len(samples)))
	for _, s := range samples {
		b = append(b, s...)
	}
	return b
}

// structure writes a format, a length, and what follows, filled up to four bytes.
func structure(format uint32, parts ...any) []byte {
	b := bytesOf(parts...)
	for len(b)%4 != 0 {
		b = append(b, 0)
	}
	return append(bytesOf(format, uint32(len(b))), b...)
}

// sampleOf writes a flow sample, and expandedOf an expanded one.
func sampleOf(source, rate, in, out uint32, records ...[]byte) []byte {
	parts := []any{uint32(1), source, rate, uint32(1000), uint32(0), in, out, uint32(len(records))}
	for _, r := range records {
		parts = append(parts, r)
	}
	return structure(1, parts...)
}

func expandedOf(source, rate, inFormat, in, outFormat, out uint32, records ...[]byte) []byte {
	parts := []any{uint32(1), uint32(0), source, rate, uint32(1000), uint32(0), inFormat, in, outFormat, out, uint32(len(records))}
	for _, r := range records {
		parts = append(parts, r)
	}
	return structure(3, parts...)
}

// frameOf writes the record of a sampled header.
func frameOf(protocol, length uint32, parts ...any) []byte {
	b := bytesOf(parts...)
	return structure(1, protocol, length, uint32(4), uint32(len(b)), b)
}

// tcp4 is a header of IPv4 and the ports of TCP, and tcp6 of IPv6.
func tcp4(src, dst string) []byte {
	return bytesOf(uint8(0x45), uint8(0), uint16(1500), uint32(0), uint8(64), uint8(6), uint16(0), src, dst, uint16(45001), uint16(5201), make([]byte, 16))
}

func tcp6(src, dst string) []byte {
	return bytesOf(uint32(0x60000000), uint16(1460), uint8(6), uint8(64), src, dst, uint16(45001), uint16(5201), make([]byte, 16))
}

// macs are the two addresses of a frame.
var macs = make([]byte, 12)

// key of the flow all of these are of.
func keyOf(src, dst string) uint64 {
	return flowKey(netip.MustParseAddr(src), netip.MustParseAddr(dst), 6, 45001, 5201)
}
